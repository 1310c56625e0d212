#include "viz.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/base/log.h"
#include "../core/compare/lives.h"
#include "../core/io/h5in.h"
#include "app.h"
#include "live.h"

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

static kj_status open_app(kj_error *err, const kj_viz_options *o, kj_app *app)
{
    kj_app_options options = {.width = o->width ? o->width : 1920, .height = o->height ? o->height : 1080, .text_scale = o->text_scale};
    kj_status status = o->script || o->shot ? KJ_OK : kj_window_find_display(err); /* before a run is read or simulated */
    if (!status) status = kj_language_parse(err, o->lang ? o->lang : "en", &options.language);
    if (status) return status;
    if (kj_language_set(err, options.language) != KJ_OK) {
        kj_log_warning("%s; texts are in English", err->text);
        options.language = KJ_LANG_EN;
    }
    options.export_stem = "kedja_view";
    return kj_app_open(err, &options, app);
}

static kj_status add_run(kj_error *err, kj_app *app, const char *path)
{
    kj_source source;
    kj_world world;
    kj_status status = kj_h5in_is(path, "ensemble") ? kj_source_open_ensemble(err, path, &source) : kj_source_open_run(err, path, &source);
    if (!status) status = kj_world_open(err, source, app->n_worlds ? 'B' : 'A', &world);
    if (status) return status;
    if (app->n_worlds && (world.n_members || app->world[0].n_members)) {
        kj_world_close(&world);
        return kj_fail(err, KJ_E_INPUT, "%s: an ensemble is shown alone, not beside a run", path);
    }
    const kj_grid *a = &app->world[0].grid, *b = &world.grid;
    if (app->n_worlds && (a->nx != b->nx || a->ny != b->ny || a->epsg != b->epsg)) {
        status = kj_fail(err, KJ_E_INPUT, "%s is of another map than %s: %d × %d cells, expected %d × %d", path, app->run_path[0], b->nx, b->ny, a->nx, a->ny);
        kj_world_close(&world);
        return status;
    }
    if (app->n_worlds && world.facts->seed != app->world[0].facts->seed) { /* what differs would be luck, and read as a policy's doing */
        status = kj_fail(err, KJ_E_INPUT, "%s has seed %llu, expected %llu as in %s: worlds of different luck are not held against each other", path, (unsigned long long)world.facts->seed, (unsigned long long)app->world[0].facts->seed, app->run_path[0]);
        kj_world_close(&world);
        return status;
    }
    char *whole = realpath(path, NULL);
    snprintf(app->run_path[app->n_worlds], sizeof app->run_path[0], "%s", whole ? whole : path);
    free(whole);
    if (!app->n_worlds) snprintf(app->export_stem, sizeof app->export_stem, "%.*s_view", (int)(ends_in(path, ".nc") ? strlen(path) - 3 : strlen(path)), path);
    kj_app_add_world(app, &world);
    return KJ_OK;
}

/* The runs that a saved session names. given: the language was asked for, the session's own gives way. */
static kj_status open_session(kj_error *err, kj_app *app, const char *path, bool given)
{
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where), *runs = json_object_get(root, "runs");
    kj_status status = KJ_OK;
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s:%d: no session: %s", path, where.line, where.text);
    if (!json_array_size(runs) || json_array_size(runs) > 2) status = kj_fail(err, KJ_E_INPUT, "%s: expected \"runs\": a list of one or two run files", path);
    for (size_t i = 0; !status && i < json_array_size(runs); i++) {
        const char *run = json_string_value(json_array_get(runs, i));
        status = run ? add_run(err, app, run) : kj_fail(err, KJ_E_INPUT, "%s: \"runs\": expected names of files", path);
    }
    json_decref(root);
    return status ? status : kj_session_apply(err, app, path, !given);
}

static kj_status open_runs(kj_error *err, const kj_viz_options *o, kj_app *app)
{
    if (ends_in(o->run[0], ".json")) return open_session(err, app, o->run[0], o->lang != NULL);
    kj_status status = add_run(err, app, o->run[0]);
    return !status && o->run[1] ? add_run(err, app, o->run[1]) : status;
}

