/* The count of 15 October: pupils by school and grade, municipality and area; classes; how good the placement is. */
#include "assignment/classes.h"
#include "schools.h"

enum { BIN_SECONDS = 30, BINS = 480 /* the last holds all ways of four hours and more */, TOGETHER = 1024 /* homes looked up in passes */ };

typedef struct counts {
    int64_t *of[SM_COUNT];
    int32_t *pupils, *area_pupils, *area_need, *area_places, *area_level[2];
    int64_t *area_near, *walk; /* by area and by municipality, scratch */
    int32_t *ways;             /* [municipality][BINS] */
    kj_id *sibling_school;     /* by household row: school of the first pupil F-6 met; 0 none yet */
    uint8_t *split;            /* by household row: 1 second pupil met, 2 at another school */
    int32_t *grade_pupils[SCHOOL_GRADES];
    const uint8_t *wish;
    rules rules;
} counts;

static bool take_counts(schools *s, kj_ctx *ctx, counts *c)
{
    const kj_run_v1 *run = s->run;
    uint32_t n = run->n_rows(ctx, s->municipality), n_areas = run->n_rows(ctx, s->area), n_facilities = run->n_rows(ctx, s->facility);
    for (int k = 0; k < SM_OVER; k++) {
        c->of[k] = run->write(ctx, s->municipality_count[k]);
        for (uint32_t m = 0; m < n; m++) c->of[k][m] = 0;
    }
    c->pupils = run->write(ctx, s->pupils);
    c->area_pupils = run->write(ctx, s->area_pupils);
    c->area_need = run->write(ctx, s->area_preschool_need);
    c->area_places = run->write(ctx, s->area_preschool_places);
    for (int k = 0; k < 2; k++) c->area_level[k] = run->write(ctx, s->area_level[k]);
    c->wish = run->read(ctx, s->person_wish);
    for (uint32_t row = 0; row < n_facilities; row++) c->pupils[row] = 0;
    for (int g = 0; g < SCHOOL_GRADES; g++) {
        c->grade_pupils[g] = run->write(ctx, s->grade_pupils[g]);
        for (uint32_t row = 0; row < n_facilities; row++) c->grade_pupils[g][row] = 0;
    }
    for (uint32_t area = 0; area < n_areas; area++) c->area_pupils[area] = c->area_need[area] = c->area_places[area] = c->area_level[0][area] = c->area_level[1][area] = 0;
    c->area_near = run->scratch(ctx, (size_t)n_areas * sizeof *c->area_near + 1);
    c->walk = run->scratch(ctx, (size_t)n * sizeof *c->walk + 1);
    c->ways = run->scratch(ctx, (size_t)n * BINS * sizeof *c->ways + 1);
    c->sibling_school = run->scratch(ctx, (size_t)run->n_rows(ctx, s->household) * sizeof *c->sibling_school + 1);
    c->split = run->scratch(ctx, run->n_rows(ctx, s->household) + 1);
    return c->area_near && c->walk && c->ways && c->sibling_school && c->split;
}

static void count_places(const schools *s, const people *p, counts *c)
{
    for (uint32_t k = 0; k < s->net.n_schools; k++) {
        const school_site *one = &s->net.schools[k];
        c->of[one->preschool ? SM_PRESCHOOL_PLACES : SM_PLACES][one->municipality] += one->places;
        int32_t area = p->cell_area[one->cell];
        if (one->preschool && area >= 0) c->area_places[area] += one->places;
    }
}

/* Brothers and sisters in F-6 who go to different schools; each family counts once. */
static void count_siblings(counts *c, uint32_t m, uint32_t household, kj_id school, uint8_t grade)
{
    if (household == KJ_NO_ROW || grade >= GRADE_7) return;
    if (c->sibling_school[household] == 0) {
        c->sibling_school[household] = school;
        return;
    }
    c->of[SM_SIBLINGS][m] += c->split[household] == 0;
    c->split[household] |= 1;
    if (c->sibling_school[household] == school || c->split[household] & 2) return;
    c->split[household] |= 2;
    c->of[SM_SPLIT_SIBLINGS][m]++;
}

