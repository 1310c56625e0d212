/* demography.arrivals: households that would move in from the county, the country or abroad. They wait outside (not
   counted as population) until the housing market gives them a home, or give up. A few move straight in with somebody.
   Refugees whom the state assigns come whatever jobs and homes there are, and wait until the municipality has let them one.

   Forecast: as many as the municipality's level of in-migration says, more or fewer as jobs per employed resident have
   changed since the start, and fewer while the queue outside is long. A vacant home alone attracts nobody.
   Vision: as many as the way to the goal demands, if that is more. */
#include <kedja/math.h>
#include <math.h>
#include <string.h>

#include "state.h"

typedef struct arrival_view {
    state *s;
    const int64_t *population, *households, *employed, *jobs, *job_balance, *last_natural, *last_in, *last_out, *last_gave_up;
    int64_t *needed_dwellings, *needed_in_migrants, *needed_jobs; /* NULL at the start */
    double whole; /* persons a month who would come to the whole map by the published levels */
} arrival_view;

static void give_up(state *s, uint32_t household)
{
    uint32_t next, n = 0;
    for (uint32_t member = row_of_person(s, s->h.head[household]); member != KJ_NO_ROW; member = next, n++) {
        next = row_of_person(s, s->p.next_member[member]);
        person_end(s, member);
    }
    s->m.gave_up[0] += n;
    s->h.living[household] = KJ_LIVES_HOLDING; /* never found as waiting again in this system */
    household_end(s, household, KJ_CAUSE_OUT);
}

/* Ends the search of those whose patience is over; returns the persons who still wait. Refugees go on waiting, and deter nobody: they were assigned. */
static int64_t prune_waiting(state *s, int32_t patience, const kj_id *contract)
{
    int64_t waiting = 0;
    const uint8_t *at = s->h.living, *end = at + s->run->n_rows(s->ctx, s->d->t_household);
    for (; (at = memchr(at, KJ_LIVES_OUTSIDE, (size_t)(end - at))) != NULL; at++) {
        uint32_t row = (uint32_t)(at - s->h.living);
        if (!s->household_alive[row] || s->h.origin[row] == KJ_ORIGIN_REFUGEE) continue;
        if (!contract[row] && s->month - s->h.formed[row] >= patience) give_up(s, row);
        else waiting += s->h.size[row];
    }
    return waiting;
}

/* What the way to the goal demands a year, taken anew each January. */
static void plan_vision(const arrival_view *v, uint32_t m, double out_per_head)
{
    const demography *d = v->s->d;
    const kj_run_v1 *run = v->s->run;
    double goal = run->param(v->s->ctx, d->par.vision_population);
    v->needed_dwellings[m] = v->needed_in_migrants[m] = v->needed_jobs[m] = 0;
    if (goal <= 0.0 || v->population[m] <= 0) return;
    int64_t total = 0;
    for (uint32_t i = 0; i < v->s->n_municipalities; i++) total += v->population[i];
    double years = run->param(v->s->ctx, d->par.vision_year) - KJ_YEAR_OF(v->s->month) + 1.0;
    if (years < 1.0) years = 1.0;
    double growth = (goal - (double)total) / years * (double)v->population[m] / (double)total;
    double out = v->last_out[m] > 0 ? (double)v->last_out[m] : out_per_head * (double)v->population[m];
    double in = growth - (double)v->last_natural[m] + out;
    v->needed_in_migrants[m] = (int64_t)(in > 0.0 ? in + 0.5 : 0.0);
    double homes = growth * (double)v->households[m] / (double)v->population[m];
    double jobs = growth * (double)v->employed[m] / (double)v->population[m];
    v->needed_dwellings[m] = (int64_t)floor(homes + 0.5);
    v->needed_jobs[m] = (int64_t)floor(jobs + 0.5);
}

