/* Time of a frame of the viewer, as CSV: 1920 × 1080 and 3840 × 2160, panning over a made-up map with dots and one chain.
   kedja-bench-view [CELLS_A_SIDE, default 1000] */
#include "../../core/base/threads.h"
#include "../shared/view_world.h"

#include <math.h>
#include <omp.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void measure(int32_t width, int32_t height, int32_t n)
{
    enum { FRAMES = 120 };
    kj_app *app = view_world_app(width, height, 1.0, n, 1);
    kj_app_act(app, KJ_ACT_CHAIN, 0, 0.0);
    kj_app_act(app, KJ_ACT_VIEW, KJ_VIEW_LAND, 0.0);
    app->layers |= KJ_LAYER_DOTS;
    kj_app_draw(app);
    kj_camera start = app->camera;
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < FRAMES; i++) {
        app->camera.col = start.col + 30.0 * cos(i * 0.1);
        app->camera.row = start.row + 30.0 * sin(i * 0.1);
        app->map_dirty = true;
        kj_app_draw(app);
    }
    cpu = (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / FRAMES * 1e3;
    wall = (seconds(CLOCK_MONOTONIC) - wall) / FRAMES * 1e3;
    double year = seconds(CLOCK_MONOTONIC);
    for (int32_t y = app->first_year; y <= app->last_year; y++) {
        kj_app_set_year(app, y);
        kj_app_draw(app);
    }
    year = (seconds(CLOCK_MONOTONIC) - year) / (app->last_year - app->first_year + 1) * 1e3;
    app->mouse_down = true; /* as while the knob of the years is dragged, through years that were seen or prepared */
    double again = seconds(CLOCK_MONOTONIC);
    for (int32_t y = app->first_year; y <= app->last_year; y++) {
        kj_app_set_year(app, y);
        kj_app_draw(app);
    }
    again = (seconds(CLOCK_MONOTONIC) - again) / (app->last_year - app->first_year + 1) * 1e3;
    app->mouse_down = false;
    printf("%d,%d,%d,%d,%d,%.2f,%.2f,%.1f,%.1f\n", width, height, n, omp_get_max_threads(), app->dots[0].n, cpu, wall, year, again);
    fflush(stdout);
    kj_app_close(app);
    free(app);
}

int main(int argc, char **argv)
{
    kj_threads_wait_passively(argv);
    int32_t n = argc > 1 ? (int32_t)strtol(argv[1], NULL, 10) : 1000;
    if (n < 40 || n > 8000) return 2;
    puts("width,height,cells_a_side,threads,dots,cpu_ms_a_frame,wall_ms_a_frame,ms_a_year_changed,ms_a_year_again");
    measure(1920, 1080, n);
    measure(3840, 2160, n);
    return 0;
}
