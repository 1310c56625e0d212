#include "live.h"

#include <SDL.h>
#include <jansson.h>
#include <kedja/version.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/run/image.h"
#include "../core/run/prepare.h"
#include "../core/run/record.h"
#include "snapshot.h"

enum { A = 0, B = 1, UNDO_MAX = 256, PLUGIN_LEVERS = 1 << 20 }; /* a lever below that: policy * 64 + parameter */

/* One world, as the thread that simulates sees it. Index of a year: years since the start. */
typedef struct track {
    bool active;          /* B: has changes of its own, else it is A */
    bool has_sim;
    kj_prepared prepared; /* its simulation */
    kj_journal journal;   /* that its present and past stand for */
    kj_snapshot **years;  /* held; [n_years], NULL beyond n_published */
    kj_image **images;    /* state at the end of each year, or NULL */
    int32_t n_published;
    kj_snapshot *forest;  /* newest vacancies */
    char hash[33];
} track;

/* One world, as the thread that draws sees it. */
typedef struct view {
    kj_live *live;
    int32_t which;
    kj_snapshot **years; /* held */
    int32_t n_years;
    kj_snapshot *forest;
    char **facilities;   /* names, of the newest year; not owned */
    char *options_json;  /* owned */
    kj_source_facts facts;
} view;

typedef struct start_value {
    char name[2 * KJ_NAME_MAX];
    double value;
} start_value;

/* A parameter of a plugin that was loaded from a file. */
typedef struct plugin_param {
    char plugin[KJ_NAME_MAX], name[2 * KJ_NAME_MAX], unit[24], sentence[200];
    double def, low, high;
    bool is_whole;
} plugin_param;

struct kj_live {
    SDL_Thread *thread;
    SDL_mutex *lock;
    SDL_cond *wake, *ready;
    kj_request request;
    int64_t budget;
    /* under the lock */
    bool quit, started, failed, idle;
    kj_error error;
    kj_journal wanted; /* what people have asked for */
    int32_t generation;
    track tracks[2];
    Uint64 asked_at;
    bool timing;
    double first_year_seconds;
    int32_t now_year, now_track;
    /* written once before `started` */
    kj_snapshot *fixed;
    int32_t first_year, n_years;
    kj_scenario *scenario; /* of A's preparation; constant */
    start_value *start;    /* parameters of policies and of plugins from files at the start */
    uint32_t n_start;
    plugin_param *params;
    uint32_t n_params;
    kj_source_facts facts;
    json_t *shown; /* what plugins give to show */
    /* of the thread that draws */
    view views[2];
    int32_t adopted;
    kj_journal undo[UNDO_MAX]; /* states of the journal; [at] is the present one */
    int32_t n_undo, at;
    char last_name[2 * KJ_NAME_MAX];
    kj_month last_month;
};

/* ---- the thread that simulates ---- */

static int64_t image_bytes(const kj_live *l)
{
    int64_t bytes = 0;
    for (int t = 0; t < 2; t++)
        for (int32_t i = 0; i < l->n_years && l->tracks[t].images; i++)
            if (l->tracks[t].images[i]) bytes += kj_image_bytes(l->tracks[t].images[i]);
    return bytes;
}

/* The state whose loss costs least: the one with the nearest neighbours; never the first, nor the last of its track. */
static bool forget_one(kj_live *l)
{
    int32_t best_gap = INT32_MAX, best = -1, of = 0;
    for (int t = 0; t < 2; t++) {
        int32_t before = -1;
        for (int32_t i = 0; i < l->n_years && l->tracks[t].images; i++) {
            if (!l->tracks[t].images[i]) continue;
            int32_t next = i + 1;
            while (next < l->n_years && !l->tracks[t].images[next]) next++;
            if (before >= 0 && next < l->n_years && next - before < best_gap) {
                best_gap = next - before;
                best = i;
                of = t;
            }
            before = i;
        }
    }
    if (best < 0) return false;
    kj_image_free(l->tracks[of].images[best]);
    l->tracks[of].images[best] = NULL;
    return true;
}

/* A year is finished: snapshot, state in memory, and the news. */
static kj_status publish(kj_error *err, kj_live *l, int t)
{
    track *k = &l->tracks[t];
    kj_sim *sim = k->prepared.sim;
    kj_snapshot *year = NULL, *forest = NULL;
    kj_image *image = NULL;
    int32_t index = KJ_YEAR_OF(kj_sim_now(sim)) - l->first_year;
    kj_status status = kj_snapshot_take(err, sim, KJ_SNAP_YEAR, &year);
    if (!status) status = kj_snapshot_take(err, sim, KJ_SNAP_FOREST, &forest);
    if (!status && index + 1 < l->n_years) status = kj_image_take(err, sim, &image);
    if (status) {
        kj_snapshot_drop(year);
        kj_snapshot_drop(forest);
        return status;
    }
    SDL_LockMutex(l->lock);
    kj_snapshot_drop(k->years[index]);
    kj_snapshot_drop(k->forest);
    kj_image_free(k->images[index]);
    k->years[index] = year;
    k->forest = forest;
    k->images[index] = image;
    k->n_published = index + 1;
    if (index + 1 == l->n_years) kj_sim_hash(sim, k->hash);
    if (t == B && l->timing) {
        l->timing = false;
        l->first_year_seconds = (double)(SDL_GetPerformanceCounter() - l->asked_at) / (double)SDL_GetPerformanceFrequency();
    }
    l->generation++;
    while (image_bytes(l) > l->budget && forget_one(l)) {}
    SDL_UnlockMutex(l->lock);
    return KJ_OK;
}

