/* Several worlds beside each other as a Markdown table on standard output. */
#ifndef KEDJA_CLI_COMPARE_WORLDS_H
#define KEDJA_CLI_COMPARE_WORLDS_H

#include "../compare/worlds.h"

void kj_worlds_print_markdown(const kj_worlds *worlds);

#endif
