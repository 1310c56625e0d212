#include "language.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const codes[KJ_LANG_COUNT] = {"en", "sv", "da"};

kj_status kj_language_parse(kj_error *err, const char *code, kj_language *out)
{
    for (int i = 0; i < KJ_LANG_COUNT; i++) {
        if (strcmp(code, codes[i]) == 0) {
            *out = (kj_language)i;
            return KJ_OK;
        }
    }
    return kj_fail(err, KJ_E_INPUT, "language: expected en, sv or da, found \"%s\"", code);
}

const char *kj_language_code(kj_language language)
{
    return language < KJ_LANG_COUNT ? codes[language] : codes[KJ_LANG_EN];
}

/* Folder `root`/locale holds a Swedish catalogue? Swedish and Danish are always built together. */
static int has_catalogues(const char *root, char *out, size_t out_bytes)
{
    char probe[PATH_MAX];
    if (snprintf(out, out_bytes, "%s/locale", root) >= (int)out_bytes) return 0;
    if (snprintf(probe, sizeof probe, "%s/sv/LC_MESSAGES/kedja.mo", out) >= (int)sizeof probe) return 0;
    return access(probe, R_OK) == 0;
}

/* Catalogues are found from the place of the program, so that no folder of the build machine stands in the binary:
   beside it (build folder), one up (programs in subfolders of the build), or PREFIX/share/locale. */
static int find_catalogues(char *out, size_t out_bytes)
{
    const char *data = getenv("KEDJA_DATA");
    if (data && has_catalogues(data, out, out_bytes)) return 1;
    char program[PATH_MAX - 64], root[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0) return 0;
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (slash) *slash = '\0';
    const char *const places[] = {"", "/..", "/../share", "/../../share"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (snprintf(root, sizeof root, "%s%s", program, places[i]) < (int)sizeof root &&
            has_catalogues(root, out, out_bytes))
            return 1;
    }
    return 0;
}

/* gettext reads LANGUAGE only in a locale other than "C"; C.UTF-8 is always there on Debian. Leaving and entering it
   makes gettext forget what it looked up in the old language. Numbers keep the C locale: our formats are our own. */
static void switch_gettext(const char *code)
{
    setenv("LANGUAGE", code, 1);
    setlocale(LC_MESSAGES, "C");
    setlocale(LC_CTYPE, "C.UTF-8");
    setlocale(LC_MESSAGES, "C.UTF-8");
}

kj_status kj_language_set(kj_error *err, kj_language language)
{
    char folder[PATH_MAX];
    if (language == KJ_LANG_EN) {
        switch_gettext("en");
        return KJ_OK;
    }
    if (!find_catalogues(folder, sizeof folder)) {
        switch_gettext("en");
        return kj_fail(err, KJ_E_MISSING, "language %s: no catalogue %s/LC_MESSAGES/kedja.mo beside the program",
                       kj_language_code(language), kj_language_code(language));
    }
    bindtextdomain("kedja", folder);
    bind_textdomain_codeset("kedja", "UTF-8");
    switch_gettext(kj_language_code(language));
    return KJ_OK;
}

kj_language kj_language_now(void)
{
    const char *code = kj_tr("en");
    return !strcmp(code, "sv") ? KJ_LANG_SV : !strcmp(code, "da") ? KJ_LANG_DA : KJ_LANG_EN;
}

const char *kj_tr(const char *english) { return dgettext("kedja", english); }

const char *kj_tr_count(const char *one, const char *many, unsigned long n) { return dngettext("kedja", one, many, n); }

enum { CODE_LENGTH = 9 };

/* "1281C1031 …": by a statistical area of Sweden (DeSO). */
static bool begins_with_code(const char *name)
{
    for (int i = 0; i < CODE_LENGTH; i++) {
        bool letter = i == 4, digit = name[i] >= '0' && name[i] <= '9';
        if (!name[i] || (letter ? name[i] < 'A' || name[i] > 'Z' : !digit)) return false;
    }
    return true;
}

/* "1281C1031 förskola 2" as "Assumed preschool C1031 2"; false: another name. */
static bool tell_assumed(const char *name, char *out, size_t out_bytes)
{
    static const struct {
        const char *word, *told;
    } kinds[] = {{" skola", "Assumed school"}, {" förskola", "Assumed preschool"}, {" äldreboende", "Assumed care home"}};
    if (!begins_with_code(name)) return false;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *rest = name + CODE_LENGTH + strlen(kinds[k].word);
        if (strncmp(name + CODE_LENGTH, kinds[k].word, strlen(kinds[k].word)) != 0 || (*rest && *rest != ' ')) continue;
        snprintf(out, out_bytes, "%s %.5s%.8s", kj_tr(kinds[k].told), name + CODE_LENGTH - 5, rest);
        return true;
    }
    return false;
}

const char *kj_tr_name(const char *name, char *out, size_t out_bytes)
{
    static const char made[] = "New school";
    if (strncmp(name, made, sizeof made - 1) == 0) snprintf(out, out_bytes, "%s%s", kj_tr(made), name + sizeof made - 1);
    else if (!tell_assumed(name, out, out_bytes)) return name;
    return out;
}
