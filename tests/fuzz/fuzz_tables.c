/* libFuzzer: the readers of statistics and of CSV, on any bytes. Built and run for a fixed number of inputs by
   tests/cli/fuzz.sh; for longer: build/fuzz_tables CORPUS. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/io/csv.h"
#include "../../core/io/stattable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_csv(const char *text, size_t n)
{
    kj_error err = {0};
    kj_csv *csv = NULL;
    bool more = true;
    if (kj_csv_open_text(&err, "input", text, n, 0, &csv)) return;
    while (kj_csv_next(&err, csv, &more) == KJ_OK && more) {
        for (uint32_t c = 0; c < kj_csv_n_columns(csv); c++) {
            double v;
            int64_t i;
            kj_csv_number(&err, csv, c, -1e9, 1e9, &v);
            kj_csv_integer(&err, csv, c, -5, 5, &i);
        }
    }
    kj_csv_close(csv);
}

static void read_table(const char *text, size_t n)
{
    kj_error err = {0};
    kj_stat_table table;
    if (kj_stat_parse(&err, "input", text, n, NULL, &table)) return;
    for (uint32_t d = 0; d < table.n_dims; d++) {
        for (uint32_t i = 0; i < table.dims[d].n; i++) {
            int32_t lo, hi, sex;
            kj_stat_range(table.dims[d].labels[i], &lo, &hi);
            kj_stat_sex(table.dims[d].codes[i], &sex);
        }
    }
    kj_stat_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1); /* zero behind it, as a file that is read whole has */
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = 0;
    if (size && (data[0] & 3) == 3) read_csv(text + 1, size - 1);
    else read_table(text, size);
    free(text);
    return 0;
}
