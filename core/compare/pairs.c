/* Which runs are the same people with the same luck. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/runchanges.h"
#include "compare_internal.h"
#include "norms.h"

static kj_status not_paired(kj_error *err, const kj_runread *a, const kj_runread *b, const char *what, const char *of_a, const char *of_b)
{
    return kj_fail(err, KJ_E_INPUT,
                   "%s and %s cannot be compared: they are not the same people with the same luck. %s: %s in the first, %s in the second; "
                   "run both with the same %s",
                   kj_runread_path(a), kj_runread_path(b), what, of_a, of_b, what);
}

static bool same_plugins(const kj_run_info *a, const kj_run_info *b)
{
    bool same = a->n_plugins == b->n_plugins;
    for (uint32_t k = 0; same && k < a->n_plugins; k++) same = strcmp(a->plugins[k].id, b->plugins[k].id) == 0;
    return same;
}

/* Same map, start and plugins, whatever the seed. */
static kj_status check_alike(kj_error *err, const kj_runread *a, const kj_runread *b)
{
    const kj_run_info *x = kj_runread_info(a), *y = kj_runread_info(b);
    char of_x[96], of_y[96];
    if (strcmp(x->map_digest, y->map_digest) != 0) {
        snprintf(of_x, sizeof of_x, "%.40s (%.8s)", x->map_title, x->map_digest);
        snprintf(of_y, sizeof of_y, "%.40s (%.8s)", y->map_title, y->map_digest);
        return not_paired(err, a, b, "map", of_x, of_y);
    }
    snprintf(of_x, sizeof of_x, "%d-%02d", KJ_YEAR_OF(x->start), KJ_MONTH_OF_YEAR(x->start));
    snprintf(of_y, sizeof of_y, "%d-%02d", KJ_YEAR_OF(y->start), KJ_MONTH_OF_YEAR(y->start));
    if (x->start != y->start) return not_paired(err, a, b, "start", of_x, of_y);
    snprintf(of_x, sizeof of_x, "%u plugins", x->n_plugins);
    snprintf(of_y, sizeof of_y, "%u plugins", y->n_plugins);
    return same_plugins(x, y) ? KJ_OK : not_paired(err, a, b, "model", of_x, of_y);
}

static uint64_t seed_of(const kj_runread *run) { return kj_runread_info(run)->seed; }

/* The change run with this seed; NULL if none, an error if there are two. */
static kj_status partner_of(kj_error *err, kj_runread *run, kj_runread **among, uint32_t n, kj_runread **found)
{
    *found = NULL;
    for (uint32_t k = 0; k < n; k++) {
        if (seed_of(among[k]) != seed_of(run)) continue;
        if (*found)
            return kj_fail(err, KJ_E_INPUT, "%s and %s are the same world with the same seed %llu: give each once", kj_runread_path(*found),
                           kj_runread_path(among[k]), (unsigned long long)seed_of(run));
        *found = among[k];
    }
    return KJ_OK;
}

static kj_status pair_by_seed(kj_error *err, kj_pairs *pairs, uint32_t n_base, uint32_t n_change)
{
    if (n_base == 1 && n_change == 1 && seed_of(pairs->base[0]) != seed_of(pairs->change[0])) {
        char x[32], y[32];
        snprintf(x, sizeof x, "%llu", (unsigned long long)seed_of(pairs->base[0]));
        snprintf(y, sizeof y, "%llu", (unsigned long long)seed_of(pairs->change[0]));
        return not_paired(err, pairs->base[0], pairs->change[0], "seed", x, y);
    }
    kj_runread **ordered = calloc(n_base + 1u, sizeof *ordered);
    if (!ordered) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = KJ_OK;
    for (uint32_t k = 0; k < n_base && !status; k++) {
        kj_runread *own;
        status = partner_of(err, pairs->base[k], pairs->base, n_base, &own); /* a seed twice */
        if (!status) status = partner_of(err, pairs->base[k], pairs->change, n_change, &ordered[k]);
        if (!status && !ordered[k])
            status = kj_fail(err, KJ_E_INPUT, "%s has seed %llu, but no changed run has: run the change with that seed, or leave the file out",
                             kj_runread_path(pairs->base[k]), (unsigned long long)seed_of(pairs->base[k]));
    }
    for (uint32_t k = 0; k < n_change && !status; k++) {
        kj_runread *base;
        status = partner_of(err, pairs->change[k], pairs->base, n_base, &base);
        if (!status && !base)
            status = kj_fail(err, KJ_E_INPUT, "%s has seed %llu, but no base run has: run the base with that seed, or leave the file out",
                             kj_runread_path(pairs->change[k]), (unsigned long long)seed_of(pairs->change[k]));
    }
    if (!status) memcpy(pairs->change, ordered, n_base * sizeof *ordered);
    free(ordered);
    pairs->n = n_base;
    return status;
}