static kj_status month(kj_error *err, track *k)
{
    kj_sim *sim = k->prepared.sim;
    kj_status status = kj_journal_apply(err, &k->journal, sim, kj_sim_now(sim) + 1);
    return status ? status : kj_sim_month(err, sim);
}

static bool at_end(const kj_live *l, const track *k)
{
    return KJ_YEAR_OF(kj_sim_now(k->prepared.sim)) - l->first_year >= l->n_years - 1 && KJ_MONTH_OF_YEAR(kj_sim_now(k->prepared.sim)) == 12;
}

/* Newest state from which the wanted future can begin: B's own past if it agrees, or A's. -1: A has not come so far. */
static int32_t find_branch(const kj_live *l, const kj_journal *wanted, int *from)
{
    const track *b = &l->tracks[B];
    kj_month first = wanted->n ? wanted->items[0].month : INT32_MAX, differ = b->active ? kj_journal_difference(&b->journal, wanted) : INT32_MAX;
    int32_t last_a = KJ_YEAR_OF(first) - 1 - l->first_year, last_b = differ == INT32_MAX ? l->n_years - 1 : KJ_YEAR_OF(differ) - 1 - l->first_year, best = -1;
    for (int32_t i = 0; i < l->n_years; i++) {
        if (i <= last_a && l->tracks[A].images[i]) {
            best = i;
            *from = A;
        }
        if (b->active && i <= last_b && b->images[i]) {
            best = i;
            *from = B;
        }
    }
    /* A that is still on its way to the year before the change goes on first: one state later is one year less twice */
    if (best >= 0 && *from == A && best < last_a && l->tracks[A].n_published <= last_a) return -1;
    return best;
}

static void drop_from(kj_live *l, track *k, int32_t index)
{
    for (int32_t i = index; i < l->n_years; i++) {
        kj_snapshot_drop(k->years[i]);
        k->years[i] = NULL;
        kj_image_free(k->images[i]);
        k->images[i] = NULL;
    }
    if (k->n_published > index) k->n_published = index;
    kj_snapshot_drop(k->forest);
    k->forest = NULL;
    k->hash[0] = 0;
}

static void end_branch(kj_live *l)
{
    track *b = &l->tracks[B];
    if (b->has_sim) kj_prepared_free(&b->prepared);
    b->has_sim = b->active = false;
    drop_from(l, b, 0);
    kj_journal_free(&b->journal);
}

/* Makes B's simulation stand at the end of year `index`, from the state of track `from`. Under the lock only while what
   is published changes. */
static kj_status branch(kj_error *err, kj_live *l, const kj_journal *wanted, int from, int32_t index)
{
    track *b = &l->tracks[B];
    kj_prepared fresh;
    kj_image *image = l->tracks[from].images[index]; /* only this thread frees states */
    kj_status status = kj_prepare(err, &l->request, false, true, &fresh);
    if (!status) {
        status = kj_image_restore(err, image, fresh.sim);
        if (status) kj_prepared_free(&fresh);
    }
    if (status) return status;
    SDL_LockMutex(l->lock);
    if (b->has_sim) kj_prepared_free(&b->prepared);
    b->prepared = fresh;
    b->has_sim = true;
    if (from == A) {
        drop_from(l, b, 0);
        for (int32_t i = 0; i <= index; i++) b->years[i] = kj_snapshot_hold(l->tracks[A].years[i]);
        b->n_published = index + 1;
    } else {
        drop_from(l, b, index + 1);
    }
    b->active = true;
    kj_journal_free(&b->journal);
    status = kj_journal_copy(err, wanted, &b->journal);
    l->generation++;
    SDL_UnlockMutex(l->lock);
    return status;
}

/* What to do next, decided under the lock. */
typedef enum job { JOB_QUIT, JOB_WAIT, JOB_BRANCH, JOB_MONTH_A, JOB_MONTH_B } job;

static job choose(kj_error *err, kj_live *l, kj_journal *wanted, int *from, int32_t *index)
{
    track *b = &l->tracks[B];
    if (l->quit) return JOB_QUIT;
    bool a_done = at_end(l, &l->tracks[A]);
    if (l->failed) return JOB_WAIT;
    if (l->wanted.n == 0 && b->active) {
        end_branch(l);
        l->generation++;
    }
    bool differs = l->wanted.n && (!b->active || kj_journal_difference(&b->journal, &l->wanted) != INT32_MAX);
    if (differs) {
        *index = find_branch(l, &l->wanted, from);
        if (*index >= 0) return kj_journal_copy(err, &l->wanted, wanted) ? JOB_WAIT : JOB_BRANCH;
        return a_done ? JOB_WAIT : JOB_MONTH_A;
    }
    if (b->active && !at_end(l, b)) return JOB_MONTH_B;
    return a_done ? JOB_WAIT : JOB_MONTH_A;
}

