/* Street trees: every January some of the built cells get more trees. The smallest plugin that does something whole: it
   reads a column of the built-in model, keeps a column of its own that becomes a map layer, adds up an indicator by area,
   draws luck, and has parameters that scenarios, experiments and the viewer can change. */
#include <kedja/draft/view.h>
#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdlib.h>

/* Every use of luck has a number of its own, so that adding one never changes the others. */
enum { STREAM_PLANT = 1 };
enum { LUCK_CELL = 1 }; /* where a luck key comes from: the cell */

enum { PARAM_CHANCE, PARAM_STEP, N_PARAMS };

typedef struct template {
    const kj_run_v1 *run;
    kj_table cell, area_table;
    kj_col land_use, area; /* of the built-in model */
    kj_col trees, shaded;  /* our own */
    kj_param param[N_PARAMS];
} template;

static const kj_param_def params[N_PARAMS] = {
    [PARAM_CHANCE] = {.struct_size = sizeof(kj_param_def), .name = "chance", .unit = "1", .def = 0.05, .min = 0, .max = 1,
                      .evidence = KJ_ASSUMED, .source = "a municipality renews about one street in twenty a year",
                      .doc = "Chance that a built cell gets trees in a year."},
    [PARAM_STEP] = {.struct_size = sizeof(kj_param_def), .name = "step", .unit = "%", .def = 10, .min = 1, .max = 100,
                    .evidence = KJ_ASSUMED, .source = "one side of a street", .doc = "Shade that one planting adds."},
};

static const kj_column_def trees_def = {
    .struct_size = sizeof(kj_column_def), .table = "cell", .name = "template_trees", .type = KJ_U8, .flags = KJ_RECORD,
    .unit = "%", .doc = "Share of the street that trees shade.", .min = 0, .max = 100};
static const kj_column_def shaded_def = {
    .struct_size = sizeof(kj_column_def), .table = "area", .name = "template_shaded", .type = KJ_I32,
    .flags = KJ_RECORD | KJ_FLOW, .unit = "1", .doc = "Cells of the area that are shaded by half or more.", .min = 0, .max = 1e9};

/* Built cells of the rows begin … end; other blocks of rows run at the same time on other threads. */
static kj_status plant(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const template *t = instance;
    const uint8_t *land_use = t->run->read(ctx, t->land_use);
    uint8_t *trees = t->run->write(ctx, t->trees);
    if (!land_use || !trees) return KJ_E_UNDECLARED; /* the host has already said why */
    kj_stream stream = t->run->stream(ctx, STREAM_PLANT);
    kj_month month = t->run->month(ctx);
    uint32_t threshold = kj_threshold(t->run->param(ctx, t->param[PARAM_CHANCE]));
    int step = (int)t->run->param(ctx, t->param[PARAM_STEP]);
    for (uint32_t cell = begin; cell < end; cell++) {
        if (land_use[cell] < KJ_LAND_SMALL_HOUSES) continue;
        if (kj_draw(stream, kj_luck(LUCK_CELL, cell, 0), month, 0).v[0] >= threshold) continue;
        int shade = trees[cell] + step;
        trees[cell] = (uint8_t)(shade < 100 ? shade : 100);
    }
    return KJ_OK;
}

/* Many cells add to one area: integers commute, so the sum is the same on any number of threads. */
static kj_status count(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const template *t = instance;
    const uint8_t *trees = t->run->read(ctx, t->trees);
    const int32_t *area = t->run->read(ctx, t->area); /* row of the table area, -1 outside */
    if (!trees || !area) return KJ_E_UNDECLARED;
    for (uint32_t cell = begin; cell < end; cell++)
        if (trees[cell] >= 50 && area[cell] >= 0) t->run->add(ctx, t->shaded, (uint32_t)area[cell], 1);
    return KJ_OK;
}

static kj_status create(const kj_host *host, void **instance)
{
    template *t = calloc(1, sizeof *t);
    if (!t) return KJ_E_MEMORY;
    *instance = t;
    t->run = host->interface(host, "kedja.run/1");
    return t->run ? KJ_OK : KJ_E_MISSING;
}

static void destroy(void *instance) { free(instance); }

/* What the plugin adds. Every plugin provides before any binds, so the order of loading never matters. */
static kj_status provide(void *instance, const kj_host *host)
{
    template *t = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    kj_status status = reg->column(host->impl, &trees_def, &t->trees);
    if (!status) status = reg->column(host->impl, &shaded_def, &t->shaded);
    for (int p = 0; !status && p < N_PARAMS; p++) status = reg->param(host->impl, &params[p], &t->param[p]);

    /* A view of the map for `kedja view` and `kedja live`, as data. Where no trees are the land is seen. */
    const kj_view_v0 *view = host->interface(host, "kedja.view/0");
    const kj_shown_def shown = {.struct_size = sizeof(kj_shown_def), .kind = KJ_SHOWN_LAYER, .title = {"Street trees", "Gatuträd", "Gadetræer"},
                                .unit = {"%"}, .table = "cell", .column = "template_trees", .high = 100, .flags = KJ_SHOWN_NOT_ZERO};
    if (!status && view) status = view->show(host->impl, &shown);
    return status;
}

/* What it needs of others, and its systems with all that they touch. */
static kj_status bind(void *instance, const kj_host *host)
{
    template *t = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    kj_status status = reg->require_table(host->impl, "cell", &t->cell);
    if (!status) status = reg->require_column(host->impl, "cell", "land_use", KJ_U8, &t->land_use);
    if (!status) status = reg->require_column(host->impl, "cell", "area", KJ_I32, &t->area);
    if (status) return status;

    const kj_use planting[] = {kj_reads(t->land_use), kj_writes(t->trees)};
    const kj_system_def plants = {.struct_size = sizeof(kj_system_def), .name = "template.plant",
                                  .doc = "Trees along some streets.", .phase = KJ_PHASE_LAND, .shape = KJ_TILES,
                                  .month_of_year = 1, .over = t->cell, .uses = planting, .n_uses = 2, .run = plant};
    const kj_use counting[] = {kj_reads(t->trees), kj_reads(t->area), kj_adds(t->shaded)};
    const kj_system_def counts = {.struct_size = sizeof(kj_system_def), .name = "template.count",
                                  .doc = "Shaded cells by area.", .phase = KJ_PHASE_MEASURE, .shape = KJ_TILES,
                                  .month_of_year = 12, .over = t->cell, .uses = counting, .n_uses = 3, .run = count};
    status = reg->system(host->impl, &plants);
    return status ? status : reg->system(host->impl, &counts);
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP,
    .id = "template", .version = "0.1.0", .licence = "Apache-2.0", .doc = "Street trees that spread in the built-up places.",
    .create = create, .provide = provide, .bind = bind, .destroy = destroy,
};
