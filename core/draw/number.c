#include "number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define _(text) kj_tr(text)

static const char *group_mark(kj_language language)
{
    switch (language) {
    case KJ_LANG_SV: return "\u202F";
    case KJ_LANG_DA: return ".";
    default: return ",";
    }
}

/* Digits of `whole` in groups of three. */
static size_t put_grouped(char *out, kj_language language, uint64_t whole)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)whole);
    size_t used = 0;
    const char *mark = group_mark(language);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            memcpy(out + used, mark, strlen(mark));
            used += strlen(mark);
        }
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return used;
}

static char *put_number(char *out, kj_language language, bool negative, bool plus, uint64_t whole, uint64_t fraction,
                        int decimals)
{
    const char *sign = negative ? "\u2212" : plus ? "+" : "";
    size_t used = strlen(sign);
    snprintf(out, KJ_NUMBER_MAX, "%s", sign);
    used += put_grouped(out + used, language, whole);
    if (decimals > 0)
        snprintf(out + used, KJ_NUMBER_MAX - used, "%c%0*llu", language == KJ_LANG_EN ? '.' : ',', decimals,
                 (unsigned long long)fraction);
    return out;
}

char *kj_number_int(char out[KJ_NUMBER_MAX], kj_language language, int64_t value)
{
    uint64_t size = value < 0 ? ~(uint64_t)value + 1u : (uint64_t)value;
    return put_number(out, language, value < 0, false, size, 0, 0);
}

static char *put_real(char *out, kj_language language, double value, int decimals, bool signed_always)
{
    static const double powers[7] = {1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6};
    int d = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
    double scaled = floor(fabs(value) * powers[d] + 0.5);
    if (!(scaled < 9e18)) { /* NaN, infinite, or too large to print digit by digit */
        memcpy(out, "\u2013", sizeof "\u2013");
        return out;
    }
    uint64_t units = (uint64_t)scaled, base = (uint64_t)powers[d];
    bool negative = value < 0.0 && units > 0;
    return put_number(out, language, negative, signed_always && !negative && units > 0, units / base, units % base, d);
}

char *kj_number_real(char out[KJ_NUMBER_MAX], kj_language language, double value, int decimals)
{
    return put_real(out, language, value, decimals, false);
}

char *kj_number_change(char out[KJ_NUMBER_MAX], kj_language language, double value, int decimals)
{
    return put_real(out, language, value, decimals, true);
}

char *kj_number_difference(char out[KJ_NUMBER_MAX], kj_language language, double a, double b, int decimals)
{
    double unit = pow(10.0, decimals);
    return kj_number_change(out, language, (round(b * unit) - round(a * unit)) / unit, decimals);
}

char *kj_month_words(char out[KJ_NUMBER_MAX], kj_month month, bool is_end)
{
    int year = KJ_YEAR_OF(month), of_year = KJ_MONTH_OF_YEAR(month);
    out[0] = '\0';
    if (month == 0) return out;
    if (of_year == 1) snprintf(out, KJ_NUMBER_MAX, is_end ? _("until January %d") : _("from January %d"), year);
    else snprintf(out, KJ_NUMBER_MAX, is_end ? _("until %d-%02d") : _("from %d-%02d"), year, of_year);
    return out;
}
