/* The columns: actions and layers at the left; findings, schools, economy, what is selected, menu at the right. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/compare/largest.h"
#include "../core/draw/chart.h"
#include "../core/draw/number.h"
#include "app.h"

#define _(text) kj_tr(text)
#define N_(text) text
#define COUNT_(one, many) {one, many}

enum { PAD = 24, TEXT = 18, CHART_LEAST = 150 };

/* A block of a flow: draws at (x, y), or only measures when ui->dry; returns its height. */
typedef double (*block_fn)(kj_app *app, double x, double y, double w, const void *data);

static void put(kj_app *app, kj_flow *flow, block_fn block, const void *data, double gap)
{
    kj_ui *ui = &app->ui;
    bool was_dry = ui->dry;
    double y;
    ui->dry = true;
    double height = block(app, flow->box.x, 0.0, flow->box.w, data);
    ui->dry = was_dry;
    if (height <= 0.0) return;
    if (kj_flow_take(flow, height, gap, &y) && !was_dry) block(app, flow->box.x, y, flow->box.w, data);
}

/* ---- plain blocks ---- */

typedef struct text_block {
    const char *text;
    double size;
    int32_t weight;
    kj_rgb color;
} text_block;

static double draw_text(kj_app *app, double x, double y, double w, const void *data)
{
    const text_block *t = data;
    kj_text_style style = {.size = t->size, .weight = t->weight, .color = t->color, .max_width = w, .max_lines = 9, .tabular = true};
    return kj_ui_text(&app->ui, x, y, &style, t->text);
}

static void put_text(kj_app *app, kj_flow *flow, const char *text, double size, int32_t weight, kj_rgb color, double gap)
{
    text_block block = {text, size, weight, color};
    put(app, flow, draw_text, &block, gap);
}

static void put_heading(kj_app *app, kj_flow *flow, const char *text, double gap)
{
    kj_flow_keep(flow, 110.0); /* never alone at the foot of a page */
    put_text(app, flow, text, 22.0, 700, app->ui.theme.ink, gap);
}

static double draw_rule(kj_app *app, double x, double y, double w, const void *data)
{
    (void)data;
    if (!app->ui.dry) kj_canvas_line(app->ui.canvas, x, y + 1.0, x + w, y + 1.0, 1.5, app->ui.theme.rule);
    return 2.0;
}

static double draw_toggle(kj_app *app, double x, double y, double w, const void *data)
{
    return kj_ui_toggle(&app->ui, x, y, w, data);
}

static double draw_button(kj_app *app, double x, double y, double w, const void *data)
{
    double h = kj_ui_button_height(&app->ui, w, data);
    kj_box box = {x, y, w, h};
    kj_ui_button(&app->ui, &box, data);
    return h;
}

typedef struct segment_block {
    const kj_widget_def *defs;
    int32_t n, columns;
} segment_block;

static double draw_segment_row(kj_app *app, double x, double y, double w, const void *data)
{
    const segment_block *s = data;
    return kj_ui_segment_row(&app->ui, x, y, w, s->defs, s->n, s->columns);
}

/* Row by row, so that a long list may go on on the next page. */
static void put_segments(kj_app *app, kj_flow *flow, const kj_widget_def *defs, int32_t n, double gap)
{
    int32_t columns = kj_ui_segment_columns(&app->ui, flow->box.w, defs, n);
    for (int32_t first = 0; first < n; first += columns) {
        segment_block row = {defs + first, n - first < columns ? n - first : columns, columns};
        put(app, flow, draw_segment_row, &row, first ? 8.0 : gap);
    }
}

/* Pages that show one world while two are compared say which, and let people turn to the other. */
static void put_worlds(kj_app *app, kj_flow *flow, int32_t shown)
{
    if (app->n_worlds != 2 || app->compare < KJ_SWIPE) return;
    char labels[2][KJ_NAME_TEXT + 8];
    kj_widget_def defs[2];
    for (int32_t k = 0; k < 2; k++) {
        snprintf(labels[k], sizeof labels[k], "%c\u00a0 %s", 'A' + k, kj_world_name(&app->world[k], (int)app->language));
        defs[k] = (kj_widget_def){.english = k ? N_("Figures of world B") : N_("Figures of world A"), .label = labels[k], .action = KJ_ACT_WORLD, .argument = k, .on = k == shown, .size = 17.0};
    }
    put_segments(app, flow, defs, 2, 0.0);
}

/* ---- actions ---- */

static double draw_legend(kj_app *app, double x, double y, double w, const void *data)
{
    return kj_draw_legend_item(app, *(const int32_t *)data, x, y, w);
}

static void put_views(kj_app *app, kj_flow *flow)
{
    enum { VIEWS_MAX = 24 };
    kj_widget_def defs[VIEWS_MAX];
    int32_t n = kj_view_total(app) < VIEWS_MAX ? kj_view_total(app) : VIEWS_MAX;
    for (int32_t i = 0; i < n; i++)
        defs[i] = (kj_widget_def){.english = i < KJ_VIEW_COUNT ? kj_view_title((kj_view_id)i) : kj_view_name(app, i), .label = kj_view_name(app, i), .action = KJ_ACT_VIEW, .argument = i, .on = (int32_t)app->view == i, .disabled = !kj_view_is_recorded(&app->world[0], i)};
    put_heading(app, flow, _("Show on the map"), 18.0);
    put_segments(app, flow, defs, n, 8.0);
    if (app->view == KJ_VIEW_SCHOOLS && kj_view_has_catchments(app, &app->world[0])) {
        const kj_widget_def grades[2] = {{.english = N_("Catchments F–6"), .action = KJ_ACT_GRADES, .argument = 0, .on = !app->catchment_7_9},
                                         {.english = N_("Catchments 7–9"), .action = KJ_ACT_GRADES, .argument = 1, .on = app->catchment_7_9}};
        put_segments(app, flow, grades, 2, 8.0);
    }
    static const struct {
        const char *name;
        kj_layer_bit bit;
    } layers[] = {{N_("Households as dots"), KJ_LAYER_DOTS}, {N_("Moves of the year"), KJ_LAYER_FLOWS}, {N_("School signs"), KJ_LAYER_SCHOOLS}, {N_("Names of places"), KJ_LAYER_NAMES}};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        kj_widget_def def = {.english = layers[i].name,
                             .action = KJ_ACT_LAYER,
                             .argument = (int32_t)layers[i].bit,
                             .disabled = !kj_layer_is_recorded(&app->world[0], layers[i].bit)};
        def.on = !def.disabled && (app->layers & layers[i].bit) != 0;
        put(app, flow, draw_toggle, &def, 2.0);
    }
    kj_widget_def story = {.english = N_("Tell a moving chain"), .action = KJ_ACT_CHAIN, .argument = 0, .disabled = !app->world[0].has_chains};
    put(app, flow, draw_button, &story, 8.0);
    if (app->mode != KJ_LAYOUT_NARROW && kj_legend_level(app) == 0) return;
    put_heading(app, flow, _("Legend"), 14.0);
    for (int32_t i = 0; i < 16; i++) put(app, flow, draw_legend, &i, 4.0);
}

/* Finished runs: what was decided in each world. */
static void put_policies(kj_app *app, kj_flow *flow)
{
    if (app->world[0].n_members) {
        char text[200];
        put_heading(app, flow, _("An ensemble"), 0.0);
        snprintf(text, sizeof text, _("%d runs: each is a thin line, the thick line is their median."), app->world[0].n_members);
        put_text(app, flow, text, TEXT, 400, app->ui.theme.ink, 6.0);
        return;
    }
    put_heading(app, flow, _("Policies"), 0.0);
    for (int32_t k = 0; k < app->n_worlds; k++) {
        const kj_world *w = &app->world[k];
        for (int32_t i = 0; i < w->n_flags; i++) {
            char text[2 * KJ_NAME_TEXT];
            const char *name = app->language < 3 && w->flags[i].text[app->language][0] ? w->flags[i].text[app->language] : w->flags[i].text[0];
            char letter[4] = {app->n_worlds == 2 ? w->letter : 0, ' ', 0, 0};
            snprintf(text, sizeof text, "%s%s, %d", app->n_worlds == 2 ? letter : "", name, w->flags[i].year);
            put_text(app, flow, text, TEXT, 500, k ? app->ui.theme.b : app->n_worlds == 2 ? app->ui.theme.a : app->ui.theme.ink, 6.0);
        }
        if (w->n_flags == 0) put_text(app, flow, app->n_worlds == 2 ? (k ? _("B: no policy is on") : _("A: no policy is on")) : _("No policy is on."), TEXT, 400, app->ui.theme.muted, 6.0);
    }
}

static double draw_slider(kj_app *app, double x, double y, double w, const void *data)
{
    return kj_ui_slider(&app->ui, x, y, w, data);
}

/* A slider whose value is a text of some length: it stands behind the title. */
static void put_word_lever(kj_app *app, kj_flow *flow, const kj_live_control *c, const char *word, const kj_slider_def *shape)
{
    char label[2 * KJ_NAME_TEXT + 8];
    kj_slider_def def = *shape;
    snprintf(label, sizeof label, "%s: %s", c->title, word);
    def.widget.label = label;
    def.text = "";
    put(app, flow, draw_slider, &def, 6.0);
}

