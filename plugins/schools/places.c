/* One intake: nearest with room. */
#include <math.h>
#include <stdlib.h>

#include "schools.h"

/* An application that waits for its turn: the least key, then the least seeker, goes first. */
typedef struct application {
    uint64_t key; /* seconds << 32 | lot */
    uint32_t seeker, school;
} application;

size_t intake_work_bytes(uint32_t n_seekers, uint32_t n_schools)
{
    return (size_t)n_seekers * sizeof(application) + (size_t)n_schools * GRADE_COUNT * sizeof(uint32_t) + 1;
}

static bool earlier(const application *a, const application *b)
{
    return a->key != b->key ? a->key < b->key : a->seeker < b->seeker;
}

static void sift_down(application *heap, uint32_t n, uint32_t at, application item)
{
    for (;;) {
        uint32_t below = 2 * at + 1;
        if (below >= n) break;
        if (below + 1 < n && earlier(&heap[below + 1], &heap[below])) below++;
        if (!earlier(&heap[below], &item)) break;
        heap[at] = heap[below];
        at = below;
    }
    heap[at] = item;
}

bool has_place(const intake *in, uint32_t index, uint8_t grade)
{
    if (in->total[index] >= in->net->schools[index].places) return false;
    uint32_t at = index * GRADE_COUNT + grade;
    return !in->grades_apart || (double)in->count[at] + 1e-6 < in->net->part[at] * in->slack; /* a begun place counts whole */
}

/* Which schools a round is about. */
typedef enum round_kind { ROUND_WISHES, ROUND_MUNICIPAL, ROUND_REST } round_kind;

/* The schools that a round may still give places in, by grade and in order: most are full most of the time, so that who
   seeks looks at a few of many. */
static void list_open(intake *in, round_kind round, uint8_t grade_lo, uint8_t grade_hi)
{
    const network *net = in->net;
    bool independent = round != ROUND_MUNICIPAL;
    for (uint8_t grade = grade_lo; grade <= grade_hi; grade++) in->open[grade].n = 0;
    for (uint32_t s = 0; s < net->n_schools; s++) {
        if (net->schools[s].independent != independent || in->total[s] >= net->schools[s].places) continue;
        for (uint8_t grade = grade_lo; grade <= grade_hi; grade++)
            if (school_covers(&net->schools[s], grade) && has_place(in, s, grade)) in->open[grade].school[in->open[grade].n++] = s;
    }
}