/* Persons a month who would come to a municipality by its published level. */
static double usual_arrivals(const arrival_view *v, uint32_t m)
{
    const state *s = v->s;
    uint32_t n;
    const double *in = s->run->param_table(s->ctx, s->d->tab.migration_level, &n) + municipal_row(s->d, s->ctx, m) * 2 * BOUNDARIES;
    return (in[0] * beyond_map(s->d, s->ctx) + in[1] + in[2]) * (double)v->population[m] / 12.0;
}

/* A month's part of the refugees whom the state assigns to the map in a year, shared among municipalities by their inhabitants. */
static double assigned_persons(const arrival_view *v, uint32_t m)
{
    int64_t whole = 0;
    for (uint32_t i = 0; i < v->s->n_municipalities; i++) whole += v->population[i];
    return whole > 0 ? v->s->run->param(v->s->ctx, v->s->d->par.refugees) / 12.0 * (double)v->population[m] / (double)whole : 0.0;
}

/* Would-be in-migrant persons of a boundary this month. */
static double expected_persons(const arrival_view *v, uint32_t m, int boundary, int64_t waiting)
{
    state *s = v->s;
    uint32_t n;
    const double *level = s->run->param_table(s->ctx, s->d->tab.migration_level, &n);
    const double *in = level + municipal_row(s->d, s->ctx, m) * 2 * BOUNDARIES;
    double county = in[0] * beyond_map(s->d, s->ctx), sum = county + in[1] + in[2], all = usual_arrivals(v, m);
    if (all <= 0.0) return 0.0;
    double factor = s->run->param(s->ctx, s->d->par.in_scale);
    if (v->job_balance[m] > 0 && v->employed[m] > 0) {
        double balance = (double)v->jobs[m] * 1000.0 / (double)v->employed[m] / (double)v->job_balance[m];
        factor *= kj_pow(balance, s->run->param(s->ctx, s->d->par.in_jobs_elasticity));
    }
    double queue_months = (double)waiting / v->whole; /* who waits is not told by municipality */
    if (queue_months > 3.0) factor *= 3.0 / queue_months; /* word gets round that there are no homes */
    double persons = all * factor;
    double vision = v->needed_in_migrants ? (double)v->needed_in_migrants[m] / 12.0 : 0.0;
    vision -= assigned_persons(v, m); /* who come in any case */
    if (vision > 0.0) { /* those who find no home come on top, at most as many again */
        double lost = v->last_in[m] > 0 ? (double)v->last_gave_up[m] / (double)v->last_in[m] : 0.0;
        vision *= 1.0 + (lost < 1.0 ? lost : 1.0);
        if (vision > persons) persons = vision;
    }
    return persons * (boundary == 0 ? county : in[boundary]) / sum;
}

static const int32_t group_from[IN_AGE_GROUPS + 1] = {18, 22, 25, 30, 35, 40, 50, 65, 86};

/* In-migrant households of a municipality, students apart, by age of the head and kind; returns their sum. */
static double household_shares(const state *s, uint32_t m, double *share)
{
    double total = 0.0;
    uint32_t n;
    const double *age = s->run->param_table(s->ctx, s->d->tab.in_age, &n) + municipal_row(s->d, s->ctx, m) * IN_AGE_GROUPS;
    const double *kind = s->run->param_table(s->ctx, s->d->tab.in_household, &n);
    for (int i = 0; i < IN_AGE_GROUPS * IN_KINDS; i++) total += share[i] = age[i / IN_KINDS] * kind[i];
    return total;
}

/* Persons in a household of a kind, for turning persons into households. refugee_household.csv is reckoned with them. */
static const double household_size[IN_KINDS] = {1.0, 2.6, 2.0, 3.6};

static double mean_size(const double *share)
{
    double sum = 0.0, weight = 0.0;
    for (int i = 0; i < IN_AGE_GROUPS * IN_KINDS; i++) {
        sum += share[i] * household_size[i % IN_KINDS];
        weight += share[i];
    }
    return weight > 0.0 ? sum / weight : 1.0;
}

