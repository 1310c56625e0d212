/* Demography on a small world: a decade under audit, rates that follow their tables, links, migration, determinism. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "../../core/rng/batch.h"
#include "../../plugins/demography/demography.h"
#include "../shared/sim_access.h"
#include "../shared/world.h"

static const world_size town = {.n_singles = 700, .n_couples = 500, .n_families = 350, .n_vacant = 40, .care_places = 60, .jobs = 500};

static int64_t municipal(kj_sim *sim, const char *name) { return ((int64_t *)column(sim, "municipality", name, KJ_I64))[0]; }

static void a_decade_passes_the_audit(void **state)
{
    (void)state;
    world w;
    world_make(&w, &town);
    kj_sim *sim = world_sim(&w, 1, true, 1, NULL);
    int64_t events[8] = {0};
    static const char *const names[8] = {"births", "deaths", "in_migrants", "out_migrants", "unions", "separations", "left_home", "care_moves"};
    for (int year = 0; year < 10; year++) {
        run_months(sim, 12);
        for (int i = 0; i < 8; i++) events[i] += municipal(sim, names[i]);
    }
    for (int i = 0; i < 8; i++)
        if (events[i] <= 0) fail_msg("no %s in ten years", names[i]);
    kj_sim_free(sim);
    world_free(&w);
}

static void same_state_for_any_number_of_threads(void **state)
{
    (void)state;
    char first[33], other[33];
    world w;
    world_make(&w, &town);
    for (int threads = 1; threads <= 3; threads++) {
        kj_sim *sim = world_sim(&w, 7, false, threads, NULL);
        run_months(sim, 36);
        kj_sim_hash(sim, threads == 1 ? first : other);
        kj_sim_free(sim);
        if (threads > 1) assert_string_equal(first, other);
    }
    kj_sim *sim = world_sim(&w, 8, false, 1, NULL);
    run_months(sim, 36);
    kj_sim_hash(sim, other);
    assert_string_not_equal(first, other);
    kj_sim_free(sim);
    world_free(&w);
}

/* Nobody is born, dies, leaves or arrives when all rates are zero. */
static void nothing_happens_without_rates(void **state)
{
    (void)state;
    const world_param still[] = {{"demography.mortality_scale", 0}, {"demography.fertility_scale", 0}, {"demography.leaving_scale", 0},
                                 {"demography.separation_scale", 0}, {"demography.union_scale", 0}, {"demography.out_scale", 0},
                                 {"demography.in_scale", 0}, {"demography.care_scale", 0}, {NULL, 0}};
    world w;
    world_make(&w, &town);
    kj_sim *sim = world_sim(&w, 3, true, 1, still);
    int64_t start = municipal(sim, "population"), households = municipal(sim, "households");
    assert_int_equal(start, town.n_singles + 2 * town.n_couples + 4 * town.n_families);
    run_months(sim, 24);
    assert_int_equal(municipal(sim, "population"), start);
    assert_int_equal(municipal(sim, "households"), households);
    kj_sim_free(sim);
    world_free(&w);
}

/* When all die, every home is freed and no household is left. */
static void the_last_death_frees_the_home(void **state)
{
    (void)state;
    const world_param plague[] = {{"demography.mortality_scale", 10}, {"demography.in_scale", 0}, {"demography.out_scale", 0},
                                  {"demography.fertility_scale", 0}, {"demography.union_scale", 0},
                                  {"demography.separation_scale", 0}, {"demography.care_scale", 0}, {NULL, 0}};
    world w;
    const world_size old = {.n_singles = 300, .n_couples = 100};
    world_make(&w, &old);
    kj_sim *sim = world_sim(&w, 5, true, 1, plague);
    run_months(sim, 12 * 40);
    const kj_rows *households = kj_store_table(kj_sim_store(sim), "household");
    const kj_id *holder = column(sim, "dwelling", "household", KJ_ID);
    uint32_t held = 0;
    for (uint32_t d = 0; d < 400; d++) held += holder[d] != 0;
    assert_true(held < 120);
    assert_int_equal(held, households->n_alive); /* nobody lodges: each household holds one home */
    kj_sim_free(sim);
    world_free(&w);
}

