#include "counties.h"

#include <libdeflate.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/csv.h"

enum { FEMALE = 0, MALE = 1, SEXES = 2, OLDEST = 100, AGES = OLDEST + 1, MOTHER_MIN = 15, MOTHER_MAX = 49, MOTHERS = MOTHER_MAX - MOTHER_MIN + 1, YEARS_MAX = 80, MOVES_UP_TO = 90 };
/* Share of a first year's risk of death that the newborn of a year meet before its 31 December. Assumed: most infant deaths follow birth by days, so
   it is more than the half that an even risk would give; docs/hindcast_counties.md says how little it matters. */
static const double FIRST_YEAR = 0.9;

typedef struct county {
    char name[64];
    double people[YEARS_MAX][SEXES][AGES], deaths[YEARS_MAX][SEXES][AGES];
    double births[YEARS_MAX][SEXES][MOTHERS], unknown_mothers[YEARS_MAX][SEXES];
    bool has[YEARS_MAX][3]; /* people, deaths, births */
    /* fitted */
    double mortality[SEXES], fertility[MOTHERS], migration[SEXES][AGES]; /* mortality: factor on the national rate */
} county;

typedef struct counties {
    county *one;
    int32_t n, first, last, fit; /* first and last year of the files */
    double rate[SEXES][AGES], trend[SEXES]; /* deaths a person-year, national, in the middle of the level years */
    double boys;                            /* share of births in the fitted years, national */
} counties;

/* ---- files ---- */

static kj_status read_whole(kj_error *err, const char *path, char **text, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) return kj_fail(err, KJ_E_INPUT, "%s cannot be read: expected a table of counties (also as .gz)", path);
    size_t room = 1 << 20, n = 0;
    char *bytes = malloc(room);
    while (bytes) {
        n += fread(bytes + n, 1, room - n, file);
        if (n < room) break;
        char *more = realloc(bytes, room *= 2);
        if (!more) free(bytes);
        bytes = more;
    }
    fclose(file);
    if (!bytes) return kj_fail(err, KJ_E_MEMORY, "out of memory for %s", path);
    *text = bytes;
    *n_bytes = n;
    return KJ_OK;
}

static kj_status unpack(kj_error *err, const char *path, char **text, size_t *n_bytes)
{
    uint32_t plain = 0;
    if (*n_bytes < 18) return kj_fail(err, KJ_E_INPUT, "%s is no gzip file", path);
    memcpy(&plain, *text + *n_bytes - 4, sizeof plain); /* the size stands at the end, little-endian */
    char *out = plain < (1u << 30) ? malloc(plain + 1u) : NULL;
    struct libdeflate_decompressor *inflate = out ? libdeflate_alloc_decompressor() : NULL;
    bool whole = inflate && libdeflate_gzip_decompress(inflate, *text, *n_bytes, out, plain, NULL) == LIBDEFLATE_SUCCESS;
    if (inflate) libdeflate_free_decompressor(inflate);
    if (!whole) {
        free(out);
        return kj_fail(err, KJ_E_INPUT, "%s is damaged: it cannot be unpacked", path);
    }
    free(*text);
    *text = out;
    *n_bytes = plain;
    return KJ_OK;
}

static kj_status open_table(kj_error *err, const char *folder, const char *name, kj_csv **csv)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *plain = fopen(path, "rb");
    if (plain) fclose(plain);
    else snprintf(path, sizeof path, "%s/%s.gz", folder, name);
    kj_status status = read_whole(err, path, &text, &n);
    if (!status && !plain) status = unpack(err, path, &text, &n);
    if (!status) status = kj_csv_open_text(err, path, text, n, ',', csv);
    free(text);
    return status;
}

static county *county_named(counties *c, const char *name)
{
    for (int32_t i = c->n; i-- > 0;) /* rows of a county stand together */
        if (!strcmp(c->one[i].name, name)) return &c->one[i];
    if (c->n == KJ_COUNTIES_MAX) return NULL;
    county *added = &c->one[c->n++];
    snprintf(added->name, sizeof added->name, "%s", name);
    return added;
}

enum { PEOPLE, DEATHS, BIRTHS };

