#include "stattable.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/text.h"
#include "csv.h"

enum { VALUES_MAX = 100000000, CODES_MAX = 2000000 };

static kj_status no_memory(kj_error *err, const char *path) { return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path); }

void kj_stat_free(kj_stat_table *table)
{
    for (uint32_t d = 0; d < KJ_STAT_DIMS_MAX; d++) {
        kj_stat_dim *dim = &table->dims[d];
        for (uint32_t i = 0; i < dim->n; i++) {
            if (dim->codes) free(dim->codes[i]);
            if (dim->labels) free(dim->labels[i]);
        }
        free(dim->codes);
        free(dim->labels);
        free(dim->name);
        free(dim->label);
    }
    free(table->title);
    free(table->unit);
    free(table->values);
    memset(table, 0, sizeof *table);
}

/* ---- words ---- */

/* Lower case of ASCII and of Latin-1's letters in UTF-8 (Å -> å), blanks cut off. */
static void fold(const char *text, char *out, size_t bytes)
{
    size_t n = 0;
    while (*text == ' ' || *text == '\t') text++;
    for (const unsigned char *p = (const unsigned char *)text; *p && n + 2 < bytes; p++) {
        unsigned char c = *p;
        if (c == 0xC3 && p[1] >= 0x80 && p[1] <= 0x9E) {
            out[n++] = (char)c;
            out[n++] = (char)(*++p + 0x20);
        } else {
            out[n++] = (char)(c < 0x80 ? tolower(c) : c);
        }
    }
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\t' || out[n - 1] == '.')) n--;
    out[n] = 0;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(word, *list)) return true;
    return false;
}

bool kj_stat_is_total(const char *text)
{
    static const char *const words[] = {"total", "totalt", "tot", "totals", "alla", "alle", "all", "samtliga", "i alt", "ialt", "summa", "sum",
                                        "båda könen", "both sexes", "begge køn", "mænd og kvinder i alt", "samtliga åldrar", "alle aldre", "all ages",
                                        "totalt ålder", "total ålder", "totalt, samtliga åldrar", "alder i alt", "1+2", "tot1", "tio", NULL};
    char word[128];
    fold(text, word, sizeof word);
    return is_one_of(word, words);
}

kj_stat_meaning kj_stat_sex(const char *text, int32_t *sex)
{
    static const char *const women[] = {"kvinnor", "kvinna", "kvinder", "kvinde", "women", "woman", "female", "females", "f", "k", "2", "flickor", "piger", "girls", NULL};
    static const char *const men[] = {"män", "man", "mænd", "mand", "men", "male", "males", "m", "1", "pojkar", "drenge", "boys", NULL};
    char word[128];
    fold(text, word, sizeof word);
    *sex = KJ_FEMALE;
    if (is_one_of(word, women)) return KJ_STAT_PART;
    *sex = KJ_MALE;
    if (is_one_of(word, men)) return KJ_STAT_PART;
    return kj_stat_is_total(word) || !strcmp(word, "t") ? KJ_STAT_TOTAL : KJ_STAT_UNKNOWN;
}

/* A whole number of at most three digits at *p; moves on. */
static bool digits(const char **p, int32_t *out)
{
    int n = 0;
    *out = 0;
    while (**p >= '0' && **p <= '9' && n < 4) {
        *out = *out * 10 + (*(*p)++ - '0');
        n++;
    }
    return n > 0 && n < 4;
}