/* A child's luck follows from mother and birth number alone: another policy on migration leaves the same first births. */
static void children_are_the_same_in_two_worlds(void **state)
{
    (void)state;
    const world_param a[] = {{"demography.out_scale", 0}, {"demography.in_scale", 0}, {NULL, 0}};
    const world_param b[] = {{"demography.out_scale", 0}, {"demography.in_scale", 2}, {NULL, 0}};
    world w;
    world_make(&w, &town);
    kj_sim *x = world_sim(&w, 11, false, 1, a), *y = world_sim(&w, 11, false, 1, b);
    run_months(x, 11);
    run_months(y, 11);
    uint32_t n = kj_store_table(kj_sim_store(x), "person")->n_rows, m = kj_store_table(kj_sim_store(y), "person")->n_rows;
    const uint64_t *lx = column(x, "person", "luck", KJ_KEY), *ly = column(y, "person", "luck", KJ_KEY);
    const int16_t *bx = column(x, "person", "birth_month", KJ_I16);
    uint32_t children = 0, same = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (bx[i] <= WORLD_START) continue;
        children++;
        for (uint32_t k = 0; k < m; k++) same += ly[k] == lx[i];
    }
    assert_true(children > 10);
    assert_true(same * 10 >= children * 9);
    kj_sim_free(x);
    kj_sim_free(y);
    world_free(&w);
}

/* The vision raises arrivals to what the way to the goal demands, and says so. */
static void vision_says_what_it_demands(void **state)
{
    (void)state;
    const world_param goal[] = {{"demography.vision_population", 4100}, {"demography.vision_year", 2030}, {NULL, 0}};
    world w;
    world_make(&w, &town);
    kj_sim *plain = world_sim(&w, 2, false, 1, NULL), *vision = world_sim(&w, 2, false, 1, goal);
    int64_t start = municipal(vision, "population");
    run_months(plain, 1);
    run_months(vision, 1);
    assert_int_equal(municipal(plain, "needed_in_migrants"), 0);
    double growth = (4100.0 - (double)start) / 10.0, per_home = (double)start / (double)municipal(vision, "households");
    assert_true(municipal(vision, "needed_dwellings") >= (int64_t)(growth / per_home) - 1);
    assert_true(municipal(vision, "needed_dwellings") <= (int64_t)(growth / per_home) + 1);
    assert_true((double)municipal(vision, "needed_in_migrants") > growth);
    run_months(plain, 23);
    run_months(vision, 23);
    assert_true(municipal(vision, "needed_jobs") > 0);
    assert_true(municipal(vision, "waiting") + municipal(vision, "gave_up") > municipal(plain, "waiting") + municipal(plain, "gave_up"));
    kj_sim_free(plain);
    kj_sim_free(vision);
    world_free(&w);
}

static double share_outside(kj_sim *sim)
{
    const int32_t *filled = column(sim, "workplace", "filled", KJ_I32), *cell = column(sim, "workplace", "cell", KJ_I32);
    int64_t outside = 0, all = 0;
    for (uint32_t w = 0; w < WORLD_AREAS; w++) {
        all += filled[w];
        outside += cell[w] < 0 ? filled[w] : 0;
    }
    return (double)outside / (double)all;
}

/* One of the four workplaces lies outside the map. As many as at the start work there while jobs and people stay what they are; fewer
   with four times the jobs inside, and more when none are to be had there. */
static void as_many_commute_out_as_jobs_let(void **state)
{
    (void)state;
    world w;
    world_make(&w, &town);
    double after[3], start = 0.0;
    static const double jobs_times[3] = {0.0, 1.0, 4.0};
    for (int i = 0; i < 3; i++) {
        kj_sim *sim = world_sim(&w, 5, true, 2, NULL);
        int32_t *jobs = column(sim, "workplace", "jobs", KJ_I32);
        const int32_t *cell = column(sim, "workplace", "cell", KJ_I32);
        start = share_outside(sim);
        run_months(sim, 12); /* some newcomers begin without a workplace */
        for (uint32_t k = 0; k < WORLD_AREAS; k++)
            if (cell[k] >= 0) jobs[k] = (int32_t)(jobs[k] * jobs_times[i]);
        run_months(sim, 96);
        after[i] = share_outside(sim);
        assert_int_equal(municipal(sim, "commute_out"), ((const int32_t *)column(sim, "workplace", "filled", KJ_I32))[WORLD_AREAS - 1]);
        kj_sim_free(sim);
    }
    assert_true(start > 0.1 && start < 0.3);
    if (!(fabs(after[1] - start) < 0.04)) fail_msg("%.3f of the start worked outside, %.3f nine years later", start, after[1]);
    assert_true(after[2] < 0.6 * after[1]);
    assert_true(after[0] > 2.0 * after[1]);
    world_free(&w);
}

