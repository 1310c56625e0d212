/* Costs and means: MODEL.md, "Prices and rents" and "Lending". */
#include "means.h"

#include <kedja/math.h>

#include "logit.h"

static double lower(double a, double b) { return a < b ? a : b; }
static double higher(double a, double b) { return a > b ? a : b; }

/* Value by size: each square metre is worth less in a larger home; 1 at the reference size. */
static double size_value(double area_m2, double reference_m2)
{
    return area_m2 * (0.5 + reference_m2 / (reference_m2 + area_m2));
}

double housing_hedonic_price(const housing_params *p, uint8_t kind, double area_m2, double building_age, housing_place place)
{
    double size = kind == KJ_FLAT ? p->price_flat_m2 * size_value(area_m2, 70.0) : p->price_house_m2 * size_value(area_m2, 120.0);
    double near_centre = (1.0 + p->centre_gain * p->centre_time / (p->centre_time + place.travel_s)) / (1.0 + 0.5 * p->centre_gain);
    double income = higher(0.4, 1.0 + p->income_elasticity * (place.income_ratio - 1.0));
    double worn = 1.0 - lower(0.3, p->age_discount * higher(0.0, building_age));
    return size * near_centre * income * worn * place.level;
}

double housing_price_level(const housing_params *p, double homes)
{
    double level = homes > 0.0 ? kj_pow(homes / p->price_scale_homes, p->price_elasticity) : 1.0;
    return level < 0.5 ? 0.5 : level > 2.0 ? 2.0 : level;
}

double housing_lawful_price(const housing_params *p, uint8_t tenure, double area_m2, double price)
{
    return housing_has_max_price(p, tenure) ? lower(price, p->coop_max_m2 * size_value(area_m2, 70.0)) : price;
}

/* Rent of a flat of 65 m2 for each m2 and year. */
static double rent_level(const housing_params *p, uint8_t tenure, int32_t built_year, int32_t year)
{
    if (tenure == KJ_TENURE_PRIVATE) return (double)built_year < p->private_free_year ? p->private_rent_m2 : p->private_rent_free_m2;
    return built_year > 0 && year - built_year <= 1 ? p->rent_new_m2 : p->rent_m2;
}

int32_t housing_monthly_rent(const housing_params *p, uint8_t tenure, double area_m2, int32_t built_year, int32_t year)
{
    double a_year = tenure == KJ_TENURE_COOP    ? p->coop_fee_m2 * area_m2
                    : tenure == KJ_TENURE_OWNER ? p->owner_cost_m2 * area_m2
                                                : rent_level(p, tenure, built_year, year) * size_value(area_m2, 65.0);
    return (int32_t)higher(1.0, a_year / 12.0);
}

housing_lending housing_lending_of(const housing_params *p, int32_t month)
{
    double ltv_max = month < (int32_t)p->ltv_change ? p->ltv_max : p->ltv_max_later;
    double amortise_rate = month < (int32_t)p->amortise_start ? 0.0 : p->amortise_rate;
    const double limit[3] = {lower(p->amortise_from, ltv_max), lower(p->amortise_more_from, ltv_max), ltv_max};
    housing_lending l;
    for (int i = 0; i < 3; i++) {
        l.per_funds[i] = limit[i] < 1.0 ? 1.0 / (1.0 - limit[i]) : 0.0;
        l.free[i] = limit[i] < 1.0 ? 0.0 : 1e12;
        l.loan[i] = 1.0 / higher(1e-3, p->stress_rate * (1.0 - p->interest_relief) + amortise_rate * (double)i);
    }
    return l;
}

/* Sets traits of wealth apart from other uses of a household's luck. */
static const uint64_t FORMER = UINT64_C(0xA0761D6478BD642F), PARENTS = UINT64_C(0xE7037ED1A0B428DB);

int32_t housing_tested_income(const housing_params *p, uint64_t luck, double age, int32_t income)
{
    if (age >= 30.0 || (double)income >= p->parents_income) return income;
    return kj_uniform((uint32_t)(housing_mix(luck ^ PARENTS) >> 32)) < p->parents_share ? (int32_t)p->parents_income : income;
}

double housing_former_equity(const housing_params *p, uint64_t luck, uint8_t origin, double age, double income)
{
    if (age < 30.0 || (origin != KJ_ORIGIN_COUNTY && origin != KJ_ORIGIN_COUNTRY && origin != KJ_ORIGIN_SEPARATED)) return 0.0;
    return kj_uniform((uint32_t)(housing_mix(luck ^ FORMER) >> 32)) < p->former_owner_share ? p->former_equity * income : 0.0;
}

double housing_equity(const housing_params *p, double price, int32_t months_since_move)
{
    return price * (1.0 - kj_debt_left(p->debt_share, p->debt_years, months_since_move));
}
