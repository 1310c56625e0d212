#include "merge.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merge_internal.h"

enum { GROW_BYTES = 4 << 20 };

kj_status merge_open_run(kj_error *err, merger *g, uint32_t index, kj_runread **run)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_plan_member_path(err, g->plan, g->member[index], path);
    if (!status) status = kj_runread_open(err, path, run);
    g->n_opened++;
    if (g->progress && g->n_opens) g->progress(g->data, (double)g->n_opened / g->n_opens);
    return status;
}

static kj_status see_members(kj_error *err, merger *g)
{
    const kj_plan *plan = g->plan;
    g->looks = calloc(plan->n_members, sizeof *g->looks);
    g->member = calloc(plan->n_members, sizeof *g->member);
    g->figure = malloc(plan->n_members * sizeof *g->figure);
    if (!g->looks || !g->member || !g->figure) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t m = 0; m < plan->n_members; m++) g->figure[m] = (double)NAN;
    kj_status status = KJ_OK;
    for (uint32_t m = 0; !status && m < plan->n_members; m++) {
        status = kj_member_see(err, plan, m, &g->looks[m]);
        if (!status && g->looks[m].state == KJ_MEMBER_COMPLETE) g->member[g->n++] = m;
    }
    if (!status && !g->n) status = kj_fail(err, KJ_E_FAILED, "%s: no member is complete: there is nothing to merge", plan->folder);
    return status;
}

/* One of a run's options as JSON text; the caller's. The viewer and pages read it from the merged file as from a run. NULL: not there. */
static char *option_of(const kj_runread *run, const char *name)
{
    const char *options = kj_runread_info(run)->options_json;
    json_t *root = json_loads(options ? options : "", 0, NULL), *option = json_object_get(root, name);
    char *text = option ? json_dumps(option, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

static char *titles_text(const kj_experiment *e, const kj_runread *run)
{
    json_t *titles = kj_experiment_titles(e, kj_runread_info(run)->options_json);
    char *text = json_dumps(titles, JSON_COMPACT);
    json_decref(titles);
    return text;
}

static kj_status take_ground(kj_error *err, merger *g, const kj_runread *run)
{
    g->n_years = (int32_t)kj_runread_n_years(run);
    g->grid = *kj_runread_grid(run);
    g->years = malloc((size_t)g->n_years * sizeof *g->years);
    if (!g->years) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    memcpy(g->years, kj_runread_years(run), (size_t)g->n_years * sizeof *g->years);
    snprintf(g->boundary, sizeof g->boundary, "%s", kj_runread_info(run)->boundary);
    snprintf(g->map_country, sizeof g->map_country, "%s", kj_runread_info(run)->map_country);
    g->shown = option_of(run, "shown");
    g->titles = titles_text(g->plan->experiment, run);
    return merge_choose_columns(err, g, run);
}

static kj_status check_ground(kj_error *err, const merger *g, const kj_runread *run)
{
    const kj_grid *grid = kj_runread_grid(run);
    bool same = (int32_t)kj_runread_n_years(run) == g->n_years && kj_runread_years(run)[0] == g->years[0] && grid->nx == g->grid.nx && grid->ny == g->grid.ny;
    return same ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: has other years or another grid than the other members", kj_runread_path(run));
}

/* All members once: their rows, and sums of their maps. */
static kj_status first_pass(kj_error *err, merger *g, merge_maps **maps)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < g->n; i++) {
        kj_runread *run;
        status = merge_open_run(err, g, i, &run);
        if (status) return status;
        if (i == 0) status = take_ground(err, g, run);
        if (i == 0 && !status) status = merge_maps_begin(err, g, run, maps);
        if (!status) status = check_ground(err, g, run);
        if (!status) status = merge_add_rows(err, g, run);
        if (!status) status = merge_maps_add(err, g, *maps, run, i);
        if (!status) status = merge_read_figure(err, g, run, i);
        kj_runread_close(run);
    }
    return status;
}

/* ---- the line a member ---- */

static void write_list(merger *g, const char *name, const char *long_name, hid_t type, uint32_t width, const void *values)
{
    kj_h5shape shape = {.rank = 1, .dims = {g->plan->n_members}};
    kj_h5shape_plan(&shape, width);
    hid_t data = kj_h5out_dataset(&g->out, g->members, name, type, &shape, NULL), scale = H5Dopen2(g->members, "number", H5P_DEFAULT);
    kj_h5out_fill(&g->out, data, &shape, width, values);
    kj_h5out_axes(&g->out, data, 1, &scale);
    kj_h5out_text(&g->out, data, "long_name", long_name);
    H5Dclose(scale);
    H5Dclose(data);
}