/* Newcomers are as well educated as those who were there: three worlds whose people of 26 to 44 differ in nothing else. */
static void newcomers_are_educated_like_the_place(void **state)
{
    (void)state;
    double share[3];
    for (uint32_t third = 0; third < 3; third++) { /* none, one and two of three graduates */
        world w;
        world_make(&w, &town);
        uint8_t *education = kj_store_data(&w.map.store, "person", "education", KJ_U8);
        const uint32_t n = kj_store_table(&w.map.store, "person")->n_rows;
        for (uint32_t p = 0; p < n; p++)
            if (education[p] >= KJ_EDU_UPPER) education[p] = p % 3 < third ? KJ_EDU_TERTIARY : KJ_EDU_UPPER;
        kj_sim *sim = world_sim(&w, 4, true, 2, NULL);
        run_months(sim, 36);
        const kj_rows *persons = kj_store_table(kj_sim_store(sim), "person");
        const uint8_t *now = column(sim, "person", "education", KJ_U8), *resident = column(sim, "person", "resident", KJ_U8),
                      *activity = column(sim, "person", "activity", KJ_U8);
        const int16_t *birth = column(sim, "person", "birth_month", KJ_I16);
        uint32_t came = 0, graduates = 0;
        for (uint32_t id = n + 1; id < persons->next_id; id++) {
            const uint32_t row = persons->row_of[id];
            if (row == KJ_NO_ROW || !resident[row] || activity[row] == KJ_ACT_STUDENT || WORLD_START - birth[row] < 12 * 26) continue;
            came++;
            graduates += now[row] == KJ_EDU_TERTIARY;
        }
        assert_true(came > 100);
        share[third] = (double)graduates / came;
        kj_sim_free(sim);
        world_free(&w);
    }
    assert_true(share[0] < 0.05 && fabs(share[1] - 1.0 / 3.0) < 0.1 && fabs(share[2] - 2.0 / 3.0) < 0.1);
}

/* Of those in work before and after, the share that changed workplace in a year: none without changes; else as many as draw anew, less those
   who draw the same of four workplaces. */
static void workplaces_are_changed_as_often_as_asked(void **state)
{
    (void)state;
    world w;
    world_make(&w, &town);
    static const double asked[3] = {0.0, 0.13, 1.0};
    for (int i = 0; i < 3; i++) {
        const world_param params[] = {{"demography.job_change", asked[i]}, {"demography.employment_churn", 0}, {NULL, 0}};
        kj_sim *sim = world_sim(&w, 6, true, 2, params);
        uint32_t n = kj_store_table(kj_sim_store(sim), "person")->n_rows, worked = 0, changed = 0;
        kj_id *before = malloc(n * sizeof *before);
        assert_non_null(before);
        const uint32_t *row_of = kj_store_table(kj_sim_store(sim), "person")->row_of;
        for (uint32_t id = 1; id <= n; id++) before[id - 1] = ((kj_id *)column(sim, "person", "workplace", KJ_ID))[row_of[id]];
        run_months(sim, 12);
        row_of = kj_store_table(kj_sim_store(sim), "person")->row_of;
        const kj_id *now = column(sim, "person", "workplace", KJ_ID);
        for (uint32_t id = 1; id <= n; id++) {
            if (!before[id - 1] || row_of[id] == KJ_NO_ROW || !now[row_of[id]]) continue;
            worked++;
            changed += now[row_of[id]] != before[id - 1];
        }
        double share = (double)changed / worked;
        if (share > asked[i] || share < 0.5 * asked[i]) fail_msg("%.3f of %u changed workplace, asked for %.2f", share, worked, asked[i]);
        free(before);
        kj_sim_free(sim);
    }
    world_free(&w);
}

/* The hot loop's helpers against the plain way. */
static void due_persons_and_their_draws(void **state)
{
    (void)state;
    enum { N = 1003 };
    static uint8_t moy[N], resident[N], alive[N];
    static uint64_t luck[N];
    for (uint32_t i = 0; i < N; i++) {
        luck[i] = kj_luck(KJ_LUCK_START_PERSON, i, 5);
        moy[i] = (uint8_t)(luck[i] % 12);
        resident[i] = luck[i] >> 20 & 7 ? 1 : 0;
        alive[i] = luck[i] >> 30 & 7 ? 1 : 0;
    }
    due_columns columns = {moy, resident, alive, luck};
    kj_stream stream = {{123u, 456u}};
    const kj_run_v1 host = {.draw_many = kj_draw_many};
    for (kj_month month = 1452; month < 1464; month++) {
        static due_people due;
        due_find(&host, &due, &columns, stream, 3, N, month);
        uint32_t n = 0;
        for (uint32_t i = 3; i < N; i++) {
            if (moy[i] != month % 12 || !resident[i] || !alive[i]) continue;
            assert_int_equal(due.row[n], i);
            kj_draw4 expected = kj_draw(stream, luck[i], month, 0), found = due_draw(&due, n);
            assert_memory_equal(&expected, &found, sizeof expected);
            n++;
        }
        assert_int_equal(due.n, n);
        assert_true(n > 30);
    }
}