/* Steps through the facilities of a kind that there are, by name; first what is meant without one. */
static void put_facility_lever(kj_app *app, kj_flow *flow, const kj_live_control *c, const kj_widget_def *widget)
{
    kj_id ids[KJ_CHOICES_MAX], id = (kj_id)lround(c->value);
    char own[KJ_NAME_TEXT], number[16];
    const int32_t n = kj_facility_choices(app, c->facility, ids);
    int32_t at = 0;
    for (int32_t i = 1; i < n; i++)
        if (ids[i] == id) at = i;
    const kj_facility *facility = at ? &app->world[app->n_worlds - 1].facilities[id - 1] : NULL;
    snprintf(number, sizeof number, "%u", (unsigned)id); /* of one that is closed by then, or has no name */
    const kj_slider_def def = {.widget = *widget, .value = at, .low = 0.0, .high = fmax(1.0, n - 1.0), .step = 1.0};
    put_word_lever(app, flow, c, id == 0 ? c->at_zero : facility && facility->name[0] ? kj_facility_name(facility, own) : number, &def);
}

static void put_control(kj_app *app, kj_flow *flow, const kj_live_control *c)
{
    char text[KJ_NUMBER_MAX + 32], number[KJ_NUMBER_MAX];
    if (c->is_policy) {
        kj_widget_def toggle = {.english = c->english, .label = c->title, .action = KJ_ACT_POLICY, .argument = c->policy, .on = c->value != 0.0};
        put(app, flow, draw_toggle, &toggle, 4.0);
        return;
    }
    if (strcmp(c->unit, "boolean") == 0) {
        kj_widget_def def = {.english = c->english, .label = c->title, .action = KJ_ACT_LEVER, .argument = c->index, .on = c->value != 0.0};
        put(app, flow, draw_toggle, &def, 6.0);
        return;
    }
    kj_slider_def def = {.widget = {.english = c->english, .label = c->title, .action = KJ_ACT_LEVER, .argument = c->index}, .value = c->value, .low = c->low, .high = c->high, .step = c->step, .text = text};
    if (c->kind == KJ_LEVER_FACILITY) {
        put_facility_lever(app, flow, c, &def.widget);
        return;
    }
    if (c->value == 0.0 && c->at_zero[0]) {
        put_word_lever(app, flow, c, c->at_zero, &def);
        return;
    }
    if (c->kind == KJ_LEVER_GRADE) kj_grade_word((int32_t)lround(c->value) + 2, number);
    else kj_number_real(number, app->language, c->value, c->decimals);
    snprintf(text, sizeof text, strcmp(c->unit, "1") ? "%s %s" : "%s", number, c->unit);
    put(app, flow, draw_slider, &def, 6.0);
}

static void put_more(kj_app *app, kj_flow *flow, int32_t n)
{
    char text[160];
    if (n == 0) return;
    snprintf(text, sizeof text, _("%d more parameters of plugins: kedja live --set"), n);
    put_text(app, flow, text, 17.0, 400, app->ui.theme.muted, 4.0);
}

/* What is asked for most stands first; policies of one's own last. */
static const char *const ranked[] = {"new_school", "housing_project", "protect_area", "densify_area", "new_road", "new_station"};
enum { PLACES_RANKED = sizeof ranked / sizeof *ranked };

static int32_t rank_of(const char *policy)
{
    for (int32_t i = 0; i < PLACES_RANKED; i++)
        if (strcmp(policy, ranked[i]) == 0) return i;
    return PLACES_RANKED;
}

/* What policies let people put on the map, as buttons. */
static void put_places(kj_app *app, kj_flow *flow, const kj_live_controls *c)
{
    enum { PLACES_MAX = 12 };
    kj_widget_def defs[PLACES_MAX];
    char english[PLACES_MAX][120], label[PLACES_MAX][104];
    int32_t n = 0;
    for (int32_t rank = 0; rank <= PLACES_RANKED; rank++) {
        for (int32_t i = 0; i < c->n && n < PLACES_MAX; i++) {
            if (c->items[i].place == KJ_PLACE_NONE || rank_of(c->items[i].name) != rank) continue;
            snprintf(english[n], sizeof english[n], "Place on the map: %s", c->items[i].english);
            snprintf(label[n], sizeof label[n], "+ %s", c->items[i].title);
            defs[n] = (kj_widget_def){.english = english[n], .label = label[n], .action = KJ_ACT_PLACE, .argument = c->items[i].policy, .on = app->placing == c->items[i].policy, .size = 17.0};
            n++;
        }
    }
    if (!n) return;
    put_heading(app, flow, _("Place on the map"), 12.0);
    int32_t columns = kj_ui_segment_columns(&app->ui, flow->box.w, defs, n);
    if (columns > 2) columns = 2;
    for (int32_t first = 0; first < n; first += columns) {
        segment_block row = {defs + first, n - first < columns ? n - first : columns, columns};
        put(app, flow, draw_segment_row, &row, 8.0);
    }
}

/* Parameters of plugins under the plugin's name, each with its sentence, then the policies; at most six levers on a page. */
static void put_controls(kj_app *app, kj_flow *flow, const kj_live_controls *c)
{
    enum { ON_PAGE = 6 };
    const double whole_page = 1e9;
    const char *plugin = "-";
    int32_t page = flow->page, n = 0;
    for (int32_t i = 0; i < c->n; i++) {
        const kj_live_control *item = &c->items[i];
        if (flow->page != page) n = 0;
        if (n >= ON_PAGE) {
            kj_flow_keep(flow, whole_page);
            n = 0;
        }
        page = flow->page;
        n++;
        if (plugin[0] && plugin[0] != '-' && !item->plugin[0]) put_more(app, flow, c->n_more);
        if (strcmp(item->plugin, plugin)) put_heading(app, flow, item->plugin[0] ? item->plugin : _("Policies"), 10.0);
        plugin = item->plugin;
        put_control(app, flow, item);
        if (item->sentence[0]) put_text(app, flow, item->sentence, 17.0, 400, app->ui.theme.muted, 0.0);
    }
}

/* Levers made from what plugins and policies declare; they hold from January of the year chosen on. */
static void put_live(kj_app *app, kj_flow *flow)
{
    kj_live_controls c;
    char year[16];
    kj_live_controls_of(app->live, app->language < 3 ? (int)app->language : 0, (int32_t)lround(app->from_year), &c);
    const kj_widget_def back[2] = {{.english = N_("Undo"), .action = KJ_ACT_UNDO, .disabled = !c.can_undo}, {.english = N_("Redo"), .action = KJ_ACT_REDO, .disabled = !c.can_redo}};
    put_segments(app, flow, back, 2, 0.0);
    snprintf(year, sizeof year, "%.0f", app->from_year);
    kj_slider_def from = {.widget = {.english = N_("From year"), .action = KJ_ACT_FROM}, .value = app->from_year, .low = app->first_year + 1, .high = app->last_year, .step = 1.0, .text = year};
    put(app, flow, draw_slider, &from, 8.0);
    put_places(app, flow, &c);
    put_controls(app, flow, &c);
    char status[260];
    snprintf(status, sizeof status, c.status[0] ? _("Simulating: %s") : "%s", c.status[0] ? c.status : _("Both worlds are simulated to the end."));
    put_text(app, flow, status, 17.0, 400, app->ui.theme.muted, 8.0);
}

static void flow_actions(kj_app *app, kj_flow *flow)
{
    if (app->live) {
        put_live(app, flow);
        return;
    }
    put_policies(app, flow);
    put(app, flow, draw_rule, NULL, 14.0);
    put_views(app, flow);
}

/* Live: the views have a page of their own, so that no lever hides them. */
static void flow_views(kj_app *app, kj_flow *flow) { put_views(app, flow); }

/* ---- findings ---- */

static const char *figure_text(kj_app *app, const kj_shown_item *item, double value, char out[KJ_NUMBER_MAX])
{
    return kj_number_real(out, app->language, value, item->decimals);
}

/* "Municipal result, SEK million" */
static void figure_title(kj_app *app, const kj_shown_item *item, char *out, size_t n)
{
    const char *unit = kj_shown_unit(item, (int)app->language);
    snprintf(out, n, unit[0] ? "%s, %s" : "%s", kj_shown_title(item, (int)app->language), unit);
}

