#include "slurm.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/text.h"
#include "member.h"
#include "modules.h"

enum { OUTPUT_MAX = 1 << 22, WORDS_MAX = 64, PARALLEL = 64, ARRAYS_MAX = 64 };

/* ---- Slurm's programs ---- */

/* Runs a program without a shell; what it prints, errors included, is in *output (free()). *code: its exit status. */
static kj_status command(kj_error *err, const char *const *words, char **output, int *code)
{
    int ends[2];
    *output = NULL;
    if (pipe(ends)) return kj_fail(err, KJ_E_FAILED, "%s: %s", words[0], kj_why(errno));
    pid_t pid = fork();
    if (pid < 0) return kj_fail(err, KJ_E_FAILED, "%s: %s", words[0], kj_why(errno));
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    close(ends[1]);
    size_t n = 0, capacity = 4096;
    char *text = malloc(capacity + 1);
    for (ssize_t got; text && (got = read(ends[0], text + n, capacity - n)) != 0;) {
        if (got < 0 && errno != EINTR) break;
        n += got > 0 ? (size_t)got : 0;
        if (n < capacity || capacity >= OUTPUT_MAX) continue;
        char *grown = realloc(text, 2 * capacity + 1);
        if (!grown) break;
        text = grown;
        capacity *= 2;
    }
    close(ends[0]);
    int how = 0;
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR) {}
    if (!text) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    text[n] = 0;
    *output = text;
    *code = WIFEXITED(how) ? WEXITSTATUS(how) : 128;
    if (*code != 127) return KJ_OK;
    free(text);
    *output = NULL;
    return kj_fail(err, KJ_E_INPUT, "%s is not found: no Slurm on this machine (or not in PATH); --executor local runs members here", words[0]);
}

/* Slurm's programs are there, but no cluster answers them: each has words of its own for it, none says what to do. */
static bool no_cluster(const char *text)
{
    static const char *const words[] = {"contact slurm controller", "configuration source", "configuration file"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i])) return true;
    return false;
}

/* The same for a program that must succeed. */
static kj_status command_ok(kj_error *err, const char *const *words, char **output)
{
    int code;
    kj_status status = command(err, words, output, &code);
    if (status || code == 0) return status;
    for (char *c = *output; *c; c++)
        if (*c == '\n') *c = c[1] ? ';' : 0;
    if (no_cluster(*output))
        kj_fail(err, KJ_E_INPUT,
                "no Slurm controller (slurmctld) is reached from this machine: expected a login node of the cluster, or SLURM_CONF with the path of its "
                "slurm.conf; "
                "--executor local runs members here, --dry-run shows the job script without a cluster (%s says: %.500s)",
                words[0], *output);
    else kj_fail(err, KJ_E_INPUT, "%s refused: %.600s", words[0], *output);
    free(*output);
    *output = NULL;
    return KJ_E_INPUT;
}

/* Tasks an array may have: MaxArraySize - 1. */
static kj_status array_limit(kj_error *err, uint32_t *limit)
{
    static const char *const words[] = {"scontrol", "show", "config", NULL};
    char *text;
    kj_status status = command_ok(err, words, &text);
    if (status) return status;
    const char *at = strstr(text, "MaxArraySize");
    at = at ? strchr(at, '=') : NULL;
    long value = at ? strtol(at + 1, NULL, 10) : 0;
    *limit = value > 1 ? (uint32_t)value - 1 : 1000;
    free(text);
    return KJ_OK;
}

/* One name for all jobs of a folder, so that the queue can be asked for them. FNV-1a of the path tells folders apart. */
static void job_name(const kj_plan *plan, char out[96])
{
    uint32_t hash = 2166136261u;
    for (const char *c = plan->folder; *c; c++) hash = (hash ^ (uint8_t)*c) * 16777619u;
    snprintf(out, 96, "kedja-%.40s-%08x", plan->experiment->name, hash);
}

/* ---- what was submitted ---- */