/* Half of the homes are owned. Owners leave the map at the ratio that is asked for, and the level of all stays what it was. */
static void owners_leave_as_often_as_asked(void **state)
{
    (void)state;
    int64_t all[2] = {0}, owners[2] = {0};
    for (int k = 0; k < 2; k++) {
        const world_param only_out[] = {{"demography.mortality_scale", 0}, {"demography.in_scale", 0}, {"demography.fertility_scale", 0},
                                        {"demography.union_scale", 0}, {"demography.separation_scale", 0}, {"demography.care_scale", 0},
                                        {"demography.leaving_scale", 0}, {"demography.out_owner_ratio", k ? 0.3 : 1.0}, {NULL, 0}};
        for (int seed = 1; seed <= 20; seed++) {
            world w;
            world_make(&w, &town);
            uint8_t *tenure = kj_store_data(&w.map.store, "dwelling", "tenure", KJ_U8);
            for (uint32_t d = 0; d < 1550; d++) tenure[d] = d % 2 ? KJ_TENURE_OWNER : KJ_TENURE_RENTAL;
            kj_sim *sim = world_sim(&w, (uint64_t)seed, true, 1, only_out);
            run_months(sim, 12);
            const kj_id *holder = column(sim, "dwelling", "household", KJ_ID);
            for (uint32_t d = 0; d < 1550; d++) owners[k] += holder[d] == 0 && d % 2;
            for (uint32_t d = 0; d < 1550; d++) all[k] += holder[d] == 0;
            kj_sim_free(sim);
            world_free(&w);
        }
    }
    double even = (double)owners[0] / (double)(all[0] - owners[0]), thinned = (double)owners[1] / (double)(all[1] - owners[1]);
    if (fabs(even - 1.0) > 0.15 || fabs(thinned - 0.3) > 0.06 || llabs(all[1] - all[0]) > all[0] / 10)
        fail_msg("owners over others %.3f and %.3f, expected 1 and 0.3; homes left %lld and %lld", even, thinned, (long long)all[0], (long long)all[1]);
}


/* Who looks for a partner or parts does not move out in the same month; the level of the first year is met with both as without. */
static void out_migration_is_the_same_with_unions(void **state)
{
    (void)state;
    double left[2] = {0.0, 0.0};
    for (int k = 0; k < 2; k++) {
        const double on = k;
        const world_param only_out[] = {{"demography.mortality_scale", 0}, {"demography.in_scale", 0}, {"demography.fertility_scale", 0}, {"demography.care_scale", 0},
                                        {"demography.leaving_scale", 0}, {"demography.union_outside_share", 0}, {"demography.union_scale", on},
                                        {"demography.separation_scale", on}, {NULL, 0}};
        for (int seed = 1; seed <= 20; seed++) {
            world w;
            world_make(&w, &town);
            kj_sim *sim = world_sim(&w, (uint64_t)seed, true, 1, only_out);
            run_months(sim, 12);
            left[k] += (double)municipal(sim, "out_migrants");
            kj_sim_free(sim);
            world_free(&w);
        }
    }
    if (left[0] < 1000.0 || fabs(left[1] / left[0] - 1.0) > 0.06) fail_msg("%.0f moved out in 20 years without unions, %.0f with them", left[0], left[1]);
}

/* A fresh world in which all grown-ups study and turn 26 within the year. */
static void world_of_students(world *w)
{
    const world_size students = {.n_singles = 6000, .n_couples = 0, .n_families = 0, .jobs = 500};
    world_make(w, &students);
    uint8_t *activity = kj_store_data(&w->map.store, "person", "activity", KJ_U8), *education = kj_store_data(&w->map.store, "person", "education", KJ_U8);
    int32_t *birth = kj_store_data(&w->map.store, "person", "birth_month", KJ_I32);
    for (uint32_t i = 0; i < students.n_singles; i++) {
        activity[i] = KJ_ACT_STUDENT;
        education[i] = KJ_EDU_UPPER;
        birth[i] = WORLD_START + 1 + (int32_t)(i % 12) - 26 * 12;
    }
}

/* Of those who study on their own as many end it as the table says, and of these the share that was asked for leaves; nobody else does where
   that alone is more than the published level. */
