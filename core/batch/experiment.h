/* An experiment: which parameters of a scenario vary, how, and how often. Read from experiment{…} in Lua, in the same
   sandbox as scenarios. See docs/researchers.md. */
#ifndef KEDJA_BATCH_EXPERIMENT_H
#define KEDJA_BATCH_EXPERIMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../script/scenario.h"

/* What an interval that comes from varying a factor covers. Luck is covered by seeds. */
typedef enum kj_covers { KJ_COVERS_CHANCE = 0, KJ_COVERS_ASSUMPTIONS, KJ_COVERS_PLANS, KJ_COVERS_MODEL, KJ_COVERS_COUNT } kj_covers;
#define KJ_COVERS_LABELS "chance assumptions plans model"

typedef enum kj_spread { KJ_SPREAD_VALUES = 0, KJ_SPREAD_RANGE, KJ_SPREAD_NORMAL, KJ_SPREAD_LOGNORMAL, KJ_SPREAD_TRIANGLE } kj_spread;

enum { KJ_FACTOR_VALUES_MAX = 64, KJ_FACTORS_MAX = 32 };

/* A parameter and the values it takes. The name "seed" is luck itself: whole numbers from 1 to 2^31 - 1. */
typedef struct kj_factor {
    char name[2 * KJ_NAME_MAX]; /* "demography.in_scale" */
    kj_spread spread;
    double values[KJ_FACTOR_VALUES_MAX]; /* VALUES */
    uint32_t n_values;
    double a, b, c; /* RANGE: low, high; NORMAL: mean, sd; LOGNORMAL: median, sd of the logarithm; TRIANGLE: low, mode, high */
    bool has_covers;
    kj_covers covers;
    char *source; /* why these values; "" if the file says nothing */
    char *title[KJ_LANGUAGES]; /* what pages call it; NULL: its policy's words, or its name */
    /* From the declaration of the parameter, once the scenario is loaded. */
    char unit[64];
    double min, max, def;
    bool whole; /* takes whole numbers only */
} kj_factor;

/* How wrong the model itself is about a figure by area, as hindcasts elsewhere found it: part of no member's spread, since no factor varies it. */
enum { KJ_MODEL_ERROR_YEARS_MAX = 64, KJ_MODEL_ERRORS_MAX = 8 };
typedef struct kj_model_error {
    char output[2 * KJ_NAME_MAX]; /* "area.population" */
    double width[KJ_MODEL_ERROR_YEARS_MAX]; /* after 1, 2 … years: middle 80 % of the errors of the logarithm over 2.563 (a normal law's sd), per cent */
    uint32_t n_years;
    char *source;
} kj_model_error;

typedef enum kj_design {
    KJ_DESIGN_FULL_FACTORIAL = 0, /* every combination of the listed values */
    KJ_DESIGN_LATIN_HYPERCUBE,    /* McKay, Beckman & Conover 1979 */
    KJ_DESIGN_SOBOL,              /* points of the Sobol sequence */
    KJ_DESIGN_SOBOL_INDICES,      /* A, B and A with one column of B (Saltelli et al. 2010): for kedja sensitivity */
    KJ_DESIGN_MORRIS,             /* trajectories of elementary effects (Morris 1991) */
    KJ_DESIGN_ONE_AT_A_TIME       /* each factor low and high, the others at the scenario's values */
} kj_design;
#define KJ_DESIGN_LABELS "full_factorial latin_hypercube sobol sobol_indices morris one_at_a_time"

typedef struct kj_experiment {
    char name[KJ_NAME_MAX];
    char *title[KJ_LANGUAGES];
    char *scenario, *map; /* map: NULL = the scenario's */
    int32_t years;        /* 0: to the scenario's end */
    kj_design design;
    uint32_t samples; /* points, base samples or trajectories; 0 for designs that need none */
    uint32_t levels;  /* of the Morris grid */
    kj_factor factor[KJ_FACTORS_MAX]; /* varied by the design */
    uint32_t n_factors;
    kj_factor vary[KJ_FACTORS_MAX]; /* drawn anew for each replicate, the same in all points of a paired experiment */
    uint32_t n_vary;
    bool vary_is_default;
    kj_model_error error[KJ_MODEL_ERRORS_MAX];
    uint32_t n_errors;
    bool errors_are_default; /* of figures that an experiment need not keep */
    uint32_t replicates;
    uint64_t seed;
    bool paired; /* common random numbers: replicate r has the same luck in every point */
    char *fit_case; /* of kedja validate, on which kedja calibrate fits; NULL: not for fitting */
    char **fit_targets; /* ids of targets to be met */
    uint32_t n_fit_targets;
    uint32_t evaluations; /* of the search, after the hypercube */
    char **settings; /* "name=value" in all members */
    uint32_t n_settings;
    char **plugins; /* ids of plugins that must be loaded; their files are named on the command line, never by a script */
    uint32_t n_plugins;
    char **tables; /* outputs to merge: "municipality", "area.population" … */
    uint32_t n_tables;
    int32_t map_every; /* probability maps every N years, always the last; 0: no maps */
    char *path, *text;     /* of the file */
    char *default_path, *default_text; /* of the default ensemble, NULL if it was not used */
} kj_experiment;

/* Reads a file, or by name one of scripts/experiments. KJ_E_INPUT with file, line and source. */
kj_status kj_experiment_load(kj_error *err, const char *path_or_name, kj_experiment **out);
/* The same from kept texts. default_text may be NULL. */
kj_status kj_experiment_restore(kj_error *err, const char *path, const char *text, const char *default_path,
                                const char *default_text, kj_experiment **out);
void kj_experiment_free(kj_experiment *experiment);

/* The factor "seed". */
bool kj_factor_is_luck(const kj_factor *factor);
/* Value of a factor at quantile u in (0, 1), within what the parameter may be. Same bits on every machine. */
double kj_factor_value(const kj_factor *factor, double u);
/* Inverse of the standard normal distribution (Wichura 1988, AS 241). */
double kj_normal_quantile(double p);

struct json_t;
/* Titles of policies and their parameters as a run's options (JSON text) keep them, and of the experiment's factors: name -> [en, sv, da].
   The caller's (json_decref); NULL without memory. */
struct json_t *kj_experiment_titles(const kj_experiment *e, const char *options_json);

#endif
