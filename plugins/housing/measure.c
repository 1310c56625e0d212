/* MEASURE, December, and the start: stocks and means of each municipality; the flows were counted as they happened. */
#include <string.h>

#include "vacancy.h"

typedef struct stocks {
    int64_t *on_offer, *rental, *notice, *renovation, *contracted, *searching, *homes[KJ_TENURE_COUNT];
} stocks;

static int64_t ratio(int64_t sum, int64_t n, int64_t scale) { return n > 0 ? (sum * scale + n / 2) / n : 0; }

static bool stocks_open(stocks *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    s->on_offer = run->write(ctx, col->m_vacant_on_offer);
    s->rental = run->write(ctx, col->m_rental_on_offer);
    s->notice = run->write(ctx, col->m_under_notice);
    s->renovation = run->write(ctx, col->m_under_renovation);
    s->contracted = run->write(ctx, col->m_contracted);
    s->searching = run->write(ctx, col->m_searching);
    bool whole = true;
    for (int t = 0; t < KJ_TENURE_COUNT; t++) whole &= (s->homes[t] = run->write(ctx, col->m_homes[t])) != NULL;
    return whole && s->on_offer && s->rental && s->notice && s->renovation && s->contracted && s->searching;
}

/* At the start no month has put on offer what is free. */
static bool is_on_offer(uint8_t stage, int32_t available, kj_month now, bool start)
{
    return stage == KJ_STAGE_OFFERED || (start && stage == KJ_STAGE_NOTICE && available <= now);
}

static void count_vacancies(const housing *self, kj_ctx *ctx, const stocks *s, const uint32_t *row_of_area)
{
    const kj_run_v1 *run = self->run;
    const uint8_t *stage = run->read(ctx, self->col.v_stage), *tenure = run->read(ctx, self->col.v_tenure), *months = run->read(ctx, self->col.v_renovation);
    const int16_t *area = run->read(ctx, self->col.v_area), *available = run->read(ctx, self->col.v_available);
    const kj_month now = run->month(ctx);
    const bool start = now == run->start_month(ctx);
    uint32_t n = run->n_rows(ctx, self->vacancy);
    for (uint32_t v = 0; v < n; v++) {
        if (stage[v] == KJ_STAGE_CLOSED) continue;
        uint32_t m = area[v] < 0 ? KJ_NO_ROW : row_of_area[area[v]];
        if (m == KJ_NO_ROW) continue;
        if (is_on_offer(stage[v], available[v], now, start)) {
            s->on_offer[m]++;
            if (tenure[v] == KJ_TENURE_RENTAL || tenure[v] == KJ_TENURE_PRIVATE) s->rental[m]++;
        } else if (stage[v] == KJ_STAGE_NOTICE) {
            (months[v] > 0 && available[v] - months[v] <= now ? s->renovation : s->notice)[m]++;
        } else {
            s->contracted[m]++;
        }
    }
}

/* All whose search is on, whether it was their turn to look this month or not, by where they live: in their own home or their host's. Who waits outside
   lives in no municipality. */
static kj_status count_searches(const housing *self, kj_ctx *ctx, const stocks *s, const uint32_t *row_of_area)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    const int16_t *searching = run->read(ctx, col->h_searching);
    const uint8_t *alive = run->alive(ctx, self->household), *living = run->read(ctx, col->h_living);
    const kj_id *host = run->read(ctx, col->h_host), *dwelling = run->read(ctx, col->h_dwelling);
    const int32_t *d_cell = run->read(ctx, col->d_cell), *c_area = run->read(ctx, col->c_area);
    const uint32_t *row_of_household = run->row_of(ctx, self->household), *row_of_dwelling = run->row_of(ctx, self->dwelling);
    if (!searching || !c_area || !living || !host || !dwelling || !d_cell) return KJ_E_FAILED;
    for (uint32_t h = 0, n = run->n_rows(ctx, self->household); h < n; h++) {
        if (!searching[h] || !alive[h] || living[h] == KJ_LIVES_OUTSIDE) continue;
        uint32_t at = living[h] == KJ_LIVES_LODGING ? row_of_household[host[h]] : h;
        uint32_t home = at == KJ_NO_ROW ? KJ_NO_ROW : row_of_dwelling[dwelling[at]];
        int32_t area = home == KJ_NO_ROW ? -1 : c_area[d_cell[home]];
        if (area >= 0 && row_of_area[area] != KJ_NO_ROW) s->searching[row_of_area[area]]++;
    }
    return KJ_OK;
}

