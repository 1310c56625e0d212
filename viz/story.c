/* What the viewer tells in words: chains, cells, schools, "how is this computed?", alerts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/base/tenure_terms.h"
#include "../core/compare/norms.h"
#include "../core/draw/number.h"
#include "../core/io/first_full.h"
#include "app.h"
#include "signs.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { HOME_TEXT = 256 };

__attribute__((format(printf, 3, 4))) static void say(kj_lines *lines, bool strong, const char *format, ...)
{
    va_list args;
    if (lines->n >= KJ_LINES_MAX) return;
    va_start(args, format);
    vsnprintf(lines->text[lines->n], sizeof lines->text[0], format, args);
    va_end(args);
    lines->strong[lines->n++] = strong;
}

/* ---- words of the model ---- */

static const char *tenure_word(const kj_world *w, int32_t tenure)
{
    const char *term = kj_tenure_term(w->facts->map_country, tenure);
    if (term) return term;
    switch (tenure) {
    case KJ_TENURE_RENTAL: return _("rental");
    case KJ_TENURE_COOP: return _("co-operative");
    case KJ_TENURE_OWNER: return _("owner-occupied");
    case KJ_TENURE_STUDENT: return _("student home");
    case KJ_TENURE_PRIVATE: return _("private rental");
    default: return _("senior home");
    }
}

static const char *kind_word(int32_t kind)
{
    return kind == KJ_FLAT ? _("flat") : kind == KJ_ROW ? _("row house") : _("detached house");
}

static const char *household_word(int32_t kind)
{
    switch (kind) {
    case KJ_HH_SINGLE: return _("a single person");
    case KJ_HH_SINGLE_PARENT: return _("a single parent");
    case KJ_HH_COUPLE: return _("a couple");
    case KJ_HH_COUPLE_CHILDREN: return _("a family with children");
    default: return _("another household");
    }
}

static const char *end_word(int32_t end)
{
    switch (end) {
    case KJ_END_CONTINUES: return _("left a home behind: the chain goes on");
    case KJ_END_LEFT_HOME: return _("left the parents' home: the chain ends");
    case KJ_END_SEPARATED: return _("came from a separation: the chain ends");
    case KJ_END_COUNTY: return _("moved in from the same county: the chain leaves the municipality");
    case KJ_END_COUNTRY: return _("moved in from the rest of the country: the chain leaves the municipality");
    case KJ_END_ABROAD: return _("moved in from abroad: the chain ends");
    case KJ_END_LODGER: return _("had lodged or sublet: the chain ends");
    case KJ_END_DEMOLISHED: return _("the home was demolished");
    case KJ_END_CONVERTED: return _("the home was converted");
    default: return _("still empty, or the move is not done yet");
    }
}

static const char *cause_word(int32_t cause)
{
    switch (cause) {
    case KJ_CAUSE_NEW: return _("It began with a new home.");
    case KJ_CAUSE_DEATH: return _("It began with a death.");
    case KJ_CAUSE_OUT: return _("It began when a household moved out of the municipality.");
    case KJ_CAUSE_CARE: return _("It began with a move to a care home.");
    case KJ_CAUSE_UNION: return _("It began when two households became one.");
    case KJ_CAUSE_START: return _("It began with a home that was empty at the start.");
    default: return _("It began with a changed home.");
    }
}

/* Row of the area that a cell lies in, -1 outside. */
static int32_t area_of(const kj_world *w, int32_t cell) { return w->cell_area && cell >= 0 ? w->cell_area[cell] : -1; }

/* "flat, 3 rooms, rental, near Dalby (1281B2010)" */
static const char *home_of(const kj_world *w, const kj_vacancy_row *v, char out[HOME_TEXT])
{
    char what[HOME_TEXT / 2];
    snprintf(what, sizeof what, "%s, %d %s, %s", kind_word(v->kind), v->rooms, v->rooms == 1 ? _("room") : _("rooms"), tenure_word(w, v->tenure));
    return kj_say_home_in(out, HOME_TEXT, what, &w->area_words, area_of(w, v->cell));
}

/* ---- a chain ---- */

