/* What differs between two worlds, in the words of the policies that declare it. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../draw/language.h"
#include "../draw/number.h"
#include "compare_internal.h"

#define _(text) kj_tr(text)

void kj_setting_take_title(const json_t *titles, const char *name, char out[KJ_SETTING_LANGUAGES][KJ_SETTING_TITLE])
{
    const json_t *list = json_object_get(titles, name);
    for (size_t k = 0; k < KJ_SETTING_LANGUAGES; k++) {
        const char *text = json_string_value(json_array_get(list, k));
        snprintf(out[k], KJ_SETTING_TITLE, "%.95s", text ? text : "");
    }
}

void kj_setting_take_titles(const json_t *titles, kj_changed_setting *setting)
{
    char policy[sizeof setting->name];
    snprintf(policy, sizeof policy, "%.*s", (int)strcspn(setting->name, "."), setting->name);
    kj_setting_take_title(titles, setting->name, setting->title);
    kj_setting_take_title(titles, policy, setting->policy);
}

bool kj_setting_is(const kj_changed_setting *s, const char *last)
{
    const char *dot = strrchr(s->name, '.');
    return dot && !strcmp(dot + 1, last);
}

static bool is_switch(const kj_changed_setting *s) { return kj_setting_is(s, "enabled"); }

static bool same_policy(const kj_changed_setting *a, const kj_changed_setting *b)
{
    size_t n = strcspn(a->name, ".");
    return n == strcspn(b->name, ".") && !strncmp(a->name, b->name, n);
}

/* The policy's own switch, if that differs too: its parameters are told with it. */
static const kj_changed_setting *switch_of(const kj_comparison *c, const kj_changed_setting *s)
{
    for (uint32_t k = 0; k < c->n_settings && !is_switch(s); k++)
        if (is_switch(&c->settings[k]) && c->settings[k].month == s->month && same_policy(&c->settings[k], s)) return &c->settings[k];
    return NULL;
}

/* As declared in the language set, else in English. */
static const char *in_language(const char title[KJ_SETTING_LANGUAGES][KJ_SETTING_TITLE])
{
    kj_language now = kj_language_now();
    return title[now][0] ? title[now] : title[0];
}

/* "Places" within a sentence; years "from" and "to" every policy has. */
static void parameter(const kj_changed_setting *s, char *out, size_t room)
{
    const char *dot = strrchr(s->name, '.'), *name = dot ? dot + 1 : s->name;
    const char *title = in_language(s->title);
    if (title[0]) snprintf(out, room, "%s", title);
    else if (!s->policy[0][0]) snprintf(out, room, "%s", s->name);
    else snprintf(out, room, "%s", !strcmp(name, "from") ? _("from the year") : !strcmp(name, "to") ? _("until the year") : name);
}

/* Whole numbers as they were set: years and coordinates have no separators. */
static const char *number(char out[KJ_NUMBER_MAX], double value)
{
    int decimals = 0;
    for (double scaled = fabs(value); decimals < 6 && fabs(scaled - floor(scaled + 0.5)) > 1e-6; scaled *= 10.0) decimals++;
    if (decimals == 0) snprintf(out, KJ_NUMBER_MAX, "%.0f", value);
    else kj_number_real(out, kj_language_now(), value, decimals);
    return out;
}

static void switched(const kj_comparison *c, const kj_changed_setting *s, bool brief, char *out, size_t room)
{
    const char *title = in_language(s->policy);
    char value[KJ_NUMBER_MAX], name[KJ_SETTING_TITLE + 32];
    size_t used = (size_t)snprintf(out, room, "%.*s", title[0] ? KJ_SETTING_TITLE : (int)strcspn(s->name, "."), title[0] ? title : s->name);
    if ((!brief || s->change <= 0.0) && used < room) used += (size_t)snprintf(out + used, room - used, ": %s", s->change > 0.0 ? _("on") : _("off"));
    char month[KJ_NUMBER_MAX];
    kj_month_words(month, s->month, false);
    if (s->month && used < room) used += (size_t)snprintf(out + used, room - used, brief && s->change > 0.0 ? " (%s)" : " %s", month);
    const bool tells = !brief && s->change > 0.0;
    double since = s->month ? (double)KJ_YEAR_OF(s->month) : 0.0; /* years up to it say nothing */
    bool first = true, says_from = !tells || !s->knows_from || (s->month && s->from <= since), says_year = !tells || s->year <= since;
    for (uint32_t k = 0; k < c->n_settings && tells && used < room; k++) {
        if (switch_of(c, &c->settings[k]) != s) continue;
        says_from |= kj_setting_is(&c->settings[k], "from");
        says_year |= kj_setting_is(&c->settings[k], "year");
        parameter(&c->settings[k], name, sizeof name);
        used += (size_t)snprintf(out + used, room - used, "%s%s %s", first ? " (" : ", ", name, number(value, c->settings[k].change));
        first = false;
    }
    if (!says_year && used < room) { /* it acts in that year, not with the run */
        const char *own = in_language(s->year_title);
        used += (size_t)snprintf(out + used, room - used, "%s%s %.0f", first ? " (" : ", ", own[0] ? own : _("from the year"), s->year);
        says_from |= s->from <= s->year;
        first = false;
    }
    says_from |= s->from <= 0.0 && s->year > 0.0; /* said above, if by a parameter that differs */
    if (!says_from && used < room) {
        if (s->from > 0.0) used += (size_t)snprintf(out + used, room - used, "%s%s %.0f", first ? " (" : ", ", _("from the year"), s->from);
        else used += (size_t)snprintf(out + used, room - used, "%s%s", first ? " (" : ", ", _("from the start"));
        first = false;
    }
    if (!first && used < room) snprintf(out + used, room - used, ")");
}

