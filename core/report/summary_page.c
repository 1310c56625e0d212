#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../chains/chain_stats.h"
#include "../chains/phrases.h"
#include "../draw/chart.h"
#include "../draw/map_draw.h"
#include "../draw/number.h"
#include "../draw/table_draw.h"
#include "../io/observed.h"
#include "pages.h"

#define _(text) kj_tr(text)

enum {
    MARGIN = 40,
    TOP = 178,
    TEXT = 16,
    KEY_TEXT = 14,
    MAP_W = 450,
    MAP_H = 400,
    LEFT_W = 660,
    CHARTS_X = 740,
    CHARTS_W = 820,
    FOOT = 985,
    SENTENCE_MAX = 512,
    POLICIES_MAX = 1024
};

/* First and last recorded value of an indicator; false if the run has none. */
static bool ends_of(const kj_run_figures *figures, kj_indicator indicator, double *first, double *last)
{
    const double *values = figures->series[indicator];
    if (!values || figures->n_years < 1) return false;
    *first = values[0];
    *last = values[figures->n_years - 1];
    return isfinite(*first) && isfinite(*last);
}

static double total_of(const double *values, int32_t n)
{
    double total = 0.0;
    for (int32_t i = 0; i < n; i++) total += isfinite(values[i]) ? values[i] : 0.0;
    return total;
}

static double last_lost(const kj_run_figures *figures, kj_lost_land kind)
{
    return figures->lost_ha[kind] && figures->n_years > 0 ? figures->lost_ha[kind][figures->n_years - 1] : 0.0;
}

static void population_sentence(const kj_canvas *canvas, const kj_run_figures *figures, char out[SENTENCE_MAX])
{
    double first = 0.0, last = 0.0;
    char a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    int32_t from = figures->years[0], to = figures->years[figures->n_years - 1];
    out[0] = '\0';
    if (!ends_of(figures, KJ_IND_POPULATION, &first, &last)) return;
    kj_number_real(a, canvas->language, first, 0);
    kj_number_real(b, canvas->language, last, 0);
    if (last > first * 1.005)
        snprintf(out, SENTENCE_MAX, _("%s grows from %s inhabitants in %d to %s in %d"), figures->place, a, from, b,
                 to);
    else if (last < first * 0.995)
        snprintf(out, SENTENCE_MAX, _("%s shrinks from %s inhabitants in %d to %s in %d"), figures->place, a, from, b,
                 to);
    else
        snprintf(out, SENTENCE_MAX, _("%s stays at about the same size: %s inhabitants in %d, %s in %d"),
                 figures->place, a, from, b, to);
}

/* Distance to the vision, when the run reaches its year. */
static void vision_clause(const kj_canvas *canvas, const kj_run_figures *figures, char out[SENTENCE_MAX])
{
    char gap[KJ_NUMBER_MAX], goal[KJ_NUMBER_MAX];
    out[0] = '\0';
    if (!(figures->vision_population > 0.0) || !figures->series[KJ_IND_POPULATION]) return;
    for (int32_t i = 0; i < figures->n_years; i++) {
        if (figures->years[i] != figures->vision_year || !isfinite(figures->series[KJ_IND_POPULATION][i])) continue;
        double missing = figures->vision_population - figures->series[KJ_IND_POPULATION][i];
        kj_number_real(goal, canvas->language, figures->vision_population, 0);
        kj_number_real(gap, canvas->language, fabs(missing), 0);
        snprintf(out, SENTENCE_MAX,
                 missing > 0.5 ? _(", %s short of the vision of %s") : _(", %s above the vision of %s"), gap, goal);
    }
}

static void building_sentence(const kj_canvas *canvas, const kj_run_figures *figures, char out[SENTENCE_MAX])
{
    char homes[KJ_NUMBER_MAX], number[KJ_NUMBER_MAX], farmland[KJ_NUMBER_MAX + 8];
    const double *completed = figures->series[KJ_IND_COMPLETED];
    out[0] = '\0';
    if (!completed) return;
    kj_number_real(homes, canvas->language, total_of(completed, figures->n_years), 0);
    kj_number_real(number, canvas->language, last_lost(figures, KJ_LOST_FARMLAND), 0);
    snprintf(farmland, sizeof farmland, "%s\u00A0ha", number);
    snprintf(out, SENTENCE_MAX, _(" %s dwellings are completed and %s of farmland is built on."), homes, farmland);
}

static bool belongs_to(const char *parameter, const char *policy)
{
    size_t length = strlen(policy);
    return strncmp(parameter, policy, length) == 0 && parameter[length] == '.';
}

/* A value as it was set: years and whole numbers without decimals. */
static const char *setting_text(kj_language language, const kj_changed *changed, char out[KJ_NUMBER_MAX])
{
    bool whole = fabs(changed->value - floor(changed->value + 0.5)) < 1e-9, year = whole && changed->value >= 1900.0 && changed->value <= 2200.0;
    if (year && (strstr(changed->name, "year") || strstr(changed->name, ".from") || strstr(changed->name, ".to"))) {
        snprintf(out, KJ_NUMBER_MAX, "%.0f", changed->value);
        return out;
    }
    int decimals = 0;
    for (double scaled = fabs(changed->value); decimals < 4 && fabs(scaled - floor(scaled + 0.5)) > 1e-6; scaled *= 10.0)
        decimals++;
    return kj_number_real(out, language, changed->value, decimals);
}