/* Sorts the open runs into two worlds by their signature; two runs alone are base and change whatever they say. */
static kj_status sort_worlds(kj_error *err, kj_pairs *pairs, uint32_t *n_base, uint32_t *n_change)
{
    char *first = kj_world_signature(pairs->open[0]), *other = NULL;
    kj_status status = first ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    *n_base = *n_change = 0;
    for (uint32_t k = 0; k < pairs->n_open && !status; k++) {
        char *text = kj_world_signature(pairs->open[k]);
        bool is_base = text && strcmp(text, first) == 0 && !(pairs->n_open == 2 && k == 1);
        if (!text) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
        else if (is_base) pairs->base[(*n_base)++] = pairs->open[k];
        else if (!other || strcmp(text, other) == 0) pairs->change[(*n_change)++] = pairs->open[k];
        else
            status = kj_fail(err, KJ_E_INPUT, "%s is a third world: its settings are neither those of %s nor those of %s; compare two at a time",
                             kj_runread_path(pairs->open[k]), kj_runread_path(pairs->base[0]), kj_runread_path(pairs->change[0]));
        if (!status && !is_base && !other) other = text, text = NULL;
        free(text);
    }
    free(first);
    free(other);
    if (!status && *n_change == 0)
        status = kj_fail(err, KJ_E_INPUT, "all %u runs have the same settings: give one of a changed world too", pairs->n_open);
    return status;
}

/* A parameter of the policy whose switch this is; NULL: it has none of that name. */
static const json_t *beside_switch(const json_t *parameters, const kj_changed_setting *s, const char *last, char name[sizeof s->name + 8])
{
    snprintf(name, sizeof s->name + 8, "%.*s.%s", (int)(strlen(s->name) - strlen(".enabled")), s->name, last);
    return json_object_get(parameters, name);
}

/* When a policy that is switched on begins, though that year differs in neither world. */
static void take_years(const json_t *options, kj_changed_setting *s)
{
    char name[sizeof s->name + 8];
    const json_t *parameters = json_object_get(options, "parameters");
    if (!kj_setting_is(s, "enabled")) return;
    const json_t *from = beside_switch(parameters, s, "from", name), *year = beside_switch(parameters, s, "year", name);
    s->knows_from = json_is_number(from);
    s->from = json_number_value(from);
    s->year = json_number_value(year);
    kj_setting_take_title(json_object_get(options, "titles"), name, s->year_title);
}

/* What one world was told: at its beginning, and while it went on. */
typedef struct told {
    json_t *options;
    kj_journal changes;
} told;

static kj_status read_told(kj_error *err, const kj_runread *run, told *out)
{
    json_error_t ignored;
    out->options = json_loads(kj_runread_info(run)->options_json, 0, &ignored);
    return kj_run_changes(err, out->options, &out->changes);
}

static void free_told(told *t)
{
    json_decref(t->options);
    kj_journal_free(&t->changes);
}

static double value_in(const told *t, const char *name, kj_month month) { return kj_run_value(t->options, &t->changes, name, month, 0.0); }

