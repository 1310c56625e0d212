/* Every month: children who have no place, whose school has closed or ends, or who have moved away from it get a new
   one. The school year begins in August, and with it the grades. In other months nearly everyone stays: who has stayed is counted
   with its school, and a month asks of each only whether it moved or left, in the order of the table. */
#include <kedja/math.h>

#include <string.h>

#include "schools.h"

enum { AHEAD = 8 /* children whose columns are fetched before they are looked at */ };

typedef struct register_of {
    schools *s;
    kj_ctx *ctx;
    people p;
    intake in;
    kj_id *school;
    uint8_t *grade;
    uint8_t *why, *wish;
    uint32_t *index_of; /* by facility id: index into net->schools, KJ_NO_ROW closed or none */
    bool first_call;    /* the start, before the first month */
    const kj_grid *grid;
    kj_stream lot, enrol, former;
    double start_moved_share;
    int32_t school_year, first_months;
    uint32_t enrol_threshold;
    uint32_t *waiting, *movers; /* rows of those who need a place, and of those who moved and have one */
    uint32_t n_waiting, n_movers;
    int32_t *cells; /* homes of one of these lists */
    double stay_seconds;
    uint32_t wish_threshold;
    rules rules;
} register_of;

/* Is the child one for whom a place is wanted now? Not before its first months, nor for those who stay at home. */
static bool wants_place(const register_of *r, uint32_t row, const child *one, uint8_t grade)
{
    if (grade >= GRADE_F || r->grade[row] == GRADE_PRESCHOOL) return true; /* who has begun goes on */
    return r->p.now - one->birth_month >= r->first_months && kj_draw(r->enrol, r->p.luck[row], 0, 0).v[0] < r->enrol_threshold; /* for life */
}

static void stay(register_of *r, uint32_t index, uint8_t grade)
{
    r->in.count[index * GRADE_COUNT + grade]++;
    r->in.total[index]++;
}

/* Counts a child with those who stay, or (-1) no longer; school and grade have stood still since. */
static void count_settled(register_of *r, const child *one, int32_t by)
{
    network *net = r->in.net;
    uint32_t index = r->index_of[r->school[one->row]];
    net->settled[index * GRADE_COUNT + r->grade[one->row]] += by;
    net->settled_total[index] += by;
}

static void settle(register_of *r, child *one)
{
    count_settled(r, one, 1);
    one->stage = CHILD_SETTLED;
}

static void await_place(register_of *r, uint32_t row)
{
    r->school[row] = 0;
    r->waiting[r->n_waiting++] = row;
}

/* One child whose grade, school or home may change. */
static void look_closely(register_of *r, child *one, uint32_t row)
{
    uint8_t grade = r->p.resident[row] ? grade_in(r->school_year, one->birth_month) : GRADE_NONE;
    if (grade == GRADE_NONE || !wants_place(r, row, one, grade)) {
        if (r->school[row] != 0) r->school[row] = 0;
        if (r->grade[row] != GRADE_NONE) r->grade[row] = GRADE_NONE;
        if (r->why[row] != WHY_HAS) r->why[row] = WHY_HAS;
        one->stage = r->p.resident[row] ? CHILD_AT_HOME : CHILD_AWAY;
        return;
    }
    if (r->grade[row] != grade) r->grade[row] = grade;
    uint32_t index = r->index_of[r->school[row]];
    if (index == KJ_NO_ROW || !school_covers(&r->in.net->schools[index], grade)) await_place(r, row);
    else if (r->p.moved[row] == r->p.now) r->movers[r->n_movers++] = row;
    else settle(r, one);
}

static void look_at(register_of *r, child *one, bool new_year)
{
    uint32_t row = one->row;
    bool stays = r->index_of[r->school[row]] != KJ_NO_ROW && r->p.moved[row] != r->p.now && r->p.resident[row] && !new_year; /* the dead are no residents */
    if (stays) settle(r, one);
    else if (r->p.alive[row]) look_closely(r, one, row);
    else one->stage = CHILD_AWAY;
}

/* Numbers on the list of the children who may change. Without branches, since nobody can foresee them. */
static uint32_t list_changed(const register_of *r, const child *children, uint32_t n, uint32_t *restrict changed)
{
    const int16_t *moved = r->p.moved;
    const uint8_t *resident = r->p.resident;
    const kj_month now = r->p.now, grown = now - r->first_months;
    uint32_t n_changed = 0;
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t row = children[k].row;
        const uint32_t seen = (moved[row] == now ? CHILD_MOVED : 0u) | (resident[row] ? CHILD_HERE : CHILD_GONE) | (children[k].birth_month == grown ? CHILD_GROWN : 0u);
        changed[n_changed] = k;
        n_changed += (children[k].stage & seen) != 0;
    }
    return n_changed;
}

