#include "projects.h"

#include <kedja/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../draw/language.h"
#include "../script/scenario.h"
#include "compare_internal.h"

#define _(text) kj_tr(text)

enum { LATE_YEARS = 2, TOLD = 6 };

/* The scenario of a run out of the texts that it keeps. */
static kj_status restore(kj_error *err, const kj_runread *run, kj_scenario **out)
{
    const kj_run_info *info = kj_runread_info(run);
    kj_script_file *files = calloc(info->n_policies + 1u, sizeof *files);
    *out = NULL;
    if (!files) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    files[0] = (kj_script_file){KJ_SCRIPT_SCENARIO, (char *)info->scenario_path, (char *)info->scenario_text, strlen(info->scenario_text)};
    for (uint32_t i = 0; i < info->n_policies; i++)
        files[i + 1] = (kj_script_file){kj_script_kind_of(info->policies[i].path), (char *)info->policies[i].path, (char *)info->policies[i].text, strlen(info->policies[i].text)};
    kj_status status = kj_scenario_restore(err, files, info->n_policies + 1u, NULL, out); /* copies them */
    free(files);
    return status;
}

static const kj_named_project *project_named(const kj_named_project *all, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    return NULL;
}

static int32_t homes_of(const kj_named_project *p)
{
    int32_t n = 0;
    for (int t = 0; p && t < KJ_PROJECT_TENURES; t++) n += p->homes[t];
    return n;
}

/* ---- what differs between two runs ---- */

static bool same_project(const kj_named_project *a, const kj_named_project *b)
{
    return memcmp(a->homes, b->homes, sizeof a->homes) == 0 && a->n_small == b->n_small && a->start == b->start && a->months == b->months && strcmp(a->area, b->area) == 0 &&
           a->x == b->x && a->y == b->y;
}

static kj_status add_difference(kj_error *err, kj_comparison *out, const kj_named_project *a, const kj_named_project *b)
{
    kj_changed_project *grown = realloc(out->projects, (out->n_projects + 1u) * sizeof *grown), *to;
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    out->projects = grown;
    to = &grown[out->n_projects++];
    *to = (kj_changed_project){.how = !b ? KJ_PROJECT_ONLY_BASE : !a ? KJ_PROJECT_ONLY_CHANGE : KJ_PROJECT_OTHER,
                               .homes_base = homes_of(a), .homes_change = homes_of(b), .start_base = a ? a->start : 0, .start_change = b ? b->start : 0};
    snprintf(to->name, sizeof to->name, "%s", a ? a->name : b->name);
    return KJ_OK;
}

static kj_status list_differences(kj_error *err, const kj_scenario *base, const kj_scenario *change, kj_comparison *out)
{
    uint32_t n_a, n_b;
    const kj_named_project *a = kj_scenario_projects(base, &n_a), *b = kj_scenario_projects(change, &n_b);
    kj_status status = KJ_OK;
    for (uint32_t i = 0; i < n_a && !status; i++) {
        const kj_named_project *other = project_named(b, n_b, a[i].name);
        if (!other || !same_project(&a[i], other)) status = add_difference(err, out, &a[i], other);
    }
    for (uint32_t i = 0; i < n_b && !status; i++)
        if (!project_named(a, n_a, b[i].name)) status = add_difference(err, out, NULL, &b[i]);
    return status;
}

static const char *programme_text(const kj_run_info *info)
{
    for (uint32_t i = 0; i < info->n_policies; i++)
        if (kj_script_kind_of(info->policies[i].path) == KJ_SCRIPT_PROGRAMME) return info->policies[i].text;
    return "";
}

kj_status kj_projects_differ(kj_error *err, const kj_runread *base, const kj_runread *change, kj_comparison *out)
{
    const kj_run_info *a = kj_runread_info(base), *b = kj_runread_info(change);
    kj_scenario *of_a = NULL, *of_b = NULL;
    kj_error unreadable; /* texts of another version of the program, which is no fault of this comparison */
    kj_status status = KJ_OK;
    out->same_scenario = strcmp(a->scenario_text, b->scenario_text) == 0 && strcmp(programme_text(a), programme_text(b)) == 0;
    if (out->same_scenario) return KJ_OK;
    if (!restore(&unreadable, base, &of_a) && !restore(&unreadable, change, &of_b)) status = list_differences(err, of_a, of_b, out);
    kj_scenario_free(of_a);
    kj_scenario_free(of_b);
    return status;
}

