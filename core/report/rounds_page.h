/* Chart of moving chains: who moved in, round by round, by income, and into which areas. */
#ifndef KEDJA_REPORT_ROUNDS_PAGE_H
#define KEDJA_REPORT_ROUNDS_PAGE_H

#include "../chains/chain_stats.h"
#include "../draw/canvas.h"

enum { KJ_ROUNDS_PAGE_W = 1600, KJ_ROUNDS_PAGE_H = 900 };

void kj_rounds_page_draw(kj_canvas *canvas, const kj_forest *forest, const kj_chain_stats *stats);
/* Two worlds, A above B in each round. */
void kj_rounds_pair_draw(kj_canvas *canvas, const kj_forest forests[2], const kj_chain_stats stats[2]);
/* Writes a PNG; language "en", "sv" or "da". KJ_E_INPUT for another language or a name that does not end in .png, KJ_E_IO. */
kj_status kj_rounds_page_png(kj_error *err, const kj_forest *forest, const kj_chain_stats *stats, const char *png_path, const char *language);

#endif
