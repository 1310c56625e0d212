/* A simple table: a heading row, text in the first column, figures right-aligned in the others. */
#ifndef KEDJA_DRAW_TABLE_DRAW_H
#define KEDJA_DRAW_TABLE_DRAW_H

#include "canvas.h"

typedef struct kj_table_sheet {
    const char *const *cells; /* n_rows × n_columns texts, row by row; row 0 is the heading */
    int32_t n_rows, n_columns;
    double text_size;
} kj_table_sheet;

/* Draws into the box's width from its top; rows get as tall as the box allows, at most 1.9 times the text size. Returns
   the height used. */
double kj_table_draw(kj_canvas *canvas, const kj_box *box, const kj_table_sheet *sheet);

#endif
