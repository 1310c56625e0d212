/* The numbers of the housing market that a user can change, as one X-macro: P(field, unit, default, min, max, evidence,
   source, sentence). Used twice: as the fields of housing_params, and as the declarations in schema.c. */
#ifndef HOUSING_PARAMS_H
#define HOUSING_PARAMS_H

/* Prices per m2 in the municipality, deflated to 2020 (consumer prices 2020-24: +24 %) and divided by the mean wear of the stock
   (0.8): co-op flats in Lund 41 402 SEK/m2 (1 720 sold in the year to April 2024), villas in Stor-Malmö 5 326 000 SEK; in Värnamo
   villas 2.6 and co-op flats 1.4 million SEK (44 and 50 sold), taken as 135 and 65 m2. Two places give level and elasticity. */
#define HOUSING_SRC_PRICES \
    "calibrated to mean prices of Lund (Svensk Mäklarstatistik, April 2024; SCB Småhusbarometern, Stor-Malmö) and Värnamo (värnamo.nu after Svensk " \
    "Mäklarstatistik), at 2020 prices and for new homes"
#define HOUSING_SRC_MODEL "assumed: no published figure found; chosen so that the facts in plugins/housing/MODEL.md are met"
#define HOUSING_SRC_MOVES \
    "kedja calibrate calibrate_sweden: moves per person by age and the share within the municipality, Sweden 2021 and 2017 (docs/validation.md); poorly identified alone"
#define HOUSING_SRC_LODGERS \
    "calibrated on moves by age, and towards the share of households of other kinds: 9 % of all, Statistics Sweden 2021 (docs/validation.md); poorly identified alone"
#define HOUSING_SRC_DISTANCE \
    "calibrated on 48 % of moves under 5 km and 82 % under 50 km, Sweden 2021 (SCB, Flest flyttar i närområdet, 2022)"
#define HOUSING_SRC_TASTE \
    "calibrated on the people by neighbourhood of Lund on 31 December 2021 and 2022 (mean error of 2022: 148 persons an area at 1, 123 at 2, 110 at 3)"
#define HOUSING_SRC_AREA_LUCK \
    "derived where it is not 0 (scripts/lib/default_ensemble.lua): spread of persons by neighbourhood that new homes do not explain, SCB RegSO " \
    "2020-2023 without Lund (docs/examples/area_luck.py)"
#define HOUSING_SRC_LENDING "Finansinspektionen: mortgage cap and amortisation rules, and their change on 1 April 2026"
#define HOUSING_SRC_LIVING \
    "Finansinspektionen, Den svenska bolånemarknaden (April 2022), table B1: mean of the banks' left-to-live-on tests (bolanesidan.se/om-bolan/kalp-kalkyl)"
#define HOUSING_SRC_LKF "LKF business plan 2024: a third of lettings internal, about half of Lund's rentals (lkf.inpublix.com)"
#define HOUSING_SRC_UNLET \
    "SCB, Outhyrda bostadslägenheter 2019: 1.7 % of rental flats unlet, 0.6 % free to let, 0.9 % under repair"
#define HOUSING_SRC_RENT "fastighetstidningen.se: new public rentals 1 680 SEK per m2 and year in 2022 (1 250-2 917)"

