/* kedja batch [run|member|merge|status|cancel|retry] EXPERIMENT.lua|FOLDER */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../batch/local.h"
#include "../batch/member.h"
#include "../batch/merge.h"
#include "../batch/slurm.h"
#include "batch_text.h"
#include "cli.h"
#include "stop.h"

enum { OUT, MAP, DRY_RUN, EXECUTOR, JOBS, PROFILE, WAIT, THREADS, PLUGIN, QUIET };

static const kj_option options[] = {
    [OUT] = {"out", "FOLDER", "folder of plan, members and result (default: NAME.batch)"},
    [MAP] = {"map", "NAME|FOLDER", "another map than the experiment's or its scenario's; kept in the folder's plan, so later calls need not name it"},
    [DRY_RUN] = {"dry-run", NULL, "print an estimate of time, memory and disk, for slurm what would be submitted, and the first runs of the table; run none"},
    [EXECUTOR] = {"executor", "local|slurm", "where members run (default: local)"},
    [JOBS] = {"jobs", "N", "members at a time on this machine (default: all processors)"},
    [PROFILE] = {"profile", "FILE.lua", "for slurm: partition, account, modules and limits of the cluster, as profile{…}"},
    [WAIT] = {"wait", NULL, "for slurm: wait until the queue holds none of the members any more"},
    [THREADS] = {"threads", "N", "for member: threads; the result is the same for any number (default: 1)"},
    [PLUGIN] = {"plugin", "FILE.so", "all members also load a plugin; kept in the folder's plan, so later calls need not name it; may be repeated"},
    [QUIET] = {"quiet", NULL, "no progress, no summary"},
    {0},
};

typedef struct wishes {
    const char *verb, *experiment, *folder, *profile;
    int64_t *numbers; /* members named */
    uint32_t n_numbers;
    char *map;      /* a name, or a whole path; NULL */
    char **modules; /* plugin files, whole paths */
    uint32_t n_modules;
    int64_t n_jobs, n_threads;
    kj_profile cluster; /* for slurm */
    bool dry_run, slurm, wait, quiet;
} wishes;

static kj_plan_ask ask_of(const wishes *w, bool quiet)
{
    return (kj_plan_ask){.experiment = w->experiment, .folder = w->folder, .map = w->map, .modules = (const char *const *)w->modules, .n_modules = w->n_modules, .quiet = quiet};
}

/* ---- run ---- */

static kj_status own_path(kj_error *err, char out[4096])
{
    ssize_t n = readlink("/proc/self/exe", out, 4095);
    if (n < 0) return kj_fail(err, KJ_E_FAILED, "/proc/self/exe: %s", kj_why(errno));
    out[n] = 0;
    return KJ_OK;
}

/* A folder that is not there yet is told as it will be. */
static kj_status whole_folder(kj_error *err, char folder[KJ_PATH_MAX])
{
    char here[KJ_PATH_MAX], out[KJ_PATH_MAX], *whole = realpath(folder, NULL);
    kj_status status = KJ_OK;
    if (whole) snprintf(out, sizeof out, "%s", whole);
    else if (folder[0] == '/') strcpy(out, folder);
    else if (!getcwd(here, sizeof here)) status = kj_fail(err, KJ_E_FAILED, "the working folder: %s", kj_why(errno));
    else status = kj_path_join(err, here, folder, out);
    if (!status) strcpy(folder, out);
    free(whole);
    return status;
}

static void print_or(const char *name, const char *text) { printf("  %-10s %s\n", name, text ? text : "the cluster's own"); }

static void print_preview(const kj_plan *plan, const kj_slurm_submission *s, const kj_profile *p, const char *script)
{
    char limit[24] = "";
    printf("\nSlurm: %u of %u members are complete, %u wait or run already\n", s->n_complete, plan->n_members, s->n_queued);
    if (!s->n_submitted) {
        puts("  nothing would be submitted");
        return;
    }
    if (p->at_a_time) snprintf(limit, sizeof limit, "%%%d", p->at_a_time);
    printf("  submits    %u members: %u task%s of up to %u, --array=1-%u%s", s->n_submitted, s->n_tasks, s->n_tasks == 1 ? "" : "s", s->chunk, s->n_tasks,
           limit);
    if (s->n_arrays == 1) puts("");
    else if (s->n_arrays) printf(", split into %u arrays by the cluster's MaxArraySize\n", s->n_arrays);
    else puts(" (split where the cluster's MaxArraySize is less; no cluster is reached from here)");
    printf("  a task     %d processor%s, %d min, %d MB; put back up to %d times\n", p->cpus, p->cpus == 1 ? "" : "s", s->minutes, s->memory_mb, p->requeues);
    print_or("partition", p->partition);
    print_or("account", p->account);
    print_or("qos", p->qos);
    printf("  then       a job that merges them, when all have ended\n\nslurm/members.sh, given to sbatch:\n\n%s", script);
}