typedef struct job {
    long id;
    uint32_t first_line, n_tasks; /* of its list: task t is line first_line + t - 1 */
    char list[64];
} job;

bool kj_slurm_used(const kj_plan *plan)
{
    char path[KJ_PATH_MAX];
    kj_error ignored;
    return kj_plan_path(&ignored, plan, path, "slurm/jobs") == KJ_OK && access(path, R_OK) == 0;
}

static kj_status read_jobs(kj_error *err, const kj_plan *plan, job **jobs, uint32_t *n)
{
    char path[KJ_PATH_MAX];
    job j;
    *jobs = NULL;
    *n = 0;
    kj_status status = kj_plan_path(err, plan, path, "slurm/jobs");
    FILE *file = status ? NULL : fopen(path, "r");
    while (!status && file && fscanf(file, "%ld %u %u %63s", &j.id, &j.first_line, &j.n_tasks, j.list) == 4) {
        job *grown = realloc(*jobs, (*n + 1u) * sizeof *grown);
        if (!grown) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
        else (*jobs = grown)[(*n)++] = j;
    }
    if (file) fclose(file);
    return status;
}

static kj_status append_job(kj_error *err, const kj_plan *plan, const job *j)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_plan_path(err, plan, path, "slurm/jobs");
    FILE *file = status ? NULL : fopen(path, "a");
    if (!status && !file) return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, kj_why(errno));
    if (status) return status;
    bool whole = fprintf(file, "%ld %u %u %s\n", j->id, j->first_line, j->n_tasks, j->list) > 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
    whole &= fclose(file) == 0;
    return whole ? KJ_OK : kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, kj_why(errno));
}

/* Marks the members of one line of a list. */
static void mark_line(const char *text, uint32_t line, uint32_t n_members, uint8_t *queued)
{
    for (uint32_t i = 1; i < line && text; i++) {
        text = strchr(text, '\n');
        if (text) text++;
    }
    while (text && *text && *text != '\n') {
        char *end;
        unsigned long m = strtoul(text, &end, 10);
        if (end == text) return;
        if (m >= 1 && m <= n_members) queued[m - 1] = 1;
        text = end + (*end == ' ');
    }
}

static void mark_task(const kj_plan *plan, const job *jobs, uint32_t n_jobs, long id, uint32_t task, uint8_t *queued)
{
    char path[KJ_PATH_MAX];
    kj_error ignored;
    for (uint32_t j = 0; j < n_jobs; j++) {
        if (jobs[j].id != id || task < 1 || task > jobs[j].n_tasks || kj_plan_path(&ignored, plan, path, "slurm/%s", jobs[j].list)) continue;
        char *text = kj_file_read(path, NULL);
        mark_line(text, jobs[j].first_line + task - 1, plan->n_members, queued);
        free(text);
    }
}

kj_status kj_slurm_look(kj_error *err, const kj_plan *plan, kj_slurm_queue *out)
{
    char name[96], *text = NULL;
    job *jobs = NULL;
    uint32_t n_jobs = 0;
    *out = (kj_slurm_queue){.queued = calloc(plan->n_members, 1)};
    if (!out->queued) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    job_name(plan, name);
    const char *const words[] = {"squeue", "--noheader", "--array", "--name", name, "--format=%F %K %T %r", NULL};
    kj_status status = read_jobs(err, plan, &jobs, &n_jobs);
    if (!status) status = command_ok(err, words, &text);
    for (char *line = text ? strtok(text, "\n") : NULL; line; line = strtok(NULL, "\n")) {
        long id;
        uint32_t task;
        char state[32], reason[64] = "";
        if (sscanf(line, "%ld %u %31s %63[^\n]", &id, &task, state, reason) < 3) { /* the merge has no task number */
            out->n_merge++;
            continue;
        }
        bool waits = !strcmp(state, "PENDING");
        out->n_pending += waits;
        out->n_running += !waits;
        if (waits && !out->reason[0]) snprintf(out->reason, sizeof out->reason, "%s", reason);
        mark_task(plan, jobs, n_jobs, id, task, out->queued);
    }
    free(text);
    free(jobs);
    if (status) kj_slurm_queue_free(out);
    return status;
}

