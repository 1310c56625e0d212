#include "member.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/text.h"
#include "../io/runfolder.h"
#include "../io/runread.h"
#include "modules.h"

static kj_status mark_path(kj_error *err, const kj_plan *plan, uint32_t m, char out[KJ_PATH_MAX])
{
    return kj_plan_path(err, plan, out, "log/member_%04u.failed", m + 1);
}

/* The lock's file may have been removed between opening it and getting the lock; then it locks nothing. */
static bool is_current(const char *path, int fd)
{
    struct stat named, opened;
    return stat(path, &named) == 0 && fstat(fd, &opened) == 0 && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/* One process at a time works on a member. wait: until the other is through; else *lock = -1 if there is another. */
static kj_status take_member(kj_error *err, const kj_plan *plan, uint32_t m, bool wait, int *lock)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_plan_path(err, plan, path, "log/member_%04u.lock", m + 1);
    while (!status) {
        int result;
        *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (*lock < 0) return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, kj_why(errno));
        while ((result = flock(*lock, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) != 0 && errno == EINTR) {}
        bool busy = result != 0 && errno == EWOULDBLOCK;
        if (!busy && is_current(path, *lock)) break; /* some network disks know no locks: the run's folder has one more */
        close(*lock);
        *lock = -1;
        if (busy) break;
    }
    return status;
}

static void release_member(const kj_plan *plan, uint32_t m, int lock)
{
    char path[KJ_PATH_MAX];
    kj_error ignored;
    /* Removed while it is held: who waits for this one finds the member complete, who comes later makes a new one. */
    if (kj_plan_path(&ignored, plan, path, "log/member_%04u.lock", m + 1) == KJ_OK) unlink(path);
    close(lock);
}

/* Seed and settings of a file against what the list says. */
static bool is_the_run(const kj_run_info *info, const kj_request *request)
{
    if (info->seed != request->seed || !info->state_hash || strlen(info->state_hash) != 32) return false;
    json_error_t ignored;
    json_t *options = json_loads(info->options_json, 0, &ignored), *set = json_object_get(options, "set");
    bool same = json_array_size(set) == request->n_settings && strcmp(info->map_digest, request->map_digest) == 0;
    for (uint32_t s = 0; same && s < request->n_settings; s++) {
        const char *text = json_string_value(json_array_get(set, s));
        same = text && strcmp(text, request->settings[s]) == 0;
    }
    json_decref(options);
    return same;
}

static void see_complete(const char *path, const kj_request *request, int32_t last_year, kj_member_look *out)
{
    kj_runread *file;
    kj_error why;
    out->state = KJ_MEMBER_FOREIGN;
    if (kj_runread_open_file(&why, path, &file)) {
        snprintf(out->message, sizeof out->message, "%.500s", why.text);
        return;
    }
    const kj_run_info *info = kj_runread_info(file);
    uint32_t n = kj_runread_n_years(file);
    bool ends = kj_runread_complete(file) && n && kj_runread_years(file)[n - 1] == last_year;
    if (ends && is_the_run(info, request)) {
        out->state = KJ_MEMBER_COMPLETE;
        snprintf(out->hash, sizeof out->hash, "%s", info->state_hash);
    } else {
        snprintf(out->message, sizeof out->message, "%.300s is a run, but not of this member: another seed, other settings or another end", path);
    }
    kj_runread_close(file);
}

static void see_unfinished(const char *path, kj_member_look *out)
{
    char dir[KJ_PATH_MAX];
    int32_t *years = NULL;
    uint32_t n = 0;
    kj_error ignored;
    out->state = KJ_MEMBER_UNFINISHED;
    if (kj_runfile_folder(&ignored, path, dir) == KJ_OK && kj_runfile_years(&ignored, dir, &years, &n) == KJ_OK && n) out->last_year = years[n - 1];
    free(years);
}

