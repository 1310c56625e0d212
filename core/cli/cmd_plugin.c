/* kedja plugin new|check */
#include <builtins.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kedja/version.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../io/runfolder.h"
#include "../run/trial.h"
#include "cli.h"

enum { OUT, SCENARIO, SECONDS };

static const kj_option options[] = {
    [OUT] = {"out", "FOLDER", "new: where to write the plugin (default: ./NAME)"},
    [SCENARIO] = {"scenario", "FILE", "check: the larger world (default: the shipped Värnamo 2035)"},
    [SECONDS] = {"seconds", "N", "check: how long one trial may take (default: 120)"},
    {0},
};

typedef struct plugin_call {
    const char *verb, *subject, *out, *scenario;
    int64_t seconds;
} plugin_call;

/* ---- new --------------------------------------------------------------------------------------------------------- */

static const char *const template_files[] = {"plugin.c", "CMakeLists.txt", "MODEL.md"};
enum { N_TEMPLATE_FILES = sizeof template_files / sizeof *template_files };

static bool is_plugin_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > 32 || !islower((unsigned char)name[0])) return false;
    for (const char *c = name; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_') return false;
    return true;
}

static bool is_builtin(const char *name)
{
    for (const kj_plugin_def *const *plugin = kj_builtin_plugins; *plugin; plugin++)
        if (strcmp((*plugin)->id, name) == 0) return true;
    return false;
}

static void write_renamed(FILE *file, const char *text, const char *name)
{
    static const char word[] = "template";
    for (const char *at = text, *next; *at; at = next) {
        next = strstr(at, word);
        if (!next) {
            fputs(at, file);
            return;
        }
        fprintf(file, "%.*s%s", (int)(next - at), at, name);
        next += sizeof word - 1;
    }
}

static kj_status copy_template_file(kj_error *err, const char *folder, const char *file_name, const char *name)
{
    char relative[128], from[4096], to[4096];
    snprintf(relative, sizeof relative, "plugins/template/%s", file_name);
    char *text = kj_data_path(relative, from, sizeof from) ? NULL : kj_file_read(from, NULL);
    if (!text) return kj_fail(err, KJ_E_IO, "%s: the template is not where this program looks for its data", relative);
    snprintf(to, sizeof to, "%s/%s", folder, file_name);
    FILE *file = fopen(to, "wx");
    if (file) write_renamed(file, text, name);
    free(text);
    if (!file || fclose(file)) return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", to, kj_why(errno));
    return KJ_OK;
}

static kj_status plugin_new(kj_error *err, const plugin_call *call)
{
    const char *folder = call->out ? call->out : call->subject;
    if (!is_plugin_name(call->subject))
        return kj_fail(err, KJ_E_INPUT, "'%s' is no plugin name: expected up to 32 small letters a-z, digits and _, a letter first", call->subject);
    if (is_builtin(call->subject))
        return kj_fail(err, KJ_E_INPUT, "'%s' is a plugin of the program: one of that name would take its place; choose another", call->subject);
    if (mkdir(folder, 0777)) return kj_fail(err, KJ_E_INPUT, "%s: the folder cannot be made: %s", folder, kj_why(errno));
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < N_TEMPLATE_FILES; i++) status = copy_template_file(err, folder, template_files[i], call->subject);
    if (status) return status;
    printf("%s/plugin.c is a whole plugin: street trees that spread. Make it yours, and say in MODEL.md what it simulates.\n\n"
           "  cd %s\n  cmake -B build && cmake --build build\n  kedja plugin check build/%s.so\n"
           "  kedja run toy --plugin build/%s.so --out toy.nc\n",
           folder, folder, call->subject, call->subject);
    return KJ_OK;
}

/* ---- check ------------------------------------------------------------------------------------------------------- */

typedef struct answer {
    kj_status status;
    char text[KJ_ERROR_TEXT_MAX];
    kj_trial_result result;
} answer;

/* The trial in a process of its own: a crash or a hang of native code is an answer, too. */
static void child(const kj_trial *trial, int to)
{
    answer a = {0};
    kj_error err;
    err.text[0] = '\0';
    a.status = kj_trial_run(&err, trial, &a.result);
    snprintf(a.text, sizeof a.text, "%s", a.status ? err.text : "");
    ssize_t written = write(to, &a, sizeof a);
    _exit(written == (ssize_t)sizeof a ? 0 : 1);
}

static bool read_answer(int from, answer *out, int64_t seconds)
{
    size_t n = 0;
    while (n < sizeof *out) {
        struct pollfd wait = {.fd = from, .events = POLLIN};
        if (poll(&wait, 1, (int)(seconds * 1000)) <= 0) return false;
        ssize_t got = read(from, (char *)out + n, sizeof *out - n);
        if (got <= 0) return false;
        n += (size_t)got;
    }
    return true;
}