static void tell_step(kj_app *app, const kj_world *w, int32_t number, uint32_t row, kj_lines *out)
{
    const kj_vacancy_row *v = &w->vacancies[row];
    kj_month month = kj_app_month(app);
    char home[HOME_TEXT];
    say(out, true, "%d. %s", number, home_of(w, v, home));
    if (v->stage != KJ_STAGE_CLOSED || v->closed > month || !v->filled_by) {
        say(out, false, "%s", v->stage == KJ_STAGE_CLOSED && v->closed <= month ? end_word(v->end) : _("Nobody has moved in yet."));
        return;
    }
    char income[KJ_NUMBER_MAX];
    say(out, false, _("%d: %s, head aged %d, %s SEK a year after tax"), KJ_YEAR_OF(v->closed), household_word(v->mover_kind), v->mover_age,
        kj_number_int(income, app->language, v->mover_income / 1000 * 1000));
    say(out, false, "%s", end_word(v->end));
}

static void tell_chain(kj_app *app, kj_lines *out)
{
    const kj_world *w = &app->world[app->selected_world];
    kj_chain chain;
    kj_chain_follow(w, app->chain_root, kj_app_month(app), &chain);
    snprintf(out->title, sizeof out->title, "%s", _("A moving chain"));
    if (!chain.root) {
        say(out, false, "%s", _("The chain has not begun yet in this year."));
        return;
    }
    say(out, false, "%s", cause_word(w->vacancies[chain.root - 1].cause));
    char homes[KJ_NAME_TEXT], households[KJ_NAME_TEXT];
    snprintf(homes, sizeof homes, chain.n_homes == 1 ? _("%d home") : _("%d homes"), chain.n_homes);
    snprintf(households, sizeof households, chain.n_moved == 1 ? _("%d household moved in by %d.") : _("%d households moved in by %d."), chain.n_moved,
             app->year);
    say(out, true, "%s, %s", homes, households);
    for (int32_t i = 0; i < chain.n; i++) tell_step(app, w, i + 1, chain.step[i], out);
    bool any = false;
    for (int32_t t = 0; t < KJ_TENURE_COUNT; t++) any |= chain.freed[t] > 0;
    if (any) say(out, true, "%s", _("Homes freed on the way"));
    for (int32_t t = 0; t < KJ_TENURE_COUNT; t++)
        if (chain.freed[t]) say(out, false, "%s: %d", tenure_word(w, t), chain.freed[t]);
    say(out, false, "%s", _("Traced, not caused: a household might have moved anyway."));
}

/* ---- a school ---- */

static float count_of(const kj_world *w, const float *table, int32_t year, int32_t school)
{
    return table[(size_t)year * (size_t)w->n_facilities + (size_t)school];
}

/* Years before it are known already; 0 without years. */
static int32_t year_now(const kj_world *w) { return w->n_years ? kj_year_now(w->years, (uint32_t)w->n_years) : 0; }

/* As in every table and report (io/first_full.h); 0 none. */
static int32_t first_full(const kj_world *w, int32_t school)
{
    int32_t now = year_now(w);
    for (int32_t y = 0; y < w->n_years; y++) {
        double pupils = count_of(w, w->pupils, y, school), places = count_of(w, w->places, y, school);
        int32_t year = kj_first_full_year(&w->years[y], 1, now, &pupils, &places, 1);
        if (year) return year;
    }
    return 0;
}

const char *kj_grade_word(int32_t code, char out[16])
{
    if (code <= 1) snprintf(out, 16, "%s", "–");
    else if (code == 2) snprintf(out, 16, "%s", _("F"));
    else snprintf(out, 16, "%d", code - 2);
    return out;
}

/* Value of a row of a table as a plugin's line tells it; NaN if it cannot be read. Layers come from the cache: they are large. */
static double item_value(kj_app *app, kj_world *w, const kj_shown_item *item, int32_t row)
{
    kj_error err;
    int32_t year = kj_app_index(app, w);
    if (strcmp(item->table, "cell") == 0) {
        const float *layer = kj_world_layer(w, item->column, year);
        return layer ? (double)layer[row] * kj_shown_scale(item, &w->grid) : NAN;
    }
    double value = NAN, *values = calloc((size_t)w->source.n_rows(w->source.self, item->table) + 1, sizeof *values);
    if (values && !w->source.read(&err, w->source.self, item->table, item->column, year, KJ_F64, values)) value = values[row] * item->scale;
    free(values);
    return value;
}