/* Place in the list of the first school from `begin` on. */
static uint32_t first_from(const open_schools *open, uint32_t begin)
{
    uint32_t lo = 0, hi = open->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (open->school[mid] < begin) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static uint32_t nearest_with_room(const intake *in, const seeker *k, round_kind round, int32_t *seconds)
{
    const network *net = in->net;
    bool independent = round != ROUND_MUNICIPAL;
    uint32_t best = KJ_NO_ROW;
    double reach = INFINITY;
    *seconds = INT32_MAX;
    if (k->municipality >= net->n_municipalities || in->open[k->grade].n == 0) return KJ_NO_ROW;
    uint32_t near = nearest_school(in->net, in->grid, k->municipality, k->grade, k->cell);
    if (near != KJ_NO_ROW && net->schools[near].independent == independent && has_place(in, near, k->grade)) {
        *seconds = walk_seconds(net, in->grid, &net->schools[near], k->cell);
        return near;
    }
    const int32_t col = k->cell % in->grid->nx, row = k->cell / in->grid->nx;
    school_range range = schools_for(net, k->municipality, k->grade);
    const open_schools *open = &in->open[k->grade];
    for (uint32_t i = first_from(open, range.begin); i < open->n && open->school[i] < range.end; i++) {
        uint32_t s = open->school[i];
        if (distance2_to(&net->schools[s], col, row) > reach || !has_place(in, s, k->grade)) continue; /* or filled in this round */
        int32_t there = walk_seconds_from(net, in->grid, &net->schools[s], col, row);
        if (there < *seconds) *seconds = there, best = s, reach = out_of_reach(net, there);
    }
    return best;
}

/* The independent school with room that the family minds least, as in the wishes for municipal schools: several often stand on one
   spot, and the nearest alone would take all who wish. */
static uint32_t wished_with_room(const intake *in, const seeker *k)
{
    const network *net = in->net;
    const int32_t col = k->cell % in->grid->nx, row = k->cell / in->grid->nx;
    if (k->municipality >= net->n_municipalities) return KJ_NO_ROW;
    school_range range = schools_for(net, k->municipality, k->grade);
    const open_schools *open = &in->open[k->grade];
    uint32_t best = KJ_NO_ROW;
    double least = 0.0;
    for (uint32_t i = first_from(open, range.begin); i < open->n && open->school[i] < range.end; i++) {
        uint32_t s = open->school[i];
        if (!has_place(in, s, k->grade)) continue; /* filled in this round */
        kj_draw4 draw = taste_draw(in->rules, k->person, net->schools[s].id);
        double dislike = walk_seconds_from(net, in->grid, &net->schools[s], col, row) - liking(in->rules, &draw, net->schools[s].id) -
                         (k->sibling == s ? in->rules->sibling_seconds : 0.0);
        if (best == KJ_NO_ROW || dislike < least) best = s, least = dislike;
    }
    return best;
}

static bool apply(const intake *in, uint32_t index, round_kind round, application *out)
{
    const seeker *k = &in->seekers[index];
    int32_t seconds = 0;
    uint32_t school = round == ROUND_WISHES && k->grade >= GRADE_F ? wished_with_room(in, k) : nearest_with_room(in, k, round, &seconds);
    /* Independent schools have a queue of their own: brothers and sisters of their pupils first, then the lot. */
    uint64_t first = round == ROUND_WISHES ? k->sibling != school : (uint64_t)(uint32_t)seconds;
    *out = (application){first << 32 | k->lot, index, school};
    return school != KJ_NO_ROW;
}

/* The application with the least distance in the whole intake is granted; one whose school has filled meanwhile goes to
   the next nearest with room and takes its turn there. Since a school only fills, this is the matching in which no
   child and school prefer each other (both rank by the same distance), without listing every pair. */
static void run_round(intake *in, round_kind round, uint8_t grade_lo, uint8_t grade_hi)
{
    application *heap = in->work;
    uint32_t n = 0;
    list_open(in, round, grade_lo, grade_hi);
    for (uint32_t k = 0; k < in->n_seekers; k++) {
        const seeker *one = &in->seekers[k];
        if (one->placed != KJ_NO_ROW || one->grade < grade_lo || one->grade > grade_hi) continue;
        if (round == ROUND_WISHES && !one->wishes_independent) continue;
        n += apply(in, k, round, &heap[n]);
    }
    for (uint32_t at = n / 2; at-- > 0;) sift_down(heap, n, at, heap[at]);
    while (n > 0) {
        application first = heap[0];
        seeker *k = &in->seekers[first.seeker];
        bool granted = has_place(in, first.school, k->grade);
        if (granted) {
            k->placed = first.school;
            in->count[first.school * GRADE_COUNT + k->grade]++;
            in->total[first.school]++;
        }
        application next;
        if (granted || !apply(in, first.seeker, round, &next)) next = heap[--n];
        if (n > 0) sift_down(heap, n, 0, next);
    }
}

static bool all_placed(const intake *in)
{
    for (uint32_t k = 0; k < in->n_seekers; k++)
        if (in->seekers[k].placed == KJ_NO_ROW) return false;
    return true;
}

void place_seekers(intake *in)
{
    uint32_t *lists = (uint32_t *)((application *)in->work + in->n_seekers);
    for (int grade = 0; grade < GRADE_COUNT; grade++) in->open[grade] = (open_schools){lists + (size_t)grade * in->net->n_schools, 0};
    in->grades_apart = true;
    run_round(in, ROUND_WISHES, GRADE_PRESCHOOL, GRADE_9);
    if (in->rules->mode != MODE_NEAREST) place_by_mode(in, in->rules);
    run_round(in, ROUND_MUNICIPAL, GRADE_PRESCHOOL, GRADE_9);
    run_round(in, ROUND_REST, GRADE_PRESCHOOL, GRADE_9);
    if (all_placed(in)) return;
    in->grades_apart = false;
    /* The oldest first: the fewest schools teach them. */
    for (uint8_t grade = GRADE_9; grade >= GRADE_PRESCHOOL; grade--) {
        run_round(in, ROUND_MUNICIPAL, grade, grade);
        run_round(in, ROUND_REST, grade, grade);
    }
}
