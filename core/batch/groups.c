#include "groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double point_value(const kj_plan *plan, uint32_t point, uint32_t factor) { return plan->value[(size_t)point * plan->n_columns + factor]; }

static kj_group *add_group(kj_error *err, const kj_plan *plan, kj_groups *g)
{
    kj_group *grown = realloc(g->group, (g->n + 1u) * sizeof *grown);
    if (grown) g->group = grown;
    uint8_t *has = grown ? calloc(plan->n_points, 1) : NULL;
    if (!has) {
        kj_fail(err, KJ_E_MEMORY, "out of memory");
        return NULL;
    }
    grown[g->n] = (kj_group){.has_point = has};
    return &grown[g->n++];
}

static kj_status add_all(kj_error *err, const kj_plan *plan, kj_groups *g)
{
    kj_group *group = add_group(err, plan, g);
    if (!group) return KJ_E_MEMORY;
    strcpy(group->path, "all");
    strcpy(group->title, "all members");
    memset(group->has_point, 1, plan->n_points);
    return KJ_OK;
}

static kj_status add_level(kj_error *err, const kj_plan *plan, kj_groups *g, uint32_t f, double value)
{
    const char *name = plan->experiment->factor[f].name;
    kj_group *group = add_group(err, plan, g);
    if (!group) return KJ_E_MEMORY;
    snprintf(group->path, sizeof group->path, "by/%.100s=%g", name, value);
    snprintf(group->title, sizeof group->title, "members with %.100s = %g", name, value);
    for (uint32_t p = 0; p < plan->n_points; p++) group->has_point[p] = fabs(point_value(plan, p, f) - value) <= 1e-12 * fabs(value);
    return KJ_OK;
}

static kj_status add_point(kj_error *err, const kj_plan *plan, kj_groups *g, uint32_t p)
{
    kj_group *group = add_group(err, plan, g);
    if (!group) return KJ_E_MEMORY;
    snprintf(group->path, sizeof group->path, "points/point_%02u", p + 1);
    size_t n = 0;
    for (uint32_t f = 0; f < plan->experiment->n_factors && n < sizeof group->title; f++) {
        double value = point_value(plan, p, f);
        if (!isnan(value)) n += (size_t)snprintf(group->title + n, sizeof group->title - n, "%s%s = %g", n ? ", " : "", plan->experiment->factor[f].name, value);
    }
    if (!n) strcpy(group->title, "the scenario");
    group->has_point[p] = 1;
    return KJ_OK;
}

static kj_contrast *add_contrast(kj_error *err, kj_groups *g, uint32_t n_strata)
{
    kj_contrast *grown = realloc(g->contrast, (g->n_contrasts + 1u) * sizeof *grown);
    if (grown) g->contrast = grown;
    uint32_t *base = grown ? malloc(2 * n_strata * sizeof *base) : NULL;
    if (!base) {
        kj_fail(err, KJ_E_MEMORY, "out of memory");
        return NULL;
    }
    grown[g->n_contrasts] = (kj_contrast){.n_strata = n_strata, .base = base, .other = base + n_strata};
    return &grown[g->n_contrasts++];
}

/* A level against the first one: every combination of the other factors is a stratum. */
static kj_status add_level_contrast(kj_error *err, const kj_plan *plan, kj_groups *g, uint32_t f, uint32_t level)
{
    const kj_factor *factor = &plan->experiment->factor[f];
    kj_contrast *c = add_contrast(err, g, plan->n_points / factor->n_values);
    if (!c) return KJ_E_MEMORY;
    snprintf(c->path, sizeof c->path, "difference/%.100s=%g", factor->name, factor->values[level]);
    snprintf(c->title, sizeof c->title, "%.100s = %g against %g", factor->name, factor->values[level], factor->values[0]);
    uint32_t stride = 1, s = 0;
    for (uint32_t k = f + 1; k < plan->experiment->n_factors; k++) stride *= plan->experiment->factor[k].n_values;
    for (uint32_t p = 0; p < plan->n_points; p++) {
        if (p / stride % factor->n_values != 0) continue;
        c->base[s] = p;
        c->other[s++] = p + level * stride;
    }
    return KJ_OK;
}

static kj_status add_single_contrast(kj_error *err, const kj_plan *plan, kj_groups *g, uint32_t p)
{
    uint32_t f = (p - 1) / 2;
    kj_contrast *c = add_contrast(err, g, 1);
    if (!c) return KJ_E_MEMORY;
    const kj_factor *factor = &plan->experiment->factor[f];
    snprintf(c->path, sizeof c->path, "difference/%.100s=%g", factor->name, point_value(plan, p, f));
    snprintf(c->title, sizeof c->title, "%.100s = %g against %g", factor->name, point_value(plan, p, f), factor->def);
    c->base[0] = 0;
    c->other[0] = p;
    return KJ_OK;
}

kj_status kj_groups_make(kj_error *err, const kj_plan *plan, kj_groups *out)
{
    const kj_experiment *e = plan->experiment;
    *out = (kj_groups){0};
    kj_status status = add_all(err, plan, out);
    for (uint32_t f = 0; !status && f < e->n_factors && e->design == KJ_DESIGN_FULL_FACTORIAL; f++)
        for (uint32_t v = 0; !status && v < e->factor[f].n_values && out->n < KJ_GROUPS_MAX - KJ_POINTS_SHOWN_MAX; v++) {
            status = add_level(err, plan, out, f, e->factor[f].values[v]);
            if (!status && v) status = add_level_contrast(err, plan, out, f, v);
        }
    bool shown = plan->n_points > 1 && plan->n_points <= KJ_POINTS_SHOWN_MAX && e->replicates > 1;
    for (uint32_t p = 0; !status && shown && p < plan->n_points; p++) status = add_point(err, plan, out, p);
    for (uint32_t p = 1; !status && e->design == KJ_DESIGN_ONE_AT_A_TIME && p < plan->n_points; p++) status = add_single_contrast(err, plan, out, p);
    if (status) kj_groups_free(out);
    return status;
}

void kj_groups_free(kj_groups *g)
{
    for (uint32_t i = 0; i < g->n; i++) free(g->group[i].has_point);
    for (uint32_t i = 0; i < g->n_contrasts; i++) free(g->contrast[i].base);
    free(g->group);
    free(g->contrast);
    *g = (kj_groups){0};
}