/* Lines that plugins give on a table, for one of its rows. */
static void tell_items(kj_app *app, kj_world *w, const char *table, int32_t row, kj_lines *out)
{
    char number[KJ_NUMBER_MAX];
    for (int32_t i = 0; i < w->n_items; i++) {
        const kj_shown_item *item = &w->items[i];
        if (item->kind != KJ_AS_TEXT || strcmp(item->table, table) != 0 || row < 0 || (uint32_t)row >= w->source.n_rows(w->source.self, table)) continue;
        double value = item_value(app, w, item, row);
        if (!isfinite(value) || (item->flags & KJ_SHOWN_NOT_ZERO && value == 0.0)) continue;
        const char *unit = kj_shown_unit(item, (int)app->language);
        say(out, false, "%s: %s%s%s", kj_shown_title(item, (int)app->language), kj_number_real(number, app->language, value, item->decimals), unit[0] ? " " : "", unit);
    }
}

static void tell_school(kj_app *app, kj_lines *out)
{
    kj_world *w = &app->world[app->selected_world];
    int32_t y = kj_app_index(app, w), s = app->selected_school;
    if (s < 0 || s >= w->n_facilities) return;
    const kj_facility *f = &w->facilities[s];
    char a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX], lo[16], hi[16];
    char own[KJ_NAME_TEXT];
    snprintf(out->title, sizeof out->title, "%s", f->name[0] ? kj_facility_name(f, own) : _("School"));
    say(out, false, _("Grades %s–%s"), kj_grade_word(f->grade_lo, lo), kj_grade_word(f->grade_hi, hi));
    if (f->assumed) say(out, false, "%s", _("The map assumes this school: its place and size are in no register."));
    if (!kj_facility_open(f, kj_app_month(app))) {
        say(out, true, f->opened > kj_app_month(app) ? _("Opens in %d") : _("Closed since %d"), KJ_YEAR_OF(f->opened > kj_app_month(app) ? f->opened : f->closed));
        return;
    }
    float pupils = count_of(w, w->pupils, y, s), places = count_of(w, w->places, y, s);
    say(out, true, _("%s pupils on %s places"), kj_number_int(a, app->language, (int64_t)pupils), kj_number_int(b, app->language, (int64_t)places));
    if (places > 0.0f) say(out, false, _("%d %% of the places are taken"), (int)lround(kj_places_used_percent(pupils, places)));
    if (first_full(w, s)) say(out, false, _("First full year, from %d on: %d"), year_now(w), first_full(w, s));
    tell_items(app, w, "facility", s, out);
    for (int32_t k = 0; k < w->n_years; k += 5) {
        float p = count_of(w, w->pupils, k, s);
        char counted[100];
        if (!isfinite(p)) continue;
        snprintf(counted, sizeof counted, _("%s pupils on %s places"), kj_number_int(a, app->language, (int64_t)p),
                 kj_number_int(b, app->language, (int64_t)count_of(w, w->places, k, s)));
        say(out, false, "%d: %s", w->years[k], counted);
    }
}

/* ---- a cell ---- */

static const char *land_word(int32_t land) { return land < KJ_LAND_COUNT ? kj_land_name(land) : _("Outside"); }

/* What stands there in the year shown: the head of the figures below it. */
static void tell_land(kj_app *app, kj_world *w, int32_t cell, kj_lines *out)
{
    int32_t y = kj_app_index(app, w);
    const uint8_t *land = kj_world_land(w, y);
    if (land) say(out, true, "%d: %s", w->years[y], land_word(land[cell]));
}

/* What it was before, if it has changed. */
static void tell_history(kj_app *app, kj_world *w, int32_t cell, kj_lines *out)
{
    int32_t now = kj_app_index(app, w), changes = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass && changes < 2) return;
        if (pass) say(out, true, "%s", _("Land use"));
        for (int32_t y = 0, before = -1; y <= now; y++) {
            const uint8_t *land = kj_world_land(w, y);
            if (!land) return;
            if (land[cell] == before) continue;
            changes++;
            before = land[cell];
            if (pass) say(out, false, "%d: %s", w->years[y], land_word(before));
        }
    }
}

