/* A plan: an experiment with its scenario resolved and its members listed, kept in a folder so that every process and
   every later call means the same members.

   FOLDER/plan.json    all texts, digests and the resolved request     FOLDER/members.csv  one line a member
   FOLDER/members/member_NNNN.nc  one run each                         FOLDER/log/         what members said */
#ifndef KEDJA_BATCH_PLAN_H
#define KEDJA_BATCH_PLAN_H

#include "../io/atomic.h"
#include "../run/request.h"
#include "experiment.h"

/* Costs of one member on one thread, from two short probe runs. */
typedef struct kj_probe {
    double start_seconds, year_seconds; /* until the first month; a simulated and recorded year */
    double file_bytes, year_bytes;      /* of a run file: without years, and a year */
    double resident_bytes;
} kj_probe;

/* A plugin file that every member loads. */
typedef struct kj_plan_module {
    char *path, digest[33];
} kj_plan_module;

typedef struct kj_plan {
    kj_experiment *experiment;
    char *request_json; /* resolved, without seed and factors */
    char *scenario_title, *map_title, *map_digest;
    kj_plan_module *modules;
    uint32_t n_modules;
    char folder[KJ_PATH_MAX]; /* whole path once it is kept, before that as it was asked for */
    int32_t first_year, last_year;
    uint32_t n_members, n_points, n_columns; /* columns: factors, then what varies by replicate */
    uint32_t *point, *replicate;             /* [n_members] */
    uint64_t *seed;                          /* [n_members] */
    double *value;                           /* [n_members][n_columns]; NAN: the scenario's */
} kj_plan;

/* Column c of the list of members. */
const kj_factor *kj_plan_column(const kj_plan *plan, uint32_t column);

typedef struct kj_plan_ask {
    const char *experiment;     /* a file, the name of a shipped one, or the folder of a plan */
    const char *folder;         /* NULL: NAME.batch */
    const char *map;            /* name or whole path in place of the experiment's; NULL */
    const char *const *modules; /* plugin files to load beside the built-in model */
    uint32_t n_modules;
    bool quiet;
    bool only_look; /* kj_plan_open makes a plan where there is none, but keeps it in no folder */
} kj_plan_ask;

/* Resolves an experiment; nothing is written. Unknown factors, values out of range, a plugin that is needed and not loaded …: KJ_E_INPUT. */
kj_status kj_plan_make(kj_error *err, const kj_plan_ask *ask, kj_plan *out);
/* Opens the plan of an experiment's folder, or makes and keeps it if there is none yet. KJ_E_INPUT if the experiment, its scenario,
   a policy or a plugin that is named has changed since: their members would not belong together. */
kj_status kj_plan_open(kj_error *err, const kj_plan_ask *ask, kj_plan *out);
void kj_plan_free(kj_plan *plan);

/* Index of a member by its number (from 1); KJ_E_INPUT if there is none. */
kj_status kj_plan_member(kj_error *err, const kj_plan *plan, int64_t number, uint32_t *member);
/* Path below the folder: kj_plan_path(plan, out, "members/member_%04u.nc", 3). */
__attribute__((format(printf, 4, 5))) kj_status kj_plan_path(kj_error *err, const kj_plan *plan, char out[KJ_PATH_MAX], const char *format, ...);
kj_status kj_plan_member_path(kj_error *err, const kj_plan *plan, uint32_t member, char out[KJ_PATH_MAX]);

/* What a run of the member is asked for; free with kj_request_free. */
kj_status kj_plan_request(kj_error *err, const kj_plan *plan, uint32_t member, kj_request *out);

/* Runs the first member for one and for three years in a folder of its own that is removed again. */
kj_status kj_plan_probe(kj_error *err, const kj_plan *plan, kj_probe *out);

/* "chance (25 seeds), assumptions (demography.in_scale …); not model": what the spread of the members covers. */
void kj_plan_covers(const kj_plan *plan, char *out, size_t out_bytes);
/* Names of the factors of one kind, "a, b"; "" if there are none. And the number of lots of luck that replicates bring: 0 for one alone. */
void kj_plan_covers_of(const kj_plan *plan, kj_covers kind, char *out, size_t out_bytes);
uint32_t kj_plan_n_seeds(const kj_plan *plan);

#endif
