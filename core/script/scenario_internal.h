/* Shared by scenario.c, policy_file.c and policies.c. */
#ifndef KEDJA_SCRIPT_SCENARIO_INTERNAL_H
#define KEDJA_SCRIPT_SCENARIO_INTERNAL_H

#include "city.h"
#include "sandbox.h"
#include "scenario.h"

/* What scenario{…}, policy{…} and programme{…} do when a file calls them. */
typedef enum script_mode {
    SCRIPT_PEEK = 0, /* scenario: only note the names of its policies */
    SCRIPT_READ,     /* read everything into the structs */
    SCRIPT_CALL      /* keep the function or list that this call needs */
} script_mode;

typedef struct script_conflicts script_conflicts;

struct kj_policies {
    kj_sandbox *box;
    kj_city *city;
    kj_scenario *scenario; /* not owned */
    script_mode mode;
    uint32_t n_calls;      /* of scenario{…} and so on by the file that runs now: must be 1 */
    kj_policy *reading;    /* policy{…} fills it */
    char (*wanted)[KJ_NAME_MAX]; /* names that PEEK found */
    uint32_t n_wanted;
    char map_name[256]; /* of the map that is really used, once kj_scenario_use_map has named it */
    bool restored;      /* from kept texts: the programme is among them */
    kj_named_project *projects; /* of the scenario and of the programme, in the order of reading */
    uint32_t n_projects;
    script_conflicts *conflicts; /* who changed which cell last; NULL before the first call */
};

kj_policies *script_policies(lua_State *L);
/* Runs one of the scenario's files; its declaration must be made exactly once. */
kj_status script_run(kj_error *err, kj_policies *policies, const kj_script_file *file, script_mode mode, const char *declaration);

/* Registry places for SCRIPT_CALL. */
extern const char script_apply_key, script_projects_key, script_programme_key;

/* policy_file.c */
int script_policy(lua_State *L);
void script_policy_free(kj_policy *policy);
kj_policy *script_find_policy(const kj_scenario *scenario, const char *name);
/* Copies a text or raises. */
char *script_copy(lua_State *L, const char *text);
void script_copy_texts(lua_State *L, char *to[KJ_LANGUAGES], const char *const from[KJ_LANGUAGES]);
/* Small letters, digits and _, beginning with a letter. */
bool script_is_name(const char *name);

/* conflicts.c. Between kj_city_begin and kj_city_end, after a call that went well: counts the cells inside areas that the policy (its index) changed and
   warns of clashes with other policies. One pass over each layer that the policy wrote. KJ_E_MEMORY. */
kj_status script_note_changes(kj_error *err, kj_policies *policies, uint32_t policy);
void script_conflicts_free(script_conflicts *conflicts);

/* effects.c, at the same time: a call, and what it changed apart from cells. */
kj_status script_count_call(kj_error *err, const kj_city *city, uint32_t policy);
/* Adds n to what the policy did of this kind in the year of the call; nothing for 0. */
kj_status script_count(kj_error *err, const kj_city *city, uint32_t policy, kj_deed deed, const char *what, int64_t n);

/* programme.c: reads the list of named projects at `index` of the Lua stack, of file number `file`; forgets those of a file. */
void script_read_projects(lua_State *L, int index, const char *what, uint32_t file);
void script_drop_projects(kj_policies *policies, uint32_t file);

/* policies.c */
/* Year that a policy which acts once is meant for: of its `when`, or of its parameter `year`; 0: any. */
kj_status script_meant_year(kj_error *err, const kj_policy *policy, const kj_sim *sim, int32_t *year);
void script_push_programme(lua_State *L, void *policies);

#endif
