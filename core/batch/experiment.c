/* experiment{…} and default_ensemble{…}: reads what a file declares. */
#include "experiment.h"

#include <errno.h>
#include <jansson.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/text.h"
#include "../script/luatable.h"
#include "../script/sandbox.h"
#include "../script/scenario.h"
#include "sensitivity.h"

enum { PATH_BYTES = 4096, MEMBERS_MAX = 1000000 };

static const char reader_key = 0; /* its address is the place in the registry */

typedef struct reader {
    kj_sandbox *box;
    kj_experiment *e;
    uint32_t n_calls;
    bool wants_default; /* experiment{…} gave no `vary`, or "default" */
    bool wants_errors; /* those of the default ensemble */
} reader;

static reader *reader_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &reader_key);
    reader *r = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return r;
}

static char *copy_text(lua_State *L, const char *text)
{
    char *copy = strdup(text);
    if (!copy) luaL_error(L, "no memory");
    return copy;
}

static double item_value(lua_State *L, int list, const char *what, int32_t i)
{
    lua_rawgeti(L, list, i);
    double value = 0.0;
    if (lua_isboolean(L, -1)) value = lua_toboolean(L, -1) ? 1.0 : 0.0;
    else if (lua_type(L, -1) == LUA_TNUMBER && isfinite(lua_tonumber(L, -1))) value = lua_tonumber(L, -1);
    else kj_lua_refuse(L, NULL, "%s.values: expected numbers, true or false, item %d is a %s", what, (int)i, luaL_typename(L, -1));
    lua_pop(L, 1);
    return value;
}

static void read_values(lua_State *L, int index, const char *what, kj_factor *f)
{
    int list = kj_lua_table(L, index, what, "values");
    int32_t n = kj_lua_length(L, list);
    if (n < 2 || n > KJ_FACTOR_VALUES_MAX) kj_lua_refuse(L, "values", "%s.values: expected 2 to %d of them, found %d", what, KJ_FACTOR_VALUES_MAX, (int)n);
    for (int32_t i = 1; i <= n; i++) f->values[i - 1] = item_value(L, list, what, i);
    f->n_values = (uint32_t)n;
    lua_pop(L, 1);
}

/* The n numbers of a list such as range = { 0.9, 1.1 }. */
static void read_numbers(lua_State *L, int index, const char *what, const char *key, int32_t n, double *out)
{
    int list = kj_lua_table(L, index, what, key);
    int32_t found = kj_lua_length(L, list);
    if (found != n) kj_lua_refuse(L, key, "%s.%s: expected %d numbers, found %d", what, key, (int)n, (int)found);
    for (int32_t i = 1; i <= n; i++) out[i - 1] = kj_lua_item_number(L, list, what, i, -1e15, 1e15);
    lua_pop(L, 1);
}

static void read_spread(lua_State *L, int index, const char *what, kj_factor *f)
{
    static const char *const kinds[] = {"values", "range", "normal", "lognormal", "triangle"};
    int found = -1;
    for (int k = 0; k < 5; k++) {
        if (!kj_lua_has(L, index, kinds[k])) continue;
        if (found >= 0) kj_lua_refuse(L, kinds[k], "%s: %s and %s exclude each other", what, kinds[found], kinds[k]);
        found = k;
    }
    double n[3] = {0};
    if (found < 0) {
        kj_lua_refuse(L, NULL, "%s: expected one of values, range, normal, lognormal, triangle", what);
        return;
    }
    f->spread = (kj_spread)found;
    if (found == KJ_SPREAD_VALUES) read_values(L, index, what, f);
    else read_numbers(L, index, what, kinds[found], found == KJ_SPREAD_TRIANGLE ? 3 : 2, n);
    f->a = n[0], f->b = n[1], f->c = n[2];
    if (f->spread == KJ_SPREAD_RANGE && !(f->a < f->b)) kj_lua_refuse(L, "range", "%s.range: expected low < high, found %g and %g", what, f->a, f->b);
    if ((f->spread == KJ_SPREAD_NORMAL || f->spread == KJ_SPREAD_LOGNORMAL) && !(f->b > 0))
        kj_lua_refuse(L, kinds[found], "%s.%s: expected a positive standard deviation, found %g", what, kinds[found], f->b);
    if (f->spread == KJ_SPREAD_LOGNORMAL && !(f->a > 0)) kj_lua_refuse(L, "lognormal", "%s.lognormal: expected a positive median, found %g", what, f->a);
    if (f->spread == KJ_SPREAD_TRIANGLE && !(f->a <= f->b && f->b <= f->c && f->a < f->c))
        kj_lua_refuse(L, "triangle", "%s.triangle: expected low, mode, high in this order, found %g, %g, %g", what, f->a, f->b, f->c);
}