/* As the policy calls it: "Distance from the centre", "from the year"; by name what has no title. */
static const char *setting_title(kj_language language, const kj_changed *changed, const char *name)
{
    if (!strcmp(name, "from")) return _("from the year");
    if (!strcmp(name, "to")) return _("until the year");
    const char *title = kj_title_in(changed->title, (int)language);
    return title[0] ? title : name;
}

/* "Distance from the centre 1,500" of one policy; NULL: of the plugins, but for the vision, which has its own place. */
static size_t put_settings(kj_language language, const kj_run_figures *figures, const char *policy, const char *head,
                           char *out, size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < figures->n_changed && used < room; i++) {
        const kj_changed *changed = &figures->changed[i];
        const char *dot = strchr(changed->name, '.'), *name = policy && dot ? dot + 1 : changed->name;
        char number[KJ_NUMBER_MAX], month[KJ_NUMBER_MAX];
        if (policy ? !belongs_to(changed->name, policy) || !strcmp(name, "enabled")
                   : changed->of_policy || strstr(changed->name, ".vision_"))
            continue;
        used += (size_t)snprintf(out + used, room - used, "%s%s\u00A0%s%s%s", used ? ", " : head, setting_title(language, changed, name),
                                 setting_text(language, changed, number), changed->month ? " " : "", kj_month_words(month, changed->month, false));
    }
    return used < room ? used : room - 1;
}

/* Parameters of plugins have names for those who run the model, not titles: not on a page for everybody. */
static int32_t count_others(const kj_run_figures *figures)
{
    int32_t n = 0;
    for (int32_t i = 0; i < figures->n_changed; i++) n += !figures->changed[i].of_policy && !strstr(figures->changed[i].name, ".vision_");
    return n;
}

void kj_policies_text(kj_language language, const kj_run_figures *figures, bool name_others, char *out, size_t out_bytes)
{
    int32_t n_others = count_others(figures);
    char settings[SENTENCE_MAX];
    if (!figures->knows_policies) {
        snprintf(out, out_bytes, "%s", _("The run file does not say which policies were on."));
        return;
    }
    size_t used = (size_t)snprintf(out, out_bytes, "%s%s", _("Policies: "), figures->n_policies ? "" : _("none"));
    for (int32_t i = 0; i < figures->n_policies && used < out_bytes; i++) {
        const kj_policy_on *policy = &figures->policies[i];
        bool set = put_settings(language, figures, policy->name, " (", settings, sizeof settings) > 0;
        char from[KJ_NUMBER_MAX], until[KJ_NUMBER_MAX];
        used += (size_t)snprintf(out + used, out_bytes - used, "%s%s%s%s%s%s%s%s", i ? "; " : "", kj_title_in(policy->title, (int)language),
                                 policy->from ? " " : "", kj_month_words(from, policy->from, false), policy->until ? " " : "",
                                 kj_month_words(until, policy->until, true), settings, set ? ")" : "");
    }
    if (used < out_bytes && !name_others && n_others > 0)
        snprintf(out + used, out_bytes - used,
                 n_others == 1 ? _(" · %d other setting, named in the run file") : _(" · %d other settings, named in the run file"), n_others);
    else if (used < out_bytes && put_settings(language, figures, NULL, "", settings, sizeof settings) > 0)
        snprintf(out + used, out_bytes - used, "%s%s", _(" · Other settings: "), settings);
}

static void draw_header(kj_canvas *canvas, const kj_run_figures *figures)
{
    char people[SENTENCE_MAX], vision[SENTENCE_MAX], homes[SENTENCE_MAX], text[3 * SENTENCE_MAX];
    kj_text_style title = {
        .size = 20, .weight = 600, .color = KJ_COLOR_A, .max_width = KJ_SUMMARY_W - 2 * MARGIN - 420};
    kj_text_style honesty = {.size = 20, .weight = 600, .color = KJ_COLOR_B, .align = KJ_ALIGN_RIGHT, .max_width = 400};
    kj_text_style headline = {
        .size = 31, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_SUMMARY_W - 2 * MARGIN, .max_lines = 2};
    snprintf(text, sizeof text, "%s · %d–%d", kj_title_in(figures->title, (int)canvas->language), figures->years[0],
             figures->years[figures->n_years - 1]);
    kj_canvas_tag_begin(canvas, "P");
    kj_text_draw(canvas, MARGIN, 22, &title, text);
    kj_text_draw(canvas, KJ_SUMMARY_W - MARGIN, 22, &honesty, kj_honesty_line());
    kj_canvas_tag_end(canvas, "P");
    population_sentence(canvas, figures, people);
    vision_clause(canvas, figures, vision);
    building_sentence(canvas, figures, homes);
    snprintf(text, sizeof text, "%s%s%s%s", people[0] ? people : figures->place, vision, people[0] ? "." : "", homes);
    kj_canvas_tag_begin(canvas, "H1");
    double y = 50.0 + kj_text_draw(canvas, MARGIN, 50, &headline, text).height;
    kj_canvas_tag_end(canvas, "H1");
    kj_text_style policies = {
        .size = TEXT, .weight = 400, .color = KJ_COLOR_INK, .max_width = KJ_SUMMARY_W - 2 * MARGIN, .max_lines = 2};
    char on[POLICIES_MAX], fates[POLICIES_MAX], both[2 * POLICIES_MAX + 8];
    kj_policies_text(canvas->language, figures, false, on, sizeof on);
    bool has_fates = kj_project_fates_words(&figures->projects, fates, sizeof fates); /* before the policies: of a long list the end is left out */
    snprintf(both, sizeof both, "%s%s%s", fates, has_fates ? " · " : "", on);
    kj_canvas_tag_begin(canvas, "P");
    kj_text_draw(canvas, MARGIN, y + 3.0, &policies, both);
    kj_canvas_tag_end(canvas, "P");
}

