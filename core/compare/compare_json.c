#include <kedja/types.h>
#include <math.h>

#include "compare.h"
#include "../io/json_number.h"

/* JSON has no NaN: null. */
static json_t *sign_word(int sign) { return json_string(sign > 0 ? "better" : sign < 0 ? "worse" : "neither"); }

/* An effect under a name of its own, with its interval and whether it can be told from chance. */
static void set_effect(json_t *o, const char *name, const kj_effect *effect)
{
    json_object_set_new(o, name, kj_json_number(effect->difference));
    json_object_set_new(o, "low", kj_json_number(effect->low));
    json_object_set_new(o, "high", kj_json_number(effect->high));
    json_object_set_new(o, "distinguishable", json_string(kj_distinct_word(effect->distinct)));
}

static json_t *row_json(const kj_matrix_row *row)
{
    json_t *o = json_object();
    json_object_set_new(o, "department", json_string(kj_department_id(row->def->department)));
    json_object_set_new(o, "id", json_string(row->def->id));
    json_object_set_new(o, "label", json_string(row->def->label));
    json_object_set_new(o, "unit", json_string(row->def->unit));
    json_object_set_new(o, "start", kj_json_number(row->start));
    json_object_set_new(o, "base", kj_json_number(row->base));
    json_object_set_new(o, "change", kj_json_number(row->change));
    set_effect(o, "difference", &row->effect);
    json_object_set_new(o, "sign", sign_word(row->sign));
    json_object_set_new(o, "per_head_rule", kj_json_number(row->rule));
    return o;
}

static json_t *group_json(const kj_group *group)
{
    json_t *o = json_object();
    json_object_set_new(o, "by", json_string(kj_group_kind_id(group->kind)));
    json_object_set_new(o, "group", json_string(group->label));
    json_object_set_new(o, "people", kj_json_number(group->people));
    json_object_set_new(o, "gain", kj_json_number(group->gain));
    json_object_set_new(o, "lose", kj_json_number(group->lose));
    set_effect(o, "net", &group->net);
    json_object_set_new(o, "money_sek_year", kj_json_number(group->money));
    json_object_set_new(o, "way_to_school_m", kj_json_number(group->school_people > 0.0 ? group->school_m : NAN));
    return o;
}

/* "2028-03"; null: from the start. */
static json_t *month_json(kj_month month)
{
    char text[16];
    snprintf(text, sizeof text, "%04d-%02d", (int)KJ_YEAR_OF(month), (int)KJ_MONTH_OF_YEAR(month));
    return month ? json_string(text) : json_null();
}

static json_t *head_json(const kj_comparison *c)
{
    json_t *o = json_object(), *seeds = json_array(), *settings = json_array(), *interval = json_object();
    json_object_set_new(o, "map", json_string(c->map));
    json_object_set_new(o, "boundary", json_string(c->boundary));
    json_object_set_new(o, "base", json_string(c->title_base));
    json_object_set_new(o, "change", json_string(c->title_change));
    json_object_set_new(o, "first_year", json_integer(c->first_year));
    json_object_set_new(o, "year", json_integer(c->year));
    json_object_set_new(o, "same_end", json_boolean(c->same_end));
    json_object_set_new(o, "same_lives", json_boolean(c->same_lives));
    for (uint32_t k = 0; k < c->n_pairs; k++) json_array_append_new(seeds, json_integer((json_int_t)c->seeds[k]));
    for (uint32_t k = 0; k < c->n_settings; k++) {
        json_t *s = json_object();
        json_object_set_new(s, "name", json_string(c->settings[k].name));
        json_object_set_new(s, "title", json_pack("{s:s, s:s}", "policy", c->settings[k].policy[0], "parameter", c->settings[k].title[0]));
        json_object_set_new(s, "base", kj_json_number(c->settings[k].base));
        json_object_set_new(s, "change", kj_json_number(c->settings[k].change));
        json_object_set_new(s, "from", month_json(c->settings[k].month));
        json_array_append_new(settings, s);
    }
    json_t *projects = json_array();
    for (uint32_t k = 0; k < c->n_projects; k++) {
        static const char *const how[] = {"only_base", "only_change", "other"};
        const kj_changed_project *p = &c->projects[k];
        json_array_append_new(projects, json_pack("{s:s, s:s, s:i, s:i, s:i, s:i}", "name", p->name, "how", how[p->how], "homes_base", p->homes_base,
                                                  "homes_change", p->homes_change, "start_base", p->start_base, "start_change", p->start_change));
    }
    json_object_set_new(o, "projects", projects);
    json_object_set_new(o, "same_scenario", json_boolean(c->same_scenario));
    json_object_set_new(o, "last_years", json_pack("[i, i]", c->last_base, c->last_change));
    json_object_set_new(o, "seeds", seeds);
    json_object_set_new(o, "settings", settings);
    json_object_set_new(o, "norms", json_string(c->norms));
    json_object_set_new(interval, "level", kj_json_number(c->n_pairs > 1 ? c->interval_level : NAN));
    json_object_set_new(interval, "covers", json_string(c->n_pairs > 1 ? "chance" : "nothing: one pair of runs"));
    json_object_set_new(interval, "pairs", json_integer(c->n_pairs));
    json_object_set_new(o, "interval", interval);
    return o;
}

json_t *kj_comparison_json(const kj_comparison *c)
{
    json_t *o = head_json(c), *rows = json_array(), *groups = json_array(), *outcomes = json_array(), *same = json_array(), *schools = json_array();
    for (uint32_t k = 0; k < c->n_rows; k++) json_array_append_new(rows, row_json(&c->rows[k]));
    for (uint32_t k = 0; k < c->n_groups; k++)
        if (c->groups[k].people > 0.0) json_array_append_new(groups, group_json(&c->groups[k]));
    for (uint32_t k = 0; k < KJ_OUTCOMES && c->n_groups; k++)
        json_array_append_new(outcomes, json_pack("{s:s, s:f, s:f}", "id", c->outcomes[k].id, "better", c->outcomes[k].better, "worse", c->outcomes[k].worse));
    for (uint32_t k = 0; k < c->n_same; k++)
        json_array_append_new(same, json_pack("{s:i, s:f, s:f}", "year", c->same[k].year, "identical", c->same[k].identical, "same_home", c->same[k].same_home));
    for (uint32_t k = 0; k < c->n_schools; k++) {
        const kj_school_mix *s = &c->schools[k];
        json_array_append_new(schools, json_pack("{s:s, s:f, s:f, s:o, s:o}", "name", s->name, "pupils_base", s->pupils_base, "pupils_change", s->pupils_change,
                                                 "low_income_base", kj_json_number(s->low_base), "low_income_change", kj_json_number(s->low_change)));
    }
    json_object_set_new(o, "rows", rows);
    json_object_set_new(o, "followed_share", kj_json_number(c->followed_share));
    json_object_set_new(o, "only_in_base", kj_json_number(c->only_base));
    json_object_set_new(o, "only_in_change", kj_json_number(c->only_change));
    json_object_set_new(o, "groups", groups);
    json_object_set_new(o, "outcomes", outcomes);
    json_object_set_new(o, "same_people", same);
    json_object_set_new(o, "schools", schools);
    return o;
}
