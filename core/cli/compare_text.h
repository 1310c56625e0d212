/* A comparison in the terminal and as CSV. */
#ifndef KEDJA_CLI_COMPARE_TEXT_H
#define KEDJA_CLI_COMPARE_TEXT_H

#include "../compare/compare.h"
#include "../draw/language.h"

/* all: every indicator; otherwise the headlines and whatever differs visibly in a direction. The language is set. */
void kj_compare_print(const kj_comparison *comparison, bool all, kj_language language);
/* One row an indicator, then one row a group of people (department "who"). English names, points, no units in figures. */
void kj_compare_csv(const kj_comparison *comparison, kj_language language); /* as kj_csv_to */

#endif
