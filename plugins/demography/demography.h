/* Demography: the people of the model. Internal header of the plugin; see MODEL.md for equations and sources.

   A month: rates (thresholds) -> hazards (draws the yearly events of those whose birth month it is) -> apply (carries
   them out) -> arrivals (would-be in-migrants) -> jobs, work (studies, employment, income) -> census (December). */
#ifndef KEDJA_DEMOGRAPHY_H
#define KEDJA_DEMOGRAPHY_H

#include <kedja/model.h>
#include <kedja/plugin.h>

/* Random streams: each use of luck has one of its own. */
enum {
    STREAM_HAZARDS = 1,
    STREAM_SEPARATION = 2, /* keyed by the pair */
    STREAM_BIRTH = 3,
    STREAM_LEAVING = 4,
    STREAM_PARTING = 5, /* keyed by the pair: who leaves, with whom the children live */
    STREAM_UNION = 6,
    STREAM_OUT = 7,
    STREAM_ORPHAN = 8,
    STREAM_ARRIVALS = 9, /* keyed by boundary and month: how many */
    STREAM_NEWCOMER = 10,
    STREAM_WORK = 11,
    STREAM_WORKPLACE = 12,
    STREAM_INCOME = 13, /* month 0: a personal component for life */
    STREAM_LODGING = 14,
    STREAM_SUBLET = 15, /* keyed by the head and month: does a lodging household change its host */
    STREAMS
};

enum {
    LIFE_TABLE_YEAR = 2022,
    FERTILITY_YEAR_MIN = 1990, /* of the table by calendar year */
    FERTILITY_YEAR_MAX = 2023,
    AGE_MAX = 105,       /* last age of the life table; nobody gets older */
    BIRTH_AGE_MIN = 15,
    BIRTH_AGE_MAX = 49,
    BIRTH_AGES = BIRTH_AGE_MAX - BIRTH_AGE_MIN + 1,
    PARITIES = 5,
    LEAVE_AGE_MIN = 16,
    LEAVE_AGE_MAX = 45,
    UNION_AGE_MIN = 18,
    UNION_AGE_MAX = 100,
    MOVE_AGE_MAX = 100,
    OUT_AGES = 8, /* classes of ages in out_deciders */
    CARE_AGE_MIN = 65,
    WORK_AGE_MIN = 16,
    WORK_AGE_MAX = 74,
    INCOME_AGE_MAX = 100,
    STUDY_AGE_MIN = 19,
    STUDY_AGE_MAX = 45,
    STUDY_AGES = STUDY_AGE_MAX - STUDY_AGE_MIN + 1,
    ADULT_AGE = 18,
    CHILD_AGE_END = 25, /* statistics count as children those of 0-24 years who live with a parent */
    EDUCATIONS = 4,
    BOUNDARIES = 3,     /* county, country, abroad */
    IN_AGE_GROUPS = 8,
    IN_KINDS = 4
};

/* Kinds of event, in the order in which a month applies them. */
typedef enum event_kind {
    EVENT_DEATH = 0,
    EVENT_BIRTH,
    EVENT_LEAVE,
    EVENT_SEPARATE,
    EVENT_SEEK,
    EVENT_OUT,
    EVENT_OUT_STUDIES, /* leaves at the end of studies */
    EVENT_CARE,
    EVENT_COUNT_AGAIN, /* turned 18 or 25: the household's number of children may change */
    EVENT_KINDS
} event_kind;

/* Record of the queue demography.events, which is emptied in the phase that fills it: rows keep their place so long. */
typedef struct event {
    uint32_t person; /* row */
    uint32_t kind;
} event;

/* Thresholds of the month, for 32-bit draws. Derived from parameters by demography.rates every month: not state. */
/* What the wish to leave the municipality hangs on. */
typedef enum way_of_living { WAY_OTHER, WAY_LODGES, WAY_OWNS, WAYS_OF_LIVING } way_of_living;

