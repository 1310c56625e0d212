#include "table_draw.h"

enum { COLUMNS_MAX = 12 };

static kj_text_style cell_style(const kj_table_sheet *sheet, int32_t row, int32_t column)
{
    bool heading = row == 0;
    return (kj_text_style){.size = sheet->text_size,
                           .weight = heading || column > 0 ? 600 : 400,
                           .color = heading ? KJ_COLOR_MUTED : KJ_COLOR_INK,
                           .align = column > 0 ? KJ_ALIGN_RIGHT : KJ_ALIGN_LEFT,
                           .tabular = true};
}

/* Figure columns are as wide as their widest cell; the first column takes the rest. */
static void column_edges(kj_canvas *canvas, const kj_box *box, const kj_table_sheet *sheet, double *right)
{
    double edge = box->x + box->w;
    for (int32_t column = sheet->n_columns - 1; column > 0; column--) {
        double widest = 0.0;
        for (int32_t row = 0; row < sheet->n_rows; row++) {
            kj_text_style style = cell_style(sheet, row, column);
            double width = kj_text_measure(canvas, &style, sheet->cells[row * sheet->n_columns + column]).width;
            if (width > widest) widest = width;
        }
        right[column] = edge;
        edge -= widest + sheet->text_size * 1.2;
    }
    right[0] = edge;
}

double kj_table_draw(kj_canvas *canvas, const kj_box *box, const kj_table_sheet *sheet)
{
    double right[COLUMNS_MAX], step = box->h / (double)sheet->n_rows;
    if (sheet->n_columns > COLUMNS_MAX || sheet->n_rows < 1) return 0.0;
    if (step > sheet->text_size * 1.9) step = sheet->text_size * 1.9;
    column_edges(canvas, box, sheet, right);
    kj_canvas_tag_begin(canvas, "Table");
    for (int32_t row = 0; row < sheet->n_rows; row++) {
        double y = box->y + step * (double)row;
        kj_canvas_tag_begin(canvas, "TR");
        for (int32_t column = 0; column < sheet->n_columns; column++) {
            kj_text_style style = cell_style(sheet, row, column);
            if (column == 0) style.max_width = right[0] - box->x;
            const char *text = sheet->cells[row * sheet->n_columns + column];
            double height = kj_text_measure(canvas, &style, text).height;
            kj_canvas_tag_begin(canvas, row == 0 ? "TH" : "TD");
            kj_text_draw(canvas, column > 0 ? right[column] : box->x, y + (step - height) / 2.0, &style, text);
            kj_canvas_tag_end(canvas, row == 0 ? "TH" : "TD");
        }
        kj_canvas_tag_end(canvas, "TR");
        kj_canvas_line(canvas, box->x, y + step, box->x + box->w, y + step, row == 0 ? 1.5 : 1.0,
                       row == 0 ? KJ_COLOR_MUTED : KJ_COLOR_RULE);
    }
    kj_canvas_tag_end(canvas, "Table");
    return step * (double)sheet->n_rows;
}
