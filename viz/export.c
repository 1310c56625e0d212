/* What people take with them: picture, page, drawing, table, film; and sessions. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../core/io/csvwrite.h"
#include "app.h"
#include "live.h"
#include "viz.h"

#define _(text) kj_tr(text)

enum { PATH_SIZE = 1024, FILM_FPS = 24, FILM_SECONDS = 20 };

static kj_status part_of(kj_error *err, const char *path, char out[PATH_SIZE])
{
    if (snprintf(out, PATH_SIZE, "%s.part", path) < PATH_SIZE) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
}

/* The finished file takes its name, or nothing is left. */
static kj_status finish(kj_error *err, kj_status status, const char *part, const char *path)
{
    if (!status && rename(part, path) != 0) status = kj_fail(err, KJ_E_IO, "%s: %s", path, kj_why(errno));
    if (status) remove(part);
    return status;
}

static kj_status export_png(kj_error *err, kj_app *app, const char *path)
{
    app->message[0] = 0;
    app->panels_dirty = true;
    kj_overview_finish(app);
    kj_app_draw(app);
    return kj_canvas_write_png(err, &app->canvas, path);
}

/* A4 wide: 842 points. */
static kj_status export_vector(kj_error *err, kj_app *app, const char *path, bool svg)
{
    char title[256];
    kj_canvas canvas = {0};
    double w = app->canvas.width, h = app->canvas.height, points = (svg ? 1200.0 : 842.0) / w;
    snprintf(title, sizeof title, "%s: %s %d", app->world[0].place, kj_view_name(app, (int32_t)app->view), app->year);
    kj_status status = svg ? kj_canvas_new_svg(err, path, w, h, points, app->unit, app->language, &canvas)
                           : kj_canvas_new_pdf(err, path, title, w, h, points, app->unit, app->language, &canvas);
    if (status) return status;
    kj_overview_finish(app);
    kj_app_draw_on(app, &canvas);
    return kj_canvas_close(err, &canvas);
}

/* The name of a figure with the unit that it is written in, which the viewer shows: "farmland_built_m2" in hectares is "farmland_built [ha]". */
static void write_name(kj_csv_out *out, const kj_shown_item *item)
{
    const char *unit = kj_shown_unit(item, 0);
    char name[160];
    size_t n = strlen(item->column);
    if (unit[0] && n > 3 && strcmp(item->column + n - 3, "_m2") == 0) n -= 3;
    snprintf(name, sizeof name, unit[0] ? "%.*s [%s]" : "%.*s", (int)n, item->column, unit);
    kj_csv_text(out, name);
}

/* Of the start year only the end is known: what happens in a year is not measured in it. */
static bool is_measured(const kj_shown_item *item, int32_t year_index) { return year_index > 0 || !(item->flags & KJ_SHOWN_OF_YEAR); }

/* Every figure of the municipality that plugins show, by year and world; empty where nothing was measured. */
static void write_table(const kj_app *app, FILE *file)
{
    const kj_world *first = &app->world[0];
    kj_csv_out out = kj_csv_to(file, app->language);
    kj_csv_names(&out, "world,year");
    for (int32_t i = 0; i < first->n_items; i++)
        if (first->items[i].kind == KJ_AS_CHART) write_name(&out, &first->items[i]);
    kj_csv_end_row(&out);
    for (int32_t k = 0; k < app->n_worlds; k++) {
        const kj_world *w = &app->world[k];
        for (int32_t y = 0; y < w->n_years; y++) {
            kj_csv_text(&out, (const char[]){w->letter, 0});
            kj_csv_whole(&out, w->years[y]);
            for (int32_t i = 0; i < first->n_items; i++) {
                if (first->items[i].kind != KJ_AS_CHART) continue;
                double value = NAN;
                for (int32_t j = 0; j < w->n_items; j++)
                    if (w->items[j].kind == KJ_AS_CHART && strcmp(w->items[j].column, first->items[i].column) == 0 && is_measured(&w->items[j], y)) value = w->items[j].series[y];
                kj_csv_digits(&out, value, 10);
            }
            kj_csv_end_row(&out);
        }
    }
}

static kj_status export_csv(kj_error *err, kj_app *app, const char *path)
{
    char part[PATH_SIZE];
    kj_status status = part_of(err, path, part);
    FILE *file = status ? NULL : fopen(part, "w");
    if (!status && !file) status = kj_fail(err, KJ_E_IO, "%s: %s", part, kj_why(errno));
    if (status) return status;
    write_table(app, file);
    if (fclose(file) != 0) status = kj_fail(err, KJ_E_IO, "%s: %s", part, kj_why(errno));
    return finish(err, status, part, path);
}

/* ---- film ---- */

typedef struct film {
    pid_t child;
    int pipe;
} film;

