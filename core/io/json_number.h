/* JSON has no NaN and no infinity: what is not known is null. */
#ifndef KEDJA_IO_JSON_NUMBER_H
#define KEDJA_IO_JSON_NUMBER_H

#include <jansson.h>
#include <math.h>

static inline json_t *kj_json_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

#endif
