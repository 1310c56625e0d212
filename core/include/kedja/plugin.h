/* The contract between Kedja and a plugin. A plugin exports one constant symbol, `kedja_plugin`; the host reads the
   versions in it before it calls anything. All functions of a plugin are called on the main thread except
   kj_system_def.run, which worker threads call on disjoint blocks of rows.

   Order at load: create() for every plugin, then provide() for every plugin in id order (declare what you add), then
   bind() for every plugin in id order (require what others added, declare systems). So load order never matters. */
#ifndef KEDJA_PLUGIN_H
#define KEDJA_PLUGIN_H

#include <stdint.h>

#include "register.h"
#include "run.h"
#include "status.h"
#include "version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a plugin sees of the host. Lives as long as the plugin instance. */
typedef struct kj_host {
    uint32_t struct_size, abi_major, abi_minor;
    /* Interfaces by id with revision; NULL if this host does not offer it. The pointer stays valid until destroy().
       "kedja.register/1" -> kj_register_v1 (only inside provide() and bind())
       "kedja.run/1"      -> kj_run_v1      (inside kj_system_def.run and invariants)
       "kedja.space/1"    -> kj_space_v1    (anywhere) */
    const void *(*interface)(const struct kj_host *host, const char *id);
    void *impl; /* first argument of the register functions; the plugin never looks inside */
} kj_host;

/* Entry of a plugin. Only constants: the host copies nothing, the strings live in the plugin. */
typedef struct kj_plugin_def {
    uint32_t struct_size, abi_major, abi_minor;
    const char *stamp;   /* KJ_BUILD_STAMP: floating-point flags the plugin was built with */
    const char *id;      /* "demography"; also the prefix of its parameters and the key of its random streams */
    const char *version; /* "1.0.0" */
    const char *licence; /* SPDX expression */
    const char *doc;     /* one sentence */
    /* create: allocate the instance. May keep `host`. */
    kj_status (*create)(const kj_host *host, void **instance);
    kj_status (*provide)(void *instance, const kj_host *host);
    kj_status (*bind)(void *instance, const kj_host *host);
    void (*destroy)(void *instance);
} kj_plugin_def;

/* Built-in plugins are linked in under a name of their own; the same file compiled as a module exports kedja_plugin. */
#ifdef KEDJA_PLUGIN_BUILTIN
#define KJ_PLUGIN_SYMBOL KEDJA_PLUGIN_BUILTIN
#else
#define KJ_PLUGIN_SYMBOL kedja_plugin
#endif

extern __attribute__((visibility("default"))) const kj_plugin_def KJ_PLUGIN_SYMBOL;

#ifdef __cplusplus
}
#endif
#endif
