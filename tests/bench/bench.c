/* The benchmark: cost of the month loop by threads and systems, and of the pieces under it. Prints a table and appends
   CSV rows, so that machines can be compared; nothing here is a test, and no test is timed. */
#include <getopt.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/base/threads.h"
#include "../../core/rng/batch.h"
#include "../../core/run/outcome.h"
#include "../../core/run/prepare.h"
#include "../../core/run/run.h"
#include "../../core/space/travel.h"
#include "assignment/min_cost.h"
#include "assignment/school_choice.h"
#include "border.h"
#include "growth.h"
#include "market.h"
#include "timing.h"

enum { REPEATS_MAX = 25, THREADS_MAX = 16 };

typedef struct plan {
    const char *scenario, *map, *csv, *schelling;
    int years, repeats, n_threads;
    int threads[THREADS_MAX];
} plan;

static const char *machine(char out[128])
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    snprintf(out, 128, "unknown");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0) {
            snprintf(out, 128, "%.*s", (int)strcspn(strchr(line, ':') + 2, "\n"), strchr(line, ':') + 2);
            break;
        }
    if (file) fclose(file);
    for (char *c = out; *c; c++)
        if (*c == ',') *c = ' ';
    return out;
}

static void row(const plan *p, const char *work, int threads, double value, const char *unit)
{
    char name[128], host[64] = "host", date[16];
    time_t now = time(NULL);
    struct tm tm;
    strftime(date, sizeof date, "%F", gmtime_r(&now, &tm));
    gethostname(host, sizeof host - 1);
    FILE *csv = fopen(p->csv, "a");
    if (!csv) return;
    if (ftell(csv) == 0) fputs("date,host,machine,compiler,work,threads,value,unit\n", csv);
    fprintf(csv, "%s,%s,%s,%s,%s,%d,%.4g,%s\n", date, host, machine(name), __VERSION__, work, threads, value, unit);
    fclose(csv);
}

static void row_of(void *p, const char *work, int threads, double value, const char *unit) { row(p, work, threads, value, unit); }

static void print_tables(const kj_store *store)
{
    puts("  table              rows   bytes a row   MB allocated");
    for (uint32_t t = 0; t < store->n_tables; t++) {
        const kj_rows *rows = &store->tables[t];
        uint32_t width = 1 + sizeof(kj_id);
        for (uint32_t c = 0; c < rows->n_columns; c++) width += kj_type_bytes(rows->columns[c].type);
        if (rows->counted > 100000) printf("  %-14s %8u   %11u   %12.2f\n", rows->name, rows->n_rows, width, (double)rows->counted / 1e6);
    }
}

/* One whole loop; returns its seconds. */
static kj_status loop_once(kj_error *err, const plan *p, int threads, bool print_systems, double *loop, kj_outcome *out, int64_t *cells)
{
    kj_request request;
    kj_prepared prepared;
    kj_request_init(&request);
    request.scenario = strdup(p->scenario);
    request.map = p->map ? strdup(p->map) : NULL;
    request.years = p->years;
    request.n_threads = threads;
    kj_status status = kj_prepare(err, &request, true, true, &prepared);
    if (!status) {
        status = kj_prepared_start(err, &prepared);
        double began = seconds();
        while (!status && kj_sim_now(prepared.sim) < kj_sim_get_config(prepared.sim)->end) status = kj_sim_month(err, prepared.sim);
        *loop = seconds() - began;
        *cells = kj_grid_cells(kj_sim_grid(prepared.sim));
        if (!status) status = kj_outcome_read(err, prepared.sim, out);
        if (!status && print_systems) {
            puts("\n  system                        ns a person-month   share");
            for (uint32_t s = 0; s < kj_sim_n_systems(prepared.sim); s++) {
                kj_system_info info;
                kj_sim_system(prepared.sim, s, &info);
                double ns = (double)info.nanoseconds / (double)out->person_months;
                if (info.phase != KJ_PHASE_START && ns >= 0.005)
                    printf("  %-28s  %8.2f           %5.1f %%\n", info.name, ns, 100.0 * (double)info.nanoseconds / 1e9 / *loop);
            }
            print_tables(kj_sim_store(prepared.sim));
            puts("");
        }
        kj_prepared_free(&prepared);
    }
    kj_request_free(&request);
    return status;
}