/* Lower when a second table stands under it, and by a row for each shortage that the first one tells. */
static double map_height(const kj_run_figures *figures)
{
    double more = 21.0 * (kj_is_any(figures, KJ_IND_OVER_PLACES) + kj_is_any(figures, KJ_IND_PRESCHOOL_WITHOUT) + kj_is_any(figures, KJ_IND_CARE_SHORT));
    return (figures->demands.n_years > 0 ? MAP_H : MAP_H + 76.0) - more;
}

/* Map at the left, legend and a close-up beside it. */
static kj_status draw_map(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures)
{
    kj_window all = kj_window_inside(figures), busy;
    double legend_width = LEFT_W - MAP_W - 8, x = MARGIN + MAP_W + 4;
    double map_h = map_height(figures);
    int64_t n_new = 0;
    int32_t side = (int32_t)(4000.0 / figures->grid.cell_m);
    kj_land_view view = {.box = {MARGIN, TOP, MAP_W, map_h},
                         .col = all.col,
                         .row = all.row,
                         .w = all.w,
                         .h = all.h,
                         .text_size = TEXT,
                         .names = true,
                         .scale_bar = true,
                         .north = true};
    busy = kj_window_busiest(figures, side, &n_new);
    bool has_close_up = n_new > 0 && side < figures->grid.nx && side < figures->grid.ny;
    if (has_close_up) view.inset = busy;
    kj_canvas_tag_begin(canvas, "Figure");
    kj_status status = kj_land_view_draw(err, canvas, figures, &view);
    double height = kj_land_legend_height(canvas, figures, KEY_TEXT, legend_width, false);
    kj_land_legend(canvas, figures, x, TOP + height - KEY_TEXT * 0.5, KEY_TEXT, legend_width, false);
    if (status == KJ_OK && has_close_up) {
        double room = TOP + map_h - (TOP + height) - 30.0,
               inset = room < legend_width - 12.0 ? room : legend_width - 12.0;
        kj_land_view close_up = {.box = {x + 12, TOP + map_h - inset, inset, inset},
                                 .col = busy.col,
                                 .row = busy.row,
                                 .w = busy.w,
                                 .h = busy.h,
                                 .text_size = TEXT};
        kj_text_style heading = {.size = TEXT, .weight = 700, .color = KJ_COLOR_INK, .max_width = legend_width - 8.0};
        char title[SENTENCE_MAX], width[KJ_NUMBER_MAX];
        snprintf(title, sizeof title, _("Where most is built: %s × %s km"),
                 kj_number_real(width, canvas->language, side * figures->grid.cell_m / 1000.0, 0), width);
        kj_text_draw(canvas, close_up.box.x, close_up.box.y - 24, &heading, title);
        status = kj_land_view_draw(err, canvas, figures, &close_up);
        kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
        cairo_set_line_width(canvas->cr, 1.5);
        cairo_rectangle(canvas->cr, close_up.box.x, close_up.box.y, inset, inset);
        cairo_stroke(canvas->cr);
    }
    kj_canvas_tag_end(canvas, "Figure");
    return status;
}

enum { ROWS_MAX = 14, COLUMNS = 4, VISION_ROWS = KJ_DEMANDS + 2, VISION_STEP = 19 };

typedef struct figure_table {
    char texts[ROWS_MAX * COLUMNS][KJ_NUMBER_MAX];
    const char *cells[ROWS_MAX * COLUMNS];
    int32_t n_rows;
} figure_table;

static void add_row(const kj_canvas *canvas, figure_table *table, const char *name, double first, double last)
{
    if (table->n_rows >= ROWS_MAX) return;
    int32_t at = table->n_rows * COLUMNS;
    table->cells[at] = name;
    table->cells[at + 1] = kj_number_real(table->texts[at + 1], canvas->language, first, 0);
    table->cells[at + 2] = kj_number_real(table->texts[at + 2], canvas->language, last, 0);
    table->cells[at + 3] = kj_number_change(table->texts[at + 3], canvas->language, last - first, 0);
    table->n_rows++;
}

