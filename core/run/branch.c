#include "branch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/runread.h"

static kj_status split(kj_error *err, const char *text, kj_branch *out)
{
    const char *at = strrchr(text, '@');
    int year = 0, month = 0, used = 0;
    if (!at || at == text || (size_t)(at - text) >= sizeof out->path || sscanf(at, "@%4d-%2d%n", &year, &month, &used) < 2 || at[used] || month < 1 || month > 12)
        return kj_fail(err, KJ_E_INPUT, "--branch-from: expected a run and a month such as base.nc@2028-01, found '%s'", text);
    *out = (kj_branch){.month = KJ_MONTH(year, month)};
    memcpy(out->path, text, (size_t)(at - text));
    return KJ_OK;
}

kj_status kj_branch_read(kj_error *err, const char *text, const char *map, kj_branch *out, kj_request *request)
{
    kj_runread *run;
    kj_status status = split(err, text, out);
    if (!status) status = kj_runread_open(err, out->path, &run);
    if (status) return status;
    const kj_run_info *info = kj_runread_info(run);
    if (out->month <= info->start || out->month > info->end)
        status = kj_fail(err, KJ_E_INPUT, "--branch-from: %s simulates %04d-%02d to %04d-%02d, not %s", out->path, KJ_YEAR_OF(info->start + 1), KJ_MONTH_OF_YEAR(info->start + 1),
                         KJ_YEAR_OF(info->end), KJ_MONTH_OF_YEAR(info->end), strrchr(text, '@') + 1);
    out->first_year = kj_runread_years(run)[0];
    for (uint32_t y = 0; !status && y < kj_runread_n_years(run) && y < KJ_BRANCH_YEARS_MAX; y++) {
        if (KJ_MONTH(kj_runread_years(run)[y], 12) >= out->month) break;
        snprintf(out->hash[out->n_years++], 33, "%s", kj_runread_year_hash(run, y));
    }
    if (!status) status = kj_request_from_info(err, info, map, request);
    kj_runread_close(run);
    return status;
}

kj_status kj_branch_look(kj_error *err, void *data, kj_sim *sim, kj_month month)
{
    const kj_branch *b = data;
    int32_t year = KJ_YEAR_OF(month), index = year - b->first_year;
    char hash[33];
    if (KJ_MONTH_OF_YEAR(month) != 12 || month >= b->month || index < 0 || (uint32_t)index >= b->n_years) return KJ_OK;
    kj_sim_hash(sim, hash);
    if (!strcmp(hash, b->hash[index])) return KJ_OK;
    return kj_fail(err, KJ_E_FAILED, "%d is not the %d of %s (state %.12s, stored %.12s): another version of the program, another map or changed plugins", (int)year, (int)year, b->path,
                   hash, b->hash[index]);
}
