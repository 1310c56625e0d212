/* Scenarios and policies. A scenario file names a map, an end, settings and policies; all shipped policies are loaded
   with it, so that each can be switched on from outside (--set densify.enabled=true).

   Life: kj_scenario_load -> kj_scenario_use_map -> kj_sim_load_plugins -> kj_scenario_attach -> kj_sim_set_param for --set
         -> kj_scenario_check -> kj_sim_start … -> kj_sim_free -> kj_scenario_free. Main thread only. */
#ifndef KEDJA_SCRIPT_SCENARIO_H
#define KEDJA_SCRIPT_SCENARIO_H

#include <kedja/model.h>
#include <signal.h>

#include "../engine/sim.h"

/* A file that took part, for provenance and for kj_scenario_restore. Owned by the scenario. */
typedef enum kj_script_kind { KJ_SCRIPT_SCENARIO = 0, KJ_SCRIPT_POLICY = 1, KJ_SCRIPT_PROGRAMME = 2 } kj_script_kind;
typedef struct kj_script_file {
    kj_script_kind kind;
    char *path, *text;
    size_t n_bytes;
} kj_script_file;

/* What a text kept in a run is, beside the scenario: programmes are found by their folder, scripts/programmes/MAP.lua. */
kj_script_kind kj_script_kind_of(const char *path);

enum { KJ_LANGUAGES = 3 }; /* en, sv, da: order of all title and sentence arrays */

/* What the value of a parameter is. All but numbers are whole. */
typedef enum kj_param_kind {
    KJ_PARAM_NUMBER = 0,
    KJ_PARAM_SWITCH,  /* true or false in Lua, 1 or 0 here: its default says so */
    KJ_PARAM_WHOLE,   /* kind = "whole": a count, a class, a rank */
    KJ_PARAM_GRADE,   /* kind = "grade": of a school, 0 (the preschool class) to 9 */
    KJ_PARAM_FACILITY /* kind = "school" or another kind of facility: its id, 0 for none */
} kj_param_kind;

/* What a policy declares; the viewer, the handbook and experiments read the same. */
typedef struct kj_policy_param {
    char name[KJ_NAME_MAX]; /* without the policy's name */
    kj_param_kind kind;
    kj_facility_kind facility; /* that the id is of; else without meaning */
    char *unit, *source;
    char *title[KJ_LANGUAGES], *sentence[KJ_LANGUAGES];
    char *zero[KJ_LANGUAGES]; /* what 0 means, as the sentence says too; NULL if the file gives none */
    double def, min, max;
    bool has_unit; /* the file names it, or its kind needs none */
    bool is_given;  /* the scenario sets it, to: */
    double given;
} kj_policy_param;

/* When a policy is applied, beside month or January. With a year or an indicator it acts once: in the first January or month of
   that year or after it, or at which the indicator stands beyond its bound. */
typedef struct kj_trigger {
    int32_t month;         /* 1 … 12: that month of the year; 0: as kj_policy.monthly says */
    int32_t year;          /* not before it; 0: any */
    char *table, *column, *name; /* a recorded column, summed or of the row with that name; NULL: no bound */
    bool is_above;
    double bound;
} kj_trigger;

/* What a call of a policy can do. */
typedef enum kj_deed {
    KJ_DEED_CALL = 0, /* it acted */
    KJ_DEED_CELLS,    /* changed values of cells in a layer, each as often as a call changed it; cells outside all areas are not counted */
    KJ_DEED_ZONED,    /* of cells whose protection it changed: those zoned for homes */
    KJ_DEED_NEW,      /* made rows of a table: projects, facilities */
    KJ_DEED_ROWS,     /* changed values of rows that were there, in a column "facility.places" */
    KJ_DEED_SETTING,  /* changed a parameter */
    KJ_DEEDS
} kj_deed;