static void students_leave_when_their_studies_end(void **state)
{
    (void)state;
    const double ends = 0.27, leaves = 0.67, n = 6000.0; /* studies.csv at 26, after_studies.csv */
    const world_param only_out[] = {{"demography.mortality_scale", 0}, {"demography.in_scale", 0}, {"demography.fertility_scale", 0}, {"demography.union_scale", 1},
                                    {"demography.separation_scale", 0}, {"demography.union_outside_share", 0}, {"demography.leaving_scale", 0},
                                    {"demography.start_lodging_share", 0}, {NULL, 0}};
    world w;
    world_of_students(&w);
    kj_sim *sim = world_sim(&w, 1, true, 1, only_out);
    run_months(sim, 12);
    const double left = (double)municipal(sim, "out_migrants");
    double study = 0.0;
    const kj_rows *person = kj_store_table(kj_sim_store(sim), "person");
    const uint8_t *activity = column(sim, "person", "activity", KJ_U8);
    for (uint32_t row = 0; row < person->n_rows; row++) study += person->alive[row] && activity[row] == KJ_ACT_STUDENT;
    const double p = ends * leaves;
    if (fabs(left - n * p) > 4.0 * sqrt(n * p * (1.0 - p))) fail_msg("%.0f students left, expected %.0f", left, n * p);
    if (fabs(study - n * (1.0 - ends)) > 4.0 * sqrt(n * ends * (1.0 - ends))) fail_msg("%.0f study on, expected %.0f", study, n * (1.0 - ends));
    kj_sim_free(sim);
    world_free(&w);
}

/* As many of the start population leave in a year as the published level says, where some study and others do not; and many more where twice as
   many are asked for: the level is found whatever is asked for. */
static void the_start_leaves_at_the_published_level(void **state)
{
    (void)state;
    const double level = 0.02964 + 0.02354 + 0.0048; /* migration_level.csv, other: out_county, out_country, out_abroad */
    const world_size mixed = {.n_singles = 6000, .n_couples = 1500, .n_families = 700, .jobs = 1500};
    double left[2] = {0.0, 0.0}, expected = 0.0, factor[2] = {0.0, 0.0};
    world w;
    world_make(&w, &mixed);
    uint8_t *activity = kj_store_data(&w.map.store, "person", "activity", KJ_U8);
    const int32_t *birth = kj_store_data(&w.map.store, "person", "birth_month", KJ_I32);
    for (uint32_t i = 0; i < mixed.n_singles; i += 2)
        if (birth[i] > WORLD_START - 30 * 12 && birth[i] <= WORLD_START - 19 * 12) activity[i] = KJ_ACT_STUDENT;
    for (int twice = 0; twice < 2; twice++) {
        const world_param only_out[] = {{"demography.mortality_scale", 0}, {"demography.in_scale", 0}, {"demography.fertility_scale", 0},
                                        {"demography.out_newcomer_ratio", 0}, {"demography.out_scale", twice + 1}, {NULL, 0}};
        for (int seed = 1; seed <= 8; seed++) {
            kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, only_out);
            factor[twice] = *(double *)column(sim, "municipality", "out_factor", KJ_F64);
            if (!twice) expected += level * (double)municipal(sim, "population");
            run_months(sim, 12);
            left[twice] += (double)municipal(sim, "out_migrants");
            kj_sim_free(sim);
        }
    }
    world_free(&w);
    assert_true(factor[0] > 0.01 && factor[0] < 9.0);
    assert_true(factor[0] == factor[1]);
    if (fabs(left[0] / expected - 1.0) > 0.04) fail_msg("%.0f moved out, expected %.0f", left[0], expected);
    if (left[1] < 1.6 * expected) fail_msg("%.0f moved out where twice %.0f were asked for", left[1], expected);
}

/* Parents part. Who keeps the children keeps the home if asked to, so that no child of both moves; and then looks for another home, always or
   never, as asked; nobody else begins to. */
