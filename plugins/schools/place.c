/* Every month: children who have no place, whose school has closed or ends, or who have moved away from it get a new
   one. The school year begins in August, and with it the grades. */
#include "schools.h"

enum { AHEAD = 24 }; /* children between asking for columns and looking at them */

typedef struct register_of {
    schools *s;
    kj_ctx *ctx;
    people p;
    intake in;
    kj_id *school;
    uint8_t *grade;
    const uint32_t *facility_row;
    const kj_grid *grid;
    kj_stream lot;
    int32_t school_year, first_months;
    uint32_t enrol_threshold;
    uint32_t *waiting, *movers; /* rows of those who need a place, and of those who moved and have one */
    uint32_t n_waiting, n_movers;
    int32_t *cells; /* homes of one of these lists */
    double stay_seconds;
    uint32_t wish_threshold;
} register_of;

/* The school that a child goes to, if it is open and teaches its grade; KJ_NO_ROW if not. */
static uint32_t present_school(const register_of *r, uint32_t row, uint8_t grade)
{
    kj_id id = r->school[row];
    uint32_t facility = id == 0 ? KJ_NO_ROW : r->facility_row[id];
    uint32_t index = facility == KJ_NO_ROW || facility >= r->in.net->n_facility_rows ? KJ_NO_ROW : r->in.net->school_of[facility];
    return index != KJ_NO_ROW && school_covers(&r->in.net->schools[index], grade) ? index : KJ_NO_ROW;
}

/* Is the child one for whom a place is wanted now? Not before its first months, nor for those who stay at home. */
static bool wants_place(const register_of *r, uint32_t row, const child *one, uint8_t grade)
{
    if (grade >= GRADE_F || r->grade[row] == GRADE_PRESCHOOL) return true; /* who has begun goes on */
    return r->p.now - one->birth_month >= r->first_months && one->enrol_draw < r->enrol_threshold;
}

static void stay(register_of *r, uint32_t index, uint8_t grade)
{
    r->in.count[index * GRADE_COUNT + grade]++;
    r->in.total[index]++;
}

static void await_place(register_of *r, uint32_t row)
{
    r->school[row] = 0;
    r->waiting[r->n_waiting++] = row;
}

/* One child: stays where it is, or seeks; movers are looked at together. */
static void look_at(register_of *r, const child *one)
{
    uint32_t row = r->p.row_of[one->id];
    if (row == KJ_NO_ROW) return;
    uint8_t grade = r->p.resident[row] ? grade_in(r->school_year, one->birth_month) : GRADE_NONE;
    if (grade == GRADE_NONE || !wants_place(r, row, one, grade)) {
        r->school[row] = 0;
        r->grade[row] = GRADE_NONE;
        return;
    }
    r->grade[row] = grade;
    uint32_t index = present_school(r, row, grade);
    if (index == KJ_NO_ROW) await_place(r, row);
    else if (r->p.moved[row] == r->p.now) r->movers[r->n_movers++] = row;
    else stay(r, index, grade);
}

/* Asks for the columns of a child whose turn comes soon; who is gone stands for the first row. */
static void ask_ahead(const register_of *r, const child *one)
{
    uint32_t found = r->p.row_of[one->id], row = found & -(uint32_t)(found != KJ_NO_ROW);
    __builtin_prefetch(&r->school[row]);
    __builtin_prefetch(&r->grade[row]);
    __builtin_prefetch(&r->p.resident[row]);
    __builtin_prefetch(&r->p.moved[row]);
}

/* Families that moved this month keep a school that they can still walk to, in the same municipality. */
static void look_at_movers(register_of *r)
{
    homes_of(&r->p, r->movers, r->n_movers, r->cells);
    for (uint32_t k = 0; k < r->n_movers; k++) {
        uint32_t row = r->movers[k], index = present_school(r, row, r->grade[row]);
        const school_site *school = &r->in.net->schools[index];
        bool near = municipality_of(&r->p, r->cells[k]) == school->municipality &&
                    (double)walk_seconds(r->in.net, r->grid, school, r->cells[k]) <= r->stay_seconds;
        if (near) stay(r, index, r->grade[row]);
        else await_place(r, row);
    }
}

/* Grades for which some school has room: where none has, nobody needs to ask. */
static uint32_t grades_with_room(const intake *in)
{
    uint32_t grades = 0;
    for (uint32_t k = 0; k < in->net->n_schools; k++)
        for (uint8_t grade = GRADE_PRESCHOOL; grade < GRADE_COUNT; grade++)
            if (school_covers(&in->net->schools[k], grade) && has_place(in, k, grade)) grades |= 1u << grade;
    return grades;
}