static void read_factor(lua_State *L, int index, const char *list, int32_t i, kj_factor *f)
{
    static const char *const keys[] = {"values", "range", "normal", "lognormal", "triangle", "covers", "source", "title"};
    char what[2 * KJ_NAME_MAX + 16];
    snprintf(what, sizeof what, "%s.%d", list, (int)i);
    kj_lua_known_keys(L, index, what, keys, sizeof keys / sizeof *keys, true);
    if (kj_lua_length(L, index) != 1) kj_lua_refuse(L, NULL, "%s: expected one name and then fields with names", what);
    const char *name = kj_lua_item_string(L, index, what, 1);
    if (strlen(name) >= sizeof f->name) kj_lua_refuse(L, NULL, "%s: the name '%.60s…' is too long", what, name);
    *f = (kj_factor){0};
    strcpy(f->name, name);
    if (strcmp(name, "seed") == 0) {
        f->spread = KJ_SPREAD_RANGE;
        f->a = 1, f->b = 2147483647.0;
        if (lua_rawlen(L, index) != 1 || kj_lua_has(L, index, "values") || kj_lua_has(L, index, "range"))
            kj_lua_refuse(L, NULL, "%s: \"seed\" stands for luck and takes no values", what);
    } else {
        snprintf(what, sizeof what, "factor %s", f->name);
        read_spread(L, index, what, f);
    }
    f->has_covers = kj_lua_has(L, index, "covers");
    f->covers = (kj_covers)kj_lua_word_or(L, index, what, "covers", KJ_COVERS_LABELS, strcmp(name, "seed") ? KJ_COVERS_ASSUMPTIONS : KJ_COVERS_CHANCE);
    f->source = copy_text(L, kj_lua_string_or(L, index, what, "source", ""));
    const char *texts[KJ_LANGUAGES];
    kj_lua_texts(L, index, what, "title", false, texts);
    for (int k = 0; k < KJ_LANGUAGES && texts[k]; k++) f->title[k] = copy_text(L, texts[k]);
}

static void free_factor(kj_factor *f)
{
    free(f->source);
    for (int k = 0; k < KJ_LANGUAGES; k++) free(f->title[k]);
}

/* The list at `index` into factors. */
static void read_factors(lua_State *L, int index, const char *what, kj_factor *out, uint32_t *n_out)
{
    kj_lua_known_keys(L, index, what, NULL, 0, true);
    int32_t n = kj_lua_length(L, index);
    if (n > KJ_FACTORS_MAX) kj_lua_refuse(L, what, "%s: expected at most %d, found %d", what, KJ_FACTORS_MAX, (int)n);
    for (int32_t i = 1; i <= n; i++) {
        int item = kj_lua_item_table(L, index, what, i);
        kj_factor *factor = &out[*n_out];
        read_factor(L, item, what, i, factor);
        (*n_out)++; /* now whoever frees the experiment frees it, too */
        for (const kj_factor *other = out; other < factor; other++)
            if (strcmp(other->name, factor->name) == 0) kj_lua_refuse(L, NULL, "%s: '%s' is listed twice", what, factor->name);
        lua_pop(L, 1);
    }
}

