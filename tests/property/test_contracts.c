/* What every contract of the real market keeps, month by month in a world where people die, leave home, arrive and build: the landlord's income
   rule, prices between the asked price and the bid, bids that the bank lends, nobody passed over for somebody who stands behind him, queue times spent, and rents
   that rise by the negotiation alone. Worked out from the month's applications as the market had them, not by the market's own code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../shared/market_watch.h"
#include "../shared/sim_access.h"

enum { MONTHS = 36, IDS = 100000, BIDS = 50000, OFFERS = 5000, ADULT_MONTHS = 18 * 12 };

/* A month's market, as it stood before it cleared, and what is remembered of the months before. */
typedef struct books {
    kj_sim *sim;
    housing_bid bids[BIDS];
    kj_id open[OFFERS];
    uint32_t n_bids, n_offers;
    bool by_lot[IDS];         /* by vacancy: let by lot when it was last on offer */
    int16_t queue_since[IDS]; /* by person */
    int32_t rent[IDS];        /* by dwelling; 0: not seen yet */
} books;

static const kj_rows *table(kj_sim *sim, const char *name) { return kj_store_table(kj_sim_store(sim), name); }
static uint32_t row(kj_sim *sim, const char *name, kj_id id) { return table(sim, name)->row_of[id]; }

static void note(void *data, const market_seen *seen)
{
    books *b = data;
    const uint8_t *flags = column(b->sim, "offer", "flags", KJ_U8);
    const int16_t *since = column(b->sim, "person", "queue_since", KJ_I16);
    const kj_rows *persons = table(b->sim, "person");
    assert_true(seen->n_bids <= BIDS && seen->n_offers <= OFFERS);
    b->n_bids = seen->n_bids;
    b->n_offers = seen->n_offers;
    if (seen->n_bids) memcpy(b->bids, seen->bids, seen->n_bids * sizeof *b->bids);
    if (seen->n_offers) memcpy(b->open, seen->open, seen->n_offers * sizeof *b->open);
    for (uint32_t o = 0; o < seen->n_offers; o++) {
        assert_true(seen->open[o] < IDS);
        b->by_lot[seen->open[o]] = (flags[o] & HOUSING_OFFER_LOT) != 0;
    }
    for (uint32_t p = 0; p < persons->n_rows; p++) {
        assert_true(persons->ids[p] < IDS);
        b->queue_since[persons->ids[p]] = since[p];
    }
}

static const market_size world_size = {.n_dwellings = 3000, .n_areas = 4, .n_municipalities = 1, .vacant_every = 20, .lodger_every = 10, .n_outside = 60};

static books *open_books(market_world *world)
{
    books *b = calloc(1, sizeof *b);
    assert_non_null(b);
    market_world_make(world, &world_size);
    b->sim = market_sim_watched(world, note, b, true);
    return b;
}

static void close_books(books *b, market_world *world)
{
    kj_sim_free(b->sim);
    market_world_free(world);
    free(b);
}

static void run_month(books *b)
{
    kj_error err = {0};
    b->n_bids = b->n_offers = 0;
    if (kj_sim_month(&err, b->sim)) fail_msg("%s", err.text);
}

static bool asks_for_income(uint8_t tenure) { return tenure == KJ_TENURE_RENTAL || tenure == KJ_TENURE_SENIOR; }

/* Nobody applies for a home that costs more than the landlord's share of the income, and nobody who moves, by the market or by exchange, has
   one. The rule is a strict one here, so that there are homes on offer that applicants may not have. */
