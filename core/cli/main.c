/* kedja SUBCOMMAND … : looks up the subcommand and hands over. */
#include <errno.h>
#include <hdf5.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <kedja/version.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../base/threads.h"
#include "cli.h"

static const kj_command *const commands[] = {
    &kj_command_run,
    &kj_command_resume,
    &kj_command_replay,
    &kj_command_report,
    &kj_command_hash,
    &kj_command_info,
    &kj_command_check,
    &kj_command_compare,
    &kj_command_chains,
    &kj_command_validate,
    &kj_command_calibrate,
    &kj_command_chain,
    &kj_command_person,
    &kj_command_household,
    &kj_command_schools,
    &kj_command_catchments,
    &kj_command_table,
    &kj_command_rank,
    &kj_command_plans,
    &kj_command_policy,
    &kj_command_import,
    &kj_command_map,
    &kj_command_export,
    &kj_command_batch,
    &kj_command_sensitivity,
    &kj_command_plugins,
    &kj_command_plugin,
#ifdef KEDJA_VIEWER
    &kj_command_view,
    &kj_command_live,
#endif
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    puts("Kedja " KJ_VERSION ": agent-based urban growth, with moving chains and school places.\n\n"
         "usage: kedja COMMAND …\n");
    for (int i = 0; i < N_COMMANDS; i++) {
        int sentence = (int)strcspn(commands[i]->doc, ".\n");
        printf("  %-10s %.*s\n", commands[i]->name, sentence, commands[i]->doc);
    }
    puts("\n`kedja COMMAND --help` explains each. Exit status: 0 done, 1 the run failed, 2 wrong use or bad input,\n"
         "75 stopped with a checkpoint (`kedja resume FILE` goes on).");
}

static int unknown_command(const char *word)
{
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++) names[i] = commands[i]->name;
    const char *nearest = kj_nearest_name(word, names, N_COMMANDS);
    fprintf(stderr, "kedja: error: unknown command '%s'%s%s%s; `kedja --help` lists them\n", word, nearest ? "; did you mean '" : "",
            nearest ? nearest : "", nearest ? "'?" : "");
    return 2;
}

/* Whoever reads a pipe may stop when it has enough, as `head` does: that is no fault. */
static bool reader_has_left(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

/* What a command printed counts when it has arrived. */
static int finish_output(int result)
{
    errno = 0;
    bool arrived = fflush(stdout) == 0 && !ferror(stdout);
    int why = errno;
    if (arrived || reader_has_left()) return result;
    kj_log_error("standard output: cannot be written%s%s", why ? ": " : "", why ? kj_why(why) : "");
    return result ? result : 1;
}

static int run_command(int argc, char **argv)
{
    if (argc < 2) {
        print_help();
        return 2;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help();
        return 0;
    }
    if (!strcmp(argv[1], "--version")) {
        puts("kedja " KJ_VERSION);
        return 0;
    }
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0) return commands[i]->run(commands[i], argc - 1, argv + 1);
    return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
    kj_threads_wait_passively(argv);
    setlocale(LC_CTYPE, "C.UTF-8"); /* texts are UTF-8; numbers stay in the C locale */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file over its limit is an error of writing like a full disk */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* our own messages name file and dataset */
    return finish_output(run_command(argc, argv));
}
