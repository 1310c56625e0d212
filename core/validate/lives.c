#include "lives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct kj_known {
    uint32_t home; /* dwelling id, or a care home's id with the highest bit set; 0: not a resident yet */
    int32_t cell;
    kj_id partner;
    int32_t since; /* month in which the couple formed in this run; 0 before */
    uint8_t with_parent, seen;
    int16_t birth_month; /* stays when the row is gone */
} kj_known;

/* Columns of the state as they stand this month. */
typedef struct view {
    const kj_rows *person, *household, *dwelling, *facility;
    const int16_t *birth, *moved;
    const int32_t *cell, *care_cell, *cell_area;
    const uint8_t *sex, *resident, *living, *origin, *kind, *h_kind, *h_size, *h_children, *tenure, *state;
    const kj_id *in_household, *partner, *mother, *father, *care, *home, *host, *holder, *area_municipality;
    const kj_grid *grid;
    kj_month month;
} view;

void kj_lives_init(kj_lives *lives, kj_month from, kj_month to)
{
    memset(lives, 0, sizeof *lives);
    lives->from = from;
    lives->to = to;
}

void kj_lives_free(kj_lives *lives)
{
    free(lives->known);
    lives->known = NULL;
    lives->n_known = 0;
}

static kj_status open_view(kj_error *err, kj_sim *sim, kj_month month, view *v)
{
    const kj_store *s = kj_sim_store(sim);
    *v = (view){.person = kj_store_table(s, "person"), .household = kj_store_table(s, "household"), .dwelling = kj_store_table(s, "dwelling"),
                .facility = kj_store_table(s, "facility"), .grid = kj_sim_grid(sim), .month = month,
                .birth = kj_store_data(s, "person", "birth_month", KJ_I16), .moved = kj_store_data(s, "person", "moved", KJ_I16),
                .sex = kj_store_data(s, "person", "sex", KJ_U8), .resident = kj_store_data(s, "person", "resident", KJ_U8),
                .in_household = kj_store_data(s, "person", "household", KJ_ID), .partner = kj_store_data(s, "person", "partner", KJ_ID),
                .mother = kj_store_data(s, "person", "mother", KJ_ID), .father = kj_store_data(s, "person", "father", KJ_ID),
                .care = kj_store_data(s, "person", "care", KJ_ID), .home = kj_store_data(s, "household", "dwelling", KJ_ID),
                .host = kj_store_data(s, "household", "host", KJ_ID), .living = kj_store_data(s, "household", "living", KJ_U8),
                .origin = kj_store_data(s, "household", "origin", KJ_U8), .h_kind = kj_store_data(s, "household", "kind", KJ_U8),
                .h_size = kj_store_data(s, "household", "size", KJ_U8), .h_children = kj_store_data(s, "household", "n_children", KJ_U8),
                .cell = kj_store_data(s, "dwelling", "cell", KJ_I32), .kind = kj_store_data(s, "dwelling", "kind", KJ_U8),
                .tenure = kj_store_data(s, "dwelling", "tenure", KJ_U8), .holder = kj_store_data(s, "dwelling", "household", KJ_ID),
                .care_cell = kj_store_data(s, "facility", "cell", KJ_I32), .cell_area = kj_store_data(s, "cell", "area", KJ_I32),
                .area_municipality = kj_store_data(s, "area", "municipality", KJ_ID)};
    bool whole = v->person && v->household && v->dwelling && v->facility && v->birth && v->moved && v->sex && v->resident && v->in_household && v->partner &&
                 v->mother && v->father && v->care && v->home && v->host && v->living && v->origin && v->h_kind && v->h_size && v->h_children && v->cell && v->kind && v->tenure &&
                 v->holder && v->care_cell && v->cell_area && v->area_municipality;
    return whole ? KJ_OK : kj_fail(err, KJ_E_INPUT, "validation: expected the tables and columns of the built-in model");
}

static uint32_t row_of(const kj_rows *rows, kj_id id) { return id && id < rows->next_id ? rows->row_of[id] : KJ_NO_ROW; }

typedef struct place {
    uint32_t id;
    int32_t cell;
    uint32_t dwelling; /* row; KJ_NO_ROW in care */
} place;

static place home_of(const view *v, uint32_t person)
{
    place p = {.cell = -1, .dwelling = KJ_NO_ROW};
    uint32_t care = row_of(v->facility, v->care[person]);
    if (care != KJ_NO_ROW) return (place){v->care[person] | 0x80000000u, v->care_cell[care], KJ_NO_ROW};
    uint32_t h = row_of(v->household, v->in_household[person]);
    if (h != KJ_NO_ROW && v->living[h] == KJ_LIVES_LODGING) h = row_of(v->household, v->host[h]);
    if (h == KJ_NO_ROW || v->living[h] == KJ_LIVES_OUTSIDE) return p;
    uint32_t d = row_of(v->dwelling, v->home[h]);
    return d == KJ_NO_ROW ? p : (place){v->home[h], v->cell[d], d};
}

