/* The viewer, for the program's subcommands. */
#ifndef KEDJA_VIZ_VIZ_H
#define KEDJA_VIZ_VIZ_H

#include <stdbool.h>
#include <stdint.h>

#include "../core/run/journal.h"

typedef struct kj_viz_options {
    const char *run[2];  /* run files; the first may be a saved session (.json) */
    const char *lang;    /* "en", "sv", "da"; NULL: that of a session, else English */
    const char *script;  /* NULL: none */
    const char *session; /* of a live session: how it looked; NULL: none */
    const char *shot;    /* one frame is drawn, written and the program ends; NULL: no */
    double text_scale;   /* 0.8 … 2.0 */
    int32_t width, height; /* 0: 1920 × 1080 */
    bool fullscreen;
} kj_viz_options;

/* Opens the window (or runs the script, or draws the shot) until the person leaves. KJ_E_INPUT as kj_runread_open; a map
   that differs between the two runs; a script that expects what is not there. */
kj_status kj_view(kj_error *err, const kj_viz_options *options);

/* The journal that a saved live session names, beside it. KJ_E_INPUT if the session or its journal cannot be read. */
kj_status kj_session_journal(kj_error *err, const char *session, kj_journal *out);

/* Simulates and shows at the same time. The request and the journal are taken over; memory_mb: for states kept in memory
   (0: 1024). KJ_E_INPUT as kj_prepare. */
kj_status kj_live_view(kj_error *err, const kj_viz_options *options, kj_request *request, kj_journal *journal, int32_t memory_mb);

#endif
