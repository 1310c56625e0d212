#include "norms.h"

#include <stdio.h>

#include "../draw/language.h"

#define _(text) kj_tr(text)
#define N_(text) text

const char *kj_result_level_words(void)
{
    return _("All else is what no service explains, such as administration less state grants; it is set so that the start year ends as assumed. "
             "So the level of the result says little: compare two runs.");
}

/* Norms that the planners' tables and the matrix rest on. */
static const struct {
    const char *table, *label;
} norms[] = {
    {"service_cost", N_("the cost of services")},      {"service_need", N_("the need of services")},     {"service_staff", N_("staff")},
    {"premises_area", N_("premises")},                 {"standard_cost", N_("equalisation of costs")},   {"municipal_money", N_("tax and equalisation")},
    {"school_classes", N_("the size of classes")},     {"school_distances", N_("distances to school")},  {"school_priority", N_("the order in queues")},
};

json_t *kj_norms_json(const kj_runread *run)
{
    json_error_t ignored;
    json_t *options = json_loads(kj_runread_info(run)->options_json, 0, &ignored), *counted = json_incref(json_object_get(options, "norms"));
    json_decref(options);
    return counted ? counted : json_object();
}

void kj_norms_text(const kj_runread *run, char *out, size_t room)
{
    json_t *all = kj_norms_json(run);
    size_t used = 0;
    out[0] = 0;
    for (size_t k = 0; k < sizeof norms / sizeof *norms && used < room; k++) {
        const json_t *one = json_object_get(all, norms[k].table);
        int rows = (int)json_integer_value(json_object_get(one, "rows")), assumed = (int)json_integer_value(json_object_get(one, "assumed"));
        if (!one || assumed == 0) continue;
        used += (size_t)snprintf(out + used, room - used, "%s", used ? ", " : _("Figures assumed for want of a source: "));
        if (used >= room) break;
        used += (size_t)snprintf(out + used, room - used, _("%2$d of %3$d on %1$s"), _(norms[k].label), assumed, rows);
    }
    if (used && used < room) snprintf(out + used, room - used, ". %s", _("Each figure's source and evidence stand in maps/countries."));
    json_decref(all);
}
