/* What homes cost and what households can pay: needs of space, hedonic prices, rents, lending. Pure functions. */
#ifndef HOUSING_MEANS_H
#define HOUSING_MEANS_H

#include <kedja/model.h>
#include <stdint.h>

#include "params.h"

/* A place as prices see it. */
typedef struct housing_place {
    double travel_s;     /* to the nearest centre */
    double income_ratio; /* area's median income over the map's mean; 1 unknown */
    double level;        /* price level of the municipality: housing_price_level() */
} housing_place;

/* Terms of lending in a month, for each loan-to-value limit, rising. */
typedef struct housing_lending {
    double per_funds[3]; /* highest price for each SEK of own funds: 1 / (1 - limit) */
    double free[3];      /* where nothing need be paid down: a price above all */
    double loan[3];      /* loan that one SEK a year carries: 1 / (tested interest + amortisation) */
} housing_lending;

/* What a household can spend on buying. */
typedef struct housing_means {
    double income_month;
    double surplus; /* SEK/month left for housing after living costs */
    double funds;   /* own money for a purchase */
    double cap[3];  /* highest price at which own funds meet each loan-to-value limit, rising */
    const housing_lending *lending;
} housing_means;

/* Rooms (without kitchen) that a household needs by norm 3 of Swedish statistics (Boverket): a living room and a bedroom each, one for
   a couple. One room is too small for anybody. */
static inline int32_t housing_rooms_needed(uint8_t size, uint8_t kind)
{
    return (int32_t)size + (kind == KJ_HH_COUPLE || kind == KJ_HH_COUPLE_CHILDREN ? 0 : 1);
}

/* Utility of a home's rooms to a household that needs so many and now has rooms_now in a home of its own (0: none). */
static inline float housing_space_value(const housing_params *p, float rooms, float needed, float rooms_now)
{
    float spare = rooms - needed, fewer = rooms_now - rooms;
    float lacking = spare < 0.0f ? spare : 0.0f, beyond = spare > 1.0f ? spare - 1.0f : 0.0f, lost = fewer > 0.0f ? fewer : 0.0f; /* no branches */
    return (float)p->beta_under * lacking - (float)p->beta_over * beyond - (float)p->beta_fewer * lost;
}

static inline int housing_is_let(uint8_t tenure) { return tenure != KJ_TENURE_COOP && tenure != KJ_TENURE_OWNER; }

/* True where the law sets the highest price of such a home: it is sold at what is asked, and a lot decides who gets it. */
static inline int housing_has_max_price(const housing_params *p, uint8_t tenure) { return tenure == KJ_TENURE_COOP && p->coop_max_m2 > 0.0; }
/* True where the best bid gets the home. */
static inline int housing_is_bid_for(const housing_params *p, uint8_t tenure) { return !housing_is_let(tenure) && !housing_has_max_price(p, tenure); }

/* Interest on a loan of a year, tax relief taken off. */
static inline double housing_interest_paid(const housing_params *p) { return p->interest * (1.0 - p->interest_relief); }

/* SEK a month that a home costs whoever has it, on the whole price: what is lent on it, and what own money in it would earn. Rentals have no price. */
static inline int32_t housing_cost_month(const housing_params *p, int32_t rent, int32_t price)
{
    return rent + (int32_t)((double)price * housing_interest_paid(p) / 12.0);
}

double housing_hedonic_price(const housing_params *p, uint8_t kind, double area_m2, double building_age, housing_place place);
/* Price level of a municipality with so many homes; 1 at price_scale_homes. */
double housing_price_level(const housing_params *p, double homes);
/* A price, or the highest that the law allows if that is lower. */
double housing_lawful_price(const housing_params *p, uint8_t tenure, double area_m2, double price);
/* SEK a month: rent of a rental, fee of a co-op, running cost of an owned home. built_year: 0 unknown. */
int32_t housing_monthly_rent(const housing_params *p, uint8_t tenure, double area_m2, int32_t built_year, int32_t year);

housing_lending housing_lending_of(const housing_params *p, int32_t month);

/* Money from a home that a household without one had before, in SEK; 0 for most. */
double housing_former_equity(const housing_params *p, uint64_t luck, uint8_t origin, double age, double income);

/* Income on which a purchase is tested: parents stand in for some of the young. */
int32_t housing_tested_income(const housing_params *p, uint64_t luck, double age, int32_t income);

/* `lending` must outlive `out`; thrift: housing_thrifts(), 1 for the mean; tested: housing_tested_income(). */
static inline void housing_means_of(const housing_params *p, const housing_lending *lending, int32_t income, int32_t n_adults,
                                    int32_t n_children, double age, double equity, double thrift, int32_t tested, housing_means *out)
{
    double yearly = tested > 0 ? (double)tested : 0.0, years = age > 20.0 ? age - 20.0 : 0.0;
    double saved = p->savings_help + p->savings_rate * years;
    out->income_month = income > 0 ? (double)income / 12.0 : 0.0;
    out->surplus = yearly / 12.0 - (n_adults > 1 ? p->living_couple : p->living_single) - p->living_child * (double)n_children;
    out->funds = yearly * (saved < p->savings_max ? saved : p->savings_max) * thrift + (equity > 0.0 ? equity : 0.0);
    for (int i = 0; i < 3; i++) out->cap[i] = lending->free[i] + out->funds * lending->per_funds[i];
    out->lending = lending;
}

/* Highest price that funds, loan-to-value, amortisation and the left-to-live-on test allow, given the monthly fee. */
static inline double housing_price_limit(const housing_means *means, double fee)
{
    double left = 12.0 * (means->surplus - fee), best = 0.0;
    if (left < 0.0) return 0.0;
    for (int i = 0; i < 3; i++) {
        double loan = means->funds + left * means->lending->loan[i], price = means->cap[i] < loan ? means->cap[i] : loan;
        best = price > best ? price : best;
    }
    return best;
}
/* Money left of an owned home when it is sold. */
double housing_equity(const housing_params *p, double price, int32_t months_since_move);

#endif
