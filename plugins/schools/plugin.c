/* The plugin "schools": what it declares, and the order of its systems. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <kedja/math.h>

#include "schools.h"

typedef struct column_entry {
    size_t at; /* offset of the handle in `schools` */
    kj_column_def def;
} column_entry;

typedef struct need_entry {
    size_t at;
    const char *table, *name;
    kj_type type;
} need_entry;

#define COLUMN(field_, table_, name_, type_, flags_, unit_, doc_, min_, max_, ref_, labels_)                              \
    {offsetof(schools, field_), {.struct_size = sizeof(kj_column_def), .table = table_, .name = name_, .type = type_,      \
                                 .flags = flags_, .unit = unit_, .doc = doc_, .min = min_, .max = max_, .ref = ref_, .labels = labels_}}
#define COUNT(index_, name_, flags_, unit_, doc_)                                                                         \
    COLUMN(municipality_count[index_], "municipality", name_, KJ_I64, flags_, unit_, doc_, 0, 1e9, NULL, NULL)

static const column_entry columns[] = {
    COLUMN(kind, "facility", "kind", KJ_U8, KJ_RECORD, "1", "What the facility is.", 0, KJ_FACILITY_KIND_COUNT - 1, NULL, KJ_FACILITY_KIND_LABELS),
    COLUMN(name, "facility", "name", KJ_TEXT, KJ_RECORD, "1", "Name of the facility.", 0, 0, NULL, NULL),
    COLUMN(fac_cell, "facility", "cell", KJ_I32, KJ_RECORD, "1", "Cell of the entrance.", -1, 1e9, "cell", NULL),
    COLUMN(all_classes, "facility", "school_classes", KJ_I32, 0, "1", "Classes of all grades in October.", 0, 1e6, NULL, NULL),
    COLUMN(grade_lo, "facility", "grade_lo", KJ_U8, KJ_RECORD, "1", "Lowest grade: 1 preschool, 2 F, 3 year 1 to 11 year 9.", 0, GRADE_9, NULL, NULL),
    COLUMN(grade_hi, "facility", "grade_hi", KJ_U8, KJ_RECORD, "1", "Highest grade, in the same codes.", 0, GRADE_9, NULL, NULL),
    COLUMN(places, "facility", "places", KJ_I32, KJ_RECORD | KJ_POLICY, "1", "Places.", 0, 1e6, NULL, NULL),
    COLUMN(independent, "facility", "independent", KJ_U8, KJ_RECORD, "1", "1: independent, with a queue of its own.", 0, 1, NULL, NULL),
    COLUMN(opened, "facility", "opened", KJ_I32, KJ_RECORD, "month", "Month of opening; 0 before the start.", 0, 1e6, NULL, NULL),
    COLUMN(closed, "facility", "closed", KJ_I32, KJ_RECORD | KJ_POLICY, "month", "Month from which it is closed; 0 open.", 0, 1e6, NULL, NULL),
    COLUMN(pupils, "facility", "pupils", KJ_I32, KJ_RECORD, "1", "Pupils or preschool children in October.", 0, 1e6, NULL, NULL),
    COLUMN(luck, "facility", "luck", KJ_KEY, 0, "1", "Luck of the facility.", 0, 0, NULL, NULL),
    COLUMN(fac_municipality, "facility", "municipality", KJ_ID, KJ_RECORD, "1", "Municipality of the facility.", 0, 0, "municipality", NULL),

    COLUMN(pavilion, "facility", "pavilion", KJ_I32, KJ_RECORD | KJ_POLICY, "1", "Places in pavilions, besides those of the building.", 0, 1e6, NULL, NULL),
    COLUMN(capacity, "facility", "capacity", KJ_I32, KJ_RECORD, "1", "Places of an open school or preschool with pavilions.", 0, 4e6, NULL, NULL),

    COLUMN(person_school, "person", "school", KJ_ID, 0, "1", "School or preschool of the child; 0 none.", 0, 0, "facility", NULL),
    COLUMN(person_grade, "person", "grade", KJ_U8, 0, "1", "0 none, 1 preschool, 2 F, 3 year 1 to 11 year 9.", 0, GRADE_9, NULL, NULL),
    COLUMN(person_why, "person", "school_why", KJ_U8, 0, "1", "Why a child of school age has no place.", 0, WHY_FULL, NULL, WHY_LABELS),
    COLUMN(person_wish, "person", "school_wish", KJ_U8, 0, "1", "Rank of the wish that was met when the place was given; 0: placed without.", 0, 255, NULL, NULL),
    COLUMN(catchment[0], "cell", "catchment", KJ_I32, KJ_RECORD, "1", "Facility id of the municipal school whose catchment the cell is in, F-6; 0 none.", 0, 1e9, NULL, NULL),
    COLUMN(catchment[1], "cell", "catchment_7_9", KJ_I32, KJ_RECORD, "1", "The same for grades 7-9.", 0, 1e9, NULL, NULL),
    COLUMN(catchments_of, "municipality", "catchments_of", KJ_KEY, 0, "1", "What the catchments were drawn for.", 0, 0, NULL, NULL),
    COLUMN(walk_cost, "cell", "walk_cost", KJ_I16, KJ_INPUT, "s", "Seconds to cross the cell on foot; 0 cannot be entered.", 0, 32767, NULL, NULL),

    COUNT(SM_PUPILS, "pupils", KJ_RECORD, "1", "Pupils F-9 with a school, in October."),
    COUNT(SM_PRESCHOOL, "preschool_children", KJ_RECORD, "1", "Children with a preschool place, in October."),
    COUNT(SM_PLACES, "places", KJ_RECORD, "1", "Places in schools F-9."),
    COUNT(SM_PRESCHOOL_PLACES, "preschool_places", KJ_RECORD, "1", "Places in preschools."),
    COUNT(SM_WITHOUT, "pupils_without_place", KJ_RECORD, "1", "Children of school age without a place, in October."),
    COUNT(SM_WITHOUT_SCHOOL, "pupils_without_school", KJ_RECORD, "1", "Of these, for whose grade the municipality has no school at all."),
    COUNT(SM_PRESCHOOL_WITHOUT, "preschool_without_place", KJ_RECORD, "1", "Children who want a preschool place and have none, in October."),
    COUNT(SM_AT_NEAREST, "pupils_at_nearest", KJ_RECORD, "1e-3", "Pupils who go to the nearest school that teaches their grade, per mille."),
    COUNT(SM_MEAN_WALK, "pupils_mean_walk", KJ_RECORD, "s", "Mean walking time to school of all pupils, also those who ride."),
    COUNT(SM_P95_WALK, "pupils_p95_walk", KJ_RECORD, "s", "Way on foot to school that 95 of 100 pupils do not exceed."),
    COUNT(SM_MAX_WALK, "pupils_max_walk", KJ_RECORD, "s", "Longest way to school, as on foot."),
    COUNT(SM_OVER_LIMIT, "pupils_over_limit", KJ_RECORD, "1", "Pupils whose way is longer than the limit for school transport in their grade."),
    COUNT(SM_BUS_COST, "school_bus_cost", KJ_RECORD, "SEK/year", "Cost of school transport for them."),
    COUNT(SM_WISHED, "pupils_with_wish", KJ_RECORD, "1", "Pupils who got one of their wishes."),
    COUNT(SM_FIRST_WISH, "pupils_first_wish", KJ_RECORD, "1", "Pupils who got their first wish."),
    COUNT(SM_WISH_RANK, "pupils_wish_rank", KJ_RECORD, "1/1000", "Mean rank of the wishes that were met, in thousandths."),
    COUNT(SM_SIBLINGS, "sibling_families", KJ_RECORD, "1", "Families with two or more pupils in F-6."),
    COUNT(SM_SPLIT_SIBLINGS, "split_families", KJ_RECORD, "1", "Of these, families whose pupils go to different schools."),
    COUNT(SM_CLASSES, "school_classes", KJ_RECORD, "1", "Classes F-9."),
    COUNT(SM_OVER, "pupils_over_places", KJ_RECORD, "1", "Pupils above the places of their schools."),
    COUNT(SM_UNPLACED, "children_unplaced", 0, "1", "Children of school or preschool without a place this month; all with the first municipality."),
    COLUMN(area_pupils, "area", "pupils", KJ_I32, KJ_RECORD, "1", "Pupils F-9 who live in the area, in October.", 0, 1e8, NULL, NULL),
    COLUMN(area_level[0], "area", "pupils_f_6", KJ_I32, KJ_RECORD, "1", "Children of grades F-6 who live there, in October.", 0, 1e6, NULL, NULL),
    COLUMN(area_level[1], "area", "pupils_7_9", KJ_I32, KJ_RECORD, "1", "Children of grades 7-9 who live there, in October.", 0, 1e6, NULL, NULL),
    COLUMN(class_kind, "home_class", "kind", KJ_U8, KJ_RECORD, "1", "Kind of dwelling.", 0, KJ_DWELLING_KIND_COUNT - 1, NULL, KJ_DWELLING_KIND_LABELS),
    COLUMN(class_tenure, "home_class", "tenure", KJ_U8, KJ_RECORD, "1", "Tenure of the dwelling.", 0, KJ_TENURE_COUNT - 1, NULL, KJ_TENURE_LABELS),
    COLUMN(class_from, "home_class", "years_from", KJ_I32, KJ_RECORD, "year", "Least number of years since completion; the next class begins where this ends.", 0, 1000, NULL, NULL),
    COLUMN(class_homes, "home_class", "dwellings", KJ_I32, KJ_RECORD, "1", "Dwellings of the class, in December.", 0, 1e8, NULL, NULL),
    COLUMN(class_young, "home_class", "children_1_5", KJ_I32, KJ_RECORD, "1", "Children aged 1-5 who live in them.", 0, 1e8, NULL, NULL),
    COLUMN(class_school_age, "home_class", "children_6_15", KJ_I32, KJ_RECORD, "1", "Children aged 6-15 who live in them.", 0, 1e8, NULL, NULL),
    COLUMN(area_preschool_need, "area", "preschool_need", KJ_I32, KJ_RECORD, "1", "Children who live there and go to preschool or wait for a place, in October.", 0, 1e6, NULL, NULL),
    COLUMN(area_preschool_places, "area", "preschool_places", KJ_I32, KJ_RECORD, "1", "Places of the preschools there, in October.", 0, 1e6, NULL, NULL),
    COLUMN(area_at_nearest, "area", "pupils_at_nearest", KJ_I32, KJ_RECORD, "1e-3", "Of these, those at the nearest school, per mille.", 0, 1000, NULL, NULL),
};

