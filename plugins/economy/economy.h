/* The municipal economy: tax base, equalisation, cost of services, investments, result. All money is integer öre, in fixed
   prices. Internal header of the plugin; MODEL.md has equations and sources.

   1 November (end of October): tax_base. December: facilities -> costs -> budget, for the whole year. At the start the
   same, to set the capital and the costs that no service explains. */
#ifndef KEDJA_ECONOMY_H
#define KEDJA_ECONOMY_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdbool.h>

enum { ORE = 100, AGES = 106, TAX_MONTH = 10, BUDGET_MONTH = 12 };

/* Parts of the cost of a service, in the order of table service_cost. */
#define COST_PART_LABELS "fixed class client area fee"
typedef enum cost_part { PART_FIXED = 0, PART_CLASS, PART_CLIENT, PART_AREA, PART_FEE, PART_COUNT } cost_part;

#define RATE_LABELS "municipal_tax equalisation_level equalisation_rate equalisation_rate_above"
typedef enum rate_kind { RATE_TAX = 0, RATE_LEVEL, RATE_BELOW, RATE_ABOVE, RATE_COUNT } rate_kind;

#define MONEY_LABELS "national_tax_base basic_allowance standard_mean"
typedef enum money_kind { MONEY_TAX_BASE = 0, MONEY_ALLOWANCE, MONEY_STANDARD, MONEY_COUNT } money_kind;

#define NO_SOURCE "no figure at hand"
#define ECONOMY_PARAMS(P) \
    P(tax_change, "1", 0, -0.1, 0.1, KJ_ASSUMED, "a switch", "Added to the municipal tax rate.") \
    P(build_cost, "SEK/m2", 37000, 1000, 200000, KJ_ASSUMED, "new schools 30 000-45 000 SEK/m2 2019-2024, recalled", "Cost of new floor area.") \
    P(life, "year", 40, 5, 100, KJ_MEASURED, "service life in a municipal calculation: https://cornucopia.cornubot.se/2013/12/skara-0398-miljarder-sek-for-ny.html", "Years over which buildings are written off.") \
    P(residual_share, "1", 0.1, 0, 0.9, KJ_ASSUMED, NO_SOURCE, "Share of an investment that is left after its life, and got when it is sold.") \
    P(book_m2, "SEK/m2", 10000, 0, 200000, KJ_ASSUMED, NO_SOURCE, "Book value of floor area that stands at the start.") \
    P(renewal_share, "1", 1, 0, 1, KJ_ASSUMED, "premises keep their standard; result and depreciation paid 54 % of what Swedish municipal groups invested in 2018: https://kommuninvest.se/forskning/kommunala-laneskulden-2019/utveckling-i-balans/", "Share of the wear of premises that is renewed each year.") \
    P(book_years, "year", 25, 1, 100, KJ_ASSUMED, NO_SOURCE, "Years over which it is written off, renewals apart.") \
    P(idle_years, "year", 2, 0, 30, KJ_ASSUMED, NO_SOURCE, "Years in which closed premises still cost heat and care.") \
    P(interest, "1", 0.015, -0.02, 0.2, KJ_ASSUMED, "long municipal loans above inflation", "Interest on the debt, in fixed prices.") \
    P(debt_share, "1", 0.6, 0, 2, KJ_ASSUMED, NO_SOURCE, "Debt at the start as a share of the book value.") \
    P(start_result, "1", 0.02, -0.2, 0.2, KJ_ASSUMED, "usual goal of good economic management: 2 % of tax and equalisation", "Result of the start year: costs that no service explains are set so that it is met, and stay the same an inhabitant.") \
    P(home_streets, "SEK", 150000, 0, 2e6, KJ_ASSUMED, NO_SOURCE, "Investment in streets and pipes for each new home.") \
    P(home_fee, "SEK", 80000, 0, 2e6, KJ_ASSUMED, NO_SOURCE, "Connection and street fees for each new home.") \
    P(streets_life, "year", 33, 5, 100, KJ_ASSUMED, NO_SOURCE, "Years over which streets and pipes are written off.") \
    P(shift_supplement, "1", 0.15, 0, 1, KJ_ASSUMED, NO_SOURCE, "Added to the teaching cost of pupils in a second shift.") \
    P(shift_transport, "1", 0.5, 0, 2, KJ_ASSUMED, "a second round of buses, partly filled", "Added to school transport where schools run in shifts.") \
    P(co_use_wear, "1", 0.1, 0, 1, KJ_ASSUMED, NO_SOURCE, "Added to the running cost of rooms that associations may use.") \
    P(price_flat, "SEK", 2000, 0, 1e6, KJ_ASSUMED, NO_SOURCE, "Flat price of one weekly hour for a season.") \
    P(price_m2, "SEK/m2/year", 400, 0, 1e5, KJ_ASSUMED, NO_SOURCE, "Price of a square metre when associations rent by area.") \
    P(price_hour, "SEK", 150, 0, 1e5, KJ_MEASURED, "sports hall, youth: https://www.kungsbacka.se/Uppleva-och-gora/Boka-lokal/avgifter-hyra-av-lokaler-och-anlaggningar/", "Price of an hour used.") \
    P(season_weeks, "1", 40, 1, 52, KJ_ASSUMED, "school terms and some weeks", "Weeks of a season.") \
    P(prevention_sek, "SEK/year", 0, 0, 1e6, KJ_ASSUMED, "0: no programme", "Cost of a prevention programme a resident aged 0-19.") \
    P(prevention_effect, "1", 0, 0, 1, KJ_ASSUMED, "an assumption by nature: read the effect needed to break even beside it", "Share of the cost of social care of the young and of youth outside that the programme saves.") \
    P(prevention_lag, "year", 5, 0, 40, KJ_ASSUMED, NO_SOURCE, "Years from the programme's start to its effect.") \
    P(discount, "1", 0.03, 0, 0.2, KJ_ASSUMED, "usual in public investment cases, in fixed prices", "Discount rate of the prevention case.")

