/* demography.census: residents by cell, area and municipality each December (and at the start); every month, those who
   moved in through the housing market. */
#include <math.h>
#include <string.h>

#include "demography.h"

enum { CLASSES = 6 };

static kj_status clear_column(const demography *d, kj_ctx *ctx, kj_col col, kj_table table, size_t width)
{
    void *data = d->run->write(ctx, col);
    if (!data) return KJ_E_UNDECLARED;
    memset(data, 0, d->run->n_rows(ctx, table) * width);
    return KJ_OK;
}

static kj_status run_clear(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_col areas[CLASSES] = {d->area.population, d->area.children_0_5, d->area.children_6_15,
                                   d->area.aged_20_64, d->area.aged_65,      d->area.aged_80};
    const kj_col municipal[] = {d->municipality.population, d->municipality.households, d->municipality.employed, d->municipality.jobs,
                                d->municipality.care_residents, d->municipality.commute_out, d->municipality.waiting};
    kj_status status = clear_column(d, ctx, d->cell.population, d->t_cell, sizeof(int32_t));
    if (!status) status = clear_column(d, ctx, d->cell.households, d->t_cell, sizeof(int32_t));
    for (int i = 0; i < CLASSES && !status; i++) status = clear_column(d, ctx, areas[i], d->t_area, sizeof(int32_t));
    for (size_t i = 0; i < sizeof municipal / sizeof municipal[0] && !status; i++)
        status = clear_column(d, ctx, municipal[i], d->t_municipality, sizeof(int64_t));
    return status;
}

/* Columns that say where a household lives. */
typedef struct places {
    home_columns home;
    const int32_t *dwelling_cell, *cell_area;
    const kj_id *area_municipality;
    const uint32_t *municipality_row;
} places;

static places open_places(const demography *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    return (places){.home = open_homes(d, ctx), .dwelling_cell = run->read(ctx, d->dwelling.cell), .cell_area = run->read(ctx, d->cell.area),
                    .area_municipality = run->read(ctx, d->area.municipality), .municipality_row = run->row_of(ctx, d->t_municipality)};
}

enum { TOGETHER = 512 };

/* Cells of households' homes, -1 none. */
static void household_cells(const places *p, const uint32_t *rows, uint32_t n, int32_t *cells)
{
    uint32_t at[TOGETHER];
    for (uint32_t i = 0; i < n; i++) at[i] = rows[i];
    homes_of(&p->home, at, n);
    for (uint32_t i = 0; i < n; i++) cells[i] = at[i] == KJ_NO_ROW ? -1 : p->dwelling_cell[at[i]];
}

typedef struct household_counts {
    const uint8_t *alive, *size;
    int16_t *home_area;
    int64_t *in_municipality, waiting;
    places p;
} household_counts;

static void count_households(const demography *d, kj_ctx *ctx, household_counts *c, uint32_t begin, uint32_t end)
{
    uint32_t rows[TOGETHER], n = 0;
    int32_t cells[TOGETHER], areas[TOGETHER];
    for (uint32_t row = begin; row < end; row++) {
        const bool outside = c->p.home.living[row] == KJ_LIVES_OUTSIDE, alive = c->alive[row] != 0; /* no branches: who is follows no pattern */
        c->home_area[row] = -1;
        c->waiting += c->size[row] * (alive & outside);
        rows[n] = row;
        n += alive & !outside;
    }
    household_cells(&c->p, rows, n, cells);
    for (uint32_t i = 0; i < n; i++) areas[i] = cells[i] >= 0 ? c->p.cell_area[cells[i]] : -1;
    uint32_t n_homes = 0, at[TOGETHER];
    int32_t size[TOGETHER];
    for (uint32_t i = 0; i < n; i++) {
        c->home_area[rows[i]] = (int16_t)areas[i];
        if (cells[i] < 0) continue;
        at[n_homes] = (uint32_t)cells[i];
        size[n_homes++] = c->size[rows[i]];
        uint32_t m = areas[i] >= 0 ? c->p.municipality_row[c->p.area_municipality[areas[i]]] : KJ_NO_ROW;
        if (m != KJ_NO_ROW) c->in_municipality[m]++;
    }
    d->run->add_many(ctx, d->cell.population, at, size, n_homes);
    d->run->add_many(ctx, d->cell.households, at, NULL, n_homes);
}

