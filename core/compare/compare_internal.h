/* Between the files of this room. */
#ifndef KEDJA_COMPARE_INTERNAL_H
#define KEDJA_COMPARE_INTERNAL_H

#include "../io/runread.h"
#include "compare.h"

/* base[i] and change[i] are a pair. */
typedef struct kj_pairs {
    kj_runread **base, **change;
    uint32_t n;
    kj_runread **open; /* all files, to be closed */
    uint32_t n_open;
} kj_pairs;

kj_status kj_pairs_open(kj_error *err, const char *const *paths, uint32_t n, kj_comparison *out, kj_pairs *pairs);
void kj_pairs_close(kj_pairs *pairs);
/* Checks that both have the year, or chooses the last that all have. */
kj_status kj_pairs_year(kj_error *err, const kj_pairs *pairs, int32_t year, kj_comparison *out);

/* projects.c: "Norr: 90 → 120 homes, start 2026 → 2028", "Väst: only in A (5 homes, start 2022)"; what the base has is left of an arrow. */
void kj_project_words(const kj_changed_project *project, const char *base, const char *change, char *out, size_t room);
/* The named projects that differ between two runs, and whether their texts do. */
kj_status kj_projects_differ(kj_error *err, const kj_runread *base, const kj_runread *change, kj_comparison *out);

/* Whether a setting is that of its policy or plugin: "densify.enabled" is its "enabled". */
bool kj_setting_is(const kj_changed_setting *setting, const char *last);
/* Fills titles of a setting and its policy by its name; "" where there is none. titles may be NULL. */
void kj_setting_take_title(const struct json_t *titles, const char *name, char out[KJ_SETTING_LANGUAGES][KJ_SETTING_TITLE]);
void kj_setting_take_titles(const struct json_t *titles, kj_changed_setting *setting);

/* One indicator of one run; is_there: the run has its columns. */
bool kj_indicator_is_there(const kj_runread *run, const kj_indicator_def *def);
kj_status kj_indicator_read(kj_error *err, const kj_runread *run, const kj_indicator_def *def, uint32_t year_index, double *value);
kj_status kj_matrix_fill(kj_error *err, const kj_pairs *pairs, kj_comparison *out);   /* matrix.c */
kj_status kj_followed_fill(kj_error *err, const kj_pairs *pairs, kj_comparison *out); /* followed.c */
kj_status kj_schools_fill(kj_error *err, const kj_pairs *pairs, kj_comparison *out);  /* schools_mixed.c */

#endif
