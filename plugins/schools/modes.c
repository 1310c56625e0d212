/* The modes of placement. Each grade of a municipality is a market of its own: those who seek a place, and the seats that
   municipal schools have left for the grade; the least total way alone looks at all grades at once. The algorithms stand in
   assignment/. */
#include <math.h>
#include <string.h>

#include "assignment/min_cost.h"
#include "assignment/nearness.h"
#include "assignment/school_choice.h"
#include "assignment/shared_places.h"
#include "schools.h"

enum { GUARANTEE_WISHES = 1 /* the guarantee school stands last on the list */, SEATS_MAX = 1000000 };

/* One market. Arrays lie in rules.work. */
typedef struct market {
    intake *in;
    const rules *r;
    uint8_t grade;
    uint32_t n, m, w;      /* seekers, schools, wishes */
    uint32_t *seeker;      /* [n] */
    uint32_t *school;      /* [m] index into net->schools */
    int32_t *seats;        /* [m] */
    int32_t *way;          /* [n][m] seconds */
    uint32_t *wish, *got, *guarantee, *home_school; /* [n][w], [n], [n], [n] */
    int64_t *priority;     /* [n][w] */
    int32_t *score;        /* [m] */
    double *dislike;       /* [m] */
    void *work;
} market;

static void *cut(char *base, size_t *used, size_t bytes)
{
    void *out = base ? base + *used : NULL;
    *used += (bytes + 63) & ~(size_t)63;
    return out;
}

static size_t lay_out(market *k, school_mode mode, uint32_t n, uint32_t m, uint32_t w, char *base)
{
    size_t used = 0;
    choice_market as = {.n_pupils = n, .n_schools = m, .n_wishes = w};
    size_t exact = mode == MODE_GUARANTEE ? assign_work_bytes(n, m) : 0, choice = choice_work_bytes(&as);
    k->seeker = cut(base, &used, n * sizeof *k->seeker);
    k->school = cut(base, &used, m * sizeof *k->school);
    k->seats = cut(base, &used, m * sizeof *k->seats);
    k->way = cut(base, &used, (size_t)n * m * sizeof *k->way);
    k->wish = cut(base, &used, (size_t)n * w * sizeof *k->wish);
    k->priority = cut(base, &used, (size_t)n * w * sizeof *k->priority);
    k->got = cut(base, &used, n * sizeof *k->got);
    k->guarantee = cut(base, &used, n * sizeof *k->guarantee);
    k->home_school = cut(base, &used, n * sizeof *k->home_school);
    k->score = cut(base, &used, m * sizeof *k->score);
    k->dislike = cut(base, &used, m * sizeof *k->dislike);
    k->work = cut(base, &used, exact > choice ? exact : choice);
    return used;
}

static uint32_t municipal_schools(const network *net, uint32_t m, uint8_t grade, uint32_t *out)
{
    school_range range = schools_for(net, m, grade);
    uint32_t n = 0;
    for (uint32_t j = range.begin; j < range.end; j++) {
        if (net->schools[j].independent || !school_covers(&net->schools[j], grade)) continue;
        if (out) out[n] = j;
        n++;
    }
    return n;
}

static uint32_t wishes_of(const rules *r, uint32_t n_schools)
{
    uint32_t w = r->n_wishes < n_schools ? r->n_wishes : n_schools;
    return (w > 0 ? w : 1) + GUARANTEE_WISHES;
}

/* Seekers by municipality and grade: numbers of seekers in `order`, those of a market from first[market] on. */
typedef struct markets {
    uint32_t n, *first, *order;
} markets;

static uint32_t market_of(const network *net, const seeker *one)
{
    if (one->placed != KJ_NO_ROW || one->grade < GRADE_F || one->municipality >= net->n_municipalities || one->cell < 0) return KJ_NO_ROW;
    return one->municipality * SCHOOL_GRADES + one->grade - GRADE_F;
}

static size_t lay_out_markets(markets *x, const intake *in, char *base)
{
    size_t used = 0;
    x->n = in->net->n_municipalities * SCHOOL_GRADES;
    x->first = cut(base, &used, (x->n + 1u) * sizeof *x->first);
    x->order = cut(base, &used, in->n_seekers * sizeof *x->order);
    return used;
}

