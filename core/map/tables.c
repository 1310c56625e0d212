#include "tables.h"

#include "observations.h"

#include <stdlib.h>
#include <string.h>

#define N_(text) text /* maps keep English; pictures of layers tell it in the reader's language */
#define SECTOR_LABELS "elsewhere work_area services"

/* Where the values of a column come from; the texts of PLACE depend on the map. */
typedef enum provenance { SYNTHETIC, DERIVED, REAL_AREAS, INCOMES, FITTED, ASSUMED, LAND, FACILITIES } provenance;

typedef struct column_spec {
    const char *table, *name;
    kj_type type;
    const char *unit, *ref, *labels, *doc;
    provenance from;
} column_spec;

static const column_spec columns[] = {
    {"cell", "land_use", KJ_U8, "1", NULL, KJ_LAND_LABELS, "Land use of the cell.", LAND},
    {"cell", "area", KJ_I32, "1", NULL, NULL, "Row of the cell's area, -1 outside the map.", REAL_AREAS},
    {"cell", "protection", KJ_U8, "1", NULL, NULL, "Bits: 1 nature (reserve or shore), 2 farmland, 4 green land.",
     SYNTHETIC},
    {"cell", "farmland_class", KJ_U8, "1", NULL, NULL, "Class of farmland, 1 poorest to 10 best, 0 none.", SYNTHETIC},
    {"cell", "zoning", KJ_U8, "1", NULL, KJ_ZONING_LABELS, "What plans allow to be built.", SYNTHETIC},
    {"cell", "max_far", KJ_F32, "1", NULL, NULL, "Highest floor-area ratio allowed.", SYNTHETIC},
    {"cell", "travel_centre", KJ_I32, "s", NULL, NULL,
     "Seconds to the nearest centre, INT32_MAX where there is no way.", SYNTHETIC},
    {"cell", "walk_cost", KJ_I16, "s", NULL, NULL, "Seconds to cross the cell on foot, 0 where one cannot.", SYNTHETIC},

    {"municipality", "code", KJ_TEXT, "", NULL, NULL, "Official code.", REAL_AREAS},
    {"municipality", "name", KJ_TEXT, "", NULL, NULL, "Name.", REAL_AREAS},
    {"municipality", "county", KJ_TEXT, "", NULL, NULL, "County.", REAL_AREAS},

    {"area", "code", KJ_TEXT, "", NULL, NULL, "Code.", REAL_AREAS},
    {"area", "name", KJ_TEXT, "", NULL, NULL, "Name.", REAL_AREAS},
    {"area", "kind", KJ_U8, "1", NULL, KJ_AREA_KIND_LABELS, "Kind of area.", REAL_AREAS},
    {"area", "municipality", KJ_ID, "1", "municipality", NULL, "Municipality.", REAL_AREAS},
    {"area", "district", KJ_TEXT, "", NULL, NULL, "Code of the larger area that it is part of.", REAL_AREAS},
    {"area", "x", KJ_F64, "m", NULL, NULL, "Easting of the middle.", REAL_AREAS},
    {"area", "y", KJ_F64, "m", NULL, NULL, "Northing of the middle.", REAL_AREAS},
    {"area", "median_income", KJ_I32, "SEK/year", NULL, NULL,
     "Median disposable income a consumption unit at the start.", INCOMES},
    {"area", "centre_cell", KJ_I32, "1", NULL, NULL, "Cell of the middle.", DERIVED},

    {"person", "birth_month", KJ_I32, "month", NULL, NULL, "Month of birth, counted from January 1900.", FITTED},
    {"person", "sex", KJ_U8, "1", NULL, KJ_SEX_LABELS, "Sex.", FITTED},
    {"person", "household", KJ_ID, "1", "household", NULL, "Household; 0 in a care home.", FITTED},
    {"person", "partner", KJ_ID, "1", "person", NULL, "Partner in the same household.", FITTED},
    {"person", "mother", KJ_ID, "1", "person", NULL, "Mother, where she lives in the same household.", FITTED},
    {"person", "father", KJ_ID, "1", "person", NULL, "Father, where he lives in the same household.", FITTED},
    {"person", "next_member", KJ_ID, "1", "person", NULL, "Next member of the household.", FITTED},
    {"person", "education", KJ_U8, "1", NULL, KJ_EDUCATION_LABELS, "Highest completed or ongoing education.", ASSUMED},
    {"person", "activity", KJ_U8, "1", NULL, KJ_ACTIVITY_LABELS, "Main activity.", FITTED},
    {"person", "workplace", KJ_ID, "1", "workplace", NULL, "Workplace of an employed person.", FITTED},
    {"person", "income", KJ_I32, "SEK/year", NULL, NULL, "Income before tax.", FITTED},
    {"person", "children", KJ_U8, "1", NULL, NULL, "Children ever born to a woman.", ASSUMED},
    {"person", "care", KJ_ID, "1", "facility", NULL, "Care home that the person lives in.", FITTED},
    {"person", "resident", KJ_U8, "1", NULL, NULL, "1: counted as population.", FITTED},
    {"person", "luck", KJ_KEY, "1", NULL, NULL, "Luck key.", DERIVED},
    {"person", "birth_moy", KJ_U8, "1", NULL, NULL, "Month of birth modulo 12.", DERIVED},
    {"person", "moved", KJ_I32, "month", NULL, NULL, "Last move, 0 before the start.", DERIVED},
    {"person", "queue_since", KJ_I32, "month", NULL, NULL, "Month of joining the housing queue, 0 not in it.", ASSUMED},

    {"household", "head", KJ_ID, "1", "person", NULL, "First member.", FITTED},
    {"household", "size", KJ_U8, "1", NULL, NULL, "Members.", FITTED},
    {"household", "n_children", KJ_U8, "1", NULL, NULL, "Children of 0-24 years who live with a parent.", FITTED},
    {"household", "kind", KJ_U8, "1", NULL, KJ_HOUSEHOLD_KIND_LABELS, "Kind of household.", FITTED},
    {"household", "living", KJ_U8, "1", NULL, KJ_LIVING_LABELS, "How the household lives.", FITTED},
    {"household", "dwelling", KJ_ID, "1", "dwelling", NULL, "Dwelling that it holds.", FITTED},
    {"household", "host", KJ_ID, "1", "household", NULL, "Household it lodges with.", FITTED},
    {"household", "origin", KJ_U8, "1", NULL, KJ_HOUSEHOLD_ORIGIN_LABELS, "How it came to be.", DERIVED},
    {"household", "income", KJ_I32, "SEK/year", NULL, NULL, "Income after tax.", FITTED},
    {"household", "luck", KJ_KEY, "1", NULL, NULL, "Luck key: the head's.", DERIVED},
    {"household", "formed", KJ_I32, "month", NULL, NULL, "Month of forming.", ASSUMED},
    {"household", "moved", KJ_I32, "month", NULL, NULL, "Month of the last move.", ASSUMED},

    {"dwelling", "cell", KJ_I32, "1", NULL, NULL, "Cell it stands on.", SYNTHETIC},
    {"dwelling", "tenure", KJ_U8, "1", NULL, KJ_TENURE_LABELS, "Tenure.", FITTED},
    {"dwelling", "kind", KJ_U8, "1", NULL, KJ_DWELLING_KIND_LABELS, "Kind.", FITTED},
    {"dwelling", "rooms", KJ_U8, "1", NULL, NULL, "Rooms without the kitchen.", FITTED},
    {"dwelling", "area_m2", KJ_I16, "m2", NULL, NULL, "Floor area.", FITTED},
    {"dwelling", "built_year", KJ_I16, "year", NULL, NULL, "Year of building.", ASSUMED},
    {"dwelling", "rent", KJ_I32, "SEK/month", NULL, NULL, "Rent, co-op fee or an owner's running cost.", ASSUMED},
    {"dwelling", "household", KJ_ID, "1", "household", NULL, "Holder.", FITTED},
    {"dwelling", "state", KJ_U8, "1", NULL, KJ_DWELLING_STATE_LABELS, "Occupied or vacant.", FITTED},
    {"dwelling", "project", KJ_ID, "1", "project", NULL, "Project that built it.", DERIVED},
    {"dwelling", "luck", KJ_KEY, "1", NULL, NULL, "Luck key.", DERIVED},

    {"workplace", "cell", KJ_I32, "1", NULL, NULL, "Cell, -1 outside the map.", SYNTHETIC},
    {"workplace", "municipality", KJ_ID, "1", "municipality", NULL, "Municipality, 0 elsewhere.", DERIVED},
    {"workplace", "name", KJ_TEXT, "", NULL, NULL, "Name of a place that people commute to.", ASSUMED},
    {"workplace", "sector", KJ_U8, "1", NULL, SECTOR_LABELS, "Kind of place.", ASSUMED},
    {"workplace", "jobs", KJ_I32, "1", NULL, NULL, "Jobs.", ASSUMED},

    {"facility", "kind", KJ_U8, "1", NULL, KJ_FACILITY_KIND_LABELS, "Kind.", FACILITIES},
    {"facility", "name", KJ_TEXT, "", NULL, NULL, "Name.", FACILITIES},
    {"facility", "cell", KJ_I32, "1", NULL, NULL, "Cell.", FACILITIES},
    {"facility", "grade_lo", KJ_U8, "1", NULL, NULL, "Lowest grade (1 preschool, 2 F, 3 year 1 ...).", FACILITIES},
    {"facility", "grade_hi", KJ_U8, "1", NULL, NULL, "Highest grade.", FACILITIES},
    {"facility", "places", KJ_I32, "1", NULL, NULL, "Places.", FACILITIES},
    {"facility", "independent", KJ_U8, "1", NULL, NULL, "1: run by another than the municipality.", FACILITIES},
    {"facility", "opened", KJ_I32, "month", NULL, NULL, "Month of opening, 0 before the start.", FACILITIES},
    {"facility", "closed", KJ_I32, "month", NULL, NULL, "Month of closing, 0 open.", FACILITIES},
    {"facility", "luck", KJ_KEY, "1", NULL, NULL, "Luck key.", DERIVED},
    {"facility", "municipality", KJ_ID, "1", "municipality", NULL, "Municipality.", DERIVED},

    {"project", "name", KJ_TEXT, "", NULL, NULL, "Name.", ASSUMED},
    {"project", "kind", KJ_U8, "1", NULL, KJ_PROJECT_KIND_LABELS, "Who builds.", ASSUMED},
    {"project", "cell", KJ_I32, "1", NULL, NULL, "Seed cell.", ASSUMED},
    {"project", "area", KJ_I32, "1", NULL, NULL, "Row of the area.", DERIVED},
    {"project", "n_rental", KJ_I32, "1", NULL, NULL, "Rental dwellings.", ASSUMED},
    {"project", "n_coop", KJ_I32, "1", NULL, NULL, "Co-op dwellings.", ASSUMED},
    {"project", "n_owner", KJ_I32, "1", NULL, NULL, "Owned dwellings.", ASSUMED},
    {"project", "n_student", KJ_I32, "1", NULL, NULL, "Student dwellings.", ASSUMED},
    {"project", "n_senior", KJ_I32, "1", NULL, NULL, "Senior dwellings.", ASSUMED},
    {"project", "n_small_houses", KJ_I32, "1", NULL, NULL, "Of all, detached and row houses.", ASSUMED},
    {"project", "stage", KJ_U8, "1", NULL, KJ_PROJECT_STAGE_LABELS, "Stage.", ASSUMED},
    {"project", "start", KJ_I32, "month", NULL, NULL, "Planned start.", ASSUMED},
    {"project", "completion", KJ_I32, "month", NULL, NULL, "Planned completion.", ASSUMED},
    {"project", "luck", KJ_KEY, "1", NULL, NULL, "Luck key.", DERIVED},
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static const char *const table_docs[][2] = {{"cell", "Cells of the grid."},
                                            {"municipality", "Municipalities."},
                                            {"area", "Prognosis and market areas."},
                                            {"person", "Persons at the start."},
                                            {"household", "Households at the start."},
                                            {"dwelling", "Dwellings at the start."},
                                            {"workplace", "Cells with jobs, and places that people commute to."},
                                            {"facility", "Schools, preschools, care homes and other facilities."},
                                            {"project", "Named housing projects."}};

/* File that gives the median income of the areas; NULL: none does. */
static const char *income_file(const kj_recipe *r)
{
    for (uint32_t i = 0; i < r->n_statistics; i++)
        if (r->statistics[i].kind == KJ_STATISTIC_INCOME) return r->statistics[i].file;
    return r->areas.income[0] ? r->areas.file : NULL;
}

/* The source's figure is written where there is one, else the median of the persons that were made. */
static void origin_of_incomes(const kj_draft *draft, const char **origin, const char **source)
{
    int32_t n = 0;
    for (int32_t a = 0; a < draft->n_areas; a++) n += draft->areas[a].income_sek > 0.0;
    const char *file = n ? income_file(draft->recipe) : NULL;
    *origin = !file ? "synthetic" : n == draft->n_areas ? "real" : "derived";
    *source = file ? file : "fitted to the margins of the recipe and of the country tables (map report)";
}

static void origin_of(const kj_draft *draft, const column_spec *spec, const char **origin, const char **source)
{
    for (uint32_t i = 0; i < draft->recipe->n_layers; i++) { /* taken as they are */
        const kj_recipe_layer *layer = &draft->recipe->layers[i];
        if (strcmp(spec->table, "cell") || strcmp(spec->name, layer->name)) continue;
        *origin = "real";
        *source = layer->file;
        return;
    }
    if (draft->path && !strcmp(spec->table, "cell") && (!strcmp(spec->name, "walk_cost") || !strcmp(spec->name, "travel_centre"))) {
        *origin = "derived";
        *source = draft->recipe->roads.file;
        return;
    }
    bool polygons = draft->recipe->areas.file[0] != 0;
    switch (spec->from) {
    case LAND:
        *origin = draft->land_is_real ? "derived" : "synthetic";
        if (!draft->land_is_real && draft->water) {
            *origin = "derived";
            *source = N_("sea, larger lakes and rivers from GSHHG; other land is noise with the recipe's shares, built-up cells from the "
                         "dwellings of each area");
            return;
        }
        *source = draft->land_is_real
                      ? N_("land-cover raster of the recipe; built-up cells from the dwellings")
                      : N_("noise with the recipe's shares; built-up cells from the dwellings of each area");
        return;
    case REAL_AREAS:
        *origin = polygons ? "real" : strcmp(spec->table, "cell") == 0 ? "synthetic" : "derived";
        *source = polygons
                      ? draft->recipe->areas.file
                      : N_("localities: real point, area and population; outline, districts and countryside are synthetic");
        return;
    case INCOMES: origin_of_incomes(draft, origin, source); return;
    case FITTED:
        *origin = "synthetic";
        *source = "fitted to the margins of the recipe and of the country tables (map report)";
        return;
    case ASSUMED:
        *origin = "synthetic";
        *source = "assumed";
        return;
    case DERIVED:
        *origin = "derived";
        *source = "from the other columns";
        return;
    case FACILITIES:
        *origin = draft->recipe->n_facilities && polygons ? "derived" : "synthetic";
        *source =
            draft->recipe->n_facilities && polygons ? "facilities of the recipe; the others are assumed" : "assumed";
        return;
    default:
        *origin = "synthetic";
        *source = N_("plausible layer, no source");
        return;
    }
}

static kj_status add_columns(kj_error *err, const kj_draft *draft, kj_store *store)
{
    for (size_t i = 0; i < sizeof table_docs / sizeof table_docs[0]; i++) {
        kj_status status = kj_store_add_table(err, store, table_docs[i][0], table_docs[i][1], NULL);
        if (status != KJ_OK) return status;
    }
    for (size_t i = 0; i < N_COLUMNS; i++) {
        const column_spec *s = &columns[i];
        uint32_t t = 0, c = 0;
        kj_column_def def = {.struct_size = sizeof def,
                             .table = s->table,
                             .name = s->name,
                             .type = s->type,
                             .unit = s->unit,
                             .doc = s->doc,
                             .ref = s->ref,
                             .labels = s->labels};
        kj_status status = kj_store_add_column(err, store, &def, &t, &c);
        if (status != KJ_OK) return status;
        const char *origin, *source;
        origin_of(draft, s, &origin, &source);
        status = kj_column_provenance(err, &store->tables[t].columns[c], origin, source);
        if (status != KJ_OK) return status;
    }
    return KJ_OK;
}

static kj_status add_rows(kj_error *err, const kj_draft *draft, kj_store *store)
{
    const struct {
        const char *table;
        int32_t n;
    } want[] = {{"cell", draft->n_cells},
                {"municipality", (int32_t)draft->recipe->n_municipalities},
                {"area", draft->n_areas},
                {"person", draft->n_persons},
                {"household", draft->n_households},
                {"dwelling", draft->n_dwellings},
                {"workplace", draft->n_workplaces},
                {"facility", draft->n_facilities},
                {"project", (int32_t)draft->recipe->n_projects}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        uint32_t first = 0;
        if (want[i].n == 0) continue;
        kj_status status = kj_rows_add(err, store, kj_store_table(store, want[i].table), (uint32_t)want[i].n, &first);
        if (status != KJ_OK) return status;
    }
    return KJ_OK;
}

/* Columns by name; all exist, because add_columns made them. */
#define U8(table, name) ((uint8_t *)kj_store_data(store, table, name, KJ_U8))
#define I16(table, name) ((int16_t *)kj_store_data(store, table, name, KJ_I16))
#define I32(table, name) ((int32_t *)kj_store_data(store, table, name, KJ_I32))
#define F32(table, name) ((float *)kj_store_data(store, table, name, KJ_F32))
#define F64(table, name) ((double *)kj_store_data(store, table, name, KJ_F64))
#define ID(table, name) ((kj_id *)kj_store_data(store, table, name, KJ_ID))
#define TEXT(table, name) ((int32_t *)kj_store_data(store, table, name, KJ_TEXT))
#define KEY(table, name) ((uint64_t *)kj_store_data(store, table, name, KJ_KEY))

static kj_id id_of(int32_t index) { return index < 0 ? 0 : (kj_id)index + 1; }

static void fill_cells(const kj_draft *draft, kj_store *store)
{
    size_t n = (size_t)draft->n_cells;
    memcpy(U8("cell", "land_use"), draft->land, n);
    memcpy(I32("cell", "area"), draft->cell_area, n * sizeof(int32_t));
    memcpy(U8("cell", "protection"), draft->protection, n);
    memcpy(U8("cell", "farmland_class"), draft->farmland_class, n);
    memcpy(U8("cell", "zoning"), draft->zoning, n);
    memcpy(F32("cell", "max_far"), draft->max_far, n * sizeof(float));
    memcpy(I32("cell", "travel_centre"), draft->travel_centre, n * sizeof(int32_t));
    memcpy(I16("cell", "walk_cost"), draft->walk_cost, n * sizeof(int16_t));
}

static void fill_areas(const kj_draft *draft, kj_store *store)
{
    int32_t *code = TEXT("area", "code"), *name = TEXT("area", "name"), *income = I32("area", "median_income"),
            *centre = I32("area", "centre_cell");
    int32_t *district = TEXT("area", "district");
    uint8_t *kind = U8("area", "kind");
    kj_id *municipality = ID("area", "municipality");
    double *x = F64("area", "x"), *y = F64("area", "y");
    for (int32_t a = 0; a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        code[a] = kj_pool_intern(&store->pool, area->code);
        name[a] = kj_pool_intern(&store->pool, area->name);
        kind[a] = (uint8_t)area->kind;
        municipality[a] = id_of(area->municipality);
        district[a] = kj_pool_intern(&store->pool, area->district);
        x[a] = area->x;
        y[a] = area->y;
        income[a] = (int32_t)((area->income_sek > 0.0 ? area->income_sek : area->median_income) + 0.5);
        centre[a] = area->centre_cell;
    }
    for (uint32_t m = 0; m < draft->recipe->n_municipalities; m++) {
        const kj_recipe_municipality *from = &draft->recipe->municipalities[m];
        TEXT("municipality", "code")[m] = kj_pool_intern(&store->pool, from->code);
        TEXT("municipality", "name")[m] = kj_pool_intern(&store->pool, from->name);
        TEXT("municipality", "county")[m] = kj_pool_intern(&store->pool, from->county);
    }
}

static void fill_persons(const kj_draft *draft, kj_store *store)
{
    int32_t *birth = I32("person", "birth_month"), *income = I32("person", "income"),
            *queue = I32("person", "queue_since");
    uint8_t *sex = U8("person", "sex"), *education = U8("person", "education"), *activity = U8("person", "activity");
    uint8_t *children = U8("person", "children"), *resident = U8("person", "resident"),
            *moy = U8("person", "birth_moy");
    kj_id *household = ID("person", "household"), *partner = ID("person", "partner"), *mother = ID("person", "mother"),
          *father = ID("person", "father");
    kj_id *next = ID("person", "next_member"), *workplace = ID("person", "workplace"), *care = ID("person", "care");
    uint64_t *luck = KEY("person", "luck");
    for (int32_t i = 0; i < draft->n_persons; i++) {
        const kj_draft_person *p = &draft->persons[i];
        birth[i] = p->birth_month;
        income[i] = p->income;
        queue[i] = p->queue_since;
        sex[i] = p->sex;
        education[i] = p->education;
        activity[i] = p->activity;
        children[i] = p->children;
        resident[i] = 1;
        moy[i] = (uint8_t)(((p->birth_month % 12) + 12) % 12);
        household[i] = p->care >= 0 ? 0 : id_of(p->household);
        partner[i] = id_of(p->partner);
        mother[i] = id_of(p->mother);
        father[i] = id_of(p->father);
        next[i] = id_of(p->next_member);
        workplace[i] = id_of(p->workplace);
        care[i] = id_of(p->care);
        luck[i] = kj_luck(KJ_LUCK_START_PERSON, (uint64_t)i + 1, 0);
    }
}

/* Mean years in a home. Derived for rentals, co-ops and owned homes: one over the yearly turnover by moves of households within the
   country (0.10, 0.10 and 0.025: hurvibor.se), halved, since homes are also left by those who go abroad, part, die or move in with
   somebody, and taken by newcomers and first households (assumed: as often again). Student homes assumed. */
static const double years_in_rental = 5.0, years_in_owned = 20.0, years_in_student_home = 2.0;

static double years_in_home(kj_tenure tenure)
{
    return tenure == KJ_TENURE_OWNER ? years_in_owned : tenure == KJ_TENURE_STUDENT ? years_in_student_home : years_in_rental;
}

/* Formed and last moved: some time since the head came of age, exponential with the mean of its tenure. */
static int32_t formed_month(const kj_draft *draft, int32_t h)
{
    int32_t home = draft->households[h].dwelling, adult = draft->start - draft->persons[draft->households[h].head].birth_month - 12 * 18;
    double years = years_in_home(home < 0 ? KJ_TENURE_RENTAL : (kj_tenure)draft->dwellings[home].tenure);
    double months = -kj_log(kj_map_uniform(KJ_MAP_MATCH, (uint64_t)h, 9)) * 12.0 * years;
    if (adult < 0) adult = 0;
    return draft->start - (months < adult ? (int32_t)months : adult);
}

static void fill_households(const kj_draft *draft, kj_store *store)
{
    kj_id *head = ID("household", "head"), *dwelling = ID("household", "dwelling");
    uint8_t *size = U8("household", "size"), *children = U8("household", "n_children"), *kind = U8("household", "kind");
    int32_t *income = I32("household", "income"), *formed = I32("household", "formed"),
            *moved = I32("household", "moved");
    uint64_t *luck = KEY("household", "luck");
    for (int32_t i = 0; i < draft->n_households; i++) {
        const kj_draft_household *h = &draft->households[i];
        head[i] = id_of(h->head);
        dwelling[i] = id_of(h->dwelling);
        size[i] = h->size;
        children[i] = h->n_children;
        kind[i] = h->kind;
        income[i] = h->income;
        formed[i] = moved[i] = formed_month(draft, i);
        luck[i] = kj_luck(KJ_LUCK_START_PERSON, (uint64_t)h->head + 1, 0);
    }
}

static void fill_dwellings(const kj_draft *draft, kj_store *store)
{
    int32_t *cell = I32("dwelling", "cell"), *rent = I32("dwelling", "rent");
    uint8_t *tenure = U8("dwelling", "tenure"), *kind = U8("dwelling", "kind"), *rooms = U8("dwelling", "rooms"),
            *state = U8("dwelling", "state");
    int16_t *m2 = I16("dwelling", "area_m2"), *built = I16("dwelling", "built_year");
    kj_id *household = ID("dwelling", "household");
    uint64_t *luck = KEY("dwelling", "luck");
    for (int32_t i = 0; i < draft->n_dwellings; i++) {
        const kj_draft_dwelling *d = &draft->dwellings[i];
        cell[i] = d->cell;
        rent[i] = d->rent;
        tenure[i] = d->tenure;
        kind[i] = d->kind;
        rooms[i] = d->rooms;
        state[i] = (uint8_t)(d->household < 0 ? KJ_DWELLING_VACANT : KJ_DWELLING_OCCUPIED);
        m2[i] = d->area_m2;
        built[i] = d->built_year;
        household[i] = id_of(d->household);
        luck[i] = kj_luck(KJ_LUCK_START_DWELLING, (uint64_t)i + 1, 0);
    }
}

static void fill_places(const kj_draft *draft, kj_store *store)
{
    for (int32_t i = 0; i < draft->n_workplaces; i++) {
        const kj_draft_workplace *w = &draft->workplaces[i];
        I32("workplace", "cell")[i] = w->cell;
        ID("workplace", "municipality")[i] = w->cell < 0 ? 0 : id_of(draft->areas[draft->cell_area[w->cell]].municipality);
        TEXT("workplace", "name")[i] = kj_pool_intern(&store->pool, w->name);
        U8("workplace", "sector")[i] = w->sector;
        I32("workplace", "jobs")[i] = w->jobs;
    }
    for (int32_t i = 0; i < draft->n_facilities; i++) {
        const kj_draft_facility *f = &draft->facilities[i];
        U8("facility", "kind")[i] = f->kind;
        TEXT("facility", "name")[i] = kj_pool_intern(&store->pool, f->name);
        I32("facility", "cell")[i] = f->cell;
        U8("facility", "grade_lo")[i] = f->grade_lo;
        U8("facility", "grade_hi")[i] = f->grade_hi;
        I32("facility", "places")[i] = f->places;
        U8("facility", "independent")[i] = f->independent;
        I32("facility", "opened")[i] = f->opened;
        KEY("facility", "luck")[i] = kj_luck(KJ_LUCK_FACILITY, (uint64_t)i + 1, 0);
        ID("facility", "municipality")[i] = id_of(draft->areas[f->area].municipality);
    }
}

static kj_status fill_projects(kj_error *err, const kj_draft *draft, kj_store *store)
{
    static const char *const count[KJ_PROJECT_TENURES] = {"n_rental", "n_coop", "n_owner", "n_student", "n_senior"};
    for (uint32_t i = 0; i < draft->recipe->n_projects; i++) {
        const kj_recipe_project *p = &draft->recipe->projects[i];
        int32_t cell = kj_grid_cell_at(&draft->grid, p->x, p->y);
        if (cell < 0 || draft->cell_area[cell] < 0) {
            return kj_fail(err, KJ_E_INPUT, "%s: project %s (%.0f, %.0f) lies outside the map", draft->recipe->path,
                           p->name, p->x, p->y);
        }
        TEXT("project", "name")[i] = kj_pool_intern(&store->pool, p->name);
        U8("project", "kind")[i] = KJ_PROJECT_PROGRAMME;
        I32("project", "cell")[i] = cell;
        I32("project", "area")[i] = draft->cell_area[cell];
        for (int t = 0; t < KJ_PROJECT_TENURES; t++) I32("project", count[t])[i] = p->n[t];
        I32("project", "n_small_houses")[i] = p->n_small_houses;
        U8("project", "stage")[i] = (uint8_t)p->stage;
        I32("project", "start")[i] = KJ_MONTH(p->year, 1);
        I32("project", "completion")[i] = KJ_MONTH(p->completion, 12);
        KEY("project", "luck")
        [i] = kj_luck(KJ_LUCK_PROJECT, (uint64_t)(uint32_t)KJ_MONTH(p->year, 1) << 32 | (uint32_t)cell,
                      KJ_PROJECT_PROGRAMME);
    }
    return KJ_OK;
}

kj_status kj_draft_tables(kj_error *err, const kj_draft *draft, kj_map *out)
{
    kj_store *store = &out->store;
    const kj_recipe *recipe = draft->recipe;
    snprintf(out->name, sizeof out->name, "%s", recipe->name);
    snprintf(out->country, sizeof out->country, "%.7s", recipe->country);
    out->title = strdup(recipe->title_en);
    out->sources = strdup(recipe->sources ? recipe->sources : "");
    out->start = draft->start;
    out->grid = draft->grid;
    if (!out->title || !out->sources) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_pool_intern(&store->pool, "");
    kj_status status = add_columns(err, draft, store);
    if (status == KJ_OK) status = add_rows(err, draft, store);
    if (status != KJ_OK) return status;
    fill_cells(draft, store);
    fill_areas(draft, store);
    fill_persons(draft, store);
    fill_households(draft, store);
    fill_dwellings(draft, store);
    fill_places(draft, store);
    status = fill_projects(err, draft, store);
    return status == KJ_OK ? kj_draft_observation_table(err, draft, store) : status;
}