static void who_keeps_the_children_keeps_the_home(void **state)
{
    (void)state;
    for (int both = 0; both < 2; both++) {
        const world_param only_parting[] = {{"demography.mortality_scale", 0}, {"demography.in_scale", 0}, {"demography.fertility_scale", 0}, {"demography.union_scale", 0},
                                            {"demography.care_scale", 0}, {"demography.leaving_scale", 0}, {"demography.out_scale", 0}, {"demography.start_lodging_share", 0},
                                            {"demography.separation_scale", 5}, {"demography.mother_keeps_home", 1}, {"demography.father_keeps_home", 1},
                                            {"demography.separation_both_move", both}, {"town.open", 0}, {NULL, 0}};
        world w;
        world_make(&w, &town);
        kj_sim *sim = world_sim(&w, 5, true, 1, only_parting);
        const kj_rows *person = kj_store_table(kj_sim_store(sim), "person");
        uint32_t parted = 0, moved = 0, searching = 0;
        run_months(sim, 12);
        const kj_id *mother = column(sim, "person", "mother", KJ_ID), *father = column(sim, "person", "father", KJ_ID), *of = column(sim, "person", "household", KJ_ID);
        const int16_t *birth = column(sim, "person", "birth_month", KJ_I16), *since = column(sim, "household", "searching", KJ_I16);
        const uint8_t *living = column(sim, "household", "living", KJ_U8);
        for (uint32_t row = 0; row < person->n_rows; row++) {
            if (!person->alive[row] || !mother[row] || !father[row] || birth[row] <= WORLD_START + 12 - 17 * 12) continue;
            uint32_t m = person->row_of[mother[row]], f = person->row_of[father[row]];
            if (m == KJ_NO_ROW || f == KJ_NO_ROW || of[m] == of[f]) continue;
            uint32_t home = kj_store_table(kj_sim_store(sim), "household")->row_of[of[row]];
            parted++;
            moved += living[home] == KJ_LIVES_LODGING; /* the one who left lodges */
            searching += since[home] != 0;
        }
        if (parted < 10 || moved || searching != (both ? parted : 0)) fail_msg("%u children of parted parents, %u moved, %u in homes that are searched for", parted, moved, searching);
        kj_sim_free(sim);
        world_free(&w);
    }
}

static const world_param only_arrivals[] = {
    {"demography.mortality_scale", 0}, {"demography.out_scale", 0}, {"demography.fertility_scale", 0}, {"demography.union_scale", 0},
    {"demography.separation_scale", 0}, {"demography.care_scale", 0}, {"demography.leaving_scale", 0}, {"demography.start_lodging_share", 0},
    {"demography.in_scale", 10}, {"demography.in_lodging_share", 1}, {"demography.lodging_ceiling", 1}, {"demography.sublet_share", 1},
    {"demography.sublet_rate", 0}, {"demography.start_waiting_months", 0}, {"town.open", 0}, {NULL, 0}};

/* Households that came to the map this month and lodge. */
static uint32_t newcomers_that_lodge(kj_sim *sim, kj_month month, uint32_t *rows)
{
    const uint32_t n = kj_store_table(kj_sim_store(sim), "household")->n_rows;
    const uint8_t *living = column(sim, "household", "living", KJ_U8), *origin = column(sim, "household", "origin", KJ_U8);
    const int16_t *formed = column(sim, "household", "formed", KJ_I16);
    uint32_t found = 0;
    for (uint32_t h = 0; h < n; h++)
        if (living[h] == KJ_LIVES_LODGING && formed[h] == month && origin[h] >= KJ_ORIGIN_COUNTY) rows[found++] = h;
    return found;
}

/* A newcomer who lodges has just moved in with its host: it does not change host in the same month, though all who leave home would. */
static void newcomers_stay_with_their_first_host(void **state)
{
    (void)state;
    static uint32_t rows[1 << 14];
    world w;
    world_make(&w, &town);
    kj_sim *sim = world_sim(&w, 3, true, 1, only_arrivals);
    uint32_t lodge = 0;
    for (kj_month month = WORLD_START + 1; month <= WORLD_START + 8; month++) {
        run_months(sim, 1);
        lodge += newcomers_that_lodge(sim, month, rows);
    }
    assert_true(lodge > 100);
    assert_int_equal(0, municipal(sim, "sublet_moves"));
    kj_sim_free(sim);
    world_free(&w);
}

enum { SMALL = 80 }; /* homes of the second municipality, the first in the table: single persons live there */

/* A second municipality, with the fourth area and some of the homes. */
static void split_town(world *w)
{
    kj_store *store = &w->map.store;
    kj_error err = {0};
    uint32_t first;
    assert_int_equal(KJ_OK, kj_rows_add(&err, store, kj_store_table(store, "municipality"), 1, &first));
    static const char *const texts[] = {"code", "name", "county"};
    for (size_t i = 0; i < 3; i++) ((int32_t *)kj_store_data(store, "municipality", texts[i], KJ_TEXT))[first] = kj_pool_intern(&store->pool, i == 2 ? "Testland" : "9998");
    ((kj_id *)kj_store_data(store, "area", "municipality", KJ_ID))[3] = 2;
    int32_t *cell = kj_store_data(store, "dwelling", "cell", KJ_I32);
    const int32_t *centre = kj_store_data(store, "area", "centre_cell", KJ_I32);
    for (uint32_t d = 0; d < kj_store_table(store, "dwelling")->n_rows; d++) {
        bool small = d < SMALL;
        if (small || d % WORLD_AREAS == 3) cell[d] = centre[small ? 3 : d % 3];
    }
}

