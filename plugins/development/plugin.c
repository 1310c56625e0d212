/* The plugin "development": what it declares, and the order of its systems. */
#include <stddef.h>
#include <stdlib.h>

#include "development.h"

typedef struct column_entry {
    size_t at; /* offset of the handle in `dev` */
    kj_column_def def;
} column_entry;

typedef struct need_entry {
    size_t at;
    const char *table, *name;
    kj_type type;
} need_entry;

#define COLUMN(field_, table_, name_, type_, flags_, unit_, doc_, min_, max_, ref_, labels_)                              \
    {offsetof(dev, field_), {.struct_size = sizeof(kj_column_def), .table = table_, .name = name_, .type = type_,          \
                             .flags = flags_, .unit = unit_, .doc = doc_, .min = min_, .max = max_, .ref = ref_, .labels = labels_}}
#define SUM(index_, name_, unit_, doc_)                                                                                   \
    COLUMN(area_sum[index_], "area", name_, KJ_I64, KJ_DERIVED | KJ_FLOW, unit_, doc_, 0, 0, NULL, NULL)
#define YEARLY(index_, name_, unit_, doc_)                                                                                \
    COLUMN(municipality_count[index_], "municipality", name_, KJ_I64, KJ_RECORD | KJ_FLOW, unit_, doc_, 0, 1e12, NULL, NULL)
#define STOCK(index_, name_, unit_, doc_)                                                                                 \
    COLUMN(municipality_count[index_], "municipality", name_, KJ_I64, KJ_RECORD, unit_, doc_, 0, 1e12, NULL, NULL)
#define HOMES(field_, name_, doc_) COLUMN(field_, "project", name_, KJ_I32, KJ_FINAL, "1", doc_, 0, 1e6, NULL, NULL)