static void sort_seekers(markets *x, const intake *in)
{
    for (uint32_t k = 0; k <= x->n; k++) x->first[k] = 0;
    for (uint32_t i = 0; i < in->n_seekers; i++) {
        uint32_t k = market_of(in->net, &in->seekers[i]);
        if (k != KJ_NO_ROW) x->first[k]++;
    }
    for (uint32_t k = 0, sum = 0; k <= x->n; k++) { /* to the end of each market: filled from behind */
        sum += x->first[k];
        x->first[k] = sum;
    }
    for (uint32_t i = in->n_seekers; i-- > 0;) {
        uint32_t k = market_of(in->net, &in->seekers[i]);
        if (k != KJ_NO_ROW) x->order[--x->first[k]] = i;
    }
}

/* All grades of a municipality at once. Arrays lie in rules.work. */
typedef struct joint {
    uint32_t m, *school, first[SCHOOL_GRADES + 1]; /* municipal schools of any grade; pupils by grade, the oldest first */
    int32_t *way, *seats, *places;                 /* [n][m], [SCHOOL_GRADES][m], [m] */
    uint32_t *got;
    void *work;
} joint;

static uint32_t all_municipal_schools(const network *net, uint32_t municipality, uint32_t *out)
{
    school_range range = schools_for(net, municipality, GRADE_F);
    uint32_t n = 0;
    for (uint32_t j = range.begin; j < range.end; j++) {
        if (net->schools[j].independent) continue;
        if (out) out[n] = j;
        n++;
    }
    return n;
}

static size_t lay_out_joint(joint *k, char *base)
{
    size_t used = 0, n = k->first[SCHOOL_GRADES], m = k->m;
    k->school = cut(base, &used, m * sizeof *k->school);
    k->way = cut(base, &used, n * m * sizeof *k->way);
    k->seats = cut(base, &used, SCHOOL_GRADES * m * sizeof *k->seats);
    k->places = cut(base, &used, m * sizeof *k->places);
    k->got = cut(base, &used, n * sizeof *k->got);
    k->work = cut(base, &used, shared_work_bytes(SCHOOL_GRADES, k->m, k->first));
    return used;
}

static size_t joint_bytes(const intake *in, const uint32_t *seekers)
{
    size_t most = 0;
    for (uint32_t m = 0; m < in->net->n_municipalities; m++) {
        joint k = {.m = all_municipal_schools(in->net, m, NULL)};
        for (uint32_t g = 0; g < SCHOOL_GRADES; g++) k.first[g + 1] = k.first[g] + seekers[m * SCHOOL_GRADES + SCHOOL_GRADES - 1 - g];
        size_t bytes = lay_out_joint(&k, NULL);
        if (bytes > most) most = bytes;
    }
    return most;
}

size_t mode_work_bytes(const intake *in, const rules *r)
{
    size_t most = 64;
    market unused;
    markets lists;
    uint32_t *seekers = r->counts;
    memset(seekers, 0, (size_t)in->net->n_municipalities * SCHOOL_GRADES * sizeof *seekers);
    for (uint32_t i = 0; i < in->n_seekers; i++) {
        uint32_t k = market_of(in->net, &in->seekers[i]);
        if (k != KJ_NO_ROW) seekers[k]++;
    }
    for (uint32_t k = 0; k < in->net->n_municipalities * SCHOOL_GRADES; k++) {
        uint32_t n_schools = seekers[k] ? municipal_schools(in->net, k / SCHOOL_GRADES, (uint8_t)(GRADE_F + k % SCHOOL_GRADES), NULL) : 0;
        size_t bytes = lay_out(&unused, r->mode, seekers[k], n_schools, wishes_of(r, n_schools), NULL);
        if (bytes > most) most = bytes;
    }
    if (r->mode == MODE_LEAST_WAY) most = joint_bytes(in, seekers);
    return most + lay_out_markets(&lists, in, NULL);
}

/* Seats left of the grade's part of the places, which may be stretched by a factor. */
static int32_t seats_of_grade(const intake *in, uint32_t school, uint8_t grade, double slack)
{
    uint32_t at = school * GRADE_COUNT + grade;
    double part = in->net->part[at] * slack - 1e-6; /* a begun place counts whole, as in has_place */
    int32_t left = part >= SEATS_MAX ? SEATS_MAX : (int32_t)part + (part > 0.0) - in->count[at];
    return left > 0 ? left : 0;
}

static int32_t places_left(const intake *in, uint32_t school)
{
    int32_t left = in->net->schools[school].places - in->total[school];
    return left > 0 ? left : 0;
}

