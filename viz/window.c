/* The window: SDL for input and one streaming texture. Everything that is seen is drawn in app->frame. */
#include <math.h>
#include <string.h>

#include "app.h"

enum { LEAST_W = 640, LEAST_H = 480 };

typedef struct window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    double pixel_ratio; /* pixels of the drawable for one of the mouse */
    bool fullscreen;
} window;

static kj_status new_texture(kj_error *err, window *w, const kj_app *app)
{
    if (w->texture) SDL_DestroyTexture(w->texture);
    w->texture = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, app->width_px, app->height_px);
    return w->texture ? KJ_OK : kj_fail(err, KJ_E_FAILED, "window: %s", SDL_GetError());
}

/* Follows the window's size. */
static kj_status fit(kj_error *err, window *w, kj_app *app)
{
    int width = 0, height = 0, points = 0;
    SDL_GetRendererOutputSize(w->renderer, &width, &height);
    SDL_GetWindowSize(w->window, &points, NULL);
    w->pixel_ratio = points > 0 ? (double)width / points : 1.0;
    if (width < 64 || height < 64 || (w->texture && width == app->width_px && height == app->height_px)) return KJ_OK;
    app->sight = KJ_SIGHT_NONE;
    kj_status status = kj_app_resize(err, app, width, height);
    return status ? status : new_texture(err, w, app);
}

#define WAY_OUT "to draw without one use --shot FILE.png"

/* Drivers that SDL falls back on when it finds no screen; their windows are never seen. */
static bool shows_nothing(const char *driver)
{
    static const char *const unseen[] = {"offscreen", "dummy", "evdev"};
    for (size_t i = 0; driver && i < sizeof unseen / sizeof *unseen; i++)
        if (!strcmp(driver, unseen[i])) return true;
    return !driver;
}

/* Where a Wayland socket could be: a name in XDG_RUNTIME_DIR, or a whole path. */
static bool may_be_wayland(void)
{
    const char *folder = SDL_getenv("XDG_RUNTIME_DIR"), *socket = SDL_getenv("WAYLAND_DISPLAY");
    return (folder && folder[0] == '/') || (socket && socket[0] == '/');
}

kj_status kj_window_find_display(kj_error *err)
{
    const char *wanted = SDL_getenv("SDL_VIDEODRIVER");
    bool named = wanted && *wanted;
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    if (!named && !may_be_wayland()) SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11,KMSDRM"); /* libwayland would write a line of its own to stderr */
    bool begun = SDL_Init(SDL_INIT_VIDEO) == 0;
    if (begun && (named || !shows_nothing(SDL_GetCurrentVideoDriver()))) return KJ_OK;
    if (named) kj_fail(err, KJ_E_INPUT, "no display was found: %s; " WAY_OUT, SDL_GetError());
    else kj_fail(err, KJ_E_INPUT, "no display was found: neither X11, Wayland nor the console answers; " WAY_OUT);
    if (begun) SDL_Quit();
    return err->status;
}

/* No larger than what the screen has room for, beside its bars. */
static void fit_screen(const kj_app *app, int *width, int *height)
{
    SDL_Rect usable;
    *width = app->width_px;
    *height = app->height_px;
    if (SDL_GetDisplayUsableBounds(0, &usable) || usable.w < LEAST_W || usable.h < LEAST_H) return;
    if (*width > usable.w) *width = usable.w;
    if (*height > usable.h) *height = usable.h;
}

static kj_status open_window(kj_error *err, window *w, kj_app *app, bool fullscreen)
{
    int width, height;
    fit_screen(app, &width, &height);
    w->window = SDL_CreateWindow("Kedja", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width, height,
                                 SDL_WINDOW_RESIZABLE | (fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0u));
    if (!w->window) return kj_fail(err, KJ_E_INPUT, "no window can be opened here: %s; " WAY_OUT, SDL_GetError());
    SDL_SetWindowMinimumSize(w->window, LEAST_W, LEAST_H);
    w->renderer = SDL_CreateRenderer(w->window, -1, 0);
    if (!w->renderer) w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE);
    if (!w->renderer) return kj_fail(err, KJ_E_FAILED, "window: %s", SDL_GetError());
    w->fullscreen = fullscreen;
    return fit(err, w, app);
}

