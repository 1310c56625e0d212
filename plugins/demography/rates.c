/* demography.rates: turns parameters and country tables into this month's thresholds, and in January rescales fertility
   by family to the women at hand. */
#include <kedja/math.h>
#include <math.h>
#include <string.h>

#include "state.h"

tax_rule read_tax_rule(const demography *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    tax_rule tax = {
        .free_sek = (int64_t)run->param(ctx, d->par.tax_free_income),
        .state_limit_sek = (int64_t)run->param(ctx, d->par.state_tax_limit),
        .local_rate = (int64_t)(run->param(ctx, d->par.local_tax) * 65536.0 + 0.5),
        .state_rate = (int64_t)(run->param(ctx, d->par.state_tax) * 65536.0 + 0.5),
    };
    return tax;
}

/* Births (0) or deaths (1) relative to national rates: of the municipality, or on a map of several the mean weighted by
   population, since the thresholds serve the whole map. */
static double vital_level(const demography *d, kj_ctx *ctx, uint32_t which)
{
    uint32_t n, n_municipalities = d->run->n_rows(ctx, d->t_municipality);
    const double *level = d->run->param_table(ctx, d->tab.vital_level, &n);
    const int64_t *population = d->run->read(ctx, d->municipality.population);
    double sum = 0.0, weight = 0.0;
    for (uint32_t m = 0; m < n_municipalities; m++) {
        double persons = population[m] > 0 ? (double)population[m] : 1.0;
        sum += persons * level[municipal_row(d, ctx, m) * 2 + which];
        weight += persons;
    }
    return weight > 0.0 ? sum / weight : 1.0;
}

/* A year of life is lived between two birthdays, while the draw is made at a birthday. So a birthday draws half of the
   hazard of the year behind and half of the year ahead; the first half year is drawn at birth with the whole first
   year's deaths, most of which fall in the first days. */
static void death_rates(const demography *d, kj_ctx *ctx, rates *r)
{
    uint32_t n;
    const double *q = d->run->param_table(ctx, d->tab.mortality, &n);
    double scale = d->run->param(ctx, d->par.mortality_scale) * vital_level(d, ctx, 1), trend = d->run->param(ctx, d->par.mortality_trend);
    for (int year = LIFE_TABLE_YEAR; year < KJ_YEAR_OF(d->run->month(ctx)); year++) scale *= 1.0 + trend;
    for (int sex = 0; sex < 2; sex++) {
        const double *qs = q + sex * (AGE_MAX + 1);
        for (int age = 1; age <= AGE_MAX; age++) {
            double behind = age > 1 ? 1.0 - qs[age - 1] : 1.0;
            double survive = sqrt(behind * (1.0 - qs[age]));
            if (scale != 1.0) survive = kj_pow(survive, scale);
            r->death[sex][age] = kj_threshold(1.0 - survive);
        }
        r->death[sex][0] = 0;
        if (scale > 0.0) r->death[sex][AGE_MAX] = UINT32_MAX;
        double infant = scale != 1.0 ? 1.0 - kj_pow(1.0 - qs[0], scale) : qs[0];
        r->infant_death[sex] = kj_threshold(infant);
    }
}

/* Mean fertility of the nation's women of an age relative to those who do not study and live in a small house. The rates by age are
   the nation's, so that a town of students in flats has fewer births, and villages of houses more. */
static double national_mean(const demography *d, kj_ctx *ctx, int32_t age)
{
    const kj_run_v1 *run = d->run;
    double students = age < 19 || age > 34 ? 0.0 : run->param(ctx, age < 25 ? d->par.student_share_19_24 : d->par.student_share_25_34);
    double houses = run->param(ctx, age < 35 ? d->par.house_share_15_34 : d->par.house_share_35_49);
    return (1.0 - students * (1.0 - run->param(ctx, d->par.student_fertility))) * (1.0 - (1.0 - houses) * (1.0 - run->param(ctx, d->par.flat_fertility)));
}

/* The nation's fertility of the calendar year over that of the rates by age; the last known year from then on. */
static double fertility_of_year(const demography *d, kj_ctx *ctx)
{
    uint32_t n;
    const double *level = d->run->param_table(ctx, d->tab.fertility_year, &n);
    int32_t year = KJ_YEAR_OF(d->run->month(ctx));
    return level[(year < FERTILITY_YEAR_MIN ? FERTILITY_YEAR_MIN : year > FERTILITY_YEAR_MAX ? FERTILITY_YEAR_MAX : year) - FERTILITY_YEAR_MIN];
}

