#include "modules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "../base/text.h"

static kj_status digest_of(kj_error *err, const char *path, char out[33])
{
    size_t n = 0;
    XXH128_canonical_t sum;
    errno = 0;
    char *bytes = kj_file_read(path, &n);
    if (!bytes) return kj_fail(err, KJ_E_INPUT, "plugin %s: cannot be read: %s", path, kj_why(errno ? errno : EIO));
    XXH128_canonicalFromHash(&sum, XXH3_128bits(bytes, n));
    free(bytes);
    for (size_t i = 0; i < sizeof sum.digest; i++) snprintf(out + 2 * i, 3, "%02x", sum.digest[i]);
    return KJ_OK;
}

kj_status kj_plan_keep_modules(kj_error *err, kj_plan *plan, const kj_request *request)
{
    plan->modules = calloc(request->n_modules + 1u, sizeof *plan->modules);
    if (!plan->modules) return kj_fail(err, KJ_E_MEMORY, "out of memory for the plugins of the plan");
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < request->n_modules; i++) {
        kj_plan_module *module = &plan->modules[i];
        module->path = strdup(request->modules[i]);
        if (!module->path) return kj_fail(err, KJ_E_MEMORY, "out of memory for the plugins of the plan");
        plan->n_modules++;
        status = digest_of(err, module->path, module->digest);
    }
    return status;
}

static kj_status changed(kj_error *err, const kj_plan *plan, const char *path)
{
    return kj_fail(err, KJ_E_INPUT,
                   "plugin %s has changed since the members of %s were planned, and members of both would not belong together: "
                   "put the old file back, or choose another --out",
                   path, plan->folder);
}

kj_status kj_plan_check_modules(kj_error *err, const kj_plan *plan)
{
    for (uint32_t i = 0; i < plan->n_modules; i++) {
        char now[33];
        kj_status status = digest_of(err, plan->modules[i].path, now);
        if (status) return kj_error_context(err, "the members of %s need it", plan->folder);
        if (strcmp(now, plan->modules[i].digest) != 0) return changed(err, plan, plan->modules[i].path);
    }
    return KJ_OK;
}

kj_status kj_plan_same_modules(kj_error *err, const kj_plan *plan, const kj_plan_ask *ask)
{
    if (ask->n_modules == 0) return KJ_OK;
    if (ask->n_modules != plan->n_modules)
        return kj_fail(err, KJ_E_INPUT, "%s was planned with %u plugin files, --plugin names %u: choose another --out", plan->folder, plan->n_modules, ask->n_modules);
    for (uint32_t i = 0; i < ask->n_modules; i++) {
        char now[33];
        kj_status status = digest_of(err, ask->modules[i], now);
        if (status) return status;
        if (strcmp(now, plan->modules[i].digest) != 0) return changed(err, plan, ask->modules[i]);
    }
    return KJ_OK;
}

kj_status kj_plan_needs_plugins(kj_error *err, const kj_experiment *e, const kj_sim *sim)
{
    for (uint32_t i = 0; i < e->n_plugins; i++) {
        bool found = false;
        for (uint32_t p = 0; p < kj_sim_n_plugins(sim); p++) found |= strcmp(kj_sim_plugin(sim, p)->def->id, e->plugins[i]) == 0;
        if (!found) return kj_fail(err, KJ_E_INPUT, "%s: the experiment needs the plugin '%s': give its file with --plugin FILE.so", e->path, e->plugins[i]);
    }
    return KJ_OK;
}
