#include "plan.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/text.h"
#include "../run/prepare.h"
#include "design.h"
#include "modules.h"
#include "planfile.h"

enum { USE_SEED = 101, USE_VARY };

const kj_factor *kj_plan_column(const kj_plan *plan, uint32_t column)
{
    const kj_experiment *e = plan->experiment;
    return column < e->n_factors ? &e->factor[column] : &e->vary[column - e->n_factors];
}

/* ---- factors and the parameters that they name ---- */

static kj_status check_value(kj_error *err, const kj_factor *f, double value)
{
    char range[KJ_RANGE_TEXT];
    if (value < f->min || value > f->max)
        return kj_fail(err, KJ_E_INPUT, "factor %s: expected values from %s, found %.15g", f->name, kj_range_text(f->min, f->max, f->unit, range), value);
    if (f->whole && f->spread == KJ_SPREAD_VALUES && value != floor(value))
        return kj_fail(err, KJ_E_INPUT, "factor %s: expected whole numbers (unit %s), found %g", f->name, f->unit, value);
    return KJ_OK;
}

static kj_status check_values(kj_error *err, const kj_factor *f)
{
    kj_status status = KJ_OK;
    for (uint32_t v = 0; !status && v < f->n_values; v++) status = check_value(err, f, f->values[v]);
    if (f->spread == KJ_SPREAD_VALUES) return status;
    status = check_value(err, f, f->a);
    if (!status && f->spread == KJ_SPREAD_RANGE) status = check_value(err, f, f->b);
    if (!status && f->spread == KJ_SPREAD_TRIANGLE) status = check_value(err, f, f->c);
    return status;
}

static kj_status bind_factor(kj_error *err, kj_sim *sim, kj_factor *f)
{
    if (kj_factor_is_luck(f)) {
        f->min = 1, f->max = 2147483647.0, f->def = 1, f->whole = true;
        snprintf(f->unit, sizeof f->unit, "1");
        return KJ_OK;
    }
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        if (strcmp(info->name, f->name) != 0) continue;
        f->min = info->min, f->max = info->max, f->def = info->value;
        snprintf(f->unit, sizeof f->unit, "%s", info->unit);
        f->whole = info->is_whole;
        if (!f->has_covers) f->covers = strcmp(info->plugin, "policy") == 0 ? KJ_COVERS_PLANS : KJ_COVERS_ASSUMPTIONS;
        return check_values(err, f);
    }
    return kj_sim_set_param(err, sim, f->name, 0.0); /* refuses, with the nearest known name */
}

static kj_status bind_factors(kj_error *err, kj_sim *sim, kj_experiment *e)
{
    kj_status status = KJ_OK;
    for (uint32_t f = 0; !status && f < e->n_factors; f++) status = bind_factor(err, sim, &e->factor[f]);
    for (uint32_t f = 0; !status && f < e->n_vary; f++) status = bind_factor(err, sim, &e->vary[f]);
    return status ? kj_error_context(err, "%s", e->path) : KJ_OK;
}

/* ---- members ---- */

static kj_status allocate_members(kj_error *err, kj_plan *plan)
{
    size_t n = plan->n_members;
    plan->point = calloc(n, sizeof *plan->point);
    plan->replicate = calloc(n, sizeof *plan->replicate);
    plan->seed = calloc(n, sizeof *plan->seed);
    plan->value = calloc(n * plan->n_columns + 1, sizeof *plan->value);
    return plan->point && plan->replicate && plan->seed && plan->value ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for %zu members", n);
}

kj_status kj_plan_allocate(kj_error *err, kj_plan *plan, uint32_t n_members)
{
    plan->n_members = n_members;
    plan->n_columns = plan->experiment->n_factors + plan->experiment->n_vary;
    kj_status status = kj_design_count(err, plan->experiment, &plan->n_points);
    return status ? status : allocate_members(err, plan);
}

/* Replicate by replicate, so that an ensemble that is stopped early has tried every point alike. */
static void list_member(kj_plan *plan, uint32_t m, const kj_points *points, const double *vary)
{
    const kj_experiment *e = plan->experiment;
    uint32_t p = m % points->n, r = m / points->n, luck = e->paired ? r : m;
    double *value = plan->value + (size_t)m * plan->n_columns;
    plan->point[m] = p;
    plan->replicate[m] = r;
    /* 31 bits: reads well in --seed, and every language keeps it exactly. */
    plan->seed[m] = 1 + (kj_design_luck(e->seed, USE_SEED, luck) >> 33) % 2147483647u;
    for (uint32_t f = 0; f < e->n_factors; f++) {
        value[f] = points->value[(size_t)p * e->n_factors + f];
        if (kj_factor_is_luck(&e->factor[f]) && !isnan(value[f])) plan->seed[m] = (uint64_t)value[f];
    }
    for (uint32_t v = 0; v < e->n_vary; v++) value[e->n_factors + v] = kj_factor_value(&e->vary[v], vary[(size_t)luck * e->n_vary + v]);
}