/* Rate at a birthday: mean of the ages behind and ahead, as for deaths. */
static void birth_rates(const demography *d, kj_ctx *ctx, rates *r)
{
    const kj_run_v1 *run = d->run;
    uint32_t n, n_family;
    const double *f = run->param_table(ctx, d->tab.fertility, &n);
    const double *family = run->param_table(ctx, d->tab.fertility_family, &n_family);
    const double *weight = run->read(ctx, d->mother_age.weight);
    uint32_t n_weights = run->n_rows(ctx, d->t_mother_age);
    double scale = run->param(ctx, d->par.fertility_scale) * vital_level(d, ctx, 0) * fertility_of_year(d, ctx);
    int by_family = run->param(ctx, d->par.fertility_by_family) >= 0.5;
    r->student_birth = kj_threshold(by_family ? run->param(ctx, d->par.student_fertility) : 1.0);
    r->flat_birth = kj_threshold(by_family ? run->param(ctx, d->par.flat_fertility) : 1.0);
    for (int i = 0; i < BIRTH_AGES; i++) {
        double rate = scale * 0.5 * (f[i] + (i > 0 ? f[i - 1] : 0.0));
        double mean = (uint32_t)i < n_weights && weight[i] > 0.0 ? weight[i] : 1.0;
        for (int partner = 0; partner < 2; partner++)
            for (int parity = 0; parity < PARITIES; parity++) {
                double p = by_family ? rate * family[partner * PARITIES + parity] / mean : rate;
                r->birth[partner][parity][i] = kj_threshold(p < 0.9 ? p : 0.9);
            }
    }
}

static void scaled_table(const demography *d, kj_ctx *ctx, kj_param_table table, double scale, uint32_t *out)
{
    uint32_t n;
    const double *p = d->run->param_table(ctx, table, &n);
    for (uint32_t i = 0; i < n; i++) out[i] = kj_threshold(scale * p[i]);
}