static void fetch(const register_of *r, uint32_t row)
{
    __builtin_prefetch(&r->school[row]);
    __builtin_prefetch(&r->grade[row]);
    __builtin_prefetch(&r->why[row]);
    __builtin_prefetch(&r->p.alive[row]);
}

/* Lists of those who have moved and of homes, for no more than may change. */
static bool take_lists(register_of *r, uint32_t n)
{
    r->movers = r->s->run->scratch(r->ctx, (size_t)n * sizeof *r->movers + 1);
    r->cells = r->s->run->scratch(r->ctx, (size_t)n * sizeof *r->cells + 1);
    return r->movers && r->cells;
}

static bool look_at_all(register_of *r, child *children, uint32_t n)
{
    network *net = r->in.net;
    const bool new_year = KJ_MONTH_OF_YEAR(r->p.now) == 8 || r->first_call;
    const size_t count_bytes = (size_t)net->n_schools * GRADE_COUNT * sizeof *net->settled, total_bytes = net->n_schools * sizeof *net->settled_total;
    if (new_year || !net->is_counted) {
        memset(net->settled, 0, count_bytes);
        memset(net->settled_total, 0, total_bytes);
        for (uint32_t k = 0; k < n; k++) children[k].stage = CHILD_TO_LOOK_AT;
    }
    const uint32_t *changed = r->waiting, n_changed = list_changed(r, children, n, r->waiting); /* one waits only after it was looked at */
    if (!take_lists(r, n_changed)) return false;
    for (uint32_t k = 0; k < n_changed; k++) {
        if (k + AHEAD < n_changed) fetch(r, children[changed[k + AHEAD]].row);
        child *one = &children[changed[k]];
        if (one->stage == CHILD_SETTLED) count_settled(r, one, -1);
        one->stage = CHILD_TO_LOOK_AT;
        look_at(r, one, new_year);
    }
    net->is_counted = true;
    memcpy(r->in.count, net->settled, count_bytes);
    memcpy(r->in.total, net->settled_total, total_bytes);
    return true;
}

