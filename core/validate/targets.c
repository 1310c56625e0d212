#include "targets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../batch/statistics.h"
#include "../chains/open_length.h"
#include "../io/csv.h"
#include "localities.h"
#include "reprojection.h"

/* ---- the table ---- */

static kj_status read_bound(kj_error *err, const kj_csv *csv, uint32_t column, double *out)
{
    *out = (double)NAN;
    return kj_csv_field(csv, column)[0] ? kj_csv_number(err, csv, column, -INFINITY, INFINITY, out) : KJ_OK;
}

static kj_status read_row(kj_error *err, const kj_csv *csv, const uint32_t *column, kj_target *t)
{
    const char *texts[8];
    for (int i = 0; i < 8; i++) texts[i] = kj_csv_field(csv, column[i]);
    snprintf(t->id, sizeof t->id, "%s", texts[0]);
    snprintf(t->title, sizeof t->title, "%s", texts[1]);
    snprintf(t->published, sizeof t->published, "%s", texts[2]);
    snprintf(t->unit, sizeof t->unit, "%s", texts[3]);
    snprintf(t->map, sizeof t->map, "%s", texts[5]);
    snprintf(t->source, sizeof t->source, "%s", texts[6]);
    snprintf(t->if_missed, sizeof t->if_missed, "%s", texts[7]);
    int32_t role = kj_labels_index(KJ_ROLE_LABELS, texts[4]);
    if (role < 0)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column role: expected calibrate, validate or context, found '%s'", kj_csv_path(csv), kj_csv_line(csv), texts[4]);
    t->role = (kj_role)role;
    kj_status status = read_bound(err, csv, column[8], &t->low);
    if (!status) status = read_bound(err, csv, column[9], &t->high);
    if (!status && t->low > t->high)
        status = kj_fail(err, KJ_E_INPUT, "%s:%u: expected low <= high, found %g and %g", kj_csv_path(csv), kj_csv_line(csv), t->low, t->high);
    return status;
}

kj_status kj_targets_read(kj_error *err, const char *country, kj_target *out, uint32_t *n)
{
    static const char *const names[10] = {"id", "title", "value", "unit", "role", "map", "source", "if_missed", "low", "high"};
    char relative[128], path[4096];
    snprintf(relative, sizeof relative, "maps/countries/%.16s/targets.csv", country);
    *n = 0;
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s: not found", path);
    kj_csv *csv;
    uint32_t column[10];
    kj_status status = kj_csv_open(err, path, ',', &csv);
    if (status) return status;
    for (int i = 0; i < 10 && !status; i++) status = kj_csv_require(err, csv, names[i], &column[i]);
    for (bool more = true; !status;) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        if (*n == KJ_TARGETS_MAX) status = kj_fail(err, KJ_E_INPUT, "%s:%u: more than %d targets", path, kj_csv_line(csv), KJ_TARGETS_MAX);
        else status = read_row(err, csv, column, &out[(*n)++]);
    }
    kj_csv_close(csv);
    return status;
}

/* ---- what a run gives ---- */

typedef struct measures {
    const kj_case_run *run;
    kj_chain_stats chains;
    kj_error *err;
    kj_status status;
} measures;

/* Sum of a yearly column over municipalities and years. */
static double flow(measures *m, const char *name)
{
    kj_runread *file = m->run->forest->run;
    const kj_run_table *table = kj_runread_table_named(file, "municipality");
    uint32_t n_years = kj_runread_n_years(file);
    double sum = 0.0, *values = table ? calloc((size_t)n_years * table->n_rows + 1, sizeof *values) : NULL;
    if (!values) m->status = kj_fail(m->err, KJ_E_MEMORY, "validation: out of memory");
    if (!m->status) m->status = kj_runread_series(m->err, file, "municipality", name, KJ_F64, values);
    for (uint32_t y = 0; y < n_years && !m->status; y++)
        for (uint32_t row = 0; row < table->n_rows; row++)
            if (kj_runread_years(file)[y] > m->run->from_year && kj_runread_years(file)[y] <= m->run->to_year) sum += values[(size_t)y * table->n_rows + row];
    free(values);
    return sum;
}

