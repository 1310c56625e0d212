/* Children per dwelling in December by kind, tenure and years since completion: whether a pupil forecast holds rests on it. */
#include "schools.h"

enum { TENURES = KJ_TENURE_PRIVATE, YOUNG_CLASSES = 6, USUAL_CLASSES = KJ_DWELLING_KIND_COUNT * TENURES * YOUNG_CLASSES,
       PRIVATE_CLASSES = KJ_DWELLING_KIND_COUNT * YOUNG_CLASSES };

/* Upper ends of the classes of years since completion; the last is open. */
static const int32_t since_end[YOUNG_CLASSES - 1] = {2, 5, 10, 20, 40};

/* Private rentals have classes behind the others where the map has such homes; elsewhere they count as rentals. */
static uint32_t class_of(uint8_t kind, uint8_t tenure, int32_t years, uint32_t n_classes)
{
    uint32_t since = 0;
    while (since < YOUNG_CLASSES - 1 && years >= since_end[since]) since++;
    if (tenure == KJ_TENURE_PRIVATE && n_classes > USUAL_CLASSES) return USUAL_CLASSES + (uint32_t)kind * YOUNG_CLASSES + since;
    return ((uint32_t)kind * TENURES + (tenure == KJ_TENURE_PRIVATE ? KJ_TENURE_RENTAL : tenure)) * YOUNG_CLASSES + since;
}

static uint32_t count_classes(const schools *s, kj_ctx *ctx)
{
    const uint8_t *tenure = s->run->read(ctx, s->home_tenure);
    uint32_t n = s->run->n_rows(ctx, s->dwelling);
    for (uint32_t row = 0; row < n; row++)
        if (tenure[row] == KJ_TENURE_PRIVATE) return USUAL_CLASSES + PRIVATE_CLASSES;
    return USUAL_CLASSES;
}

kj_status schools_make_home_classes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    schools *s = instance;
    const kj_run_v1 *run = s->run;
    uint32_t n = run->n_rows(ctx, s->home_class);
    for (uint32_t k = n, wanted = count_classes(s, ctx); k < wanted; k++)
        if (run->create(ctx, s->home_class) == 0) return run->fail(ctx, KJ_E_MEMORY, "out of memory for the classes of homes");
    uint8_t *kind = run->write(ctx, s->class_kind), *tenure = run->write(ctx, s->class_tenure);
    int32_t *from = run->write(ctx, s->class_from);
    for (uint32_t k = 0; k < run->n_rows(ctx, s->home_class); k++) {
        bool is_private = k >= USUAL_CLASSES;
        kind[k] = (uint8_t)(is_private ? (k - USUAL_CLASSES) / YOUNG_CLASSES : k / (TENURES * YOUNG_CLASSES));
        tenure[k] = (uint8_t)(is_private ? KJ_TENURE_PRIVATE : k / YOUNG_CLASSES % TENURES);
        from[k] = k % YOUNG_CLASSES == 0 ? 0 : since_end[k % YOUNG_CLASSES - 1];
    }
    return KJ_OK;
}

kj_status schools_count_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    schools *s = instance;
    const kj_run_v1 *run = s->run;
    people p;
    people_take(s, ctx, &p);
    kj_status status = children_update(s, ctx, &p);
    if (status) return status;
    const uint8_t *kind = run->read(ctx, s->home_kind), *tenure = run->read(ctx, s->home_tenure), *alive = run->alive(ctx, s->dwelling);
    const int16_t *built = run->read(ctx, s->home_built);
    int32_t *homes = run->write(ctx, s->class_homes), *young = run->write(ctx, s->class_young), *school_age = run->write(ctx, s->class_school_age);
    uint32_t n = run->n_rows(ctx, s->home_class);
    int32_t year = KJ_YEAR_OF(p.now);
    for (uint32_t k = 0; k < n; k++) homes[k] = young[k] = school_age[k] = 0;
    const uint32_t n_homes = run->n_rows(ctx, s->dwelling);
    for (uint32_t row = 0; row < n_homes; row++)
        if (alive[row]) homes[class_of(kind[row], tenure[row], year - built[row], n)]++;
    for (uint32_t k = 0; k < s->n_children; k++) {
        uint32_t row = child_row(&p, &s->children[k]);
        int32_t age = (p.now - s->children[k].birth_month) / 12;
        if (row == KJ_NO_ROW || !p.resident[row] || age < 1 || age > 15) continue;
        uint32_t home = home_row_of(&p, row);
        if (home == KJ_NO_ROW) continue;
        (age <= 5 ? young : school_age)[class_of(kind[home], tenure[home], year - built[home], n)]++;
    }
    return KJ_OK;
}
