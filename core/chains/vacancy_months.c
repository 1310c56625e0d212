#include "vacancy_months.h"

#include <math.h>
#include <stdlib.h>

/* Vacancies by tenure, stage and months. */
typedef struct histogram {
    int64_t sum[KJ_SPAN_COUNT], count[KJ_SPAN_COUNT][KJ_SPAN_MONTHS];
} histogram;

static void add_vacancy(const kj_forest *f, uint32_t row, histogram *h)
{
    int32_t renovation = f->renovation_months[row];
    const int32_t months[KJ_SPAN_COUNT] = {
        [KJ_SPAN_NOTICE] = f->available[row] - renovation - f->opened[row], [KJ_SPAN_RENOVATION] = renovation,
        [KJ_SPAN_OFFER] = f->contract[row] - f->available[row], [KJ_SPAN_CONTRACT] = f->closed[row] - f->contract[row],
        [KJ_SPAN_WHOLE] = f->closed[row] - f->opened[row]};
    for (int k = 0; k < KJ_SPAN_COUNT; k++) {
        h->sum[k] += months[k];
        h->count[k][months[k] < 0 ? 0 : months[k] < KJ_SPAN_MONTHS ? months[k] : KJ_SPAN_MONTHS - 1]++;
    }
}

/* Months within which at least that share of them passed the stage. */
static double quantile(const int64_t *count, int64_t n, double share)
{
    int64_t below = 0;
    int months = 0;
    while (months < KJ_SPAN_MONTHS - 1 && (double)(below += count[months]) < share * (double)n) months++;
    return months;
}

static kj_span_figures figures_of(const int64_t *count, int64_t sum, int64_t n)
{
    if (n == 0) return (kj_span_figures){0, NAN, NAN, NAN, NAN};
    return (kj_span_figures){n - count[0], (double)sum / (double)n, quantile(count, n, 0.25), quantile(count, n, 0.5), quantile(count, n, 0.75)};
}

kj_status kj_vacancy_months_count(kj_error *err, const kj_forest *f, kj_vacancy_months out[KJ_TENURE_COUNT + 1])
{
    histogram *histograms = calloc(KJ_TENURE_COUNT + 1, sizeof *histograms);
    if (!histograms) return kj_fail(err, KJ_E_MEMORY, "months of %u vacancies: out of memory", f->n);
    for (int t = 0; t <= KJ_ANY_TENURE; t++) out[t] = (kj_vacancy_months){0};
    for (uint32_t row = 0; row < f->n; row++) {
        const int tenures[2] = {f->tenure[row], KJ_ANY_TENURE};
        /* Homes that stood empty at the start were left at a time that nobody knows. */
        if (f->cause[row] == KJ_CAUSE_START || tenures[0] >= KJ_TENURE_COUNT) continue;
        bool open = f->stage[row] != KJ_STAGE_CLOSED, filled = !open && f->filled_by[row] != 0;
        for (int k = 0; k < 2; k++) {
            out[tenures[k]].open += open;
            out[tenures[k]].filled += filled;
            if (filled) add_vacancy(f, row, &histograms[tenures[k]]);
        }
    }
    for (int t = 0; t <= KJ_ANY_TENURE; t++)
        for (int k = 0; k < KJ_SPAN_COUNT; k++) out[t].span[k] = figures_of(histograms[t].count[k], histograms[t].sum[k], out[t].filled);
    free(histograms);
    return KJ_OK;
}
