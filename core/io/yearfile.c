/* One finished year as a file of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf.h"
#include "provenance.h"
#include "recorded.h"
#include "rowdata.h"
#include "runfile.h"
#include "yearfile.h"

enum { GROW_BYTES = 4 << 20 };

static void write_layers(kj_h5out *out, const kj_cf_axes *axes, const kj_rows *cell, kj_h5past *past)
{
    out->past = past;
    if (past) past->next = 0;
    for (uint32_t c = 0; c < cell->n_columns; c++) {
        const kj_column *column = &cell->columns[c];
        kj_recorded how = kj_recorded_how(cell, column, false);
        if (how == KJ_RECORDED_NOT) continue;
        kj_h5shape shape;
        hid_t dataset = kj_cf_layer(out, axes, column, how == KJ_RECORDED_YEARLY, &shape);
        kj_h5out_fill(out, dataset, &shape, kj_type_bytes(column->type), column->data);
        H5Dclose(dataset);
    }
    out->past = NULL;
}

static hid_t write_numbers(kj_h5out *out, hid_t group, const kj_cf_axes *axes, hid_t id, const kj_rows *rows,
                           const kj_column *column, bool yearly)
{
    kj_h5shape shape = {.rank = 1, .dims = {rows->n_alive}};
    if (yearly) shape = (kj_h5shape){.rank = 2, .dims = {1, rows->n_alive}};
    uint32_t width = kj_type_bytes(column->type);
    kj_h5shape_plan(&shape, width);
    hid_t dataset = kj_h5out_dataset(out, group, column->name, kj_h5_type(column->type), &shape, NULL);
    void *gathered;
    const void *values = kj_rowdata_live(rows, column->data, width, &gathered);
    if (values || !rows->n_alive)
        kj_h5out_fill(out, dataset, &shape, width, values);
    else
        out->failed = true;
    free(gathered);
    const hid_t scales[2] = {axes->time, id};
    kj_h5out_axes(out, dataset, yearly ? 2 : 1, yearly ? scales : &id);
    return dataset;
}

static hid_t write_texts(kj_h5out *out, hid_t group, hid_t id, const kj_store *store, const kj_rows *rows,
                         const kj_column *column)
{
    const char **texts = malloc((rows->n_alive + 1u) * sizeof *texts);
    const int32_t *index = column->data;
    uint32_t n = 0;
    for (uint32_t row = 0; row < rows->n_rows && texts; row++)
        if (rows->alive[row]) texts[n++] = kj_pool_text(&store->pool, index[row]);
    if (!texts) out->failed = true;
    hid_t dataset = texts ? kj_h5out_texts(out, group, column->name, n, texts) : -1;
    free(texts);
    kj_h5out_axes(out, dataset, 1, &id);
    return dataset;
}

static void write_table(kj_h5out *out, const kj_cf_axes *axes, const kj_store *store, const kj_rows *rows)
{
    hid_t group = kj_h5out_group(out, out->file, rows->name);
    kj_h5out_text(out, group, "long_name", rows->doc ? rows->doc : "");
    void *gathered;
    const void *ids = kj_rowdata_live(rows, rows->ids, sizeof *rows->ids, &gathered);
    hid_t id = kj_h5out_scale(out, group, "id", H5T_STD_U32LE, rows->n_alive, ids);
    kj_h5out_text(out, id, "long_name", "id, never used again");
    free(gathered);
    for (uint32_t c = 0; c < rows->n_columns; c++) {
        const kj_column *column = &rows->columns[c];
        kj_recorded how = kj_recorded_how(rows, column, false);
        if (how == KJ_RECORDED_NOT) continue;
        hid_t dataset = column->type == KJ_TEXT
                            ? write_texts(out, group, id, store, rows, column)
                            : write_numbers(out, group, axes, id, rows, column, how == KJ_RECORDED_YEARLY);
        kj_cf_describe(out, dataset, column);
        H5Dclose(dataset);
    }
    H5Dclose(id);
    H5Gclose(group);
}

static kj_status fill_file(kj_error *err, kj_h5out *out, kj_sim *sim, const char *hash, const kj_run_info *info, kj_h5past *past)
{
    const kj_store *store = kj_sim_store(sim);
    const int32_t year = KJ_YEAR_OF(kj_sim_now(sim));
    kj_cf_axes axes;
    kj_provenance_write(out, "year", sim, hash, info);
    kj_status status = kj_cf_axes_write(err, out, kj_sim_grid(sim), 1, &year, &axes);
    if (status) return status;
    for (uint32_t t = 0; t < store->n_tables; t++) {
        const kj_rows *rows = &store->tables[t];
        if (!strcmp(rows->name, "cell"))
            write_layers(out, &axes, rows, past);
        else if (kj_recorded_table(rows, false))
            write_table(out, &axes, store, rows);
    }
    kj_cf_axes_close(&axes);
    return KJ_OK;
}

static kj_status take_image(kj_error *err, kj_h5out *out, kj_bytes *to)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    kj_status status = kj_h5out_image(err, out, &bytes, &n);
    if (status) return status;
    kj_bytes_put(to, bytes, n);
    return to->failed ? kj_fail(err, KJ_E_MEMORY, "out of memory for a year file") : KJ_OK;
}

kj_status kj_yearfile_make(kj_error *err, kj_sim *sim, const char *hash, const kj_run_info *info, kj_h5past *past, kj_bytes *out)
{
    kj_h5out file;
    kj_status status = kj_h5out_open(err, &file, GROW_BYTES, kj_sim_get_config(sim)->n_threads);
    if (status) return status;
    status = fill_file(err, &file, sim, hash, info, past);
    if (!status) status = take_image(err, &file, out);
    kj_h5out_close(&file);
    return status;
}

kj_status kj_yearfile_save(kj_error *err, const char *dir, int32_t year, const kj_bytes *bytes)
{
    char name[32], path[KJ_PATH_MAX];
    snprintf(name, sizeof name, "year_%04d.nc", year);
    kj_status status = kj_path_join(err, dir, name, path);
    return status ? status : kj_file_replace_sealed(err, path, bytes->at, bytes->n);
}