/* Chance of moving straight in with somebody: falls to zero as the share of households that lodge nears the ceiling. */
static uint32_t lodging_threshold(const state *s)
{
    const uint32_t lodging = count_living(s, KJ_LIVES_LODGING), holding = count_living(s, KJ_LIVES_HOLDING);
    double ceiling = s->run->param(s->ctx, s->d->par.lodging_ceiling) * (double)(holding + lodging);
    double room = ceiling > 0.0 ? 1.0 - (double)lodging / ceiling : 0.0;
    return kj_threshold(s->run->param(s->ctx, s->d->par.in_lodging_share) * room);
}

typedef struct arrival {
    uint32_t municipality;
    int boundary;
    uint32_t ordinal;
    int32_t age; /* of the head */
    int kind;    /* 0 single, 1 single parent, 2 couple, 3 couple with children */
    int student, refugee;
    uint8_t head_sex;
    uint64_t luck; /* of the head */
} arrival;

static int origin_of(const arrival *a) { return a->refugee ? KJ_ORIGIN_REFUGEE : KJ_ORIGIN_COUNTY + a->boundary; }

static uint64_t arrival_luck(const state *s, const arrival *a, uint32_t member)
{
    uint64_t origin = (uint64_t)origin_of(a) + 16u * (uint64_t)a->municipality;
    return kj_luck(KJ_LUCK_IN_MIGRANT, origin << 32 | (uint32_t)s->month, (uint64_t)a->ordinal << 8 | member);
}

/* Age of a student who arrives: shares of 18 ... 24 years in sixteenths (assumed; most come at 19-21). */
static int32_t student_age(uint32_t draw)
{
    static const uint8_t ages[16] = {18, 19, 19, 19, 19, 20, 20, 20, 20, 21, 21, 21, 22, 22, 23, 24};
    return ages[draw >> 28];
}

static void draw_arrival(const state *s, const double *share, double total, uint32_t students, arrival *a)
{
    a->luck = arrival_luck(s, a, 0);
    kj_draw4 draw = kj_draw(s->draws[STREAM_ARRIVALS], a->luck, s->month, 0);
    a->student = draw.v[3] < students;
    if (a->student) {
        a->kind = 0;
        a->age = student_age(draw.v[1]);
        a->head_sex = draw.v[2] < UINT32_MAX / 2 ? KJ_MALE : KJ_FEMALE;
        return;
    }
    double u = kj_uniform(draw.v[0]) * total;
    int cell = 0;
    for (; cell < IN_AGE_GROUPS * IN_KINDS - 1 && u >= share[cell]; cell++) u -= share[cell];
    int group = cell / IN_KINDS;
    a->kind = cell % IN_KINDS;
    a->age = group_from[group] + (int32_t)kj_below(draw.v[1], (uint32_t)(group_from[group + 1] - group_from[group]));
    uint32_t man = a->kind == 1 ? kj_threshold(1.0 - s->run->param(s->ctx, s->d->par.single_mother_share)) : UINT32_MAX / 2;
    a->head_sex = draw.v[2] < man ? KJ_MALE : KJ_FEMALE;
}

static uint32_t add_member(state *s, uint32_t household, const arrival *a, uint32_t member, int32_t age, uint8_t sex)
{
    newcomer who = {.luck = arrival_luck(s, a, member), .age = age, .sex = sex, .student = (uint8_t)(a->student && age >= ADULT_AGE), .refugee = (uint8_t)a->refugee};
    uint32_t row = person_new(s, &who);
    if (row != KJ_NO_ROW) member_add(s, household, row);
    return row;
}