void kj_slurm_queue_free(kj_slurm_queue *queue)
{
    free(queue->queued);
    *queue = (kj_slurm_queue){0};
}

kj_status kj_slurm_cancel(kj_error *err, const kj_plan *plan)
{
    char name[96], *text = NULL;
    job_name(plan, name);
    const char *const words[] = {"scancel", "--name", name, NULL};
    kj_status status = command_ok(err, words, &text);
    free(text);
    return status;
}

/* ---- the job script ---- */

typedef struct ask {
    const char *log;
    int32_t cpus, minutes, memory_mb;
} ask;

static void write_head(FILE *f, const kj_plan *plan, const kj_profile *p, const ask *a)
{
    char name[96];
    job_name(plan, name);
    fprintf(f, "#!/bin/bash\n#SBATCH --job-name=%s\n#SBATCH --output=\"%s/log/%s\"\n#SBATCH --open-mode=append\n", name, plan->folder, a->log);
    fprintf(f, "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=%d\n#SBATCH --time=%d\n#SBATCH --mem=%dM\n", a->cpus, a->minutes, a->memory_mb);
    if (p->partition) fprintf(f, "#SBATCH --partition=%s\n", p->partition);
    if (p->account) fprintf(f, "#SBATCH --account=%s\n", p->account);
    if (p->qos) fprintf(f, "#SBATCH --qos=%s\n", p->qos);
    for (uint32_t i = 0; i < p->n_sbatch; i++) fprintf(f, "#SBATCH %s\n", p->sbatch[i]);
}

/* Slurm reads its options up to the first command, so these come last. */
static void write_setup(FILE *f, const kj_profile *p)
{
    for (uint32_t i = 0; i < p->n_setup; i++) fprintf(f, "%s\n", p->setup[i]);
}

/* Slurm does not put a killed task back by itself, so the script does, unless the task was cancelled. A child that ends
   while a trap runs gives more than 128. */
static const char body[] =
    "task=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\n"
    "members=$(sed -n \"$(($2 + SLURM_ARRAY_TASK_ID - 1))p\" \"$folder/slurm/$1\")\n"
    "child= stopped=0 failed=0 again=0\n"
    "trap 'stopped=1; [ -n \"$child\" ] && kill -TERM \"$child\"' USR1 TERM\n"
    "for member in $members; do\n"
    "  [ $stopped = 1 ] && { again=1; break; }\n"
    "  \"$kedja\" batch member \"$member\" \"$folder\" --threads \"$SLURM_CPUS_PER_TASK\" & child=$!\n"
    "  while :; do wait \"$child\"; code=$?; kill -0 \"$child\" 2>/dev/null || break; done; child=\n"
    "  if [ $code = 75 ] || [ $code -gt 128 ]; then again=1; elif [ $code != 0 ]; then failed=1; fi\n"
    "done\n"
    "if [ $again = 1 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt \"$requeues\" ] && [ \"$(squeue -h -j \"$task\" -o %T)\" = RUNNING ]; then\n"
    "  scontrol requeue \"$task\" && sleep 60\n"
    "fi\n"
    "exit $((failed | again))\n";

/* A path in single quotes for the shell. */
static kj_status quote(kj_error *err, const char *text, char out[KJ_PATH_MAX + 8])
{
    if (strchr(text, '\'') || strchr(text, '\n') || strchr(text, '"')) return kj_fail(err, KJ_E_INPUT, "%s: a path with quotation marks cannot stand in a job script", text);
    snprintf(out, KJ_PATH_MAX + 8, "'%s'", text);
    return KJ_OK;
}

