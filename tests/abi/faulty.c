/* A plugin with one fault, chosen by -DFAULT=FAULT_…: what the host must name. FAULT_NONE is a plugin without fault. */
#include <kedja/plugin.h>
#include <stdlib.h>

enum { NONE, VERSION_MAJOR, VERSION_MINOR, SMALL, MISSING_COLUMN, OTHER_TYPE, DUPLICATE_COLUMN, NO_UNIT, HAZARD, UNDECLARED_READ, QUIET_WRITE, NOT_A_NUMBER,
       OUT_OF_RANGE, ROW_BEYOND, NO_MEMORY, MONTH_7, CRASH, HANG, HIDDEN_STATE, ORDER_OF_BLOCKS, FUTURE_DEFINITION };
#ifndef FAULT
#define FAULT NONE
#endif

typedef struct faulty {
    const kj_run_v1 *run;
    kj_table cell;
    kj_col land_use, value, total, population;
    int64_t hidden;
} faulty;

static kj_status create(const kj_host *host, void **instance)
{
    faulty *f = calloc(1, sizeof *f);
    if (!f) return KJ_E_MEMORY;
    *instance = f;
    f->run = host->interface(host, "kedja.run/1");
    return FAULT == NO_MEMORY ? KJ_E_MEMORY : KJ_OK;
}

static kj_status provide(void *instance, const kj_host *host)
{
    faulty *f = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_column_def value = {.struct_size = sizeof value, .table = "cell", .name = "faulty_value", .type = KJ_F32, .flags = KJ_RECORD,
                           .unit = "1", .doc = "A value.", .min = 0, .max = 100};
    kj_column_def total = {.struct_size = sizeof total, .table = "area", .name = "faulty_total", .type = KJ_I64, .flags = KJ_RECORD,
                           .unit = "1", .doc = "A sum.", .min = 0, .max = 1e12};
    if (FAULT == NO_UNIT) value.unit = NULL;
    if (FAULT == DUPLICATE_COLUMN) value.name = "land_use";
    if (FAULT == FUTURE_DEFINITION) value.struct_size = sizeof value + 8;
    kj_status status = reg->column(host->impl, &value, &f->value);
    return status ? status : reg->column(host->impl, &total, &f->total);
}

static kj_status step(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    faulty *f = instance;
    float *value = f->run->write(ctx, f->value);
    if (!value) return KJ_E_UNDECLARED;
    int month = KJ_MONTH_OF_YEAR(f->run->month(ctx));
    if (FAULT == MONTH_7 && month == 7) return f->run->fail(ctx, KJ_E_FAILED, "nothing grows in July");
    if (FAULT == CRASH) *(volatile int *)8 = 1;
    if (FAULT == HANG) for (volatile int forever = 1; forever;) { }
    if (FAULT == UNDECLARED_READ && !f->run->read(ctx, f->population)) return KJ_E_UNDECLARED;
    if (FAULT == QUIET_WRITE) ((uint8_t *)(uintptr_t)f->run->read(ctx, f->land_use))[begin] ^= 1;
    if (FAULT == NOT_A_NUMBER) value[begin] = __builtin_nanf("");
    if (FAULT == OUT_OF_RANGE) value[begin] = 101;
    if (FAULT == ROW_BEYOND) f->run->add(ctx, f->total, 1000000, 1);
    if (FAULT == HIDDEN_STATE) value[begin] = (float)(f->hidden++ % 100);
    if (FAULT == ORDER_OF_BLOCKS) { /* what the block before left decides */
        for (uint32_t i = begin; i < end; i++) value[i] = i ? (float)(((int)value[i - 1] + 7) % 100) : 1.0f;
    } else if (FAULT == NONE)
        for (uint32_t i = begin; i < end; i++) value[i] = (float)(i % 100);
    return KJ_OK;
}

static kj_status bind(void *instance, const kj_host *host)
{
    faulty *f = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = reg->require_table(host->impl, "cell", &f->cell);
    if (!status) status = reg->require_column(host->impl, "cell", "land_use", FAULT == OTHER_TYPE ? KJ_I32 : KJ_U8, &f->land_use);
    if (!status) status = reg->require_column(host->impl, "cell", FAULT == MISSING_COLUMN ? "no_such_column" : "population", KJ_I32, &f->population);
    if (status) return status;
    const kj_use uses[] = {kj_reads(f->land_use), kj_writes(f->value), kj_adds(f->total)};
    const kj_use hazard[] = {kj_writes(f->value)};
    kj_system_def one = {.struct_size = sizeof one, .name = "faulty.step", .doc = "A step.", .phase = KJ_PHASE_PEOPLE, .shape = KJ_ROWS, .over = f->cell,
                         .uses = uses, .n_uses = 3, .run = step};
    kj_system_def two = {.struct_size = sizeof two, .name = "faulty.other", .doc = "Another.", .phase = KJ_PHASE_PEOPLE, .shape = KJ_ROWS, .over = f->cell,
                         .uses = hazard, .n_uses = 1, .run = step};
    status = reg->system(host->impl, &one);
    if (!status && FAULT == HAZARD) status = reg->system(host->impl, &two);
    return status;
}

#ifdef NO_SYMBOL
extern const kj_plugin_def some_other_name;
const kj_plugin_def some_other_name
#else
const kj_plugin_def KJ_PLUGIN_SYMBOL
#endif
    = {
    .struct_size = FAULT == SMALL ? 16 : sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR + (FAULT == VERSION_MAJOR),
    .abi_minor = KJ_ABI_MINOR + (FAULT == VERSION_MINOR), .stamp = KJ_BUILD_STAMP, .id = "faulty", .version = "0", .licence = "Apache-2.0",
    .doc = "One fault.", .create = create, .provide = provide, .bind = bind, .destroy = free,
};
