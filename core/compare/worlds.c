#include "worlds.h"

#include <kedja/model.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare_internal.h"

static const char *const shown[] = {"population",   "completed",    "farmland", "best_farmland", "forest",      "green",       "open",         "land_take", "near_green",
                                    "centre_foot",  "centre_car",   "co2",      "price_index",   "chains",      "chain_new",   "household_moves", "school_occupancy", "mean_walk",
                                    "strained",     "lodging",      "investments", "result_each"};

const char *kj_worlds_row(uint32_t index) { return index < sizeof shown / sizeof *shown ? shown[index] : NULL; }

const kj_matrix_row *kj_comparison_row(const kj_comparison *comparison, const char *id)
{
    for (uint32_t k = 0; k < comparison->n_rows; k++)
        if (!strcmp(comparison->rows[k].def->id, id)) return &comparison->rows[k];
    return NULL;
}

/* Which world each run belongs to. */
typedef struct sorting {
    char *signature[KJ_WORLDS_MAX];
    uint32_t n_worlds, *world_of;
    uint64_t *seed_of; /* by run, too */
} sorting;

static kj_status sort_run(kj_error *err, const char *path, uint32_t run, sorting *s)
{
    kj_runread *open;
    kj_status status = kj_runread_open(err, path, &open);
    if (status) return status;
    char *text = kj_world_signature(open);
    s->seed_of[run] = kj_runread_info(open)->seed;
    kj_runread_close(open);
    if (!text) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    uint32_t w = 0;
    while (w < s->n_worlds && strcmp(s->signature[w], text)) w++;
    s->world_of[run] = w;
    if (w < s->n_worlds) {
        free(text);
    } else if (w == KJ_WORLDS_MAX) {
        free(text);
        return kj_fail(err, KJ_E_INPUT, "%s is world number %u: at most %d can stand beside each other", path, w + 1, KJ_WORLDS_MAX);
    } else {
        s->signature[s->n_worlds++] = text;
    }
    return KJ_OK;
}

static kj_status take_names(kj_error *err, const char *names, kj_worlds *out)
{
    const char *at = names;
    for (uint32_t w = 0; w < out->n; w++) {
        size_t length = strcspn(at, ";");
        snprintf(out->world[w].name, sizeof out->world[w].name, "%.*s", (int)length, at);
        at += length;
        if ((*at == 0) != (w + 1 == out->n)) return kj_fail(err, KJ_E_INPUT, "--names: expected %u names parted by ';', one a world, found '%s'", out->n, names);
        at += *at != 0;
    }
    return KJ_OK;
}

/* Hectares of farmland of each class that a run has built on. */
static kj_status count_farmland(kj_error *err, const char *path, int32_t year, kj_world *world)
{
    kj_runread *run;
    kj_status status = kj_runread_open(err, path, &run);
    if (status) return status;
    const kj_grid *grid = kj_runread_grid(run);
    size_t n = (size_t)kj_grid_cells(grid);
    uint8_t *first = malloc(n + 1), *now = malloc(n + 1), *class = malloc(n + 1);
    int32_t index = kj_runread_year_index(run, year);
    if (!first || !now || !class) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && kj_runread_layer_named(run, "farmland_class")) {
        status = kj_runread_layer(err, run, "land_use", 0, KJ_U8, first);
        if (!status) status = kj_runread_layer(err, run, "land_use", (uint32_t)index, KJ_U8, now);
        if (!status) status = kj_runread_layer(err, run, "farmland_class", 0, KJ_U8, class);
        for (size_t c = 0; !status && c < n; c++)
            if (first[c] == KJ_LAND_FARMLAND && now[c] >= KJ_LAND_SMALL_HOUSES && now[c] < KJ_LAND_COUNT && class[c] < KJ_FARMLAND_CLASSES)
                world->farmland_ha[class[c]] += grid->cell_m * grid->cell_m * 1e-4 / world->n_runs;
    }
    free(first);
    free(now);
    free(class);
    kj_runread_close(run);
    return status;
}

static kj_status compare_world(kj_error *err, const char *const *paths, uint32_t n, const sorting *s, uint32_t w, int32_t year, kj_worlds *out)
{
    const char **both = calloc(n + 1u, sizeof *both);
    uint32_t n_both = 0;
    if (!both) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t i = 0; i < n; i++)
        if (s->world_of[i] == 0 || s->world_of[i] == w) both[n_both++] = paths[i];
    kj_comparison *c = &out->world[w].against;
    kj_status status = kj_compare(err, both, n_both, year, c);
    free(both);
    if (status) return status;
    if (out->year && out->year != c->year)
        return kj_fail(err, KJ_E_INPUT, "the worlds end in different years, %d and %d: say which with --year", (int)out->year, (int)c->year);
    out->year = c->year;
    out->first_year = c->first_year;
    kj_settings_words(c, true, out->world[w].name, sizeof out->world[w].name);
    return KJ_OK;
}

/* The maps show one luck in all worlds: that of the first run of the base. */
static kj_status choose_paths(kj_error *err, const char *const *paths, uint32_t n, const sorting *s, kj_worlds *out)
{
    for (uint32_t i = n; i-- > 0;)
        if (s->seed_of[i] == s->seed_of[0]) out->world[s->world_of[i]].path = paths[i];
    for (uint32_t w = 0; w < out->n; w++)
        if (!out->world[w].path)
            return kj_fail(err, KJ_E_INPUT, "the worlds have no seed in common for the maps: %s has seed %llu, none of world %u has", paths[0], (unsigned long long)s->seed_of[0], w + 1);
    return KJ_OK;
}

static kj_status fill(kj_error *err, const char *const *paths, uint32_t n, int32_t year, const char *names, const sorting *s, kj_worlds *out)
{
    kj_status status = KJ_OK;
    out->n = s->n_worlds;
    if (out->n < 2) return kj_fail(err, KJ_E_INPUT, "all %u runs have the same settings: give one of another world too", n);
    for (uint32_t i = 0; i < n; i++) out->world[s->world_of[i]].n_runs++;
    for (uint32_t w = 1; w < out->n && !status; w++) status = compare_world(err, paths, n, s, w, year, out);
    if (!status) status = choose_paths(err, paths, n, s, out);
    for (uint32_t i = 0; i < n && !status; i++) status = count_farmland(err, paths[i], out->year, &out->world[s->world_of[i]]);
    return !status && names ? take_names(err, names, out) : status;
}

kj_status kj_worlds_compare(kj_error *err, const char *const *paths, uint32_t n, int32_t year, const char *names, kj_worlds *out)
{
    sorting s = {.world_of = calloc(n + 1u, sizeof *s.world_of), .seed_of = calloc(n + 1u, sizeof *s.seed_of)};
    kj_status status = s.world_of && s.seed_of ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < n && !status; i++) status = sort_run(err, paths[i], i, &s);
    if (!status) status = fill(err, paths, n, year, names, &s, out);
    for (uint32_t w = 0; w < s.n_worlds; w++) free(s.signature[w]);
    free(s.world_of);
    free(s.seed_of);
    return status;
}

void kj_worlds_free(kj_worlds *worlds)
{
    for (uint32_t w = 0; w < KJ_WORLDS_MAX; w++) kj_comparison_free(&worlds->world[w].against);
    memset(worlds, 0, sizeof *worlds);
}