static double draw_tile(kj_app *app, double x, double y, double w, kj_figure_id id, double height)
{
    kj_ui *ui = &app->ui;
    const kj_shown_item *item = kj_app_figure_item(app, id);
    kj_world *world = kj_app_world(app);
    if (!item) return 0.0;
    double now = kj_app_figure(app, world, id), first = kj_world_figure(world, id, 0);
    char value[KJ_NUMBER_MAX], below[160], change[KJ_NUMBER_MAX], title[200];
    figure_title(app, item, title, sizeof title);
    kj_text_style name = {.size = TEXT, .weight = 400, .color = ui->theme.muted, .max_width = w - 24.0, .max_lines = 3};
    kj_text_style figure = {.size = 30.0, .weight = 700, .color = ui->theme.ink, .max_width = w - 24.0, .tabular = true};
    bool bad = item->flags & KJ_SHOWN_LESS_IS_BETTER && now > 0.5 && id == KJ_FIG_WITHOUT_PLACE;
    kj_text_style note = {.size = 17.0, .weight = 600, .color = bad ? ui->theme.warn : ui->theme.a, .max_width = w - 24.0, .max_lines = 3};
    snprintf(below, sizeof below, _("%s since %d"), kj_number_change(change, app->language, now - first, item->decimals), world->years[0]);
    bool was = ui->dry;
    ui->dry = true;
    double h = 10.0 + kj_ui_text(ui, 0, 0, &name, title) + kj_ui_text(ui, 0, 0, &figure, "0");
    /* the level of the result is set at the start: what it was then tells nothing */
    bool has_note = isfinite(now - first) && fabs(now - first) > 1e-9 && !(item->flags & KJ_SHOWN_OF_YEAR) && id != KJ_FIG_RESULT;
    if (has_note) h += kj_ui_text(ui, 0, 0, &note, below);
    h += 12.0;
    ui->dry = was;
    if (was) return h;
    kj_box box = {x, y, w, height};
    kj_canvas_fill_box(ui->canvas, &box, 8.0, ui->theme.panel, 1.0);
    double at = y + 10.0;
    at += kj_ui_text(ui, x + 12.0, at, &name, title);
    at += kj_ui_text(ui, x + 12.0, at, &figure, figure_text(app, item, now, value));
    if (has_note) kj_ui_text(ui, x + 12.0, at, &note, below);
    kj_ui_area(ui, &box, item->title[0], kj_shown_title(item, (int)app->language), KJ_ACT_HOW, (int32_t)id);
    return h;
}

typedef struct tile_row {
    kj_figure_id ids[2];
} tile_row;

static double draw_tiles(kj_app *app, double x, double y, double w, const void *data)
{
    const tile_row *row = data;
    double each = (w - 12.0) / 2.0, h = 0.0;
    bool was = app->ui.dry;
    app->ui.dry = true;
    for (int i = 0; i < 2; i++) h = fmax(h, draw_tile(app, 0, 0, each, row->ids[i], 0));
    app->ui.dry = was;
    for (int i = 0; i < 2 && !was; i++) draw_tile(app, x + (each + 12.0) * i, y, each, row->ids[i], h);
    return h;
}

/* ---- comparing ---- */

static const kj_figure_id table_rows[] = {KJ_FIG_POPULATION, KJ_FIG_DWELLINGS, KJ_FIG_RESULT, KJ_FIG_FARMLAND, KJ_FIG_WITHOUT_PLACE, KJ_FIG_WALK};
enum { TABLE_ROWS = sizeof table_rows / sizeof *table_rows };

static double value_of(kj_app *app, int32_t k, kj_figure_id id) { return kj_app_figure(app, &app->world[k], id); }

/* Rows of the table: what some plugin shows and is not nothing in both worlds. */
static int32_t table_of(kj_app *app, int32_t most, kj_figure_id out[TABLE_ROWS])
{
    int32_t n = 0;
    for (size_t i = 0; i < TABLE_ROWS && n < most; i++) {
        double a = value_of(app, 0, table_rows[i]), b = value_of(app, 1, table_rows[i]);
        bool nothing = isfinite(a) && isfinite(b) && fabs(a) < 1e-9 && fabs(b) < 1e-9 && table_rows[i] == KJ_FIG_WITHOUT_PLACE;
        if (kj_app_figure_item(app, table_rows[i]) && !nothing) out[n++] = table_rows[i];
    }
    return n;
}

/* A low column, as on a projector of 720 lines: smaller text and fewer words, so that the table has its rows. */
static bool is_tight(const kj_app *app) { return app->right.h < 560.0; }

typedef struct table_row {
    kj_figure_id id;
    double columns[3]; /* widths of A, B and the difference */
} table_row;

static kj_text_style cell_style(const kj_app *app, int column)
{
    const kj_theme *t = &app->ui.theme;
    return (kj_text_style){.size = is_tight(app) ? 19.0 : app->forum ? 22.0 : 21.0, .weight = column == 2 ? 500 : 700, .color = column == 0 ? t->a : column == 1 ? t->b : t->ink, .align = KJ_ALIGN_RIGHT, .tabular = true};
}

static void cell_texts(kj_app *app, kj_figure_id id, char out[3][KJ_NUMBER_MAX])
{
    const kj_shown_item *item = kj_app_figure_item(app, id);
    double a = value_of(app, 0, id), b = value_of(app, 1, id);
    figure_text(app, item, a, out[0]);
    figure_text(app, item, b, out[1]);
    kj_number_difference(out[2], app->language, a, b, item->decimals);
}

/* As wide as the longest figure, so that titles have what is left; no figure is ever cut: the titles give way. */
static void fit_columns(kj_app *app, const kj_figure_id *ids, int32_t n, double columns[3])
{
    kj_text_style head = cell_style(app, 2);
    head.weight = 700;
    for (int c = 0; c < 3; c++) columns[c] = kj_text_measure(app->ui.canvas, &head, c == 2 ? "B − A" : "0 000").width + 14.0;
    for (int32_t i = 0; i < n; i++) {
        char texts[3][KJ_NUMBER_MAX];
        cell_texts(app, ids[i], texts);
        for (int c = 0; c < 3; c++) {
            kj_text_style style = cell_style(app, c);
            columns[c] = fmax(columns[c], kj_text_measure(app->ui.canvas, &style, texts[c]).width + 16.0);
        }
    }
}

/* A little smaller where a word of the text would be broken; never below four fifths. */
static void fit_words(kj_ui *ui, kj_text_style *style, const char *text)
{
    kj_text_style free_style = *style;
    char word[160];
    double widest = 0.0;
    free_style.max_width = 0.0;
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        widest = fmax(widest, kj_text_measure(ui->canvas, &free_style, word).width);
        at += n + strspn(at + n, " ");
    }
    if (widest > style->max_width - 1.0) style->size *= fmax(0.8, (style->max_width - 1.0) / widest);
}

static double draw_table_row(kj_app *app, double x, double y, double w, const void *data)
{
    kj_ui *ui = &app->ui;
    const table_row *row = data;
    const kj_shown_item *item = kj_app_figure_item(app, row->id);
    char name[160], texts[3][KJ_NUMBER_MAX];
    figure_title(app, item, name, sizeof name);
    kj_text_style left = {.size = is_tight(app) ? 16.0 : TEXT, .weight = 400, .color = ui->theme.ink, .max_width = w - row->columns[0] - row->columns[1] - row->columns[2], .max_lines = 4};
    fit_words(ui, &left, name);
    double h = fmax(kj_text_measure(ui->canvas, &left, name).height + 6.0, fmax(ui->target, app->forum ? is_tight(app) ? 32.0 : 36.0 : 44.0));
    if (ui->dry) return h;
    kj_canvas_line(ui->canvas, x, y, x + w, y, 1.5, ui->theme.rule);
    kj_text_draw(ui->canvas, x, y + (h - kj_text_measure(ui->canvas, &left, name).height) / 2.0, &left, name);
    cell_texts(app, row->id, texts);
    double right = x + w;
    for (int c = 2; c >= 0; c--) {
        kj_text_style figure = cell_style(app, c);
        kj_text_draw(ui->canvas, right, y + (h - kj_text_measure(ui->canvas, &figure, texts[c]).height) / 2.0, &figure, texts[c]);
        right -= row->columns[c];
    }
    kj_box box = {x, y, w, h};
    kj_ui_area(ui, &box, item->title[0], kj_shown_title(item, (int)app->language), KJ_ACT_HOW, (int32_t)row->id);
    return h;
}

static double draw_table_head(kj_app *app, double x, double y, double w, const void *data)
{
    kj_ui *ui = &app->ui;
    const table_row *row = data;
    const char *texts[3] = {"A", "B", "B − A"};
    double right = x + w, h = 0.0;
    for (int c = 2; c >= 0; c--) {
        kj_text_style style = cell_style(app, c);
        style.size = 20.0;
        style.weight = 700;
        h = kj_text_measure(ui->canvas, &style, "A").height;
        if (!ui->dry) kj_text_draw(ui->canvas, right, y, &style, texts[c]);
        right -= row->columns[c];
    }
    return h;
}

/* A finished run that ends before the year shown. */
static bool is_over(const kj_app *app, int32_t k)
{
    const kj_world *w = &app->world[k];
    return !app->live && w->n_years > 0 && w->years[w->n_years - 1] < app->year;
}

/* Schools that are open in the year shown in `own` and not in `other`, by name and place; names: at most two of them, then how many more. */
static int32_t schools_of_one(kj_app *app, const kj_world *own, const kj_world *other, char *names, size_t size)
{
    enum { NAMED = 2 };
    const kj_month month = kj_app_month(app);
    int32_t n = 0;
    size_t used = 0;
    names[0] = 0;
    for (int32_t i = 0; i < own->n_facilities; i++) {
        const kj_facility *f = &own->facilities[i];
        bool both = false;
        if (f->kind != KJ_FACILITY_SCHOOL || !kj_facility_open(f, month)) continue;
        for (int32_t j = 0; j < other->n_facilities && !both; j++) {
            const kj_facility *g = &other->facilities[j];
            both = g->kind == f->kind && g->cell == f->cell && strcmp(g->name, f->name) == 0 && kj_facility_open(g, month);
        }
        char name[KJ_NAME_TEXT];
        if (!both && n++ < NAMED && used < size)
            used += (size_t)snprintf(names + used, size - used, "%s%s", used ? ", " : "", f->name[0] ? kj_facility_name(f, name) : _("a school"));
    }
    if (n > NAMED && used < size) snprintf(names + used, size - used, _(", and %d more"), n - NAMED);
    return n;
}

