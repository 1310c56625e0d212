/* Who lives there and in what: statistics, observations, ages, households, homes. Keys: recipe.c. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../script/luatable.h"
#include "recipe_internal.h"

/* Pairs of texts of a table, sorted by key. */
static uint32_t read_pairs(lua_State *L, int t, const char *what, const char *key, char (*left)[KJ_RECIPE_TEXT], char *right, size_t right_bytes,
                           uint32_t max)
{
    int p = kj_lua_table_or_none(L, t, what, key);
    uint32_t n = 0;
    if (!p) return 0;
    for (lua_pushnil(L); lua_next(L, p); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1)) kj_lua_refuse(L, key, "%s.%s: expected texts", what, key);
        if (n == max) kj_lua_refuse(L, key, "%s.%s: at most %u entries", what, key, max);
        copy(left[n], KJ_RECIPE_TEXT, lua_tostring(L, -2));
        copy(right + n++ * right_bytes, right_bytes, lua_tostring(L, -1));
    }
    lua_pop(L, 1);
    return n;
}

void kj_recipe_read_statistics(lua_State *L, int t, kj_recipe *r)
{
    static const char *const roles[KJ_STAT_ROLES] = {"area", "age", "sex", "category", "size"};
    const char *what = "map.statistics";
    int list = kj_lua_table_or_none(L, t, "map", "statistics");
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        int s = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, s, what, KEYS("into", "file", "value", "area", "age", "sex", "category", "size", "where", "words", "factor"), false);
        r->statistics = kj_recipe_append(L, r->statistics, r->n_statistics, sizeof *r->statistics);
        kj_recipe_statistic *to = &r->statistics[r->n_statistics++];
        to->kind = (kj_statistic_kind)kj_lua_word(L, s, what, "into", KJ_STATISTIC_LABELS);
        COPY(to->file, kj_lua_string(L, s, what, "file"));
        COPY(to->value, kj_lua_string_or(L, s, what, "value", ""));
        to->factor = kj_lua_number_or(L, s, what, "factor", 1e-6, 1e9, 1.0);
        for (int role = 0; role < KJ_STAT_ROLES; role++) COPY(to->role[role], kj_lua_string_or(L, s, what, roles[role], ""));
        if (!to->role[KJ_ROLE_AREA][0]) kj_lua_refuse(L, "statistics", "map.statistics[%d].area is missing: which dimension holds the areas?", i);
        to->n_where = read_pairs(L, s, what, "where", to->where_dim, to->where_value[0], sizeof to->where_value[0], 8);
        to->n_words = read_pairs(L, s, what, "words", to->word, to->means[0], sizeof to->means[0], 32);
        lua_pop(L, 1);
    }
    if (list) lua_pop(L, 1);
    int sample = kj_lua_table_or_none(L, t, "map", "sample");
    if (!sample) return;
    kj_lua_known_keys(L, sample, "map.sample", KEYS("file"), false);
    COPY(r->sample_file, kj_lua_string(L, sample, "map.sample", "file"));
    lua_pop(L, 1);
}

void kj_recipe_read_observations(lua_State *L, int t, kj_recipe *r)
{
    const char *what = "map.observations";
    int list = kj_lua_table_or_none(L, t, "map", "observations");
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        int s = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, s, what, KEYS("file", "date", "place", "quantity", "value", "correct", "words"), false);
        r->observations = kj_recipe_append(L, r->observations, r->n_observations, sizeof *r->observations);
        kj_recipe_observations *to = &r->observations[r->n_observations++];
        COPY(to->file, kj_lua_string(L, s, what, "file"));
        COPY(to->date, kj_lua_string_or(L, s, what, "date", "date"));
        COPY(to->place, kj_lua_string_or(L, s, what, "place", "place"));
        COPY(to->quantity, kj_lua_string_or(L, s, what, "quantity", "quantity"));
        COPY(to->value, kj_lua_string_or(L, s, what, "value", "value"));
        to->correct = kj_lua_bool_or(L, s, what, "correct", false);
        to->n_words = read_pairs(L, s, what, "words", to->word, to->means[0], sizeof to->means[0], 32);
        lua_pop(L, 1);
    }
    if (list) lua_pop(L, 1);
}