static const need_entry needs[] = {
    {offsetof(schools, birth_month), "person", "birth_month", KJ_I16},
    {offsetof(schools, person_luck), "person", "luck", KJ_KEY},
    {offsetof(schools, resident), "person", "resident", KJ_U8},
    {offsetof(schools, person_household), "person", "household", KJ_ID},
    {offsetof(schools, moved), "person", "moved", KJ_I16},
    {offsetof(schools, living), "household", "living", KJ_U8},
    {offsetof(schools, home), "household", "dwelling", KJ_ID},
    {offsetof(schools, host_household), "household", "host", KJ_ID},
    {offsetof(schools, head), "household", "head", KJ_ID},
    {offsetof(schools, next_member), "person", "next_member", KJ_ID},
    {offsetof(schools, home_kind), "dwelling", "kind", KJ_U8},
    {offsetof(schools, home_tenure), "dwelling", "tenure", KJ_U8},
    {offsetof(schools, home_built), "dwelling", "built_year", KJ_I16},
    {offsetof(schools, home_cell), "dwelling", "cell", KJ_I32},
    {offsetof(schools, cell_area), "cell", "area", KJ_I32},
    {offsetof(schools, area_municipality), "area", "municipality", KJ_ID},
};

#define SKOLVERKET_2023                                                                                                   \
    "https://www.skolverket.se/skolutveckling/statistik/fler-statistiknyheter/statistik/"                                 \
    "2024-04-16-statistik-over-barn-och-personal-i-forskola-hosten-2023"
