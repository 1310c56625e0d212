/* Maps over members: how probable it is that land is built, and the mean population. Only sums are kept. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merge_internal.h"

enum { GROUP_MAP_BYTES = 96 << 20 };

struct merge_maps {
    uint32_t n_years, n_cells, n_groups; /* groups with a map of their own, of the last year */
    int32_t *years;
    uint32_t *built;      /* [n_years][n_cells]: members with land built since the start */
    float *population;    /* [n_years][n_cells]: sum */
    uint32_t *by_group;   /* [n_groups][n_cells] */
    uint32_t *in_group;   /* [n_groups]: members */
    int32_t *layer;       /* [n_cells]: scratch */
    uint8_t *inside;
};

kj_status merge_maps_begin(kj_error *err, const merger *g, const kj_runread *first, merge_maps **out)
{
    int32_t every = g->plan->experiment->map_every, last = g->years[g->n_years - 1];
    *out = NULL;
    if (!every || !kj_runread_layer_named(first, "built_year") || !kj_runread_layer_named(first, "population")) return KJ_OK;
    merge_maps *m = calloc(1, sizeof *m);
    if (!m) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    *out = m;
    m->n_cells = (uint32_t)kj_grid_cells(&g->grid);
    m->n_years = (uint32_t)((last - g->years[0] - 1) / every + 1);
    m->n_groups = g->groups.n;
    while (m->n_groups > 1 && (size_t)m->n_groups * m->n_cells * 4 > GROUP_MAP_BYTES) m->n_groups--;
    size_t all = (size_t)m->n_years * m->n_cells;
    m->years = calloc(m->n_years, sizeof *m->years);
    m->built = calloc(all, sizeof *m->built);
    m->population = calloc(all, sizeof *m->population);
    m->by_group = calloc((size_t)m->n_groups * m->n_cells, sizeof *m->by_group);
    m->in_group = calloc(m->n_groups, sizeof *m->in_group);
    m->layer = calloc(m->n_cells, sizeof *m->layer);
    m->inside = calloc(m->n_cells, 1);
    if (!m->years || !m->built || !m->population || !m->by_group || !m->in_group || !m->layer || !m->inside) return kj_fail(err, KJ_E_MEMORY, "out of memory for maps");
    for (uint32_t y = 0; y < m->n_years; y++) m->years[y] = last - (int32_t)(m->n_years - 1 - y) * every;
    kj_status status = kj_runread_layer(err, first, "area", 0, KJ_I32, m->layer);
    for (uint32_t c = 0; c < m->n_cells; c++) m->inside[c] = m->layer[c] >= 0;
    return status;
}

static void add_built(merge_maps *m, const merger *g, uint32_t y, uint32_t point)
{
    uint32_t *built = m->built + (size_t)y * m->n_cells;
    for (uint32_t c = 0; c < m->n_cells; c++) built[c] += m->layer[c] > 0;
    for (uint32_t k = 0; y + 1 == m->n_years && k < m->n_groups; k++) {
        if (!g->groups.group[k].has_point[point]) continue;
        uint32_t *mine = m->by_group + (size_t)k * m->n_cells;
        for (uint32_t c = 0; c < m->n_cells; c++) mine[c] += m->layer[c] > 0;
        m->in_group[k]++;
    }
}

kj_status merge_maps_add(kj_error *err, const merger *g, merge_maps *m, const kj_runread *run, uint32_t index)
{
    kj_status status = KJ_OK;
    for (uint32_t y = 0; m && !status && y < m->n_years; y++) {
        uint32_t at = (uint32_t)kj_runread_year_index(run, m->years[y]);
        status = kj_runread_layer(err, run, "built_year", at, KJ_I32, m->layer);
        if (!status) add_built(m, g, y, g->plan->point[g->member[index]]);
        if (!status) status = kj_runread_layer(err, run, "population", at, KJ_I32, m->layer);
        float *sum = m->population + (size_t)y * m->n_cells;
        for (uint32_t c = 0; !status && c < m->n_cells; c++) sum[c] += (float)m->layer[c];
    }
    return status;
}

/* A layer [y, x] in a group, with its number of members. */
static void write_layer(merger *g, hid_t group, const char *name, const char *long_name, const char *unit, uint32_t n_members, const float *values)
{
    kj_h5shape shape = {.rank = 2, .dims = {(hsize_t)g->grid.ny, (hsize_t)g->grid.nx}};
    float nan_value = (float)NAN;
    kj_h5shape_plan(&shape, sizeof(float));
    if (shape.chunked) shape.chunk[1] = shape.dims[1] < 256 ? shape.dims[1] : 256;
    hid_t data = kj_h5out_dataset(&g->out, group, name, H5T_IEEE_F32LE, &shape, &nan_value);
    kj_h5out_numbers(&g->out, data, "_FillValue", H5T_IEEE_F32LE, 1, &nan_value);
    kj_h5out_axes(&g->out, data, 2, (const hid_t[]){g->axes.y, g->axes.x});
    kj_h5out_text(&g->out, data, "long_name", long_name);
    kj_h5out_text(&g->out, data, "units", unit);
    kj_h5out_text(&g->out, data, "grid_mapping", "crs");
    kj_h5out_i32(&g->out, data, "members", (int32_t)n_members);
    kj_h5out_fill(&g->out, data, &shape, sizeof(float), values);
    H5Dclose(data);
}

static void write_share(merger *g, const merge_maps *m, hid_t group, int32_t year, const uint32_t *count, uint32_t n, float *values)
{
    char name[32], text[160];
    snprintf(name, sizeof name, "built_%d", year);
    snprintf(text, sizeof text, "share of members in which the cell is built between the start and the end of %d", year);
    for (uint32_t c = 0; c < m->n_cells; c++) values[c] = m->inside[c] && n ? (float)count[c] / (float)n : (float)NAN;
    write_layer(g, group, name, text, "1", n, values);
}

static void write_population(merger *g, const merge_maps *m, uint32_t y, float *values)
{
    char name[32], text[160];
    snprintf(name, sizeof name, "population_%d", m->years[y]);
    snprintf(text, sizeof text, "mean over members of the residents of the cell at the end of %d", m->years[y]);
    for (uint32_t c = 0; c < m->n_cells; c++) values[c] = m->inside[c] ? m->population[(size_t)y * m->n_cells + c] / (float)g->n : (float)NAN;
    write_layer(g, g->out.file, name, text, "1", g->n, values);
}

void merge_maps_write(merger *g, merge_maps *m)
{
    float *values = m ? malloc(m->n_cells * sizeof *values) : NULL;
    if (!m) return;
    if (!values) {
        g->out.failed = true;
        return;
    }
    for (uint32_t y = 0; y < m->n_years; y++) {
        write_share(g, m, g->out.file, m->years[y], m->built + (size_t)y * m->n_cells, g->n, values);
        write_population(g, m, y, values);
    }
    for (uint32_t k = 1; k < m->n_groups; k++) { /* group 0 is all */
        hid_t group = H5Gopen2(g->out.file, g->groups.group[k].path, H5P_DEFAULT);
        write_share(g, m, group, m->years[m->n_years - 1], m->by_group + (size_t)k * m->n_cells, m->in_group[k], values);
        H5Gclose(group);
    }
    free(values);
}

void merge_maps_free(merge_maps *m)
{
    if (!m) return;
    free(m->years);
    free(m->built);
    free(m->population);
    free(m->by_group);
    free(m->in_group);
    free(m->layer);
    free(m->inside);
    free(m);
}