/* What cannot be compared person by person (runs without followed people) is not known to be the same. */
static void compare_worlds(kj_app *app)
{
    kj_error ignored;
    if (app->n_worlds != 2) return;
    if (kj_compare_pair(&ignored, app->run_path[0], app->run_path[1], &app->matrix)) kj_comparison_free(&app->matrix);
    app->same_lives = app->matrix.same_lives;
}

static kj_status show(kj_error *err, const kj_viz_options *o, kj_app *app)
{
    kj_status status = KJ_OK;
    if (o->script) status = kj_script_run(err, app, o->script);
    if (!status && o->shot && o->session) kj_app_settle(app);
    if (!status && o->shot) status = kj_export_write(err, app, KJ_EXPORT_PNG, o->shot);
    if (status || o->script || o->shot) return status;
    return kj_window_run(err, app, o->fullscreen);
}

/* A file that is missing is said before a window is looked for, in the words of who would read it. */
static kj_status find_runs(kj_error *err, const kj_viz_options *o)
{
    for (int i = 0; i < 2 && o->run[i]; i++) {
        kj_source source;
        if (access(o->run[i], R_OK) == 0) continue;
        if (ends_in(o->run[i], ".json")) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", o->run[i], kj_why(errno));
        kj_status status = kj_source_open_run(err, o->run[i], &source);
        if (status) return status;
        source.close(source.self);
    }
    return KJ_OK;
}

kj_status kj_view(kj_error *err, const kj_viz_options *o)
{
    kj_app *app = calloc(1, sizeof *app);
    if (!app) return kj_fail(err, KJ_E_MEMORY, "viewer: out of memory");
    kj_status status = find_runs(err, o);
    if (!status) status = open_app(err, o, app);
    if (!status) status = open_runs(err, o, app);
    if (!status) compare_worlds(app);
    if (!status) status = show(err, o, app);
    kj_app_close(app);
    free(app);
    return status;
}

/* ---- live ---- */

static void name_live(kj_world *w)
{
    static const char *const names[2][3] = {{"As planned", "Som planerat", "Som planlagt"}, {"Your changes", "Era ändringar", "Jeres ændringer"}};
    for (int k = 0; k < 3; k++) snprintf(w->title[k], KJ_NAME_TEXT, "%s", names[w->letter == 'B'][k]);
}

static kj_status open_live(kj_error *err, kj_live_options *live, kj_app *app)
{
    char name[KJ_NAME_TEXT];
    const char *slash = strrchr(live->request.scenario, '/');
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : live->request.scenario);
    name[strcspn(name, ".")] = 0;
    snprintf(app->export_stem, sizeof app->export_stem, "%s_live", name);
    kj_status status = kj_live_start(err, live, &app->live);
    for (int32_t t = 0; !status && t < 2; t++) {
        kj_world world;
        status = kj_world_open(err, kj_live_source(app->live, t), t ? 'B' : 'A', &world);
        if (!status) kj_app_add_world(app, &world);
    }
    for (int32_t k = 0; k < app->n_worlds; k++) name_live(&app->world[k]);
    if (!status && kj_live_branch_year(app->live)) app->from_year = kj_live_branch_year(app->live);
    return status;
}

kj_status kj_live_view(kj_error *err, const kj_viz_options *o, kj_request *request, kj_journal *journal, int32_t memory_mb)
{
    kj_live_options live = {.request = *request, .journal = *journal, .memory_bytes = (int64_t)memory_mb << 20};
    kj_app *app = calloc(1, sizeof *app);
    *request = (kj_request){0};
    *journal = (kj_journal){0};
    kj_status status = app ? open_app(err, o, app) : kj_fail(err, KJ_E_MEMORY, "viewer: out of memory");
    if (!status) status = open_live(err, &live, app);
    if (!status && o->session) status = kj_session_apply(err, app, o->session, !o->lang);
    if (!status) status = show(err, o, app);
    if (app) kj_app_close(app);
    free(app);
    kj_request_free(&live.request);
    kj_journal_free(&live.journal);
    return status;
}
