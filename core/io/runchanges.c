#include "runchanges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "2028-01 densify.enabled=true"; the run was made, so the text is sound unless the file was tampered with. */
static bool parse(const char *text, kj_run_change *out)
{
    int year = 0, month = 0, used = 0;
    if (!text || sscanf(text, " %4d-%2d %127[^= ]%n", &year, &month, out->name, &used) < 3 || month < 1 || month > 12) return false;
    const char *value = strchr(text + used, '=');
    if (!value) return false;
    value += 1 + strspn(value + 1, " ");
    out->month = KJ_MONTH(year, month);
    out->value = strncmp(value, "true", 4) == 0 ? 1.0 : strtod(value, NULL); /* false reads as 0 */
    return true;
}

static void put(kj_run_change *list, uint32_t *n, const kj_run_change *change)
{
    for (uint32_t i = 0; i < *n; i++)
        if (list[i].month == change->month && strcmp(list[i].name, change->name) == 0) {
            list[i].value = change->value;
            return;
        }
    uint32_t at = (*n)++;
    for (; at > 0 && list[at - 1].month > change->month; at--) list[at] = list[at - 1];
    list[at] = *change;
}

bool kj_run_changes(const json_t *options, kj_run_change **out, uint32_t *n)
{
    const json_t *journal = json_object_get(options, "journal");
    size_t most = json_array_size(journal);
    *n = 0;
    *out = calloc(most + 1, sizeof **out);
    if (!*out) return false;
    for (size_t i = 0; i < most; i++) {
        kj_run_change change;
        if (parse(json_string_value(json_array_get(journal, i)), &change)) put(*out, n, &change);
    }
    return true;
}

double kj_run_value(const json_t *options, const kj_run_change *changes, uint32_t n, const char *name, kj_month month, double absent)
{
    const json_t *begun = json_object_get(json_object_get(options, "parameters"), name);
    double value = begun ? json_number_value(begun) : absent;
    for (uint32_t i = 0; i < n && changes[i].month <= month; i++)
        if (strcmp(changes[i].name, name) == 0) value = changes[i].value;
    return value;
}

bool kj_run_policy_was_on(const json_t *options, const kj_run_change *changes, uint32_t n, const char *policy)
{
    char name[160];
    snprintf(name, sizeof name, "%s.enabled", policy);
    bool on = json_number_value(json_object_get(json_object_get(options, "parameters"), name)) > 0.0;
    for (uint32_t i = 0; i < n; i++) on |= changes[i].value > 0.0 && strcmp(changes[i].name, name) == 0;
    return on;
}
