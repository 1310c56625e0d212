/* Everything that decides what a run gives: what the person asked for, and the texts and digests it was resolved to.
   Written first, as FILE.d/request.json, so that `kedja resume FILE` needs nothing else. */
#ifndef KEDJA_RUN_REQUEST_H
#define KEDJA_RUN_REQUEST_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../io/runfile.h"
#include "../script/scenario.h"

typedef struct kj_request {
    char *scenario; /* path */
    char *map;      /* name or folder in place of the scenario's; NULL */
    char *out;      /* run file; NULL: none is written */
    int32_t years;  /* 0: to the scenario's end */
    uint64_t seed;
    bool has_seed;  /* else the scenario's */
    int32_t n_threads; /* 0: all processors */
    char **settings;   /* "policy.parameter=value" in order */
    uint32_t n_settings;
    char **changes;    /* "2028-01 policy.parameter=value": the journal, see journal.h */
    uint32_t n_changes;
    char **modules;    /* plugin files */
    uint32_t n_modules;
    char **traces;     /* "person:ID", "household:ID", "sample:N" */
    uint32_t n_traces;
    bool audit;
    const volatile sig_atomic_t *stop; /* looked at while scripts are read; NULL. Not kept */
    bool resolved; /* the rest is filled: a resumed run uses it and not the files, which may have changed since */
    kj_script_file *files; /* scenario first, policies, programmes */
    uint32_t n_files;
    kj_month start;
    char *map_name, *map_title, *map_digest, *map_sources, *map_country;
    char *tables_digest; /* of the country's parameter tables */
    char *program;       /* version that began the run */
} kj_request;

void kj_request_init(kj_request *request);
void kj_request_free(kj_request *request);
kj_status kj_request_add_setting(kj_error *err, kj_request *request, const char *setting);
kj_status kj_request_add_change(kj_error *err, kj_request *request, const char *change);
/* KJ_E_INPUT unless it is person:ID, household:ID or sample:N. */
kj_status kj_request_add_trace(kj_error *err, kj_request *request, const char *what);
kj_status kj_request_add_module(kj_error *err, kj_request *request, const char *path);

/* Keeps copies of the texts that took part, and of what the map says of itself. */
kj_status kj_request_resolve(kj_error *err, kj_request *request, const kj_scenario *scenario, const kj_map *map);

/* The request of a finished run, resolved from its provenance; map: name or folder, NULL for the scenario's. KJ_E_INPUT if
   the options cannot be read. */
kj_status kj_request_from_info(kj_error *err, const kj_run_info *info, const char *map, kj_request *out);

/* JSON text, owned by the caller (free()). */
char *kj_request_to_json(const kj_request *request);
/* KJ_E_INPUT with file, key, expected and found. `path` is for messages. */
kj_status kj_request_from_json(kj_error *err, const char *path, const char *text, kj_request *out);

#endif
