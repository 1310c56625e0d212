/* The folder of an unfinished run. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/text.h"
#include "runfile.h"
#include "runfolder.h"
#include "runread.h"

kj_status kj_runfile_folder(kj_error *err, const char *out_path, char dir[KJ_PATH_MAX])
{
    int n = snprintf(dir, KJ_PATH_MAX, "%s.d", out_path);
    /* Room for the names of the files inside and their .part. */
    if (n < 0 || n >= KJ_PATH_MAX - 64) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", out_path);
    return KJ_OK;
}

kj_run_state kj_runfile_look(const char *out_path)
{
    char path[KJ_PATH_MAX];
    struct stat info;
    int n = snprintf(path, sizeof path, "%s.d/request.json", out_path);
    if (n > 0 && n < KJ_PATH_MAX && stat(path, &info) == 0) return KJ_RUN_UNFINISHED;
    return stat(out_path, &info) == 0 && S_ISREG(info.st_mode) ? KJ_RUN_COMPLETE : KJ_RUN_NONE;
}

/* Number in PREFIXnnnSUFFIX; -1 if the name has another form. */
int32_t kj_runfolder_number(const char *name, const char *prefix, const char *suffix)
{
    size_t n_prefix = strlen(prefix), n_suffix = strlen(suffix), n = strlen(name);
    if (n <= n_prefix + n_suffix || n > n_prefix + n_suffix + 9 || strncmp(name, prefix, n_prefix)) return -1;
    size_t n_digits = n - n_prefix - n_suffix;
    if (strcmp(name + n - n_suffix, suffix) || strspn(name + n_prefix, "0123456789") < n_digits) return -1;
    return (int32_t)strtol(name + n_prefix, NULL, 10);
}

static int compare_numbers(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

kj_status kj_runfolder_list(kj_error *err, const char *dir, const char *prefix, const char *suffix, int32_t **numbers,
                            uint32_t *n)
{
    *numbers = NULL;
    *n = 0;
    DIR *folder = opendir(dir);
    if (!folder) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", dir, kj_why(errno));
    uint32_t capacity = 0;
    kj_status status = KJ_OK;
    for (struct dirent *entry; !status && (entry = readdir(folder));) {
        int32_t number = kj_runfolder_number(entry->d_name, prefix, suffix);
        if (number < 0) continue;
        if (*n == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            int32_t *grown = realloc(*numbers, capacity * sizeof *grown);
            if (grown)
                *numbers = grown;
            else
                status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", dir);
        }
        if (!status) (*numbers)[(*n)++] = number;
    }
    closedir(folder);
    if (*n) qsort(*numbers, *n, sizeof **numbers, compare_numbers);
    return status;
}

kj_status kj_runfile_years(kj_error *err, const char *dir, int32_t **years, uint32_t *n)
{
    return kj_runfolder_list(err, dir, "year_", ".nc", years, n);
}

static bool is_ours(const char *name)
{
    char plain[256];
    size_t n = strlen(name);
    if (n >= sizeof plain) return false;
    strcpy(plain, name);
    if (n > 5 && !strcmp(plain + n - 5, ".part")) plain[n - 5] = 0;
    return !strcmp(plain, "request.json") || !strcmp(plain, "trace.json") || kj_runfolder_number(plain, "year_", ".nc") >= 0 ||
           kj_runfolder_number(plain, KJ_CHECKPOINT_PREFIX, KJ_CHECKPOINT_SUFFIX) >= 0 ||
           kj_runfolder_number(plain, KJ_CHECKPOINT_PREFIX, ".h5") >= 0; /* of earlier versions: not read, but ours to remove */
}

static kj_status remove_file(kj_error *err, const char *dir, const char *name)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_path_join(err, dir, name, path);
    if (!status && unlink(path) && errno != ENOENT)
        status = kj_fail(err, KJ_E_IO, "%s: cannot be removed: %s", path, kj_why(errno));
    return status;
}

static kj_status find_foreign(kj_error *err, const char *dir, DIR *folder)
{
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") && !is_ours(entry->d_name))
            return kj_fail(err, KJ_E_INPUT,
                           "%s: expected the files of an earlier run, found `%s`: move it away or choose another --out",
                           dir, entry->d_name);
    rewinddir(folder);
    return KJ_OK;
}

