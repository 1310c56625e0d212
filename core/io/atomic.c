#include "atomic.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* One write() call takes at most about 2 GB. */
enum { WRITE_MAX = 1 << 30 };

/* Behind the bytes of a sealed file; little endian. */
typedef struct seal {
    char mark[16];
    uint64_t n;
    XXH128_canonical_t sum;
} seal;
static const char seal_mark[16] = "KEDJA-SEAL-0001";

static seal seal_of(const void *bytes, size_t n)
{
    seal s = {.n = htole64((uint64_t)n)};
    memcpy(s.mark, seal_mark, sizeof s.mark);
    XXH128_canonicalFromHash(&s.sum, XXH3_128bits(bytes, n));
    return s;
}

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

kj_status kj_file_check_target(kj_error *err, const char *path)
{
    enum { ENDING_ROOM = 32 }; /* for .part and the like behind the name */
    char folder[KJ_PATH_MAX];
    struct stat info;
    size_t n = strlen(path);
    if (!n || path[n - 1] == '/') return kj_fail(err, KJ_E_INPUT, "`%s`: expected the name of a file to write", path);
    if (n + ENDING_ROOM >= KJ_PATH_MAX) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", path);
    folder_of(path, folder);
    if (stat(folder, &info)) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s", path, missing ? "there is no such folder" : kj_why(errno));
    }
    if (!S_ISDIR(info.st_mode)) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s is no folder", path, folder);
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: expected a file or nothing, found a %s", path, S_ISDIR(info.st_mode) ? "folder" : "device");
    /* W_OK asks the file system too: one mounted to be read only refuses root as well. */
    if (access(folder, W_OK | X_OK)) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: its folder: %s", path, kj_why(errno));
    return KJ_OK;
}

kj_status kj_folder_check_target(kj_error *err, const char *path)
{
    char at[KJ_PATH_MAX], above[KJ_PATH_MAX];
    struct stat info;
    if (!path[0]) return kj_fail(err, KJ_E_INPUT, "``: expected the name of a folder to write into");
    if (snprintf(at, sizeof at, "%s", path) >= (int)sizeof at - 64) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", path);
    for (size_t n = strlen(at); n > 1 && at[n - 1] == '/';) at[--n] = 0;
    while (stat(at, &info)) {
        if (errno != ENOENT) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s", path, errno == ENOTDIR ? "a part of its path is no folder" : kj_why(errno));
        folder_of(at, above);
        strcpy(at, above);
    }
    if (!S_ISDIR(info.st_mode)) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s is no folder", path, at);
    if (access(at, W_OK | X_OK)) return kj_fail(err, KJ_E_INPUT, "%s: cannot be written: %s: %s", path, at, kj_why(errno));
    return KJ_OK;
}

kj_status kj_folder_sync(kj_error *err, const char *path)
{
    char folder[KJ_PATH_MAX];
    folder_of(path, folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return kj_fail(err, KJ_E_IO, "%s: %s", folder, kj_why(errno));
    int failed = fsync(fd) ? errno : 0;
    close(fd);
    /* Some network file systems cannot sync a folder and say so; the rename itself has been done. */
    if (failed && failed != EINVAL && failed != ENOTSUP)
        return kj_fail(err, KJ_E_IO, "%s: %s", folder, kj_why(failed));
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
    return 0;
}

/* tail: NULL, or what stands behind the bytes. */
static kj_status replace(kj_error *err, const char *path, const void *bytes, size_t n, const seal *tail)
{
    char part[KJ_PATH_MAX];
    int length = snprintf(part, sizeof part, "%s.part", path);
    if (length < 0 || length >= KJ_PATH_MAX) return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, kj_why(errno));
    int failed = write_all(fd, bytes, n);
    if (!failed && tail) failed = write_all(fd, (const char *)tail, sizeof *tail);
    if (!failed && fsync(fd)) failed = errno;
    if (close(fd) && !failed) failed = errno;
    if (!failed && rename(part, path)) failed = errno;
    if (failed) {
        unlink(part);
        return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, kj_why(failed));
    }
    return kj_folder_sync(err, path);
}

kj_status kj_file_replace(kj_error *err, const char *path, const void *bytes, size_t n)
{
    return replace(err, path, bytes, n, NULL);
}

kj_status kj_file_replace_sealed(kj_error *err, const char *path, const void *bytes, size_t n)
{
    seal s = seal_of(bytes, n);
    return replace(err, path, bytes, n, &s);
}

kj_status kj_file_check_seal(kj_error *err, const char *path)
{
    struct stat info;
    kj_status status = KJ_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info)) {
        status = kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno));
        if (fd >= 0) close(fd);
        return status;
    }
    seal found, made;
    size_t n = (size_t)info.st_size;
    bool sealed = n > sizeof found && pread(fd, &found, sizeof found, (off_t)(n - sizeof found)) == (ssize_t)sizeof found &&
                  memcmp(found.mark, seal_mark, sizeof found.mark) == 0;
    void *bytes = sealed ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (bytes != MAP_FAILED) {
        made = seal_of(bytes, n - sizeof found);
        if (memcmp(&made, &found, sizeof made) != 0)
            status = kj_fail(err, KJ_E_INPUT, "%s: the file is damaged: its %zu bytes are not those that were written (checksum)", path, n - sizeof found);
        munmap(bytes, n);
    }
    close(fd);
    return status;
}
