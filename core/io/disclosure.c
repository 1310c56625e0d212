/* Protection of published tables: small counts are left out, with as many more as it takes that no sum gives them away. */
#include <kedja/rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

enum { PARTS_MAX = 10 };

/* Columns of a table of which one holds the others: what is shown of the parts, taken from the whole, tells what is left. Counts of the same day
   only. The parts need not fill the whole: the rest, which no column shows, is a count of people like the others. */
typedef struct sum_in_row {
    const char *table, *whole, *parts[PARTS_MAX];
} sum_in_row;

static const sum_in_row sums[] = {
    {"area", "pupils", {"pupils_f_6", "pupils_7_9"}},
    {"area", "population", {"children_0_5", "children_6_15", "aged_20_64", "aged_65"}},
    {"area", "aged_65", {"aged_80"}},
    {"area", "crowded_norm3", {"crowded"}},
    {"municipality", "in_migrants", {"in_county", "in_country", "in_abroad"}},
    {"municipality", "out_migrants", {"out_county", "out_country", "out_abroad"}},
    {"municipality", "pupils_without_place", {"pupils_without_school"}},
    {"municipality", "sibling_families", {"split_families"}},
    {"municipality", "crowded_norm3", {"crowded"}},
    {"facility", "pupils", {"pupils_f", "pupils_1", "pupils_2", "pupils_3", "pupils_4", "pupils_5", "pupils_6", "pupils_7", "pupils_8", "pupils_9"}},
    {"facility", "pupils", {"low_income_pupils"}},
};

static kj_frame_column *counted(const kj_frame *frame, const char *name)
{
    for (uint32_t c = 0; name && c < frame->n_columns; c++)
        if (frame->columns[c].counts && !strcmp(frame->columns[c].name, name)) return &frame->columns[c];
    return NULL;
}

static bool is_shown(const kj_frame_column *column, uint32_t row) { return !column->missing[row] && !column->left_out[row]; }

/* What those who know a sum can work out of it: how many counts it hides, and their sum. */
typedef struct hidden {
    uint32_t n;
    double sum;
} hidden;

static void hide(hidden *so_far, double value)
{
    so_far->n += value > 0.0;
    so_far->sum += value > 0.0 ? value : 0.0;
}

/* Nothing hidden tells nothing. Else it takes two counts, and together so many that each may be no small one: the others are at least 1. */
static bool is_safe(hidden h, int32_t min_cell) { return h.n == 0 || (h.n > 1 && h.sum - (h.n - 1) >= min_cell); }

/* The smallest count above 0 that is shown; NULL: none. */
static kj_frame_column *smallest_part(kj_frame_column *const *parts, uint32_t row)
{
    kj_frame_column *least = NULL;
    for (uint32_t p = 0; p < PARTS_MAX; p++)
        if (parts[p] && is_shown(parts[p], row) && parts[p]->value[row] > 0.0 && (!least || parts[p]->value[row] < least->value[row])) least = parts[p];
    return least;
}

/* Whether the sum of a row keeps its secrets as it stands. */
static bool row_is_safe(const kj_frame_column *whole, kj_frame_column *const *parts, uint32_t row, int32_t min_cell)
{
    hidden h = {0};
    double rest = whole->value[row];
    for (uint32_t p = 0; p < PARTS_MAX; p++) {
        if (!parts[p] || parts[p]->missing[row]) continue;
        rest -= parts[p]->value[row];
        if (parts[p]->left_out[row]) hide(&h, parts[p]->value[row]);
    }
    if (whole->left_out[row]) return h.n > 0 || rest > 0.0;
    if (h.n == 0) return rest <= 0.0 || rest >= min_cell; /* the rest is worked out, and may be if it is no small count */
    hide(&h, rest);
    return is_safe(h, min_cell);
}

static bool protect_rows(kj_frame *frame, const sum_in_row *sum, int32_t min_cell)
{
    kj_frame_column *whole = counted(frame, sum->whole), *parts[PARTS_MAX];
    bool changed = false;
    for (uint32_t p = 0; p < PARTS_MAX; p++) parts[p] = counted(frame, sum->parts[p]);
    for (uint32_t row = 0; whole && row < frame->n_rows; row++) {
        while (!whole->missing[row] && !row_is_safe(whole, parts, row, min_cell)) {
            kj_frame_column *next = smallest_part(parts, row);
            if (!next && whole->left_out[row]) break;
            (next ? next : whole)->left_out[row] = 1;
            changed = true;
        }
    }
    return changed;
}

