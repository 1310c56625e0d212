#include "observations.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/csv.h"

typedef struct reading {
    kj_draft *draft;
    const kj_recipe_observations *spec;
    const kj_csv *csv;
    uint32_t column[4]; /* date, place, quantity, value */
    uint32_t n_missing;
} reading;

static kj_status at_line(kj_error *err, const reading *r, int column, const char *expected)
{
    return kj_fail(err, KJ_E_INPUT, "%s:%u: column %s: expected %s, found '%.60s'", kj_csv_path(r->csv), kj_csv_line(r->csv), kj_csv_column_name(r->csv, r->column[column]), expected,
                   kj_csv_field(r->csv, r->column[column]));
}

/* "2025", "2025-10", "2025-10-15", and the last with a time of day. A year alone is its December. */
static kj_status read_date(kj_error *err, const reading *r, kj_month *out)
{
    int year = 0, month = 12, day = 1, n = 0, end = 0;
    const char *text = kj_csv_field(r->csv, r->column[0]);
    n = sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end);
    size_t length = strlen(text);
    bool plain = (n == 1 && length == 4) || (n == 2 && length == 7) || (n == 3 && end == 10 && (length == 10 || text[10] == 'T' || text[10] == ' '));
    if (!plain || year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
        return at_line(err, r, 0, "a date as 2025, 2025-10 or 2025-10-15");
    *out = KJ_MONTH(year, month);
    return KJ_OK;
}

static kj_status read_quantity(kj_error *err, const reading *r, kj_quantity *out)
{
    const char *text = kj_csv_field(r->csv, r->column[2]), *means = text;
    for (uint32_t w = 0; w < r->spec->n_words; w++)
        if (!strcmp(r->spec->word[w], text)) means = r->spec->means[w];
    int32_t index = kj_labels_index(KJ_QUANTITY_LABELS, means);
    if (index < 0) return at_line(err, r, 2, "one of " KJ_QUANTITY_LABELS " (or say what it means in map.observations[].words)");
    *out = (kj_quantity)index;
    return KJ_OK;
}

/* "", "..", "." and "-" are no reading; they are counted, and said once. */
static bool is_missing(const char *text) { return !text[0] || !strcmp(text, "..") || !strcmp(text, ".") || !strcmp(text, "-"); }

static bool is_of_facility(kj_quantity quantity) { return quantity >= KJ_OBSERVED_PLACES; }

/* The others are compared alone: nothing in a start state follows from them at one place. */
static bool can_correct(const kj_draft_observation *o)
{
    if (o->quantity == KJ_OBSERVED_PERSONS || o->quantity == KJ_OBSERVED_HOMES) return o->at == KJ_OBSERVED_AREA;
    return o->quantity == KJ_OBSERVED_PLACES || o->quantity == KJ_OBSERVED_PUPILS;
}

static void find_area(const kj_draft *draft, const char *place, kj_draft_observation *to)
{
    for (int32_t a = 0; a < draft->n_areas; a++)
        if (!strcmp(draft->areas[a].code, place) || !strcmp(draft->areas[a].name, place)) {
            to->at = KJ_OBSERVED_AREA;
            to->index = a;
            return;
        }
    for (uint32_t m = 0; m < draft->recipe->n_municipalities; m++)
        if (!strcmp(draft->recipe->municipalities[m].code, place) || !strcmp(draft->recipe->municipalities[m].name, place)) {
            to->at = KJ_OBSERVED_MUNICIPALITY;
            to->index = (int32_t)m;
            return;
        }
}

