/* What policies have changed: counted after each call, told when a run ends. A policy that is on and does nothing is named, so that
   a setting without effect does not go unseen. */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "city_internal.h"
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

void script_count_effect(const kj_city *city, kj_policy_effect *effect)
{
    const kj_rows *cells = kj_store_table(city->store, "cell");
    effect->n_calls++;
    effect->n_projects += new_rows(city, "project");
    effect->n_facilities += new_rows(city, "facility");
    for (uint32_t s = 0; s < city->n_saved; s++)
        if (&city->store->tables[city->saved[s].table] != cells) effect->n_rows += changed_rows(city, &city->saved[s]);
    for (uint32_t p = 0; p < city->n_params; p++) {
        kj_error ignored;
        double now = city->params[p].value;
        if (!kj_sim_get_param(&ignored, city->sim, city->params[p].name, &now)) effect->n_settings += now != city->params[p].value;
    }
}

bool kj_policy_changed_nothing(const kj_policy *policy)
{
    const kj_policy_effect *e = &policy->effect;
    return e->n_cells == 0 && e->n_projects == 0 && e->n_facilities == 0 && e->n_rows == 0 && e->n_settings == 0;
}

void kj_policy_effect_words(const kj_policy *policy, char *out, size_t room)
{
    const kj_policy_effect *e = &policy->effect;
    const struct { int64_t n; const char *one, *many; } parts[] = {{e->n_cells, "value of a cell changed", "values of cells changed"},
                                                                   {e->n_zoned, "cell protected that is zoned for homes", "cells protected that are zoned for homes"},
                                                                   {e->n_projects, "project", "projects"},
                                                                   {e->n_facilities, "facility", "facilities"},
                                                                   {e->n_rows, "value of a project or facility changed", "values of projects or facilities changed"},
                                                                   {e->n_settings, "setting changed", "settings changed"}};
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && used < room; i++)
        if (parts[i].n) used += (size_t)snprintf(out + used, room - used, "%s%lld %s", used ? ", " : "", (long long)parts[i].n, parts[i].n == 1 ? parts[i].one : parts[i].many);
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

void kj_policies_tell(const kj_scenario *scenario, const kj_sim *sim, bool quiet)
{
    char words[400];
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        double enabled = 0.0, since = 0.0;
        kj_error ignored;
        if (kj_policy_value(&ignored, sim, policy, "enabled", &enabled) || kj_policy_value(&ignored, sim, policy, "since", &since)) return;
        kj_policy_effect_words(policy, words, sizeof words);
        if (policy->effect.n_calls) kj_log_note(quiet, "policy %s acted %u time%s: %s", policy->name, policy->effect.n_calls, policy->effect.n_calls == 1 ? "" : "s", words);
        else if (enabled != 0.0 && since == 0.0) tell_idle(policy, sim, quiet);
    }
}
