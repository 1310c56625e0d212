/* Reading HDF5 with errors that name file, dataset, what was expected and what was found. */
#ifndef KEDJA_IO_H5IN_H
#define KEDJA_IO_H5IN_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

/* Opens for reading. what: "run", "map" … for the message. KJ_E_INPUT: the file cannot be read, is no HDF5 file, or is
   damaged or cut off. */
kj_status kj_h5in_open(kj_error *err, const char *path, const char *what, hid_t *file);

/* Whether a file is one of ours of a kind ("run", "ensemble", "map"); false for what cannot be read. */
bool kj_h5in_is(const char *path, const char *kind);

/* Attributes. text: a copy to free(), NULL if it is absent or no text. numbers: false if absent or not n numbers. */
char *kj_h5in_text(hid_t object, const char *name);
bool kj_h5in_numbers(hid_t object, const char *name, hid_t memory_type, uint32_t n, void *values);

/* Opens a dataset and checks its rank, and its dimensions if `dims` is given. `where` is the group as users see it
   ("" or "/person"). Errors name path:where/name. */
kj_status kj_h5in_dataset(kj_error *err, const char *path, hid_t group, const char *where, const char *name, int rank,
                          const hsize_t *dims, hid_t *dataset);
/* Length of the only dimension of a 1-D dataset. */
kj_status kj_h5in_length(kj_error *err, const char *path, hid_t group, const char *where, const char *name,
                         uint32_t *n);
/* Reads a whole numeric dataset of given shape. */
kj_status kj_h5in_values(kj_error *err, const char *path, hid_t group, const char *where, const char *name, int rank,
                         const hsize_t *dims, hid_t memory_type, void *values);
/* A whole numeric dataset of any shape of that rank, which is told; free(). NULL after a failure. */
kj_status kj_h5in_doubles(kj_error *err, const char *path, hid_t group, const char *where, const char *name, int rank, hsize_t *dims,
                          double **out);
/* Reads n texts of a 1-D dataset; free with kj_h5in_free_texts. */
kj_status kj_h5in_texts(kj_error *err, const char *path, hid_t group, const char *where, const char *name, uint32_t n,
                        char ***texts);
void kj_h5in_free_texts(char **texts, uint32_t n);
/* A scalar text dataset; free(). */
kj_status kj_h5in_long_text(kj_error *err, const char *path, hid_t group, const char *where, const char *name,
                            char **text);

/* Opens a group; KJ_E_INPUT if it is missing. */
kj_status kj_h5in_group(kj_error *err, const char *path, hid_t parent, const char *name, hid_t *group);
/* Calls fn for each link of a group in the order of creation until it fails. */
typedef kj_status (*kj_h5in_fn)(kj_error *err, void *data, hid_t group, const char *name);
kj_status kj_h5in_each(kj_error *err, hid_t group, kj_h5in_fn fn, void *data);

#endif
