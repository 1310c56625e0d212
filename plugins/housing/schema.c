/* Declarations of the housing plugin: its tables, columns, queues and parameters, and what it needs of others. */
#include "housing.h"

#define OWN_DWELLING(C) \
    C(d_cell, "dwelling", "cell", KJ_I32, KJ_INPUT, "1", 0, 0, "cell", NULL, "Index of the cell in which the dwelling stands.") \
    C(d_tenure, "dwelling", "tenure", KJ_U8, KJ_INPUT, "1", 0, KJ_TENURE_COUNT - 1, NULL, KJ_TENURE_LABELS, "Tenure.") \
    C(d_kind, "dwelling", "kind", KJ_U8, KJ_INPUT, "1", 0, KJ_DWELLING_KIND_COUNT - 1, NULL, KJ_DWELLING_KIND_LABELS, "Kind of building.") \
    C(d_rooms, "dwelling", "rooms", KJ_U8, KJ_INPUT, "1", 1, 30, NULL, NULL, "Rooms without the kitchen.") \
    C(d_area, "dwelling", "area_m2", KJ_I16, KJ_INPUT, "m2", 1, 2000, NULL, NULL, "Floor area.") \
    C(d_built, "dwelling", "built_year", KJ_I16, KJ_INPUT, "year", 0, 0, NULL, NULL, "Year of completion, 0 unknown.") \
    C(d_rent, "dwelling", "rent", KJ_I32, KJ_INPUT, "SEK/month", 0, 1e7, NULL, NULL, "Rent, co-op fee or an owner's running cost; 0 in a map: computed at the start.") \
    C(d_price, "dwelling", "price", KJ_I32, 0, "SEK", 0, 2e9, NULL, NULL, "Price asked or last paid, co-op and owner; 0 for rentals.") \
    C(d_state, "dwelling", "state", KJ_U8, KJ_INPUT, "1", 0, 2, NULL, KJ_DWELLING_STATE_LABELS, "Whether somebody lives there.") \
    C(d_household, "dwelling", "household", KJ_ID, KJ_INPUT, "1", 0, 0, "household", NULL, "Household that holds the dwelling.") \
    C(d_vacancy, "dwelling", "vacancy", KJ_ID, 0, "1", 0, 0, "vacancy", NULL, "Its open vacancy.") \
    C(d_project, "dwelling", "project", KJ_ID, KJ_INPUT, "1", 0, 0, "project", NULL, "Building project that it came from.") \
    C(d_luck, "dwelling", "luck", KJ_KEY, KJ_INPUT, "1", 0, 0, NULL, NULL, "Luck key.")