static kj_status run_households(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n_municipalities = run->n_rows(ctx, d->t_municipality);
    household_counts c = {.alive = run->alive(ctx, d->t_household), .size = run->read(ctx, d->household.size), .p = open_places(d, ctx),
                          .home_area = run->write(ctx, d->household.home_area),
                          .in_municipality = run->scratch(ctx, n_municipalities * sizeof *c.in_municipality)};
    if (!c.in_municipality) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for a census");
    for (uint32_t from = begin; from < end; from += TOGETHER) count_households(d, ctx, &c, from, end - from < TOGETHER ? end : from + TOGETHER);
    for (uint32_t i = 0; i < n_municipalities; i++)
        if (c.in_municipality[i]) run->add(ctx, d->municipality.households, i, c.in_municipality[i]);
    if (c.waiting && n_municipalities) run->add(ctx, d->municipality.waiting, 0, c.waiting);
    return KJ_OK;
}

/* Those of an area by age, each counted once: in groups of which the classes of the columns are sums. */
enum { AGE_GROUPS = 6 };
static const int32_t group_end[AGE_GROUPS - 1] = {5, 15, 19, 64, 79};

typedef struct area_count {
    int32_t group[AGE_GROUPS], employed, commute_out, in_care;
} area_count;

static void classes_of(const area_count *c, int64_t classes[CLASSES])
{
    const int32_t *g = c->group;
    const int64_t all = (int64_t)g[0] + g[1] + g[2] + g[3] + g[4] + g[5];
    const int64_t sums[CLASSES] = {all, g[0], g[1], g[3], (int64_t)g[4] + g[5], g[5]};
    memcpy(classes, sums, sizeof sums);
}

static void groups_by_age(uint8_t group[AGE_MAX + 1])
{
    for (int32_t age = 0; age <= AGE_MAX; age++) {
        group[age] = 0;
        while (group[age] < AGE_GROUPS - 1 && age > group_end[group[age]]) group[age]++;
    }
}

/* Area of a person; care homes count at their cell. */
static int32_t area_of_care(const demography *d, kj_ctx *ctx, kj_id care)
{
    uint32_t row = d->run->row_of(ctx, d->t_facility)[care];
    if (row == KJ_NO_ROW) return -1;
    int32_t cell = ((const int32_t *)d->run->read(ctx, d->facility.cell))[row];
    if (cell < 0) return -1;
    d->run->add(ctx, d->cell.population, (uint32_t)cell, 1);
    return ((const int32_t *)d->run->read(ctx, d->cell.area))[cell];
}

/* by_area: -1 is outside every area, which counts with the first municipality. */
static void add_counts(const demography *d, kj_ctx *ctx, const area_count *by_area, uint32_t n_areas)
{
    const kj_run_v1 *run = d->run;
    const kj_id *municipality = run->read(ctx, d->area.municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->t_municipality);
    const kj_col areas[CLASSES] = {d->area.population, d->area.children_0_5, d->area.children_6_15,
                                   d->area.aged_20_64, d->area.aged_65,      d->area.aged_80};
    for (int32_t a = -1; a < (int32_t)n_areas; a++) {
        int64_t classes[CLASSES];
        classes_of(&by_area[a], classes);
        if (!classes[0]) continue;
        uint32_t m = a < 0 ? KJ_NO_ROW : municipality_row[municipality[a]];
        if (m == KJ_NO_ROW) m = 0;
        for (uint32_t i = 0; i < CLASSES && a >= 0; i++)
            if (classes[i]) run->add(ctx, areas[i], (uint32_t)a, classes[i]);
        if (m >= run->n_rows(ctx, d->t_municipality)) continue;
        run->add(ctx, d->municipality.population, m, classes[0]);
        if (by_area[a].employed) run->add(ctx, d->municipality.employed, m, by_area[a].employed);
        if (by_area[a].commute_out) run->add(ctx, d->municipality.commute_out, m, by_area[a].commute_out);
        if (by_area[a].in_care) run->add(ctx, d->municipality.care_residents, m, by_area[a].in_care);
    }
}