typedef enum economy_param_id {
#define P(name, unit, def, min, max, evidence, source, doc) ECONOMY_PARAM_##name,
    ECONOMY_PARAMS(P)
#undef P
    ECONOMY_PARAM_COUNT
} economy_param_id;

/* Columns: C(field, table, name, flags, sentence); all are I64, in öre. Money of a year, or at its end. */
#define MUNICIPAL_MONEY(C) \
    C(taxable, "municipality", "taxable_income", KJ_RECORD, "Taxable income of the residents of 1 November.") \
    C(tax, "municipality", "tax", KJ_RECORD, "Municipal tax.") \
    C(income_equalisation, "municipality", "income_equalisation", KJ_RECORD, "Equalisation of income; negative: paid.") \
    C(cost_equalisation, "municipality", "cost_equalisation", KJ_RECORD, "Equalisation of costs by age; negative: paid.") \
    C(fees, "municipality", "fees", KJ_RECORD, "Fees of clients, associations, new homes and builders.") \
    C(land_sales, "municipality", "land_sales", KJ_RECORD, "Sales of land for homes, at the price that the municipality asks.") \
    C(sold, "municipality", "premises_sold", KJ_RECORD, "Money for closed premises: their residual value.") \
    C(operating, "municipality", "service_costs", KJ_RECORD, "Operating costs of the services, the region's not counted.") \
    C(other, "municipality", "other_costs", KJ_RECORD, "Costs that no service explains: the same an inhabitant as at the start.") \
    C(prevention, "municipality", "prevention_cost", KJ_RECORD, "Cost of the prevention programme.") \
    C(saving, "municipality", "prevention_saving", KJ_RECORD, "What it saves by the assumed effect.") \
    C(depreciation, "municipality", "depreciation", KJ_RECORD, "Depreciation of premises and streets.") \
    C(write_off, "municipality", "write_off", KJ_RECORD, "Book value lost with closed premises.") \
    C(interest, "municipality", "interest_paid", KJ_RECORD, "Interest on the debt.") \
    C(result, "municipality", "result", KJ_RECORD, "Result of the year.") \
    C(result_each, "municipality", "result_per_inhabitant", KJ_RECORD, "Result per inhabitant of 1 November.") \
    C(renewals, "municipality", "renewals", KJ_RECORD, "Renewal of what has worn in premises.") \
    C(investments, "municipality", "investments", KJ_RECORD, "Investments in premises and streets, renewals with them.") \
    C(borrowing, "municipality", "borrowing", KJ_RECORD, "New loans; negative: paid back or put aside.") \
    C(sources, "municipality", "sources", KJ_RECORD, "Money that came in, with new loans.") \
    C(used, "municipality", "uses", KJ_RECORD, "Money that went out, with loans paid back; equals the sources.") \
    C(assets, "municipality", "assets", KJ_RECORD, "Book value of premises and streets.") \
    C(debt, "municipality", "debt", KJ_RECORD, "Debt less liquid means.") \
    C(equity, "municipality", "equity", KJ_RECORD, "Assets less debt.") \
    C(other_each, "municipality", "other_cost_each", 0, "Costs that no service explains, an inhabitant.") \
    C(streets_book, "municipality", "streets_book", 0, "Book value of streets and pipes built in this run.") \
    C(streets_yearly, "municipality", "streets_yearly", 0, "Their depreciation a year.") \
    C(pv_cost, "municipality", "prevention_cost_pv", 0, "Cost of the programme so far, discounted to its start.") \
    C(pv_reach, "municipality", "prevention_reach_pv", 0, "Cost that it could reach so far, discounted to its start.")
