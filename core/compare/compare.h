/* The consequence matrix: what one change does to every department, from runs of the same people with the same luck.

   Two worlds, base and change, each from one run or from several with different seeds. A base run and a change run with
   the same map, start and seed are a pair: what differs between them is the effect. With one pair there is no interval;
   with more, the interval of the mean difference covers chance alone (Student's t, 95 %). */
#ifndef KEDJA_COMPARE_COMPARE_H
#define KEDJA_COMPARE_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

typedef enum kj_department {
    KJ_DEPT_PEOPLE = 0,
    KJ_DEPT_PRESCHOOL,
    KJ_DEPT_SCHOOL,
    KJ_DEPT_ELDERLY,
    KJ_DEPT_HEALTH,
    KJ_DEPT_TECHNICAL,
    KJ_DEPT_LEISURE,
    KJ_DEPT_HOUSING,
    KJ_DEPT_ENVIRONMENT,
    KJ_DEPT_ECONOMY,
    KJ_DEPT_COUNT
} kj_department;
const char *kj_department_id(kj_department department);    /* "elderly_care" */
const char *kj_department_label(kj_department department); /* "Elderly care", to be translated */

typedef enum kj_direction { KJ_LESS_IS_BETTER = -1, KJ_NEITHER = 0, KJ_MORE_IS_BETTER = 1 } kj_direction;

/* Sum over all rows of a table's column, or over those of one service; of the year, or since the start. */
typedef struct kj_term {
    const char *table, *column; /* NULL: no term */
    int service;                /* kj_service_kind, -1 all rows */
    bool cumulative;
} kj_term;

typedef struct kj_indicator_def {
    kj_department department;
    const char *id, *unit, *label; /* unit and label are English, to be translated */
    kj_direction direction;
    int decimals;
    bool headline; /* shown in short tables and pictures */
    bool optional; /* of a plugin that may be absent */
    bool extensive; /* grows with the population when nothing else changes */
    double scale;
    kj_term value, over;  /* value / over, or value alone */
    kj_term less;         /* of the same table: what value has more than it, row by row, is summed */
    const char *part_of;  /* id of what it is a part of: a few more or less of few are no large change of it; NULL: of nothing */
    bool from_start;      /* counts from the start on: the start has no figure */
    bool weighted; /* over is a weight: sum of value x over by row, over the sum of over */
} kj_indicator_def;

extern const kj_indicator_def kj_indicators[];
extern const uint32_t kj_n_indicators;
const kj_indicator_def *kj_indicator_named(const char *id); /* NULL: there is none */

typedef enum kj_distinct { KJ_DISTINCT_UNKNOWN = 0, KJ_DISTINCT_YES = 1, KJ_DISTINCT_NO = 2 } kj_distinct;
const char *kj_distinct_word(kj_distinct distinct); /* "unknown", "yes", "no" */

/* A mean difference over pairs, its interval (NaN with one pair), and whether that leaves 0 out. */
typedef struct kj_effect {
    double difference, low, high;
    kj_distinct distinct;
} kj_effect;

typedef struct kj_matrix_row {
    const kj_indicator_def *def;
    double start, base, change; /* means over pairs; start: the same figure when the runs began, NaN where nothing was measured by then */
    double rule;                /* difference that the same figure an inhabitant would give: the simple baseline */
    kj_effect effect;
    bool same; /* no pair differs at all */
    int sign; /* 1 better, -1 worse, 0 neither (no direction, no difference, or not distinguishable) */
} kj_matrix_row;

typedef enum kj_group_kind { KJ_GROUP_ALL = 0, KJ_GROUP_SEX, KJ_GROUP_AGE, KJ_GROUP_INCOME, KJ_GROUP_AREA, KJ_GROUP_KINDS } kj_group_kind;
const char *kj_group_kind_id(kj_group_kind kind);

/* People who live here in both worlds, by what they were when they were first followed (age: now). */
typedef struct kj_group {
    kj_group_kind kind;
    char label[64];
    char told[96];      /* of an area that has a code in place of a name: "Lund (C1310)", as kj_area_words; else "" */
    double people;      /* followed and here in both worlds, mean over pairs */
    double gain, lose;  /* per cent of them */
    kj_effect net;      /* gain - lose, percentage points */
    double money;       /* mean change of money left after rent, SEK a year */
    double school_m;    /* mean change of the way to school, of those with one in both worlds; 0 if none */
    double school_people;
} kj_group;

/* One way in which a life can be better or worse. */
typedef struct kj_outcome_count {
    const char *id, *label;
    double better, worse; /* people, mean over pairs */
} kj_outcome_count;
enum { KJ_OUTCOMES = 7 };

typedef struct kj_same_year {
    int32_t year;
    double identical; /* people who live in both worlds, per cent of those who live in either */
    double same_home; /* of them, per cent with the same home */
} kj_same_year;

typedef struct kj_school_mix {
    char name[80];
    double pupils_base, pupils_change; /* means over pairs */
    double low_base, low_change;       /* per cent of pupils from households with low income; NaN without pupils */
} kj_school_mix;