/* Returns the y below it. */
static double draw_table(kj_canvas *canvas, const kj_run_figures *figures, double top, double height)
{
    static const kj_indicator rows[] = {
        KJ_IND_POPULATION, KJ_IND_HOUSEHOLDS,  KJ_IND_LODGING,       KJ_IND_DWELLINGS,         KJ_IND_EMPTY,     KJ_IND_JOBS, KJ_IND_PUPILS,
        KJ_IND_PLACES,     KJ_IND_OVER_PLACES, KJ_IND_WITHOUT_PLACE, KJ_IND_PRESCHOOL_WITHOUT, KJ_IND_CARE_SHORT};
    const char *names[] = {_("Inhabitants"),
                           _("Households"),
                           _("– without a home of their own (lodging)"),
                           _("Dwellings"),
                           _("– empty"),
                           _("Jobs"),
                           _("Pupils"),
                           _("School places"),
                           _("– pupils beyond the places of their schools"),
                           _("Pupils without a place"),
                           _("Children without a preschool place"),
                           _("Care home places missing")};
    figure_table table = {.n_rows = 1};
    snprintf(table.texts[1], KJ_NUMBER_MAX, "%d", figures->years[0]);
    snprintf(table.texts[2], KJ_NUMBER_MAX, "%d", figures->years[figures->n_years - 1]);
    table.cells[0] = _("Figures of 31 December");
    table.cells[1] = table.texts[1];
    table.cells[2] = table.texts[2];
    table.cells[3] = _("Change");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double first = 0.0, last = 0.0;
        if (!ends_of(figures, rows[i], &first, &last)) continue;
        if (kj_is_shortage(rows[i]) && !kj_is_any(figures, rows[i])) continue;
        if (rows[i] == KJ_IND_JOBS && fabs(last - first) < 0.5) continue; /* a constant tells nothing */
        add_row(canvas, &table, names[i], first, last);
    }
    double lost =
        last_lost(figures, KJ_LOST_FARMLAND) + last_lost(figures, KJ_LOST_FOREST) + last_lost(figures, KJ_LOST_OTHER);
    add_row(canvas, &table, _("Land newly built on, hectares"), 0.0, lost);
    kj_table_sheet sheet = {.cells = table.cells, .n_rows = table.n_rows, .n_columns = COLUMNS, .text_size = TEXT};
    kj_box box = {MARGIN, top, LEFT_W, height};
    return top + kj_table_draw(canvas, &box, &sheet);
}

/* "From the last observation …": growth that is left to do, beside the decade before the start and the time since. */
static void history_text(const kj_canvas *canvas, const kj_run_figures *figures, char out[SENTENCE_MAX])
{
    const double *x = figures->observed_x, *y = figures->observed_y;
    int32_t last = figures->n_observed - 1, split = -1, first = -1;
    double start = figures->years[0];
    char level[KJ_NUMBER_MAX], date[KJ_PHRASE_MAX], more[KJ_NUMBER_MAX], before[KJ_NUMBER_MAX], since[KJ_NUMBER_MAX];
    out[0] = '\0';
    for (int32_t i = 0; i <= last; i++) {
        if (x[i] <= start - 1.0) split = i;
    }
    for (int32_t i = split; i >= 0 && x[i] >= x[split] - 10.0; i--) first = i;
    if (split < 0 || first == split || last == split || figures->vision_year <= x[last]) return;
    kj_number_real(level, canvas->language, y[last], 0);
    kj_number_real(more, canvas->language, (figures->vision_population - y[last]) / (figures->vision_year - x[last]), 0);
    kj_number_change(before, canvas->language, (y[split] - y[first]) / (x[split] - x[first]), 0);
    kj_number_change(since, canvas->language, (y[last] - y[split]) / (x[last] - x[split]), 0);
    snprintf(out, SENTENCE_MAX,
             _("Observed: %s a year %.0f–%.0f, %s a year since. From the last count (%s on %s) the vision needs %s more a year."),
             before, x[first], x[split], since, level, kj_say_date(date, figures->observed_date[last]), more);
}

static void add_demand(const kj_canvas *canvas, figure_table *table, const char *name, double demanded, double came)
{
    const double values[] = {demanded, came, kj_demand_lacking(round(demanded), round(came))}; /* as they are read in the table */
    int32_t at = table->n_rows++ * COLUMNS;
    table->cells[at] = name;
    for (int32_t i = 0; i < 3; i++) table->cells[at + 1 + i] = kj_number_real(table->texts[at + 1 + i], canvas->language, values[i], 0);
}