static bool lives_with(const view *v, uint32_t person, kj_id parent)
{
    uint32_t row = row_of(v->person, parent);
    return row != KJ_NO_ROW && v->in_household[row] && v->in_household[row] == v->in_household[person];
}

static int age_of(const view *v, uint32_t person)
{
    int age = (v->month - v->birth[person]) / 12;
    return age < 0 ? 0 : age < KJ_LIFE_AGES ? age : KJ_LIFE_AGES - 1;
}

static kj_id municipality(const view *v, int32_t cell)
{
    int32_t area = cell >= 0 ? v->cell_area[cell] : -1;
    return area >= 0 ? v->area_municipality[area] : 0;
}

static void count_move(kj_lives *l, const view *v, uint32_t person, const kj_known *before, const place *now)
{
    int age = age_of(v, person);
    if (!before->home) { /* in from outside: from abroad is no move within the country; a birth is none at all */
        uint32_t h = row_of(v->household, v->in_household[person]);
        uint8_t origin = h != KJ_NO_ROW ? v->origin[h] : KJ_ORIGIN_START;
        if (v->birth[person] == v->month || (origin != KJ_ORIGIN_COUNTY && origin != KJ_ORIGIN_COUNTRY)) return;
        l->moves_between++;
        l->moves_from_county += origin == KJ_ORIGIN_COUNTY;
    } else if (municipality(v, before->cell) != municipality(v, now->cell)) l->moves_between++;
    else l->moves_inside++;
    l->moves[age]++;
    l->mover_age += age + 0.5;
    if (!before->home || before->cell < 0 || now->cell < 0) return;
    double dx = before->cell % v->grid->nx - now->cell % v->grid->nx, dy = before->cell / v->grid->nx - now->cell / v->grid->nx;
    double metres = v->grid->cell_m * sqrt(dx * dx + dy * dy);
    l->short_moves += metres < 5000.0;
    l->middle_moves += metres < 50000.0;
}

static void count_couple(kj_lives *l, const view *v, uint32_t person, kj_known *k)
{
    int age = age_of(v, person);
    int32_t years = k->since ? (v->month - k->since) / 12 : KJ_COUPLE_YEARS;
    if (k->partner) {
        bool ended = v->partner[person] != k->partner, parted = ended && row_of(v->person, k->partner) != KJ_NO_ROW;
        l->with_partner[age]++;
        l->parted[age] += parted;
        if (years < KJ_COUPLE_YEARS) {
            l->together[years]++;
            l->split[years] += ended;
        }
    }
    if (v->partner[person] != k->partner) k->since = v->partner[person] && k->seen ? v->month : 0;
}

static void count_parents(kj_lives *l, const view *v, uint32_t person, const kj_known *k, bool with_parent)
{
    int age = age_of(v, person);
    if (!k->with_parent || age < 15) return;
    l->at_home[v->sex[person]][age]++;
    /* Leaving needs somebody to leave: a parent who is still there. */
    bool parent = row_of(v->person, v->mother[person]) != KJ_NO_ROW || row_of(v->person, v->father[person]) != KJ_NO_ROW;
    l->left_home[v->sex[person]][age] += !with_parent && parent;
}

/* Deaths are drawn at birthdays, half of the hazard of the year behind and half of the year ahead. Who came this month was not drawn for here. */
static void count_birthday(kj_lives *l, const view *v, uint32_t person, const kj_known *k)
{
    const bool born = v->birth[person] == v->month;
    if (born ? !k->seen : k->seen && (v->month - v->birth[person]) % 12 == 0) l->birthdays[v->sex[person]][age_of(v, person)]++;
}

/* A child of this month, by its mother's age; she may have left with it since the birth. */
static void count_birth(kj_lives *l, const view *v, uint32_t person, const kj_known *k)
{
    const kj_id mother = v->mother[person];
    if (v->birth[person] != v->month || k->seen || !mother) return;
    const uint32_t row = row_of(v->person, mother);
    if (row != KJ_NO_ROW) l->born[age_of(v, row)]++;
    else if (l->known[mother].birth_month) l->born[(v->month - l->known[mother].birth_month) / 12]++;
}

/* Those of 65-79 whose home of the month before was an owned detached house. */
static void count_house_owner(kj_lives *l, const view *v, uint32_t person, const kj_known *k, bool moved)
{
    int age = age_of(v, person);
    uint32_t d = age >= 65 && age < 80 ? row_of(v->dwelling, k->home) : KJ_NO_ROW;
    if (d == KJ_NO_ROW || v->kind[d] != KJ_DETACHED || v->tenure[d] != KJ_TENURE_OWNER) return;
    l->house_owner_months++;
    l->house_owner_moves += moved;
}