typedef struct people_view {
    const uint8_t *alive, *resident, *activity;
    const int16_t *birth_month, *home_area;
    const kj_id *household, *care, *workplace, *workplace_municipality, *area_municipality;
    const uint32_t *household_row, *workplace_row;
    kj_month month;
    uint8_t group[AGE_MAX + 1];
} people_view;

/* Residents among at most TOGETHER rows, and their areas, -1 none. Without branches where who is one follows no pattern. */
static uint32_t find_residents(const demography *d, kj_ctx *ctx, const people_view *v, uint32_t begin, uint32_t end, uint32_t *rows, int32_t *areas)
{
    uint32_t n = 0;
    for (uint32_t row = begin; row < end; row++) {
        rows[n] = row;
        n += (v->alive[row] != 0) & (v->resident[row] != 0);
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t home = v->household_row[v->household[rows[i]]]; /* 0 has no row: lives in a care home */
        areas[i] = home == KJ_NO_ROW ? -1 : v->home_area[home];
        if (v->care[rows[i]]) areas[i] = area_of_care(d, ctx, v->care[rows[i]]);
    }
    return n;
}

static void count_people(const people_view *v, const uint32_t *rows, const int32_t *areas, uint32_t n, area_count *by_area)
{
    uint32_t at[TOGETHER], n_workers = 0, worker[TOGETHER];
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t row = rows[i];
        area_count *c = &by_area[areas[i]];
        c->group[v->group[clamp_age(age_at(v->month, v->birth_month[row]), 0, AGE_MAX)]]++;
        c->employed += v->activity[row] == KJ_ACT_EMPLOYED;
        c->in_care += v->care[row] != 0;
        worker[n_workers] = i;
        at[n_workers] = v->workplace_row[v->workplace[row]]; /* 0 has no row */
        n_workers += (at[n_workers] != KJ_NO_ROW) & (areas[i] >= 0);
    }
    for (uint32_t k = 0; k < n_workers; k++) {
        const int32_t area = areas[worker[k]];
        by_area[area].commute_out += v->workplace_municipality[at[k]] != v->area_municipality[area];
    }
}

static kj_status run_people(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    people_view v = {.alive = run->alive(ctx, d->t_person),
                     .resident = run->read(ctx, d->person.resident),
                     .activity = run->read(ctx, d->person.activity),
                     .birth_month = run->read(ctx, d->person.birth_month),
                     .home_area = run->read(ctx, d->household.home_area),
                     .household = run->read(ctx, d->person.household),
                     .care = run->read(ctx, d->person.care),
                     .workplace = run->read(ctx, d->person.workplace),
                     .workplace_municipality = run->read(ctx, d->workplace.municipality),
                     .area_municipality = run->read(ctx, d->area.municipality),
                     .household_row = run->row_of(ctx, d->t_household),
                     .workplace_row = run->row_of(ctx, d->t_workplace),
                     .month = run->month(ctx)};
    groups_by_age(v.group);
    const uint32_t n_areas = run->n_rows(ctx, d->t_area);
    area_count *counts = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *counts);
    if (!counts) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for a census of %u areas", n_areas);
    area_count *by_area = counts + 1; /* before the first: a home outside every area still counts */
    uint32_t rows[TOGETHER];
    int32_t areas[TOGETHER];
    for (uint32_t from = begin; from < end; from += TOGETHER) {
        const uint32_t n = find_residents(d, ctx, &v, from, end - from < TOGETHER ? end : from + TOGETHER, rows, areas);
        count_people(&v, rows, areas, n, by_area);
    }
    add_counts(d, ctx, by_area, n_areas);
    return KJ_OK;
}

/* Median over residents of income after tax over the square root of the household's size (the square-root scale of the OECD):
   what readers of chains compare movers with. Counted in steps of 1 000 SEK, straight line within a step. */
