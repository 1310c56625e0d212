#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "member.h"
#include "modules.h"

enum { ATTEMPTS = 3, POLL_MS = 200 };

typedef struct slot {
    pid_t pid; /* 0: free */
    uint32_t member;
    double began;
} slot;

typedef struct pool {
    const kj_plan *plan;
    const kj_pool_options *options;
    slot *slots;
    uint32_t *queue; /* members to run; those killed come again at the end */
    uint32_t n_queue, next, n_running;
    uint8_t *attempts;
    double began;
    kj_pool_outcome *out;
} pool;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- one driver a folder ---- */

kj_status kj_pool_lock(kj_error *err, const kj_plan *plan, int *lock)
{
    char path[KJ_PATH_MAX], text[64];
    kj_status status = kj_plan_path(err, plan, path, "driver.lock");
    if (status) return status;
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (*lock < 0) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s", path, kj_why(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
        ssize_t n = read(*lock, text, sizeof text - 1);
        text[n > 0 ? n : 0] = 0;
        text[strcspn(text, "\n")] = 0;
        close(*lock);
        return kj_fail(err, KJ_E_INPUT, "%s: another kedja batch works on this experiment (process %s)", plan->folder, text);
    }
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(*lock, 0) || pwrite(*lock, text, (size_t)n, 0) != n) {
        int why = errno;
        close(*lock);
        return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, kj_why(why));
    }
    return KJ_OK;
}

int64_t kj_pool_driver(const kj_plan *plan)
{
    char path[KJ_PATH_MAX], text[64] = "";
    kj_error ignored;
    if (kj_plan_path(&ignored, plan, path, "driver.lock")) return 0;
    int lock = open(path, O_RDONLY | O_CLOEXEC);
    if (lock < 0) return 0;
    bool busy = flock(lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
    ssize_t n = busy ? read(lock, text, sizeof text - 1) : 0;
    close(lock);
    return n > 0 ? strtoll(text, NULL, 10) : 0;
}

/* ---- processes ---- */

/* In the child: a member ends with its driver, keeping a checkpoint, so that none is ever run twice at a time. */
static void become_member(const pool *p, uint32_t m, pid_t driver)
{
    char number[16], log[KJ_PATH_MAX];
    kj_error ignored;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0); /* Ctrl-C reaches the driver alone, which stops its members in order */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != driver) _exit(75);
    snprintf(number, sizeof number, "%u", m + 1);
    int fd = kj_plan_path(&ignored, p->plan, log, "log/member_%04u.log", m + 1) == KJ_OK ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(fd >= 0 ? fd : null, STDERR_FILENO);
    execl(p->options->program, "kedja", "batch", "member", number, p->plan->folder, (char *)NULL);
    _exit(126);
}

static kj_status start_member(kj_error *err, pool *p, slot *s)
{
    uint32_t m = p->queue[p->next];
    pid_t driver = getpid(), pid = fork();
    if (pid < 0) return kj_fail(err, KJ_E_FAILED, "a process for member %u cannot be started: %s", m + 1, kj_why(errno));
    if (pid == 0) become_member(p, m, driver);
    *s = (slot){pid, m, now()};
    p->next++;
    p->n_running++;
    p->attempts[m]++;
    return KJ_OK;
}

static void report(const pool *p)
{
    if (!p->options->progress) return;
    double wall = now() - p->began;
    uint32_t done = p->out->n_complete - p->out->n_before, left = p->plan->n_members - p->out->n_complete - p->out->n_failed;
    kj_pool_progress progress = {.n_members = p->plan->n_members, .n_complete = p->out->n_complete, .n_failed = p->out->n_failed,
                                 .n_running = p->n_running, .wall_seconds = wall, .left_seconds = done ? wall / done * left : (double)NAN};
    p->options->progress(p->options->data, &progress);
}

static void fail_member(pool *p, uint32_t m, const char *message)
{
    p->out->n_failed++;
    if (p->options->failed) p->options->failed(p->options->data, m, message);
}