/* What the way to the vision demands, as the model plans it anew each January; inhabitants by the straight way from the start. */
static void draw_vision(kj_canvas *canvas, const kj_run_figures *figures, double top)
{
    char heading[SENTENCE_MAX], goal[KJ_NUMBER_MAX], history[SENTENCE_MAX];
    double first = 0.0, last = 0.0, demanded = 0.0, came = 0.0;
    snprintf(heading, sizeof heading, _("A year, to %s inhabitants in %d"),
             kj_number_real(goal, canvas->language, figures->vision_population, 0), figures->vision_year);
    figure_table table = {.cells = {heading, _("demanded (mean)"), _("in the run"), _("lacking")}, .n_rows = 1};
    if (ends_of(figures, KJ_IND_POPULATION, &first, &last) && figures->vision_year > figures->years[0])
        add_demand(canvas, &table, _("More inhabitants"), (figures->vision_population - first) / (figures->vision_year - figures->years[0]),
                   (last - first) / (figures->years[figures->n_years - 1] - figures->years[0]));
    for (kj_demand kind = 0; kind < KJ_DEMANDS; kind++)
        if (kj_demands_mean(&figures->demands, kind, &demanded, &came)) add_demand(canvas, &table, _(kj_demand_kinds[kind].name), demanded, came);
    kj_table_sheet sheet = {.cells = table.cells, .n_rows = table.n_rows, .n_columns = COLUMNS, .text_size = TEXT};
    kj_box box = {MARGIN, top, LEFT_W, (double)(VISION_STEP * table.n_rows)};
    double below = top + kj_table_draw(canvas, &box, &sheet);
    kj_text_style style = {
        .size = TEXT * 0.88, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = LEFT_W, .max_lines = 2};
    history_text(canvas, figures, history);
    if (history[0]) kj_text_draw(canvas, MARGIN, below + 4.0, &style, history);
}

static void draw_tables(kj_canvas *canvas, const kj_run_figures *figures)
{
    double top = TOP + map_height(figures) + 14.0, room = FOOT - 10.0 - top;
    bool vision = figures->demands.n_years > 0;
    double below = draw_table(canvas, figures, top, vision ? room - VISION_STEP * VISION_ROWS - 52.0 : room);
    if (vision) draw_vision(canvas, figures, below + 10.0);
}

static kj_line_chart line_chart(const kj_run_figures *figures, const char *title, const char *unit)
{
    return (kj_line_chart){.title = title,
                           .unit = unit,
                           .x_low = figures->years[0],
                           .x_high = figures->years[figures->n_years - 1],
                           .text_size = TEXT,
                           .empty = figures->n_years > 1 ? _("The run does not record this.")
                                                         : _("The run has only its start.")};
}

enum { YEARS_MAX = 512 };

/* Years as the x of a chart; a run longer than the room shows its first YEARS_MAX years. */
static int32_t years_as_x(const kj_run_figures *figures, double *x)
{
    int32_t n = figures->n_years < YEARS_MAX ? figures->n_years : YEARS_MAX;
    for (int32_t i = 0; i < n; i++) x[i] = figures->years[i];
    return n;
}

void kj_chart_add_observed(kj_line_chart *chart, kj_series *room, const kj_run_figures *figures)
{
    if (figures->n_observed == 0) return;
    *room = (kj_series){.name = _("observed"),
                        .x = figures->observed_x,
                        .y = figures->observed_y,
                        .n = figures->n_observed,
                        .color = KJ_COLOR_MUTED,
                        .dash = KJ_DASH_DOTTED,
                        .marks = true,
                        .name_inside = true};
    chart->n++;
    if (figures->observed_x[0] < chart->x_low) chart->x_low = floor(figures->observed_x[0]);
    if (figures->observed_x[figures->n_observed - 1] > chart->x_high) chart->x_high = ceil(figures->observed_x[figures->n_observed - 1]);
}

static void draw_population(kj_canvas *canvas, const kj_run_figures *figures, const kj_box *box)
{
    double x[YEARS_MAX];
    int32_t n = years_as_x(figures, x), n_series = 0;
    char goal[SENTENCE_MAX], number[KJ_NUMBER_MAX];
    kj_series series[2];
    kj_line_chart chart = line_chart(figures, _("Population"), _("inhabitants, 31 December"));
    if (figures->series[KJ_IND_POPULATION])
        series[n_series++] =
            (kj_series){.name = _("simulated"), .x = x, .y = figures->series[KJ_IND_POPULATION], .n = n, .color = KJ_COLOR_A};
    if (figures->vision_population > 0.0 && (double)figures->vision_year <= chart.x_high) {
        snprintf(goal, sizeof goal, _("vision %s"),
                 kj_number_real(number, canvas->language, figures->vision_population, 0));
        chart.target = (kj_target){figures->vision_year, figures->vision_population, goal};
    }
    chart.series = series;
    chart.n = n_series;
    chart.least_span = 0.2;
    if (figures->n_observed > 0) chart.unit = _("inhabitants; dotted: observed");
    kj_chart_add_observed(&chart, &series[n_series], figures);
    kj_chart_lines(canvas, box, &chart);
}

