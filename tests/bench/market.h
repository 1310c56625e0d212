/* Workloads U3 (a year of relocation) and H1, H2 (housing market by month). */
#ifndef TESTS_BENCH_MARKET_H
#define TESTS_BENCH_MARKET_H

#include <stdint.h>

typedef struct relocation_result {
    double seconds;          /* of the year, without making the world */
    uint32_t n_movers, n_placed, n_rounds;
    uint32_t n_double;       /* homes with two households, or households that are not where their home says: must be 0 */
    double mean_school;      /* of the homes chosen, 0 to 1 */
    uint64_t fingerprint;    /* the same for any number of threads */
} relocation_result;

/* One year of relocation of a million households in 1.1 million homes: one in twenty moves, each looks at 50 vacant homes a
   round and chooses by a logit; a home that several want goes to the lowest lot, the others look again. */
relocation_result relocation_run(int n_threads);

typedef struct market_result {
    double seconds;                /* of housing's systems */
    int64_t household_months, moves;
} market_result;

/* The plugin housing by itself in a closed town: nobody is born, dies or arrives, nothing is built. */
market_result market_run(uint32_t n_households, int n_months, int n_threads);

#endif