static void died(answer *out, int status, bool hung, int64_t seconds)
{
    memset(out, 0, sizeof *out);
    out->status = KJ_E_FAILED;
    if (hung) snprintf(out->text, sizeof out->text, "did not end within %lld s", (long long)seconds);
    else if (WIFSIGNALED(status)) snprintf(out->text, sizeof out->text, "crashed: %s", strsignal(WTERMSIG(status)));
    else snprintf(out->text, sizeof out->text, "ended the program with status %d", WEXITSTATUS(status));
}

static answer try_out(const kj_trial *trial, int64_t seconds)
{
    answer a = {0};
    int ends[2], status = 0;
    fflush(NULL);
    pid_t pid = pipe(ends) ? -1 : fork();
    if (pid < 0) {
        a.status = KJ_E_FAILED;
        snprintf(a.text, sizeof a.text, "no process for the trial: %s", kj_why(errno));
        return a;
    }
    if (pid == 0) {
        close(ends[0]);
        child(trial, ends[1]);
    }
    close(ends[1]);
    bool answered = read_answer(ends[0], &a, seconds), hung = false;
    if (!answered && waitpid(pid, &status, WNOHANG) == 0) {
        usleep(100000); /* a crash may still be on its way */
        hung = waitpid(pid, &status, WNOHANG) == 0;
        if (hung) kill(pid, SIGKILL), waitpid(pid, &status, 0);
    } else if (answered) waitpid(pid, &status, 0);
    close(ends[0]);
    if (!answered) died(&a, status, hung, seconds);
    return a;
}

typedef struct verdict {
    int n_passed, n_failed;
} verdict;

static bool say(verdict *v, const char *what, bool passed, const char *detail)
{
    printf("  %s  %-22s %s\n", passed ? "passed" : "FAILED", what, detail);
    fflush(stdout);
    *(passed ? &v->n_passed : &v->n_failed) += 1;
    return passed;
}

static void describe(const kj_trial_result *r)
{
    printf("%s %s (%s), plugin ABI %u.%u, built as '%s'\n", r->id, r->version, r->licence, r->abi_major, r->abi_minor, r->stamp);
    printf("adds %u columns, %u systems, %u parameters, %u invariants; changes of others: %s\n\n", r->n_columns, r->n_systems, r->n_params,
           r->n_invariants, r->touches[0] ? r->touches : "nothing");
    if (r->other_stamp)
        printf("  note    %-22s this program is built as '" KJ_BUILD_STAMP "': results may differ in bits; use kedja_add_plugin()\n", "build stamp");
}

/* Small worlds, other people each time, the plugin's parameters at their bounds and drawn between: audited. */
static void check_worlds(verdict *v, const plugin_call *call, const char *toy)
{
    static const struct {
        const char *what;
        kj_trial_params params;
        uint64_t seed;
    } worlds[] = {{"audit, defaults", KJ_TRIAL_DEFAULTS, 1}, {"audit, lowest", KJ_TRIAL_LOWEST, 2}, {"audit, highest", KJ_TRIAL_HIGHEST, 3},
                  {"audit, drawn", KJ_TRIAL_DRAWN, 4},       {"audit, drawn", KJ_TRIAL_DRAWN, 5},  {"audit, drawn", KJ_TRIAL_DRAWN, 6}};
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        kj_trial trial = {.scenario = toy, .module = call->subject, .years = 3, .n_threads = 1, .seed = worlds[i].seed, .audit = true, .params = worlds[i].params};
        answer a = try_out(&trial, call->seconds);
        char detail[64];
        snprintf(detail, sizeof detail, "3 years of the toy world, seed %llu", (unsigned long long)trial.seed);
        say(v, worlds[i].what, a.status == KJ_OK, a.status ? a.text : detail);
    }
}

static void check_same(verdict *v, const char *what, const answer *reference, const answer *a, const char *why_not)
{
    bool same = a->status == KJ_OK && strcmp(a->result.hash, reference->result.hash) == 0;
    say(v, what, same, a->status ? a->text : same ? a->result.hash : why_not);
}

