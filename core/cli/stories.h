/* What the commands that tell a story of a run share: chain, person, household. */
#ifndef KEDJA_CLI_STORIES_H
#define KEDJA_CLI_STORIES_H

#include <kedja/types.h>

#include "cli.h"

extern const kj_option kj_story_options[];
/* Tells the one with that id, or lists which there are when id is 0. */
typedef kj_status (*kj_story_fn)(kj_error *err, const char *path, kj_id id, const char *language);
/* RUN.nc [ID] [--lang CODE]; returns the exit status. */
int kj_cli_story(const kj_command *command, int argc, char **argv, kj_story_fn tell);
kj_status kj_cli_tell_person(kj_error *err, const char *path, kj_id id, const char *language);
kj_status kj_cli_tell_household(kj_error *err, const char *path, kj_id id, const char *language);

#endif
