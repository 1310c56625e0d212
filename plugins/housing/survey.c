/* SUPPLY, once the homes on offer are listed: the size of each area as each stage of life sees it. MODEL.md, "Choice". */
#include <kedja/math.h>

#include "housing.h"
#include "logit.h"
#include "taste.h"

typedef struct survey {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    kj_month month;
    uint32_t n_areas;
    const int32_t *a_vacant, *a_general, *a_houses, *a_homes;
    const float *a_house_share, *a_taste[2][HOUSING_STAGES];
    float *a_size[HOUSING_VIEWS];
} survey;

static bool survey_open(survey *m, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    m->self = self;
    m->ctx = ctx;
    housing_read_params(self, ctx, &m->p);
    m->month = run->month(ctx);
    m->n_areas = run->n_rows(ctx, self->area);
    m->a_vacant = run->read(ctx, col->a_vacant);
    m->a_general = run->read(ctx, col->a_general);
    m->a_houses = run->read(ctx, col->a_house_offers);
    m->a_homes = run->read(ctx, col->a_homes);
    m->a_house_share = run->read(ctx, col->a_house_share);
    bool whole = m->a_vacant && m->a_general && m->a_houses && m->a_homes && m->a_house_share;
    for (int k = 0; k < 2; k++)
        for (int stage = 0; stage < HOUSING_STAGES; stage++) whole &= (m->a_taste[k][stage] = run->read(ctx, col->a_taste[k][stage])) != NULL;
    for (int view = 0; view < HOUSING_VIEWS; view++) whole &= (m->a_size[view] = run->write(ctx, col->a_size[view])) != NULL;
    return whole;
}

/* Size of an area as a stage of life sees it: homes on offer, and a little of those that stand, by kind and by how much its like
   live in them. */
static float size_for(const survey *m, housing_stage view, uint32_t a, int32_t homes, float house_share)
{
    float wish = (float)m->p.wish_weight * (float)homes;
    if (view == HOUSING_STAGE_STUDENT) return (float)m->a_vacant[a] + wish;
    float houses = (float)m->a_houses[a], flats = (float)m->a_general[a] - houses;
    if (m->p.taste_weight <= 0.0) return houses + flats + wish;
    float in_flat = (float)kj_exp(m->p.taste_weight * (double)m->a_taste[HOUSING_IN_FLAT][view][a]);
    float in_house = (float)kj_exp(m->p.taste_weight * (double)m->a_taste[HOUSING_IN_HOUSE][view][a]);
    return in_house * (houses + wish * house_share) + in_flat * (flats + wish * (1.0f - house_share));
}

/* Persons of a household beyond two, by stage of life: which way area_luck pulls it. Usual sizes (assumed: what counts is that families
   stand on one side and single people on the other; the parameter is fitted to the spread that comes of it). */
static const double beyond_two[HOUSING_VIEWS] = {[HOUSING_STAGE_YOUNG] = -1.0, [HOUSING_STAGE_COUPLE] = 0.0, [HOUSING_STAGE_FAMILY] = 1.6,
                                                 [HOUSING_STAGE_MIDDLE] = -0.6, [HOUSING_STAGE_OLD] = -0.6, [HOUSING_STAGE_STUDENT] = -1.0};

/* What no model knows of an area: this year it suits larger households better than smaller ones, or the other way round. */
static void lift_by_luck(const survey *m, housing_stage view, float *size)
{
    const kj_id *id = m->self->run->ids(m->ctx, m->self->area);
    const kj_stream stream = m->self->run->stream(m->ctx, HOUSING_DRAW_AREA);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        kj_draw4 year = kj_draw(stream, id[a], m->month / 12, 0);
        size[a] *= (float)kj_exp(m->p.area_luck * housing_normal(year.v) * beyond_two[view]);
    }
}

/* As a share of the largest. */
static void measure_areas(const survey *m, housing_stage view)
{
    float *size = m->a_size[view], largest = 0.0f;
    for (uint32_t a = 0; a < m->n_areas; a++) size[a] = size_for(m, view, a, m->a_homes[a], m->a_house_share[a]);
    if (m->p.area_luck > 0.0) lift_by_luck(m, view, size);
    for (uint32_t a = 0; a < m->n_areas; a++) largest = size[a] > largest ? size[a] : largest;
    for (uint32_t a = 0; a < m->n_areas && largest > 0.0f; a++) size[a] /= largest;
}

kj_status housing_survey(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    survey s;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    if (!survey_open(&s, self, ctx)) return KJ_E_FAILED;
    for (int view = 0; view < HOUSING_VIEWS; view++) measure_areas(&s, (housing_stage)view);
    return KJ_OK;
}
