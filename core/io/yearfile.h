/* Making a year file and putting it on disk, apart from each other; runfile.h has both in one. */
#ifndef KEDJA_IO_YEARFILE_H
#define KEDJA_IO_YEARFILE_H

#include "bytes.h"
#include "h5out.h"
#include "runfile.h"

/* Appends the bytes of the file. past: layers of the year before, which become those of this one; may be NULL. */
kj_status kj_yearfile_make(kj_error *err, kj_sim *sim, const kj_run_info *info, int32_t year, kj_h5past *past, kj_bytes *out);
/* From any thread. */
kj_status kj_yearfile_save(kj_error *err, const char *dir, int32_t year, const kj_bytes *bytes);

#endif