/* Head, partner and children with their links. */
static void fill_household(state *s, uint32_t household, const arrival *a)
{
    uint32_t head = add_member(s, household, a, 0, a->age, a->head_sex), partner = KJ_NO_ROW;
    if (head == KJ_NO_ROW || a->kind == 0) return;
    kj_draw4 draw = kj_draw(s->draws[STREAM_ARRIVALS], a->luck, s->month, 2);
    if (a->kind >= 2) {
        int32_t age = a->age + (int32_t)kj_below(draw.v[0], 7) - 3 + (a->head_sex == KJ_FEMALE ? 2 : -2);
        partner = add_member(s, household, a, 1, clamp_age(age, ADULT_AGE, 95), a->head_sex == KJ_FEMALE ? KJ_MALE : KJ_FEMALE);
        if (partner == KJ_NO_ROW) return;
        s->p.partner[head] = s->person_id[partner];
        s->p.partner[partner] = s->person_id[head];
    }
    if (a->kind != 1 && a->kind != 3) return;
    uint32_t mother = a->head_sex == KJ_FEMALE ? head : partner, father = a->head_sex == KJ_FEMALE ? partner : head;
    double u = kj_uniform(draw.v[1]), three = s->run->param(s->ctx, s->d->par.arrival_three_children);
    uint32_t n = u < three ? 3 : u < three + s->run->param(s->ctx, s->d->par.arrival_two_children) ? 2 : 1;
    int32_t youngest_parent = a->age - 19 < 17 ? a->age - 19 : 17;                     /* oldest possible child */
    for (uint32_t i = 0; i < n && youngest_parent >= 0; i++) {
        kj_draw4 child_draw = kj_draw(s->draws[STREAM_ARRIVALS], arrival_luck(s, a, 2 + i), s->month, 0);
        int32_t age = (int32_t)kj_below(child_draw.v[0], (uint32_t)youngest_parent + 1);
        uint32_t child = add_member(s, household, a, 2 + i, age, child_draw.v[1] < UINT32_MAX / 2 ? KJ_MALE : KJ_FEMALE);
        if (child == KJ_NO_ROW) return;
        if (mother != KJ_NO_ROW) {
            s->p.mother[child] = s->person_id[mother];
            s->p.children[mother]++;
        }
        if (father != KJ_NO_ROW) s->p.father[child] = s->person_id[father];
    }
}

/* A household that has waited for some months already. */
static void arrive(state *s, const arrival *a, uint32_t lodges, int32_t waited)
{
    kj_id id = state_create(s, s->d->t_household);
    uint32_t row = row_of_household(s, id);
    if (row == KJ_NO_ROW) {
        if (!s->status) s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no room for another household");
        return;
    }
    s->h.living[row] = KJ_LIVES_OUTSIDE;
    s->h.origin[row] = (uint8_t)origin_of(a);
    s->h.formed[row] = (int16_t)(s->month - waited);
    fill_household(s, row, a);
    if (s->status) return;
    household_count(s, row);
    if (a->kind != 0) return;
    kj_draw4 draw = kj_draw(s->draws[STREAM_LODGING], a->luck, s->month, LODGES_AT_ONCE);
    if (draw.v[0] >= lodges) return;
    uint32_t host = find_host(s, row, a->municipality, HOST_OF_NEWCOMER);
    if (host == KJ_NO_ROW) return;
    s->h.living[row] = KJ_LIVES_LODGING;
    s->h.host[row] = s->household_id[host];
    s->h.sublet[row] = 1;
    s->h.search_cause[row] = KJ_SEARCH_NO_HOME; /* rests there at first */
    count_in_migrant(s, row_of_person(s, s->h.head[row]), home_municipality(s, row), a->boundary);
}

enum { MEMBERS_MAX = 5 }; /* two adults and three children: what fill_household makes */

static bool has_room(const state *s)
{
    return s->grows || (s->run->room(s->ctx, s->d->t_household) > 0 && s->run->room(s->ctx, s->d->t_person) >= MEMBERS_MAX);
}

