#include "chain_json.h"

#include <math.h>
#include <stdio.h>

#include "../io/json_number.h"
#include "../base/text.h"

static void set(json_t *object, const char *key, double value) { json_object_set_new(object, key, kj_json_number(value)); }
static void set_whole(json_t *object, const char *key, int64_t value) { json_object_set_new(object, key, json_integer(value)); }

/* label: share of the total, for each label. */
static json_t *shares(const char *labels, const int64_t *counts, int32_t n, int64_t total)
{
    json_t *object = json_object();
    char label[48];
    for (int32_t i = 0; i < n; i++) set(object, kj_labels_at(labels, i, label, sizeof label), kj_share(counts[i], total));
    return object;
}

static json_t *rounds(const kj_forest *f, const kj_chain_stats *s)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < KJ_ROUNDS && s->rounds[i].moves; i++) {
        const kj_round_stats *r = &s->rounds[i];
        json_t *round = json_object();
        set_whole(round, "round", i + 1);
        json_object_set_new(round, "and_later", json_boolean(i + 1 == KJ_ROUNDS));
        set_whole(round, "moves", r->moves);
        set_whole(round, "persons", r->persons);
        set(round, "share_above_median", kj_share(r->above, r->above + r->below));
        set(round, "share_below_median", kj_share(r->below, r->above + r->below));
        set(round, "share_into_bottom_half", f->knows_ranks ? kj_share(r->into_half, r->placed) : NAN);
        set(round, "share_into_bottom_fifth", f->knows_ranks ? kj_share(r->into_fifth, r->placed) : NAN);
        set(round, "mean_age", kj_share(r->age_sum, r->moves));
        json_object_set_new(round, "age", shares("under_30 30_64 65_and_over", r->age, KJ_AGE_BANDS, r->moves));
        json_object_set_new(round, "household_kind", shares(KJ_HOUSEHOLD_KIND_LABELS, r->kind, KJ_HH_COUNT, r->moves));
        json_array_append_new(array, round);
    }
    return array;
}

static json_t *ends(const kj_chain_stats *s)
{
    json_t *array = json_array();
    char label[48];
    int64_t total = 0;
    for (int32_t i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) total += s->ends[i];
    for (int32_t i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) {
        json_t *end = json_object();
        json_object_set_new(end, "reason", json_string(kj_labels_at(KJ_VACANCY_END_LABELS, i, label, sizeof label)));
        set_whole(end, "chains", s->ends[i]);
        set(end, "share", kj_share(s->ends[i], total));
        json_array_append_new(array, end);
    }
    return array;
}

static void put_stats(json_t *object, const kj_forest *f, const kj_chain_stats *s)
{
    static const char *const length_names[KJ_CHAIN_LENGTHS] = {"0", "1", "2", "3", "4", "5", "6+"};
    static const char *const room_names[KJ_ROOMS] = {"1", "2", "3", "4", "5", "6+"};
    set_whole(object, "chains", s->n_complete);
    set_whole(object, "households", s->households);
    set(object, "mean_length", s->mean);
    set(object, "mean_length_low", s->low);
    set(object, "mean_length_high", s->high);
    set_whole(object, "clusters", s->n_clusters);
    set(object, "share_1_2_steps", s->share_1_2);
    json_t *distribution = json_object(), *open = json_object(), *months = json_object(), *freed = json_object(), *rooms = json_object();
    for (int32_t i = 0; i < KJ_CHAIN_LENGTHS; i++) set(distribution, length_names[i], kj_share(s->lengths[i], s->n_complete));
    json_object_set_new(object, "distribution", distribution);
    set(object, "per_100_bottom_half", kj_freed_per_100(f, s, false));
    set(object, "per_100_bottom_fifth", kj_freed_per_100(f, s, true));
    json_object_set_new(object, "rounds", rounds(f, s));
    json_object_set_new(object, "ends", ends(s));
    set(months, "mean", s->months_mean);
    set(months, "median", s->months_median);
    set(months, "p90", s->months_p90);
    set(months, "share_of_moves_within_36", s->within_3_years);
    json_object_set_new(object, "months_to_complete", months);
    for (int32_t i = 0; i < KJ_ROOMS; i++) set_whole(rooms, room_names[i], s->freed_rooms[i]);
    set_whole(freed, "dwellings", s->freed);
    json_object_set_new(freed, "share_by_tenure", shares(KJ_TENURE_LABELS, s->freed_tenure, KJ_TENURE_COUNT, s->freed));
    json_object_set_new(freed, "share_by_kind", shares(KJ_DWELLING_KIND_LABELS, s->freed_kind, KJ_DWELLING_KIND_COUNT, s->freed));
    json_object_set_new(freed, "by_rooms", rooms);
    set_whole(freed, "small_flats_left_by_first_movers", s->small_flats_left);
    json_object_set_new(object, "freed", freed);
    set_whole(open, "chains", s->n_open);
    set_whole(open, "still_vacant", s->n_still_vacant);
    set_whole(open, "cut_off", s->n_cut_off);
    set_whole(open, "households", s->open_households);
    set_whole(open, "younger_than_36_months", s->n_young);
    json_object_set_new(object, "open", open);
}