static kj_status open_film(kj_error *err, const kj_app *app, const char *part, film *out)
{
    int ends[2];
    char size[32], rate[16];
    snprintf(size, sizeof size, "%dx%d", app->width_px, app->height_px);
    snprintf(rate, sizeof rate, "%d", FILM_FPS);
    if (pipe(ends) != 0) return kj_fail(err, KJ_E_IO, "film: %s", kj_why(errno));
    out->child = fork();
    if (out->child < 0) {
        close(ends[0]);
        close(ends[1]);
        return kj_fail(err, KJ_E_IO, "film: %s", kj_why(errno));
    }
    if (out->child == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp("ffmpeg", "ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "bgra", "-video_size", size, "-framerate", rate, "-i", "-",
               "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", part, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    out->pipe = ends[1];
    return KJ_OK;
}

static kj_status write_frame(kj_error *err, const kj_app *app, const film *f)
{
    const char *at = (const char *)app->frame;
    size_t left = (size_t)app->width_px * (size_t)app->height_px * 4;
    while (left > 0) {
        ssize_t n = write(f->pipe, at, left);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return kj_fail(err, KJ_E_IO, "film: the program ffmpeg stopped, or is not installed");
        at += n;
        left -= (size_t)n;
    }
    return KJ_OK;
}

static kj_status close_film(kj_error *err, kj_status status, film *f)
{
    int code = 0;
    close(f->pipe);
    waitpid(f->child, &code, 0);
    if (status) return status;
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0) return KJ_OK;
    return kj_fail(err, KJ_E_FAILED, WIFEXITED(code) && WEXITSTATUS(code) == 127 ? "film: the program ffmpeg is not installed" : "film: ffmpeg failed");
}

/* All years in about twenty seconds. */
static kj_status export_mp4(kj_error *err, kj_app *app, const char *path)
{
    char part[PATH_SIZE];
    film f = {0};
    int32_t year = app->year, n_years = app->last_year - app->first_year + 1, each = FILM_FPS * FILM_SECONDS / n_years;
    bool playing = app->playing;
    kj_status status = part_of(err, path, part);
    if (!status) status = open_film(err, app, part, &f);
    if (status) return status;
    app->message[0] = 0;
    app->playing = true;
    if (each < 1) each = 1;
    for (int32_t frame = 0; !status && frame < n_years * each; frame++) {
        app->year = app->first_year + frame / each;
        app->play_from = app->year < app->last_year ? (double)(frame % each) / each : 0.0;
        app->panels_dirty = true;
        kj_app_draw(app);
        status = write_frame(err, app, &f);
    }
    app->playing = playing;
    app->play_from = 0.0;
    app->year = year;
    app->panels_dirty = true;
    return finish(err, close_film(err, status, &f), part, path);
}

kj_status kj_export_write(kj_error *err, kj_app *app, kj_export kind, const char *path)
{
    switch (kind) {
    case KJ_EXPORT_PNG: return export_png(err, app, path);
    case KJ_EXPORT_PDF: return export_vector(err, app, path, false);
    case KJ_EXPORT_SVG: return export_vector(err, app, path, true);
    case KJ_EXPORT_CSV: return export_csv(err, app, path);
    default: return export_mp4(err, app, path);
    }
}

/* ---- sessions ---- */

/* Where the changes of a live session stand: X.session.json -> X.journal */
static kj_status journal_of(kj_error *err, const char *path, char out[PATH_SIZE])
{
    size_t n = strlen(path), end = strlen(".session.json");
    if (n > end && strcmp(path + n - end, ".session.json") == 0) n -= end;
    return snprintf(out, PATH_SIZE, "%.*s.journal", (int)n, path) < PATH_SIZE ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
}

kj_status kj_session_save(kj_error *err, kj_app *app, const char *path)
{
    char part[PATH_SIZE], journal[PATH_SIZE];
    kj_status status = part_of(err, path, part);
    if (!status) status = journal_of(err, path, journal);
    if (!status && app->live) status = kj_live_write_journal(err, app->live, journal);
    if (status) return status;
    json_t *root = json_pack("{s:i, s:i, s:s, s:b, s:i, s:i, s:f, s:b, s:b, s:f, s:s, s:[f,f,f], s:i, s:i, s:i, s:i}", "kedja_session", 1, "year", app->year, "view", kj_view_key(app, (int32_t)app->view), "catchment_7_9", (int)app->catchment_7_9,
                             "layers", (int)app->layers, "compare", (int)app->compare, "swipe", app->swipe, "forum", (int)app->forum, "contrast", (int)app->contrast, "text_scale",
                             app->text_scale, "language", kj_language_code(app->language), "camera", app->camera.col, app->camera.row, app->camera.zoom / app->unit, "selection",
                             (int)app->selection, "chain", (int)app->chain_root, "cell", app->selected_cell, "school", app->selected_school);
    json_t *runs = json_array();
    for (int32_t k = 0; k < app->n_worlds && !app->live; k++) json_array_append_new(runs, json_string(app->run_path[k]));
    const char *slash = strrchr(journal, '/');
    if (app->live) json_object_set_new(root, "journal", json_string(slash ? slash + 1 : journal));
    json_object_set_new(root, "runs", runs);
    if (app->live) json_object_set_new(root, "from", json_integer((json_int_t)app->from_year));
    if (json_dump_file(root, part, JSON_INDENT(2)) != 0) status = kj_fail(err, KJ_E_IO, "%s: cannot be written", part);
    json_decref(root);
    return finish(err, status, part, path);
}

kj_status kj_session_journal(kj_error *err, const char *session, kj_journal *out)
{
    json_error_t where;
    json_t *root = json_load_file(session, 0, &where);
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s:%d: no session: %s", session, where.line, where.text);
    const char *name = json_string_value(json_object_get(root, "journal")), *slash = strrchr(session, '/');
    char path[PATH_SIZE];
    kj_status status = name ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: expected a live session (\"journal\": a file); sessions of finished runs open with `kedja view`", session);
    if (!status && snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - session) + 1 : 0, session, name) >= PATH_SIZE) status = kj_fail(err, KJ_E_INPUT, "%s: path too long", session);
    if (!status) status = kj_journal_read(err, path, out);
    json_decref(root);
    return status;
}

