/* Inside of the folder of an unfinished run; see runfile.h. */
#ifndef KEDJA_IO_RUNFOLDER_H
#define KEDJA_IO_RUNFOLDER_H

#include <stdint.h>

#include "../base/error.h"

#define KJ_CHECKPOINT_PREFIX "checkpoint_"
#define KJ_CHECKPOINT_SUFFIX ".state"

/* Number in a file name PREFIXnnnSUFFIX, -1 for another name; and all such numbers in a folder in order (free()). */
int32_t kj_runfolder_number(const char *name, const char *prefix, const char *suffix);
kj_status kj_runfolder_list(kj_error *err, const char *dir, const char *prefix, const char *suffix, int32_t **numbers,
                            uint32_t *n);

/* Removes our files and the folder. KJ_E_INPUT, and nothing is removed, if other files are in it. A missing folder is
   fine. */
kj_status kj_runfolder_discard(kj_error *err, const char *dir);

#endif