/* `population`: as the last census had it, or as counted at the start, before any. `needs`: what a vision needs is known; at the start it is not planned yet. */
static arrival_view open_view(state *s, const int64_t *population, bool needs)
{
    const demography *d = s->d;
    const kj_run_v1 *run = s->run;
    kj_ctx *ctx = s->ctx;
    arrival_view v = {
        .s = s,
        .population = population, .households = run->read(ctx, d->municipality.households),
        .employed = run->read(ctx, d->municipality.employed), .jobs = run->read(ctx, d->municipality.jobs),
        .job_balance = run->read(ctx, d->municipality.job_balance), .last_natural = run->read(ctx, d->municipality.last_natural),
        .last_in = run->read(ctx, d->municipality.last_in), .last_out = run->read(ctx, d->municipality.last_out),
        .last_gave_up = run->read(ctx, d->municipality.last_gave_up),
    };
    if (needs) {
        v.needed_dwellings = run->write(ctx, d->municipality.needed_dwellings);
        v.needed_in_migrants = run->write(ctx, d->municipality.needed_in_migrants);
        v.needed_jobs = run->write(ctx, d->municipality.needed_jobs);
    }
    for (uint32_t m = 0; m < s->n_municipalities; m++) v.whole += usual_arrivals(&v, m);
    return v;
}

/* How many households come, and from where: `months` of arrivals at once. Those of the start have come in the months before and wait:
   the longer ago, the fewer of them are left. */
typedef struct wave {
    double months;
    int64_t waiting;
    uint32_t lodges; /* chance, as threshold, that a single arrival moves straight in with somebody */
    uint32_t waited; /* the longest wait behind them, months */
} wave;

/* Months that a household of the start has waited: the lower of two numbers below the longest wait. */
static int32_t months_waited(const state *s, const arrival *a, uint32_t longest)
{
    const kj_draw4 draw = kj_draw(s->draws[STREAM_ARRIVALS], a->luck, s->month, 5);
    const uint32_t one = kj_below(draw.v[0], longest), other = kj_below(draw.v[1], longest);
    return (int32_t)(one < other ? one : other);
}

static void come_from(const arrival_view *v, uint32_t m, int boundary, const wave *w)
{
    state *s = v->s;
    uint32_t n;
    double share[IN_AGE_GROUPS * IN_KINDS];
    const double total = household_shares(s, m, share);
    /* share of students among persons -> among households, whose others are larger */
    double student_share = s->run->param_table(s->ctx, s->d->tab.in_students, &n)[municipal_row(s->d, s->ctx, m)];
    double households_per_person = student_share + (1.0 - student_share) / mean_size(share);
    uint32_t students = kj_threshold(student_share / households_per_person);
    arrival a = {.municipality = m, .boundary = boundary};
    double expected = expected_persons(v, m, boundary, w->waiting) * households_per_person * w->months;
    kj_stream stream = s->draws[STREAM_ARRIVALS];
    uint64_t key = arrival_luck(s, &a, 255);
    double number = expected + sqrt(expected) * normal_of(kj_draw(stream, key, s->month, 3));
    number += kj_uniform(kj_draw(stream, key, s->month, 4).v[0]); /* stochastic rounding */
    /* Nobody comes beyond the room that the host makes in a month, some 2 % of the population: a rate at the end of its range must not
       end the run. */
    for (a.ordinal = 0; (double)a.ordinal + 1.0 <= number && !s->status && has_room(s); a.ordinal++) {
        draw_arrival(s, share, total, students, &a);
        arrive(s, &a, w->lodges, w->waited ? months_waited(s, &a, w->waited) : 0);
    }
}

enum { REFUGEE_AGE_MIN = 20, REFUGEE_AGE_END = 45 }; /* of heads (assumed) */

static void draw_refugees(const state *s, const double *share, arrival *a)
{
    a->luck = arrival_luck(s, a, 0);
    kj_draw4 draw = kj_draw(s->draws[STREAM_ARRIVALS], a->luck, s->month, 0);
    double u = kj_uniform(draw.v[0]);
    for (a->kind = 0; a->kind < IN_KINDS - 1 && u >= share[a->kind]; a->kind++) u -= share[a->kind];
    a->age = REFUGEE_AGE_MIN + (int32_t)kj_below(draw.v[1], REFUGEE_AGE_END - REFUGEE_AGE_MIN);
    double man = a->kind == 0 ? s->run->param(s->ctx, s->d->par.refugee_men) : a->kind == 1 ? 1.0 - s->run->param(s->ctx, s->d->par.single_mother_share) : 0.5;
    a->head_sex = draw.v[2] < kj_threshold(man) ? KJ_MALE : KJ_FEMALE;
}