kj_stat_meaning kj_stat_range(const char *text, int32_t *lo, int32_t *hi)
{
    static const char *const open[] = {"och äldre", "och över", "och mer", "eller fler", "och fler", "og derover", "og over", "og ældre", "eller flere", "og flere",
                                       "and over", "and older", "or more", "and more", "years and over", "w", NULL};
    char word[128];
    fold(text, word, sizeof word);
    if (kj_stat_is_total(word)) return KJ_STAT_TOTAL;
    const char *p = word;
    bool under = !strncmp(p, "under ", 6) || *p == '<' || !strncmp(p, "-", 1);
    while (*p && !(*p >= '0' && *p <= '9')) p++;
    if (!digits(&p, lo)) return KJ_STAT_UNKNOWN;
    *hi = *lo;
    if (under) {
        *hi = *lo - (word[0] != '-');
        *lo = 0;
        return *hi >= 0 ? KJ_STAT_PART : KJ_STAT_UNKNOWN;
    }
    while (*p == ' ') p++;
    bool dash = *p == '-', long_dash = !strncmp(p, "\xE2\x80\x93", 3), to = !strncmp(p, "to ", 3) || !strncmp(p, "til ", 4) || !strncmp(p, "till ", 5);
    if (dash || long_dash || to) {
        const char *end = p + (dash ? 1 : long_dash ? 3 : (int)strcspn(p, " "));
        while (*end == ' ') end++;
        if (!digits(&end, hi)) {
            *hi = INT32_MAX; /* "80-" */
            return *end ? KJ_STAT_UNKNOWN : KJ_STAT_PART;
        }
        return *hi >= *lo ? KJ_STAT_PART : KJ_STAT_UNKNOWN;
    }
    if (*p == '+') {
        *hi = INT32_MAX;
        return KJ_STAT_PART;
    }
    for (int i = 0; open[i]; i++)
        if (strstr(p, open[i]) && (open[i][1] || !strcmp(p, open[i]))) *hi = INT32_MAX;
    return KJ_STAT_PART;
}

kj_status kj_stat_dim_find(kj_error *err, const char *path, const kj_stat_table *table, const char *name, uint32_t *dim)
{
    char wanted[128], here[128], list[700] = "";
    fold(name, wanted, sizeof wanted);
    for (uint32_t d = 0; d < table->n_dims; d++) {
        *dim = d;
        fold(table->dims[d].name, here, sizeof here);
        if (!strcmp(here, wanted)) return KJ_OK;
        fold(table->dims[d].label, here, sizeof here);
        if (!strcmp(here, wanted)) return KJ_OK;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%.60s", d ? ", " : "", table->dims[d].name);
    }
    return kj_fail(err, KJ_E_INPUT, "%s: no dimension named %s; it has %s", path, name, list);
}

/* ---- numbers ---- */

/* Missing: "", "..", ".", "-" and letters of the statistical offices. A comma is a decimal comma; with exactly three
   digits behind it and none elsewhere nobody can tell it from thousands. False with a reason otherwise. */
static bool read_number(const char *text, double *out, const char **why)
{
    static const char *const missing[] = {"", "..", "...", "....", ".", "-", "\xE2\x80\x93", "x", "na", "n/a", ":", "*", NULL};
    char plain[64], word[64];
    size_t n = 0, commas = 0, points = 0;
    *out = NAN;
    fold(text, word, sizeof word);
    if (is_one_of(word, missing) || is_one_of(text, missing)) return true;
    *why = "expected a number";
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == ' ' || *p == '\t') continue;
        if (*p == 0xC2 && p[1] == 0xA0) { /* no-break space as thousands */
            p++;
            continue;
        }
        if (*p == 0xE2 && p[1] == 0x80 && p[2] == 0xAF) {
            p += 2;
            continue;
        }
        if (n + 1 >= sizeof plain || !strchr("0123456789+-.,eE", *p)) return false;
        commas += *p == ',';
        points += *p == '.';
        plain[n++] = (char)*p;
    }
    plain[n] = 0;
    char *comma = strchr(plain, ',');
    if (commas > 1 || points > 1 || (commas && points)) return *why = "thousands separators are not read", false;
    if (comma && comma > plain && strlen(comma) == 4 && comma - plain <= 3)
        return *why = "is the comma a decimal comma or does it part thousands? write it without", false;
    if (comma) *comma = '.';
    char *end = NULL;
    *out = strtod(plain, &end); /* the C locale holds for numbers */
    return n > 0 && !*end && *out - *out == 0.0;
}

/* ---- encoding ---- */

