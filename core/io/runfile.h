/* Writing a run. Until it is packed, a run OUT is the folder OUT.d: request.json first, then year_YYYY.nc for every
   finished year and the two newest checkpoints. Packing joins the years into OUT and removes the folder. Every file
   appears whole or not at all, so that a killed run loses at most the year in progress and
   the one before it, if that was still on its way to the disk.

   A run: kj_runfile_begin -> kj_yearwriter_year (yearwriter.h) for the start year and after each December -> kj_runfile_pack.
          Year before checkpoint: then every year up to a checkpoint is there.
   A resumed run: kj_runfile_look, kj_runfile_request, kj_checkpoint_read, then as above from there. */
#ifndef KEDJA_IO_RUNFILE_H
#define KEDJA_IO_RUNFILE_H

#include <kedja/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../engine/sim.h"
#include "atomic.h"

/* Where a run comes from. Texts are UTF-8; NULL is written as "". Reading (runread.h) gives the same struct back. */
typedef struct kj_run_policy {
    const char *name, *path, *text; /* path as the user gave it, whole source text */
} kj_run_policy;

typedef struct kj_run_plugin {
    const char *id, *version, *licence, *stamp, *path; /* path "": built in */
} kj_run_plugin;

typedef struct kj_run_info {
    const char *title;    /* of the scenario, English */
    const char *title_sv, *title_da; /* "" in files of runs that did not keep them */
    const char *version;  /* of the program; reading fills it, writing uses KJ_VERSION */
    const char *boundary; /* one sentence: what the population and the chains are bounded by */
    const char *scenario_path, *scenario_text;
    const char *options_json; /* all options and parameter values as one JSON object */
    const char *figures_json; /* closing figures as one JSON object; "" in year files */
    const char *map_name, *map_title, *map_digest, *map_sources, *map_country;
    const char *trace_json;   /* persons and households that were followed (core/run/trace.h); "" if none */
    const char *state_hash; /* reading: hash of the last recorded year; writing takes it from the simulation */
    uint64_t seed;          /* writing takes seed, threads and months from the simulation's configuration */
    int32_t n_threads;
    kj_month start, end;
    const kj_run_policy *policies;
    uint32_t n_policies;
    const kj_run_plugin *plugins; /* writing takes them from the simulation */
    uint32_t n_plugins;
} kj_run_info;

typedef enum kj_run_state { KJ_RUN_NONE = 0, KJ_RUN_UNFINISHED, KJ_RUN_COMPLETE } kj_run_state;

/* OUT.d of a run. */
kj_status kj_runfile_folder(kj_error *err, const char *out_path, char dir[KJ_PATH_MAX]);
/* UNFINISHED if OUT.d holds a request, else COMPLETE if OUT exists, else NONE. */
kj_run_state kj_runfile_look(const char *out_path);
/* Checks that OUT can be written and that no other process is writing it, discards an old OUT.d (with a note unless quiet), makes a new one and puts
   request.json there. KJ_E_INPUT before any work is done: no such folder, not writable, OUT is a folder, or OUT.d holds
   files that are not ours (they are never removed). */
kj_status kj_runfile_begin(kj_error *err, const char *out_path, const char *request_json, bool quiet,
                           char dir[KJ_PATH_MAX]);
/* Removes what a kill during the last clean-up left of OUT.d beside a complete OUT; does nothing otherwise. */
kj_status kj_runfile_tidy(kj_error *err, const char *out_path);
/* Takes the folder of an unfinished run for this process until it ends or closes *lock. KJ_E_INPUT if another process has
   it: two runs into one file would mix their years. */
kj_status kj_runfile_lock(kj_error *err, const char *dir, int *lock);
/* Text of request.json (free()). KJ_E_INPUT if there is none. */
kj_status kj_runfile_request(kj_error *err, const char *dir, char **json);
/* Finished years in OUT.d in order (free()). */
kj_status kj_runfile_years(kj_error *err, const char *dir, int32_t **years, uint32_t *n);

/* Writes OUT.d/checkpoint_YYYYMM.state and removes all but the two newest. */
kj_status kj_checkpoint_write(kj_error *err, const char *dir, kj_sim *sim);
/* Fills a simulation that has its plugins and policy parameters but has not started, from the newest checkpoint that is
   whole (warning and the older one if it is not). *found is false, and the simulation untouched, if there is none.
   KJ_E_INPUT: a whole checkpoint of another seed, start month or set of plugins. */
kj_status kj_checkpoint_read(kj_error *err, const char *dir, kj_sim *sim, bool *found);

/* Joins the years into OUT, adds KJ_FINAL columns as [id], and removes OUT.d. KJ_E_IO: path and reason; then OUT is as
   it was before and OUT.d stays. KJ_E_FAILED: a year is missing or damaged. */
kj_status kj_runfile_pack(kj_error *err, const char *dir, const char *out_path, kj_sim *sim, const kj_run_info *info);

#endif