/* Seats left for the grade: of its part of the places, and of the whole school. What the parts can give beyond that in full cohorts
   (grade_slack) is for those whom the mode has left without a place: given here, the oldest would take it from the youngest. */
static int32_t seats_left(const intake *in, uint32_t school, uint8_t grade)
{
    int32_t of_grade = seats_of_grade(in, school, grade, 1.0), of_school = places_left(in, school);
    return of_grade < of_school ? of_grade : of_school;
}

/* School of the catchment that the seeker lives in, as a column of the market; CHOICE_NONE: of no school here. */
static uint32_t catchment_school(const market *k, const seeker *one)
{
    const int32_t *of_cell = k->r->catchment[catchment_level(one->grade)];
    int32_t id = of_cell ? of_cell[one->cell] : 0;
    uint32_t row = id > 0 ? k->r->facility_row[id] : KJ_NO_ROW;
    for (uint32_t j = 0; j < k->m && row != KJ_NO_ROW; j++)
        if (k->in->net->schools[k->school[j]].row == row) return j;
    return CHOICE_NONE;
}

static uint32_t sibling_school(const market *k, const seeker *one)
{
    for (uint32_t j = 0; j < k->m; j++)
        if (k->school[j] == one->sibling) return j;
    return CHOICE_NONE;
}

static void open_market(market *k, intake *in, const rules *r, const uint32_t *seekers, uint32_t n, uint32_t m, uint8_t grade, char *room)
{
    uint32_t n_schools = municipal_schools(in->net, m, grade, NULL);
    *k = (market){.in = in, .r = r, .grade = grade, .n = n, .m = n_schools, .w = wishes_of(r, n_schools)};
    lay_out(k, r->mode, n, n_schools, k->w, room);
    municipal_schools(in->net, m, grade, k->school);
    for (uint32_t j = 0; j < n_schools; j++) k->seats[j] = seats_left(in, k->school[j], grade);
    int32_t longest = assign_cost_max(n_schools);
    for (uint32_t i = 0; i < n; i++) {
        const seeker *one = &in->seekers[seekers[i]];
        int32_t col = one->cell % in->grid->nx, row = one->cell / in->grid->nx;
        for (uint32_t j = 0; j < n_schools; j++) {
            int32_t way = walk_seconds_from(in->net, in->grid, &in->net->schools[k->school[j]], col, row);
            k->way[(size_t)i * n_schools + j] = way < longest ? way : longest;
        }
        k->home_school[i] = catchment_school(k, one);
        k->guarantee[i] = CHOICE_NONE;
        k->seeker[i] = seekers[i];
    }
}

/* The families' lists: the schools that they mind least, where a way of a second counts one and is set off against their liking;
   a brother or sister there makes it nearer. */
static void write_wishes(market *k)
{
    uint32_t n_wishes = k->w - GUARANTEE_WISHES;
    for (uint32_t i = 0; i < k->n; i++) {
        const seeker *one = &k->in->seekers[k->seeker[i]];
        uint32_t sibling = sibling_school(k, one), drawn = UINT32_MAX;
        kj_draw4 draw = {{0}};
        for (uint32_t j = 0; j < k->m; j++) {
            kj_id id = k->in->net->schools[k->school[j]].id;
            if (id / 4 != drawn) draw = taste_draw(k->r, one->person, id), drawn = id / 4;
            k->dislike[j] = (double)k->way[(size_t)i * k->m + j] - liking(k->r, &draw, id) - (j == sibling ? k->r->sibling_seconds : 0.0);
        }
        for (uint32_t r = 0; r < k->w; r++) {
            uint32_t best = CHOICE_NONE;
            double least = INFINITY;
            for (uint32_t j = 0; j < k->m && r < n_wishes; j++) {
                best = k->dislike[j] < least ? j : best;
                least = k->dislike[j] < least ? k->dislike[j] : least;
            }
            k->wish[(size_t)i * k->w + r] = best;
            if (best != CHOICE_NONE) k->dislike[best] = INFINITY; /* listed */
        }
    }
}

/* The guarantee school: of the assignment with the least total way. It ends the list of those who did not wish it. */
static void guarantee(market *k)
{
    assignment_result result = {.school = k->guarantee};
    assign_min_cost(&(assignment_problem){k->n, k->m, k->way, k->seats, k->r->n_threads}, k->work, &result);
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->guarantee[i] == ASSIGN_NONE) continue;
        uint32_t *list = k->wish + (size_t)i * k->w, r = 0;
        while (list[r] != CHOICE_NONE && list[r] != k->guarantee[i]) r++;
        list[r] = k->guarantee[i];
        for (r++; r < k->w; r++) list[r] = CHOICE_NONE; /* below it nothing is needed */
    }
}