/* What a policy has done in a year. */
typedef struct kj_policy_deed {
    uint32_t policy; /* its place in the scenario */
    int32_t year;
    kj_deed deed;
    const char *what; /* the layer, table, column or parameter; "" where there is none */
    int64_t n;
} kj_policy_deed;
/* Calls `tell` for each thing that policies did since the start, year by year. What it holds is valid during the call. */
void kj_policies_deeds(kj_sim *sim, void (*tell)(void *data, const kj_policy_deed *deed), void *data);
/* Sum over the rows of a table of an indicator as it stood at the end of a year that the run has behind it: all years since the start are kept. known: false
   where this says nothing (script/past.h), and in a model without such a column. The caller knows that the sum means something. */
kj_status kj_past_total(kj_error *err, kj_sim *sim, const char *table, const char *column, int32_t year, double *value, bool *known);
/* Of all years together, by deed. */
void kj_policy_totals(kj_sim *sim, uint32_t policy, int64_t totals[KJ_DEEDS]);

enum { POLICY_PARAMS_MAX = 64 }; /* of its own, a place apart */

/* Besides its own parameters every policy has enabled (0 or 1), from and to (years; 0: no bound), and what the program keeps of it:
   since (year of the first call since it came into force) and, if it acts once, done (year for which it has acted). */
typedef struct kj_policy {
    char name[KJ_NAME_MAX];
    char *title[KJ_LANGUAGES], *sentence[KJ_LANGUAGES];
    char *lever_se, *lever_dk; /* legal lever; like the next two NULL if the file gives none */
    char *changes[KJ_LANGUAGES], *leaves[KJ_LANGUAGES];
    bool monthly; /* applied each month, not each January */
    bool once;    /* acts once, and not before the year of its trigger or of its parameter `year` if it has one */
    kj_trigger trigger;
    bool listed;  /* by the scenario, with these three */
    bool enabled;
    double from, to;
    kj_policy_param *params;
    uint32_t n_params;
    bool has_place; /* the last two of them are x and y */
    uint32_t file; /* index in kj_scenario.files */
    uint32_t first_param; /* in the simulation it was last attached to */
} kj_policy;

/* A named project as the programme of the map, or the scenario, gives it. */
typedef struct kj_named_project {
    char name[128], area[128]; /* area: "" where x and y are given */
    double x, y;
    int32_t homes[KJ_PROJECT_TENURES], n_small;
    int32_t start, months; /* year; 0: not given */
    uint32_t file;         /* index in kj_scenario.files */
    int32_t line, place_line, start_line;
} kj_named_project;

typedef struct kj_policies kj_policies; /* the sandbox and what is needed to run them */

typedef struct kj_scenario {
    char name[KJ_NAME_MAX];
    char *title[KJ_LANGUAGES], *about[KJ_LANGUAGES]; /* about: NULL if the file gives none */
    char *map;             /* name or folder, as the file says it */
    int32_t stop_year;     /* the run ends with its December */
    bool has_seed;
    uint64_t seed;
    kj_setting *settings;  /* set = {…}, in name order */
    uint32_t n_settings;
    kj_policy *policy;     /* in the order in which they are applied: the scenario's, then the others by name */
    uint32_t n_policies;
    kj_script_file *files; /* the scenario first */
    uint32_t n_files;
    kj_policies *policies;
} kj_scenario;

/* Loads a file, or by name one of scripts/scenarios. Faults: KJ_E_INPUT with file, line and source. KJ_E_STOPPED soon after *stop is set; stop may be NULL. */
kj_status kj_scenario_load(kj_error *err, const char *path_or_name, const volatile sig_atomic_t *stop, kj_scenario **out);
/* KJ_E_INPUT that says so of a name that is neither a file nor one of those shipped in a folder of the data ("scripts/scenarios"),
   with the shipped name that was meant if one is near, else all of them. kind: "scenario", "experiment". */
