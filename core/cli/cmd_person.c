/* kedja person RUN.nc [ID] */
#include "stories.h"

static int run(const kj_command *command, int argc, char **argv) { return kj_cli_story(command, argc, argv, kj_cli_tell_person); }

const kj_command kj_command_person = {
    .name = "person",
    .usage = "person RUN.nc [ID] [--lang en|sv|da]",
    .doc = "Follows one person through a run.\n"
           "Only those that the run was asked to follow: `kedja run … --trace person:ID`. Without ID they are listed.",
    .options = kj_story_options,
    .run = run,
};
