#include "trace.h"

#include <jansson.h>
#include <kedja/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../io/atomic.h"

enum { SAMPLE_MAX = 100000 };

typedef struct note {
    int32_t value[KJ_TRACE_FIELDS];
} note;

typedef struct subject {
    bool household, over; /* over: gone for good */
    kj_id id;
    int32_t sex, birth_month; /* of a person, once seen */
    note *notes;
    uint32_t n, capacity;
} subject;

struct kj_trace {
    subject *subjects;
    uint32_t n;
};

kj_status kj_trace_parse(kj_error *err, const char *text, kj_trace_wish *out)
{
    static const char *const kinds[] = {"person:", "household:", "sample:"};
    for (int k = 0; k < 3; k++) {
        size_t length = strlen(kinds[k]);
        if (strncmp(text, kinds[k], length)) continue;
        char *end;
        unsigned long long number = strtoull(text + length, &end, 10);
        if (text[length] < '0' || text[length] > '9' || *end || number == 0 || number > (k == 2 ? SAMPLE_MAX : UINT32_MAX - 1)) break;
        *out = (kj_trace_wish){.household = k == 1, .sample = k == 2, .number = (uint32_t)number};
        return KJ_OK;
    }
    return kj_fail(err, KJ_E_INPUT, "--trace: expected person:ID, household:ID or sample:N (N up to %d), found '%s'", SAMPLE_MAX, text);
}

/* ---- looking ---- */

/* Columns of the state, fetched anew at each look, since tables move as they grow; a column that a model lacks reads 0. */
typedef struct view {
    const kj_rows *person, *household, *dwelling, *facility;
    const kj_store *store;
} view;

static int32_t value(const kj_rows *rows, const char *name, uint32_t row)
{
    const kj_column *column = rows ? kj_rows_column(rows, name) : NULL;
    return column && row < rows->n_rows ? (int32_t)kj_column_value(column, row) : 0;
}

static uint32_t row_of(const kj_rows *rows, kj_id id) { return rows && id && id < rows->next_id ? rows->row_of[id] : KJ_NO_ROW; }

static int32_t area_of(const view *v, int32_t cell)
{
    const kj_rows *cells = kj_store_table(v->store, "cell");
    return cell >= 0 && cells && (uint32_t)cell < cells->n_rows ? value(cells, "area", (uint32_t)cell) : -1;
}

static void look_at_home(const view *v, uint32_t household, note *out)
{
    uint32_t host = household;
    if (out->value[KJ_TRACE_LIVING] == KJ_LIVES_LODGING) host = row_of(v->household, (kj_id)value(v->household, "host", household));
    uint32_t home = host == KJ_NO_ROW || out->value[KJ_TRACE_LIVING] == KJ_LIVES_OUTSIDE ? KJ_NO_ROW
                                                                                       : row_of(v->dwelling, (kj_id)value(v->household, "dwelling", host));
    if (home == KJ_NO_ROW) return;
    out->value[KJ_TRACE_DWELLING] = (int32_t)v->dwelling->ids[home];
    out->value[KJ_TRACE_TENURE] = value(v->dwelling, "tenure", home);
    out->value[KJ_TRACE_DWELLING_KIND] = value(v->dwelling, "kind", home);
    out->value[KJ_TRACE_ROOMS] = value(v->dwelling, "rooms", home);
    out->value[KJ_TRACE_CELL] = value(v->dwelling, "cell", home);
}

static void look_at_household(const view *v, uint32_t row, note *out)
{
    out->value[KJ_TRACE_HOUSEHOLD] = (int32_t)v->household->ids[row];
    out->value[KJ_TRACE_LIVING] = value(v->household, "living", row);
    out->value[KJ_TRACE_SIZE] = value(v->household, "size", row);
    out->value[KJ_TRACE_CHILDREN] = value(v->household, "n_children", row);
    out->value[KJ_TRACE_KIND] = value(v->household, "kind", row);
    out->value[KJ_TRACE_ORIGIN] = value(v->household, "origin", row);
    if (out->value[KJ_TRACE_LIVING] == KJ_LIVES_OUTSIDE) out->value[KJ_TRACE_FATE] = KJ_FATE_OUTSIDE;
    look_at_home(v, row, out);
}

