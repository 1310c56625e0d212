/* What policies have changed: counted by year after each call, kept with the state, told when a run ends. A policy that is on and does nothing is
   named, so that a setting without effect does not go unseen. */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "city_internal.h"
#include "kept.h"
#include "scenario_internal.h"

/* Rows of a table other than `cell` whose value a call has changed. */
static int64_t changed_rows(const kj_city *city, const saved_column *save)
{
    const kj_rows *rows = &city->store->tables[save->table];
    const kj_column *column = &rows->columns[save->column];
    size_t width = kj_type_bytes(column->type), n = save->bytes / width;
    const uint8_t *before = save->copy, *after = column->data;
    int64_t total = 0;
    for (size_t row = 0; row < n && row < rows->n_rows; row++) total += rows->alive[row] && memcmp(before + row * width, after + row * width, width) != 0;
    return total;
}

static int64_t new_rows(const kj_city *city, const char *table)
{
    const kj_rows *rows = kj_store_table(city->store, table);
    for (int i = 0; rows && i < CITY_MARKS; i++)
        if (strcmp(city->marks[i].table, table) == 0) return (int64_t)rows->n_rows - city->marks[i].n_rows;
    return 0;
}

/* The record as a change; NULL if it is none, or not whole: a checkpoint may come from anywhere. */
static kept_change *change_of(kept_head *at)
{
    kept_change *change = (kept_change *)at;
    bool is_whole = at->kind == KEPT_CHANGE && at->bytes >= sizeof *change && change->deed < KJ_DEEDS && memchr(change->what, 0, sizeof change->what);
    return is_whole ? change : NULL;
}

kj_status script_count(kj_error *err, const kj_city *city, uint32_t policy, kj_deed deed, const char *what, int64_t n)
{
    int32_t year = KJ_YEAR_OF(city->month);
    if (n == 0) return KJ_OK;
    for (kept_head *at = kept_next(city->sim, NULL); at; at = kept_next(city->sim, at)) {
        kept_change *change = at->year == year && at->of == policy ? change_of(at) : NULL;
        if (!change || change->deed != (uint32_t)deed || strcmp(change->what, what) != 0) continue;
        change->n += n;
        return KJ_OK;
    }
    kept_change *made = (kept_change *)kept_add(city->sim, KEPT_CHANGE, year, policy, sizeof *made);
    if (!made) return kj_fail(err, KJ_E_MEMORY, "out of memory for what policies changed");
    made->n = n;
    made->deed = (uint32_t)deed;
    snprintf(made->what, sizeof made->what, "%s", what);
    return KJ_OK;
}

static kj_status count_rows(kj_error *err, const kj_city *city, uint32_t policy, const saved_column *save)
{
    const kj_rows *rows = &city->store->tables[save->table];
    char what[2 * KJ_NAME_MAX];
    if (strcmp(rows->name, "cell") == 0) return KJ_OK;
    snprintf(what, sizeof what, "%.47s.%.47s", rows->name, rows->columns[save->column].name);
    return script_count(err, city, policy, KJ_DEED_ROWS, what, changed_rows(city, save));
}

kj_status script_count_call(kj_error *err, const kj_city *city, uint32_t policy)
{
    kj_status status = script_count(err, city, policy, KJ_DEED_CALL, "", 1);
    for (int i = 0; !status && i < CITY_MARKS; i++) status = script_count(err, city, policy, KJ_DEED_NEW, city->marks[i].table, new_rows(city, city->marks[i].table));
    for (uint32_t s = 0; !status && s < city->n_saved; s++) status = count_rows(err, city, policy, &city->saved[s]);
    for (uint32_t p = 0; !status && p < city->n_params; p++) {
        double now = city->params[p].value;
        status = kj_sim_get_param(err, city->sim, city->params[p].name, &now);
        if (!status && now != city->params[p].value) status = script_count(err, city, policy, KJ_DEED_SETTING, city->params[p].name, 1);
    }
    return status;
}

void kj_policies_deeds(kj_sim *sim, void (*tell)(void *data, const kj_policy_deed *deed), void *data)
{
    for (kept_head *at = kept_next(sim, NULL); at; at = kept_next(sim, at)) {
        const kept_change *change = change_of(at);
        if (change) tell(data, &(kj_policy_deed){at->of, at->year, (kj_deed)change->deed, change->what, change->n});
    }
}

/* Sums of one policy: by deed, and by layer. */
typedef struct summary {
    uint32_t policy;
    int64_t totals[KJ_DEEDS];
    struct { char name[KJ_NAME_MAX]; int64_t n; } layer[16];
    int n_layers;
} summary;

