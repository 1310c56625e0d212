#include "chain_story.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../draw/number.h"
#include "area_words.h"
#include "phrases.h"

#define _(text) kj_tr(text)

enum { LINE = 1024 };

typedef struct teller {
    const kj_forest *f;
    const kj_area_words *areas;
    kj_language language;
    FILE *out;
} teller;

void kj_say_boundary(kj_runread *run, char *out, size_t bytes)
{
    const kj_run_info *info = kj_runread_info(run);
    const kj_run_table *table = kj_runread_table_named(run, "municipality");
    const char *const *names;
    kj_error ignored; /* what the run says in English is true as well */
    if (table && table->n_rows > 1) snprintf(out, bytes, _("%s (%u municipalities)"), info->map_title, table->n_rows);
    else if (table && table->n_rows == 1 && !kj_runread_texts(&ignored, run, "municipality", "name", &names))
        snprintf(out, bytes, _("the municipality of %s"), names[0]);
    else snprintf(out, bytes, "%s", info->boundary);
}

/* A paragraph with its month in front, first letter in capital. Texts are UTF-8; the letters that sentences begin with in
   our languages are ASCII or begin with 0xC3 ("å", "ä", "ö", "æ", "ø"), whose capitals lie 0x20 below. */
static void capitalise(char *text)
{
    unsigned char first = (unsigned char)text[0], second = (unsigned char)text[first ? 1 : 0];
    if (first >= 'a' && first <= 'z') text[0] = (char)(first - 'a' + 'A');
    else if (first == 0xC3 && second >= 0xA0 && second != 0xB7) text[1] = (char)(second - 0x20);
}

/* "a rental flat, 3 rooms, in Brunnshög" */
static const char *home(const teller *t, uint32_t row, char out[LINE])
{
    char what[KJ_PHRASE_MAX];
    const kj_forest *f = t->f;
    kj_say_home(what, kj_runread_info(f->run)->map_country, f->tenure[row], f->kind[row], f->rooms[row]);
    return kj_say_home_in(out, LINE, what, t->areas, f->area[row]);
}

static void tell_root(const teller *t, uint32_t row)
{
    char month[KJ_PHRASE_MAX], what[LINE], line[2 * LINE];
    const kj_forest *f = t->f;
    home(t, row, what);
    const char *project = kj_forest_project(f, f->project[row]);
    switch (f->cause[row]) {
    case KJ_CAUSE_NEW:
        if (project[0]) snprintf(line, sizeof line, _("A new home stands ready in the project %s: %s."), project, what);
        else snprintf(line, sizeof line, _("A new home stands ready: %s."), what);
        break;
    case KJ_CAUSE_DEATH: snprintf(line, sizeof line, _("Somebody who lived alone dies and leaves %s."), what); break;
    case KJ_CAUSE_OUT: snprintf(line, sizeof line, _("A household moves away, out of the boundary, and gives up %s."), what); break;
    case KJ_CAUSE_CARE: snprintf(line, sizeof line, _("Somebody moves to a care home and gives up %s."), what); break;
    case KJ_CAUSE_UNION: snprintf(line, sizeof line, _("Two people move in together; one of their two homes is left: %s."), what); break;
    case KJ_CAUSE_CONVERSION: snprintf(line, sizeof line, _("A building gets a new use as a home: %s."), what); break;
    default: snprintf(line, sizeof line, _("When the story begins a home stands empty: %s."), what);
    }
    fprintf(t->out, "%s. %s\n", kj_say_month(month, f->opened[row]), line);
}

static void add_income(const teller *t, uint32_t row, char *line, size_t bytes)
{
    double income = kj_forest_mover_income(t->f, row);
    size_t used = strlen(line);
    if (income < 0.0) return;
    int percent = (int)floor(fabs(income - 1.0) * 100.0 + 0.5);
    line += used;
    bytes -= used;
    if (percent < 5) snprintf(line, bytes, " %s", _("Their income is about the median."));
    else if (income > 1.0 && percent >= 100) snprintf(line, bytes, " %s", _("Their income is more than twice the median."));
    else snprintf(line, bytes, income > 1.0 ? _(" Their income is %d per cent above the median.") : _(" Their income is %d per cent below the median."), percent);
}

static double distance_m(const kj_forest *f, uint32_t a, uint32_t b)
{
    double dx = f->cell[a] % f->nx - f->cell[b] % f->nx, dy = f->cell[a] / f->nx - f->cell[b] / f->nx;
    return f->cell_m * sqrt(dx * dx + dy * dy);
}

/* Where the mover came from; what became of the home there. */
static void tell_origin(const teller *t, uint32_t row, char *line, size_t bytes)
{
    const kj_forest *f = t->f;
    if (f->child[row]) {
        char what[LINE], far[KJ_PHRASE_MAX];
        uint32_t child = f->child[row] - 1;
        double metres = distance_m(f, row, child);
        home(t, child, what);
        if (metres < f->cell_m) snprintf(line, bytes, _("They leave %s, in the same block."), what);
        else snprintf(line, bytes, _("They leave %s, %s away."), what, kj_say_distance(far, t->language, metres));
        return;
    }
    const char *text = "";
    switch (f->end[row]) {
    case KJ_END_LEFT_HOME: text = _("It is a first home of their own: until now they lived with their parents. Here the chain ends."); break;
    case KJ_END_SEPARATED: text = _("They come from a separation and had stayed with the former partner until now. Here the chain ends."); break;
    case KJ_END_COUNTY: text = _("They come from another municipality in the county, and the home they leave there is outside the boundary. Here the chain ends."); break;
    case KJ_END_COUNTRY: text = _("They come from another part of the country, and the home they leave there is outside the boundary. Here the chain ends."); break;
    case KJ_END_ABROAD: text = _("They come from abroad. Here the chain ends."); break;
    case KJ_END_LODGER:
        text = f->from_dwelling[row] ? _("Those who lodged with them take over the home they leave. Here the chain ends.")
                                     : _("Until now they lodged with others, without a home of their own. Here the chain ends.");
        break;
    default: break;
    }
    snprintf(line, bytes, "%s", text);
}

