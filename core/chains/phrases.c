#include "phrases.h"

#include <ctype.h>
#include <stdio.h>

#include "../base/tenure_terms.h"
#include "../draw/number.h"

#define _(text) kj_tr(text)

char *kj_say_month(char out[KJ_PHRASE_MAX], kj_month month)
{
    const char *const names[12] = {_("January %d"), _("February %d"), _("March %d"),     _("April %d"),   _("May %d"),      _("June %d"),
                                   _("July %d"),    _("August %d"),   _("September %d"), _("October %d"), _("November %d"), _("December %d")};
    snprintf(out, KJ_PHRASE_MAX, names[(KJ_MONTH_OF_YEAR(month) + 11) % 12], (int)KJ_YEAR_OF(month));
    return out;
}

char *kj_say_date(char out[KJ_PHRASE_MAX], int32_t date)
{
    char month[KJ_PHRASE_MAX];
    kj_say_month(month, KJ_MONTH(date / 10000, date / 100 % 100));
    if (kj_language_now() != KJ_LANG_EN) month[0] = (char)tolower((unsigned char)month[0]); /* heads begin large, names of months do not */
    snprintf(out, KJ_PHRASE_MAX, "%d%s %.40s", date % 100, kj_language_now() == KJ_LANG_DA ? "." : "", month);
    return out;
}

static const char *home_name(int tenure, int kind)
{
    switch (tenure) {
    case KJ_TENURE_STUDENT: return _("a student home");
    case KJ_TENURE_SENIOR: return kind == KJ_FLAT ? _("a senior flat") : _("a senior house");
    case KJ_TENURE_COOP: return kind == KJ_FLAT ? _("a co-op flat") : kind == KJ_ROW ? _("a co-op row house") : _("a co-op house");
    case KJ_TENURE_PRIVATE: return kind == KJ_FLAT ? _("a privately let flat") : _("a privately let house");
    case KJ_TENURE_OWNER: return kind == KJ_FLAT ? _("an owned flat") : kind == KJ_ROW ? _("an owned row house") : _("an owned house");
    default: return kind == KJ_FLAT ? _("a rental flat") : kind == KJ_ROW ? _("a rental row house") : _("a rental house");
    }
}

char *kj_say_home(char out[KJ_PHRASE_MAX], const char *country, int tenure, int kind, int rooms)
{
    const char *term = kj_tenure_term(country, tenure);
    char home[KJ_PHRASE_MAX / 2];
    if (term) snprintf(home, sizeof home, kind == KJ_FLAT ? _("a flat (%s)") : kind == KJ_ROW ? _("a row house (%s)") : _("a detached house (%s)"), term);
    else snprintf(home, sizeof home, "%s", home_name(tenure, kind));
    if (rooms == 1) snprintf(out, KJ_PHRASE_MAX, _("%s, 1 room"), home);
    else snprintf(out, KJ_PHRASE_MAX, _("%s, %d rooms"), home, rooms);
    return out;
}

char *kj_say_household(char out[KJ_PHRASE_MAX], int kind, int size, int age)
{
    int decade = age / 10 * 10;
    switch (kind) {
    case KJ_HH_SINGLE: snprintf(out, KJ_PHRASE_MAX, _("a person of %d who lives alone"), age); break;
    case KJ_HH_SINGLE_PARENT:
        if (size == 2) snprintf(out, KJ_PHRASE_MAX, _("a single parent of %d with one child"), age);
        else snprintf(out, KJ_PHRASE_MAX, _("a single parent of %d with %d children"), age, size - 1);
        break;
    case KJ_HH_COUPLE:
        if (decade < 20) snprintf(out, KJ_PHRASE_MAX, "%s", _("a couple in their teens"));
        else snprintf(out, KJ_PHRASE_MAX, _("a couple in their %ds"), decade);
        break;
    case KJ_HH_COUPLE_CHILDREN:
        if (size == 3) snprintf(out, KJ_PHRASE_MAX, _("a couple in their %ds with one child"), decade);
        else snprintf(out, KJ_PHRASE_MAX, _("a couple in their %ds with %d children"), decade, size - 2);
        break;
    default:
        if (size <= 1) snprintf(out, KJ_PHRASE_MAX, _("a person of %d"), age);
        else snprintf(out, KJ_PHRASE_MAX, _("a household of %d people"), size);
    }
    return out;
}

char *kj_say_distance(char out[KJ_PHRASE_MAX], kj_language language, double metres)
{
    char number[KJ_NUMBER_MAX];
    if (metres < 950.0) snprintf(out, KJ_PHRASE_MAX, "%s m", kj_number_real(number, language, 50.0 * (double)(int64_t)(metres / 50.0 + 0.5), 0));
    else snprintf(out, KJ_PHRASE_MAX, "%s km", kj_number_real(number, language, metres / 1000.0, metres < 9950.0 ? 1 : 0));
    return out;
}

char *kj_say_months(char out[KJ_PHRASE_MAX], int32_t months)
{
    if (months == 1) snprintf(out, KJ_PHRASE_MAX, "%s", _("1 month"));
    else snprintf(out, KJ_PHRASE_MAX, _("%d months"), months);
    return out;
}
