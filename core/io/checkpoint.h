/* Making a checkpoint and putting it on disk, apart from each other; runfile.h has both in one. */
#ifndef KEDJA_IO_CHECKPOINT_H
#define KEDJA_IO_CHECKPOINT_H

#include "bytes.h"
#include "runfile.h"

/* The bytes of the file, in place of what stands in `out`. hash: of the state. */
kj_status kj_checkpoint_make(kj_error *err, kj_sim *sim, const char *hash, kj_bytes *out);
/* From any thread. Adds the checksum, and removes all checkpoints but the two newest. */
kj_status kj_checkpoint_save(kj_error *err, const char *dir, kj_month month, kj_bytes *bytes);

#endif