/* The list at `index` of how wrong the model is: { "area.population", widths = { 2.6, 4.1 }, source = "…" }. */
static void read_errors(lua_State *L, int index, const char *what, kj_experiment *e)
{
    static const char *const keys[] = {"widths", "source"};
    kj_lua_known_keys(L, index, what, NULL, 0, true);
    int32_t n = kj_lua_length(L, index);
    if (n > KJ_MODEL_ERRORS_MAX) kj_lua_refuse(L, "model_errors", "%s: expected at most %d, found %d", what, KJ_MODEL_ERRORS_MAX, (int)n);
    for (int32_t i = 1; i <= n; i++) {
        char item[3 * KJ_NAME_MAX];
        kj_model_error *error = &e->error[e->n_errors++];
        int at = kj_lua_item_table(L, index, what, i);
        snprintf(item, sizeof item, "%s.%d", what, (int)i);
        kj_lua_known_keys(L, at, item, keys, 2, true);
        const char *output = kj_lua_item_string(L, at, item, 1);
        if (!strchr(output, '.') || strlen(output) >= sizeof error->output)
            kj_lua_refuse(L, "model_errors", "%s: expected a table and its column such as \"area.population\", found \"%.80s\"", item, output);
        strcpy(error->output, output);
        int list = kj_lua_table(L, at, item, "widths");
        int32_t n_years = kj_lua_length(L, list);
        if (n_years < 1 || n_years > KJ_MODEL_ERROR_YEARS_MAX)
            kj_lua_refuse(L, "widths", "%s.widths: expected 1 to %d of them, per cent after 1, 2 … years, found %d", item, KJ_MODEL_ERROR_YEARS_MAX, (int)n_years);
        for (int32_t y = 1; y <= n_years; y++) error->width[y - 1] = kj_lua_item_number(L, list, item, y, 0, 100);
        error->n_years = (uint32_t)n_years;
        error->source = copy_text(L, kj_lua_string(L, at, item, "source"));
        lua_pop(L, 2);
    }
}

/* Left out, they are the default ensemble's where that is what varies: an interval that leaves out assumptions leaves the model's error out as well. */
static void read_model_errors(lua_State *L, reader *r)
{
    lua_getfield(L, 1, "model_errors");
    if (lua_isnil(L, -1)) r->wants_errors = r->wants_default;
    else if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "default") == 0) r->wants_errors = true;
    else if (lua_istable(L, -1)) read_errors(L, lua_gettop(L), "experiment.model_errors", r->e);
    else kj_lua_refuse(L, "model_errors", "experiment.model_errors: expected \"default\" or a list, found a %s", luaL_typename(L, -1));
    lua_pop(L, 1);
}

static void read_vary(lua_State *L, reader *r)
{
    kj_experiment *e = r->e;
    lua_getfield(L, 1, "vary");
    bool measures = e->design == KJ_DESIGN_SOBOL_INDICES || e->design == KJ_DESIGN_MORRIS || e->design == KJ_DESIGN_ONE_AT_A_TIME;
    if (lua_isnil(L, -1)) r->wants_default = !measures; /* a design that measures the factors holds the rest still */
    else if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "default") == 0) r->wants_default = true;
    else if (lua_istable(L, -1)) read_factors(L, lua_gettop(L), "experiment.vary", e->vary, &e->n_vary);
    else kj_lua_refuse(L, "vary", "experiment.vary: expected \"default\" or a list of factors, found a %s", luaL_typename(L, -1));
    lua_pop(L, 1);
    for (uint32_t v = 0; v < e->n_vary; v++) {
        if (kj_factor_is_luck(&e->vary[v])) kj_lua_refuse(L, "vary", "experiment.vary: each replicate has a seed of its own already");
        for (uint32_t f = 0; f < e->n_factors; f++)
            if (strcmp(e->vary[v].name, e->factor[f].name) == 0)
                kj_lua_refuse(L, "vary", "experiment: '%s' stands in factors and in vary", e->vary[v].name);
    }
}

