/* Declarations of the services plugin: tables, columns, parameters, norms; and what it needs of others. */
#include "services.h"

static kj_status declare_columns(services *self, const kj_host *host, const kj_register_v1 *reg)
{
    kj_status status = KJ_OK;
#define C(field, table_name, column_name, column_type, column_flags, column_unit, lowest, highest, refers, names, sentence) \
    if (!status) \
        status = reg->column(host->impl, \
                             &(kj_column_def){.struct_size = sizeof(kj_column_def), .table = table_name, .name = column_name, \
                                              .type = column_type, .flags = column_flags, .unit = column_unit, \
                                              .doc = sentence, .min = lowest, .max = highest, .ref = refers, \
                                              .labels = names}, \
                             &self->col.field);
    OWN_SERVICE(C)
    OWN_AGE(C)
    OWN_FACILITY(C)
    OWN_AREA(C)
    OWN_MUNICIPALITY(C)
    OWN_PANEL(C)
    OWN_HOUSEHOLD(C)
#undef C
    return status;
}

static kj_status declare_params(services *self, const kj_host *host, const kj_register_v1 *reg)
{
    kj_status status = KJ_OK;
#define P(field, unit_text, value, lowest, highest, grade, reference, sentence) \
    if (!status) \
        status = reg->param(host->impl, \
                            &(kj_param_def){.struct_size = sizeof(kj_param_def), .name = #field, .unit = unit_text, \
                                            .def = value, .min = lowest, .max = highest, .evidence = grade, \
                                            .source = reference, .doc = sentence}, \
                            &self->params[SERVICE_PARAM_##field]);
    SERVICE_PARAMS(P)
#undef P
    return status;
}

static kj_status declare_norms(services *self, const kj_host *host, const kj_register_v1 *reg)
{
    const kj_param_table_def need = {
        .struct_size = sizeof need, .name = "service_need", .n_dims = 3,
        .dims = {{.name = "service", .labels = NEED_LABELS}, {.name = "sex", .labels = KJ_SEX_LABELS}, {.name = "age", .labels = KJ_AGE_CLASS_LABELS}},
        .unit = "1", .min = 0.0, .max = 1000.0, .doc = "Need of services a person by sex and age."};
    const kj_param_table_def staff = {.struct_size = sizeof staff, .name = "service_staff", .n_dims = 1,
                                      .dims = {{.name = "service", .labels = KJ_SERVICE_KIND_LABELS}}, .unit = "1", .min = 0.1, .max = 1e6,
                                      .doc = "Clients a full-time post."};
    const kj_param_table_def area = {.struct_size = sizeof area, .name = "premises_area", .n_dims = 1,
                                     .dims = {{.name = "kind", .labels = KJ_FACILITY_KIND_LABELS}}, .unit = "m2", .min = 0.1, .max = 1000.0,
                                     .doc = "Floor area a place."};
    kj_status status = reg->param_table(host->impl, &need, &self->need);
    if (!status) status = reg->param_table(host->impl, &staff, &self->staff);
    if (!status) status = reg->param_table(host->impl, &area, &self->premises_area);
    return status;
}

kj_status services_declare(services *self, const kj_host *host)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_VERSION;
    const struct { kj_table *out; kj_table_def def; } tables[] = {
        {&self->area, {sizeof(kj_table_def), "area", "Prognosis areas, also the market areas."}},
        {&self->municipality, {sizeof(kj_table_def), "municipality", "Municipalities."}},
        {&self->facility, {sizeof(kj_table_def), "facility", "Schools, preschools, care homes and other places of service."}},
        {&self->household, {sizeof(kj_table_def), "household", "Households."}},
        {&self->service, {sizeof(kj_table_def), "service", "Services of each municipality: need, clients, staff, premises, cost."}},
        {&self->age, {sizeof(kj_table_def), "age", "Residents of each municipality by single year of age, on 1 November."}},
        {&self->panel, {sizeof(kj_table_def), "panel", "People who are followed one by one, so that two runs can be compared."}},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && !status; k++) status = reg->table(host->impl, &tables[k].def, tables[k].out);
    if (!status) status = declare_columns(self, host, reg);
    if (!status) status = declare_params(self, host, reg);
    if (!status) status = declare_norms(self, host, reg);
    return status;
}

kj_status services_require(services *self, const kj_host *host)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = reg ? KJ_OK : KJ_E_VERSION;
    if (!status) status = reg->require_table(host->impl, "person", &self->person);
    if (!status) status = reg->require_table(host->impl, "dwelling", &self->dwelling);
    if (!status) status = reg->require_table(host->impl, "cell", &self->cell);
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
