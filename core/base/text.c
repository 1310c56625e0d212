#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* FNV-1a: only places texts in slots, so its quality decides speed alone. */
static uint32_t text_hash(const char *text)
{
    uint32_t h = 2166136261u;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) h = (h ^ *c) * 16777619u;
    return h;
}

void kj_pool_init(kj_pool *pool) { memset(pool, 0, sizeof *pool); }

void kj_pool_free(kj_pool *pool)
{
    for (int32_t i = 0; i < pool->n; i++) free(pool->texts[i]);
    free(pool->texts);
    free(pool->slots);
    memset(pool, 0, sizeof *pool);
}

static int32_t *pool_slot(const kj_pool *pool, const char *text)
{
    uint32_t mask = (uint32_t)pool->n_slots - 1u;
    for (uint32_t at = text_hash(text) & mask;; at = (at + 1u) & mask) {
        int32_t *slot = &pool->slots[at];
        if (*slot < 0 || strcmp(pool->texts[*slot], text) == 0) return slot;
    }
}

static int pool_rehash(kj_pool *pool, int32_t n_slots)
{
    int32_t *slots = malloc((size_t)n_slots * sizeof *slots);
    if (!slots) return -1;
    for (int32_t i = 0; i < n_slots; i++) slots[i] = -1;
    free(pool->slots);
    pool->slots = slots;
    pool->n_slots = n_slots;
    for (int32_t i = 0; i < pool->n; i++) *pool_slot(pool, pool->texts[i]) = i;
    return 0;
}

static int pool_make_room(kj_pool *pool)
{
    if (pool->n == pool->capacity) {
        int32_t capacity = pool->capacity ? 2 * pool->capacity : 64;
        char **texts = realloc(pool->texts, (size_t)capacity * sizeof *texts);
        if (!texts) return -1;
        pool->texts = texts;
        pool->capacity = capacity;
    }
    if (2 * (pool->n + 1) > pool->n_slots) return pool_rehash(pool, pool->n_slots ? 2 * pool->n_slots : 128);
    return 0;
}

static int32_t pool_append(kj_pool *pool, const char *text)
{
    if (pool_make_room(pool)) return -1;
    char *copy = strdup(text);
    if (!copy) return -1;
    pool->texts[pool->n] = copy;
    *pool_slot(pool, copy) = pool->n;
    return pool->n++;
}

int32_t kj_pool_intern(kj_pool *pool, const char *text)
{
    if (pool->n == 0 && pool_append(pool, "") < 0) return -1;
    int32_t *slot = pool_slot(pool, text);
    return *slot >= 0 ? *slot : pool_append(pool, text);
}

void kj_pool_truncate(kj_pool *pool, int32_t n)
{
    /* Newest first: no older text was ever placed behind a newer one, so emptying its slot breaks no probe. */
    while (pool->n > n) {
        char *text = pool->texts[pool->n - 1];
        *pool_slot(pool, text) = -1;
        free(text);
        pool->n--;
    }
}

const char *kj_pool_text(const kj_pool *pool, int32_t index)
{
    return index >= 0 && index < pool->n ? pool->texts[index] : "";
}

/* Letters to change, add, leave out or swap with their neighbour (optimal string alignment); names are short. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 127 };
    size_t rows[3][LONGEST + 1], na = strlen(a), nb = strlen(b);
    if (na > LONGEST || nb > LONGEST) return LONGEST;
    for (size_t j = 0; j <= nb; j++) rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t change = before[j - 1] + (a[i - 1] != b[j - 1]);
            size_t skip = (before[j] < row[j - 1] ? before[j] : row[j - 1]) + 1;
            row[j] = change < skip ? change : skip;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && earlier[j - 2] + 1 < row[j]) row[j] = earlier[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

/* "popul": whoever types less of a name. Two letters could mean anything. */
static const char *shortest_that_begins(const char *with, const char *const *names, size_t n)
{
    size_t length = strlen(with);
    const char *best = NULL;
    for (size_t i = 0; length > 2 && i < n; i++)
        if (!strncmp(names[i], with, length) && (!best || strlen(names[i]) < strlen(best))) best = names[i];
    return best;
}

const char *kj_nearest_name(const char *wanted, const char *const *names, size_t n)
{
    size_t limit = strlen(wanted) / 3;
    if (limit < 2) limit = 2;
    const char *best = shortest_that_begins(wanted, names, n); /* before any other: fewer letters are not wrong ones */
    if (best) return best;
    for (size_t i = 0; i < n; i++) {
        size_t d = edit_distance(wanted, names[i]);
        if (d <= limit) {
            limit = d == 0 ? 0 : d - 1; /* only a nearer one replaces it */
            best = names[i];
            if (d == 0) break;
        }
    }
    return best;
}

int32_t kj_labels_index(const char *labels, const char *word)
{
    size_t n_word = strlen(word);
    int32_t index = 0;
    for (const char *at = labels; *at; index++) {
        size_t n = strcspn(at, " ");
        if (n == n_word && strncmp(at, word, n) == 0) return index;
        at += n;
        at += strspn(at, " ");
    }
    return -1;
}

