/* What must hold after every month: links and lists of persons and households, and the population balance. */
#include "demography.h"

typedef struct audit_view {
    const demography *d;
    const kj_run_v1 *run;
    kj_ctx *ctx;
    tax_rule tax;
    const uint32_t *person_row, *household_row, *dwelling_row;
    const kj_id *person_id, *household_id;
    const kj_id *household, *care, *next, *partner, *head, *home, *host;
    const uint8_t *person_alive, *household_alive, *resident, *size, *living;
    const int32_t *income, *household_income;
} audit_view;

static audit_view open_view(const demography *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    audit_view v = {
        .d = d, .run = run, .ctx = ctx, .tax = read_tax_rule(d, ctx), .person_row = run->row_of(ctx, d->t_person),
        .household_row = run->row_of(ctx, d->t_household), .dwelling_row = run->row_of(ctx, d->t_dwelling),
        .person_id = run->ids(ctx, d->t_person), .household_id = run->ids(ctx, d->t_household),
        .household = run->read(ctx, d->person.household), .care = run->read(ctx, d->person.care), .next = run->read(ctx, d->person.next_member),
        .partner = run->read(ctx, d->person.partner), .head = run->read(ctx, d->household.head), .home = run->read(ctx, d->household.dwelling),
        .host = run->read(ctx, d->household.host), .person_alive = run->alive(ctx, d->t_person),
        .household_alive = run->alive(ctx, d->t_household), .resident = run->read(ctx, d->person.resident),
        .size = run->read(ctx, d->household.size), .living = run->read(ctx, d->household.living), .income = run->read(ctx, d->person.income),
        .household_income = run->read(ctx, d->household.income),
    };
    return v;
}

static kj_status check_person(const audit_view *v, uint32_t row)
{
    const kj_run_v1 *run = v->run;
    kj_id id = v->person_id[row];
    if ((v->household[row] != 0) == (v->care[row] != 0))
        return run->fail(v->ctx, KJ_E_INVARIANT, "person %u: household %u and care home %u, expected exactly one", id, v->household[row], v->care[row]);
    if (v->household[row] && v->household_row[v->household[row]] == KJ_NO_ROW)
        return run->fail(v->ctx, KJ_E_INVARIANT, "person %u lives in household %u, which does not exist", id, v->household[row]);
    if (!v->partner[row]) return KJ_OK;
    uint32_t partner = v->person_row[v->partner[row]];
    if (partner == KJ_NO_ROW || v->partner[partner] != id)
        return run->fail(v->ctx, KJ_E_INVARIANT, "person %u has the partner %u, who has another or none", id, v->partner[row]);
    if (v->household[partner] != v->household[row])
        return run->fail(v->ctx, KJ_E_INVARIANT, "person %u and partner %u live in households %u and %u", id, v->partner[row], v->household[row],
                         v->household[partner]);
    return KJ_OK;
}

static kj_status check_persons(void *instance, kj_ctx *ctx)
{
    const demography *d = instance;
    audit_view v = open_view(d, ctx);
    for (uint32_t row = 0; row < d->run->n_rows(ctx, d->t_person); row++) {
        kj_status status = v.person_alive[row] ? check_person(&v, row) : KJ_OK;
        if (status) return status;
    }
    return KJ_OK;
}

static kj_status check_members(const audit_view *v, uint32_t row, uint32_t *listed)
{
    const kj_run_v1 *run = v->run;
    kj_id id = v->household_id[row];
    uint32_t n = 0, outside = v->living[row] == KJ_LIVES_OUTSIDE;
    int64_t income = 0;
    for (kj_id at = v->head[row]; at; at = v->next[v->person_row[at]]) {
        uint32_t member = v->person_row[at];
        if (member == KJ_NO_ROW) return run->fail(v->ctx, KJ_E_INVARIANT, "household %u lists person %u, who does not exist", id, at);
        if (v->household[member] != id)
            return run->fail(v->ctx, KJ_E_INVARIANT, "household %u lists person %u, who lives in %u", id, at, v->household[member]);
        if (v->resident[member] == outside)
            return run->fail(v->ctx, KJ_E_INVARIANT, "person %u: resident = %u in household %u, which waits outside = %u", at, v->resident[member], id, outside);
        if (++n > 255) return run->fail(v->ctx, KJ_E_INVARIANT, "household %u: the list of members does not end", id);
        income += net_income(&v->tax, v->income[member]);
    }
    if (n == 0 || n != v->size[row]) return run->fail(v->ctx, KJ_E_INVARIANT, "household %u: size %u, but %u members listed", id, v->size[row], n);
    if (income != v->household_income[row])
        return run->fail(v->ctx, KJ_E_INVARIANT, "household %u: income %d, but the members' sum is %lld", id, v->household_income[row], (long long)income);
    *listed += n;
    return KJ_OK;
}

