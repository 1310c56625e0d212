/* From a request to a simulation that stands before its first month: scenario read, plugins loaded, parameters set. */
#ifndef KEDJA_RUN_PREPARE_H
#define KEDJA_RUN_PREPARE_H

#include "../io/runfile.h"
#include "../script/scenario.h"
#include "request.h"

typedef struct kj_prepared {
    kj_scenario *scenario;
    kj_sim *sim;
    kj_memory map_memory;
    kj_map map; /* empty for a resumed run */
    bool has_map;
    kj_run_policy *policies;
    uint32_t n_policies;
    char boundary[256];
    char *options_json; /* record.h: as the run began */
} kj_prepared;

/* Reads the scenario (or takes it from a resolved request), the map if it is wanted, loads plugins, sets the scenario's
   values, then --set. The simulation has not started: kj_prepared_start does that with the map, core/io restores a
   checkpoint without it. A resolved request refuses a map with another digest than it began with. */
kj_status kj_prepare(kj_error *err, kj_request *request, bool with_map, bool quiet, kj_prepared *out);
kj_status kj_prepared_start(kj_error *err, kj_prepared *prepared);
void kj_prepared_free(kj_prepared *prepared);

/* Provenance; the pointers live as long as request and prepared. */
kj_status kj_prepared_info(kj_error *err, const kj_request *request, kj_prepared *prepared, kj_run_info *out);

#endif
