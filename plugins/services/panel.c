/* The panel: a share of all people, chosen by luck key alone, so that two runs follow the same ones. They join month by
   month, so that no call makes many rows, and are looked at once a year. */
#include "services.h"

/* Mixed, since keys of start persons are not uniform in every bit. */
static bool followed(uint64_t luck, int64_t share) { return (int64_t)(kj_luck(0, luck, 0) >> 48) < share; }

/* Rows are made at the end of the table and stay there until the year ends: only those made since the last call are looked at,
   all of them where the year is new or nobody has looked. */
static kj_id highest_id(services *self, kj_ctx *ctx)
{
    const kj_id *ids = self->run->ids(ctx, self->person);
    uint32_t n = self->run->n_rows(ctx, self->person);
    int32_t year = KJ_YEAR_OF(self->run->month(ctx));
    if (year != self->seen_year) self->n_seen = 0;
    kj_id last = self->last_person;
    for (uint32_t row = self->n_seen; row < n; row++) last = ids[row] > last ? ids[row] : last;
    self->last_person = last;
    self->n_seen = n;
    self->seen_year = year;
    return self->last_person;
}

kj_status services_join(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    services *self = instance;
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    uint32_t n_before = run->n_rows(ctx, self->panel);
    int64_t share = run->n_rows(ctx, self->municipality) > 0 ? ((const int64_t *)run->read(ctx, c->m_panel))[0] : 0;
    const kj_id last = highest_id(self, ctx);
    const uint32_t *row_of = run->row_of(ctx, self->person);
    const uint8_t *sex = run->read(ctx, c->p_sex);
    const uint64_t *luck = run->read(ctx, c->p_luck);
    const int16_t *birth = run->read(ctx, c->p_birth);
    const kj_id *known = run->read(ctx, c->x_person);
    const kj_id first = n_before ? known[n_before - 1] + 1 : 1; /* those who came since the last of the panel */
    uint32_t added = 0, room = run->room(ctx, self->panel);
    kj_id *joins = run->scratch(ctx, room * sizeof *joins + 1);
    if (!joins) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for the panel");
    for (kj_id id = first; id <= last && added < room; id++) { /* whoever finds no room joins the next time */
        if (row_of[id] == KJ_NO_ROW || !followed(luck[row_of[id]], share)) continue;
        if (!run->create(ctx, self->panel)) return KJ_E_MEMORY;
        joins[added++] = id;
    }
    if (!added) return KJ_OK;
    kj_id *person = run->write(ctx, c->x_person);
    uint64_t *key = run->write(ctx, c->x_luck);
    int16_t *month = run->write(ctx, c->x_birth);
    uint8_t *of_sex = run->write(ctx, c->x_sex);
    for (uint32_t k = 0; k < added; k++) {
        const uint32_t row = row_of[joins[k]], at = n_before + k;
        person[at] = joins[k];
        key[at] = luck[row];
        month[at] = birth[row];
        of_sex[at] = sex[row];
    }
    return KJ_OK;
}

typedef struct panel_view {
    const uint8_t *resident, *living, *flags, *grade, *size, *sex;
    const int32_t *dwelling_cell, *rent, *income, *facility_cell, *cell_area;
    const int16_t *home_area, *birth;
    const kj_id *household, *care, *school, *dwelling, *host;
    const uint64_t *luck;
    const uint32_t *person_row, *household_row, *dwelling_row, *facility_row;
    const kj_grid *grid;
    const double *need;
    double delay;
    kj_stream stream;
    kj_month now;
} panel_view;

typedef struct panel_row {
    uint8_t lives, flags;
    int32_t area, cell, left_over, school_m, income;
} panel_row;

static panel_row away(void) { return (panel_row){.area = -1, .cell = -1, .school_m = -1}; }

static panel_row in_care(const panel_view *v, uint32_t person)
{
    panel_row x = away();
    uint32_t home = v->facility_row[v->care[person]];
    x.lives = 3;
    x.cell = home == KJ_NO_ROW ? -1 : v->facility_cell[home];
    x.area = x.cell < 0 ? -1 : v->cell_area[x.cell];
    return x;
}

static uint8_t person_flags(const panel_view *v, uint32_t person)
{
    int32_t age = service_age(v->now, v->birth[person]);
    uint8_t flags = v->grade[person] > 0 && !v->school[person] ? 8 : 0;
    if (age >= OLD_AGE && kj_draw(v->stream, v->luck[person], 0, 0).v[0] < kj_threshold(need_rate(v->need, NEED_HOME_CARE, v->sex[person], age, v->delay)))
        flags |= 16;
    return flags;
}