#define SERVICE_MONEY(C) \
    C(s_fixed, "service", "cost_fixed", KJ_RECORD, "Cost of the units.") \
    C(s_class, "service", "cost_class", KJ_RECORD, "Cost of classes and groups.") \
    C(s_client, "service", "cost_client", KJ_RECORD, "Cost of clients.") \
    C(s_area, "service", "cost_area", KJ_RECORD, "Running cost of floor area.") \
    C(s_bought, "service", "cost_bought", KJ_RECORD, "Paid to others: independent schools and care homes, and places elsewhere for pupils without one and for those whom no care home has room for.") \
    C(s_cost, "service", "cost", KJ_RECORD, "Operating cost: the sum of these.") \
    C(s_capital, "service", "cost_capital", KJ_RECORD, "Depreciation and write-off of its premises.") \
    C(s_fees, "service", "fees", KJ_RECORD, "Fees.") \
    C(s_investment, "service", "investment", KJ_RECORD, "Investment of the year in new floor area.")
#define AREA_MONEY(C) \
    C(a_taxable, "area", "taxable_income", KJ_RECORD, "Taxable income of the residents of 1 November.") \
    C(a_standard, "area", "standard_cost", KJ_RECORD, "Standard cost by age of the residents of 1 November, as in the equalisation of costs.") \
    C(a_people, "area", "tax_residents", 0, "Residents of 1 November, hundredths.") \
    C(a_result, "area", "municipal_result", KJ_RECORD, "The municipality's result as its areas bring it about; they add up to it.") \
    C(a_result_each, "area", "municipal_result_each", KJ_RECORD, "The same per inhabitant of 1 November.")
#define FACILITY_MONEY(C) \
    C(f_cost, "facility", "cost", KJ_RECORD, "Operating cost of the year.") \
    C(f_capital, "facility", "cost_capital", KJ_RECORD, "Depreciation and write-off of the year.") \
    C(f_investment, "facility", "investment", KJ_RECORD, "Investment of the year in new floor area.") \
    C(f_book, "facility", "book_value", KJ_RECORD, "Book value.") \
    C(f_residual, "facility", "residual_value", 0, "Below this it is not written off.") \
    C(f_yearly, "facility", "depreciation_yearly", 0, "Depreciation a year.")

/* Columns of others: C(field, table, name, type). */
#define NEEDS_COLUMNS(C) \
    C(p_income, "person", "income", KJ_I32) \
    C(p_resident, "person", "resident", KJ_U8) \
    C(p_birth, "person", "birth_month", KJ_I16) \
    C(p_household, "person", "household", KJ_ID) \
    C(p_care, "person", "care", KJ_ID) \
    C(h_area, "household", "service_area", KJ_I16) \
    C(c_area, "cell", "area", KJ_I32) \
    C(a_municipality, "area", "municipality", KJ_ID) \
    C(f_kind, "facility", "kind", KJ_U8) \
    C(f_cell, "facility", "cell", KJ_I32) \
    C(f_independent, "facility", "independent", KJ_U8) \
    C(f_opened, "facility", "opened", KJ_I32) \
    C(f_closed, "facility", "closed", KJ_I32) \
    C(f_pupils, "facility", "pupils", KJ_I32) \
    C(f_residents, "facility", "residents", KJ_I32) \
    C(f_municipality, "facility", "municipality", KJ_ID) \
    C(f_area, "facility", "area_m2", KJ_I32) \
    C(f_classes, "facility", "service_classes", KJ_I32) \
    C(f_shift, "facility", "shift_pupils", KJ_I32) \
    C(s_need, "service", "need", KJ_I64) \
    C(s_places, "service", "places", KJ_I64) \
    C(s_clients, "service", "clients", KJ_I64) \
    C(s_area_m2, "service", "area_m2", KJ_I64) \
    C(g_women, "age", "women", KJ_I32) \
    C(g_men, "age", "men", KJ_I32) \
    C(m_0_19, "municipality", "aged_0_19", KJ_I64) \
    C(m_completed, "municipality", "completed", KJ_I64) \
    C(m_land_sales, "municipality", "land_sales_sek", KJ_I64) \
    C(m_charges, "municipality", "charges_sek", KJ_I64) \
    C(m_shift, "municipality", "shift_pupils", KJ_I64) \
    C(m_evening, "municipality", "evening_hours_booked", KJ_I64)

/* Parameters of services that prices depend on: N(field, name). */
#define NEEDS_PARAMS(N) \
    N(co_use_share, "services.co_use_share") \
    N(pricing_model, "services.pricing_model") \
    N(kept_bookings, "services.kept_bookings") \
    N(kept_per_use, "services.kept_bookings_per_use") \
    N(evening_hours, "services.evening_hours") \
    N(leisure_room_m2, "services.leisure_room_m2")