const char *kj_labels_at(const char *labels, int32_t index, char *out, size_t out_bytes)
{
    out[0] = '\0';
    for (const char *at = labels; *at; index--) {
        size_t n = strcspn(at, " ");
        if (index == 0) {
            snprintf(out, out_bytes, "%.*s", (int)n, at);
            break;
        }
        at += n;
        at += strspn(at, " ");
    }
    return out;
}

int32_t kj_labels_count(const char *labels)
{
    int32_t n = 0;
    for (const char *at = labels; *at; n++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return n;
}

char *kj_file_read(const char *path, size_t *n_bytes)
{
    int opened = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe that nobody writes would be waited for */
    if (opened < 0) return NULL;
    struct stat info;
    char *text = NULL;
    FILE *file = fdopen(opened, "rb");
    if (!file) {
        close(opened);
        return NULL;
    }
    if (fstat(opened, &info) == 0 && !S_ISREG(info.st_mode)) {
        errno = S_ISDIR(info.st_mode) ? EISDIR : ESPIPE;
        goto done;
    }
    size_t n = 0, capacity = 1 << 14;
    text = malloc(capacity + 1);
    while (text) {
        n += fread(text + n, 1, capacity - n, file);
        if (n < capacity) break;
        char *grown = realloc(text, 2 * capacity + 1);
        if (!grown) free(text);
        text = grown;
        capacity *= 2;
    }
    if (text && ferror(file)) {
        free(text);
        text = NULL;
    }
    if (text) {
        text[n] = '\0';
        if (n_bytes) *n_bytes = n;
    }
done:
    fclose(file);
    return text;
}

size_t kj_text_cut(const char *text, size_t n, size_t room)
{
    if (n <= room) return n;
    while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80) room--;
    return room;
}

const char *kj_range_text(double lo, double hi, const char *unit, char out[KJ_RANGE_TEXT])
{
    const char *space = unit && *unit && strcmp(unit, "1") ? " " : "";
    bool from = lo > -DBL_MAX, to = hi < DBL_MAX;
    if (!*space) unit = "";
    if (from && to) snprintf(out, KJ_RANGE_TEXT, "%.15g to %.15g%s%.60s", lo, hi, space, unit);
    else if (from || to) snprintf(out, KJ_RANGE_TEXT, "at %s %.15g%s%.60s", from ? "least" : "most", from ? lo : hi, space, unit);
    else snprintf(out, KJ_RANGE_TEXT, "a finite number");
    return out;
}

const char *kj_text_bad_utf8(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text, *stop = p + n;
    while (p < stop) {
        unsigned char c = *p;
        int extra = c < 0x80                 ? 0
                    : c >= 0xC2 && c <= 0xDF ? 1
                    : c >= 0xE0 && c <= 0xEF ? 2
                    : c >= 0xF0 && c <= 0xF4 ? 3
                                             : -1;
        if (extra < 0 || stop - p <= extra || c == 0) return (const char *)p;
        for (int i = 1; i <= extra; i++)
            if ((p[i] & 0xC0) != 0x80) return (const char *)p;
        if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) || (c == 0xF0 && p[1] < 0x90) ||
            (c == 0xF4 && p[1] > 0x8F))
            return (const char *)p;
        p += 1 + extra;
    }
    return NULL;
}

kj_status kj_text_check_utf8(kj_error *err, const char *path, const char *text, size_t n)
{
    uint32_t line = 1;
    const char *bad = kj_text_bad_utf8(text, n);
    if (!bad) return KJ_OK;
    for (const char *at = text; at < bad; at++) line += *at == '\n';
    return kj_fail(err, KJ_E_INPUT, "%s:%u: byte 0x%02X is not UTF-8 text: save the file as UTF-8", path, line, (unsigned)(unsigned char)*bad);
}

size_t kj_text_mark(const char *text, size_t n) { return n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0; }

/* ../share/kedja from the program, so that an installed tree can be moved; "" if the program's place is not known. */
static const char *share_beside_program(char *out, size_t out_bytes)
{
    char program[4000];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0) return "";
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (slash) *slash = '\0';
    n = snprintf(out, out_bytes, "%s/../share/kedja", program);
    return n > 0 && (size_t)n < out_bytes ? out : "";
}

/* A file's name has an ending; folders of data have none. */
static bool stands_in_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    if (!slash || !strchr(slash, '.') || (size_t)(slash - path) >= sizeof folder) return false;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    return access(folder, R_OK) == 0;
}

int kj_data_path(const char *relative, char *out, size_t out_bytes)
{
    char share[4096];
    const char *own = getenv("KEDJA_DATA"), *roots[] = {own, share_beside_program(share, sizeof share), KEDJA_SHARE_DIR, KEDJA_SOURCE_DIR};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (!roots[i] || !roots[i][0]) continue;
        int n = snprintf(out, out_bytes, "%s/%s", roots[i], relative);
        if (n <= 0 || (size_t)n >= out_bytes) continue;
        if (access(out, R_OK) == 0) return 0;
        if (roots[i] == own && stands_in_folder(out)) return -1;
    }
    snprintf(out, out_bytes, "%s", relative);
    return -1;
}
