#include "layout.h"

#include <math.h>

/* Smallest 1, 2 or 5 times a power of ten that is not below `least`. */
static double round_step_up(double least)
{
    double power = pow(10.0, floor(log10(least)));
    static const double factors[4] = {1.0, 2.0, 5.0, 10.0};
    for (int i = 0; i < 4; i++) {
        if (factors[i] * power >= least * (1.0 - 1e-9)) return factors[i] * power;
    }
    return 10.0 * power;
}

static int32_t decimals_of(double step)
{
    int32_t decimals = 0;
    while (decimals < 6 && step < 0.999999) {
        step *= 10.0;
        decimals++;
    }
    return decimals;
}

static double next_step(double step) { return round_step_up(step * 1.5); }

kj_ticks kj_ticks_cover(double low, double high, int32_t max_ticks)
{
    if (max_ticks < 3) max_ticks = 3;
    if (!(high > low)) {
        double room = fabs(low) > 0.0 ? fabs(low) * 0.1 : 1.0;
        low -= room * (low > 0.0 || low < 0.0 ? 1.0 : 0.0);
        high += room;
    }
    double step = round_step_up((high - low) / (double)(max_ticks - 1));
    for (;;) {
        double first = floor(low / step + 1e-9) * step, last = ceil(high / step - 1e-9) * step;
        int32_t n = (int32_t)floor((last - first) / step + 0.5) + 1;
        if (n < 2) n = 2;
        if (n <= max_ticks) return (kj_ticks){first, step, n, decimals_of(step)};
        step = next_step(step);
    }
}

kj_ticks kj_ticks_inside(double low, double high, int32_t max_ticks)
{
    if (max_ticks < 2) max_ticks = 2;
    double step = 1.0;
    for (;;) {
        double first = ceil(low / step - 1e-9) * step;
        int32_t n = first > high + 1e-9 ? 0 : (int32_t)floor((high - first) / step + 1e-9) + 1;
        if (n <= max_ticks) return (kj_ticks){first, step, n, 0};
        step = next_step(step);
    }
}

double kj_round_length(double limit)
{
    double power = pow(10.0, floor(log10(limit) + 1e-9));
    if (5.0 * power <= limit * (1.0 + 1e-9)) return 5.0 * power;
    if (2.0 * power <= limit * (1.0 + 1e-9)) return 2.0 * power;
    return power;
}

static double block_first(double sum, int32_t count, double gap, double low, double high)
{
    double first = sum / (double)count - gap * (double)(count - 1) / 2.0, last_room = high - gap * (double)(count - 1);
    if (first > last_room) first = last_room;
    return first < low ? low : first;
}

/* Pool adjacent violators: blocks of touching labels sit where the mean wish of their members puts them. */
bool kj_labels_spread(const double *wanted, int32_t n, double gap, double low, double high, double *placed)
{
    if (n <= 0) return true;
    double room = high - low;
    if (gap * (double)(n - 1) > room) {
        for (int32_t i = 0; i < n; i++) placed[i] = n > 1 ? low + room * (double)i / (double)(n - 1) : low;
        return false;
    }
    for (int32_t i = 0; i < n; i++) {
        int32_t start = i, count = 1;
        double sum = wanted[i], first = block_first(sum, count, gap, low, high);
        while (start > 0 && first - placed[start - 1] < gap - 1e-9) { /* joins the block before it */
            int32_t before = start - 1;
            while (before > 0 && placed[before] - placed[before - 1] < gap + 1e-9) before--;
            for (int32_t j = before; j < start; j++) sum += wanted[j];
            count += start - before;
            start = before;
            first = block_first(sum, count, gap, low, high);
        }
        for (int32_t j = 0; j < count; j++) placed[start + j] = first + gap * (double)j;
    }
    return true;
}

bool kj_box_overlaps(const kj_box *a, const kj_box *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

bool kj_box_inside(const kj_box *inner, const kj_box *outer)
{
    return inner->x >= outer->x && inner->y >= outer->y && inner->x + inner->w <= outer->x + outer->w &&
           inner->y + inner->h <= outer->y + outer->h;
}

/* Sides 0 to 7 of the point, 8 to 11 of the box around it. */
static kj_box candidate(const kj_anchor *a, int32_t side)
{
    if (side >= 8) {
        const kj_box *r = &a->around;
        const double gap = a->offset * 0.5, mx = r->x + r->w / 2.0 - a->w / 2.0;
        const double ax[4] = {r->x + r->w + gap, r->x - gap - a->w, mx, mx};
        const double ay[4] = {a->y - a->h / 2.0, a->y - a->h / 2.0, r->y - gap - a->h, r->y + r->h + gap};
        return (kj_box){ax[side - 8], ay[side - 8], a->w, a->h};
    }
    double left = a->x - a->offset - a->w, right = a->x + a->offset, middle_x = a->x - a->w / 2.0;
    double above = a->y - a->offset - a->h, below = a->y + a->offset, middle_y = a->y - a->h / 2.0;
    const double xs[8] = {right, left, middle_x, middle_x, right, left, right, left};
    const double ys[8] = {middle_y, middle_y, above, below, above, above, below, below};
    return (kj_box){xs[side], ys[side], a->w, a->h};
}

static bool is_free(const kj_box *box, const kj_box *others, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (others[i].w > 0.0 && kj_box_overlaps(box, &others[i])) return false;
    }
    return true;
}

/* Clear of placed names by the room that their rims take, and of the points of the others. */
static bool is_apart(const kj_box *box, const kj_anchor *anchors, int32_t n, int32_t own, const kj_box *placed)
{
    double gap = anchors[own].offset * 0.6;
    kj_box wide = {box->x - gap, box->y - gap, box->w + 2.0 * gap, box->h + 2.0 * gap};
    if (!is_free(&wide, placed, own)) return false;
    for (int32_t i = 0; i < n; i++) {
        double r = anchors[i].offset * 0.4;
        kj_box point = {anchors[i].x - r, anchors[i].y - r, 2.0 * r, 2.0 * r};
        if (i != own && kj_box_overlaps(box, &point)) return false;
    }
    return true;
}

int32_t kj_labels_place(const kj_anchor *anchors, int32_t n, const kj_box *frame, const kj_box *obstacles,
                        int32_t n_obstacles, int32_t n_hard, kj_box *placed)
{
    int32_t n_placed = 0;
    for (int32_t i = 0; i < n; i++) {
        placed[i] = (kj_box){0, 0, 0, 0};
        int32_t n_sides = anchors[i].around.w > 0.0 ? 12 : 8;
        for (int32_t try = 0; try < 2 * n_sides && placed[i].w <= 0.0; try++) {
            /* beside the point; there over what is soft; then the same beside the box around it */
            bool far = try >= 16;
            int32_t side = far ? 8 + (try - 16) % 4 : try % 8;
            bool soft = (far ? (try - 16) / 4 : try / 8) == 0;
            kj_box box = candidate(&anchors[i], side);
            if (kj_box_inside(&box, frame) && is_free(&box, obstacles, soft ? n_obstacles : n_hard) &&
                (soft ? is_apart(&box, anchors, n, i, placed) : is_free(&box, placed, i)))
                placed[i] = box;
        }
        n_placed += placed[i].w > 0.0;
    }
    return n_placed;
}
