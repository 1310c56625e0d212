#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../io/atomic.h"

#define N_(text) text

enum { MAX_OPTIONS = 32, FIRST_VALUE = 256 }; /* getopt answers 1 for a positional word */

static int count_options(const kj_command *command)
{
    int n = 0;
    while (command->options[n].name) n++;
    return n;
}

void kj_cli_help(const kj_command *command)
{
    printf("usage: kedja %s\n\n%s\n", command->usage, command->doc);
    if (!command->options[0].name) return;
    puts("\noptions:");
    for (const kj_option *o = command->options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
        printf("  %-22s %s\n", left, o->doc);
    }
    printf("  %-22s %s\n", "--help", "this text");
}

int kj_cli_fail(const kj_error *err)
{
    kj_log_error("%s", err->text);
    return kj_exit_status(err->status);
}

int kj_cli_misuse(const kj_command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("kedja: error: ", stderr);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nkedja: usage: kedja %s; `kedja %s --help` says more\n", command->usage, command->name);
    va_end(args);
    return 2;
}

static int unknown_option(const kj_command *command, const char *word)
{
    const char *names[MAX_OPTIONS];
    int n = count_options(command);
    for (int i = 0; i < n; i++) names[i] = command->options[i].name;
    char bare[64];
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(word + (word[1] == '-' ? 2 : 1), "="), word + (word[1] == '-' ? 2 : 1));
    const char *nearest = kj_nearest_name(bare, names, (size_t)n);
    return nearest ? kj_cli_misuse(command, "unknown option '%s'; the nearest known one is '--%s'", word, nearest)
                   : kj_cli_misuse(command, "unknown option '%s'", word);
}

int kj_cli_parse(const kj_command *command, int argc, char **argv, kj_word *words, int *status)
{
    struct option table[MAX_OPTIONS + 2];
    int n = count_options(command), n_words = 0;
    for (int i = 0; i < n; i++)
        table[i] = (struct option){command->options[i].name, command->options[i].argument ? required_argument : no_argument, NULL, FIRST_VALUE + i};
    table[n] = (struct option){"help", no_argument, NULL, 'h'};
    table[n + 1] = (struct option){NULL, 0, NULL, 0};
    optind = 0;
    for (;;) {
        int before = optind ? optind : 1;
        int found = getopt_long(argc, argv, "-:h", table, NULL); /* '-': positional words come in order, as 1 */
        if (found == -1) break;
        if (found == 'h') {
            kj_cli_help(command);
            *status = 0;
            return -1;
        }
        if (found == ':' || found == '?') {
            *status = found == ':' ? kj_cli_misuse(command, "option '%s' needs a value", argv[optind - 1])
                                   : unknown_option(command, argv[before]);
            return -1;
        }
        if (found != 1 && optarg == argv[optind - 1] && !strncmp(optarg, "--", 2)) { /* getopt takes the next option for the value */
            *status = kj_cli_misuse(command, "option '%s' needs a value, found option '%s'", argv[optind - 2], optarg);
            return -1;
        }
        words[n_words++] = (kj_word){found == 1 ? -1 : found - FIRST_VALUE, optarg};
    }
    while (optind < argc) words[n_words++] = (kj_word){-1, argv[optind++]}; /* after a bare "--" */
    return n_words;
}

int kj_cli_one_file(const kj_command *command, int argc, char **argv, int switch_option, bool *is_on, const char **path)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    const char *found = NULL;
    for (int i = 0; i < n; i++) {
        if (words[i].option == switch_option) *is_on = true;
        else if (words[i].option < 0 && found) {
            result = kj_cli_misuse(command, "one file at a time: '%s' comes after '%s'", words[i].text, found);
            n = -1;
        } else if (words[i].option < 0) found = words[i].text;
    }
    if (n >= 0 && !found) result = kj_cli_misuse(command, "which file?");
    if (n >= 0) *path = found;
    free(words);
    return result;
}

const char *kj_cli_month(int32_t month_of_year)
{
    static const char *const months[] = {N_("every month"), N_("January"), N_("February"),  N_("March"),   N_("April"),    N_("May"),     N_("June"),
                                         N_("July"),        N_("August"),  N_("September"), N_("October"), N_("November"), N_("December")};
    return months[month_of_year];
}

kj_status kj_cli_text(kj_error *err, char **slot, const char *text)
{
    char *copy = strdup(text);
    if (!copy) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    free(*slot);
    *slot = copy;
    return KJ_OK;
}

kj_status kj_cli_path(kj_error *err, char **slot, const char *path)
{
    char *whole = realpath(path, NULL);
    kj_status status = kj_cli_text(err, slot, whole ? whole : path);
    free(whole);
    return status;
}

kj_status kj_cli_target(kj_error *err, const char **slot, const char *path)
{
    *slot = path;
    return kj_file_check_target(err, path);
}

void kj_cli_wrote(bool quiet, const char *path)
{
    char page[4096];
    int n = 0;
    if (quiet || !path) return;
    const char *dot = strrchr(path, '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path);
    while (access(path, F_OK) != 0 && snprintf(page, sizeof page, "%.*s_%d%s", stem, path, n + 1, dot ? dot : "") < (int)sizeof page && access(page, F_OK) == 0) n++;
    if (n > 0) fprintf(stderr, "kedja: written: %.*s_1%s to %.*s_%d%s\n", stem, path, dot ? dot : "", stem, path, n, dot ? dot : "");
    else fprintf(stderr, "kedja: written: %s\n", path);
}

kj_status kj_cli_number(kj_error *err, const char *option, const char *text, int64_t min, int64_t max, int64_t *out)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || isspace((unsigned char)*text) || value < min || value > max)
        return kj_fail(err, KJ_E_INPUT, "option --%s: expected a whole number from %lld to %lld, found '%s'", option,
                       (long long)min, (long long)max, text);
    *out = value;
    return KJ_OK;
}
