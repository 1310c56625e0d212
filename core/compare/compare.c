#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "compare_internal.h"
#include "lives.h"
#include "worlds.h"

const kj_indicator_def *kj_lives_count(uint32_t k)
{
    static const char *const counts[KJ_LIVES_COUNTS] = {"population", "household_moves", "youth_outside", "commute_out", "work_car"};
    return kj_indicator_named(counts[k]);
}

static bool same_counts(const kj_comparison *c)
{
    bool same = true;
    for (uint32_t k = 0; k < KJ_LIVES_COUNTS; k++) {
        const kj_matrix_row *row = kj_comparison_row(c, kj_lives_count(k)->id);
        same &= row && row->same;
    }
    return same;
}

static bool same_lives(const kj_comparison *c)
{
    bool same = c->n_pairs == 1 && c->n_same > 0 && same_counts(c);
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

kj_status kj_compare_pair(kj_error *err, const char *base, const char *change, kj_comparison *out)
{
    const char *const paths[2] = {base, change};
    kj_pairs pairs;
    memset(out, 0, sizeof *out);
    kj_status status = kj_pairs_open(err, paths, 2, out, &pairs);
    if (!status) status = kj_pairs_year(err, &pairs, 0, out);
    if (!status) status = kj_matrix_fill(err, &pairs, out);
    bool counts = !status && same_counts(out);
    if (counts) status = kj_followed_fill(err, &pairs, out); /* the people are many: only where no count tells the worlds apart */
    if (counts && !status) out->same_lives = same_lives(out);
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
