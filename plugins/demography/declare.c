/* What demography adds to the state: tables, columns, queues, parameters; and what it needs from others. */
#include "demography.h"

/* clang-format off */ /* records set by hand */

typedef struct column_row {
    kj_col *out;
    const char *name;
    kj_type type;
    uint32_t flags;
    const char *unit, *doc;
    double min, max;
    const char *ref, *labels;
} column_row;

static kj_status add_columns(demography *d, const char *table, const column_row *rows, size_t n)
{
    kj_status status = KJ_OK;
    for (size_t i = 0; i < n && !status; i++) {
        const column_row *r = &rows[i];
        kj_column_def def = {.struct_size = sizeof def, .table = table, .name = r->name, .type = r->type, .flags = r->flags,
                             .unit = r->unit, .doc = r->doc, .min = r->min, .max = r->max, .ref = r->ref, .labels = r->labels};
        status = d->reg->column(d->host->impl, &def, r->out);
    }
    return status;
}

static kj_status add_table(demography *d, const char *name, const char *doc, kj_table *out)
{
    kj_table_def def = {.struct_size = sizeof def, .name = name, .doc = doc};
    return d->reg->table(d->host->impl, &def, out);
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static kj_status declare_person(demography *d)
{
    const column_row rows[] = {
        {&d->person.birth_month, "birth_month", KJ_I16, KJ_INPUT, "month", "Month of birth, counted from January 1900.", -480, 12000, 0, 0},
        {&d->person.sex, "sex", KJ_U8, KJ_INPUT, "1", "Sex.", 0, 1, 0, KJ_SEX_LABELS},
        {&d->person.household, "household", KJ_ID, KJ_INPUT, "1", "Household; 0 in a care home.", 0, 0, "household", 0},
        {&d->person.partner, "partner", KJ_ID, KJ_INPUT, "1", "Partner in the same household.", 0, 0, "person", 0},
        {&d->person.mother, "mother", KJ_ID, KJ_INPUT, "1", "Mother, if known.", 0, 0, "person", 0},
        {&d->person.father, "father", KJ_ID, KJ_INPUT, "1", "Father, if known.", 0, 0, "person", 0},
        {&d->person.next_member, "next_member", KJ_ID, KJ_INPUT, "1", "Next member of the household; the head is first.", 0, 0, "person", 0},
        {&d->person.education, "education", KJ_U8, KJ_INPUT, "1", "Highest completed education.", 0, 3, 0, KJ_EDUCATION_LABELS},
        {&d->person.activity, "activity", KJ_U8, KJ_INPUT, "1", "Main activity.", 0, KJ_ACT_COUNT - 1, 0, KJ_ACTIVITY_LABELS},
        {&d->person.workplace, "workplace", KJ_ID, KJ_INPUT, "1", "Workplace of an employed person.", 0, 0, "workplace", 0},
        {&d->person.income, "income", KJ_I32, KJ_INPUT, "SEK/year", "Income before tax.", 0, 1e9, 0, 0},
        {&d->person.children, "children", KJ_U8, KJ_INPUT, "1", "Children ever born to a woman.", 0, 30, 0, 0},
        {&d->person.care, "care", KJ_ID, KJ_INPUT, "1", "Care home; 0 for those who live in a household.", 0, 0, "facility", 0},
        {&d->person.resident, "resident", KJ_U8, KJ_INPUT, "1", "1 = counted as population, 0 = waits outside.", 0, 1, 0, 0},
        {&d->person.luck, "luck", KJ_KEY, KJ_INPUT, "1", "Luck key.", 0, 0, 0, 0},
        {&d->person.birth_moy, "birth_moy", KJ_U8, KJ_INPUT | KJ_ROW_ORDER, "1", "birth_month modulo 12: yearly events are drawn in this month.", 0, 11, 0, 0},
        {&d->person.moved, "moved", KJ_I16, 0, "month", "Month of the last change of home; 0 before the run.", 0, 12000, 0, 0},
    };
    return add_columns(d, "person", rows, COUNT(rows));
}

static kj_status declare_household(demography *d)
{
    const column_row rows[] = {
        {&d->household.head, "head", KJ_ID, KJ_INPUT, "1", "First member.", 0, 0, "person", 0},
        {&d->household.size, "size", KJ_U8, KJ_INPUT, "1", "Members.", 0, 255, 0, 0},
        {&d->household.n_children, "n_children", KJ_U8, KJ_INPUT, "1", "Members of 0-24 years who live with a parent.", 0, 255, 0, 0},
        {&d->household.kind, "kind", KJ_U8, KJ_INPUT, "1", "Kind of household.", 0, KJ_HH_COUNT - 1, 0, KJ_HOUSEHOLD_KIND_LABELS},
        {&d->household.living, "living", KJ_U8, KJ_INPUT, "1", "Holds a dwelling, lodges, or waits outside.", 0, 2, 0, KJ_LIVING_LABELS},
        {&d->household.dwelling, "dwelling", KJ_ID, KJ_INPUT, "1", "Dwelling that the household holds.", 0, 0, "dwelling", 0},
        {&d->household.host, "host", KJ_ID, KJ_INPUT, "1", "Household that a lodging one lives with.", 0, 0, "household", 0},
        {&d->household.origin, "origin", KJ_U8, KJ_INPUT, "1", "Why the household came to be.", 0, KJ_ORIGIN_COUNT - 1, 0,
         KJ_HOUSEHOLD_ORIGIN_LABELS},
        {&d->household.income, "income", KJ_I32, KJ_INPUT, "SEK/year", "Income after tax, sum over the members.", 0, 2e9, 0, 0},
        {&d->household.luck, "luck", KJ_KEY, KJ_INPUT, "1", "Luck key of the head.", 0, 0, 0, 0},
        {&d->household.formed, "formed", KJ_I16, KJ_INPUT, "month", "Month in which the household was formed.", 0, 12000, 0, 0},
        {&d->household.sublet, "sublet", KJ_U8, 0, "1", "1: lodges as a subtenant and must leave when the host does; 0: with parents or a former partner.", 0, 1, 0, 0},
        {&d->household.home_area, "home_area", KJ_I16, KJ_DERIVED, "1", "Row of the area of the home, in a census.", 0, 0, 0, 0},
    };
    return add_columns(d, "household", rows, COUNT(rows));
}

static kj_status declare_municipality(demography *d)
{
    const uint32_t stock = KJ_RECORD, flow = KJ_RECORD | KJ_FLOW;
    const double big = 1e12;
    const column_row rows[] = {
        {&d->municipality.code, "code", KJ_TEXT, KJ_INPUT, "1", "Official code.", 0, 0, 0, 0},
        {&d->municipality.name, "name", KJ_TEXT, KJ_INPUT, "1", "Name.", 0, 0, 0, 0},
        {&d->municipality.county, "county", KJ_TEXT, KJ_INPUT, "1", "County.", 0, 0, 0, 0},
        {&d->municipality.population, "population", KJ_I64, stock, "1", "Residents on 31 December.", 0, big, 0, 0},
        {&d->municipality.households, "households", KJ_I64, stock, "1", "Households that hold a dwelling or lodge.", 0, big, 0, 0},
        {&d->municipality.births, "births", KJ_I64, flow, "1/year", "Live births.", 0, big, 0, 0},
        {&d->municipality.deaths, "deaths", KJ_I64, flow, "1/year", "Deaths.", 0, big, 0, 0},
        {&d->municipality.in_migrants, "in_migrants", KJ_I64, flow, "1/year", "Persons who moved in from outside.", 0, big, 0, 0},
        {&d->municipality.out_migrants, "out_migrants", KJ_I64, flow, "1/year", "Persons who moved out.", 0, big, 0, 0},
        {&d->municipality.in_by[0], "in_county", KJ_I64, flow, "1/year", "In-migrants from the same county.", 0, big, 0, 0},
        {&d->municipality.in_by[1], "in_country", KJ_I64, flow, "1/year", "In-migrants from other counties.", 0, big, 0, 0},
        {&d->municipality.in_by[2], "in_abroad", KJ_I64, flow, "1/year", "In-migrants from abroad.", 0, big, 0, 0},
        {&d->municipality.refugees, "in_refugees", KJ_I64, flow, "1/year", "Refugees whom the state assigned and who moved in, among those from abroad.", 0, big, 0, 0},
        {&d->municipality.out_by[0], "out_county", KJ_I64, flow, "1/year", "Out-migrants to the same county.", 0, big, 0, 0},
        {&d->municipality.out_by[1], "out_country", KJ_I64, flow, "1/year", "Out-migrants to other counties.", 0, big, 0, 0},
        {&d->municipality.out_by[2], "out_abroad", KJ_I64, flow, "1/year", "Out-migrants to other countries.", 0, big, 0, 0},
        {&d->municipality.unions, "unions", KJ_I64, flow, "1/year", "Persons who formed a couple.", 0, big, 0, 0},
        {&d->municipality.separations, "separations", KJ_I64, flow, "1/year", "Persons who separated.", 0, big, 0, 0},
        {&d->municipality.left_home, "left_home", KJ_I64, flow, "1/year", "Persons who left the home of their parents.", 0, big, 0, 0},
        {&d->municipality.care_moves, "care_moves", KJ_I64, flow, "1/year", "Persons who moved to a care home.", 0, big, 0, 0},
        {&d->municipality.gave_up, "gave_up", KJ_I64, flow, "1/year", "Persons who would have moved in and found no home.", 0, big, 0, 0},
        {&d->municipality.employed, "employed", KJ_I64, stock, "1", "Employed residents.", 0, big, 0, 0},
        {&d->municipality.jobs, "jobs", KJ_I64, stock, "1", "Jobs inside the municipality.", 0, big, 0, 0},
        {&d->municipality.care_residents, "care_residents", KJ_I64, stock, "1", "Residents of care homes.", 0, big, 0, 0},
        {&d->municipality.commute_out, "commute_out", KJ_I64, stock, "1", "Employed residents who work outside the municipality.", 0, big, 0, 0},
        {&d->municipality.waiting, "waiting", KJ_I64, stock, "1", "Persons outside who look for a home here.", 0, big, 0, 0},
        {&d->municipality.population_before, "population_before", KJ_I64, stock, "1", "Residents when the year began.", 0, big, 0, 0},
        {&d->municipality.job_balance, "job_balance", KJ_I64, 0, "1", "Jobs per 1 000 employed residents at the start.", 0, big, 0, 0},
        {&d->municipality.out_factor, "out_factor", KJ_F64, 0, "1",
         "What the profile of those who decide is multiplied with, so that as many leave in the first year as the published level says.", 0, 100, 0, 0},
        {&d->municipality.income_level, "income_level", KJ_F64, 0, "1",
         "Earned income of the start population of the whole map over what the table income gives at the same ages and education.", 0, 100, 0, 0},
        {&d->municipality.tertiary_level, "tertiary_level", KJ_F64, 0, "1",
         "Share with higher education among those of the start population of the whole map at 26 to 44 who do not study, relative to newcomer_tertiary.", 0, 1e6, 0, 0},
        {&d->municipality.outside_pull, "outside_pull", KJ_F64, 0, "1",
         "Odds of working outside the map in the start population, times jobs inside for each resident in work (to the power of outside_jobs_elasticity).", 0, 1e12, 0, 0},
        {&d->municipality.outside_share, "outside_share", KJ_F64, KJ_DERIVED, "1", "Share of those who start at a workplace this month who do so outside the map.", 0, 1, 0, 0},
        {&d->municipality.homes_first, "homes_first", KJ_I64, 0, "1", "Number of the first dwelling of the municipality at the start.", 0, big, 0, 0},
        {&d->municipality.homes_last, "homes_last", KJ_I64, 0, "1", "Number of the last dwelling of the municipality at the start.", 0, big, 0, 0},
        {&d->municipality.sublet_moves, "sublet_moves", KJ_I64, flow, "1/year", "Persons who moved to or between lodgings.", 0, big, 0, 0},
        {&d->municipality.last_natural, "last_natural", KJ_I64, 0, "1/year", "Births less deaths last year.", -big, big, 0, 0},
        {&d->municipality.last_in, "last_in", KJ_I64, 0, "1/year", "In-migrants last year.", 0, big, 0, 0},
        {&d->municipality.last_out, "last_out", KJ_I64, 0, "1/year", "Out-migrants last year.", 0, big, 0, 0},
        {&d->municipality.last_gave_up, "last_gave_up", KJ_I64, 0, "1/year", "Would-be in-migrants who gave up last year.", 0, big, 0, 0},
        {&d->municipality.median_income, "median_income", KJ_I64, stock, "SEK/year",
         "Median over the residents of the whole map of their household's income after tax over the square root of its size.", 0, big, 0, 0},
        {&d->municipality.needed_dwellings, "needed_dwellings", KJ_I64, stock, "1/year",
         "More homes a year that the vision demands; 0 without a vision.", -big, big, 0, 0},
        {&d->municipality.needed_in_migrants, "needed_in_migrants", KJ_I64, stock, "1/year", "In-migrants a year that the vision demands; 0 at the start.",
         -big, big, 0, 0},
        {&d->municipality.needed_jobs, "needed_jobs", KJ_I64, stock, "1/year", "More jobs a year that the vision demands; 0 at the start.", -big, big, 0, 0},
    };
    return add_columns(d, "municipality", rows, COUNT(rows));
}

static kj_status declare_places(demography *d)
{
    const double big = 1e9;
    const column_row area[] = {
        {&d->area.population, "population", KJ_I32, KJ_RECORD, "1", "Residents.", 0, big, 0, 0},
        {&d->area.children_0_5, "children_0_5", KJ_I32, KJ_RECORD, "1", "Residents aged 0-5 on 31 December.", 0, big, 0, 0},
        {&d->area.children_6_15, "children_6_15", KJ_I32, KJ_RECORD, "1", "Residents aged 6-15 on 31 December.", 0, big, 0, 0},
        {&d->area.aged_20_64, "aged_20_64", KJ_I32, KJ_RECORD, "1", "Residents aged 20-64 on 31 December.", 0, big, 0, 0},
        {&d->area.aged_65, "aged_65", KJ_I32, KJ_RECORD, "1", "Residents aged 65 and over on 31 December.", 0, big, 0, 0},
        {&d->area.aged_80, "aged_80", KJ_I32, KJ_RECORD, "1", "Residents aged 80 and over on 31 December.", 0, big, 0, 0},
    };
    const column_row cell[] = {
        {&d->cell.population, "population", KJ_I32, KJ_RECORD, "1", "Residents on 31 December.", 0, big, 0, 0},
        /* for maps alone: counted afresh before each record */
        {&d->cell.households, "households", KJ_I32, KJ_RECORD | KJ_DERIVED, "1", "Households that hold a dwelling or lodge here on 31 December.", 0, big, 0, 0},
    };
    const column_row workplace[] = {
        {&d->workplace.cell, "cell", KJ_I32, KJ_INPUT, "1", "Cell; -1 outside the map.", -1, big, "cell", 0},
        {&d->workplace.municipality, "municipality", KJ_ID, KJ_INPUT, "1", "Municipality; 0 elsewhere.", 0, 0, "municipality", 0},
        {&d->workplace.name, "name", KJ_TEXT, KJ_INPUT, "1", "Name.", 0, 0, 0, 0},
        {&d->workplace.sector, "sector", KJ_U8, KJ_INPUT, "1", "Sector.", 0, 255, 0, 0},
        {&d->workplace.jobs, "jobs", KJ_I32, KJ_INPUT, "1", "Jobs, or commuters from the map to a place outside.", 0, big, 0, 0},
        {&d->workplace.filled, "filled", KJ_I32, 0, "1", "Residents of the map who work there.", -big, big, 0, 0},
        {&d->workplace.openings_upto, "openings_upto", KJ_I32, KJ_DERIVED, "1", "Openings of the workplaces inside the map in rows up to this one, in hundredths.", 0, 0, 0,
         0},
        {&d->workplace.outside_upto, "outside_upto", KJ_I32, KJ_DERIVED, "1", "Commuters at the start to the workplaces outside the map in rows up to this one.", 0, 0, 0, 0},
    };
    const column_row facility[] = {
        {&d->facility.residents, "residents", KJ_I32, KJ_RECORD, "1", "Persons who live in a care home.", 0, big, 0, 0},
    };
    const column_row mother_age[] = {
        {&d->mother_age.women, "women", KJ_I32, 0, "1", "Women who reach the age this year; the first row is age 15.", 0, big, 0, 0},
        {&d->mother_age.weight, "weight", KJ_F64, 0, "1", "What the rate of an age is divided by: their mean relative fertility by family, studies and home, over level.", 0, 1e6, 0, 0},
        {&d->mother_age.level, "level", KJ_F64, 0, "1", "Births that studies and homes of the women of the first January give, over those of the nation's, by class of age.", 0, 100, 0, 0},
    };
    kj_status status = add_columns(d, "area", area, COUNT(area));
    if (!status) status = add_columns(d, "cell", cell, COUNT(cell));
    if (!status) status = add_columns(d, "workplace", workplace, COUNT(workplace));
    if (!status) status = add_columns(d, "facility", facility, COUNT(facility));
    if (!status) status = add_columns(d, "mother_age", mother_age, COUNT(mother_age));
    return status;
}

typedef struct param_row {
    kj_param *out;
    const char *name, *unit;
    double def, min, max;
    kj_evidence evidence;
    const char *source, *doc;
} param_row;

#define SOURCE_COUPLES "https://scb.se/pressmeddelande/farre-flyttade-ihop-under-pandemin?kontakter=open&menu=open"

#define SOURCE_MOVES \
    "kedja calibrate calibrate_sweden: moves per person by age and the share within the municipality, Sweden 2021 and 2017 (docs/validation.md); poorly identified alone"

/* 70 % of the children have a mother and 60 % a father who moved, so that both did in 30 %; just over half of the children moved. With 70 %
   of the children with the mother these give who stays at first. */
#define SOURCE_PARTING \
    "SCB 2015, parents who parted in 2012: over 70 % of the children have a mother and over 60 % a father who moved within two years, just over half moved themselves (fastighetstidningen.se/flest-flyttar-till-hyresratt-efter-en-separation)"

static kj_status declare_params(demography *d)
{
    const param_row rows[] = {
        {&d->par.mortality_scale, "mortality_scale", "1", 1, 0, 10, KJ_ASSUMED, "1 = the life table as it stands", "Factor on the force of mortality."},
        {&d->par.mortality_trend, "mortality_trend", "1/year", -0.011, -0.1, 0.1, KJ_DERIVED_FIGURE,
         "life expectancy in Sweden 2010-2022: women 83.5 to 84.7, men 79.5 to 81.4 (UN WPP2024, github.com/PPgp/wpp2024@2da7768)",
         "Yearly relative change of the force of mortality after 2022, the year of the life table."},
        {&d->par.fertility_scale, "fertility_scale", "1", 1, 0, 5, KJ_ASSUMED, "1 = period rates of 2023, 1.43 children a woman",
         "Factor on fertility at every age."},
        {&d->par.fertility_by_family, "fertility_by_family", "1", 1, 0, 1, KJ_ASSUMED, "a switch",
         "1: fertility also follows partner and parity; 0: age alone."},
        {&d->par.student_fertility, "student_fertility", "1", 0.3, 0, 1, KJ_ASSUMED,
         "students have far fewer children than others of their age, a gap that is stable over time (Thalberg 2009, Childbearing of Students: The Case of Sweden); size assumed",
         "Fertility of women who study relative to others of the same age, partner and parity."},
        {&d->par.student_share_19_24, "student_share_19_24", "1", 0.25, 0, 1, KJ_MEASURED,
         "25 % of women aged 19-24 studied at universities in the autumn of 2018 (SCB: ungidag.se, indikator studerar vid universitet/hogskola)",
         "Share of the nation's women aged 19-24 who study: their births are in the national rates."},
        {&d->par.student_share_25_34, "student_share_25_34", "1", 0.1, 0, 1, KJ_ASSUMED, "no published figure found for this age; fewer than at 19-24",
         "The same at 25-34."},
        {&d->par.flat_fertility, "flat_fertility", "1", 0.6, 0, 1, KJ_ASSUMED,
         "fertility is highest in small houses and lowest in flats, also between women alike in other things (Kulu & Vikat 2007, Demographic Research 17:26, Finland); size assumed: Lund's areas of houses have 0.72 children of 0-4 a woman of 25-39, those of flats 0.23, of which students, partners and moves explain a part",
         "Fertility of women who live in a flat relative to others of the same age, partner and parity in a small house."},
        {&d->par.house_share_15_34, "house_share_15_34", "1", 0.36, 0, 1, KJ_CALIBRATED,
         "29 % of all aged 25-34 live in small houses (maklarsamfundet.se, as in target S1b); those who may well become mothers (partner, parity) more: so many that births in maps/sweden_like are those of the table",
         "Share of the nation's women aged 15-34 who live in small houses, each counted as often as her partner and children make births likely: their births are in the national rates."},
        {&d->par.house_share_35_49, "house_share_35_49", "1", 0.62, 0, 1, KJ_CALIBRATED, "between 29 % at 25-34 and 61 % at 65-74 of all (maklarsamfundet.se), weighted likewise: so many that births in maps/sweden_like are those of the table",
         "The same at 35-49."},
        {&d->par.boy_share, "boy_share", "1", 0.5134, 0, 1, KJ_ASSUMED,
         "105.5 boys per 100 girls, from memory; the mean of 1960-2016 was 106 in whole numbers (https://www.scb.se/hitta-statistik/statistik-efter-amne/befolkning/befolkningsframskrivningar/befolkningsframskrivningar/pong/tabell-och-diagram/fodda-och-doda-efter-kon-och-fodelseland-samt-framskrivning/)", "Share of births that are boys."},
        {&d->par.leaving_scale, "leaving_scale", "1", 1, 0, 5, KJ_CALIBRATED, "1 = median age 21.9 (women) and 22.9 (men)", "Factor on leaving home."},
        {&d->par.leaving_stay_share, "leaving_stay_share", "1", 0.5, 0, 1, KJ_MEASURED,
         "https://samtiden.nu/2015/06/mamboutvecklingen-fortsatter/ (half stay in the municipality, Sweden 2013)",
         "Share of those who leave home and stay in the municipality."},
        {&d->par.separation_scale, "separation_scale", "1", 1, 0, 5, KJ_CALIBRATED, SOURCE_COUPLES, "Factor on separations."},
        {&d->par.separation_man_leaves, "separation_man_leaves", "1", 0.55, 0, 1, KJ_ASSUMED, "no figure at hand", "Share of separations without common minors in which the man leaves the home."},
        {&d->par.mother_keeps_home, "mother_keeps_home", "1", 0.59, 0, 1, KJ_DERIVED_FIGURE, SOURCE_PARTING,
         "Share of separations in which the mother stays in the home at first, of those after which the common children live with her."},
        {&d->par.father_keeps_home, "father_keeps_home", "1", 0.85, 0, 1, KJ_DERIVED_FIGURE, SOURCE_PARTING,
         "The same of the father, of those after which the children live with him."},
        {&d->par.separation_both_move, "separation_both_move", "1", 0.3, 0, 1, KJ_DERIVED_FIGURE, SOURCE_PARTING,
         "Share of separations with common minors after which the parent who stayed looks for another home too."},
        {&d->par.separation_search_months, "separation_search_months", "month", 24, 1, 240, KJ_ASSUMED, "the two years that the study follows", "Months after which that parent gives the search up."},
        {&d->par.children_with_mother, "children_with_mother", "1", 0.7, 0, 1, KJ_ASSUMED,
         "children live mostly with the mother; those who alternate are counted where they are registered",
         "Share of separations after which common children live with the mother."},
        {&d->par.union_scale, "union_scale", "1", 0.87, 0, 5, KJ_CALIBRATED, SOURCE_COUPLES, "Factor on the wish to form a union."},
        {&d->par.union_outside_share, "union_outside_share", "1", 0.12, 0, 1, KJ_ASSUMED, "no figure at hand",
         "Share of unions with a partner from outside the map; half of them move out, half in."},
        {&d->par.union_age_gap, "union_age_gap", "month", 24, -120, 120, KJ_ASSUMED, "men are about two years older in Swedish couples", "Mean age of the man less that of the woman."},
        {&d->par.county_on_map, "county_on_map", "1", 0, 0, 1, KJ_ASSUMED, "0 for one municipality; 1 for a county whole: a trait of the map",
         "Share of the county's other municipalities that are on the map: moves to and from them are the housing market's, not migration."},
        {&d->par.out_scale, "out_scale", "1", 1, 0, 10, KJ_ASSUMED, "1 = the published level of the municipality in the first year", "Factor on out-migration of households."},
        {&d->par.out_couple_ratio, "out_couple_ratio", "1", 0.45, 0, 1, KJ_ASSUMED, "couples and families move over longer distances less often than singles",
         "Out-migration of couples relative to persons without a partner of the same age."},
        {&d->par.out_lodger_ratio, "out_lodger_ratio", "1", 5.5, 0, 10, KJ_CALIBRATED, SOURCE_MOVES,
         "Out-migration of lodging households relative to those who rent at the same age."},
        {&d->par.out_owner_ratio, "out_owner_ratio", "1", 0.25, 0, 10, KJ_CALIBRATED, "owners seldom move far; size set with the turnover of owned homes in sight (target M6, a row that tests: docs/validation.md)",
         "Out-migration of households that own a small house relative to those who rent at the same age."},
        {&d->par.out_newcomer_ratio, "out_newcomer_ratio", "1", 0.4, 0, 1, KJ_CALIBRATED,
         "out-migrants an inhabitant over those of migration_level.csv, mean of the first three years and four seeds: 1.05 in maps/sweden_like, 1.01 in Värnamo, 1.05 in Lund (1.02, 0.97 and 1.03 when it was set)",
         "Chance that newcomers leave again in the year that they came, relative to those whom they replace: it tells how many of a year's out-migrants the start population gives."},
        {&d->par.care_scale, "care_scale", "1", 1, 0, 10, KJ_CALIBRATED, "see care_entry.csv", "Factor on moves to a care home."},
        {&d->par.in_scale, "in_scale", "1", 1.7, 0, 10, KJ_CALIBRATED, SOURCE_MOVES, "Factor on would-be in-migration."},
        {&d->par.refugees, "refugees", "1/year", 0, 0, 25000, KJ_ASSUMED,
         "the user's figure; in Sweden what the county board assigns for the year (Settlement Act 2016:38: 7 100 in 2020, of whom Lund 149: extra.lansstyrelsen.se, Smålänningen 2019); 0: those of the published level alone",
         "Refugees a year whom the state assigns to the municipalities of the map together, beside in-migration by level."},
        {&d->par.refugee_men, "refugee_men", "1", 0.75, 0, 1, KJ_ASSUMED,
         "Norway: of refugees settled in 2005 822 lone men and 277 lone women five years later (ssb.no/a/samfunnsspeilet/utg/201201/06/tab-2012-03-07-01.html); taken to hold on arrival",
         "Share of men among refugees who come alone."},
        {&d->par.in_lodging_share, "in_lodging_share", "1", 0.8, 0, 1, KJ_CALIBRATED, SOURCE_MOVES "; set with targets P1, V2 and H1 in sight too",
         "Share of in-migrant single persons who move straight in with relatives, friends or a landlord, when nobody lodges yet."},
        {&d->par.lodging_ceiling, "lodging_ceiling", "1", 0.1, 0, 1, KJ_CALIBRATED,
         "near the 9 % of Swedish households of other kinds than single persons, couples and parents (Statistics Sweden 2021); size set with targets P1, V2 and H1 in sight, rows that test (docs/validation.md)",
         "Share of households lodging at which no in-migrant finds a host any more."},
        {&d->par.start_lodging_share, "start_lodging_share", "1", 0.9, 0, 1, KJ_ASSUMED,
         "9 % of Swedish households are of other kinds (Statistics Sweden 2021): how many of their members would have a home of their own is not known",
         "Share of grown-up members of households of other kinds who lodge there when the run begins."},
        {&d->par.start_waiting_months, "start_waiting_months", "1", 2.5, 0, 24, KJ_CALIBRATED, "what waits in the model itself from its second year on: 2.1 months of arrivals in Lund and 2.8 in Värnamo when it was set, 2.8 and 3.3 since (MODEL.md)",
         "Arrivals that wait outside when the run begins, over those of a month."},
        {&d->par.sublet_share, "sublet_share", "1", 0.5, 0, 1, KJ_CALIBRATED, SOURCE_MOVES,
         "Share of those who leave their parents or part and move to a lodging at once; the others stay where they are until they have a home."},
        {&d->par.sublet_rate, "sublet_rate", "1/year", 0.15, 0, 12, KJ_CALIBRATED, SOURCE_MOVES, "Changes of lodging a year and lodging household."},
        {&d->par.sublet_children_ratio, "sublet_children_ratio", "1", 0.25, 0, 1, KJ_ASSUMED, "few take a family in; size assumed",
         "Moves to and between lodgings of households with children relative to others."},
        {&d->par.sublet_return_share, "sublet_return_share", "1", 0.2, 0, 1, KJ_DERIVED_FIGURE,
         "4.3 % of Danish moves go back to the parents, 12.5 % from them (https://www.flytning-dmf.dk/sidste-nyt/111021-13-af-alle-flytninger-er-foretaget-af-enlige)",
         "Share of changes of lodging by persons under 30 that go back to parents who live on the map."},
        {&d->par.host_members_max, "host_members_max", "1", 5, 1, 255, KJ_ASSUMED,
         "households of other kinds have some 3.6 members, 9 % of all (from the mean size and the other kinds, Statistics Sweden 2021); the bound itself is assumed",
         "Most members of a household that takes a subtenant in."},
        {&d->par.upper_secondary_share, "upper_secondary_share", "1", 0.875, 0, 1, KJ_ASSUMED, "about seven in eight of a Swedish cohort in the end; no figure at hand",
         "Share of pupils who have completed upper secondary school at 19."},
        {&d->par.completion_share, "completion_share", "1", 0.75, 0, 1, KJ_ASSUMED, "no figure at hand", "Share of those who end higher education with a degree."},
        {&d->par.newcomer_compulsory, "newcomer_compulsory", "1", 0.12, 0, 1, KJ_ASSUMED, "about a recent Swedish cohort; no figure at hand",
         "Share of grown-up newcomers with compulsory school at most."},
        {&d->par.newcomer_tertiary, "newcomer_tertiary", "1", 0.42, 0, 1, KJ_ASSUMED, "about a recent Swedish cohort; no figure at hand",
         "Share with higher education of the nation's newcomers of 26 or older; a place's share follows what its start population has (tertiary_level)."},
        {&d->par.newcomer_tertiary_25, "newcomer_tertiary_25", "1", 0.25, 0, 1, KJ_ASSUMED, "as newcomer_tertiary", "The same at 23 to 25; a ninth of it at 19 to 22."},
        {&d->par.single_mother_share, "single_mother_share", "1", 0.8, 0, 1, KJ_ASSUMED, "about four in five Swedish single parents are women; no figure at hand",
         "Share of women among single parents who move in."},
        {&d->par.arrival_two_children, "arrival_two_children", "1", 0.4, 0, 1, KJ_ASSUMED, "with the next one: 1.6 children a family", "Share of families that move in with two children."},
        {&d->par.arrival_three_children, "arrival_three_children", "1", 0.1, 0, 1, KJ_ASSUMED, "as arrival_two_children", "Share of families that move in with three children; the others have one."},
        {&d->par.union_outside_leaves, "union_outside_leaves", "1", 0.5, 0, 1, KJ_ASSUMED, "by symmetry", "Share of unions with a partner from outside the map for which one moves out."},
        {&d->par.job_turnover, "job_turnover", "1", 0.02, 0, 1, KJ_ASSUMED, "no figure at hand", "Share of a workplace's jobs open to those who change work, besides vacant ones."},
        {&d->par.job_change, "job_change", "1/year", 0.13, 0, 1, KJ_MEASURED,
         "persons in work who had another employer and workplace the year before: 12.5 % in 2011, 13 % in 2008, 14.2 % in 2016 (Statistics Sweden, https://www.scb.se/sv_/Hitta-statistik/Artiklar/Svarare-for-unga-att-byta-jobb-i-daliga-tider/)",
         "Share of those in work who change workplace, at all ages alike."},
        {&d->par.outside_jobs_elasticity, "outside_jobs_elasticity", "1", 1, 0, 5, KJ_ASSUMED, "proportional response",
         "Per cent higher odds of starting work outside the map for one per cent fewer jobs inside per resident in work."},
        {&d->par.in_jobs_elasticity, "in_jobs_elasticity", "1", 1, 0, 5, KJ_ASSUMED, "proportional response",
         "Per cent more would-be in-migrants for one per cent more jobs per employed resident."},
        {&d->par.patience, "patience", "month", 12, 1, 60, KJ_CALIBRATED, SOURCE_MOVES, "Months that a household outside looks for a home before it gives up."},
        {&d->par.vision_population, "vision_population", "1", 0, 0, 1e8, KJ_ASSUMED, "the user's goal; 0 = forecast", "Population to reach; 0 turns the vision off."},
        {&d->par.vision_year, "vision_year", "year", 2035, 1900, 2200, KJ_ASSUMED, "the user's goal", "Year at whose end the vision is to be reached."},
        {&d->par.employment_churn, "employment_churn", "1/year", 0.2, 0, 1, KJ_ASSUMED, "no figure at hand",
         "Share whose employment is drawn anew each year from the rate of the age."},
        {&d->par.commute_half_km, "commute_half_km", "km", KJ_COMMUTE_HALF_KM, 0.1, 200, KJ_ASSUMED, "no figure at hand", "Distance at which a job attracts half as much as one at home."},
        {&d->par.income_spread, "income_spread", "1", 0.42, 0, 2, KJ_CALIBRATED,
         "spread of taxable income of persons in work, 20-64, Sweden 2020 (https://www.scb.se, faststalld forvarvsinkomst 2020)",
         "Standard deviation of the logarithm of earned income within age and education."},
        {&d->par.student_income, "student_income", "SEK/year", 110000, 0, 1e6, KJ_ASSUMED, "student grant, loan and summer work", "Income of a student."},
        {&d->par.not_employed_income, "not_employed_income", "SEK/year", 130000, 0, 1e6, KJ_ASSUMED, "benefits", "Income of an adult without work."},
        {&d->par.pension_ratio, "pension_ratio", "1", 0.62, 0, 1, KJ_ASSUMED, "general and occupational pension", "Pension relative to the last income."},
        {&d->par.pension_floor, "pension_floor", "SEK/year", 165000, 0, 1e6, KJ_ASSUMED, "guarantee pension and supplements", "Least pension."},
        {&d->par.local_tax, "local_tax", "1", 0.3227, 0, 1, KJ_MEASURED,
         "32.27 %, mean municipal and regional tax rate in Sweden 2021 (Statistics Sweden, Medelskattesatser 1930-2021, https://www.scb.se/hitta-statistik/statistik-efter-amne/offentlig-ekonomi/finanser-for-den-kommunala-sektorn/kommunalskatterna/pong/tabell-och-diagram/medelskattesatser-19302021-hela-riket/)",
         "Municipal and regional tax rate."},
        {&d->par.tax_free_income, "tax_free_income", "SEK/year", 100000, 0, 1e6, KJ_CALIBRATED,
         "stands for basic allowance and tax credit on work: about 22 % tax on 342 400 SEK", "Income free from local tax."},
        {&d->par.state_tax, "state_tax", "1", 0.2, 0, 1, KJ_MEASURED, "Swedish income tax act 65:5", "State tax rate."},
        {&d->par.state_tax_limit, "state_tax_limit", "SEK/year", 509300, 0, 1e8, KJ_MEASURED,
         "limit for state income tax 2020 (https://sebgroup.com/sv/press/nyheter/2019/planboksnyheter-2020)", "Income above which state tax is paid."},
    };
    kj_status status = KJ_OK;
    for (size_t i = 0; i < COUNT(rows) && !status; i++) {
        const param_row *r = &rows[i];
        kj_param_def def = {.struct_size = sizeof def, .name = r->name, .unit = r->unit, .def = r->def, .min = r->min, .max = r->max,
                            .evidence = r->evidence, .source = r->source, .doc = r->doc};
        status = d->reg->param(d->host->impl, &def, r->out);
    }
    return status;
}

typedef struct table_row {
    kj_param_table *out;
    const char *name, *unit;
    double max;
    uint32_t n_dims;
    kj_param_dim dims[2];
    const char *doc;
    uint32_t n_shares;
} table_row;

static kj_status declare_param_tables(demography *d)
{
    const kj_param_dim sex = {"sex", 0, 0, KJ_SEX_LABELS}, education = {"education", 0, 0, KJ_EDUCATION_LABELS},
                       municipality = {"municipality", 0, 0, "other varnamo lund"},
                       head_age = {"age", 0, 0, "18_21 22_24 25_29 30_34 35_39 40_49 50_64 65_100"};
    const table_row rows[] = {
        {&d->tab.mortality, "mortality", "1", 1, 2, {sex, {"age", 0, AGE_MAX, 0}}, "Probability of dying between exact ages x and x+1.", 0},
        {&d->tab.fertility, "fertility", "1/year", 1, 1, {{"age", BIRTH_AGE_MIN, BIRTH_AGE_MAX, 0}}, "Births per woman and year by age last birthday.", 0},
        {&d->tab.fertility_year, "fertility_year", "1", 5, 1, {{"year", FERTILITY_YEAR_MIN, FERTILITY_YEAR_MAX, 0}}, "Births by calendar year, relative to the rates by age; later years keep the last value.", 0},
        {&d->tab.fertility_family, "fertility_family", "1", 10, 2, {{"partner", 0, 0, "alone partner"}, {"parity", 0, PARITIES - 1, 0}},
         "Relative birth rate by partner and number of children.", 0},
        {&d->tab.leaving_home, "leaving_home", "1/year", 1, 2, {sex, {"age", LEAVE_AGE_MIN, LEAVE_AGE_MAX, 0}},
         "Probability of leaving the parents' home at a birthday.", 0},
        {&d->tab.separation, "separation", "1/year", 1, 2, {{"children", 0, 0, "none common"}, {"age", UNION_AGE_MIN, UNION_AGE_MAX, 0}},
         "Probability a year that a couple parts.", 0},
        {&d->tab.union_, "union", "1/year", 1, 2, {sex, {"age", UNION_AGE_MIN, UNION_AGE_MAX, 0}},
         "Probability a year of looking for a partner to live with.", 0},
        {&d->tab.migration_profile, "migration_profile", "1", 20, 1, {{"age", 0, MOVE_AGE_MAX, 0}}, "Moves over the border by age, relative to the mean.", 0},
        {&d->tab.out_deciders, "out_deciders", "1", 20, 1, {{"age", 0, 0, "0_19 20_24 25_29 30_34 35_44 45_54 55_64 65_100"}},
         "What the profile is multiplied with before ratios by home and partner, so that the nation's people of 20 and over leave as often as the profile says.", 0},
        {&d->tab.after_studies, "after_studies", "1", 1, 1, {municipality},
         "Share of those who end their studies, head a household without a partner, and leave the municipality then.", 0},
        {&d->tab.migration_level, "migration_level", "1/year", 1, 2,
         {municipality, {"flow", 0, 0, "in_county in_country in_abroad out_county out_country out_abroad"}},
         "Moves over the border per inhabitant and year.", 0},
        {&d->tab.vital_level, "vital_level", "1", 10, 2, {municipality, {"event", 0, 0, "births deaths"}},
         "Births and deaths relative to the national rates.", 0},
        {&d->tab.in_students, "in_students", "1", 1, 1, {municipality}, "Share of in-migrants who come to study.", 0},
        {&d->tab.in_age, "in_age", "1", 1, 2, {municipality, head_age}, "In-migrant households by age of the head, shares of all but students.", 1},
        {&d->tab.in_household, "in_household", "1", 1, 2,
         {head_age, {"kind", 0, 0, "single single_parent couple couple_children"}},
         "In-migrant households by kind, shares of those whose head is of the age.", 1},
        {&d->tab.refugee_household, "refugee_household", "1", 1, 1, {{"kind", 0, 0, "single single_parent couple couple_children"}},
         "Households of refugees by kind, shares of all.", 1},
        {&d->tab.care_entry, "care_entry", "1/year", 1, 1, {{"age", CARE_AGE_MIN, AGE_MAX, 0}}, "Probability a year of moving to a care home.", 0},
        {&d->tab.employment, "employment", "1", 1, 2, {education, {"age", WORK_AGE_MIN, WORK_AGE_MAX, 0}},
         "Share employed of those who are not pupils or students.", 0},
        {&d->tab.income, "income", "SEK/year", 1e7, 2, {education, {"age", WORK_AGE_MIN, INCOME_AGE_MAX, 0}}, "Mean income before tax of an employed person.", 0},
        {&d->tab.studies, "studies", "1/year", 1, 2, {{"event", 0, 0, "enrol finish"}, {"age", STUDY_AGE_MIN, STUDY_AGE_MAX, 0}},
         "Probability a year of starting and of ending higher education.", 0},
    };
    kj_status status = KJ_OK;
    for (size_t i = 0; i < COUNT(rows) && !status; i++) {
        const table_row *r = &rows[i];
        kj_param_table_def def = {.struct_size = sizeof def, .name = r->name, .n_dims = r->n_dims, .unit = r->unit, .min = 0, .max = r->max,
                                  .doc = r->doc, .n_shares = r->n_shares};
        for (uint32_t k = 0; k < r->n_dims; k++) def.dims[k] = r->dims[k];
        status = d->reg->param_table(d->host->impl, &def, r->out);
    }
    return status;
}

kj_status demography_declare(demography *d)
{
    kj_status status = add_table(d, "person", "One row a person.", &d->t_person);
    if (!status) status = add_table(d, "household", "One row a household.", &d->t_household);
    if (!status) status = add_table(d, "municipality", "One row a municipality.", &d->t_municipality);
    if (!status) status = add_table(d, "area", "Prognosis areas.", &d->t_area);
    if (!status) status = add_table(d, "cell", "One row a grid cell.", &d->t_cell);
    if (!status) status = add_table(d, "dwelling", "One row a dwelling.", &d->t_dwelling);
    if (!status) status = add_table(d, "facility", "One row a facility.", &d->t_facility);
    if (!status) status = add_table(d, "workplace", "One row a cell with jobs, and one a place people commute to.", &d->t_workplace);
    if (!status)
        status = add_table(d, "mother_age", "One row an age of mothers: this year's scale of fertility by family, studies and home.", &d->t_mother_age);
    if (!status) status = declare_person(d);
    if (!status) status = declare_household(d);
    if (!status) status = declare_municipality(d);
    if (!status) status = declare_places(d);
    if (!status) status = declare_params(d);
    if (!status) status = declare_param_tables(d);
    kj_queue_def events = {.struct_size = sizeof events, .name = "demography.events", .record_bytes = sizeof(event),
                           .doc = "Yearly events of persons, drawn in their birth month."};
    if (!status) status = d->reg->queue(d->host->impl, &events, &d->q_events);
    return status;
}

kj_status demography_bind_columns(demography *d)
{
    const struct {
        const char *table, *name;
        kj_type type;
        kj_col *out;
    } rows[] = {
        {"household", "contract", KJ_ID, &d->household.contract},
        {"household", "searching", KJ_I16, &d->household.searching},
        {"household", "search_cause", KJ_U8, &d->household.search_cause},
        {"household", "patience", KJ_I16, &d->household.patience},
        {"dwelling", "household", KJ_ID, &d->dwelling.household},
        {"dwelling", "cell", KJ_I32, &d->dwelling.cell},
        {"dwelling", "rooms", KJ_U8, &d->dwelling.rooms},
        {"dwelling", "area_m2", KJ_I16, &d->dwelling.area_m2},
        {"dwelling", "tenure", KJ_U8, &d->dwelling.tenure},
        {"dwelling", "kind", KJ_U8, &d->dwelling.kind},
        {"household", "moved", KJ_I16, &d->household.moved},
        {"cell", "area", KJ_I32, &d->cell.area},
        {"area", "municipality", KJ_ID, &d->area.municipality},
        {"facility", "kind", KJ_U8, &d->facility.kind},
        {"facility", "cell", KJ_I32, &d->facility.cell},
        {"facility", "places", KJ_I32, &d->facility.places},
        {"facility", "opened", KJ_I32, &d->facility.opened},
        {"facility", "closed", KJ_I32, &d->facility.closed},
        {"facility", "municipality", KJ_ID, &d->facility.municipality},
    };
    kj_status status = KJ_OK;
    for (size_t i = 0; i < COUNT(rows) && !status; i++)
        status = d->reg->require_column(d->host->impl, rows[i].table, rows[i].name, rows[i].type, rows[i].out);
    if (!status) status = d->reg->require_queue(d->host->impl, "housing.freed", sizeof(kj_freed), &d->q_freed);
    if (!status) status = d->reg->require_queue(d->host->impl, "demography.arrived", sizeof(kj_arrived), &d->q_arrived);
    return status;
}
