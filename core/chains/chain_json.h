/* Chains as JSON: what `kedja chains --json` prints. */
#ifndef KEDJA_CHAINS_CHAIN_JSON_H
#define KEDJA_CHAINS_CHAIN_JSON_H

#include <jansson.h>

#include "chain_stats.h"
#include "open_length.h"
#include "vacancy_months.h"

/* boundary, chains, mean_length, share_1_2_steps, per_100_bottom_half, per_100_bottom_fifth, rounds, ends, length_by_boundary, vacancies, by and more.
   A figure that is not known is null. `months`: of kj_vacancy_months_count, NULL where the run did not keep the stages. `groups` may be empty. The caller
   owns it. */
json_t *kj_chains_json(const kj_forest *forest, const kj_chain_stats *all, const kj_open_length *open_length, const kj_vacancy_months *months,
                       kj_chain_dimension by, const kj_chain_group *groups, uint32_t n);

#endif