/* Who died or left this month: rows that are dead and not yet removed. */
static void count_gone(kj_lives *l, const view *v, uint32_t person, kj_known *k)
{
    int age = age_of(v, person);
    count_birth(l, v, person, k);
    if (!k->seen || !k->home) return;
    bool left = v->moved[person] == v->month;
    l->lived[v->sex[person]][age]++;
    count_birthday(l, v, person, k);
    count_house_owner(l, v, person, k, left);
    if (left) count_parents(l, v, person, k, false);
    else l->died[v->sex[person]][age]++;
    k->home = 0;
    k->seen = 0;
}

static void look_at(kj_lives *l, const view *v, uint32_t person, bool counted)
{
    kj_known *k = &l->known[v->person->ids[person]];
    if (!v->person->alive[person]) {
        if (counted) count_gone(l, v, person, k);
        return;
    }
    if (!v->resident[person]) return;
    place now = home_of(v, person);
    bool with_parent = lives_with(v, person, v->mother[person]) || lives_with(v, person, v->father[person]);
    if (counted) {
        int age = age_of(v, person);
        l->person_months[age]++;
        l->lived[v->sex[person]][age]++;
        count_birthday(l, v, person, k);
        count_birth(l, v, person, k);
        count_house_owner(l, v, person, k, now.id != k->home);
        if (now.id != k->home) count_move(l, v, person, k, &now);
        count_couple(l, v, person, k);
        count_parents(l, v, person, k, with_parent);
    } else if (v->partner[person] != k->partner) k->since = v->partner[person] && k->seen ? v->month : 0;
    k->home = now.id;
    k->cell = now.cell;
    k->partner = v->partner[person];
    k->with_parent = with_parent;
    k->seen = 1;
    k->birth_month = v->birth[person];
}

/* Children who die in their first days never become rows: births that were counted without one. The month's births are the
   change of the year's. Both sexes alike. */
static void count_infants(kj_lives *l, kj_sim *sim, const view *v, bool counted)
{
    const kj_rows *rows = kj_store_table(kj_sim_store(sim), "municipality");
    const int64_t *births = kj_store_data(kj_sim_store(sim), "municipality", "births", KJ_I64);
    double all = 0.0, rows_born = 0.0;
    for (uint32_t m = 0; rows && births && m < rows->n_rows; m++) all += (double)births[m];
    double month = KJ_MONTH_OF_YEAR(v->month) == 1 ? all : all - l->births_before;
    l->births_before = all;
    for (uint32_t row = v->person->n_rows; row-- > 0 && v->person->ids[row] >= l->next_before;)
        rows_born += v->birth[row] == v->month && v->mother[row] != 0 && (v->resident[row] || !v->person->alive[row]); /* not those who wait outside */
    l->next_before = v->person->next_id;
    if (!counted || month <= rows_born) return;
    for (int sex = 0; sex < 2; sex++) {
        l->died[sex][0] += 0.5 * (month - rows_born);
        l->birthdays[sex][0] += 0.5 * (month - rows_born);
    }
}

typedef struct december {
    double residents, homes, one, families, by_tenure[KJ_TENURE_COUNT], detached, young, young_detached, old, old_detached;
} december;

/* A child of 0-24 years who looks for a first home and still lives in the home of a parent: to the statistics a child of that family. */
static bool is_child_of_host(const view *v, uint32_t person)
{
    uint32_t h = row_of(v->household, v->in_household[person]);
    if (h == KJ_NO_ROW || v->living[h] != KJ_LIVES_LODGING || age_of(v, person) >= 25) return false;
    const kj_id parents[2] = {v->mother[person], v->father[person]};
    for (int i = 0; i < 2; i++) {
        uint32_t parent = row_of(v->person, parents[i]);
        if (parent != KJ_NO_ROW && v->in_household[parent] && v->in_household[parent] == v->host[h]) return true;
    }
    return false;
}

/* A couple with children of 0-24 years, alone in its home. */
static bool is_family(const view *v, uint32_t h, uint32_t members, uint32_t grown)
{
    bool couple = v->h_kind[h] == KJ_HH_COUPLE || v->h_kind[h] == KJ_HH_COUPLE_CHILDREN;
    return couple && v->h_size[h] - v->h_children[h] == 2 && v->h_children[h] + grown > 0 && members == v->h_size[h] + grown;
}

