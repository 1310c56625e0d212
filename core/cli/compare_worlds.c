#include "compare_worlds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../draw/number.h"

/* A difference that chance alone may have made is not printed bold. */
static void print_effect(const kj_matrix_row *row)
{
    char text[KJ_NUMBER_MAX], half[KJ_NUMBER_MAX];
    if (!row) {
        printf(" – |");
        return;
    }
    const kj_effect *e = &row->effect;
    bool sure = e->distinct == KJ_DISTINCT_YES;
    printf(" %s%s", sure ? "**" : "", kj_number_change(text, KJ_LANG_EN, e->difference, row->def->decimals));
    if (!isnan(e->low)) printf(" ± %s", kj_number_real(half, KJ_LANG_EN, (e->high - e->low) / 2.0, row->def->decimals));
    printf("%s |", sure ? "**" : "");
}

static void print_farmland(const kj_worlds *worlds)
{
    char text[KJ_NUMBER_MAX];
    for (int class = 1; class < KJ_FARMLAND_CLASSES; class++) {
        bool any = false;
        for (uint32_t w = 0; w < worlds->n; w++) any |= worlds->world[w].farmland_ha[class] > 0.0;
        if (!any) continue;
        printf("| – farmland of class %d | ha | %s |", class, kj_number_real(text, KJ_LANG_EN, worlds->world[0].farmland_ha[class], 1));
        for (uint32_t w = 1; w < worlds->n; w++)
            printf(" %s |", kj_number_change(text, KJ_LANG_EN, worlds->world[w].farmland_ha[class] - worlds->world[0].farmland_ha[class], 1));
        puts("");
    }
}

void kj_worlds_print_markdown(const kj_worlds *worlds)
{
    char text[KJ_NUMBER_MAX];
    printf("| %d | unit | %s |", (int)worlds->year, worlds->world[0].name[0] ? worlds->world[0].name : "base");
    for (uint32_t w = 1; w < worlds->n; w++) printf(" %s |", worlds->world[w].name);
    printf("\n|---|---|---|");
    for (uint32_t w = 1; w < worlds->n; w++) printf("---|");
    puts("");
    for (uint32_t k = 0; kj_worlds_row(k); k++) {
        const kj_matrix_row *row = kj_comparison_row(&worlds->world[1].against, kj_worlds_row(k));
        if (!row) continue;
        printf("| %s | %s | %s |", row->def->label, row->def->unit, kj_number_real(text, KJ_LANG_EN, row->base, row->def->decimals));
        for (uint32_t w = 1; w < worlds->n; w++) print_effect(kj_comparison_row(&worlds->world[w].against, kj_worlds_row(k)));
        puts("");
        if (!strcmp(kj_worlds_row(k), "farmland")) print_farmland(worlds);
    }
}
