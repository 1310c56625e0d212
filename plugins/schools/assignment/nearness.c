#include "nearness.h"

void nearness_as_practised(const int32_t *way, uint32_t n_schools, int32_t *score)
{
    uint32_t nearest = 0;
    int32_t least = NEARNESS_NO_SCHOOL, second = NEARNESS_NO_SCHOOL;
    for (uint32_t j = 0; j < n_schools; j++) { /* no branches: which school is the nearest follows no pattern */
        second = way[j] < least ? least : way[j] < second ? way[j] : second;
        nearest = way[j] < least ? j : nearest;
        least = way[j] < least ? way[j] : least;
    }
    for (uint32_t j = 0; j < n_schools; j++) score[j] = way[j] == NEARNESS_NO_SCHOOL ? NEARNESS_NONE : relative_nearness(way[j], least);
    if (least != NEARNESS_NO_SCHOOL) score[nearest] = second == NEARNESS_NO_SCHOOL ? NEARNESS_SURE : relative_nearness(least, second);
}

void nearness_against_guarantee(const int32_t *way, uint32_t n_schools, uint32_t guarantee, int32_t *score)
{
    for (uint32_t j = 0; j < n_schools; j++) {
        if (way[j] == NEARNESS_NO_SCHOOL) score[j] = NEARNESS_NONE;
        else if (j == guarantee) score[j] = NEARNESS_SURE;
        else score[j] = guarantee < n_schools ? relative_nearness(way[j], way[guarantee]) : -way[j];
    }
}