double seeks_partner(const demography *d, kj_ctx *ctx, int sex, int32_t age)
{
    uint32_t n;
    const double *seek = d->run->param_table(ctx, d->tab.union_, &n) + sex * (UNION_AGE_MAX - UNION_AGE_MIN + 1);
    if (age < UNION_AGE_MIN) return 0.0;
    const double chance = d->run->param(ctx, d->par.union_scale) * seek[clamp_age(age, UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN];
    return chance < 1.0 ? chance : 1.0;
}

/* The table counts all who leave their parents, also those who leave for a partner: these have rates of their own, which are taken off. */
double leaves_parents(const demography *d, kj_ctx *ctx, int sex, int32_t age)
{
    uint32_t n;
    const double *all = d->run->param_table(ctx, d->tab.leaving_home, &n) + sex * (LEAVE_AGE_MAX - LEAVE_AGE_MIN + 1);
    if (age < LEAVE_AGE_MIN || age > LEAVE_AGE_MAX) return 0.0;
    const double with_partner = seeks_partner(d, ctx, sex, age), leave = d->run->param(ctx, d->par.leaving_scale) * all[age - LEAVE_AGE_MIN];
    const double alone = with_partner < 1.0 ? (leave - with_partner) / (1.0 - with_partner) : 0.0;
    return alone < 0.0 ? 0.0 : alone < 1.0 ? alone : 1.0;
}

static void leaving_rates(const demography *d, kj_ctx *ctx, rates *r)
{
    for (int sex = 0; sex < 2; sex++)
        for (int age = LEAVE_AGE_MIN; age <= LEAVE_AGE_MAX; age++) r->leave[sex][age - LEAVE_AGE_MIN] = kj_threshold(leaves_parents(d, ctx, sex, age));
}

uint32_t municipal_row(const demography *d, kj_ctx *ctx, uint32_t municipality)
{
    const int32_t *code = d->run->read(ctx, d->municipality.code);
    const char *text = municipality < d->run->n_rows(ctx, d->t_municipality) ? d->run->text(ctx, code[municipality]) : "";
    if (strcmp(text, "0683") == 0) return 1; /* Värnamo */
    if (strcmp(text, "1281") == 0) return 2; /* Lund */
    return 0;
}

double beyond_map(const demography *d, kj_ctx *ctx) { return 1.0 - d->run->param(ctx, d->par.county_on_map); }

double out_level(const demography *d, kj_ctx *ctx, uint32_t municipality)
{
    uint32_t n;
    const double *level = d->run->param_table(ctx, d->tab.migration_level, &n);
    const double *flow = level + municipal_row(d, ctx, municipality) * 2 * BOUNDARIES + BOUNDARIES;
    return flow[0] * beyond_map(d, ctx) + flow[1] + flow[2];
}

double leaves_after_studies(const demography *d, kj_ctx *ctx)
{
    uint32_t n;
    const double *level = d->run->param_table(ctx, d->tab.migration_level, &n), *share = d->run->param_table(ctx, d->tab.after_studies, &n);
    const int64_t *population = d->run->read(ctx, d->municipality.population);
    double leave = 0.0, all = 0.0;
    for (uint32_t m = 0; m < d->run->n_rows(ctx, d->t_municipality); m++) {
        const uint32_t row = municipal_row(d, ctx, m);
        const double *flow = level + row * 2 * BOUNDARIES + BOUNDARIES, persons = population[m] > 0 ? (double)population[m] : 1.0;
        leave += persons * share[row] * out_level(d, ctx, m);
        all += persons * (flow[0] + flow[1] + flow[2]);
    }
    return all > 0.0 ? leave / all : 0.0;
}

double out_profile(const demography *d, kj_ctx *ctx, int32_t age)
{
    static const int32_t from[OUT_AGES] = {0, 20, 25, 30, 35, 45, 55, 65};
    uint32_t n, c = OUT_AGES - 1;
    while (age < from[c]) c--;
    return d->run->param_table(ctx, d->tab.migration_profile, &n)[clamp_age(age, 0, MOVE_AGE_MAX)] * d->run->param_table(ctx, d->tab.out_deciders, &n)[c];
}

double out_strength(const demography *d, kj_ctx *ctx, uint32_t municipality)
{
    const double *factor = d->run->read(ctx, d->municipality.out_factor);
    return d->run->param(ctx, d->par.out_scale) * out_level(d, ctx, municipality) * factor[municipality];
}

double out_strength_largest(const demography *d, kj_ctx *ctx)
{
    double largest = 0.0;
    for (uint32_t i = 0; i < d->run->n_rows(ctx, d->t_municipality); i++) {
        double level = out_strength(d, ctx, i);
        if (level > largest) largest = level;
    }
    return largest;
}

/* The hazard uses the largest strength among the map's municipalities; apply thins it where the level is lower. */
static void out_rates(const demography *d, kj_ctx *ctx, rates *r)
{
    const double couple = d->run->param(ctx, d->par.out_couple_ratio), level = out_strength_largest(d, ctx);
    const double ratio[WAYS_OF_LIVING] = {[WAY_OTHER] = 1.0, [WAY_LODGES] = d->run->param(ctx, d->par.out_lodger_ratio),
                                          [WAY_OWNS] = d->run->param(ctx, d->par.out_owner_ratio)};
    for (int partner = 0; partner < 2; partner++)
        for (int age = 0; age <= MOVE_AGE_MAX; age++) {
            const double base = level * out_profile(d, ctx, age) * (partner ? couple : 1.0);
            uint32_t largest = 0;
            for (int way = 0; way < WAYS_OF_LIVING; way++) {
                uint32_t chance = r->out[way][partner][age] = kj_threshold(base * ratio[way]);
                if (chance > largest) largest = chance;
            }
            r->out_largest[partner][age] = largest;
        }
}

/* Who ends studies and heads a household without a partner leaves the place with a chance of its own, drawn before the end of studies of
   those who stay: of these, fewer end them, so that as many end as the table says. */
static void study_rates(const demography *d, kj_ctx *ctx, rates *r)
{
    uint32_t n;
    const double *enrol = d->run->param_table(ctx, d->tab.studies, &n), *finish = enrol + STUDY_AGES;
    const double share = d->run->param(ctx, d->par.out_scale) * leaves_after_studies(d, ctx), leave = share < 1.0 ? share : 1.0;
    for (int i = 0; i < STUDY_AGES; i++) {
        const double leaving = finish[i] * leave;
        r->enrol[KJ_EDU_UPPER][STUDY_AGE_MIN + i] = kj_threshold(enrol[i]);
        r->finish[i] = kj_threshold(finish[i]);
        r->finish_and_leave[STUDY_AGE_MIN + i] = kj_threshold(leaving);
        r->finish_and_stay[i] = kj_threshold(leaving < 1.0 ? (finish[i] - leaving) / (1.0 - leaving) : 0.0);
    }
}

/* Employment as a Markov chain whose share by age stays at the table's. When the rate falls from one age to the next,
   those with work leave it in that proportion; when it rises, those without find work; besides, a share `churn` draws
   anew from the rate of the age. */
void work_rates(const demography *d, kj_ctx *ctx, rates *r)
{
    const kj_run_v1 *run = d->run;
    uint32_t n, n_income;
    const double *rate = run->param_table(ctx, d->tab.employment, &n);
    const double *income = run->param_table(ctx, d->tab.income, &n_income);
    double churn = run->param(ctx, d->par.employment_churn);
    const int ages = WORK_AGE_MAX - WORK_AGE_MIN + 1, income_ages = INCOME_AGE_MAX - WORK_AGE_MIN + 1;
    for (int e = 0; e < EDUCATIONS; e++) {
        for (int i = 0; i < ages; i++) {
            double now = rate[e * ages + i], before = i > 0 ? rate[e * ages + i - 1] : now;
            double keep = now < before ? now / before : 1.0, find = now > before ? (now - before) / (1.0 - before) : 0.0;
            if (WORK_AGE_MIN + i >= STUDY_AGE_MIN) r->keep_job[e][WORK_AGE_MIN + i] = kj_threshold(keep * (1.0 - churn) + churn * now);
            r->find_job[e][i] = kj_threshold(find * (1.0 - churn) + churn * now);
            r->employed[e][i] = kj_threshold(now);
        }
        for (int age = 0; age <= INCOME_AGE_MAX; age++) {
            r->raise[e][age] = 1u << 16;
            if (age <= WORK_AGE_MIN) continue;
            const double *at = income + e * income_ages + (age - WORK_AGE_MIN);
            if (at[-1] > 0.0) r->raise[e][age] = (uint32_t)(at[0] / at[-1] * 65536.0 + 0.5);
        }
    }
}

enum { TOGETHER = 512 };

/* Women of an age who reach it this year, by partner, parity, and whether they study (1) and live in a flat (2). */
enum { WAYS_OF_WOMEN = 4 };
typedef struct mother_count {
    int32_t n[BIRTH_AGES][2][PARITIES][WAYS_OF_WOMEN];
} mother_count;

typedef struct women_view {
    const uint8_t *alive, *sex, *resident, *children, *activity, *kind;
    const int16_t *birth_month;
    const kj_id *partner, *household;
    home_columns home;
    int32_t year_end;
} women_view;

static void count_women(const women_view *v, const uint32_t *rows, uint32_t n, mother_count *count)
{
    uint32_t at[TOGETHER];
    for (uint32_t i = 0; i < n; i++) at[i] = v->home.household_row[v->household[rows[i]]];
    homes_of(&v->home, at, n);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t row = rows[i], age = (uint32_t)(age_at(v->year_end, v->birth_month[row]) - BIRTH_AGE_MIN);
        const uint32_t way = (v->activity[row] == KJ_ACT_STUDENT) + 2u * (at[i] != KJ_NO_ROW && v->kind[at[i]] == KJ_FLAT);
        count->n[age][v->partner[row] != 0][v->children[row] < PARITIES ? v->children[row] : PARITIES - 1][way]++;
    }
}