static const column_entry columns[] = {
    COLUMN(land_use, "cell", "land_use", KJ_U8, KJ_RECORD | KJ_POLICY | KJ_INPUT, "1", "What the land is used for.", 0, KJ_LAND_COUNT - 1, NULL,
           KJ_LAND_LABELS),
    COLUMN(cell_area, "cell", "area", KJ_I32, KJ_INPUT, "1", "Row of the area that the cell lies in; -1 outside.", -1, 1e9, "area", NULL),
    COLUMN(protection, "cell", "protection", KJ_U8, KJ_RECORD | KJ_POLICY | KJ_INPUT, "1",
           "Bits of protection: 1 nature, 2 farmland, 4 green; any of them forbids building.", 0, 255, NULL, NULL),
    COLUMN(farmland_class, "cell", "farmland_class", KJ_U8, KJ_RECORD | KJ_INPUT, "1",
           "Class of farmland, 1 poorest to 10 best; 0 none, or built on in this run.", 0, 10, NULL, NULL),
    COLUMN(zoning, "cell", "zoning", KJ_U8, KJ_RECORD | KJ_POLICY | KJ_INPUT, "1", "What the plan allows to be built.", 0, KJ_ZONE_COUNT - 1, NULL,
           KJ_ZONING_LABELS),
    COLUMN(max_far, "cell", "max_far", KJ_F32, KJ_RECORD | KJ_POLICY | KJ_INPUT, "1", "Highest floor-area ratio that the plan allows.", 0, 50, NULL, NULL),
    COLUMN(floor_area, "cell", "floor_area", KJ_I32, KJ_RECORD, "m2", "Dwelling area that stands in the cell.", 0, 1e9, NULL, NULL),
    COLUMN(dwellings, "cell", "dwellings", KJ_I32, KJ_RECORD, "1", "Dwellings that stand in the cell.", 0, 1e8, NULL, NULL),
    COLUMN(built_year, "cell", "built_year", KJ_I16, KJ_RECORD, "year", "Year of this run in which the land became what it is by building; 0 before.", 0, 32767,
           NULL, NULL),
    COLUMN(built_month, "cell", "built_month", KJ_I16, 0, "month", "Month of this run in which a home was last completed here; 0 before.", 0, 12000, NULL,
           NULL),
    COLUMN(reserved, "cell", "reserved", KJ_ID, 0, "1", "Open project that holds the land; 0 none.", 0, 0, "project", NULL),
    COLUMN(travel_centre, "cell", "travel_centre", KJ_I32, KJ_RECORD | KJ_INPUT, "s", "Travel time to the nearest centre.", 0, 2147483647.0, NULL, NULL),

    COLUMN(potential, "cell", "potential", KJ_F32, KJ_DERIVED, "1", "What draws a developer to the site, in units of chance; -1e30 where nobody would build.",
           0, 0, NULL, NULL),
    COLUMN(ground_cost, "cell", "ground_cost", KJ_F32, 0, "SEK/m2",
           "What bad ground adds to the cost of building, per m2 of dwelling area: slope, clay, flooding.", -1e6, 1e6, NULL, NULL),
    COLUMN(charge, "cell", "charge", KJ_F32, KJ_POLICY, "SEK/m2",
           "What the municipality asks of who builds here, per m2 of dwelling area; below zero a subsidy.", -1e5, 1e5, NULL, NULL),
    COLUMN(land_price, "cell", "land_price", KJ_F32, KJ_POLICY, "SEK/m2", "What the municipality asks for its land here, per m2 of land; 0: not its land.", 0,
           1e5, NULL, NULL),

    COLUMN(area_municipality, "area", "municipality", KJ_ID, 0, "1", "Municipality of the area.", 0, 0, "municipality", NULL),
    SUM(SUM_STOCK_SMALL, "stock_small", "1", "Detached and row houses in January."),
    SUM(SUM_STOCK_FLAT, "stock_flat", "1", "Flats in January."),
    SUM(SUM_VACANT_SMALL, "on_offer_small", "1", "Detached and row houses on offer in January."),
    SUM(SUM_VACANT_FLAT, "on_offer_flat", "1", "Flats on offer in January."),
    SUM(SUM_SEK_SMALL, "priced_small_sek", "SEK", "Price of the priced small houses in January."),
    SUM(SUM_SEK_FLAT, "priced_flat_sek", "SEK", "Price of the priced flats in January."),
    SUM(SUM_M2_SMALL, "priced_small_m2", "m2", "Dwelling area of the priced small houses in January."),
    SUM(SUM_M2_FLAT, "priced_flat_m2", "m2", "Dwelling area of the priced flats in January."),
    SUM(SUM_TRAVEL, "priced_travel", "s", "Travel time to the centre, summed over priced homes."),
    SUM(SUM_PRICED, "priced_homes", "1", "Homes with a price in January."),
    COLUMN(new_price_small, "area", "new_price_small", KJ_I32, KJ_RECORD, "SEK/m2", "What a new small house sells for, in January; 0 at the start.", 0, 1e7, NULL, NULL),
    COLUMN(new_price_flat, "area", "new_price_flat", KJ_I32, KJ_RECORD, "SEK/m2", "What a new co-op flat sells for, in January; 0 at the start.", 0, 1e7, NULL, NULL),
    COLUMN(price_growth[0], "area", "price_growth_small", KJ_F32, 0, "1", "Change of new_price_small since last January, within a fifth.", -0.21, 0.21, NULL, NULL),
    COLUMN(price_growth[1], "area", "price_growth_flat", KJ_F32, 0, "1", "Change of new_price_flat since last January, within a fifth.", -0.21, 0.21, NULL, NULL),
    COLUMN(area_completed, "area", "completed", KJ_I32, KJ_RECORD | KJ_FLOW, "1", "Homes completed in the year.", 0, 1e8, NULL, NULL),

    STOCK(M_DWELLINGS, "dwellings", "1", "Dwellings that stand."),
    YEARLY(M_STARTED, "started", "1", "Homes in projects that started in the year."),
    YEARLY(M_COMPLETED, "completed", "1", "Homes completed in the year."),
    STOCK(M_TO_BUILD, "to_build", "1", "Homes that demand asks developers to start in the year, decided in January; 0 at the start."),
    STOCK(M_TO_BUILD_SMALL, "to_build_small", "1", "Of these, detached and row houses; 0 at the start."),
    STOCK(M_WAITING, "without_home", "1", "Households without a home of their own in January, or at the start: lodgers and those outside."),
    STOCK(M_PROJECTS_OPEN, "projects_open", "1", "Projects that are neither done nor cancelled at the end of the year."),
    YEARLY(M_CANCELLED, "projects_cancelled", "1", "Projects given up in the year before any home was built."),
    YEARLY(M_MOVED, "projects_moved", "1", "Projects whose land was protected after the permit and that moved, or ended if none was near."),
    YEARLY(M_HOMES_LOST, "homes_lost", "1", "Homes of projects given up in the year, or for which no land was left."),
    YEARLY(M_FARMLAND, "farmland_built_m2", "m2", "Farmland built on in the year."),
    YEARLY(M_BEST_FARMLAND, "best_farmland_built_m2", "m2", "Farmland of class 7 to 10 built on in the year."),
    YEARLY(M_FOREST, "forest_built_m2", "m2", "Forest built on in the year."),
    YEARLY(M_GREEN, "green_built_m2", "m2", "Park and recreation land built on in the year."),
    YEARLY(M_OPEN, "open_built_m2", "m2", "Other open land built on in the year."),

    STOCK(M_CAPACITY, "building_capacity", "1", "Homes that the trade can start in the year, for the municipality and for developers, reckoned in January; 0 at the start."),
    YEARLY(M_BANKED, "homes_banked", "1", "Homes that developers hold land for and put off since they do not pay now."),
    YEARLY(M_PUT_OFF, "homes_put_off", "1", "Homes of the municipality's projects that waited a year for building capacity."),
    YEARLY(M_DEMOLISHED, "demolished", "1", "Homes taken down in the year."),
    YEARLY(M_CONVERTED, "converted", "1", "Homes completed in former premises in the year."),
    YEARLY(M_LAND_SALES, "land_sales_sek", "SEK", "What the municipality was paid for its land in the year."),
    COLUMN(municipality_count[M_CHARGES], "municipality", "charges_sek", KJ_I64, KJ_RECORD | KJ_FLOW, "SEK",
           "What the municipality took from builders in the year, less what it paid them.", -1e12, 1e12, NULL, NULL),
    YEARLY(M_AFFORDABLE_COST, "affordable_cost_sek", "SEK", "Value that owners of new homes with a rent ceiling forwent in the year."),

    COLUMN(project_name, "project", "name", KJ_TEXT, 0, "1", "Name of the project.", 0, 0, NULL, NULL),
    COLUMN(project_kind, "project", "kind", KJ_U8, KJ_FINAL, "1", "Who builds.", 0, 2, NULL, KJ_PROJECT_KIND_LABELS),
    COLUMN(project_cell, "project", "cell", KJ_I32, KJ_FINAL, "1", "Cell in the middle of the project.", -1, 1e9, "cell", NULL),
    COLUMN(project_area, "project", "area", KJ_I32, KJ_FINAL, "1", "Row of the area.", -1, 1e9, "area", NULL),
    HOMES(n_rental, "n_rental", "Rental homes."),
    HOMES(n_coop, "n_coop", "Co-op homes."),
    HOMES(n_owner, "n_owner", "Owned homes."),
    HOMES(n_student, "n_student", "Student homes."),
    HOMES(n_senior, "n_senior", "Senior homes."),
    HOMES(n_small_houses, "n_small_houses", "Of all, the homes in detached and row houses."),
    COLUMN(project_stage, "project", "stage", KJ_U8, KJ_RECORD, "1", "Stage of the project.", 0, KJ_PROJECT_STAGE_COUNT - 1, NULL, KJ_PROJECT_STAGE_LABELS),
    COLUMN(project_start, "project", "start", KJ_I32, KJ_RECORD, "month",
           "Month in which building began, or is to begin as things stand at the end of the year.", 0, 1e6, NULL, NULL),
    COLUMN(project_completion, "project", "completion", KJ_I32, KJ_RECORD, "month",
           "Month in which the last home was complete, or is to be as things stand at the end of the year; of a cancelled project without meaning.", 0, 1e6,
           NULL, NULL),
    COLUMN(project_built, "project", "built", KJ_I32, KJ_RECORD, "1", "Homes completed so far.", 0, 1e6, NULL, NULL),
    COLUMN(project_luck, "project", "luck", KJ_KEY, 0, "1", "Luck of the project.", 0, 0, NULL, NULL),
    COLUMN(project_decided, "project", "decided", KJ_I32, 0, "month", "Month in which the plan was decided; 0 not yet.", 0, 1e6, NULL, NULL),
    HOMES(n_affordable, "n_affordable", "Of the rental homes, those with a rent ceiling."),
    COLUMN(rent_ceiling, "project", "rent_ceiling", KJ_I32, 0, "SEK/month", "Highest first rent of the homes with a ceiling.", 0, 1e6, NULL, NULL),
    COLUMN(is_conversion, "project", "is_conversion", KJ_U8, 0, "boolean", "1: premises become homes.", 0, 1, NULL, NULL),
    COLUMN(named_by_area, "project", "named_by_area", KJ_U8, 0, "boolean", "1: is built in its area as long as that has room; 0: nearest to its point.", 0, 1,
           NULL, NULL),
};