static kj_status measure_income(const demography *d, kj_ctx *ctx)
{
    enum { STEP = 1000, STEPS = 4000, SIZES = 256 };
    const kj_run_v1 *run = d->run;
    const uint8_t *alive = run->alive(ctx, d->t_household), *living = run->read(ctx, d->household.living), *size = run->read(ctx, d->household.size);
    const int32_t *income = run->read(ctx, d->household.income);
    int64_t *median = run->write(ctx, d->municipality.median_income);
    int64_t *count = run->scratch(ctx, STEPS * sizeof *count);
    if (!count) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for incomes");
    double per_step[SIZES];
    for (int i = 0; i < SIZES; i++) per_step[i] = 1.0 / (STEP * sqrt(i ? (double)i : 1.0));
    int64_t persons = 0;
    const uint32_t n_households = run->n_rows(ctx, d->t_household);
    for (uint32_t row = 0; row < n_households; row++) {
        const int32_t here = size[row] * ((alive[row] != 0) & (living[row] != KJ_LIVES_OUTSIDE)); /* no branches: who is follows no pattern */
        double step = (double)income[row] * per_step[size[row]];
        count[step >= STEPS ? STEPS - 1 : step < 0.0 ? 0 : (int32_t)step] += here;
        persons += here;
    }
    int64_t below = 0, value = 0;
    for (int32_t i = 0; i < STEPS && persons > 0; i++) {
        if (2 * (below + count[i]) >= persons) {
            value = (int64_t)i * STEP + (persons - 2 * below) * STEP / (2 * count[i]);
            break;
        }
        below += count[i];
    }
    for (uint32_t m = 0; m < run->n_rows(ctx, d->t_municipality); m++) median[m] = value;
    return KJ_OK;
}

/* Jobs, incomes, and this year's flows kept for the plan of next year. */
static kj_status run_totals(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    const int32_t *jobs = run->read(ctx, d->workplace.jobs);
    const kj_id *municipality = run->read(ctx, d->workplace.municipality);
    const uint8_t *alive = run->alive(ctx, d->t_workplace);
    const uint32_t *municipality_row = run->row_of(ctx, d->t_municipality);
    int64_t *total = run->write(ctx, d->municipality.jobs);
    for (uint32_t row = 0; row < run->n_rows(ctx, d->t_workplace); row++) {
        uint32_t m = alive[row] && municipality[row] ? municipality_row[municipality[row]] : KJ_NO_ROW;
        if (m != KJ_NO_ROW) total[m] += jobs[row];
    }
    const int64_t *births = run->read(ctx, d->municipality.births), *deaths = run->read(ctx, d->municipality.deaths);
    const int64_t *in = run->read(ctx, d->municipality.in_migrants), *out = run->read(ctx, d->municipality.out_migrants);
    const int64_t *gave_up = run->read(ctx, d->municipality.gave_up);
    int64_t *last_natural = run->write(ctx, d->municipality.last_natural), *last_in = run->write(ctx, d->municipality.last_in);
    int64_t *last_out = run->write(ctx, d->municipality.last_out), *last_gave_up = run->write(ctx, d->municipality.last_gave_up);
    for (uint32_t m = 0; m < run->n_rows(ctx, d->t_municipality); m++) {
        last_natural[m] = births[m] - deaths[m];
        last_in[m] = in[m];
        last_out[m] = out[m];
        last_gave_up[m] = gave_up[m];
    }
    return measure_income(d, ctx);
}

static kj_status run_start_balance(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    const int64_t *jobs = run->read(ctx, d->municipality.jobs), *employed = run->read(ctx, d->municipality.employed);
    const int64_t *population = run->read(ctx, d->municipality.population);
    int64_t *balance = run->write(ctx, d->municipality.job_balance), *before = run->write(ctx, d->municipality.population_before);
    for (uint32_t m = 0; m < run->n_rows(ctx, d->t_municipality); m++) {
        balance[m] = employed[m] > 0 ? jobs[m] * 1000 / employed[m] : 0;
        before[m] = population[m];
    }
    return KJ_OK;
}