#define PARAM(name_, unit_, def_, min_, max_, evidence_, source_, doc_)                                                   \
    {.struct_size = sizeof(kj_param_def), .name = name_, .unit = unit_, .def = def_, .min = min_, .max = max_,             \
     .evidence = evidence_, .source = source_, .doc = doc_}

static const kj_param_def params[SP_COUNT] = {
    [SP_ENROLMENT] = PARAM("preschool_enrolment", "1", 0.87, 0, 1, KJ_MEASURED, SKOLVERKET_2023, "Share of children aged 1-5 who go to preschool."),
    [SP_FIRST_MONTHS] = PARAM("preschool_from_months", "month", 12, 6, 60, KJ_MEASURED, "the right to preschool begins at the age of one (School Act 8:5)",
                              "Age from which children go to preschool."),
    [SP_GRADE_SLACK] = PARAM("grade_slack", "1", 1.15, 1, 10, KJ_ASSUMED, "classes are a little larger in full cohorts",
                             "How far one grade may go above its equal part of the places of a school."),
    [SP_STAY_SECONDS] = PARAM("stay_seconds", "s", 2400, 0, 36000, KJ_DERIVED_FIGURE,
                              "about 3 km, the common limit for school transport in grades 4-6 "
                              "(https://www.harnosand.se/omwebbplatsen/faqfragorochsvar/vanligafragorochsvar/"
                              "vilkafarskolskjuts.5.588c6491549dff6c7b12730.html)",
                              "Walking time up to which a child keeps its school after a move."),
    [SP_START_MOVED_SHARE] =
        PARAM("start_moved_share", "1/year", 0.058, 0, 1, KJ_DERIVED_FIGURE,
              "0.12 moves a year at 5-14 and 0.48 of all moves shorter than 5 km (Statistics Sweden); schools are kept within some 3 km",
              "Share a year of the start's pupils whose family moved and kept the school; five years lie behind in school, two in preschool."),
    [SP_WISH_SHARE] = PARAM("independent_share", "1", 0.15, 0, 1, KJ_DERIVED_FIGURE,
                            "0.85 go to municipal schools 2017/18 (https://www.skolverket.se/statistik-och-utvardering/statistik-i-tabeller/grundskola)",
                            "Share of children whose first wish is an independent school."),
    [SP_WINDOW_SECONDS] = PARAM("walk_window", "s", 3600, 300, 20000, KJ_ASSUMED, "nobody walks farther to school",
                                "Way to school up to which walking times are found on the ground; taken when the network is made."),
    [SP_BEYOND_SPEED] = PARAM("beyond_speed", "m/s", 0.95, 0.1, 30, KJ_ASSUMED, "1.25 m/s with a detour of 1.3",
                              "Speed as the crow flies beyond that, so that far schools compare; taken when the network is made."),
    [SP_MODE] = PARAM("mode", "1", MODE_RELATIVE, 0, MODE_COUNT - 1, KJ_DERIVED_FIGURE,
                      "School Act 9:15 and 10:30 with HFD 2015 ref 50 (https://lagen.nu/dom/hfd/2015:50): wishes, ranked by relative nearness; "
                      "nearest first alone is unlawful in Sweden",
                      "How places are given: 0 nearest, 1 catchment areas, 2 relative nearness as practised, 3 relative nearness against a guarantee "
                      "school, 4 least total way, 5 wishes with deferred acceptance, 6 Boston, 7 top trading cycles, 8 Danish district school."),
    [SP_WISHES] =
        PARAM("wishes", "1", 3, 1, 20, KJ_DERIVED_FIGURE,
              "https://www.unt.se/nyheter/uppsala/kommunen-backar-om-skolvalet-5131649.aspx: who does not choose counts as having chosen the three nearest",
              "Schools on a family's list."),
    [SP_TASTE] = PARAM("taste_seconds", "s", 120, 0, 36000, KJ_ASSUMED, "most families wish for the nearest school; no study seen",
                       "How much other things than the way count in a wish: scale of a Gumbel draw, as seconds on foot. 0: lists by way."),
    [SP_SIBLING_PULL] = PARAM("sibling_seconds", "s", 600, 0, 36000, KJ_ASSUMED, "families take a longer way so that children go together",
                              "How much longer a way the family accepts to the school of a brother or sister."),
    [SP_WALK_SPEED] = PARAM("walk_speed", "m/s", 1.25, 0.3, 3, KJ_ASSUMED, "4.5 km/h, the speed that walk_cost of the shipped maps is made with",
                            "Speed by which ways in seconds compare with limits in km."),
    [SP_BUS_COST] = PARAM("bus_cost", "SEK/year", 15000, 0, 1000000, KJ_ASSUMED, "order of magnitude; replace by the municipality's own figure",
                          "Cost of school transport for one pupil beyond the limit of its grade."),
};

