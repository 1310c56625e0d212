#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum {
    AWAKE_NS = 2000000, /* longer than the serial parts of a month */
    CROWDED_NS = 50000, /* a turn to wait that took longer than this was somebody else's */
    PAUSES = 1000 /* between turns to wait: some tens of microseconds */
};

struct kj_team {
    /* Number of the job << 32 | items of it that nobody has begun. An item is taken by one exchange, which fails once the
       job is over; while it is being done the job is not over, so that the fields below stand still. */
    _Atomic uint64_t job;
    _Alignas(64) atomic_uint n_done;
    uint32_t n_items;
    kj_team_work work;
    void *data;
    _Alignas(64) atomic_uint n_asleep;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint32_t n_threads; /* that run, the caller counted */
    struct member {
        kj_team *team;
        uint32_t thread;
        pthread_t id;
    } *members;
};

static bool has_items(uint64_t job) { return (uint32_t)job != 0; }

/* False when nothing is left to begin. */
static bool do_item(kj_team *team, uint32_t thread)
{
    uint64_t job = atomic_load(&team->job);
    while (has_items(job))
        if (atomic_compare_exchange_weak(&team->job, &job, job - 1)) {
            team->work(team->data, team->n_items - (uint32_t)job, thread);
            atomic_fetch_add(&team->n_done, 1);
            return true;
        }
    return false;
}

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until_work(kj_team *team)
{
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add(&team->n_asleep, 1);
    while (!has_items(atomic_load(&team->job)) && !atomic_load(&team->stop)) pthread_cond_wait(&team->wake, &team->lock);
    atomic_fetch_sub(&team->n_asleep, 1);
    pthread_mutex_unlock(&team->lock);
}

/* Waits awake, but not where others wait for the processor. */
static void *member_main(void *arg)
{
    const struct member *me = arg;
    kj_team *team = me->team;
    int64_t idle_since = nanoseconds();
    while (!atomic_load(&team->stop)) {
        if (do_item(team, me->thread)) {
            idle_since = nanoseconds();
            continue;
        }
        for (int i = 0; i < PAUSES && !has_items(atomic_load_explicit(&team->job, memory_order_relaxed)); i++) pause_briefly();
        int64_t before = nanoseconds();
        sched_yield();
        int64_t now = nanoseconds();
        if (now - idle_since < AWAKE_NS && now - before < CROWDED_NS) continue;
        sleep_until_work(team);
        idle_since = nanoseconds();
    }
    return NULL;
}

static void wake_all(kj_team *team)
{
    if (!atomic_load(&team->n_asleep)) return;
    pthread_mutex_lock(&team->lock);
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->lock);
}

kj_team *kj_team_new(uint32_t n_threads)
{
    kj_team *team = aligned_alloc(64, (sizeof *team + 63) / 64 * 64);
    if (!team) return NULL;
    *team = (kj_team){.n_threads = 1, .members = calloc(n_threads + 1u, sizeof *team->members)};
    if (!team->members) {
        free(team);
        return NULL;
    }
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->wake, NULL);
    for (; team->n_threads < n_threads; team->n_threads++) {
        struct member *m = &team->members[team->n_threads];
        *m = (struct member){.team = team, .thread = team->n_threads};
        if (pthread_create(&m->id, NULL, member_main, m)) break;
    }
    return team;
}

void kj_team_free(kj_team *team)
{
    if (!team) return;
    atomic_store(&team->stop, true);
    wake_all(team);
    for (uint32_t i = 1; i < team->n_threads; i++) pthread_join(team->members[i].id, NULL);
    pthread_cond_destroy(&team->wake);
    pthread_mutex_destroy(&team->lock);
    free(team->members);
    free(team);
}

void kj_team_run(kj_team *team, uint32_t n, kj_team_work work, void *data)
{
    if (n == 0) return;
    team->n_items = n;
    team->work = work;
    team->data = data;
    atomic_store(&team->n_done, 0);
    atomic_store(&team->job, ((atomic_load(&team->job) >> 32) + 1) << 32 | n);
    wake_all(team);
    while (do_item(team, 0)) continue;
    for (uint32_t i = 1; atomic_load(&team->n_done) < n; i++) {
        pause_briefly();
        if (i % PAUSES == 0) sched_yield();
    }
}