/* The number of households is decided, not drawn, but for what is left of a whole one; their kinds and children are drawn. */
static void come_assigned(const arrival_view *v, uint32_t m)
{
    state *s = v->s;
    const double expected = assigned_persons(v, m);
    if (expected <= 0.0) return;
    uint32_t n;
    const double *share = s->run->param_table(s->ctx, s->d->tab.refugee_household, &n);
    double persons = 0.0;
    for (int kind = 0; kind < IN_KINDS; kind++) persons += share[kind] * household_size[kind];
    arrival a = {.municipality = m, .boundary = BOUNDARIES - 1, .refugee = 1};
    double number = expected / persons;
    number += kj_uniform(kj_draw(s->draws[STREAM_ARRIVALS], arrival_luck(s, &a, 255), s->month, 4).v[0]); /* stochastic rounding */
    for (; (double)a.ordinal + 1.0 <= number && !s->status && has_room(s); a.ordinal++) {
        draw_refugees(s, share, &a);
        arrive(s, &a, 0, 0);
    }
}

static kj_status run_arrivals(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    state s;
    state_open(d, ctx, &s);
    arrival_view v = open_view(&s, run->read(ctx, d->municipality.population), true);
    wave w = {.months = 1.0, .waiting = prune_waiting(&s, (int32_t)run->param(ctx, d->par.patience), run->read(ctx, d->household.contract))};
    w.lodges = lodging_threshold(&s);
    for (uint32_t m = 0; m < s.n_municipalities; m++) {
        if (KJ_MONTH_OF_YEAR(s.month) == 1) plan_vision(&v, m, out_level(d, ctx, m));
        for (int boundary = 0; boundary < BOUNDARIES; boundary++) come_from(&v, m, boundary, &w);
        come_assigned(&v, m);
    }
    return s.status;
}

kj_status start_arrivals(state *s)
{
    const demography *d = s->d;
    int64_t *population = s->run->scratch(s->ctx, (s->n_municipalities + 1u) * sizeof *population);
    if (!population) return s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory at the start");
    for (uint32_t row = 0; row < s->run->n_rows(s->ctx, d->t_person); row++)
        if (s->p.resident[row]) population[municipality_of_person(s, row)]++;
    arrival_view v = open_view(s, population, false);
    s->grows = 1;
    const wave w = {.months = s->run->param(s->ctx, d->par.start_waiting_months), .waited = (uint32_t)s->run->param(s->ctx, d->par.patience)};
    for (uint32_t m = 0; m < s->n_municipalities; m++)
        for (int boundary = 0; boundary < BOUNDARIES; boundary++) come_from(&v, m, boundary, &w);
    return s->status;
}

void arrival_uses(const demography *d, use_list *list)
{
    state_uses(d, list);
    const kj_col reads[] = {d->municipality.population, d->municipality.households,   d->municipality.employed,
                            d->municipality.jobs,       d->municipality.job_balance,  d->municipality.last_natural,
                            d->municipality.last_in,    d->municipality.last_out,     d->municipality.last_gave_up};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(list, kj_reads(reads[i]));
}

kj_status register_arrivals(demography *d)
{
    use_list list = {.n = 0};
    arrival_uses(d, &list);
    uses(&list, kj_writes(d->municipality.needed_dwellings));
    uses(&list, kj_writes(d->municipality.needed_in_migrants));
    uses(&list, kj_writes(d->municipality.needed_jobs));
    const char *const after[] = {"demography.rates", "demography.hazards", "demography.apply", NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = "demography.arrivals",
                         .doc = "Makes the households that would move in, and ends the search of those who waited too long.",
                         .phase = KJ_PHASE_PEOPLE, .shape = KJ_SERIAL, .uses = list.items, .n_uses = list.n, .after = after, .run = run_arrivals};
    return d->reg->system(d->host->impl, &def);
}