static kj_col *field(schools *s, size_t at) { return (kj_col *)(void *)((char *)s + at); }

static kj_status create(const kj_host *host, void **instance)
{
    schools *s = calloc(1, sizeof *s);
    if (!s) return KJ_E_MEMORY;
    s->host = host;
    s->run = host->interface(host, "kedja.run/1");
    s->space = host->interface(host, "kedja.space/1");
    s->memory = host->interface(host, "kedja.memory/0");
    for (int k = 0; k < GUMBEL_STEPS; k++) s->gumbel[k] = (float)-kj_log(-kj_log(((double)k + 0.5) / GUMBEL_STEPS));
    *instance = s;
    return s->run && s->space && s->memory ? KJ_OK : KJ_E_MISSING;
}

static void destroy(void *instance)
{
    schools *s = instance;
    if (s && s->memory) {
        network_free(s);
        school_drop(s, s->children, s->children_capacity * sizeof *s->children);
    }
    free(s);
}

static const char *const grade_names[SCHOOL_GRADES] = {"f", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

/* Pupils, places and classes of each grade: pupils_f … pupils_9, and so on. */
static kj_status provide_grades(schools *s, const kj_register_v1 *reg, void *impl)
{
    const struct { kj_col *col; const char *name, *doc; } kinds[] = {{s->grade_pupils, "pupils", "Pupils of the grade in October."},
                                                                     {s->grade_places, "places", "Places that the school sets aside for the grade."},
                                                                     {s->grade_classes, "classes", "Classes of the grade; 0 where it is taught together with a lower one."}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int g = 0; g < SCHOOL_GRADES; g++) {
            char name[32];
            snprintf(name, sizeof name, "%s_%s", kinds[k].name, grade_names[g]);
            kj_column_def def = {.struct_size = sizeof def, .table = "facility", .name = name, .type = KJ_I32, .flags = KJ_RECORD, .unit = "1",
                                 .doc = kinds[k].doc, .min = 0, .max = 1e6};
            kj_status status = reg->column(impl, &def, &kinds[k].col[g]);
            if (status) return status;
        }
    return KJ_OK;
}

static kj_status provide_tables(schools *s, const kj_register_v1 *reg, void *impl)
{
    const kj_param_dim grade = {"grade", 0, 9, NULL};
    const struct { kj_param_table *out; kj_param_table_def def; } tables[] = {
        {&s->limits, {sizeof(kj_param_table_def), "school_distances", 2, {grade, {"limit", 0, 0, "near bus"}}, "km", 0, 1000,
                      "Ways up to which a school counts as near, and beyond which there is a bus.", 0}},
        {&s->priority, {sizeof(kj_param_table_def), "school_priority", 2, {grade, {"criterion", 0, 0, CRIT_LABELS}}, "1", 0, CRIT_COUNT,
                        "Order in which criteria rank children who want the same school; 0: does not count.", 0}},
        {&s->classes, {sizeof(kj_param_table_def), "school_classes", 2, {grade, {"size", 0, 0, "cap special"}}, "1", 1, 100,
                       "Pupils in a class at the start of the year, and up to which it may grow.", 0}},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && status == KJ_OK; k++) status = reg->param_table(impl, &tables[k].def, tables[k].out);
    return status;
}

static kj_status provide(void *instance, const kj_host *host)
{
    schools *s = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    const struct { kj_table *out; kj_table_def def; } tables[] = {
        {&s->cell, {sizeof(kj_table_def), "cell", "Grid cells: the map."}},
        {&s->area, {sizeof(kj_table_def), "area", "Prognosis areas, also the market areas."}},
        {&s->municipality, {sizeof(kj_table_def), "municipality", "Municipalities."}},
        {&s->facility, {sizeof(kj_table_def), "facility", "Schools, preschools, care homes and other places of service."}},
        {&s->person, {sizeof(kj_table_def), "person", "Persons."}},
        {&s->home_class, {sizeof(kj_table_def), "home_class", "Dwellings by kind, tenure and years since completion, with the children in them."}},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && status == KJ_OK; k++) status = reg->table(host->impl, &tables[k].def, tables[k].out);
    for (size_t k = 0; k < sizeof columns / sizeof *columns && status == KJ_OK; k++)
        status = reg->column(host->impl, &columns[k].def, field(s, columns[k].at));
    for (int k = 0; k < SP_COUNT && status == KJ_OK; k++) status = reg->param(host->impl, &params[k], &s->param[k]);
    if (status == KJ_OK) status = provide_grades(s, reg, host->impl);
    if (status == KJ_OK) status = provide_tables(s, reg, host->impl);
    return status ? status : schools_show(host);
}

/* Uses of a system, collected one by one. */
typedef struct uses {
    kj_use list[128];
    uint32_t n;
} uses;

static void use_common(const schools *s, uses *u)
{
    const kj_param_table tables[] = {s->limits, s->priority, s->classes};
    for (int k = 0; k < 3; k++) u->list[u->n++] = (kj_use){KJ_USE_PARAMS, tables[k].index1, KJ_READ};
    kj_col read[] = {s->kind, s->pavilion, s->head, s->next_member, s->fac_cell, s->grade_lo, s->grade_hi, s->places, s->independent, s->opened, s->closed, s->fac_municipality,
                     s->walk_cost, s->birth_month, s->person_luck, s->resident, s->person_household, s->moved, s->living, s->home,
                     s->host_household, s->home_cell, s->cell_area, s->area_municipality};
    for (size_t k = 0; k < sizeof read / sizeof *read; k++) u->list[u->n++] = kj_reads(read[k]);
}

static kj_status bind_place(const schools *s, const kj_register_v1 *reg, void *impl)
{
    uses u = {.n = 0};
    use_common(s, &u);
    u.list[u.n++] = kj_writes(s->person_school);
    u.list[u.n++] = kj_writes(s->person_grade);
    u.list[u.n++] = kj_writes(s->person_why);
    u.list[u.n++] = kj_writes(s->person_wish);
    u.list[u.n++] = kj_writes(s->capacity);
    u.list[u.n++] = kj_writes(s->catchment[0]);
    u.list[u.n++] = kj_writes(s->catchment[1]);
    u.list[u.n++] = kj_writes(s->catchments_of);
    u.list[u.n++] = kj_writes(s->municipality_count[SM_OVER]);
    u.list[u.n++] = kj_writes(s->municipality_count[SM_UNPLACED]);
    const char *const start_after[] = {"demography.start", "housing.start", NULL};
    kj_system_def place = {.struct_size = sizeof place, .name = "schools.place", .phase = KJ_PHASE_PLACEMENT, .shape = KJ_SERIAL,
                           .doc = "Gives a place to each child that has none, by the mode; grades change in August.",
                           .uses = u.list, .n_uses = u.n, .run = schools_place};
    kj_status status = reg->system(impl, &place);
    place.name = "schools.start";
    place.phase = KJ_PHASE_START;
    place.after = start_after;
    place.run = schools_start;
    return status ? status : reg->system(impl, &place);
}

static kj_status bind_count(const schools *s, const kj_register_v1 *reg, void *impl)
{
    uses u = {.n = 0};
    use_common(s, &u);
    u.list[u.n++] = kj_reads(s->person_school);
    u.list[u.n++] = kj_reads(s->person_grade);
    u.list[u.n++] = kj_reads(s->person_wish);
    u.list[u.n++] = kj_writes(s->pupils);
    u.list[u.n++] = kj_writes(s->all_classes);
    u.list[u.n++] = kj_writes(s->area_preschool_need);
    u.list[u.n++] = kj_writes(s->area_preschool_places);
    u.list[u.n++] = kj_writes(s->area_level[0]);
    u.list[u.n++] = kj_writes(s->area_level[1]);
    for (int g = 0; g < SCHOOL_GRADES; g++) {
        u.list[u.n++] = kj_writes(s->grade_pupils[g]);
        u.list[u.n++] = kj_writes(s->grade_places[g]);
        u.list[u.n++] = kj_writes(s->grade_classes[g]);
    }
    u.list[u.n++] = kj_writes(s->area_pupils);
    u.list[u.n++] = kj_writes(s->area_at_nearest);
    for (int k = 0; k < SM_OVER; k++) u.list[u.n++] = kj_writes(s->municipality_count[k]);
    const char *const start_after[] = {"demography.start", "housing.start", "schools.start", NULL};
    kj_system_def count = {.struct_size = sizeof count, .name = "schools.measure", .phase = KJ_PHASE_MEASURE, .shape = KJ_SERIAL,
                           .month_of_year = 10, .doc = "Counts pupils by school, municipality and area, as on 15 October.",
                           .uses = u.list, .n_uses = u.n, .run = schools_count};
    kj_status status = reg->system(impl, &count);
    count.name = "schools.start_count";
    count.phase = KJ_PHASE_START;
    count.month_of_year = 0;
    count.after = start_after;
    return status ? status : reg->system(impl, &count);
}

/* Children per dwelling: the rows are made at the start, the count is that of December. */
static kj_status bind_homes(const schools *s, const kj_register_v1 *reg, void *impl)
{
    uses make = {.n = 0}, u = {.n = 0};
    make.list[make.n++] = kj_creates(s->home_class);
    make.list[make.n++] = kj_writes(s->class_kind);
    make.list[make.n++] = kj_writes(s->class_tenure);
    make.list[make.n++] = kj_writes(s->class_from);
    make.list[make.n++] = kj_reads(s->home_tenure);
    kj_system_def system = {.struct_size = sizeof system, .name = "schools.home_classes", .phase = KJ_PHASE_START, .shape = KJ_SERIAL,
                            .doc = "Makes the classes of dwellings by which children are counted.", .uses = make.list, .n_uses = make.n,
                            .run = schools_make_home_classes};
    kj_status status = reg->system(impl, &system);
    use_common(s, &u);
    const kj_col read[] = {s->home_kind, s->home_tenure, s->home_built}, write[] = {s->class_homes, s->class_young, s->class_school_age};
    for (int k = 0; k < 3; k++) u.list[u.n++] = kj_reads(read[k]), u.list[u.n++] = kj_writes(write[k]);
    const char *const after[] = {"demography.start", "housing.start", "schools.start", "schools.start_count", "schools.home_classes", NULL};
    system = (kj_system_def){.struct_size = sizeof system, .name = "schools.homes", .phase = KJ_PHASE_MEASURE, .shape = KJ_SERIAL, .month_of_year = 12,
                             .doc = "Counts children by kind, tenure and age of their home.", .uses = u.list, .n_uses = u.n, .run = schools_count_homes};
    if (status == KJ_OK) status = reg->system(impl, &system);
    system.name = "schools.start_homes";
    system.phase = KJ_PHASE_START;
    system.month_of_year = 0;
    system.after = after;
    return status ? status : reg->system(impl, &system);
}

static kj_status bind(void *instance, const kj_host *host)
{
    schools *s = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = reg->require_table(host->impl, "household", &s->household);
    if (status == KJ_OK) status = reg->require_table(host->impl, "dwelling", &s->dwelling);
    for (size_t k = 0; k < sizeof needs / sizeof *needs && status == KJ_OK; k++)
        status = reg->require_column(host->impl, needs[k].table, needs[k].name, needs[k].type, field(s, needs[k].at));
    if (status == KJ_OK) status = bind_place(s, reg, host->impl);
    if (status == KJ_OK) status = bind_count(s, reg, host->impl);
    if (status == KJ_OK) status = bind_homes(s, reg, host->impl);
    const kj_invariant_def invariants[] = {
        {sizeof(kj_invariant_def), "schools.pupils", "Pupils go to open schools that teach their grade.", schools_check_pupils},
        {sizeof(kj_invariant_def), "schools.places", "No school is above its places unless counted.", schools_check_places},
        {sizeof(kj_invariant_def), "schools.children", "Every child of school age has a place or is counted as without.", schools_check_children},
    };
    for (size_t k = 0; k < sizeof invariants / sizeof *invariants && status == KJ_OK; k++) status = reg->invariant(host->impl, &invariants[k]);
    return status;
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "schools",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "Schools and preschools: places, placement by nine modes, catchments, classes, the count of October.",
    .create = create,
    .provide = provide,
    .bind = bind,
    .destroy = destroy,
};