static kj_status list_members(kj_error *err, kj_plan *plan)
{
    const kj_experiment *e = plan->experiment;
    kj_points points;
    kj_status status = kj_design_points(err, e, &points);
    if (status) return status;
    status = kj_plan_allocate(err, plan, points.n * e->replicates);
    uint32_t n_draws = e->paired ? e->replicates : plan->n_members;
    double *vary = status ? NULL : malloc(((size_t)n_draws * e->n_vary + 1) * sizeof *vary);
    if (!status && !vary) status = kj_fail(err, KJ_E_MEMORY, "out of memory for %u members", plan->n_members);
    if (!status) status = kj_latin_hypercube(err, kj_design_luck(e->seed, USE_VARY, 0), n_draws, e->n_vary, vary);
    for (uint32_t m = 0; !status && m < plan->n_members; m++) list_member(plan, m, &points, vary);
    free(vary);
    kj_points_free(&points);
    return status;
}

/* ---- making ---- */

static kj_status base_request(kj_error *err, const kj_experiment *e, const kj_plan_ask *ask, kj_request *out)
{
    const char *map = ask->map ? ask->map : e->map;
    kj_request_init(out);
    out->scenario = strdup(e->scenario);
    out->map = map ? strdup(map) : NULL;
    out->out = strdup("member.nc"); /* each member has its own */
    out->years = e->years;
    out->n_threads = 1;
    if (!out->scenario || !out->out || (map && !out->map)) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = KJ_OK;
    for (uint32_t s = 0; !status && s < e->n_settings; s++) status = kj_request_add_setting(err, out, e->settings[s]);
    for (uint32_t i = 0; !status && i < ask->n_modules; i++) status = kj_request_add_module(err, out, ask->modules[i]);
    return status;
}

static kj_status keep_resolved(kj_error *err, kj_plan *plan, const kj_request *request, const kj_prepared *prepared)
{
    const kj_sim_config *config = kj_sim_get_config(prepared->sim);
    plan->first_year = KJ_YEAR_OF(config->start);
    plan->last_year = KJ_YEAR_OF(config->end);
    plan->request_json = kj_request_to_json(request);
    plan->scenario_title = strdup(prepared->scenario->title[0]);
    plan->map_title = strdup(request->map_title);
    plan->map_digest = strdup(request->map_digest);
    bool whole = plan->request_json && plan->scenario_title && plan->map_title && plan->map_digest;
    return whole ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for the plan");
}

static kj_status resolve(kj_error *err, kj_plan *plan, const kj_plan_ask *ask)
{
    kj_request request;
    kj_prepared prepared;
    kj_status status = base_request(err, plan->experiment, ask, &request);
    if (!status) status = kj_prepare(err, &request, true, ask->quiet, &prepared);
    if (status) {
        kj_request_free(&request);
        return kj_error_context(err, "%s", plan->experiment->path);
    }
    status = kj_plan_needs_plugins(err, plan->experiment, prepared.sim);
    if (!status) status = bind_factors(err, prepared.sim, plan->experiment);
    if (!status) status = kj_plan_keep_modules(err, plan, &request);
    if (!status) status = keep_resolved(err, plan, &request, &prepared);
    kj_prepared_free(&prepared);
    kj_request_free(&request);
    return status;
}

static kj_status check_seeds(kj_error *err, const kj_experiment *e)
{
    for (uint32_t f = 0; f < e->n_factors; f++)
        if (kj_factor_is_luck(&e->factor[f]) && e->replicates > 1)
            return kj_fail(err, KJ_E_INPUT, "%s: the factor \"seed\" and replicates exclude each other", e->path);
    if (e->design == KJ_DESIGN_MORRIS && e->n_factors == 1 && kj_factor_is_luck(&e->factor[0]))
        return kj_fail(err, KJ_E_INPUT, "%s: luck alone has no effects to screen: expected a factor beside \"seed\", or no factors and replicates", e->path);
    return KJ_OK;
}

/* The folder that was asked for, or NAME.batch. */
static kj_status name_folder(kj_error *err, const kj_plan_ask *ask, const char *name, char out[KJ_PATH_MAX])
{
    int n = ask->folder ? snprintf(out, KJ_PATH_MAX, "%s", ask->folder) : snprintf(out, KJ_PATH_MAX, "%s.batch", name);
    return n < KJ_PATH_MAX ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%.60s…: the path is too long", ask->folder);
}

