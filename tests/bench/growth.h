/* Workload F1: patch growth on 1000 x 1000 cells in 16 zones, 1 % of the cells a year, 20 years. */
#ifndef TESTS_BENCH_GROWTH_H
#define TESTS_BENCH_GROWTH_H

#include <stdint.h>

typedef struct growth_result {
    double seconds;       /* of the 20 years, without making the map */
    int64_t n_developed;  /* cells */
    uint64_t fingerprint; /* of the last map: the same for any number of threads */
} growth_result;

growth_result growth_run(int n_threads);

#endif