#define OWN_VACANCY(C) \
    C(v_dwelling, "vacancy", "dwelling", KJ_ID, KJ_FINAL, "1", 0, 0, "dwelling", NULL, "Dwelling that is or was vacant.") \
    C(v_root, "vacancy", "root", KJ_ID, KJ_FINAL, "1", 0, 0, "vacancy", NULL, "First vacancy of its chain.") \
    C(v_parent, "vacancy", "parent", KJ_ID, KJ_FINAL, "1", 0, 0, "vacancy", NULL, "Vacancy whose filler left this dwelling; 0 for a root.") \
    C(v_round, "vacancy", "round", KJ_I16, KJ_FINAL, "1", 0, 0, NULL, NULL, "Place in the chain, 1 for a root.") \
    C(v_cause, "vacancy", "cause", KJ_U8, KJ_FINAL, "1", 0, KJ_CAUSE_COUNT - 1, NULL, KJ_VACANCY_CAUSE_LABELS, "What opened it.") \
    C(v_opened, "vacancy", "opened", KJ_I16, KJ_FINAL, "month", 0, 0, NULL, NULL, "Month in which it opened.") \
    C(v_renovation, "vacancy", "renovation_months", KJ_U8, KJ_FINAL, "months", 0, 24, NULL, NULL, "Months of renovation, the last ones before it is on offer; those before them are notice.") \
    C(v_available, "vacancy", "available", KJ_I16, KJ_FINAL, "month", 0, 0, NULL, NULL, "First month on offer.") \
    C(v_stage, "vacancy", "stage", KJ_U8, KJ_FINAL, "1", 0, 3, NULL, KJ_VACANCY_STAGE_LABELS, "Stage.") \
    C(v_filled_by, "vacancy", "filled_by", KJ_ID, KJ_FINAL, "1", 0, 0, "household", NULL, "Household with a contract, or that moved in.") \
    C(v_contract, "vacancy", "contract", KJ_I16, KJ_FINAL, "month", 0, 0, NULL, NULL, "Month of the contract that holds or was fulfilled; 0 none.") \
    C(v_move_in, "vacancy", "move_in", KJ_I16, KJ_FINAL, "month", 0, 0, NULL, NULL, "Month in which it moves in.") \
    C(v_closed, "vacancy", "closed", KJ_I16, KJ_FINAL, "month", 0, 0, NULL, NULL, "Month in which the vacancy closed.") \
    C(v_end, "vacancy", "end", KJ_U8, KJ_FINAL, "1", 0, KJ_END_COUNT - 1, NULL, KJ_VACANCY_END_LABELS, "How it ended.") \
    C(v_mover_size, "vacancy", "mover_size", KJ_U8, KJ_FINAL, "1", 0, 0, NULL, NULL, "Persons who moved in.") \
    C(v_mover_kind, "vacancy", "mover_kind", KJ_U8, KJ_FINAL, "1", 0, KJ_HH_COUNT - 1, NULL, KJ_HOUSEHOLD_KIND_LABELS, "Their kind of household.") \
    C(v_mover_age, "vacancy", "mover_age", KJ_U8, KJ_FINAL, "year", 0, 130, NULL, NULL, "Age of the head.") \
    C(v_mover_income, "vacancy", "mover_income", KJ_I32, KJ_FINAL, "SEK/year", 0, 0, NULL, NULL, "Their income after tax.") \
    C(v_mover_origin, "vacancy", "mover_origin", KJ_U8, KJ_FINAL, "1", 0, KJ_ORIGIN_COUNT - 1, NULL, KJ_HOUSEHOLD_ORIGIN_LABELS, "Why the household came to be.") \
    C(v_from_dwelling, "vacancy", "from_dwelling", KJ_ID, KJ_FINAL, "1", 0, 0, "dwelling", NULL, "Home that they held before; 0 none.") \
    C(v_tenure, "vacancy", "tenure", KJ_U8, KJ_FINAL, "1", 0, KJ_TENURE_COUNT - 1, NULL, KJ_TENURE_LABELS, "Tenure of the dwelling.") \
    C(v_kind, "vacancy", "kind", KJ_U8, KJ_FINAL, "1", 0, KJ_DWELLING_KIND_COUNT - 1, NULL, KJ_DWELLING_KIND_LABELS, "Kind of the dwelling.") \
    C(v_rooms, "vacancy", "rooms", KJ_U8, KJ_FINAL, "1", 0, 0, NULL, NULL, "Rooms of the dwelling.") \
    C(v_cell, "vacancy", "cell", KJ_I32, KJ_FINAL, "1", 0, 0, NULL, NULL, "Cell of the dwelling.") \
    C(v_area, "vacancy", "area", KJ_I16, KJ_FINAL, "1", 0, 0, NULL, NULL, "Row of the area of the dwelling, -1 outside.") \
    C(v_project, "vacancy", "project", KJ_ID, KJ_FINAL, "1", 0, 0, "project", NULL, "Project of the dwelling.")

