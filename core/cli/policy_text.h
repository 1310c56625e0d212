/* Policies as commands print them. */
#ifndef KEDJA_CLI_POLICY_TEXT_H
#define KEDJA_CLI_POLICY_TEXT_H

#include "../script/scenario.h"

/* Which values a parameter takes, in the language set: "0.3 to 4", "whole, 20 to 2000", "grade, 0 to 9", "id of a facility: school". */
void kj_print_values(const kj_policy_param *param);

#endif
