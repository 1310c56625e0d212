/* Entry of the plugin. */
#include <stdlib.h>

#include "demography.h"

static kj_status create(const kj_host *host, void **instance)
{
    demography *d = calloc(1, sizeof *d);
    if (!d) return KJ_E_MEMORY;
    d->host = host;
    *instance = d;
    return KJ_OK;
}

static kj_status provide(void *instance, const kj_host *host)
{
    demography *d = instance;
    d->reg = host->interface(host, "kedja.register/1");
    d->run = host->interface(host, "kedja.run/1");
    if (!d->reg || !d->run) return KJ_E_MISSING;
    kj_status status = demography_declare(d);
    return status ? status : demography_show(host);
}

static kj_status bind(void *instance, const kj_host *host)
{
    (void)host;
    demography *d = instance;
    kj_status status = demography_bind_columns(d);
    if (!status) status = register_rates(d);
    if (!status) status = register_hazards(d);
    if (!status) status = register_apply(d);
    if (!status) status = register_arrivals(d);
    if (!status) status = register_lodging(d);
    if (!status) status = register_work(d);
    if (!status) status = register_census(d);
    if (!status) status = register_audit(d);
    return status;
}

static void destroy(void *instance) { free(instance); }

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "demography",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "People and households: births, deaths, leaving home, unions, separations, migration, care, studies, work and income.",
    .create = create,
    .provide = provide,
    .bind = bind,
    .destroy = destroy,
};
