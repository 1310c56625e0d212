/* All columns that the serial systems of demography change, as one set of pointers, and the operations on households
   that keep links, sizes and lists true. */
#ifndef KEDJA_DEMOGRAPHY_STATE_H
#define KEDJA_DEMOGRAPHY_STATE_H

#include "demography.h"

/* Households that lodge, by host: hash chains, valid within one system call. Entries go stale when a lodger moves;
   readers check host and living. */
typedef struct lodger_index {
    uint32_t *bucket; /* entry + 1 */
    uint32_t mask;
    struct lodger_entry {
        kj_id host;
        uint32_t lodger, next; /* lodger: row */
    } *entries;
    uint32_t n, capacity;
} lodger_index;

typedef struct state {
    const demography *d;
    const kj_run_v1 *run;
    kj_ctx *ctx;
    kj_month month;
    const kj_grid *grid;
    tax_rule tax;
    kj_stream draws[STREAMS];
    earnings earnings;
    kj_status status; /* first failure */
    int grows;        /* the start: a new row may move the tables, and the columns are fetched anew after each */

    const uint32_t *person_row, *household_row, *dwelling_row, *area_row, *municipality_row, *workplace_row, *facility_row;
    const kj_id *person_id, *household_id, *dwelling_id, *facility_id;
    const uint8_t *household_alive;
    uint32_t n_municipalities;

    struct {
        int16_t *birth_month, *moved;
        int32_t *income;
        uint8_t *birth_moy, *sex, *education, *activity, *children, *resident;
        kj_id *household, *partner, *mother, *father, *next_member, *workplace, *care;
        uint64_t *luck;
    } p;
    struct {
        kj_id *head, *dwelling, *host;
        uint8_t *size, *n_children, *kind, *living, *origin, *sublet;
        int32_t *income;
        int16_t *formed, *searching, *patience;
        uint8_t *search_cause;
        const int16_t *moved;
        const kj_id *contract;
        uint64_t *luck;
    } h;
    struct {
        kj_id *household;
        const int32_t *cell;
        const uint8_t *rooms, *tenure;
        const int16_t *area_m2;
    } w; /* dwellings */
    const int32_t *cell_area;
    const kj_id *area_municipality;
    int32_t *workplace_filled;
    struct {
        const uint8_t *kind;
        const int32_t *cell, *places, *opened, *closed;
        const kj_id *municipality;
        int32_t *residents;
    } f;
    struct {
        int64_t *births, *deaths, *in_migrants, *out_migrants, *in_by[BOUNDARIES], *out_by[BOUNDARIES], *unions, *separations,
            *left_home, *care_moves, *gave_up, *sublet_moves,
            *homes_first, *homes_last;
    } m;
    lodger_index lodgers;
} state;

/* Declares what state_open touches. */
void state_uses(const demography *d, use_list *list);
/* Fetches the pointers. */
void state_open(const demography *d, kj_ctx *ctx, state *s);
/* A new row; in a state that grows the pointers are fetched anew. 0: no room. */
kj_id state_create(state *s, kj_table table);
/* How many households live so. */
uint32_t count_living(const state *s, uint8_t living);
/* Rows of the households that lodge, rising, and their number; NULL without memory. */
uint32_t *list_lodgers(const state *s, uint32_t *n);
/* Builds the index of lodgers; `spare` new lodgers may follow. */
kj_status lodgers_build(state *s, uint32_t spare);
void lodgers_add(state *s, kj_id host, uint32_t lodger);

static inline uint32_t row_of_person(const state *s, kj_id id) { return id ? s->person_row[id] : KJ_NO_ROW; }
static inline uint32_t row_of_household(const state *s, kj_id id) { return id ? s->household_row[id] : KJ_NO_ROW; }
/* Lives and is counted as population; false for those who died or left earlier in this system. */
static inline int is_resident(const state *s, uint32_t row) { return row != KJ_NO_ROW && s->p.resident[row]; }
static inline int32_t age_of(const state *s, uint32_t row) { return age_at(s->month, s->p.birth_month[row]); }

int lives_with_parent(const state *s, uint32_t person);
/* Row of the dwelling a household lives in, its own or its host's; KJ_NO_ROW outside. */
uint32_t home_dwelling(const state *s, uint32_t household);
int32_t home_cell(const state *s, uint32_t household);  /* -1 if none */
/* Prefetch what an event of a person touches: its household, and then the others there; ask_ahead those of the persons some places
   behind `at` in a list of n. */
void ask_for_household(const state *s, uint32_t person);
void ask_for_members(const state *s, uint32_t person);
void ask_ahead(const state *s, const uint32_t *people, uint32_t at, uint32_t n);
uint32_t home_municipality(const state *s, uint32_t household); /* row; 0 if unknown */
uint32_t municipality_of_person(const state *s, uint32_t person);

