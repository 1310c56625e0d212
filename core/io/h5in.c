#include "h5in.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "atomic.h"
#include "h5out.h"

kj_status kj_h5in_open(kj_error *err, const char *path, const char *what, hid_t *file)
{
    struct stat info;
    *file = -1;
    kj_h5_silence();
    if (stat(path, &info)) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno));
    if (!S_ISREG(info.st_mode)) return kj_fail(err, KJ_E_INPUT, "%s: expected a file, found a folder or device", path);
    if (H5Fis_hdf5(path) <= 0)
        return kj_fail(err, KJ_E_INPUT,
                       "%s is no Kedja %s: expected an HDF5 (netCDF-4) file, found another kind of file", path, what);
    kj_status status = kj_file_check_seal(err, path);
    if (status) return status;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    *file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (*file >= 0) {
        H5Pclose(access);
        return KJ_OK;
    }
    char why[200];
    kj_h5_reason(why, sizeof why);
    H5Pclose(access);
    return kj_fail(err, KJ_E_INPUT, "%s: the file is damaged or cut off: expected a whole HDF5 file, found %s", path,
                   *why ? why : "an unreadable one");
}

/* One text value read with its own type from an attribute or dataset; fixed and variable length. */
static char *read_text(hid_t object, hid_t type, bool attribute)
{
    if (H5Tis_variable_str(type) > 0) {
        char *shared = NULL;
        hid_t memory = H5Tcopy(H5T_C_S1);
        H5Tset_size(memory, H5T_VARIABLE);
        H5Tset_cset(memory, H5Tget_cset(type));
        herr_t e = attribute ? H5Aread(object, memory, &shared)
                             : H5Dread(object, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, &shared);
        char *copy = e < 0 ? NULL : strdup(shared ? shared : "");
        H5free_memory(shared);
        H5Tclose(memory);
        return copy;
    }
    char *text = calloc(1, H5Tget_size(type) + 1);
    herr_t e = !text       ? -1
               : attribute ? H5Aread(object, type, text)
                           : H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text);
    if (e >= 0) return text;
    free(text);
    return NULL;
}

static bool is_single(hid_t space) { return space >= 0 && H5Sget_simple_extent_npoints(space) == 1; }

bool kj_h5in_is(const char *path, const char *kind)
{
    kj_error ignored;
    hid_t file;
    if (kj_h5in_open(&ignored, path, kind, &file)) return false;
    char *format = kj_h5in_text(file, "kedja_format");
    bool is = format && !strcmp(format, kind);
    free(format);
    H5Fclose(file);
    return is;
}

char *kj_h5in_text(hid_t object, const char *name)
{
    if (H5Aexists(object, name) <= 0) return NULL;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) return NULL;
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    char *text = NULL;
    if (H5Tget_class(type) == H5T_STRING && is_single(space)) text = read_text(attribute, type, true);
    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attribute);
    return text;
}

static bool is_number(hid_t type)
{
    H5T_class_t class = H5Tget_class(type);
    return class == H5T_INTEGER || class == H5T_FLOAT;
}

bool kj_h5in_numbers(hid_t object, const char *name, hid_t memory_type, uint32_t n, void *values)
{
    if (H5Aexists(object, name) <= 0) return false;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) return false;
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool good = is_number(type) && H5Sget_simple_extent_npoints(space) == (hssize_t)n &&
                H5Aread(attribute, memory_type, values) >= 0;
    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attribute);
    return good;
}

static void name_dims(int rank, const hsize_t *dims, char out[64])
{
    size_t used = 0;
    out[0] = 0;
    for (int d = 0; d < rank && used < 60; d++)
        used += (size_t)snprintf(out + used, 64 - used, "%s%llu", d ? " x " : "", (unsigned long long)dims[d]);
    if (!rank) strcpy(out, "one value");
}