static void draw_completed(kj_canvas *canvas, const kj_run_figures *figures, const kj_box *box)
{
    kj_bar bars[YEARS_MAX];
    char labels[YEARS_MAX][8], a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX], unit[SENTENCE_MAX];
    const double *completed = figures->series[KJ_IND_COMPLETED];
    int32_t n = 0;
    double first = 0.0, last = 0.0;
    for (int32_t i = 1; completed && i < figures->n_years && n < YEARS_MAX;
         i++, n++) { /* the start state completes nothing */
        snprintf(labels[n], sizeof labels[n], "%d", figures->years[i] % 10000);
        bars[n] = (kj_bar){labels[n], completed[i], KJ_COLOR_A};
    }
    if (ends_of(figures, KJ_IND_DWELLINGS, &first, &last)) {
        snprintf(unit, sizeof unit, _("a year; the stock goes from %s to %s"),
                 kj_number_real(a, canvas->language, first, 0), kj_number_real(b, canvas->language, last, 0));
    } else {
        snprintf(unit, sizeof unit, "%s", _("a year"));
    }
    kj_bar_chart chart = {.title = _("Dwellings completed"),
                          .unit = unit,
                          .bars = bars,
                          .n = n,
                          .text_size = TEXT,
                          .empty = completed ? _("No dwelling was completed.") : _("The run does not record this.")};
    kj_chart_columns(canvas, box, &chart);
}

static void boundary_text(const kj_run_figures *figures, char out[SENTENCE_MAX])
{
    if (figures->n_municipalities > 1)
        snprintf(out, SENTENCE_MAX, _("boundary: the %d municipalities of the map"), figures->n_municipalities);
    else
        snprintf(out, SENTENCE_MAX, _("boundary: the municipality of %s"), figures->place);
}

/* What the two charts of chains count, over both. */
static void draw_chain_note(kj_canvas *canvas, const kj_run_figures *figures, double y)
{
    const kj_chain_figures *chains = &figures->chains;
    kj_text_style style = {
        .size = TEXT * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = CHARTS_W, .max_lines = 2};
    char complete[KJ_NUMBER_MAX], old[KJ_NUMBER_MAX], all[KJ_NUMBER_MAX], open[KJ_NUMBER_MAX], text[SENTENCE_MAX];
    int32_t year = figures->years[figures->n_years - 1] - KJ_CHAIN_AGE_MONTHS / 12;
    if (!figures->has_chains || chains->n_complete == 0) return;
    kj_number_int(complete, canvas->language, chains->n_complete);
    kj_number_int(old, canvas->language, chains->n_old);
    kj_number_int(all, canvas->language, chains->n_new);
    kj_number_int(open, canvas->language, chains->n_new_open);
    if (chains->n_open == 0)
        snprintf(text, sizeof text,
                 _("Counted: chains begun by December %d, all complete by now: %s. Of all %s begun, %s are still open."),
                 year, complete, all, open);
    else
        snprintf(text, sizeof text,
                 _("Counted: chains begun by December %d and complete by now: %s of %s. Of all %s begun, %s are still open."),
                 year, complete, old, all, open);
    kj_text_draw(canvas, CHARTS_X, y, &style, text);
}

static const char *no_chains_text(const kj_run_figures *figures)
{
    if (!figures->has_chains) return _("The run does not record this.");
    return figures->chains.n_old == 0
               ? _("No chain began with a new dwelling at least 36 months before the end of the run.")
               : _("All chains from new dwellings are still open.");
}

static void draw_lengths(kj_canvas *canvas, const kj_run_figures *figures, const kj_box *box)
{
    static const char *const labels[KJ_CHAIN_LENGTHS] = {"0", "1", "2", "3", "4", "5", "6+"};
    const kj_chain_figures *chains = &figures->chains;
    kj_bar bars[KJ_CHAIN_LENGTHS];
    char unit[2 * SENTENCE_MAX], boundary[SENTENCE_MAX], mean[KJ_NUMBER_MAX], complete[KJ_NUMBER_MAX];
    int32_t n = 0;
    for (int32_t i = chains->lengths[0] > 0 ? 0 : 1; i < KJ_CHAIN_LENGTHS; i++)
        bars[n++] = (kj_bar){labels[i], 100.0 * kj_share(chains->lengths[i], chains->n_complete), KJ_COLOR_A};
    boundary_text(figures, boundary);
    snprintf(unit, sizeof unit, _("share of chains, %%, by households that moved; n = %s, mean %s; %s"),
             kj_number_int(complete, canvas->language, chains->n_complete),
             kj_number_real(mean, canvas->language, chains->mean, 2), boundary);
    kj_bar_chart chart = {.title = _("Moving chains from new dwellings, traced"),
                          .unit = chains->n_complete > 0 ? unit : boundary,
                          .bars = bars,
                          .n = n,
                          .text_size = TEXT,
                          .empty = no_chains_text(figures)};
    kj_chart_columns(canvas, box, &chart);
}

