/* What a member costs, from two short runs of the first one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../run/run.h"
#include "plan.h"

enum { SHORT = 1, LONG = 3 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static kj_status probe_run(kj_error *err, const kj_plan *plan, const char *path, int32_t years, double *seconds, double *bytes, kj_probe *out)
{
    kj_request request;
    kj_outcome outcome = {0};
    struct stat info;
    kj_watch watch = {.quiet = true};
    kj_status status = kj_plan_request(err, plan, 0, &request);
    if (status) return status;
    free(request.out);
    request.out = strdup(path);
    request.years = years;
    request.n_threads = 1;
    double began = now();
    status = request.out ? kj_run(err, &request, &watch, &outcome) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    *seconds = now() - began;
    *bytes = stat(path, &info) == 0 ? (double)info.st_size : 0.0;
    if ((double)outcome.resident_bytes > out->resident_bytes) out->resident_bytes = (double)outcome.resident_bytes;
    unlink(path);
    kj_request_free(&request);
    return status ? kj_error_context(err, "probe run") : KJ_OK;
}

kj_status kj_plan_probe(kj_error *err, const kj_plan *plan, kj_probe *out)
{
    const char *tmp = getenv("TMPDIR");
    char dir[KJ_PATH_MAX], path[KJ_PATH_MAX];
    double seconds[2] = {0}, bytes[2] = {0};
    *out = (kj_probe){0};
    int32_t years = plan->last_year - plan->first_year, longer = years < LONG ? years : LONG;
    snprintf(dir, sizeof dir, "%.3000s/kedja-probe.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) return kj_fail(err, KJ_E_INPUT, "%s: a folder for the probe run cannot be made", dir);
    kj_status status = kj_path_join(err, dir, "probe.nc", path);
    if (!status) status = probe_run(err, plan, path, SHORT, &seconds[0], &bytes[0], out);
    if (!status && longer > SHORT) status = probe_run(err, plan, path, longer, &seconds[1], &bytes[1], out);
    rmdir(dir);
    if (status) return status;
    if (longer > SHORT) {
        out->year_seconds = (seconds[1] - seconds[0]) / (longer - SHORT);
        out->year_bytes = (bytes[1] - bytes[0]) / (longer - SHORT);
    }
    if (!(out->year_seconds > 0)) out->year_seconds = seconds[0] / 2; /* noise hid the difference */
    out->start_seconds = seconds[0] - SHORT * out->year_seconds;
    if (out->start_seconds < 0) out->start_seconds = 0;
    out->file_bytes = bytes[0] - SHORT * out->year_bytes;
    return KJ_OK;
}