void kj_recipe_read_ages(lua_State *L, int t, kj_recipe *r)
{
    int a = kj_lua_table_or_none(L, t, "map", "ages");
    if (!a) return;
    kj_lua_known_keys(L, a, "map.ages", KEYS("file"), true);
    COPY(r->ages_file, kj_lua_string_or(L, a, "map.ages", "file", ""));
    int32_t n = kj_lua_length(L, a);
    if (n > KJ_AGE_CLASSES_MAX) kj_lua_refuse(L, "ages", "map.ages: at most %d classes", KJ_AGE_CLASSES_MAX);
    for (int32_t i = 0; i < n; i++) {
        int item = kj_lua_item_table(L, a, "map.ages", i + 1);
        kj_lua_known_keys(L, item, "map.ages", KEYS("from", "to", "share"), false);
        r->ages.from[i] = (int32_t)kj_lua_whole(L, item, "map.ages", "from", 0, KJ_AGES - 1);
        r->ages.to[i] = (int32_t)kj_lua_whole(L, item, "map.ages", "to", r->ages.from[i], KJ_AGES - 1);
        r->ages.share[i] = kj_lua_number(L, item, "map.ages", "share", 0.0, 1.0);
        lua_pop(L, 1);
    }
    r->ages.n = (uint32_t)n;
    lua_pop(L, 1);
}

void kj_recipe_read_people(lua_State *L, int t, kj_recipe *r)
{
    int h = kj_lua_table_or_none(L, t, "map", "households");
    if (h) {
        kj_lua_known_keys(L, h, "map.households", KEYS("one_person", "couple_share"), false);
        r->one_person_share = kj_lua_number_or(L, h, "map.households", "one_person", 0.0, 1.0, r->one_person_share);
        r->couple_share = kj_lua_number_or(L, h, "map.households", "couple_share", 0.0, 1.0, -1.0);
        lua_pop(L, 1);
    }
    int c = kj_lua_table_or_none(L, t, "map", "care");
    if (c) {
        kj_lua_known_keys(L, c, "map.care", KEYS("share_80", "places"), false);
        r->care_share_80 = kj_lua_number_or(L, c, "map.care", "share_80", 0.0, 0.5, r->care_share_80);
        r->care_home_places = (int32_t)kj_lua_whole_or(L, c, "map.care", "places", 4, 1000, r->care_home_places);
        lua_pop(L, 1);
    }
    int q = kj_lua_table_or_none(L, t, "map", "queue");
    if (q) {
        kj_lua_known_keys(L, q, "map.queue", KEYS("share", "years"), false);
        r->queue_share = kj_lua_number_or(L, q, "map.queue", "share", 0.0, 1.0, r->queue_share);
        r->queue_years = kj_lua_number_or(L, q, "map.queue", "years", 0.0, 60.0, r->queue_years);
        lua_pop(L, 1);
    }
}

/* Danish tenures beside the three: private rentals count with the rentals, owned flats with the co-op ones, and a share tells them apart. */
static void read_danish_tenures(lua_State *L, int s, kj_recipe *r, bool flats, double shares[3])
{
    double private_rental = kj_lua_number_or(L, s, "map.dwellings.tenure", "private", 0.0, 1.0, 0.0);
    shares[0] += private_rental;
    *(flats ? &r->private_flat : &r->private_small) = shares[0] > 0.0 ? private_rental / shares[0] : 0.0;
    if (!flats) return;
    double bought = shares[1] + shares[2];
    r->owned_flat = bought > 0.0 ? shares[2] / bought : 0.0;
    shares[1] = bought;
    shares[2] = 0.0;
}