/* The script of the members' tasks; *text is the caller's (free). */
static kj_status make_script(kj_error *err, const kj_plan *plan, const kj_slurm_request *r, const kj_slurm_submission *s, char **text)
{
    char program[KJ_PATH_MAX + 8], folder[KJ_PATH_MAX + 8];
    size_t n = 0;
    *text = NULL;
    kj_status status = quote(err, r->program, program);
    if (!status) status = quote(err, plan->folder, folder);
    FILE *f = status ? NULL : open_memstream(text, &n);
    if (!f) return status ? status : kj_fail(err, KJ_E_MEMORY, "out of memory");
    write_head(f, plan, &r->profile, &(ask){"slurm-%A_%a.log", r->profile.cpus, s->minutes, s->memory_mb});
    fputs("#SBATCH --requeue\n#SBATCH --signal=B:USR1@60\n", f); /* a minute before the time limit: members keep a checkpoint */
    write_setup(f, &r->profile);
    fprintf(f, "kedja=%s\nfolder=%s\nrequeues=%d\n%s", program, folder, r->profile.requeues, body);
    return fclose(f) ? kj_fail(err, KJ_E_MEMORY, "out of memory") : KJ_OK;
}

static kj_status write_script(kj_error *err, const kj_plan *plan, const kj_slurm_request *r, const kj_slurm_submission *s)
{
    char path[KJ_PATH_MAX], *text = NULL;
    kj_status status = kj_plan_path(err, plan, path, "slurm/members.sh");
    if (!status) status = make_script(err, plan, r, s, &text);
    if (!status) status = kj_file_replace(err, path, text, strlen(text));
    free(text);
    return status;
}

static kj_status write_merge_script(kj_error *err, const kj_plan *plan, const kj_slurm_request *r)
{
    char path[KJ_PATH_MAX], program[KJ_PATH_MAX + 8], folder[KJ_PATH_MAX + 8], *text = NULL;
    size_t n = 0;
    kj_status status = kj_plan_path(err, plan, path, "slurm/merge.sh");
    if (!status) status = quote(err, r->program, program);
    if (!status) status = quote(err, plan->folder, folder);
    FILE *f = status ? NULL : open_memstream(&text, &n);
    if (!f) return status ? status : kj_fail(err, KJ_E_MEMORY, "out of memory");
    /* Ten members a second is slow for a disk; 500 MB is what a merge of a thousand large members may take. */
    write_head(f, plan, &r->profile, &(ask){"slurm-merge-%j.log", 1, 10 + (int32_t)(plan->n_members / 100), 600});
    write_setup(f, &r->profile);
    fprintf(f, "exec %s batch merge %s\n", program, folder);
    status = fclose(f) ? kj_fail(err, KJ_E_MEMORY, "out of memory") : kj_file_replace(err, path, text, n);
    free(text);
    return status;
}

/* ---- submitting ---- */

/* Kept beside the plan, so that a second call need not probe again. */
static kj_status probe_once(kj_error *err, const kj_plan *plan, kj_probe *p)
{
    char path[KJ_PATH_MAX], text[256];
    kj_status status = kj_plan_path(err, plan, path, "slurm/probe");
    if (status) return status;
    FILE *f = fopen(path, "r");
    int n = f ? fscanf(f, "%lf %lf %lf %lf %lf", &p->start_seconds, &p->year_seconds, &p->file_bytes, &p->year_bytes, &p->resident_bytes) : 0;
    if (f) fclose(f);
    if (n == 5) return KJ_OK;
    status = kj_plan_probe(err, plan, p);
    if (status) return status;
    snprintf(text, sizeof text, "%.6g %.6g %.6g %.6g %.6g\n", p->start_seconds, p->year_seconds, p->file_bytes, p->year_bytes, p->resident_bytes);
    return kj_file_replace(err, path, text, strlen(text));
}

/* Tasks and the members of each, and what a task asks for: twice the time that the probe promises and two minutes, one and a half times
   its memory. */