static void seek(register_of *r)
{
    uint32_t open = grades_with_room(&r->in), n = 0;
    uint32_t *asking = r->movers; /* their list has been worked off */
    for (uint32_t k = 0; k < r->n_waiting; k++)
        if (open >> r->grade[r->waiting[k]] & 1) asking[n++] = r->waiting[k];
    homes_of(&r->p, asking, n, r->cells);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t row = asking[k];
        kj_draw4 draw = kj_draw(r->lot, r->p.luck[row], KJ_YEAR_OF(r->p.now), r->grade[row]);
        r->in.seekers[k] = (seeker){.person = row, .cell = r->cells[k], .municipality = municipality_of(&r->p, r->cells[k]), .lot = draw.v[0],
                                    .grade = r->grade[row], .placed = KJ_NO_ROW, .wishes_independent = draw.v[1] < r->wish_threshold};
    }
    r->in.n_seekers = n;
}

static void write_result(register_of *r)
{
    const kj_run_v1 *run = r->s->run;
    int64_t *over = run->write(r->ctx, r->s->municipality_count[SM_OVER]);
    int64_t *unplaced = run->write(r->ctx, r->s->municipality_count[SM_UNPLACED]);
    uint32_t n = r->in.net->n_municipalities;
    int64_t without = r->n_waiting;
    for (uint32_t k = 0; k < r->in.n_seekers; k++) {
        const seeker *one = &r->in.seekers[k];
        if (one->placed == KJ_NO_ROW) continue;
        r->school[one->person] = r->in.net->schools[one->placed].id;
        without--;
    }
    for (uint32_t m = 0; m < n; m++) over[m] = unplaced[m] = 0;
    if (n > 0) unplaced[0] = without;
    for (uint32_t i = 0; i < r->in.net->n_schools; i++) {
        int32_t above = r->in.total[i] - r->in.net->schools[i].places;
        if (above > 0) over[r->in.net->schools[i].municipality] += above;
    }
}

kj_status schools_place(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    schools *s = instance;
    const kj_run_v1 *run = s->run;
    kj_status status = network_update(s, ctx);
    if (status) return status;
    register_of r = {.s = s, .ctx = ctx, .school = run->write(ctx, s->person_school), .grade = run->write(ctx, s->person_grade),
                     .facility_row = run->row_of(ctx, s->facility), .grid = run->grid(ctx), .lot = run->stream(ctx, STREAM_LOT),
                     .enrol_threshold = kj_threshold(school_value(s, ctx, SP_ENROLMENT)),
                     .first_months = (int32_t)school_value(s, ctx, SP_FIRST_MONTHS), .school_year = school_year_of(run->month(ctx)),
                     .stay_seconds = school_value(s, ctx, SP_STAY_SECONDS),
                     .wish_threshold = kj_threshold(school_value(s, ctx, SP_WISH_SHARE))};
    people_take(s, ctx, &r.p);
    status = children_update(s, ctx, &r.p);
    if (status) return status;
    uint32_t n = s->net.n_schools;
    r.in = (intake){.net = &s->net, .grid = r.grid, .count = run->scratch(ctx, (size_t)n * GRADE_COUNT * sizeof(int32_t) + 1),
                    .total = run->scratch(ctx, (size_t)n * sizeof(int32_t) + 1), .slack = school_value(s, ctx, SP_GRADE_SLACK)};
    r.waiting = run->scratch(ctx, (size_t)s->n_children * sizeof *r.waiting + 1);
    r.movers = run->scratch(ctx, (size_t)s->n_children * sizeof *r.movers + 1);
    r.cells = run->scratch(ctx, (size_t)s->n_children * sizeof *r.cells + 1);
    if (!r.in.count || !r.in.total || !r.waiting || !r.movers || !r.cells) return KJ_E_MEMORY;
    for (uint32_t k = 0; k < s->n_children; k++) {
        if (k + 3 * AHEAD < s->n_children) __builtin_prefetch(&r.p.row_of[s->children[k + 3 * AHEAD].id]);
        if (k + AHEAD < s->n_children) ask_ahead(&r, &s->children[k + AHEAD]);
        look_at(&r, &s->children[k]);
    }
    look_at_movers(&r);
    r.in.seekers = run->scratch(ctx, (size_t)r.n_waiting * sizeof *r.in.seekers + 1);
    r.in.work = run->scratch(ctx, intake_work_bytes(r.n_waiting, n));
    if (!r.in.seekers || !r.in.work) return KJ_E_MEMORY;
    seek(&r);
    place_seekers(&r.in);
    write_result(&r);
    return KJ_OK;
}