typedef struct filter {
    int tenures; /* bits; 0: all */
    int rooms_from, rooms_to;
} filter;

/* Mean length of the counted chains whose root passes. */
static double mean_length(const kj_forest *f, filter want)
{
    double n = 0.0, households = 0.0;
    for (uint32_t root = 0; root < f->n; root++) {
        if (f->parent[root] || !kj_chain_counts(f->cause[root], f->opened[root], f->end_month)) continue;
        if (want.tenures && !(want.tenures >> f->tenure[root] & 1)) continue;
        if (f->rooms[root] < want.rooms_from || f->rooms[root] > want.rooms_to) continue;
        double length = 0.0;
        bool open = false;
        for (uint32_t row = root;; row = f->child[row] - 1) {
            open |= f->stage[row] != KJ_STAGE_CLOSED;
            length += f->stage[row] == KJ_STAGE_CLOSED && f->filled_by[row];
            if (!f->child[row]) break;
        }
        if (open) continue;
        n++;
        households += length;
    }
    return n > 0.0 ? households / n : (double)NAN;
}

/* How much more often a home of the built tenure is freed than its share of the stock: mean over rental, co-op, owner, by chains. */
static double own_tenure_ratio(const measures *m)
{
    kj_error err = {0};
    kj_chain_group *groups;
    uint32_t n;
    double sum = 0.0, weight = 0.0, stock = 0.0;
    if (kj_chain_groups_count(&err, m->run->forest, KJ_BY_TENURE, &groups, &n)) return (double)NAN;
    for (int t = 0; t < KJ_TENURE_COUNT; t++) stock += m->run->lives->by_tenure[t];
    for (uint32_t i = 0; i < n; i++) {
        int64_t t = groups[i].key;
        double share = stock > 0.0 ? m->run->lives->by_tenure[t] / stock : 0.0, chains = (double)groups[i].stats.n_complete;
        if (t > KJ_TENURE_OWNER || groups[i].stats.freed == 0 || share <= 0.0) continue;
        sum += chains * kj_share(groups[i].stats.freed_tenure[t], groups[i].stats.freed) / share;
        weight += chains;
    }
    free(groups);
    return weight > 0.0 ? sum / weight : (double)NAN;
}

/* Rounds 1 to 5 of the source are those who moved into vacated homes, its round 0 into the new one: here rounds 2 to 6. */
static double below_median(const kj_chain_stats *s)
{
    int64_t below = 0, all = 0;
    for (int i = 1; i < 6; i++) below += s->rounds[i].below, all += s->rounds[i].below + s->rounds[i].above;
    return kj_share(below, all);
}

static double ratio(double part, double all) { return all > 0.0 ? part / all : (double)NAN; }

static double sum_ages(const double *by_age, int from, int to)
{
    double sum = 0.0;
    for (int age = from; age <= to && age < KJ_LIFE_AGES; age++) sum += by_age[age];
    return sum;
}

/* "M2_20-24", "M2_55+" */
static double moves_of_ages(const kj_lives *l, const char *ages)
{
    int from = atoi(ages), to = strchr(ages, '-') ? atoi(strchr(ages, '-') + 1) : KJ_LIFE_AGES - 1;
    return ratio(12.0 * sum_ages(l->moves, from, to), sum_ages(l->person_months, from, to));
}

/* The source sorts moves by who moves: those who leave their parents and those who part leave nobody's home empty, all others do;
   here also not those who exchange their homes.
   Homes that movers left by the market, to a partner and over the border, over these and the former. */
static double share_leaving_vacant(measures *m)
{
    const kj_forest *f = m->run->forest;
    double freed = flow(m, "left_vacant"), not_freed = 0.5 * flow(m, "separations") + flow(m, "exchanged_rentals");
    for (int age = 0; age < KJ_LIFE_AGES; age++) not_freed += m->run->lives->left_home[0][age] + m->run->lives->left_home[1][age]; /* alone or to a partner */
    for (uint32_t row = 0; row < f->n; row++) {
        int32_t year = KJ_YEAR_OF(f->opened[row]);
        freed += (f->cause[row] == KJ_CAUSE_UNION || f->cause[row] == KJ_CAUSE_OUT) && year > m->run->from_year && year <= m->run->to_year;
    }
    return ratio(freed, freed + not_freed);
}