static void size_tasks(const kj_plan *plan, const kj_profile *p, const kj_probe *probe, uint32_t n, kj_slurm_submission *s)
{
    double member = probe->start_seconds + (plan->last_year - plan->first_year) * probe->year_seconds;
    double by_time = floor(p->chunk_minutes * 60.0 / fmax(member, 0.1));
    uint32_t parallel = p->at_a_time ? (uint32_t)p->at_a_time : PARALLEL, by_share = (n + parallel - 1) / parallel;
    s->chunk = by_time < by_share ? (by_time < 1 ? 1 : (uint32_t)by_time) : by_share;
    s->n_tasks = (n + s->chunk - 1) / s->chunk;
    s->minutes = p->minutes ? p->minutes : 2 + (int32_t)ceil(2 * member * s->chunk / 60);
    s->memory_mb = p->memory_mb ? p->memory_mb : 128 + (int32_t)(1.5 * probe->resident_bytes / 1e6);
}

/* The list: one line a task. Its name tells submissions apart. */
static kj_status write_list(kj_error *err, const kj_plan *plan, const uint32_t *members, uint32_t n, uint32_t chunk, char list[64])
{
    char path[KJ_PATH_MAX], *text = NULL;
    size_t bytes = 0;
    kj_status status = KJ_OK;
    for (int i = 1; !status; i++) {
        snprintf(list, 64, "tasks_%d.txt", i);
        status = kj_plan_path(err, plan, path, "slurm/%s", list);
        if (!status && access(path, F_OK)) break;
    }
    FILE *f = status ? NULL : open_memstream(&text, &bytes);
    if (!f) return status ? status : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t i = 0; i < n; i++) fprintf(f, "%u%c", members[i] + 1, (i + 1) % chunk == 0 || i + 1 == n ? '\n' : ' ');
    status = fclose(f) ? kj_fail(err, KJ_E_MEMORY, "out of memory") : kj_file_replace(err, path, text, bytes);
    free(text);
    return status;
}

static kj_status submit_array(kj_error *err, const kj_plan *plan, const kj_profile *p, job *j, kj_slurm_submission *s)
{
    char array[64], script[KJ_PATH_MAX], first[16], limit[24] = "", *text = NULL;
    kj_status status = kj_plan_path(err, plan, script, "slurm/members.sh");
    if (status) return status;
    if (p->at_a_time) snprintf(limit, sizeof limit, "%%%d", p->at_a_time);
    snprintf(array, sizeof array, "--array=1-%u%s", j->n_tasks, limit);
    snprintf(first, sizeof first, "%u", j->first_line);
    const char *const words[] = {"sbatch", "--parsable", array, script, j->list, first, NULL};
    status = command_ok(err, words, &text);
    if (status) return status;
    const char *digits = strpbrk(text, "0123456789");
    j->id = digits ? strtol(digits, NULL, 10) : 0; /* "1234" or "1234;cluster", notes may stand before */
    if (j->id <= 0) status = kj_fail(err, KJ_E_FAILED, "sbatch answered no job number: %.200s", text);
    free(text);
    if (!status) status = append_job(err, plan, j);
    size_t used = strlen(s->jobs);
    if (!status) snprintf(s->jobs + used, sizeof s->jobs - used, "%s%ld", used ? " " : "", j->id);
    s->n_arrays++;
    return status;
}

/* After any end of the members' jobs: a merge that waited for success alone would wait for ever after one failure. */
static kj_status submit_merge(kj_error *err, const kj_plan *plan, kj_slurm_submission *s)
{
    char dependency[320] = "--dependency=afterany", script[KJ_PATH_MAX], *text = NULL;
    size_t used = strlen(dependency);
    for (const char *c = s->jobs; *c && used + 24 < sizeof dependency;) {
        size_t n = strcspn(c, " ");
        used += (size_t)snprintf(dependency + used, sizeof dependency - used, ":%.*s", (int)n, c);
        c += n + (c[n] == ' ');
    }
    kj_status status = kj_plan_path(err, plan, script, "slurm/merge.sh");
    const char *const words[] = {"sbatch", "--parsable", dependency, script, NULL};
    if (!status) status = command_ok(err, words, &text);
    const char *digits = status ? NULL : strpbrk(text, "0123456789");
    if (digits) snprintf(s->merge_job, sizeof s->merge_job, "%ld", strtol(digits, NULL, 10));
    free(text);
    return status;
}