static void no_tenant_is_above_the_income_rule(void **state)
{
    (void)state;
    const double most = 0.25;
    market_world world;
    books *b = open_books(&world);
    set(b->sim, "housing.rent_income_max", most);
    set(b->sim, "housing.rent_rise", 0.0); /* a contract of December is a move of January */
    set(b->sim, "housing.search_scale", 3.0);
    set(b->sim, "housing.exchange_looks", 20.0);
    uint32_t applied[KJ_TENURE_COUNT] = {0}, moved_in = 0, out_of_reach = 0;
    for (int month = 0; month < MONTHS; month++) {
        run_month(b);
        const int32_t *income = column(b->sim, "household", "income", KJ_I32), *rent = column(b->sim, "dwelling", "rent", KJ_I32);
        const uint8_t *tenure = column(b->sim, "dwelling", "tenure", KJ_U8);
        const kj_id *dwelling = column(b->sim, "vacancy", "dwelling", KJ_ID), *home = column(b->sim, "household", "dwelling", KJ_ID);
        const int16_t *moved = column(b->sim, "household", "moved", KJ_I16);
        for (uint32_t i = 0; i < b->n_bids; i++) {
            uint32_t h = row(b->sim, "household", b->bids[i].household),
                     d = row(b->sim, "dwelling", dwelling[row(b->sim, "vacancy", b->open[b->bids[i].offer])]);
            if (h == KJ_NO_ROW || d == KJ_NO_ROW || !asks_for_income(tenure[d])) continue; /* gone in December */
            if (rent[d] > most * income[h] / 12.0) fail_msg("an income of %d a year applies for a rent of %d a month", income[h], rent[d]);
            applied[tenure[d]]++;
            for (uint32_t o = 0; o < b->n_offers; o++) {
                uint32_t other = row(b->sim, "dwelling", dwelling[row(b->sim, "vacancy", b->open[o])]);
                out_of_reach += other != KJ_NO_ROW && asks_for_income(tenure[other]) && rent[other] > most * income[h] / 12.0;
            }
        }
        for (uint32_t h = 0; h < table(b->sim, "household")->n_rows; h++) {
            if (!table(b->sim, "household")->alive[h] || !home[h] || moved[h] != kj_sim_now(b->sim)) continue;
            uint32_t d = row(b->sim, "dwelling", home[h]);
            if (!asks_for_income(tenure[d])) continue;
            if (rent[d] > most * income[h] / 12.0) fail_msg("an income of %d a year moves in at a rent of %d a month", income[h], rent[d]);
            moved_in++;
        }
    }
    print_message("# %u and %u applications for rentals and senior homes, %u moves, %u times a home out of reach\n", applied[KJ_TENURE_RENTAL],
                  applied[KJ_TENURE_SENIOR], moved_in, out_of_reach);
    assert_true(applied[KJ_TENURE_RENTAL] > 500 && applied[KJ_TENURE_SENIOR] > 5 && moved_in > 100 && out_of_reach > 500);
    close_books(b, &world);
}

static bool stands_behind(const housing_bid *a, const housing_bid *winner)
{
    if (a->priority != winner->priority) return a->priority < winner->priority;
    return a->lot != winner->lot ? a->lot < winner->lot : a->household > winner->household;
}

/* Bid of this month whose household signed for an offer; NULL: nobody did. */
static const housing_bid *winner_of(const books *b, uint32_t offer)
{
    const uint8_t *stage = column(b->sim, "vacancy", "stage", KJ_U8);
    const kj_id *filled_by = column(b->sim, "vacancy", "filled_by", KJ_ID);
    uint32_t v = row(b->sim, "vacancy", b->open[offer]);
    for (uint32_t i = 0; i < b->n_bids; i++)
        if (b->bids[i].offer == offer && stage[v] >= KJ_STAGE_CONTRACTED && filled_by[v] == b->bids[i].household) return &b->bids[i];
    return NULL;
}

/* A home that is sold costs the best bid behind the winner's, at least the asked price and at most the winner's own; and the market's bids lie
   between the asked price and the widest one that bid_spread allows. */