/* What the map tells of areas and this plugin only declares: maps, reports and policies read it. */
static const column_entry area_texts[] = {
    COLUMN(area_municipality, "area", "code", KJ_TEXT, 0, "1", "Official code of the area.", 0, 0, NULL, NULL),
    COLUMN(area_municipality, "area", "name", KJ_TEXT, 0, "1", "Name of the area.", 0, 0, NULL, NULL),
    COLUMN(area_municipality, "area", "kind", KJ_U8, KJ_RECORD, "1", "Rural, locality or town.", 0, 2, NULL, KJ_AREA_KIND_LABELS),
    COLUMN(area_municipality, "area", "x", KJ_F64, KJ_RECORD, "m", "Easting of the centroid.", 0, 0, NULL, NULL),
    COLUMN(area_municipality, "area", "y", KJ_F64, KJ_RECORD, "m", "Northing of the centroid.", 0, 0, NULL, NULL),
    COLUMN(area_municipality, "area", "median_income", KJ_I32, KJ_RECORD, "SEK/year", "Median income at the start; 0 unknown.", 0, 1e8, NULL, NULL),
    COLUMN(area_municipality, "area", "centre_cell", KJ_I32, KJ_RECORD, "1", "Cell in the middle of the area.", -1, 1e9, "cell", NULL),
};

