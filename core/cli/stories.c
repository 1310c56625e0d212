#include "stories.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../chains/life_story.h"

enum { LANG };

const kj_option kj_story_options[] = {
    [LANG] = {"lang", "en|sv|da", "language (default: en)"},
    {0},
};

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

static kj_status tell_life(kj_error *err, const char *path, bool household, kj_id id, const char *code)
{
    kj_runread *run;
    kj_language language;
    kj_status status = kj_cli_language(err, code, &language);
    if (!status) status = kj_runread_open(err, path, &run);
    if (status) return status;
    status = kj_life_tell(err, run, household, id, language, stdout);
    kj_runread_close(run);
    return status;
}

kj_status kj_cli_tell_person(kj_error *err, const char *path, kj_id id, const char *language) { return tell_life(err, path, false, id, language); }
kj_status kj_cli_tell_household(kj_error *err, const char *path, kj_id id, const char *language) { return tell_life(err, path, true, id, language); }

/* The number of one: of a vacancy, person or household. */
static kj_status take_id(kj_error *err, const kj_command *command, const char *text, int64_t *id)
{
    kj_error ignored;
    if (kj_cli_number(&ignored, "ID", text, 1, UINT32_MAX - 1, id) == KJ_OK) return KJ_OK;
    bool chain = !strcmp(command->name, "chain");
    return kj_fail(err, KJ_E_INPUT, "%s: expected the number of a %s (leave it out to list the %ss%s), found '%s'", command->name,
                   chain ? "vacancy" : command->name, command->name, chain ? "" : " that were followed", text);
}

int kj_cli_story(const kj_command *command, int argc, char **argv, kj_story_fn tell)
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
        else if (id) status = kj_fail(&err, KJ_E_INPUT, "%s: one at a time: '%s' comes after %lld", command->name, words[i].text, (long long)id);
        else status = take_id(&err, command, words[i].text, &id);
    }
    if (!status && n >= 0 && !path) {
        result = kj_cli_misuse(command, "which run?");
        n = -1;
    }
    if (!status && n >= 0) status = tell(&err, path, (kj_id)id, code);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}