void kj_project_words(const kj_changed_project *p, const char *base, const char *change, char *out, size_t room)
{
    const bool only_base = p->how == KJ_PROJECT_ONLY_BASE;
    if (p->how != KJ_PROJECT_OTHER) {
        const int32_t n_homes = only_base ? p->homes_base : p->homes_change;
        snprintf(out, room, kj_tr_count("%s: only in %s (%d home, start %d)", "%s: only in %s (%d homes, start %d)", (unsigned long)n_homes), p->name,
                 only_base ? base : change, n_homes, only_base ? p->start_base : p->start_change);
        return;
    }
    const bool homes = p->homes_base != p->homes_change, start = p->start_base != p->start_change;
    size_t used = (size_t)snprintf(out, room, "%s: ", p->name);
    if (homes && used < room) used += (size_t)snprintf(out + used, room - used, kj_tr_count("%d → %d home", "%d → %d homes", (unsigned long)p->homes_change), p->homes_base, p->homes_change);
    if (start && used < room) used += (size_t)snprintf(out + used, room - used, _("%sstart %d → %d"), homes ? ", " : "", p->start_base, p->start_change);
    if (!homes && !start && used < room) snprintf(out + used, room - used, "%s", _("other tenures, place or time of building"));
}

bool kj_projects_words(const kj_comparison *c, const char *base, const char *change, char *out, size_t room)
{
    char one[300];
    out[0] = 0;
    if (c->n_projects == 0 && c->same_scenario) return false;
    if (c->n_projects == 0) {
        snprintf(out, room, _("The texts of the scenarios %s and %s differ, but no named project does."), base, change);
        return true;
    }
    size_t used = (size_t)snprintf(out, room, "%s ", _("Projects that differ:"));
    for (uint32_t k = 0; k < c->n_projects && k < TOLD && used < room; k++) {
        kj_project_words(&c->projects[k], base, change, one, sizeof one);
        used += (size_t)snprintf(out + used, room - used, "%s%s", k ? "; " : "", one);
    }
    if (c->n_projects > TOLD && used < room) snprintf(out + used, room - used, _("; and %u more"), c->n_projects - TOLD);
    return true;
}

/* ---- what became of them ---- */

/* Columns of the table project, [year][row] where they are recorded each year. */
typedef struct project_rows {
    uint32_t n, n_years;
    double *kind, *stage, *start;
    bool start_is_yearly;
    const char *const *names;
} project_rows;

static kj_status read_rows(kj_error *err, kj_runread *run, const kj_run_table *table, project_rows *r)
{
    const kj_run_column *start = kj_run_table_column(table, "start");
    *r = (project_rows){.n = table->n_rows, .n_years = kj_runread_n_years(run), .start_is_yearly = start && start->yearly};
    size_t n = (size_t)r->n * r->n_years + 1;
    r->kind = calloc(n, sizeof *r->kind), r->stage = calloc(n, sizeof *r->stage), r->start = calloc(n, sizeof *r->start);
    if (!r->kind || !r->stage || !r->start) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = kj_runread_column(err, run, "project", "kind", r->n_years - 1, KJ_F64, r->kind);
    if (!status) status = kj_runread_series(err, run, "project", "stage", KJ_F64, r->stage);
    if (!status) status = kj_runread_series(err, run, "project", "start", KJ_F64, r->start);
    return status ? status : kj_runread_texts(err, run, "project", "name", &r->names);
}

static double delay_of(const kj_runread *run)
{
    json_error_t ignored;
    json_t *options = json_loads(kj_runread_info(run)->options_json, 0, &ignored);
    double delay = json_number_value(json_object_get(json_object_get(options, "parameters"), "building_programme.delay"));
    json_decref(options);
    return delay;
}

/* The year in which building was to begin; 0: not known. */
static int32_t planned_year(const project_rows *r, uint32_t row, const kj_named_project *plan, int32_t delay, int32_t first_year)
{
    if (plan) return plan->start + delay > first_year ? plan->start + delay : first_year;
    for (uint32_t y = 0; r->start_is_yearly && y < r->n_years; y++) {
        double start = r->start[(size_t)y * r->n + row];
        if (start > 0.0) return KJ_YEAR_OF((int32_t)start);
    }
    return 0;
}