/* A text beside a count of one, and beside another. */
typedef struct counted {
    const char *one, *many;
} counted;

/* What a headline may tell of a pair; no figure (KJ_FIG_COUNT): full schools. */
typedef struct headline_part {
    kj_figure_id id;
    counted more, less;
    int worse; /* 1 more is worse, -1 less is worse, 0 neither */
    bool of_pupils; /* a part of all pupils */
} headline_part;
enum { PARTS_MAX = 8 };

static const headline_part headline_parts[] = {
    {KJ_FIG_POPULATION, COUNT_("%s more inhabitant", "%s more inhabitants"), COUNT_("%s fewer inhabitant", "%s fewer inhabitants"), 0, false},
    {KJ_FIG_FARMLAND, COUNT_("%s ha more farmland built on", "%s ha more farmland built on"), COUNT_("%s ha less farmland built on", "%s ha less farmland built on"), 1, false},
    {KJ_FIG_WITHOUT_PLACE, COUNT_("%s more pupil without a place", "%s more pupils without a place"), COUNT_("%s fewer pupil without a place", "%s fewer pupils without a place"), 1, true},
    {KJ_FIG_WALK, COUNT_("the way to school on foot is %s minute longer", "the way to school on foot is %s minutes longer"),
     COUNT_("the way to school on foot is %s minute shorter", "the way to school on foot is %s minutes shorter"), 1, false},
    {KJ_FIG_COUNT, COUNT_("full schools: %s more", "full schools: %s more"), COUNT_("full schools: %s fewer", "full schools: %s fewer"), 1, false},
    {KJ_FIG_RESULT, COUNT_("the municipal result is SEK %s million better", "the municipal result is SEK %s million better"),
     COUNT_("the municipal result is SEK %s million worse", "the municipal result is SEK %s million worse"), -1, false},
    {KJ_FIG_DWELLINGS, COUNT_("%s more dwelling", "%s more dwellings"), COUNT_("%s fewer dwelling", "%s fewer dwellings"), 0, false}};

/* A simulation may not have come so far yet. */
static bool knows_year(const kj_app *app, int32_t k)
{
    const kj_world *w = &app->world[k];
    return w->n_years > 0 && w->years[kj_app_index(app, w)] == app->year;
}

/* As they are read in the table. */
static double part_value(kj_app *app, int32_t k, const headline_part *part)
{
    if (part->id != KJ_FIG_COUNT) return round(value_of(app, k, part->id));
    return knows_year(app, k) ? kj_schools_full(app, &app->world[k]) : (double)NAN;
}

/* "B Close a school: without Bor skola, the way to school on foot is 18 minutes longer?, …": schools that only one world has, then the largest
   changes (kj_findings_largest), with the mark of `kedja compare` for what one pair of runs cannot tell from luck; false if they do not differ.
   most: parts; whole: with the names of two policies. */
static bool headline(kj_app *app, int most, bool whole, char *out, size_t n)
{
    const kj_world *a = &app->world[0], *b = &app->world[1];
    char number[KJ_NUMBER_MAX], text[200], names[160];
    for (int32_t k = 0; k < 2; k++) {
        if (!is_over(app, k)) continue;
        snprintf(out, n, _("%c ends in %d."), 'A' + k, app->world[k].years[app->world[k].n_years - 1]);
        return false;
    }
    size_t used = (size_t)snprintf(out, n, "B %s: ", whole ? kj_world_long_name(b, (int)app->language) : kj_world_name(b, (int)app->language));
    const size_t head = used;
    for (int k = 0; k < 2 && knows_year(app, 0) && knows_year(app, 1); k++) {
        if (!schools_of_one(app, k ? b : a, k ? a : b, names, sizeof names)) continue;
        snprintf(text, sizeof text, k ? _("with %s") : _("without %s"), names);
        if (used < n) used += (size_t)snprintf(out + used, n - used, "%s%s", used > head ? ", " : "", text);
    }
    kj_finding findings[PARTS_MAX];
    int32_t told[PARTS_MAX];
    const int32_t n_parts = sizeof headline_parts / sizeof *headline_parts;
    for (int32_t i = 0; i < n_parts; i++) {
        findings[i] = (kj_finding){.base = part_value(app, 0, &headline_parts[i]), .change = part_value(app, 1, &headline_parts[i])};
        if (headline_parts[i].of_pupils) findings[i].whole = value_of(app, 0, KJ_FIG_PUPILS);
        findings[i].is_worse = (findings[i].change - findings[i].base) * headline_parts[i].worse > 0.0;
    }
    const int32_t found = kj_findings_largest(findings, n_parts, most, told);
    for (int32_t k = 0; k < found; k++) {
        const kj_finding *f = &findings[told[k]];
        const double d = f->change - f->base;
        const counted *words = d > 0.0 ? &headline_parts[told[k]].more : &headline_parts[told[k]].less;
        snprintf(text, sizeof text, kj_tr_count(words->one, words->many, (unsigned long)fabs(d)), kj_number_real(number, app->language, fabs(d), 0));
        if (used < n) used += (size_t)snprintf(out + used, n - used, "%s%s%s", used > head ? ", " : "", text, app->same_lives ? "" : "?");
    }
    if (used == head && used < n) snprintf(out + used, n - used, "%s", app->year < app->last_year ? _("no difference yet.") : _("no difference."));
    return found > 0;
}

/* ---- charts ---- */

typedef struct chart_block {
    const kj_shown_item *item;
    double height;
} chart_block;

/* The item of the same column in another world, NULL. */
static const kj_shown_item *same_chart(const kj_world *w, const kj_shown_item *wanted)
{
    for (int32_t i = 0; i < w->n_items; i++)
        if (w->items[i].kind == KJ_AS_CHART && strcmp(w->items[i].column, wanted->column) == 0) return &w->items[i];
    return NULL;
}

/* Counts may begin at 0 without losing their shape; stocks that hardly move, and what may be negative, may not. */
static bool begins_at_zero(const kj_shown_item *item)
{
    static const char *const stocks[] = {"population", "households", "dwellings", "result"};
    for (size_t i = 0; i < sizeof stocks / sizeof *stocks; i++)
        if (strcmp(item->column, stocks[i]) == 0) return false;
    return true;
}

/* What the runs of an ensemble say together in the year shown, in words and counts. */
static void ensemble_words(kj_app *app, const kj_world *w, const kj_shown_item *item, char *out, size_t n)
{
    int32_t y = kj_app_index(app, w), below = 0, least = 0, most = 0;
    char low[KJ_NUMBER_MAX], high[KJ_NUMBER_MAX];
    for (int32_t m = 0; m < w->n_members; m++) {
        double value = item->members[(size_t)m * (size_t)w->n_years + (size_t)y];
        below += value < 0.0;
        if (value < item->members[(size_t)least * (size_t)w->n_years + (size_t)y]) least = m;
        if (value > item->members[(size_t)most * (size_t)w->n_years + (size_t)y]) most = m;
    }
    if (strcmp(item->column, "result") == 0) {
        snprintf(out, n, below == 1 ? _("%d of %d runs ends %d in deficit.") : _("%d of %d runs end %d in deficit."), below, w->n_members, w->years[y]);
        return;
    }
    snprintf(out, n, _("%d: the %d runs lie between %s and %s."), w->years[y], w->n_members, kj_number_real(low, app->language, item->members[(size_t)least * (size_t)w->n_years + (size_t)y], item->decimals),
             kj_number_real(high, app->language, item->members[(size_t)most * (size_t)w->n_years + (size_t)y], item->decimals));
}

/* Widens low … high by n values. */
static void span_values(const double *value, int32_t n, double *low, double *high)
{
    for (int32_t i = 0; i < n; i++) {
        if (!isfinite(value[i])) continue;
        *low = fmin(*low, value[i]);
        *high = fmax(*high, value[i]);
    }
}

/* Counts of inhabitants beside the lines, from ten years before the start on; the axis of years is widened. */
static void add_observed(const kj_app *app, kj_line_chart *chart, kj_series *room)
{
    enum { YEARS_BEFORE = 10 };
    const kj_observed *o = &app->world[0].observed;
    int32_t first = 0;
    while (first < o->n && o->year[first] < app->first_year - YEARS_BEFORE) first++;
    if (first == o->n) return;
    *room = (kj_series){.name = _("observed"), .x = o->year + first, .y = o->value + first, .n = o->n - first, .color = app->ui.theme.muted, .dash = KJ_DASH_DOTTED, .marks = true, .name_inside = true};
    chart->n++;
    chart->x_low = fmin(chart->x_low, floor(o->year[first]));
    chart->x_high = fmax(chart->x_high, ceil(o->year[o->n - 1]));
}