/* One pupil with a school: walking time, whether a nearer school teaches the grade, and the wish that was met. */
static void count_placed(schools *s, const kj_grid *grid, counts *c, uint32_t m, int32_t area, uint32_t index, uint8_t grade, int32_t cell, uint8_t wish)
{
    const school_site *one = &s->net.schools[index];
    c->pupils[one->row]++;
    if (grade == GRADE_PRESCHOOL) return;
    c->grade_pupils[grade - GRADE_F][one->row]++;
    c->of[SM_WISHED][m] += wish > 0;
    c->of[SM_FIRST_WISH][m] += wish == 1;
    c->of[SM_WISH_RANK][m] += wish;
    if (cell < 0) return;
    int32_t seconds = walk_seconds(&s->net, grid, one, cell), bin = seconds / BIN_SECONDS;
    uint32_t near = nearest_school(&s->net, grid, m, grade, cell);
    bool at_nearest = near == index || (near != KJ_NO_ROW && walk_seconds(&s->net, grid, &s->net.schools[near], cell) >= seconds);
    c->walk[m] += seconds;
    c->ways[m * BINS + (uint32_t)(bin < BINS ? bin : BINS - 1)]++;
    if (seconds > c->of[SM_MAX_WALK][m]) c->of[SM_MAX_WALK][m] = seconds;
    c->of[SM_OVER_LIMIT][m] += (double)seconds * c->rules.walk_speed > 1000.0 * rule_limit(&c->rules, grade, LIMIT_BUS);
    c->of[SM_AT_NEAREST][m] += at_nearest;
    if (area < 0) return;
    c->area_near[area] += at_nearest;
    c->area_pupils[area]++;
}

/* Neighbouring grades that fit into one class together are taught together: the class counts for the first of them. */
static void join_grades(const counts *c, int32_t *const classes[SCHOOL_GRADES], uint32_t row)
{
    int first = -1;
    int32_t joined = 0, room = 0;
    for (int g = 0; g < SCHOOL_GRADES; g++) {
        const int32_t pupils = c->grade_pupils[g][row], cap = (int32_t)c->rules.classes[g * CLASS_COUNT + CLASS_CAP], least = cap < room ? cap : room;
        if (pupils == 0) continue;
        if (first >= 0 && joined + pupils <= least) {
            classes[first][row] = 1;
            classes[g][row] = 0;
            joined += pupils;
            room = least;
        } else {
            first = g;
            joined = pupils;
            room = cap;
        }
    }
}

/* Classes of each grade are there already. */
static void sum_classes(schools *s, kj_ctx *ctx, counts *c)
{
    const kj_run_v1 *run = s->run;
    int32_t *classes[SCHOOL_GRADES], *all = run->write(ctx, s->all_classes);
    for (int g = 0; g < SCHOOL_GRADES; g++) classes[g] = run->write(ctx, s->grade_classes[g]);
    for (uint32_t row = 0; row < run->n_rows(ctx, s->facility); row++) {
        uint32_t index = row < s->net.n_facility_rows ? s->net.school_of[row] : KJ_NO_ROW;
        all[row] = 0;
        if (index == KJ_NO_ROW) continue;
        join_grades(c, classes, row);
        for (int g = 0; g < SCHOOL_GRADES; g++) all[row] += classes[g][row];
        c->of[SM_CLASSES][s->net.schools[index].municipality] += all[row];
    }
}

/* Places and classes of each grade of each school. Classes that exist go on while they hold the grade that moves up. */
static void count_classes(schools *s, kj_ctx *ctx, counts *c)
{
    const kj_run_v1 *run = s->run;
    uint32_t n = run->n_rows(ctx, s->facility);
    for (int g = SCHOOL_GRADES - 1; g >= 0; g--) {
        int32_t *classes = run->write(ctx, s->grade_classes[g]), *places = run->write(ctx, s->grade_places[g]);
        const int32_t *before = g > 0 ? run->write(ctx, s->grade_classes[g - 1]) : NULL; /* of last year: this year's come after */
        int32_t cap = (int32_t)c->rules.classes[g * CLASS_COUNT + CLASS_CAP], special = (int32_t)c->rules.classes[g * CLASS_COUNT + CLASS_CAP_SPECIAL];
        for (uint32_t row = 0; row < n; row++) {
            uint32_t index = row < s->net.n_facility_rows ? s->net.school_of[row] : KJ_NO_ROW;
            double part = index == KJ_NO_ROW ? 0.0 : s->net.part[index * GRADE_COUNT + (uint32_t)(g + GRADE_F)];
            places[row] = (int32_t)(part + 0.5);
            classes[row] = classes_kept(c->grade_pupils[g][row], before ? before[row] : 0, cap, special);
        }
    }
    sum_classes(s, ctx, c);
}