kj_status kj_script_missing(kj_error *err, const char *wanted, const char *shipped_in, const char *kind);
/* The same from texts that an earlier run kept: no file is read. files[0] is the scenario. */
kj_status kj_scenario_restore(kj_error *err, const kj_script_file *files, uint32_t n_files, const volatile sig_atomic_t *stop, kj_scenario **out);
void kj_scenario_free(kj_scenario *scenario);

/* Names the map that is really used (kj_map.name), which need not be the scenario's: its programme of named projects takes
   the place of that of the scenario's map; a map without one has an empty programme. Right after loading. */
kj_status kj_scenario_use_map(kj_error *err, kj_scenario *scenario, const char *map_name);

/* The named projects: those of the programme first. Valid until kj_scenario_use_map or kj_scenario_free. */
const kj_named_project *kj_scenario_projects(const kj_scenario *scenario, uint32_t *n);
/* After kj_scenario_use_map: KJ_E_INPUT, with file and line, for a named project whose area or point the map has not, or that stands both in the
   programme and in the scenario. */
kj_status kj_scenario_check_projects(kj_error *err, const kj_scenario *scenario, const kj_map *map);
/* Notes about projects that are in order, and yet perhaps not meant: a start before the run's first year, a name that the map has already, a
   scenario's projects that no policy builds. After kj_scenario_attach. */
void kj_scenario_tell_projects(const kj_scenario *scenario, const kj_map *map, const kj_sim *sim);

/* Puts file and line of a key of scenario{…} before a message about it, as in "mine.lua:3: scenario.map: …". Returns err->status. */
kj_status kj_scenario_blame(kj_error *err, const kj_scenario *scenario, const char *key);

/* The earliest year whose indicators policies asked for in the last month in which they asked for a past one, and the year of that month; 0 if never. */
int32_t kj_policies_asked(const kj_scenario *scenario, int32_t *in_year);

/* The paired world without one named project; see kj_city_leave_out. Before the first month. */
void kj_scenario_leave_out(kj_scenario *scenario, const char *project);

/* Adds the policies' parameters to the simulation (after kj_sim_load_plugins, before kj_sim_start), gives them and the
   plugins' parameters the scenario's values, and has the policies applied each month. Unknown names: KJ_E_INPUT. */
kj_status kj_scenario_attach(kj_error *err, kj_scenario *scenario, kj_sim *sim);
/* Its first half: the policies without `set`. */
kj_status kj_policies_attach(kj_error *err, kj_policies *policies, kj_sim *sim);

/* After the last setting: KJ_E_INPUT if a policy would begin after its end. */
kj_status kj_scenario_check(kj_error *err, const kj_scenario *scenario, const kj_sim *sim);

/* After the last setting: KJ_E_INPUT if a parameter of a policy that is on names a facility of the map that is of another kind. One that the map has not
   the run may open: before each call they are looked at again. */
kj_status kj_scenario_check_facilities(kj_error *err, const kj_scenario *scenario, const kj_map *map, const kj_sim *sim);
/* A note for each that the map has not. */
void kj_scenario_tell_facilities(const kj_scenario *scenario, const kj_map *map, const kj_sim *sim);

/* Value that one parameter of a policy ("max_far"; also "enabled", "from", "to") has in the simulation. With kj_policy
   and kj_policy_param (title, unit, default, range) it is all that a listing of policies needs. */
kj_status kj_policy_value(kj_error *err, const kj_sim *sim, const kj_policy *policy, const char *param, double *value);

/* NAME.since and NAME.done of policies are kept by the program: nobody else sets them. */
bool kj_policy_keeps(const kj_param_info *param);

/* "134 values of max_far changed, 2 new projects or facilities", or "nothing changed". */
void kj_policy_words(kj_sim *sim, uint32_t policy, char *out, size_t room);
bool kj_policy_changed_nothing(const int64_t totals[KJ_DEEDS]);

/* At the end of a run: one note for each policy that acted, with what it changed, and for each that is on and has not acted, why.
   True if one acted. */
bool kj_policies_tell(const kj_scenario *scenario, kj_sim *sim, bool quiet);

#endif