static void nobody_pays_more_than_the_bid(void **state)
{
    (void)state;
    market_world world;
    books *b = open_books(&world);
    const double spread = 0.12;
    uint32_t sold = 0, at_asked = 0, above = 0;
    set(b->sim, "housing.bid_spread", spread);
    set(b->sim, "housing.search_scale", 3.0);
    for (int month = 0; month < MONTHS; month++) {
        run_month(b);
        const int32_t *asked = column(b->sim, "offer", "price", KJ_I32), *price = column(b->sim, "dwelling", "price", KJ_I32);
        const kj_id *dwelling = column(b->sim, "vacancy", "dwelling", KJ_ID);
        for (uint32_t o = 0; o < b->n_offers; o++) {
            uint32_t d = row(b->sim, "dwelling", dwelling[row(b->sim, "vacancy", b->open[o])]);
            const housing_bid *won = winner_of(b, o);
            if (!won || d == KJ_NO_ROW || asked[o] == 0) continue;
            int64_t best_behind = 0;
            for (uint32_t i = 0; i < b->n_bids; i++) {
                if (b->bids[i].offer != o) continue;
                assert_true(b->bids[i].priority >= asked[o] && (double)b->bids[i].priority <= asked[o] * (1.0 + spread));
                if (stands_behind(&b->bids[i], won) && b->bids[i].priority > best_behind) best_behind = b->bids[i].priority;
            }
            int64_t wanted = best_behind > asked[o] ? best_behind : asked[o];
            if (price[d] > won->priority || price[d] < asked[o] || price[d] != wanted)
                fail_msg("a home asked for at %d was sold to a bid of %lld for %d: the best bid behind it was %lld", asked[o], (long long)won->priority,
                         price[d], (long long)best_behind);
            sold++;
            at_asked += price[d] == asked[o];
            above += price[d] > asked[o];
        }
    }
    print_message("# %u homes sold, %u at the asked price, %u above\n", sold, at_asked, above);
    assert_true(sold > 100 && at_asked > 10 && above > 10);
    close_books(b, &world);
}

/* What a household may pay at most for a home with this monthly fee (MODEL.md, "Lending"), where savings are the same share of income for all,
   homes are free of debt, and neither parents nor a former home help. */
static double most_it_may_pay(kj_sim *sim, uint32_t h, double fee)
{
    const double limit[3] = {param(sim, "housing.amortise_from"), param(sim, "housing.amortise_more_from"), param(sim, "housing.ltv_max")},
                 savings_max = param(sim, "housing.savings_max");
    const double tested = param(sim, "housing.stress_rate") * (1.0 - param(sim, "housing.interest_relief")), amortise = param(sim, "housing.amortise_rate");
    const uint8_t *size = column(sim, "household", "size", KJ_U8), *children = column(sim, "household", "n_children", KJ_U8),
                  *tenure = column(sim, "dwelling", "tenure", KJ_U8);
    const int32_t *income = column(sim, "household", "income", KJ_I32), *price = column(sim, "dwelling", "price", KJ_I32);
    const kj_id *home = column(sim, "household", "dwelling", KJ_ID), *head = column(sim, "household", "head", KJ_ID);
    int age = (kj_sim_now(sim) - ((int16_t *)column(sim, "person", "birth_month", KJ_I16))[row(sim, "person", head[h])]) / 12;
    double savings = param(sim, "housing.savings_help") + param(sim, "housing.savings_rate") * (age > 20 ? age - 20 : 0),
           own = income[h] * (savings < savings_max ? savings : savings_max), best = 0.0;
    double living = param(sim, size[h] - children[h] > 1 ? "housing.living_couple" : "housing.living_single") + param(sim, "housing.living_child") * children[h];
    double left = 12.0 * (income[h] / 12.0 - living - fee);
    if (home[h]) {
        uint32_t d = row(sim, "dwelling", home[h]);
        own += tenure[d] == KJ_TENURE_COOP || tenure[d] == KJ_TENURE_OWNER ? price[d] : 0.0;
    }
    for (int i = 0; i < 3 && left >= 0.0; i++) {
        double by_value = own / (1.0 - limit[i]), by_income = own + left / (tested + i * amortise), lower = by_value < by_income ? by_value : by_income;
        best = lower > best ? lower : best;
    }
    return best;
}

typedef struct lending {
    kj_sim *sim;
    uint32_t bids, bound; /* bound: lending cut the bid short of what others in its place bid */
} lending;

static void check_lending(void *data, const market_seen *seen)
{
    lending *l = data;
    const int32_t *asked = column(l->sim, "offer", "price", KJ_I32), *fee = column(l->sim, "offer", "rent", KJ_I32);
    for (uint32_t i = 0; i < seen->n_bids; i++) {
        const housing_bid *bid = &seen->bids[i];
        if (asked[bid->offer] == 0) continue;
        double most = most_it_may_pay(l->sim, row(l->sim, "household", bid->household), fee[bid->offer]);
        if ((double)bid->priority > most + 1.0) fail_msg("household %u bids %lld and may pay %.0f", bid->household, (long long)bid->priority, most);
        l->bids++;
        l->bound += (double)bid->priority > most - 1.0;
    }
}

