/* SETTLE: households move in when their month has come. The home they leave becomes the child of the vacancy that they
   fill, or is taken over by their lodger; every chain that ends says why. */
#include "vacancy.h"

typedef struct moves {
    housing_books b;
    kj_id *d_household, *h_dwelling, *h_host, *h_contract, *v_from;
    int16_t *h_moved, *h_searching, *p_moved, *p_queue;
    int32_t *v_income;
    uint8_t *h_living, *h_sublet, *h_cause, *p_resident, *v_size, *v_kind, *v_origin, *v_age;
    const uint8_t *h_size, *h_kind, *h_origin;
    const kj_id *h_head, *p_next;
    const int32_t *h_income;
    const int16_t *p_birth;
    int64_t *m_moves, *m_household_moves, *m_moved_in, *m_left_vacant, *m_first_homes, *m_chains_closed, *m_chain_moves,
        *m_chains_new, *m_chains_new_moves, *m_vacated_rental, *m_vacated_coop, *m_vacated_owner, *m_vacated_private;
    const uint32_t *row_of_household, *row_of_person;
    const kj_id *household_ids;
    /* who lodged when the month's moves began, rising rows, and with whom; chains of them by the last bits of the host's id, rising too:
       number in the list + 1, 0 the end */
    uint32_t n_lodgers, *lodger, *first, *next;
    kj_id *with;
} moves;

enum { CHAINS = 1 << 13 };

static bool moves_open(moves *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    bool whole = housing_books_open(&s->b, self, ctx);
#define W(field, column) whole &= (s->field = run->write(ctx, col->column)) != NULL;
#define R(field, column) whole &= (s->field = run->read(ctx, col->column)) != NULL;
    W(d_household, d_household) W(h_dwelling, h_dwelling) W(h_host, h_host) W(h_contract, h_contract) W(h_moved, h_moved)
    W(h_searching, h_searching) W(h_living, h_living) W(h_cause, h_cause) W(p_resident, p_resident) W(p_moved, p_moved)
    W(p_queue, p_queue_since) W(m_moves, m_moves) W(m_household_moves, m_household_moves) W(m_moved_in, m_moved_in)
    W(m_left_vacant, m_left_vacant) W(m_first_homes, m_first_homes) W(m_chains_closed, m_chains_closed)
    W(m_chain_moves, m_chain_moves) W(m_chains_new, m_chains_new) W(m_chains_new_moves, m_chains_new_moves)
    W(m_vacated_rental, m_vacated_rental) W(m_vacated_coop, m_vacated_coop) W(m_vacated_owner, m_vacated_owner) W(m_vacated_private, m_vacated_private)
    W(h_sublet, h_sublet) R(h_size, h_size) R(h_kind, h_kind) R(h_origin, h_origin) R(h_head, h_head) R(h_income, h_income) R(p_next, p_next)
    R(p_birth, p_birth)
    /* the vacancy table may be empty, and then has no columns' data yet */
    s->v_from = run->write(ctx, col->v_from_dwelling);
    s->v_income = run->write(ctx, col->v_mover_income);
    s->v_size = run->write(ctx, col->v_mover_size);
    s->v_kind = run->write(ctx, col->v_mover_kind);
    s->v_origin = run->write(ctx, col->v_mover_origin);
    s->v_age = run->write(ctx, col->v_mover_age);
#undef W
#undef R
    s->row_of_household = run->row_of(ctx, self->household);
    s->row_of_person = run->row_of(ctx, self->person);
    s->household_ids = run->ids(ctx, self->household);
    return whole;
}

uint32_t *housing_list_lodgers(const housing *self, kj_ctx *ctx, uint32_t *n_lodgers)
{
    enum { CHUNK = 4096 };
    const kj_run_v1 *run = self->run;
    const uint32_t n = run->n_rows(ctx, self->household);
    const uint8_t *living = run->read(ctx, self->col.h_living), *alive = run->alive(ctx, self->household);
    uint32_t room = 1;
    for (uint32_t h = 0; h < n; h++) room += (uint32_t)((living[h] == KJ_LIVES_LODGING) & (alive[h] != 0));
    uint32_t *list = run->scratch(ctx, room * sizeof *list);
    uint8_t lodges[CHUNK];
    *n_lodgers = 0;
    for (uint32_t from = 0; list && from < n; from += CHUNK) {
        const uint32_t some = n - from < CHUNK ? n - from : CHUNK;
        const uint8_t *how = living + from, *here = alive + from; /* so that the loop can be vectorised: an index could wrap */
        for (uint32_t i = 0; i < some; i++) lodges[i] = here[i] & (how[i] == KJ_LIVES_LODGING);
        *n_lodgers += run->list_marked(lodges, some, from, list + *n_lodgers);
    }
    return list;
}