static int sequence(const unsigned char *p, const unsigned char *end)
{
    int extra = *p < 0x80 ? 0 : *p >= 0xC2 && *p <= 0xDF ? 1 : *p >= 0xE0 && *p <= 0xEF ? 2 : *p >= 0xF0 && *p <= 0xF4 ? 3 : -1;
    if (extra < 0 || end - p <= extra) return 0;
    for (int i = 1; i <= extra; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F)) return 0;
    return extra + 1;
}

/* UTF-8; bytes that are none are Latin-1's letters, one by one, so that a file of both kinds comes out right. Zero bytes
   become blanks. A byte order mark is left out. */
static char *to_utf8(const char *text, uint64_t n, uint64_t *n_out, uint64_t *n_recoded)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    char *out = malloc(2 * n + 2);
    uint64_t used = 0;
    if (!out) return NULL;
    if (n >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) p += 3;
    while (p < end) {
        int length = sequence(p, end);
        if (length == 0) {
            out[used++] = (char)(0xC0 | (*p >> 6));
            out[used++] = (char)(0x80 | (*p & 0x3F));
            ++*n_recoded;
            p++;
        } else {
            for (int i = 0; i < length; i++) out[used++] = *p ? (char)*p : ' ', p++;
        }
    }
    out[used] = 0;
    *n_out = used;
    return out;
}

/* ---- building ---- */

static kj_status set_dim(kj_error *err, const char *path, kj_stat_table *t, const char *name, const char *label, uint32_t n)
{
    if (t->n_dims == KJ_STAT_DIMS_MAX) return kj_fail(err, KJ_E_INPUT, "%s: more than %d dimensions", path, KJ_STAT_DIMS_MAX);
    if (n == 0 || n > CODES_MAX) return kj_fail(err, KJ_E_INPUT, "%s: dimension %.60s has %u values", path, name, n);
    kj_stat_dim *dim = &t->dims[t->n_dims++];
    dim->name = strdup(name);
    dim->label = strdup(label && *label ? label : name);
    dim->codes = calloc(n, sizeof *dim->codes);
    dim->labels = calloc(n, sizeof *dim->labels);
    dim->n = dim->codes && dim->labels ? n : 0;
    return dim->name && dim->label && dim->n ? KJ_OK : no_memory(err, path);
}

static kj_status set_values(kj_error *err, const char *path, kj_stat_table *t)
{
    double n = 1.0;
    for (uint32_t d = 0; d < t->n_dims; d++) n *= t->dims[d].n;
    if (n > VALUES_MAX) return kj_fail(err, KJ_E_INPUT, "%s: %.0f cells, at most %d are read", path, n, VALUES_MAX);
    t->n_values = (uint64_t)n;
    t->values = malloc((t->n_values + 1) * sizeof *t->values);
    if (!t->values) return no_memory(err, path);
    for (uint64_t i = 0; i < t->n_values; i++) t->values[i] = NAN;
    return KJ_OK;
}

static kj_status finish(kj_error *err, const char *path, kj_stat_table *t)
{
    for (uint32_t d = 0; d < t->n_dims; d++) {
        for (uint32_t i = 0; i < t->dims[d].n; i++) {
            kj_stat_dim *dim = &t->dims[d];
            if (!dim->codes[i]) dim->codes[i] = strdup(dim->labels[i] ? dim->labels[i] : "");
            if (!dim->labels[i]) dim->labels[i] = strdup(dim->codes[i] ? dim->codes[i] : "");
            if (!dim->codes[i] || !dim->labels[i]) return no_memory(err, path);
        }
    }
    for (uint64_t i = 0; i < t->n_values; i++) t->n_missing += isnan(t->values[i]) != 0;
    if (!t->title) t->title = strdup("");
    if (!t->unit) t->unit = strdup("");
    return t->title && t->unit ? KJ_OK : no_memory(err, path);
}

/* ---- json-stat2 ---- */