static void add_late(kj_project_fates *out, const char *name, int32_t years)
{
    uint32_t at = out->n_late++ < KJ_FATES_TOLD ? out->n_late - 1 : KJ_FATES_TOLD;
    while (at > 0 && years > out->late[at - 1].years) {
        if (at < KJ_FATES_TOLD) out->late[at] = out->late[at - 1];
        at--;
    }
    if (at == KJ_FATES_TOLD) return;
    out->late[at] = (kj_project_fate){.years = years};
    snprintf(out->late[at].name, sizeof out->late[at].name, "%.95s", name);
}

static void add_given_up(kj_project_fates *out, const char *name, int32_t year)
{
    if (out->n_given_up < KJ_FATES_TOLD) {
        out->given_up[out->n_given_up] = (kj_project_fate){.year = year};
        snprintf(out->given_up[out->n_given_up].name, sizeof out->given_up[0].name, "%.95s", name);
    }
    out->n_given_up++;
}

static void count_row(const kj_runread *run, const project_rows *r, uint32_t row, int32_t planned, kj_project_fates *out)
{
    const size_t last = (size_t)(r->n_years - 1) * r->n + row;
    int stage = (int)r->stage[last];
    int32_t years = planned ? KJ_YEAR_OF((int32_t)r->start[last]) - planned : 0;
    uint32_t y = 0;
    while (stage == KJ_PROJECT_CANCELLED && (int)r->stage[(size_t)y * r->n + row] != KJ_PROJECT_CANCELLED) y++;
    out->n++;
    out->n_built += stage == KJ_PROJECT_DONE;
    if (stage == KJ_PROJECT_CANCELLED) add_given_up(out, r->names[row], kj_runread_years(run)[y]);
    else if (years >= LATE_YEARS) add_late(out, r->names[row], years);
}

kj_status kj_project_fates_read(kj_error *err, kj_runread *run, kj_project_fates *out)
{
    const kj_run_table *table = kj_runread_table_named(run, "project");
    static const char *const needed[] = {"name", "kind", "stage", "start"};
    *out = (kj_project_fates){0};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!table || table->n_rows == 0 || !kj_run_table_column(table, needed[i])) return KJ_OK;
    project_rows r;
    kj_scenario *scenario = NULL;
    kj_error unreadable; /* texts of another version: then the plan is what the file recorded first */
    uint32_t n = 0;
    kj_status status = read_rows(err, run, table, &r);
    const kj_named_project *plans = status || restore(&unreadable, run, &scenario) ? NULL : kj_scenario_projects(scenario, &n);
    int32_t delay = (int32_t)delay_of(run), first_year = kj_runread_years(run)[0] + 1;
    for (uint32_t row = 0; row < table->n_rows && !status; row++)
        if ((int)r.kind[row] != KJ_PROJECT_DEVELOPER)
            count_row(run, &r, row, planned_year(&r, row, project_named(plans, n, r.names[row]), delay, first_year), out);
    kj_scenario_free(scenario);
    free(r.kind);
    free(r.stage);
    free(r.start);
    return status;
}

bool kj_project_fates_words(const kj_project_fates *f, char *out, size_t room)
{
    out[0] = 0;
    if (f->n == 0) return false;
    size_t used = (size_t)snprintf(out, room, f->n == 1 ? _("%u of %u project is built") : _("%u of %u projects are built"), f->n_built, f->n);
    uint32_t n_open = f->n - f->n_built - f->n_given_up;
    if (n_open && used < room) used += (size_t)snprintf(out + used, room - used, n_open == 1 ? _("; %u is not complete yet") : _("; %u are not complete yet"), n_open);
    for (uint32_t k = 0; k < f->n_given_up && k < KJ_FATES_TOLD && used < room; k++)
        used += (size_t)snprintf(out + used, room - used, _("; %s was given up in %d"), f->given_up[k].name, f->given_up[k].year);
    if (f->n_given_up > KJ_FATES_TOLD && used < room) used += (size_t)snprintf(out + used, room - used, _("; %u more given up"), f->n_given_up - KJ_FATES_TOLD);
    for (uint32_t k = 0; k < f->n_late && k < KJ_FATES_TOLD && used < room; k++)
        used += (size_t)snprintf(out + used, room - used, _("; %s: %d years late"), f->late[k].name, f->late[k].years);
    if (f->n_late > KJ_FATES_TOLD && used < room) snprintf(out + used, room - used, _("; %u more late by two years or more"), f->n_late - KJ_FATES_TOLD);
    return true;
}
