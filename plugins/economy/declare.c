/* Declarations of the economy plugin: columns, parameters, national tables; and what it needs of others. */
#include "economy.h"

static kj_status declare_columns(economy *self, const kj_host *host, const kj_register_v1 *reg)
{
    kj_status status = KJ_OK;
#define C(field, table_name, column_name, column_flags, sentence) \
    if (!status) \
        status = reg->column(host->impl, \
                             &(kj_column_def){.struct_size = sizeof(kj_column_def), .table = table_name, .name = column_name, .type = KJ_I64, \
                                              .flags = column_flags, .unit = "1e-2 SEK", .doc = sentence, .min = -1e18, .max = 1e18}, \
                             &self->col.field);
    MUNICIPAL_MONEY(C)
    SERVICE_MONEY(C)
    FACILITY_MONEY(C)
    AREA_MONEY(C)
#undef C
    const struct { kj_col *out; kj_column_def def; } more[] = {
        {&self->col.built_area, {.struct_size = sizeof(kj_column_def), .table = "facility", .name = "area_in_books", .type = KJ_I32, .unit = "m2",
                                 .doc = "Floor area that the books know of.", .min = 0, .max = 1e8}},
        {&self->col.break_even, {.struct_size = sizeof(kj_column_def), .table = "municipality", .name = "prevention_break_even", .type = KJ_I64, .flags = KJ_RECORD,
                                 .unit = "1e-6", .doc = "Effect that the prevention programme needs to pay for itself so far, in millionths of the cost it can reach; "
                                                        "0 without a programme or before its lag.", .min = 0, .max = 1e18}},
        {&self->col.prevention_start, {.struct_size = sizeof(kj_column_def), .table = "municipality", .name = "prevention_start", .type = KJ_I32, .unit = "month",
                                       .doc = "Month in which the prevention programme began; 0 none.", .min = 0, .max = 12000}},
        {&self->col.prevention_factor, {.struct_size = sizeof(kj_column_def), .table = "municipality", .name = "prevention_factor", .type = KJ_F64, .unit = "1",
                                        .doc = "Discount factor of the year.", .min = 0, .max = 1}},
    };
    for (size_t k = 0; k < sizeof more / sizeof *more && !status; k++) status = reg->column(host->impl, &more[k].def, more[k].out);
    return status;
}

static kj_status declare_params(economy *self, const kj_host *host, const kj_register_v1 *reg)
{
    kj_status status = KJ_OK;
#define P(field, unit_text, value, lowest, highest, grade, reference, sentence) \
    if (!status) \
        status = reg->param(host->impl, \
                            &(kj_param_def){.struct_size = sizeof(kj_param_def), .name = #field, .unit = unit_text, \
                                            .def = value, .min = lowest, .max = highest, .evidence = grade, \
                                            .source = reference, .doc = sentence}, \
                            &self->params[ECONOMY_PARAM_##field]);
    ECONOMY_PARAMS(P)
#undef P
    return status;
}

static kj_status declare_tables(economy *self, const kj_host *host, const kj_register_v1 *reg)
{
    const struct { kj_param_table *out; kj_param_table_def def; } tables[] = {
        {&self->rate, {.struct_size = sizeof(kj_param_table_def), .name = "municipal_rate", .n_dims = 1, .dims = {{.name = "name", .labels = RATE_LABELS}},
                       .unit = "1", .min = 0.0, .max = 2.0, .doc = "Municipal tax and equalisation of income."}},
        {&self->money, {.struct_size = sizeof(kj_param_table_def), .name = "municipal_money", .n_dims = 1, .dims = {{.name = "name", .labels = MONEY_LABELS}},
                        .unit = "SEK/year", .min = 0.0, .max = 1e7, .doc = "Figures of the nation, a person."}},
        {&self->cost, {.struct_size = sizeof(kj_param_table_def), .name = "service_cost", .n_dims = 2,
                       .dims = {{.name = "service", .labels = KJ_SERVICE_KIND_LABELS}, {.name = "part", .labels = COST_PART_LABELS}}, .unit = "SEK/year",
                       .min = 0.0, .max = 1e8, .doc = "Cost of a service by part, and the fee of a client."}},
        {&self->standard, {.struct_size = sizeof(kj_param_table_def), .name = "standard_cost", .n_dims = 1, .dims = {{.name = "age", .labels = KJ_AGE_CLASS_LABELS}},
                           .unit = "SEK/year", .min = 0.0, .max = 1e7, .doc = "Standard cost by age in the equalisation of costs."}},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && !status; k++) status = reg->param_table(host->impl, &tables[k].def, tables[k].out);
    return status;
}

kj_status economy_declare(economy *self, const kj_host *host)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_VERSION;
    const struct { kj_table *out; kj_table_def def; } tables[] = {
        {&self->municipality, {sizeof(kj_table_def), "municipality", "Municipalities."}},
        {&self->facility, {sizeof(kj_table_def), "facility", "Schools, preschools, care homes and other places of service."}},
        {&self->service, {sizeof(kj_table_def), "service", "Services of each municipality: need, clients, staff, premises, cost."}},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && !status; k++) status = reg->table(host->impl, &tables[k].def, tables[k].out);
    if (!status) status = declare_columns(self, host, reg);
    if (!status) status = declare_params(self, host, reg);
    if (!status) status = declare_tables(self, host, reg);
    return status;
}

kj_status economy_require(economy *self, const kj_host *host)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_VERSION;
    const struct { const char *name; kj_table *out; } tables[] = {{"person", &self->person}, {"household", &self->household}, {"cell", &self->cell},
                                                                  {"area", &self->area},     {"age", &self->age}};
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && !status; k++) status = reg->require_table(host->impl, tables[k].name, tables[k].out);
#define C(field, table, name, type) \
    if (!status) status = reg->require_column(host->impl, table, name, type, &self->col.field);
    NEEDS_COLUMNS(C)
#undef C
#define N(field, name) \
    if (!status) status = reg->require_param(host->impl, name, &self->field);
    NEEDS_PARAMS(N)
#undef N
    return status;
}
