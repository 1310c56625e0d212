#include "runchanges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kj_journal_free(kj_journal *j)
{
    free(j->items);
    *j = (kj_journal){0};
}

kj_status kj_journal_add(kj_error *err, kj_journal *j, const kj_change *change)
{
    for (uint32_t i = 0; i < j->n; i++) {
        if (j->items[i].month != change->month || strcmp(j->items[i].name, change->name) != 0) continue;
        j->items[i].value = change->value;
        return KJ_OK;
    }
    kj_change *grown = realloc(j->items, ((size_t)j->n + 1) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory for the journal");
    j->items = grown;
    uint32_t at = j->n++;
    for (; at > 0 && grown[at - 1].month > change->month; at--) grown[at] = grown[at - 1];
    grown[at] = *change;
    return KJ_OK;
}

kj_status kj_change_parse(kj_error *err, const char *text, kj_change *out)
{
    int year = 0, month = 0, used = 0;
    kj_setting setting;
    if (sscanf(text, " %4d-%2d %n", &year, &month, &used) < 2 || !used || year < 1900 || year > 2500 || month < 1 || month > 12)
        return kj_fail(err, KJ_E_INPUT, "expected a month and a setting such as 2028-01 densify.enabled=true, found '%s'", text);
    kj_status status = kj_setting_parse(err, text + used, &setting);
    if (status) return status;
    *out = (kj_change){.month = KJ_MONTH(year, month), .value = setting.value};
    snprintf(out->name, sizeof out->name, "%s", setting.name);
    return KJ_OK;
}

kj_status kj_run_changes(kj_error *err, const json_t *options, kj_journal *out)
{
    const json_t *texts = json_object_get(options, "journal");
    kj_status status = KJ_OK;
    *out = (kj_journal){0};
    for (size_t i = 0; !status && i < json_array_size(texts); i++) {
        const char *text = json_string_value(json_array_get(texts, i));
        kj_change change;
        if (text && !kj_change_parse(err, text, &change)) status = kj_journal_add(err, out, &change); /* the run was made: the text is sound */
    }
    if (status) kj_journal_free(out);
    return status;
}

double kj_run_value(const json_t *options, const kj_journal *changes, const char *name, kj_month month, double absent)
{
    const json_t *begun = json_object_get(json_object_get(options, "parameters"), name);
    double value = begun ? json_number_value(begun) : absent;
    for (uint32_t i = 0; i < changes->n && changes->items[i].month <= month; i++)
        if (strcmp(changes->items[i].name, name) == 0) value = changes->items[i].value;
    return value;
}

bool kj_run_policy_was_on(const json_t *options, const kj_journal *changes, const char *policy)
{
    char name[160];
    snprintf(name, sizeof name, "%s.enabled", policy);
    bool on = json_number_value(json_object_get(json_object_get(options, "parameters"), name)) > 0.0;
    for (uint32_t i = 0; i < changes->n; i++) on |= changes->items[i].value > 0.0 && strcmp(changes->items[i].name, name) == 0;
    return on;
}
