/* Writing HDF5 that netCDF, xarray, GDAL and R read: files are made in memory and put on disk in one piece, so that a
   full disk is met by one plain write() and never inside the library.

   The calls below return nothing: the first failure is remembered, later calls do nothing useful, and
   kj_h5out_image() reports it. So writers read as a list of what the file holds. */
#ifndef KEDJA_IO_H5OUT_H
#define KEDJA_IO_H5OUT_H

#include <hdf5.h>
#include <kedja/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

/* That a dimension of a dataset lies along a scale; both as references within the file. */
typedef struct kj_h5use {
    hobj_ref_t scale, dataset;
    int32_t dimension;
} kj_h5use;

/* Chunks as they were last compressed, each with a checksum of its values. Layers change little from year to year, and a
   chunk that has not changed is found so in a fiftieth of the time that compressing it takes. The file is the same. */
typedef struct kj_h5past {
    struct kj_h5packed *chunks; /* in the order of writing */
    size_t n, next;             /* next: of the file that is being written */
} kj_h5past;
void kj_h5past_free(kj_h5past *past);

typedef struct kj_h5out {
    hid_t file;
    hid_t scalar, text, references, plain; /* made once: a space, two types of attributes, the properties of most datasets */
    kj_h5use *uses; /* of scales, which list them when all are known */
    size_t n_uses, uses_room;
    kj_h5past *past; /* chunks that stand there are not compressed again; NULL: all are compressed */
    int32_t n_threads; /* for compression; never changes the bytes */
    bool failed;
    char failed_at[96]; /* name of the first object that could not be made */
} kj_h5out;

/* increment: by how much memory grows (bytes). */
kj_status kj_h5out_open(kj_error *err, kj_h5out *out, size_t increment, int32_t n_threads);
/* Bytes of the whole file, valid until close. KJ_E_FAILED or KJ_E_MEMORY if anything
   went wrong since open. */
kj_status kj_h5out_image(kj_error *err, kj_h5out *out, unsigned char **bytes, size_t *n);
/* image + kj_file_replace + close. */
kj_status kj_h5out_commit(kj_error *err, kj_h5out *out, const char *path);
void kj_h5out_close(kj_h5out *out); /* closed already is fine */

/* Attributes. Text as netCDF-C writes it: scalar, fixed length, UTF-8; numbers as a list of n. */
void kj_h5out_text(kj_h5out *out, hid_t object, const char *name, const char *text);
void kj_h5out_numbers(kj_h5out *out, hid_t object, const char *name, hid_t type, uint32_t n, const void *values);
void kj_h5out_i32(kj_h5out *out, hid_t object, const char *name, int32_t value);
void kj_h5out_f64(kj_h5out *out, hid_t object, const char *name, double value);

/* Objects; close with H5Gclose and H5Dclose. */
hid_t kj_h5out_group(kj_h5out *out, hid_t parent, const char *name);
/* A coordinate variable: dataset of n values that is the dimension scale of its name. */
hid_t kj_h5out_scale(kj_h5out *out, hid_t parent, const char *name, hid_t type, uint64_t n, const void *values);
/* The same with text values. */
hid_t kj_h5out_text_scale(kj_h5out *out, hid_t parent, const char *name, uint64_t n, const char *const *texts);
/* A dataset without values yet. chunked: in chunks of chunk[] with shuffle and deflate, otherwise in one piece.
   fill (one value) may be NULL. */
typedef struct kj_h5shape {
    int rank; /* at most 3 */
    hsize_t dims[3], chunk[3];
    bool chunked;
} kj_h5shape;
hid_t kj_h5out_dataset(kj_h5out *out, hid_t parent, const char *name, hid_t type, const kj_h5shape *shape,
                       const void *fill);
/* Fills a whole dataset: chunked ones compressed on threads, others as they are. width: bytes of a value. */
void kj_h5out_fill(kj_h5out *out, hid_t dataset, const kj_h5shape *shape, uint32_t width, const void *values);
/* Variable-length UTF-8 texts, 1-D. */
hid_t kj_h5out_texts(kj_h5out *out, hid_t parent, const char *name, uint64_t n, const char *const *texts);
/* One text of any length, as a scalar dataset. */
void kj_h5out_long_text(kj_h5out *out, hid_t parent, const char *name, const char *text);
/* Names the scales of a dataset, one for each of its dimensions (at most 3), once for each dataset. What HDF5's own
   H5DSattach_scale leaves in the file, but that reads and writes the list of a scale anew for each dataset. */
void kj_h5out_axes(kj_h5out *out, hid_t dataset, uint32_t n, const hid_t scales[]);

/* Chunk sizes for the shape: whole rows of up to 65536 values, tiles of 256 x 256 for the last two of three
   dimensions; small or empty datasets stay contiguous. */
void kj_h5shape_plan(kj_h5shape *shape, uint32_t width);

/* HDF5 type of a column as it lies in file and memory; KJ_TEXT has none (-1). */
hid_t kj_h5_type(kj_type type);

/* Nothing on standard error from the library itself. */
void kj_h5_silence(void);
/* Innermost reason of the last failure in the library, "" if it gave none. */
void kj_h5_reason(char *out, size_t out_bytes);

#endif
