#include "journal.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"

enum { LINE_BYTES = 512 };

kj_status kj_journal_copy(kj_error *err, const kj_journal *from, kj_journal *out)
{
    *out = (kj_journal){calloc((size_t)from->n + 1, sizeof *out->items), from->n};
    if (!out->items) return kj_fail(err, KJ_E_MEMORY, "out of memory for the journal");
    if (from->n) memcpy(out->items, from->items, from->n * sizeof *out->items);
    return KJ_OK;
}

char *kj_change_text(const kj_change *c, char *out, size_t out_bytes)
{
    snprintf(out, out_bytes, "%04d-%02d %s=%.17g", KJ_YEAR_OF(c->month), KJ_MONTH_OF_YEAR(c->month), c->name, c->value);
    return out;
}

/* Ends the text before a comment and blanks; whether a change is left, and not what a session was (replay.h). */
static bool strip(char *line)
{
    line[strcspn(line, "#\r\n")] = 0;
    for (size_t n = strlen(line); n > 0 && isspace((unsigned char)line[n - 1]); n--) line[n - 1] = 0;
    return line[strspn(line, " \t")] != 0 && line[0] != '@';
}

kj_status kj_journal_read(kj_error *err, const char *path, kj_journal *out)
{
    *out = (kj_journal){0};
    FILE *file = fopen(path, "r");
    if (!file) return kj_fail(err, KJ_E_INPUT, "%s: %s", path, kj_why(errno));
    char line[LINE_BYTES];
    kj_status status = KJ_OK;
    for (int n = 1; !status && fgets(line, sizeof line, file); n++) {
        kj_change change;
        if (strlen(line) + 1 == sizeof line) status = kj_fail(err, KJ_E_INPUT, "line too long");
        else if (strip(line)) status = kj_change_parse(err, line, &change);
        else continue;
        if (!status) status = kj_journal_add(err, out, &change);
        if (status) kj_error_context(err, "%s:%d", path, n);
    }
    fclose(file);
    if (status) kj_journal_free(out);
    return status;
}

kj_status kj_journal_apply(kj_error *err, const kj_journal *j, kj_sim *sim, kj_month month)
{
    for (uint32_t i = 0; i < j->n; i++) {
        if (j->items[i].month != month) continue;
        kj_status status = kj_sim_set_param(err, sim, j->items[i].name, j->items[i].value);
        if (status) return kj_error_context(err, "journal, %04d-%02d", KJ_YEAR_OF(month), KJ_MONTH_OF_YEAR(month));
    }
    return KJ_OK;
}

static const kj_param_info *find_param(const kj_sim *sim, const char *name)
{
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++)
        if (strcmp(kj_sim_param(sim, p)->name, name) == 0) return kj_sim_param(sim, p);
    return NULL;
}

kj_status kj_journal_check(kj_error *err, const kj_journal *j, const kj_sim *sim)
{
    const kj_sim_config *config = kj_sim_get_config(sim);
    for (uint32_t i = 0; i < j->n; i++) {
        const kj_change *c = &j->items[i];
        const kj_param_info *param = find_param(sim, c->name);
        double value;
        char range[KJ_RANGE_TEXT];
        if (!param) return kj_sim_get_param(err, sim, c->name, &value); /* says which name is near */
        if (kj_policy_keeps(param)) return kj_fail(err, KJ_E_INPUT, "journal: '%s' is kept by the program: it cannot be set", c->name);
        if (!(c->value >= param->min && c->value <= param->max))
            return kj_fail(err, KJ_E_INPUT, "journal: '%s' = %.10g is outside its range %s", c->name, c->value, kj_range_text(param->min, param->max, param->unit, range));
        if (c->month <= config->start || c->month > config->end)
            return kj_fail(err, KJ_E_INPUT, "journal: '%s' changes in %04d-%02d, but the run simulates %04d-%02d to %04d-%02d", c->name, KJ_YEAR_OF(c->month),
                           KJ_MONTH_OF_YEAR(c->month), KJ_YEAR_OF(config->start + 1), KJ_MONTH_OF_YEAR(config->start + 1), KJ_YEAR_OF(config->end), KJ_MONTH_OF_YEAR(config->end));
    }
    return KJ_OK;
}

kj_month kj_journal_difference(const kj_journal *a, const kj_journal *b)
{
    uint32_t i = 0;
    while (i < a->n && i < b->n) {
        const kj_change *x = &a->items[i], *y = &b->items[i];
        if (x->month != y->month || strcmp(x->name, y->name) != 0 || x->value < y->value || x->value > y->value) break;
        i++;
    }
    kj_month first = INT32_MAX;
    if (i < a->n) first = a->items[i].month;
    if (i < b->n && b->items[i].month < first) first = b->items[i].month;
    return first;
}

kj_status kj_journal_of_request(kj_error *err, const kj_request *request, kj_journal *out)
{
    *out = (kj_journal){0};
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < request->n_changes; i++) {
        kj_change change;
        status = kj_change_parse(err, request->changes[i], &change);
        if (!status) status = kj_journal_add(err, out, &change);
    }
    if (status) kj_journal_free(out);
    return status;
}