static kj_status preview(kj_error *err, kj_plan *plan, const wishes *w, const kj_probe *probe)
{
    char program[4096], *script = NULL;
    const kj_slurm_request request = {.program = program, .profile = w->cluster};
    kj_slurm_submission submission;
    kj_status status = own_path(err, program);
    if (!status) status = whole_folder(err, plan->folder);
    if (!status) status = kj_slurm_preview(err, plan, &request, probe, &submission, &script);
    if (!status) print_preview(plan, &submission, &w->cluster, script);
    free(script);
    return status;
}

static kj_status dry_run(kj_error *err, const wishes *w)
{
    kj_plan plan;
    kj_probe probe;
    const kj_plan_ask ask = ask_of(w, w->quiet);
    kj_status status = kj_plan_make(err, &ask, &plan);
    if (status) return status;
    status = kj_plan_probe(err, &plan, &probe);
    if (!status) {
        kj_batch_print_plan(&plan);
        kj_batch_print_cost(&plan, &probe, (int32_t)w->n_jobs);
        if (w->slurm) status = preview(err, &plan, w, &probe);
    }
    if (!status) kj_batch_print_members(&plan);
    kj_plan_free(&plan);
    return status;
}

static void print_summary(const kj_plan *plan, const wishes *w, const kj_pool_outcome *o)
{
    char wall[32];
    uint32_t ran = o->n_complete - o->n_before + o->n_failed;
    if (w->quiet) return;
    printf("%u of %u members are complete in %s", o->n_complete, plan->n_members, plan->folder);
    if (o->n_before) printf(" (%u were before)", o->n_before);
    puts("");
    if (ran && o->wall_seconds > 0)
        printf("%s with %lld at a time; %.1f %% of that in member processes\n", kj_batch_time(o->wall_seconds, wall), (long long)w->n_jobs,
               100 * o->member_seconds / (o->wall_seconds * (double)(w->n_jobs < ran ? w->n_jobs : ran)));
}

/* ---- merging ---- */

static void show_share(void *data, double share)
{
    const kj_batch_meter *meter = data;
    if (!meter->quiet && meter->terminal) fprintf(stderr, "\rmerging %3.0f %%%s", 100 * share, share >= 1 ? "\n" : "");
}

static kj_status merge(kj_error *err, const kj_plan *plan, const wishes *w)
{
    kj_batch_meter meter = {.quiet = w->quiet, .terminal = isatty(STDERR_FILENO) == 1};
    kj_merge_outcome outcome;
    kj_status status = kj_merge(err, plan, show_share, &meter, &outcome);
    if (status) return status;
    if (!w->quiet) printf("merged %u of %u members into %s\n", outcome.n_merged, outcome.n_members, outcome.path);
    if (outcome.n_merged == outcome.n_members) return KJ_OK;
    return kj_fail(err, KJ_E_FAILED, "%u of %u members are missing in %s: each figure there says how many it is over, /members says which and why",
                   outcome.n_members - outcome.n_merged, outcome.n_members, outcome.path);
}

static kj_status run_local(kj_error *err, const kj_plan *plan, const wishes *w)
{
    char program[4096];
    kj_batch_meter meter = {.quiet = w->quiet, .terminal = isatty(STDERR_FILENO) == 1};
    kj_pool_outcome outcome;
    int lock = -1;
    kj_status status = own_path(err, program);
    if (status) return status;
    kj_pool_options pool = {.program = program, .n_jobs = (int32_t)w->n_jobs, .stop = kj_stop_on_signals(), .progress = kj_batch_progress,
                            .failed = kj_batch_failed, .data = &meter};
    status = kj_pool_lock(err, plan, &lock);
    if (!status) status = kj_pool_run(err, plan, &pool, &outcome);
    if (!status) print_summary(plan, w, &outcome);
    kj_error merging;
    bool merged = !status && outcome.n_complete > 0;
    if (merged && merge(&merging, plan, w) && !outcome.n_failed) *err = merging, status = merging.status;
    if (!status && outcome.n_failed)
        status = kj_fail(err, KJ_E_FAILED, "%u of %u members failed; `kedja batch status %s` names them, the same command tries them again",
                         outcome.n_failed, plan->n_members, w->experiment);
    if (lock >= 0) close(lock);
    return status;
}