static kj_status read_category(kj_error *err, const char *path, const json_t *dimension, kj_stat_dim *dim)
{
    const json_t *category = json_object_get(dimension, "category"), *index = json_object_get(category, "index"),
                 *labels = json_object_get(category, "label");
    const char *code;
    json_t *value;
    size_t i;
    if (json_is_array(index)) {
        if (json_array_size(index) != dim->n) return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: size %u, but %zu codes", path, dim->name, dim->n, json_array_size(index));
        json_array_foreach(index, i, value) dim->codes[i] = strdup(json_is_string(value) ? json_string_value(value) : "");
    } else if (json_is_object(index)) {
        json_object_foreach((json_t *)index, code, value)
        {
            json_int_t at = json_is_integer(value) ? json_integer_value(value) : -1;
            if (at < 0 || at >= dim->n || dim->codes[at]) return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: category.index of %.60s is wrong", path, dim->name, code);
            dim->codes[at] = strdup(code);
        }
    } else if (json_is_object(labels) && dim->n == 1) {
        json_object_foreach((json_t *)labels, code, value) dim->codes[0] = dim->codes[0] ? dim->codes[0] : strdup(code);
    }
    for (uint32_t k = 0; k < dim->n; k++) {
        if (!dim->codes[k]) return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: category %u has no code", path, dim->name, k + 1);
        const json_t *label = json_object_get(labels, dim->codes[k]);
        if (json_is_string(label)) dim->labels[k] = strdup(json_string_value(label));
    }
    return KJ_OK;
}

static kj_status read_json_values(kj_error *err, const char *path, const json_t *values, kj_stat_table *t)
{
    json_t *value;
    const char *key;
    size_t i;
    if (json_is_array(values)) {
        if (json_array_size(values) != t->n_values)
            return kj_fail(err, KJ_E_INPUT, "%s: the dimensions make %llu cells, but `value` holds %zu", path, (unsigned long long)t->n_values, json_array_size(values));
        json_array_foreach(values, i, value)
        {
            if (json_is_number(value)) t->values[i] = json_number_value(value);
            else if (!json_is_null(value)) return kj_fail(err, KJ_E_INPUT, "%s: value[%zu] is neither a number nor null", path, i);
        }
        return KJ_OK;
    }
    if (!json_is_object(values)) return kj_fail(err, KJ_E_INPUT, "%s: `value` is missing", path);
    json_object_foreach((json_t *)values, key, value)
    {
        char *end = NULL;
        unsigned long long at = strtoull(key, &end, 10);
        if (!*key || *end || at >= t->n_values || !(json_is_number(value) || json_is_null(value)))
            return kj_fail(err, KJ_E_INPUT, "%s: value[%.40s] is wrong", path, key);
        if (json_is_number(value)) t->values[at] = json_number_value(value);
    }
    return KJ_OK;
}

static kj_status parse_json(kj_error *err, const char *path, const char *text, uint64_t n, kj_stat_table *t)
{
    json_error_t why;
    json_t *root = json_loadb(text, n, 0, &why);
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s:%d: no JSON: %s", path, why.line, why.text);
    const json_t *set = root, *ids = json_object_get(root, "id"), *sizes = json_object_get(root, "size"), *dimension = json_object_get(root, "dimension");
    kj_status status = KJ_OK;
    if (!json_is_array(ids) || !json_is_array(sizes) || !json_is_object(dimension) || json_array_size(ids) != json_array_size(sizes) || json_array_size(ids) == 0)
        status = kj_fail(err, KJ_E_INPUT, "%s: no json-stat2 dataset: expected id, size and dimension of equal length", path);
    for (size_t d = 0; !status && d < json_array_size(ids); d++) {
        const char *name = json_string_value(json_array_get(ids, d));
        json_int_t size = json_integer_value(json_array_get(sizes, d));
        const json_t *here = name ? json_object_get(dimension, name) : NULL;
        const json_t *label = json_object_get(here, "label");
        if (!here || size < 1 || size > CODES_MAX) {
            status = kj_fail(err, KJ_E_INPUT, "%s: dimension %zu (%.60s): is not described, or has a wrong size", path, d + 1, name ? name : "?");
            break;
        }
        status = set_dim(err, path, t, name, json_is_string(label) ? json_string_value(label) : "", (uint32_t)size);
        if (!status) status = read_category(err, path, here, &t->dims[t->n_dims - 1]);
    }
    if (!status) status = set_values(err, path, t);
    if (!status) status = read_json_values(err, path, json_object_get(set, "value"), t);
    const json_t *title = json_object_get(set, "label");
    if (!status && json_is_string(title)) t->title = strdup(json_string_value(title));
    json_decref(root);
    return status;
}