static void close_window(window *w)
{
    if (w->texture) SDL_DestroyTexture(w->texture);
    if (w->renderer) SDL_DestroyRenderer(w->renderer);
    if (w->window) SDL_DestroyWindow(w->window);
    SDL_Quit();
}

static void take_key(window *w, kj_app *app, const SDL_KeyboardEvent *key)
{
    bool shift = (key->keysym.mod & KMOD_SHIFT) != 0, control = (key->keysym.mod & KMOD_CTRL) != 0;
    if (key->keysym.sym == SDLK_F11) {
        w->fullscreen = !w->fullscreen;
        SDL_SetWindowFullscreen(w->window, w->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0u);
        return;
    }
    kj_app_key(app, key->keysym.sym, shift, control);
}

static kj_status take_event(kj_error *err, window *w, kj_app *app, const SDL_Event *event)
{
    double r = w->pixel_ratio;
    switch (event->type) {
    case SDL_QUIT: app->quit = true; break;
    case SDL_WINDOWEVENT:
        if (event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED) return fit(err, w, app);
        if (event->window.event == SDL_WINDOWEVENT_EXPOSED) app->map_dirty = true;
        break;
    case SDL_MOUSEMOTION: kj_app_move(app, event->motion.x * r, event->motion.y * r); break;
    case SDL_MOUSEBUTTONDOWN:
        if (event->button.button == SDL_BUTTON_LEFT) kj_app_press(app, event->button.x * r, event->button.y * r);
        break;
    case SDL_MOUSEBUTTONUP:
        if (event->button.button == SDL_BUTTON_LEFT) kj_app_release(app, event->button.x * r, event->button.y * r);
        break;
    case SDL_MOUSEWHEEL: kj_app_wheel(app, app->mouse_x, app->mouse_y, event->wheel.y); break;
    case SDL_KEYDOWN: take_key(w, app, &event->key); break;
    default: break;
    }
    return KJ_OK;
}

static void present(window *w, const kj_app *app)
{
    SDL_UpdateTexture(w->texture, NULL, app->frame, app->width_px * 4);
    SDL_RenderCopy(w->renderer, w->texture, NULL, NULL);
    SDL_RenderPresent(w->renderer);
}

/* Sleeps until something happens; while nothing moves, half a second at a time. */
static int patience(const kj_app *app)
{
    if (app->panels_dirty || app->map_dirty) return 0;
    if (app->dots_wait || kj_overview_is_coarse(app, &app->pyramid[0]) || kj_overview_is_coarse(app, &app->pyramid[1])) return 40;
    return app->playing ? 15 : app->live || app->message[0] ? 40 : 500;
}

/* SDL's own wait looks every millisecond where the driver cannot block: eight are as good for a hand and cost a tenth. */
static int wait_for(SDL_Event *event, int milliseconds)
{
    enum { LOOK_MS = 8 };
    for (int waited = 0;; waited += LOOK_MS) {
        if (SDL_PollEvent(event)) return 1;
        if (waited >= milliseconds) return 0;
        SDL_Delay(LOOK_MS);
    }
}

static kj_status loop(kj_error *err, window *w, kj_app *app)
{
    kj_status status = KJ_OK;
    Uint64 before = SDL_GetPerformanceCounter();
    while (!status && !app->quit) {
        SDL_Event event;
        int n = wait_for(&event, patience(app));
        while (!status && n) {
            status = take_event(err, w, app, &event);
            n = SDL_PollEvent(&event);
        }
        if (!n && !app->playing && !app->panels_dirty && !app->map_dirty) kj_overview_prepare(app);
        Uint64 now = SDL_GetPerformanceCounter();
        kj_app_tick(app, (double)(now - before) / (double)SDL_GetPerformanceFrequency());
        before = now;
        if (!status && kj_app_draw(app)) present(w, app);
    }
    return status;
}

kj_status kj_window_run(kj_error *err, kj_app *app, bool fullscreen)
{
    window w = {.pixel_ratio = 1.0};
    kj_status status = open_window(err, &w, app, fullscreen);
    if (!status) status = loop(err, &w, app);
    close_window(&w);
    return status;
}
