/* Entry of the plugin. */
#include <stdlib.h>

#include <kedja/draft/view.h>

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
    const kj_view_v0 *view = host->interface(host, "kedja.view/0");
    static const kj_shown_def old = {.struct_size = sizeof old, .kind = KJ_SHOWN_AREA, .title = {"Inhabitants aged 80 and over", "Invånare 80 år och äldre", "Indbyggere på 80 år og derover"},
                                     .unit = "", .table = "area", .column = "aged_80"};
    static const kj_shown_def births = {.struct_size = sizeof births, .kind = KJ_SHOWN_CHART, .title = {"Births", "Födda", "Fødte"}, .unit = "", .table = "municipality", .column = "births"};
    static const kj_shown_def here = {.struct_size = sizeof here, .kind = KJ_SHOWN_TEXT, .title = {"Inhabitants of the area", "Invånare i området", "Indbyggere i området"},
                                      .unit = "", .table = "area", .column = "population"};
    kj_status status = demography_declare(d);
    if (!status && view) status = view->show(host->impl, &old);
    if (!status && view) status = view->show(host->impl, &births);
    if (!status && view) status = view->show(host->impl, &here);
    return status;
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
