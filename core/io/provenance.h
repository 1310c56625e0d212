/* kj_run_info in a file: short texts and numbers as root attributes, long ones in the group `provenance`. */
#ifndef KEDJA_IO_PROVENANCE_H
#define KEDJA_IO_PROVENANCE_H

#include "h5out.h"
#include "runfile.h"

/* kind: "run" or "year". Takes seed, threads, months and plugins from the simulation, whose state hash is `hash`. */
void kj_provenance_write(kj_h5out *out, const char *kind, const kj_sim *sim, const char *hash, const kj_run_info *info);
/* Everything read is owned by `info`; free with kj_provenance_free, also after a failure. */
kj_status kj_provenance_read(kj_error *err, const char *path, hid_t file, kj_run_info *info);
void kj_provenance_free(kj_run_info *info);

#endif