/* One number by which a school ranks: the criteria in their order, then the shorter way, then the lot. The lower first. */
static int64_t rank_at_school(const market *k, uint32_t i, uint32_t j)
{
    const seeker *one = &k->in->seekers[k->seeker[i]];
    const double *order = k->r->priority + (size_t)(k->grade - GRADE_F) * CRIT_COUNT;
    int32_t way = k->way[(size_t)i * k->m + j];
    bool nearness = k->r->mode == MODE_RELATIVE || k->r->mode == MODE_GUARANTEE || k->r->mode == MODE_CATCHMENT || k->r->mode == MODE_DISTRICT;
    const bool not_met[CRIT_COUNT] = {[CRIT_GUARANTEE] = k->guarantee[i] != j,
                                      [CRIT_SIBLING] = k->in->net->schools[k->school[j]].id == 0 || one->sibling != k->school[j],
                                      [CRIT_CATCHMENT] = k->home_school[i] != j,
                                      [CRIT_NEAR] = (double)way * k->r->walk_speed > 1000.0 * rule_limit(k->r, k->grade, LIMIT_NEAR)};
    int64_t key = 0;
    for (int place = 1; place <= CRIT_COUNT; place++)
        for (int c = 0; c < CRIT_COUNT; c++) {
            if ((int)order[c] != place) continue;
            if (c != CRIT_NEARNESS) {
                key = key << 1 | not_met[c];
            } else if (nearness) {
                int64_t score = k->score[j] > 1 << 20 ? 1 << 20 : k->score[j] < -(1 << 20) ? -(1 << 20) : k->score[j];
                key = key << 22 | ((1 << 20) - score);
            }
        }
    return (key << 17 | (nearness ? (way < 131071 ? way : 131071) : 0)) << 20 | one->lot >> 12;
}

static void rank_all(market *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        const int32_t *way = k->way + (size_t)i * k->m;
        if (k->r->mode == MODE_GUARANTEE) nearness_against_guarantee(way, k->m, k->guarantee[i], k->score);
        else nearness_as_practised(way, k->m, k->score);
        for (uint32_t r = 0; r < k->w; r++) {
            uint32_t j = k->wish[(size_t)i * k->w + r];
            k->priority[(size_t)i * k->w + r] = j == CHOICE_NONE ? 0 : rank_at_school(k, i, j);
        }
    }
}

static choice_market as_choice(const market *k)
{
    return (choice_market){k->n, k->m, k->w, k->wish, k->priority, k->seats};
}

/* Whoever wishes for the district school has it, whatever its places; others have what room is left, and their district
   school if there is none. */
static void district(market *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        uint32_t *list = k->wish + (size_t)i * k->w, r = 0;
        if (k->home_school[i] == CHOICE_NONE) continue;
        while (r < k->w && list[r] != CHOICE_NONE && list[r] != k->home_school[i]) r++;
        for (; r < k->w; r++) list[r] = CHOICE_NONE;
        if (list[0] == CHOICE_NONE && k->seats[k->home_school[i]] > 0) k->seats[k->home_school[i]]--;
    }
    rank_all(k);
    choice_market all = as_choice(k);
    choice_deferred_acceptance(&all, k->work, k->got);
    for (uint32_t i = 0; i < k->n; i++)
        if (k->got[i] == CHOICE_NONE) k->got[i] = k->home_school[i];
}

static void only_catchment(market *k)
{
    for (uint32_t i = 0; i < k->n; i++)
        for (uint32_t r = 0; r < k->w; r++) k->wish[(size_t)i * k->w + r] = r == 0 ? k->home_school[i] : CHOICE_NONE;
}

static void solve(market *k)
{
    school_mode mode = k->r->mode;
    write_wishes(k);
    if (mode == MODE_DISTRICT) {
        district(k);
        return;
    }
    if (mode == MODE_CATCHMENT) only_catchment(k);
    if (mode == MODE_GUARANTEE) guarantee(k);
    rank_all(k);
    choice_market all = as_choice(k);
    if (mode == MODE_BOSTON) choice_boston(&all, k->work, k->got);
    else if (mode == MODE_TTC) choice_top_trading_cycles(&all, k->work, k->got);
    else choice_deferred_acceptance(&all, k->work, k->got);
}