/* A world of many blocks: one hash on any number of threads, with the blocks in reverse order, and through a checkpoint. */
static void check_hashes(verdict *v, const plugin_call *call)
{
    kj_trial trial = {.scenario = call->scenario, .module = call->subject, .years = 2, .n_threads = 1, .seed = 1};
    answer reference = try_out(&trial, call->seconds);
    char detail[128];
    snprintf(detail, sizeof detail, "2 years, %u persons, %u cells", reference.result.n_persons, reference.result.n_cells);
    if (!say(v, "larger world", reference.status == KJ_OK, reference.status ? reference.text : detail)) return;
    static const int threads[] = {2, 3, 8};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        kj_trial more = trial;
        more.n_threads = threads[i];
        answer a = try_out(&more, call->seconds);
        snprintf(detail, sizeof detail, "%d threads", threads[i]);
        check_same(v, detail, &reference, &a, "another state hash: a result rests on the order of threads");
    }
    kj_trial audited = trial; /* one year: an audit looks at every column after every system */
    audited.years = 1;
    answer a = try_out(&audited, call->seconds), in_order = a;
    audited.audit = true;
    if (a.status == KJ_OK) a = try_out(&audited, call->seconds);
    check_same(v, "blocks reversed", &in_order, &a, "another state hash: a result rests on the order of blocks");
    char folder[] = "/tmp/kedja-check.XXXXXX";
    kj_trial resumed = trial;
    resumed.checkpoint_dir = mkdtemp(folder);
    if (!resumed.checkpoint_dir) {
        say(v, "resumed", false, kj_why(errno));
    } else {
        a = try_out(&resumed, call->seconds);
        check_same(v, "resumed", &reference, &a, "another state hash: something is kept outside the declared columns");
        kj_error ignored; /* a folder that stays behind in /tmp changes no verdict */
        kj_runfolder_discard(&ignored, folder);
    }
    if (reference.result.touches[0] || reference.result.replaces_builtin) return;
    kj_trial without = trial;
    without.module = NULL;
    without.watched = reference.result.id;
    a = try_out(&without, call->seconds);
    bool same = a.status == KJ_OK && strcmp(a.result.hash_without, reference.result.hash_without) == 0;
    say(v, "leaves others alone", same, a.status ? a.text : same ? "all other columns are as without it" : "other plugins' columns differ from a run without it");
}

static kj_status plugin_check(kj_error *err, const plugin_call *call, int *result)
{
    char toy[4096], large[4096];
    if (kj_data_path("scripts/scenarios/toy.lua", toy, sizeof toy) || kj_data_path("scripts/scenarios/varnamo_2035.lua", large, sizeof large))
        return kj_fail(err, KJ_E_IO, "the shipped scenarios are not where this program looks for its data");
    char *path = realpath(call->subject, NULL);
    if (!path) return kj_fail(err, KJ_E_INPUT, "%s: %s", call->subject, kj_why(errno));
    plugin_call whole = {.verb = call->verb, .subject = path, .scenario = call->scenario ? call->scenario : large, .seconds = call->seconds};
    kj_trial load = {.scenario = toy, .module = path, .n_threads = 1, .seed = 1};
    answer loaded = try_out(&load, call->seconds);
    verdict v = {0};
    if (loaded.status) {
        printf("%s\n", path);
        say(&v, "loads", false, loaded.text);
    } else {
        describe(&loaded.result);
        say(&v, "loads", true, "versions agree, all that it needs is there, no two systems collide");
        check_worlds(&v, &whole, toy);
        check_hashes(&v, &whole);
    }
    printf("\n%d passed, %d failed%s\n", v.n_passed, v.n_failed,
           v.n_failed ? "" : ". Not tested: memory errors that do not show; run your tests under AddressSanitizer as well.");
    *result = v.n_failed ? 1 : 0;
    free(path);
    return KJ_OK;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    plugin_call call = {.seconds = 120};
    kj_error err;
    kj_status status = KJ_OK;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        const char *text = words[i].text;
        if (words[i].option == OUT) call.out = text;
        else if (words[i].option == SCENARIO) call.scenario = text;
        else if (words[i].option == SECONDS) status = kj_cli_number(&err, "seconds", text, 1, 86400, &call.seconds);
        else if (!call.verb) call.verb = text;
        else if (!call.subject) call.subject = text;
        else n = -1, result = kj_cli_misuse(command, "unexpected '%s'", text);
    }
    if (n < 0 && !status) status = KJ_OK;
    else if (!status && call.subject && strcmp(call.verb, "new") == 0) status = plugin_new(&err, &call);
    else if (!status && call.subject && strcmp(call.verb, "check") == 0) status = plugin_check(&err, &call, &result);
    else if (!status) result = kj_cli_misuse(command, "expected `plugin new NAME` or `plugin check FILE.so`");
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_plugin = {
    .name = "plugin",
    .usage = "plugin new NAME [--out FOLDER] | plugin check FILE.so [--scenario FILE] [--seconds N]",
    .doc = "Makes a new plugin, or checks one.\n"
           "new writes a compiling plugin with its model page and test. check loads a plugin beside the built-in model, runs worlds\n"
           "of several seeds with its parameters at their bounds, audits every month, compares the state hash over threads, block\n"
           "orders and a checkpoint, and tells whether others are left alone. Each trial is a process of its own. Exit status 1:\n"
           "the plugin failed.",
    .options = options,
    .run = run,
};
