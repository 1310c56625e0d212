/* Words of the names that a map's build makes up: districts, countryside, assumed schools and homes. In the language that the
   recipe asks for (`names`), since people of the place read them on the map. */
#ifndef KEDJA_MAP_NAMES_H
#define KEDJA_MAP_NAMES_H

#include <stdint.h>

typedef enum kj_made_up {
    KJ_NAME_CENTRE = 0,
    KJ_NAME_NORTH,
    KJ_NAME_NORTH_EAST,
    KJ_NAME_EAST,
    KJ_NAME_SOUTH,
    KJ_NAME_WEST,
    KJ_NAME_NORTH_WEST,
    KJ_NAME_COUNTRYSIDE, /* stands before a name */
    KJ_NAME_SCHOOL,
    KJ_NAME_PRESCHOOL,
    KJ_NAME_CARE_HOME,
    KJ_NAME_COUNT
} kj_made_up;

enum { KJ_NAMES_EN = 0, KJ_NAMES_SV, KJ_NAMES_DA };
#define KJ_NAMES_LABELS "en sv da"

static inline const char *kj_made_up_word(int32_t language, kj_made_up what)
{
    static const char *const words[3][KJ_NAME_COUNT] = {
        {"centre", "north", "north-east", "east", "south", "west", "north-west", "Countryside of", "school", "preschool", "care home"},
        {"centrum", "norra", "nordöstra", "östra", "södra", "västra", "nordvästra", "Landsbygden kring", "skola", "förskola", "äldreboende"},
        {"centrum", "nord", "nordøst", "øst", "syd", "vest", "nordvest", "Landet omkring", "skole", "børnehave", "plejehjem"},
    };
    return words[language][what];
}

#endif