static kj_status read_age(kj_error *err, const kj_csv *csv, uint32_t column, int what, int32_t *age)
{
    const char *text = kj_csv_field(csv, column);
    char *end;
    long value = strtol(text, &end, 10);
    *age = (int32_t)value;
    if (what == BIRTHS && !strcmp(text, "<15")) *age = MOTHER_MIN;
    else if (what == BIRTHS && !strcmp(text, "49+")) *age = MOTHER_MAX;
    else if (what == BIRTHS && !strcmp(text, "no information")) *age = -1;
    else if (what != BIRTHS && !strcmp(text, "100+")) *age = OLDEST;
    else if (end == text || *end || value < (what == BIRTHS ? MOTHER_MIN : 0) || value > (what == BIRTHS ? MOTHER_MAX : OLDEST))
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column age: expected %s, found \"%s\"", kj_csv_path(csv), kj_csv_line(csv),
                       what == BIRTHS ? "<15, 15 to 48, 49+ or no information" : "0 to 99 or 100+", text);
    return KJ_OK;
}

static kj_status read_row(kj_error *err, const kj_csv *csv, const uint32_t column[5], int what, counties *c)
{
    int64_t year = 0;
    double count = 0.0;
    int32_t age = 0;
    const char *sex = kj_csv_field(csv, column[2]);
    kj_status status = kj_csv_integer(err, csv, column[1], c->first, c->first + YEARS_MAX - 1, &year);
    if (!status) status = kj_csv_number(err, csv, column[4], 0.0, 1e9, &count);
    if (!status) status = read_age(err, csv, column[3], what, &age);
    if (status) return status;
    int s = !strcmp(sex, "Females") ? FEMALE : !strcmp(sex, "Males") ? MALE : -1;
    if (s < 0) return kj_fail(err, KJ_E_INPUT, "%s:%u: column sex: expected Females or Males, found \"%s\"", kj_csv_path(csv), kj_csv_line(csv), sex);
    county *one = county_named(c, kj_csv_field(csv, column[0]));
    if (!one) return kj_fail(err, KJ_E_INPUT, "%s:%u: more than %d counties", kj_csv_path(csv), kj_csv_line(csv), KJ_COUNTIES_MAX);
    int32_t y = (int32_t)year - c->first;
    one->has[y][what] = true;
    if (age < 0) one->unknown_mothers[y][s] += count; /* only births say "no information" */
    else if (what == PEOPLE) one->people[y][s][age] += count;
    else if (what == DEATHS) one->deaths[y][s][age] += count;
    else one->births[y][s][age - MOTHER_MIN] += count;
    if (what == PEOPLE && (int32_t)year > c->last) c->last = (int32_t)year;
    return KJ_OK;
}

static kj_status read_table(kj_error *err, const char *folder, const char *name, int what, counties *c)
{
    static const char *const names[5] = {"region", "year", "sex", "age", "count"};
    kj_csv *csv = NULL;
    uint32_t column[5] = {0};
    bool more = true;
    kj_status status = open_table(err, folder, name, &csv);
    for (int i = 0; !status && i < 5; i++) status = kj_csv_require(err, csv, names[i], &column[i]);
    while (!status && !(status = kj_csv_next(err, csv, &more)) && more) status = read_row(err, csv, column, what, c);
    kj_csv_close(csv);
    return status;
}

static kj_status check_whole(kj_error *err, const counties *c)
{
    static const char *const tables[3] = {"population", "deaths", "births_by_mother_age"};
    if (c->n == 0 || c->last <= c->fit)
        return kj_fail(err, KJ_E_INPUT, "counties: expected figures beyond %d, the year that the rates are fitted to; the last is %d", (int)c->fit, (int)c->last);
    for (int32_t i = 0; i < c->n; i++)
        for (int32_t year = c->fit - KJ_COUNTY_FIT_YEARS; year <= c->last; year++)
            for (int what = 0; what < 3; what++) {
                bool needed = what == PEOPLE || (year > c->fit - KJ_COUNTY_FIT_YEARS && year <= c->fit);
                if (needed && !c->one[i].has[year - c->first][what])
                    return kj_fail(err, KJ_E_INPUT, "%s.csv: county %s has no figures for %d", tables[what], c->one[i].name, (int)year);
            }
    return KJ_OK;
}

/* ---- rates ---- */

static double exposure(const county *one, int32_t y, int s, int age) { return 0.5 * (one->people[y - 1][s][age] + one->people[y][s][age]); }

/* Observed deaths against those of the national rates. */
static double death_ratio(const counties *c, const county *from, int32_t n, int s, int32_t year_from, int32_t year_to)
{
    double died = 0.0, expected = 0.0;
    for (int32_t i = 0; i < n; i++)
        for (int32_t year = year_from; year <= year_to; year++)
            for (int age = 0; age < AGES; age++) {
                died += from[i].deaths[year - c->first][s][age];
                expected += exposure(&from[i], year - c->first, s, age) * c->rate[s][age];
            }
    return expected > 0.0 ? died / expected : 1.0;
}

