/* Which sites come to market, and the choice among them. Everything is keyed on the site and the month, so that two
   policies meet the same offers with the same luck. */
#include <kedja/math.h>

#include "development.h"

uint64_t site_luck(kj_month month, int32_t cell)
{
    return kj_luck(KJ_LUCK_PROJECT, (uint64_t)(uint32_t)month << 32 | (uint32_t)cell, KJ_PROJECT_DEVELOPER);
}

/* Standard Gumbel: taking the best first is then drawing without replacement by the logit (Yellott 1977). */
double site_chance(kj_stream stream, uint64_t luck, kj_month month)
{
    return -kj_log(-kj_log(kj_uniform(kj_draw(stream, luck, month, 0).v[1])));
}

int32_t project_size(double mean, uint32_t draw)
{
    double size = 1.0 - (mean - 1.0) * kj_log(kj_uniform(draw));
    double most = 4.0 * mean;
    return (int32_t)(size < most ? size : most);
}

/* ---- the queue: a binary heap whose taken choices stand, in order, behind it ---- */

static bool is_better(const site_choice *a, const site_choice *b)
{
    return a->utility != b->utility ? a->utility > b->utility : a->cell < b->cell;
}

static void sink(site_choice *heap, uint32_t n, uint32_t at)
{
    site_choice moving = heap[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= n) break;
        if (child + 1 < n && is_better(&heap[child + 1], &heap[child])) child++;
        if (!is_better(&heap[child], &moving)) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

void site_queue_build(site_queue *queue, site_choice *choices, uint32_t n)
{
    *queue = (site_queue){choices, n, n};
    for (uint32_t at = n / 2; at-- > 0;) sink(choices, n, at);
}

const site_choice *site_queue_at(site_queue *queue, uint32_t k)
{
    while (queue->n - queue->n_left <= k && queue->n_left > 0) {
        site_choice best = queue->choices[0];
        queue->choices[0] = queue->choices[--queue->n_left];
        queue->choices[queue->n_left] = best;
        sink(queue->choices, queue->n_left, 0);
    }
    return k < queue->n ? &queue->choices[queue->n - 1 - k] : NULL;
}