kj_status kj_member_see(kj_error *err, const kj_plan *plan, uint32_t m, kj_member_look *out)
{
    char mark[KJ_PATH_MAX];
    kj_request request;
    *out = (kj_member_look){0};
    kj_status status = mark_path(err, plan, m, mark);
    if (!status) status = kj_plan_request(err, plan, m, &request);
    if (status) return status;
    kj_run_state state = kj_runfile_look(request.out);
    if (state == KJ_RUN_COMPLETE) see_complete(request.out, &request, plan->last_year, out);
    if (state == KJ_RUN_UNFINISHED) see_unfinished(request.out, out);
    kj_request_free(&request);
    char *failure = out->state == KJ_MEMBER_WAITING || out->state == KJ_MEMBER_UNFINISHED ? kj_file_read(mark, NULL) : NULL;
    if (failure) {
        out->state = KJ_MEMBER_FAILED;
        snprintf(out->message, sizeof out->message, "%.500s", failure);
        out->message[strcspn(out->message, "\n")] = 0;
        free(failure);
    }
    char path[KJ_PATH_MAX];
    int lock = open(kj_plan_path(err, plan, path, "log/member_%04u.lock", m + 1) == KJ_OK ? path : "", O_RDWR | O_CLOEXEC);
    if (lock >= 0) {
        out->at_work = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        close(lock);
    }
    return KJ_OK;
}

static kj_status run_or_resume(kj_error *err, const kj_plan *plan, uint32_t m, int32_t n_threads, const kj_watch *watch)
{
    kj_outcome outcome = {0};
    kj_request request;
    kj_status status = kj_plan_check_modules(err, plan);
    if (!status) status = kj_plan_request(err, plan, m, &request);
    if (status) return status;
    request.n_threads = n_threads;
    if (kj_runfile_look(request.out) == KJ_RUN_UNFINISHED) {
        bool complete;
        char *figures = NULL;
        status = kj_resume(err, request.out, watch, &outcome, &complete, &figures);
        free(figures);
    } else {
        status = kj_run(err, &request, watch, &outcome);
    }
    kj_request_free(&request);
    return status;
}

kj_status kj_member_run(kj_error *err, const kj_plan *plan, uint32_t m, int32_t n_threads, const kj_watch *watch)
{
    char mark[KJ_PATH_MAX];
    kj_member_look look;
    int lock = -1;
    kj_status status = mark_path(err, plan, m, mark);
    if (!status) status = take_member(err, plan, m, true, &lock);
    if (status) return status;
    status = kj_member_see(err, plan, m, &look);
    if (!status && look.state == KJ_MEMBER_FOREIGN) status = kj_fail(err, KJ_E_INPUT, "%s", look.message);
    if (!status && look.state != KJ_MEMBER_COMPLETE) status = run_or_resume(err, plan, m, n_threads, watch);
    if (!status) unlink(mark);
    if (status && status != KJ_E_STOPPED) {
        kj_error ignored;
        kj_file_replace(&ignored, mark, err->text, strlen(err->text)); /* on a full disk the exit status must do */
    }
    release_member(plan, m, lock);
    return status;
}

kj_status kj_member_reset(kj_error *err, const kj_plan *plan, uint32_t m)
{
    char mark[KJ_PATH_MAX], path[KJ_PATH_MAX], dir[KJ_PATH_MAX];
    kj_member_look look;
    int lock = -1;
    kj_status status = take_member(err, plan, m, false, &lock);
    if (!status && lock < 0) status = kj_fail(err, KJ_E_INPUT, "member %u is at work", m + 1);
    if (status) return status;
    status = kj_member_see(err, plan, m, &look);
    if (!status) status = mark_path(err, plan, m, mark);
    if (!status) status = kj_plan_member_path(err, plan, m, path);
    if (!status) status = kj_runfile_folder(err, path, dir);
    if (!status && look.state != KJ_MEMBER_COMPLETE) {
        unlink(mark);
        if (look.state == KJ_MEMBER_FOREIGN && unlink(path) && errno != ENOENT) status = kj_fail(err, KJ_E_IO, "%s: cannot be removed: %s", path, kj_why(errno));
        if (!status) status = kj_runfolder_discard(err, dir);
    }
    release_member(plan, m, lock);
    return status;
}
