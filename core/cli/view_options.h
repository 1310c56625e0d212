/* Options that `kedja view` and `kedja live` share. */
#ifndef KEDJA_CLI_VIEW_OPTIONS_H
#define KEDJA_CLI_VIEW_OPTIONS_H

#include "../../viz/viz.h"
#include "cli.h"

enum { VIEW_FULLSCREEN = 0, VIEW_SCALE, VIEW_LANG, VIEW_SIZE, VIEW_SCRIPT, VIEW_SHOT, VIEW_OPTION_COUNT };

#define VIEW_OPTIONS                                                                                                        \
    [VIEW_FULLSCREEN] = {"fullscreen", NULL, "fill the screen (F11 goes back)"},                                           \
    [VIEW_SCALE] = {"scale", "0.8-2.0", "size of the text (default: 1)"},                                                   \
    [VIEW_LANG] = {"lang", "en|sv|da", "language (default: en); can be changed while it runs"},                             \
    [VIEW_SIZE] = {"size", "WxH", "size of the window or picture in pixels (default: 1920x1080)"},                          \
    [VIEW_SCRIPT] = {"script", "FILE", "run a script of clicks, keys and expectations instead of a window"},                \
    [VIEW_SHOT] = {"shot", "FILE.png", "draw one frame, write it, and end"}

/* Takes one of the options above. */
kj_status kj_view_option(kj_error *err, const kj_word *word, kj_viz_options *out);

#endif