#define OWN_OFFER(C) \
    C(o_rent, "offer", "rent", KJ_I32, KJ_DERIVED, "SEK/month", 0, 0, NULL, NULL, "Rent, fee or running cost.") \
    C(o_price, "offer", "price", KJ_I32, KJ_DERIVED, "SEK", 0, 0, NULL, NULL, "Price asked; 0 for rentals.") \
    C(o_cost, "offer", "cost", KJ_I32, KJ_DERIVED, "SEK/month", 0, 0, NULL, NULL, "Rent, or fee and interest on the asked price.") \
    C(o_x, "offer", "x", KJ_F32, KJ_DERIVED, "km", 0, 0, NULL, NULL, "Place, eastwards from the grid's north-west corner.") \
    C(o_y, "offer", "y", KJ_F32, KJ_DERIVED, "km", 0, 0, NULL, NULL, "Place, southwards from that corner.") \
    C(o_sort, "offer", "sort", KJ_I32, KJ_DERIVED, "1", 0, 0, NULL, NULL, "Tenure, kind and whether it is new.") \
    C(o_rooms, "offer", "rooms", KJ_I32, KJ_DERIVED, "1", 0, 0, NULL, NULL, "Rooms without the kitchen.") \
    C(o_flags, "offer", "flags", KJ_U8, KJ_DERIVED, "1", 0, 0, NULL, NULL, "Whom it goes to first; that a lot decides.") \
    C(o_key, "offer", "key", KJ_I32, KJ_DERIVED, "1", 0, 0, NULL, NULL, "What the dwelling's luck brings into tastes and lots.") \
    C(o_area, "offer", "area", KJ_I32, KJ_DERIVED, "1", 0, 0, NULL, NULL, "Row of its area.")

#define OWN_PEOPLE(C) \
    C(h_moved, "household", "moved", KJ_I16, KJ_INPUT, "month", 0, 0, NULL, NULL, "Month of the household's last move into a home of its own; not of changes of lodging.") \
    C(h_searching, "household", "searching", KJ_I16, 0, "month", 0, 0, NULL, NULL, "Month since which the household searches; 0 no.") \
    C(h_cause, "household", "search_cause", KJ_U8, 0, "1", 0, KJ_SEARCH_COUNT - 1, NULL, KJ_SEARCH_CAUSE_LABELS, "Why it searches; no_home without a search: rests in its lodging.") \
    C(h_contract, "household", "contract", KJ_ID, 0, "1", 0, 0, "vacancy", NULL, "Vacancy that it will move into.") \
    C(h_patience, "household", "patience", KJ_I16, 0, "months", 0, 0, NULL, NULL, "Months after which it gives up the search.") \
    C(h_look, "household", "look", KJ_I16, 0, "1", 0, 8191, NULL, NULL, "Months of this year in which it may begin to search, one bit each, and whether they are drawn; 0: look at it now.") \
    C(p_queue_since, "person", "queue_since", KJ_I16, KJ_INPUT, "month", 0, 0, NULL, NULL, "Month of joining the housing queue; 0 not yet known.")