/* Counts those to whom the housing market gave a home this month. */
static kj_status run_arrived(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n;
    const kj_arrived *arrived = run->items(ctx, d->q_arrived, &n);
    const places p = open_places(d, ctx);
    const uint8_t *origin = run->read(ctx, d->household.origin);
    int64_t *in = run->write(ctx, d->municipality.in_migrants), *in_by[BOUNDARIES];
    for (int i = 0; i < BOUNDARIES; i++) in_by[i] = run->write(ctx, d->municipality.in_by[i]);
    int64_t *refugees = run->write(ctx, d->municipality.refugees);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = p.home.household_row[arrived[i].household], m = 0;
        int boundary = 1;
        bool is_refugee = row != KJ_NO_ROW && origin[row] == KJ_ORIGIN_REFUGEE;
        if (row != KJ_NO_ROW) {
            int32_t cell;
            household_cells(&p, &row, 1, &cell);
            int32_t area = cell >= 0 ? p.cell_area[cell] : -1;
            if (area >= 0 && p.municipality_row[p.area_municipality[area]] != KJ_NO_ROW) m = p.municipality_row[p.area_municipality[area]];
            if (kj_is_from_abroad(origin[row])) boundary = KJ_ORIGIN_ABROAD - KJ_ORIGIN_COUNTY;
            else if (origin[row] >= KJ_ORIGIN_COUNTY && origin[row] < KJ_ORIGIN_COUNT) boundary = origin[row] - KJ_ORIGIN_COUNTY;
        }
        in[m] += arrived[i].n_persons;
        in_by[boundary][m] += arrived[i].n_persons;
        if (is_refugee) refugees[m] += arrived[i].n_persons;
    }
    return KJ_OK;
}

typedef struct census_step {
    const char *name, *start_name, *doc;
    kj_shape shape;
    kj_table over;
    kj_status (*run)(void *, kj_ctx *, uint32_t, uint32_t);
    const use_list *list;
} census_step;

/* Each step of the census runs in December and, under another name, at the start. */
static kj_status add_steps(demography *d, const census_step *steps, size_t n)
{
    const char *december[8] = {"demography.arrived", NULL}, *start[8] = {"demography.start", NULL};
    kj_status status = KJ_OK;
    for (size_t i = 0; i < n && !status; i++) {
        kj_system_def def = {.struct_size = sizeof def, .name = steps[i].name, .doc = steps[i].doc, .phase = KJ_PHASE_MEASURE,
                             .shape = steps[i].shape, .month_of_year = 12, .over = steps[i].over, .uses = steps[i].list->items,
                             .n_uses = steps[i].list->n, .after = december, .run = steps[i].run};
        status = d->reg->system(d->host->impl, &def);
        def.name = steps[i].start_name;
        def.phase = KJ_PHASE_START;
        def.month_of_year = 0;
        def.after = start;
        if (!status) status = d->reg->system(d->host->impl, &def);
        december[i + 1] = steps[i].name;
        start[i + 1] = steps[i].start_name;
        december[i + 2] = start[i + 2] = NULL;
    }
    const kj_use uses_balance[] = {kj_reads(d->municipality.jobs), kj_reads(d->municipality.employed), kj_reads(d->municipality.population),
                                   kj_writes(d->municipality.job_balance), kj_writes(d->municipality.population_before)};
    kj_system_def balance = {.struct_size = sizeof balance, .name = "demography.start_balance", .doc = "Keeps the balance of jobs at the start.",
                             .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .uses = uses_balance,
                             .n_uses = sizeof uses_balance / sizeof uses_balance[0], .after = start, .run = run_start_balance};
    if (!status) status = d->reg->system(d->host->impl, &balance);
    return status;
}

static void use_home(const demography *d, use_list *list)
{
    const kj_col reads[] = {d->household.living, d->household.dwelling, d->household.host, d->dwelling.cell, d->cell.area, d->area.municipality};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(list, kj_reads(reads[i]));
}

