#include "atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One write() call takes at most about 2 GB. */
enum { WRITE_MAX = 1 << 30 };

kj_status kj_path_join(kj_error *err, const char *folder, const char *name, char out[KJ_PATH_MAX])
{
    int n = snprintf(out, KJ_PATH_MAX, "%s/%s", folder, name);
    if (n < 0 || n >= KJ_PATH_MAX) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", folder);
    return KJ_OK;
}

static void folder_of(const char *path, char out[KJ_PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        strcpy(out, ".");
    else if (slash == path)
        strcpy(out, "/");
    else
        snprintf(out, KJ_PATH_MAX, "%.*s", (int)(slash - path), path);
}

kj_status kj_folder_sync(kj_error *err, const char *path)
{
    char folder[KJ_PATH_MAX];
    folder_of(path, folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return kj_fail(err, KJ_E_IO, "%s: %s", folder, strerror(errno));
    int failed = fsync(fd) ? errno : 0;
    close(fd);
    /* Some network file systems cannot sync a folder and say so; the rename itself has been done. */
    if (failed && failed != EINVAL && failed != ENOTSUP)
        return kj_fail(err, KJ_E_IO, "%s: %s", folder, strerror(failed));
    return KJ_OK;
}

/* 0, or the errno of the step that failed. */
static int write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n < WRITE_MAX ? n : WRITE_MAX);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        if (done == 0) return EIO;
        bytes += done;
        n -= (size_t)done;
    }
    return fsync(fd) ? errno : 0;
}

kj_status kj_file_replace(kj_error *err, const char *path, const void *bytes, size_t n)
{
    char part[KJ_PATH_MAX];
    int length = snprintf(part, sizeof part, "%s.part", path);
    if (length < 0 || length >= KJ_PATH_MAX) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, strerror(errno));
    int failed = write_all(fd, bytes, n);
    if (close(fd) && !failed) failed = errno;
    if (!failed && rename(part, path)) failed = errno;
    if (failed) {
        unlink(part);
        return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, strerror(failed));
    }
    return kj_folder_sync(err, path);
}
