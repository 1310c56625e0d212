/* Opening a vacancy: shared by the start, by homes freed outside the market, and by moves. */
#ifndef HOUSING_VACANCY_H
#define HOUSING_VACANCY_H

#include "housing.h"
#include "means.h"

/* The columns that opening and closing vacancies write, and what they read. Only in SERIAL systems that declared
   HOUSING_BOOKS_USES. */
typedef struct housing_books {
    kj_ctx *ctx;
    const housing *self;
    housing_params p;
    kj_month month;
    kj_stream vacancy_stream, landlord_stream;
    const uint32_t *row_of_dwelling, *row_of_vacancy, *row_of_municipality;
    double mean_income; /* over areas with a known median income; 0 none */
    double *level;      /* price level by row of municipality */
    /* dwelling */
    const int32_t *d_cell;
    const uint8_t *d_tenure, *d_kind, *d_rooms;
    const int16_t *d_area, *d_built;
    int32_t *d_rent, *d_price;
    uint8_t *d_state;
    kj_id *d_vacancy;
    const kj_id *d_project;
    const uint64_t *d_luck;
    /* vacancy */
    kj_id *v_dwelling, *v_root, *v_parent, *v_filled_by, *v_project;
    int16_t *v_round, *v_opened, *v_available, *v_contract, *v_move_in, *v_closed, *v_area;
    uint8_t *v_renovation, *v_cause, *v_stage, *v_end, *v_tenure, *v_kind, *v_rooms;
    int32_t *v_cell;
    /* places */
    const int32_t *c_area, *c_travel, *a_income, *a_homes;
    const kj_id *a_municipality;
    const float *a_price_index;
    int64_t *m_chains_opened;
} housing_books;

/* Columns of the books, for a system's list of uses: C(access, field). */
#define HOUSING_BOOKS(C) \
    C(kj_reads, d_cell) C(kj_reads, d_tenure) C(kj_reads, d_kind) C(kj_reads, d_rooms) C(kj_reads, d_area) \
    C(kj_reads, d_built) C(kj_writes, d_rent) C(kj_writes, d_price) C(kj_writes, d_state) C(kj_writes, d_vacancy) \
    C(kj_reads, d_project) C(kj_reads, d_luck) C(kj_writes, v_dwelling) C(kj_writes, v_root) C(kj_writes, v_parent) \
    C(kj_writes, v_filled_by) C(kj_writes, v_project) C(kj_writes, v_round) C(kj_writes, v_cause) C(kj_writes, v_stage) \
    C(kj_writes, v_end) C(kj_writes, v_tenure) C(kj_writes, v_kind) C(kj_writes, v_rooms) C(kj_writes, v_opened) \
    C(kj_writes, v_renovation) C(kj_writes, v_available) C(kj_writes, v_contract) C(kj_writes, v_move_in) C(kj_writes, v_closed) \
    C(kj_writes, v_cell) C(kj_writes, v_area) C(kj_reads, c_area) C(kj_reads, c_travel) C(kj_reads, a_income) C(kj_reads, a_homes) \
    C(kj_reads, a_municipality) C(kj_reads, a_price_index) C(kj_writes, m_chains_opened)

/* False when a column or memory is missing: the context then says why. */
bool housing_books_open(housing_books *books, const housing *self, kj_ctx *ctx);
/* Price levels from area.homes as it stands: called by housing_books_open, and by START once homes are counted. */
void housing_set_levels(housing_books *books);

/* What opens a vacancy: a root (parent_row = KJ_NO_ROW) or the home that the filler of the parent left. */
typedef struct housing_opening {
    uint32_t dwelling_row;
    uint32_t parent_row;
    kj_vacancy_cause cause;
} housing_opening;

/* A new row of `vacancy`; sets the dwelling's state, vacancy, and asked price or first rent. 0 when the table is full:
   the system then fails. */
kj_id housing_open_vacancy(housing_books *books, housing_opening opening);

/* Prefetches what opening a vacancy touches of the home. */
void housing_ask_for_home(const housing_books *books, uint32_t dwelling_row);

/* Sees that table offer has room for n_offers, and some more, since offers are scored side by side. */
kj_status housing_make_room(const housing *self, kj_ctx *ctx, uint32_t n_offers);

/* Row in `municipality` of an area row; KJ_NO_ROW if the area belongs to none. */
static inline uint32_t housing_municipality_row(const housing_books *books, int32_t area)
{
    return area < 0 ? KJ_NO_ROW : books->row_of_municipality[books->a_municipality[area]];
}

/* True if a private landlord lets this dwelling by lot, outside the queue: its tenure, or a trait of the dwelling. */
static inline bool housing_by_lot(kj_stream landlord, uint64_t dwelling_luck, uint8_t tenure, double lot_share)
{
    if (tenure == KJ_TENURE_PRIVATE) return true;
    return tenure == KJ_TENURE_RENTAL && kj_draw(landlord, dwelling_luck, 0, 0).v[0] < kj_threshold(lot_share);
}

housing_place housing_place_of(const housing_books *books, int32_t cell);

/* Rows of the vacancies that are not CLOSED, rising, and their number; NULL without memory. */
uint32_t *housing_list_open(const housing_books *books, uint32_t *n_open);

#endif
