/* What must hold after every month. */
#include <stdlib.h>

#include "schools.h"

/* Who goes to a school goes to one that is open and teaches the grade. */
kj_status schools_check_pupils(void *instance, kj_ctx *ctx)
{
    const schools *s = instance;
    const kj_run_v1 *run = s->run;
    const kj_id *school = run->read(ctx, s->person_school);
    const uint8_t *grade = run->read(ctx, s->person_grade), *alive = run->alive(ctx, s->person), *kind = run->read(ctx, s->kind);
    const uint8_t *lo = run->read(ctx, s->grade_lo), *hi = run->read(ctx, s->grade_hi);
    const int32_t *opened = run->read(ctx, s->opened), *closed = run->read(ctx, s->closed);
    const uint32_t *row_of = run->row_of(ctx, s->facility);
    kj_month now = run->month(ctx);
    for (uint32_t row = 0; row < run->n_rows(ctx, s->person); row++) {
        if (!alive[row] || school[row] == 0) continue;
        kj_id id = run->ids(ctx, s->person)[row];
        uint32_t f = row_of[school[row]];
        if (f == KJ_NO_ROW) return run->fail(ctx, KJ_E_INVARIANT, "person %u goes to school %u, which is gone", id, school[row]);
        if (opened[f] > now || (closed[f] != 0 && closed[f] <= now))
            return run->fail(ctx, KJ_E_INVARIANT, "person %u goes to school %u, which is closed", id, school[row]);
        bool covers = grade[row] == GRADE_PRESCHOOL ? kind[f] == KJ_FACILITY_PRESCHOOL
                                                    : kind[f] == KJ_FACILITY_SCHOOL && grade[row] >= lo[f] && grade[row] <= hi[f];
        if (!covers) return run->fail(ctx, KJ_E_INVARIANT, "person %u of grade %u goes to school %u, which does not teach it", id, grade[row], school[row]);
    }
    return KJ_OK;
}

/* No school has more pupils than places, but for those counted as above (places taken away from a full school). */
kj_status schools_check_places(void *instance, kj_ctx *ctx)
{
    const schools *s = instance;
    const kj_run_v1 *run = s->run;
    const kj_id *school = run->read(ctx, s->person_school);
    const uint8_t *alive = run->alive(ctx, s->person);
    const int32_t *places = run->read(ctx, s->capacity);
    const int64_t *over = run->read(ctx, s->municipality_count[SM_OVER]);
    const uint32_t *row_of = run->row_of(ctx, s->facility);
    uint32_t n = run->n_rows(ctx, s->facility);
    int32_t *count = calloc(n + 1u, sizeof *count);
    if (!count) return run->fail(ctx, KJ_E_MEMORY, "out of memory for the check");
    for (uint32_t row = 0; row < run->n_rows(ctx, s->person); row++)
        if (alive[row] && school[row] != 0 && row_of[school[row]] != KJ_NO_ROW) count[row_of[school[row]]]++;
    int64_t above = 0, counted = 0;
    for (uint32_t f = 0; f < n; f++) above += count[f] > places[f] ? count[f] - places[f] : 0;
    for (uint32_t m = 0; m < run->n_rows(ctx, s->municipality); m++) counted += over[m];
    free(count);
    return above == counted ? KJ_OK
                            : run->fail(ctx, KJ_E_INVARIANT, "%lld pupils above the places of their schools, %lld of them counted", (long long)above,
                                        (long long)counted);
}

/* Every child of school age has its grade, and a place or a stated reason and is counted as without one. */
kj_status schools_check_children(void *instance, kj_ctx *ctx)
{
    const schools *s = instance;
    const kj_run_v1 *run = s->run;
    const kj_id *school = run->read(ctx, s->person_school);
    const uint8_t *grade = run->read(ctx, s->person_grade), *alive = run->alive(ctx, s->person), *resident = run->read(ctx, s->resident);
    const uint8_t *why = run->read(ctx, s->person_why);
    const int16_t *birth_month = run->read(ctx, s->birth_month);
    const int64_t *unplaced = run->read(ctx, s->municipality_count[SM_UNPLACED]);
    int32_t school_year = school_year_of(run->month(ctx));
    int64_t without = 0, counted = 0;
    uint32_t n_municipalities = run->n_rows(ctx, s->municipality);
    for (uint32_t row = 0; row < run->n_rows(ctx, s->person); row++) {
        if (!alive[row]) continue;
        uint8_t due = resident[row] ? grade_in(school_year, birth_month[row]) : GRADE_NONE;
        bool may_stay_home = due == GRADE_PRESCHOOL && grade[row] == GRADE_NONE;
        if (grade[row] != due && !may_stay_home)
            return run->fail(ctx, KJ_E_INVARIANT, "person %u has grade %u, by age %u", run->ids(ctx, s->person)[row], grade[row], due);
        without += grade[row] != GRADE_NONE && school[row] == 0;
        bool stated = why[row] != WHY_HAS, due_reason = due >= GRADE_F && school[row] == 0;
        if (stated != due_reason)
            return run->fail(ctx, KJ_E_INVARIANT, "person %u of grade %u goes to school %u, and the reason for no place is %u",
                             run->ids(ctx, s->person)[row], due, school[row], why[row]);
    }
    for (uint32_t m = 0; m < n_municipalities; m++) counted += unplaced[m];
    return without == counted || n_municipalities == 0
               ? KJ_OK
               : run->fail(ctx, KJ_E_INVARIANT, "%lld children without a place, %lld counted", (long long)without, (long long)counted);
}
