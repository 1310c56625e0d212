/* Maps by folder or by name, with a cache of the shipped ones. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <kedja/version.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../io/mapfile.h"
#include "map.h"
#include "recipe.h"

enum { PATH_BYTES = 4096 };

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Adds the names and bytes of a folder's .lua and .csv files to the hash, in the order of their names. */
static kj_status hash_folder(kj_error *err, const char *folder, XXH3_state_t *hash)
{
    DIR *dir = opendir(folder);
    char *names[512];
    size_t n = 0;
    if (!dir) return kj_fail(err, KJ_E_INPUT, "%s: %s", folder, kj_why(errno));
    for (struct dirent *entry = readdir(dir); entry && n < 512; entry = readdir(dir)) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || (strcmp(dot, ".lua") != 0 && strcmp(dot, ".csv") != 0)) continue;
        names[n] = strdup(entry->d_name);
        if (names[n]) n++;
    }
    closedir(dir);
    qsort(names, n, sizeof *names, by_name);
    kj_status status = KJ_OK;
    for (size_t i = 0; i < n; i++) {
        char path[PATH_BYTES];
        size_t bytes = 0;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        char *text = kj_file_read(path, &bytes);
        if (!text && status == KJ_OK) status = kj_fail(err, KJ_E_INPUT, "%s: %s", path, kj_why(errno));
        XXH3_128bits_update(hash, names[i], strlen(names[i]) + 1);
        if (text) XXH3_128bits_update(hash, text, bytes);
        free(text);
        free(names[i]);
    }
    return status;
}

/* Folder of the cache for this version of the program, recipe and tables; "" if there is no home to keep it in. */
static kj_status cache_folder(kj_error *err, const char *name, const char *recipe_path, const char *country, char *out,
                              size_t bytes)
{
    char folder[PATH_BYTES], tables[PATH_BYTES], relative[64];
    XXH3_state_t *hash = XXH3_createState();
    if (!hash) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    XXH3_128bits_reset(hash);
    XXH3_128bits_update(hash, KJ_VERSION " " KEDJA_MAP_STAMP, sizeof KJ_VERSION " " KEDJA_MAP_STAMP);
    snprintf(folder, sizeof folder, "%s", recipe_path);
    *strrchr(folder, '/') = 0;
    snprintf(relative, sizeof relative, "maps/countries/%s", country);
    kj_status status = hash_folder(err, folder, hash);
    if (status == KJ_OK && kj_data_path(relative, tables, sizeof tables))
        status = kj_fail(err, KJ_E_INPUT, "%s is missing", relative);
    if (status == KJ_OK) status = hash_folder(err, tables, hash);
    XXH128_hash_t digest = XXH3_128bits_digest(hash);
    XXH3_freeState(hash);
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    out[0] = 0;
    char id[40];
    snprintf(id, sizeof id, "%016llx%016llx", (unsigned long long)digest.high64, (unsigned long long)digest.low64);
    if (cache && cache[0] == '/')
        snprintf(out, bytes, "%s/kedja/maps/%s-%s", cache, name, id);
    else if (home && home[0] == '/')
        snprintf(out, bytes, "%s/.cache/kedja/maps/%s-%s", home, name, id);
    return status;
}

/* Makes all missing folders above and including `path`; a failure tells itself in the call that needs them. */
void kj_map_make_folders(const char *path)
{
    char part[PATH_BYTES];
    if (!path[0]) return;
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(part, 0777);
        *slash = '/';
    }
    mkdir(part, 0777);
}

kj_status kj_map_save(kj_error *err, const char *folder, kj_map *map)
{
    kj_map_make_folders(folder);
    return kj_mapfile_write(err, folder, map);
}

static kj_status load_named(kj_error *err, const char *name, const char *recipe_path, const char *country,
                            kj_memory *memory, bool quiet, kj_map *out)
{
    char folder[PATH_BYTES], file[PATH_BYTES + 16];
    kj_error ignored = {0};
    kj_status status = cache_folder(err, name, recipe_path, country, folder, sizeof folder);
    if (status != KJ_OK) return status;
    snprintf(file, sizeof file, "%s/map.nc", folder);
    if (folder[0] && access(file, R_OK) == 0 && kj_mapfile_read(&ignored, folder, memory, out) == KJ_OK) return KJ_OK;
    kj_log_note(quiet, "building the map %s (first use)", name);
    status = kj_map_build(err, recipe_path, NULL, false, memory, out);
    if (status != KJ_OK || !folder[0]) return status;
    if (kj_map_save(&ignored, folder, out) != KJ_OK) {
        kj_log_note(quiet, "the map cannot be kept in %s; it will be built again next time", folder);
    }
    return KJ_OK;
}

/* Neither: with the shipped name that was meant if one is near. */
static kj_status missing(kj_error *err, const char *wanted)
{
    enum { NAMES_MAX = 256, NAME_BYTES = 64 };
    char maps[PATH_BYTES], recipe[PATH_BYTES + NAME_BYTES + 16], found[NAMES_MAX][NAME_BYTES];
    const char *names[NAMES_MAX];
    size_t n = 0;
    DIR *dir = kj_data_path("maps", maps, sizeof maps) == 0 ? opendir(maps) : NULL;
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry && n < NAMES_MAX; entry = readdir(dir)) {
        if (strlen(entry->d_name) >= NAME_BYTES) continue;
        snprintf(recipe, sizeof recipe, "%s/%.63s/recipe.lua", maps, entry->d_name);
        if (access(recipe, R_OK) != 0) continue;
        strcpy(found[n], entry->d_name);
        names[n] = found[n];
        n++;
    }
    if (dir) closedir(dir);
    qsort(names, n, sizeof *names, by_name); /* of two as near, the same one on every disk */
    const char *near = kj_nearest_name(wanted, names, n);
    return kj_fail(err, KJ_E_INPUT, "%s is neither the name of a map (toy, varnamo, ballerup, lund …) nor a folder with map.nc%s%s%s", wanted,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

kj_status kj_map_load(kj_error *err, const char *name_or_folder, kj_memory *memory, bool quiet, kj_map *out)
{
    char relative[512], recipe_path[PATH_BYTES];
    if (!name_or_folder[0]) return kj_fail(err, KJ_E_INPUT, "expected the name or the folder of a map, found nothing");
    bool is_name = !strchr(name_or_folder, '/') && strlen(name_or_folder) < 64 && name_or_folder[0] != '.';
    if (is_name) {
        snprintf(relative, sizeof relative, "maps/%s/recipe.lua", name_or_folder);
        is_name = kj_data_path(relative, recipe_path, sizeof recipe_path) == 0;
    }
    if (!is_name) {
        if (is_folder(name_or_folder)) return kj_mapfile_read(err, name_or_folder, memory, out);
        return missing(err, name_or_folder);
    }
    kj_recipe recipe;
    kj_error why = {0};
    kj_status status = kj_recipe_read(&why, recipe_path, NULL, &recipe);
    bool facts_alone = status == KJ_OK && !recipe.needs[0];
    if (status == KJ_OK && !facts_alone) {
        kj_fail(err, KJ_E_INPUT,
                "the map %s is built from files that are not part of Kedja: %s. Import it with: %s, then name the folder of --out "
                "with --map",
                name_or_folder, recipe.needs, recipe.import_hint);
    }
    if (status != KJ_OK) return kj_fail(err, status, "%s", why.text);
    status =
        facts_alone ? load_named(err, name_or_folder, recipe_path, recipe.country, memory, quiet, out) : KJ_E_INPUT;
    kj_recipe_free(&recipe);
    return status;
}