static kj_status bench_loop(kj_error *err, const plan *p)
{
    double one = 0;
    for (int t = 0; t < p->n_threads; t++) {
        double times[REPEATS_MAX];
        kj_outcome out = {0};
        int64_t cells = 0;
        for (int r = 0; r < p->repeats; r++) {
            kj_status status = loop_once(err, p, p->threads[t], r + 1 == p->repeats, &times[r], &out, &cells);
            if (status) return status;
        }
        double wall = median(times, p->repeats), ns = wall * 1e9 / (double)out.person_months; /* sorts the times */
        double fastest = times[0] * 1e9 / (double)out.person_months;
        double per_person = ((double)out.peak_memory_bytes - 100.0 * (double)cells) / (double)out.population_end;
        if (t == 0) {
            one = wall;
            printf("month loop: %s, %lld persons at the end, %lld cells, %.1f million person-months, hash %s\n", p->scenario,
                   (long long)out.population_end, (long long)cells, (double)out.person_months / 1e6, out.state_hash);
        }
        printf("%2d threads: %7.3f s  %6.2f ns a person-month (fastest %.2f)  %.2f x of %d thread%s  state+scratch %.1f MB (%.0f bytes a person beside 100 a cell), "
               "resident %.1f MB\n", p->threads[t], wall, ns, fastest, one / wall, p->threads[0], p->threads[0] == 1 ? "" : "s",
               (double)out.peak_memory_bytes / 1e6, per_person, (double)out.resident_bytes / 1e6);
        row(p, "month_loop", p->threads[t], ns, "ns/person-month");
        row(p, "month_loop_memory", p->threads[t], (double)out.peak_memory_bytes, "bytes");
    }
    return KJ_OK;
}

static void bench_draws(const plan *p)
{
    enum { N = 1 << 20 };
    uint64_t *luck = malloc(N * sizeof *luck);
    uint32_t *out = malloc(4 * N * sizeof *out), sum = 0;
    double single[5], batch[5];
    if (!luck || !out) return;
    for (uint64_t i = 0; i < N; i++) luck[i] = kj_luck(1, i, 0);
    kj_stream stream = {{1, 2}};
    for (int r = 0; r < 5; r++) {
        double began = seconds();
        for (int i = 0; i < N; i++) sum += kj_draw(stream, luck[i], 1451, 0).v[i & 3];
        single[r] = (seconds() - began) * 1e9 / (4.0 * N);
        began = seconds();
        kj_draw_many(stream, luck, N, 1451, 0, out, N);
        batch[r] = (seconds() - began) * 1e9 / (4.0 * N); /* four draws each */
        sum += out[N / 2];
    }
    printf("keyed draws: %.2f ns one by one, %.2f ns in batches (checksum %08x)\n", median(single, 5), median(batch, 5), sum);
    row(p, "draw_single", 1, single[2], "ns/draw");
    row(p, "draw_batch", 1, batch[2], "ns/draw");
    free(luck);
    free(out);
}

static void bench_travel(const plan *p)
{
    kj_grid grid = {.nx = 1000, .ny = 1000, .cell_m = 100};
    int32_t n = kj_grid_cells(&grid), *out = malloc((size_t)n * sizeof *out), *nearest = malloc((size_t)n * sizeof *nearest);
    uint16_t *step = malloc((size_t)n * sizeof *step);
    void *work = malloc(kj_travel_work_bytes(&grid));
    int32_t entrances[100];
    if (!out || !nearest || !step || !work) return;
    for (int32_t c = 0; c < n; c++) step[c] = (uint16_t)(60 + c % 7 * 10);
    for (int32_t e = 0; e < 100; e++) entrances[e] = (int32_t)(kj_luck(3, (uint64_t)e, 0) % (uint64_t)n);
    double began = seconds();
    kj_travel_cost(&grid, step, entrances, 100, out, nearest, work);
    double ns = (seconds() - began) * 1e9 / n;
    printf("travel cost: %.0f ns a cell (1000 x 1000 cells, 100 entrances)\n", ns);
    row(p, "travel_cost", 1, ns, "ns/cell");
    free(out), free(nearest), free(step), free(work);
}

/* 50 000 pupils and 100 schools by lot on a square of 10 km, places 103 % of the pupils. Exact assignment, then deferred
   acceptance with the ten nearest as wishes and relative nearness to the nearest as priority. */