static void tell_mover(const teller *t, uint32_t row)
{
    const kj_forest *f = t->f;
    char month[KJ_PHRASE_MAX], who[KJ_PHRASE_MAX], months[KJ_PHRASE_MAX], line[2 * LINE], origin[LINE + 256];
    int32_t wait = f->closed[row] - f->opened[row];
    kj_say_household(who, f->mover_kind[row], f->mover_size[row], f->mover_age[row]);
    if (wait > 0) snprintf(line, sizeof line, _("%s moves in (household %u), %s after the home became free."), who, f->filled_by[row], kj_say_months(months, wait));
    else snprintf(line, sizeof line, _("%s moves in at once (household %u)."), who, f->filled_by[row]);
    capitalise(line);
    add_income(t, row, line, sizeof line);
    tell_origin(t, row, origin, sizeof origin);
    fprintf(t->out, "%s. %s %s\n", kj_say_month(month, f->closed[row]), line, origin);
}

static void tell_open(const teller *t, uint32_t row)
{
    const kj_forest *f = t->f;
    char month[KJ_PHRASE_MAX];
    kj_say_month(month, f->end_month);
    if (f->stage[row] == KJ_STAGE_CONTRACTED)
        fprintf(t->out, _("%s. The run ends here: the home has been promised, but nobody has moved in yet.\n"), month);
    else fprintf(t->out, _("%s. The run ends here: nobody has taken the home yet.\n"), month);
}

static void tell_sum(const teller *t, int32_t households, kj_month began, kj_month ended, bool open)
{
    char months[KJ_PHRASE_MAX];
    kj_say_months(months, ended - began);
    if (open) fprintf(t->out, _("\nSo far %d households have moved, in %s; the chain is still open.\n"), households, months);
    else if (households == 1) fprintf(t->out, _("\nOne household moved, in %s.\n"), months);
    else fprintf(t->out, _("\n%d households moved, in %s.\n"), households, months);
    fprintf(t->out, "%s\n", _("Traced, not caused: some of them might have moved anyway. Simulated people: nobody here is real."));
}

static void tell_chain(const teller *t, kj_id id)
{
    const kj_forest *f = t->f;
    uint32_t root = f->root[id - 1] - 1, row = root;
    char boundary[512];
    kj_say_boundary(f->run, boundary, sizeof boundary);
    fprintf(t->out, _("Moving chain %u (boundary: %s)\n\n"), root + 1, boundary);
    tell_root(t, root);
    int32_t households = 0;
    kj_month last = f->opened[root];
    for (;; row = f->child[row] - 1) {
        if (f->stage[row] != KJ_STAGE_CLOSED) {
            tell_open(t, row);
            tell_sum(t, households, f->opened[root], f->end_month, true);
            return;
        }
        last = f->closed[row];
        if (!f->filled_by[row]) {
            char month[KJ_PHRASE_MAX];
            fprintf(t->out, _("%s. The home is pulled down or gets another use. Here the chain ends.\n"), kj_say_month(month, last));
            break;
        }
        households++;
        tell_mover(t, row);
        if (!f->child[row]) break;
    }
    tell_sum(t, households, f->opened[root], last, false);
}

kj_status kj_chain_tell(kj_error *err, const kj_forest *f, kj_id id, kj_language language, FILE *out)
{
    if (id == 0 || id > f->n)
        return kj_fail(err, KJ_E_INPUT, "%s: expected a vacancy from 1 to %u, found %u", kj_runread_path(f->run), f->n, id);
    kj_area_words areas;
    kj_status status = kj_area_words_read(err, f->run, &areas);
    if (!status) tell_chain(&(teller){f, &areas, language, out}, id);
    kj_area_words_free(&areas);
    return status;
}

uint32_t kj_chains_to_tell(const kj_forest *f, uint32_t max, kj_id *ids)
{
    uint32_t n = 0;
    for (uint32_t row = 0; row < f->n; row++) {
        if (f->cause[f->root[row] - 1] != KJ_CAUSE_NEW || f->stage[row] != KJ_STAGE_CLOSED || f->child[row]) continue;
        uint32_t at = n;
        while (at > 0 && f->round[ids[at - 1] - 1] < f->round[row]) at--; /* ids hold the last vacancy of each chain */
        if (at >= max) continue;
        if (n < max) n++;
        memmove(ids + at + 1, ids + at, (n - at - 1) * sizeof *ids);
        ids[at] = row + 1;
    }
    for (uint32_t i = 0; i < n; i++) ids[i] = f->root[ids[i] - 1];
    return n;
}