/* Nobody bids more than lending allows, to the krona. */
static void nobody_bids_more_than_the_bank_lends(void **state)
{
    (void)state;
    static const char *const zero[] = {"savings_spread", "parents_share", "former_owner_share", "debt_share"};
    market_world world;
    lending l = {0};
    char name[64];
    kj_error err = {0};
    market_world_make(&world, &world_size);
    l.sim = market_sim_watched(&world, check_lending, &l, true);
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        snprintf(name, sizeof name, "housing.%s", zero[i]);
        set(l.sim, name, 0.0);
    }
    set(l.sim, "housing.search_scale", 3.0);
    set(l.sim, "housing.bid_spread", 0.5);
    for (int month = 0; month < MONTHS; month++)
        if (kj_sim_month(&err, l.sim)) fail_msg("%s", err.text);
    print_message("# %u bids, %u of them all that the bank lends\n", l.bids, l.bound);
    assert_true(l.bids > 1000 && l.bound > 20);
    kj_sim_free(l.sim);
    market_world_free(&world);
}

/* By household: rank of the home that it signed for this month, and one; 0: none. */
static void list_signed(const books *b, const housing_bid **winner, uint32_t *got)
{
    memset(got, 0, IDS * sizeof *got);
    for (uint32_t o = 0; o < b->n_offers; o++) {
        winner[o] = winner_of(b, o);
        if (winner[o]) got[winner[o]->household] = winner[o]->rank + 1;
    }
}

/* Whoever stands before the winner in a home's order has signed for a home that it likes better. Homes that end the month without a taker,
   though somebody who applied has nothing better, are counted: the rounds of a month are few. */
static void nobody_is_passed_over(void **state)
{
    (void)state;
    static uint32_t got[IDS];
    static const housing_bid *winner[OFFERS];
    market_world world;
    books *b = open_books(&world);
    uint32_t lost = 0, refused = 0, homes = 0, unsettled = 0;
    set(b->sim, "housing.search_scale", 3.0);
    for (int month = 0; month < MONTHS; month++) {
        static bool wanted[OFFERS];
        run_month(b);
        list_signed(b, winner, got);
        memset(wanted, 0, sizeof wanted);
        for (uint32_t i = 0; i < b->n_bids; i++) {
            const housing_bid *bid = &b->bids[i], *won = winner[bid->offer];
            bool better = got[bid->household] > 0 && got[bid->household] <= bid->rank;
            if (bid == won) continue;
            if (won && !stands_behind(bid, won) && !better)
                fail_msg("household %u stands before %u, who got the home, and has none that it likes better", bid->household, won->household);
            lost += won != NULL;
            refused += won && !stands_behind(bid, won);
            wanted[bid->offer] |= !won && !better;
        }
        for (uint32_t o = 0; o < b->n_offers; o++) unsettled += wanted[o];
        homes += b->n_offers;
    }
    print_message("# %u applications for homes that another got, %u of them had refused it; %u of %u offers without a taker though somebody wanted it more "
                  "than what he got\n",
                  lost, refused, unsettled, homes);
    assert_true(lost > 500 && refused > 20);
    close_books(b, &world);
}

