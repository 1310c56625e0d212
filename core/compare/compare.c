#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "compare_internal.h"
#include "worlds.h"

static bool row_is_same(const kj_comparison *c, const char *id)
{
    const kj_matrix_row *row = kj_comparison_row(c, id);
    return row && row->same;
}

/* Of those who are not followed, and of work, the counts must do. */
static bool same_lives(const kj_comparison *c)
{
    static const char *const counts[] = {"population", "household_moves", "youth_outside", "commute_out", "work_car"};
    bool same = c->n_pairs == 1 && c->n_same > 0;
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) same &= row_is_same(c, counts[k]);
    for (uint32_t y = 0; y < c->n_same; y++) same &= c->same[y].identical >= 100.0 && c->same[y].same_home >= 100.0;
    return same;
}

kj_status kj_compare(kj_error *err, const char *const *paths, uint32_t n, int32_t year, kj_comparison *out)
{
    kj_pairs pairs;
    memset(out, 0, sizeof *out);
    out->interval_level = 0.95;
    kj_status status = kj_pairs_open(err, paths, n, out, &pairs);
    if (!status) status = kj_pairs_year(err, &pairs, year, out);
    if (!status) status = kj_matrix_fill(err, &pairs, out);
    if (!status) status = kj_followed_fill(err, &pairs, out);
    if (!status) out->same_lives = same_lives(out);
    if (!status) status = kj_schools_fill(err, &pairs, out);
    kj_pairs_close(&pairs);
    return status;
}

void kj_comparison_free(kj_comparison *comparison)
{
    free(comparison->seeds);
    free(comparison->settings);
    free(comparison->projects);
    free(comparison->rows);
    free(comparison->groups);
    free(comparison->same);
    free(comparison->schools);
    memset(comparison, 0, sizeof *comparison);
}
