/* Who gains and who loses, in a sentence that is read aloud. */
#include <stdio.h>
#include <string.h>

#include "../draw/language.h"
#include "../draw/number.h"
#include "compare_internal.h"
#include "lives.h"

#define _(text) kj_tr(text)

enum { FEW = 20 /* shares of a handful say nothing */ };

#define LEAST_NET 1.0 /* of 100, on balance: less is no gain to speak of */

/* The group with the largest net gain (sign 1) or loss (-1); of several seeds one that stands out from chance. NULL: none. */
static const kj_group *outermost(const kj_comparison *c, double sign)
{
    const kj_group *best = NULL;
    for (uint32_t k = 0; k < c->n_groups; k++) {
        const kj_group *g = &c->groups[k];
        bool may_be = g->kind != KJ_GROUP_ALL && g->people >= FEW && sign * g->net.difference >= LEAST_NET && g->net.distinct != KJ_DISTINCT_NO;
        if (may_be && (!best || sign * g->net.difference > sign * best->net.difference)) best = g;
    }
    return best;
}

static size_t say_group(const char *format, const kj_group *g, char *out, size_t room)
{
    char gain[KJ_NUMBER_MAX], lose[KJ_NUMBER_MAX];
    kj_language l = kj_language_now();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int n = snprintf(out, room, format, kj_group_name(g), kj_number_real(gain, l, g->gain, 0), kj_number_real(lose, l, g->lose, 0));
#pragma GCC diagnostic pop
    return n > 0 ? (size_t)n : 0;
}

const char *kj_group_name(const kj_group *group)
{
    if (group->told[0]) return group->told;
    return group->kind == KJ_GROUP_AREA && strcmp(group->label, "Moved in") != 0 ? group->label : _(group->label);
}

const char *kj_luck_words(bool same_lives)
{
    return same_lives ? _("The same people in the same homes in both worlds, all who are followed: no luck of people parts them.")
                      : _("One run of each: effect and chance cannot be told apart.");
}

void kj_who_gains(const kj_comparison *c, char *out, size_t room)
{
    char gain[KJ_NUMBER_MAX], lose[KJ_NUMBER_MAX];
    kj_language l = kj_language_now();
    const kj_group *most = outermost(c, 1.0), *least = outermost(c, -1.0);
    size_t used = 0;
    out[0] = 0;
    for (uint32_t k = 0; k < c->n_groups; k++)
        if (c->groups[k].kind == KJ_GROUP_ALL)
            used = (size_t)snprintf(out, room, _("Of 100 people who live here in both worlds, %s gain and %s lose."), kj_number_real(gain, l, c->groups[k].gain, 0),
                                    kj_number_real(lose, l, c->groups[k].lose, 0));
    if (used == 0) return;
    if (most && used < room) used += say_group(_(" Gains most: %s (of 100, %s gain and %s lose)."), most, out + used, room - used);
    if (least && used < room) used += say_group(_(" Loses most: %s (of 100, %s gain and %s lose)."), least, out + used, room - used);
    if (!most && !least && used < room) used += (size_t)snprintf(out + used, room - used, "%s", c->n_pairs > 1 ? _(" No group stands out from chance.") : _(" No group stands out."));
    if (c->n_pairs == 1 && !c->same_lives && used < room) snprintf(out + used, room - used, "%s", _(" With one pair of runs this may be luck."));
}