static int32_t whole(const json_t *root, const char *key, int32_t low, int32_t high, int32_t otherwise)
{
    const json_t *value = json_object_get(root, key);
    json_int_t n = json_is_integer(value) ? json_integer_value(value) : otherwise;
    return n < low || n > high ? otherwise : (int32_t)n;
}

static double real_in(const json_t *value, double low, double high, double otherwise)
{
    double n = json_is_number(value) ? json_number_value(value) : otherwise;
    return n >= low && n <= high ? n : otherwise;
}

kj_status kj_session_apply(kj_error *err, kj_app *app, const char *path, bool own_language)
{
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where);
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s:%d: no session: %s", path, where.line, where.text);
    if (whole(root, "kedja_session", 1, 1, 0) != 1) {
        json_decref(root);
        return kj_fail(err, KJ_E_INPUT, "%s: expected a session of Kedja (\"kedja_session\": 1)", path);
    }
    app->text_scale = real_in(json_object_get(root, "text_scale"), 0.8, 2.0, 1.0);
    app->forum = json_is_true(json_object_get(root, "forum"));
    app->contrast = json_is_true(json_object_get(root, "contrast"));
    app->ui.theme = app->contrast ? kj_theme_high_contrast() : kj_theme_light();
    const char *view = json_string_value(json_object_get(root, "view"));
    app->view = kj_view_named(app, view ? view : "");
    app->catchment_7_9 = json_is_true(json_object_get(root, "catchment_7_9"));
    app->layers = (uint32_t)whole(root, "layers", 0, 15, 13);
    if (app->n_worlds == 2) app->compare = (kj_comparing)whole(root, "compare", 0, 3, KJ_SWIPE);
    app->swipe = real_in(json_object_get(root, "swipe"), 0.05, 0.95, 0.5);
    app->selection = (kj_selection)whole(root, "selection", 0, KJ_SELECT_CHAIN, 0);
    app->chain_root = (uint32_t)whole(root, "chain", 0, (int32_t)app->world[0].n_vacancies, 0);
    app->selected_cell = whole(root, "cell", -1, kj_grid_cells(&app->world[0].grid) - 1, -1);
    app->selected_school = whole(root, "school", -1, app->world[0].n_facilities - 1, -1);
    if (app->selection != KJ_SELECT_NONE) app->tab = KJ_TAB_SELECTED;
    app->year = whole(root, "year", app->first_year, app->last_year, app->last_year);
    if (app->live && json_object_get(root, "from")) {
        app->from_year = whole(root, "from", app->first_year + 1, app->last_year, (int32_t)app->from_year);
        app->from_set = true;
    }
    const char *code = json_string_value(json_object_get(root, "language"));
    kj_language language;
    kj_error ignored; /* an unknown code leaves the language as it is */
    if (own_language && code && !kj_language_parse(&ignored, code, &language)) kj_app_set_language(app, language);
    kj_app_layout(app);
    const json_t *camera = json_object_get(root, "camera");
    if (json_array_size(camera) == 3) {
        app->camera.col = real_in(json_array_get(camera, 0), -1e6, 1e6, app->camera.col);
        app->camera.row = real_in(json_array_get(camera, 1), -1e6, 1e6, app->camera.row);
        app->camera.zoom = real_in(json_array_get(camera, 2), 0.001, 100.0, app->camera.zoom / app->unit) * app->unit;
        app->sight = KJ_SIGHT_OWN;
    }
    json_decref(root);
    return KJ_OK;
}
