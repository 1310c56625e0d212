/* Draws for many persons at once. */
#include "demography.h"

uint32_t due_find(const kj_run_v1 *run, due_people *due, const due_columns *c, kj_stream stream, uint32_t begin, uint32_t end, kj_month month)
{
    uint32_t next = due_rows(c, begin, end, month_index(month), due->row, &due->n);
    for (uint32_t i = 0; i < due->n; i++) due->luck[i] = c->luck[due->row[i]];
    run->draw_many(stream, due->luck, due->n, month, 0, due->draw[0], DUE_ROOM);
    return next;
}
