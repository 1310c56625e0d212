/* What the files of the housing plugin share: handles, records, the instance, and the systems. The model is described
   in MODEL.md of this folder. */
#ifndef HOUSING_HOUSING_H
#define HOUSING_HOUSING_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "params.h"
#include "taste.h"

/* Streams of random draws, one for each use of luck. Never renumber or use a number twice: the luck of every run hangs
   on it (3 was used). */
enum {
    HOUSING_DRAW_DECIDE = 1,   /* household: does it begin to search */
    HOUSING_DRAW_CHOOSE = 2,   /* household: area, sample, tastes for dwellings, lots in clearing */
    HOUSING_DRAW_VACANCY = 4,  /* dwelling, month opened: renovation, internal letting */
    HOUSING_DRAW_LANDLORD = 5, /* dwelling: let by lot or by queue, to whom first */
    HOUSING_DRAW_QUEUE = 6,    /* person: joined the queue when a home was needed, or how long before */
    HOUSING_DRAW_AREA = 7,     /* area, year: what households it suits */
    HOUSING_DRAW_EXCHANGE = 8  /* household: order, other tenants looked at, tastes for their homes */
};

/* Columns as one list of handles, so that systems, checks and the schema name them alike. */
typedef struct housing_columns {
    /* dwelling */
    kj_col d_cell, d_tenure, d_kind, d_rooms, d_area, d_built, d_rent, d_price, d_state, d_household, d_vacancy, d_project,
        d_luck;
    /* vacancy */
    kj_col v_dwelling, v_root, v_parent, v_round, v_cause, v_opened, v_renovation, v_available, v_stage, v_filled_by, v_contract, v_move_in,
        v_closed, v_end, v_mover_size, v_mover_kind, v_mover_age, v_mover_income, v_mover_origin,
        v_from_dwelling, v_tenure, v_kind, v_rooms, v_cell, v_area, v_project;
    /* offer: the month's homes on offer, as the queue housing.open lists them */
    kj_col o_rent, o_price, o_cost, o_x, o_y, o_sort, o_rooms, o_flags, o_key, o_area;
    /* household: housing's own, then demography's */
    kj_col h_moved, h_searching, h_cause, h_contract, h_patience, h_look;
    kj_col h_head, h_size, h_children, h_kind, h_living, h_dwelling, h_host, h_origin, h_sublet, h_income, h_luck;
    /* person: housing's own, then demography's */
    kj_col p_queue_since;
    kj_col p_birth, p_next, p_activity, p_workplace, p_resident, p_moved, p_luck;
    kj_col w_cell;
    /* cell and area */
    kj_col c_area, c_travel;
    kj_col a_municipality, a_x, a_y, a_income;
    kj_col a_searchers, a_vacant, a_general, a_first_offer, a_house_offers, a_for_sale, a_buyers, a_homes, a_price_index, a_mean_rent,
        a_house_share, a_taste[2][HOUSING_STAGES], a_size[HOUSING_VIEWS];
    /* municipality: yearly flows and stocks */
    kj_col m_moves, m_household_moves, m_moved_in, m_left_vacant, m_first_homes, m_chains_opened, m_chains_closed,
        m_chain_moves, m_chain_length, m_chains_new, m_chains_new_moves, m_chain_length_new, m_vacant_on_offer,
        m_rental_on_offer, m_under_notice, m_under_renovation, m_contracted, m_searching, m_lettings, m_queue_months, m_queue_mean, m_vacated_rental,
        m_vacated_coop, m_vacated_owner, m_exchanged, m_vacancy_rental, m_vacancy_coop, m_vacancy_owner, m_vacated_private, m_lettings_need, m_homes[KJ_TENURE_COUNT];
} housing_columns;

typedef struct housing {
    const kj_run_v1 *run;
    kj_table dwelling, vacancy, offer, household, person, workplace, cell, area, municipality;
    kj_queue freed, arrived, open, searches, lined_up, bids;
    kj_param params[HOUSING_N_PARAMS];
    kj_param_table search_hazard;
    housing_columns col;
} housing;

/* Queues "housing.searches" and, in the order of areas, "housing.lined_up": a household that searches this month, the row
   of the dwelling it lives in, its own or the host's (KJ_NO_ROW: outside), and the row of that area (-1). */
typedef struct housing_search {
    kj_id household;
    uint32_t home;
    int32_t area;
} housing_search;

/* Whom a home let by queue goes to first, and that a lot decides instead. */
enum { HOUSING_OFFER_INTERNAL = 1, HOUSING_OFFER_LOT = 2, HOUSING_OFFER_RESIDENTS = 4, HOUSING_OFFER_YOUTH = 8, HOUSING_OFFER_NEED = 16 };

/* Added to the queue time of those whom a home goes to first; longer than any life: those who already rent, people of the
   municipality, the young, those whom the municipality houses, and before all of them refugees to whom it owes a home. */
enum {
    HOUSING_INTERNAL_PRIORITY = 1 << 20,
    HOUSING_RESIDENT_PRIORITY = 1 << 21,
    HOUSING_YOUTH_PRIORITY = 1 << 22,
    HOUSING_NEED_PRIORITY = 1 << 23,
    HOUSING_ASSIGNED_PRIORITY = 1 << 24
};

/* Queue "housing.bids": a household applies for (rental) or bids on (co-op, owner) an offer. A household's bids follow
   each other, best liked first. */
typedef struct housing_bid {
    int64_t priority; /* higher goes first: months in the queue, or SEK */
    uint32_t offer;   /* row of table offer */
    kj_id household;
    uint32_t lot; /* higher goes first among equal priorities */
    uint32_t rank; /* 0 = best liked */
} housing_bid;

_Static_assert(sizeof(housing_bid) == 24, "queue records have no padding");

/* A world without dwellings has no market: its columns have no data yet. */
static inline bool housing_is_empty(const housing *self, kj_ctx *ctx) { return self->run->n_rows(ctx, self->dwelling) == 0; }

/* schema.c */
kj_status housing_show(const kj_host *host); /* show.c: what the viewer is given to show */
kj_status housing_declare(housing *self, const kj_host *host);
kj_status housing_require(housing *self, const kj_host *host);
void housing_read_params(const housing *self, kj_ctx *ctx, housing_params *out);

/* Systems: one function a file of that name, [begin, end) as kj_system_def.run says. */
kj_status housing_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_vacate(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_offer_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_survey(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_negotiate(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_decide(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_line_up(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_choose(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_clear(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_price(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_exchange(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_settle(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_measure_stocks(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status housing_rents(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);

/* Rows of the households that lodge, rising, and their number; NULL without memory. settle.c */
uint32_t *housing_list_lodgers(const housing *self, kj_ctx *ctx, uint32_t *n_lodgers);

/* Measures area.taste_* from who lives where; taste.c. In START only. */
kj_status housing_measure_tastes(const housing *self, kj_ctx *ctx, double prior);

/* Invariants (check.c). */
kj_status housing_check_homes(void *instance, kj_ctx *ctx);
kj_status housing_check_forest(void *instance, kj_ctx *ctx);

#endif
