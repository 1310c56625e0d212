#include "shared_places.h"

#include <stdbool.h>
#include <string.h>

#define NO_ARC INT64_MAX
#define NO_NODE UINT32_MAX
#define NO_PLACE (INT64_C(1) << 40) /* cost of being left out: above any detour, below overflow of a path */

/* Column n_schools is "no place", with seats and places for everyone. Nodes: (grade, school), then the schools; a unit of flow in
   a node is a pupil too many there. */
typedef struct solver {
    const shared_problem *of;
    uint32_t m, n_nodes;
    uint32_t *school;    /* [pupil] column */
    int32_t *n_grade;    /* [grade][m] pupils there */
    int64_t *n_school;   /* [m] */
    int64_t *arc;        /* [grade][m][m] least change of cost, NO_ARC without pupils */
    uint32_t *mover;     /* [grade][m][m] who changes */
    int64_t *distance;   /* [node] */
    uint32_t *from;      /* [node] before it on the path */
    void *work;          /* of a grade alone */
} solver;

static void *cut(char *base, size_t *used, size_t bytes)
{
    void *out = base ? base + *used : NULL;
    *used += (bytes + 63) & ~(size_t)63;
    return out;
}

static size_t lay_out(solver *s, uint32_t n_grades, uint32_t n_schools, const uint32_t *first, char *base)
{
    size_t used = 0, m = n_schools + 1u, most = 0;
    s->m = (uint32_t)m;
    s->n_nodes = (n_grades + 1u) * s->m;
    for (uint32_t g = 0; g < n_grades; g++) {
        size_t bytes = assign_work_bytes(first[g + 1] - first[g], n_schools);
        if (bytes > most) most = bytes;
    }
    s->school = cut(base, &used, (first[n_grades] + 1u) * sizeof *s->school);
    s->n_grade = cut(base, &used, n_grades * m * sizeof *s->n_grade);
    s->n_school = cut(base, &used, m * sizeof *s->n_school);
    s->arc = cut(base, &used, n_grades * m * m * sizeof *s->arc);
    s->mover = cut(base, &used, n_grades * m * m * sizeof *s->mover);
    s->distance = cut(base, &used, s->n_nodes * sizeof *s->distance);
    s->from = cut(base, &used, s->n_nodes * sizeof *s->from);
    s->work = cut(base, &used, most);
    return used;
}

size_t shared_work_bytes(uint32_t n_grades, uint32_t n_schools, const uint32_t *first)
{
    solver unused;
    return lay_out(&unused, n_grades, n_schools, first, NULL);
}

static int64_t cost_of(const solver *s, uint32_t pupil, uint32_t j)
{
    if (j + 1 == s->m) return NO_PLACE;
    int32_t cost = s->of->cost[(size_t)pupil * s->of->n_schools + j];
    return cost == ASSIGN_FORBIDDEN ? NO_ARC : cost;
}

static bool has_seat(const solver *s, uint32_t g, uint32_t j)
{
    return j + 1 == s->m || s->n_grade[g * s->m + j] < s->of->seats[g * s->of->n_schools + j];
}

static bool has_room(const solver *s, uint32_t j) { return j + 1 == s->m || s->n_school[j] < s->of->places[j]; }

static kj_status solve_grade(solver *s, uint32_t g)
{
    const shared_problem *p = s->of;
    uint32_t begin = p->first[g], n = p->first[g + 1] - begin;
    assignment_result alone = {.school = s->school + begin};
    const assignment_problem grade = {n, p->n_schools, p->cost + (size_t)begin * p->n_schools, p->seats + (size_t)g * p->n_schools, p->n_threads};
    kj_status status = n ? assign_min_cost(&grade, s->work, &alone) : KJ_OK;
    for (uint32_t i = begin; i < begin + n && !status; i++) {
        if (s->school[i] == ASSIGN_NONE) s->school[i] = p->n_schools;
        s->n_grade[g * s->m + s->school[i]]++;
        s->n_school[s->school[i]]++;
    }
    return status;
}

/* Cheapest change of a pupil between every two schools of a grade; of equal ones the lower pupil. */
static void find_arcs(solver *s, uint32_t g)
{
    int64_t *arc = s->arc + (size_t)g * s->m * s->m;
    uint32_t *mover = s->mover + (size_t)g * s->m * s->m;
    for (size_t k = 0; k < (size_t)s->m * s->m; k++) arc[k] = NO_ARC;
    for (uint32_t i = s->of->first[g]; i < s->of->first[g + 1]; i++) {
        uint32_t j = s->school[i];
        int64_t here = cost_of(s, i, j);
        for (uint32_t k = 0; k < s->m; k++) {
            int64_t there = cost_of(s, i, k);
            if (k == j || there == NO_ARC || there - here >= arc[(size_t)j * s->m + k]) continue;
            arc[(size_t)j * s->m + k] = there - here;
            mover[(size_t)j * s->m + k] = i;
        }
    }
}