static void tell_cell(kj_app *app, kj_lines *out)
{
    kj_world *w = &app->world[app->selected_world];
    int32_t cell = app->selected_cell, y = kj_app_index(app, w);
    double side = w->grid.cell_m;
    kj_say_area(out->title, sizeof out->title, &w->area_words, area_of(w, cell));
    if (!out->title[0]) snprintf(out->title, sizeof out->title, "%s", _("A place on the map"));
    say(out, false, _("Cell of %.0f m, x %.0f, y %.0f"), side, w->grid.west + (cell % w->grid.nx + 0.5) * side, w->grid.north - (cell / w->grid.nx + 0.5) * side);
    tell_land(app, w, cell, out);
    tell_items(app, w, "cell", cell, out);
    if (w->cell_area) tell_items(app, w, "area", w->cell_area[cell], out);
    const float *protection = kj_world_layer(w, "protection", y);
    int32_t bits = protection ? (int32_t)protection[cell] : 0;
    if (bits & KJ_PROTECT_NATURE) say(out, false, "%s", _("Protected nature"));
    if (bits & KJ_PROTECT_FARMLAND) say(out, false, "%s", _("Protected farmland"));
    if (bits & KJ_PROTECT_GREEN) say(out, false, "%s", _("Protected green"));
    tell_history(app, w, cell, out);
    int32_t moves = 0;
    for (uint32_t i = 0; i < w->n_vacancies; i++) {
        const kj_vacancy_row *v = &w->vacancies[i];
        if (v->cell != cell || v->opened > kj_app_month(app)) continue;
        if (moves++ < 6 && v->filled_by && v->closed <= kj_app_month(app) && v->stage == KJ_STAGE_CLOSED) {
            say(out, false, _("%d: %s moved in (household %u)"), KJ_YEAR_OF(v->closed), household_word(v->mover_kind), v->filled_by);
            out->household[out->n - 1] = v->filled_by;
        }
    }
    if (moves > 6) say(out, false, _("… and %d more homes that changed hands"), moves - 6);
}

/* ---- a household ---- */

/* Its moves as far as the run tells them: households are numbers, and who never moved leaves no trace. */
static void tell_household(kj_app *app, kj_lines *out)
{
    const kj_world *w = &app->world[app->selected_world];
    int32_t n = 0;
    snprintf(out->title, sizeof out->title, _("Household %u"), app->selected_household);
    for (uint32_t row = 0; row < w->n_vacancies; row++) {
        const kj_vacancy_row *v = &w->vacancies[row];
        if (v->filled_by != app->selected_household || v->stage != KJ_STAGE_CLOSED || v->closed > kj_app_month(app)) continue;
        char income[KJ_NUMBER_MAX], home[HOME_TEXT];
        n++;
        say(out, true, _("%d: moved to a %s"), KJ_YEAR_OF(v->closed), home_of(w, v, home));
        say(out, false, _("%s, head aged %d, %s SEK a year after tax"), household_word(v->mover_kind), v->mover_age, kj_number_int(income, app->language, v->mover_income / 1000 * 1000));
        say(out, false, "%s", end_word(v->end));
        app->selected_cell = v->cell; /* where it lives now is marked on the map */
    }
    if (n == 0) say(out, false, "%s", _("It has not moved by this year."));
    say(out, false, "%s", _("Households are numbers of the simulation: nobody real is behind them."));
}

/* ---- where it comes from ---- */

/* Layers and columns of the map by what they are. */
static void tell_origins(const kj_world *w, const char *origin, const char *head, kj_lines *out)
{
    static const struct {
        const char *table, *column, *name;
    } parts[] = {{"cell", "land_use", N_("land use")},
                 {"cell", "protection", N_("protected land")},
                 {"cell", "farmland_class", N_("class of farmland")},
                 {"cell", "travel_centre", N_("travel time to the nearest centre by car")},
                 {"cell", "walk_cost", N_("walking")},
                 {"area", "name", N_("names of places")},
                 {"area", "x", N_("where places lie")},
                 {"area", "median_income", N_("incomes by area")}};
    char text[260];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", head), n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && used < sizeof text; i++)
        if (strcmp(w->source.origin(w->source.self, parts[i].table, parts[i].column), origin) == 0) used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", n++ ? ", " : "", kj_tr(parts[i].name));
    if (n) say(out, false, "%s", text);
}

