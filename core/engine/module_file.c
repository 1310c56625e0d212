#include "module_file.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NATIVE_CLASS = sizeof(ElfW(Addr)) == 8 ? ELFCLASS64 : ELFCLASS32 };

/* The end of n bytes from `at`; the largest number where they go beyond it. */
static uint64_t end_of(uint64_t at, uint64_t n) { return n > UINT64_MAX - at ? UINT64_MAX : at + n; }

/* Bytes that the headers speak of. False: a header lies behind the end. */
static bool needed_bytes(FILE *file, const ElfW(Ehdr) *header, uint64_t *needed)
{
    *needed = end_of(header->e_shoff, (uint64_t)header->e_shnum * header->e_shentsize); /* the sections' table is the last thing in a file that a linker wrote */
    if (header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phoff > INT32_MAX) return false;
    if (fseek(file, (long)header->e_phoff, SEEK_SET) != 0) return false;
    for (uint32_t i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;
        if (fread(&segment, sizeof segment, 1, file) != 1) return false;
        uint64_t end = end_of(segment.p_offset, segment.p_filesz);
        if (segment.p_type != PT_NULL && end > *needed) *needed = end;
    }
    return true;
}

static kj_status check_open(kj_error *err, const char *path, FILE *file, int64_t n_bytes)
{
    ElfW(Ehdr) header;
    uint64_t needed = 0;
    bool is_ours = fread(&header, sizeof header, 1, file) == 1 && !memcmp(header.e_ident, ELFMAG, SELFMAG) && header.e_ident[EI_CLASS] == NATIVE_CLASS;
    if (!is_ours) return KJ_OK;
    if (needed_bytes(file, &header, &needed) && needed <= (uint64_t)n_bytes) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: cannot be loaded as a plugin: the file is cut off, %lld bytes where its headers speak of more; copy or build it anew", path,
                   (long long)n_bytes);
}

kj_status kj_module_file_check(kj_error *err, const char *path)
{
    struct stat info = {0};
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) /* opening a pipe waits for who writes it */
        return kj_fail(err, KJ_E_INPUT, "%s: cannot be loaded as a plugin: it is no regular file", path);
    FILE *file = fopen(path, "rb");
    if (!file) return KJ_OK; /* the loader says why */
    kj_status status = check_open(err, path, file, (int64_t)info.st_size);
    fclose(file);
    return status;
}
