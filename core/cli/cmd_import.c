/* kedja import RECIPE.lua --data FOLDER --out FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/text.h"
#include "../io/atomic.h"
#include "../map/map.h"
#include "cli.h"

enum { DATA, OUT, QUIET };

static const kj_option options[] = {
    [DATA] = {"data", "FOLDER", "where the recipe's source files lie"},
    [OUT] = {"out", "FOLDER", "where map.nc is written"},
    [QUIET] = {"quiet", NULL, "do not print the report"},
    {0},
};

/* Not part of the report itself, which stands in every map and its digest. */
static const char how_to_read[] = "\nHow to read it\n"
                                  "  fitted         persons, age and sex, tenure and median income by area, as the recipe gives them; households by size and kind where it has\n"
                                  "                 tables of them by area, else the share of one-person households as near as persons and homes allow\n"
                                  "  compared only  households by kind beside the nation's (in brackets), and who lives in small houses\n"
                                  "  assumed        student and senior homes, small houses and floor areas, jobs, students and commuters: the recipe's and the country's\n"
                                  "                 figures; land where it says synthetic; facilities where it says assumed\n";

static kj_status import(kj_error *err, const char *recipe, const char *data, const char *out, bool quiet)
{
    kj_memory memory = {0};
    kj_map map;
    struct stat info;
    if (data && (stat(data, &info) || !S_ISDIR(info.st_mode))) return kj_fail(err, KJ_E_INPUT, "--data %s: there is no such folder", data);
    kj_status status = kj_folder_check_target(err, out);
    if (!status) status = kj_map_build(err, recipe, data, true, &memory, &map);
    if (status) return status;
    status = kj_map_save(err, out, &map);
    if (!status && !quiet) {
        if (map.report) fputs(map.report, stdout), fputs(how_to_read, stdout);
        printf("\nwritten: %s/map.nc (digest %s)\ntry: kedja run SCENARIO.lua --map %s\n", out, map.digest, out);
    }
    kj_map_free(&map);
    return status;
}

/* A shipped recipe may be named: "lund" is maps/lund/recipe.lua, wherever Kedja is installed. */
static const char *find_recipe(const char *given, char *path, size_t path_bytes)
{
    char relative[128];
    if (strchr(given, '/') || strchr(given, '.') || strlen(given) > 60) return given;
    snprintf(relative, sizeof relative, "maps/%.60s/recipe.lua", given);
    return kj_data_path(relative, path, path_bytes) ? given : path;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    const char *recipe = NULL, *data = NULL, *out = NULL;
    bool quiet = false;
    for (int i = 0; i < n; i++) {
        if (words[i].option == DATA) data = words[i].text;
        else if (words[i].option == OUT) out = words[i].text;
        else if (words[i].option == QUIET) quiet = true;
        else if (recipe) {
            result = kj_cli_misuse(command, "one recipe at a time: '%s' comes after '%s'", words[i].text, recipe);
            n = -1;
        } else recipe = words[i].text;
    }
    if (n >= 0 && (!recipe || !out)) {
        result = kj_cli_misuse(command, !recipe ? "which recipe?" : "--out FOLDER is missing");
        n = -1;
    }
    kj_error err;
    char path[1200];
    if (n >= 0 && import(&err, find_recipe(recipe, path, sizeof path), data, out, quiet)) result = kj_cli_fail(&err);
    free(words);
    return result;
}

const kj_command kj_command_import = {
    .name = "import",
    .usage = "import RECIPE.lua|NAME --data FOLDER --out FOLDER",
    .doc = "Builds a map from a recipe and its source files; a shipped recipe may be named (lund, kronoberg …).\n"
           "Prints how well the synthetic population fits the sources, and which layers are real.",
    .options = options,
    .run = run,
};