static void count_mothers(const demography *d, kj_ctx *ctx, mother_count *count)
{
    const kj_run_v1 *run = d->run;
    const women_view v = {.alive = run->alive(ctx, d->t_person), .sex = run->read(ctx, d->person.sex), .resident = run->read(ctx, d->person.resident),
                          .children = run->read(ctx, d->person.children), .activity = run->read(ctx, d->person.activity),
                          .kind = run->read(ctx, d->dwelling.kind), .birth_month = run->read(ctx, d->person.birth_month),
                          .partner = run->read(ctx, d->person.partner), .household = run->read(ctx, d->person.household),
                          .home = open_homes(d, ctx), .year_end = run->month(ctx) + 11};
    const uint32_t n_rows = run->n_rows(ctx, d->t_person);
    uint32_t rows[TOGETHER], n = 0;
    for (uint32_t row = 0; row < n_rows; row++) {
        const uint32_t age = (uint32_t)(age_at(v.year_end, v.birth_month[row]) - BIRTH_AGE_MIN); /* reached in the course of the year */
        rows[n] = row;
        n += (age < BIRTH_AGES) & (v.sex[row] == KJ_FEMALE) & (v.resident[row] != 0) & (v.alive[row] != 0); /* no branches: who is one follows no pattern */
        if (n < TOGETHER) continue;
        count_women(&v, rows, n, count);
        n = 0;
    }
    count_women(&v, rows, n, count);
}