/* National rates by sex and age, and the slope of ln(observed / expected deaths) over the years. */
static void fit_mortality(counties *c)
{
    const int32_t level_from = c->fit - KJ_COUNTY_LEVEL_YEARS + 1, trend_from = c->fit - KJ_COUNTY_TREND_YEARS + 1;
    for (int s = 0; s < SEXES; s++) {
        for (int age = 0; age < AGES; age++) {
            double died = 0.0, lived = 0.0;
            for (int32_t i = 0; i < c->n; i++)
                for (int32_t year = level_from; year <= c->fit; year++) {
                    died += c->one[i].deaths[year - c->first][s][age];
                    lived += exposure(&c->one[i], year - c->first, s, age);
                }
            c->rate[s][age] = lived > 0.0 ? died / lived : 0.0;
        }
        double mean = 0.5 * (trend_from + c->fit), product = 0.0, square = 0.0;
        for (int32_t year = trend_from; year <= c->fit; year++) {
            double ratio = death_ratio(c, c->one, c->n, s, year, year);
            product += ((double)year - mean) * log(ratio > 0.0 ? ratio : 1.0);
            square += ((double)year - mean) * ((double)year - mean);
        }
        c->trend[s] = product / square;
        for (int32_t i = 0; i < c->n; i++) c->one[i].mortality[s] = death_ratio(c, &c->one[i], 1, s, level_from, c->fit);
    }
}

static double force(const counties *c, const county *one, int s, int age, int32_t year)
{
    double middle = (double)c->fit - 0.5 * (KJ_COUNTY_LEVEL_YEARS - 1);
    return c->rate[s][age] * one->mortality[s] * exp(c->trend[s] * ((double)year - middle));
}

/* From one 31 December to the next for those who are `age` at the first. */
static double survival(const counties *c, const county *one, int s, int age, int32_t year)
{
    int next = age < OLDEST ? age + 1 : OLDEST;
    return exp(-0.5 * (force(c, one, s, age, year) + force(c, one, s, next, year)));
}

static double newborn_survival(const counties *c, const county *one, int s, int32_t year) { return exp(-FIRST_YEAR * force(c, one, s, 0, year)); }

static void fit_fertility(const counties *c, county *one)
{
    for (int k = 0; k < MOTHERS; k++) {
        double born = 0.0, women = 0.0;
        for (int32_t y = c->fit - KJ_COUNTY_FIT_YEARS + 1 - c->first; y <= c->fit - c->first; y++) {
            born += one->births[y][FEMALE][k] + one->births[y][MALE][k];
            women += exposure(one, y, FEMALE, MOTHER_MIN + k);
        }
        one->fertility[k] = women > 0.0 ? born / women : 0.0;
    }
}

static double share_of_boys(const counties *c)
{
    double born[SEXES] = {0.0, 0.0};
    for (int32_t i = 0; i < c->n; i++)
        for (int32_t y = c->fit - KJ_COUNTY_FIT_YEARS + 1 - c->first; y <= c->fit - c->first; y++)
            for (int s = 0; s < SEXES; s++) {
                born[s] += c->one[i].unknown_mothers[y][s];
                for (int k = 0; k < MOTHERS; k++) born[s] += c->one[i].births[y][s][k];
            }
    double all = born[FEMALE] + born[MALE];
    return all > 0.0 ? born[MALE] / all : 0.5;
}

/* What survival and births do not explain, by age at the end of the year. */
static void fit_migration(const counties *c, county *one)
{
    for (int s = 0; s < SEXES; s++)
        for (int age = 0; age < MOVES_UP_TO; age++) {
            double net = 0.0, from = 0.0;
            for (int32_t year = c->fit - KJ_COUNTY_FIT_YEARS + 1; year <= c->fit; year++) {
                int32_t y = year - c->first;
                double before = age > 0 ? one->people[y - 1][s][age - 1] : one->unknown_mothers[y][s];
                for (int k = 0; k < MOTHERS && age == 0; k++) before += one->births[y][s][k];
                net += one->people[y][s][age] - before * (age > 0 ? survival(c, one, s, age - 1, year) : newborn_survival(c, one, s, year));
                from += before;
            }
            one->migration[s][age] = from > 0.0 ? net / from : 0.0;
        }
}

/* ---- projection ---- */

typedef double people_by_age[SEXES][AGES];