static void add_text(lua_State *L, char ***list, uint32_t *n, const char *text)
{
    char **grown = realloc(*list, (*n + 1) * sizeof *grown);
    if (!grown) luaL_error(L, "no memory");
    *list = grown;
    grown[(*n)++] = copy_text(L, text);
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void read_settings(lua_State *L, kj_experiment *e)
{
    int set = kj_lua_table_or_none(L, 1, "experiment", "set");
    if (!set) return;
    for (lua_pushnil(L); lua_next(L, set); lua_pop(L, 1)) {
        char text[256];
        if (lua_type(L, -2) != LUA_TSTRING || !(lua_isboolean(L, -1) || lua_type(L, -1) == LUA_TNUMBER))
            kj_lua_refuse(L, "set", "experiment.set: expected [\"plugin.parameter\"] = number, true or false");
        double value = lua_isboolean(L, -1) ? (double)lua_toboolean(L, -1) : lua_tonumber(L, -1);
        snprintf(text, sizeof text, "%.120s=%.17g", lua_tostring(L, -2), value);
        add_text(L, &e->settings, &e->n_settings, text);
    }
    lua_pop(L, 1);
    if (e->n_settings) qsort(e->settings, e->n_settings, sizeof *e->settings, by_text);
}

static void read_outputs(lua_State *L, kj_experiment *e)
{
    static const char *const keys[] = {"tables", "maps_every"};
    static const char *const standard[] = {"municipality", "area", "facility.pupils", "facility.places"};
    int outputs = kj_lua_table_or_none(L, 1, "experiment", "outputs");
    e->map_every = 5;
    int list = 0;
    if (outputs) {
        kj_lua_known_keys(L, outputs, "experiment.outputs", keys, 2, false);
        e->map_every = (int32_t)kj_lua_whole_or(L, outputs, "experiment.outputs", "maps_every", 0, 1000, 5);
        list = kj_lua_table_or_none(L, outputs, "experiment.outputs", "tables");
    }
    int32_t n = list ? kj_lua_length(L, list) : 4;
    for (int32_t i = 1; i <= n; i++)
        add_text(L, &e->tables, &e->n_tables, list ? kj_lua_item_string(L, list, "experiment.outputs.tables", i) : standard[i - 1]);
    lua_settop(L, 1);
}

/* Ids, not files: native code is loaded because a person named its file, not because a script did. */
static void read_plugins(lua_State *L, kj_experiment *e)
{
    int list = kj_lua_table_or_none(L, 1, "experiment", "plugins");
    if (!list) return;
    kj_lua_known_keys(L, list, "experiment.plugins", NULL, 0, true);
    int32_t n = kj_lua_length(L, list);
    for (int32_t i = 1; i <= n; i++) {
        const char *id = kj_lua_item_string(L, list, "experiment.plugins", i);
        if (strpbrk(id, "/."))
            kj_lua_refuse(L, "plugins", "experiment.plugins: expected ids of plugins such as \"street_trees\", found \"%.80s\"; files are named with --plugin FILE.so", id);
        add_text(L, &e->plugins, &e->n_plugins, id);
    }
    lua_pop(L, 1);
}

/* What kedja calibrate fits to: a case of kedja validate and ids of its targets. */
static void read_fit(lua_State *L, kj_experiment *e)
{
    static const char *const keys[] = {"case", "targets", "evaluations"}, *const needs[] = {"case", "targets"};
    int fit = kj_lua_table_or_none(L, 1, "experiment", "fit");
    if (!fit) return;
    kj_lua_known_keys(L, fit, "experiment.fit", keys, 3, false);
    kj_lua_required(L, fit, "experiment.fit", needs, 2);
    if (e->design != KJ_DESIGN_LATIN_HYPERCUBE) kj_lua_refuse(L, "fit", "experiment.fit: expected design = \"latin_hypercube\"");
    for (uint32_t f = 0; f < e->n_factors; f++)
        if (e->factor[f].spread != KJ_SPREAD_RANGE || kj_factor_is_luck(&e->factor[f]))
            kj_lua_refuse(L, "factors", "factor %s: fitting needs range = { low, high }", e->factor[f].name);
    e->fit_case = copy_text(L, kj_lua_string(L, fit, "experiment.fit", "case"));
    e->evaluations = (uint32_t)kj_lua_whole_or(L, fit, "experiment.fit", "evaluations", 1, MEMBERS_MAX, 40);
    int list = kj_lua_table(L, fit, "experiment.fit", "targets");
    int32_t n = kj_lua_length(L, list);
    for (int32_t i = 1; i <= n; i++) add_text(L, &e->fit_targets, &e->n_fit_targets, kj_lua_item_string(L, list, "experiment.fit.targets", i));
    lua_settop(L, 1);
}

/* Fewer cannot be analysed (sensitivity.h), which is said before any member runs. */
static int64_t least_samples(kj_design design)
{
    return design == KJ_DESIGN_MORRIS ? KJ_LEAST_TRAJECTORIES : design == KJ_DESIGN_SOBOL_INDICES ? KJ_LEAST_BASE_POINTS : 2;
}

/* samples and levels belong to some designs only. */
static void read_size(lua_State *L, kj_experiment *e)
{
    bool sampled = e->design != KJ_DESIGN_FULL_FACTORIAL && e->design != KJ_DESIGN_ONE_AT_A_TIME;
    if (sampled) e->samples = (uint32_t)kj_lua_whole(L, 1, "experiment", "samples", least_samples(e->design), MEMBERS_MAX);
    else if (kj_lua_has(L, 1, "samples")) kj_lua_refuse(L, "samples", "experiment.samples: this design has no samples; write replicates for the number of seeds");
    if (e->design != KJ_DESIGN_MORRIS && kj_lua_has(L, 1, "levels")) kj_lua_refuse(L, "levels", "experiment.levels belongs to design = \"morris\"");
    e->levels = (uint32_t)kj_lua_whole_or(L, 1, "experiment", "levels", 2, 64, 4);
    if (e->levels % 2) kj_lua_refuse(L, "levels", "experiment.levels: expected an even number, found %u", e->levels);
    for (uint32_t f = 0; e->design == KJ_DESIGN_FULL_FACTORIAL && f < e->n_factors; f++)
        if (e->factor[f].spread != KJ_SPREAD_VALUES)
            kj_lua_refuse(L, "factors", "factor %s: design = \"full_factorial\" needs values = {…}", e->factor[f].name);
    if (sampled && e->n_factors == 0) kj_lua_refuse(L, "factors", "experiment.factors: this design needs factors");
}

static int read_experiment(lua_State *L)
{
    static const char *const keys[] = {"name", "title", "scenario", "map", "years", "factors", "design", "samples", "levels", "vary",
                                       "replicates", "seed", "paired", "set", "outputs", "plugins", "fit", "model_errors"};
    static const char *const needs[] = {"title", "scenario"};
    reader *r = reader_of(L);
    kj_experiment *e = r->e;
    const char *texts[KJ_LANGUAGES];
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (r->n_calls++) return kj_lua_refuse(L, NULL, "experiment{…} stands twice in this file");
    kj_lua_known_keys(L, 1, "experiment", keys, sizeof keys / sizeof *keys, false);
    kj_lua_required(L, 1, "experiment", needs, 2);
    const char *name = kj_lua_string_or(L, 1, "experiment", "name", e->name);
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0 || name[n] || n > 40) kj_lua_refuse(L, "name", "experiment.name: expected at most 40 small letters, digits and _, found \"%s\"", name);
    memmove(e->name, name, n + 1); /* may be the name after the file, which stands there already */
    kj_lua_texts(L, 1, "experiment", "title", true, texts);
    for (int i = 0; i < KJ_LANGUAGES; i++) e->title[i] = copy_text(L, texts[i]);
    e->scenario = copy_text(L, kj_lua_string(L, 1, "experiment", "scenario"));
    const char *map = kj_lua_string_or(L, 1, "experiment", "map", NULL);
    e->map = map ? copy_text(L, map) : NULL;
    e->years = (int32_t)kj_lua_whole_or(L, 1, "experiment", "years", 1, 1000, 0);
    e->design = (kj_design)kj_lua_word_or(L, 1, "experiment", "design", KJ_DESIGN_LABELS, KJ_DESIGN_FULL_FACTORIAL);
    e->replicates = (uint32_t)kj_lua_whole_or(L, 1, "experiment", "replicates", 1, MEMBERS_MAX, 1);
    e->seed = (uint64_t)kj_lua_whole_or(L, 1, "experiment", "seed", 0, INT64_MAX, 1);
    e->paired = kj_lua_bool_or(L, 1, "experiment", "paired", true);
    int list = kj_lua_table_or_none(L, 1, "experiment", "factors");
    if (list) {
        read_factors(L, list, "experiment.factors", e->factor, &e->n_factors);
        lua_pop(L, 1);
    }
    read_size(L, e);
    read_vary(L, r);
    read_model_errors(L, r);
    read_settings(L, e);
    read_plugins(L, e);
    read_outputs(L, e);
    read_fit(L, e);
    return 0;
}

