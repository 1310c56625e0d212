/* kedja household RUN.nc [ID] */
#include "stories.h"

static int run(const kj_command *command, int argc, char **argv) { return kj_cli_story(command, argc, argv, kj_cli_tell_household); }

const kj_command kj_command_household = {
    .name = "household",
    .usage = "household RUN.nc [ID] [--lang en|sv|da]",
    .doc = "Follows one household through a run.\n"
           "Only those that the run was asked to follow: `kedja run … --trace household:ID`. Without ID they are listed.",
    .options = kj_story_options,
    .run = run,
};
