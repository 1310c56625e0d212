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
                  .host = run->read(ctx, s->host_household), .area_municipality = run->read(ctx, s->area_municipality),
                  .ids = run->ids(ctx, s->person), .row_of = run->row_of(ctx, s->person),
                  .household_row = run->row_of(ctx, s->household), .home_row = run->row_of(ctx, s->dwelling),
                  .municipality_row = run->row_of(ctx, s->municipality), .now = run->month(ctx)};
}

uint8_t grade_of(kj_month birth_month, kj_month now)
{
    int32_t school_year = KJ_YEAR_OF(now) - (KJ_MONTH_OF_YEAR(now) < 8), age = school_year - KJ_YEAR_OF(birth_month);
    if (age < 6) return GRADE_PRESCHOOL;
    return age <= 15 ? (uint8_t)(age - 6 + GRADE_F) : GRADE_NONE;
}

/* Whom the list of children names: everyone up to a year after the last grade, so that those who leave school are seen
   once more, also by a list that was begun anew after a restart. */
static bool is_listed(kj_month birth_month, kj_month now)
{
    return grade_of(birth_month, now) != GRADE_NONE || grade_of(birth_month + 12, now) != GRADE_NONE;
}

int32_t home_of(const people *p, uint32_t person)
{
    uint32_t household = p->household_row[p->household[person]];
    if (household != KJ_NO_ROW && p->living[household] == KJ_LIVES_LODGING) household = p->household_row[p->host[household]];
    uint32_t home = household == KJ_NO_ROW ? KJ_NO_ROW : p->home_row[p->home[household]];
    return home == KJ_NO_ROW ? -1 : p->home_cell[home];
}

uint32_t municipality_of(const people *p, int32_t cell)
{
    if (cell < 0 || p->cell_area[cell] < 0) return KJ_NO_ROW;
    return p->municipality_row[p->area_municipality[p->cell_area[cell]]];
}

static bool grow_children(schools *s, uint32_t n)
{
    if (n <= s->children_capacity) return true;
    uint32_t capacity = n + n / 4 + 1024;
    kj_id *children = realloc(s->children, capacity * sizeof *children);
    if (!children) return false;
    s->children = children;
    s->children_capacity = capacity;
    return true;
}

/* New persons stand at the end of the table, with higher ids: only they are looked at. The list leaves out who has died,
   left or grown up, so that it is the same whenever it was begun. */
kj_status children_update(schools *s, kj_ctx *ctx, const people *p)
{
    uint32_t n_rows = s->run->n_rows(ctx, s->person), from = n_rows, n_kept = 0;
    const uint8_t *alive = s->run->alive(ctx, s->person);
    for (uint32_t k = 0; k < s->n_children; k++) {
        uint32_t row = p->row_of[s->children[k]];
        if (row != KJ_NO_ROW && is_listed(p->birth_month[row], p->now)) s->children[n_kept++] = s->children[k];
    }
    s->n_children = n_kept;
    while (from > 0 && p->ids[from - 1] > s->last_id) from--;
    for (uint32_t row = from; row < n_rows; row++) {
        s->last_id = p->ids[row];
        if (!alive[row] || !is_listed(p->birth_month[row], p->now)) continue;
        if (!grow_children(s, s->n_children + 1)) return s->run->fail(ctx, KJ_E_MEMORY, "out of memory for the list of children");
        s->children[s->n_children++] = p->ids[row];
    }
    return KJ_OK;
}

bool wants_place(const schools *s, kj_ctx *ctx, const people *p, uint32_t person, uint8_t grade)
{
    if (grade >= GRADE_F) return true;
    if (p->now - p->birth_month[person] < (int32_t)school_value(s, ctx, SP_FIRST_MONTHS)) return false;
    kj_draw4 draw = kj_draw(s->run->stream(ctx, STREAM_ENROL), p->luck[person], 0, 0);
    return draw.v[0] < kj_threshold(school_value(s, ctx, SP_ENROLMENT));
}
