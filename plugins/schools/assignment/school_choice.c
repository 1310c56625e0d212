#include "school_choice.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One applicant at a school. */
typedef struct claim {
    int64_t priority;
    uint32_t pupil, school;
} claim;

typedef struct scratch {
    claim *claims;    /* one a pupil held, or one a wish */
    uint32_t *begin;  /* [n_schools + 1] */
    uint32_t *n_held; /* [n_schools] */
    uint32_t *next;   /* [n_pupils] next wish */
    uint32_t *stack;  /* [n_pupils] */
    uint32_t *point;  /* [n_pupils] */
} scratch;

static size_t lay_out(scratch *s, const choice_market *m, char *base)
{
    size_t used = 0;
    const size_t bytes[] = {((size_t)m->n_pupils * m->n_wishes + m->n_pupils + 1) * sizeof(claim), (m->n_schools + 1u) * sizeof(uint32_t),
                            (m->n_schools + 1u) * sizeof(uint32_t), (m->n_pupils + 1u) * sizeof(uint32_t),
                            (m->n_pupils + 1u) * sizeof(uint32_t), (m->n_pupils + 1u) * sizeof(uint32_t)};
    void *at[6];
    for (int k = 0; k < 6; k++) {
        at[k] = base ? base + used : NULL;
        used += (bytes[k] + 63) & ~(size_t)63;
    }
    *s = (scratch){at[0], at[1], at[2], at[3], at[4], at[5]};
    return used;
}

size_t choice_work_bytes(const choice_market *m)
{
    scratch unused;
    return lay_out(&unused, m, NULL);
}

static bool before(const claim *a, const claim *b) { return a->priority != b->priority ? a->priority < b->priority : a->pupil < b->pupil; }

/* Heap of those a school holds, the weakest claim on top. */
static void push_claim(claim *heap, uint32_t n, claim item)
{
    uint32_t at = n;
    while (at > 0 && before(&heap[(at - 1) / 2], &item)) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = item;
}

static void replace_top(claim *heap, uint32_t n, claim item)
{
    uint32_t at = 0;
    for (;;) {
        uint32_t below = 2 * at + 1;
        if (below >= n) break;
        if (below + 1 < n && before(&heap[below], &heap[below + 1])) below++;
        if (!before(&item, &heap[below])) break;
        heap[at] = heap[below];
        at = below;
    }
    heap[at] = item;
}

/* Room in the list of claims for what each school can hold: its places, or as many as wish for it. */
static void make_room(const choice_market *m, scratch *s)
{
    memset(s->n_held, 0, m->n_schools * sizeof *s->n_held);
    for (size_t k = 0; k < (size_t)m->n_pupils * m->n_wishes; k++)
        if (m->wish[k] != CHOICE_NONE) s->n_held[m->wish[k]]++;
    s->begin[0] = 0;
    for (uint32_t j = 0; j < m->n_schools; j++) {
        s->begin[j + 1] = s->begin[j] + s->n_held[j];
        s->n_held[j] = 0;
    }
    memset(s->next, 0, m->n_pupils * sizeof *s->next);
}

/* Pupil i asks down its list until a school holds it; returns who was turned away for it, CHOICE_NONE if nobody. */
static uint32_t propose(const choice_market *m, scratch *s, uint32_t i, uint32_t *school)
{
    while (s->next[i] < m->n_wishes) {
        size_t k = (size_t)i * m->n_wishes + s->next[i];
        uint32_t j = m->wish[k];
        if (j == CHOICE_NONE) break;
        s->next[i]++;
        claim *held = s->claims + s->begin[j], mine = {m->priority[k], i, j};
        if (m->places[j] <= 0) continue;
        if (s->n_held[j] < (uint32_t)m->places[j]) {
            push_claim(held, s->n_held[j]++, mine);
            school[i] = j;
            return CHOICE_NONE;
        }
        if (!before(&mine, &held[0])) continue;
        uint32_t out = held[0].pupil;
        replace_top(held, s->n_held[j], mine);
        school[i] = j;
        school[out] = CHOICE_NONE;
        return out;
    }
    return CHOICE_NONE;
}

void choice_deferred_acceptance(const choice_market *m, void *work, uint32_t *school)
{
    scratch s;
    lay_out(&s, m, work);
    make_room(m, &s);
    for (uint32_t i = 0; i < m->n_pupils; i++) school[i] = CHOICE_NONE;
    /* The order of proposals does not change the outcome (McVitie & Wilson 1971). */
    for (uint32_t i = 0; i < m->n_pupils; i++)
        for (uint32_t asks = i; asks != CHOICE_NONE;) asks = propose(m, &s, asks, school);
}

static int by_claim(const void *a, const void *b)
{
    const claim *x = a, *y = b;
    if (x->school != y->school) return x->school < y->school ? -1 : 1;
    return before(x, y) ? -1 : before(y, x);
}