static void draw_ends(kj_canvas *canvas, const kj_run_figures *figures, const kj_box *box)
{
    const char *names[KJ_END_COUNT] = {[KJ_END_LEFT_HOME] = _("left the parents' home"),
                                       [KJ_END_SEPARATED] = _("separated"),
                                       [KJ_END_COUNTY] = _("moved in, same county"),
                                       [KJ_END_COUNTRY] = _("moved in, rest of the country"),
                                       [KJ_END_ABROAD] = _("moved in from abroad"),
                                       [KJ_END_LODGER] = _("had lodged or sublet"),
                                       [KJ_END_DEMOLISHED] = _("demolished"),
                                       [KJ_END_CONVERTED] = _("converted")};
    kj_bar bars[KJ_END_COUNT];
    int32_t n = 0;
    int64_t total = 0;
    char unit[SENTENCE_MAX], number[KJ_NUMBER_MAX];
    for (int32_t i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) total += figures->chains.ends[i];
    snprintf(unit, sizeof unit, _("the last household on the chain …; n = %s"),
             kj_number_int(number, canvas->language, total));
    for (int32_t i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) {
        bool rare = i >= KJ_END_DEMOLISHED && figures->chains.ends[i] == 0;
        if (!rare) bars[n++] = (kj_bar){names[i], 100.0 * kj_share(figures->chains.ends[i], total), KJ_COLOR_A};
    }
    kj_bar_chart chart = {.title = _("Why the chains ended"),
                          .unit = total > 0 ? unit : NULL,
                          .bars = bars,
                          .n = n,
                          .decimals = 1, /* whole per cent of so many parts need not add up to 100 */
                          .percent = true,
                          .text_size = TEXT,
                          .empty = no_chains_text(figures)};
    kj_chart_bars(canvas, box, &chart);
}

static void draw_pupils(kj_canvas *canvas, const kj_run_figures *figures, const kj_box *box)
{
    double x[YEARS_MAX];
    int32_t n = years_as_x(figures, x), n_series = 0;
    kj_series series[2];
    kj_line_chart chart = line_chart(figures, _("Pupils against places"), _("grades F–9, all schools of the map; pupils counted on 15 October"));
    if (figures->series[KJ_IND_PUPILS])
        series[n_series++] =
            (kj_series){.name = _("pupils"), .x = x, .y = figures->series[KJ_IND_PUPILS], .n = n, .color = KJ_COLOR_A};
    if (figures->series[KJ_IND_PLACES])
        series[n_series++] = (kj_series){.name = _("places"),
                                         .x = x,
                                         .y = figures->series[KJ_IND_PLACES],
                                         .n = n,
                                         .color = KJ_COLOR_SCHOOL,
                                         .dash = KJ_DASH_DASHED};
    chart.series = series;
    chart.n = n_series;
    chart.from_zero = true;
    kj_chart_lines(canvas, box, &chart);
}

static void draw_lost_land(kj_canvas *canvas, const kj_run_figures *figures, const kj_box *box)
{
    double x[YEARS_MAX];
    int32_t n = years_as_x(figures, x), n_series = 0;
    const char *names[KJ_LOST_COUNT] = {_("farmland"), _("forest"), _("other land")};
    const kj_rgb colors[KJ_LOST_COUNT] = {KJ_COLOR_SCHOOL, KJ_RGB(0x2F6060), KJ_COLOR_MUTED};
    const kj_dash dashes[KJ_LOST_COUNT] = {KJ_DASH_SOLID, KJ_DASH_DASHED, KJ_DASH_DOTTED};
    kj_series series[KJ_LOST_COUNT];
    kj_line_chart chart =
        line_chart(figures, _("Land built on since the start"), _("hectares, whole cells, by what the land was"));
    for (int32_t i = 0; i < KJ_LOST_COUNT; i++) {
        if (figures->lost_ha[i])
            series[n_series++] = (kj_series){
                .name = names[i], .x = x, .y = figures->lost_ha[i], .n = n, .color = colors[i], .dash = dashes[i]};
    }
    chart.series = series;
    chart.n = n_series;
    chart.from_zero = true;
    kj_chart_lines(canvas, box, &chart);
}

static void draw_charts(kj_canvas *canvas, const kj_run_figures *figures)
{
    typedef void (*draw_chart)(kj_canvas *, const kj_run_figures *, const kj_box *);
    static const draw_chart charts[6] = {draw_population, draw_completed, draw_lengths,
                                         draw_ends,       draw_pupils,    draw_lost_land};
    double gap_x = 40.0, gap_y = 22.0, note = figures->has_chains ? 42.0 : 0.0, w = (CHARTS_W - gap_x) / 2.0,
           h = (FOOT - 14.0 - TOP - 2.0 * gap_y - note) / 3.0;
    for (int32_t i = 0; i < 6; i++) {
        kj_box box = {CHARTS_X + (w + gap_x) * (double)(i % 2), TOP + (h + gap_y) * (double)(i / 2) + (i >= 4 ? note : 0.0), w, h};
        kj_canvas_tag_begin(canvas, "Figure");
        charts[i](canvas, figures, &box);
        kj_canvas_tag_end(canvas, "Figure");
    }
    kj_canvas_tag_begin(canvas, "P");
    draw_chain_note(canvas, figures, TOP + 2.0 * h + gap_y + 8.0);
    kj_canvas_tag_end(canvas, "P");
}