static void tell_sources(kj_app *app, kj_lines *out)
{
    const kj_world *w = kj_app_world(app);
    const kj_source_facts *f = w->facts;
    snprintf(out->title, sizeof out->title, "%s", _("Where this comes from"));
    say(out, true, "%s", _("What is real and what is synthetic"));
    tell_origins(w, "real", _("Real: "), out);
    tell_origins(w, "derived", _("Derived: "), out);
    tell_origins(w, "synthetic", _("Synthetic: "), out);
    say(out, false, "%s", _("People, homes and all later years are simulated: no real household is shown."));
    if (f->sources && f->sources[0]) say(out, true, "%s", _("Sources of the map"));
    for (const char *at = f->sources ? f->sources : ""; *at; at += strspn(at, "\n")) {
        size_t n = strcspn(at, "\n");
        say(out, false, "%.*s", (int)n, at);
        at += n;
    }
    const char *slash = f->scenario ? strrchr(f->scenario, '/') : NULL;
    say(out, true, "%s", _("This run"));
    say(out, false, "Kedja %s · %s · %s · %s %llu", f->version, slash ? slash + 1 : f->scenario ? f->scenario : "", f->map_name ? f->map_name : "", _("seed"), (unsigned long long)f->seed);
    if (f->state_hash && f->state_hash[0]) say(out, false, "%s %s", _("State hash"), f->state_hash);
}

/* ---- asked for ---- */

static void tell_how(kj_app *app, kj_lines *out)
{
    const kj_shown_item *item = kj_app_figure_item(app, (kj_figure_id)app->how);
    if (!item) return;
    snprintf(out->title, sizeof out->title, "%s", kj_shown_title(item, (int)app->language));
    say(out, true, "%s", _("How is this computed?"));
    if (item->how[0][0]) say(out, false, "%s", kj_shown_how(item, (int)app->language));
    if (app->how == KJ_FIG_RESULT) say(out, false, "%s", kj_result_level_words());
    say(out, false, _("Column %s of table municipality in the run file."), item->column);
}

void kj_story_lines(kj_app *app, kj_lines *out)
{
    memset(out, 0, sizeof *out);
    switch (app->selection) {
    case KJ_SELECT_CHAIN: tell_chain(app, out); break;
    case KJ_SELECT_SCHOOL: tell_school(app, out); break;
    case KJ_SELECT_CELL: tell_cell(app, out); break;
    case KJ_SELECT_HOW: tell_how(app, out); break;
    case KJ_SELECT_HOUSEHOLD: tell_household(app, out); break;
    case KJ_SELECT_SOURCES: tell_sources(app, out); break;
    case KJ_SELECT_NONE:
        snprintf(out->title, sizeof out->title, "%s", _("Nothing selected"));
        say(out, false, "%s", _("Click a place, a school or a new building on the map."));
        break;
    }
}

static bool is_full_school(const kj_app *app, const kj_world *w, int32_t s)
{
    const kj_facility *f = &w->facilities[s];
    const int32_t y = kj_app_index(app, w);
    return f->kind == KJ_FACILITY_SCHOOL && kj_facility_open(f, kj_app_month(app)) && kj_is_full(count_of(w, w->pupils, y, s), count_of(w, w->places, y, s));
}

int32_t kj_schools_full(const kj_app *app, const kj_world *w)
{
    int32_t n = 0;
    for (int32_t s = 0; w->n_years > 0 && s < w->n_facilities; s++) n += is_full_school(app, w, s);
    return n;
}

int32_t kj_facility_choices(const kj_app *app, kj_facility_kind kind, kj_id out[KJ_CHOICES_MAX])
{
    const kj_world *w = &app->world[app->n_worlds - 1];
    const kj_month before = KJ_MONTH((int32_t)lround(app->from_year) - 1, 12);
    int32_t n = 0;
    out[n++] = 0;
    for (int32_t s = 0; s < w->n_facilities && n < KJ_CHOICES_MAX; s++)
        if (w->facilities[s].kind == (int32_t)kind && kj_facility_open(&w->facilities[s], before)) out[n++] = w->facilities[s].id;
    return n;
}

