/* Audit runs: a system that changed what it did not declare, or left a value out of range, is named at once. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "../base/text.h"
#include "internal.h"

static uint64_t column_hash(const kj_sim *sim, uint32_t c)
{
    const kj_rows *rows = &sim->store.tables[sim->cols[c].table];
    const kj_column *column = &rows->columns[sim->cols[c].column];
    return rows->n_rows ? XXH3_64bits(column->data, (size_t)rows->n_rows * kj_type_bytes(column->type)) : 0;
}

kj_status kj_audit_begin(kj_error *err, kj_sim *sim, kj_audit *audit)
{
    audit->hashes = calloc(sim->n_cols + 1u, sizeof *audit->hashes);
    if (!audit->hashes) return kj_fail(err, KJ_E_MEMORY, "out of memory for the audit");
    for (uint32_t c = 0; c < sim->n_cols; c++) audit->hashes[c] = column_hash(sim, c);
    return KJ_OK;
}

/* Creating rows changes every column of the table, at the new rows only: allowed. */
static bool may_change(const kj_sim *sim, const kj_system *s, uint32_t c)
{
    for (uint32_t u = 0; u < s->def.n_uses; u++) {
        const kj_use *use = &s->uses[u];
        if (use->kind == KJ_USE_COLUMN && use->index1 == c + 1 && (use->access == KJ_WRITE || use->access == KJ_ADD)) return true;
        if (use->kind == KJ_USE_TABLE && use->index1 == sim->cols[c].table + 1) return true;
    }
    return false;
}

/* who: "system 'x'" or "plugin 'x'". Columns without a range are checked for numbers that are none. */
static kj_status check_range(kj_error *err, const kj_sim *sim, const char *kind, const char *who, uint32_t c)
{
    const kj_rows *rows = &sim->store.tables[sim->cols[c].table];
    const kj_column *column = &rows->columns[sim->cols[c].column];
    bool is_float = column->type == KJ_F32 || column->type == KJ_F64, has_range = column->min != 0.0 || column->max != 0.0;
    if (!has_range && !is_float) return KJ_OK;
    double min = has_range ? column->min : -DBL_MAX, max = has_range ? column->max : DBL_MAX;
    char range[KJ_RANGE_TEXT];
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        double value = kj_column_value(column, row);
        if (rows->alive[row] && !(value >= min && value <= max))
            return kj_fail(err, KJ_E_RANGE, "%d-%02d, %s '%s' left %s.%s of id %u at %.15g: expected %s",
                           KJ_YEAR_OF(sim->now), KJ_MONTH_OF_YEAR(sim->now), kind, who, rows->name, column->name,
                           rows->ids[row], value, kj_range_text(min, max, column->unit, range));
    }
    return KJ_OK;
}

kj_status kj_modules_check(kj_error *err, const kj_sim *sim)
{
    for (uint32_t c = 0; c < sim->n_cols; c++) {
        const kj_plugin_info *info = &sim->plugins[sim->cols[c].plugin].info;
        kj_status status = info->path ? check_range(err, sim, "plugin", info->def->id, c) : KJ_OK;
        if (status) return status;
    }
    return KJ_OK;
}

kj_status kj_audit_end(kj_error *err, kj_sim *sim, const kj_system *s, kj_audit *audit)
{
    for (uint32_t c = 0; c < sim->n_cols; c++) {
        if (may_change(sim, s, c)) {
            kj_status status = check_range(err, sim, "system", s->name, c);
            if (status) return status;
        } else if (column_hash(sim, c) != audit->hashes[c]) {
            return kj_fail(err, KJ_E_UNDECLARED, "%d-%02d, system '%s' changed %s.%s, which it did not declare",
                           KJ_YEAR_OF(sim->now), KJ_MONTH_OF_YEAR(sim->now), s->name,
                           sim->store.tables[sim->cols[c].table].name, kj_sim_column(sim, c + 1)->name);
        }
    }
    return KJ_OK;
}
