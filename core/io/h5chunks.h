/* Reading one slab of a chunked dataset with all processors: the library hands out the compressed chunks one after another, and they
   are unpacked side by side. */
#ifndef KEDJA_IO_H5CHUNKS_H
#define KEDJA_IO_H5CHUNKS_H

#include <hdf5.h>
#include <kedja/types.h>
#include <stdbool.h>

/* Values [index] of a dataset of three dimensions, or all of one of two, converted from `stored` to `type`. dims: of the last two
   dimensions. False if this way does not know the dataset (layout, filters, types, a damaged chunk): then H5Dread reads it, and says
   what is wrong with it. */
bool kj_h5chunks_read(hid_t dataset, int rank, const hsize_t dims[2], hsize_t index, kj_type stored, kj_type type, void *out);

#endif
