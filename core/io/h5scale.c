/* Dimension scales, as HDF5's specification of them lays them down (HDF5 Dimension Scale Specification, The HDF Group). */
#include <hdf5_hl.h>
#include <stdlib.h>

#include "h5inside.h"

hid_t kj_h5out_scale(kj_h5out *out, hid_t parent, const char *name, hid_t type, uint64_t n, const void *values)
{
    kj_h5shape shape = {.rank = 1, .dims = {n}};
    uint32_t width = (uint32_t)H5Tget_size(type);
    kj_h5shape_plan(&shape, width);
    hid_t dataset = kj_h5out_dataset(out, parent, name, type, &shape, NULL);
    kj_h5out_fill(out, dataset, &shape, width, values);
    kj_h5out_check(out, H5DSset_scale(dataset, name) >= 0, name);
    return dataset;
}

hid_t kj_h5out_text_scale(kj_h5out *out, hid_t parent, const char *name, uint64_t n, const char *const *texts)
{
    hid_t dataset = kj_h5out_texts(out, parent, name, n, texts);
    kj_h5out_check(out, H5DSset_scale(dataset, name) >= 0, name);
    return dataset;
}

/* Whether there is room for n more. */
static bool reserve_uses(kj_h5out *out, size_t n)
{
    if (out->n_uses + n <= out->uses_room) return true;
    size_t room = 2 * (out->n_uses + n);
    kj_h5use *grown = realloc(out->uses, room * sizeof *grown);
    if (!grown) return false;
    out->uses = grown;
    out->uses_room = room;
    return true;
}

/* DIMENSION_LIST of HDF5's specification of dimension scales: a list of scales for each dimension, here of one. */
void kj_h5out_axes(kj_h5out *out, hid_t dataset, uint32_t n, const hid_t scales[])
{
    enum { AXES_MAX = 3 };
    hobj_ref_t scale[AXES_MAX], own;
    hvl_t lists[AXES_MAX];
    hsize_t count = n;
    bool good = n <= AXES_MAX && reserve_uses(out, n) && H5Rcreate(&own, dataset, ".", H5R_OBJECT, -1) >= 0;
    for (uint32_t d = 0; d < n && good; d++) {
        good = H5Rcreate(&scale[d], scales[d], ".", H5R_OBJECT, -1) >= 0;
        lists[d] = (hvl_t){1, &scale[d]};
        if (good) out->uses[out->n_uses++] = (kj_h5use){scale[d], own, (int32_t)d};
    }
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t attribute = good ? H5Acreate2(dataset, "DIMENSION_LIST", out->references, space, H5P_DEFAULT, H5P_DEFAULT) : -1;
    kj_h5out_check(out, attribute >= 0 && H5Awrite(attribute, out->references, lists) >= 0, "a dimension scale");
    H5Aclose(attribute);
    H5Sclose(space);
}

static int by_scale(const void *a, const void *b)
{
    const kj_h5use *x = a, *y = b;
    if (x->scale != y->scale) return x->scale < y->scale ? -1 : 1;
    if (x->dataset != y->dataset) return x->dataset < y->dataset ? -1 : 1;
    return x->dimension - y->dimension;
}

/* REFERENCE_LIST of the same specification: who uses a scale, and for which dimension. */
typedef struct user {
    hobj_ref_t dataset;
    int32_t dimension;
} user;

static void list_users(kj_h5out *out, hid_t type, const kj_h5use *uses, hsize_t n)
{
    user *users = calloc(n, sizeof *users);
    for (hsize_t i = 0; i < n && users; i++) users[i] = (user){uses[i].dataset, uses[i].dimension};
    hid_t scale = H5Rdereference2(out->file, H5P_DEFAULT, H5R_OBJECT, &uses->scale), space = H5Screate_simple(1, &n, NULL);
    hid_t attribute = users ? H5Acreate2(scale, "REFERENCE_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT) : -1;
    kj_h5out_check(out, attribute >= 0 && H5Awrite(attribute, type, users) >= 0, "the datasets of a dimension scale");
    H5Aclose(attribute);
    H5Sclose(space);
    H5Dclose(scale);
    free(users);
}

void kj_h5out_list_uses(kj_h5out *out)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(user));
    H5Tinsert(type, "dataset", HOFFSET(user, dataset), H5T_STD_REF_OBJ);
    H5Tinsert(type, "dimension", HOFFSET(user, dimension), H5T_NATIVE_INT32);
    if (out->n_uses) qsort(out->uses, out->n_uses, sizeof *out->uses, by_scale);
    for (size_t i = 0, end; i < out->n_uses; i = end) {
        for (end = i + 1; end < out->n_uses && out->uses[end].scale == out->uses[i].scale;) end++;
        list_users(out, type, &out->uses[i], end - i);
    }
    out->n_uses = 0;
    H5Tclose(type);
}