static void look_at_person(const view *v, uint32_t row, note *out)
{
    uint32_t household = row_of(v->household, (kj_id)value(v->person, "household", row));
    out->value[KJ_TRACE_INCOME] = value(v->person, "income", row);
    out->value[KJ_TRACE_PARTNER] = value(v->person, "partner", row);
    out->value[KJ_TRACE_ACTIVITY] = value(v->person, "activity", row);
    out->value[KJ_TRACE_EDUCATION] = value(v->person, "education", row);
    out->value[KJ_TRACE_SCHOOL] = value(v->person, "school", row);
    out->value[KJ_TRACE_CARE] = value(v->person, "care", row);
    if (household != KJ_NO_ROW) look_at_household(v, household, out);
    uint32_t care = row_of(v->facility, (kj_id)out->value[KJ_TRACE_CARE]);
    if (care != KJ_NO_ROW) out->value[KJ_TRACE_CELL] = value(v->facility, "cell", care);
}

/* Row of an id that died this month: dead rows stay in the table until they are compacted. */
static uint32_t dead_row(const kj_rows *rows, kj_id id)
{
    uint32_t row = 0;
    while (row < rows->n_rows && rows->ids[row] != id) row++;
    return row < rows->n_rows ? row : KJ_NO_ROW;
}

/* Who moves away is marked as having moved in that month; who dies is not. */
static kj_fate fate_of_gone(const view *v, const subject *s, kj_month month)
{
    const note *last = &s->notes[s->n - 1];
    if (last->value[KJ_TRACE_FATE] == KJ_FATE_OUTSIDE) return KJ_FATE_GAVE_UP;
    if (s->household) return KJ_FATE_ENDED;
    uint32_t row = dead_row(v->person, s->id);
    return row != KJ_NO_ROW && value(v->person, "moved", row) == month ? KJ_FATE_LEFT : KJ_FATE_DIED;
}

static kj_status add_note(kj_error *err, subject *s, const note *n)
{
    if (s->n == s->capacity) {
        uint32_t capacity = s->capacity ? 2 * s->capacity : 16;
        note *grown = realloc(s->notes, capacity * sizeof *grown);
        if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory for a trace");
        s->notes = grown;
        s->capacity = capacity;
    }
    s->notes[s->n++] = *n;
    return KJ_OK;
}

static bool has_changed(const subject *s, const note *n)
{
    if (s->n == 0) return true;
    return memcmp(&s->notes[s->n - 1].value[KJ_TRACE_FATE], &n->value[KJ_TRACE_FATE], (KJ_TRACE_FIELDS - KJ_TRACE_FATE) * sizeof(int32_t)) != 0;
}

static kj_status look_at(kj_error *err, const view *v, subject *s, kj_month month)
{
    const kj_rows *rows = s->household ? v->household : v->person;
    uint32_t row = row_of(rows, s->id);
    note n = {.value = {[KJ_TRACE_MONTH] = month, [KJ_TRACE_FATE] = KJ_FATE_HERE, [KJ_TRACE_CELL] = -1, [KJ_TRACE_AREA] = -1}};
    if (s->over || (row == KJ_NO_ROW && s->n == 0)) return KJ_OK; /* gone, or not there yet */
    if (row == KJ_NO_ROW) {
        n = s->notes[s->n - 1];
        n.value[KJ_TRACE_MONTH] = month;
        n.value[KJ_TRACE_FATE] = (int32_t)fate_of_gone(v, s, month);
        s->over = true;
        return add_note(err, s, &n);
    }
    if (s->household) {
        look_at_household(v, row, &n);
        n.value[KJ_TRACE_INCOME] = value(v->household, "income", row);
        n.value[KJ_TRACE_SEARCHING] = value(v->household, "searching", row) != 0;
    } else {
        look_at_person(v, row, &n);
        s->sex = value(v->person, "sex", row);
        s->birth_month = value(v->person, "birth_month", row);
    }
    n.value[KJ_TRACE_AREA] = area_of(v, n.value[KJ_TRACE_CELL]);
    return has_changed(s, &n) ? add_note(err, s, &n) : KJ_OK;
}

