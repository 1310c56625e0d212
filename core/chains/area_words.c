#include "area_words.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kedja/model.h>

#include "../base/text.h"
#include "../draw/language.h"
#include "../io/csv.h"

#define _(text) kj_tr(text)

typedef struct locality {
    char municipality[16], name[64];
    bool is_town;
    double x, y;
} locality;

typedef struct locality_list {
    locality *items;
    uint32_t n;
} locality_list;

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "names of areas: out of memory"); }

static kj_status add_locality(kj_error *err, const kj_csv *csv, const uint32_t column[6], locality_list *out)
{
    locality *grown = realloc(out->items, (out->n + 1u) * sizeof *grown);
    if (!grown) return no_memory(err);
    out->items = grown;
    locality *l = &grown[out->n++];
    *l = (locality){.is_town = strcmp(kj_csv_field(csv, column[2]), "town") == 0};
    snprintf(l->municipality, sizeof l->municipality, "%s", kj_csv_field(csv, column[0]));
    snprintf(l->name, sizeof l->name, "%s", kj_csv_field(csv, column[1]));
    kj_status status = kj_csv_number(err, csv, column[3], -INFINITY, INFINITY, &l->x);
    return status ? status : kj_csv_number(err, csv, column[4], -INFINITY, INFINITY, &l->y);
}

/* Those with coordinates as the run has them; no table for the country: none. */
static kj_status read_localities(kj_error *err, const char *country, int32_t epsg, locality_list *out)
{
    static const char *const names[6] = {"municipality", "name", "kind", "x", "y", "epsg"};
    char relative[64], path[PATH_MAX];
    uint32_t column[6] = {0};
    kj_csv *csv = NULL;
    bool more = true;
    snprintf(relative, sizeof relative, "maps/countries/%.20s/localities.csv", country);
    if (kj_data_path(relative, path, sizeof path) != 0) return KJ_OK;
    kj_status status = kj_csv_open(err, path, ',', &csv);
    for (int k = 0; k < 6 && !status; k++) status = kj_csv_require(err, csv, names[k], &column[k]);
    while (!status && (status = kj_csv_next(err, csv, &more)) == KJ_OK && more) {
        int64_t of = 0;
        status = kj_csv_integer(err, csv, column[5], 1, INT32_MAX, &of);
        if (!status && of == epsg) status = add_locality(err, csv, column, out);
    }
    kj_csv_close(csv);
    return status;
}

/* The nearest of the area's municipality, whose code the area's begins with; for an area of the town or of a locality among those of its kind. */
static const locality *nearest(const locality_list *list, const kj_area_facts *a, uint32_t row)
{
    const locality *best = NULL;
    double least = 0.0;
    for (uint32_t i = 0; i < list->n; i++) {
        const locality *l = &list->items[i];
        double dx = l->x - a->x[row], dy = l->y - a->y[row], d = dx * dx + dy * dy;
        if (strncmp(a->code[row], l->municipality, strlen(l->municipality)) != 0 || (a->kind[row] != KJ_AREA_RURAL && l->is_town != (a->kind[row] == KJ_AREA_TOWN))) continue;
        if (!best || d < least) best = l, least = d;
    }
    return best;
}

/* The code beside the name of its place: without the municipality's digits, which the place says, unless a place elsewhere has its name. */
static const char *short_code(const locality_list *list, const locality *place, const char *code)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i].name, place->name) == 0 && strcmp(list->items[i].municipality, place->municipality) != 0) return code;
    const char *rest = code + strlen(place->municipality);
    return *rest ? rest : code;
}

/* Areas whose name is their code. */
static kj_status tell_codes(kj_error *err, const kj_area_facts *a, kj_area_words *out)
{
    locality_list list = {0};
    kj_status status = read_localities(err, a->country, a->epsg, &list);
    for (uint32_t row = 0; row < out->n && !status; row++) {
        kj_area_word *word = &out->area[row];
        const locality *place = word->text[0] && strcmp(word->text, a->code[row]) == 0 ? nearest(&list, a, row) : NULL;
        if (!place) continue;
        snprintf(word->text, sizeof word->text, "%s (%.28s)", place->name, short_code(&list, place, a->code[row]));
        word->near = !place->is_town || a->kind[row] != KJ_AREA_TOWN;
    }
    free(list.items);
    return status;
}

kj_status kj_area_words_make(kj_error *err, const kj_area_facts *facts, kj_area_words *out)
{
    *out = (kj_area_words){0};
    if (!facts->name) return KJ_OK;
    out->area = calloc(facts->n + 1u, sizeof *out->area);
    if (!out->area) return no_memory(err);
    out->n = facts->n;
    for (uint32_t row = 0; row < out->n; row++) snprintf(out->area[row].text, sizeof out->area[row].text, "%s", facts->name[row]);
    return facts->code && facts->x && facts->y && facts->kind ? tell_codes(err, facts, out) : KJ_OK;
}

static bool has_places(const kj_run_table *table)
{
    return kj_run_table_column(table, "code") && kj_run_table_column(table, "x") && kj_run_table_column(table, "y") && kj_run_table_column(table, "kind");
}

kj_status kj_area_words_read(kj_error *err, kj_runread *run, kj_area_words *out)
{
    const kj_run_table *table = kj_runread_table_named(run, "area");
    *out = (kj_area_words){0};
    if (!table || !kj_run_table_column(table, "name")) return KJ_OK;
    bool places = has_places(table);
    double *x = calloc(table->n_rows + 1u, sizeof *x), *y = calloc(table->n_rows + 1u, sizeof *y);
    uint8_t *kind = calloc(table->n_rows + 1u, 1);
    kj_area_facts facts = {.n = table->n_rows, .x = x, .y = y, .kind = kind, .country = kj_runread_info(run)->map_country, .epsg = kj_runread_grid(run)->epsg};
    kj_status status = x && y && kind ? kj_runread_texts(err, run, "area", "name", &facts.name) : no_memory(err);
    if (!status && places) status = kj_runread_texts(err, run, "area", "code", &facts.code);
    if (!status && places) status = kj_runread_column(err, run, "area", "x", 0, KJ_F64, x);
    if (!status && places) status = kj_runread_column(err, run, "area", "y", 0, KJ_F64, y);
    if (!status && places) status = kj_runread_column(err, run, "area", "kind", 0, KJ_U8, kind);
    if (!status) status = kj_area_words_make(err, &facts, out);
    free(x), free(y), free(kind);
    return status;
}

void kj_area_words_free(kj_area_words *words)
{
    free(words->area);
    *words = (kj_area_words){0};
}

/* NULL: none, or one without a name. */
static const kj_area_word *word_of(const kj_area_words *words, int32_t area)
{
    return area >= 0 && (uint32_t)area < words->n && words->area[area].text[0] ? &words->area[area] : NULL;
}

void kj_say_area(char *out, size_t out_bytes, const kj_area_words *words, int32_t area)
{
    const kj_area_word *word = word_of(words, area);
    snprintf(out, out_bytes, word && word->near ? _("Near %s") : "%s", word ? word->text : "");
}

char *kj_say_home_in(char *out, size_t out_bytes, const char *home, const kj_area_words *words, int32_t area)
{
    const kj_area_word *word = word_of(words, area);
    if (!word) snprintf(out, out_bytes, "%s", home);
    else snprintf(out, out_bytes, word->near ? _("%s, near %s") : _("%s, in %s"), home, word->text);
    return out;
}