/* ---- on a cluster ---- */

static void print_submission(const kj_plan *plan, const kj_slurm_submission *s)
{
    printf("%u of %u members are complete, %u wait or run already\n", s->n_complete, plan->n_members, s->n_queued);
    if (!s->n_submitted) return;
    printf("submitted %u members: %u task%s of up to %u, in job%s %s; each asks for %d min and %d MB\n", s->n_submitted, s->n_tasks, s->n_tasks == 1 ? "" : "s",
           s->chunk, s->n_arrays == 1 ? "" : "s", s->jobs, s->minutes, s->memory_mb);
    if (s->merge_job[0]) printf("job %s merges them when all have ended\n", s->merge_job);
    printf("`kedja batch status %s` follows them; the same command again submits what is missing then\n", plan->folder);
}

/* Until no task is queued; asks every second at first, then every ten. */
static kj_status wait_for_queue(kj_error *err, const kj_plan *plan, bool quiet)
{
    const volatile sig_atomic_t *stop = kj_stop_on_signals();
    uint32_t last = UINT32_MAX;
    for (int i = 0;; i++) {
        kj_slurm_queue queue;
        kj_status status = kj_slurm_look(err, plan, &queue);
        if (status) return status;
        uint32_t left = queue.n_running + queue.n_pending + queue.n_merge;
        if (!quiet && left != last) fprintf(stderr, "%u tasks run, %u wait%s%s%s\n", queue.n_running, queue.n_pending, queue.reason[0] ? " (" : "", queue.reason, queue.reason[0] ? ")" : "");
        last = left;
        kj_slurm_queue_free(&queue);
        if (!left) return KJ_OK;
        if (*stop) return kj_fail(err, KJ_E_STOPPED, "stopped waiting; the jobs go on (`kedja batch cancel` ends them)");
        sleep(i < 60 ? 1 : 10);
    }
}

static kj_status check_complete(kj_error *err, const kj_plan *plan)
{
    uint32_t n_complete;
    kj_status status = kj_batch_print_status(err, plan, &n_complete);
    if (!status && n_complete < plan->n_members)
        status = kj_fail(err, KJ_E_FAILED, "%u of %u members are not complete; the same command submits them again", plan->n_members - n_complete, plan->n_members);
    return status;
}

static kj_status run_slurm(kj_error *err, const kj_plan *plan, const wishes *w)
{
    char program[4096];
    int lock = -1;
    const kj_slurm_request request = {.program = program, .profile = w->cluster};
    kj_slurm_submission submission;
    kj_status status = own_path(err, program);
    if (!status) status = kj_pool_lock(err, plan, &lock); /* two calls at a time would submit members twice */
    if (!status) status = kj_slurm_submit(err, plan, &request, &submission);
    if (lock >= 0) close(lock);
    if (!status && !w->quiet) print_submission(plan, &submission);
    if (!status && w->wait) status = wait_for_queue(err, plan, w->quiet);
    return !status && w->wait ? check_complete(err, plan) : status;
}

static kj_status run_all(kj_error *err, const wishes *w)
{
    kj_plan plan;
    if (w->dry_run) return dry_run(err, w);
    const kj_plan_ask ask = ask_of(w, w->quiet);
    kj_status status = kj_plan_open(err, &ask, &plan);
    if (status) return status;
    status = w->slurm ? run_slurm(err, &plan, w) : run_local(err, &plan, w);
    kj_plan_free(&plan);
    return status;
}

/* ---- the others ---- */

