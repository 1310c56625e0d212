/* START: measures tastes. The market lets each stage of life look for a home where its like live, in that proportion (MODEL.md,
   "Choice"). */
#include "taste.h"

#include <kedja/math.h>
#include <string.h>

#include "housing.h"
#include "means.h"

static double sum_of(const double *n, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += n[i];
    return sum;
}

double housing_taste(const housing_crowd *area, const housing_crowd *map, int kind, housing_stage stage, double prior)
{
    double all = sum_of(map->n, 2 * HOUSING_STAGES), like = map->n[stage] + map->n[HOUSING_STAGES + (int)stage];
    const double *map_kind = map->n + kind * HOUSING_STAGES, *area_kind = area->n + kind * HOUSING_STAGES;
    double of_kind = sum_of(map_kind, HOUSING_STAGES), here = sum_of(area_kind, HOUSING_STAGES);
    if (like <= 0.0 || of_kind <= 0.0 || prior <= 0.0) return 0.0;
    double on_map = (map_kind[stage] + 0.5 * like / all) / (of_kind + 0.5); /* half a household of the map's mix: no share is zero */
    double share = (area_kind[stage] + prior * on_map) / (here + prior);
    return kj_log(share * all / like);
}

typedef struct settled {
    const uint8_t *d_kind, *d_tenure, *kind, *children, *activity;
    const int32_t *d_cell, *c_area;
    const int16_t *birth;
    const kj_id *d_household, *head;
    const uint32_t *row_of_household, *row_of_person;
    kj_month month;
} settled;

static bool settled_open(settled *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    bool whole = true;
#define R(field, column) whole &= (s->field = run->read(ctx, col->column)) != NULL;
    R(d_kind, d_kind) R(d_tenure, d_tenure) R(d_cell, d_cell) R(d_household, d_household) R(c_area, c_area) R(kind, h_kind) R(children, h_children)
    R(head, h_head) R(birth, p_birth) R(activity, p_activity)
#undef R
    s->row_of_household = run->row_of(ctx, self->household);
    s->row_of_person = run->row_of(ctx, self->person);
    s->month = run->month(ctx);
    return whole;
}

/* Homes for students and seniors are left out: eligibility fills them, not taste. */
static void count_household(const settled *s, uint32_t d, housing_crowd *areas)
{
    uint32_t h = s->row_of_household[s->d_household[d]];
    if (h == KJ_NO_ROW || s->d_tenure[d] == KJ_TENURE_STUDENT || s->d_tenure[d] == KJ_TENURE_SENIOR) return;
    uint32_t head = s->row_of_person[s->head[h]];
    if (head == KJ_NO_ROW || s->activity[head] == KJ_ACT_STUDENT) return;
    housing_stage stage = housing_stage_of(s->kind[h], s->children[h], (s->month - s->birth[head]) / 12);
    areas[s->c_area[s->d_cell[d]]].n[(s->d_kind[d] == KJ_FLAT ? 0 : HOUSING_STAGES) + (int)stage] += 1.0;
}

kj_status housing_measure_tastes(const housing *self, kj_ctx *ctx, double prior)
{
    const kj_run_v1 *run = self->run;
    const uint32_t n_areas = run->n_rows(ctx, self->area), n_homes = run->n_rows(ctx, self->dwelling);
    settled s = {0};
    housing_crowd *areas = run->scratch(ctx, (n_areas + 1u) * sizeof *areas), map = {0};
    float *houses = run->write(ctx, self->col.a_house_share), *taste[2][HOUSING_STAGES];
    bool whole = settled_open(&s, self, ctx) && areas && houses;
    for (int k = 0; k < 2; k++)
        for (int stage = 0; stage < HOUSING_STAGES; stage++) whole &= (taste[k][stage] = run->write(ctx, self->col.a_taste[k][stage])) != NULL;
    if (!whole) return KJ_E_FAILED;
    memset(areas, 0, (n_areas + 1u) * sizeof *areas);
    for (uint32_t d = 0; d < n_homes; d++) count_household(&s, d, areas);
    for (uint32_t a = 0; a < n_areas; a++)
        for (int i = 0; i < 2 * HOUSING_STAGES; i++) map.n[i] += areas[a].n[i];
    for (uint32_t a = 0; a < n_areas; a++) {
        double in_houses = sum_of(areas[a].n + HOUSING_STAGES, HOUSING_STAGES), all = sum_of(areas[a].n, 2 * HOUSING_STAGES);
        houses[a] = (float)(all > 0.0 ? in_houses / all : 0.0);
        for (int k = 0; k < 2; k++)
            for (int stage = 0; stage < HOUSING_STAGES; stage++)
                taste[k][stage][a] = (float)housing_taste(&areas[a], &map, k, (housing_stage)stage, prior);
    }
    return KJ_OK;
}
