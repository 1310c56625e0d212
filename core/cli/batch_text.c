#include "batch_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../base/text.h"

enum { BAR = 16, SHOWN_MAX = 20, ROWS_MAX = 12 };

const char *kj_batch_time(double seconds, char out[32])
{
    if (seconds < 100) snprintf(out, 32, "%.*f s", seconds < 10 ? 1 : 0, seconds);
    else if (seconds < 100 * 60) snprintf(out, 32, "%.0f min", seconds / 60);
    else snprintf(out, 32, "%.1f h", seconds / 3600);
    return out;
}

const char *kj_batch_size(double bytes, char out[32])
{
    const char *unit = bytes < 1e9 ? "MB" : "GB";
    double value = bytes < 1e9 ? bytes / 1e6 : bytes / 1e9;
    snprintf(out, 32, "%.*f %s", value < 10 ? 1 : 0, value, unit);
    return out;
}

static void print_value(const kj_factor *f, double value)
{
    if (isnan(value)) printf("%12s", "–  "); /* three bytes, one column: the field is two wider */
    else if (!strcmp(f->unit, "boolean")) printf("%10s", value > 0 ? "true" : "false");
    else printf("%10.6g", value);
}

static void print_factor(const kj_factor *f)
{
    char covers[16];
    kj_labels_at(KJ_COVERS_LABELS, (int32_t)f->covers, covers, sizeof covers);
    printf("  %-34s ", f->name);
    switch (f->spread) {
    case KJ_SPREAD_VALUES:
        for (uint32_t v = 0; v < f->n_values; v++) {
            if (!strcmp(f->unit, "boolean")) printf("%s%s", v ? ", " : "", f->values[v] > 0 ? "true" : "false");
            else printf("%s%g", v ? ", " : "", f->values[v]);
        }
        break;
    case KJ_SPREAD_RANGE: printf("%g to %g", f->a, f->b); break;
    case KJ_SPREAD_NORMAL: printf("normal, mean %g, sd %g", f->a, f->b); break;
    case KJ_SPREAD_LOGNORMAL: printf("lognormal, median %g, sd of log %g", f->a, f->b); break;
    case KJ_SPREAD_TRIANGLE: printf("triangle %g, %g, %g", f->a, f->b, f->c); break;
    }
    bool plain = !strcmp(f->unit, "1") || !strcmp(f->unit, "boolean");
    printf("%s%s  (%s; scenario %g)\n", plain ? "" : " ", plain ? "" : f->unit, covers, f->def);
    if (f->source && f->source[0]) printf("    %s\n", f->source);
}

static void print_model_error(const kj_model_error *error)
{
    printf("\nthe model's own error, laid over %s by area in a second interval (%s_with_error)\n  ", error->output, error->output);
    for (uint32_t y = 0; y < error->n_years; y++) printf("%s%g", y ? ", " : "", error->width[y]);
    printf(" %% after 1 to %u years\n    %s\n", error->n_years, error->source);
}

void kj_batch_print_plan(const kj_plan *plan)
{
    const kj_experiment *e = plan->experiment;
    char design[32], covers[2048] = "";
    kj_labels_at(KJ_DESIGN_LABELS, (int32_t)e->design, design, sizeof design);
    for (char *c = design; *c; c++)
        if (*c == '_') *c = ' ';
    printf("%s (%s)\nscenario   %s, map %s, %d to %d\n", e->title[0], e->name, plan->scenario_title, plan->map_title, plan->first_year, plan->last_year);
    printf("design     %s: %u point%s × %u replicate%s = %u members\n", design, plan->n_points, plan->n_points == 1 ? "" : "s", e->replicates,
           e->replicates == 1 ? "" : "s", plan->n_members);
    puts(e->paired ? "luck       paired: a replicate has the same luck, and the same draws of what varies, in every point"
                   : "luck       not paired: each member has its own");
    kj_plan_covers(plan, covers, sizeof covers);
    printf("covers     %s\n", covers);
    if (e->n_factors) puts("\nfactors of the design");
    for (uint32_t f = 0; f < e->n_factors; f++) print_factor(&e->factor[f]);
    if (e->n_vary) printf("\nvaried by replicate%s\n", e->vary_is_default ? " (the default ensemble)" : "");
    for (uint32_t f = 0; f < e->n_vary; f++) print_factor(&e->vary[f]);
    for (uint32_t i = 0; i < e->n_errors; i++) print_model_error(&e->error[i]);
}

