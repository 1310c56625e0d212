/* The count of 15 October: pupils by school, municipality and area. */
#include "schools.h"

typedef struct counts {
    int64_t *of[SM_COUNT];
    int32_t *pupils, *area_pupils;
    int64_t *area_near, *walk; /* by area and by municipality, scratch */
} counts;

static bool take_counts(schools *s, kj_ctx *ctx, counts *c)
{
    const kj_run_v1 *run = s->run;
    uint32_t n = run->n_rows(ctx, s->municipality), n_areas = run->n_rows(ctx, s->area);
    for (int k = 0; k < SM_OVER; k++) {
        c->of[k] = run->write(ctx, s->municipality_count[k]);
        for (uint32_t m = 0; m < n; m++) c->of[k][m] = 0;
    }
    c->pupils = run->write(ctx, s->pupils);
    c->area_pupils = run->write(ctx, s->area_pupils);
    for (uint32_t row = 0; row < run->n_rows(ctx, s->facility); row++) c->pupils[row] = 0;
    for (uint32_t area = 0; area < n_areas; area++) c->area_pupils[area] = 0;
    c->area_near = run->scratch(ctx, (size_t)n_areas * sizeof *c->area_near + 1);
    c->walk = run->scratch(ctx, (size_t)n * sizeof *c->walk + 1);
    return c->area_near && c->walk;
}

static void count_places(const schools *s, counts *c)
{
    for (uint32_t k = 0; k < s->net.n_schools; k++) {
        const school_site *one = &s->net.schools[k];
        c->of[one->preschool ? SM_PRESCHOOL_PLACES : SM_PLACES][one->municipality] += one->places;
    }
}

/* One pupil with a school: walking time, and whether a nearer school teaches the grade. */
static void count_placed(schools *s, const kj_grid *grid, counts *c, uint32_t m, int32_t area, uint32_t index, uint8_t grade, int32_t cell)
{
    const school_site *one = &s->net.schools[index];
    c->pupils[one->row]++;
    if (grade == GRADE_PRESCHOOL || cell < 0) return;
    int32_t seconds = walk_seconds(&s->net, grid, one, cell);
    uint32_t near = nearest_school(&s->net, grid, m, grade, cell);
    bool at_nearest = near == index || (near != KJ_NO_ROW && walk_seconds(&s->net, grid, &s->net.schools[near], cell) >= seconds);
    c->walk[m] += seconds;
    c->of[SM_AT_NEAREST][m] += at_nearest;
    if (area < 0) return;
    c->area_near[area] += at_nearest;
    c->area_pupils[area]++;
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
    counts c;
    if (!take_counts(s, ctx, &c)) return KJ_E_MEMORY;
    count_places(s, &c);
    const kj_id *of = run->read(ctx, s->person_school);
    const uint8_t *grades = run->read(ctx, s->person_grade);
    const uint32_t *facility_row = run->row_of(ctx, s->facility);
    const kj_grid *grid = run->grid(ctx);
    uint32_t n = s->net.n_municipalities;
    for (uint32_t k = 0; k < s->n_children && n > 0; k++) {
        uint32_t row = p.row_of[s->children[k].id];
        uint8_t grade = row == KJ_NO_ROW ? GRADE_NONE : grades[row];
        if (grade == GRADE_NONE) continue;
        int32_t cell = home_of(&p, row), area = cell < 0 ? -1 : p.cell_area[cell];
        uint32_t m = municipality_of(&p, cell), facility = of[row] == 0 ? KJ_NO_ROW : facility_row[of[row]];
        uint32_t index = facility == KJ_NO_ROW ? KJ_NO_ROW : s->net.school_of[facility];
        if (m >= n) m = 0; /* no home on the map: counted with the first municipality */
        bool preschool = grade == GRADE_PRESCHOOL;
        if (index != KJ_NO_ROW) {
            c.of[preschool ? SM_PRESCHOOL : SM_PUPILS][m]++;
            count_placed(s, grid, &c, m, area, index, grade, cell);
        } else {
            c.of[preschool ? SM_PRESCHOOL_WITHOUT : SM_WITHOUT][m]++;
            bool taught = cell >= 0 && nearest_school(&s->net, grid, m, grade, cell) != KJ_NO_ROW;
            if (!preschool && !taught) c.of[SM_WITHOUT_SCHOOL][m]++;
        }
    }
    for (uint32_t m = 0; m < n; m++) {
        int64_t pupils = c.of[SM_PUPILS][m];
        c.of[SM_AT_NEAREST][m] = pupils > 0 ? c.of[SM_AT_NEAREST][m] * 1000 / pupils : 0;
        c.of[SM_MEAN_WALK][m] = pupils > 0 ? c.walk[m] / pupils : 0;
    }
    int32_t *permille = run->write(ctx, s->area_at_nearest);
    for (uint32_t area = 0; area < run->n_rows(ctx, s->area); area++)
        permille[area] = c.area_pupils[area] > 0 ? (int32_t)(c.area_near[area] * 1000 / c.area_pupils[area]) : 0;
    return KJ_OK;
}
