/* Who is a child, of which grade, and where it lives. */
#include <stdlib.h>
#include <string.h>

#include "schools.h"

void people_take(const schools *s, kj_ctx *ctx, people *p)
{
    const kj_run_v1 *run = s->run;
    *p = (people){.birth_month = run->read(ctx, s->birth_month), .moved = run->read(ctx, s->moved), .home_cell = run->read(ctx, s->home_cell),
                  .cell_area = run->read(ctx, s->cell_area), .luck = run->read(ctx, s->person_luck), .resident = run->read(ctx, s->resident),
                  .living = run->read(ctx, s->living), .household = run->read(ctx, s->person_household), .home = run->read(ctx, s->home),
                  .host = run->read(ctx, s->host_household), .head = run->read(ctx, s->head),
                  .next_member = run->read(ctx, s->next_member), .area_municipality = run->read(ctx, s->area_municipality),
                  .alive = run->alive(ctx, s->person), .row_of = run->row_of(ctx, s->person),
                  .household_row = run->row_of(ctx, s->household), .home_row = run->row_of(ctx, s->dwelling),
                  .municipality_row = run->row_of(ctx, s->municipality), .now = run->month(ctx)};
}

/* Whom the list of children names: everyone up to a year after the last grade, so that those who leave school are seen
   once more, also by a list that was begun anew after a restart. */
static bool is_listed(kj_month birth_month, int32_t school_year)
{
    return grade_in(school_year, birth_month + 12) != GRADE_NONE;
}

/* Month of birth from which on one is listed. */
static kj_month eldest_listed(int32_t school_year, kj_month now)
{
    kj_month month = now;
    while (is_listed(month - 1, school_year)) month--;
    return month;
}

uint32_t home_row_of(const people *p, uint32_t person)
{
    uint32_t household = p->household_row[p->household[person]];
    if (household != KJ_NO_ROW && p->living[household] == KJ_LIVES_LODGING) household = p->household_row[p->host[household]];
    return household == KJ_NO_ROW ? KJ_NO_ROW : p->home_row[p->home[household]];
}

int32_t home_of(const people *p, uint32_t person)
{
    uint32_t home = home_row_of(p, person);
    return home == KJ_NO_ROW ? -1 : p->home_cell[home];
}

void homes_of(const people *p, const uint32_t *persons, uint32_t n, int32_t *cells)
{
    for (uint32_t k = 0; k < n; k++) cells[k] = (int32_t)p->household_row[p->household[persons[k]]];
    for (uint32_t k = 0; k < n; k++) {
        uint32_t household = (uint32_t)cells[k];
        if (household != KJ_NO_ROW && p->living[household] == KJ_LIVES_LODGING) household = p->household_row[p->host[household]];
        cells[k] = household == KJ_NO_ROW ? 0 : (int32_t)p->home[household]; /* id; 0 has no row */
    }
    for (uint32_t k = 0; k < n; k++) cells[k] = (int32_t)p->home_row[cells[k]];
    for (uint32_t k = 0; k < n; k++) cells[k] = (uint32_t)cells[k] == KJ_NO_ROW ? -1 : p->home_cell[cells[k]];
}

uint32_t municipality_of(const people *p, int32_t cell)
{
    if (cell < 0 || p->cell_area[cell] < 0) return KJ_NO_ROW;
    return p->municipality_row[p->area_municipality[p->cell_area[cell]]];
}

enum { TOGETHER = 256 }; /* rows for whose children room is made at once */

static bool grow_children(schools *s, uint32_t n)
{
    if (n <= s->children_capacity) return true;
    uint32_t capacity = n + n / 16 + 64;
    child *children = s->memory->grow(s->host->impl, s->children, s->children_capacity * sizeof *children, capacity * sizeof *children);
    if (!children) return false;
    s->children = children;
    s->children_capacity = capacity;
    return true;
}

/* Those who have died, left or grown up go from the list in August. */
static void prune(schools *s, const people *p, int32_t school_year)
{
    uint32_t n_kept = 0;
    for (uint32_t k = 0; k < s->n_children; k++)
        if (child_row(p, &s->children[k]) != KJ_NO_ROW && is_listed(s->children[k].birth_month, school_year))
            s->children[n_kept++] = s->children[k];
    s->n_children = n_kept;
}

/* Rows keep their places from January to December, so that the list is made anew each year, in the order of rows; within the
   year new persons stand at the end of the table, and only they are looked at. */
kj_status children_update(schools *s, kj_ctx *ctx, const people *p)
{
    uint32_t n_rows = s->run->n_rows(ctx, s->person);
    int32_t school_year = school_year_of(p->now), year = p->now == s->run->start_month(ctx) ? 0 : KJ_YEAR_OF(p->now);
    if (year != s->list_year) s->n_children = s->n_seen = 0, s->net.is_counted = false;
    else if (KJ_MONTH_OF_YEAR(p->now) == 8) prune(s, p, school_year);
    s->list_year = year;
    const kj_month eldest = eldest_listed(school_year, p->now);
    for (uint32_t row = s->n_seen; row < n_rows;) {
        const uint32_t end = n_rows - row < TOGETHER ? n_rows : row + TOGETHER;
        if (!grow_children(s, s->n_children + end - row)) return s->run->fail(ctx, KJ_E_MEMORY, "out of memory for the list of children");
        for (; row < end; row++) { /* no branches: who is a child follows no pattern along the rows */
            s->children[s->n_children] = (child){.row = row, .birth_month = p->birth_month[row], .stage = CHILD_TO_LOOK_AT};
            s->n_children += (uint32_t)(p->birth_month[row] >= eldest) & (p->alive[row] != 0);
        }
    }
    s->n_seen = n_rows;
    return KJ_OK;
}