/* Families that moved this month keep a school that they can still walk to, in the same municipality. */
static void look_at_movers(register_of *r)
{
    homes_of(&r->p, r->movers, r->n_movers, r->cells);
    for (uint32_t k = 0; k < r->n_movers; k++) {
        uint32_t row = r->movers[k], index = r->index_of[r->school[row]];
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

/* School of a brother or sister who goes to one that teaches the grade: the first in the household's order. */
static uint32_t sibling_of(const register_of *r, uint32_t row, uint8_t grade)
{
    uint32_t household = r->p.household_row[r->p.household[row]];
    kj_id next = household == KJ_NO_ROW ? 0 : r->p.head[household];
    for (uint32_t member; next != 0 && (member = r->p.row_of[next]) != KJ_NO_ROW; next = r->p.next_member[member]) {
        uint32_t index = member == row ? KJ_NO_ROW : r->index_of[r->school[member]];
        if (index != KJ_NO_ROW && r->grade[member] >= GRADE_F && school_covers(&r->in.net->schools[index], grade)) return index;
    }
    return KJ_NO_ROW;
}

/* Those who ask at the start, municipality by municipality: first[m] to first[m + 1] - 1. */
typedef struct neighbours {
    uint32_t *of, *first;
} neighbours;

static bool sort_by_municipality(const register_of *r, uint32_t n, neighbours *x)
{
    const uint32_t n_municipalities = r->in.net->n_municipalities;
    x->of = r->s->run->scratch(r->ctx, (size_t)n * sizeof *x->of + 1);
    x->first = r->s->run->scratch(r->ctx, ((size_t)n_municipalities + 2) * sizeof *x->first);
    if (!x->of || !x->first) return false;
    for (uint32_t m = 0; m < n_municipalities + 2; m++) x->first[m] = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t m = municipality_of(&r->p, r->cells[k]);
        if (m != KJ_NO_ROW) x->first[m + 2]++;
    }
    for (uint32_t m = 2; m < n_municipalities + 2; m++) x->first[m] += x->first[m - 1];
    for (uint32_t k = 0; k < n; k++) {
        uint32_t m = municipality_of(&r->p, r->cells[k]);
        if (m != KJ_NO_ROW) x->of[x->first[m + 1]++] = k;
    }
    return true;
}

/* Home from which a child of the start got its place: some families have moved since and kept the school, to which they can still walk
   (look_at_movers). Then it is the home of another who asks in the municipality, or its own if eight looks find none whose nearest school is so
   near. By the luck of the head and half of the years of school, so that brothers and sisters moved together. */
static int32_t former_home(const register_of *r, const uint32_t *asking, const neighbours *x, uint32_t k)
{
    enum { LOOKS = 8 };
    const uint32_t row = asking[k], m = municipality_of(&r->p, r->cells[k]);
    const int32_t cell = r->cells[k], years = r->grade[row] >= GRADE_F ? 5 : 2; /* amid school and preschool */
    const uint32_t household = r->p.household_row[r->p.household[row]], head = household == KJ_NO_ROW ? KJ_NO_ROW : r->p.row_of[r->p.head[household]];
    const uint64_t luck = r->p.luck[head == KJ_NO_ROW ? row : head];
    const double moved = 1.0 - kj_pow(1.0 - r->start_moved_share, years);
    if (m == KJ_NO_ROW || kj_draw(r->former, luck, 0, 0).v[0] >= kj_threshold(moved)) return cell;
    for (uint32_t look = 0; look < LOOKS; look++) {
        uint32_t draw = kj_draw(r->former, luck, 0, 1 + look / 4).v[look % 4];
        int32_t other = r->cells[x->of[x->first[m] + kj_below(draw, x->first[m + 1] - x->first[m])]];
        uint32_t school = nearest_school(r->in.net, r->grid, m, r->grade[row], other);
        if (school != KJ_NO_ROW && (double)walk_seconds(r->in.net, r->grid, &r->in.net->schools[school], cell) <= r->stay_seconds) return other;
    }
    return cell;
}

static kj_status seek(register_of *r)
{
    uint32_t open = grades_with_room(&r->in), n = 0;
    uint32_t *asking = r->movers; /* their list has been worked off */
    for (uint32_t k = 0; k < r->n_waiting; k++)
        if (open >> r->grade[r->waiting[k]] & 1 || r->rules.mode == MODE_DISTRICT) asking[n++] = r->waiting[k];
    homes_of(&r->p, asking, n, r->cells);
    neighbours others = {0};
    if (r->first_call && !sort_by_municipality(r, n, &others)) return KJ_E_MEMORY;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t row = asking[k];
        uint8_t grade = r->grade[row];
        kj_draw4 draw = kj_draw(r->lot, r->p.luck[row], KJ_YEAR_OF(r->p.now), grade);
        r->in.seekers[k] = (seeker){.person = row, .cell = r->first_call ? former_home(r, asking, &others, k) : r->cells[k],
                                    .municipality = municipality_of(&r->p, r->cells[k]), .lot = draw.v[0], .grade = grade, .placed = KJ_NO_ROW,
                                    .wishes_independent = draw.v[1] < r->wish_threshold,
                                    .sibling = grade >= GRADE_F ? sibling_of(r, row, grade) : KJ_NO_ROW};
    }
    r->in.n_seekers = n;
    return KJ_OK;
}

/* Why each child of school age that still waits has no place. */
static void state_reasons(register_of *r)
{
    uint32_t *still = r->movers, n = 0;
    for (uint32_t k = 0; k < r->n_waiting; k++)
        if (r->school[r->waiting[k]] == 0 && r->grade[r->waiting[k]] >= GRADE_F) still[n++] = r->waiting[k];
    homes_of(&r->p, still, n, r->cells);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t row = still[k], m = municipality_of(&r->p, r->cells[k]);
        if (m == KJ_NO_ROW) r->why[row] = WHY_NO_HOME;
        else r->why[row] = nearest_school(r->in.net, r->grid, m, r->grade[row], r->cells[k]) == KJ_NO_ROW ? WHY_NO_SCHOOL : WHY_FULL;
    }
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
        r->wish[one->person] = one->wish;
        r->why[one->person] = WHY_HAS;
        without--;
    }
    state_reasons(r);
    int32_t *capacity = run->write(r->ctx, r->s->capacity);
    for (uint32_t f = 0; f < r->in.net->n_facility_rows; f++)
        capacity[f] = r->in.net->school_of[f] == KJ_NO_ROW ? 0 : r->in.net->schools[r->in.net->school_of[f]].places;
    for (uint32_t m = 0; m < n; m++) over[m] = unplaced[m] = 0;
    if (n > 0) unplaced[0] = without;
    for (uint32_t i = 0; i < r->in.net->n_schools; i++) {
        int32_t above = r->in.total[i] - r->in.net->schools[i].places;
        if (above > 0) over[r->in.net->schools[i].municipality] += above;
    }
}