kj_status kj_h5in_dataset(kj_error *err, const char *path, hid_t group, const char *where, const char *name, int rank,
                          const hsize_t *dims, hid_t *dataset)
{
    *dataset = H5Lexists(group, name, H5P_DEFAULT) > 0 ? H5Dopen2(group, name, H5P_DEFAULT) : -1;
    if (*dataset < 0) return kj_fail(err, KJ_E_INPUT, "%s: expected a dataset `%s/%s`, found none", path, where, name);
    hid_t space = H5Dget_space(*dataset);
    hsize_t found[H5S_MAX_RANK] = {0};
    int found_rank = H5Sget_simple_extent_dims(space, found, NULL);
    H5Sclose(space);
    bool same = found_rank == rank;
    for (int d = 0; d < rank && same && dims; d++) same = found[d] == dims[d];
    if (same) return KJ_OK;
    H5Dclose(*dataset);
    *dataset = -1;
    char want[64], have[64];
    if (dims)
        name_dims(rank, dims, want);
    else
        snprintf(want, sizeof want, "%d dimensions", rank);
    name_dims(found_rank, found, have);
    return kj_fail(err, KJ_E_INPUT, "%s: dataset `%s/%s`: expected %s, found %s", path, where, name, want, have);
}

kj_status kj_h5in_length(kj_error *err, const char *path, hid_t group, const char *where, const char *name, uint32_t *n)
{
    hid_t dataset;
    kj_status status = kj_h5in_dataset(err, path, group, where, name, 1, NULL, &dataset);
    if (status) return status;
    hsize_t length = 0;
    hid_t space = H5Dget_space(dataset);
    H5Sget_simple_extent_dims(space, &length, NULL);
    H5Sclose(space);
    H5Dclose(dataset);
    if (length > INT32_MAX)
        return kj_fail(err, KJ_E_INPUT, "%s: dataset `%s/%s`: expected at most %d values, found %llu", path, where,
                       name, INT32_MAX, (unsigned long long)length);
    *n = (uint32_t)length;
    return KJ_OK;
}

static kj_status check_class(kj_error *err, const char *path, hid_t dataset, const char *where, const char *name,
                             bool text)
{
    hid_t type = H5Dget_type(dataset);
    bool good = text ? H5Tget_class(type) == H5T_STRING : is_number(type);
    H5Tclose(type);
    if (good) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: dataset `%s/%s`: expected %s, found another type", path, where, name,
                   text ? "texts" : "numbers");
}

static kj_status damaged(kj_error *err, const char *path, const char *where, const char *name)
{
    char why[200];
    kj_h5_reason(why, sizeof why);
    return kj_fail(err, KJ_E_INPUT, "%s: dataset `%s/%s` cannot be read: the file is damaged%s%s", path, where, name,
                   *why ? ": " : "", why);
}

kj_status kj_h5in_values(kj_error *err, const char *path, hid_t group, const char *where, const char *name, int rank,
                         const hsize_t *dims, hid_t memory_type, void *values)
{
    hid_t dataset;
    kj_status status = kj_h5in_dataset(err, path, group, where, name, rank, dims, &dataset);
    if (status) return status;
    bool empty = false;
    for (int d = 0; d < rank; d++) empty |= dims && dims[d] == 0;
    status = check_class(err, path, dataset, where, name, false);
    if (!status && !empty && H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        status = damaged(err, path, where, name);
    H5Dclose(dataset);
    return status;
}

/* Texts as a list of owned strings, whether they are stored with fixed or variable length. */
static char **read_text_list(hid_t dataset, uint32_t n)
{
    char **texts = calloc(n ? n : 1, sizeof *texts);
    if (!texts || !n) return texts;
    hid_t type = H5Dget_type(dataset);
    bool good = true;
    if (H5Tis_variable_str(type) > 0) {
        hid_t memory = H5Tcopy(type);
        good = H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0;
        for (uint32_t i = 0; i < n && good; i++) { /* the library's own memory must go back through the library */
            char *copy = strdup(texts[i] ? texts[i] : "");
            H5free_memory(texts[i]);
            texts[i] = copy;
            good = copy != NULL;
        }
        H5Tclose(memory);
    } else {
        size_t width = H5Tget_size(type);
        char *all = calloc(n, width);
        good = all && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) >= 0;
        for (uint32_t i = 0; i < n && good; i++) good = (texts[i] = strndup(all + i * width, width)) != NULL;
        free(all);
    }
    H5Tclose(type);
    if (good) return texts;
    kj_h5in_free_texts(texts, n);
    return NULL;
}