/* Whether a parameter can act in a world: not if it is that of a policy which is off from the beginning to the end. */
static bool acts(const told *t, const char *name)
{
    char on[sizeof((kj_changed_setting *)0)->name + 8];
    snprintf(on, sizeof on, "%.*s.enabled", (int)strcspn(name, "."), name);
    const json_t *enabled = json_object_get(json_object_get(t->options, "parameters"), on);
    bool off = json_is_number(enabled) && json_number_value(enabled) <= 0.0;
    for (uint32_t i = 0; off && i < t->changes.n; i++) off = strcmp(t->changes.items[i].name, on) != 0 || t->changes.items[i].value <= 0.0;
    return !off;
}

static bool tells(const told *a, const told *b, const char *name) { return strstr(name, ".enabled") || acts(a, name) || acts(b, name); }

static kj_status add_setting(kj_error *err, kj_comparison *out, const told *b, const char *name, kj_month month, double base, double change)
{
    kj_changed_setting *grown = realloc(out->settings, (out->n_settings + 1u) * sizeof *grown), *s;
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    out->settings = grown;
    s = &grown[out->n_settings++];
    *s = (kj_changed_setting){.base = base, .change = change, .month = month};
    snprintf(s->name, sizeof s->name, "%s", name);
    kj_setting_take_titles(json_object_get(b->options, "titles"), s);
    take_years(b->options, s);
    return KJ_OK;
}

/* Parameters that differ from the start on, by name. */
static kj_status list_parameters(kj_error *err, const told *a, const told *b, kj_comparison *out)
{
    json_t *of_a = json_object_get(a->options, "parameters"), *of_b = json_object_get(b->options, "parameters"), *value;
    const char *name;
    kj_status status = KJ_OK;
    if (!of_a || !of_b) return KJ_OK;
    json_object_foreach(of_b, name, value) {
        json_t *other = json_object_get(of_a, name); /* NULL: the base's program had no such setting, as if it were off */
        double base = other ? json_number_value(other) : 0.0, change = json_number_value(value);
        if (!status && base != change && (other || strstr(name, ".enabled")) && tells(a, b, name)) status = add_setting(err, out, b, name, 0, base, change);
    }
    return status;
}

/* One change of either world: told if the worlds differ by it, or if the changed one goes back to what the base has. The same change in both is
   told once. */
static kj_status list_change(kj_error *err, const told *a, const told *b, const kj_change *change, bool of_a, kj_comparison *out)
{
    kj_month month = change->month;
    double base = value_in(a, change->name, month), now = value_in(b, change->name, month);
    if (!tells(a, b, change->name)) return KJ_OK;
    bool differed = value_in(a, change->name, month - 1) != value_in(b, change->name, month - 1);
    for (uint32_t i = 0; of_a && i < b->changes.n; i++)
        if (b->changes.items[i].month == month && strcmp(b->changes.items[i].name, change->name) == 0) return KJ_OK;
    if (base == now) return differed && !of_a ? add_setting(err, out, b, change->name, month, value_in(b, change->name, month - 1), now) : KJ_OK;
    return add_setting(err, out, b, change->name, month, base, now);
}

static int by_month(const void *x, const void *y)
{
    const kj_changed_setting *a = x, *b = y;
    return a->month != b->month ? (a->month > b->month) - (a->month < b->month) : strcmp(a->name, b->name);
}

/* What differs between the two worlds: from the start by name, then what was changed later by month. */
static kj_status list_settings(kj_error *err, const kj_pairs *pairs, kj_comparison *out)
{
    told a = {0}, b = {0};
    kj_status status = read_told(err, pairs->base[0], &a);
    if (!status) status = read_told(err, pairs->change[0], &b);
    if (!status) status = list_parameters(err, &a, &b, out);
    uint32_t n_begun = out->n_settings;
    for (uint32_t i = 0; !status && i < a.changes.n; i++) status = list_change(err, &a, &b, &a.changes.items[i], true, out);
    for (uint32_t i = 0; !status && i < b.changes.n; i++) status = list_change(err, &a, &b, &b.changes.items[i], false, out);
    if (out->n_settings > n_begun) qsort(out->settings + n_begun, out->n_settings - n_begun, sizeof *out->settings, by_month);
    free_told(&a);
    free_told(&b);
    return status;
}