static kj_status unknown_place(kj_error *err, const kj_draft *draft, const kj_draft_observation *o)
{
    bool facility = is_of_facility(o->quantity);
    uint32_t n = 0, most = facility ? (uint32_t)draft->n_facilities : (uint32_t)draft->n_areas + draft->recipe->n_municipalities;
    const char **names = malloc((most + 1u) * sizeof *names);
    for (int32_t f = 0; names && facility && f < draft->n_facilities; f++) names[n++] = draft->facilities[f].name;
    for (int32_t a = 0; names && !facility && a < draft->n_areas; a++) names[n++] = draft->areas[a].code;
    for (uint32_t m = 0; names && !facility && m < draft->recipe->n_municipalities; m++) names[n++] = draft->recipe->municipalities[m].name;
    const char *nearest = names ? kj_nearest_name(o->place, names, n) : NULL;
    char label[32];
    kj_fail(err, KJ_E_INPUT, "%s:%u: column place: %s is observed at %s, and none is called '%.60s'%s%s%s", o->file, o->line,
            kj_labels_at(KJ_QUANTITY_LABELS, (int32_t)o->quantity, label, sizeof label), facility ? "a school or other facility" : "an area or municipality (code or name)", o->place,
            nearest ? "; the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
    free(names);
    return KJ_E_INPUT;
}

static kj_status read_row(kj_error *err, reading *r)
{
    kj_draft *draft = r->draft;
    kj_draft_observation o = {.at = KJ_OBSERVED_NOWHERE, .index = -1, .file = r->spec->file, .line = kj_csv_line(r->csv)};
    kj_quantity quantity = KJ_OBSERVED_PERSONS;
    kj_status status = read_date(err, r, &o.month);
    if (!status) status = read_quantity(err, r, &quantity);
    if (status) return status;
    o.quantity = (uint8_t)quantity;
    if (is_missing(kj_csv_field(r->csv, r->column[3]))) {
        r->n_missing++;
        return KJ_OK;
    }
    status = kj_csv_number(err, r->csv, r->column[3], 0.0, 1e9, &o.value);
    if (status) return status;
    snprintf(o.place, sizeof o.place, "%.150s", kj_csv_field(r->csv, r->column[1]));
    if (!is_of_facility(o.quantity)) {
        find_area(draft, o.place, &o);
        if (o.at == KJ_OBSERVED_NOWHERE) return unknown_place(err, draft, &o);
    }
    o.corrects = r->spec->correct && can_correct(&o);
    kj_draft_observation *grown = realloc(draft->observations, ((size_t)draft->n_observations + 1) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    draft->observations = grown;
    grown[draft->n_observations++] = o;
    return KJ_OK;
}

static kj_status read_file(kj_error *err, kj_draft *draft, const kj_recipe_observations *spec)
{
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    const char *names[4] = {spec->date, spec->place, spec->quantity, spec->value};
    kj_status status = kj_recipe_file(err, draft->recipe, spec->file, path, sizeof path);
    if (!status) status = kj_csv_open(err, path, 0, &csv);
    reading r = {.draft = draft, .spec = spec, .csv = csv};
    for (int k = 0; k < 4 && !status; k++) status = kj_csv_require(err, csv, names[k], &r.column[k]);
    while (!status) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        status = read_row(err, &r);
    }
    kj_csv_close(csv);
    if (!status && r.n_missing) kj_draft_warn(draft, "%s: %u observations have no value (\"..\") and are left out", spec->file, r.n_missing);
    return status;
}

/* Order of the places themselves: an area or municipality may be named by its code in one row and by its name in another. Facilities have
   one name and are matched later. */
static int by_spot(const kj_draft_observation *x, const kj_draft_observation *y)
{
    bool named = is_of_facility(x->quantity);
    if (named != is_of_facility(y->quantity)) return named ? 1 : -1;
    if (named) return strcmp(x->place, y->place);
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int by_place(const void *a, const void *b)
{
    const kj_draft_observation *x = a, *y = b;
    int order = by_spot(x, y);
    if (order) return order;
    if (x->quantity != y->quantity) return x->quantity < y->quantity ? -1 : 1;
    if (x->month != y->month) return x->month < y->month ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Sorted by place, quantity and date; the same twice is refused, since nobody could say which holds. */
static kj_status sort(kj_error *err, kj_draft *draft)
{
    if (!draft->n_observations) return KJ_OK;
    qsort(draft->observations, (size_t)draft->n_observations, sizeof *draft->observations, by_place);
    for (int32_t i = 1; i < draft->n_observations; i++) {
        const kj_draft_observation *a = &draft->observations[i - 1], *b = &draft->observations[i];
        char label[32];
        bool renamed = strcmp(a->place, b->place) != 0;
        if (!by_spot(a, b) && a->quantity == b->quantity && a->month == b->month)
            return kj_fail(err, KJ_E_INPUT, "%s:%u: %s of '%.60s' in %d-%02d stands in %s:%u too%s%.60s%s: expected one value a place, quantity and month", b->file, b->line,
                           kj_labels_at(KJ_QUANTITY_LABELS, (int32_t)b->quantity, label, sizeof label), b->place, KJ_YEAR_OF(b->month), KJ_MONTH_OF_YEAR(b->month), a->file, a->line,
                           renamed ? ", as '" : "", renamed ? a->place : "", renamed ? "'" : "");
    }
    return KJ_OK;
}

/* Of several dates, the one nearest to the start corrects; the earlier of two that are as near. */
static bool is_nearest(const kj_draft *draft, int32_t i)
{
    const kj_draft_observation *o = &draft->observations[i];
    if (!o->corrects) return false;
    for (int32_t k = 0; k < draft->n_observations; k++) {
        const kj_draft_observation *other = &draft->observations[k];
        if (k == i || !other->corrects || other->quantity != o->quantity || by_spot(other, o)) continue;
        int32_t mine = abs(o->month - draft->start), its = abs(other->month - draft->start);
        if (its < mine || (its == mine && k < i)) return false;
    }
    return true;
}

static void correct_area(kj_draft *draft, kj_draft_observation *o)
{
    kj_draft_area *area = &draft->areas[o->index];
    o->used = true;
    if (o->quantity == KJ_OBSERVED_PERSONS) {
        o->before = area->population;
        area->population = (int32_t)(o->value + 0.5);
        return;
    }
    double before = area->dwellings > 0.0 ? area->dwellings : 0.0;
    o->before = before;
    for (int t = 0; t < 3; t++) area->tenure[t] *= before > 0.0 ? o->value / before : 0.0;
    area->dwellings = o->value;
}

kj_status kj_draft_observations(kj_error *err, kj_draft *draft)
{
    kj_status status = KJ_OK;
    double changed[2] = {0.0, 0.0};
    int32_t n[2] = {0, 0};
    for (uint32_t i = 0; i < draft->recipe->n_observations && !status; i++) status = read_file(err, draft, &draft->recipe->observations[i]);
    if (!status) status = sort(err, draft);
    for (int32_t i = 0; i < draft->n_observations && !status; i++) {
        kj_draft_observation *o = &draft->observations[i];
        if (o->at != KJ_OBSERVED_AREA || !is_nearest(draft, i)) continue;
        if (o->quantity == KJ_OBSERVED_HOMES && !(draft->areas[o->index].dwellings > 0.0) && draft->recipe->dwellings_total > 0.0)
            return kj_fail(err, KJ_E_INPUT, "%s:%u: homes of '%.60s' cannot be corrected: the recipe gives the municipality's dwellings, not those of areas", o->file, o->line, o->place);
        correct_area(draft, o);
        n[o->quantity == KJ_OBSERVED_HOMES]++;
        changed[o->quantity == KJ_OBSERVED_HOMES] += o->value - o->before;
    }
    if (n[0]) kj_draft_warn(draft, "observations corrected the persons of %d areas, by %+.0f in all", n[0], changed[0]);
    if (n[1]) kj_draft_warn(draft, "observations corrected the homes of %d areas, by %+.0f in all", n[1], changed[1]);
    draft->persons_corrected = n[0] > 0;
    return status;
}

static int32_t facility_named(kj_error *err, const kj_draft *draft, const kj_draft_observation *o, kj_status *status)
{
    int32_t found = -1;
    for (int32_t f = 0; f < draft->n_facilities; f++) {
        if (strcmp(draft->facilities[f].name, o->place)) continue;
        if (found >= 0) {
            *status = kj_fail(err, KJ_E_INPUT, "%s:%u: column place: two facilities are called '%.60s'; give them names of their own", o->file, o->line, o->place);
            return -1;
        }
        found = f;
    }
    return found;
}

/* Pupils ask for at least as many places; places are places. */
static void correct_facility(kj_draft *draft, kj_draft_observation *o)
{
    kj_draft_facility *f = &draft->facilities[o->index];
    int32_t wanted = (int32_t)(o->value + 0.5);
    o->before = f->places;
    o->used = true;
    if (o->quantity == KJ_OBSERVED_PLACES || wanted > f->places) f->places = wanted;
}

kj_status kj_draft_observed_facilities(kj_error *err, kj_draft *draft, bool last)
{
    kj_status status = KJ_OK;
    for (int32_t i = 0; i < draft->n_observations && !status; i++) {
        kj_draft_observation *o = &draft->observations[i];
        if (o->at != KJ_OBSERVED_NOWHERE) continue;
        o->index = facility_named(err, draft, o, &status);
        if (status || (o->index < 0 && !last)) continue;
        if (o->index < 0) return unknown_place(err, draft, o);
        uint8_t kind = draft->facilities[o->index].kind;
        bool teaches = kind == KJ_FACILITY_SCHOOL || kind == KJ_FACILITY_PRESCHOOL;
        if (o->quantity == KJ_OBSERVED_PUPILS && !teaches)
            return kj_fail(err, KJ_E_INPUT, "%s:%u: pupils are counted at schools and preschools; '%.60s' is neither", o->file, o->line, o->place);
        o->at = KJ_OBSERVED_FACILITY;
        if (is_nearest(draft, i)) correct_facility(draft, o);
    }
    return status;
}

/* ---- the table of the map ---- */

kj_status kj_draft_observation_table(kj_error *err, const kj_draft *draft, kj_store *store)
{
    static const struct { const char *name; kj_type type; const char *unit, *labels, *doc; } columns[] = {
        {"month", KJ_I32, "month", NULL, "Month of the observation, counted from January 1900."},
        {"at", KJ_U8, "1", KJ_OBSERVED_AT_LABELS, "What kind of place it is of."},
        {"row", KJ_I32, "1", NULL, "Row of the place in its table."},
        {"place", KJ_TEXT, "", NULL, "The place as the file names it."},
        {"quantity", KJ_U8, "1", KJ_QUANTITY_LABELS, "What was counted."},
        {"value", KJ_F64, "1", NULL, "What was counted there; bookings and hours_used: room hours a week."},
        {"corrected", KJ_U8, "1", NULL, "1: the start was corrected by it."},
        {"before", KJ_F64, "1", NULL, "What stood there before the correction."},
        {"file", KJ_TEXT, "", NULL, "File it comes from."}};
    if (!draft->n_observations) return KJ_OK;
    uint32_t t, c, first;
    kj_status status = kj_store_add_table(err, store, "observation", "What sensors, registers and counts say of places.", NULL);
    for (size_t i = 0; i < sizeof columns / sizeof *columns && !status; i++) {
        kj_column_def def = {.struct_size = sizeof def, .table = "observation", .name = columns[i].name, .type = columns[i].type, .unit = columns[i].unit, .doc = columns[i].doc,
                             .labels = columns[i].labels};
        status = kj_store_add_column(err, store, &def, &t, &c);
        if (!status) status = kj_column_provenance(err, &store->tables[t].columns[c], "real", draft->recipe->observations[0].file);
    }
    if (!status) status = kj_rows_add(err, store, kj_store_table(store, "observation"), (uint32_t)draft->n_observations, &first);
    if (status) return status;
    for (int32_t i = 0; i < draft->n_observations; i++) {
        const kj_draft_observation *o = &draft->observations[i];
        ((int32_t *)kj_store_data(store, "observation", "month", KJ_I32))[i] = o->month;
        ((uint8_t *)kj_store_data(store, "observation", "at", KJ_U8))[i] = o->at;
        ((int32_t *)kj_store_data(store, "observation", "row", KJ_I32))[i] = o->index;
        ((int32_t *)kj_store_data(store, "observation", "place", KJ_TEXT))[i] = kj_pool_intern(&store->pool, o->place);
        ((uint8_t *)kj_store_data(store, "observation", "quantity", KJ_U8))[i] = o->quantity;
        ((double *)kj_store_data(store, "observation", "value", KJ_F64))[i] = o->value;
        ((uint8_t *)kj_store_data(store, "observation", "corrected", KJ_U8))[i] = o->used;
        ((double *)kj_store_data(store, "observation", "before", KJ_F64))[i] = o->before;
        ((int32_t *)kj_store_data(store, "observation", "file", KJ_TEXT))[i] = kj_pool_intern(&store->pool, o->file);
    }
    return KJ_OK;
}