static double draw_chart(kj_app *app, double x, double y, double w, const void *data)
{
    enum { YEARS_MAX = 256 };
    const chart_block *c = data;
    if (app->ui.dry) return c->height;
    double years[2][YEARS_MAX];
    kj_series series[3];
    double low = INFINITY, high = -INFINITY; /* of all years of both worlds, so that the axis stays while time passes */
    int32_t n_series = 0, first_shown = 0;
    for (int32_t k = 0; k < app->n_worlds; k++) {
        kj_world *world = &app->world[k];
        const kj_shown_item *item = same_chart(world, c->item);
        const int32_t not_at_start = item && item->flags & KJ_SHOWN_OF_YEAR && world->n_years > 1;
        if (item) span_values(item->series + not_at_start, world->n_years - not_at_start, &low, &high);
        if (!item || (app->n_worlds == 2 && app->compare == (k ? KJ_SHOW_A : KJ_SHOW_B))) continue;
        int32_t n = kj_app_index(app, world) + 1 < YEARS_MAX ? kj_app_index(app, world) + 1 : YEARS_MAX;
        int32_t first = item->flags & KJ_SHOWN_OF_YEAR && n > 1 ? 1 : 0;
        if (k == 0) first_shown = first;
        for (int32_t i = first; i < n; i++) years[k][i] = world->years[i];
        series[n_series++] = (kj_series){.name = app->n_worlds == 2 ? (k ? "B" : "A") : "", .x = years[k] + first, .y = item->series + first, .n = n - first, .color = k ? app->ui.theme.b : app->ui.theme.a,
                                         .dash = k ? KJ_DASH_DASHED : KJ_DASH_SOLID};
    }
    bool from_zero = begins_at_zero(c->item);
    const char *unit = kj_shown_unit(c->item, (int)app->language);
    kj_line_chart chart = {.title = kj_shown_title(c->item, (int)app->language), .unit = unit[0] ? unit : NULL, .series = series, .n = n_series, .x_low = app->first_year, .x_high = app->last_year,
                           .from_zero = from_zero, .least_span = from_zero ? 0.0 : 0.1, .decimals = c->item->decimals, .text_size = app->forum ? 20.0 : 17.0, .empty = _("The run does not record this.")};
    char words[200];
    double said = 0.0;
    if (c->item->members && n_series) {
        const kj_world *world = &app->world[0];
        chart.thin = c->item->members + first_shown;
        chart.n_thin = world->n_members;
        for (int32_t m = 0; m < world->n_members; m++)
            span_values(c->item->members + (size_t)m * (size_t)world->n_years + first_shown, world->n_years - first_shown, &low, &high);
        chart.thin_stride = world->n_years;
        chart.from_zero = false;
        ensemble_words(app, world, c->item, words, sizeof words);
        kj_text_style style = {.size = 17.0, .weight = 500, .color = app->ui.theme.ink, .max_width = w, .max_lines = 3};
        said = kj_text_measure(app->ui.canvas, &style, words).height;
        kj_text_draw(app->ui.canvas, x, y + c->height - said - 4.0, &style, words);
    }
    if (low < high) chart.y_low = low, chart.y_high = high;
    if (n_series && strcmp(c->item->column, "population") == 0) add_observed(app, &chart, &series[n_series]);
    kj_box box = {x, y, w, c->height - 6.0 - (said > 0.0 ? said + 6.0 : 0.0)};
    kj_chart_lines(app->ui.canvas, &box, &chart);
    return c->height;
}

/* No taller than a page; a page too low for a chart has none, its figures stand in the table. */
static void put_item_chart(kj_app *app, kj_flow *flow, const kj_shown_item *item, double height, double gap)
{
    chart_block block = {item, fmin(height, flow->box.h)};
    if (item && block.height >= CHART_LEAST) put(app, flow, draw_chart, &block, gap);
}

static void put_chart(kj_app *app, kj_flow *flow, kj_figure_id id, double height, double gap) { put_item_chart(app, flow, kj_app_figure_item(app, id), height, gap); }

/* Everything that plugins give as a chart, A and B in one frame; as many on a page as have room. */
static void flow_charts(kj_app *app, kj_flow *flow)
{
    enum { WANTED = 236 };
    const kj_world *w = &app->world[0];
    int32_t on_page = (int32_t)((flow->box.h + 14.0) / (WANTED + 14.0)), n = 0;
    double height = on_page < 1 ? flow->box.h : floor((flow->box.h + 14.0) / on_page) - 14.0;
    for (int32_t i = 0; i < w->n_items; i++) {
        if (w->items[i].kind != KJ_AS_CHART) continue;
        put_item_chart(app, flow, &w->items[i], height, 14.0);
        n++;
    }
    if (!n) put_text(app, flow, _("The run does not record this."), TEXT, 400, app->ui.theme.muted, 0.0);
}

/* ---- alerts ---- */

/* A school of which every place is taken is no alarm as long as no child is without one. */
static bool lack_places(kj_app *app)
{
    for (int32_t k = 0; k < app->n_worlds; k++)
        if (kj_app_figure(app, &app->world[k], KJ_FIG_WITHOUT_PLACE) > 0.5) return true;
    return false;
}

static double draw_alert(kj_app *app, double x, double y, double w, const void *data)
{
    kj_ui *ui = &app->ui;
    bool alarm = lack_places(app);
    kj_text_style style = {.size = TEXT, .weight = 600, .color = alarm ? ui->theme.warn : ui->theme.ink, .max_width = w - 44.0, .max_lines = 9};
    double h = kj_text_measure(ui->canvas, &style, data).height + 12.0;
    if (ui->dry) return h;
    kj_box box = {x, y, w, h}, bar = {x, y, 6.0, h};
    kj_canvas_fill_box(ui->canvas, &box, 4.0, alarm ? KJ_RGB(0xFBECEC) : ui->theme.panel, 1.0);
    kj_canvas_fill_box(ui->canvas, &bar, 0.0, alarm ? ui->theme.warn : KJ_COLOR_SCHOOL, 1.0);
    kj_text_draw(ui->canvas, x + 20.0, y + 6.0, &style, data);
    return h;
}

/* Full schools of a world in a line; how many there are. */
static int32_t alert_line(kj_app *app, kj_world *w, int32_t most, char *line, size_t size)
{
    char text[200];
    size_t used = 0;
    int32_t n = 0;
    line[0] = 0;
    for (; kj_school_alert(app, w, n, text); n++)
        if (n < most && used < size) used += (size_t)snprintf(line + used, size - used, "%s%s", n ? ", " : "", text);
    if (n > most && used < size) snprintf(line + used, size - used, _(", and %d more"), n - most);
    return n;
}

/* One alert a world, the longest full first named; one alone where both worlds say the same. */
static void put_alerts(kj_app *app, kj_flow *flow, int32_t most)
{
    char lines[2][400], text[820];
    int32_t n[2] = {0, 0};
    bool pair = app->n_worlds == 2;
    for (int32_t k = 0; k < app->n_worlds; k++)
        if ((!pair || app->compare != (k ? KJ_SHOW_A : KJ_SHOW_B)) && !is_over(app, k)) n[k] = alert_line(app, &app->world[k], most, lines[k], sizeof lines[k]);
    bool same = n[0] && n[1] && strcmp(lines[0], lines[1]) == 0, brief = most <= 1 && pair && app->compare >= KJ_SWIPE && !same && !is_over(app, 0) && !is_over(app, 1);
    if (brief && n[0] + n[1]) {
        snprintf(text, sizeof text, _("Schools without a place left: A %d, B %d"), n[0], n[1]);
        put(app, flow, draw_alert, text, 8.0);
    }
    for (int32_t k = 0; k < app->n_worlds && !brief; k++) {
        if (!n[k] || (k && same)) continue;
        snprintf(text, sizeof text, "%s%s", same ? "A, B: " : !pair ? "" : k ? "B: " : "A: ", lines[k]);
        put(app, flow, draw_alert, text, 8.0);
    }
}

/* ---- the pages at the right ---- */

/* With the first n rows. */
static double table_height(kj_app *app, double width, const kj_figure_id *ids, int32_t n, const table_row *like)
{
    table_row row = *like;
    bool was = app->ui.dry;
    app->ui.dry = true;
    double height = 10.0 + draw_table_head(app, 0.0, 0.0, width, &row);
    for (int32_t i = 0; i < n; i++) {
        row.id = ids[i];
        height += 2.0 + draw_table_row(app, 0.0, 0.0, width, &row);
    }
    app->ui.dry = was;
    return height;
}

/* The head never stands without rows: at least two of them come with it on its page. */
static void keep_table(kj_app *app, kj_flow *flow, const kj_figure_id *ids, int32_t n, const table_row *like)
{
    enum { LEAST_ROWS = 2 };
    kj_flow_keep(flow, fmin(table_height(app, flow->box.w, ids, n < LEAST_ROWS ? n : LEAST_ROWS, like), flow->box.h));
}

static text_block headline_block(const kj_app *app, const char *text)
{
    return (text_block){text, is_tight(app) ? 19.0 : app->forum ? 24.0 : 21.0, 700, app->ui.theme.ink};
}
static text_block luck_block(const kj_app *app)
{
    return (text_block){app->same_lives ? _("The same people in the same homes in A and B: no luck of people parts them.")
                                        : _("? may be luck: one pair of runs cannot tell an effect from luck."),
                        is_tight(app) ? 16.0 : TEXT, 600, app->ui.theme.ink};
}