/* ---- PC-Axis ---- */

typedef struct px {
    const char *path, *at, *end;
    uint32_t line;
} px;

static void px_skip(px *p)
{
    while (p->at < p->end && isspace((unsigned char)*p->at)) p->line += *p->at++ == '\n';
}

/* A text between quotes; adjacent ones are joined, as long lines are written. malloc; NULL: none here or broken. */
static char *px_text(px *p)
{
    char *out = NULL;
    size_t used = 0;
    for (px_skip(p); p->at < p->end && *p->at == '"'; px_skip(p)) {
        const char *from = ++p->at;
        while (p->at < p->end && *p->at != '"') p->line += *p->at++ == '\n';
        if (p->at >= p->end) {
            free(out);
            return NULL;
        }
        size_t n = (size_t)(p->at++ - from);
        char *grown = realloc(out, used + n + 1);
        if (!grown) {
            free(out);
            return NULL;
        }
        out = grown;
        memcpy(out + used, from, n);
        used += n;
        out[used] = 0;
    }
    return out;
}

static kj_status px_wrong(kj_error *err, const px *p, const char *expected)
{
    return kj_fail(err, KJ_E_INPUT, "%s:%u: PC-Axis: expected %s, found `%.20s`", p->path, p->line, expected, p->at < p->end ? p->at : "the end of the file");
}

typedef struct px_list {
    char **texts; /* owned */
    uint32_t n;
} px_list;

static void px_list_free(px_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) free(list->texts[i]);
    free(list->texts);
    *list = (px_list){0};
}

/* "a","b",… up to the semicolon. */
static kj_status px_texts(kj_error *err, px *p, px_list *out)
{
    uint32_t capacity = 0;
    for (;;) {
        char *text = px_text(p);
        if (!text) return px_wrong(err, p, "a text in quotes");
        if (out->n == capacity) {
            capacity = 2 * capacity + 16;
            char **grown = realloc(out->texts, capacity * sizeof *grown);
            if (!grown || out->n > CODES_MAX) {
                free(text);
                if (grown) out->texts = grown;
                return no_memory(err, p->path);
            }
            out->texts = grown;
        }
        out->texts[out->n++] = text;
        px_skip(p);
        if (p->at < p->end && *p->at == ',') {
            p->at++;
            continue;
        }
        if (p->at < p->end && *p->at == ';') {
            p->at++;
            return KJ_OK;
        }
        return px_wrong(err, p, "a comma or a semicolon");
    }
}

/* Past the semicolon that ends a keyword we do not read. */
static kj_status px_pass(kj_error *err, px *p)
{
    bool quoted = false;
    for (; p->at < p->end; p->at++) {
        if (*p->at == '"') quoted = !quoted;
        p->line += *p->at == '\n';
        if (*p->at == ';' && !quoted) {
            p->at++;
            return KJ_OK;
        }
    }
    return px_wrong(err, p, "a semicolon");
}

/* Lists by keyword and dimension, kept until the order of the dimensions is known. */
typedef struct px_lists {
    px_list stub, heading;
    struct {
        char *name; /* owned */
        px_list values, codes;
    } of[2 * KJ_STAT_DIMS_MAX];
    uint32_t n;
} px_lists;