static const need_entry needs[] = {
    {offsetof(dev, home_cell), "dwelling", "cell", KJ_I32},
    {offsetof(dev, home_tenure), "dwelling", "tenure", KJ_U8},
    {offsetof(dev, home_kind), "dwelling", "kind", KJ_U8},
    {offsetof(dev, home_rooms), "dwelling", "rooms", KJ_U8},
    {offsetof(dev, home_area_m2), "dwelling", "area_m2", KJ_I16},
    {offsetof(dev, home_built_year), "dwelling", "built_year", KJ_I16},
    {offsetof(dev, home_rent), "dwelling", "rent", KJ_I32},
    {offsetof(dev, home_price), "dwelling", "price", KJ_I32},
    {offsetof(dev, home_state), "dwelling", "state", KJ_U8},
    {offsetof(dev, home_project), "dwelling", "project", KJ_ID},
    {offsetof(dev, home_luck), "dwelling", "luck", KJ_KEY},
    {offsetof(dev, home_vacancy), "dwelling", "vacancy", KJ_ID},
    {offsetof(dev, vacancy_stage), "vacancy", "stage", KJ_U8},
    {offsetof(dev, home_household), "dwelling", "household", KJ_ID},
    {offsetof(dev, vacancy_opened), "vacancy", "opened", KJ_I16},
    {offsetof(dev, household_moved), "household", "moved", KJ_I16},
    {offsetof(dev, living), "household", "living", KJ_U8},
    {offsetof(dev, household_dwelling), "household", "dwelling", KJ_ID},
    {offsetof(dev, household_host), "household", "host", KJ_ID},
};

static kj_col *field(dev *d, size_t at) { return (kj_col *)(void *)((char *)d + at); }

static kj_status create(const kj_host *host, void **instance)
{
    dev *d = calloc(1, sizeof *d);
    if (!d) return KJ_E_MEMORY;
    d->host = host;
    d->run = host->interface(host, "kedja.run/1");
    *instance = d;
    return d->run ? KJ_OK : KJ_E_MISSING;
}

static void destroy(void *instance) { free(instance); }

