/* Between the files that make up h5out.h. */
#ifndef KEDJA_IO_H5INSIDE_H
#define KEDJA_IO_H5INSIDE_H

#include "h5out.h"

enum { KJ_H5_DEFLATE_LEVEL = 1 }; /* higher levels cost twice the time for a few per cent */

/* Remembers the first failure. */
void kj_h5out_check(kj_h5out *out, bool good, const char *name);
/* Writes to each scale who uses it; the last thing before the file is whole. */
void kj_h5out_list_uses(kj_h5out *out);

#endif
