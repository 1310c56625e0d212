/* Who likes to live where: tastes by area, kind of home and stage of life, measured once from who lives where at the start. */
#ifndef HOUSING_TASTE_H
#define HOUSING_TASTE_H

#include <kedja/model.h>
#include <stdint.h>

/* Stage of life of a household. Students have no measured taste: what is built for them says where they live. */
typedef enum housing_stage {
    HOUSING_STAGE_YOUNG = 0,  /* no children or partner, head under 30 */
    HOUSING_STAGE_COUPLE = 1, /* partner, no children, head under 45 */
    HOUSING_STAGE_FAMILY = 2, /* children of 0-24 years, head under 55 */
    HOUSING_STAGE_MIDDLE = 3, /* other, head under 65 */
    HOUSING_STAGE_OLD = 4,
    HOUSING_STAGES = 5,
    HOUSING_STAGE_STUDENT = 5, /* head studies */
    HOUSING_VIEWS = 6
} housing_stage;

enum { HOUSING_IN_FLAT = 0, HOUSING_IN_HOUSE = 1 };

static inline housing_stage housing_stage_of(uint8_t kind, uint8_t n_children, int32_t age)
{
    if (n_children && age < 55) return HOUSING_STAGE_FAMILY;
    if (kind == KJ_HH_COUPLE && age < 45) return HOUSING_STAGE_COUPLE;
    if (age < 30) return HOUSING_STAGE_YOUNG;
    return age < 65 ? HOUSING_STAGE_MIDDLE : HOUSING_STAGE_OLD;
}

/* Households at the start by kind of home and stage: of one area, and of the whole map. */
typedef struct housing_crowd {
    double n[2 * HOUSING_STAGES]; /* in flats, then in small houses */
} housing_crowd;

/* Logarithm of the share of a stage among households in homes of a kind in an area over its share among all of the map.
   `prior` households like those in such homes on the whole map are added to each area, so that few homes say little. 0 where nobody
   of the stage lives anywhere. */
double housing_taste(const housing_crowd *area, const housing_crowd *map, int kind, housing_stage stage, double prior);

#endif