/* clang-format off */ /* records set by hand */
#define HOUSING_PARAMS(P) \
    /* who begins to search */ \
    P(search_scale, "1", 1.05, 0.0, 10.0, KJ_CALIBRATED, HOUSING_SRC_MOVES, \
      "Factor on the yearly hazards of table search_hazard.") \
    P(search_cap, "1", 3.5, 1.0, 10.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Largest factor by which a household's own situation can raise its hazard.") \
    P(crowded_factor, "1", 0.5, 0.0, 5.0, KJ_CALIBRATED, HOUSING_SRC_MOVES, \
      "Rise of the hazard for each room that the household lacks.") \
    P(spare_factor, "1", 0.15, 0.0, 5.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Rise of the hazard for each room beyond three to spare, head aged 55 or older.") \
    P(cost_factor, "1", 0.6, 0.0, 5.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Rise of the hazard when the housing cost exceeds cost_limit.") \
    P(cost_limit, "1", 0.40, 0.05, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Share of the income after tax above which a housing cost counts as too high.") \
    P(birth_factor, "1", 2.0, 0.0, 5.0, KJ_CALIBRATED, HOUSING_SRC_MOVES, \
      "Rise of the hazard with a child under one year.") \
    P(settled_months, "month", 12.0, 0.0, 120.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Months after a move in which a household seldom searches again.") \
    P(settled_factor, "1", 0.35, 0.0, 1.0, KJ_ASSUMED, \
      "14 % of those who moved in 2021 moved twice or more (SCB 2022); the factor itself is assumed", \
      "Factor on the hazard in those months.") \
    P(patience_months, "month", 9.0, 1.0, 240.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Months after which a household that has a home gives up a search.") \
    P(lodger_search_rate, "1/year", 0.12, 0.0, 12.0, KJ_CALIBRATED, HOUSING_SRC_LODGERS, \
      "Rate at which a household that moved to a lodging begins to search for a home of its own, head under 30.") \
    P(lodger_search_rate_30, "1/year", 0.3, 0.0, 12.0, KJ_CALIBRATED, HOUSING_SRC_LODGERS, \
      "The same, head of 30 or older.") \
    P(search_every, "month", 3.0, 1.0, 12.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Months from one look at the market to the next of a search that found nothing; the first comes at once.") \
    /* where: the first stage of the choice */ \
    P(area_distance_m, "m", 2900.0, 100.0, 100000.0, KJ_CALIBRATED, HOUSING_SRC_DISTANCE, \
      "Distance from the present home at which an area's weight has fallen to a half to the power area_power.") \
    P(area_power, "1", 2.0, 0.0, 4.0, KJ_CALIBRATED, HOUSING_SRC_DISTANCE, \
      "Whole power of the decay 1 / (1 + d / area_distance_m) with distance from the present home.") \
    P(work_distance_m, "m", 15000.0, 100.0, 200000.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "The same for the distance from the head's workplace.") \
    P(work_power, "1", 1.0, 0.0, 4.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Whole power of the decay with distance from the workplace.") \
    P(wish_weight, "1", 0.001, 0.0, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Weight of a standing home in an area's size, a home on offer being 1: searchers also look where nothing is free.") \
    P(taste_weight, "1", 2.0, 0.0, 4.0, KJ_CALIBRATED, HOUSING_SRC_TASTE, \
      "Weight of where people of the same stage of life live at the start, in the choice of an area and of a home; 0: none.") \
    P(taste_prior, "1", 20.0, 0.01, 10000.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Households that an area must have before its own mix counts as much as that of such homes on the whole map.") \
    P(area_luck, "1", 0.0, 0.0, 3.0, KJ_DERIVED_FIGURE, HOUSING_SRC_AREA_LUCK, \
      "What no model knows of an area: standard deviation of its utility a person of the household beyond two, drawn anew each year; 0 leaves it out.") \
    /* which home: the second stage */ \
    P(sample_size, "1", 20.0, 1.0, 64.0, KJ_ASSUMED, "number of sampled alternatives, as in operational land-use models", \
      "Most vacancies that a household looks at in a month.") \
    P(applications, "1", 3.0, 1.0, 8.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Most homes that a household applies for or bids on in a month.") \
    P(beta_home, "km-1", 0.05, 0.0, 5.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Loss of utility a kilometre from the present home, within the area.") \
    P(beta_work, "km-1", 0.02, 0.0, 5.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Loss of utility a kilometre from the workplace.") \
    P(beta_cost, "1", 4.0, 0.0, 50.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Loss of utility when the housing cost rises by the whole income.") \
    P(beta_under, "1", 1.0, 0.0, 10.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Loss of utility for each room that would be lacking.") \
    P(beta_over, "1", 0.25, 0.0, 10.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Loss of utility for each room to spare beyond the first.") \
    P(beta_fewer, "1", 0.6, 0.0, 10.0, KJ_ASSUMED, \
      "84 % of owners of small houses of 70 or older who would move want three rooms or more (orebronyheter.com 2021); size assumed", \
      "Loss of utility for each room fewer than in the present home of one's own.") \
    P(same_tenure, "1", 0.6, -5.0, 5.0, KJ_ASSUMED, \
      "Västerås 2022: the tenure built is over-represented among the homes freed; size assumed", \
      "Utility of keeping the present tenure.") \
    P(own_young, "1", -0.7, -10.0, 10.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Utility of a small house for a head under 30.") \
    P(house_family, "1", 1.0, -10.0, 10.0, KJ_ASSUMED, \
      "households in owned small houses have 2.7 persons, in rental flats 2.0 (SCB 2015); size assumed", \
      "Utility of a small house for a household with children.") \
    P(flat_senior, "1", 0.8, -10.0, 10.0, KJ_ASSUMED, \
      "59 % of those aged 65-69 want the same kind of home in 10 to 15 years, 61 % at 55-64 and 49 % at 70-80, so that two in five or more want another (SBAB 2020); size assumed", \
      "Utility of a flat for a head of 65 or older.") \
    P(senior_home, "1", 0.6, -10.0, 10.0, KJ_ASSUMED, \
      "36 % of those aged 70-80 want a home with service (SBAB 2020); size assumed", "Further utility of a senior home.") \
    P(student_home, "1", 1.0, -10.0, 10.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Utility of a student home for a student.") \
    P(new_home, "1", 0.5, -5.0, 5.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Utility of a home that is not five years old.") \
    P(stay_wish, "1", 1.5, -10.0, 20.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Utility of staying for a household that searches without need.") \
    P(stay_need, "1", 0.0, -10.0, 20.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Utility of staying for a household with a cause to move (space, cost, event).") \
    P(stay_none, "1", -3.0, -20.0, 20.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Utility of waiting for a household without a home of its own.") \
    /* who may */ \
    P(senior_age, "year", 65.0, 50.0, 100.0, KJ_ASSUMED, "usual limit of Swedish senior housing (55 to 70)", \
      "Lowest age of the head for senior homes.") \
    P(rent_income_max, "1", 0.43, 0.1, 5.0, KJ_ASSUMED, \
      "landlords who ask for three times the rent before tax, at 22 % tax: 1 / (3 x 0.78), no source at hand; LKF in Lund asks for 1.5 times the rent after tax, which is 0.67 (lkf.se/att-hyra-hos-oss/forutsattningar-for-att-bli-hyresgast)", \
      "Landlord's income rule: highest rent as a share of the income after tax; students in student homes are exempt.") \
    /* lending */ \
    P(ltv_max, "1", 0.85, 0.0, 1.0, KJ_MEASURED, HOUSING_SRC_LENDING, "Highest loan to value before ltv_change.") \
    P(ltv_max_later, "1", 0.90, 0.0, 1.0, KJ_MEASURED, HOUSING_SRC_LENDING, "Highest loan to value from ltv_change.") \
    P(ltv_change, "month", 1515.0, 0.0, 6000.0, KJ_MEASURED, HOUSING_SRC_LENDING, \
      "Month of the change, counted from January 1900 (1515: April 2026).") \
    P(amortise_from, "1", 0.50, 0.0, 1.0, KJ_MEASURED, HOUSING_SRC_LENDING, \
      "Loan to value above which 1 % is paid off yearly.") \
    P(amortise_more_from, "1", 0.70, 0.0, 1.0, KJ_MEASURED, HOUSING_SRC_LENDING, \
      "Loan to value above which 2 % is paid off yearly.") \
    P(amortise_rate, "1", 0.01, 0.0, 0.2, KJ_MEASURED, HOUSING_SRC_LENDING, "Share of the loan paid off yearly at each step.") \
    P(amortise_start, "month", 0.0, 0.0, 6000.0, KJ_ASSUMED, \
      "the first rule is of 1 June 2016 (month 1397); banks asked for amortisation of their own accord before (from memory), so that runs from 2010 know it too", \
      "Month from which loans above these limits are paid off, counted from January 1900.") \
    P(interest, "1", 0.035, 0.0, 0.3, KJ_ASSUMED, "about the mean of Swedish mortgage rates 2000-2024", \
      "Mortgage rate that households pay.") \
    P(interest_relief, "1", 0.30, 0.0, 1.0, KJ_MEASURED, "Income Tax Act (1999:1229) 67:10: a deficit of capital lowers the tax by 30 % of it (21 % above 100 000 SEK)", \
      "Share of the interest that tax relief gives back; banks count it in the left-to-live-on test.") \
    P(stress_rate, "1", 0.065, 0.0, 0.3, KJ_ASSUMED, "banks test at 6 to 7 %", "Rate of the left-to-live-on test.") \
    P(living_single, "SEK/month", 10100.0, 0.0, 1e5, KJ_MEASURED, HOUSING_SRC_LIVING, \
      "Left to live on, one adult, housing excluded.") \
    P(living_couple, "SEK/month", 17600.0, 0.0, 1e5, KJ_MEASURED, HOUSING_SRC_LIVING, "Left to live on, two adults.") \
    P(living_child, "SEK/month", 3800.0, 0.0, 1e5, KJ_MEASURED, HOUSING_SRC_LIVING, "Left to live on, each child.") \
    P(savings_rate, "year-1", 0.04, 0.0, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Savings outside the home, in yearly incomes for each year of age above 20.") \
    P(savings_max, "1", 1.5, 0.0, 20.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Most savings, in yearly incomes.") \
    P(savings_help, "1", 0.5, 0.0, 20.0, KJ_ASSUMED, "help from parents and unsecured loans are common; size so that co-op prices in Lund neither rise nor fall without cause", \
      "Help to a first purchase, in yearly incomes.") \
    P(parents_share, "1", 0.23, 0.0, 1.0, KJ_MEASURED, \
      "23 % of those aged 18-26 need help of parents or relatives to finance a first home (SBAB and Sifo 2017: restate.se)", \
      "Share of households with a head under 30 whose parents stand in when they buy.") \
    P(parents_income, "SEK/year", 500000.0, 0.0, 1e8, KJ_ASSUMED, "about the income after tax of a couple of 50 years; banks let parents sign too", \
      "Income after tax that such a purchase is tested on, when the household's own is lower.") \
    P(savings_spread, "1", 0.7, 0.0, 3.0, KJ_ASSUMED, \
      "wealth is far less even than income; size assumed", \
      "Standard deviation of the logarithm of savings between households of the same age and income; a trait for life.") \
    P(former_owner_share, "1", 0.45, 0.0, 1.0, KJ_DERIVED_FIGURE, \
      "61 % of Swedish dwellings are co-op or owned (Boverket 2022), fewer among the young who move; taken from age 30 on", \
      "Share of newcomers from the country and of separated people of 30 or older who bring money from a home that was sold.") \
    P(former_equity, "1", 1.5, 0.0, 20.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "That money, in yearly incomes.") \
    P(debt_share, "1", 0.6, 0.0, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Debt on an owned home at the move, as a share of its price.") \
    P(debt_years, "year", 30.0, 1.0, 200.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Years in which that debt is paid off.") \
    /* clearing */ \
    P(offer_rounds, "1", 3.0, 1.0, 50.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Rounds in a month in which refused homes are offered again.") \
    P(internal_share, "1", 0.33, 0.0, 1.0, KJ_MEASURED, HOUSING_SRC_LKF, \
      "Share of queue lettings that go first to those who already rent.") \
    P(lot_share, "1", 0.25, 0.0, 1.0, KJ_ASSUMED, \
      "public companies own 26 % of flats, rentals are 58 % (SCB 2021, Boverket 2022), most private ones use queues too", \
      "Share of rental homes that private landlords let outside the queue.") \
    P(resident_share, "1", 0.67, 0.0, 1.0, KJ_DERIVED_FIGURE, \
      "LKF offers homes first to those who live, work or study in Lund and has half of Lund's rentals (lkf.se/artikel/uthyrningspolicy-lagenheter), that is two thirds of those let by queue", \
      "Share of rental homes let by queue whose landlord takes those who live, work or study in the municipality before all others.") \
    P(municipal_share, "1", 0.0, 0.0, 1.0, KJ_ASSUMED, "Swedish municipalities have no such right; what they agree on with landlords is not modelled", \
      "Share of the vacant rentals let by queue that the municipality lets first to households of its own in need: without a home, or crowded by norm 2.") \
    P(youth_share, "1", 0.25, 0.0, 1.0, KJ_DERIVED_FIGURE, \
      "youth housing was 1 033 of 7 643 ordinary and youth lettings in Stockholm 2017 (bostad.stockholm.se), taken as flats of one or two rooms, about half of lettings", \
      "Share of rental flats of one or two rooms that go first to young people.") \
    P(youth_age, "year", 26.0, 18.0, 40.0, KJ_MEASURED, "LKF's first youth housing takes tenants of 18 to 25 (sabo.se/forsta-ungdomsboendet-for-lunds-allmannytta)", \
      "Age of the head at which these homes are no longer for one.") \
    P(queue_age, "year", 16.0, 0.0, 40.0, KJ_MEASURED, "LKF: one may join at 16 and apply at 18 (lkf.se/att-hyra-hos-oss)", "Lowest age at which people join the queue.") \
    P(passive_share, "1", 0.5, 0.0, 1.0, KJ_ASSUMED, "LKF Lund 2020: 79 000 registered, 9 000 active; the share is assumed", \
      "Share of residents who joined the queue before they needed a home.") \
    P(outside_share, "1", 0.25, 0.0, 1.0, KJ_ASSUMED, \
      "79 000 stand in LKF's queue, three in four of as many as live in Lund at that age: some of them live elsewhere; half the share of residents is assumed", \
      "Share of people from other municipalities who joined the queue before they looked for a home here; people from abroad did not.") \
    P(queue_lead, "month", 180.0, 0.0, 1200.0, KJ_CALIBRATED, \
      "calibrated on queue times of 4 to 7 years in Lund outside the centre (lkf.se/att-hyra-hos-oss)", \
      "Most months by which they joined before they needed a home, evenly spread.") \
    P(exchange_looks, "1", 6.0, 0.0, 64.0, KJ_CALIBRATED, \
      "set so that about 1 % of rentals are exchanged a year, as in Britain, where nearly 250 000 tenants did in five years (jrf.org.uk, Mutual exchange); no Swedish figure found", \
      "Homes of other tenants of the municipality that a tenant who searches with cause looks at in a month for an exchange; 0: no exchange.") \
    P(exchange_months, "month", 12.0, 0.0, 600.0, KJ_MEASURED, "12 ch. 35 Land Code: one year in the home, notable reasons such as space, rent or distance (domstol.se, Byta bostad)", \
      "Months that a tenant must have lived in the home before an exchange.") \
    P(bid_spread, "1", 0.12, 0.0, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Width of bids round the asked price.") \
    P(ask_cut, "1", 0.01, 0.0, 0.2, KJ_ASSUMED, HOUSING_SRC_MODEL, "Cut of the asked price for each month on offer.") \
    P(ask_floor, "1", 0.80, 0.1, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Lowest asked price as a share of the first one.") \
    /* durations */ \
    P(notice_rental, "month", 2.0, 0.0, 24.0, KJ_ASSUMED, \
      "three months' notice (12 ch. Land Code), of which a part passes before the tenant leaves", \
      "Months until a rental that lost its tenant outside the market is free.") \
    P(notice_estate, "month", 3.0, 0.0, 36.0, KJ_ASSUMED, "estate inventory is due within three months of a death", \
      "Months until a co-op or owned home is for sale after a death or a move to care.") \
    P(renovation_share, "1", 0.35, 0.0, 1.0, KJ_DERIVED_FIGURE, HOUSING_SRC_UNLET, "Share of rentals renovated between tenants.") \
    P(renovation_months, "month", 2.0, 0.0, 24.0, KJ_DERIVED_FIGURE, HOUSING_SRC_UNLET, "Months that such a renovation takes.") \
    P(advertise_share, "1", 0.5, 0.0, 1.0, KJ_DERIVED_FIGURE, HOUSING_SRC_UNLET, \
      "Share of rentals that stand advertised for a month before they are let.") \
    P(contract_rental, "month", 1.0, 0.0, 24.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Months from contract to moving in, rental.") \
    P(contract_left, "month", 0.0, 0.0, 24.0, KJ_ASSUMED, \
      "a seller stays until the day of access and notice on a rental (three months, 12 ch. Land Code) runs while the tenant still lives there; size assumed", \
      "The same for a home whose holder moved within the map or away: the rest of that time, since it was on the market before the holder left.") \
    P(contract_owner, "month", 2.0, 0.0, 24.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Months from contract to moving in, co-op and owner.") \
    /* prices and rents */ \
    P(price_flat_m2, "SEK/m2", 36000.0, 1.0, 1e6, KJ_CALIBRATED, HOUSING_SRC_PRICES, "Price of a new co-op flat of 70 m2 in a middling place.") \
    P(price_house_m2, "SEK/m2", 33000.0, 1.0, 1e6, KJ_CALIBRATED, HOUSING_SRC_PRICES, "Price of a new small house of 120 m2 in a middling place.") \
    P(price_scale_homes, "1", 50000.0, 100.0, 1e7, KJ_ASSUMED, HOUSING_SRC_MODEL, \
      "Homes in a municipality in which prices per m2 are as above.") \
    P(price_elasticity, "1", 0.45, 0.0, 2.0, KJ_CALIBRATED, HOUSING_SRC_PRICES, \
      "Elasticity of prices to the number of homes in the municipality, between a half and twice.") \
    P(centre_gain, "1", 0.5, 0.0, 10.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Rise of the price at the centre over a place far from it.") \
    P(centre_time, "s", 900.0, 1.0, 36000.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Travel time at which half of that rise is left.") \
    P(income_elasticity, "1", 0.7, 0.0, 2.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Slope of the price on the area's median income over the map's mean.") \
    P(age_discount, "year-1", 0.004, 0.0, 0.1, KJ_ASSUMED, HOUSING_SRC_MODEL, "Loss of price a year of the building's age, at most 30 %.") \
    P(price_speed, "month-1", 0.01, 0.0, 0.2, KJ_ASSUMED, HOUSING_SRC_MODEL, "Largest change of an area's prices in a month.") \
    P(price_balance, "1", 1.2, 0.1, 100.0, KJ_CALIBRATED, "bids a home for sale at which prices stand still", \
      "Bids a home for sale at which prices stand still.") \
    P(price_return, "month-1", 0.01, 0.0, 0.5, KJ_ASSUMED, \
      "house prices return to what incomes and rents carry over years; speed assumed", \
      "Part of the distance to the long-run level, index 1, by which an area's prices come back each month.") \
    P(price_floor, "1", 0.6, 0.01, 1.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Lowest price index of an area, start = 1.") \
    P(price_ceiling, "1", 2.0, 1.0, 100.0, KJ_ASSUMED, HOUSING_SRC_MODEL, "Highest price index of an area.") \
    P(coop_max_m2, "SEK/m2", 0.0, 0.0, 1e6, KJ_ASSUMED, "there is no such rule in Sweden", \
      "Highest price of a co-op home for each m2 of a home of 70 m2 (Danish andel); such homes go by lot at the asked price. 0: no such rule, bids decide.") \
    P(rent_m2, "SEK/m2/year", 1150.0, 1.0, 1e5, KJ_ASSUMED, "level of Swedish rents about 2020-2022", "Rent of a standing flat of 65 m2.") \
    P(rent_new_m2, "SEK/m2/year", 1680.0, 1.0, 1e5, KJ_MEASURED, HOUSING_SRC_RENT, "Rent of a newly built flat, which follows cost.") \
    P(private_rent_m2, "SEK/m2/year", 1150.0, 1.0, 1e5, KJ_ASSUMED, "as rent_m2: no Swedish home is of this tenure", \
      "Regulated rent of a private rental of 65 m2 that was built before private_free_year.") \
    P(private_rent_free_m2, "SEK/m2/year", 1680.0, 1.0, 1e5, KJ_ASSUMED, "as rent_new_m2: no Swedish home is of this tenure", \
      "The same, built from that year on: its first rent is agreed freely.") \
    P(private_free_year, "year", 1992.0, 1800.0, 2500.0, KJ_MEASURED, \
      "Denmark: free rent in buildings taken into use after 31 December 1991 (lejeloven 53 (3), boligreguleringsloven 15 a: huslex.dk)", \
      "First year of building whose private rentals have a free rent.") \
    P(rent_rise, "year-1", 0.005, -0.1, 0.2, KJ_ASSUMED, HOUSING_SRC_MODEL, "Real rise of rents by the yearly negotiation.") \
    P(coop_fee_m2, "SEK/m2/year", 720.0, 0.0, 1e5, KJ_ASSUMED, HOUSING_SRC_MODEL, "Co-op fee.") \
    P(owner_cost_m2, "SEK/m2/year", 420.0, 0.0, 1e5, KJ_ASSUMED, HOUSING_SRC_MODEL, "Running cost of an owned home.")
/* clang-format on */

typedef struct housing_params {
#define P(field, unit, def, min, max, evidence, source, doc) double field;
    HOUSING_PARAMS(P)
#undef P
} housing_params;

/* Number of parameters: one more than the last index. */
enum {
#define P(field, unit, def, min, max, evidence, source, doc) HOUSING_PARAM_##field,
    HOUSING_PARAMS(P)
#undef P
    HOUSING_N_PARAMS
};

#endif