/* Homes that stand, by tenure. */
static kj_status count_homes(const housing *self, kj_ctx *ctx, const stocks *s, const uint32_t *row_of_area)
{
    const kj_run_v1 *run = self->run;
    const uint8_t *alive = run->alive(ctx, self->dwelling), *tenure = run->read(ctx, self->col.d_tenure), *state = run->read(ctx, self->col.d_state);
    const int32_t *cell = run->read(ctx, self->col.d_cell), *c_area = run->read(ctx, self->col.c_area);
    uint32_t n = run->n_rows(ctx, self->dwelling);
    if (n == 0) return KJ_OK; /* columns without data yet */
    if (!tenure || !state || !cell || !c_area) return KJ_E_FAILED;
    for (uint32_t d = 0; d < n; d++) {
        int32_t area = alive[d] && state[d] != KJ_DWELLING_CLOSED ? c_area[cell[d]] : -1;
        if (area >= 0 && row_of_area[area] != KJ_NO_ROW) s->homes[tenure[d]][row_of_area[area]]++;
    }
    return KJ_OK;
}

kj_status housing_measure_stocks(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    stocks s;
    if (!stocks_open(&s, self, ctx)) return KJ_E_FAILED;
    uint32_t n_areas = run->n_rows(ctx, self->area), n = run->n_rows(ctx, self->municipality);
    const kj_id *municipality = run->read(ctx, self->col.a_municipality);
    const uint32_t *row_of = run->row_of(ctx, self->municipality);
    uint32_t *row_of_area = run->scratch(ctx, (n_areas + 1u) * sizeof *row_of_area);
    if (!municipality || !row_of_area) return KJ_E_FAILED;
    for (uint32_t m = 0; m < n; m++) s.on_offer[m] = s.rental[m] = s.notice[m] = s.renovation[m] = s.contracted[m] = s.searching[m] = 0;
    for (int t = 0; t < KJ_TENURE_COUNT; t++) memset(s.homes[t], 0, n * sizeof *s.homes[t]);
    for (uint32_t a = 0; a < n_areas; a++) row_of_area[a] = row_of[municipality[a]];
    count_vacancies(self, ctx, &s, row_of_area);
    kj_status status = count_homes(self, ctx, &s, row_of_area);
    return status ? status : count_searches(self, ctx, &s, row_of_area);
}

static bool take_mean(const housing *self, kj_ctx *ctx, kj_col sums, kj_col counts, int64_t scale, kj_col means)
{
    const int64_t *sum = self->run->read(ctx, sums), *count = self->run->read(ctx, counts);
    int64_t *mean = self->run->write(ctx, means);
    if (!sum || !count || !mean) return false;
    for (uint32_t m = 0; m < self->run->n_rows(ctx, self->municipality); m++) mean[m] = ratio(sum[m], count[m], scale);
    return true;
}

kj_status housing_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    const housing_columns *col = &self->col;
    bool whole = take_mean(self, ctx, col->m_chain_moves, col->m_chains_closed, 1000, col->m_chain_length) &&
                 take_mean(self, ctx, col->m_chains_new_moves, col->m_chains_new, 1000, col->m_chain_length_new) &&
                 take_mean(self, ctx, col->m_queue_months, col->m_lettings, 1, col->m_queue_mean);
    return whole ? housing_measure_stocks(instance, ctx, begin, end) : KJ_E_FAILED;
}