static kj_status provide_tables(dev *d, const kj_register_v1 *reg, void *impl)
{
    const struct { kj_table *out; kj_table_def def; } tables[] = {
        {&d->cell, {sizeof(kj_table_def), "cell", "Grid cells: the map."}},
        {&d->area, {sizeof(kj_table_def), "area", "Prognosis areas, also the market areas."}},
        {&d->municipality, {sizeof(kj_table_def), "municipality", "Municipalities."}},
        {&d->project, {sizeof(kj_table_def), "project", "Building projects of the municipality, of developers and of policies."}},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && status == KJ_OK; k++) status = reg->table(impl, &tables[k].def, tables[k].out);
    return status;
}

static kj_status provide_home_tables(dev *d, const kj_register_v1 *reg, void *impl)
{
    kj_param_table_def rooms = {.struct_size = sizeof rooms, .name = "new_home_rooms", .n_dims = 2, .unit = "1", .min = 0, .max = 1,
                                .dims = {{"home", 0, 0, "small_house flat student senior"}, {"rooms", 1, ROOMS_MAX, NULL}},
                                .doc = "Share of new homes with a number of rooms (without kitchen).", .n_shares = 1};
    kj_param_table_def area = {.struct_size = sizeof area, .name = "new_home_area", .n_dims = 2, .unit = "m2", .min = 10, .max = 500,
                               .dims = {{"home", 0, 0, "small_house flat student senior"}, {"rooms", 1, ROOMS_MAX, NULL}},
                               .doc = "Dwelling area of a new home by its number of rooms."};
    kj_status status = reg->param_table(impl, &rooms, &d->new_home_rooms);
    return status ? status : reg->param_table(impl, &area, &d->new_home_area);
}

static kj_status provide(void *instance, const kj_host *host)
{
    dev *d = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    kj_status status = provide_tables(d, reg, host->impl);
    for (size_t k = 0; k < sizeof columns / sizeof *columns && status == KJ_OK; k++)
        status = reg->column(host->impl, &columns[k].def, field(d, columns[k].at));
    for (size_t k = 0; k < sizeof area_texts / sizeof *area_texts && status == KJ_OK; k++) {
        kj_col unused;
        status = reg->column(host->impl, &area_texts[k].def, &unused);
    }
    for (int k = 0; k < P_COUNT && status == KJ_OK; k++) status = reg->param(host->impl, &dev_param_defs[k], &d->param[k]);
    if (status == KJ_OK) status = provide_home_tables(d, reg, host->impl);
    kj_queue_def candidates = {sizeof candidates, "development.candidates", sizeof(dev_candidate), "Sites on the market that pay."};
    kj_queue_def converted = {sizeof converted, "development.converted", sizeof(dev_converted), "Land that was built on."};
    if (status == KJ_OK) status = reg->queue(host->impl, &candidates, &d->candidates);
    if (status == KJ_OK) status = reg->queue(host->impl, &converted, &d->converted);
    return status ? status : development_show(host);
}

/* Uses of a system, collected one by one. */
typedef struct uses {
    kj_use list[64];
    uint32_t n;
} uses;

static void use(uses *u, kj_use one) { u->list[u->n++] = one; }

static void reads(uses *u, const kj_col *first, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) use(u, kj_reads(first[k]));
}

static void use_land(const dev *d, uses *u, kj_access plan, kj_access building)
{
    kj_col planned[] = {d->zoning, d->max_far, d->reserved}, built[] = {d->land_use, d->floor_area, d->dwellings};
    for (int k = 0; k < 3; k++) use(u, plan == KJ_WRITE ? kj_writes(planned[k]) : kj_reads(planned[k]));
    for (int k = 0; k < 3; k++) use(u, building == KJ_WRITE ? kj_writes(built[k]) : kj_reads(built[k]));
    use(u, kj_reads(d->protection));
    use(u, kj_reads(d->cell_area));
}

static void use_projects(const dev *d, uses *u)
{
    kj_col all[] = {d->project_kind, d->project_cell, d->project_area, d->n_rental, d->n_coop, d->n_owner, d->n_student, d->n_senior,
                    d->n_small_houses, d->project_stage, d->project_start, d->project_completion, d->project_built, d->project_luck,
                    d->project_decided, d->n_affordable, d->rent_ceiling, d->is_conversion, d->named_by_area};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) use(u, kj_writes(all[k]));
}