static void write_text_list(merger *g, const char *name, const char *long_name, const char *const *texts)
{
    hid_t data = kj_h5out_texts(&g->out, g->members, name, g->plan->n_members, texts), scale = H5Dopen2(g->members, "number", H5P_DEFAULT);
    kj_h5out_axes(&g->out, data, 1, &scale);
    kj_h5out_text(&g->out, data, "long_name", long_name);
    H5Dclose(scale);
    H5Dclose(data);
}

static kj_status write_factors(kj_error *err, merger *g)
{
    const kj_plan *plan = g->plan;
    double *values = malloc(plan->n_members * sizeof *values);
    if (!values) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t c = 0; c < plan->n_columns; c++) {
        const kj_factor *f = kj_plan_column(plan, c);
        for (uint32_t m = 0; m < plan->n_members; m++) values[m] = plan->value[(size_t)m * plan->n_columns + c];
        if (!kj_factor_is_luck(f))
            write_list(g, f->name, c < plan->experiment->n_factors ? "factor of the design" : "drawn for each replicate", H5T_IEEE_F64LE, 8, values);
    }
    free(values);
    return KJ_OK;
}

/* Status of every member, complete or not, with its file, its hash and why it is missing. */
static kj_status write_members(kj_error *err, merger *g)
{
    const kj_plan *plan = g->plan;
    uint32_t n = plan->n_members, *number = malloc(n * sizeof *number);
    uint8_t *ok = malloc(n);
    char(*file)[32] = malloc((size_t)n * sizeof *file);
    const char **texts = malloc(n * sizeof *texts);
    kj_status status = number && ok && file && texts ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t m = 0; !status && m < n; m++) {
        number[m] = m + 1;
        ok[m] = g->looks[m].state == KJ_MEMBER_COMPLETE;
        snprintf(file[m], sizeof *file, "members/member_%04u.nc", m + 1);
    }
    if (!status) {
        H5Dclose(kj_h5out_scale(&g->out, g->members, "number", H5T_STD_U32LE, n, number));
        write_list(g, "ok", "1: the member is complete and part of the merged figures", H5T_STD_U8LE, 1, ok);
        for (uint32_t m = 0; m < n; m++) number[m] = plan->point[m] + 1;
        write_list(g, "point", "point of the design", H5T_STD_U32LE, 4, number);
        for (uint32_t m = 0; m < n; m++) number[m] = plan->replicate[m] + 1;
        write_list(g, "replicate", "replicate: the same luck in every point if the experiment is paired", H5T_STD_U32LE, 4, number);
        write_list(g, "seed", "seed of the member's draws", H5T_STD_U64LE, 8, plan->seed);
        for (uint32_t m = 0; m < n; m++) texts[m] = file[m];
        write_text_list(g, "file", "run file, beside this file", texts);
        for (uint32_t m = 0; m < n; m++) texts[m] = g->looks[m].hash;
        write_text_list(g, "state_hash", "hash of the member's last state", texts);
        for (uint32_t m = 0; m < n; m++) texts[m] = g->looks[m].message;
        write_text_list(g, "message", "why a member is missing", texts);
        status = write_factors(err, g);
    }
    free(number);
    free(ok);
    free(file);
    free(texts);
    return status;
}

/* ---- the file ---- */

static void write_provenance(merger *g)
{
    const kj_experiment *e = g->plan->experiment;
    hid_t group = kj_h5out_group(&g->out, g->out.file, "provenance");
    kj_h5out_long_text(&g->out, group, "experiment", e->text);
    kj_h5out_long_text(&g->out, group, "default_ensemble", e->default_text ? e->default_text : "");
    kj_h5out_long_text(&g->out, group, "request", g->plan->request_json);
    if (g->shown) kj_h5out_long_text(&g->out, group, "shown", g->shown);
    if (g->titles) kj_h5out_long_text(&g->out, group, "titles", g->titles);
    H5Gclose(group);
}

static void write_root(merger *g)
{
    const kj_plan *plan = g->plan;
    const kj_experiment *e = plan->experiment;
    static const char *const kinds[KJ_COVERS_COUNT] = {"covers_chance", "covers_assumptions", "covers_plans", "covers_model"};
    char covers[2048] = "", list[512];
    kj_cf_root(&g->out, "ensemble", e->title[0]);
    kj_plan_covers(plan, covers, sizeof covers);
    kj_h5out_text(&g->out, g->out.file, "title_sv", e->title[1]);
    kj_h5out_text(&g->out, g->out.file, "title_da", e->title[2]);
    kj_h5out_text(&g->out, g->out.file, "experiment", e->name);
    kj_h5out_text(&g->out, g->out.file, "covers", covers);
    for (int32_t k = 0; k < KJ_COVERS_COUNT; k++) {
        kj_plan_covers_of(plan, (kj_covers)k, list, sizeof list);
        kj_h5out_text(&g->out, g->out.file, kinds[k], list);
    }
    kj_h5out_i32(&g->out, g->out.file, "covers_seeds", (int32_t)kj_plan_n_seeds(plan));
    kj_h5out_text(&g->out, g->out.file, "boundary", g->boundary);
    kj_h5out_text(&g->out, g->out.file, "scenario", plan->scenario_title);
    kj_h5out_text(&g->out, g->out.file, "map_title", plan->map_title);
    kj_h5out_text(&g->out, g->out.file, "map_digest", plan->map_digest);
    kj_h5out_text(&g->out, g->out.file, "map_country", g->map_country);
    kj_h5out_i32(&g->out, g->out.file, "members", (int32_t)plan->n_members);
    kj_h5out_i32(&g->out, g->out.file, "members_merged", (int32_t)g->n);
    kj_h5out_i32(&g->out, g->out.file, "paired", e->paired && e->replicates > 1);
}

