#include "source.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../io/mapfile.h"
#include "../map/map.h"

static bool exists(const char *path, bool *folder)
{
    struct stat st;
    if (stat(path, &st)) return false;
    *folder = S_ISDIR(st.st_mode);
    return true;
}

/* FOLDER of FOLDER/map.nc. */
static bool is_map_file(const char *path, char *folder, size_t bytes)
{
    size_t n = strlen(path);
    if (n < 6 || strcmp(path + n - 6, "map.nc") || (n > 6 && path[n - 7] != '/')) return false;
    snprintf(folder, bytes, "%.*s", n > 7 ? (int)(n - 7) : 1, n > 7 ? path : ".");
    return true;
}

kj_status kj_source_open(kj_error *err, const char *what, bool maps_only, kj_source *out)
{
    char folder[KJ_PATH_MAX], inside[KJ_PATH_MAX + 8];
    bool is_folder = false, ignored, there = exists(what, &is_folder);
    memset(out, 0, sizeof *out);
    snprintf(inside, sizeof inside, "%.*s/map.nc", KJ_PATH_MAX - 1, what);
    bool map = is_map_file(what, folder, sizeof folder);
    if (!map && ((there && is_folder && exists(inside, &ignored)) || (!there && !strchr(what, '/') && !strstr(what, ".nc")))) {
        snprintf(folder, sizeof folder, "%s", what);
        map = true;
    }
    if (!map && maps_only)
        return kj_fail(err, KJ_E_INPUT, "%s: expected a folder with map.nc, or the name of a shipped map", what);
    if (!map) return kj_dataset_of_run(err, what, &out->set);
    kj_status status = kj_map_load(err, folder, &out->memory, true, &out->map);
    if (status) return status;
    status = kj_dataset_of_map(err, &out->map, &out->set);
    if (status) kj_map_free(&out->map);
    return status;
}

void kj_source_close(kj_source *source)
{
    bool map = source->set.map != NULL;
    kj_dataset_close(&source->set);
    if (map) kj_map_free(&source->map);
}