static kj_status submit_all(kj_error *err, const kj_plan *plan, const kj_slurm_request *r, const uint32_t *members, uint32_t n, kj_slurm_submission *s)
{
    uint32_t limit = 0;
    kj_probe probe = {0};
    job j = {.first_line = 1};
    kj_status status = array_limit(err, &limit); /* first, so that a missing Slurm is told before any work */
    if (!status) status = kj_plan_check_modules(err, plan);
    if (!status) status = probe_once(err, plan, &probe);
    if (!status) size_tasks(plan, &r->profile, &probe, n, s);
    if (!status) status = write_list(err, plan, members, n, s->chunk, j.list);
    if (!status) status = write_script(err, plan, r, s);
    if (!status) status = write_merge_script(err, plan, r);
    for (uint32_t done = 0; !status && done < s->n_tasks; done += j.n_tasks) {
        j.first_line = done + 1;
        j.n_tasks = s->n_tasks - done < limit ? s->n_tasks - done : limit;
        status = submit_array(err, plan, &r->profile, &j, s);
    }
    if (!status) status = submit_merge(err, plan, s);
    if (!status) s->n_submitted = n;
    return status;
}

/* Members that are neither complete nor queued; the others are counted. *members is the caller's (free). */
static kj_status find_missing(kj_error *err, const kj_plan *plan, uint32_t **members, uint32_t *n, kj_slurm_submission *out)
{
    kj_slurm_queue queue = {0};
    *out = (kj_slurm_submission){0};
    *n = 0;
    *members = malloc(plan->n_members * sizeof **members);
    kj_status status = *members ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && kj_slurm_used(plan)) status = kj_slurm_look(err, plan, &queue);
    for (uint32_t m = 0; !status && m < plan->n_members; m++) {
        kj_member_look look;
        status = kj_member_see(err, plan, m, &look);
        if (!status && look.state == KJ_MEMBER_COMPLETE) out->n_complete++;
        else if (!status && queue.queued && queue.queued[m]) out->n_queued++;
        else if (!status) (*members)[(*n)++] = m;
    }
    kj_slurm_queue_free(&queue);
    return status;
}

kj_status kj_slurm_submit(kj_error *err, const kj_plan *plan, const kj_slurm_request *r, kj_slurm_submission *out)
{
    char dir[KJ_PATH_MAX];
    uint32_t *members, n;
    kj_status status = find_missing(err, plan, &members, &n, out);
    if (!status) status = kj_plan_path(err, plan, dir, "slurm");
    if (!status && mkdir(dir, 0755) && errno != EEXIST) status = kj_fail(err, KJ_E_INPUT, "%s: cannot be made: %s", dir, kj_why(errno));
    if (!status && n) status = submit_all(err, plan, r, members, n, out);
    free(members);
    return status;
}

kj_status kj_slurm_preview(kj_error *err, const kj_plan *plan, const kj_slurm_request *r, const kj_probe *probe, kj_slurm_submission *out, char **script)
{
    uint32_t *members, n, limit;
    kj_error ignored;
    *script = NULL;
    kj_status status = find_missing(err, plan, &members, &n, out);
    free(members);
    if (status || !n) return status;
    out->n_submitted = n;
    size_tasks(plan, &r->profile, probe, n, out);
    if (!array_limit(&ignored, &limit)) out->n_arrays = (out->n_tasks + limit - 1) / limit;
    return make_script(err, plan, r, out, script);
}
