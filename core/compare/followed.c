/* Who gains and who loses: the people of the panel, person by person in both worlds, matched by their luck key. */
#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../chains/area_words.h"
#include "compare_internal.h"

/* A life is better or worse by each of these; the sum of signs says whether the person gains. */
enum { WAY_M = 500, MONEY_SEK = 5000 };    /* changes below these are not felt (assumed) */
static const double money_part = 0.05;     /* nor below this share of what was left */
enum { CROWDED = 1, STRAINED = 2, LOW_INCOME = 4, NO_PLACE = 8 };
enum { OUT_HOME = 0, OUT_CROWDED, OUT_STRAINED, OUT_LOW_INCOME, OUT_MONEY, OUT_PLACE, OUT_WAY };
static const struct { const char *id, *label; } outcomes[KJ_OUTCOMES] = {
    {"own_home", "A home of one's own"},     {"crowded", "Crowded home"},          {"strained", "Strained housing cost"}, {"low_income", "Low income"},
    {"money", "Money left after rent"},      {"place", "A place in school or preschool"}, {"way_to_school", "Way to school"}};

enum { AWAY = 0, OWN_HOME = 1, LODGES = 2, AGE_GROUPS = 7, FIFTHS = 5, GROUP_HEAD = 1 + 2 + AGE_GROUPS + FIFTHS };
static const int32_t age_from[AGE_GROUPS + 1] = {0, 6, 16, 20, 30, 65, 80, 200};
static const char *const age_label[AGE_GROUPS] = {"0–5", "6–15", "16–19", "20–29", "30–64", "65–79", "80+"};

const char *kj_group_kind_id(kj_group_kind kind)
{
    static const char *const ids[KJ_GROUP_KINDS] = {"all", "sex", "age", "income", "area"};
    return ids[kind];
}

/* The panel of one run; arrays by row. */
typedef struct panel {
    uint32_t n;
    uint64_t *luck;
    uint32_t *order; /* rows by luck */
    int32_t *birth, *entered, *entry_area, *entry_income, *cell, *left, *way;
    uint8_t *sex, *lives, *flags;
} panel;

static void panel_free(panel *p)
{
    void *const arrays[] = {p->luck, p->order, p->birth, p->entered, p->entry_area, p->entry_income, p->cell, p->left, p->way, p->sex, p->lives, p->flags};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) free(arrays[k]);
    memset(p, 0, sizeof *p);
}