/* Puts the i-th lodger into the chain of a host, where the list has it. */
static void put_with(moves *s, uint32_t i, kj_id host)
{
    uint32_t *link = &s->first[host % CHAINS];
    while (*link && *link - 1 < i) link = &s->next[*link - 1];
    s->next[i] = *link;
    *link = i + 1;
    s->with[i] = host;
}

static bool chain_lodgers(moves *s)
{
    const kj_run_v1 *run = s->b.self->run;
    s->lodger = housing_list_lodgers(s->b.self, s->b.ctx, &s->n_lodgers);
    s->next = run->scratch(s->b.ctx, (s->n_lodgers + 1u) * sizeof *s->next);
    s->with = run->scratch(s->b.ctx, (s->n_lodgers + 1u) * sizeof *s->with);
    s->first = run->scratch(s->b.ctx, CHAINS * sizeof *s->first);
    if (!s->lodger || !s->next || !s->with || !s->first) return false;
    for (uint32_t i = s->n_lodgers; i-- > 0;) put_with(s, i, s->h_host[s->lodger[i]]); /* each before those that stand there */
    return true;
}

/* Whether the i-th lodger of the list lives with a host, as no subtenant, and has not moved out. */
static bool lodges_with(const moves *s, uint32_t i, kj_id host)
{
    return s->with[i] == host && s->h_living[s->lodger[i]] == KJ_LIVES_LODGING && !s->h_sublet[s->lodger[i]];
}

/* The lodger of a host with the lowest id, since rows stand in the order of ids; n_lodgers: none. */
static uint32_t first_lodger(const moves *s, kj_id host)
{
    for (uint32_t at = s->first[host % CHAINS]; at; at = s->next[at - 1])
        if (lodges_with(s, at - 1, host)) return at - 1;
    return s->n_lodgers;
}

/* The home of a mover with lodgers goes to the lodger with the lowest id; the others lodge with that one. Subtenants go along until they find
   another host (demography.lodging). */
static void hand_over(moves *s, uint32_t first, uint32_t host, uint32_t d)
{
    const uint32_t heir = s->lodger[first];
    const kj_id from = s->household_ids[host], to = s->household_ids[heir];
    s->d_household[d] = to;
    s->h_dwelling[heir] = s->b.self->run->ids(s->b.ctx, s->b.self->dwelling)[d];
    s->h_living[heir] = KJ_LIVES_HOLDING;
    s->h_host[heir] = 0;
    for (uint32_t *link = &s->first[from % CHAINS]; *link;) {
        const uint32_t i = *link - 1;
        if (!lodges_with(s, i, from)) {
            link = &s->next[i];
            continue;
        }
        *link = s->next[i];
        s->h_host[s->lodger[i]] = to;
        put_with(s, i, to);
    }
}

/* End of a chain that a household without a home of its own fills. */
static kj_vacancy_end end_of(uint8_t living, uint8_t origin)
{
    if (living == KJ_LIVES_OUTSIDE) return origin == KJ_ORIGIN_COUNTY ? KJ_END_COUNTY : kj_is_from_abroad(origin) ? KJ_END_ABROAD : KJ_END_COUNTRY;
    return origin == KJ_ORIGIN_LEFT_HOME ? KJ_END_LEFT_HOME : origin == KJ_ORIGIN_SEPARATED ? KJ_END_SEPARATED : KJ_END_LODGER;
}

/* What becomes of the home that the household held; the end of the vacancy that it fills. */
static kj_status leave_home(moves *s, uint32_t v, uint32_t h, kj_vacancy_end *end)
{
    uint32_t d = s->b.row_of_dwelling[s->h_dwelling[h]];
    if (d == KJ_NO_ROW || s->d_household[d] != s->household_ids[h])
        return s->b.self->run->fail(s->b.ctx, KJ_E_INVARIANT, "household %u holds dwelling %u, which does not know it",
                                    s->household_ids[h], s->h_dwelling[h]);
    uint32_t lodger = first_lodger(s, s->household_ids[h]);
    if (lodger < s->n_lodgers) {
        hand_over(s, lodger, h, d);
        *end = KJ_END_LODGER;
        return KJ_OK;
    }
    s->d_household[d] = 0;
    *end = KJ_END_CONTINUES;
    return housing_open_vacancy(&s->b, (housing_opening){d, v, KJ_CAUSE_MOVE}) ? KJ_OK : KJ_E_FAILED;
}

