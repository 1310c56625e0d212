/* How pupils of one grade form classes. Pure functions. */
#ifndef KEDJA_ASSIGNMENT_CLASSES_H
#define KEDJA_ASSIGNMENT_CLASSES_H

#include <stdint.h>

/* Classes that a grade needs when it begins: ceil(pupils / cap). cap > 0. */
static inline int32_t classes_needed(int32_t pupils, int32_t cap) { return pupils <= 0 ? 0 : (pupils + cap - 1) / cap; }

/* Classes of a grade that goes on: those formed stay while they hold within `cap_special`, to which a class may grow in
   special cases (Denmark: 26 and 28 in grades 0-2 from 2024/25, 28 and 30 in grades 3-9); beyond that classes are formed
   anew. A grade that shrinks keeps its classes while one less would be above cap. */
int32_t classes_kept(int32_t pupils, int32_t classes_before, int32_t cap, int32_t cap_special);

/* Pupils of class `index` of `classes` as equal as can be, the larger ones first. */
static inline int32_t class_size(int32_t pupils, int32_t classes, int32_t index) { return pupils / classes + (index < pupils % classes); }

#endif