const char *kj_assumed_sites_line(void) { return _("Sites, sizes and names of the schools of the start are assumed."); }

/* Layers that a map brings, as people call them; others by their name in the file. */
static const char *layer_title(const char *name)
{
    if (!strcmp(name, "area.name")) return _("names of places");
    if (!strcmp(name, "area.x")) return _("where places lie");
    if (!strcmp(name, "area.median_income")) return _("incomes by area");
    if (!strcmp(name, "facility.some")) return _("schools, preschools and care homes (assumed where there is no source)");
    if (!strcmp(name, "facility.cell")) return _("sites and sizes of schools, preschools and care homes");
    if (!strcmp(name, "land_use")) return _("land use");
    if (!strcmp(name, "area")) return _("areas");
    if (!strcmp(name, "protection")) return _("protected land");
    if (!strcmp(name, "farmland_class")) return _("class of farmland");
    if (!strcmp(name, "zoning")) return _("zoning");
    if (!strcmp(name, "max_far")) return _("density allowed");
    if (!strcmp(name, "travel_centre")) return _("travel time to the nearest centre by car");
    if (!strcmp(name, "walk_cost")) return _("walking");
    return name;
}

/* "Real: …. Derived: …. Synthetic: …" by layer. */
static void origins_text(const kj_run_figures *figures, char *out, size_t out_bytes)
{
    const char *heads[KJ_ORIGINS] = {_("Real: "), _("Derived: "), _("Synthetic: ")};
    size_t used = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < KJ_ORIGINS; i++) {
        const char *names = figures->origins[i] ? figures->origins[i] : "";
        char name[64];
        for (bool first = true; *names && used < out_bytes; first = false) { /* names separated by blanks */
            size_t length = strcspn(names, " ");
            snprintf(name, sizeof name, "%.*s", (int)length, names);
            names += length + strspn(names + length, " ");
            used += (size_t)snprintf(out + used, out_bytes - used, "%s%s%s", first ? heads[i] : ", ", layer_title(name),
                                     *names ? "" : ". ");
        }
    }
    if (!used)
        used = (size_t)snprintf(out, out_bytes, "%s ", _("The run file does not say where its layers come from."));
    if (used < out_bytes)
        snprintf(out + used, out_bytes - used, "%s",
                 _("People, homes and all later years are simulated: no real household is shown."));
}

void kj_summary_foot_draw(kj_canvas *canvas, const kj_run_figures *figures, const kj_run_figures *other)
{
    kj_box panel = {0.0, FOOT, KJ_SUMMARY_W, KJ_SUMMARY_H - FOOT};
    kj_text_style heading = {.size = TEXT, .weight = 700, .color = KJ_COLOR_INK, .max_width = 720};
    kj_text_style style = {.size = TEXT, .weight = 400, .color = KJ_COLOR_INK, .max_width = 720, .max_lines = 4};
    char text[4096], hash[96];
    if (other) snprintf(hash, sizeof hash, "A %.12s, B %.12s", figures->state_hash, other->state_hash);
    else snprintf(hash, sizeof hash, "%s", figures->state_hash);
    kj_canvas_fill_box(canvas, &panel, 0.0, KJ_COLOR_PANEL, 1.0);
    kj_canvas_tag_begin(canvas, "P");
    origins_text(figures, text, sizeof text);
    kj_text_draw(canvas, MARGIN, FOOT + 12, &heading, _("What is real and what is synthetic"));
    kj_text_draw(canvas, MARGIN, FOOT + 36, &style, text);
    kj_canvas_tag_end(canvas, "P");
    char observed[256] = "";
    if (figures->n_observed > 0)
        snprintf(observed, sizeof observed, _(" · observed population: %s (taken from the pages named in maps/countries/%s/observed_population.csv)"), _(figures->observed_office), figures->country);
    snprintf(text, sizeof text,
             _("Kedja %s · scenario %s · seed %llu · map %s (digest %.12s) · state hash %s · plugins: %s%s"),
             figures->version, figures->scenario, (unsigned long long)figures->seed, figures->map_name,
             figures->map_digest, hash, figures->plugins && figures->plugins[0] ? figures->plugins : "–", observed);
    kj_canvas_tag_begin(canvas, "P");
    kj_text_draw(canvas, MARGIN + 780, FOOT + 12, &heading, _("Where this page comes from"));
    kj_text_draw(canvas, MARGIN + 780, FOOT + 36, &style, text);
    kj_canvas_tag_end(canvas, "P");
}

kj_status kj_summary_page_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures)
{
    if (figures->n_years < 1) return kj_fail(err, KJ_E_INPUT, "the run has no recorded year");
    kj_canvas_tag_begin(canvas, "Document");
    draw_header(canvas, figures);
    kj_status status = draw_map(err, canvas, figures);
    if (status == KJ_OK) {
        draw_charts(canvas, figures);
        draw_tables(canvas, figures);
        kj_summary_foot_draw(canvas, figures, NULL);
    }
    kj_canvas_tag_end(canvas, "Document");
    return status;
}