/* Whether both policies are named, how many rows, then parts of the headline, a low forum has on one page: whoever sits at the back turns none. */
static void fit_forum(kj_app *app, const kj_box *box, const kj_figure_id *ids, const table_row *row, int32_t *n, int *parts, bool *whole)
{
    enum { LEAST_ROWS = 3 };
    char text[600];
    bool was = app->ui.dry;
    app->ui.dry = true;
    for (;;) {
        headline(app, *parts, *whole, text, sizeof text);
        text_block head = headline_block(app, text), luck = luck_block(app);
        double height = draw_text(app, 0.0, 0.0, box->w, &head) + 4.0 + draw_text(app, 0.0, 0.0, box->w, &luck) + table_height(app, box->w, ids, *n, row);
        if (height <= box->h || (!*whole && *n <= LEAST_ROWS && *parts <= 1)) break;
        if (*whole) *whole = false;
        else if (*n > LEAST_ROWS) --*n;
        else --*parts;
    }
    app->ui.dry = was;
}

/* Everything but the charts, which share what is left of the page. */
static void put_findings(kj_app *app, kj_flow *flow, bool has_result)
{
    bool paired = app->n_worlds == 2 && (app->compare == KJ_SWIPE || app->compare == KJ_SIDE);
    if (!paired) {
        const tile_row rows[2] = {{{KJ_FIG_POPULATION, has_result ? KJ_FIG_RESULT : KJ_FIG_FARMLAND}}, {{KJ_FIG_MOVES, KJ_FIG_WITHOUT_PLACE}}};
        for (int i = 0; i < 2; i++) put(app, flow, draw_tiles, &rows[i], 12.0);
        return;
    }
    char text[600];
    kj_figure_id ids[TABLE_ROWS];
    table_row row = {0};
    int32_t n = table_of(app, app->forum ? 4 : TABLE_ROWS, ids);
    fit_columns(app, ids, n, row.columns);
    int parts = app->forum || is_tight(app) ? 2 : 3;
    bool whole = !is_tight(app) || app->forum;
    if (app->forum) fit_forum(app, &flow->box, ids, &row, &n, &parts, &whole);
    bool differ = headline(app, parts, whole, text, sizeof text);
    text_block head = headline_block(app, text), luck = luck_block(app);
    put(app, flow, draw_text, &head, 0.0);
    if (differ) put(app, flow, draw_text, &luck, 4.0);
    keep_table(app, flow, ids, n, &row);
    put(app, flow, draw_table_head, &row, is_tight(app) ? 4.0 : 10.0);
    for (int32_t i = 0; i < n; i++) {
        row.id = ids[i];
        put(app, flow, draw_table_row, &row, 2.0);
    }
}

/* ---- all departments ---- */

/* What is told of a row: its name and unit, then A, B and the difference, with the mark of what one pair cannot tell from luck. */
static double draw_department_row(kj_app *app, double x, double y, double w, const void *data)
{
    kj_ui *ui = &app->ui;
    const kj_matrix_row *row = data;
    char name[200], text[KJ_NUMBER_MAX + 8], number[KJ_NUMBER_MAX];
    const bool differs = kj_difference_shows(row);
    kj_text_style title = {.size = TEXT, .weight = 400, .color = ui->theme.ink, .max_width = w, .max_lines = 3},
                  figure = {.size = 19.0, .weight = 700, .tabular = true};
    snprintf(name, sizeof name, "%s, %s", _(row->def->label), _(row->def->unit));
    const double below = y + 6.0 + kj_text_measure(ui->canvas, &title, name).height + 2.0, h = below - y + kj_text_measure(ui->canvas, &figure, "A").height + 4.0;
    if (ui->dry) return h;
    kj_canvas_line(ui->canvas, x, y, x + w, y, 1.5, ui->theme.rule);
    kj_text_draw(ui->canvas, x, y + 6.0, &title, name);
    for (int k = 0; k < 2; k++) {
        figure.color = k ? ui->theme.b : ui->theme.a;
        snprintf(text, sizeof text, "%c\u00a0 %s", 'A' + k, kj_number_real(number, app->language, k ? row->change : row->base, row->def->decimals));
        kj_text_draw(ui->canvas, x + k * w * 0.37, below, &figure, text);
    }
    figure.color = ui->theme.ink;
    figure.align = KJ_ALIGN_RIGHT;
    snprintf(text, sizeof text, "%s%s", differs ? kj_number_change(number, app->language, row->effect.difference, kj_difference_decimals(row)) : "0", differs && !app->same_lives ? "?" : "");
    kj_text_draw(ui->canvas, x + w, below, &figure, text);
    return h;
}

/* The rows of the short matrix of `kedja compare`: what one change does to all departments, in the last year of both runs. */
static void put_departments(kj_app *app, kj_flow *flow)
{
    const kj_comparison *c = &app->matrix;
    const kj_matrix_row *before = NULL;
    char text[160];
    if (c->n_rows == 0) return;
    kj_flow_keep(flow, flow->box.h); /* pages of their own */
    snprintf(text, sizeof text, _("What it does to each department, %d"), c->year);
    put_heading(app, flow, text, 0.0);
    const text_block luck = luck_block(app);
    put(app, flow, draw_text, &luck, 4.0);
    for (uint32_t k = 0; k < c->n_rows; k++) {
        const kj_matrix_row *row = &c->rows[k];
        if (!row->def->headline) continue;
        if (!before || before->def->department != row->def->department) put_heading(app, flow, _(kj_department_label(row->def->department)), 14.0);
        put(app, flow, draw_department_row, row, 6.0);
        before = row;
    }
}

static void flow_results(kj_app *app, kj_flow *flow)
{
    bool has_result = kj_app_figure_item(app, KJ_FIG_RESULT) != NULL;
    put_findings(app, flow, has_result);
    if (!app->forum) put_alerts(app, flow, 1);
    int32_t n = app->forum ? 1 : 2;
    if (app->forum && is_tight(app) && app->compare >= KJ_SWIPE) return; /* the table comes before a chart */
    /* all on this page; else the first here and the second on the next page, or both there */
    double left = flow->box.y + flow->box.h - flow->y, each = floor((left - 14.0 * n) / n), alone = floor(left - 14.0);
    double first = each >= CHART_LEAST ? fmin(each, 320.0) : alone >= CHART_LEAST ? fmin(alone, 320.0) : 300.0, second = each >= CHART_LEAST ? first : 300.0;
    put_chart(app, flow, app->forum && has_result ? KJ_FIG_RESULT : KJ_FIG_POPULATION, first, 14.0);
    if (!app->forum) put_chart(app, flow, has_result ? KJ_FIG_RESULT : KJ_FIG_WITHOUT_PLACE, second, 14.0);
    if (!app->forum && app->compare >= KJ_SWIPE) put_departments(app, flow);
}

static double draw_school(kj_app *app, double x, double y, double w, const void *data)
{
    kj_ui *ui = &app->ui;
    int32_t s = *(const int32_t *)data;
    kj_world *world = kj_app_world(app);
    int32_t index = kj_app_index(app, world);
    size_t at = (size_t)index * (size_t)world->n_facilities + (size_t)s;
    double pupils = (double)world->pupils[at], places = (double)world->places[at], share = places > 0.0 ? pupils / places : 0.0;
    char text[KJ_NUMBER_MAX * 2 + 4], a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    snprintf(text, sizeof text, "%s / %s", kj_number_real(a, app->language, pupils, 0), kj_number_real(b, app->language, places, 0));
    kj_text_style figure = {.size = TEXT, .weight = 700, .color = share >= 1.0 ? ui->theme.warn : ui->theme.ink, .align = KJ_ALIGN_RIGHT, .tabular = true, .max_width = w * 0.45};
    double fw = kj_text_measure(ui->canvas, &figure, text).width;
    kj_text_style name = {.size = TEXT, .weight = 500, .color = ui->theme.ink, .max_width = w - fw - 16.0, .max_lines = 3};
    char own[KJ_NAME_TEXT];
    const char *title = world->facilities[s].name[0] ? kj_facility_name(&world->facilities[s], own) : _("School");
    double th = kj_text_measure(ui->canvas, &name, title).height, h = fmax(th + 18.0, ui->target);
    if (ui->dry) return h;
    kj_text_draw(ui->canvas, x, y + 2.0, &name, title);
    kj_text_draw(ui->canvas, x + w, y + 2.0, &figure, text);
    kj_box track = {x, y + th + 5.0, w, 8.0}, filled = {x, track.y, w * fmin(share, 1.0), 8.0};
    kj_canvas_fill_box(ui->canvas, &track, 4.0, ui->theme.button, 1.0);
    if (filled.w > 1.0) kj_canvas_fill_box(ui->canvas, &filled, 4.0, share >= 1.0 ? ui->theme.warn : KJ_COLOR_SCHOOL, 1.0);
    kj_box row = {x, y, w, h};
    kj_ui_area(ui, &row, title, title, KJ_ACT_SCHOOL, s);
    return h;
}

