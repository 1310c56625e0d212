/* What plugins give the viewer to show: kept as data, told by run files. */
#include <kedja/draft/view.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static char *text_copy(const char *text) { return strdup(text ? text : ""); }

static const char *fault_of(const kj_shown_def *def)
{
    static const char *const tables[] = {[KJ_SHOWN_LAYER] = "cell", [KJ_SHOWN_AREA] = "area", [KJ_SHOWN_CHART] = "municipality", [KJ_SHOWN_STEP] = "municipality"};
    const uint32_t known = KJ_SHOWN_MEAN | KJ_SHOWN_CUMULATIVE | KJ_SHOWN_PER_HECTARE | KJ_SHOWN_NOT_ZERO | KJ_SHOWN_MORE_IS_BETTER | KJ_SHOWN_LESS_IS_BETTER |
                           KJ_SHOWN_OF_YEAR;
    if (def->struct_size < sizeof *def) return "of another size";
    if (def->kind < KJ_SHOWN_LAYER || def->kind > KJ_SHOWN_STEP) return "of an unknown kind";
    if (!def->title[0] || !def->title[0][0] || !def->table || !def->column) return "without title, table or column";
    if (def->decimals < 0 || def->decimals > 4) return "with decimals outside 0 to 4";
    if (def->flags & ~known) return "with an unknown flag";
    if (def->per && def->kind != KJ_SHOWN_AREA) return "as a share, which only areas have";
    if (def->kind != KJ_SHOWN_TEXT && strcmp(def->table, tables[def->kind]) != 0) return "on a table that its kind does not show";
    bool told = strcmp(def->table, "cell") == 0 || strcmp(def->table, "area") == 0 || strcmp(def->table, "facility") == 0;
    return def->kind == KJ_SHOWN_TEXT && !told ? "as text on a table that nobody selects" : NULL;
}

/* In three languages; what is not given is as in English. */
static bool copy_texts(const char *const from[3], const char **to)
{
    bool whole = true;
    for (int k = 0; k < 3; k++) {
        to[k] = text_copy(from[k] ? from[k] : from[0]);
        whole = whole && to[k];
    }
    return whole;
}

static kj_status show(void *host, const kj_shown_def *def)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *fault = fault_of(def);
    if (fault) return kj_fail(&sim->register_error, KJ_E_RANGE, "plugin '%s' shows something %s: '%s'", plugin->info.def->id, fault, def->title[0] ? def->title[0] : "");
    kj_shown_def *grown = realloc(sim->shown, (sim->n_shown + 1u) * sizeof *grown);
    if (!grown) return kj_fail(&sim->register_error, KJ_E_MEMORY, "out of memory");
    sim->shown = grown;
    kj_shown_def *s = &grown[sim->n_shown++];
    *s = *def;
    bool titles = copy_texts(def->title, s->title), units = copy_texts(def->unit, s->unit), hows = copy_texts(def->how, s->how);
    s->table = text_copy(def->table);
    s->column = text_copy(def->column);
    s->per = text_copy(def->per);
    if (s->scale == 0.0) s->scale = 1.0;
    return titles && units && hows && s->table && s->column && s->per ? KJ_OK : kj_fail(&sim->register_error, KJ_E_MEMORY, "out of memory");
}

const kj_view_v0 kj_view_interface = {.struct_size = sizeof(kj_view_v0), .show = show};

uint32_t kj_sim_n_shown(const kj_sim *sim) { return sim->n_shown; }
const kj_shown_def *kj_sim_shown(const kj_sim *sim, uint32_t index) { return &sim->shown[index]; }

void kj_shown_free(kj_sim *sim)
{
    for (uint32_t i = 0; i < sim->n_shown; i++) {
        for (int k = 0; k < 3; k++) {
            free((char *)sim->shown[i].title[k]);
            free((char *)sim->shown[i].unit[k]);
            free((char *)sim->shown[i].how[k]);
        }
        free((char *)sim->shown[i].table);
        free((char *)sim->shown[i].column);
        free((char *)sim->shown[i].per);
    }
    free(sim->shown);
}