static panel_row look_at(const panel_view *v, kj_id id)
{
    uint32_t person = v->person_row[id];
    if (person == KJ_NO_ROW || !v->resident[person]) return away();
    if (v->care[person]) return in_care(v, person);
    uint32_t household = v->household_row[v->household[person]];
    if (household == KJ_NO_ROW || v->living[household] == KJ_LIVES_OUTSIDE) return away();
    panel_row x = away();
    bool lodges = v->living[household] == KJ_LIVES_LODGING;
    uint32_t holder = lodges ? v->household_row[v->host[household]] : household;
    uint32_t home = holder == KJ_NO_ROW ? KJ_NO_ROW : v->dwelling_row[v->dwelling[holder]];
    double units = consumption_units(v->size[household]);
    int32_t rent = lodges || home == KJ_NO_ROW ? 0 : 12 * v->rent[home];
    x.lives = lodges ? 2 : 1;
    x.cell = home == KJ_NO_ROW ? -1 : v->dwelling_cell[home];
    x.area = v->home_area[household];
    x.flags = (uint8_t)(v->flags[household] | person_flags(v, person));
    x.income = (int32_t)((double)v->income[household] / units);
    x.left_over = (int32_t)((double)(v->income[household] - rent) / units);
    uint32_t school = v->school[person] ? v->facility_row[v->school[person]] : KJ_NO_ROW;
    if (school != KJ_NO_ROW && x.cell >= 0)
        x.school_m = (int32_t)(__builtin_sqrt((double)kj_grid_distance2(v->grid, x.cell, v->facility_cell[school])) * (double)v->grid->cell_m);
    return x;
}

kj_status services_panel(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    uint32_t n_rates;
    const panel_view v = {.resident = run->read(ctx, c->p_resident), .living = run->read(ctx, c->h_living), .flags = run->read(ctx, c->h_flags),
        .grade = run->read(ctx, c->p_grade), .size = run->read(ctx, c->h_size), .sex = run->read(ctx, c->p_sex), .home_area = run->read(ctx, c->h_area),
        .dwelling_cell = run->read(ctx, c->d_cell), .rent = run->read(ctx, c->d_rent), .income = run->read(ctx, c->h_income),
        .facility_cell = run->read(ctx, c->f_cell), .cell_area = run->read(ctx, c->c_area), .birth = run->read(ctx, c->p_birth),
        .household = run->read(ctx, c->p_household), .care = run->read(ctx, c->p_care), .school = run->read(ctx, c->p_school),
        .dwelling = run->read(ctx, c->h_dwelling), .host = run->read(ctx, c->h_host), .luck = run->read(ctx, c->p_luck),
        .person_row = run->row_of(ctx, self->person), .household_row = run->row_of(ctx, self->household), .dwelling_row = run->row_of(ctx, self->dwelling),
        .facility_row = run->row_of(ctx, self->facility), .grid = run->grid(ctx), .need = run->param_table(ctx, self->need, &n_rates),
        .delay = need_delay(self, ctx), .stream = run->stream(ctx, STREAM_NEED), .now = run->month(ctx)};
    const kj_id *person = run->read(ctx, c->x_person);
    int16_t *entered = run->write(ctx, c->x_entered), *entry_area = run->write(ctx, c->x_entry_area), *area = run->write(ctx, c->x_area);
    int32_t *entry_income = run->write(ctx, c->x_entry_income);
    uint8_t *lives = run->write(ctx, c->x_here), *flags = run->write(ctx, c->x_flags);
    int32_t *cell = run->write(ctx, c->x_cell), *left = run->write(ctx, c->x_left), *school = run->write(ctx, c->x_school);
    for (uint32_t row = begin; row < end; row++) {
        panel_row x = look_at(&v, person[row]);
        lives[row] = x.lives;
        flags[row] = x.flags;
        area[row] = (int16_t)x.area;
        cell[row] = x.cell;
        left[row] = x.left_over;
        school[row] = x.school_m;
        if (entered[row] != 0 || x.lives == 0) continue;
        entered[row] = (int16_t)v.now;
        entry_area[row] = (int16_t)x.area;
        entry_income[row] = x.income;
    }
    return KJ_OK;
}
