#include "h5out.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "atomic.h"
#include "h5inside.h"

/* Columns are written as they lie in memory, little-endian like the file types. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file writers expect a little-endian machine");

enum {
    TILE = 256,             /* side of a layer's chunk, cells */
    ROW_CHUNK = 1 << 16,    /* values in a table column's chunk */
    SMALL_BYTES = 4096,     /* below this a chunk costs more than it saves */
    ATTRIBUTES_COMPACT = 64 /* up to so many attributes stay in the object header */
};

void kj_h5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

typedef struct reason {
    char *out;
    size_t out_bytes;
} reason;

static herr_t keep_first(unsigned n, const H5E_error2_t *error, void *data)
{
    reason *r = data;
    if (n == 0 && error->desc) snprintf(r->out, r->out_bytes, "%s", error->desc);
    return 0;
}

void kj_h5_reason(char *out, size_t out_bytes)
{
    reason r = {out, out_bytes};
    out[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &r);
}

hid_t kj_h5_type(kj_type type)
{
    switch (type) {
    case KJ_U8: return H5T_STD_U8LE;
    case KJ_I16: return H5T_STD_I16LE;
    case KJ_I32: return H5T_STD_I32LE;
    case KJ_I64: return H5T_STD_I64LE;
    case KJ_F32: return H5T_IEEE_F32LE;
    case KJ_F64: return H5T_IEEE_F64LE;
    case KJ_ID: return H5T_STD_U32LE;
    case KJ_KEY: return H5T_STD_U64LE;
    case KJ_TEXT: break;
    }
    return -1;
}

void kj_h5out_check(kj_h5out *out, bool good, const char *name)
{
    if (good || out->failed) return;
    out->failed = true;
    snprintf(out->failed_at, sizeof out->failed_at, "%s", name);
}

/* netCDF-4 wants links and attributes in the order of creation. */
static hid_t file_plist(void)
{
    hid_t plist = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_obj_track_times(plist, false); /* equal runs give equal files */
    H5Pset_link_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_phase_change(plist, ATTRIBUTES_COMPACT, ATTRIBUTES_COMPACT / 2);
    return plist;
}

/* Of a dataset in one piece whose every value is written. */
static hid_t plain_plist(void)
{
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(plist, false);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_phase_change(plist, ATTRIBUTES_COMPACT, ATTRIBUTES_COMPACT / 2);
    H5Pset_fill_time(plist, H5D_FILL_TIME_NEVER);
    return plist;
}

kj_status kj_h5out_open(kj_error *err, kj_h5out *out, size_t increment, int32_t n_threads)
{
    *out = (kj_h5out){.file = -1, .n_threads = n_threads > 0 ? n_threads : omp_get_max_threads()};
    kj_h5_silence();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), create = file_plist();
    H5Pset_fapl_core(access, increment, 0);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18); /* what every netCDF and GDAL of today reads */
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    char name[40]; /* never reaches a disk; the library refuses two open files of one name */
    snprintf(name, sizeof name, "kedja-in-memory-%p", (void *)out);
    out->file = H5Fcreate(name, H5F_ACC_TRUNC, create, access);
    H5Pclose(create);
    H5Pclose(access);
    if (out->file < 0) return kj_fail(err, KJ_E_MEMORY, "HDF5 could not make a file in memory");
    out->scalar = H5Screate(H5S_SCALAR);
    out->text = H5Tcopy(H5T_C_S1);
    H5Tset_strpad(out->text, H5T_STR_NULLTERM);
    H5Tset_cset(out->text, H5T_CSET_UTF8);
    out->references = H5Tvlen_create(H5T_STD_REF_OBJ);
    out->plain = plain_plist();
    return KJ_OK;
}

kj_status kj_h5out_image(kj_error *err, kj_h5out *out, unsigned char **bytes, size_t *n)
{
    kj_h5out_list_uses(out);
    kj_h5out_check(out, H5Fflush(out->file, H5F_SCOPE_LOCAL) >= 0, "the whole file");
    if (out->failed) {
        char why[200];
        kj_h5_reason(why, sizeof why);
        return kj_fail(err, KJ_E_FAILED, "HDF5 could not write `%s`%s%s", out->failed_at, *why ? ": " : "", why);
    }
    void *handle = NULL;
    ssize_t length = H5Fget_file_image(out->file, NULL, 0);
    if (length < 0 || H5Fget_vfd_handle(out->file, H5P_DEFAULT, &handle) < 0 || !handle)
        return kj_fail(err, KJ_E_FAILED, "HDF5 could not give the file it made in memory");
    memcpy(bytes, handle, sizeof *bytes); /* the core driver's handle points at its pointer to the memory */
    *n = (size_t)length;
    return KJ_OK;
}