static bool relax(solver *s, uint32_t a, uint32_t b, int64_t cost)
{
    if (s->distance[a] == NO_ARC || s->distance[a] + cost >= s->distance[b]) return false;
    s->distance[b] = s->distance[a] + cost;
    s->from[b] = a;
    return true;
}

/* Bellman & Ford from every school that is above its places; returns the nearest school with room. */
static uint32_t shortest_path(solver *s)
{
    uint32_t m = s->m, n_grades = s->of->n_grades, schools = n_grades * m, best = NO_NODE;
    for (uint32_t node = 0; node < s->n_nodes; node++) s->distance[node] = NO_ARC, s->from[node] = NO_NODE;
    for (uint32_t j = 0; j + 1 < m; j++)
        if (s->n_school[j] > s->of->places[j]) s->distance[schools + j] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t g = 0; g < n_grades; g++) {
            for (uint32_t j = 0; j < m; j++) /* a pupil of the grade is to leave the school */
                if (s->n_grade[g * m + j] > 0) changed |= relax(s, schools + j, g * m + j, 0);
            for (uint32_t j = 0; j < m; j++)
                for (uint32_t k = 0; k < m; k++)
                    if (s->arc[((size_t)g * m + j) * m + k] != NO_ARC) changed |= relax(s, g * m + j, g * m + k, s->arc[((size_t)g * m + j) * m + k]);
            for (uint32_t j = 0; j < m; j++)
                if (has_seat(s, g, j)) changed |= relax(s, g * m + j, schools + j, 0);
        }
    }
    for (uint32_t j = 0; j < m; j++)
        if (has_room(s, j) && s->distance[schools + j] != NO_ARC && (best == NO_NODE || s->distance[schools + j] < s->distance[best])) best = schools + j;
    return best;
}

/* Moves the pupils of the path, from its end to its beginning; their arcs are found anew. */
static void follow(solver *s, uint32_t node)
{
    uint32_t m = s->m, schools = s->of->n_grades * m;
    uint64_t touched = 0; /* grades, at most 64 of them */
    for (uint32_t before = s->from[node]; before != NO_NODE; node = before, before = s->from[node]) {
        if (node >= schools || before >= schools) continue;
        uint32_t g = node / m, j = before % m, k = node % m, pupil = s->mover[((size_t)g * m + j) * m + k];
        s->school[pupil] = k;
        s->n_grade[g * m + j]--, s->n_grade[g * m + k]++;
        s->n_school[j]--, s->n_school[k]++;
        touched |= UINT64_C(1) << g;
    }
    for (uint32_t g = 0; g < s->of->n_grades; g++)
        if (touched >> g & 1) find_arcs(s, g);
}

static bool is_above(const solver *s)
{
    for (uint32_t j = 0; j + 1 < s->m; j++)
        if (s->n_school[j] > s->of->places[j]) return true;
    return false;
}

kj_status assign_shared(const shared_problem *problem, void *work, assignment_result *result)
{
    solver s = {.of = problem};
    if (problem->n_grades > 64) return KJ_E_RANGE;
    lay_out(&s, problem->n_grades, problem->n_schools, problem->first, work);
    memset(s.n_grade, 0, (size_t)problem->n_grades * s.m * sizeof *s.n_grade);
    memset(s.n_school, 0, s.m * sizeof *s.n_school);
    for (uint32_t g = 0; g < problem->n_grades; g++) {
        kj_status status = solve_grade(&s, g);
        if (status) return status;
    }
    if (is_above(&s))
        for (uint32_t g = 0; g < problem->n_grades; g++) find_arcs(&s, g);
    while (is_above(&s)) follow(&s, shortest_path(&s)); /* "no place" takes everyone: there is always a path */
    result->total = 0;
    result->n_unplaced = 0;
    for (uint32_t i = 0; i < problem->first[problem->n_grades]; i++) {
        bool placed = s.school[i] < problem->n_schools;
        result->school[i] = placed ? s.school[i] : ASSIGN_NONE;
        result->total += placed ? cost_of(&s, i, s.school[i]) : 0;
        result->n_unplaced += !placed;
    }
    return KJ_OK;
}