static kj_status look(kj_error *err, void *data, kj_sim *sim, kj_month month)
{
    kj_trace *trace = data;
    const kj_store *store = kj_sim_store(sim);
    view v = {kj_store_table(store, "person"), kj_store_table(store, "household"), kj_store_table(store, "dwelling"),
              kj_store_table(store, "facility"), store};
    kj_status status = KJ_OK;
    if (!v.person || !v.household) return kj_fail(err, KJ_E_INPUT, "--trace: expected a model with persons and households");
    for (uint32_t i = 0; i < trace->n && !status; i++) status = look_at(err, &v, &trace->subjects[i], month);
    return status;
}

/* ---- beginning and keeping ---- */

static kj_status add_subject(kj_error *err, kj_trace *trace, bool household, kj_id id)
{
    for (uint32_t i = 0; i < trace->n; i++)
        if (trace->subjects[i].id == id && trace->subjects[i].household == household) return KJ_OK;
    subject *grown = realloc(trace->subjects, (trace->n + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory for traces");
    trace->subjects = grown;
    grown[trace->n++] = (subject){.household = household, .id = id};
    return KJ_OK;
}

/* Persons of the start population, evenly spread over its ids. */
static kj_status add_sample(kj_error *err, kj_trace *trace, kj_sim *sim, uint32_t n)
{
    const kj_rows *persons = kj_store_table(kj_sim_store(sim), "person");
    uint32_t n_start = persons ? persons->next_id - 1 : 0;
    kj_status status = KJ_OK;
    for (uint32_t i = 0; i < n && i < n_start && !status; i++)
        status = add_subject(err, trace, false, 1 + (kj_id)((uint64_t)i * n_start / n));
    return status;
}

static const json_t *find_kept(const json_t *root, const subject *s)
{
    const json_t *list = json_object_get(root, "subjects");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *kind = json_string_value(json_object_get(entry, "kind"));
        if (kind && !strcmp(kind, s->household ? "household" : "person") && json_integer_value(json_object_get(entry, "id")) == s->id) return entry;
    }
    return NULL;
}

static kj_status restore(kj_error *err, subject *s, const json_t *entry, kj_month now)
{
    const json_t *rows = json_object_get(entry, "rows");
    s->sex = (int32_t)json_integer_value(json_object_get(entry, "sex"));
    s->birth_month = (int32_t)json_integer_value(json_object_get(entry, "birth_month"));
    kj_status status = KJ_OK;
    for (size_t i = 0; i < json_array_size(rows) && !status; i++) {
        const json_t *row = json_array_get(rows, i);
        note n;
        for (size_t f = 0; f < KJ_TRACE_FIELDS; f++) n.value[f] = (int32_t)json_integer_value(json_array_get(row, f));
        if (n.value[KJ_TRACE_MONTH] > now) break; /* noted after the checkpoint: comes again */
        status = add_note(err, s, &n);
        s->over = n.value[KJ_TRACE_FATE] >= KJ_FATE_DIED;
    }
    return status;
}

/* Subjects of a sample are those of the first start: a resumed run takes them from the file. */
static kj_status restore_all(kj_error *err, kj_trace *trace, const char *path, const char *text, kj_month now)
{
    json_error_t where;
    json_t *root = json_loads(text, 0, &where);
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s:%d: not JSON: %s", path, where.line, where.text);
    const json_t *list = json_object_get(root, "subjects");
    kj_status status = KJ_OK;
    for (size_t i = 0; i < json_array_size(list) && !status; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *kind = json_string_value(json_object_get(entry, "kind"));
        status = add_subject(err, trace, kind && !strcmp(kind, "household"), (kj_id)json_integer_value(json_object_get(entry, "id")));
    }
    for (uint32_t i = 0; i < trace->n && !status; i++) {
        const json_t *entry = find_kept(root, &trace->subjects[i]);
        if (entry) status = restore(err, &trace->subjects[i], entry, now);
    }
    json_decref(root);
    return status;
}

/* A household or person may still come: most ids of a long run are given away in it. */
static void tell_unknown(const kj_trace *trace, kj_sim *sim)
{
    for (uint32_t i = 0; i < trace->n; i++) {
        const subject *s = &trace->subjects[i];
        const char *table = s->household ? "household" : "person";
        if (s->n == 0)
            kj_log_warning("--trace %s:%u: there is no such %s at the start, whose numbers go from 1 to %u; followed from the month in which it comes", table, s->id,
                           table, kj_store_table(kj_sim_store(sim), table)->next_id - 1);
    }
}

void kj_trace_tell_missing(const kj_trace *trace, kj_sim *sim)
{
    for (uint32_t i = 0; i < trace->n; i++) {
        const subject *s = &trace->subjects[i];
        const char *table = s->household ? "household" : "person";
        if (s->n == 0)
            kj_log_warning("--trace %s:%u: nothing is kept: the run had no such %s; its numbers go from 1 to %u", table, s->id, table,
                           kj_store_table(kj_sim_store(sim), table)->next_id - 1);
    }
}

static kj_status begin(kj_error *err, const kj_request *request, kj_sim *sim, const char *dir, kj_trace *trace)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_path_join(err, dir, "trace.json", path);
    char *text = status ? NULL : kj_file_read(path, NULL);
    if (text) status = restore_all(err, trace, path, text, kj_sim_now(sim));
    for (uint32_t i = 0; i < request->n_traces && !text && !status; i++) {
        kj_trace_wish wish;
        status = kj_trace_parse(err, request->traces[i], &wish);
        if (!status) status = wish.sample ? add_sample(err, trace, sim, wish.number) : add_subject(err, trace, wish.household, wish.number);
    }
    if (!status && !text) status = look(err, trace, sim, kj_sim_now(sim)); /* the start state */
    if (!status && !text) tell_unknown(trace, sim);
    free(text);
    return status;
}

