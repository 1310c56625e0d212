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

static int run(const kj_command *command, int argc, char **argv)
{
    const char *path = NULL;
    bool years = false;
    int result = kj_cli_one_file(command, argc, argv, YEARS, &years, &path);
    if (!path) return result;
    kj_runread *file;
    kj_error err;
    if (kj_runread_open(&err, path, &file)) return kj_cli_fail(&err);
    for (uint32_t y = 0; years && y < kj_runread_n_years(file); y++)
        printf("%d %s\n", kj_runread_years(file)[y], kj_runread_year_hash(file, y));
    if (!years) printf("%s %s\n", path, kj_runread_info(file)->state_hash);
    kj_runread_close(file);
    return 0;
}

const kj_command kj_command_hash = {
    .name = "hash",
    .usage = "hash FILE [--years]",
    .doc = "Prints the state hash of a run; it is the last field.\nTwo runs with the same hash ended with the same people, homes and land.",
    .options = options,
    .run = run,
};
