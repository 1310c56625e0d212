#include "nearness.h"

void nearness_as_practised(const int32_t *way, uint32_t n_schools, int32_t *score)
{
    uint32_t nearest = UINT32_MAX;
    int32_t second = NEARNESS_NO_SCHOOL;
    for (uint32_t j = 0; j < n_schools; j++) {
        if (way[j] == NEARNESS_NO_SCHOOL) continue;
        if (nearest == UINT32_MAX || way[j] < way[nearest]) {
            second = nearest == UINT32_MAX ? NEARNESS_NO_SCHOOL : way[nearest];
            nearest = j;
        } else if (way[j] < second) {
            second = way[j];
        }
    }
    for (uint32_t j = 0; j < n_schools; j++) {
        if (way[j] == NEARNESS_NO_SCHOOL) score[j] = NEARNESS_NONE;
        else if (j != nearest) score[j] = relative_nearness(way[j], way[nearest]);
        else score[j] = second == NEARNESS_NO_SCHOOL ? NEARNESS_SURE : relative_nearness(way[j], second);
    }
}

void nearness_against_guarantee(const int32_t *way, uint32_t n_schools, uint32_t guarantee, int32_t *score)
{
    for (uint32_t j = 0; j < n_schools; j++) {
        if (way[j] == NEARNESS_NO_SCHOOL) score[j] = NEARNESS_NONE;
        else if (j == guarantee) score[j] = NEARNESS_SURE;
        else score[j] = guarantee < n_schools ? relative_nearness(way[j], way[guarantee]) : -way[j];
    }
}