static void flow_schools(kj_app *app, kj_flow *flow)
{
    kj_world *w = kj_app_world(app);
    put_worlds(app, flow, (int32_t)(w - app->world));
    put_heading(app, flow, _("Pupils and places"), 10.0);
    int32_t shown = 0;
    for (int32_t s = 0; s < w->n_facilities; s++) {
        if (w->facilities[s].kind != KJ_FACILITY_SCHOOL || !kj_facility_open(&w->facilities[s], kj_app_month(app))) continue;
        put(app, flow, draw_school, &s, 8.0);
        shown++;
    }
    for (int32_t s = 0; s < w->n_facilities; s++) {
        const kj_facility *f = &w->facilities[s];
        char name[KJ_NAME_TEXT], text[KJ_NAME_TEXT + 40];
        if (!kj_facility_has_closed(f, kj_app_month(app))) continue;
        snprintf(text, sizeof text, _("%s: closed %d"), f->name[0] ? kj_facility_name(f, name) : _("School"), KJ_YEAR_OF(f->closed));
        put_text(app, flow, text, TEXT, 500, app->ui.theme.muted, 8.0);
    }
    if (!shown) put_text(app, flow, _("This run records no schools."), TEXT, 400, app->ui.theme.muted, 8.0);
    put_chart(app, flow, KJ_FIG_WITHOUT_PLACE, 250.0, 14.0);
    put_alerts(app, flow, 5);
}

/* ---- economy ---- */

/* Money that comes in, then costs one below the other, then what is left: where the result comes from. */
typedef struct step_block {
    const char *title;
    double from, to, low, high;
    kj_rgb color;
} step_block;

static double draw_step(kj_app *app, double x, double y, double w, const void *data)
{
    kj_ui *ui = &app->ui;
    const step_block *s = data;
    char number[KJ_NUMBER_MAX];
    kj_text_style name = {.size = TEXT, .weight = 500, .color = ui->theme.ink, .max_width = w * 0.62, .max_lines = 3};
    double th = kj_text_measure(ui->canvas, &name, s->title).height, h = th + 26.0, scale = w / (s->high - s->low);
    if (ui->dry) return h;
    kj_text_style figure = {.size = TEXT, .weight = 700, .color = ui->theme.ink, .align = KJ_ALIGN_RIGHT, .tabular = true, .max_width = w * 0.36};
    kj_text_draw(ui->canvas, x, y, &name, s->title);
    kj_text_draw(ui->canvas, x + w, y, &figure, kj_number_change(number, app->language, s->to - s->from, 0));
    double left = fmin(s->from, s->to), right = fmax(s->from, s->to);
    kj_box bar = {x + (left - s->low) * scale, y + th + 3.0, fmax((right - left) * scale, 2.0), 14.0};
    kj_canvas_fill_box(ui->canvas, &bar, 2.0, s->color, 1.0);
    return h;
}

static void flow_economy(kj_app *app, kj_flow *flow)
{
    kj_world *w = kj_app_world(app);
    int32_t y = kj_app_index(app, w);
    double result = kj_world_figure(w, KJ_FIG_RESULT, y), at = 0.0, high = 0.0, low = 0.0;
    put_worlds(app, flow, (int32_t)(w - app->world));
    put_heading(app, flow, _("Where the municipal result comes from"), 10.0);
    if (!isfinite(result)) {
        put_text(app, flow, _("This run has no municipal economy: it was made without the economy model."), TEXT, 400, app->ui.theme.muted, 10.0);
        return;
    }
    const kj_shown_item *figure = w->figure[KJ_FIG_RESULT];
    char unit[120];
    snprintf(unit, sizeof unit, _("%s in the year shown"), kj_shown_unit(figure, (int)app->language));
    put_text(app, flow, unit, 17.0, 400, app->ui.theme.muted, 4.0);
    for (int pass = 0; pass < 2; pass++) {
        at = 0.0;
        for (int32_t i = 0; i < w->n_items; i++) {
            double value = w->items[i].kind == KJ_AS_STEP ? w->items[i].series[y] : 0.0;
            if (!isfinite(value) || fabs(value) < 0.05) continue;
            high = fmax(high, fmax(at, at + value));
            low = fmin(low, fmin(at, at + value));
            step_block block = {kj_shown_title(&w->items[i], (int)app->language), at, at + value, low, high > low ? high : low + 1.0, value > 0.0 ? app->ui.theme.a : app->ui.theme.b};
            if (pass == 1) put(app, flow, draw_step, &block, 8.0);
            at += value;
        }
        high = fmax(high, result);
        low = fmin(low, result);
    }
    step_block last = {kj_shown_title(figure, (int)app->language), 0.0, result, low, high > low ? high : low + 1.0, result < 0.0 ? app->ui.theme.warn : app->ui.theme.a};
    put(app, flow, draw_step, &last, 8.0);
    double left = floor(flow->box.y + flow->box.h - flow->y - 16.0);
    put_chart(app, flow, KJ_FIG_RESULT, left >= CHART_LEAST ? fmin(left, 300.0) : 260.0, 16.0);
}

/* ---- selected and menu ---- */

/* A strong line and what belongs to it stay on one page. */
typedef struct line_group {
    const kj_lines *lines;
    int32_t begin, end;
} line_group;

static double draw_group(kj_app *app, double x, double y, double w, const void *data)
{
    const line_group *g = data;
    double top = y;
    for (int32_t i = g->begin; i < g->end; i++) {
        text_block block = {g->lines->text[i], TEXT, g->lines->strong[i] ? 700 : 400, app->ui.theme.ink};
        top += (i > g->begin ? 3.0 : 0.0) + draw_text(app, x, top, w, &block);
    }
    return top - y;
}

typedef struct household_line {
    const char *text;
    kj_id id;
} household_line;

/* A line that leads to a household. */
static double draw_household(kj_app *app, double x, double y, double w, const void *data)
{
    const household_line *line = data;
    text_block block = {line->text, TEXT, 500, app->ui.theme.a};
    bool was = app->ui.dry;
    app->ui.dry = true;
    double h = draw_text(app, x, y, w, &block), height = fmax(h + 8.0, app->ui.target);
    app->ui.dry = was;
    if (was) return height;
    draw_text(app, x, y + (height - h) / 2.0, w, &block);
    kj_box box = {x, y, w, height};
    kj_ui_area(&app->ui, &box, line->text, line->text, KJ_ACT_HOUSEHOLD, (int32_t)line->id);
    return height;
}

static void flow_selected(kj_app *app, kj_flow *flow)
{
    kj_lines lines;
    kj_story_lines(app, &lines);
    char title[sizeof lines.title + 8];
    bool of_one = app->n_worlds == 2 && (app->selection == KJ_SELECT_CHAIN || app->selection == KJ_SELECT_HOUSEHOLD);
    if (app->selection == KJ_SELECT_CELL || app->selection == KJ_SELECT_SCHOOL) put_worlds(app, flow, app->selected_world);
    if (of_one) snprintf(title, sizeof title, "%c: %s", 'A' + app->selected_world, lines.title);
    else snprintf(title, sizeof title, "%s", lines.title);
    put_heading(app, flow, title, 10.0);
    const kj_widget_def buttons[2] = {{.english = N_("Close"), .action = KJ_ACT_UNSELECT}, {.english = N_("Another chain"), .action = KJ_ACT_CHAIN, .argument = 1}};
    const kj_widget_def begun[2] = {buttons[0], {.english = N_("The chain that began here"), .action = KJ_ACT_CHAIN, .argument = 2}};
    bool new_home = app->selection == KJ_SELECT_CELL && kj_chain_begun_in(&app->world[app->selected_world], app->selected_cell, kj_app_month(app)) != 0;
    if (app->selection != KJ_SELECT_NONE) put_segments(app, flow, new_home ? begun : buttons, new_home || app->selection == KJ_SELECT_CHAIN ? 2 : 1, 8.0);
    for (int32_t i = 0; i < lines.n;) {
        line_group group = {&lines, i, i + 1};
        if (lines.household[i]) {
            household_line line = {lines.text[i], lines.household[i]};
            put(app, flow, draw_household, &line, 3.0);
            i++;
            continue;
        }
        while (group.end < lines.n && !lines.strong[group.end] && !lines.household[group.end]) group.end++;
        if (!lines.strong[i] || group.end - i > 6) group.end = i + 1;
        put(app, flow, draw_group, &group, lines.strong[i] ? 10.0 : 3.0);
        i = group.end;
    }
}

/* The pages of a column; in a narrow window the map is one of them and the list stands in the menu. */
static int32_t tabs_of(const kj_app *app, kj_widget_def defs[KJ_TAB_COUNT])
{
    static const char *const names[KJ_TAB_COUNT] = {N_("Map"), N_("Actions"), N_("Results"), N_("Pupils"), N_("Economy"), N_("Charts"), N_("Selected"), N_("Menu"), N_("Views")};
    int32_t n = 0;
    static const kj_tab order[] = {KJ_TAB_MAP, KJ_TAB_ACTIONS, KJ_TAB_VIEWS, KJ_TAB_RESULTS, KJ_TAB_SCHOOLS, KJ_TAB_ECONOMY, KJ_TAB_CHARTS, KJ_TAB_SELECTED};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        kj_tab t = order[i];
        if (t == KJ_TAB_VIEWS && (!app->live || app->mode == KJ_LAYOUT_WIDE || app->forum)) continue;
        if (t == KJ_TAB_MAP && app->mode != KJ_LAYOUT_NARROW) continue;
        if (t == KJ_TAB_ACTIONS && app->mode == KJ_LAYOUT_WIDE) continue;
        if (app->forum && app->mode != KJ_LAYOUT_NARROW && (t == KJ_TAB_ACTIONS || t == KJ_TAB_SCHOOLS || t == KJ_TAB_ECONOMY || t == KJ_TAB_CHARTS)) continue;
        if (t == KJ_TAB_SELECTED && app->selection == KJ_SELECT_NONE && app->tab != KJ_TAB_SELECTED) continue;
        defs[n++] = (kj_widget_def){.english = names[t], .action = KJ_ACT_TAB, .argument = (int32_t)t, .on = app->tab == t, .size = 17.0};
    }
    return n;
}