#define OWN_AREA(C) \
    C(a_searchers, "area", "searchers", KJ_I32, KJ_RECORD, "1", 0, 0, NULL, NULL, "Households that looked in the area this month; of a year, in December. No month: 0 at the start.") \
    C(a_vacant, "area", "vacant", KJ_I32, KJ_RECORD, "1", 0, 0, NULL, NULL, "Homes listed for this month as it begins, before any is taken; of a year, in December. No month: 0 at the start.") \
    C(a_general, "area", "general_offers", KJ_I32, 0, "1", 0, 0, NULL, NULL, "Of the homes on offer, those that are not for students: they stand first in the list.") \
    C(a_first_offer, "area", "first_offer", KJ_I32, 0, "1", 0, 0, NULL, NULL, "Place of the area's first home in this month's list of offers.") \
    C(a_for_sale, "area", "for_sale", KJ_I32, KJ_RECORD, "1", 0, 0, NULL, NULL, "Co-op and owned homes listed for this month as it begins; of a year, in December. No month: 0 at the start.") \
    C(a_buyers, "area", "buyers", KJ_I32, KJ_RECORD, "1", 0, 0, NULL, NULL, "Bids on them this month; of a year, in December. No month: 0 at the start.") \
    C(a_homes, "area", "homes", KJ_I32, 0, "1", 0, 0, NULL, NULL, "Dwellings that stand in the area.") \
    C(a_house_offers, "area", "house_offers", KJ_I32, 0, "1", 0, 0, NULL, NULL, "Of the homes on offer that are not for students, small houses.") \
    C(a_house_share, "area", "house_share", KJ_F32, 0, "1", 0, 1, NULL, NULL, "Share of small houses among the area's homes at the start.") \
    C(a_price_index, "area", "price_index", KJ_F32, KJ_RECORD, "1", 0, 100, NULL, NULL, "Prices of co-op and owned homes, 1 at the start.") \
    C(a_taste[0][0], "area", "taste_flat_young", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of single people under 30 in flats of the area over their share on the map, at the start.") \
    C(a_taste[0][1], "area", "taste_flat_couple", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of couples under 45 without children in flats of the area over their share on the map, at the start.") \
    C(a_taste[0][2], "area", "taste_flat_family", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of households with children in flats of the area over their share on the map, at the start.") \
    C(a_taste[0][3], "area", "taste_flat_middle", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of other households under 65 in flats of the area over their share on the map, at the start.") \
    C(a_taste[0][4], "area", "taste_flat_old", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of households of 65 or older in flats of the area over their share on the map, at the start.") \
    C(a_taste[1][0], "area", "taste_house_young", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of single people under 30 in small houses of the area over their share on the map, at the start.") \
    C(a_taste[1][1], "area", "taste_house_couple", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of couples under 45 without children in small houses of the area over their share on the map, at the start.") \
    C(a_taste[1][2], "area", "taste_house_family", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of households with children in small houses of the area over their share on the map, at the start.") \
    C(a_taste[1][3], "area", "taste_house_middle", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of other households under 65 in small houses of the area over their share on the map, at the start.") \
    C(a_taste[1][4], "area", "taste_house_old", KJ_F32, 0, "1", 0, 0, NULL, NULL, "Logarithm of the share of households of 65 or older in small houses of the area over their share on the map, at the start.") \
    C(a_size[HOUSING_STAGE_YOUNG], "area", "size_young", KJ_F32, KJ_DERIVED, "1", 0, 1, NULL, NULL, "Size of the area as single people under 30 see it this month, share of the largest.") \
    C(a_size[HOUSING_STAGE_COUPLE], "area", "size_couple", KJ_F32, KJ_DERIVED, "1", 0, 1, NULL, NULL, "Size of the area as couples under 45 without children see it this month, share of the largest.") \
    C(a_size[HOUSING_STAGE_FAMILY], "area", "size_family", KJ_F32, KJ_DERIVED, "1", 0, 1, NULL, NULL, "Size of the area as households with children see it this month, share of the largest.") \
    C(a_size[HOUSING_STAGE_MIDDLE], "area", "size_middle", KJ_F32, KJ_DERIVED, "1", 0, 1, NULL, NULL, "Size of the area as other households under 65 see it this month, share of the largest.") \
    C(a_size[HOUSING_STAGE_OLD], "area", "size_old", KJ_F32, KJ_DERIVED, "1", 0, 1, NULL, NULL, "Size of the area as older households see it this month, share of the largest.") \
    C(a_size[HOUSING_STAGE_STUDENT], "area", "size_student", KJ_F32, KJ_DERIVED, "1", 0, 1, NULL, NULL, "Size of the area as students see it this month, share of the largest.") \
    C(a_mean_rent, "area", "mean_rent", KJ_I32, KJ_RECORD | KJ_DERIVED, "SEK/month", 0, 0, NULL, NULL, "Mean rent of the rental homes, student and senior homes apart; 0: there is none.")

#define FLOW (KJ_RECORD | KJ_FLOW)
#define OWN_MUNICIPALITY(C) \
    C(m_moves, "municipality", "moves", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Persons in households that moved by the market from a home in the map, this year.") \
    C(m_household_moves, "municipality", "household_moves", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Households that moved by the market from a home in the map.") \
    C(m_moved_in, "municipality", "moved_in_households", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Households that got a home from outside.") \
    C(m_left_vacant, "municipality", "left_vacant", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Moves that left a vacant home.") \
    C(m_first_homes, "municipality", "first_homes", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "First homes of people who left their parents.") \
    C(m_chains_opened, "municipality", "chains", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Chains opened (root vacancies).") \
    C(m_chains_closed, "municipality", "chains_closed", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Chains that ended.") \
    C(m_chain_moves, "municipality", "chain_moves", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Households that moved in on the chains that ended.") \
    C(m_chain_length, "municipality", "chain_length", KJ_I64, KJ_RECORD, "1e-3", 0, 0, NULL, NULL, "Mean length of the chains that ended this year, thousandths of a household; boundary: the map. No year: 0 at the start.") \
    C(m_chains_new, "municipality", "chains_new_closed", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Chains from new dwellings that ended.") \
    C(m_chains_new_moves, "municipality", "chains_new_moves", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Households on them.") \
    C(m_chain_length_new, "municipality", "chain_length_new", KJ_I64, KJ_RECORD, "1e-3", 0, 0, NULL, NULL, "Mean length of chains from new dwellings that ended this year, thousandths; boundary: the map. No year: 0 at the start.") \
    C(m_vacant_on_offer, "municipality", "vacant_on_offer", KJ_I64, KJ_RECORD, "1", 0, 0, NULL, NULL, "Homes free to let or for sale at the end of the year.") \
    C(m_rental_on_offer, "municipality", "rental_on_offer", KJ_I64, KJ_RECORD, "1", 0, 0, NULL, NULL, "Rental flats free to let at the end of the year, student and senior homes apart.") \
    C(m_under_notice, "municipality", "under_notice", KJ_I64, KJ_RECORD, "1", 0, 0, NULL, NULL, "Vacant homes under notice, of an estate not yet for sale, or left this month and not yet on offer, at the end of the year.") \
    C(m_under_renovation, "municipality", "under_renovation", KJ_I64, KJ_RECORD, "1", 0, 0, NULL, NULL, "Vacant homes under renovation at the end of the year.") \
    C(m_contracted, "municipality", "vacant_contracted", KJ_I64, KJ_RECORD, "1", 0, 0, NULL, NULL, "Vacant homes whose next household has its contract and has not moved in, at the end of the year.") \
    C(m_searching, "municipality", "searching", KJ_I64, KJ_RECORD, "1", 0, 0, NULL, NULL, "Households here that search for a home at the end of December, whether or not it was their turn to look; who waits outside is not among them. The first searches begin in the first month.") \
    C(m_lettings, "municipality", "queue_lettings", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Rental homes let by queue, student and senior homes apart.") \
    C(m_queue_months, "municipality", "queue_months", KJ_I64, FLOW, "months", 0, 0, NULL, NULL, "Sum of the queue times of those who got them.") \
    C(m_queue_mean, "municipality", "queue_mean", KJ_I64, KJ_RECORD, "months", 0, 0, NULL, NULL, "Mean queue time of the rental homes let by queue this year, student and senior homes apart. No year: 0 at the start.") \
    C(m_vacated_rental, "municipality", "vacated_rental", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Rental homes that changed household, student and senior homes and exchanges among them.") \
    C(m_vacated_coop, "municipality", "vacated_coop", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Co-op homes that changed household.") \
    C(m_vacated_owner, "municipality", "vacated_owner", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Owned homes that changed household.") \
    C(m_exchanged, "municipality", "exchanged_rentals", KJ_I64, FLOW, "1", 0, 0, NULL, NULL, "Households that exchanged their rental for that of another: they count among those that moved, leave no vacancy and are on no chain.") \
    C(m_vacancy_rental, "municipality", "vacancy_cost_rental", KJ_I64, FLOW, "SEK", 0, 0, NULL, NULL, "Rent that landlords did not get for homes that stood empty, student and senior homes among them: a month's rent for each month that began so, from opening to moving in.") \
    C(m_vacancy_coop, "municipality", "vacancy_cost_coop", KJ_I64, FLOW, "SEK", 0, 0, NULL, NULL, "Cost of keeping empty co-op homes: the fee and interest on the price, less tax relief, for each month that began so.") \
    C(m_vacancy_owner, "municipality", "vacancy_cost_owner", KJ_I64, FLOW, "SEK", 0, 0, NULL, NULL, "Cost of keeping empty owned homes: running cost and interest on the price, less tax relief, for each month that began so.") \
    /* Counts that nothing in the model reads: not part of the state hash. */ \
    C(m_vacated_private, "municipality", "vacated_private", KJ_I64, FLOW | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Private rentals that changed household.") \
    C(m_lettings_need, "municipality", "lettings_need", KJ_I64, FLOW | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Rental homes in which the municipality housed somebody in need, ahead of the queue (housing.municipal_share); not among queue_lettings.") \
    C(m_homes[KJ_TENURE_RENTAL], "municipality", "homes_rental", KJ_I64, KJ_RECORD | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Rental homes at the end of the year, student, senior and private ones apart; on a Danish map almen homes.") \
    C(m_homes[KJ_TENURE_COOP], "municipality", "homes_coop", KJ_I64, KJ_RECORD | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Co-op homes at the end of the year; on a Danish map andel homes.") \
    C(m_homes[KJ_TENURE_OWNER], "municipality", "homes_owner", KJ_I64, KJ_RECORD | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Owned homes at the end of the year.") \
    C(m_homes[KJ_TENURE_STUDENT], "municipality", "homes_student", KJ_I64, KJ_RECORD | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Student homes at the end of the year.") \
    C(m_homes[KJ_TENURE_SENIOR], "municipality", "homes_senior", KJ_I64, KJ_RECORD | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Senior homes at the end of the year.") \
    C(m_homes[KJ_TENURE_PRIVATE], "municipality", "homes_private", KJ_I64, KJ_RECORD | KJ_DERIVED, "1", 0, 0, NULL, NULL, "Private rentals, let outside every queue, at the end of the year (Danish maps).")

/* Columns of others: C(field, table, name, type). */
#define NEEDS(C) \
    C(h_head, "household", "head", KJ_ID) \
    C(h_size, "household", "size", KJ_U8) \
    C(h_children, "household", "n_children", KJ_U8) \
    C(h_kind, "household", "kind", KJ_U8) \
    C(h_living, "household", "living", KJ_U8) \
    C(h_dwelling, "household", "dwelling", KJ_ID) \
    C(h_host, "household", "host", KJ_ID) \
    C(h_origin, "household", "origin", KJ_U8) \
    C(h_sublet, "household", "sublet", KJ_U8) \
    C(h_income, "household", "income", KJ_I32) \
    C(h_luck, "household", "luck", KJ_KEY) \
    C(p_birth, "person", "birth_month", KJ_I16) \
    C(p_next, "person", "next_member", KJ_ID) \
    C(p_activity, "person", "activity", KJ_U8) \
    C(p_workplace, "person", "workplace", KJ_ID) \
    C(p_resident, "person", "resident", KJ_U8) \
    C(p_moved, "person", "moved", KJ_I16) \
    C(p_luck, "person", "luck", KJ_KEY) \
    C(w_cell, "workplace", "cell", KJ_I32) \
    C(c_area, "cell", "area", KJ_I32) \
    C(c_travel, "cell", "travel_centre", KJ_I32) \
    C(a_municipality, "area", "municipality", KJ_ID) \
    C(a_x, "area", "x", KJ_F64) \
    C(a_y, "area", "y", KJ_F64) \
    C(a_income, "area", "median_income", KJ_I32)

static kj_status declare_columns(housing *self, const kj_host *host, const kj_register_v1 *reg)
{
    kj_status status = KJ_OK;
#define C(field, table_name, column_name, column_type, column_flags, column_unit, lowest, highest, refers, names, sentence) \
    if (!status) \
        status = reg->column(host->impl, \
                             &(kj_column_def){.struct_size = sizeof(kj_column_def), .table = table_name, .name = column_name, \
                                              .type = column_type, .flags = column_flags, .unit = column_unit, \
                                              .doc = sentence, .min = lowest, .max = highest, .ref = refers, \
                                              .labels = names}, \
                             &self->col.field);
    OWN_DWELLING(C)
    OWN_VACANCY(C)
    OWN_OFFER(C)
    OWN_PEOPLE(C)
    OWN_AREA(C)
    OWN_MUNICIPALITY(C)
#undef C
    return status;
}

static kj_status declare_params(housing *self, const kj_host *host, const kj_register_v1 *reg)
{
    kj_status status = KJ_OK;
#define P(field, unit_text, value, lowest, highest, grade, reference, sentence) \
    if (!status) \
        status = reg->param(host->impl, \
                            &(kj_param_def){.struct_size = sizeof(kj_param_def), .name = #field, .unit = unit_text, \
                                            .def = value, .min = lowest, .max = highest, .evidence = grade, \
                                            .source = reference, .doc = sentence}, \
                            &self->params[HOUSING_PARAM_##field]);
    HOUSING_PARAMS(P)
#undef P
    if (status) return status;
    const kj_param_table_def hazard = {
        .struct_size = sizeof hazard,
        .name = "search_hazard",
        .n_dims = 2,
        .dims = {{.name = "tenure", .labels = KJ_TENURE_LABELS},
                 {.name = "age", .labels = "16_19 20_24 25_29 30_34 35_39 40_44 45_49 50_54 55_64 65_79 80_120"}},
        .unit = "1/year",
        .min = 0.0,
        .max = 2.0,
        .doc = "Yearly hazard that a household with a home begins to search, by tenure and age of its head."};
    return reg->param_table(host->impl, &hazard, &self->search_hazard);
}

static kj_status declare_queues(housing *self, const kj_host *host, const kj_register_v1 *reg)
{
    const kj_queue_def freed = {sizeof freed, "housing.freed", sizeof(kj_freed), "Dwellings that lost their holder outside the market."};
    const kj_queue_def arrived = {sizeof arrived, "demography.arrived", sizeof(kj_arrived), "Households that moved in from outside."};
    const kj_queue_def open = {sizeof open, "housing.open", sizeof(kj_id), "Vacancies on offer this month, by area."};
    const kj_queue_def searches = {sizeof searches, "housing.searches", sizeof(housing_search), "Households that search this month."};
    const kj_queue_def lined_up = {sizeof lined_up, "housing.lined_up", sizeof(housing_search), "The same in the order of the areas in which they live."};
    const kj_queue_def bids = {sizeof bids, "housing.bids", sizeof(housing_bid), "Applications and bids of this month."};
    kj_status status = reg->queue(host->impl, &freed, &self->freed);
    if (!status) status = reg->queue(host->impl, &arrived, &self->arrived);
    if (!status) status = reg->queue(host->impl, &open, &self->open);
    if (!status) status = reg->queue(host->impl, &searches, &self->searches);
    if (!status) status = reg->queue(host->impl, &lined_up, &self->lined_up);
    if (!status) status = reg->queue(host->impl, &bids, &self->bids);
    return status;
}

kj_status housing_declare(housing *self, const kj_host *host)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_VERSION;
    const kj_table_def dwelling = {sizeof dwelling, "dwelling", "Homes that stand, occupied or vacant."};
    const kj_table_def vacancy = {sizeof vacancy, "vacancy", "Vacancies, open and closed: the forest of moving chains."};
    const kj_table_def offer = {sizeof offer, "offer", "Room for the month's homes on offer as searchers see them; only the first rows are used."};
    kj_status status = reg->table(host->impl, &dwelling, &self->dwelling);
    if (!status) status = reg->table(host->impl, &vacancy, &self->vacancy);
    if (!status) status = reg->table(host->impl, &offer, &self->offer);
    if (!status) status = declare_columns(self, host, reg);
    if (!status) status = declare_queues(self, host, reg);
    if (!status) status = declare_params(self, host, reg);
    return status;
}

kj_status housing_require(housing *self, const kj_host *host)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = KJ_OK;
#define T(field) \
    if (!status) status = reg->require_table(host->impl, #field, &self->field);
    T(household) T(person) T(workplace) T(cell) T(area) T(municipality)
#undef T
#define C(field, table, name, type) \
    if (!status) status = reg->require_column(host->impl, table, name, type, &self->col.field);
    NEEDS(C)
#undef C
    return status;
}

void housing_read_params(const housing *self, kj_ctx *ctx, housing_params *out)
{
#define P(field, unit, value, lowest, highest, grade, reference, sentence) \
    out->field = self->run->param(ctx, self->params[HOUSING_PARAM_##field]);
    HOUSING_PARAMS(P)
#undef P
}
