#include "reprojection.h"

#include <math.h>
#include <string.h>

static int submarket(const kj_forest *f, uint32_t row) { return 2 * (f->tenure[row] < KJ_TENURE_COUNT ? f->tenure[row] : 0) + (f->rooms[row] >= 3); }
static bool inside(kj_window_months w, kj_month month) { return month > w.from && month <= w.to; }

bool kj_fundamental_matrix(const double q[KJ_SUBMARKETS][KJ_SUBMARKETS], double out[KJ_SUBMARKETS][KJ_SUBMARKETS])
{
    enum { N = KJ_SUBMARKETS };
    double a[N][2 * N];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i == j ? 1.0 : 0.0) - q[i][j];
            a[i][N + j] = i == j ? 1.0 : 0.0;
        }
    for (int k = 0; k < N; k++) { /* Gauss-Jordan with partial pivots */
        int best = k;
        for (int i = k + 1; i < N; i++)
            if (fabs(a[i][k]) > fabs(a[best][k])) best = i;
        if (fabs(a[best][k]) < 1e-12) return false;
        for (int j = 0; j < 2 * N; j++) {
            double held = a[k][j];
            a[k][j] = a[best][j];
            a[best][j] = held;
        }
        double pivot = a[k][k];
        for (int j = 0; j < 2 * N; j++) a[k][j] /= pivot;
        for (int i = 0; i < N; i++) {
            double factor = a[i][k];
            for (int j = 0; j < 2 * N && i != k; j++) a[i][j] -= factor * a[k][j];
        }
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) out[i][j] = a[i][N + j];
    return true;
}

void kj_transitions(const kj_forest *f, kj_window_months window, double q[KJ_SUBMARKETS][KJ_SUBMARKETS])
{
    double total[KJ_SUBMARKETS] = {0};
    memset(q, 0, sizeof(double) * KJ_SUBMARKETS * KJ_SUBMARKETS);
    for (uint32_t row = 0; row < f->n; row++) {
        if (f->stage[row] != KJ_STAGE_CLOSED || !inside(window, f->closed[row])) continue;
        int from = submarket(f, row);
        total[from]++;
        if (f->child[row]) q[from][submarket(f, f->child[row] - 1)]++;
    }
    for (int i = 0; i < KJ_SUBMARKETS; i++)
        for (int j = 0; j < KJ_SUBMARKETS; j++) q[i][j] = total[i] > 0.0 ? q[i][j] / total[i] : 0.0;
}

/* Roots and all vacancies of their chains by submarket, for roots opened in a window. */
static void count_chains(const kj_forest *f, kj_window_months window, double *roots, double *vacancies)
{
    for (uint32_t row = 0; row < f->n; row++) {
        uint32_t root = f->root[row] - 1;
        if (f->cause[root] == KJ_CAUSE_START || !inside(window, f->opened[root])) continue;
        vacancies[submarket(f, row)]++;
        if (root == row) roots[submarket(f, row)]++;
    }
}

double kj_reprojection_error(const kj_forest *f, kj_window_months fitted, kj_window_months ahead, double *baseline)
{
    double q[KJ_SUBMARKETS][KJ_SUBMARKETS], inverse[KJ_SUBMARKETS][KJ_SUBMARKETS];
    double roots[KJ_SUBMARKETS] = {0}, seen[KJ_SUBMARKETS] = {0}, old_roots[KJ_SUBMARKETS] = {0}, old[KJ_SUBMARKETS] = {0};
    double error = 0.0, plain = 0.0, total = 0.0, n_roots = 0.0, n_old = 0.0;
    kj_transitions(f, fitted, q);
    *baseline = (double)NAN;
    if (!kj_fundamental_matrix(q, inverse)) return (double)NAN;
    count_chains(f, ahead, roots, seen);
    count_chains(f, fitted, old_roots, old);
    for (int i = 0; i < KJ_SUBMARKETS; i++) n_roots += roots[i], n_old += old_roots[i];
    for (int j = 0; j < KJ_SUBMARKETS; j++) {
        double projected = 0.0;
        for (int i = 0; i < KJ_SUBMARKETS; i++) projected += roots[i] * inverse[i][j];
        error += fabs(projected - seen[j]);
        plain += fabs((n_old > 0.0 ? old[j] / n_old * n_roots : 0.0) - seen[j]);
        total += seen[j];
    }
    if (total <= 0.0) return (double)NAN;
    *baseline = plain / total;
    return error / total;
}
