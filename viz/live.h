/* A simulation that goes on while it is shown. One thread simulates two worlds of the same luck: A as the scenario says, B
   with the changes that people make. A change branches B from the January it holds from: the past stays, and years before
   it are not simulated again. What the viewer sees are snapshots, published year by year and never written to again.

   Unless said otherwise: called by the thread that draws. */
#ifndef KEDJA_VIZ_LIVE_H
#define KEDJA_VIZ_LIVE_H

#include <kedja/model.h>

#include "../core/run/journal.h"
#include "../core/run/replay.h"
#include "source.h"

typedef struct kj_live kj_live;

enum { KJ_LIVE_CONTROLS_MAX = 40, KJ_LIVE_LEVERS_MAX = 6 }; /* levers: of policies, and as many of plugins */

typedef struct kj_live_options {
    kj_request request;  /* taken over */
    kj_journal journal;  /* to begin with; taken over */
    int64_t memory_bytes; /* for states of Januaries in memory; 0: 1 GB */
} kj_live_options;

/* Starts the thread and waits until the start year stands, or for the fault that kept it from it. */
kj_status kj_live_start(kj_error *err, kj_live_options *options, kj_live **out);
void kj_live_stop(kj_live *live); /* waits for the thread */

/* Worlds 0 (A) and 1 (B) as sources; kj_source.close does nothing. What they tell changes only by kj_live_adopt. */
kj_source kj_live_source(kj_live *live, int32_t track);
/* Takes what was published since the last call; true if there is anything new. */
bool kj_live_adopt(kj_live *live);
int32_t kj_live_last_year(const kj_live *live); /* that will be simulated */
/* Whether no luck of people parts A and B in any year that both have: the rule of core/compare/lives.h. */
bool kj_live_same_lives(const kj_live *live);
bool kj_live_is_idle(kj_live *live);            /* both worlds stand at the end, or failed */
/* Why the simulation stands still, in the words of the policy that cannot act; "" while it does not. Copies to out. */
void kj_live_fault(kj_live *live, char out[256]);
/* State hash of a world at the end of its last year, "" before the end. Copies to out. */
void kj_live_hash(kj_live *live, int32_t track, char out[33]);
double kj_live_first_year_seconds(kj_live *live); /* from the last change to its first simulated year; 0: none yet */

/* What a policy's parameters say of its place: x and y, or the ends x1, y1 and x2, y2 of a line. */
typedef enum kj_place_kind { KJ_PLACE_NONE = 0, KJ_PLACE_POINT, KJ_PLACE_LINE } kj_place_kind;

/* How the value of a lever reads: as a number, a school grade (0: the preschool class), or the id of a facility (0: none is chosen). */
typedef enum kj_lever_kind { KJ_LEVER_NUMBER = 0, KJ_LEVER_GRADE, KJ_LEVER_FACILITY } kj_lever_kind;

/* What can be changed, as policies and plugins from outside declare it. */
typedef struct kj_live_control {
    bool is_policy;
    int32_t policy, index;  /* of the scenario's policies; of the lever */
    char title[96], english[96];
    char unit[24];
    double value, low, high, step;
    int32_t decimals;
    kj_lever_kind kind;
    kj_facility_kind facility; /* that the id is of */
    char at_zero[96];  /* what the lever does at 0, where its policy says so; "" */
    char plugin[64];   /* the lever is a parameter of this plugin; "": of a policy */
    char sentence[200]; /* what a plugin says of its parameter, in the language in which it was written; "" */
    char name[64];     /* of the policy */
    kj_place_kind place; /* can it be put on the map? */
} kj_live_control;

typedef struct kj_live_controls {
    kj_live_control items[KJ_LIVE_CONTROLS_MAX];
    int32_t n;
    int32_t n_more; /* parameters of plugins for which there was no room: kedja live --set */
    bool can_undo, can_redo;
    char status[200]; /* what the simulation does now */
} kj_live_controls;

/* Values as they hold in `year`. Sliders of plugins that were loaded from files, then of the policies that are on: at most six of each.
   language: 0 en, 1 sv, 2 da. */
void kj_live_controls_of(kj_live *live, int language, int32_t year, kj_live_controls *out);

/* Changes from January of a year on. A policy that acts once, in a year of its own, acts in the year in which it is switched on. */
void kj_live_switch(kj_live *live, int32_t policy, int32_t year, bool on);
/* The year in which a policy acts that is changed from `year` on: its own, where it has one. */
int32_t kj_live_acts_in(const kj_live *live, int32_t policy, int32_t year);
int32_t kj_live_lever_policy(int32_t index); /* of which policy a lever is a parameter; -1: of a plugin */
void kj_live_lever(kj_live *live, int32_t index, int32_t year, double value);
/* Puts what the policy makes at (x, y), metres of the map, or along the line between two points, and switches it on. One of each
   policy a year: the later place takes the place of the earlier. */
void kj_live_place(kj_live *live, int32_t policy, int32_t year, const double points[2][2]);

/* What was put on the map. */
typedef struct kj_live_placed {
    int32_t policy, year;
    char title[96];
    bool is_line;
    double x[2], y[2], radius; /* metres; radius 0: a point */
} kj_live_placed;
/* At most `most` of them, in the order of years. language as in kj_live_controls_of. */
int32_t kj_live_placed_of(kj_live *live, int language, kj_live_placed *out, int32_t most);
/* Year of the last change of the branch; 0 without changes. */
int32_t kj_live_branch_year(const kj_live *live);
void kj_live_undo(kj_live *live);
void kj_live_redo(kj_live *live);
kj_status kj_live_write_journal(kj_error *err, kj_live *live, const char *path);

#endif