/* Where newcomers lodge follows the people of each municipality, also of a small one: hosts are drawn among its own homes. */
static void newcomers_find_hosts_in_small_municipalities(void **state)
{
    (void)state;
    static uint32_t rows[1 << 14];
    world w;
    world_make(&w, &town);
    split_town(&w);
    double lodge = 0.0, small = 0.0, expected = 0.0;
    for (int seed = 1; seed <= 100; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, seed == 1, 1, only_arrivals);
        run_months(sim, 1);
        const int64_t *population = column(sim, "municipality", "population", KJ_I64);
        uint32_t n = newcomers_that_lodge(sim, WORLD_START + 1, rows);
        const kj_id *host = column(sim, "household", "host", KJ_ID), *home = column(sim, "household", "dwelling", KJ_ID);
        const uint32_t *household = kj_store_table(kj_sim_store(sim), "household")->row_of, *dwelling = kj_store_table(kj_sim_store(sim), "dwelling")->row_of;
        for (uint32_t i = 0; i < n; i++) small += dwelling[home[household[host[rows[i]]]]] < SMALL;
        lodge += n;
        expected += n * (double)population[1] / (double)(population[0] + population[1]);
        kj_sim_free(sim);
    }
    if (!(expected > 100.0) || fabs(small - expected) > 3.0 * sqrt(expected)) fail_msg("%.0f of %.0f lodge in the small municipality, expected %.1f", small, lodge, expected);
    world_free(&w);
}

/* As many wait outside at the start as asked, also when the tables must grow for them: 24 months of ten times the usual arrivals are more
   than all the town's people. None of them is a resident. */
static void many_wait_at_the_start(void **state)
{
    (void)state;
    const world_param many[] = {{"demography.in_scale", 10}, {"demography.start_waiting_months", 24}, {NULL, 0}};
    world w;
    world_make(&w, &town);
    kj_sim *sim = world_sim(&w, 1, true, 1, many);
    const kj_rows *person = kj_store_table(kj_sim_store(sim), "person");
    const uint8_t *resident = column(sim, "person", "resident", KJ_U8);
    const double level = 0.02964 + 0.02354 + 0.01; /* migration_level.csv, other: in_county, in_country, in_abroad */
    double waiting = 0.0, living = 0.0;
    for (uint32_t row = 0; row < person->n_rows; row++) {
        if (!person->alive[row]) continue;
        waiting += !resident[row];
        living += resident[row];
    }
    double expected = level * living / 12.0 * 10.0 * 24.0;
    assert_true(expected > living);
    if (fabs(waiting / expected - 1.0) > 0.1) fail_msg("%.0f wait, expected %.0f", waiting, expected);
    assert_int_equal(living, municipal(sim, "population"));
    kj_sim_free(sim);
    world_free(&w);
}

/* Births of a year in a world where all women of an age to study do so or none, and all homes are flats or none. */
static int64_t births_of(bool students, bool flats, const world_param *params)
{
    world w;
    world_make(&w, &town);
    uint8_t *activity = kj_store_data(&w.map.store, "person", "activity", KJ_U8), *kind = kj_store_data(&w.map.store, "dwelling", "kind", KJ_U8);
    const int32_t *birth = kj_store_data(&w.map.store, "person", "birth_month", KJ_I32);
    for (uint32_t i = 0; students && i < kj_store_table(&w.map.store, "person")->n_rows; i++)
        if ((WORLD_START - birth[i]) / 12 >= 18) activity[i] = KJ_ACT_STUDENT;
    memset(kind, flats ? KJ_FLAT : KJ_DETACHED, kj_store_table(&w.map.store, "dwelling")->n_rows);
    int64_t births = 0;
    for (int seed = 1; seed <= 40; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, params);
        run_months(sim, 1); /* before studies end */
        births += municipal(sim, "births");
        kj_sim_free(sim);
    }
    world_free(&w);
    return births;
}

/* Births of January in the same world, begun so many months later. */
static int64_t births_begun(int32_t later)
{
    world w;
    world_make(&w, &town);
    static const char *const dates[][2] = {{"person", "birth_month"}, {"household", "moved"}, {"household", "formed"}};
    for (size_t k = 0; k < sizeof dates / sizeof *dates; k++) {
        int32_t *month = kj_store_data(&w.map.store, dates[k][0], dates[k][1], KJ_I32);
        for (uint32_t i = 0; i < kj_store_table(&w.map.store, dates[k][0])->n_rows; i++) month[i] += later;
    }
    w.map.start += later;
    const world_param often[] = {{"demography.fertility_scale", 2}, {NULL, 0}};
    int64_t births = 0;
    for (int seed = 1; seed <= 240; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, often);
        run_months(sim, 1);
        births += municipal(sim, "births");
        kj_sim_free(sim);
    }
    world_free(&w);
    return births;
}