static kj_status describe(kj_error *err, const kj_pairs *pairs, kj_comparison *out)
{
    const kj_run_info *base = kj_runread_info(pairs->base[0]), *change = kj_runread_info(pairs->change[0]);
    snprintf(out->title_base, sizeof out->title_base, "%s", base->title);
    snprintf(out->title_change, sizeof out->title_change, "%s", change->title);
    snprintf(out->map, sizeof out->map, "%s", base->map_title);
    snprintf(out->boundary, sizeof out->boundary, "%s", base->boundary);
    kj_norms_text(pairs->base[0], out->norms, sizeof out->norms);
    out->n_pairs = pairs->n;
    out->first_year = kj_runread_years(pairs->base[0])[0];
    out->seeds = calloc(pairs->n, sizeof *out->seeds);
    if (!out->seeds) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    out->same_end = true;
    for (uint32_t k = 0; k < pairs->n; k++) {
        out->seeds[k] = seed_of(pairs->base[k]);
        out->same_end &= strcmp(kj_runread_info(pairs->base[k])->state_hash, kj_runread_info(pairs->change[k])->state_hash) == 0;
    }
    out->last_base = kj_runread_years(pairs->base[0])[kj_runread_n_years(pairs->base[0]) - 1];
    out->last_change = kj_runread_years(pairs->change[0])[kj_runread_n_years(pairs->change[0]) - 1];
    kj_status status = list_settings(err, pairs, out);
    return status ? status : kj_projects_differ(err, pairs->base[0], pairs->change[0], out);
}

kj_status kj_pairs_open(kj_error *err, const char *const *paths, uint32_t n, kj_comparison *out, kj_pairs *pairs)
{
    *pairs = (kj_pairs){.open = calloc(n + 1u, sizeof *pairs->open), .base = calloc(n + 1u, sizeof *pairs->base), .change = calloc(n + 1u, sizeof *pairs->change)};
    if (!pairs->open || !pairs->base || !pairs->change) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (n < 2) return kj_fail(err, KJ_E_INPUT, "expected at least two runs, a base and a change; found %u", n);
    kj_status status = KJ_OK;
    for (uint32_t k = 0; k < n && !status; k++) {
        status = kj_runread_open(err, paths[k], &pairs->open[k]);
        if (!status) pairs->n_open++;
        if (!status && k > 0) status = check_alike(err, pairs->open[0], pairs->open[k]);
    }
    uint32_t n_base = 0, n_change = 0;
    if (!status) status = sort_worlds(err, pairs, &n_base, &n_change);
    if (!status) status = pair_by_seed(err, pairs, n_base, n_change);
    return status ? status : describe(err, pairs, out);
}

void kj_pairs_close(kj_pairs *pairs)
{
    for (uint32_t k = 0; k < pairs->n_open; k++) kj_runread_close(pairs->open[k]);
    free(pairs->open);
    free(pairs->base);
    free(pairs->change);
}

kj_status kj_pairs_year(kj_error *err, const kj_pairs *pairs, int32_t year, kj_comparison *out)
{
    int32_t last = INT32_MAX;
    for (uint32_t k = 0; k < pairs->n_open; k++) {
        int32_t own = kj_runread_years(pairs->open[k])[kj_runread_n_years(pairs->open[k]) - 1];
        if (own < last) last = own;
    }
    out->year = year ? year : last;
    for (uint32_t k = 0; k < pairs->n_open; k++)
        if (kj_runread_year_index(pairs->open[k], out->year) < 0)
            return kj_fail(err, KJ_E_INPUT, "%s has no year %d; all runs have %d to %d", kj_runread_path(pairs->open[k]), out->year, out->first_year, last);
    return KJ_OK;
}