/* The chains followed over the border, to the nation's; the baseline is what is traced on the map. */
static double nation_length(measures *m, double *baseline)
{
    kj_open_length open_length;
    if (kj_open_length_count(m->err, m->run->forest, &open_length)) {
        m->status = KJ_E_MEMORY;
        return (double)NAN;
    }
    *baseline = open_length.length[KJ_BOUND_MAP];
    return open_length.length[KJ_BOUND_NATION];
}

static double chain_measure(measures *m, int number, double *baseline)
{
    const kj_forest *f = m->run->forest;
    const kj_chain_stats *s = &m->chains;
    const kj_month start = KJ_MONTH(f->first_year, 12);
    const filter one_room = {0, 1, 1}, family = {0, 3, 99};
    switch (number) {
    case 1: return s->mean;
    case 7: return nation_length(m, baseline);
    case 2: *baseline = s->mean > 0.0 ? 1.0 - (1.0 - 1.0 / s->mean) * (1.0 - 1.0 / s->mean) : (double)NAN; return s->share_1_2;
    case 3: return mean_length(f, (filter){1 << KJ_TENURE_COOP | 1 << KJ_TENURE_OWNER, 0, 99});
    case 4: return mean_length(f, (filter){1 << KJ_TENURE_RENTAL, 3, 99});
    case 5: return mean_length(f, (filter){1 << KJ_TENURE_RENTAL, 1, 1});
    case 6: return mean_length(f, family) - mean_length(f, one_room);
    case 8: *baseline = 1.0; return own_tenure_ratio(m);
    case 9: *baseline = 0.5; return kj_share(s->rounds[0].above, s->rounds[0].above + s->rounds[0].below);
    case 10: *baseline = 0.5; return below_median(s);
    case 11: *baseline = 0.5 * 100.0 * kj_share(s->freed, s->n_complete); return kj_freed_per_100(f, s, false);
    case 12: *baseline = 0.2 * 100.0 * kj_share(s->freed, s->n_complete); return kj_freed_per_100(f, s, true);
    case 13: return s->within_3_years;
    case 14: return kj_reprojection_error(f, (kj_window_months){start + 12, start + 36}, (kj_window_months){start + 72, start + 96}, baseline);
    case 15: return kj_reprojection_error(f, (kj_window_months){start + 12, start + 36}, (kj_window_months){start + 132, start + 156}, baseline);
    case 16: return share_leaving_vacant(m);
    default: return (double)NAN;
    }
}

static double first_households(const measures *m, int tenures)
{
    const kj_forest *f = m->run->forest;
    double n = 0.0;
    for (uint32_t row = 0; row < f->n; row++) {
        int32_t year = KJ_YEAR_OF(f->closed[row]);
        n += f->cause[row] == KJ_CAUSE_NEW && f->stage[row] == KJ_STAGE_CLOSED && f->filled_by[row] && tenures >> f->tenure[row] & 1 &&
             year > m->run->from_year && year <= m->run->to_year;
    }
    return n;
}

