/* New persons: newborn children and adults from outside. */
#include <kedja/math.h>

#include "state.h"

earnings open_earnings(const demography *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    uint32_t n;
    return (earnings){.mean = run->param_table(ctx, d->tab.income, &n),
                      .level = run->read(ctx, d->municipality.income_level),
                      .spread = run->param(ctx, d->par.income_spread),
                      .draws = run->stream(ctx, STREAM_INCOME)};
}

/* Earned income: mean by education and age times a lognormal personal component that a person keeps for life. */
int32_t earned_income(const earnings *e, uint64_t luck, uint8_t education, int32_t age)
{
    double z = normal_of(kj_draw(e->draws, luck, 0, 0));
    double mean = e->mean[education * (INCOME_AGE_MAX - WORK_AGE_MIN + 1) + clamp_age(age, WORK_AGE_MIN, INCOME_AGE_MAX) - WORK_AGE_MIN];
    double sek = mean * e->level[0] * kj_exp(e->spread * z - 0.5 * e->spread * e->spread);
    return sek < 1e8 ? (int32_t)sek : 100000000;
}

/* A place earns more or less than the nation at the same ages and education: newcomers and those who start to work earn like the
   start population, or the place would drift to the nation's mean. */
void fit_income_level(state *s)
{
    const demography *d = s->d;
    uint32_t n;
    const double *income = d->run->param_table(s->ctx, d->tab.income, &n);
    double earned = 0.0, expected = 0.0, *level = d->run->write(s->ctx, d->municipality.income_level);
    for (uint32_t row = 0; row < d->run->n_rows(s->ctx, d->t_person); row++) {
        if (!s->p.resident[row] || s->p.activity[row] != KJ_ACT_EMPLOYED || s->p.income[row] <= 0) continue;
        earned += s->p.income[row];
        expected += income[s->p.education[row] * (INCOME_AGE_MAX - WORK_AGE_MIN + 1) + clamp_age(age_of(s, row), WORK_AGE_MIN, INCOME_AGE_MAX) - WORK_AGE_MIN];
    }
    double ratio = expected > 0.0 && earned > 0.0 ? earned / expected : 1.0;
    for (uint32_t m = 0; m < s->n_municipalities; m++) level[m] = ratio;
}

/* As with earnings, a place keeps its own level of education. */
void fit_tertiary_level(state *s)
{
    const demography *d = s->d;
    const double nation = d->run->param(s->ctx, d->par.newcomer_tertiary);
    double adults = 0.0, tertiary = 0.0, *level = d->run->write(s->ctx, d->municipality.tertiary_level);
    for (uint32_t row = 0; row < d->run->n_rows(s->ctx, d->t_person); row++) {
        int32_t age = age_of(s, row);
        if (!s->p.resident[row] || s->p.activity[row] == KJ_ACT_STUDENT || age < 26 || age >= 45) continue;
        adults += 1.0;
        tertiary += s->p.education[row] == KJ_EDU_TERTIARY;
    }
    double ratio = adults > 0.0 && nation > 0.0 ? tertiary / adults / nation : 1.0;
    for (uint32_t m = 0; m < s->n_municipalities; m++) level[m] = ratio;
}

/* Highest education of an adult newcomer. */
static uint8_t education_of(const state *s, const newcomer *who, uint32_t draw)
{
    if (who->age < WORK_AGE_MIN) return KJ_EDU_NONE;
    if (who->age < STUDY_AGE_MIN) return KJ_EDU_COMPULSORY;
    if (who->student) return KJ_EDU_UPPER;
    const demography *d = s->d;
    const double *level = s->run->read(s->ctx, d->municipality.tertiary_level); /* one for the whole map */
    double at_25 = s->run->param(s->ctx, d->par.newcomer_tertiary_25), u = kj_uniform(draw);
    double tertiary = level[0] * (who->age < 23 ? at_25 / 9.0 : who->age < 26 ? at_25 : s->run->param(s->ctx, d->par.newcomer_tertiary));
    return u < s->run->param(s->ctx, d->par.newcomer_compulsory) ? KJ_EDU_COMPULSORY : u < 1.0 - tertiary ? KJ_EDU_UPPER : KJ_EDU_TERTIARY;
}

static void settle_activity(state *s, uint32_t row, const newcomer *who)
{
    const demography *d = s->d;
    const kj_run_v1 *run = s->run;
    kj_draw4 draw = kj_draw(s->draws[STREAM_NEWCOMER], who->luck, s->month, 0);
    uint8_t education = education_of(s, who, draw.v[0]);
    s->p.education[row] = education;
    s->p.income[row] = 0;
    if (who->age < STUDY_AGE_MIN) {
        s->p.activity[row] = who->age < 6 ? KJ_ACT_CHILD : KJ_ACT_PUPIL;
    } else if (who->student) {
        s->p.activity[row] = KJ_ACT_STUDENT;
        s->p.income[row] = (int32_t)run->param(s->ctx, d->par.student_income);
    } else if (who->age <= WORK_AGE_MAX && !who->refugee && draw.v[1] < d->rates.employed[education][who->age - WORK_AGE_MIN]) {
        s->p.activity[row] = KJ_ACT_EMPLOYED;
        s->p.income[row] = earned_income(&s->earnings, who->luck, education, who->age);
    } else if (who->age >= 65) {
        double earned = (double)earned_income(&s->earnings, who->luck, education, 64);
        double pension = earned * run->param(s->ctx, d->par.pension_ratio), floor = run->param(s->ctx, d->par.pension_floor);
        s->p.activity[row] = KJ_ACT_RETIRED;
        s->p.income[row] = (int32_t)(pension > floor ? pension : floor);
    } else {
        s->p.activity[row] = KJ_ACT_NOT_EMPLOYED;
        s->p.income[row] = (int32_t)run->param(s->ctx, d->par.not_employed_income);
    }
}

uint32_t person_new(state *s, const newcomer *who)
{
    kj_id id = state_create(s, s->d->t_person);
    uint32_t row = row_of_person(s, id);
    if (row == KJ_NO_ROW) {
        if (!s->status) s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no room for another person");
        return KJ_NO_ROW;
    }
    /* the birthday falls in any month of the year before */
    uint32_t months = kj_below(kj_draw(s->draws[STREAM_NEWCOMER], who->luck, s->month, 1).v[0], 12);
    s->p.luck[row] = who->luck;
    s->p.sex[row] = who->sex;
    s->p.birth_month[row] = (int16_t)(s->month - 12 * who->age - (int32_t)months);
    s->p.birth_moy[row] = month_index(s->p.birth_month[row]);
    settle_activity(s, row, who);
    return row;
}
