#include "view_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kj_status take_scale(kj_error *err, const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    if (end != text && !*end && *out >= 0.8 && *out <= 2.0) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "option --scale: expected a number from 0.8 to 2.0, found '%s'", text);
}

static kj_status take_size(kj_error *err, const char *text, kj_viz_options *out)
{
    char rest;
    if (sscanf(text, "%dx%d%c", &out->width, &out->height, &rest) == 2 && out->width >= 640 && out->height >= 360 && out->width <= 16384 && out->height <= 16384) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "option --size: expected WIDTHxHEIGHT of at least 640x360, found '%s'", text);
}

kj_status kj_view_option(kj_error *err, const kj_word *word, kj_viz_options *out)
{
    switch (word->option) {
    case VIEW_FULLSCREEN: out->fullscreen = true; return KJ_OK;
    case VIEW_SCALE: return take_scale(err, word->text, &out->text_scale);
    case VIEW_SIZE: return take_size(err, word->text, out);
    case VIEW_SCRIPT: out->script = word->text; return KJ_OK;
    case VIEW_SHOT: {
        const char *dot = strrchr(word->text, '.');
        if (!dot || strcmp(dot, ".png")) return kj_fail(err, KJ_E_INPUT, "%s: expected a name that ends in .png", word->text);
        return kj_cli_target(err, &out->shot, word->text);
    }
    default:
        out->lang = word->text;
        if (!strcmp(out->lang, "en") || !strcmp(out->lang, "sv") || !strcmp(out->lang, "da")) return KJ_OK;
        return kj_fail(err, KJ_E_INPUT, "option --lang: expected en, sv or da, found '%s'", word->text);
    }
}