static double move_measure(measures *m, const char *id, double *baseline)
{
    const kj_lives *l = m->run->lives;
    double moves = sum_ages(l->moves, 0, KJ_LIFE_AGES), all = ratio(12.0 * moves, sum_ages(l->person_months, 0, KJ_LIFE_AGES));
    double years = l->decembers;
    if (!strncmp(id, "M2_", 3)) {
        *baseline = all;
        return moves_of_ages(l, id + 3);
    }
    switch (atoi(id + 1)) {
    case 1: return all;
    case 3: return ratio(l->moves_inside, moves);
    /* First households of new homes are no turnover. */
    case 4: return ratio((flow(m, "vacated_rental") - first_households(m, 1 << KJ_TENURE_RENTAL | 1 << KJ_TENURE_STUDENT | 1 << KJ_TENURE_SENIOR)) / (double)(m->run->to_year - m->run->from_year),
                         (l->by_tenure[KJ_TENURE_RENTAL] + l->by_tenure[KJ_TENURE_STUDENT] + l->by_tenure[KJ_TENURE_SENIOR]) / years);
    case 5: return ratio((flow(m, "vacated_coop") - first_households(m, 1 << KJ_TENURE_COOP)) / (double)(m->run->to_year - m->run->from_year), l->by_tenure[KJ_TENURE_COOP] / years);
    case 6: return ratio((flow(m, "vacated_owner") - first_households(m, 1 << KJ_TENURE_OWNER)) / (double)(m->run->to_year - m->run->from_year), l->by_tenure[KJ_TENURE_OWNER] / years);
    case 7: break;
    case 8: return ratio(l->short_moves, moves);
    case 9: return ratio(l->middle_moves + l->moves_from_county, moves); /* in-migrants of the county count as under 50 km */
    case 10: return ratio(12.0 * l->house_owner_moves, l->house_owner_months);
    default: return (double)NAN;
    }
    double age_sum = 0.0;
    for (int age = 0; age < KJ_LIFE_AGES; age++) age_sum += (age + 0.5) * l->person_months[age];
    *baseline = ratio(age_sum, sum_ages(l->person_months, 0, KJ_LIFE_AGES)); /* everybody moves alike */
    return ratio(l->mover_age, moves);
}

static double separation_rate(const kj_lives *l, int age) { return ratio(12.0 * sum_ages(l->parted, age - 1, age + 1), sum_ages(l->with_partner, age - 1, age + 1)); }

static double couples_kept(const kj_lives *l)
{
    double kept = 1.0;
    for (int year = 0; year < 10; year++) {
        if (l->together[year] <= 0.0) return (double)NAN;
        kept *= exp(-12.0 * l->split[year] / l->together[year]);
    }
    return kept;
}

static double household_measure(measures *m, const char *id, double *baseline)
{
    const kj_lives *l = m->run->lives;
    if (!strcmp(id, "H1")) return *baseline = l->start_size, ratio(l->residents, l->homes);
    if (!strcmp(id, "H2")) return *baseline = l->start_one_person, ratio(l->one_person, l->homes);
    if (!strcmp(id, "H3")) return *baseline = l->start_families, ratio(l->families, l->homes);
    if (!strcmp(id, "H4a")) return separation_rate(l, 25);
    if (!strcmp(id, "H4b")) return separation_rate(l, 30);
    if (!strcmp(id, "H4c")) return separation_rate(l, 65);
    if (!strcmp(id, "H5")) return ratio(1000.0 * flow(m, "unions"), flow(m, "population"));
    if (!strcmp(id, "H6")) return ratio(1000.0 * flow(m, "separations"), flow(m, "population"));
    if (!strcmp(id, "H7a")) return kj_leaving_age(l, KJ_FEMALE);
    if (!strcmp(id, "H7b")) return kj_leaving_age(l, KJ_MALE);
    if (!strcmp(id, "H8")) return couples_kept(l);
    return (double)NAN;
}

/* Residents of the map so many years after the start; NaN if the run is shorter. */
static double population_after(measures *m, int32_t years)
{
    const kj_case_run *run = m->run;
    kj_case_run one = *run;
    one.from_year = run->forest->first_year + years - 1;
    one.to_year = one.from_year + 1;
    m->run = &one;
    double persons = flow(m, "population");
    m->run = run;
    return persons > 0.0 ? persons : (double)NAN;
}

/* Residents so many years after the start; the baseline is those of the start. */
static double growth_after(measures *m, int32_t years, double *baseline)
{
    *baseline = population_after(m, 0);
    return population_after(m, years);
}

static double share_error(measures *m, int32_t year, double *baseline)
{
    double error = (double)NAN;
    m->status = kj_locality_share_error(m->err, m->run->forest->run, year, &error, baseline);
    return error;
}