void member_add(state *s, uint32_t household, uint32_t person);
void member_remove(state *s, uint32_t person);
/* Counts size, children, kind and income anew; sees that the head is an adult member. Household must have members. */
void household_count(state *s, uint32_t household);
/* Gives the dwelling to the first lodger, or frees it with the cause. */
void household_vacate(state *s, uint32_t household, kj_vacancy_cause cause);
/* Vacates and destroys a household without members. */
void household_end(state *s, uint32_t household, kj_vacancy_cause cause);
/* After somebody left: ends an empty household, finds homes for children left alone, or counts again. */
void household_after_loss(state *s, uint32_t household, kj_vacancy_cause cause);
/* New household of one person, lodging with `host` (a household row that holds or lodges). KJ_NO_ROW if it failed. */
uint32_t household_new_lodging(state *s, uint32_t person, uint32_t host, kj_household_origin origin);
/* The same in a row that is there already. */
void household_fill_lodging(state *s, uint32_t row, uint32_t person, uint32_t host, kj_household_origin origin);
/* At the start of a run: grown-ups of households of other kinds lodge there. Fetches the state anew. */
kj_status start_lodgers(state *s);
/* At the start of a run: households that have come in the months before and wait outside. Needs work_rates. */
kj_status start_arrivals(state *s);
/* Declares what arrivals touch. */
void arrival_uses(const demography *d, use_list *list);
/* Notes where the homes of each municipality stand in the table; before start_lodgers. */
void note_homes(state *s);
/* Row of another household on the map that takes a lodging household in: drawn among those of the same municipality that hold a home and
   have at most three members; KJ_NO_ROW if none of the drawn ones can. `number` tells several draws of a month apart. */
/* Numbers of draws of STREAM_LODGING: each search for a host takes those from its own on. */
enum { HOST_OF_NEWCOMER = 0, LODGES_AT_ONCE = 50, HOST_OF_LODGER = 100, HOST_AFTER_LOSS = 200 };
uint32_t find_host(const state *s, uint32_t lodger, uint32_t municipality, uint32_t number);
/* Lets a lodging household live with `host` (a row that holds a home) from now on; sublet: as a subtenant. */
void lodge_with(state *s, uint32_t lodger, uint32_t host, int sublet);
/* Moves a person between households without counting either. */
void person_move(state *s, uint32_t person, uint32_t to_household);
/* Child under 25 without a partner, by id of a parent. */
int is_own_child(const state *s, uint32_t member, kj_id parent);
/* Moves the children of a person who live in `from` along to `to`, without counting. */
void move_own_children(state *s, uint32_t person, uint32_t from, uint32_t to);
/* Takes a person out of the state: unlinks partner, household, work, care. The household is not counted. */
void person_end(state *s, uint32_t person);
void part_from_partner(state *s, uint32_t person);

/* The processes. Each handles one event. */
void apply_death(state *s, uint32_t person);
void apply_birth(state *s, uint32_t mother);
void apply_leaving(state *s, uint32_t person);
void apply_separation(state *s, uint32_t person);
void apply_unions(state *s, const uint32_t *people, uint32_t n); /* rows of those who look for a partner */
void apply_out_migration(state *s, uint32_t person);
/* Out-migration of the household of a person who decides relative to one that rents: by whether it lodges or owns; students leave as those who rent. */
double out_ratio(const state *s, uint32_t person, uint32_t household);
void apply_care(state *s, uint32_t person);
/* Person, and partner and children or the whole household, leave the map. */
void emigrate(state *s, uint32_t person);
/* A person leaves the map with partner and children, but not the rest of the household. */
void emigrate_from_home(state *s, uint32_t person, int boundary);
/* Boundary (0 county, 1 country, 2 abroad) by a draw, as the out-migration levels divide. */
int out_boundary(const state *s, uint32_t municipality, uint32_t draw);
int in_boundary(const state *s, uint32_t municipality, uint32_t draw);
/* Makes a person a resident who just moved in from outside, and counts it. */
void count_in_migrant(state *s, uint32_t person, uint32_t municipality, int boundary);

/* Sets municipality.income_level and tertiary_level from the start population. */
void fit_income_level(state *s);
void fit_tertiary_level(state *s);

/* Sets municipality.out_factor: what the profile of out-migration is multiplied with, so that as many leave in the first year as the published level says. */
kj_status fit_out_migration(state *s);

/* Sets municipality.outside_pull from where the start population works. */
void fit_outside_pull(state *s);

/* Fills an adult newcomer's education, activity and income. */
typedef struct newcomer {
    uint64_t luck;
    int32_t age;
    uint8_t sex, student, refugee;
} newcomer;
/* New person row; KJ_NO_ROW if it failed. */
uint32_t person_new(state *s, const newcomer *who);

#endif
