#include "draft.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int by_key(const void *a, const void *b)
{
    const kj_ranked *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

void kj_ranked_sort(kj_ranked *items, size_t n)
{
    if (n > 1) qsort(items, n, sizeof *items, by_key);
}

double kj_cell_x(const kj_grid *grid, int32_t cell) { return grid->west + (cell % grid->nx + 0.5) * grid->cell_m; }
double kj_cell_y(const kj_grid *grid, int32_t cell) { return grid->north - (cell / grid->nx + 0.5) * grid->cell_m; }

void kj_draft_warn(kj_draft *draft, const char *format, ...)
{
    char line[600];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    size_t used = draft->warnings ? strlen(draft->warnings) : 0, bytes = used + strlen(line) + 16;
    if (used > 60000) return; /* enough to see what is wrong */
    char *grown = realloc(draft->warnings, bytes);
    if (!grown) return;
    snprintf(grown + used, bytes - used, "  warning: %s\n", line);
    draft->warnings = grown;
}

kj_draft_facility *kj_draft_add_facility(kj_draft *draft)
{
    if (draft->n_facilities == draft->cap_facilities) {
        int32_t capacity = draft->cap_facilities ? 2 * draft->cap_facilities : 64;
        void *grown = realloc(draft->facilities, (size_t)capacity * sizeof *draft->facilities);
        if (!grown) return NULL;
        draft->facilities = grown;
        draft->cap_facilities = capacity;
    }
    kj_draft_facility *f = &draft->facilities[draft->n_facilities++];
    memset(f, 0, sizeof *f);
    return f;
}

kj_draft_workplace *kj_draft_add_workplace(kj_draft *draft)
{
    if (draft->n_workplaces == draft->cap_workplaces) {
        int32_t capacity = draft->cap_workplaces ? 2 * draft->cap_workplaces : 256;
        void *grown = realloc(draft->workplaces, (size_t)capacity * sizeof *draft->workplaces);
        if (!grown) return NULL;
        draft->workplaces = grown;
        draft->cap_workplaces = capacity;
    }
    kj_draft_workplace *w = &draft->workplaces[draft->n_workplaces++];
    memset(w, 0, sizeof *w);
    return w;
}

void kj_draft_free(kj_draft *draft)
{
    free(draft->cell_area);
    free(draft->land);
    free(draft->protection);
    free(draft->farmland_class);
    free(draft->zoning);
    free(draft->max_far);
    free(draft->travel_centre);
    free(draft->walk_cost);
    free(draft->area_first);
    free(draft->area_cells);
    free(draft->water);
    free(draft->road_kmh);
    free(draft->path);
    free(draft->warnings);
    free(draft->areas);
    free(draft->persons);
    free(draft->households);
    free(draft->dwellings);
    free(draft->facilities);
    free(draft->observations);
    free(draft->workplaces);
    memset(draft, 0, sizeof *draft);
}
