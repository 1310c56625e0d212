/* Workloads of the housing market. U3: a year of relocation of a million households; H1, H2: months of bids and clearing. */
#ifndef TESTS_BENCH_MARKET_H
#define TESTS_BENCH_MARKET_H

#include <stdbool.h>
#include <stdint.h>

typedef struct relocation {
    double seconds;        /* relocate, unplace, choose, place */
    double school_score;   /* mean of the homes that were chosen */
    int64_t n_moved;
    bool double_booked;    /* two households in a home: must never be */
    uint64_t fingerprint;  /* the same for any number of threads */
} relocation;

/* 1 M households, 1.1 M homes, 5 % movers, 50 sampled alternatives each, multinomial logit. seconds < 0: no memory. */
relocation relocation_run(int n_threads);

typedef struct market_months {
    double seconds;           /* of the months, without making the world */
    int64_t household_months; /* households alive at each month's start */
    int64_t n_contracts;
} market_months;

/* The plugin housing, with people who come, leave and die by keyed draws; one thread. KJ_OK is 0. */
int market_months_run(uint32_t n_dwellings, int n_months, market_months *out);

#endif