/* Sweden's total fertility rate: 1.668 in 2021, 1.430 in 2023, and later years as 2023. */
static void births_follow_the_calendar_year(void **state)
{
    (void)state;
    double of_2021 = (double)births_begun(0), of_2023 = (double)births_begun(24), of_2030 = (double)births_begun(108);
    assert_true(of_2023 > 400.0);
    double ratio = of_2021 / of_2023, error = ratio * sqrt(1.0 / of_2021 + 1.0 / of_2023);
    if (fabs(ratio - 1.668 / 1.430) > 3.0 * error || ratio - 1.0 < error) fail_msg("births %.0f in 2021, %.0f in 2023", of_2021, of_2023);
    if (fabs(of_2030 - of_2023) > 3.0 * sqrt(of_2023 + of_2030)) fail_msg("births %.0f in 2023, %.0f in 2030", of_2023, of_2030);
}

/* Women who study, and those in flats, have as many children as asked, relative to others. */
static void births_follow_studies_and_homes(void **state)
{
    (void)state;
    const world_param none[] = {{"demography.fertility_scale", 4}, {"demography.student_fertility", 0}, {"demography.flat_fertility", 0}, {NULL, 0}};
    const world_param half[] = {{"demography.fertility_scale", 4}, {"demography.student_fertility", 0.5}, {"demography.flat_fertility", 0.5}, {NULL, 0}};
    assert_true(births_of(false, false, none) > 0);
    assert_int_equal(0, births_of(true, false, none));
    assert_int_equal(0, births_of(false, true, none));
    double all = (double)births_of(false, false, half), studying = (double)births_of(true, false, half), in_flats = (double)births_of(false, true, half);
    assert_true(all > 100.0);
    if (fabs(studying / all - 0.5) > 0.12 || fabs(in_flats / all - 0.5) > 0.12) fail_msg("births %.0f, of students %.0f, in flats %.0f", all, studying, in_flats);
}

/* Where the women of the start live and what they do sets the level of births; that they come to live otherwise later does not change it. */
static void births_keep_their_level(void **state)
{
    (void)state;
    world w;
    world_make(&w, &town);
    memset(kj_store_data(&w.map.store, "dwelling", "kind", KJ_U8), KJ_DETACHED, kj_store_table(&w.map.store, "dwelling")->n_rows);
    int64_t births[2] = {0};
    for (int flats = 0; flats < 2; flats++)
        for (uint64_t seed = 1; seed <= 30; seed++) {
            kj_sim *sim = world_sim(&w, seed, false, 2, NULL);
            run_months(sim, 12);
            if (flats) memset(column(sim, "dwelling", "kind", KJ_U8), KJ_FLAT, kj_store_table(kj_sim_store(sim), "dwelling")->n_rows);
            run_months(sim, 24);
            births[flats] += municipal(sim, "births");
            kj_sim_free(sim);
        }
    assert_true(births[0] > 500);
    if (fabs((double)births[1] / (double)births[0] - 1.0) > 0.1) fail_msg("births %lld in houses, %lld in flats", (long long)births[0], (long long)births[1]);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_persons_and_their_draws),
        cmocka_unit_test(a_decade_passes_the_audit),
        cmocka_unit_test(same_state_for_any_number_of_threads),
        cmocka_unit_test(nothing_happens_without_rates),
        cmocka_unit_test(the_last_death_frees_the_home),
        cmocka_unit_test(children_are_the_same_in_two_worlds),
        cmocka_unit_test(vision_says_what_it_demands),
        cmocka_unit_test(out_migration_is_the_same_with_unions),
        cmocka_unit_test(students_leave_when_their_studies_end),
        cmocka_unit_test(the_start_leaves_at_the_published_level),
        cmocka_unit_test(owners_leave_as_often_as_asked),
        cmocka_unit_test(who_keeps_the_children_keeps_the_home),
        cmocka_unit_test(newcomers_stay_with_their_first_host),
        cmocka_unit_test(newcomers_find_hosts_in_small_municipalities),
        cmocka_unit_test(births_follow_studies_and_homes),
        cmocka_unit_test(births_follow_the_calendar_year),
        cmocka_unit_test(births_keep_their_level),
        cmocka_unit_test(many_wait_at_the_start),
        cmocka_unit_test(as_many_commute_out_as_jobs_let),
        cmocka_unit_test(workplaces_are_changed_as_often_as_asked),
        cmocka_unit_test(newcomers_are_educated_like_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
