#include "policy_text.h"

#include <stdio.h>

#include "../draw/language.h"

#define _(text) kj_tr(text)

void kj_print_values(const kj_policy_param *param)
{
    char kind[KJ_NAME_MAX];
    if (param->kind == KJ_PARAM_WHOLE) printf(_("whole, %.10g to %.10g"), param->min, param->max);
    else if (param->kind == KJ_PARAM_GRADE) printf(_("grade, %.10g to %.10g"), param->min, param->max);
    else if (param->kind == KJ_PARAM_FACILITY) printf(_("id of a facility: %s"), kj_labels_at(KJ_FACILITY_KIND_LABELS, (int32_t)param->facility, kind, sizeof kind));
    else printf(_("%.10g to %.10g"), param->min, param->max);
}