static int by_luck(const void *a, const void *b, void *data)
{
    const uint64_t *luck = data;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (luck[x] != luck[y]) return luck[x] < luck[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

static kj_status read_column(kj_error *err, const kj_runread *run, const char *name, uint32_t year, kj_type type, uint32_t n, void *slot)
{
    void **values = slot;
    if (!*values) *values = calloc(n + 1u, kj_type_bytes(type));
    return *values ? kj_runread_column(err, run, "panel", name, year, type, *values) : kj_fail(err, KJ_E_MEMORY, "out of memory for the panel");
}

/* How people live in one year; those who were not yet there read as away. */
static kj_status read_year(kj_error *err, const kj_runread *run, uint32_t year, panel *p)
{
    kj_status status = read_column(err, run, "lives", year, KJ_U8, p->n, &p->lives);
    if (!status) status = read_column(err, run, "cell", year, KJ_I32, p->n, &p->cell);
    for (uint32_t k = 0; k < p->n && !status; k++)
        if (p->lives[k] > 3) p->lives[k] = AWAY;
    return status;
}

static kj_status read_panel(kj_error *err, const kj_runread *run, uint32_t year, panel *p)
{
    memset(p, 0, sizeof *p);
    p->n = kj_runread_table_named(run, "panel")->n_rows;
    kj_status status = read_year(err, run, year, p);
    const struct { const char *name; kj_type type; void *slot; } columns[] = {
        {"luck", KJ_KEY, &p->luck}, {"birth_month", KJ_I32, &p->birth}, {"entered", KJ_I32, &p->entered}, {"entry_area", KJ_I32, &p->entry_area},
        {"entry_income", KJ_I32, &p->entry_income}, {"sex", KJ_U8, &p->sex}, {"hardship", KJ_U8, &p->flags}, {"left_over", KJ_I32, &p->left},
        {"school_m", KJ_I32, &p->way}};
    for (size_t k = 0; k < sizeof columns / sizeof *columns && !status; k++) status = read_column(err, run, columns[k].name, year, columns[k].type, p->n, columns[k].slot);
    p->order = calloc(p->n + 1u, sizeof *p->order);
    if (!status && !p->order) status = kj_fail(err, KJ_E_MEMORY, "out of memory for the panel");
    if (status) return status;
    for (uint32_t k = 0; k < p->n; k++) p->order[k] = k;
    qsort_r(p->order, p->n, sizeof *p->order, by_luck, p->luck);
    return KJ_OK;
}

/* Signs of the outcomes of one person: 1 better in the change, -1 worse. */
static void signs_of(const panel *a, uint32_t x, const panel *b, uint32_t y, int sign[KJ_OUTCOMES])
{
    uint8_t before = a->flags[x], after = b->flags[y];
    const uint8_t bit[KJ_OUTCOMES] = {[OUT_CROWDED] = CROWDED, [OUT_STRAINED] = STRAINED, [OUT_LOW_INCOME] = LOW_INCOME, [OUT_PLACE] = NO_PLACE};
    for (int k = 0; k < KJ_OUTCOMES; k++) sign[k] = bit[k] ? ((before & bit[k]) != 0) - ((after & bit[k]) != 0) : 0;
    bool homes = a->lives[x] <= LODGES && b->lives[y] <= LODGES;
    sign[OUT_HOME] = homes ? (a->lives[x] == LODGES) - (b->lives[y] == LODGES) : 0;
    double money = (double)b->left[y] - (double)a->left[x], felt = money_part * fabs((double)a->left[x]);
    if (felt < MONEY_SEK) felt = MONEY_SEK;
    sign[OUT_MONEY] = homes && fabs(money) > felt ? (money > 0.0 ? 1 : -1) : 0;
    if (a->way[x] >= 0 && b->way[y] >= 0 && abs(a->way[x] - b->way[y]) >= WAY_M) sign[OUT_WAY] = b->way[y] < a->way[x] ? 1 : -1;
}

/* Sums over the people of a group in one pair. */
typedef struct tally {
    double people, gain, lose, money, way, way_people;
} tally;

typedef struct followed {
    kj_comparison *out;
    uint32_t n_areas, n_groups;
    double fifth[FIFTHS - 1]; /* limits of income */
    tally *sum;               /* [pair][group] */
    tally *now;               /* of this pair */
} followed;

static void count_in(tally *t, int net, double money, double way, bool has_way)
{
    t->people += 1.0;
    t->gain += net > 0;
    t->lose += net < 0;
    t->money += money;
    t->way += has_way ? way : 0.0;
    t->way_people += has_way;
}

static int fifth_of(const followed *f, int32_t income)
{
    int k = 0;
    while (k < FIFTHS - 1 && (double)income > f->fifth[k]) k++;
    return k;
}

static void count_person(followed *f, const panel *a, uint32_t x, const panel *b, uint32_t y, kj_month now)
{
    int sign[KJ_OUTCOMES] = {0}, net = 0, age = 0;
    signs_of(a, x, b, y, sign);
    for (int k = 0; k < KJ_OUTCOMES; k++) {
        net += sign[k];
        f->out->outcomes[k].better += sign[k] > 0;
        f->out->outcomes[k].worse += sign[k] < 0;
    }
    bool has_way = a->way[x] >= 0 && b->way[y] >= 0;
    double money = (double)b->left[y] - (double)a->left[x], way = (double)(b->way[y] - a->way[x]);
    int32_t years = (now - a->birth[x]) / 12;
    while (age < AGE_GROUPS - 1 && years >= age_from[age + 1]) age++;
    tally *t = f->now;
    count_in(&t[0], net, money, way, has_way);
    count_in(&t[1 + (a->sex[x] != 0)], net, money, way, has_way);
    count_in(&t[3 + age], net, money, way, has_way);
    count_in(&t[3 + AGE_GROUPS + fifth_of(f, a->entry_income[x])], net, money, way, has_way);
    bool at_home = a->entry_area[x] >= 0 && (uint32_t)a->entry_area[x] < f->n_areas; /* the last group: from elsewhere */
    count_in(&t[GROUP_HEAD + (at_home ? (uint32_t)a->entry_area[x] : f->n_areas)], net, money, way, has_way);
}

/* Walks both panels by luck; counts whoever lives in both, and those who live in one alone. */
static void match(followed *f, const panel *a, const panel *b, kj_month now)
{
    uint32_t i = 0, j = 0;
    while (i < a->n || j < b->n) {
        uint32_t x = i < a->n ? a->order[i] : 0, y = j < b->n ? b->order[j] : 0;
        bool left = j >= b->n || (i < a->n && a->luck[x] < b->luck[y]), right = !left && (i >= a->n || b->luck[y] < a->luck[x]);
        bool here = !right && a->lives[x] != AWAY, there = !left && b->lives[y] != AWAY;
        if (here && there) count_person(f, a, x, b, y, now);
        else f->out->only_base += here, f->out->only_change += there;
        i += !right;
        j += !left;
    }
}

/* Share of people who are the same in a year, and of them those with the same home; adds to the year's means. */
static void match_year(const panel *a, const panel *b, double n_pairs, kj_same_year *same)
{
    double both = 0.0, either = 0.0, home = 0.0;
    for (uint32_t i = 0, j = 0; i < a->n || j < b->n;) {
        uint32_t x = i < a->n ? a->order[i] : 0, y = j < b->n ? b->order[j] : 0;
        bool left = j >= b->n || (i < a->n && a->luck[x] < b->luck[y]), right = !left && (i >= a->n || b->luck[y] < a->luck[x]);
        bool here = !right && a->lives[x] != AWAY, there = !left && b->lives[y] != AWAY;
        either += here || there;
        both += here && there;
        home += here && there && a->cell[x] == b->cell[y] && a->lives[x] == b->lives[y];
        i += !right;
        j += !left;
    }
    same->identical += (either > 0.0 ? 100.0 * both / either : 100.0) / n_pairs;
    same->same_home += (both > 0.0 ? 100.0 * home / both : 100.0) / n_pairs;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Fifths of income of those whom the panel followed from the start. */
static kj_status set_fifths(kj_error *err, followed *f, const panel *p, kj_month start)
{
    double *incomes = calloc(p->n + 1u, sizeof *incomes);
    if (!incomes) return kj_fail(err, KJ_E_MEMORY, "out of memory for the panel");
    uint32_t n = 0;
    for (uint32_t k = 0; k < p->n; k++)
        if (p->entered[k] == start) incomes[n++] = (double)p->entry_income[k];
    qsort(incomes, n, sizeof *incomes, by_value);
    for (int k = 1; k < FIFTHS; k++) f->fifth[k - 1] = n ? incomes[n * (uint32_t)k / FIFTHS] : 0.0;
    free(incomes);
    return KJ_OK;
}

static kj_status follow_pair(kj_error *err, followed *f, const kj_pairs *pairs, uint32_t k)
{
    const kj_runread *base = pairs->base[k], *change = pairs->change[k];
    panel a, b = {0};
    uint32_t in_base = (uint32_t)kj_runread_year_index(base, f->out->year), in_change = (uint32_t)kj_runread_year_index(change, f->out->year);
    kj_status status = read_panel(err, base, in_base, &a);
    if (!status) status = read_panel(err, change, in_change, &b);
    if (!status && k == 0) status = set_fifths(err, f, &a, kj_runread_info(base)->start);
    f->now = f->sum + (size_t)k * f->n_groups;
    if (!status) match(f, &a, &b, KJ_MONTH(f->out->year, 10));
    for (uint32_t y = 0; y < f->out->n_same && !status; y++) {
        status = read_year(err, base, (uint32_t)kj_runread_year_index(base, f->out->same[y].year), &a);
        int32_t other = kj_runread_year_index(change, f->out->same[y].year);
        if (!status && other >= 0) status = read_year(err, change, (uint32_t)other, &b);
        if (!status) match_year(&a, &b, (double)pairs->n, &f->out->same[y]);
    }
    panel_free(&a);
    panel_free(&b);
    return status;
}

static void label_group(followed *f, uint32_t g, const char *const *areas)
{
    kj_group *group = &f->out->groups[g];
    static const char *const sexes[] = {"Women", "Men"};
    static const char *const fifths[] = {"Lowest fifth of income", "Second fifth", "Third fifth", "Fourth fifth", "Highest fifth of income"};
    if (g == 0) group->kind = KJ_GROUP_ALL, snprintf(group->label, sizeof group->label, "All");
    else if (g < 3) group->kind = KJ_GROUP_SEX, snprintf(group->label, sizeof group->label, "%s", sexes[g - 1]);
    else if (g < 3 + AGE_GROUPS) group->kind = KJ_GROUP_AGE, snprintf(group->label, sizeof group->label, "%s", age_label[g - 3]);
    else if (g < GROUP_HEAD) group->kind = KJ_GROUP_INCOME, snprintf(group->label, sizeof group->label, "%s", fifths[g - 3 - AGE_GROUPS]);
    else group->kind = KJ_GROUP_AREA, snprintf(group->label, sizeof group->label, "%.63s", g - GROUP_HEAD < f->n_areas ? areas[g - GROUP_HEAD] : "Moved in");
}

static void sum_group(followed *f, uint32_t g, uint32_t n_pairs, double *net)
{
    kj_group *group = &f->out->groups[g];
    tally all = {0};
    for (uint32_t k = 0; k < n_pairs; k++) {
        const tally *t = &f->sum[(size_t)k * f->n_groups + g];
        net[k] = t->people > 0.0 ? 100.0 * (t->gain - t->lose) / t->people : 0.0;
        all.people += t->people;
        all.gain += t->gain;
        all.lose += t->lose;
        all.money += t->money;
        all.way += t->way;
        all.way_people += t->way_people;
    }
    group->people = all.people / (double)n_pairs;
    group->gain = all.people > 0.0 ? 100.0 * all.gain / all.people : 0.0;
    group->lose = all.people > 0.0 ? 100.0 * all.lose / all.people : 0.0;
    group->money = all.people > 0.0 ? all.money / all.people : 0.0;
    group->school_people = all.way_people / (double)n_pairs;
    group->school_m = all.way_people > 0.0 ? all.way / all.way_people : 0.0;
    group->net = kj_effect_of(net, n_pairs);
}

static kj_status read_share(kj_error *err, const kj_runread *run, double *share)
{
    int64_t values[1024] = {0};
    const kj_run_table *towns = kj_runread_table_named(run, "municipality");
    *share = 0.0;
    if (!towns || towns->n_rows == 0 || towns->n_rows > 1024) return KJ_OK;
    kj_status status = kj_runread_column(err, run, "municipality", "panel_share", 0, KJ_I64, values);
    if (!status) *share = (double)values[0] / 65536.0;
    return status;
}

static bool follows(const kj_runread *run)
{
    const kj_run_table *table = kj_runread_table_named(run, "panel");
    return table && table->n_rows > 0 && kj_run_table_column(table, "luck") && kj_run_table_column(table, "lives");
}

static kj_status make_room(kj_error *err, followed *f, const kj_pairs *pairs)
{
    kj_comparison *out = f->out;
    const kj_run_table *areas = kj_runread_table_named(pairs->base[0], "area");
    f->n_areas = areas ? areas->n_rows : 0;
    f->n_groups = GROUP_HEAD + f->n_areas + 1;
    f->sum = calloc((size_t)f->n_groups * pairs->n, sizeof *f->sum);
    out->groups = calloc(f->n_groups, sizeof *out->groups);
    out->n_same = (uint32_t)kj_runread_year_index(pairs->base[0], out->year) + 1u;
    out->same = calloc(out->n_same, sizeof *out->same);
    if (!f->sum || !out->groups || !out->same) return kj_fail(err, KJ_E_MEMORY, "out of memory for the panel");
    for (uint32_t y = 0; y < out->n_same; y++) out->same[y].year = kj_runread_years(pairs->base[0])[y];
    return KJ_OK;
}

/* Areas that have a code in place of a name, by the place where they lie. */
static kj_status tell_areas(kj_error *err, const followed *f, kj_runread *run)
{
    kj_area_words words;
    kj_status status = kj_area_words_read(err, run, &words);
    for (uint32_t a = 0; a < words.n && a < f->n_areas; a++) {
        kj_group *group = &f->out->groups[GROUP_HEAD + a];
        if (strcmp(words.area[a].text, group->label) != 0) snprintf(group->told, sizeof group->told, "%s", words.area[a].text);
    }
    kj_area_words_free(&words);
    return status;
}

kj_status kj_followed_fill(kj_error *err, const kj_pairs *pairs, kj_comparison *out)
{
    for (int k = 0; k < KJ_OUTCOMES; k++) out->outcomes[k] = (kj_outcome_count){.id = outcomes[k].id, .label = outcomes[k].label};
    for (uint32_t k = 0; k < pairs->n_open; k++)
        if (!follows(pairs->open[k])) return KJ_OK;
    followed f = {.out = out};
    const char *const *names = NULL;
    double *net = calloc(pairs->n, sizeof *net);
    kj_status status = net ? make_room(err, &f, pairs) : kj_fail(err, KJ_E_MEMORY, "out of memory for the panel");
    if (!status) status = read_share(err, pairs->base[0], &out->followed_share);
    if (!status && f.n_areas) status = kj_runread_texts(err, pairs->base[0], "area", "name", &names);
    for (uint32_t k = 0; k < pairs->n && !status; k++) status = follow_pair(err, &f, pairs, k);
    double n = (double)pairs->n;
    for (int k = 0; k < KJ_OUTCOMES; k++) out->outcomes[k].better /= n, out->outcomes[k].worse /= n;
    out->only_base /= n;
    out->only_change /= n;
    for (uint32_t g = 0; g < f.n_groups && !status; g++) {
        label_group(&f, g, names);
        sum_group(&f, g, pairs->n, net);
    }
    if (!status) status = tell_areas(err, &f, pairs->base[0]);
    if (!status) out->n_groups = f.n_groups;
    free(f.sum);
    free(net);
    return status;
}