kj_status kj_trace_begin(kj_error *err, const kj_request *request, kj_sim *sim, const char *dir, kj_trace **out)
{
    kj_trace *trace = calloc(1, sizeof *trace);
    *out = trace;
    if (!trace) return kj_fail(err, KJ_E_MEMORY, "out of memory for traces");
    kj_status status = begin(err, request, sim, dir, trace);
    if (!status) kj_sim_set_observer(sim, look, trace);
    return status;
}

void kj_trace_free(kj_trace *trace)
{
    if (!trace) return;
    for (uint32_t i = 0; i < trace->n; i++) free(trace->subjects[i].notes);
    free(trace->subjects);
    free(trace);
}

static json_t *subject_json(const subject *s)
{
    json_t *entry = json_object(), *rows = json_array();
    json_object_set_new(entry, "kind", json_string(s->household ? "household" : "person"));
    json_object_set_new(entry, "id", json_integer(s->id));
    json_object_set_new(entry, "sex", json_integer(s->sex));
    json_object_set_new(entry, "birth_month", json_integer(s->birth_month));
    for (uint32_t i = 0; i < s->n; i++) {
        json_t *row = json_array();
        for (int f = 0; f < KJ_TRACE_FIELDS; f++) json_array_append_new(row, json_integer(s->notes[i].value[f]));
        json_array_append_new(rows, row);
    }
    json_object_set_new(entry, "rows", rows);
    return entry;
}

char *kj_trace_json(const kj_trace *trace)
{
    json_t *root = json_object(), *columns = json_array(), *subjects = json_array();
    char label[48];
    for (int f = 0; f < KJ_TRACE_FIELDS; f++) json_array_append_new(columns, json_string(kj_labels_at(KJ_TRACE_LABELS, f, label, sizeof label)));
    for (uint32_t i = 0; i < trace->n; i++) json_array_append_new(subjects, subject_json(&trace->subjects[i]));
    json_object_set_new(root, "columns", columns);
    json_object_set_new(root, "subjects", subjects);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

kj_status kj_trace_keep(kj_error *err, const kj_trace *trace, const char *dir)
{
    char path[KJ_PATH_MAX];
    char *text = kj_trace_json(trace);
    kj_status status = text ? kj_path_join(err, dir, "trace.json", path) : kj_fail(err, KJ_E_MEMORY, "out of memory for the trace");
    if (!status) status = kj_file_replace(err, path, text, strlen(text));
    free(text);
    return status;
}
