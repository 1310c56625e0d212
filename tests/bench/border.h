/* Benchmarks of the plugin border and of plugins that stand alone on a grid. */
#ifndef KEDJA_BENCH_BORDER_H
#define KEDJA_BENCH_BORDER_H

#include "../../core/base/error.h"

/* Takes a figure: work, threads, value, unit. */
typedef void kj_bench_row(void *data, const char *work, int threads, double value, const char *unit);

/* The same loop over 10 million rows, called directly in blocks and as a system of a plugin. */
kj_status kj_bench_border(kj_error *err, kj_bench_row *row, void *data);

/* examples/schelling as a module: 100 x 100 with 8 000 agents and 1000 x 1000 with 800 000, 20 steps, both orders of activation. */
kj_status kj_bench_schelling(kj_error *err, const char *module, kj_bench_row *row, void *data);

#endif