static kj_status check_home(const audit_view *v, uint32_t row)
{
    const kj_run_v1 *run = v->run;
    kj_id id = v->household_id[row], home = v->home[row], host = v->host[row];
    switch (v->living[row]) {
    case KJ_LIVES_HOLDING:
        if (!home || host || v->dwelling_row[home] == KJ_NO_ROW)
            return run->fail(v->ctx, KJ_E_INVARIANT, "household %u holds dwelling %u and has host %u, expected a dwelling and no host", id, home, host);
        return KJ_OK;
    case KJ_LIVES_LODGING: {
        uint32_t at = host ? v->household_row[host] : KJ_NO_ROW;
        if (home || at == KJ_NO_ROW || v->living[at] != KJ_LIVES_HOLDING)
            return run->fail(v->ctx, KJ_E_INVARIANT, "household %u lodges with %u, which does not hold a dwelling (own dwelling %u)", id, host, home);
        return KJ_OK;
    }
    default:
        if (home || host) return run->fail(v->ctx, KJ_E_INVARIANT, "household %u waits outside with dwelling %u and host %u", id, home, host);
        return KJ_OK;
    }
}

static kj_status check_households(void *instance, kj_ctx *ctx)
{
    const demography *d = instance;
    audit_view v = open_view(d, ctx);
    uint32_t listed = 0, housed = 0;
    for (uint32_t row = 0; row < d->run->n_rows(ctx, d->t_household); row++) {
        if (!v.household_alive[row]) continue;
        kj_status status = check_members(&v, row, &listed);
        if (!status) status = check_home(&v, row);
        if (status) return status;
    }
    for (uint32_t row = 0; row < d->run->n_rows(ctx, d->t_person); row++) housed += v.person_alive[row] && v.household[row];
    if (listed != housed) return d->run->fail(ctx, KJ_E_INVARIANT, "%u persons live in households, but the lists hold %u", housed, listed);
    return KJ_OK;
}

static kj_status check_balance(void *instance, kj_ctx *ctx)
{
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    const uint8_t *alive = run->alive(ctx, d->t_person), *resident = run->read(ctx, d->person.resident);
    const int64_t *before = run->read(ctx, d->municipality.population_before), *births = run->read(ctx, d->municipality.births);
    const int64_t *deaths = run->read(ctx, d->municipality.deaths), *in = run->read(ctx, d->municipality.in_migrants);
    const int64_t *out = run->read(ctx, d->municipality.out_migrants);
    int64_t now = 0, expected = 0;
    for (uint32_t row = 0; row < run->n_rows(ctx, d->t_person); row++) now += alive[row] && resident[row];
    for (uint32_t m = 0; m < run->n_rows(ctx, d->t_municipality); m++) expected += before[m] + births[m] - deaths[m] + in[m] - out[m];
    if (now != expected)
        return run->fail(ctx, KJ_E_INVARIANT, "%lld residents, but the year's balance of births, deaths and migration gives %lld", (long long)now,
                         (long long)expected);
    return KJ_OK;
}

static kj_status check_workplaces(void *instance, kj_ctx *ctx)
{
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    const uint8_t *alive = run->alive(ctx, d->t_person);
    const kj_id *workplace = run->read(ctx, d->person.workplace);
    const int32_t *filled = run->read(ctx, d->workplace.filled);
    int64_t persons = 0, places = 0;
    for (uint32_t row = 0; row < run->n_rows(ctx, d->t_person); row++) persons += alive[row] && workplace[row];
    for (uint32_t row = 0; row < run->n_rows(ctx, d->t_workplace); row++) places += filled[row];
    if (persons != places)
        return run->fail(ctx, KJ_E_INVARIANT, "%lld persons have a workplace, but the workplaces count %lld", (long long)persons, (long long)places);
    return KJ_OK;
}

kj_status register_audit(demography *d)
{
    const struct {
        const char *name, *doc;
        kj_status (*check)(void *, kj_ctx *);
    } rows[] = {
        {"demography.persons", "Each person lives in exactly one household or care home; partners agree and live together.", check_persons},
        {"demography.households", "Lists of members are closed, sizes and incomes right, homes and hosts hold.", check_households},
        {"demography.balance", "Residents = residents in January + births - deaths + in - out.", check_balance},
        {"demography.workplaces", "Each workplace counts those who work there.", check_workplaces},
    };
    kj_status status = KJ_OK;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !status; i++) {
        kj_invariant_def def = {.struct_size = sizeof def, .name = rows[i].name, .doc = rows[i].doc, .check = rows[i].check};
        status = d->reg->invariant(d->host->impl, &def);
    }
    return status;
}