static kj_status run_member(kj_error *err, const wishes *w, const kj_plan *plan)
{
    uint32_t m;
    kj_watch watch = {.stop = kj_stop_on_signals(), .quiet = true};
    if (w->n_numbers != 1) return kj_fail(err, KJ_E_INPUT, "batch member: expected one number of a member, found %u", w->n_numbers);
    kj_status status = kj_plan_member(err, plan, w->numbers[0], &m);
    return status ? status : kj_member_run(err, plan, m, (int32_t)w->n_threads, &watch);
}

static kj_status print_status(kj_error *err, const kj_plan *plan)
{
    uint32_t n_complete;
    kj_status status = kj_batch_print_status(err, plan, &n_complete);
    int64_t driver = kj_pool_driver(plan);
    if (!status && driver) printf("process %lld runs them\n", (long long)driver);
    if (status || !kj_slurm_used(plan)) return status;
    kj_slurm_queue queue;
    status = kj_slurm_look(err, plan, &queue);
    if (status) return status;
    printf("Slurm: %u tasks run, %u wait%s%s%s\n", queue.n_running, queue.n_pending, queue.reason[0] ? " (" : "", queue.reason, queue.reason[0] ? ")" : "");
    kj_slurm_queue_free(&queue);
    return KJ_OK;
}

static kj_status cancel(kj_error *err, const kj_plan *plan)
{
    int64_t driver = kj_pool_driver(plan);
    if (kj_slurm_used(plan)) {
        kj_status status = kj_slurm_cancel(err, plan);
        if (status) return status;
        puts("the jobs were cancelled; members keep checkpoints");
        if (!driver) return KJ_OK;
    }
    if (!driver) {
        printf("nothing runs for %s on this machine\n", plan->folder);
        return KJ_OK;
    }
    if (kill((pid_t)driver, SIGTERM)) return kj_fail(err, KJ_E_FAILED, "process %lld: %s", (long long)driver, kj_why(errno));
    printf("process %lld was asked to stop; members keep checkpoints\n", (long long)driver);
    return KJ_OK;
}

/* Begins failed members anew: all of them, or those named. */
static kj_status retry(kj_error *err, const kj_plan *plan, const wishes *w)
{
    kj_status status = KJ_OK;
    uint32_t n_reset = 0;
    for (uint32_t i = 0; !status && i < (w->n_numbers ? w->n_numbers : plan->n_members); i++) {
        uint32_t m = i;
        kj_member_look look = {0};
        if (w->n_numbers) status = kj_plan_member(err, plan, w->numbers[i], &m);
        if (!status) status = kj_member_see(err, plan, m, &look);
        if (status || look.state == KJ_MEMBER_COMPLETE || look.state == KJ_MEMBER_WAITING) continue;
        if (!w->n_numbers && look.state == KJ_MEMBER_UNFINISHED) continue;
        status = kj_member_reset(err, plan, m);
        n_reset++;
    }
    if (!status && !w->quiet) printf("%u members begin anew\n", n_reset);
    if (status) return status;
    return w->slurm ? run_slurm(err, plan, w) : run_local(err, plan, w);
}

static kj_status with_plan(kj_error *err, const wishes *w)
{
    kj_plan plan;
    kj_plan_ask ask = ask_of(w, true);
    /* the others look, and leave no folder behind, unless one is named: so an experiment is planned for a scheduler of one's own */
    ask.only_look = strcmp(w->verb, "member") && strcmp(w->verb, "retry") && !w->folder;
    kj_status status = kj_plan_open(err, &ask, &plan);
    if (status) return status;
    if (!strcmp(w->verb, "member")) status = run_member(err, w, &plan);
    else if (!strcmp(w->verb, "status")) status = print_status(err, &plan);
    else if (!strcmp(w->verb, "merge")) status = merge(err, &plan, w);
    else if (!strcmp(w->verb, "cancel")) status = cancel(err, &plan);
    else status = retry(err, &plan, w);
    kj_plan_free(&plan);
    return status;
}

/* ---- words ---- */

