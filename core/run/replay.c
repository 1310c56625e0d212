#include "replay.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = PATH_MAX + 64 };

/* A file by its whole path; what is no file (a shipped name) as it is. */
static void put_file(FILE *file, const char *key, const char *name)
{
    char *whole = realpath(name, NULL);
    fprintf(file, "@%s %s\n", key, whole ? whole : name);
    free(whole);
}

static void put_session(FILE *file, const kj_request *session, const char *hash)
{
    put_file(file, "scenario", session->scenario);
    if (session->map) put_file(file, "map", session->map);
    if (session->has_seed) fprintf(file, "@seed %llu\n", (unsigned long long)session->seed);
    if (session->years) fprintf(file, "@years %d\n", (int)session->years);
    for (uint32_t i = 0; i < session->n_settings; i++) fprintf(file, "@set %s\n", session->settings[i]);
    for (uint32_t i = 0; i < session->n_modules; i++) put_file(file, "plugin", session->modules[i]);
    if (hash[0]) fprintf(file, "@hash %s\n", hash);
}

kj_status kj_replay_write(kj_error *err, const kj_request *session, const kj_journal *journal, const char *hash, const char *path)
{
    char part[LINE_BYTES], text[160];
    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part) return kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
    FILE *file = fopen(part, "w");
    if (!file) return kj_fail(err, KJ_E_IO, "%s: %s", part, kj_why(errno));
    fputs("# A live session: kedja replay FILE gives the same state.\n", file);
    put_session(file, session, hash);
    for (uint32_t i = 0; i < journal->n; i++) fprintf(file, "%s\n", kj_change_text(&journal->items[i], text, sizeof text));
    bool whole = !ferror(file);
    if (fclose(file) == 0 && whole && rename(part, path) == 0) return KJ_OK;
    kj_status status = kj_fail(err, KJ_E_IO, "%s: %s", path, kj_why(errno));
    remove(part);
    return status;
}

static kj_status set_text(kj_error *err, char **out, const char *value)
{
    if (*out) return kj_fail(err, KJ_E_INPUT, "given twice");
    *out = strdup(value);
    return *out ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

static kj_status whole_number(kj_error *err, const char *value, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (errno || *end || end == value || *value == '-' || number > most) return kj_fail(err, KJ_E_INPUT, "expected a whole number up to %llu, found '%s'", (unsigned long long)most, value);
    *out = number;
    return KJ_OK;
}

/* One line that begins with "@". */
static kj_status take_line(kj_error *err, const char *key, const char *value, kj_request *out, char hash[33])
{
    uint64_t number = 0;
    if (!strcmp(key, "scenario")) return set_text(err, &out->scenario, value);
    if (!strcmp(key, "map")) return set_text(err, &out->map, value);
    if (!strcmp(key, "set")) return kj_request_add_setting(err, out, value);
    if (!strcmp(key, "plugin")) return kj_request_add_module(err, out, value);
    if (!strcmp(key, "seed")) {
        out->has_seed = true;
        return whole_number(err, value, INT64_MAX, &out->seed);
    }
    if (!strcmp(key, "years")) {
        kj_status status = whole_number(err, value, 1000, &number);
        out->years = (int32_t)number;
        return status;
    }
    if (!strcmp(key, "hash")) {
        if (strlen(value) != 32) return kj_fail(err, KJ_E_INPUT, "expected a state hash of 32 digits, found '%s'", value);
        memcpy(hash, value, 33);
        return KJ_OK;
    }
    return kj_fail(err, KJ_E_INPUT, "unknown '@%s'; there are scenario, map, seed, years, set, plugin and hash", key);
}

static kj_status read_session(kj_error *err, const char *path, kj_request *out, char hash[33])
{
    FILE *file = fopen(path, "r");
    if (!file) return kj_fail(err, KJ_E_INPUT, "%s: %s", path, kj_why(errno));
    char line[LINE_BYTES];
    kj_status status = KJ_OK;
    for (int n = 1; !status && fgets(line, sizeof line, file); n++) {
        if (line[0] != '@') continue;
        line[strcspn(line, "\r\n")] = 0;
        size_t key = strcspn(line, " ");
        char *value = line + key + strspn(line + key, " ");
        if (*value) line[key] = 0;
        status = *value ? take_line(err, line + 1, value, out, hash) : kj_fail(err, KJ_E_INPUT, "'%s' has no value", line);
        if (status) kj_error_context(err, "%s:%d", path, n);
    }
    fclose(file);
    return status;
}

kj_status kj_replay_read(kj_error *err, const char *path, kj_request *out, char hash[33])
{
    kj_journal journal = {0};
    char text[160];
    kj_request_init(out);
    hash[0] = 0;
    kj_status status = read_session(err, path, out, hash);
    if (!status && !out->scenario)
        status = kj_fail(err, KJ_E_INPUT, "%s names no scenario: a session saved by an older version; kedja run SCENARIO.lua --journal %s", path, path);
    if (!status) status = kj_journal_read(err, path, &journal);
    for (uint32_t i = 0; !status && i < journal.n; i++) status = kj_request_add_change(err, out, kj_change_text(&journal.items[i], text, sizeof text));
    kj_journal_free(&journal);
    if (status) kj_request_free(out);
    return status;
}
