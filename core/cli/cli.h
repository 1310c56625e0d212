/* The program's subcommands: one file each, one function each. */
#ifndef KEDJA_CLI_CLI_H
#define KEDJA_CLI_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../draw/language.h"

/* An option of a subcommand: the help and the parser come from the same record. */
typedef struct kj_option {
    const char *name;     /* "years" */
    const char *argument; /* "N", NULL for a switch */
    const char *doc;
} kj_option;

typedef struct kj_command {
    const char *name, *usage, *doc;
    const kj_option *options; /* ends with a null name */
    int (*run)(const struct kj_command *command, int argc, char **argv);
} kj_command;

extern const kj_command kj_command_run, kj_command_resume, kj_command_replay, kj_command_hash, kj_command_info, kj_command_check,
    kj_command_plugins, kj_command_import, kj_command_report, kj_command_map, kj_command_export;
extern const kj_command kj_command_batch, kj_command_sensitivity;
extern const kj_command kj_command_batch;
extern const kj_command kj_command_policy;
extern const kj_command kj_command_chains;
extern const kj_command kj_command_validate, kj_command_calibrate;
extern const kj_command kj_command_chain;
extern const kj_command kj_command_compare;
extern const kj_command kj_command_plugin;
extern const kj_command kj_command_schools, kj_command_catchments;
extern const kj_command kj_command_plans;
extern const kj_command kj_command_table;
extern const kj_command kj_command_rank;

#ifdef KEDJA_VIEWER
extern const kj_command kj_command_view, kj_command_live;
#endif
extern const kj_command kj_command_person;
extern const kj_command kj_command_household;

/* One parsed word: an option (index in command->options, its argument) or a positional word (index -1). */
typedef struct kj_word {
    int option;
    const char *text;
} kj_word;

/* Parses argv after the subcommand. Returns the number of words, or -1 when the call is over: *status is then the exit
   status (help was printed, or a wrong option was named). words needs room for argc entries. */
int kj_cli_parse(const kj_command *command, int argc, char **argv, kj_word *words, int *status);
void kj_cli_help(const kj_command *command);

/* For commands with one file and at most one switch. *path stays NULL when the call is over; then the exit status is
   returned. */
int kj_cli_one_file(const kj_command *command, int argc, char **argv, int switch_option, bool *is_on, const char **path);

/* "January" of 1 … 12, "every month" of 0; English, as all that the program prints about systems; kj_tr() knows them. */
const char *kj_cli_month(int32_t month_of_year);

/* Prints "kedja: error: …" and returns the exit status. */
int kj_cli_fail(const kj_error *err);
/* Wrong use: message, a pointer to --help, exit status 2. */
__attribute__((format(printf, 2, 3))) int kj_cli_misuse(const kj_command *command, const char *format, ...);
/* Copies a text into a slot, in place of what stood there. */
kj_status kj_cli_text(kj_error *err, char **slot, const char *text);
/* The same for a path: made absolute if there is such a file or folder, so that a run can be resumed from anywhere. */
kj_status kj_cli_path(kj_error *err, char **slot, const char *path);
/* Takes the name of a file that will be written. KJ_E_INPUT, before any work, if it cannot be (kj_file_check_target). */
kj_status kj_cli_target(kj_error *err, const char **slot, const char *path);
/* Says on standard error what was written, unless quiet: "kedja: written: FILE"; of a handout with a file a page, the first and how many.
   NULL: nothing was asked for. */
void kj_cli_wrote(bool quiet, const char *path);
/* The option that silences it. */
#define KJ_CLI_QUIET {"quiet", NULL, "do not say what was written"}
/* Parses and sets a language; without its catalogue the text is English, with a warning. */
kj_status kj_cli_language(kj_error *err, const char *code, kj_language *language);
/* Whole number in [min, max]; else an error that names the option. */
kj_status kj_cli_number(kj_error *err, const char *option, const char *text, int64_t min, int64_t max, int64_t *out);

#endif