/* Members: moved now, residents from now on; a home let by queue spends the queue time of all adults. */
static void move_members(moves *s, uint32_t h, bool spends_queue)
{
    for (kj_id id = s->h_head[h]; id; id = s->p_next[s->row_of_person[id]]) {
        uint32_t r = s->row_of_person[id];
        s->p_moved[r] = (int16_t)s->b.month;
        s->p_resident[r] = 1;
        if (spends_queue && s->b.month - s->p_birth[r] >= 18 * 12) s->p_queue[r] = (int16_t)s->b.month;
    }
}

static void remember_mover(moves *s, uint32_t v, uint32_t h)
{
    uint32_t head = s->row_of_person[s->h_head[h]];
    s->v_size[v] = s->h_size[h];
    s->v_kind[v] = s->h_kind[h];
    s->v_origin[v] = s->h_origin[h];
    s->v_income[v] = s->h_income[h];
    s->v_age[v] = (uint8_t)((s->b.month - s->p_birth[head]) / 12);
    s->v_from[v] = s->h_living[h] == KJ_LIVES_HOLDING ? s->h_dwelling[h] : 0;
}

static void count_move(moves *s, uint32_t v, uint32_t h, kj_vacancy_end end)
{
    uint32_t m = housing_municipality_row(&s->b, s->b.v_area[v]);
    if (m == KJ_NO_ROW) return;
    if (s->h_living[h] == KJ_LIVES_OUTSIDE) {
        s->m_moved_in[m]++;
    } else {
        s->m_household_moves[m]++;
        s->m_moves[m] += s->h_size[h];
    }
    if (end == KJ_END_LEFT_HOME) s->m_first_homes[m]++;
    uint8_t tenure = s->b.v_tenure[v];
    (tenure == KJ_TENURE_COOP      ? s->m_vacated_coop
     : tenure == KJ_TENURE_OWNER   ? s->m_vacated_owner
     : tenure == KJ_TENURE_PRIVATE ? s->m_vacated_private
                                   : s->m_vacated_rental)[m]++;
    if (end == KJ_END_CONTINUES) {
        s->m_left_vacant[m]++;
        return;
    }
    s->m_chains_closed[m]++;
    s->m_chain_moves[m] += s->b.v_round[v];
    if (s->b.v_cause[s->b.row_of_vacancy[s->b.v_root[v]]] != KJ_CAUSE_NEW) return;
    s->m_chains_new[m]++;
    s->m_chains_new_moves[m] += s->b.v_round[v];
}

static kj_status move_in(moves *s, uint32_t v, uint32_t h)
{
    const kj_run_v1 *run = s->b.self->run;
    uint32_t d = s->b.row_of_dwelling[s->b.v_dwelling[v]];
    uint8_t living = s->h_living[h];
    kj_vacancy_end end = end_of(living, s->h_origin[h]);
    remember_mover(s, v, h);
    if (living == KJ_LIVES_HOLDING) {
        kj_status status = leave_home(s, v, h, &end);
        if (status) return status;
    }
    count_move(s, v, h, end);
    s->b.v_stage[v] = KJ_STAGE_CLOSED;
    s->b.v_closed[v] = (int16_t)s->b.month;
    s->b.v_end[v] = (uint8_t)end;
    s->b.d_vacancy[d] = 0;
    s->b.d_state[d] = KJ_DWELLING_OCCUPIED;
    s->d_household[d] = s->household_ids[h];
    s->h_dwelling[h] = s->b.v_dwelling[v];
    s->h_living[h] = KJ_LIVES_HOLDING;
    s->h_host[h] = 0;
    s->h_sublet[h] = 0;
    s->h_contract[h] = 0;
    s->h_moved[h] = (int16_t)s->b.month;
    s->h_searching[h] = 0;
    s->h_cause[h] = KJ_SEARCH_NONE;
    uint8_t tenure = s->b.v_tenure[v];
    move_members(s, h, housing_is_let(tenure) && !housing_by_lot(s->b.landlord_stream, s->b.d_luck[d], tenure, s->b.p.lot_share));
    if (living == KJ_LIVES_OUTSIDE) {
        kj_arrived arrived = {s->household_ids[h], s->h_size[h]};
        run->emit(s->b.ctx, s->b.self->arrived, &arrived);
    }
    return KJ_OK;
}

/* Moves that are due, by rows. */
typedef struct due {
    uint32_t vacancy, household;
} due;

/* Moves touch rows all over the tables. Asking for the memory of moves to come lets the waits overlap; it changes nothing
   else. Three steps, each of which reads what the one before asked for: ids, rows, columns. */