static json_t *by_boundary(const kj_open_length *o)
{
    json_t *object = json_object();
    char name[16];
    for (int b = 0; b < KJ_BOUND_COUNT; b++) set(object, kj_labels_at(KJ_CHAIN_BOUND_LABELS, b, name, sizeof name), o->length[b]);
    set(object, "map_predicted", o->map_predicted);
    set(object, "left_a_home_county", o->left_home[0]);
    set(object, "left_a_home_country", o->left_home[1]);
    return object;
}

static void put_months(json_t *object, const kj_vacancy_months *months)
{
    json_t *spans = json_object();
    char name[24];
    set_whole(object, "filled", months->filled);
    set_whole(object, "open", months->open);
    for (int k = 0; k < KJ_SPAN_COUNT; k++) {
        json_t *span = json_object();
        set_whole(span, "passed", months->span[k].n);
        set(span, "mean", months->span[k].mean);
        set(span, "lower_quartile", months->span[k].lower);
        set(span, "median", months->span[k].median);
        set(span, "upper_quartile", months->span[k].upper);
        json_object_set_new(spans, kj_labels_at(KJ_VACANCY_SPAN_LABELS, k, name, sizeof name), span);
    }
    json_object_set_new(object, "months", spans);
}

static json_t *vacancies(const kj_vacancy_months *months)
{
    json_t *object = json_object(), *array = json_array();
    char name[16];
    put_months(object, &months[KJ_ANY_TENURE]);
    for (int t = 0; t < KJ_TENURE_COUNT; t++) {
        json_t *one = json_object();
        json_object_set_new(one, "tenure", json_string(kj_labels_at(KJ_TENURE_LABELS, t, name, sizeof name)));
        put_months(one, &months[t]);
        json_array_append_new(array, one);
    }
    json_object_set_new(object, "by_tenure", array);
    return object;
}

json_t *kj_chains_json(const kj_forest *f, const kj_chain_stats *all, const kj_open_length *open_length, const kj_vacancy_months *months, kj_chain_dimension by,
                       const kj_chain_group *groups, uint32_t n)
{
    json_t *root = json_object(), *array = json_array();
    char dimension[16];
    kj_labels_at(KJ_CHAIN_DIMENSION_LABELS, (int32_t)by, dimension, sizeof dimension);
    json_object_set_new(root, "boundary", json_string(f->boundary));
    json_object_set_new(root, "kind", json_string("traced"));
    put_stats(root, f, all);
    json_object_set_new(root, "length_by_boundary", by_boundary(open_length));
    json_object_set_new(root, "vacancies", months ? vacancies(months) : json_null());
    for (uint32_t i = 0; i < n; i++) {
        json_t *group = json_object();
        json_object_set_new(group, "by", json_string(dimension));
        json_object_set_new(group, "name", json_string(groups[i].name));
        set_whole(group, "key", groups[i].key);
        put_stats(group, f, &groups[i].stats);
        json_array_append_new(array, group);
    }
    json_object_set_new(root, "by", array);
    return root;
}
