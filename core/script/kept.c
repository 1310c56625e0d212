#include "kept.h"

kept_head *kept_next(kj_sim *sim, const kept_head *at)
{
    kj_kept *kept = kj_sim_kept(sim);
    size_t from = at ? (size_t)((const uint8_t *)at - kept->bytes) + at->bytes : 0;
    if (from + sizeof(kept_head) > kept->n) return NULL;
    kept_head *next = (kept_head *)(void *)(kept->bytes + from);
    return next->bytes >= sizeof *next && next->bytes % 8 == 0 && from + next->bytes <= kept->n ? next : NULL;
}

kept_head *kept_add(kj_sim *sim, kept_kind kind, int32_t year, uint32_t of, size_t bytes)
{
    bytes = (bytes + 7) / 8 * 8;
    if (bytes > UINT32_MAX) return NULL;
    kept_head *made = (kept_head *)(void *)kj_sim_keep(sim, bytes);
    if (made) *made = (kept_head){(uint32_t)bytes, kind, year, of};
    return made;
}
