#include "recorded.h"

#include <string.h>

static bool has_flag(const kj_rows *rows, uint32_t flag)
{
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (rows->columns[c].flags & flag) return true;
    return false;
}

bool kj_recorded_table(const kj_rows *rows, bool packed)
{
    return has_flag(rows, KJ_RECORD) || (packed && has_flag(rows, KJ_FINAL)) || !strcmp(rows->name, "cell");
}

kj_recorded kj_recorded_how(const kj_rows *rows, const kj_column *column, bool packed)
{
    bool layer = !strcmp(rows->name, "cell");
    if (layer && column->type == KJ_TEXT) return KJ_RECORDED_NOT;
    if (column->flags & KJ_FINAL) return packed ? KJ_RECORDED_FINAL : KJ_RECORDED_NOT;
    if (column->flags & KJ_RECORD) return column->type == KJ_TEXT ? KJ_RECORDED_STATIC : KJ_RECORDED_YEARLY;
    if (!layer && !has_flag(rows, KJ_RECORD)) return KJ_RECORDED_NOT;
    return (column->flags & KJ_INPUT) || column->type == KJ_TEXT ? KJ_RECORDED_STATIC : KJ_RECORDED_NOT;
}

void kj_recorded_fill_value(kj_type type, void *out)
{
    uint64_t bits = 0;
    switch (type) {
    case KJ_U8: bits = UINT8_MAX; break;
    case KJ_I16: bits = UINT64_C(1) << 15; break;
    case KJ_I32: bits = UINT64_C(1) << 31; break;
    case KJ_I64: bits = UINT64_C(1) << 63; break;
    case KJ_F32: bits = UINT64_C(0x7FC00000); break;
    case KJ_F64: bits = UINT64_C(0x7FF8000000000000); break;
    case KJ_ID:
    case KJ_TEXT:
    case KJ_KEY: break;
    }
    memcpy(out, &bits, sizeof bits);
}

const char *kj_told_unit(const char *unit, double *factor)
{
    bool money = strcmp(unit, "1e-2 SEK") == 0;
    *factor = money ? 1e-2 : 1.0;
    return money ? "SEK" : unit;
}