static px_list *px_list_of(px_lists *all, const char *name, bool codes)
{
    uint32_t i = 0;
    while (i < all->n && strcmp(all->of[i].name, name)) i++;
    if (i == all->n) {
        if (all->n == sizeof all->of / sizeof *all->of) return NULL;
        all->of[i].name = strdup(name);
        if (!all->of[i].name) return NULL;
        all->n++;
    }
    return codes ? &all->of[i].codes : &all->of[i].values;
}

static kj_status px_dims(kj_error *err, const px *p, px_lists *all, kj_stat_table *t)
{
    for (uint32_t d = 0; d < all->stub.n + all->heading.n; d++) {
        const char *name = d < all->stub.n ? all->stub.texts[d] : all->heading.texts[d - all->stub.n];
        px_list *values = px_list_of(all, name, false), *codes = px_list_of(all, name, true);
        if (!values || !codes || values->n == 0) return kj_fail(err, KJ_E_INPUT, "%s: PC-Axis: VALUES(\"%.60s\") is missing", p->path, name);
        if (codes->n && codes->n != values->n)
            return kj_fail(err, KJ_E_INPUT, "%s: PC-Axis: %.60s has %u values but %u codes", p->path, name, values->n, codes->n);
        kj_status status = set_dim(err, p->path, t, name, "", values->n);
        if (status) return status;
        for (uint32_t i = 0; i < values->n; i++) {
            t->dims[d].labels[i] = strdup(values->texts[i]);
            if (codes->n) t->dims[d].codes[i] = strdup(codes->texts[i]);
        }
    }
    if (t->n_dims == 0) return kj_fail(err, KJ_E_INPUT, "%s: PC-Axis: STUB and HEADING name no dimension", p->path);
    return set_values(err, p->path, t);
}

static kj_status px_data(kj_error *err, px *p, kj_stat_table *t)
{
    for (uint64_t i = 0; i < t->n_values; i++) {
        char word[64];
        size_t n = 0;
        const char *why = "";
        px_skip(p);
        bool quoted = p->at < p->end && *p->at == '"';
        if (quoted) p->at++;
        while (p->at < p->end && n + 1 < sizeof word && !(quoted ? *p->at == '"' : isspace((unsigned char)*p->at) || *p->at == ';')) word[n++] = *p->at++;
        if (quoted && p->at < p->end) p->at++;
        word[n] = 0;
        if (n == 0 && !quoted) return kj_fail(err, KJ_E_INPUT, "%s:%u: PC-Axis: the dimensions make %llu cells, but DATA ends after %llu", p->path, p->line, (unsigned long long)t->n_values, (unsigned long long)i);
        if (!read_number(word, &t->values[i], &why)) return kj_fail(err, KJ_E_INPUT, "%s:%u: PC-Axis: DATA: %s, found `%s`", p->path, p->line, why, word);
    }
    px_skip(p);
    if (p->at < p->end && *p->at != ';') return px_wrong(err, p, "the end of DATA: the dimensions make fewer cells");
    return KJ_OK;
}

/* KEYWORD[language]("dimension","value")= */
static kj_status px_keyword(kj_error *err, px *p, char *keyword, size_t bytes, char **dimension, bool *other_language)
{
    size_t n = 0;
    px_skip(p);
    while (p->at < p->end && (isupper((unsigned char)*p->at) || *p->at == '-' || *p->at == '_' || isdigit((unsigned char)*p->at)) && n + 1 < bytes) keyword[n++] = *p->at++;
    keyword[n] = 0;
    *dimension = NULL;
    *other_language = p->at < p->end && *p->at == '[';
    if (*other_language) {
        while (p->at < p->end && *p->at != ']') p->at++;
        if (p->at < p->end) p->at++;
    }
    if (n == 0) return px_wrong(err, p, "a keyword");
    if (p->at < p->end && *p->at == '(') {
        p->at++;
        *dimension = px_text(p);
        while (p->at < p->end && *p->at != ')') p->line += *p->at++ == '\n';
        if (p->at < p->end) p->at++;
    }
    px_skip(p);
    if (p->at >= p->end || *p->at != '=') return px_wrong(err, p, "=");
    p->at++;
    return KJ_OK;
}