const char *kj_school_alert(kj_app *app, kj_world *w, int32_t index, char out[200])
{
    int32_t y = kj_app_index(app, w);
    for (int32_t s = 0; s < w->n_facilities; s++) {
        const kj_facility *f = &w->facilities[s];
        if (!is_full_school(app, w, s) || index-- > 0) continue;
        int32_t first = first_full(w, s);
        char own[KJ_NAME_TEXT];
        const char *name = f->name[0] ? kj_facility_name(f, own) : _("A school");
        if (first && first == year_now(w) && first < w->years[y]) snprintf(out, 200, _("%s full, already in %d"), name, first);
        else if (first && first < w->years[y]) snprintf(out, 200, _("%s full, from %d on first in %d"), name, year_now(w), first);
        else snprintf(out, 200, _("%s full"), name);
        return out;
    }
    return NULL;
}

/* ---- selecting ---- */

int32_t kj_cell_under(const kj_app *app, double x, double y, int32_t *which)
{
    kj_pane panes[2];
    int32_t n = kj_app_panes((kj_app *)(uintptr_t)app, panes);
    double ux = x / app->unit, uy = y / app->unit;
    for (int32_t i = 0; i < n; i++) {
        const kj_box *c = &panes[i].clip, *b = &panes[i].box;
        if (ux < c->x || uy < c->y || ux >= c->x + c->w || uy >= c->y + c->h) continue;
        const kj_grid *g = &panes[i].world->grid;
        double col = app->camera.col + (ux - b->x - b->w / 2.0) * app->unit / app->camera.zoom,
               row = app->camera.row + (uy - b->y - b->h / 2.0) * app->unit / app->camera.zoom;
        *which = panes[i].which;
        if (col < 0.0 || row < 0.0 || col >= g->nx || row >= g->ny) return -1;
        return (int32_t)row * g->nx + (int32_t)col;
    }
    return -1;
}

/* School within a finger's reach of a cell, -1. */
static int32_t school_near(const kj_app *app, const kj_world *w, int32_t cell)
{
    double reach = 16.0 * app->unit / app->camera.zoom;
    int32_t best = -1;
    double nearest = reach * reach + 1.0;
    for (int32_t i = 0; i < w->n_facilities; i++) {
        if (w->facilities[i].kind != KJ_FACILITY_SCHOOL || !kj_facility_open(&w->facilities[i], kj_app_month(app))) continue;
        double d = (double)kj_grid_distance2(&w->grid, w->facilities[i].cell, cell);
        if (d >= nearest) continue;
        nearest = d;
        best = i;
    }
    return best;
}

/* School whose sign is there, -1: a sign that gave way to others stands apart from its school. */
static int32_t school_under(kj_app *app, double ux, double uy)
{
    kj_pane panes[2];
    kj_school_signs signs;
    int32_t n = kj_app_panes(app, panes);
    for (int32_t i = 0; i < n; i++) {
        const kj_box *c = &panes[i].clip;
        if (ux < c->x || uy < c->y || ux >= c->x + c->w || uy >= c->y + c->h) continue;
        kj_school_signs_place(app, &panes[i], &signs);
        return kj_school_sign_at(&signs, ux, uy);
    }
    return -1;
}

void kj_select_at(kj_app *app, double x, double y)
{
    int32_t which = 0, cell = kj_cell_under(app, x, y, &which);
    if (cell < 0) return;
    const kj_world *w = &app->world[which];
    int32_t school = school_under(app, x / app->unit, y / app->unit);
    if (school < 0 && (app->layers & KJ_LAYER_SCHOOLS || app->view == KJ_VIEW_SCHOOLS)) school = school_near(app, w, cell);
    int32_t reach = (int32_t)ceil(10.0 * app->unit / app->camera.zoom);
    uint32_t root = app->view == KJ_VIEW_CHAINS && w->has_chains ? kj_chain_near(w, cell, reach, kj_app_month(app)) : 0;
    app->selected_world = which;
    app->chain_root = root;
    app->selected_school = school;
    app->selected_cell = cell;
    app->selection = root ? KJ_SELECT_CHAIN : school >= 0 ? KJ_SELECT_SCHOOL : KJ_SELECT_CELL;
    app->tab = KJ_TAB_SELECTED;
    app->page[KJ_TAB_SELECTED] = 0;
    app->panels_dirty = app->map_dirty = true;
}