void choice_boston(const choice_market *m, void *work, uint32_t *school)
{
    scratch s;
    lay_out(&s, m, work);
    for (uint32_t i = 0; i < m->n_pupils; i++) school[i] = CHOICE_NONE;
    for (uint32_t j = 0; j < m->n_schools; j++) s.n_held[j] = 0;
    for (uint32_t round = 0; round < m->n_wishes; round++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < m->n_pupils; i++) {
            size_t k = (size_t)i * m->n_wishes + round;
            if (school[i] == CHOICE_NONE && m->wish[k] != CHOICE_NONE) s.claims[n++] = (claim){m->priority[k], i, m->wish[k]};
        }
        qsort(s.claims, n, sizeof *s.claims, by_claim);
        for (uint32_t k = 0; k < n; k++) {
            uint32_t j = s.claims[k].school;
            if ((int64_t)s.n_held[j] >= m->places[j]) continue;
            s.n_held[j]++;
            school[s.claims[k].pupil] = j;
        }
    }
}

/* The best school on the list that still has a counter; CHOICE_NONE when the list has ended. */
static uint32_t top_school(const choice_market *m, scratch *s, uint32_t i)
{
    for (; s->next[i] < m->n_wishes; s->next[i]++) {
        uint32_t j = m->wish[(size_t)i * m->n_wishes + s->next[i]];
        if (j == CHOICE_NONE) break;
        if ((int64_t)s->n_held[j] < m->places[j]) return j;
    }
    return CHOICE_NONE;
}

enum { OPEN = 0, ON_PATH = 1, GONE = 2 };

/* Follows "my best school, its first pupil, that one's best school …" until a pupil comes back or has no school left. */
static uint32_t follow(const choice_market *m, scratch *s, uint32_t *state, uint32_t start, uint32_t *n_path, uint32_t *school)
{
    uint32_t i = start;
    for (;;) {
        uint32_t j = top_school(m, s, i);
        if (j == CHOICE_NONE) { /* leaves without a place */
            state[i] = GONE;
            school[i] = CHOICE_NONE;
            return CHOICE_NONE;
        }
        state[i] = ON_PATH;
        s->stack[(*n_path)++] = i;
        school[i] = j;
        /* begin[] moves on past those who have gone; i itself ranks j, so somebody is there */
        while (state[s->claims[s->begin[j]].pupil] == GONE) s->begin[j]++;
        i = s->claims[s->begin[j]].pupil;
        if (state[i] == ON_PATH) return i;
    }
}

void choice_top_trading_cycles(const choice_market *m, void *work, uint32_t *school)
{
    scratch s;
    lay_out(&s, m, work);
    uint32_t n = 0, *state = s.point, n_path = 0;
    for (uint32_t i = 0; i < m->n_pupils; i++)
        for (uint32_t r = 0; r < m->n_wishes; r++) {
            size_t k = (size_t)i * m->n_wishes + r;
            if (m->wish[k] != CHOICE_NONE) s.claims[n++] = (claim){m->priority[k], i, m->wish[k]};
        }
    qsort(s.claims, n, sizeof *s.claims, by_claim);
    for (uint32_t j = 0, k = 0; j < m->n_schools; j++) {
        s.n_held[j] = 0;
        s.begin[j] = k;
        while (k < n && s.claims[k].school == j) k++;
    }
    for (uint32_t i = 0; i < m->n_pupils; i++) state[i] = OPEN, s.next[i] = 0, school[i] = CHOICE_NONE;
    for (uint32_t i = 0; i < m->n_pupils; i++) {
        while (state[i] != GONE) {
            /* What is left of the path still points to where it did, except its end, which is asked again. */
            uint32_t from = n_path > 0 ? s.stack[--n_path] : i, back = follow(m, &s, state, from, &n_path, school);
            if (back == CHOICE_NONE) continue;
            for (uint32_t member = CHOICE_NONE; member != back;) {
                member = s.stack[--n_path];
                state[member] = GONE;
                s.n_held[school[member]]++;
            }
        }
    }
}

/* Does school j rather take a pupil with this claim than leave a place free or keep its weakest? */
static bool would_take(const choice_market *m, const uint32_t *school, const claim *mine)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->n_pupils; i++) {
        if (school[i] != mine->school) continue;
        n++;
        for (uint32_t r = 0; r < m->n_wishes; r++) {
            size_t k = (size_t)i * m->n_wishes + r;
            claim held = {m->priority[k], i, m->wish[k]};
            if (held.school == mine->school && before(mine, &held)) return true;
        }
    }
    return (int64_t)n < m->places[mine->school];
}

uint32_t choice_blocking_pairs(const choice_market *m, const uint32_t *school, uint32_t *pairs, uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->n_pupils; i++)
        for (uint32_t r = 0; r < m->n_wishes; r++) {
            size_t k = (size_t)i * m->n_wishes + r;
            if (m->wish[k] == CHOICE_NONE || m->wish[k] == school[i]) break;
            claim mine = {m->priority[k], i, m->wish[k]};
            if (!would_take(m, school, &mine)) continue;
            if (n < max) pairs[2 * n] = i, pairs[2 * n + 1] = m->wish[k];
            n++;
        }
    return n;
}