/* Way that 95 of 100 do not exceed: upper end of its bin. */
static int64_t percentile_95(const int32_t *ways, int64_t pupils, int64_t longest)
{
    int64_t sum = 0;
    for (int bin = 0; bin < BINS - 1; bin++) {
        sum += ways[bin];
        if (sum * 100 >= pupils * 95) return (bin + 1) * BIN_SECONDS < longest ? (bin + 1) * BIN_SECONDS : longest;
    }
    return longest;
}

static void finish(const schools *s, kj_ctx *ctx, counts *c)
{
    int64_t bus_sek = (int64_t)school_value(s, ctx, SP_BUS_COST);
    for (uint32_t m = 0; m < s->net.n_municipalities; m++) {
        int64_t pupils = c->of[SM_PUPILS][m], wished = c->of[SM_WISHED][m];
        c->of[SM_AT_NEAREST][m] = pupils > 0 ? c->of[SM_AT_NEAREST][m] * 1000 / pupils : 0;
        c->of[SM_MEAN_WALK][m] = pupils > 0 ? c->walk[m] / pupils : 0;
        c->of[SM_P95_WALK][m] = pupils > 0 ? percentile_95(c->ways + (size_t)m * BINS, pupils, c->of[SM_MAX_WALK][m]) : 0;
        c->of[SM_BUS_COST][m] = c->of[SM_OVER_LIMIT][m] * bus_sek;
        c->of[SM_WISH_RANK][m] = wished > 0 ? c->of[SM_WISH_RANK][m] * 1000 / wished : 0;
    }
    int32_t *permille = s->run->write(ctx, s->area_at_nearest);
    for (uint32_t area = 0; area < s->run->n_rows(ctx, s->area); area++)
        permille[area] = c->area_pupils[area] > 0 ? (int32_t)(c->area_near[area] * 1000 / c->area_pupils[area]) : 0;
}

/* One child of the list; those without a home on the map count with the first municipality. */
static void count_child(schools *s, const people *p, const kj_grid *grid, counts *c, uint32_t row, int32_t cell, uint8_t grade, uint32_t index)
{
    int32_t area = cell < 0 ? -1 : p->cell_area[cell];
    uint32_t m = municipality_of(p, cell);
    if (m >= s->net.n_municipalities) m = 0;
    bool preschool = grade == GRADE_PRESCHOOL;
    if (preschool && area >= 0) c->area_need[area]++;
    if (!preschool && area >= 0) c->area_level[catchment_level(grade)][area]++;
    if (index != KJ_NO_ROW) {
        c->of[preschool ? SM_PRESCHOOL : SM_PUPILS][m]++;
        count_placed(s, grid, c, m, area, index, grade, cell, c->wish[row]);
        if (!preschool) count_siblings(c, m, p->household_row[p->household[row]], s->net.schools[index].id, grade);
        return;
    }
    c->of[preschool ? SM_PRESCHOOL_WITHOUT : SM_WITHOUT][m]++;
    bool taught = cell >= 0 && nearest_school(&s->net, grid, m, grade, cell) != KJ_NO_ROW;
    if (!preschool && !taught) c->of[SM_WITHOUT_SCHOOL][m]++;
}

kj_status schools_count(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    schools *s = instance;
    const kj_run_v1 *run = s->run;
    kj_status status = network_update(s, ctx);
    if (status) return status;
    people p;
    people_take(s, ctx, &p);
    status = children_update(s, ctx, &p);
    if (status) return status;
    counts c = {.pupils = NULL};
    rules_take(s, ctx, &p, &c.rules);
    if (!take_counts(s, ctx, &c)) return KJ_E_MEMORY;
    count_places(s, &p, &c);
    const kj_id *of = run->read(ctx, s->person_school);
    const uint8_t *grades = run->read(ctx, s->person_grade);
    const uint32_t *facility_row = run->row_of(ctx, s->facility);
    uint32_t rows[TOGETHER];
    int32_t cells[TOGETHER];
    for (uint32_t k = 0; k < s->n_children && s->net.n_municipalities > 0;) {
        uint32_t n = 0;
        for (; k < s->n_children && n < TOGETHER; k++) {
            rows[n] = s->children[k].row;
            n += p.alive[rows[n]] && grades[rows[n]] != GRADE_NONE;
        }
        homes_of(&p, rows, n, cells);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t facility = of[rows[i]] == 0 ? KJ_NO_ROW : facility_row[of[rows[i]]];
            count_child(s, &p, run->grid(ctx), &c, rows[i], cells[i], grades[rows[i]], facility == KJ_NO_ROW ? KJ_NO_ROW : s->net.school_of[facility]);
        }
    }
    count_classes(s, ctx, &c);
    finish(s, ctx, &c);
    return KJ_OK;
}