/* A home that is let by queue takes the queue time of all adults of the household; one that is let by lot or sold takes nobody's. */
static void queue_times_are_spent(void **state)
{
    (void)state;
    market_world world;
    books *b = open_books(&world);
    uint32_t spent = 0, kept = 0, children = 0;
    set(b->sim, "housing.search_scale", 3.0);
    set(b->sim, "housing.exchange_looks", 0.0); /* an exchange takes queue times too */
    for (int month = 0; month < MONTHS; month++) {
        run_month(b);
        const kj_month now = kj_sim_now(b->sim);
        const kj_rows *vacancies = table(b->sim, "vacancy");
        const uint8_t *stage = column(b->sim, "vacancy", "stage", KJ_U8), *tenure = column(b->sim, "vacancy", "tenure", KJ_U8);
        const int16_t *closed = column(b->sim, "vacancy", "closed", KJ_I16), *birth = column(b->sim, "person", "birth_month", KJ_I16),
                      *since = column(b->sim, "person", "queue_since", KJ_I16);
        const kj_id *filled_by = column(b->sim, "vacancy", "filled_by", KJ_ID), *head = column(b->sim, "household", "head", KJ_ID),
                    *next = column(b->sim, "person", "next_member", KJ_ID);
        for (uint32_t v = 0; v < vacancies->n_rows; v++) {
            if (stage[v] != KJ_STAGE_CLOSED || closed[v] != now || !filled_by[v]) continue;
            bool by_queue = tenure[v] != KJ_TENURE_COOP && tenure[v] != KJ_TENURE_OWNER && !b->by_lot[vacancies->ids[v]];
            for (kj_id id = head[row(b->sim, "household", filled_by[v])]; id; id = next[row(b->sim, "person", id)]) {
                uint32_t p = row(b->sim, "person", id);
                bool adult = now - birth[p] >= ADULT_MONTHS, spends = by_queue && adult;
                int16_t wanted = spends ? (int16_t)now : b->queue_since[id];
                if (since[p] != wanted)
                    fail_msg("person %u, %s, moved in %s queue in month %d and stands in it since %d, expected %d", id, adult ? "adult" : "child",
                             by_queue ? "by" : "without", now, since[p], wanted);
                spent += spends;
                kept += !by_queue;
                children += by_queue && !adult;
            }
        }
    }
    print_message("# %u queue times spent, %u kept in homes that were sold or let by lot, %u by children\n", spent, kept, children);
    assert_true(spent > 100 && kept > 100 && children > 20);
    close_books(b, &world);
}

/* The rents of homes that are let rise in January, by the negotiated rise rounded to whole SEK, and never else, whoever moves in; what
   homes that are sold cost a month stands still. */
static void rents_rise_by_the_negotiation_alone(void **state)
{
    (void)state;
    const double rise = 0.03;
    market_world world;
    books *b = open_books(&world);
    uint32_t risen = 0, still = 0;
    set(b->sim, "housing.rent_rise", rise);
    for (int month = 0; month <= MONTHS; month++) {
        const kj_rows *homes = table(b->sim, "dwelling");
        const uint8_t *tenure = column(b->sim, "dwelling", "tenure", KJ_U8);
        const int32_t *rent = column(b->sim, "dwelling", "rent", KJ_I32);
        bool january = month > 0 && KJ_MONTH_OF_YEAR(kj_sim_now(b->sim)) == 1;
        for (uint32_t d = 0; d < homes->n_rows; d++) {
            if (!homes->alive[d] || rent[d] <= 0) continue; /* a home is built before its rent is set */
            int32_t *before = &b->rent[homes->ids[d]];
            bool rises = january && tenure[d] != KJ_TENURE_COOP && tenure[d] != KJ_TENURE_OWNER;
            int32_t wanted = *before == 0 ? rent[d] : rises ? (int32_t)(*before * (1.0 + rise) + 0.5) : *before;
            if (rent[d] != wanted)
                fail_msg("dwelling %u, tenure %d: rent %d after %d in month %d, expected %d", homes->ids[d], tenure[d], rent[d], *before, kj_sim_now(b->sim),
                         wanted);
            risen += *before > 0 && rises;
            still += *before > 0 && !rises;
            *before = rent[d];
        }
        if (month < MONTHS) run_month(b);
    }
    assert_true(risen > 3000 && still > 50000);
    close_books(b, &world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_tenant_is_above_the_income_rule),
                                       cmocka_unit_test(nobody_pays_more_than_the_bid),
                                       cmocka_unit_test(nobody_bids_more_than_the_bank_lends),
                                       cmocka_unit_test(nobody_is_passed_over),
                                       cmocka_unit_test(queue_times_are_spent),
                                       cmocka_unit_test(rents_rise_by_the_negotiation_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