static kj_status step(kj_error *err, kj_live *l, int t)
{
    track *k = &l->tracks[t];
    kj_status status = month(err, k);
    SDL_LockMutex(l->lock);
    l->now_year = KJ_YEAR_OF(kj_sim_now(k->prepared.sim));
    l->now_track = t;
    SDL_UnlockMutex(l->lock);
    if (!status && KJ_MONTH_OF_YEAR(kj_sim_now(k->prepared.sim)) == 12) status = publish(err, l, t);
    return status;
}

static void fail(kj_live *l, const kj_error *err)
{
    SDL_LockMutex(l->lock);
    l->failed = true;
    l->error = *err;
    l->generation++;
    SDL_UnlockMutex(l->lock);
}

static void simulate(kj_live *l)
{
    for (;;) {
        kj_error err;
        kj_journal wanted = {0};
        int from = A;
        int32_t index = -1;
        SDL_LockMutex(l->lock);
        job next = choose(&err, l, &wanted, &from, &index);
        l->idle = next == JOB_WAIT;
        if (next == JOB_WAIT) SDL_CondWait(l->wake, l->lock);
        SDL_UnlockMutex(l->lock);
        kj_status status = KJ_OK;
        if (next == JOB_QUIT) return;
        if (next == JOB_BRANCH) status = branch(&err, l, &wanted, from, index);
        if (next == JOB_MONTH_A) status = step(&err, l, A);
        if (next == JOB_MONTH_B) status = step(&err, l, B);
        kj_journal_free(&wanted);
        if (status) fail(l, &err);
    }
}

/* ---- starting ---- */

static bool is_from_file(const kj_sim *sim, const char *plugin)
{
    for (uint32_t p = 0; p < kj_sim_n_plugins(sim); p++)
        if (strcmp(kj_sim_plugin(sim, p)->def->id, plugin) == 0) return kj_sim_plugin(sim, p)->path != NULL;
    return false;
}

static void keep_param(kj_live *l, const kj_param_info *info)
{
    plugin_param *p = &l->params[l->n_params++];
    *p = (plugin_param){.def = info->def, .low = info->min, .high = info->max, .is_whole = info->is_whole};
    snprintf(p->plugin, sizeof p->plugin, "%s", info->plugin);
    snprintf(p->name, sizeof p->name, "%s", info->name);
    snprintf(p->unit, sizeof p->unit, "%s", info->unit);
    snprintf(p->sentence, sizeof p->sentence, "%s", info->doc);
}

static kj_status keep_start(kj_error *err, kj_live *l)
{
    const kj_sim *sim = l->tracks[A].prepared.sim;
    l->start = calloc(kj_sim_n_params(sim) + 1u, sizeof *l->start);
    l->params = calloc(kj_sim_n_params(sim) + 1u, sizeof *l->params);
    if (!l->start || !l->params) return kj_fail(err, KJ_E_MEMORY, "out of memory for parameters");
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        bool of_policy = strcmp(info->plugin, "policy") == 0;
        if (!of_policy && !is_from_file(sim, info->plugin)) continue;
        if (!of_policy) keep_param(l, info);
        snprintf(l->start[l->n_start].name, sizeof l->start[0].name, "%s", info->name);
        l->start[l->n_start++].value = info->value;
    }
    return KJ_OK;
}

static kj_status prepare(kj_error *err, kj_live *l)
{
    track *a = &l->tracks[A];
    kj_status status = kj_prepare(err, &l->request, true, false, &a->prepared);
    if (status) return status;
    a->has_sim = true;
    status = kj_prepared_start(err, &a->prepared);
    if (status) return status;
    const kj_sim_config *config = kj_sim_get_config(a->prepared.sim);
    l->first_year = KJ_YEAR_OF(config->start);
    l->n_years = KJ_YEAR_OF(config->end) - l->first_year + 1;
    l->scenario = a->prepared.scenario;
    for (int t = 0; t < 2; t++) {
        l->tracks[t].years = calloc((size_t)l->n_years, sizeof *l->tracks[t].years);
        l->tracks[t].images = calloc((size_t)l->n_years, sizeof *l->tracks[t].images);
        if (!l->tracks[t].years || !l->tracks[t].images) return kj_fail(err, KJ_E_MEMORY, "out of memory for years");
    }
    l->facts = (kj_source_facts){.scenario = l->request.scenario,
                                 .map_name = l->request.map_name,
                                 .map_title = l->request.map_title,
                                 .map_country = l->request.map_country,
                                 .version = KJ_VERSION,
                                 .sources = l->request.map_sources,
                                 .plugins = "",
                                 .state_hash = "",
                                 .seed = config->seed,
                                 .grid = *kj_sim_grid(a->prepared.sim)};
    for (int k = 0; k < 3; k++) l->facts.title[k] = l->scenario->title[k] ? l->scenario->title[k] : "";
    l->shown = kj_shown_json(a->prepared.sim);
    status = keep_start(err, l);
    if (!status) status = kj_journal_check(err, &l->wanted, a->prepared.sim);
    if (!status) status = kj_snapshot_take(err, a->prepared.sim, KJ_SNAP_FIXED, &l->fixed);
    return status ? status : publish(err, l, A);
}

static int run_thread(void *data)
{
    kj_live *l = data;
    kj_error err;
    kj_status status = prepare(&err, l);
    SDL_LockMutex(l->lock);
    l->started = true;
    if (status) {
        l->failed = true;
        l->error = err;
    }
    SDL_CondSignal(l->ready);
    SDL_UnlockMutex(l->lock);
    if (!status) simulate(l);
    return 0;
}