static void add_up(void *data, const kj_policy_deed *deed)
{
    summary *s = data;
    if (deed->policy != s->policy) return;
    s->totals[deed->deed] += deed->n;
    if (deed->deed != KJ_DEED_CELLS) return;
    int at = 0;
    while (at < s->n_layers && strcmp(s->layer[at].name, deed->what) != 0) at++;
    if (at == (int)(sizeof s->layer / sizeof *s->layer)) return; /* more layers than a policy can change today */
    if (at == s->n_layers) snprintf(s->layer[s->n_layers++].name, KJ_NAME_MAX, "%.47s", deed->what);
    s->layer[at].n += deed->n;
}

void kj_policy_totals(kj_sim *sim, uint32_t policy, int64_t totals[KJ_DEEDS])
{
    summary s = {.policy = policy};
    kj_policies_deeds(sim, add_up, &s);
    memcpy(totals, s.totals, sizeof s.totals);
}

bool kj_policy_changed_nothing(const int64_t totals[KJ_DEEDS])
{
    for (int d = KJ_DEED_CELLS; d < KJ_DEEDS; d++)
        if (totals[d]) return false;
    return true;
}

void kj_policy_words(kj_sim *sim, uint32_t policy, char *out, size_t room)
{
    static const char *const one[KJ_DEEDS] = {[KJ_DEED_ZONED] = "cell protected that is zoned for homes", [KJ_DEED_NEW] = "new project or facility",
                                              [KJ_DEED_ROWS] = "value of a project or facility changed", [KJ_DEED_SETTING] = "setting changed"};
    static const char *const many[KJ_DEEDS] = {[KJ_DEED_ZONED] = "cells protected that are zoned for homes", [KJ_DEED_NEW] = "new projects or facilities",
                                               [KJ_DEED_ROWS] = "values of projects or facilities changed", [KJ_DEED_SETTING] = "settings changed"};
    summary s = {.policy = policy};
    size_t used = 0;
    kj_policies_deeds(sim, add_up, &s);
    out[0] = 0;
    for (int i = 0; i < s.n_layers && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%lld value%s of %s changed", used ? ", " : "", (long long)s.layer[i].n, s.layer[i].n == 1 ? "" : "s", s.layer[i].name);
    for (int d = KJ_DEED_ZONED; d < KJ_DEEDS && used < room; d++)
        if (s.totals[d]) used += (size_t)snprintf(out + used, room - used, "%s%lld %s", used ? ", " : "", (long long)s.totals[d], s.totals[d] == 1 ? one[d] : many[d]);
    if (used == 0) snprintf(out, room, "nothing changed");
}

/* Why a policy that is on has not acted. */
static void tell_idle(const kj_policy *policy, const kj_sim *sim, bool quiet)
{
    int32_t end = KJ_YEAR_OF(kj_sim_now(sim)), meant = 0;
    double from = 0.0;
    kj_error ignored;
    if (kj_policy_value(&ignored, sim, policy, "from", &from) || script_meant_year(&ignored, policy, sim, &meant)) return;
    if (from > end) meant = (int32_t)from;
    if (meant > end) kj_log_note(quiet, "policy %s is on but has not acted: %d lies after the run", policy->name, (int)meant);
    else if (policy->trigger.column) kj_log_note(quiet, "policy %s is on but has not acted: %s.%s has not passed its bound", policy->name, policy->trigger.table, policy->trigger.column);
    else kj_log_note(quiet, "policy %s is on but has not acted", policy->name);
}

bool kj_policies_tell(const kj_scenario *scenario, kj_sim *sim, bool quiet)
{
    char words[600];
    bool any = false;
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        int64_t totals[KJ_DEEDS];
        double enabled = 0.0, since = 0.0;
        kj_error ignored;
        if (kj_policy_value(&ignored, sim, policy, "enabled", &enabled) || kj_policy_value(&ignored, sim, policy, "since", &since)) continue;
        kj_policy_totals(sim, i, totals);
        kj_policy_words(sim, i, words, sizeof words);
        long long calls = (long long)totals[KJ_DEED_CALL];
        if (calls) kj_log_note(quiet, "policy %s acted %lld time%s: %s", policy->name, calls, calls == 1 ? "" : "s", words);
        else if (enabled != 0.0 && since == 0.0) tell_idle(policy, sim, quiet);
        any |= calls > 0;
    }
    return any;
}