static bool is_verb(const char *word)
{
    static const char *const verbs[] = {"run", "member", "merge", "status", "cancel", "retry"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (!strcmp(word, verbs[i])) return true;
    return false;
}

static kj_status take_word(kj_error *err, const char *text, wishes *w)
{
    bool is_number = *text && strspn(text, "0123456789") == strlen(text);
    if (!w->verb) {
        w->verb = is_verb(text) ? text : "run";
        if (w->verb == text) return KJ_OK;
    }
    if (is_number && (!strcmp(w->verb, "member") || !strcmp(w->verb, "retry")))
        return kj_cli_number(err, "member", text, 1, 10000000, &w->numbers[w->n_numbers++]);
    if (w->experiment) return kj_fail(err, KJ_E_INPUT, "one experiment at a time: '%s' comes after '%s'", text, w->experiment);
    w->experiment = text;
    return KJ_OK;
}

/* A folder becomes a whole path, since members may run from elsewhere; anything else is the name of a shipped map. */
static kj_status take_map(kj_error *err, const char *text, wishes *w)
{
    free(w->map);
    w->map = realpath(text, NULL);
    if (!w->map) w->map = strdup(text);
    return w->map ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

static kj_status take_option(kj_error *err, const kj_word *word, wishes *w)
{
    switch (word->option) {
    case OUT: w->folder = word->text; return KJ_OK;
    case MAP: return take_map(err, word->text, w);
    case DRY_RUN: w->dry_run = true; return KJ_OK;
    case EXECUTOR:
        w->slurm = !strcmp(word->text, "slurm");
        return w->slurm || !strcmp(word->text, "local") ? KJ_OK : kj_fail(err, KJ_E_INPUT, "option --executor: expected local or slurm, found '%s'", word->text);
    case JOBS: return kj_cli_number(err, "jobs", word->text, 1, 1024, &w->n_jobs);
    case THREADS: return kj_cli_number(err, "threads", word->text, 1, 1024, &w->n_threads);
    case PROFILE: w->profile = word->text; return KJ_OK;
    case PLUGIN: return kj_cli_path(err, &w->modules[w->n_modules++], word->text); /* members run from elsewhere */
    case WAIT: w->wait = true; return KJ_OK;
    case QUIET: w->quiet = true; return KJ_OK;
    default: return take_word(err, word->text, w);
    }
}

/* Before any work, so that a slip in it is told at once, by a dry run too. */
static kj_status read_profile(kj_error *err, wishes *w)
{
    if (w->profile && !w->slurm) return kj_fail(err, KJ_E_INPUT, "option --profile: it is for --executor slurm, members here need none");
    return w->slurm ? kj_profile_read(err, w->profile, &w->cluster) : KJ_OK;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    long n_processors = sysconf(_SC_NPROCESSORS_ONLN);
    wishes w = {.n_jobs = n_processors > 0 ? n_processors : 1, .n_threads = 1, .numbers = calloc((size_t)argc + 1, sizeof *w.numbers), .modules = calloc((size_t)argc + 1, sizeof *w.modules)};
    kj_error err;
    kj_status status = words && w.numbers && w.modules ? KJ_OK : kj_fail(&err, KJ_E_MEMORY, "out of memory");
    int result = 0, n = status ? 0 : kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) status = take_option(&err, &words[i], &w);
    if (!status && n >= 0 && !w.experiment) {
        result = kj_cli_misuse(command, "which experiment?");
        n = -1;
    }
    if (!status && n >= 0) status = read_profile(&err, &w);
    if (!status && n >= 0) status = strcmp(w.verb, "run") ? with_plan(&err, &w) : run_all(&err, &w);
    free(words);
    kj_profile_free(&w.cluster);
    for (uint32_t i = 0; i < w.n_modules; i++) free(w.modules[i]);
    free(w.modules);
    free(w.map);
    free(w.numbers);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_batch = {
    .name = "batch",
    .usage = "batch [run|member N|merge|status|cancel|retry] EXPERIMENT.lua|FOLDER [--map NAME|FOLDER] [--out FOLDER] [--dry-run] [--executor local|slurm] "
             "[--jobs N] [--plugin FILE.so] [--profile FILE.lua]",
    .doc = "Runs the members of an experiment, and goes on where it stopped.\n"
           "Each member is a run file of its own in FOLDER/members. The same command again runs what is missing; killed members\n"
           "go on from their checkpoint. When they have ended they are merged into FOLDER/NAME.nc.\n"
           "EXPERIMENT.lua is a file or the name of a shipped experiment; its FOLDER does as well once members are planned in it.\n"
           "`retry` begins failed members anew, `merge` merges what is complete, `status` tells how far they are (and plans them in FOLDER where --out names "
           "one), `cancel` stops them.",
    .options = options,
    .run = run,
};