void kj_h5in_free_texts(char **texts, uint32_t n)
{
    for (uint32_t i = 0; i < n && texts; i++) free(texts[i]);
    free(texts);
}

kj_status kj_h5in_doubles(kj_error *err, const char *path, hid_t group, const char *where, const char *name, int rank, hsize_t *dims,
                          double **out)
{
    hid_t dataset;
    *out = NULL;
    kj_status status = kj_h5in_dataset(err, path, group, where, name, rank, NULL, &dataset);
    if (status) return status;
    hid_t space = H5Dget_space(dataset);
    H5Sget_simple_extent_dims(space, dims, NULL);
    H5Sclose(space);
    H5Dclose(dataset);
    size_t n = 1;
    for (int d = 0; d < rank; d++) n *= (size_t)dims[d];
    double *values = malloc((n + 1) * sizeof *values);
    if (!values) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    status = kj_h5in_values(err, path, group, where, name, rank, dims, H5T_NATIVE_DOUBLE, values);
    if (status) free(values);
    else *out = values;
    return status;
}

kj_status kj_h5in_texts(kj_error *err, const char *path, hid_t group, const char *where, const char *name, uint32_t n,
                        char ***texts)
{
    hid_t dataset;
    hsize_t length = n;
    *texts = NULL;
    kj_status status = kj_h5in_dataset(err, path, group, where, name, 1, &length, &dataset);
    if (status) return status;
    status = check_class(err, path, dataset, where, name, true);
    if (!status && !(*texts = read_text_list(dataset, n))) status = damaged(err, path, where, name);
    H5Dclose(dataset);
    return status;
}

kj_status kj_h5in_long_text(kj_error *err, const char *path, hid_t group, const char *where, const char *name,
                            char **text)
{
    hid_t dataset;
    *text = NULL;
    kj_status status = kj_h5in_dataset(err, path, group, where, name, 0, NULL, &dataset);
    if (status) return status;
    status = check_class(err, path, dataset, where, name, true);
    hid_t type = H5Dget_type(dataset);
    if (!status && !(*text = read_text(dataset, type, false))) status = damaged(err, path, where, name);
    H5Tclose(type);
    H5Dclose(dataset);
    return status;
}

kj_status kj_h5in_group(kj_error *err, const char *path, hid_t parent, const char *name, hid_t *group)
{
    *group = H5Lexists(parent, name, H5P_DEFAULT) > 0 ? H5Gopen2(parent, name, H5P_DEFAULT) : -1;
    if (*group < 0) return kj_fail(err, KJ_E_INPUT, "%s: expected a group `/%s`, found none", path, name);
    return KJ_OK;
}

typedef struct each {
    kj_error *err;
    kj_h5in_fn fn;
    void *data;
    kj_status status;
} each;

static herr_t visit(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    (void)info;
    each *e = data;
    e->status = e->fn(e->err, e->data, group, name);
    return e->status ? 1 : 0;
}

kj_status kj_h5in_each(kj_error *err, hid_t group, kj_h5in_fn fn, void *data)
{
    each e = {err, fn, data, KJ_OK};
    hsize_t at = 0;
    /* Files by other hands may not track the order of creation; then by name. */
    if (H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &at, visit, &e) < 0 && !e.status) {
        at = 0;
        if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &at, visit, &e) < 0 && !e.status)
            return kj_fail(err, KJ_E_INPUT, "the file is damaged: a group cannot be listed");
    }
    return e.status;
}
