/* kedja chain RUN.nc [ID] */
#include <stdio.h>
#include <stdlib.h>

#include "../base/log.h"
#include "../chains/chain_story.h"
#include "cli.h"

enum { LANG };
enum { SUGGESTIONS = 10 };

static const kj_option options[] = {
    [LANG] = {"lang", "en|sv|da", "language (default: en)"},
    {0},
};

static kj_status suggest(kj_error *err, const kj_forest *forest)
{
    kj_id ids[SUGGESTIONS];
    uint32_t n = kj_chains_to_tell(forest, SUGGESTIONS, ids);
    if (n == 0) return kj_fail(err, KJ_E_INPUT, "%s: no chain from a new dwelling is complete yet", kj_runread_path(forest->run));
    puts("The longest complete chains from new dwellings; tell one with `kedja chain RUN.nc ID`:");
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = ids[i] - 1, households = 1;
        for (uint32_t at = row; forest->child[at]; at = forest->child[at] - 1) households++;
        printf("  %u  %u households, from %d-%02d on\n", ids[i], households, (int)KJ_YEAR_OF(forest->opened[row]), (int)KJ_MONTH_OF_YEAR(forest->opened[row]));
    }
    return KJ_OK;
}

kj_status kj_cli_language(kj_error *err, const char *code, kj_language *language)
{
    kj_status status = kj_language_parse(err, code, language);
    if (status) return kj_error_context(err, "option --lang");
    if (kj_language_set(err, *language)) {
        kj_log_warning("%s; the text is in English", err->text);
        *language = KJ_LANG_EN;
    }
    return KJ_OK;
}

static kj_status answer(kj_error *err, const char *path, int64_t id, const char *code)
{
    kj_forest forest;
    kj_language language;
    kj_status status = kj_cli_language(err, code, &language);
    if (!status) status = kj_forest_open(err, path, &forest);
    if (status) return status;
    status = id ? kj_chain_tell(err, &forest, (kj_id)id, language, stdout) : suggest(err, &forest);
    kj_forest_close(&forest);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    const char *path = NULL, *code = "en";
    int64_t id = 0;
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        if (words[i].option == LANG) code = words[i].text;
        else if (!path) path = words[i].text;
        else status = kj_cli_number(&err, "ID", words[i].text, 1, UINT32_MAX - 1, &id);
    }
    if (!status && n >= 0 && !path) {
        result = kj_cli_misuse(command, "which run?");
        n = -1;
    }
    if (!status && n >= 0) status = answer(&err, path, id, code);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_chain = {
    .name = "chain",
    .usage = "chain RUN.nc [ID] [--lang en|sv|da]",
    .doc = "Tells one moving chain as a story.\n"
           "ID is that of any of its vacancies (`vacancy.id` in the run file). Without it the longest complete chains are listed.",
    .options = options,
    .run = run,
};