/* Rank of the school on the family's own list; the guarantee or district school at its end is no wish. */
static uint8_t wish_met(const market *k, uint32_t i)
{
    if (k->r->mode == MODE_CATCHMENT) return 0;
    for (uint32_t r = 0; r < k->w - GUARANTEE_WISHES; r++)
        if (k->wish[(size_t)i * k->w + r] == k->got[i]) return (uint8_t)(r + 1);
    return 0;
}

static void close_market(market *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->got[i] == CHOICE_NONE) continue;
        seeker *one = &k->in->seekers[k->seeker[i]];
        one->placed = k->school[k->got[i]];
        one->wish = wish_met(k, i);
        k->in->count[one->placed * GRADE_COUNT + k->grade]++;
        k->in->total[one->placed]++;
    }
}

/* The least total way of all who seek in the municipality, under the places of the schools and the parts of the grades, which have
   their slack here: no grade takes it from another, since all are placed at once. */
static void least_way(intake *in, const rules *r, const markets *lists, uint32_t municipality, char *room)
{
    const network *net = in->net;
    joint k = {.m = all_municipal_schools(net, municipality, NULL)};
    const uint32_t *first = lists->first + municipality * SCHOOL_GRADES, *order = lists->order;
    for (uint32_t g = 0; g < SCHOOL_GRADES; g++) k.first[g + 1] = k.first[g] + first[SCHOOL_GRADES - g] - first[SCHOOL_GRADES - 1 - g];
    lay_out_joint(&k, room);
    all_municipal_schools(net, municipality, k.school);
    int32_t longest = assign_cost_max(k.m);
    for (uint32_t j = 0; j < k.m; j++) k.places[j] = places_left(in, k.school[j]);
    for (uint32_t g = 0; g < SCHOOL_GRADES; g++) {
        uint8_t grade = (uint8_t)(GRADE_9 - g);
        for (uint32_t j = 0; j < k.m; j++) k.seats[g * k.m + j] = school_covers(&net->schools[k.school[j]], grade) ? seats_of_grade(in, k.school[j], grade, in->slack) : 0;
        for (uint32_t i = k.first[g]; i < k.first[g + 1]; i++) {
            const seeker *one = &in->seekers[order[first[SCHOOL_GRADES - 1 - g] + i - k.first[g]]];
            int32_t col = one->cell % in->grid->nx, row = one->cell / in->grid->nx;
            for (uint32_t j = 0; j < k.m; j++) {
                int32_t way = walk_seconds_from(net, in->grid, &net->schools[k.school[j]], col, row);
                k.way[(size_t)i * k.m + j] = !school_covers(&net->schools[k.school[j]], grade) ? ASSIGN_FORBIDDEN : way < longest ? way : longest;
            }
        }
    }
    assignment_result result = {.school = k.got};
    assign_shared(&(shared_problem){SCHOOL_GRADES, k.m, k.first, k.way, k.seats, k.places, r->n_threads}, k.work, &result);
    for (uint32_t g = 0; g < SCHOOL_GRADES; g++)
        for (uint32_t i = k.first[g]; i < k.first[g + 1]; i++) {
            if (k.got[i] == ASSIGN_NONE) continue;
            seeker *one = &in->seekers[order[first[SCHOOL_GRADES - 1 - g] + i - k.first[g]]];
            one->placed = k.school[k.got[i]];
            one->wish = 0;
            in->count[one->placed * GRADE_COUNT + one->grade]++;
            in->total[one->placed]++;
        }
}

void place_by_mode(intake *in, const rules *r)
{
    markets lists;
    char *room = (char *)r->work + lay_out_markets(&lists, in, r->work);
    sort_seekers(&lists, in);
    for (uint32_t m = 0; m < in->net->n_municipalities && r->mode == MODE_LEAST_WAY; m++) least_way(in, r, &lists, m, room);
    if (r->mode == MODE_LEAST_WAY) return;
    /* The oldest first: the fewest schools teach them. */
    for (uint32_t m = 0; m < in->net->n_municipalities; m++)
        for (uint32_t g = SCHOOL_GRADES; g-- > 0;) {
            market k;
            uint32_t at = m * SCHOOL_GRADES + g, begin = lists.first[at], n = lists.first[at + 1] - begin;
            if (n == 0) continue;
            open_market(&k, in, r, lists.order + begin, n, m, (uint8_t)(GRADE_F + g), room);
            if (k.m == 0) continue;
            solve(&k);
            close_market(&k);
        }
}