static void bench_assignment(const plan *p)
{
    enum { N = 50000, M = 100, WISHES = 10, REPEATS = 5 };
    int32_t *cost = malloc((size_t)N * M * sizeof *cost), places[M];
    uint32_t *school = malloc(N * sizeof *school), *wish = malloc((size_t)N * WISHES * sizeof *wish);
    int64_t *priority = malloc((size_t)N * WISHES * sizeof *priority);
    choice_market market = {N, M, WISHES, wish, priority, places};
    size_t bytes = assign_work_bytes(N, M) > choice_work_bytes(&market) ? assign_work_bytes(N, M) : choice_work_bytes(&market);
    void *work = aligned_alloc(64, bytes);
    if (!cost || !school || !wish || !priority || !work) return;
    for (uint64_t j = 0; j < M; j++) places[j] = (int32_t)(N * 103 / 100 / M);
    for (uint64_t i = 0; i < N; i++) {
        int32_t x = (int32_t)(kj_luck(11, i, 0) % 10000), y = (int32_t)(kj_luck(11, i, 1) % 10000);
        for (uint64_t j = 0; j < M; j++)
            cost[i * M + j] = abs(x - (int32_t)(kj_luck(12, j, 0) % 10000)) + abs(y - (int32_t)(kj_luck(12, j, 1) % 10000));
        for (uint32_t r = 0; r < WISHES; r++) {
            uint32_t best = CHOICE_NONE;
            for (uint32_t j = 0; j < M; j++) {
                bool listed = false;
                for (uint32_t q = 0; q < r; q++) listed |= wish[i * WISHES + q] == j;
                if (!listed && (best == CHOICE_NONE || cost[i * M + j] < cost[i * M + best])) best = j;
            }
            wish[i * WISHES + r] = best;
            priority[i * WISHES + r] = (int64_t)cost[i * M + best] - cost[i * M + wish[i * WISHES]];
        }
    }
    for (int t = 0; t < p->n_threads; t++) {
        double times[REPEATS];
        assignment_result result = {.school = school};
        for (int r = 0; r < REPEATS; r++) {
            double began = seconds();
            if (assign_min_cost(&(assignment_problem){N, M, cost, places, p->threads[t]}, work, &result)) return;
            times[r] = seconds() - began;
        }
        printf("exact assignment, 50 000 pupils x 100 schools: %.3f s on %d thread%s (total %lld)\n", median(times, REPEATS), p->threads[t],
               p->threads[t] == 1 ? "" : "s", (long long)result.total);
        row(p, "assign_min_cost_50000x100", p->threads[t], median(times, REPEATS), "s");
    }
    double times[REPEATS];
    uint32_t n_placed = 0;
    for (int r = 0; r < REPEATS; r++) {
        double began = seconds();
        choice_deferred_acceptance(&market, work, school);
        times[r] = seconds() - began;
    }
    for (uint32_t i = 0; i < N; i++) n_placed += school[i] != CHOICE_NONE;
    printf("deferred acceptance, 50 000 pupils x 10 wishes: %.3f s (%u placed)\n", median(times, REPEATS), n_placed);
    row(p, "deferred_acceptance_50000x10", 1, median(times, REPEATS), "s");
    free(cost), free(school), free(wish), free(priority), free(work);
}

static void bench_growth(const plan *p)
{
    enum { REPEATS = 5 };
    for (int t = 0; t < p->n_threads; t++) {
        double rates[REPEATS];
        growth_result result = {0};
        for (int r = 0; r < REPEATS; r++) {
            result = growth_run(p->threads[t]);
            rates[r] = (double)result.n_developed / result.seconds / 1e6;
        }
        printf("patch growth, 1000 x 1000 cells, 16 zones, 1 %% a year, 20 years: %.2f million developed cells/s on %d thread%s (%lld cells, %016llx)\n",
               median(rates, REPEATS), p->threads[t], p->threads[t] == 1 ? "" : "s", (long long)result.n_developed,
               (unsigned long long)result.fingerprint);
        row(p, "patch_growth_F1", p->threads[t], median(rates, REPEATS), "million cells/s");
    }
}

static void bench_relocation(const plan *p)
{
    enum { REPEATS = 5 };
    for (int t = 0; t < p->n_threads; t++) {
        double times[REPEATS];
        relocation_result r = {0};
        for (int k = 0; k < REPEATS; k++) {
            r = relocation_run(p->threads[t]);
            times[k] = r.seconds;
        }
        double ms = median(times, REPEATS) * 1e3;
        printf("relocation, 1 000 000 households, 50 homes each: %.1f ms on %d thread%s (%u of %u movers placed in %u rounds, %u double bookings, mean school %.4f, %016llx)\n",
               ms, p->threads[t], p->threads[t] == 1 ? "" : "s", r.n_placed, r.n_movers, r.n_rounds, r.n_double, r.mean_school,
               (unsigned long long)r.fingerprint);
        row(p, "relocation_U3", p->threads[t], ms, "ms");
        row(p, "relocation_U3_mean_school", p->threads[t], r.mean_school, "1");
    }
}