/* Households as the official statistics see them: those who share a dwelling. */
static kj_status count_december(kj_error *err, const view *v, december *d)
{
    uint32_t *members = calloc(v->dwelling->n_rows + 1u, sizeof *members), *grown = calloc(v->dwelling->n_rows + 1u, sizeof *grown);
    if (!members || !grown) {
        free(members);
        free(grown);
        return kj_fail(err, KJ_E_MEMORY, "validation: out of memory");
    }
    for (uint32_t row = 0; row < v->person->n_rows; row++) {
        if (!v->person->alive[row] || !v->resident[row]) continue;
        place home = home_of(v, row);
        if (home.dwelling == KJ_NO_ROW) continue;
        int age = age_of(v, row);
        bool detached = v->kind[home.dwelling] != KJ_FLAT; /* the published shares are of all small houses */
        members[home.dwelling]++;
        grown[home.dwelling] += is_child_of_host(v, row);
        d->residents++;
        d->young += age >= 25 && age <= 34;
        d->young_detached += age >= 25 && age <= 34 && detached;
        d->old += age >= 65 && age <= 74;
        d->old_detached += age >= 65 && age <= 74 && detached;
    }
    for (uint32_t row = 0; row < v->dwelling->n_rows; row++) {
        uint32_t h = v->dwelling->alive[row] ? row_of(v->household, v->holder[row]) : KJ_NO_ROW;
        if (h == KJ_NO_ROW || members[row] == 0) continue;
        d->homes++;
        d->one += members[row] == 1;
        d->families += is_family(v, h, members[row], grown[row]);
        d->by_tenure[v->tenure[row] < KJ_TENURE_COUNT ? v->tenure[row] : 0]++;
        d->detached += v->kind[row] == KJ_DETACHED && v->tenure[row] == KJ_TENURE_OWNER;
    }
    free(members);
    free(grown);
    return KJ_OK;
}

static void add_december(kj_lives *l, const december *d, bool start)
{
    if (start) {
        l->start_size = d->residents / d->homes;
        l->start_one_person = d->one / d->homes;
        l->start_families = d->families / d->homes;
        l->start_25_34 = d->young_detached / d->young;
        l->start_65_74 = d->old_detached / d->old;
        return;
    }
    l->decembers++;
    l->residents += d->residents;
    l->homes += d->homes;
    l->one_person += d->one;
    l->families += d->families;
    for (int t = 0; t < KJ_TENURE_COUNT; t++) l->by_tenure[t] += d->by_tenure[t];
    l->detached_homes += d->detached;
    l->aged_25_34 += d->young;
    l->aged_25_34_detached += d->young_detached;
    l->aged_65_74 += d->old;
    l->aged_65_74_detached += d->old_detached;
}

kj_status kj_lives_look(kj_error *err, void *data, kj_sim *sim, kj_month month)
{
    kj_lives *l = data;
    view v;
    kj_status status = open_view(err, sim, month, &v);
    if (status) return status;
    bool start = l->known == NULL, counted = month > l->from && month <= l->to;
    if (v.person->next_id > l->n_known) {
        uint32_t n = v.person->next_id + v.person->next_id / 4 + 1024;
        kj_known *grown = realloc(l->known, n * sizeof *grown);
        if (!grown) return kj_fail(err, KJ_E_MEMORY, "validation: out of memory");
        memset(grown + l->n_known, 0, (n - l->n_known) * sizeof *grown);
        l->known = grown;
        l->n_known = n;
    }
    count_infants(l, sim, &v, counted);
    for (uint32_t row = 0; row < v.person->n_rows; row++) look_at(l, &v, row, counted);
    if (!start && !(counted && KJ_MONTH_OF_YEAR(month) == 12)) return KJ_OK;
    december d = {0};
    status = count_december(err, &v, &d);
    if (!status) add_december(l, &d, start);
    return status;
}

void kj_lives_add(kj_lives *a, const kj_lives *b)
{
    double *to = a->person_months;
    const double *from = b->person_months, *end = &b->start_size;
    for (; from < end; from++, to++) *to += *from;
}

/* Months lived would not do: who leaves the map lives no year after the birthday, and who comes within a year has had no draw in it. */
double kj_life_expectancy(const kj_lives *l, int sex)
{
    double alive = 1.0, years = 0.0;
    for (int age = 0; age < KJ_LIFE_AGES && alive > 1e-9; age++) {
        double reached = l->birthdays[sex][age], dies = age + 1 == KJ_LIFE_AGES || reached <= 0.0 ? 1.0 : l->died[sex][age] / reached;
        if (dies > 1.0) dies = 1.0;
        alive *= 1.0 - dies;
        years += alive;
    }
    return years;
}

double kj_leaving_age(const kj_lives *l, int sex)
{
    double at_home = 1.0;
    for (int age = 15; age < 60; age++) {
        double rate = l->at_home[sex][age] > 0.0 ? 12.0 * l->left_home[sex][age] / l->at_home[sex][age] : 0.0;
        double after = at_home * exp(-rate);
        if (after <= 0.5) return age + log(at_home / 0.5) / rate;
        at_home = after;
    }
    return (double)NAN;
}
