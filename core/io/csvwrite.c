#include "csvwrite.h"

#include <math.h>
#include <string.h>

kj_csv_out kj_csv_to(FILE *file, kj_language readers)
{
    if (readers == KJ_LANG_EN) return (kj_csv_out){.file = file, .delimiter = ',', .point = '.'};
    fputs("\uFEFF", file);
    return (kj_csv_out){.file = file, .delimiter = ';', .point = ','};
}

static void next(kj_csv_out *out)
{
    if (out->begun) fputc(out->delimiter, out->file);
    out->begun = true;
}

void kj_csv_text(kj_csv_out *out, const char *text)
{
    next(out);
    if (!strpbrk(text, ",;\"\n\r")) {
        fputs(text, out->file);
        return;
    }
    fputc('"', out->file);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out->file);
        fputc(*text, out->file);
    }
    fputc('"', out->file);
}

void kj_csv_whole(kj_csv_out *out, int64_t value)
{
    next(out);
    fprintf(out->file, "%lld", (long long)value);
}

static void put_number(kj_csv_out *out, char *number)
{
    char *point = strchr(number, '.');
    if (point) *point = out->point;
    next(out);
    fputs(number, out->file);
}

void kj_csv_decimals(kj_csv_out *out, double value, int decimals)
{
    char number[400]; /* the largest double has 309 digits */
    snprintf(number, sizeof number, "%.*f", decimals, value);
    const bool is_minus_zero = number[0] == '-' && !strpbrk(number, "123456789");
    if (isfinite(value)) put_number(out, is_minus_zero ? number + 1 : number);
    else kj_csv_empty(out);
}

void kj_csv_digits(kj_csv_out *out, double value, int digits)
{
    char number[40];
    snprintf(number, sizeof number, "%.*g", digits, value);
    if (isfinite(value)) put_number(out, number);
    else kj_csv_empty(out);
}

void kj_csv_empty(kj_csv_out *out) { next(out); }

void kj_csv_end_row(kj_csv_out *out)
{
    fputc('\n', out->file);
    out->begun = false;
}

void kj_csv_names(kj_csv_out *out, const char *names)
{
    next(out);
    for (; *names; names++) fputc(*names == ',' ? out->delimiter : *names, out->file);
}
