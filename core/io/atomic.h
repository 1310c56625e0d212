/* Files that appear whole or not at all: PATH.part, fsync, rename, fsync of the folder. */
#ifndef KEDJA_IO_ATOMIC_H
#define KEDJA_IO_ATOMIC_H

#include <stddef.h>

#include "../base/error.h"

enum { KJ_PATH_MAX = 4096 };

/* Puts n bytes under `path`, replacing what was there. KJ_E_IO with path and reason; then PATH.part is gone and PATH
   is as it was. */
kj_status kj_file_replace(kj_error *err, const char *path, const void *bytes, size_t n);

/* KJ_E_INPUT, with `path` and the reason, unless a file can be put under it: a name that is no folder or device, in a folder
   that is there and can be written. For the start, before any work; nothing is written. */
kj_status kj_file_check_target(kj_error *err, const char *path);
/* The same for a folder to write into, which may be there or not: KJ_E_INPUT unless it, or what it would be made in, can be written. */
kj_status kj_folder_check_target(kj_error *err, const char *path);

/* As kj_file_replace, with a seal behind the bytes: their number and checksum. Readers of HDF5 do not look behind its end. */
kj_status kj_file_replace_sealed(kj_error *err, const char *path, const void *bytes, size_t n);
/* KJ_E_INPUT if a sealed file is not what was written: a changed byte can bring down the HDF5 library itself. A file
   without a seal (cut off, or rewritten by another program) is not looked at. */
kj_status kj_file_check_seal(kj_error *err, const char *path);

/* Makes creations, renames and removals in the folder of `path` durable. */
kj_status kj_folder_sync(kj_error *err, const char *path);

/* Joins folder and name; KJ_E_INPUT if the result does not fit. */
kj_status kj_path_join(kj_error *err, const char *folder, const char *name, char out[KJ_PATH_MAX]);

#endif
