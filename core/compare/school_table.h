/* School × grade by year, as planners keep it: three years past, twelve ahead; pupils, classes, places, first full year. */
#ifndef KEDJA_COMPARE_SCHOOL_TABLE_H
#define KEDJA_COMPARE_SCHOOL_TABLE_H

#include "../io/first_full.h"

enum { KJ_SCHOOL_GRADES = 10, KJ_YEARS_AHEAD = 12 };

typedef struct kj_school_line {
    uint32_t row; /* in the run's table facility */
    kj_id id;
    const char *name;
    int32_t lowest, highest; /* 0 = preschool class … 9 */
    int32_t cell;
    bool independent;
} kj_school_line;

typedef struct kj_school_table {
    kj_runread *run; /* owned */
    const int32_t *years;
    uint32_t n_years, n_rows, begin, end; /* years shown: indices [begin, end) */
    int32_t now;                          /* the last year that counts as past */
    kj_school_line *schools;              /* schools that taught in a year shown, by name */
    uint32_t n_schools;
    double *pupils[KJ_SCHOOL_GRADES], *places[KJ_SCHOOL_GRADES], *classes[KJ_SCHOOL_GRADES]; /* [n_years][n_rows], as of October */
    double *all_pupils, *capacity;                                                          /* [n_years][n_rows] */
} kj_school_table;

/* now 0: the first recorded year + 3. KJ_E_INPUT: no such run, or one without schools by grade. */
kj_status kj_school_table_read(kj_error *err, const char *path, int32_t now, kj_school_table *out);
void kj_school_table_free(kj_school_table *table);

/* Of one grade (0 … 9), or the whole school (-1) in a year index; -1 where the school did not teach then. */
double kj_school_pupils(const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t year);
double kj_school_places(const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t year);
double kj_school_classes(const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t year);
/* First full year from `now` to the end of the run, shown or not (first_full.h); 0 none. */
int32_t kj_school_first_full(const kj_school_table *t, const kj_school_line *s, int32_t grade);

/* The first full year over several runs: of ten runs, eight lie from low to high. 0: not full within the years shown. */
typedef struct kj_full_years {
    int32_t low, median, high;
    uint32_t n_runs, n_full; /* runs in which the school taught, and those in which it got full */
} kj_full_years;

/* Of a school of the first table; the same school elsewhere has its id and name. */
kj_full_years kj_school_full_years(const kj_school_table *tables, uint32_t n, const kj_school_line *s, int32_t grade);
/* KJ_E_INPUT: runs of another map, other years or other settings than the first, or a run twice; the message names both. */
kj_status kj_school_tables_match(kj_error *err, const kj_school_table *tables, uint32_t n);

#endif
