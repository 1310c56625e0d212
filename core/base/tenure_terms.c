#include "tenure_terms.h"

#include <kedja/model.h>
#include <string.h>

static const char *const danish[KJ_TENURE_COUNT] = {[KJ_TENURE_RENTAL] = "almen",   [KJ_TENURE_COOP] = "andel",          [KJ_TENURE_OWNER] = "ejer",
                                                    [KJ_TENURE_STUDENT] = "ungdomsbolig", [KJ_TENURE_SENIOR] = "ældrebolig", [KJ_TENURE_PRIVATE] = "privat leje"};

const char *kj_tenure_term(const char *country, int tenure)
{
    return country && strcmp(country, "dk") == 0 && tenure >= 0 && tenure < KJ_TENURE_COUNT ? danish[tenure] : NULL;
}
