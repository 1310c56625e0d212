#include "mapfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "atomic.h"
#include "cf.h"
#include "h5in.h"
#include "h5out.h"

enum { GROW_BYTES = 4 << 20 };

/* ---- writing ---- */

static kj_status check_map(kj_error *err, const kj_map *map)
{
    const kj_rows *cell = kj_store_table(&map->store, "cell");
    if (!cell) return kj_fail(err, KJ_E_RANGE, "map `%s`: it has no table `cell`", map->name);
    if (cell->n_rows != (uint32_t)kj_grid_cells(&map->grid))
        return kj_fail(err, KJ_E_RANGE, "map `%s`: table `cell` has %u rows, expected %d x %d", map->name, cell->n_rows,
                       map->grid.nx, map->grid.ny);
    for (uint32_t t = 0; t < map->store.n_tables; t++) {
        const kj_rows *rows = &map->store.tables[t];
        bool plain = rows->n_alive == rows->n_rows && rows->next_id == rows->n_rows + 1;
        for (uint32_t row = 0; row < rows->n_rows && plain; row++) plain = rows->ids[row] == row + 1;
        if (!plain)
            return kj_fail(err, KJ_E_RANGE, "map `%s`: the ids of table `%s` are not 1 to %u in row order", map->name,
                           rows->name, rows->n_rows);
    }
    for (uint32_t c = 0; c < cell->n_columns; c++)
        if (cell->columns[c].type == KJ_TEXT)
            return kj_fail(err, KJ_E_RANGE, "map `%s`: layer `%s` holds texts; layers hold numbers", map->name,
                           cell->columns[c].name);
    return KJ_OK;
}

static void write_layers(kj_h5out *out, const kj_cf_axes *axes, const kj_rows *cell)
{
    for (uint32_t c = 0; c < cell->n_columns; c++) {
        const kj_column *column = &cell->columns[c];
        kj_h5shape shape;
        hid_t dataset = kj_cf_layer(out, axes, column, false, &shape);
        kj_h5out_fill(out, dataset, &shape, kj_type_bytes(column->type), column->data);
        H5Dclose(dataset);
    }
}

static hid_t write_text_column(kj_h5out *out, hid_t group, const kj_store *store, const kj_rows *rows,
                               const kj_column *column)
{
    const char **texts = malloc((rows->n_rows + 1u) * sizeof *texts);
    const int32_t *index = column->data;
    for (uint32_t row = 0; row < rows->n_rows && texts; row++) texts[row] = kj_pool_text(&store->pool, index[row]);
    if (!texts) out->failed = true;
    hid_t dataset = texts ? kj_h5out_texts(out, group, column->name, rows->n_rows, texts) : -1;
    free(texts);
    return dataset;
}

static void write_table(kj_h5out *out, const kj_store *store, const kj_rows *rows)
{
    hid_t group = kj_h5out_group(out, out->file, rows->name);
    kj_h5out_text(out, group, "long_name", rows->doc ? rows->doc : "");
    hid_t id = kj_h5out_scale(out, group, "id", H5T_STD_U32LE, rows->n_rows, rows->ids);
    kj_h5out_text(out, id, "long_name", "id, from 1 in row order");
    for (uint32_t c = 0; c < rows->n_columns; c++) {
        const kj_column *column = &rows->columns[c];
        hid_t dataset;
        if (column->type == KJ_TEXT) {
            dataset = write_text_column(out, group, store, rows, column);
        } else {
            kj_h5shape shape = {.rank = 1, .dims = {rows->n_rows}};
            uint32_t width = kj_type_bytes(column->type);
            kj_h5shape_plan(&shape, width);
            dataset = kj_h5out_dataset(out, group, column->name, kj_h5_type(column->type), &shape, NULL);
            kj_h5out_fill(out, dataset, &shape, width, column->data);
        }
        kj_h5out_axes(out, dataset, 1, &id);
        kj_cf_describe(out, dataset, column);
        H5Dclose(dataset);
    }
    H5Dclose(id);
    H5Gclose(group);
}

static void write_identity(kj_h5out *out, const kj_map *map, const kj_rows *cell)
{
    kj_cf_root(out, "map", map->title);
    kj_h5out_text(out, out->file, "map_name", map->name);
    kj_h5out_text(out, out->file, "map_digest", map->digest);
    kj_h5out_text(out, out->file, "country", map->country);
    kj_h5out_i32(out, out->file, "start_month", map->start);
    kj_h5out_text(out, out->file, "cell_long_name", cell->doc ? cell->doc : "");
}