/* Numbers of the merged members: the axis of what is kept member by member. */
static kj_status write_scales(kj_error *err, merger *g)
{
    uint32_t *number = malloc(g->n * sizeof *number);
    if (!number) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    g->statistic = kj_h5out_text_scale(&g->out, g->out.file, "statistic", KJ_STATS, kj_stat_names);
    kj_h5out_text(&g->out, g->statistic, "long_name", "over the members that have the figure: their number, mean, standard deviation, quantiles");
    g->difference = kj_h5out_text_scale(&g->out, g->out.file, "difference_statistic", KJ_DIFFS, kj_diff_names);
    kj_h5out_text(&g->out, g->difference, "long_name",
                  "of alternative minus base: number of pairs, mean, sd of pairs, 95 % interval of the mean over lots of luck (each averaged over the other "
                  "factors) and as if unpaired, quantiles of pairs");
    for (uint32_t i = 0; i < g->n; i++) number[i] = g->member[i] + 1;
    g->members = kj_h5out_group(&g->out, g->out.file, "members");
    g->member_scale = kj_h5out_scale(&g->out, g->members, "member", H5T_STD_U32LE, g->n, number);
    kj_h5out_text(&g->out, g->member_scale, "long_name", "number of a merged member");
    free(number);
    return KJ_OK;
}

static kj_status write_all(kj_error *err, merger *g, merge_maps *maps, const char *path)
{
    kj_status status = kj_h5out_open(err, &g->out, GROW_BYTES, 1);
    if (status) return status;
    write_root(g);
    status = kj_cf_axes_write(err, &g->out, &g->grid, (uint32_t)g->n_years, g->years, &g->axes);
    if (!status) status = write_scales(err, g);
    if (!status) status = write_members(err, g);
    if (!status) status = merge_write_tables(err, g);
    if (!status) status = merge_write_sensitivity(err, g);
    if (!status) {
        merge_maps_write(g, maps);
        write_provenance(g);
        H5Dclose(g->statistic);
        H5Dclose(g->difference);
        H5Dclose(g->member_scale);
        H5Gclose(g->members);
        kj_cf_axes_close(&g->axes);
        return kj_h5out_commit(err, &g->out, path);
    }
    kj_h5out_close(&g->out);
    return status;
}

static kj_status make_scratch(kj_error *err, merger *g)
{
    size_t strata = 1;
    for (uint32_t k = 0; k < g->groups.n_contrasts; k++)
        if (g->groups.contrast[k].n_strata > strata) strata = g->groups.contrast[k].n_strata;
    size_t need = (2 + KJ_DIFFERENCE_SCRATCH) * strata * g->plan->experiment->replicates; /* both sides, and what their difference needs */
    g->scratch = malloc(((need > g->n ? need : g->n) + 1) * sizeof *g->scratch);
    return g->scratch ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

kj_status kj_merge(kj_error *err, const kj_plan *plan, void (*progress)(void *data, double share), void *data, kj_merge_outcome *out)
{
    merger g = {.plan = plan, .progress = progress, .data = data};
    merge_maps *maps = NULL;
    *out = (kj_merge_outcome){.n_members = plan->n_members};
    kj_status status = kj_plan_path(err, plan, out->path, "%s.nc", plan->experiment->name);
    if (!status) status = kj_groups_make(err, plan, &g.groups);
    if (!status) status = see_members(err, &g);
    if (!status) status = make_scratch(err, &g);
    if (!status) status = first_pass(err, &g, &maps);
    g.n_opens = (1 + merge_n_batches(&g)) * g.n;
    if (!status) status = write_all(err, &g, maps, out->path);
    out->n_merged = g.n;
    merge_maps_free(maps);
    merge_free_tables(&g);
    kj_groups_free(&g.groups);
    free(g.looks);
    free(g.member);
    free(g.years);
    free(g.shown);
    free(g.titles);
    free(g.scratch);
    free(g.figure);
    return status;
}