/* Whether two changes were one action: of one policy, from one month. */
static bool same_step(const kj_change *a, const kj_change *b)
{
    size_t n = strcspn(a->name, ".");
    return a->month == b->month && strncmp(a->name, b->name, n + 1) == 0;
}

/* A session that begins with changes can undo them one by one, as if they had been made here. */
static kj_status undo_steps(kj_error *err, kj_live *l)
{
    const kj_journal *all = &l->wanted;
    kj_journal so_far = {0};
    kj_status status = KJ_OK;
    l->n_undo = 1; /* without changes */
    for (uint32_t i = 0; !status && i < all->n; i++) {
        status = kj_journal_add(err, &so_far, &all->items[i]);
        bool last = i + 1 == all->n, ends = last || !same_step(&all->items[i], &all->items[i + 1]);
        if (status || !ends || (!last && l->n_undo >= UNDO_MAX - 1)) continue;
        status = kj_journal_copy(err, &so_far, &l->undo[l->n_undo]);
        l->at = status ? l->at : l->n_undo++;
    }
    kj_journal_free(&so_far);
    return status;
}

kj_status kj_live_start(kj_error *err, kj_live_options *options, kj_live **out)
{
    kj_live *l = calloc(1, sizeof *l);
    *out = NULL;
    if (!l) return kj_fail(err, KJ_E_MEMORY, "viewer: out of memory");
    l->request = options->request;
    options->request = (kj_request){0};
    l->wanted = options->journal;
    options->journal = (kj_journal){0};
    l->budget = options->memory_bytes ? options->memory_bytes : (int64_t)1 << 30;
    if (!l->request.n_threads) l->request.n_threads = omp_get_num_procs() > 2 ? omp_get_num_procs() - 1 : omp_get_num_procs();
    l->lock = SDL_CreateMutex();
    l->wake = SDL_CreateCond();
    l->ready = SDL_CreateCond();
    kj_status status = undo_steps(err, l);
    for (int t = 0; t < 2; t++) l->views[t] = (view){.live = l, .which = t};
    if (!status && l->lock && l->wake && l->ready) l->thread = SDL_CreateThread(run_thread, "kedja-simulate", l);
    if (!status && !l->thread) status = kj_fail(err, KJ_E_FAILED, "no thread for the simulation: %s", SDL_GetError());
    if (status) {
        kj_live_stop(l);
        return status;
    }
    SDL_LockMutex(l->lock);
    while (!l->started) SDL_CondWait(l->ready, l->lock);
    bool failed = l->failed;
    if (failed) *err = l->error;
    SDL_UnlockMutex(l->lock);
    if (failed) {
        status = err->status;
        kj_live_stop(l);
        return status;
    }
    kj_live_adopt(l);
    *out = l;
    return KJ_OK;
}

static void free_view(view *v)
{
    for (int32_t i = 0; i < v->n_years; i++) kj_snapshot_drop(v->years[i]);
    kj_snapshot_drop(v->forest);
    free(v->years);
    free(v->options_json);
    *v = (view){.live = v->live, .which = v->which};
}

void kj_live_stop(kj_live *l)
{
    if (!l) return;
    if (l->thread) {
        SDL_LockMutex(l->lock);
        l->quit = true;
        SDL_CondSignal(l->wake);
        SDL_UnlockMutex(l->lock);
        SDL_WaitThread(l->thread, NULL);
    }
    for (int t = 0; t < 2; t++) {
        track *k = &l->tracks[t];
        if (k->years && k->images) drop_from(l, k, 0);
        if (k->has_sim) kj_prepared_free(&k->prepared);
        kj_journal_free(&k->journal);
        free(k->years);
        free(k->images);
        free_view(&l->views[t]);
    }
    for (int32_t i = 0; i < l->n_undo; i++) kj_journal_free(&l->undo[i]);
    kj_snapshot_drop(l->fixed);
    kj_journal_free(&l->wanted);
    kj_request_free(&l->request);
    free(l->start);
    free(l->params);
    json_decref(l->shown);
    if (l->wake) SDL_DestroyCond(l->wake);
    if (l->ready) SDL_DestroyCond(l->ready);
    if (l->lock) SDL_DestroyMutex(l->lock);
    free(l);
}

/* ---- what the thread that draws sees ---- */

static double start_of(const kj_live *l, const char *name)
{
    for (uint32_t i = 0; i < l->n_start; i++)
        if (strcmp(l->start[i].name, name) == 0) return l->start[i].value;
    return 0.0;
}

/* Value of a parameter in January of a year. */
static double value_named(const kj_live *l, const kj_journal *journal, const char *name, int32_t year)
{
    double value = start_of(l, name);
    for (uint32_t i = 0; i < journal->n && journal->items[i].month <= KJ_MONTH(year, 12); i++)
        if (strcmp(journal->items[i].name, name) == 0) value = journal->items[i].value;
    return value;
}

static double value_in(const kj_live *l, const kj_journal *journal, const char *policy, const char *param, int32_t year)
{
    char name[2 * KJ_NAME_MAX];
    snprintf(name, sizeof name, "%s.%s", policy, param);
    return value_named(l, journal, name, year);
}

