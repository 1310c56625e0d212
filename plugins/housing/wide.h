/* Work on many areas, homes or draws at once: straight loops that vectorise. */
#ifndef HOUSING_WIDE_H
#define HOUSING_WIDE_H

#include <kedja/model.h>
#include <stdint.h>

/* Compiles a loop for wider registers besides the plain ones. Whole numbers, and float operations one for one without
   contraction, give the same bits in each. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HOUSING_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HOUSING_WIDE
#endif

/* A place from which areas are seen: factor 1 / (1 + d * per_km)^power. */
typedef struct housing_viewpoint {
    float x, y, per_km; /* km; 1 / km */
    int power;          /* 0: the place is not known */
} housing_viewpoint;

/* Weight of n areas at (x, y) km with sizes of at most 1, in 2^-30; returns their sum. */
int64_t housing_weigh(const housing_viewpoint *from, const float *x, const float *y, const float *size, uint32_t n, int32_t *weight);

/* Distance from place `own` to the nearest of the others, km; 0 if there is no other. */
float housing_nearest(const float *x, const float *y, uint32_t n, uint32_t own);

/* Homes on offer, one array a trait, by offer. */
typedef struct housing_shelf {
    const int32_t *rent, *price, *cost; /* SEK/month; SEK asked, 0 for rentals; SEK/month with interest */
    const float *x, *y;                 /* km */
    const int32_t *sort, *rooms;        /* housing_sort() */
    const int32_t *key;                 /* housing_pair_key() of the dwelling */
} housing_shelf;

/* Tenure, kind and newness in one number. */
enum { HOUSING_KINDS_SHIFT = 3, HOUSING_KINDS_ROOM = 1 << HOUSING_KINDS_SHIFT, HOUSING_SORTS = KJ_TENURE_COUNT * HOUSING_KINDS_ROOM };
_Static_assert(2 * KJ_DWELLING_KIND_COUNT <= HOUSING_KINDS_ROOM, "kind and newness fit beside the tenure");
static inline int32_t housing_sort(uint8_t tenure, uint8_t kind, int is_new)
{
    return (int32_t)(tenure * HOUSING_KINDS_ROOM + kind * 2 + (is_new != 0));
}
static inline uint8_t housing_kind_of(int32_t sort) { return (uint8_t)((uint32_t)sort % HOUSING_KINDS_ROOM / 2); }
static inline uint8_t housing_tenure_of(int32_t sort) { return (uint8_t)((uint32_t)sort / HOUSING_KINDS_ROOM); }

/* What one household may have: highest rent or fee by tenure, and housing_means with its lending terms. */
typedef struct housing_bounds {
    int32_t rent_max[KJ_TENURE_COUNT]; /* SEK/month */
    float surplus, funds, cap[3], loan[3];
} housing_bounds;

/* Items that are worked on side by side: what the functions below read and write is rounded up to a multiple. */
enum { HOUSING_LANES = 16 };

/* may[i] = 1 if offer first + i is within the bounds, else 0; for n offers. */
void housing_find_eligible(const housing_shelf *shelf, uint32_t first, uint32_t n, const housing_bounds *bounds, uint8_t *may);

/* out[i] = housing_gumbel(draw[i]) for n draws. */
void housing_gumbels(const uint32_t *draw, uint32_t n, float *out);

/* out[i] = factor on the savings of a household with that luck: lognormal with mean 1, from its luck alone; for n households. */
void housing_thrifts(double savings_spread, const uint64_t *luck, uint32_t n, double *out);

/* A year's block of draws holds ten bits for each month: two words for the first six, two for the last. */
enum { HOUSING_PARTS = 1 << 10 };
static inline uint32_t housing_part_of_half(uint32_t low, uint32_t high, uint32_t month)
{
    return (uint32_t)(((uint64_t)high << 32 | low) >> month * 10) & (HOUSING_PARTS - 1);
}

/* noted[i] = a bit for each month, January the lowest, whose part of the draws is below bound[i]; word w of i's draws is
   draw[w * stride + i]. */
void housing_note_months(const uint32_t *draw, uint32_t stride, const uint32_t *bound, uint32_t n, uint32_t *noted);

/* hit[i] = 1 for living households that hold no home, whose year is not drawn (look 0) or that are noted for the month of
   `bit`; else 0. */
void housing_mark_noted(const uint8_t *alive, const uint8_t *living, const int16_t *look, int16_t bit, uint32_t n, uint8_t *hit);

#endif
