/* What a command reads from: a run, a folder with map.nc, or the name of a shipped map. */
#ifndef KEDJA_CLI_SOURCE_H
#define KEDJA_CLI_SOURCE_H

#include "../base/memory.h"
#include "../io/dataset.h"

typedef struct kj_source {
    kj_memory memory;
    kj_map map; /* used when set.map points here */
    kj_dataset set;
} kj_source;

/* maps_only: a run is refused. `out` may not be moved while it is open. */
kj_status kj_source_open(kj_error *err, const char *what, bool maps_only, kj_source *out);
void kj_source_close(kj_source *source);

#endif