/* Shares of the tenures among small houses and flats; each list adds up to 1. */
static void read_tenure_shares(lua_State *L, int d, kj_recipe *r)
{
    const bool danish = strcmp(r->country, "dk") == 0;
    static const char *const keys[3] = {"rental", "coop", "owner"};
    int t = kj_lua_table_or_none(L, d, "map.dwellings", "tenure");
    if (!t) return;
    kj_lua_known_keys(L, t, "map.dwellings.tenure", KEYS("small_houses", "flats"), false);
    for (int flats = 0; flats < 2; flats++) {
        const char *key = flats ? "flats" : "small_houses";
        double *to = flats ? r->flat_tenure : r->small_tenure, sum = 0.0;
        int s = kj_lua_table(L, t, "map.dwellings.tenure", key);
        if (danish) kj_lua_known_keys(L, s, "map.dwellings.tenure", KEYS("rental", "coop", "owner", "private"), false);
        else kj_lua_known_keys(L, s, "map.dwellings.tenure", KEYS("rental", "coop", "owner"), false);
        for (int k = 0; k < 3; k++) to[k] = kj_lua_number_or(L, s, "map.dwellings.tenure", keys[k], 0.0, 1.0, 0.0);
        if (danish) read_danish_tenures(L, s, r, flats, to);
        for (int k = 0; k < 3; k++) sum += to[k];
        if (flats && to[2] > 0.0) kj_lua_refuse(L, "flats", "map.dwellings.tenure.flats: owned flats are sold like co-op ones: put them into coop");
        if (sum < 0.999 || sum > 1.001) kj_lua_refuse(L, key, "map.dwellings.tenure.%s: the shares add up to %g, expected 1", key, sum);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

void kj_recipe_read_dwellings(lua_State *L, int t, kj_recipe *r)
{
    int d = kj_lua_table_or_none(L, t, "map", "dwellings");
    if (!d) return;
    kj_lua_known_keys(L, d, "map.dwellings", KEYS("total", "in_use", "tenure", "small_houses", "vacancy", "between", "students", "seniors"),
                      false);
    r->dwellings_total = kj_lua_number_or(L, d, "map.dwellings", "total", 1.0, 1e8, 0.0);
    r->dwellings_in_use = kj_lua_number_or(L, d, "map.dwellings", "in_use", 0.5, 1.0, 1.0);
    read_tenure_shares(L, d, r);
    r->student_share_of_rental =
        kj_lua_number_or(L, d, "map.dwellings", "students", 0.0, 0.9, r->student_share_of_rental);
    r->senior_share_of_rental = kj_lua_number_or(L, d, "map.dwellings", "seniors", 0.0, 0.5, r->senior_share_of_rental);
    int s = kj_lua_table_or_none(L, d, "map.dwellings", "small_houses");
    if (s) {
        kj_lua_known_keys(L, s, "map.dwellings.small_houses", KEYS("rural", "locality", "town"), false);
        r->small_share[0] = kj_lua_number_or(L, s, "map.dwellings.small_houses", "rural", 0.0, 1.0, r->small_share[0]);
        r->small_share[1] =
            kj_lua_number_or(L, s, "map.dwellings.small_houses", "locality", 0.0, 1.0, r->small_share[1]);
        r->small_share[2] = kj_lua_number_or(L, s, "map.dwellings.small_houses", "town", 0.0, 1.0, r->small_share[2]);
        lua_pop(L, 1);
    }
    int v = kj_lua_table_or_none(L, d, "map.dwellings", "vacancy");
    if (v) {
        kj_lua_known_keys(L, v, "map.dwellings.vacancy", KEYS("rental", "coop", "owner"), false);
        r->vacancy_rental = kj_lua_number_or(L, v, "map.dwellings.vacancy", "rental", 0.0, 0.5, r->vacancy_rental);
        r->vacancy_coop = kj_lua_number_or(L, v, "map.dwellings.vacancy", "coop", 0.0, 0.5, r->vacancy_coop);
        r->vacancy_owner = kj_lua_number_or(L, v, "map.dwellings.vacancy", "owner", 0.0, 0.5, r->vacancy_owner);
        lua_pop(L, 1);
    }
    int b = kj_lua_table_or_none(L, d, "map.dwellings", "between");
    if (b) {
        kj_lua_known_keys(L, b, "map.dwellings.between", KEYS("rental", "coop", "owner", "student"), false);
        r->between_rental = kj_lua_number_or(L, b, "map.dwellings.between", "rental", 0.0, 0.4, r->between_rental);
        r->between_coop = kj_lua_number_or(L, b, "map.dwellings.between", "coop", 0.0, 0.4, r->between_coop);
        r->between_owner = kj_lua_number_or(L, b, "map.dwellings.between", "owner", 0.0, 0.4, r->between_owner);
        r->between_student = kj_lua_number_or(L, b, "map.dwellings.between", "student", 0.0, 0.4, r->between_student);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}