/* Factors of the experiment take the place of those of the default ensemble. */
static int read_default(lua_State *L)
{
    static const char *const keys[] = {"vary", "model_errors"};
    reader *r = reader_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (r->n_calls++) return kj_lua_refuse(L, NULL, "default_ensemble{…} stands twice in this file");
    kj_lua_known_keys(L, 1, "default_ensemble", keys, 2, false);
    int errors = kj_lua_table_or_none(L, 1, "default_ensemble", "model_errors");
    if (errors && r->wants_errors) read_errors(L, errors, "default_ensemble.model_errors", r->e);
    if (!r->wants_default) return 0;
    lua_settop(L, 1);
    read_factors(L, kj_lua_table(L, 1, "default_ensemble", "vary"), "default_ensemble.vary", r->e->vary, &r->e->n_vary);
    uint32_t kept = 0;
    for (uint32_t v = 0; v < r->e->n_vary; v++) {
        bool is_factor = false;
        for (uint32_t f = 0; f < r->e->n_factors; f++) is_factor |= strcmp(r->e->factor[f].name, r->e->vary[v].name) == 0;
        if (is_factor) free_factor(&r->e->vary[v]);
        else r->e->vary[kept++] = r->e->vary[v];
    }
    r->e->n_vary = kept;
    return 0;
}

