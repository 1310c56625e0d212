/* Statistics of members. NAN is a member without the figure and is counted out. */
#ifndef KEDJA_BATCH_STATISTICS_H
#define KEDJA_BATCH_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

/* One figure over the members of a group. */
enum { KJ_STAT_N = 0, KJ_STAT_MEAN, KJ_STAT_SD, KJ_STAT_Q05, KJ_STAT_Q10, KJ_STAT_Q25, KJ_STAT_Q50, KJ_STAT_Q75, KJ_STAT_Q90, KJ_STAT_Q95, KJ_STATS };
extern const char *const kj_stat_names[KJ_STATS];

/* values is sorted in place (NANs dropped). Quantiles by linear interpolation (Hyndman & Fan 1996, type 7); where the
   neighbours are infinite ("never"), so is the quantile. With n = 0 all but n are NAN. */
void kj_summary(double *values, uint32_t n, double out[KJ_STATS]);

/* The same where each value stands for a lognormal law with itself as the median and this sd of the logarithm (values of 0 stay 0; sd > 0): what members
   say, widened by an error that none of them shows. Mean, sd and quantiles of the mixture; the sd never below that of the values. */
void kj_summary_widened(double *values, uint32_t n, double sd, double out[KJ_STATS]);

/* Middle 80 % of values over that of the standard normal law: the sd of a normal law of this width. values is sorted; 0 with fewer than two. */
double kj_width(double *values, uint32_t n);

/* One figure of two alternatives, over strata that share all else: pairs of members with the same luck in both. */
enum { KJ_DIFF_N = 0, KJ_DIFF_MEAN, KJ_DIFF_SD, KJ_DIFF_LOW, KJ_DIFF_HIGH, KJ_DIFF_UNPAIRED_LOW, KJ_DIFF_UNPAIRED_HIGH, KJ_DIFF_Q10, KJ_DIFF_Q50, KJ_DIFF_Q90, KJ_DIFFS };
extern const char *const kj_diff_names[KJ_DIFFS];

/* base and other: [n_strata][n], the same replicate at the same place. Where replicate r has the same luck in all strata (a paired experiment), the strata are
   no further evidence of chance: n lots of luck decide how well a difference is known, however many factors stand beside. */
typedef struct kj_alternatives {
    const double *base, *other;
    uint32_t n_strata, n;
    bool own_luck; /* each member has its own: strata, base and other are all independent */
} kj_alternatives;

enum { KJ_DIFFERENCE_SCRATCH = 4 }; /* times n_strata * n values */

/* mean: of the strata's mean of other - base. low, high: its 95 % interval (Student's t) over lots of luck, the differences averaged over the strata within
   each. A pair that is missing is left out of its stratum; of all strata with pairs, each counts alike, and the one with fewest sets the degrees of freedom.
   unpaired_…: the interval that the same members would give if base and other did not share their luck (variances of both added). With own_luck that is the
   one interval there is, over the members of all strata. sd and quantiles: of the n single pairs. */
void kj_difference(const kj_alternatives *a, double *scratch, double out[KJ_DIFFS]);

/* Mean of a few values, all finite, and its 95 % interval by Student's t; *low and *high are NAN with fewer than two, all three with none. */
void kj_mean_interval(const double *values, uint32_t n, double *mean, double *low, double *high);

/* Quantile of Student's t distribution, p in (0.5, 1), df >= 1 (Hill 1970, algorithm 396). */
double kj_t_quantile(double p, double df);

#endif