/* Sums over the women of an age: relative fertility by family, and with what studies and homes make of it. */
typedef struct mother_sum {
    int32_t women;
    double family, all;
} mother_sum;

static mother_sum sum_mothers(const demography *d, kj_ctx *ctx, const mother_count *count, uint32_t age)
{
    uint32_t n;
    const double *family = d->run->param_table(ctx, d->tab.fertility_family, &n);
    const double studies = d->run->param(ctx, d->par.student_fertility), flat = d->run->param(ctx, d->par.flat_fertility);
    mother_sum sum = {0};
    for (int partner = 0; partner < 2; partner++)
        for (int parity = 0; parity < PARITIES; parity++)
            for (int way = 0; way < WAYS_OF_WOMEN; way++) {
                const int32_t women = count->n[age][partner][parity][way];
                const double relative = family[partner * PARITIES + parity] * women;
                sum.women += women;
                sum.family += relative;
                sum.all += relative * (way & 1 ? studies : 1.0) * (way & 2 ? flat : 1.0);
            }
    return sum;
}

/* Classes of age for which the level of births is held: the first ages above each. */
static const int32_t level_from[] = {BIRTH_AGE_MIN, 25, 35, BIRTH_AGE_MAX + 1};

/* What the homes and studies of the first January's women make of the nation's births stays: a town of students has fewer, a village of houses
   more, but no town more or fewer from year to year because young couples come to live otherwise than its start has them. A class without mothers
   waits for the first January that has some. */
static void hold_level(const demography *d, kj_ctx *ctx, const mother_sum *sum, double *level, int32_t from, int32_t to)
{
    enum { LEVEL_MAX = 100 };
    uint32_t n;
    const double *f = d->run->param_table(ctx, d->tab.fertility, &n);
    double here = 0.0, nation = 0.0;
    for (int32_t i = from; i < to; i++) {
        const double mean = national_mean(d, ctx, BIRTH_AGE_MIN + i);
        if (!(sum[i].family > 0.0 && mean > 0.0)) continue;
        nation += f[i] * sum[i].women;
        here += f[i] * sum[i].women * sum[i].all / sum[i].family / mean;
    }
    for (int32_t i = from; i < to && here > 0.0; i++) level[i] = here < LEVEL_MAX * nation ? here / nation : LEVEL_MAX;
}

/* What rates by age are divided by, taken in January, so that births by age are the table's times the level. */
static void weigh_mothers(const demography *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    mother_count count = {0};
    mother_sum sum[BIRTH_AGES];
    int32_t *women = run->write(ctx, d->mother_age.women);
    double *weight = run->write(ctx, d->mother_age.weight), *level = run->write(ctx, d->mother_age.level);
    if (!women || !weight || !level || run->n_rows(ctx, d->t_mother_age) != BIRTH_AGES) return;
    count_mothers(d, ctx, &count);
    for (uint32_t i = 0; i < BIRTH_AGES; i++) sum[i] = sum_mothers(d, ctx, &count, i);
    for (int c = 0; c < 3; c++) {
        const int32_t from = level_from[c] - BIRTH_AGE_MIN, to = level_from[c + 1] - BIRTH_AGE_MIN;
        if (level[from] == 0.0) hold_level(d, ctx, sum, level, from, to);
    }
    for (uint32_t i = 0; i < BIRTH_AGES; i++) {
        women[i] = sum[i].women;
        weight[i] = sum[i].all > 0.0 ? sum[i].all / sum[i].women / (level[i] > 0.0 ? level[i] : 1.0) : 1.0;
    }
}