static uint32_t settings_told(const kj_comparison *c)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < c->n_settings; k++) n += switch_of(c, &c->settings[k]) == NULL;
    return n;
}

uint32_t kj_setting_words_n(const kj_comparison *c) { return settings_told(c) + c->n_projects; }

void kj_setting_words(const kj_comparison *c, uint32_t index, bool brief, char *out, size_t room)
{
    char base[KJ_NUMBER_MAX], change[KJ_NUMBER_MAX], name[KJ_SETTING_TITLE + 32], month[KJ_NUMBER_MAX];
    uint32_t n_settings = settings_told(c);
    out[0] = 0;
    if (index >= n_settings) {
        if (index - n_settings < c->n_projects) kj_project_words(&c->projects[index - n_settings], _("the base"), _("the change"), out, room);
        return;
    }
    for (uint32_t k = 0; k < c->n_settings; k++) {
        const kj_changed_setting *s = &c->settings[k];
        if (switch_of(c, s) || index-- > 0) continue;
        if (is_switch(s)) {
            switched(c, s, brief, out, room);
            return;
        }
        const char *policy = in_language(s->policy);
        parameter(s, name, sizeof name);
        snprintf(out, room, "%s%s%s %s → %s%s%s", policy, policy[0] ? ": " : "", name, number(base, s->base), number(change, s->change), s->month ? " " : "",
                 kj_month_words(month, s->month, false));
        return;
    }
}

void kj_level_words(const json_t *titles, const char *level, char *out, size_t room)
{
    size_t n = strcspn(level, "=");
    bool has_value = level[n] != 0;
    kj_changed_setting s = {.change = has_value ? strtod(level + n + 1, NULL) : 0.0};
    char name[KJ_SETTING_TITLE + 32], value[KJ_NUMBER_MAX] = "";
    snprintf(s.name, sizeof s.name, "%.*s", (int)n, level);
    kj_setting_take_titles(titles, &s);
    if (is_switch(&s) && s.title[0][0]) memcpy(s.policy, s.title, sizeof s.policy); /* the experiment's own words for the policy */
    const char *title = in_language(s.title), *policy = strchr(s.name, '.') ? in_language(s.policy) : "";
    if (!policy[0] && title[0]) snprintf(out, room, "%s%s%s", title, has_value ? " " : "", has_value ? number(value, s.change) : "");
    else if (!policy[0]) snprintf(out, room, "%s", level);
    else if (is_switch(&s) && has_value) switched(&(kj_comparison){.settings = &s, .n_settings = 1}, &s, false, out, room);
    else if (is_switch(&s)) snprintf(out, room, "%s", policy);
    else {
        parameter(&s, name, sizeof name);
        snprintf(out, room, "%s: %s%s%s", policy, name, has_value ? " " : "", has_value ? number(value, s.change) : "");
    }
}

void kj_settings_words(const kj_comparison *c, bool brief, char *out, size_t room)
{
    enum { FEW = 2 };
    bool many = brief && c->n_projects > FEW; /* a title has no room for a list */
    uint32_t n = many ? settings_told(c) : kj_setting_words_n(c);
    size_t used = 0;
    out[0] = 0;
    if (many && n == 0) snprintf(out, room, _("%u projects differ"), c->n_projects);
    for (uint32_t k = 0; k < n && used + 4 < room; k++) {
        if (k) used += (size_t)snprintf(out + used, room - used, "%s", brief ? ", " : "; ");
        kj_setting_words(c, k, brief, out + used, room - used);
        used += strlen(out + used);
    }
}