/* `texts` is the pool in its order: the indices of a run come from it. */
static void write_provenance(kj_h5out *out, const kj_map *map)
{
    hid_t group = kj_h5out_group(out, out->file, "provenance");
    kj_h5out_long_text(out, group, "sources", map->sources ? map->sources : "");
    kj_h5out_long_text(out, group, "report", map->report ? map->report : "");
    hid_t texts =
        kj_h5out_texts(out, group, "texts", (uint64_t)map->store.pool.n, (const char *const *)map->store.pool.texts);
    H5Dclose(texts);
    H5Gclose(group);
}

static kj_status fill_file(kj_error *err, kj_h5out *out, const kj_map *map)
{
    const kj_rows *cell = kj_store_table(&map->store, "cell");
    kj_cf_axes axes;
    write_identity(out, map, cell);
    kj_status status = kj_cf_axes_write(err, out, &map->grid, 0, NULL, &axes);
    if (status) return status;
    write_layers(out, &axes, cell);
    kj_cf_axes_close(&axes);
    for (uint32_t t = 0; t < map->store.n_tables; t++)
        if (&map->store.tables[t] != cell) write_table(out, &map->store, &map->store.tables[t]);
    write_provenance(out, map);
    return KJ_OK;
}

kj_status kj_mapfile_write(kj_error *err, const char *folder, kj_map *map)
{
    char path[KJ_PATH_MAX];
    kj_h5out out;
    kj_status status = check_map(err, map);
    if (!status) status = kj_map_digest(err, map, map->digest);
    if (!status) status = kj_path_join(err, folder, "map.nc", path);
    if (status) return status;
    if (mkdir(folder, 0755) && errno != EEXIST)
        return kj_fail(err, KJ_E_IO, "%s: the folder cannot be made: %s", folder, kj_why(errno));
    status = kj_h5out_open(err, &out, GROW_BYTES, 0);
    if (status) return status;
    status = fill_file(err, &out, map);
    if (!status) return kj_h5out_commit(err, &out, path);
    kj_h5out_close(&out);
    return status;
}

/* ---- reading ---- */

typedef struct reader {
    const char *path;
    hid_t file;
    kj_map *map;
    kj_rows *rows;               /* table being filled */
    char where[KJ_NAME_MAX + 1]; /* its group: "" or "/person" */
} reader;

/* Reads the description of a column; the texts are to be freed by free_def. */
static kj_status read_def(kj_error *err, const reader *in, hid_t dataset, const char *name, kj_column_def *def)
{
    char *type = kj_h5in_text(dataset, "kedja_type");
    int32_t flags = 0;
    double range[2];
    bool good = type && kj_h5in_numbers(dataset, "kedja_flags", H5T_NATIVE_INT32, 1, &flags) &&
                kj_h5in_numbers(dataset, "kedja_range", H5T_NATIVE_DOUBLE, 2, range);
    *def = (kj_column_def){.struct_size = sizeof *def, .table = in->rows->name, .name = name, .flags = (uint32_t)flags};
    def->type = type ? kj_cf_type_of(type) : (kj_type)0;
    free(type);
    if (!good || !kj_type_bytes(def->type) || strlen(name) >= KJ_NAME_MAX)
        return kj_fail(err, KJ_E_INPUT,
                       "%s: dataset `%s/%s`: expected the description of a column (kedja_type, kedja_flags, "
                       "kedja_range), found none",
                       in->path, in->where, name);
    def->min = range[0];
    def->max = range[1];
    def->unit = kj_h5in_text(dataset, "units");
    def->doc = kj_h5in_text(dataset, "long_name");
    def->labels = kj_h5in_text(dataset, "kedja_labels");
    def->ref = kj_h5in_text(dataset, "kedja_ref");
    return KJ_OK;
}

static void free_def(kj_column_def *def)
{
    free((char *)def->unit);
    free((char *)def->doc);
    free((char *)def->labels);
    free((char *)def->ref);
}

