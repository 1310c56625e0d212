/* What plugins give the viewer to show: kept as data, told by run files. */
#include <kedja/draft/view.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static char *text_copy(const char *text) { return strdup(text ? text : ""); }

static const char *fault_of(const kj_shown_def *def)
{
    static const char *const tables[] = {[KJ_SHOWN_LAYER] = "cell", [KJ_SHOWN_AREA] = "area", [KJ_SHOWN_CHART] = "municipality"};
    if (def->struct_size < sizeof *def) return "of another size";
    if (def->kind < KJ_SHOWN_LAYER || def->kind > KJ_SHOWN_TEXT) return "of an unknown kind";
    if (!def->title[0] || !def->title[0][0] || !def->table || !def->column) return "without title, table or column";
    if (def->decimals < 0 || def->decimals > 4) return "with decimals outside 0 to 4";
    if (def->kind != KJ_SHOWN_TEXT && strcmp(def->table, tables[def->kind]) != 0) return "on a table that its kind does not show";
    bool told = strcmp(def->table, "cell") == 0 || strcmp(def->table, "area") == 0 || strcmp(def->table, "facility") == 0;
    return def->kind == KJ_SHOWN_TEXT && !told ? "as text on a table that nobody selects" : NULL;
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
    for (int k = 0; k < 3; k++) s->title[k] = text_copy(def->title[k] ? def->title[k] : def->title[0]);
    s->unit = text_copy(def->unit);
    s->table = text_copy(def->table);
    s->column = text_copy(def->column);
    if (s->scale == 0.0) s->scale = 1.0;
    bool whole = s->title[0] && s->title[1] && s->title[2] && s->unit && s->table && s->column;
    return whole ? KJ_OK : kj_fail(&sim->register_error, KJ_E_MEMORY, "out of memory");
}

const kj_view_v0 kj_view_interface = {.struct_size = sizeof(kj_view_v0), .show = show};

uint32_t kj_sim_n_shown(const kj_sim *sim) { return sim->n_shown; }
const kj_shown_def *kj_sim_shown(const kj_sim *sim, uint32_t index) { return &sim->shown[index]; }

void kj_shown_free(kj_sim *sim)
{
    for (uint32_t i = 0; i < sim->n_shown; i++) {
        for (int k = 0; k < 3; k++) free((char *)sim->shown[i].title[k]);
        free((char *)sim->shown[i].unit);
        free((char *)sim->shown[i].table);
        free((char *)sim->shown[i].column);
    }
    free(sim->shown);
}
