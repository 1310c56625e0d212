/* kedja hash FILE */
#include <stdio.h>
#include <stdlib.h>

#include "../io/runread.h"
#include "cli.h"

enum { YEARS };

static const kj_option options[] = {
    [YEARS] = {"years", NULL, "one line a recorded year"},
    {0},
};

static kj_status print_hash(kj_error *err, const char *path, bool years)
{
    kj_runread *file;
    kj_status status = kj_runread_open(err, path, &file);
    if (status) return status;
    for (uint32_t y = 0; years && y < kj_runread_n_years(file); y++)
        printf("%s %d %s\n", path, kj_runread_years(file)[y], kj_runread_year_hash(file, y));
    if (!years) printf("%s %s\n", path, kj_runread_info(file)->state_hash);
    kj_runread_close(file);
    return KJ_OK;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    bool years = false;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result), n_files = 0;
    for (int i = 0; i < n; i++) years |= words[i].option == YEARS;
    kj_error err;
    for (int i = 0; i < n; i++) {
        if (words[i].option >= 0) continue;
        n_files++;
        if (print_hash(&err, words[i].text, years)) result = kj_cli_fail(&err);
    }
    if (n >= 0 && n_files == 0) result = kj_cli_misuse(command, "which file?");
    free(words);
    return result;
}

const kj_command kj_command_hash = {
    .name = "hash",
    .usage = "hash FILE … [--years]",
    .doc = "Prints the state hash of a run; it is the last field.\nTwo runs with the same hash ended with the same people, homes and land.",
    .options = options,
    .run = run,
};