/* First year in which a policy is on; 0 never. */
static int32_t on_from(const kj_live *l, const kj_journal *journal, const kj_policy *policy)
{
    for (int32_t year = l->first_year + 1; year < l->first_year + l->n_years; year++)
        if (value_in(l, journal, policy->name, "enabled", year) != 0.0) return year;
    return 0;
}

/* The same JSON that a run file carries, for the flags of the timeline. */
static char *describe(const kj_live *l, const kj_journal *journal)
{
    static const char *const codes[3] = {"en", "sv", "da"};
    json_t *root = json_object(), *list = json_array(), *parameters = json_object();
    for (uint32_t p = 0; p < l->scenario->n_policies; p++) {
        const kj_policy *policy = &l->scenario->policy[p];
        int32_t from = on_from(l, journal, policy), last = l->first_year + l->n_years - 1;
        if (!from) continue;
        json_t *entry = json_pack("{s:s}", "name", policy->name), *titles = json_object();
        for (int k = 0; k < 3; k++)
            if (policy->title[k]) json_object_set_new(titles, codes[k], json_string(policy->title[k]));
        json_object_set_new(entry, "title", titles);
        json_array_append_new(list, entry);
        char key[2 * KJ_NAME_MAX + 8];
        snprintf(key, sizeof key, "%s.from", policy->name);
        json_object_set_new(parameters, key, json_integer(from));
        snprintf(key, sizeof key, "%s.year", policy->name);
        double year = value_in(l, journal, policy->name, "year", last);
        if (year > 0.0) json_object_set_new(parameters, key, json_real(year));
    }
    json_object_set_new(root, "policies", list);
    json_object_set(root, "shown", l->shown);
    json_object_set_new(root, "parameters", parameters);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

static void adopt_track(kj_live *l, int t)
{
    view *v = &l->views[t];
    const track *k = &l->tracks[t == B && l->tracks[B].active ? B : A];
    free_view(v);
    v->years = calloc((size_t)k->n_published + 1, sizeof *v->years);
    for (int32_t i = 0; v->years && i < k->n_published; i++) v->years[v->n_years++] = kj_snapshot_hold(k->years[i]);
    v->forest = kj_snapshot_hold(k->forest);
    const kj_journal none = {0};
    v->options_json = describe(l, t == B && l->tracks[B].active ? &l->tracks[B].journal : &none);
    v->facts = l->facts;
    v->facts.options_json = v->options_json;
}

bool kj_live_adopt(kj_live *l)
{
    SDL_LockMutex(l->lock);
    bool news = l->generation != l->adopted;
    l->adopted = l->generation;
    for (int t = 0; t < 2 && news; t++) adopt_track(l, t);
    SDL_UnlockMutex(l->lock);
    return news;
}

bool kj_live_same_lives(const kj_live *l)
{
    const view *a = &l->views[A], *b = &l->views[B];
    bool same = a->n_years > 0 && b->n_years > 0;
    for (int32_t i = 0; i < a->n_years && i < b->n_years; i++) same &= a->years[i]->lives != 0 && a->years[i]->lives == b->years[i]->lives;
    return same;
}

int32_t kj_live_last_year(const kj_live *l) { return l->first_year + l->n_years - 1; }

bool kj_live_is_idle(kj_live *l)
{
    SDL_LockMutex(l->lock);
    bool idle = l->idle;
    SDL_UnlockMutex(l->lock);
    return idle;
}

void kj_live_fault(kj_live *l, char out[256])
{
    SDL_LockMutex(l->lock);
    const char *text = l->failed ? l->error.text + l->error.words : "";
    const size_t n = l->error.words ? strcspn(text, "\n") : strlen(text); /* without the source that a fault shows */
    snprintf(out, 256, "%.*s", (int)kj_text_cut(text, n, 255), text);
    SDL_UnlockMutex(l->lock);
}

void kj_live_hash(kj_live *l, int32_t t, char out[33])
{
    SDL_LockMutex(l->lock);
    const track *k = &l->tracks[t == B && l->tracks[B].active ? B : A];
    memcpy(out, k->hash, sizeof k->hash);
    SDL_UnlockMutex(l->lock);
}

double kj_live_first_year_seconds(kj_live *l)
{
    SDL_LockMutex(l->lock);
    double seconds = l->first_year_seconds;
    SDL_UnlockMutex(l->lock);
    return seconds;
}

/* ---- as a source ---- */

static const kj_snap_column *find(const view *v, const char *table, const char *column, int32_t year)
{
    const kj_snap_column *found = kj_snapshot_column(v->live->fixed, table, column);
    if (!found && strcmp(table, "vacancy") == 0) return kj_snapshot_column(v->forest, table, column);
    if (!found && year >= 0 && year < v->n_years) found = kj_snapshot_column(v->years[year], table, column);
    return found;
}

static const kj_source_facts *source_facts(void *self) { return &((view *)self)->facts; }
static int32_t source_n_years(void *self) { return ((view *)self)->n_years; }
static int32_t source_year_at(void *self, int32_t index) { return ((view *)self)->live->first_year + index; }
static bool source_has(void *self, const char *table, const char *column) { return find(self, table, column, ((view *)self)->n_years - 1) != NULL; }

static bool source_is_yearly(void *self, const char *table, const char *column)
{
    const view *v = self;
    return !kj_snapshot_column(v->live->fixed, table, column) && strcmp(table, "vacancy") != 0 && source_has(self, table, column);
}

static uint32_t source_n_rows(void *self, const char *table)
{
    const view *v = self;
    const kj_snapshot *last = strcmp(table, "vacancy") == 0 ? v->forest : v->n_years ? v->years[v->n_years - 1] : NULL;
    for (uint32_t c = 0; last && c < last->n_columns; c++)
        if (strcmp(last->columns[c].table, table) == 0) return last->columns[c].n_rows;
    return 0;
}

static kj_status source_read(kj_error *err, void *self, const char *table, const char *column, int32_t year, kj_type type, void *out)
{
    const kj_snap_column *found = find(self, table, column, year);
    if (!found || found->type == KJ_TEXT) return kj_fail(err, KJ_E_INPUT, "the simulation publishes no column %s.%s", table, column);
    kj_snap_convert(found, type, source_n_rows(self, table), out);
    return KJ_OK;
}

static const char *const *source_texts(void *self, const char *table, const char *column)
{
    const view *v = self;
    const kj_snap_column *found = find(v, table, column, v->n_years - 1);
    return found ? (const char *const *)found->texts : NULL;
}

static const char *source_origin(void *self, const char *table, const char *column)
{
    const view *v = self;
    const kj_snap_column *found = find(v, table, column, v->n_years - 1);
    return found ? found->origin : "";
}

static void source_close(void *self) { (void)self; } /* the live session owns it */

kj_source kj_live_source(kj_live *l, int32_t t)
{
    return (kj_source){&l->views[t], source_facts, source_n_years, source_year_at, source_n_rows, source_has, source_is_yearly, source_read, source_texts, source_origin, source_close, NULL, NULL};
}

/* ---- changes ---- */

/* The present journal becomes what is wanted. */
static void ask(kj_live *l)
{
    kj_error ignored;
    SDL_LockMutex(l->lock);
    kj_journal_free(&l->wanted);
    if (kj_journal_copy(&ignored, &l->undo[l->at], &l->wanted)) l->wanted = (kj_journal){0};
    l->asked_at = SDL_GetPerformanceCounter();
    l->timing = true;
    l->failed = l->idle = false; /* what failed may do so no longer */
    SDL_CondSignal(l->wake);
    SDL_UnlockMutex(l->lock);
}

/* A new state of the journal after the present one; what was undone is forgotten. A lever (name) that is dragged on makes
   one step only. */
static bool push(kj_live *l, const char *name, kj_month when)
{
    kj_error ignored;
    bool same = name && l->at > 0 && l->last_month == when && strcmp(l->last_name, name) == 0;
    snprintf(l->last_name, sizeof l->last_name, "%s", name ? name : "");
    l->last_month = when;
    if (same) return true;
    while (l->n_undo > l->at + 1) kj_journal_free(&l->undo[--l->n_undo]);
    if (l->n_undo == UNDO_MAX) {
        kj_journal_free(&l->undo[0]);
        memmove(&l->undo[0], &l->undo[1], (UNDO_MAX - 1) * sizeof l->undo[0]);
        l->n_undo--;
        l->at--;
    }
    if (kj_journal_copy(&ignored, &l->undo[l->at], &l->undo[l->n_undo])) return false;
    l->at = l->n_undo++;
    return true;
}

static void change_named(kj_live *l, const char *name, int32_t year, double value)
{
    kj_error ignored;
    kj_change c = {.month = KJ_MONTH(year, 1), .value = value};
    snprintf(c.name, sizeof c.name, "%s", name);
    (void)kj_journal_add(&ignored, &l->undo[l->at], &c);
}

static void change(kj_live *l, const char *policy, const char *param, int32_t year, double value)
{
    char name[2 * KJ_NAME_MAX];
    snprintf(name, sizeof name, "%s.%s", policy, param);
    change_named(l, name, year, value);
}

/* Levers in view: parameters of policies that are on in the year, without places and years, six at most. */
static bool is_lever(const kj_policy_param *param)
{
    static const char *const places[] = {"x", "y", "x1", "y1", "x2", "y2"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(param->name, places[i]) == 0) return false;
    return strcmp(param->unit ? param->unit : "", "year") != 0;
}

static bool has_param(const kj_policy *policy, const char *name)
{
    for (uint32_t i = 0; i < policy->n_params; i++)
        if (strcmp(policy->params[i].name, name) == 0) return true;
    return false;
}

/* What acts once, in a year of its own, acts in the year from which it is switched on. */
static void switch_on(kj_live *l, const kj_policy *policy, int32_t year)
{
    change(l, policy->name, "enabled", year, 1.0);
    if (has_param(policy, "year")) change(l, policy->name, "year", year, year);
}

void kj_live_switch(kj_live *l, int32_t p, int32_t year, bool on)
{
    if (p < 0 || (uint32_t)p >= l->scenario->n_policies || !push(l, NULL, 0)) return;
    if (on) switch_on(l, &l->scenario->policy[p], year);
    else change(l, l->scenario->policy[p].name, "enabled", year, 0.0);
    ask(l);
}

int32_t kj_live_acts_in(const kj_live *l, int32_t p, int32_t year)
{
    if (p < 0 || (uint32_t)p >= l->scenario->n_policies || !has_param(&l->scenario->policy[p], "year")) return year;
    return (int32_t)value_in(l, &l->undo[l->at], l->scenario->policy[p].name, "year", year);
}

int32_t kj_live_lever_policy(int32_t index) { return index < PLUGIN_LEVERS ? index / 64 : -1; }

static void pull_plugin(kj_live *l, int32_t i, int32_t year, double value)
{
    if ((uint32_t)i >= l->n_params || !push(l, l->params[i].name, KJ_MONTH(year, 1))) return;
    change_named(l, l->params[i].name, year, value);
    ask(l);
}

void kj_live_lever(kj_live *l, int32_t index, int32_t year, double value)
{
    if (index >= PLUGIN_LEVERS) {
        pull_plugin(l, index - PLUGIN_LEVERS, year, value);
        return;
    }
    int32_t p = index / 64, i = index % 64;
    if (p < 0 || (uint32_t)p >= l->scenario->n_policies || (uint32_t)i >= l->scenario->policy[p].n_params) return;
    const kj_policy *policy = &l->scenario->policy[p];
    if (!push(l, policy->params[i].name, KJ_MONTH(year, 1))) return;
    change(l, policy->name, policy->params[i].name, year, value);
    ask(l);
}

static kj_place_kind place_of(const kj_policy *policy)
{
    if (policy->has_place) return KJ_PLACE_POINT;
    return has_param(policy, "x1") && has_param(policy, "y1") && has_param(policy, "x2") && has_param(policy, "y2") ? KJ_PLACE_LINE : KJ_PLACE_NONE;
}

static const char *const coordinates[2][2][2] = {{{"x", "y"}, {"", ""}}, {{"x1", "y1"}, {"x2", "y2"}}}; /* of a point, of a line */

void kj_live_place(kj_live *l, int32_t p, int32_t year, const double points[2][2])
{
    if (p < 0 || (uint32_t)p >= l->scenario->n_policies || place_of(&l->scenario->policy[p]) == KJ_PLACE_NONE || !push(l, NULL, 0)) return;
    const kj_policy *policy = &l->scenario->policy[p];
    bool line = place_of(policy) == KJ_PLACE_LINE;
    switch_on(l, policy, year);
    for (int end = 0; end <= (int)line; end++)
        for (int axis = 0; axis < 2; axis++) change(l, policy->name, coordinates[line][end][axis], year, points[end][axis]);
    ask(l);
}

/* Whether the journal has a value for this parameter in that very month. */
static bool value_at(const kj_journal *journal, const char *policy, const char *param, kj_month month, double *out)
{
    char name[2 * KJ_NAME_MAX];
    snprintf(name, sizeof name, "%s.%s", policy, param);
    for (uint32_t i = 0; i < journal->n; i++) {
        if (journal->items[i].month != month || strcmp(journal->items[i].name, name) != 0) continue;
        *out = journal->items[i].value;
        return true;
    }
    return false;
}

static const char *title_of(const kj_policy *policy, int language)
{
    return policy->title[language] ? policy->title[language] : policy->title[0] ? policy->title[0] : policy->name;
}

int32_t kj_live_placed_of(kj_live *l, int language, kj_live_placed *out, int32_t most)
{
    const kj_journal *journal = &l->undo[l->at];
    int32_t n = 0;
    for (int32_t year = l->first_year + 1; year < l->first_year + l->n_years; year++) {
        for (uint32_t p = 0; p < l->scenario->n_policies && n < most; p++) {
            const kj_policy *policy = &l->scenario->policy[p];
            bool line = place_of(policy) == KJ_PLACE_LINE;
            kj_live_placed *at = &out[n];
            *at = (kj_live_placed){.policy = (int32_t)p, .year = year, .is_line = line};
            if (place_of(policy) == KJ_PLACE_NONE || value_in(l, journal, policy->name, "enabled", year) == 0.0) continue;
            bool there = true;
            for (int end = 0; end <= (int)line; end++)
                there = there && value_at(journal, policy->name, coordinates[line][end][0], KJ_MONTH(year, 1), &at->x[end]) &&
                        value_at(journal, policy->name, coordinates[line][end][1], KJ_MONTH(year, 1), &at->y[end]);
            if (!there) continue;
            snprintf(at->title, sizeof at->title, "%s", title_of(policy, language));
            if (has_param(policy, "radius")) at->radius = value_in(l, journal, policy->name, "radius", year);
            n++;
        }
    }
    return n;
}

int32_t kj_live_branch_year(const kj_live *l)
{
    const kj_journal *journal = &l->undo[l->at];
    return journal->n ? KJ_YEAR_OF(journal->items[journal->n - 1].month) : 0;
}

void kj_live_undo(kj_live *l)
{
    if (l->at == 0) return;
    l->at--;
    l->last_name[0] = 0;
    ask(l);
}

void kj_live_redo(kj_live *l)
{
    if (l->at + 1 >= l->n_undo) return;
    l->at++;
    l->last_name[0] = 0;
    ask(l);
}

kj_status kj_live_write_journal(kj_error *err, kj_live *l, const char *path)
{
    char hash[33];
    kj_live_hash(l, B, hash);
    return kj_replay_write(err, &l->request, &l->undo[l->at], hash, path);
}

/* ---- controls ---- */

static double round_step(double span)
{
    double power = pow(10.0, floor(log10(span / 40.0)));
    return span / 40.0 / power > 5.0 ? 10.0 * power : span / 40.0 / power > 2.0 ? 5.0 * power : span / 40.0 / power > 1.0 ? 2.0 * power : power;
}

static void add_policy(kj_live *l, int language, int32_t year, int32_t p, kj_live_controls *out)
{
    const kj_policy *policy = &l->scenario->policy[p];
    if (out->n >= KJ_LIVE_CONTROLS_MAX) return;
    kj_live_control *c = &out->items[out->n++];
    *c = (kj_live_control){.is_policy = true, .policy = p, .value = value_in(l, &l->undo[l->at], policy->name, "enabled", year), .place = place_of(policy)};
    snprintf(c->name, sizeof c->name, "%s", policy->name);
    snprintf(c->title, sizeof c->title, "%s", title_of(policy, language));
    snprintf(c->english, sizeof c->english, "%s", policy->title[0] ? policy->title[0] : policy->name);
}

/* Range, steps and decimals of a slider; a declared range may be absurdly wide ("0 to a million"): sliders reach five times the default. */
static void scale_lever(kj_live_control *c, double def, double low, double high, bool is_whole)
{
    c->low = low;
    c->high = def > 0.0 && high > 8.0 * def ? 5.0 * def : high;
    c->step = is_whole ? fmax(1.0, round_step(c->high - low)) : round_step(c->high - low);
    for (double s = c->step; s < 0.999999 && c->decimals < 4; s *= 10.0) c->decimals++;
}

static void add_lever(kj_live *l, int language, int32_t year, int32_t p, int32_t i, kj_live_controls *out)
{
    const kj_policy *policy = &l->scenario->policy[p];
    const kj_policy_param *param = &policy->params[i];
    if (out->n >= KJ_LIVE_CONTROLS_MAX) return;
    kj_live_control *c = &out->items[out->n++];
    *c = (kj_live_control){.policy = p, .index = p * 64 + i, .value = value_in(l, &l->undo[l->at], policy->name, param->name, year)};
    c->kind = param->kind == KJ_PARAM_FACILITY ? KJ_LEVER_FACILITY : param->kind == KJ_PARAM_GRADE ? KJ_LEVER_GRADE : KJ_LEVER_NUMBER;
    c->facility = param->facility;
    if (param->zero[language]) snprintf(c->at_zero, sizeof c->at_zero, "%s", param->zero[language]);
    scale_lever(c, param->def, param->min, param->max, param->kind != KJ_PARAM_NUMBER);
    snprintf(c->unit, sizeof c->unit, "%s", param->kind == KJ_PARAM_SWITCH ? "boolean" : param->unit ? param->unit : "1");
    snprintf(c->title, sizeof c->title, "%s", param->title[language] ? param->title[language] : param->title[0] ? param->title[0] : param->name);
    snprintf(c->english, sizeof c->english, "%s", param->title[0] ? param->title[0] : param->name);
}

/* Parameters have names, not titles: "adoption_rate" reads "Adoption rate". */
static void read_name(const char *name, char *out, size_t out_bytes)
{
    const char *dot = strchr(name, '.');
    snprintf(out, out_bytes, "%s", dot ? dot + 1 : name);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
    if (out[0] >= 'a' && out[0] <= 'z') out[0] = (char)(out[0] - 'a' + 'A');
}

static void add_plugin_lever(kj_live *l, int32_t year, uint32_t i, kj_live_controls *out)
{
    const plugin_param *param = &l->params[i];
    kj_live_control *c = &out->items[out->n++];
    *c = (kj_live_control){.index = PLUGIN_LEVERS + (int32_t)i, .value = value_named(l, &l->undo[l->at], param->name, year)};
    scale_lever(c, param->def, param->low, param->high, param->is_whole);
    snprintf(c->unit, sizeof c->unit, "%s", param->unit);
    snprintf(c->plugin, sizeof c->plugin, "%s", param->plugin);
    snprintf(c->sentence, sizeof c->sentence, "%s", param->sentence);
    read_name(param->name, c->title, sizeof c->title);
    read_name(param->name, c->english, sizeof c->english);
}

void kj_live_controls_of(kj_live *l, int language, int32_t year, kj_live_controls *out)
{
    int32_t n_levers = 0;
    *out = (kj_live_controls){.can_undo = l->at > 0, .can_redo = l->at + 1 < l->n_undo};
    for (uint32_t i = 0; i < l->n_params; i++) { /* first: who loads a plugin wants to see it */
        if (i < KJ_LIVE_LEVERS_MAX) add_plugin_lever(l, year, i, out);
        else out->n_more++;
    }
    for (uint32_t p = 0; p < l->scenario->n_policies; p++) {
        const kj_policy *policy = &l->scenario->policy[p];
        add_policy(l, language, year, (int32_t)p, out);
        if (value_in(l, &l->undo[l->at], policy->name, "enabled", year) == 0.0) continue;
        for (uint32_t i = 0; i < policy->n_params && i < 64 && n_levers < KJ_LIVE_LEVERS_MAX; i++) {
            if (!is_lever(&policy->params[i])) continue;
            add_lever(l, language, year, (int32_t)p, (int32_t)i, out);
            n_levers++;
        }
    }
    SDL_LockMutex(l->lock);
    if (l->failed) snprintf(out->status, sizeof out->status, "%.190s", l->error.text);
    else if (!l->idle) snprintf(out->status, sizeof out->status, "%c %d", 'A' + l->now_track, l->now_year);
    SDL_UnlockMutex(l->lock);
}