kj_status kj_h5out_commit(kj_error *err, kj_h5out *out, const char *path)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    kj_status status = kj_h5out_image(err, out, &bytes, &n);
    if (status)
        kj_error_context(err, "%s", path);
    else
        status = kj_file_replace_sealed(err, path, bytes, n);
    kj_h5out_close(out);
    return status;
}

void kj_h5out_close(kj_h5out *out)
{
    if (out->file < 0) return;
    H5Sclose(out->scalar);
    H5Tclose(out->text);
    H5Tclose(out->references);
    H5Pclose(out->plain);
    H5Fclose(out->file);
    free(out->uses);
    *out = (kj_h5out){.file = -1};
}

void kj_h5out_text(kj_h5out *out, hid_t object, const char *name, const char *text)
{
    size_t length = strlen(text);
    H5Tset_size(out->text, length ? length : 1);
    hid_t attribute = H5Acreate2(object, name, out->text, out->scalar, H5P_DEFAULT, H5P_DEFAULT);
    kj_h5out_check(out, attribute >= 0 && H5Awrite(attribute, out->text, text) >= 0, name);
    H5Aclose(attribute);
}

void kj_h5out_numbers(kj_h5out *out, hid_t object, const char *name, hid_t type, uint32_t n, const void *values)
{
    hsize_t count = n;
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    kj_h5out_check(out, attribute >= 0 && H5Awrite(attribute, type, values) >= 0, name);
    H5Aclose(attribute);
    H5Sclose(space);
}

void kj_h5out_i32(kj_h5out *out, hid_t object, const char *name, int32_t value)
{
    kj_h5out_numbers(out, object, name, H5T_STD_I32LE, 1, &value);
}

void kj_h5out_f64(kj_h5out *out, hid_t object, const char *name, double value)
{
    kj_h5out_numbers(out, object, name, H5T_IEEE_F64LE, 1, &value);
}

hid_t kj_h5out_group(kj_h5out *out, hid_t parent, const char *name)
{
    hid_t plist = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(plist, false);
    H5Pset_link_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    kj_h5out_check(out, group >= 0, name);
    return group;
}

static hid_t dataset_plist(const kj_h5out *out, const kj_h5shape *shape, hid_t type, const void *fill)
{
    bool text = H5Tget_class(type) == H5T_STRING;
    if (!fill && !text && !shape->chunked) return out->plain;
    hid_t plist = H5Pcopy(out->plain);
    if (fill) H5Pset_fill_value(plist, type, fill);
    if (fill || text) H5Pset_fill_time(plist, H5D_FILL_TIME_IFSET);
    if (shape->chunked) {
        H5Pset_chunk(plist, shape->rank, shape->chunk);
        if (H5Tget_size(type) > 1) H5Pset_shuffle(plist);
        H5Pset_deflate(plist, KJ_H5_DEFLATE_LEVEL);
    }
    return plist;
}

hid_t kj_h5out_dataset(kj_h5out *out, hid_t parent, const char *name, hid_t type, const kj_h5shape *shape,
                       const void *fill)
{
    hid_t plist = dataset_plist(out, shape, type, fill);
    hid_t space = shape->rank ? H5Screate_simple(shape->rank, shape->dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t dataset = H5Dcreate2(parent, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    kj_h5out_check(out, dataset >= 0, name);
    H5Sclose(space);
    if (plist != out->plain) H5Pclose(plist);
    return dataset;
}

void kj_h5shape_plan(kj_h5shape *shape, uint32_t width)
{
    uint64_t bytes = width;
    for (int d = 0; d < shape->rank; d++) bytes *= shape->dims[d];
    shape->chunked = bytes > SMALL_BYTES;
    for (int d = 0; d < shape->rank; d++) {
        hsize_t most = shape->rank == 1 ? ROW_CHUNK : shape->rank == 3 ? (d ? TILE : 1) : d ? ROW_CHUNK : TILE;
        shape->chunk[d] = shape->dims[d] < most ? shape->dims[d] : most;
    }
}

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

hid_t kj_h5out_texts(kj_h5out *out, hid_t parent, const char *name, uint64_t n, const char *const *texts)
{
    kj_h5shape shape = {.rank = 1, .dims = {n}};
    hid_t type = text_type(), dataset = kj_h5out_dataset(out, parent, name, type, &shape, NULL);
    if (n) kj_h5out_check(out, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0, name);
    H5Tclose(type);
    return dataset;
}

void kj_h5out_long_text(kj_h5out *out, hid_t parent, const char *name, const char *text)
{
    kj_h5shape shape = {.rank = 0};
    hid_t type = text_type(), dataset = kj_h5out_dataset(out, parent, name, type, &shape, NULL);
    kj_h5out_check(out, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text) >= 0, name);
    H5Dclose(dataset);
    H5Tclose(type);
}