static kj_status read_texts(kj_error *err, reader *in, hid_t group, const char *name, int32_t *index)
{
    char **texts;
    uint32_t n = in->rows->n_rows;
    kj_status status = kj_h5in_texts(err, in->path, group, in->where, name, n, &texts);
    if (status) return status;
    for (uint32_t row = 0; row < n && !status; row++) {
        index[row] =
            *texts[row] ? kj_pool_intern(&in->map->store.pool, texts[row]) : 0; /* 0 is "" even in an empty pool */
        if (index[row] < 0) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", in->path);
    }
    kj_h5in_free_texts(texts, n);
    return status;
}

static kj_status read_values(kj_error *err, reader *in, hid_t group, const kj_column *column)
{
    if (column->type == KJ_TEXT) return read_texts(err, in, group, column->name, column->data);
    const kj_grid *grid = &in->map->grid;
    bool layer = !*in->where;
    hsize_t dims[2] = {layer ? (hsize_t)grid->ny : in->rows->n_rows, (hsize_t)grid->nx};
    const char *name = layer ? kj_cf_layer_name(column->name) : column->name;
    return kj_h5in_values(err, in->path, group, in->where, name, layer ? 2 : 1, dims, kj_h5_type(column->type),
                          column->data);
}

static kj_status read_column(kj_error *err, reader *in, hid_t group, hid_t dataset, const char *name)
{
    kj_column_def def;
    uint32_t index;
    kj_status status = read_def(err, in, dataset, name, &def);
    if (status) return status;
    status = kj_store_add_column(err, &in->map->store, &def, NULL, &index);
    free_def(&def);
    if (status) return kj_error_context(err, "%s", in->path);
    kj_column *column = &in->rows->columns[index];
    char *origin = kj_h5in_text(dataset, "origin"), *source = kj_h5in_text(dataset, "source");
    if (origin || source) status = kj_column_provenance(err, column, origin ? origin : "", source ? source : "");
    free(origin);
    free(source);
    return status ? status : read_values(err, in, group, column);
}

/* Datasets that are no columns: the axes of the layers in the root group, the ids in a table's group (a table may well
   have columns x and y). */
static bool is_axis(const reader *in, const char *name)
{
    if (*in->where) return !strcmp(name, "id");
    return !strcmp(name, "x") || !strcmp(name, "y") || !strcmp(name, "crs");
}

