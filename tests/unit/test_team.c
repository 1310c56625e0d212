/* Threads of a simulation: each item once, by a thread that does nothing else meanwhile; also after they fell asleep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../core/engine/team.h"

enum { THREADS = 5, ITEMS = 1000 }; /* more threads than most machines that test have to spare */

typedef struct tally {
    atomic_int done[ITEMS], inside[THREADS], crossed; /* crossed: two items at once on one thread, or a thread that is none */
    atomic_uint begun;
} tally;

static void count(void *data, uint32_t item, uint32_t thread)
{
    tally *t = data;
    if (thread >= THREADS || atomic_fetch_add(&t->inside[thread], 1) != 0) {
        atomic_fetch_add(&t->crossed, 1);
        return;
    }
    atomic_fetch_add(&t->done[item], 1);
    atomic_fetch_add(&t->begun, 1);
    atomic_fetch_sub(&t->inside[thread], 1);
}

static void run_and_check(kj_team *team, uint32_t n)
{
    static tally t;
    memset(&t, 0, sizeof t);
    kj_team_run(team, n, count, &t);
    assert_int_equal(atomic_load(&t.begun), n); /* all are done when the call returns */
    assert_int_equal(atomic_load(&t.crossed), 0);
    for (uint32_t i = 0; i < ITEMS; i++) assert_int_equal(atomic_load(&t.done[i]), i < n);
}

static void each_item_once(void **state)
{
    (void)state;
    kj_team *team = kj_team_new(THREADS);
    assert_non_null(team);
    for (uint32_t run = 0; run < 2000; run++) run_and_check(team, run % 7 * 23);
    run_and_check(team, ITEMS);
    kj_team_free(team);
}

static void sleepers_wake_up(void **state)
{
    (void)state;
    kj_team *team = kj_team_new(THREADS);
    assert_non_null(team);
    for (int run = 0; run < 5; run++) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* ten times as long as they stay awake */
        run_and_check(team, ITEMS);
    }
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    kj_team_free(team); /* asleep: they must hear of it */
}

static void one_is_a_team(void **state)
{
    (void)state;
    kj_team *team = kj_team_new(1);
    assert_non_null(team);
    run_and_check(team, ITEMS);
    kj_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_item_once), cmocka_unit_test(sleepers_wake_up), cmocka_unit_test(one_is_a_team)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
