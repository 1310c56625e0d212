/* Which changes of a pair are told first: one rule for the headline of the viewer and for the findings of a handout. */
#ifndef KEDJA_COMPARE_LARGEST_H
#define KEDJA_COMPARE_LARGEST_H

#include <stdbool.h>
#include <stdint.h>

typedef struct kj_finding {
    double base, change;
    bool is_worse; /* the change goes against what is usually wished for */
    double whole;  /* what both are a part of, as all pupils of those without a place: a few more or less of few are no large change; 0: of nothing */
} kj_finding;

/* How large a change is beside the larger of both figures, or the whole; 0: none. */
double kj_finding_size(const kj_finding *finding);
/* Indices of at most `most` findings that changed, the largest first. Where there are two or more and none of them is for the worse, the last
   gives way to the largest that is: no gain is told without its price. Returns how many. */
int32_t kj_findings_largest(const kj_finding *findings, int32_t n, int32_t most, int32_t *out);

#endif
