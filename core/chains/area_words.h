/* Where a home lies, for stories. An area that has a code in place of a name (DeSO) is told by the nearest locality of its municipality, of
   maps/countries/CC/localities.csv: "in Lund (C1310)", "near Dalby (B2010)"; by its whole code where none is known. */
#ifndef KEDJA_CHAINS_AREA_WORDS_H
#define KEDJA_CHAINS_AREA_WORDS_H

#include "../io/runread.h"

typedef struct kj_area_word {
    char text[96]; /* "" none */
    bool near;     /* not in it, but near it */
} kj_area_word;

typedef struct kj_area_words {
    kj_area_word *area; /* by row; owned */
    uint32_t n;
} kj_area_words;

/* What is known of areas, by row: borrowed. NULL: not known of any. */
typedef struct kj_area_facts {
    uint32_t n;
    const char *const *name, *const *code;
    const double *x, *y;
    const uint8_t *kind;
    const char *country; /* code of maps/countries, "" unknown */
    int32_t epsg;        /* of x and y */
} kj_area_facts;

kj_status kj_area_words_make(kj_error *err, const kj_area_facts *facts, kj_area_words *out);
/* Those of a run; without areas n = 0 and KJ_OK. */
kj_status kj_area_words_read(kj_error *err, kj_runread *run, kj_area_words *out);
void kj_area_words_free(kj_area_words *words);

/* "Near Dalby (B2010)", "Brunnshög": a head, in the language that is set; "" where the area (row, -1 none) has no name. */
void kj_say_area(char *out, size_t out_bytes, const kj_area_words *words, int32_t area);

/* "a rental flat, 3 rooms, in Brunnshög", in the language that is set; `home` alone where the area (row, -1 none) has no name. Returns out. */
char *kj_say_home_in(char *out, size_t out_bytes, const char *home, const kj_area_words *words, int32_t area);

#endif