static kj_status px_one(kj_error *err, px *p, px_lists *all, kj_stat_table *t, bool *done)
{
    char keyword[48], *dimension = NULL;
    bool other = false;
    kj_status status = px_keyword(err, p, keyword, sizeof keyword, &dimension, &other);
    px_list one = {0}, *into = NULL;
    if (!status && !other && !strcmp(keyword, "STUB")) into = &all->stub;
    if (!status && !other && !strcmp(keyword, "HEADING")) into = &all->heading;
    if (!status && !other && dimension && (!strcmp(keyword, "VALUES") || !strcmp(keyword, "CODES"))) into = px_list_of(all, dimension, keyword[0] == 'C');
    if (!status && !other && !dimension && (!strcmp(keyword, "TITLE") || !strcmp(keyword, "UNITS"))) into = &one;
    if (!status && into && into->n) status = kj_fail(err, KJ_E_INPUT, "%s:%u: PC-Axis: %s stands twice", p->path, p->line, keyword);
    if (!status && !strcmp(keyword, "DATA")) {
        *done = true;
        status = px_dims(err, p, all, t);
        if (!status) status = px_data(err, p, t);
    } else if (!status) {
        status = into ? px_texts(err, p, into) : px_pass(err, p);
    }
    if (!status && one.n) {
        char **slot = keyword[0] == 'T' ? &t->title : &t->unit;
        free(*slot);
        *slot = one.texts[0];
        one.texts[0] = NULL;
    }
    px_list_free(&one);
    free(dimension);
    return status;
}

static kj_status parse_px(kj_error *err, const char *path, const char *text, uint64_t n, kj_stat_table *t)
{
    px p = {.path = path, .at = text, .end = text + n, .line = 1};
    px_lists all = {0};
    bool done = false;
    kj_status status = KJ_OK;
    while (!status && !done) {
        px_skip(&p);
        if (p.at >= p.end) status = kj_fail(err, KJ_E_INPUT, "%s: PC-Axis: no DATA", path);
        else status = px_one(err, &p, &all, t, &done);
    }
    px_list_free(&all.stub);
    px_list_free(&all.heading);
    for (uint32_t i = 0; i < all.n; i++) {
        free(all.of[i].name);
        px_list_free(&all.of[i].values);
        px_list_free(&all.of[i].codes);
    }
    return status;
}

/* ---- CSV ---- */

/* Codes of one dimension in the order in which they appear; found by the pool. */
typedef struct column_codes {
    kj_pool pool;
    uint32_t csv_column;
} column_codes;