/* Index of each facility's school by the facility's id. */
static uint32_t *index_by_id(const schools *s, kj_ctx *ctx)
{
    const kj_id *ids = s->run->ids(ctx, s->facility);
    uint32_t n = s->run->n_rows(ctx, s->facility);
    kj_id last = 0;
    for (uint32_t f = 0; f < n; f++) last = ids[f] > last ? ids[f] : last;
    uint32_t *index = s->run->scratch(ctx, (last + 1u) * sizeof *index);
    for (kj_id id = 0; index && id <= last; id++) index[id] = KJ_NO_ROW;
    for (uint32_t f = 0; index && f < n && f < s->net.n_facility_rows; f++)
        if (s->net.school_of[f] != KJ_NO_ROW) index[ids[f]] = s->net.school_of[f];
    return index;
}

static bool take_memory(register_of *r, uint32_t n_children, uint32_t n_schools)
{
    const kj_run_v1 *run = r->s->run;
    r->in.count = run->scratch(r->ctx, (size_t)n_schools * GRADE_COUNT * sizeof(int32_t) + 1);
    r->in.total = run->scratch(r->ctx, (size_t)n_schools * sizeof(int32_t) + 1);
    r->waiting = run->scratch(r->ctx, (size_t)n_children * sizeof *r->waiting + 1);
    r->index_of = index_by_id(r->s, r->ctx);
    return r->in.count && r->in.total && r->waiting && r->index_of;
}

static kj_status place_all(void *instance, kj_ctx *ctx, bool first_call)
{
    schools *s = instance;
    const kj_run_v1 *run = s->run;
    kj_status status = network_update(s, ctx);
    if (status) return status;
    register_of r = {.s = s,
                     .ctx = ctx,
                     .school = run->write(ctx, s->person_school),
                     .grade = run->write(ctx, s->person_grade),
                     .why = run->write(ctx, s->person_why),
                     .wish = run->write(ctx, s->person_wish),
                     .first_call = first_call,
                     .grid = run->grid(ctx),
                     .lot = run->stream(ctx, STREAM_LOT),
                     .former = run->stream(ctx, STREAM_FORMER),
                     .start_moved_share = school_value(s, ctx, SP_START_MOVED_SHARE),
                     .enrol = run->stream(ctx, STREAM_ENROL),
                     .enrol_threshold = kj_threshold(school_value(s, ctx, SP_ENROLMENT)),
                     .first_months = (int32_t)school_value(s, ctx, SP_FIRST_MONTHS),
                     .school_year = school_year_of(run->month(ctx)),
                     .stay_seconds = school_value(s, ctx, SP_STAY_SECONDS),
                     .wish_threshold = kj_threshold(school_value(s, ctx, SP_WISH_SHARE))};
    people_take(s, ctx, &r.p);
    rules_take(s, ctx, &r.p, &r.rules);
    status = children_update(s, ctx, &r.p);
    if (status) return status;
    if (first_call || KJ_MONTH_OF_YEAR(r.p.now) == 8) status = draw_catchments(s, ctx, &r.p, &r.rules);
    if (status) return status;
    for (int k = 0; k < 2; k++) r.rules.catchment[k] = run->write(ctx, s->catchment[k]);
    r.in = (intake){.net = &s->net, .grid = r.grid, .rules = &r.rules, .slack = school_value(s, ctx, SP_GRADE_SLACK)};
    if (s->enrol_threshold != r.enrol_threshold || s->first_months != r.first_months) s->net.is_counted = false;
    s->enrol_threshold = r.enrol_threshold;
    s->first_months = r.first_months;
    if (!take_memory(&r, s->n_children, s->net.n_schools)) return KJ_E_MEMORY;
    if (!look_at_all(&r, s->children, s->n_children)) return KJ_E_MEMORY;
    look_at_movers(&r);
    r.in.seekers = run->scratch(ctx, (size_t)r.n_waiting * sizeof *r.in.seekers + 1);
    r.in.work = run->scratch(ctx, intake_work_bytes(r.n_waiting, s->net.n_schools));
    if (!r.in.seekers || !r.in.work) return KJ_E_MEMORY;
    status = seek(&r);
    if (status) return status;
    r.rules.counts = run->scratch(ctx, (size_t)s->net.n_municipalities * SCHOOL_GRADES * sizeof *r.rules.counts + 1);
    if (!r.rules.counts) return KJ_E_MEMORY;
    r.rules.work = r.rules.mode == MODE_NEAREST ? NULL : run->scratch(ctx, mode_work_bytes(&r.in, &r.rules));
    if (r.rules.mode != MODE_NEAREST && !r.rules.work) return KJ_E_MEMORY;
    place_seekers(&r.in);
    write_result(&r);
    return KJ_OK;
}

kj_status schools_place(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    return place_all(instance, ctx, false);
}

kj_status schools_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    return place_all(instance, ctx, true);
}
