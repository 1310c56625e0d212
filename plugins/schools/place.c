/* Every month: children who have no place, whose school has closed or ends, or who have moved away from it get a new
   one. The school year begins in August, and with it the grades. */
#include "schools.h"

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

/* Families that moved this month keep a school that they can still walk to, in the same municipality. */
static bool moved_away(const register_of *r, uint32_t row, uint32_t index)
{
    if (r->p.moved[row] != r->p.now) return false;
    int32_t cell = home_of(&r->p, row);
    const school_site *school = &r->in.net->schools[index];
    return municipality_of(&r->p, cell) != school->municipality ||
           (double)walk_seconds(r->in.net, r->grid, school, cell) > r->stay_seconds;
}

static void seek(register_of *r, uint32_t row, uint8_t grade)
{
    kj_draw4 draw = kj_draw(r->lot, r->p.luck[row], KJ_YEAR_OF(r->p.now), grade);
    int32_t cell = home_of(&r->p, row);
    r->in.seekers[r->in.n_seekers++] = (seeker){.person = row, .cell = cell, .municipality = municipality_of(&r->p, cell), .lot = draw.v[0],
                                                .grade = grade, .placed = KJ_NO_ROW,
                                                .wishes_independent = draw.v[1] < r->wish_threshold};
}

/* One child: stays where it is, or seeks. */
static void look_at(register_of *r, uint32_t row)
{
    uint8_t grade = r->p.resident[row] ? grade_of(r->p.birth_month[row], r->p.now) : GRADE_NONE;
    bool attends = grade == GRADE_PRESCHOOL && r->grade[row] == GRADE_PRESCHOOL;
    if (grade == GRADE_NONE || (!attends && !wants_place(r->s, r->ctx, &r->p, row, grade))) {
        r->school[row] = 0;
        r->grade[row] = GRADE_NONE;
        return;
    }
    r->grade[row] = grade;
    uint32_t index = present_school(r, row, grade);
    if (index != KJ_NO_ROW && !moved_away(r, row, index)) {
        r->in.count[index * GRADE_COUNT + grade]++;
        r->in.total[index]++;
        return;
    }
    r->school[row] = 0;
    seek(r, row, grade);
}

static void write_result(register_of *r)
{
    const kj_run_v1 *run = r->s->run;
    int64_t *over = run->write(r->ctx, r->s->municipality_count[SM_OVER]);
    int64_t *unplaced = run->write(r->ctx, r->s->municipality_count[SM_UNPLACED]);
    uint32_t n = r->in.net->n_municipalities;
    for (uint32_t m = 0; m < n; m++) over[m] = unplaced[m] = 0;
    for (uint32_t k = 0; k < r->in.n_seekers; k++) {
        const seeker *one = &r->in.seekers[k];
        r->school[one->person] = one->placed == KJ_NO_ROW ? 0 : r->in.net->schools[one->placed].id;
        /* A child whose home lies outside every municipality is counted with the first. */
        if (one->placed == KJ_NO_ROW && n > 0) unplaced[one->municipality < n ? one->municipality : 0]++;
    }
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
                     .stay_seconds = school_value(s, ctx, SP_STAY_SECONDS),
                     .wish_threshold = kj_threshold(school_value(s, ctx, SP_WISH_SHARE))};
    people_take(s, ctx, &r.p);
    status = children_update(s, ctx, &r.p);
    if (status) return status;
    uint32_t n = s->net.n_schools;
    r.in = (intake){.net = &s->net, .grid = r.grid, .slack = school_value(s, ctx, SP_GRADE_SLACK),
                    .count = run->scratch(ctx, (size_t)n * GRADE_COUNT * sizeof(int32_t) + 1), .total = run->scratch(ctx, (size_t)n * sizeof(int32_t) + 1),
                    .seekers = run->scratch(ctx, (size_t)s->n_children * sizeof(seeker) + 1)};
    if (!r.in.count || !r.in.total || !r.in.seekers) return KJ_E_MEMORY;
    for (uint32_t k = 0; k < s->n_children; k++) look_at(&r, r.p.row_of[s->children[k]]);
    r.in.work = run->scratch(ctx, intake_work_bytes(r.in.n_seekers));
    if (!r.in.work) return KJ_E_MEMORY;
    place_seekers(&r.in);
    write_result(&r);
    return KJ_OK;
}