/* The experiment and its folder alone. */
static kj_status begin(kj_error *err, const kj_plan_ask *ask, kj_plan *out)
{
    memset(out, 0, sizeof *out);
    kj_status status = kj_experiment_load(err, ask->experiment, &out->experiment);
    return status ? status : name_folder(err, ask, out->experiment->name, out->folder);
}

static kj_status complete(kj_error *err, const kj_plan_ask *ask, kj_plan *plan)
{
    kj_status status = check_seeds(err, plan->experiment);
    if (!status) status = resolve(err, plan, ask);
    return status ? status : list_members(err, plan);
}

kj_status kj_plan_make(kj_error *err, const kj_plan_ask *ask, kj_plan *out)
{
    kj_status status = begin(err, ask, out);
    if (!status) status = complete(err, ask, out);
    if (status) kj_plan_free(out);
    return status;
}

void kj_plan_free(kj_plan *plan)
{
    kj_experiment_free(plan->experiment);
    free(plan->request_json);
    free(plan->scenario_title);
    free(plan->map_title);
    free(plan->map_digest);
    for (uint32_t i = 0; i < plan->n_modules; i++) free(plan->modules[i].path);
    free(plan->modules);
    free(plan->point);
    free(plan->replicate);
    free(plan->seed);
    free(plan->value);
    memset(plan, 0, sizeof *plan);
}

/* ---- opening ---- */

static kj_status make_folder(kj_error *err, const char *path)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: cannot be made: %s", path, kj_why(errno));
}

static kj_status keep(kj_error *err, kj_plan *plan)
{
    char members[KJ_PATH_MAX], log[KJ_PATH_MAX], *whole;
    kj_status status = make_folder(err, plan->folder);
    if (status) return status;
    whole = realpath(plan->folder, NULL); /* members may run from elsewhere */
    if (!whole || strlen(whole) >= sizeof plan->folder - 64)
        status = kj_fail(err, KJ_E_INPUT, "%s: %s", plan->folder, whole ? "the path is too long" : kj_why(errno));
    else strcpy(plan->folder, whole);
    free(whole);
    if (!status) status = kj_path_join(err, plan->folder, "members", members);
    if (!status) status = kj_path_join(err, plan->folder, "log", log);
    if (!status) status = make_folder(err, members);
    if (!status) status = make_folder(err, log);
    return status ? status : kj_planfile_write(err, plan);
}

static bool is_planned(const char *folder)
{
    char path[KJ_PATH_MAX];
    kj_error ignored;
    return kj_path_join(&ignored, folder, "plan.json", path) == KJ_OK && access(path, R_OK) == 0;
}

static kj_status changed(kj_error *err, const kj_plan *plan, const char *path)
{
    return kj_fail(err, KJ_E_INPUT,
                   "%s has changed since the members of %s were planned, and members of both would not belong together: "
                   "choose another --out, or remove that folder",
                   path, plan->folder);
}

/* A script that is still where it was must still say what it said. */
static kj_status check_scripts(kj_error *err, const kj_plan *plan)
{
    kj_request request;
    kj_status status = kj_request_from_json(err, plan->folder, plan->request_json, &request);
    for (uint32_t f = 0; !status && f < request.n_files; f++) {
        char *text = kj_file_read(request.files[f].path, NULL);
        if (text && strcmp(text, request.files[f].text) != 0) status = changed(err, plan, request.files[f].path);
        free(text);
    }
    kj_request_free(&request);
    return status;
}

static kj_status check_same(kj_error *err, const kj_plan *plan, const kj_experiment *now)
{
    const kj_experiment *kept = plan->experiment;
    if (strcmp(kept->text, now->text) != 0) return changed(err, plan, now->path);
    if (now->default_text && kept->default_text && strcmp(kept->default_text, now->default_text) != 0) return changed(err, plan, now->default_path);
    return check_scripts(err, plan);
}

/* A map that is named again is the one that the members were planned on. */
static kj_status check_map(kj_error *err, const kj_plan *plan, const char *map)
{
    kj_request request;
    if (!map) return KJ_OK;
    kj_status status = kj_request_from_json(err, plan->folder, plan->request_json, &request);
    if (!status && (!request.map || strcmp(request.map, map) != 0))
        status = kj_fail(err, KJ_E_INPUT, "the members of %s were planned on the map %s, --map names %s: choose another --out", plan->folder,
                         request.map ? request.map : "of the scenario", map);
    kj_request_free(&request);
    return status;
}