static void bench_market(const plan *p)
{
    static const struct { const char *name; uint32_t households; int months; } sizes[] = {{"H1", 10000, 2001}, {"H2", 100000, 501}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (int t = 0; t < p->n_threads; t++) {
            char name[32];
            market_result r = market_run(sizes[k].households, sizes[k].months, p->threads[t]);
            double rate = (double)r.household_months / r.seconds / 1e6;
            printf("housing market by month, %u households, %d months: %.2f million household-months/s on %d thread%s (%.3f moves a household and year)\n",
                   sizes[k].households, sizes[k].months, rate, p->threads[t], p->threads[t] == 1 ? "" : "s", 12.0 * (double)r.moves / (double)r.household_months);
            snprintf(name, sizeof name, "housing_market_%s", sizes[k].name);
            row(p, name, p->threads[t], rate, "million household-months/s");
        }
}

static int parse_threads(const char *text, plan *p)
{
    p->n_threads = 0;
    for (const char *at = text; *at && p->n_threads < THREADS_MAX;) {
        char *end;
        long n = strtol(at, &end, 10);
        if (end == at || n < 1 || n > 1024) return -1;
        p->threads[p->n_threads++] = (int)n;
        at = *end == ',' ? end + 1 : end;
    }
    return p->n_threads ? 0 : -1;
}

static int usage(int status)
{
    puts("usage: ./dev bench [--scenario FILE] [--map NAME|FOLDER] [--years N] [--threads 1,2] [--repeats N] [--csv FILE]\n"
         "                   [--schelling FILE.so]\n\n"
         "Measures the month loop without output (median of the repeats), by threads and systems, and the pieces under it.\n"
         "Appends to a CSV with a line a figure (default out/bench.csv). Lund's size: import maps/lund/recipe.lua first\n"
         "(README), then ./dev bench --scenario scripts/scenarios/lund_2040.lua --map out/maps/lund.\n"
         "--schelling: the example plugin as a module (docs/plugin-authors.md says how to build it).");
    return status;
}

int main(int argc, char **argv)
{
    kj_threads_wait_passively(argv);
    plan p = {.scenario = "scripts/scenarios/varnamo_2035.lua", .csv = "out/bench.csv", .years = 10, .repeats = 5, .n_threads = 2, .threads = {1, 2}};
    static const struct option table[] = {{"scenario", 1, 0, 's'}, {"map", 1, 0, 'm'},     {"years", 1, 0, 'y'}, {"threads", 1, 0, 't'},
                                          {"repeats", 1, 0, 'r'},  {"csv", 1, 0, 'c'}, {"schelling", 1, 0, 'S'}, {"help", 0, 0, 'h'},  {0}};
    for (int o; (o = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        if (o == 's') p.scenario = optarg;
        else if (o == 'm') p.map = optarg;
        else if (o == 'y') p.years = atoi(optarg);
        else if (o == 'r') p.repeats = atoi(optarg);
        else if (o == 'c') p.csv = optarg;
        else if (o == 'S') p.schelling = optarg;
        else if (o == 't' && parse_threads(optarg, &p)) return usage(2);
        else if (o == 'h' || o == '?') return usage(o == 'h' ? 0 : 2);
    }
    if (p.years < 1 || p.repeats < 1 || p.repeats > REPEATS_MAX) return usage(2);
    if (strncmp(p.csv, "out/", 4) == 0) mkdir("out", 0755);
    char name[128];
    printf("machine: %s, %d processors, compiler %s\n\n", machine(name), omp_get_num_procs(), __VERSION__);
    kj_error err;
    if (bench_loop(&err, &p)) {
        fprintf(stderr, "kedja-bench: error: %s\n", err.text);
        return kj_exit_status(err.status);
    }
    bench_draws(&p);
    bench_travel(&p);
    bench_assignment(&p);
    kj_status status = kj_bench_border(&err, row_of, &p);
    if (!status && p.schelling) status = kj_bench_schelling(&err, p.schelling, row_of, &p);
    if (status) {
        fprintf(stderr, "kedja-bench: error: %s\n", err.text);
        return kj_exit_status(err.status);
    }
    bench_growth(&p);
    bench_relocation(&p);
    bench_market(&p);
    printf("figures appended to %s\n", p.csv);
    return 0;
}