static void project_year(const counties *c, const county *one, int32_t year, people_by_age people)
{
    people_by_age next;
    double births = 0.0;
    for (int s = 0; s < SEXES; s++) {
        for (int age = 1; age < OLDEST; age++) {
            double left = people[s][age - 1] * (survival(c, one, s, age - 1, year) + one->migration[s][age]);
            next[s][age] = left > 0.0 ? left : 0.0;
        }
        next[s][OLDEST] = people[s][OLDEST - 1] * survival(c, one, s, OLDEST - 1, year) + people[s][OLDEST] * survival(c, one, s, OLDEST, year);
    }
    for (int k = 0; k < MOTHERS; k++) births += one->fertility[k] * 0.5 * (people[FEMALE][MOTHER_MIN + k] + next[FEMALE][MOTHER_MIN + k]);
    for (int s = 0; s < SEXES; s++) {
        double left = births * (s == MALE ? c->boys : 1.0 - c->boys) * (newborn_survival(c, one, s, year) + one->migration[s][0]);
        next[s][0] = left > 0.0 ? left : 0.0;
    }
    memcpy(people, next, sizeof next);
}

static const struct {
    const char *name;
    int32_t from, to;
} groups[KJ_COUNTY_GROUPS] = {{"0–5", 0, 5},     {"6–15", 6, 15},   {"16–18", 16, 18}, {"19–24", 19, 24}, {"25–44", 25, 44},
                              {"45–64", 45, 64}, {"65–79", 65, 79}, {"80–", 80, OLDEST}, {"all", 0, OLDEST}};

static double in_group(people_by_age people, int g)
{
    double sum = 0.0;
    for (int s = 0; s < SEXES; s++)
        for (int32_t age = groups[g].from; age <= groups[g].to; age++) sum += people[s][age];
    return sum;
}

static double nation(const counties *c, int32_t year)
{
    double sum = 0.0;
    for (int32_t i = 0; i < c->n; i++) sum += in_group(c->one[i].people[year - c->first], KJ_COUNTY_GROUPS - 1);
    return sum;
}

static void hold_against(const counties *c, county *one, people_by_age people, int32_t k, kj_county_hindcast *out)
{
    double growth = nation(c, out->year[k]) / nation(c, c->fit);
    for (int g = 0; g < KJ_COUNTY_GROUPS; g++) {
        double observed = in_group(one->people[out->year[k] - c->first], g), shares = in_group(one->people[c->fit - c->first], g) * growth;
        if (observed <= 0.0) observed = 1.0;
        out->group[g].model[k] += 100.0 * fabs(in_group(people, g) - observed) / observed / c->n;
        out->group[g].shares[k] += 100.0 * fabs(shares - observed) / observed / c->n;
    }
}

static void project(const counties *c, county *one, kj_county_hindcast *out)
{
    people_by_age people;
    memcpy(people, one->people[c->fit - c->first], sizeof people);
    for (int32_t year = c->fit + 1; year <= c->last; year++) {
        project_year(c, one, year, people);
        for (int32_t k = 0; k < KJ_COUNTY_YEARS; k++)
            if (out->year[k] == year) hold_against(c, one, people, k, out);
    }
}

kj_status kj_county_hindcast_run(kj_error *err, const char *folder, int32_t fitted_to, kj_county_hindcast *out)
{
    counties c = {.one = calloc(KJ_COUNTIES_MAX, sizeof *c.one), .first = fitted_to - YEARS_MAX / 2, .fit = fitted_to};
    if (!c.one) return kj_fail(err, KJ_E_MEMORY, "out of memory for the counties");
    kj_status status = read_table(err, folder, "population.csv", PEOPLE, &c);
    if (!status) status = read_table(err, folder, "deaths.csv", DEATHS, &c);
    if (!status) status = read_table(err, folder, "births_by_mother_age.csv", BIRTHS, &c);
    if (!status) status = check_whole(err, &c);
    if (!status) {
        *out = (kj_county_hindcast){.fitted_to = fitted_to, .n_counties = c.n};
        for (int32_t k = 0; k < KJ_COUNTY_YEARS; k++) out->year[k] = c.fit + (c.last - c.fit) * (k + 1) / KJ_COUNTY_YEARS;
        for (int g = 0; g < KJ_COUNTY_GROUPS; g++) out->group[g].name = groups[g].name;
        fit_mortality(&c);
        memcpy(out->trend, c.trend, sizeof out->trend);
        out->boys = c.boys = share_of_boys(&c);
        for (int32_t i = 0; i < c.n; i++) {
            fit_fertility(&c, &c.one[i]);
            fit_migration(&c, &c.one[i]);
            project(&c, &c.one[i], out);
        }
    }
    free(c.one);
    return status;
}