/* What an ended process means for its member. */
static void settle(pool *p, uint32_t m, int how)
{
    kj_error err;
    kj_member_look look;
    bool ended = WIFEXITED(how);
    int code = ended ? WEXITSTATUS(how) : 0;
    if (kj_member_see(&err, p->plan, m, &look)) {
        fail_member(p, m, err.text);
    } else if (look.state == KJ_MEMBER_COMPLETE) {
        p->out->n_complete++;
    } else if ((!ended || code == 75) && p->attempts[m] < ATTEMPTS) { /* killed or stopped: it goes on from its checkpoint */
        p->queue[p->n_queue++] = m;
    } else {
        char message[640];
        if (!ended) snprintf(message, sizeof message, "killed by signal %d, %d times", WTERMSIG(how), p->attempts[m]);
        else snprintf(message, sizeof message, "%s", look.message[0] ? look.message : "");
        if (!message[0]) snprintf(message, sizeof message, "ended with status %d: see log/member_%04u.log", code, m + 1);
        fail_member(p, m, message);
    }
}

static bool stopping(const pool *p) { return p->options->stop && *p->options->stop; }

static void collect(pool *p)
{
    for (int32_t s = 0; s < p->options->n_jobs; s++) {
        int how;
        if (!p->slots[s].pid || waitpid(p->slots[s].pid, &how, WNOHANG) != p->slots[s].pid) continue;
        p->out->member_seconds += now() - p->slots[s].began;
        p->slots[s].pid = 0;
        p->n_running--;
        if (stopping(p)) continue;
        settle(p, p->slots[s].member, how);
        report(p);
    }
}

static kj_status drive(kj_error *err, pool *p)
{
    kj_status status = KJ_OK;
    bool told = false;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    while (p->n_running || (!status && !stopping(p) && p->next < p->n_queue)) {
        for (int32_t s = 0; !status && !stopping(p) && s < p->options->n_jobs && p->next < p->n_queue; s++)
            if (!p->slots[s].pid) status = start_member(err, p, &p->slots[s]);
        if ((status || stopping(p)) && !told) {
            told = true;
            for (int32_t s = 0; s < p->options->n_jobs; s++)
                if (p->slots[s].pid) kill(p->slots[s].pid, SIGTERM);
        }
        if (p->n_running) sigtimedwait(&child, NULL, &(struct timespec){0, POLL_MS * 1000000L}); /* at once when one ends */
        collect(p);
    }
    if (!status && stopping(p)) status = kj_fail(err, KJ_E_STOPPED, "stopped; the same command goes on");
    return status;
}

/* ---- all ---- */

static kj_status fill_queue(kj_error *err, pool *p)
{
    for (uint32_t m = 0; m < p->plan->n_members; m++) {
        kj_member_look look;
        kj_status status = kj_member_see(err, p->plan, m, &look);
        if (status) return status;
        if (look.state == KJ_MEMBER_COMPLETE) p->out->n_before++;
        else p->queue[p->n_queue++] = m;
    }
    p->out->n_complete = p->out->n_before;
    return KJ_OK;
}

kj_status kj_pool_run(kj_error *err, const kj_plan *plan, const kj_pool_options *options, kj_pool_outcome *out)
{
    *out = (kj_pool_outcome){0};
    pool p = {.plan = plan, .options = options, .out = out};
    p.slots = calloc((size_t)options->n_jobs, sizeof *p.slots);
    p.queue = calloc((size_t)plan->n_members * ATTEMPTS, sizeof *p.queue);
    p.attempts = calloc(plan->n_members, 1);
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    kj_status status = p.slots && p.queue && p.attempts ? fill_queue(err, &p) : kj_fail(err, KJ_E_MEMORY, "out of memory for the pool");
    if (!status && p.n_queue) status = kj_plan_check_modules(err, plan); /* once for all, before every member finds out */
    p.began = now();
    if (!status && p.n_queue) report(&p);
    if (!status) status = drive(err, &p);
    out->wall_seconds = now() - p.began;
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(p.slots);
    free(p.queue);
    free(p.attempts);
    return status;
}