/* Areas and facilities of a municipality add up to what its own table says. */
static bool protect_total(const kj_frame *frame, kj_frame_column *column, int32_t group, int32_t min_cell)
{
    bool changed = false;
    for (;;) {
        hidden h = {0};
        double total = 0.0;
        uint32_t least = UINT32_MAX, zero = UINT32_MAX;
        for (uint32_t row = 0; row < frame->n_rows; row++) {
            if (frame->group[row] != group || column->missing[row]) continue;
            const double value = column->value[row];
            total += value;
            if (column->left_out[row]) h.n++, h.sum += value;
            else if (value <= 0.0) zero = row;
            else if (least == UINT32_MAX || value < column->value[least]) least = row;
        }
        if (least == UINT32_MAX && total >= min_cell) least = zero; /* a nought serves where nothing else is left; a small total is not shown */
        if (is_safe(h, min_cell) || least == UINT32_MAX) return changed;
        column->left_out[least] = 1;
        changed = true;
    }
}

static bool protect_totals(const kj_frame *frame, kj_frame_column *column, int32_t min_cell)
{
    bool changed = false, any = false;
    int32_t done = 0; /* rows of a group stand together as a rule: each is looked at once */
    if (!strcmp(frame->name, "municipality")) return false;
    for (uint32_t row = 0; row < frame->n_rows; row++) {
        if (!column->left_out[row] || (any && frame->group[row] == done)) continue;
        changed |= protect_total(frame, column, frame->group[row], min_cell);
        done = frame->group[row], any = true;
    }
    return changed;
}

/* What is hidden for one sum may be worked out of another, so until nothing more is hidden; it only grows, so that it ends. */
static void leave_out(kj_frame *frame, int32_t min_cell)
{
    bool changed = true;
    for (uint32_t c = 0; c < frame->n_columns; c++) {
        kj_frame_column *column = &frame->columns[c];
        for (uint32_t row = 0; column->counts && row < frame->n_rows; row++)
            column->left_out[row] = !column->missing[row] && column->value[row] > 0.0 && column->value[row] < min_cell;
    }
    while (changed) {
        changed = false;
        for (size_t s = 0; s < sizeof sums / sizeof *sums; s++)
            if (!strcmp(sums[s].table, frame->name)) changed |= protect_rows(frame, &sums[s], min_cell);
        for (uint32_t c = 0; c < frame->n_columns; c++)
            if (frame->columns[c].counts) changed |= protect_totals(frame, &frame->columns[c], min_cell);
    }
    for (uint32_t c = 0; c < frame->n_columns; c++) {
        kj_frame_column *column = &frame->columns[c];
        for (uint32_t row = 0; column->counts && row < frame->n_rows; row++) {
            frame->n_left_out += column->left_out[row];
            column->missing[row] |= column->left_out[row];
        }
    }
}

static uint64_t key_of(const char *table, const char *column, kj_id id)
{
    uint64_t key = UINT64_C(1469598103934665603);
    for (const char *p = table; *p; p++) key = (key ^ (unsigned char)*p) * UINT64_C(1099511628211);
    for (const char *p = column; *p; p++) key = (key ^ (unsigned char)*p) * UINT64_C(1099511628211);
    return key ^ ((uint64_t)id << 32);
}

static void round_counts(const char *table, kj_frame_column *column, const kj_frame *frame, int32_t year, int32_t base)
{
    kj_stream stream = {{UINT32_C(0x6B6D6578), 1}};
    for (uint32_t row = 0; row < frame->n_rows; row++) {
        if (column->missing[row]) continue;
        double low = floor(column->value[row] / base) * base, rest = column->value[row] - low;
        double u = kj_uniform(kj_draw(stream, key_of(table, column->name, frame->ids[row]), year, 0).v[0]);
        column->value[row] = u < rest / base ? low + base : low;
    }
}

kj_status kj_frame_protect(kj_error *err, kj_frame *frame, const kj_disclosure *protection, int32_t year)
{
    for (uint32_t c = 0; c < frame->n_columns; c++) {
        frame->columns[c].left_out = calloc(frame->n_rows + 1u, 1);
        if (!frame->columns[c].left_out) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    if (protection->min_cell > 1) leave_out(frame, protection->min_cell);
    for (uint32_t c = 0; protection->round_base > 1 && c < frame->n_columns; c++)
        if (frame->columns[c].counts) round_counts(frame->name, &frame->columns[c], frame, year, protection->round_base);
    return KJ_OK;
}