static void fetch_ids(const moves *s, due move)
{
    __builtin_prefetch(&s->h_dwelling[move.household], 1);
    __builtin_prefetch(&s->h_head[move.household]);
    __builtin_prefetch(&s->b.v_dwelling[move.vacancy]);
}

static void fetch_rows(const moves *s, due move)
{
    __builtin_prefetch(&s->b.row_of_dwelling[s->h_dwelling[move.household]]);
    __builtin_prefetch(&s->row_of_person[s->h_head[move.household]]);
    __builtin_prefetch(&s->b.row_of_dwelling[s->b.v_dwelling[move.vacancy]]);
}

static void fetch_columns(const moves *s, due move)
{
    uint32_t h = move.household, d = s->b.row_of_dwelling[s->h_dwelling[h]], p = s->row_of_person[s->h_head[h]];
    uint32_t new_home = s->b.row_of_dwelling[s->b.v_dwelling[move.vacancy]];
    const void *household[] = {&s->h_size[h], &s->h_kind[h], &s->h_origin[h], &s->h_income[h], &s->h_host[h], &s->h_contract[h],
                               &s->h_moved[h], &s->h_searching[h], &s->h_living[h], &s->h_cause[h]};
    const void *vacancy[] = {&s->v_size[move.vacancy], &s->v_from[move.vacancy], &s->v_income[move.vacancy], &s->v_age[move.vacancy],
                             &s->v_kind[move.vacancy], &s->v_origin[move.vacancy], &s->b.v_area[move.vacancy],
                             &s->b.v_tenure[move.vacancy], &s->b.v_root[move.vacancy], &s->b.v_round[move.vacancy],
                             &s->b.v_end[move.vacancy], &s->b.v_closed[move.vacancy]};
    const void *person[] = {&s->p_moved[p], &s->p_next[p], &s->p_birth[p], &s->p_queue[p], &s->p_resident[p]};
    const void *entered[] = {&s->d_household[new_home], &s->b.d_vacancy[new_home], &s->b.d_state[new_home], &s->b.d_luck[new_home]};
    for (size_t i = 0; i < sizeof household / sizeof *household; i++) __builtin_prefetch(household[i], 1);
    for (size_t i = 0; i < sizeof vacancy / sizeof *vacancy; i++) __builtin_prefetch(vacancy[i], 1);
    for (size_t i = 0; i < sizeof person / sizeof *person; i++) __builtin_prefetch(person[i], 1);
    for (size_t i = 0; i < sizeof entered / sizeof *entered; i++) __builtin_prefetch(entered[i], 1);
    if (d == KJ_NO_ROW) return;
    __builtin_prefetch(&s->d_household[d], 1);
    housing_ask_for_home(&s->b, d);
}

static uint32_t list_due(const moves *s, const uint32_t *open, uint32_t n_open, due *list)
{
    uint32_t n_due = 0;
    for (uint32_t i = 0; i < n_open; i++) {
        const uint32_t v = open[i];
        if (s->b.v_stage[v] != KJ_STAGE_CONTRACTED || s->b.v_move_in[v] > s->b.month) continue;
        uint32_t h = s->row_of_household[s->b.v_filled_by[v]];
        list[n_due].vacancy = v;
        list[n_due].household = h;
        n_due += h != KJ_NO_ROW; /* whose taker is gone goes back on offer next month */
    }
    return n_due;
}

kj_status housing_settle(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    enum { AHEAD = 6 };
    const housing *self = instance;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    moves s = {0};
    if (!moves_open(&s, self, ctx)) return KJ_E_FAILED;
    uint32_t n_open;
    const uint32_t *open = housing_list_open(&s.b, &n_open);
    due *list = self->run->scratch(ctx, (n_open + 1u) * sizeof *list);
    if (!open || !list) return KJ_E_MEMORY;
    uint32_t n_due = list_due(&s, open, n_open, list);
    if (n_due && !chain_lodgers(&s)) return KJ_E_MEMORY;
    for (uint32_t i = 0; i < n_due + 3 * AHEAD; i++) { /* the first moves wait until their memory has been asked for */
        if (i < n_due) fetch_ids(&s, list[i]);
        if (i >= AHEAD && i - AHEAD < n_due) fetch_rows(&s, list[i - AHEAD]);
        if (i >= 2 * AHEAD && i - 2 * AHEAD < n_due) fetch_columns(&s, list[i - 2 * AHEAD]);
        if (i < 3 * AHEAD) continue;
        kj_status status = move_in(&s, list[i - 3 * AHEAD].vacancy, list[i - 3 * AHEAD].household);
        if (status) return status;
    }
    return KJ_OK;
}