static void use_counts(const dev *d, uses *u)
{
    static const int counts[] = {M_DWELLINGS, M_STARTED, M_COMPLETED, M_CANCELLED, M_MOVED, M_HOMES_LOST, M_BANKED, M_PUT_OFF, M_CONVERTED,
                                 M_LAND_SALES, M_CHARGES, M_AFFORDABLE_COST};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) use(u, kj_writes(d->municipality_count[counts[k]]));
    use(u, kj_reads(d->area_municipality));
}

typedef struct system_entry {
    const char *name, *doc, *after;
    kj_phase phase;
    kj_shape shape;
    int32_t month_of_year;
    kj_status (*run)(void *, kj_ctx *, uint32_t, uint32_t);
} system_entry;

static kj_status add_system(const dev *d, const kj_register_v1 *reg, void *impl, const system_entry *entry, const uses *u, kj_table over)
{
    (void)d;
    const char *after[] = {entry->after, NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = entry->name, .doc = entry->doc, .phase = entry->phase, .shape = entry->shape,
                         .month_of_year = entry->month_of_year, .over = over, .uses = u->list, .n_uses = u->n,
                         .after = entry->after ? after : NULL, .run = entry->run};
    return reg->system(impl, &def);
}

static void use_start(const dev *d, uses *u)
{
    use(u, kj_writes(d->floor_area));
    use(u, kj_writes(d->dwellings));
    use(u, kj_writes(d->municipality_count[M_DWELLINGS]));
    kj_col read[] = {d->home_cell, d->home_area_m2, d->cell_area, d->area_municipality};
    reads(u, read, 4);
}

static void use_comparables(const dev *d, uses *u)
{
    kj_col read[] = {d->home_cell, d->home_price, d->home_area_m2, d->home_kind, d->home_tenure, d->home_state, d->home_vacancy, d->vacancy_stage,
                     d->cell_area, d->travel_centre, d->home_household, d->household_moved};
    reads(u, read, sizeof read / sizeof *read);
    if (d->has_price_index) use(u, kj_reads(d->price_index));
    for (int k = 0; k < SUM_COUNT; k++) use(u, kj_adds(d->area_sum[k]));
}

static void use_start_waiting(const dev *d, uses *u)
{
    kj_col read[] = {d->living, d->household_dwelling, d->household_host, d->home_cell, d->cell_area, d->area_municipality, d->municipality_count[M_DWELLINGS]};
    reads(u, read, sizeof read / sizeof *read);
    use(u, kj_writes(d->municipality_count[M_WAITING]));
}

static void use_demand(const dev *d, uses *u)
{
    kj_col read[] = {d->living, d->household_dwelling, d->household_host, d->home_cell, d->cell_area, d->area_municipality,
                     d->project_stage, d->project_area, d->project_built, d->project_start, d->n_rental, d->n_coop, d->n_owner,
                     d->n_student, d->n_senior, d->project_completion, d->project_kind};
    reads(u, read, sizeof read / sizeof *read);
    reads(u, d->area_sum, SUM_COUNT);
    if (d->has_needed_dwellings) use(u, kj_reads(d->needed_dwellings));
    use(u, kj_writes(d->new_price_small));
    use(u, kj_writes(d->new_price_flat));
    use(u, kj_writes(d->price_growth[0]));
    use(u, kj_writes(d->price_growth[1]));
    use(u, kj_writes(d->municipality_count[M_CAPACITY]));
    use(u, kj_writes(d->municipality_count[M_TO_BUILD]));
    use(u, kj_writes(d->municipality_count[M_TO_BUILD_SMALL]));
    use(u, kj_writes(d->municipality_count[M_WAITING]));
}

/* What appraisal_take reads. */
static void use_pro_forma(const dev *d, uses *u)
{
    kj_col read[] = {d->travel_centre, d->new_price_small, d->new_price_flat, d->price_growth[0], d->price_growth[1], d->ground_cost, d->charge,
                     d->land_price, d->area_sum[SUM_TRAVEL], d->area_sum[SUM_PRICED]};
    reads(u, read, sizeof read / sizeof *read);
}

static void use_appraise(const dev *d, uses *u)
{
    use_land(d, u, KJ_READ, KJ_READ);
    use_pro_forma(d, u);
    use(u, kj_writes(d->potential));
    use(u, kj_emits(d->candidates));
}