static int open_vocabulary(lua_State *L)
{
    lua_pushlightuserdata(L, lua_touserdata(L, 1));
    lua_rawsetp(L, LUA_REGISTRYINDEX, &reader_key);
    lua_register(L, "experiment", read_experiment);
    lua_register(L, "default_ensemble", read_default);
    return 0;
}

static kj_status run_file(kj_error *err, reader *r, const char *path, const char *text, const char *declaration)
{
    r->n_calls = 0;
    kj_status status = kj_sandbox_run_text(err, r->box, path, text, strlen(text));
    if (!status && r->n_calls != 1) status = kj_fail(err, KJ_E_INPUT, "%s: expected %s{…}, found nothing of the kind", path, declaration);
    return status;
}

static kj_status read_text(kj_error *err, const char *path, char **path_out, char **text_out)
{
    errno = 0;
    *text_out = kj_file_read(path, NULL);
    if (!*text_out) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno ? errno : EIO));
    *path_out = strdup(path);
    return *path_out ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
}

static kj_status read_default_file(kj_error *err, kj_experiment *e)
{
    char path[PATH_BYTES];
    if (kj_data_path("scripts/lib/default_ensemble.lua", path, sizeof path))
        return kj_fail(err, KJ_E_INPUT, "scripts/lib/default_ensemble.lua is missing: it says what an ensemble varies if the experiment does not");
    return read_text(err, path, &e->default_path, &e->default_text);
}

static void name_after_file(kj_experiment *e)
{
    const char *slash = strrchr(e->path, '/');
    snprintf(e->name, sizeof e->name, "%.40s", slash ? slash + 1 : e->path);
    char *dot = strstr(e->name, ".lua");
    if (dot) *dot = 0;
}

static bool ends_in_lua(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".lua") == 0;
}

/* A path of a scenario or map may be given from where the experiment's file stands; so may the mere name of a file, which ends in
   .lua: one without is that of a shipped scenario or map. */
