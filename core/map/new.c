#include "new.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/text.h"
#include "../io/atomic.h"
#include "../io/csv.h"
#include "map.h"

enum { N_FIELDS = 7 };
static const char *const fields[N_FIELDS] = {"code", "name", "county", "west", "south", "east", "north"};

typedef struct municipality {
    char value[N_FIELDS][96];
} municipality;

enum { NAMES_MAX = 1024, NAME_BYTES = 48 };

/* Lower case without dots, rings and strokes: Umeå and UMEA are umea. */
static void fold(const char *name, char out[NAME_BYTES])
{
    static const char *const letters[][2] = {{"å", "a"}, {"ä", "a"}, {"ö", "o"}, {"Å", "a"}, {"Ä", "a"}, {"Ö", "o"}, {"æ", "ae"}, {"ø", "o"}, {"Æ", "ae"}, {"Ø", "o"}, {"é", "e"}, {"ü", "u"}};
    enum { N = sizeof letters / sizeof letters[0] };
    size_t used = 0;
    while (*name && used + 3 < NAME_BYTES) {
        size_t i = 0;
        while (i < N && strncmp(name, letters[i][0], strlen(letters[i][0])) != 0) i++;
        if (i < N) {
            used += (size_t)snprintf(out + used, NAME_BYTES - used, "%s", letters[i][1]);
            name += strlen(letters[i][0]);
        } else {
            out[used++] = (char)(*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name);
            name++;
        }
    }
    out[used] = 0;
}

/* "Umeå (2480)" for Umea; empty if no name is near. */
static void nearest(const char *path, const char *wanted, char *out, size_t bytes)
{
    typedef char name_text[NAME_BYTES];
    name_text bare, *folded = calloc(NAMES_MAX, sizeof *folded), *label = calloc(NAMES_MAX, sizeof *label);
    const char **names = calloc(NAMES_MAX, sizeof *names);
    kj_csv *csv = NULL;
    kj_error ignored;
    uint32_t code = 0, name = 0;
    size_t n = 0;
    bool more = true, good = folded && label && names && !kj_csv_open(&ignored, path, ',', &csv) && !kj_csv_require(&ignored, csv, "code", &code) &&
                             !kj_csv_require(&ignored, csv, "name", &name);
    while (good && n < NAMES_MAX && !kj_csv_next(&ignored, csv, &more) && more) {
        fold(kj_csv_field(csv, name), folded[n]);
        snprintf(label[n], NAME_BYTES, "%.30s (%.8s)", kj_csv_field(csv, name), kj_csv_field(csv, code));
        names[n] = folded[n];
        n++;
    }
    fold(wanted, bare);
    const char *found = good ? kj_nearest_name(bare, names, n) : NULL;
    for (size_t i = 0; found && i < n; i++)
        if (found == names[i]) snprintf(out, bytes, "%s", label[i]);
    kj_csv_close(csv);
    free(folded);
    free(label);
    free(names);
}

static kj_status find(kj_error *err, const char *country, const char *code, municipality *out)
{
    char relative[128], path[1200];
    kj_csv *csv = NULL;
    uint32_t column[N_FIELDS];
    bool more = true, found = false;
    char near[200] = "";
    snprintf(relative, sizeof relative, "maps/countries/%.20s/municipality.csv", country);
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s is missing: no municipalities are known there", path);
    kj_status status = kj_csv_open(err, path, ',', &csv);
    for (int i = 0; !status && i < N_FIELDS; i++) status = kj_csv_require(err, csv, fields[i], &column[i]);
    while (!status && !found) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        const char *here = kj_csv_field(csv, column[0]), *name = kj_csv_field(csv, column[1]);
        found = !strcmp(here, code) || !strcmp(name, code);
        if (found)
            for (int i = 0; i < N_FIELDS; i++) snprintf(out->value[i], sizeof out->value[i], "%s", kj_csv_field(csv, column[i]));
        if (!strncmp(here, code, 2) && strlen(near) < 150) snprintf(near + strlen(near), sizeof near - strlen(near), "%s%.8s %.30s", near[0] ? ", " : "", here, name);
    }
    kj_csv_close(csv);
    if (status || found) return status;
    char meant[NAME_BYTES] = "";
    if (code[0] < '0' || code[0] > '9') nearest(path, code, meant, sizeof meant);
    if (meant[0]) return kj_fail(err, KJ_E_INPUT, "no municipality %s in %s; did you mean %s?", code, path, meant);
    return kj_fail(err, KJ_E_INPUT, "no municipality %s in %s%s%s", code, path, near[0] ? "; near it: " : "", near);
}

bool kj_municipality_box(const char *country, const char *code, double box[4], char *name, size_t name_bytes)
{
    kj_error ignored;
    municipality m;
    if (find(&ignored, country, code, &m)) return false;
    for (int i = 0; i < 4; i++) box[i] = strtod(m.value[3 + i], NULL);
    snprintf(name, name_bytes, "%s", m.value[1]);
    return true;
}

static bool good_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n < 48 && name[0] >= 'a' && name[0] <= 'z' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* Replaces @map@, @code@, @name@, @county@ … of the template. */
static char *fill(const char *template, const char *name, const municipality *m)
{
    size_t bytes = strlen(template) + 64 * 1024, used = 0;
    char *out = malloc(bytes);
    for (const char *p = template; out && *p && used + 200 < bytes;) {
        const char *value = NULL;
        size_t skip = 0;
        for (int i = -1; *p == '@' && !value && i < N_FIELDS; i++) {
            char mark[32];
            snprintf(mark, sizeof mark, "@%s@", i < 0 ? "map" : fields[i]);
            skip = strlen(mark);
            if (!strncmp(p, mark, skip)) value = i < 0 ? name : m->value[i];
        }
        if (value) {
            used += (size_t)snprintf(out + used, bytes - used, "%s", value);
            p += skip;
        } else {
            out[used++] = *p++;
        }
    }
    if (out) out[used] = 0;
    return out;
}

kj_status kj_map_new(kj_error *err, const char *folder, const char *country, const char *code, char *path,
                     size_t path_bytes)
{
    municipality m;
    char relative[128], template_path[1200];
    struct stat st;
    size_t n = 0;
    const char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder;
    if (!good_name(name)) return kj_fail(err, KJ_E_INPUT, "%s: expected a name of lower-case letters a-z, digits and _, found '%s'", folder, name);
    if (snprintf(path, path_bytes, "%s/recipe.lua", folder) >= (int)path_bytes) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", folder);
    if (stat(path, &st) == 0) return kj_fail(err, KJ_E_INPUT, "%s is there already; it is not overwritten", path);
    kj_status status = kj_folder_check_target(err, folder);
    if (!status) status = find(err, country, code, &m);
    if (status) return status;
    snprintf(relative, sizeof relative, "maps/countries/%.20s/new_recipe.lua", country);
    if (kj_data_path(relative, template_path, sizeof template_path)) return kj_fail(err, KJ_E_INPUT, "%s is missing", template_path);
    char *template = kj_file_read(template_path, &n), *text = template ? fill(template, name, &m) : NULL;
    if (!text) status = kj_fail(err, template ? KJ_E_MEMORY : KJ_E_INPUT, "%s: %s", template_path, kj_why(errno));
    if (!status) kj_map_make_folders(folder);
    if (!status) status = kj_file_replace(err, path, text, strlen(text));
    free(template);
    free(text);
    return status;
}