kj_status register_census(demography *d)
{
    use_list arrived = {.n = 0}, clear = {.n = 0}, in_homes = {.n = 0}, people = {.n = 0}, totals = {.n = 0};
    const kj_col areas[CLASSES] = {d->area.population, d->area.children_0_5, d->area.children_6_15,
                                   d->area.aged_20_64, d->area.aged_65,      d->area.aged_80};
    use_home(d, &arrived);
    uses(&arrived, kj_reads(d->household.origin));
    uses(&arrived, kj_writes(d->municipality.in_migrants));
    uses(&arrived, kj_writes(d->municipality.refugees));
    for (int i = 0; i < BOUNDARIES; i++) uses(&arrived, kj_writes(d->municipality.in_by[i]));
    uses(&arrived, kj_drains(d->q_arrived));
    const kj_col cleared[] = {d->cell.population, d->cell.households, d->municipality.population, d->municipality.households, d->municipality.employed,
                              d->municipality.jobs, d->municipality.care_residents, d->municipality.commute_out, d->municipality.waiting};
    for (size_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++) uses(&clear, kj_writes(cleared[i]));
    for (int i = 0; i < CLASSES; i++) uses(&clear, kj_writes(areas[i]));
    uses(&in_homes, kj_adds(d->cell.population)); /* first: looked up once a household */
    uses(&in_homes, kj_adds(d->cell.households));
    use_home(d, &in_homes);
    uses(&in_homes, kj_reads(d->household.size));
    uses(&in_homes, kj_writes(d->household.home_area));
    uses(&in_homes, kj_adds(d->municipality.households));
    uses(&in_homes, kj_adds(d->municipality.waiting));
    const kj_col of_people[] = {d->person.resident,     d->person.activity,  d->person.birth_month,     d->person.household,
                                d->person.care,         d->person.workplace, d->workplace.municipality, d->facility.cell,
                                d->household.home_area, d->cell.area,        d->area.municipality};
    for (size_t i = 0; i < sizeof of_people / sizeof of_people[0]; i++) uses(&people, kj_reads(of_people[i]));
    for (int i = 0; i < CLASSES; i++) uses(&people, kj_adds(areas[i]));
    uses(&people, kj_adds(d->cell.population));
    uses(&people, kj_adds(d->municipality.population));
    uses(&people, kj_adds(d->municipality.employed));
    uses(&people, kj_adds(d->municipality.care_residents));
    uses(&people, kj_adds(d->municipality.commute_out));
    const kj_col flows[] = {d->workplace.jobs, d->workplace.municipality, d->municipality.births, d->municipality.deaths,
                            d->municipality.in_migrants, d->municipality.out_migrants, d->municipality.gave_up};
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) uses(&totals, kj_reads(flows[i]));
    const kj_col of_households[] = {d->household.living, d->household.size, d->household.income};
    for (size_t i = 0; i < sizeof of_households / sizeof of_households[0]; i++) uses(&totals, kj_reads(of_households[i]));
    uses(&totals, kj_writes(d->municipality.median_income));
    uses(&totals, kj_writes(d->municipality.jobs));
    uses(&totals, kj_writes(d->municipality.last_natural));
    uses(&totals, kj_writes(d->municipality.last_in));
    uses(&totals, kj_writes(d->municipality.last_out));
    uses(&totals, kj_writes(d->municipality.last_gave_up));
    kj_system_def arrived_def = {.struct_size = sizeof arrived_def, .name = "demography.arrived",
                                 .doc = "Counts those who moved in through the housing market.", .phase = KJ_PHASE_MEASURE, .shape = KJ_SERIAL,
                                 .uses = arrived.items, .n_uses = arrived.n, .run = run_arrived};
    kj_status status = d->reg->system(d->host->impl, &arrived_def);
    const kj_table none = {0};
    const census_step steps[] = {
        {"demography.census_clear", "demography.start_clear", "Empties the census.", KJ_SERIAL, none, run_clear, &clear},
        {"demography.census_homes", "demography.start_homes", "Counts households and residents by cell.", KJ_ROWS, d->t_household,
         run_households, &in_homes},
        {"demography.census_people", "demography.start_people", "Counts residents by area and age.", KJ_ROWS, d->t_person, run_people, &people},
        {"demography.measure", "demography.start_measure", "Counts jobs and keeps the year's flows.", KJ_SERIAL, none, run_totals, &totals},
    };
    if (!status) status = add_steps(d, steps, sizeof steps / sizeof steps[0]);
    return status;
}