static kj_status find_beside(kj_error *err, const kj_experiment *e, char **path)
{
    char found[PATH_BYTES];
    const char *slash = strrchr(e->path, '/');
    if (!*path || !slash || **path == '/' || !(strchr(*path, '/') || ends_in_lua(*path))) return KJ_OK;
    int n = snprintf(found, sizeof found, "%.*s/%s", (int)(slash - e->path), e->path, *path);
    if (n < 0 || n >= PATH_BYTES || access(found, R_OK)) return KJ_OK; /* as it is, from here */
    free(*path);
    *path = strdup(found);
    return *path ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

/* Path and text of the file stand in e. */
static kj_status read_all(kj_error *err, kj_experiment *e, bool from_disk)
{
    reader r = {.e = e};
    name_after_file(e);
    kj_status status = kj_sandbox_new(err, NULL, &r.box);
    if (!status) status = kj_sandbox_protect(err, r.box, open_vocabulary, &r, "experiment vocabulary");
    if (!status) status = run_file(err, &r, e->path, e->text, "experiment");
    bool reads_default = r.wants_default || r.wants_errors;
    if (!status && reads_default && from_disk) status = read_default_file(err, e);
    if (!status && reads_default && !e->default_text) status = kj_fail(err, KJ_E_INPUT, "%s: the default ensemble is not among the kept texts", e->path);
    if (!status && reads_default) status = run_file(err, &r, e->default_path, e->default_text, "default_ensemble");
    e->vary_is_default = r.wants_default;
    e->errors_are_default = r.wants_errors;
    if (!status) status = find_beside(err, e, &e->scenario);
    if (!status) status = find_beside(err, e, &e->map);
    kj_sandbox_free(r.box);
    return status;
}

kj_status kj_experiment_load(kj_error *err, const char *path_or_name, kj_experiment **out)
{
    char relative[256], found[PATH_BYTES];
    const char *path = path_or_name;
    *out = NULL;
    if (!strchr(path, '/') && access(path, F_OK)) { /* the name of a shipped one */
        snprintf(relative, sizeof relative, "scripts/experiments/%.180s%s", path, ends_in_lua(path) ? "" : ".lua");
        if (kj_data_path(relative, found, sizeof found)) return kj_script_missing(err, path, "scripts/experiments", "experiment");
        path = found;
    }
    kj_experiment *e = calloc(1, sizeof *e);
    if (!e) return kj_fail(err, KJ_E_MEMORY, "out of memory for the experiment");
    kj_status status = read_text(err, path, &e->path, &e->text);
    if (!status) status = read_all(err, e, true);
    if (status) kj_experiment_free(e);
    else *out = e;
    return status;
}

kj_status kj_experiment_restore(kj_error *err, const char *path, const char *text, const char *default_path,
                                const char *default_text, kj_experiment **out)
{
    *out = NULL;
    kj_experiment *e = calloc(1, sizeof *e);
    if (!e) return kj_fail(err, KJ_E_MEMORY, "out of memory for the experiment");
    e->path = strdup(path);
    e->text = strdup(text);
    e->default_path = default_path ? strdup(default_path) : NULL;
    e->default_text = default_text ? strdup(default_text) : NULL;
    bool whole = e->path && e->text && (!default_path || e->default_path) && (!default_text || e->default_text);
    kj_status status = whole ? read_all(err, e, false) : kj_fail(err, KJ_E_MEMORY, "out of memory for the experiment");
    if (status) kj_experiment_free(e);
    else *out = e;
    return status;
}

void kj_experiment_free(kj_experiment *e)
{
    if (!e) return;
    for (uint32_t f = 0; f < e->n_factors; f++) free_factor(&e->factor[f]);
    for (uint32_t f = 0; f < e->n_vary; f++) free_factor(&e->vary[f]);
    for (uint32_t i = 0; i < e->n_errors; i++) free(e->error[i].source);
    for (uint32_t s = 0; s < e->n_settings; s++) free(e->settings[s]);
    for (uint32_t p = 0; p < e->n_plugins; p++) free(e->plugins[p]);
    for (uint32_t t = 0; t < e->n_tables; t++) free(e->tables[t]);
    for (int i = 0; i < KJ_LANGUAGES; i++) free(e->title[i]);
    for (uint32_t t = 0; t < e->n_fit_targets; t++) free(e->fit_targets[t]);
    free(e->fit_targets);
    free(e->fit_case);
    free(e->settings);
    free(e->plugins);
    free(e->tables);
    free(e->scenario);
    free(e->map);
    free(e->path);
    free(e->text);
    free(e->default_path);
    free(e->default_text);
    free(e);
}

static void add_titles(const kj_factor *factors, uint32_t n, json_t *titles)
{
    for (uint32_t f = 0; f < n; f++)
        if (factors[f].title[0])
            json_object_set_new(titles, factors[f].name, json_pack("[s, s, s]", factors[f].title[0], factors[f].title[1], factors[f].title[2]));
}

json_t *kj_experiment_titles(const kj_experiment *e, const char *options_json)
{
    json_t *options = json_loads(options_json ? options_json : "", 0, NULL), *kept = json_object_get(options, "titles");
    json_t *titles = json_is_object(kept) ? json_incref(kept) : json_object();
    json_decref(options);
    add_titles(e->vary, e->n_vary, titles);
    add_titles(e->factor, e->n_factors, titles);
    return titles;
}