/* Titles by language (en, sv, da) as the run's policies declare them; "" where none does: parameters of plugins. */
enum { KJ_SETTING_LANGUAGES = 3, KJ_SETTING_TITLE = 96 };
typedef struct kj_changed_setting {
    char name[128];
    double base, change;
    int32_t month;   /* kj_month from whose beginning on; 0: from the start */
    bool knows_from; /* switch of a policy: whether the changed world says when it begins */
    double from;     /* year in which it begins there; 0: with the run */
    double year;     /* the policy's own year, of which `year_title` tells: when a school closes; 0: it has none */
    char year_title[KJ_SETTING_LANGUAGES][KJ_SETTING_TITLE];
    char title[KJ_SETTING_LANGUAGES][KJ_SETTING_TITLE];  /* of the parameter */
    char policy[KJ_SETTING_LANGUAGES][KJ_SETTING_TITLE]; /* of its policy */
} kj_changed_setting;

/* A named project of the programme or the scenario that is not the same in both worlds, as their texts give it. */
typedef enum kj_project_differs { KJ_PROJECT_ONLY_BASE = 0, KJ_PROJECT_ONLY_CHANGE, KJ_PROJECT_OTHER } kj_project_differs;
typedef struct kj_changed_project {
    char name[128];
    kj_project_differs how;
    int32_t homes_base, homes_change, start_base, start_change; /* start: year; 0 where it is not */
} kj_changed_project;

typedef struct kj_comparison {
    char title_base[160], title_change[160], map[160], boundary[256];
    int32_t year, first_year;
    int32_t last_base, last_change; /* last years of the first pair */
    uint32_t n_pairs;
    uint64_t *seeds;
    kj_changed_setting *settings; /* parameters that differ */
    uint32_t n_settings;
    kj_changed_project *projects; /* that differ, in the order of the base, then those of the change alone */
    uint32_t n_projects;
    bool same_scenario; /* the texts of the two scenarios and programmes are the same, byte by byte */
    bool same_lives; /* one pair: all who are followed lived in both worlds and in the same home every year, and counts of people, moves and work are equal */
    bool same_end; /* base and change of each pair end with the same state hash: one run twice, or a change without effect */
    kj_matrix_row *rows;
    uint32_t n_rows;
    kj_group *groups;
    uint32_t n_groups;
    kj_outcome_count outcomes[KJ_OUTCOMES];
    double followed_share; /* of the people, 0 … 1; 0: the runs follow nobody */
    double only_base, only_change; /* people who live in one world alone, mean over pairs */
    kj_same_year *same;
    uint32_t n_same;
    kj_school_mix *schools;
    uint32_t n_schools;
    double interval_level; /* 0.95 */
    char norms[600];       /* which norms are assumed (norms.h) */
} kj_comparison;

/* "Projects that differ: Norr: only in A (90 homes, start 2026); …", of two worlds of these names, in the language that is set; false: nothing
   differs, neither a project nor a letter of the scenarios' texts. */
bool kj_projects_words(const kj_comparison *comparison, const char *base, const char *change, char *out, size_t room);

/* Runs in any order: the first is a base run, and so are those with its settings; the others are change runs. year 0: the
   last that all have. KJ_E_INPUT: a run that cannot be read, fewer than two, more than two worlds, a year that is not in
   all, or runs that are not paired; the message names both and what differs. Free also after a failure. */
kj_status kj_compare(kj_error *err, const char *const *paths, uint32_t n, int32_t year, kj_comparison *out);
/* One pair in the last year of both, without what takes long: the rows of its matrix and same_lives, no groups and no schools. Errors as kj_compare. */
kj_status kj_compare_pair(kj_error *err, const char *base, const char *change, kj_comparison *out);
void kj_comparison_free(kj_comparison *comparison);

struct json_t;

/* What differs, in the language set (kj_language_set) and in declared titles: "Protect farmland: on", "Close a school: on (closing
   year 2028)", "New school: places 350 → 600"; by name what has no title. Numbers 0 … kj_setting_words_n - 1; brief: "Protect farmland",
   without the policy's parameters. */
uint32_t kj_setting_words_n(const kj_comparison *comparison);
void kj_setting_words(const kj_comparison *comparison, uint32_t index, bool brief, char *out, size_t room);
/* A setting of an experiment, "densify.enabled=1" or the name alone, in the titles that a run keeps under options.titles and those of the experiment:
   "Densify: on", "Densify"; as it stands where there is no title (titles may be NULL). */
void kj_level_words(const struct json_t *titles, const char *level, char *out, size_t room);
/* All of them, parted by semicolons (brief: commas). */
void kj_settings_words(const kj_comparison *comparison, bool brief, char *out, size_t room);

/* Name of a group in the language set. */
const char *kj_group_name(const kj_group *group);
/* "Of 100 people … 16 gain and 12 lose. Gains most: …": in the language set; "" where nobody is followed. */
void kj_who_gains(const kj_comparison *comparison, char *out, size_t room);

/* Decimals with which a difference and its interval are printed: those of the figures, or one more where it would be 0 or, of one pair, not be the
   difference of the printed figures, and as many as an interval told from chance needs to show no 0. Whether anything but 0 is printed then. */
int kj_difference_decimals(const kj_matrix_row *row);
bool kj_difference_shows(const kj_matrix_row *row);

/* {"rows":[…],"groups":[…],…}: docs/consequences.md says what each means. */
json_t *kj_comparison_json(const kj_comparison *comparison);

/* Mean, interval and verdict of n paired differences. Free of effect: all n are 0. */
kj_effect kj_effect_of(const double *differences, uint32_t n);

#endif
