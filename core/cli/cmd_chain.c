/* kedja chain RUN.nc [ID] */
#include <stdio.h>
#include <string.h>

#include "../chains/area_words.h"
#include "../chains/chain_story.h"
#include "../draw/language.h"
#include "stories.h"

#define _(text) kj_tr(text)

enum { SUGGESTIONS = 10 };

/* One chain in a line: where it began, and the project if that has a name. */
static void print_suggestion(const kj_forest *forest, const kj_area_words *areas, kj_id id)
{
    char place[256];
    const uint32_t row = id - 1;
    uint32_t households = 1;
    for (uint32_t at = row; forest->child[at]; at = forest->child[at] - 1) households++;
    kj_say_area(place, sizeof place, areas, forest->area[row]);
    const char *project = kj_forest_project(forest, forest->project[row]);
    if (!strcmp(project, place)) project = ""; /* a village has one of its own name */
    printf(kj_tr_count("  %8u  %u household, from %d-%02d on", "  %8u  %u households, from %d-%02d on", households), id, households, (int)KJ_YEAR_OF(forest->opened[row]),
           (int)KJ_MONTH_OF_YEAR(forest->opened[row]));
    printf("  %s%s%s\n", place, place[0] && project[0] ? ", " : "", project);
}

static kj_status suggest(kj_error *err, const kj_forest *forest)
{
    kj_id ids[SUGGESTIONS];
    kj_area_words areas;
    uint32_t n = kj_chains_to_tell(forest, SUGGESTIONS, ids);
    if (n == 0) return kj_fail(err, KJ_E_INPUT, "%s: no chain from a new dwelling is complete yet", kj_runread_path(forest->run));
    kj_status status = kj_area_words_read(err, forest->run, &areas);
    if (status) return status;
    puts(_("The longest complete chains from new dwellings; tell one with `kedja chain RUN.nc ID`:"));
    for (uint32_t i = 0; i < n; i++) print_suggestion(forest, &areas, ids[i]);
    kj_area_words_free(&areas);
    return KJ_OK;
}

static kj_status answer(kj_error *err, const char *path, kj_id id, const char *code)
{
    kj_forest forest;
    kj_language language;
    kj_status status = kj_cli_language(err, code, &language);
    if (!status) status = kj_forest_open(err, path, &forest);
    if (status) return status;
    status = id ? kj_chain_tell(err, &forest, id, language, stdout) : suggest(err, &forest);
    kj_forest_close(&forest);
    return status;
}

static int run(const kj_command *command, int argc, char **argv) { return kj_cli_story(command, argc, argv, answer); }

const kj_command kj_command_chain = {
    .name = "chain",
    .usage = "chain RUN.nc [ID] [--lang en|sv|da]",
    .doc = "Tells one moving chain as a story.\n"
           "ID is that of any of its vacancies (`vacancy.id` in the run file). Without it the longest complete chains are listed.",
    .options = kj_story_options,
    .run = run,
};