static void use_demolish(const dev *d, uses *u)
{
    kj_col read[] = {d->home_tenure, d->home_kind, d->vacancy_stage, d->vacancy_opened, d->protection, d->home_area_m2, d->home_cell,
                     d->cell_area, d->home_vacancy, d->home_luck, d->area_municipality, d->area_sum[SUM_STOCK_SMALL],
                     d->area_sum[SUM_STOCK_FLAT], d->area_sum[SUM_VACANT_SMALL], d->area_sum[SUM_VACANT_FLAT]};
    kj_col written[] = {d->home_state, d->land_use, d->floor_area, d->dwellings, d->municipality_count[M_DWELLINGS],
                        d->municipality_count[M_DEMOLISHED]};
    reads(u, read, sizeof read / sizeof *read);
    for (size_t k = 0; k < sizeof written / sizeof *written; k++) use(u, kj_writes(written[k]));
    use(u, kj_creates(d->dwelling));
}

static void use_programme(const dev *d, uses *u)
{
    use_land(d, u, KJ_WRITE, KJ_READ);
    use_projects(d, u);
    use_counts(d, u);
    reads(u, d->area_sum, SUM_VACANT_FLAT + 1);
    use(u, kj_reads(d->municipality_count[M_CAPACITY]));
}

static void use_invest(const dev *d, uses *u)
{
    use_land(d, u, KJ_WRITE, KJ_READ);
    use_projects(d, u);
    use_counts(d, u);
    use_pro_forma(d, u);
    use(u, kj_reads(d->potential));
    use(u, kj_reads(d->municipality_count[M_TO_BUILD]));
    use(u, kj_reads(d->municipality_count[M_TO_BUILD_SMALL]));
    use(u, kj_drains(d->candidates));
    use(u, kj_creates(d->project));
}

static void use_build(const dev *d, uses *u)
{
    use_land(d, u, KJ_WRITE, KJ_WRITE);
    use_projects(d, u);
    use_counts(d, u);
    kj_col written[] = {d->built_year, d->built_month, d->area_completed, d->home_cell, d->home_tenure, d->home_kind, d->home_rooms,
                        d->home_area_m2, d->home_built_year, d->home_rent, d->home_price, d->home_state, d->home_project, d->home_luck};
    for (size_t k = 0; k < sizeof written / sizeof *written; k++) use(u, kj_writes(written[k]));
    use(u, kj_reads(d->new_price_small));
    use(u, kj_reads(d->new_price_flat));
    use(u, kj_reads(d->charge));
    use(u, kj_reads(d->land_price));
    use(u, kj_creates(d->dwelling));
    use(u, kj_emits(d->freed));
    use(u, kj_emits(d->converted));
}

static void use_land_take(const dev *d, uses *u)
{
    static const int counts[] = {M_FARMLAND, M_BEST_FARMLAND, M_FOREST, M_GREEN, M_OPEN};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) use(u, kj_writes(d->municipality_count[counts[k]]));
    use(u, kj_reads(d->cell_area));
    use(u, kj_writes(d->farmland_class));
    use(u, kj_reads(d->area_municipality));
    use(u, kj_drains(d->converted));
}

static void use_measure(const dev *d, uses *u)
{
    use(u, kj_writes(d->municipality_count[M_PROJECTS_OPEN]));
    use(u, kj_reads(d->project_stage));
    use(u, kj_reads(d->project_cell));
    use(u, kj_reads(d->cell_area));
    use(u, kj_reads(d->area_municipality));
}