kj_status kj_runfolder_discard(kj_error *err, const char *dir)
{
    DIR *folder = opendir(dir);
    if (!folder)
        return errno == ENOENT ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", dir, kj_why(errno));
    kj_status status = find_foreign(err, dir, folder);
    /* The request goes first: what is left after a crash in here is no run that could be resumed. */
    if (!status) status = remove_file(err, dir, "request.json");
    for (struct dirent *entry; !status && (entry = readdir(folder));)
        if (is_ours(entry->d_name)) status = remove_file(err, dir, entry->d_name);
    closedir(folder);
    if (!status && rmdir(dir)) status = kj_fail(err, KJ_E_IO, "%s: cannot be removed: %s", dir, kj_why(errno));
    return status ? status : kj_folder_sync(err, dir);
}

kj_status kj_runfile_tidy(kj_error *err, const char *out_path)
{
    char dir[KJ_PATH_MAX];
    if (kj_runfile_look(out_path) != KJ_RUN_COMPLETE) return KJ_OK;
    kj_status status = kj_runfile_folder(err, out_path, dir);
    return status ? status : kj_runfolder_discard(err, dir);
}

/* A run may replace a run, and an empty file, but nothing else that a person keeps there. */
static kj_status check_replaceable(kj_error *err, const char *out_path)
{
    struct stat info;
    if (stat(out_path, &info) == 0 && info.st_size == 0) return KJ_OK;
    kj_error why;
    kj_runread *old;
    /* Opened by its own name, so that the folder of an unfinished run beside it is not taken for it. */
    if (kj_runread_open_file(&why, out_path, &old))
        return kj_fail(err, KJ_E_INPUT, "%s: exists and is no run, so it is not replaced: choose another name or remove it", out_path);
    kj_runread_close(old);
    return KJ_OK;
}

static kj_status check_target(kj_error *err, const char *out_path)
{
    kj_status status = kj_file_check_target(err, out_path);
    return !status && access(out_path, F_OK) == 0 ? check_replaceable(err, out_path) : status;
}

kj_status kj_runfile_lock(kj_error *err, const char *dir, int *lock)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_path_join(err, dir, "request.json", path);
    if (status) return status;
    *lock = open(path, O_RDONLY | O_CLOEXEC);
    if (*lock < 0) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return KJ_OK; /* some network disks know no locks */
    close(*lock);
    *lock = -1;
    return kj_fail(err, KJ_E_INPUT, "%s: another process is working on this run", dir);
}

/* An old folder may be discarded unless somebody is writing in it. */
static kj_status check_unused(kj_error *err, const char *dir)
{
    int lock = -1;
    kj_error ignored;
    if (kj_runfile_lock(&ignored, dir, &lock) == KJ_OK) {
        close(lock);
        return KJ_OK;
    }
    char path[KJ_PATH_MAX];
    if (kj_path_join(err, dir, "request.json", path) || access(path, R_OK)) return KJ_OK; /* no request: nobody's */
    *err = ignored;
    return err->status;
}

kj_status kj_runfile_begin(kj_error *err, const char *out_path, const char *request_json, bool quiet,
                           char dir[KJ_PATH_MAX])
{
    char request[KJ_PATH_MAX];
    struct stat info;
    kj_status status = kj_runfile_folder(err, out_path, dir);
    if (!status) status = check_target(err, out_path);
    if (!status) status = kj_path_join(err, dir, "request.json", request);
    if (status) return status;
    bool old = stat(dir, &info) == 0;
    if (old) status = check_unused(err, dir);
    if (!status) status = kj_runfolder_discard(err, dir);
    if (status) return status;
    if (old) kj_log_note(quiet, "%s of an unfinished run was discarded", dir);
    if (mkdir(dir, 0755)) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s", out_path, kj_why(errno));
    status = kj_file_replace(err, request, request_json, strlen(request_json));
    if (!status) status = kj_folder_sync(err, dir);
    if (!status) return KJ_OK;
    rmdir(dir);
    err->status = KJ_E_INPUT; /* found before the start */
    return KJ_E_INPUT;
}

kj_status kj_runfile_request(kj_error *err, const char *dir, char **json)
{
    char path[KJ_PATH_MAX];
    *json = NULL;
    kj_status status = kj_path_join(err, dir, "request.json", path);
    if (status) return status;
    *json = kj_file_read(path, NULL);
    return *json ? KJ_OK
                 : kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s: there is no run to resume", path, kj_why(errno));
}