void kj_batch_print_members(const kj_plan *plan)
{
    printf("\n%7s %7s %9s %11s", "member", "point", "replicate", "seed");
    for (uint32_t c = 0; c < plan->n_columns; c++) printf("  %c%-9u", c < plan->experiment->n_factors ? 'F' : 'V', c + 1);
    puts("");
    const uint32_t n = plan->n_members <= ROWS_MAX + 1 ? plan->n_members : ROWS_MAX;
    for (uint32_t m = 0; m < n; m++) {
        printf("%7u %7u %9u %11llu", m + 1, plan->point[m] + 1, plan->replicate[m] + 1, (unsigned long long)plan->seed[m]);
        for (uint32_t c = 0; c < plan->n_columns; c++) {
            putchar(' ');
            print_value(kj_plan_column(plan, c), plan->value[(size_t)m * plan->n_columns + c]);
        }
        puts("");
    }
    if (n < plan->n_members) printf("  … and %u more; `kedja batch` without --dry-run writes all of them to %s/members.csv\n", plan->n_members - n, plan->folder);
    for (uint32_t c = 0; c < plan->n_columns; c++) printf("%s%c%u %s", c ? ", " : "\n", c < plan->experiment->n_factors ? 'F' : 'V', c + 1, kj_plan_column(plan, c)->name);
    puts(plan->n_columns ? "" : "\n");
}

void kj_batch_print_cost(const kj_plan *plan, const kj_probe *probe, int32_t n_jobs)
{
    char text[5][32];
    double years = plan->last_year - plan->first_year, one = probe->start_seconds + years * probe->year_seconds;
    double size = probe->file_bytes + years * probe->year_bytes;
    printf("\nestimate from a probe of three years (later years cost more as the town grows)\n");
    printf("  a member   %s on one thread, %s of memory, %s on disk\n", kj_batch_time(one, text[0]), kj_batch_size(probe->resident_bytes, text[1]),
           kj_batch_size(size, text[2]));
    printf("  all %-6u %s with %d at a time, %s on disk\n", plan->n_members, kj_batch_time(one * plan->n_members / n_jobs, text[3]), n_jobs,
           kj_batch_size(size * plan->n_members, text[4]));
}

static const char *const state_names[KJ_MEMBER_STATES] = {"not begun", "unfinished", "failed", "complete", "not a member's file"};

static void print_problem(uint32_t m, const kj_member_look *look)
{
    printf("  member %04u  %s%s", m + 1, state_names[look->state], look->at_work ? ", at work" : "");
    if (look->last_year) printf(", to %d", look->last_year);
    printf("%s%s\n", look->message[0] ? ": " : "", look->message);
}

kj_status kj_batch_print_status(kj_error *err, const kj_plan *plan, uint32_t *n_complete)
{
    uint32_t count[KJ_MEMBER_STATES] = {0}, shown = 0, hidden = 0, at_work = 0;
    for (uint32_t m = 0; m < plan->n_members; m++) {
        kj_member_look look;
        kj_status status = kj_member_see(err, plan, m, &look);
        if (status) return status;
        count[look.state]++;
        at_work += look.at_work;
        if (look.state == KJ_MEMBER_COMPLETE || look.state == KJ_MEMBER_WAITING) continue;
        if (shown < SHOWN_MAX) print_problem(m, &look), shown++;
        else hidden++;
    }
    if (hidden) printf("  … and %u more\n", hidden);
    printf("%u members: %u complete", plan->n_members, count[KJ_MEMBER_COMPLETE]);
    for (int s = 0; s < KJ_MEMBER_STATES; s++)
        if (s != KJ_MEMBER_COMPLETE && count[s]) printf(", %u %s", count[s], state_names[s]);
    if (at_work) printf(" (%u at work)", at_work);
    puts("");
    *n_complete = count[KJ_MEMBER_COMPLETE];
    return KJ_OK;
}

/* ---- while it goes on ---- */

void kj_batch_progress(void *data, const kj_pool_progress *p)
{
    kj_batch_meter *meter = data;
    char left[32] = "", failed[32] = "";
    if (meter->quiet) return;
    uint32_t done = p->n_complete + p->n_failed, tenth = p->n_members ? done * 10 / p->n_members : 10;
    double share = p->n_members ? (double)done / p->n_members : 1.0;
    if (!meter->terminal && tenth == meter->last_tenth && done < p->n_members) return; /* ten lines in all */
    meter->last_tenth = tenth;
    if (p->n_failed) snprintf(failed, sizeof failed, ", %u failed", p->n_failed);
    if (!isnan(p->left_seconds)) kj_batch_time(p->left_seconds, left);
    if (!meter->terminal) {
        fprintf(stderr, "%u of %u members%s%s%s\n", p->n_complete, p->n_members, failed, *left ? ", left " : "", left);
        return;
    }
    char bar[BAR + 1];
    for (int i = 0; i < BAR; i++) bar[i] = i < (int)(share * BAR + 0.5) ? '#' : '.';
    bar[BAR] = 0;
    fprintf(stderr, "\r[%s] %3.0f %%  %u of %u members%s, %u at work%s%s\033[K%s", bar, 100 * share, p->n_complete, p->n_members, failed, p->n_running,
            *left ? ", left " : "", left, done == p->n_members ? "\n" : "");
}

void kj_batch_failed(void *data, uint32_t member, const char *message)
{
    const kj_batch_meter *meter = data;
    if (meter->terminal && !meter->quiet) fputs("\r\033[K", stderr);
    kj_log_error("member %u: %s", member + 1, message);
}