static void flow_menu(kj_app *app, kj_flow *flow)
{
    kj_widget_def tabs[KJ_TAB_COUNT];
    if (app->mode == KJ_LAYOUT_NARROW) put_segments(app, flow, tabs, tabs_of(app, tabs), 0.0);
    char scale[160];
    snprintf(scale, sizeof scale, "%s: %.0f %%", _("Text size"), app->text_scale * 100.0);
    put_heading(app, flow, scale, 14.0);
    const kj_widget_def sizes[2] = {{.english = N_("Smaller text"), .action = KJ_ACT_SCALE, .argument = -1, .disabled = app->text_scale < 0.85},
                                    {.english = N_("Larger text"), .action = KJ_ACT_SCALE, .argument = 1, .disabled = app->text_scale > 1.95}};
    put_segments(app, flow, sizes, 2, 8.0);
    kj_widget_def toggles[2] = {{.english = N_("Forum mode (F5)"), .action = KJ_ACT_FORUM, .on = app->forum}, {.english = N_("High contrast"), .action = KJ_ACT_CONTRAST, .on = app->contrast}};
    for (int i = 0; i < 2; i++) put(app, flow, draw_toggle, &toggles[i], 4.0);
    kj_widget_def languages[3];
    static const char *const names[3] = {"English", "Svenska", "Dansk"};
    for (int i = 0; i < 3; i++) languages[i] = (kj_widget_def){.english = names[i], .label = names[i], .action = KJ_ACT_LANGUAGE, .argument = i, .on = (int)app->language == i};
    put_segments(app, flow, languages, 3, 8.0);
    put_heading(app, flow, _("Take it with you"), 18.0);
    static const char *const exports[KJ_EXPORT_COUNT] = {N_("Picture (PNG)"), N_("Page (PDF)"), N_("Drawing (SVG)"), N_("Table (CSV)"), N_("Film (MP4)")};
    kj_widget_def defs[KJ_EXPORT_COUNT + 1];
    for (int i = 0; i < KJ_EXPORT_COUNT; i++) defs[i] = (kj_widget_def){.english = exports[i], .action = KJ_ACT_EXPORT, .argument = i};
    defs[KJ_EXPORT_COUNT] = (kj_widget_def){.english = N_("Save session"), .action = KJ_ACT_SESSION};
    put_segments(app, flow, defs, KJ_EXPORT_COUNT + 1, 8.0);
    const kj_widget_def sources = {.english = N_("Where this comes from"), .action = KJ_ACT_SOURCES};
    put(app, flow, draw_button, &sources, 12.0);
    put_heading(app, flow, _("Keys"), 18.0);
    for (int32_t i = 0; kj_key_help(app, i); i++) put_text(app, flow, kj_tr(kj_key_help(app, i)), 17.0, 400, app->ui.theme.ink, 4.0);
}

/* ---- columns with pages ---- */

typedef void (*flow_fn)(kj_app *app, kj_flow *flow);

static void draw_pager(kj_app *app, const kj_box *box, kj_tab tab)
{
    kj_ui *ui = &app->ui;
    double h = fmax(ui->target, 44.0);
    char text[32];
    kj_widget_def back = {.english = N_("Previous page"), .sign = "‹", .action = KJ_ACT_PAGE, .argument = -1 - 4 * (int32_t)tab, .disabled = app->page[tab] == 0, .size = 24.0};
    kj_widget_def on = {.english = N_("Next page"), .sign = "›", .action = KJ_ACT_PAGE, .argument = 1 + 4 * (int32_t)tab, .disabled = app->page[tab] + 1 >= app->n_pages[tab], .size = 24.0};
    kj_box left = {box->x, box->y + box->h - h, fmax(h, 64.0), h}, right = {box->x + box->w - fmax(h, 64.0), left.y, fmax(h, 64.0), h};
    kj_ui_button(ui, &left, &back);
    kj_ui_button(ui, &right, &on);
    snprintf(text, sizeof text, "%d / %d", app->page[tab] + 1, app->n_pages[tab]);
    kj_text_style style = {.size = TEXT, .weight = 600, .color = ui->theme.ink, .align = KJ_ALIGN_CENTER, .tabular = true};
    double th = kj_text_measure(ui->canvas, &style, text).height;
    kj_text_draw(ui->canvas, box->x + box->w / 2.0, left.y + (h - th) / 2.0, &style, text);
}

static int32_t count_pages(kj_app *app, flow_fn fill, const kj_box *box)
{
    app->ui.dry = true;
    kj_flow flow = kj_flow_begin(&app->ui, box, -1);
    fill(app, &flow);
    app->ui.dry = false;
    return flow.n_pages;
}

static void draw_pages(kj_app *app, flow_fn fill, const kj_box *box, kj_tab tab)
{
    kj_box content = *box;
    app->n_pages[tab] = count_pages(app, fill, &content);
    if (app->n_pages[tab] > 1) {
        content.h -= fmax(app->ui.target, 44.0) + 10.0;
        app->n_pages[tab] = count_pages(app, fill, &content);
    }
    if (app->page[tab] >= app->n_pages[tab]) app->page[tab] = app->n_pages[tab] - 1;
    kj_flow flow = kj_flow_begin(&app->ui, &content, app->page[tab]);
    fill(app, &flow);
    if (app->n_pages[tab] > 1) draw_pager(app, box, tab);
}

static flow_fn filler(kj_tab tab)
{
    static const flow_fn fillers[KJ_TAB_COUNT] = {[KJ_TAB_MAP] = flow_results, [KJ_TAB_ACTIONS] = flow_actions, [KJ_TAB_RESULTS] = flow_results, [KJ_TAB_SCHOOLS] = flow_schools,
                                                  [KJ_TAB_ECONOMY] = flow_economy, [KJ_TAB_CHARTS] = flow_charts, [KJ_TAB_SELECTED] = flow_selected, [KJ_TAB_MENU] = flow_menu, [KJ_TAB_VIEWS] = flow_views};
    return fillers[tab];
}

static kj_box inner(const kj_box *box) { return (kj_box){box->x + PAD, box->y + 16.0, box->w - 2.0 * PAD, box->h - 32.0}; }

static void draw_column(kj_app *app, const kj_box *column, flow_fn fill, kj_tab tab, bool tabs)
{
    kj_canvas_fill_box(app->ui.canvas, column, 0.0, app->ui.theme.paper, 1.0);
    kj_box box = inner(column);
    if (tabs) {
        kj_widget_def defs[KJ_TAB_COUNT];
        int32_t n = tabs_of(app, defs);
        double used = kj_ui_segments(&app->ui, box.x, box.y, box.w, defs, n) + 14.0;
        box.y += used;
        box.h -= used;
    }
    if (box.h > 60.0) draw_pages(app, fill, &box, tab);
}

/* Of a live session: actions, or what the map shows. */
static void draw_left(kj_app *app)
{
    kj_canvas_fill_box(app->ui.canvas, &app->left, 0.0, app->ui.theme.paper, 1.0);
    kj_box box = inner(&app->left);
    kj_tab tab = app->live ? app->left_tab : KJ_TAB_ACTIONS;
    if (app->live) {
        const kj_widget_def defs[2] = {{.english = N_("Actions"), .action = KJ_ACT_LEFT, .argument = KJ_TAB_ACTIONS, .on = tab == KJ_TAB_ACTIONS, .size = 17.0},
                                       {.english = N_("Views"), .action = KJ_ACT_LEFT, .argument = KJ_TAB_VIEWS, .on = tab == KJ_TAB_VIEWS, .size = 17.0}};
        double used = kj_ui_segments(&app->ui, box.x, box.y, box.w, defs, 2) + 14.0;
        box.y += used;
        box.h -= used;
    }
    draw_pages(app, filler(tab), &box, tab);
}

void kj_draw_panels(kj_app *app)
{
    kj_ui_clear(&app->ui, true);
    kj_draw_top(app);
    if (app->left.w > 0.0) draw_left(app);
    if (app->right.w > 0.0) {
        bool quiet = app->forum && app->selection == KJ_SELECT_NONE && app->tab != KJ_TAB_MENU;
        kj_tab tab = quiet && app->mode != KJ_LAYOUT_NARROW ? KJ_TAB_RESULTS : app->tab;
        draw_column(app, &app->right, filler(tab), tab, !quiet && app->mode != KJ_LAYOUT_NARROW);
    }
    kj_draw_timeline(app);
}