static kj_status csv_rows(kj_error *err, kj_csv *csv, column_codes *dims, uint32_t n_dims, uint32_t value, kj_stat_table *t)
{
    bool more = true, filling = t->values != NULL;
    uint8_t *seen = filling ? calloc(t->n_values + 1, 1) : NULL;
    kj_status status = filling && !seen ? no_memory(err, kj_csv_path(csv)) : KJ_OK;
    while (!status) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        uint64_t at = 0;
        for (uint32_t d = 0; d < n_dims && !status; d++) {
            int32_t index = kj_pool_intern(&dims[d].pool, kj_csv_field(csv, dims[d].csv_column)) - 1; /* text 0 of a pool is "" */
            if (index == -1)
                status = kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s` is empty", kj_csv_path(csv), kj_csv_line(csv), kj_csv_column_name(csv, dims[d].csv_column));
            else if (index < 0) status = no_memory(err, kj_csv_path(csv));
            if (filling) at = at * t->dims[d].n + (uint64_t)index;
        }
        if (status || !filling) continue;
        const char *why = "";
        if (seen[at]++) {
            status = kj_fail(err, KJ_E_INPUT, "%s:%u: the same cell stands twice: %.60s …; is there a column more that tells them apart?", kj_csv_path(csv),
                             kj_csv_line(csv), kj_csv_field(csv, dims[0].csv_column));
        } else if (!read_number(kj_csv_field(csv, value), &t->values[at], &why)) {
            status = kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: %s, found `%.60s`", kj_csv_path(csv), kj_csv_line(csv), kj_csv_column_name(csv, value), why,
                             kj_csv_field(csv, value));
        }
    }
    free(seen);
    return status;
}

static kj_status parse_csv(kj_error *err, const char *path, const char *text, uint64_t n, const char *value_column, kj_stat_table *t)
{
    kj_csv *csv = NULL;
    column_codes dims[KJ_STAT_DIMS_MAX];
    uint32_t n_dims = 0, value = 0;
    kj_status status = kj_csv_open_text(err, path, text, n, 0, &csv);
    if (!status && value_column) status = kj_csv_require(err, csv, value_column, &value);
    if (!status && !value_column) value = kj_csv_n_columns(csv) - 1;
    if (!status && kj_csv_n_columns(csv) < 2) status = kj_fail(err, KJ_E_INPUT, "%s: one column only: expected dimensions and a value", path);
    if (!status && kj_csv_n_columns(csv) > KJ_STAT_DIMS_MAX + 1)
        status = kj_fail(err, KJ_E_INPUT, "%s: %u columns; at most %d dimensions and one value are read: save one value column a file", path,
                         kj_csv_n_columns(csv), KJ_STAT_DIMS_MAX);
    for (uint32_t c = 0; !status && c < kj_csv_n_columns(csv); c++) {
        if (c == value) continue;
        dims[n_dims].csv_column = c;
        kj_pool_init(&dims[n_dims++].pool);
    }
    if (!status) status = csv_rows(err, csv, dims, n_dims, value, t);
    for (uint32_t d = 0; !status && d < n_dims; d++) {
        status = set_dim(err, path, t, kj_csv_column_name(csv, dims[d].csv_column), "", dims[d].pool.n > 1 ? (uint32_t)dims[d].pool.n - 1 : 0);
        for (int32_t i = 0; !status && i + 1 < dims[d].pool.n; i++) t->dims[d].codes[i] = strdup(kj_pool_text(&dims[d].pool, i + 1));
    }
    if (!status) status = set_values(err, path, t);
    kj_csv_close(csv);
    csv = NULL;
    if (!status) status = kj_csv_open_text(err, path, text, n, 0, &csv);
    if (!status) status = csv_rows(err, csv, dims, n_dims, value, t);
    for (uint32_t d = 0; d < n_dims; d++) kj_pool_free(&dims[d].pool);
    kj_csv_close(csv);
    return status;
}

/* ---- all ---- */

static bool looks_like_px(const char *text)
{
    size_t n = 0;
    while (isupper((unsigned char)text[n]) || text[n] == '-') n++;
    return n >= 4 && (text[n] == '=' || text[n] == '[' || text[n] == '(');
}

kj_status kj_stat_parse(kj_error *err, const char *path, const char *text, uint64_t n_bytes, const char *value_column,
                        kj_stat_table *out)
{
    memset(out, 0, sizeof *out);
    uint64_t n = 0;
    char *utf8 = to_utf8(text, n_bytes, &n, &out->n_recoded);
    if (!utf8) return no_memory(err, path);
    const char *at = utf8;
    while (isspace((unsigned char)*at)) at++;
    kj_status status = *at == '{'           ? parse_json(err, path, at, n - (uint64_t)(at - utf8), out)
                       : looks_like_px(at) ? parse_px(err, path, at, n - (uint64_t)(at - utf8), out)
                                           : parse_csv(err, path, utf8, n, value_column, out);
    free(utf8);
    if (!status) status = finish(err, path, out);
    if (status) kj_stat_free(out);
    return status;
}

kj_status kj_stat_read(kj_error *err, const char *path, const char *value_column, kj_stat_table *out)
{
    size_t n = 0;
    errno = 0;
    char *text = kj_file_read(path, &n);
    if (!text) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno ? errno : ENOENT));
    kj_status status = kj_stat_parse(err, path, text, n, value_column, out);
    free(text);
    return status;
}
