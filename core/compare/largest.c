#include "largest.h"

#include <math.h>

double kj_finding_size(const kj_finding *f)
{
    double larger = f->whole > 0.0 ? f->whole : fmax(fabs(f->base), fabs(f->change));
    return larger > 0.0 && isfinite(f->change - f->base) ? fabs(f->change - f->base) / larger : 0.0;
}

static bool is_chosen(const int32_t *chosen, int32_t n, int32_t i)
{
    for (int32_t k = 0; k < n; k++)
        if (chosen[k] == i) return true;
    return false;
}

/* The largest that is not chosen yet, the first of equals; -1 none. */
static int32_t largest(const kj_finding *findings, int32_t n, const int32_t *chosen, int32_t n_chosen, bool worse_only)
{
    int32_t best = -1;
    for (int32_t i = 0; i < n; i++) {
        if (is_chosen(chosen, n_chosen, i) || (worse_only && !findings[i].is_worse) || !(kj_finding_size(&findings[i]) > 0.0)) continue;
        if (best < 0 || kj_finding_size(&findings[i]) > kj_finding_size(&findings[best])) best = i;
    }
    return best;
}

int32_t kj_findings_largest(const kj_finding *findings, int32_t n, int32_t most, int32_t *out)
{
    int32_t n_chosen = 0;
    bool any_worse = false;
    for (int32_t next; n_chosen < most && (next = largest(findings, n, out, n_chosen, false)) >= 0; n_chosen++) {
        out[n_chosen] = next;
        any_worse |= findings[next].is_worse;
    }
    int32_t worse = any_worse || n_chosen < 2 ? -1 : largest(findings, n, out, n_chosen, true);
    if (worse >= 0) out[n_chosen - 1] = worse;
    return n_chosen;
}