/* One link of the root group or of a table's group. */
static kj_status read_member(kj_error *err, void *data, hid_t group, const char *name)
{
    reader *in = data;
    if (is_axis(in, name)) return KJ_OK;
    H5O_info_t info;
    if (H5Oget_info_by_name2(group, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: `%s/%s` cannot be read: the file is damaged", in->path, in->where, name);
    if (info.type != H5O_TYPE_DATASET) return KJ_OK;
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (dataset < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: dataset `%s/%s` cannot be opened: the file is damaged", in->path,
                       in->where, name);
    kj_status status = read_column(err, in, group, dataset, *in->where ? name : kj_cf_layer_column(name));
    H5Dclose(dataset);
    return status;
}

static kj_status start_table(kj_error *err, reader *in, hid_t group, const char *name, const char *doc_name,
                             uint32_t n_rows)
{
    char *doc = kj_h5in_text(group, doc_name);
    uint32_t index;
    kj_status status = kj_store_add_table(err, &in->map->store, name, doc, &index);
    free(doc);
    if (status) return kj_error_context(err, "%s", in->path);
    in->rows = &in->map->store.tables[index];
    if (in->rows->n_rows) return kj_fail(err, KJ_E_INPUT, "%s: table `%s` stands there twice", in->path, name);
    return n_rows ? kj_rows_add(err, &in->map->store, in->rows, n_rows, NULL) : KJ_OK;
}

static kj_status read_table(kj_error *err, void *data, hid_t root, const char *name)
{
    reader *in = data;
    H5O_info_t info;
    if (H5Oget_info_by_name2(root, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: `/%s` cannot be read: the file is damaged", in->path, name);
    if (info.type != H5O_TYPE_GROUP || !strcmp(name, "provenance")) return KJ_OK;
    if (strlen(name) >= KJ_NAME_MAX)
        return kj_fail(err, KJ_E_INPUT, "%s: group `/%s`: the name is too long for a table", in->path, name);
    snprintf(in->where, sizeof in->where, "/%s", name);
    hid_t group;
    uint32_t n;
    kj_status status = kj_h5in_group(err, in->path, root, name, &group);
    if (status) return status;
    status = kj_h5in_length(err, in->path, group, in->where, "id", &n);
    if (!status) status = start_table(err, in, group, name, "long_name", n);
    if (!status) status = kj_h5in_each(err, group, read_member, in);
    H5Gclose(group);
    return status;
}

static bool read_short(hid_t object, const char *name, char *out, size_t out_bytes)
{
    char *text = kj_h5in_text(object, name);
    bool good = text && strlen(text) < out_bytes;
    if (good) strcpy(out, text);
    free(text);
    return good;
}

static kj_status read_identity(kj_error *err, const reader *in)
{
    char kind[32] = "another kind of file";
    int32_t version = 0;
    kj_map *map = in->map;
    if (!read_short(in->file, "kedja_format", kind, sizeof kind) || strcmp(kind, "map"))
        return kj_fail(err, KJ_E_INPUT,
                       "%s is no Kedja map: expected the root attribute kedja_format = \"map\", found %s", in->path,
                       kind);
    if (!kj_h5in_numbers(in->file, "kedja_format_version", H5T_NATIVE_INT32, 1, &version) || version != 1)
        return kj_fail(err, KJ_E_INPUT, "%s: expected a map of format version 1, found %d: build the map again",
                       in->path, version);
    if (!read_short(in->file, "map_name", map->name, sizeof map->name) ||
        !read_short(in->file, "country", map->country, sizeof map->country) ||
        !read_short(in->file, "map_digest", map->digest, sizeof map->digest) ||
        !kj_h5in_numbers(in->file, "start_month", H5T_NATIVE_INT32, 1, &map->start))
        return kj_fail(err, KJ_E_INPUT,
                       "%s: expected the root attributes map_name, country, map_digest, start_month; one is missing",
                       in->path);
    map->title = kj_h5in_text(in->file, "title");
    return map->title ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: expected a root attribute `title`, found none", in->path);
}

static kj_status read_provenance(kj_error *err, const reader *in)
{
    hid_t group;
    char **texts = NULL;
    uint32_t n = 0;
    kj_status status = kj_h5in_group(err, in->path, in->file, "provenance", &group);
    if (status) return status;
    status = kj_h5in_long_text(err, in->path, group, "/provenance", "sources", &in->map->sources);
    if (!status) status = kj_h5in_long_text(err, in->path, group, "/provenance", "report", &in->map->report);
    if (!status) status = kj_h5in_length(err, in->path, group, "/provenance", "texts", &n);
    if (!status) status = kj_h5in_texts(err, in->path, group, "/provenance", "texts", n, &texts);
    for (uint32_t i = 0; i < n && !status; i++)
        if (kj_pool_intern(&in->map->store.pool, texts[i]) != (int32_t)i)
            status =
                kj_fail(err, KJ_E_INPUT, "%s: dataset `/provenance/texts`: text %u stands there twice", in->path, i);
    kj_h5in_free_texts(texts, n);
    H5Gclose(group);
    return status;
}

static kj_status read_file(kj_error *err, reader *in)
{
    kj_status status = read_identity(err, in);
    if (!status) status = kj_cf_grid_read(err, in->path, in->file, &in->map->grid);
    if (!status) status = read_provenance(err, in);
    if (!status)
        status = start_table(err, in, in->file, "cell", "cell_long_name", (uint32_t)kj_grid_cells(&in->map->grid));
    if (!status) status = kj_h5in_each(err, in->file, read_member, in);
    if (!status) status = kj_h5in_each(err, in->file, read_table, in);
    return status;
}

static kj_status check_digest(kj_error *err, const reader *in)
{
    char digest[33];
    kj_status status = kj_map_digest(err, in->map, digest);
    if (status || !strcmp(digest, in->map->digest)) return status;
    return kj_fail(err, KJ_E_INPUT, "%s: the contents were changed or damaged: expected digest %s, found %s", in->path,
                   in->map->digest, digest);
}

kj_status kj_mapfile_read(kj_error *err, const char *folder, kj_memory *memory, kj_map *out)
{
    char path[KJ_PATH_MAX];
    reader in = {.path = path, .map = out};
    kj_status status = kj_path_join(err, folder, "map.nc", path);
    if (!status) status = kj_h5in_open(err, path, "map", &in.file);
    if (status) return status;
    kj_map_init(out, memory);
    status = read_file(err, &in);
    H5Fclose(in.file);
    if (!status) status = check_digest(err, &in);
    if (status) kj_map_free(out);
    return status;
}
