/* A year file: made from the state, then put on disk, so that the second can be done while the next year is reckoned. */
#ifndef KEDJA_IO_YEARFILE_H
#define KEDJA_IO_YEARFILE_H

#include "bytes.h"
#include "h5out.h"
#include "runfile.h"

/* Appends the bytes of OUT.d/year_YYYY.nc from the state at the end of a December, whose hash is `hash`. Root group:
   KJ_RECORD columns of `cell` as layers [time, y, x], other KJ_INPUT ones as [y, x]. Groups: tables with KJ_RECORD
   columns, these as [time, id], their KJ_INPUT and text columns as [id]. past: layers of the year before, which become
   those of this one; may be NULL. */
kj_status kj_yearfile_make(kj_error *err, kj_sim *sim, const char *hash, const kj_run_info *info, kj_h5past *past, kj_bytes *out);
/* From any thread. Replaces an older one. */
kj_status kj_yearfile_save(kj_error *err, const char *dir, int32_t year, const kj_bytes *bytes);

#endif