typedef struct rates {
    uint32_t death[2][AGE_MAX + 1];
    uint32_t infant_death[2];
    uint32_t birth[2][PARITIES][BIRTH_AGES]; /* [has partner]; of women who do not study and live in a small house */
    uint32_t student_birth, flat_birth;      /* part of these births, as threshold, of a woman who studies, who lives in a flat */
    uint32_t leave[2][LEAVE_AGE_MAX - LEAVE_AGE_MIN + 1];
    uint32_t separate[2][UNION_AGE_MAX - UNION_AGE_MIN + 1]; /* [children at home] */
    uint32_t seek[2][UNION_AGE_MAX - UNION_AGE_MIN + 1];
    uint32_t out[WAYS_OF_LIVING][2][MOVE_AGE_MAX + 1]; /* [way of living][has partner] */
    uint32_t out_largest[2][MOVE_AGE_MAX + 1];        /* of the ways */
    /* Studies end; of those who head a household without a partner: they end and the person leaves the place, they end although it did not. */
    uint32_t finish[STUDY_AGES], finish_and_leave[AGE_MAX + 1], finish_and_stay[STUDY_AGES]; /* finish_and_leave: by age, 0 at those without studies */
    uint32_t care[AGE_MAX - CARE_AGE_MIN + 1];
    uint32_t highest[2][2][AGE_MAX + 1][4]; /* [sex][has partner][age][draw]: no event where each draw is at least this */
    uint32_t separate_highest[AGE_MAX + 1];
    uint32_t keep_job[EDUCATIONS][AGE_MAX + 1], enrol[EDUCATIONS][AGE_MAX + 1]; /* 0 at ages without work or school, without studies */
    uint32_t find_job[EDUCATIONS][WORK_AGE_MAX - WORK_AGE_MIN + 1];
    uint32_t employed[EDUCATIONS][WORK_AGE_MAX - WORK_AGE_MIN + 1]; /* level, for first entries */
    uint32_t raise[EDUCATIONS][INCOME_AGE_MAX + 1];                  /* income growth from age - 1 to age, 2^16 = 1 */
} rates;

/* Rules of tax: whole SEK, and rates in 1/65536. */
typedef struct tax_rule {
    int64_t free_sek, state_limit_sek, local_rate, state_rate;
} tax_rule;

typedef struct demography {
    const kj_host *host;
    const kj_register_v1 *reg;
    const kj_run_v1 *run;
    rates rates;

    kj_table t_person, t_household, t_dwelling, t_cell, t_area, t_municipality, t_workplace, t_facility, t_mother_age;
    struct {
        kj_col birth_month, birth_moy, sex, household, partner, mother, father, next_member, education, activity, workplace, income,
            children, care, resident, luck, moved;
    } person;
    struct {
        kj_col head, size, n_children, kind, living, dwelling, host, origin, income, luck, formed, sublet, home_area, contract, moved, searching, search_cause, patience;
    } household;
    struct {
        kj_col household, cell, rooms, area_m2, tenure, kind;
    } dwelling;
    struct {
        kj_col area, population, households;
    } cell;
    struct {
        kj_col municipality, population, children_0_5, children_6_15, aged_20_64, aged_65, aged_80;
    } area;
    struct {
        kj_col code, name, county, population, households, births, deaths, in_migrants, out_migrants, in_by[BOUNDARIES], out_by[BOUNDARIES], unions,
            separations, left_home, care_moves, gave_up, refugees, employed, jobs, care_residents, commute_out, waiting, population_before, job_balance, out_factor,
            income_level, tertiary_level, outside_pull, outside_share, homes_first, homes_last, sublet_moves, median_income, last_natural, last_in, last_out,
            last_gave_up, needed_dwellings, needed_in_migrants, needed_jobs;
    } municipality;
    struct {
        kj_col cell, municipality, name, sector, jobs, filled, openings_upto, outside_upto;
    } workplace;
    struct {
        kj_col kind, cell, places, opened, closed, municipality, residents;
    } facility;
    struct {
        kj_col women, weight, level;
    } mother_age;
    kj_queue q_events, q_freed, q_arrived;

    struct {
        kj_param mortality_scale, mortality_trend, fertility_scale, fertility_by_family, student_fertility, student_share_19_24, student_share_25_34,
            flat_fertility, house_share_15_34, house_share_35_49, boy_share, leaving_scale, leaving_stay_share, separation_scale, separation_man_leaves,
            mother_keeps_home, father_keeps_home, separation_both_move, separation_search_months, children_with_mother, union_scale, union_outside_share,
            union_age_gap, county_on_map, out_scale, out_couple_ratio, out_lodger_ratio, out_owner_ratio, out_newcomer_ratio, care_scale, in_scale, refugees, refugee_men,
            in_lodging_share, lodging_ceiling, start_lodging_share, start_waiting_months, sublet_share, sublet_rate, sublet_children_ratio, sublet_return_share,
            host_members_max, upper_secondary_share, completion_share, newcomer_compulsory, newcomer_tertiary, newcomer_tertiary_25, single_mother_share,
            arrival_two_children, arrival_three_children, union_outside_leaves, job_turnover, job_change, outside_jobs_elasticity, in_jobs_elasticity, patience,
            vision_population, vision_year, employment_churn, commute_half_km, income_spread, student_income, not_employed_income, pension_ratio, pension_floor,
            local_tax, tax_free_income, state_tax, state_tax_limit;
    } par;
    struct {
        kj_param_table mortality, fertility, fertility_year, fertility_family, leaving_home, separation, union_, migration_profile, out_deciders, after_studies,
            migration_level, vital_level, in_students, in_age, in_household, refugee_household, care_entry, employment, income, studies;
    } tab;
} demography;

