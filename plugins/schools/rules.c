/* The rules of placement as parameters and tables of the country. */
#include "schools.h"

void rules_take(const schools *s, kj_ctx *ctx, const people *p, rules *r)
{
    const kj_run_v1 *run = s->run;
    uint32_t unused;
    *r = (rules){.mode = (school_mode)(int32_t)school_value(s, ctx, SP_MODE),
                 .n_wishes = (uint32_t)school_value(s, ctx, SP_WISHES),
                 .taste_seconds = school_value(s, ctx, SP_TASTE),
                 .sibling_seconds = school_value(s, ctx, SP_SIBLING_PULL),
                 .walk_speed = school_value(s, ctx, SP_WALK_SPEED),
                 .limits = run->param_table(ctx, s->limits, &unused),
                 .priority = run->param_table(ctx, s->priority, &unused),
                 .classes = run->param_table(ctx, s->classes, &unused),
                 .taste = run->stream(ctx, STREAM_TASTE),
                 .gumbel = s->gumbel,
                 .luck = p->luck,
                 .facility_row = run->row_of(ctx, s->facility),
                 .n_threads = 1};
}