static kj_status open_experiment(kj_error *err, const kj_plan_ask *ask, kj_plan *out)
{
    kj_plan now;
    kj_status status = begin(err, ask, &now);
    if (!status && !is_planned(now.folder)) {
        *out = now;
        status = complete(err, ask, out);
        return status || ask->only_look ? status : keep(err, out);
    }
    if (!status) status = kj_planfile_read(err, now.folder, out);
    if (!status) status = check_same(err, out, now.experiment);
    kj_plan_free(&now);
    return status;
}

kj_status kj_plan_open(kj_error *err, const kj_plan_ask *ask, kj_plan *out)
{
    struct stat info;
    memset(out, 0, sizeof *out);
    bool is_folder = stat(ask->experiment, &info) == 0 && S_ISDIR(info.st_mode);
    kj_status status = is_folder ? kj_planfile_read(err, ask->experiment, out) : open_experiment(err, ask, out);
    if (!status) status = kj_plan_same_modules(err, out, ask);
    if (!status) status = check_map(err, out, ask->map);
    if (status) kj_plan_free(out);
    return status;
}

/* ---- one member ---- */

kj_status kj_plan_member(kj_error *err, const kj_plan *plan, int64_t number, uint32_t *member)
{
    if (number < 1 || number > plan->n_members)
        return kj_fail(err, KJ_E_INPUT, "%s: expected a member from 1 to %u, found %lld", plan->folder, plan->n_members, (long long)number);
    *member = (uint32_t)number - 1;
    return KJ_OK;
}

kj_status kj_plan_path(kj_error *err, const kj_plan *plan, char out[KJ_PATH_MAX], const char *format, ...)
{
    char name[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return kj_path_join(err, plan->folder, name, out);
}

kj_status kj_plan_member_path(kj_error *err, const kj_plan *plan, uint32_t member, char out[KJ_PATH_MAX])
{
    return kj_plan_path(err, plan, out, "members/member_%04u.nc", member + 1);
}

kj_status kj_plan_request(kj_error *err, const kj_plan *plan, uint32_t m, kj_request *out)
{
    char path[KJ_PATH_MAX], setting[256];
    kj_status status = kj_request_from_json(err, plan->folder, plan->request_json, out);
    if (status) return status;
    for (uint32_t c = 0; !status && c < plan->n_columns; c++) {
        double value = plan->value[(size_t)m * plan->n_columns + c];
        const char *name = kj_plan_column(plan, c)->name;
        if (isnan(value) || strcmp(name, "seed") == 0) continue;
        snprintf(setting, sizeof setting, "%s=%.17g", name, value);
        status = kj_request_add_setting(err, out, setting);
    }
    out->has_seed = true;
    out->seed = plan->seed[m];
    if (!status) status = kj_plan_member_path(err, plan, m, path);
    free(out->out);
    out->out = status ? NULL : strdup(path);
    if (!status && !out->out) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status) kj_request_free(out);
    return status;
}

/* ---- what it covers ---- */

void kj_plan_covers_of(const kj_plan *plan, kj_covers kind, char *out, size_t out_bytes)
{
    size_t n = 0;
    out[0] = 0;
    for (uint32_t c = 0; c < plan->n_columns && n < out_bytes; c++) {
        const kj_factor *f = kj_plan_column(plan, c);
        if (f->covers == kind) n += (size_t)snprintf(out + n, out_bytes - n, "%s%s", n ? ", " : "", f->name);
    }
}

uint32_t kj_plan_n_seeds(const kj_plan *plan)
{
    if (plan->experiment->replicates < 2) return 0;
    return plan->experiment->paired ? plan->experiment->replicates : plan->n_members;
}

void kj_plan_covers(const kj_plan *plan, char *out, size_t out_bytes)
{
    size_t used = 0;
    char missing[64] = "";
    for (int32_t k = 0; k < KJ_COVERS_COUNT; k++) {
        char kind[16], list[512];
        kj_plan_covers_of(plan, (kj_covers)k, list, sizeof list);
        if (k == KJ_COVERS_CHANCE && !list[0] && kj_plan_n_seeds(plan)) snprintf(list, sizeof list, "%u seeds", kj_plan_n_seeds(plan));
        kj_labels_at(KJ_COVERS_LABELS, k, kind, sizeof kind);
        if (list[0] && used < out_bytes) used += (size_t)snprintf(out + used, out_bytes - used, "%s%s (%s)", used ? ", " : "", kind, list);
        else if (!list[0]) snprintf(missing + strlen(missing), sizeof missing - strlen(missing), "%s%s", missing[0] ? ", " : "", kind);
    }
    if (missing[0] && used < out_bytes) snprintf(out + used, out_bytes - used, "%snot %s", used ? "; " : "", missing);
}