kj_status demography_declare(demography *d);      /* declare.c: provide() */
kj_status demography_bind_columns(demography *d); /* declare.c: what others add */

/* One register function a process. */
kj_status register_rates(demography *d);
kj_status register_hazards(demography *d);
kj_status register_apply(demography *d);
kj_status register_arrivals(demography *d);
kj_status register_lodging(demography *d);
kj_status register_work(demography *d);
kj_status register_census(demography *d);
kj_status register_audit(demography *d);

/* A growing list of declared uses, so that a system's declaration reads as a list. */
typedef struct use_list {
    kj_use items[96];
    uint32_t n;
} use_list;
static inline void uses(use_list *list, kj_use use)
{
    if (list->n < sizeof list->items / sizeof list->items[0]) list->items[list->n++] = use;
}

/* Age in whole years at a month. */
static inline int32_t age_at(kj_month month, int32_t birth_month)
{
    int32_t months = month - birth_month;
    return months < 0 ? 0 : months / 12;
}
static inline int32_t clamp_age(int32_t age, int32_t lo, int32_t hi) { return age < lo ? lo : age > hi ? hi : age; }
static inline uint8_t month_index(int32_t month) { return (uint8_t)(((month % 12) + 12) % 12); }

/* Columns that say in which dwelling a household lives: its own or its host's. */
typedef struct home_columns {
    const uint8_t *living;
    const kj_id *dwelling, *host;
    const uint32_t *household_row, *dwelling_row;
} home_columns;
static inline home_columns open_homes(const demography *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    return (home_columns){.living = run->read(ctx, d->household.living),
                          .dwelling = run->read(ctx, d->household.dwelling),
                          .host = run->read(ctx, d->household.host),
                          .household_row = run->row_of(ctx, d->t_household),
                          .dwelling_row = run->row_of(ctx, d->t_dwelling)};
}
/* Rows of households (KJ_NO_ROW none) become those of the dwellings that they live in, KJ_NO_ROW where they wait outside. Looked up together,
   each step for all before the next, so that waits for memory overlap. */
static inline void homes_of(const home_columns *h, uint32_t *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (at[i] != KJ_NO_ROW && h->living[at[i]] == KJ_LIVES_LODGING) at[i] = h->household_row[h->host[at[i]]];
    for (uint32_t i = 0; i < n; i++) at[i] = at[i] == KJ_NO_ROW ? 0 : h->dwelling[at[i]];
    for (uint32_t i = 0; i < n; i++) at[i] = h->dwelling_row[at[i]]; /* 0 has no row */
}

/* Income after tax in whole SEK: local tax above a free amount that stands for the basic allowance and the tax credit
   on work together, state tax above a limit. MODEL.md, section Income. */