static uint32_t at_least(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* The highest threshold that each of a person's draws is held against, whatever its relatives and home. */
static void highest_rates(rates *r)
{
    for (int32_t age = 0; age <= AGE_MAX; age++) {
        int32_t union_age = clamp_age(age, UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN, move_age = clamp_age(age, 0, MOVE_AGE_MAX);
        r->separate_highest[age] = at_least(r->separate[0][union_age], r->separate[1][union_age]);
        for (int sex = 0; sex < 2; sex++)
            for (int partner = 0; partner < 2; partner++) {
                uint32_t *draw = r->highest[sex][partner][age];
                draw[0] = r->death[sex][age];
                draw[1] = age >= CARE_AGE_MIN ? r->care[age - CARE_AGE_MIN] : 0;
                for (int parity = 0; sex == KJ_FEMALE && age >= BIRTH_AGE_MIN && age <= BIRTH_AGE_MAX && parity < PARITIES; parity++)
                    draw[1] = at_least(draw[1], r->birth[partner][parity][age - BIRTH_AGE_MIN]);
                uint32_t leave = age >= LEAVE_AGE_MIN && age <= LEAVE_AGE_MAX ? r->leave[sex][age - LEAVE_AGE_MIN] : 0;
                uint32_t seek = age >= UNION_AGE_MIN ? r->seek[sex][union_age] : 0;
                draw[2] = partner ? 0 : at_least(leave, seek);
                draw[3] = at_least(r->out_largest[partner][move_age], partner ? 0 : seek);
                if (age < LEAVE_AGE_MIN) draw[2] = draw[3] = 0;
            }
    }
}

static kj_status run_rates(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    demography *d = instance;
    const kj_run_v1 *run = d->run;
    if (KJ_MONTH_OF_YEAR(run->month(ctx)) == 1) {
        weigh_mothers(d, ctx);
        const int64_t *population = run->read(ctx, d->municipality.population);
        int64_t *before = run->write(ctx, d->municipality.population_before);
        if (!population || !before) return KJ_E_UNDECLARED;
        memcpy(before, population, run->n_rows(ctx, d->t_municipality) * sizeof *before);
    }
    rates *r = &d->rates;
    death_rates(d, ctx, r);
    birth_rates(d, ctx, r);
    leaving_rates(d, ctx, r);
    scaled_table(d, ctx, d->tab.separation, run->param(ctx, d->par.separation_scale), &r->separate[0][0]);
    scaled_table(d, ctx, d->tab.union_, run->param(ctx, d->par.union_scale), &r->seek[0][0]);
    scaled_table(d, ctx, d->tab.care_entry, run->param(ctx, d->par.care_scale), r->care);
    study_rates(d, ctx, r);
    out_rates(d, ctx, r);
    work_rates(d, ctx, r);
    highest_rates(r);
    return KJ_OK;
}

static kj_status run_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    demography *d = instance;
    for (int i = 0; i < BIRTH_AGES; i++)
        if (!d->run->create(ctx, d->t_mother_age)) return d->run->fail(ctx, KJ_E_MEMORY, "no room for the table mother_age");
    return KJ_OK;
}

kj_status register_rates(demography *d)
{
    use_list list = {.n = 0};
    uses(&list, kj_reads(d->person.sex));
    uses(&list, kj_reads(d->person.resident));
    uses(&list, kj_reads(d->person.children));
    uses(&list, kj_reads(d->person.birth_month));
    uses(&list, kj_reads(d->person.partner));
    uses(&list, kj_reads(d->municipality.code));
    uses(&list, kj_reads(d->municipality.out_factor));
    uses(&list, kj_reads(d->municipality.population));
    uses(&list, kj_writes(d->municipality.population_before));
    uses(&list, kj_writes(d->mother_age.women));
    uses(&list, kj_writes(d->mother_age.weight));
    uses(&list, kj_writes(d->mother_age.level));
    const kj_col of_women[] = {d->person.activity, d->person.household, d->household.living, d->household.host, d->household.dwelling, d->dwelling.kind};
    for (size_t i = 0; i < sizeof of_women / sizeof of_women[0]; i++) uses(&list, kj_reads(of_women[i]));
    kj_system_def rates_def = {.struct_size = sizeof rates_def, .name = "demography.rates", .doc = "Turns tables into this month's thresholds.",
                               .phase = KJ_PHASE_PEOPLE, .shape = KJ_SERIAL, .uses = list.items, .n_uses = list.n, .run = run_rates};
    kj_status status = d->reg->system(d->host->impl, &rates_def);
    const kj_use creates[] = {kj_creates(d->t_mother_age)};
    kj_system_def start = {.struct_size = sizeof start, .name = "demography.start_mothers", .doc = "Makes the rows of the table mother_age.",
                           .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .uses = creates, .n_uses = 1, .run = run_start};
    if (!status) status = d->reg->system(d->host->impl, &start);
    return status;
}