/* Events a 1 000 residents in one year of the run; NaN if the run does not have it. */
static double crude_rate(measures *m, const char *events, int32_t year)
{
    const kj_case_run *run = m->run;
    kj_case_run one = *run;
    one.from_year = year - 1;
    one.to_year = year;
    m->run = &one;
    double rate = ratio(1000.0 * flow(m, events), flow(m, "population"));
    m->run = run;
    return rate;
}

static double other_measure(measures *m, const char *id, double *baseline)
{
    const kj_lives *l = m->run->lives;
    double fertility = 0.0;
    if (!strcmp(id, "P1")) return population_after(m, 3);
    if (!strcmp(id, "P2")) return growth_after(m, 10, baseline);
    if (!strcmp(id, "P4")) return share_error(m, 2018, baseline);
    if (!strcmp(id, "D1")) {
        for (int age = 15; age < 50; age++) fertility += l->lived[KJ_FEMALE][age] > 0.0 ? 12.0 * l->born[age] / l->lived[KJ_FEMALE][age] : 0.0;
        return fertility;
    }
    if (!strcmp(id, "D2a")) return kj_life_expectancy(l, KJ_FEMALE);
    if (!strcmp(id, "D2b")) return kj_life_expectancy(l, KJ_MALE);
    if (!strcmp(id, "D3a")) return crude_rate(m, "births", 2023); /* the rows ask for that year: later ones have an older population */
    if (!strcmp(id, "D3b")) return crude_rate(m, "deaths", 2023);
    if (!strcmp(id, "V1")) return ratio(flow(m, "rental_on_offer"), l->by_tenure[KJ_TENURE_RENTAL]);
    if (!strcmp(id, "V2")) return ratio(flow(m, "queue_months") / 12.0, flow(m, "queue_lettings"));
    if (!strcmp(id, "S1a")) return *baseline = l->start_65_74, ratio(l->aged_65_74_detached, l->aged_65_74);
    if (!strcmp(id, "S1b")) return *baseline = l->start_25_34, ratio(l->aged_25_34_detached, l->aged_25_34);
    return (double)NAN;
}

static double measure(measures *m, const char *id, double *baseline)
{
    *baseline = (double)NAN;
    if (id[0] == 'C') return chain_measure(m, atoi(id + 1), baseline);
    if (id[0] == 'M') return move_measure(m, id, baseline);
    if (id[0] == 'H') return household_measure(m, id, baseline);
    return other_measure(m, id, baseline);
}

kj_status kj_findings_add(kj_error *err, const kj_target *targets, uint32_t n, const char *map, const kj_case_run *run, kj_finding *findings)
{
    kj_chain_group *all;
    uint32_t n_all;
    kj_status status = kj_chain_groups_count(err, run->forest, KJ_BY_ALL, &all, &n_all);
    if (status) return status;
    measures m = {.run = run, .chains = all[0].stats, .err = err};
    for (uint32_t i = 0; i < n && !m.status; i++) {
        kj_finding *f = &findings[i];
        if (strcmp(targets[i].map, map) || f->n == KJ_SEEDS_MAX) continue;
        double baseline, value = measure(&m, targets[i].id, &baseline);
        if (isnan(value)) continue;
        f->values[f->n++] = value;
        if (isnan(baseline)) continue;
        f->baseline_sum += baseline;
        f->n_baseline++;
    }
    free(all);
    return m.status;
}

void kj_findings_finish(const kj_target *targets, uint32_t n, kj_finding *findings)
{
    for (uint32_t i = 0; i < n; i++) {
        kj_finding *f = &findings[i];
        f->baseline = (double)NAN;
        kj_mean_interval(f->values, (uint32_t)f->n, &f->value, &f->low, &f->high);
        if (f->n == 0) continue;
        if (f->n_baseline) f->baseline = f->baseline_sum / f->n_baseline;
        f->checked = !isnan(targets[i].low) && !isnan(targets[i].high);
        f->ok = f->checked && f->value >= targets[i].low && f->value <= targets[i].high;
    }
}