tax_rule read_tax_rule(const demography *d, kj_ctx *ctx);
static inline int64_t part_above(int64_t income, int64_t limit)
{
    const int64_t above = income - limit;
    return above & -(int64_t)(above > 0); /* 0 below it: no branch, since who earns so much follows no pattern */
}
static inline int32_t net_income(const tax_rule *tax, int32_t gross)
{
    return (int32_t)(gross - (part_above(gross, tax->free_sek) * tax->local_rate >> 16) - (part_above(gross, tax->state_limit_sek) * tax->state_rate >> 16));
}

/* Thresholds of employment and growth of income, which demography.rates takes each month: the start makes people before. */
void work_rates(const demography *d, kj_ctx *ctx, rates *r);

/* Row of the municipality in the tables that have one for each. */
uint32_t municipal_row(const demography *d, kj_ctx *ctx, uint32_t municipality);
/* Share of the moves within the county that cross the map's border. */
double beyond_map(const demography *d, kj_ctx *ctx);
/* Those whom studies bound to the place: who heads a household without a partner. */
static inline int on_their_own(kj_id partner, kj_id head, kj_id person) { return !partner && head == person; }
/* Share of those who end their studies, head a household without a partner, and leave the map then; on a map of several municipalities the mean. */
double leaves_after_studies(const demography *d, kj_ctx *ctx);
/* Chance a year to look for a partner, and to leave the parents otherwise than for one. */
double seeks_partner(const demography *d, kj_ctx *ctx, int sex, int32_t age);
double leaves_parents(const demography *d, kj_ctx *ctx, int sex, int32_t age);
/* Chance of moving out by age before ratios by home and partner, relative to the mean of all ages. */
double out_profile(const demography *d, kj_ctx *ctx, int32_t age);
/* Published out-migration per inhabitant and year of a municipality (a row). */
double out_level(const demography *d, kj_ctx *ctx, uint32_t municipality);
/* What the profile by age is multiplied with there, so that the start population meets the level; the largest on the map. */
double out_strength(const demography *d, kj_ctx *ctx, uint32_t municipality);
double out_strength_largest(const demography *d, kj_ctx *ctx);

/* What earned income follows from; the same for all of a month. */
typedef struct earnings {
    const double *mean, *level; /* by education and age; one for the whole map */
    double spread;
    kj_stream draws;
} earnings;
earnings open_earnings(const demography *d, kj_ctx *ctx);
/* Earned income of a person in whole SEK a year. */
int32_t earned_income(const earnings *e, uint64_t luck, uint8_t education, int32_t age);

/* Standard normal from four 32-bit draws: sum of four uniforms (Irwin-Hall), exact integer sums, tails to 3.46. */
static inline double normal_of(kj_draw4 draw)
{
    uint64_t sum = (uint64_t)draw.v[0] + draw.v[1] + draw.v[2] + draw.v[3];
    return ((double)sum * 2.3283064365386962890625e-10 - 2.0) * 1.7320508075688772;
}

/* Up to DUE_MAX persons whose birth month it is, with one block of draws each. Lives on the stack of a system that walks
   its block in such steps: nothing to clear, and all of it stays in the first two caches. */
enum {
    DUE_MAX = 320,
    DUE_ROOM = DUE_MAX + 16 /* a line more: arrays side by side do not fight for the same lines of the cache */
};
typedef struct due_people {
    uint32_t n, row[DUE_ROOM];
    uint64_t luck[DUE_ROOM];
    uint32_t draw[4][DUE_ROOM];
} due_people;
typedef struct due_columns {
    const uint8_t *birth_moy, *resident, *alive;
    const uint64_t *luck;
} due_columns;
static inline kj_draw4 due_draw(const due_people *due, uint32_t i)
{
    kj_draw4 d = {{due->draw[0][i], due->draw[1][i], due->draw[2][i], due->draw[3][i]}};
    return d;
}
/* The next ones from row `begin` on; returns the row after the last one looked at. */
uint32_t due_find(const kj_run_v1 *run, due_people *due, const due_columns *c, kj_stream stream, uint32_t begin, uint32_t end, kj_month month);

/* Rows whose birth month it is, who live and are residents, from `begin` on, at most DUE_MAX; returns the row after the last
   one looked at. */
uint32_t due_rows(const due_columns *c, uint32_t begin, uint32_t end, uint8_t moy, uint32_t *out, uint32_t *n_out);

kj_status demography_show(const kj_host *host); /* show.c: what the viewer is given to show */

#endif