typedef struct economy_columns {
#define C(field, ...) kj_col field;
    MUNICIPAL_MONEY(C) SERVICE_MONEY(C) FACILITY_MONEY(C) AREA_MONEY(C) NEEDS_COLUMNS(C)
#undef C
    kj_col built_area, break_even, prevention_start, prevention_factor;
} economy_columns;

typedef struct economy {
    const kj_host *host;
    const kj_run_v1 *run;
    kj_table person, household, cell, area, municipality, facility, service, age;
    economy_columns col;
    kj_param params[ECONOMY_PARAM_COUNT];
#define N(field, name) kj_param field;
    NEEDS_PARAMS(N)
#undef N
    kj_param_table rate, money, cost, standard;
} economy;

/* Money for each of some people, rounded to the nearest öre, halves away from zero; 0 without people. */
static inline int64_t economy_each(int64_t sum, int64_t people)
{
    if (people <= 0) return 0;
    return sum < 0 ? -((people / 2 - sum) / people) : (sum + people / 2) / people;
}

kj_status economy_show(const kj_host *host); /* show.c: what the viewer is given to show */
kj_status economy_declare(economy *self, const kj_host *host); /* declare.c */
kj_status economy_require(economy *self, const kj_host *host);

static inline double economy_value(const economy *self, kj_ctx *ctx, economy_param_id id) { return self->run->param(ctx, self->params[id]); }
static inline uint32_t service_row(uint32_t municipality, int32_t kind) { return municipality * KJ_SERVICE_COUNT + (uint32_t)kind; }
/* Whole öre, halves away from zero. */
static inline int64_t ore_of(double sek)
{
    double ore = sek * (double)ORE;
    return (int64_t)(ore < 0.0 ? ore - 0.5 : ore + 0.5);
}

/* Tax on a base, and equalisation against the nation's base a person. öre; rates as in table municipal_rate. A municipality
   below the guaranteed level gets the missing base times the rate, one above it pays. */
int64_t municipal_tax(int64_t base_ore, double rate);
int64_t equalisation_of_income(int64_t base_ore, int64_t inhabitants, double national_base_sek, const double rates[RATE_COUNT]);
/* Standard cost of the inhabitants by age less what as many of the nation have. women, men: by single year of age. */
int64_t equalisation_of_costs(const int32_t *women, const int32_t *men, const double *standard_sek, double mean_sek);

/* Result of the municipality by area, öre. Tax and equalisation follow the residents of each area; what is left (services,
   other costs, fees, premises, interest) is shared by the standard cost of the residents by age. Adds up to `result`. */
typedef struct area_base {
    int64_t taxable, standard; /* öre */
    int64_t people;
} area_base;
void result_by_area(const area_base *areas, uint32_t n, int64_t result, double tax_rate, double national_base_sek, double mean_standard_sek,
                    const double rates[RATE_COUNT], int64_t *out);

/* Months of the year that ends with `now` in which a facility was open; closed 0: never. */
double months_open(kj_month now, kj_month opened, kj_month closed);

/* What a facility costs in a year in which it is open for `months` and stood empty for `idle_months`; öre. */
typedef struct facility_use {
    int32_t clients, classes, area_m2;
    double months, idle_months;
} facility_use;
typedef struct facility_cost {
    int64_t part[PART_AREA + 1];
} facility_cost;
facility_cost facility_cost_of(const facility_use *use, const double *cost_sek, double class_factor, double area_factor);

/* A building's year in the books; öre. */
typedef struct building_books {
    int64_t book, residual, yearly; /* carried on */
    int64_t investment, renewal, depreciation, write_off, sale; /* of the year */
} building_books;
/* invested: added this year (its life in years, its residual share); renewal_share: of what wears this year, renewed;
   closed: sold at its residual value. */
void building_year(building_books *books, int64_t invested, double renewal_share, double life, double residual_share, bool closed);

kj_service_kind service_of_facility(uint8_t facility_kind);

/* Systems. */
kj_status economy_tax_base(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);        /* tax.c */
kj_status economy_clear_tax_base(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);  /* tax.c */
kj_status economy_facilities(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);      /* facilities.c */
kj_status economy_costs(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);           /* costs.c */
kj_status economy_budget(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);          /* budget.c */
kj_status economy_areas(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);           /* areas.c */
kj_status economy_check_balance(void *instance, kj_ctx *ctx);                                 /* economy_checks.c */
kj_status economy_check_costs(void *instance, kj_ctx *ctx);
kj_status economy_check_areas(void *instance, kj_ctx *ctx);

#endif