static kj_status bind_systems(const dev *d, const kj_register_v1 *reg, void *impl)
{
    kj_table none = {0};
    const struct { system_entry entry; void (*uses)(const dev *, uses *); kj_table over; } systems[] = {
        {{"development.start", "Counts what stands in each cell.", "demography.start", KJ_PHASE_START, KJ_SERIAL, 0, dev_start}, use_start, none},
        {{"development.comparables", "Sums stock, empty homes and prices by area.", NULL, KJ_PHASE_DEVELOPMENT, KJ_ROWS, 1, dev_comparables},
         use_comparables, d->dwelling},
        {{"development.demand", "Sets what new homes sell for and how many are wanted.", "development.comparables", KJ_PHASE_DEVELOPMENT, KJ_SERIAL,
          1, dev_demand}, use_demand, none},
        {{"development.demolish", "Takes down rental homes that nobody has wanted for long.", "development.demand", KJ_PHASE_DEVELOPMENT, KJ_SERIAL, 1,
          dev_demolish}, use_demolish, none},
        {{"development.appraise", "Finds the sites on the market that pay.", "development.demolish", KJ_PHASE_DEVELOPMENT, KJ_TILES, 1, dev_appraise},
         use_appraise, d->cell},
        {{"development.programme", "Advances the municipality's named projects: plan, appeal, permit, delay, loss.", "development.appraise",
          KJ_PHASE_DEVELOPMENT, KJ_SERIAL, 1, dev_programme}, use_programme, none},
        {{"development.invest", "Developers choose sites within demand and found projects.", "development.programme", KJ_PHASE_DEVELOPMENT, KJ_SERIAL,
          1, dev_invest}, use_invest, none},
        {{"development.build", "Projects start and complete homes; land becomes built.", "development.invest", KJ_PHASE_DEVELOPMENT, KJ_SERIAL, 0,
          dev_build}, use_build, none},
        {{"development.land", "Counts the land that was built on, by what it was.", NULL, KJ_PHASE_LAND, KJ_SERIAL, 0, dev_land}, use_land_take, none},
        {{"development.measure", "Counts open projects.", NULL, KJ_PHASE_MEASURE, KJ_SERIAL, 12, dev_measure}, use_measure, none},
        {{"development.start_measure", "Counts open projects at the start.", NULL, KJ_PHASE_START, KJ_SERIAL, 0, dev_measure}, use_measure, none},
        {{"development.start_waiting", "Counts who has no home of their own at the start.", "development.start", KJ_PHASE_START, KJ_SERIAL, 0, dev_start_waiting},
         use_start_waiting, none},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof systems / sizeof *systems && status == KJ_OK; k++) {
        uses u = {.n = 0};
        systems[k].uses(d, &u);
        status = add_system(d, reg, impl, &systems[k].entry, &u, systems[k].over);
    }
    return status;
}

static kj_status bind_invariants(const kj_register_v1 *reg, void *impl)
{
    const kj_invariant_def invariants[] = {
        {sizeof(kj_invariant_def), "development.sites", "Nothing is built on protected land or water.", dev_check_sites},
        {sizeof(kj_invariant_def), "development.stock", "Homes and floor of each cell are those of the dwelling table.", dev_check_stock},
        {sizeof(kj_invariant_def), "development.projects", "Projects build no more than they have and hold land only while open.", dev_check_projects},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof invariants / sizeof *invariants && status == KJ_OK; k++) status = reg->invariant(impl, &invariants[k]);
    return status;
}

static kj_status bind(void *instance, const kj_host *host)
{
    dev *d = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = reg->require_table(host->impl, "dwelling", &d->dwelling);
    if (status == KJ_OK) status = reg->require_table(host->impl, "household", &d->household);
    if (status == KJ_OK) status = reg->require_table(host->impl, "vacancy", &d->vacancy);
    for (size_t k = 0; k < sizeof needs / sizeof *needs && status == KJ_OK; k++)
        status = reg->require_column(host->impl, needs[k].table, needs[k].name, needs[k].type, field(d, needs[k].at));
    if (status == KJ_OK) status = reg->require_queue(host->impl, "housing.freed", sizeof(kj_freed), &d->freed);
    if (status) return status;
    /* A model of people without a vision, or of homes without prices that move, need not have these. */
    d->has_price_index = reg->require_column(host->impl, "area", "price_index", KJ_F32, &d->price_index) == KJ_OK;
    d->has_needed_dwellings =
        reg->require_column(host->impl, "municipality", "needed_dwellings", KJ_I64, &d->needed_dwellings) == KJ_OK;
    status = bind_systems(d, reg, host->impl);
    return status ? status : bind_invariants(reg, host->impl);
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "development",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "Urban growth: the municipality's programme, developers under zoning, and the land that is built on.",
    .create = create,
    .provide = provide,
    .bind = bind,
    .destroy = destroy,
};
