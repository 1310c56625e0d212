/* The city as a policy sees it: layers and masks over the whole map, areas, indicators, parameters, projects and
   facilities. A call of a policy is a transaction: what it touches is copied first and put back if the call fails. */
#ifndef KEDJA_SCRIPT_CITY_H
#define KEDJA_SCRIPT_CITY_H

#include <kedja/model.h>

#include "../engine/sim.h"
#include "sandbox.h"

typedef struct kj_city kj_city;

/* Pushes the list that city:programme() answers; may raise a Lua error. */
typedef void (*kj_programme_fn)(lua_State *L, void *data);

/* Makes a city and teaches the sandbox its vocabulary. programme may be NULL: an empty list. */
kj_status kj_city_new(kj_error *err, kj_sandbox *box, kj_programme_fn programme, void *data, kj_city **out);
void kj_city_free(kj_city *city); /* before kj_sandbox_free; its simulation may be gone */
/* Name of the map for messages; the text must live as long as the city. */
void kj_city_set_map(kj_city *city, const char *name);
/* The project of that name is cancelled as a policy adds it, and its row kept, so that nobody else's luck changes: the paired world
   without it. NULL: none. The text must live as long as the city. */
void kj_city_leave_out(kj_city *city, const char *project);

/* Between begin and end the city stands for the state of `sim`, the same in all calls, in the month that is being simulated. Every
   begin is followed by one end; keep = false puts everything back as it was at begin. */
void kj_city_begin(kj_city *city, kj_sim *sim, kj_month month);
void kj_city_end(kj_city *city, bool keep);

/* The earliest year that city:indicator was asked for in the last month in which it was asked for a past one, and that month; 0 if it never was. */
int32_t kj_city_asked(const kj_city *city, kj_month *in);

/* The indicator that was last nil since begin, as TABLE.COLUMN; "" if none was. */
const char *kj_city_unknown(const kj_city *city);

/* Pushes the object `city`; only inside a protected call. */
void kj_city_push(lua_State *L, kj_city *city);

/* Fields that a project's table has in a programme and in city:project; both raise unless they are in order. The name (of a facility too) goes
   to terminals and tables: no control characters. There is at least one home, and no more small houses than homes. */
enum { KJ_PROJECT_MONTHS_MAX = 240 };
const char *kj_city_check_name(lua_State *L, int index, const char *what);
void kj_city_check_homes(lua_State *L, int index, const char *what, int32_t homes[KJ_PROJECT_TENURES], int32_t *n_small);

/* What scripts can say, for the handbook: every name that the city, a layer, a mask or an area answers to. */
typedef struct kj_binding {
    const char *object;    /* "city", "layer", "mask" */
    const char *name;      /* "near" */
    const char *signature; /* "city:near(where, metres) -> mask" */
    const char *doc;       /* one sentence */
    lua_CFunction function; /* NULL: a field */
} kj_binding;
/* Binding number `index`; NULL past the last. */
const kj_binding *kj_city_binding(size_t index);

#endif
