#include "life_story.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../draw/number.h"
#include "../io/traceformat.h"
#include "area_words.h"
#include "phrases.h"

#define _(text) kj_tr(text)

enum { LINE = 2048, LISTED = 20 };

typedef struct life {
    kj_runread *run;
    kj_language language;
    FILE *out;
    bool household;
    kj_id id;
    int32_t sex, birth_month;
    const json_t *rows;
    kj_area_words areas;
    const kj_run_table *facilities;
    const char *const *facility_name;
} life;

typedef struct note {
    int32_t value[KJ_TRACE_FIELDS];
} note;

static note note_at(const life *l, size_t i)
{
    note n;
    const json_t *row = json_array_get(l->rows, i);
    for (size_t f = 0; f < KJ_TRACE_FIELDS; f++) n.value[f] = (int32_t)json_integer_value(json_array_get(row, f));
    return n;
}

/* Sentences of one month, one after the other. */
typedef struct paragraph {
    char text[LINE];
} paragraph;

__attribute__((format(printf, 2, 3))) static void say(paragraph *p, const char *format, ...)
{
    va_list args;
    size_t used = strlen(p->text);
    if (used + 2 >= sizeof p->text) return;
    if (used) p->text[used++] = ' ';
    va_start(args, format);
    vsnprintf(p->text + used, sizeof p->text - used, format, args);
    va_end(args);
}

static const char *home(const life *l, const note *n, char out[KJ_PHRASE_MAX * 2])
{
    char what[KJ_PHRASE_MAX];
    kj_say_home(what, kj_runread_info(l->run)->map_country, n->value[KJ_TRACE_TENURE], n->value[KJ_TRACE_DWELLING_KIND], n->value[KJ_TRACE_ROOMS]);
    return kj_say_home_in(out, KJ_PHRASE_MAX * 2, what, &l->areas, n->value[KJ_TRACE_AREA]);
}

static const char *facility(const life *l, int32_t id)
{
    for (uint32_t i = 0; l->facilities && l->facility_name && i < l->facilities->n_rows; i++)
        if (l->facilities->ids[i] == (kj_id)id) return l->facility_name[i];
    return "";
}

static double distance_m(const life *l, int32_t a, int32_t b)
{
    const kj_grid *grid = kj_runread_grid(l->run);
    double dx = a % grid->nx - b % grid->nx, dy = a / grid->nx - b / grid->nx;
    return grid->cell_m * sqrt(dx * dx + dy * dy);
}

static int age_at(const life *l, int32_t month) { return (month - l->birth_month) / 12; }

static void say_activity(const life *l, paragraph *p, const note *n)
{
    char sek[KJ_NUMBER_MAX];
    kj_number_int(sek, l->language, n->value[KJ_TRACE_INCOME] / 1000 * 1000);
    switch (n->value[KJ_TRACE_ACTIVITY]) {
    case KJ_ACT_PUPIL: say(p, "%s", _("Goes to school.")); break;
    case KJ_ACT_STUDENT: say(p, "%s", _("Studies.")); break;
    case KJ_ACT_EMPLOYED: say(p, _("Works, and earns %s SEK a year."), sek); break;
    case KJ_ACT_NOT_EMPLOYED: say(p, "%s", _("Is without work.")); break;
    case KJ_ACT_RETIRED: say(p, _("Has retired, with a pension of %s SEK a year."), sek); break;
    default: break;
    }
}

static void say_fate(const life *l, paragraph *p, const note *n)
{
    switch (n->value[KJ_TRACE_FATE]) {
    case KJ_FATE_DIED: say(p, _("Dies, aged %d."), age_at(l, n->value[KJ_TRACE_MONTH])); break;
    case KJ_FATE_LEFT: say(p, "%s", _("Moves away, out of the map.")); break;
    case KJ_FATE_GAVE_UP: say(p, "%s", _("Gives up: no home was found here.")); break;
    case KJ_FATE_ENDED: say(p, "%s", _("The household is no more: its members have died, moved away or joined another.")); break;
    default: break;
    }
}

/* A change of home, and how they live there. */
static void say_home(const life *l, paragraph *p, const note *was, const note *now)
{
    char what[KJ_PHRASE_MAX * 2], far[KJ_PHRASE_MAX];
    bool lodges = now->value[KJ_TRACE_LIVING] == KJ_LIVES_LODGING, lodged = was->value[KJ_TRACE_LIVING] == KJ_LIVES_LODGING;
    if (now->value[KJ_TRACE_DWELLING] == 0) return;
    if (now->value[KJ_TRACE_DWELLING] != was->value[KJ_TRACE_DWELLING]) {
        home(l, now, what);
        if (was->value[KJ_TRACE_FATE] == KJ_FATE_OUTSIDE) say(p, _("Gets a home and moves here: %s."), what);
        else if (was->value[KJ_TRACE_CELL] >= 0 && now->value[KJ_TRACE_CELL] >= 0)
            say(p, _("Moves to %s, %s away."), what, kj_say_distance(far, l->language, distance_m(l, was->value[KJ_TRACE_CELL], now->value[KJ_TRACE_CELL])));
        else say(p, _("Moves to %s."), what);
        if (lodges) say(p, "%s", _("Lodges there with others."));
    } else if (lodges && !lodged) say(p, "%s", _("Stays for now as a lodger and looks for a home."));
    else if (!lodges && lodged) say(p, "%s", _("Takes over the home."));
}

static void say_family(const life *l, paragraph *p, const note *was, const note *now)
{
    int32_t children = now->value[KJ_TRACE_CHILDREN], change = children - was->value[KJ_TRACE_CHILDREN];
    int32_t partner = now->value[KJ_TRACE_PARTNER], before = was->value[KJ_TRACE_PARTNER];
    bool same = now->value[KJ_TRACE_HOUSEHOLD] == was->value[KJ_TRACE_HOUSEHOLD];
    if (partner && partner != before) say(p, _("Forms a couple with person %d."), partner);
    if (!partner && before) say(p, "%s", _("The partner is gone, by separation or death."));
    bool grew_up = !l->household && age_at(l, now->value[KJ_TRACE_MONTH]) < 26;
    if (!same && !partner && grew_up && now->value[KJ_TRACE_ORIGIN] == KJ_ORIGIN_LEFT_HOME) say(p, "%s", _("Leaves the parents' home."));
    if (same && !grew_up && change > 0 && now->value[KJ_TRACE_SIZE] > was->value[KJ_TRACE_SIZE])
        say(p, children == 1 ? _("A child comes into the family.") : _("Another child comes into the family: %d at home now."), children);
    if (same && !grew_up && change < 0) say(p, children ? _("A child has grown up or moved; %d at home now.") : _("The last child has grown up or moved."), children);
    if (l->household && change == 0 && now->value[KJ_TRACE_SIZE] != was->value[KJ_TRACE_SIZE]) say(p, _("The household is now %d people."), now->value[KJ_TRACE_SIZE]);
}

static void say_changes(const life *l, paragraph *p, const note *was, const note *now)
{
    if (now->value[KJ_TRACE_FATE] != was->value[KJ_TRACE_FATE] && now->value[KJ_TRACE_FATE] >= KJ_FATE_DIED) {
        say_fate(l, p, now);
        return;
    }
    say_family(l, p, was, now);
    if (now->value[KJ_TRACE_CARE] && now->value[KJ_TRACE_CARE] != was->value[KJ_TRACE_CARE]) say(p, _("Moves to a care home: %s."), facility(l, now->value[KJ_TRACE_CARE]));
    else say_home(l, p, was, now);
    if (now->value[KJ_TRACE_EDUCATION] > was->value[KJ_TRACE_EDUCATION]) {
        if (now->value[KJ_TRACE_EDUCATION] == KJ_EDU_UPPER) say(p, "%s", _("Has finished upper secondary school."));
        if (now->value[KJ_TRACE_EDUCATION] == KJ_EDU_TERTIARY) say(p, "%s", _("Has higher education."));
    }
    if (!l->household && now->value[KJ_TRACE_ACTIVITY] != was->value[KJ_TRACE_ACTIVITY]) say_activity(l, p, now);
    if (now->value[KJ_TRACE_SCHOOL] && now->value[KJ_TRACE_SCHOOL] != was->value[KJ_TRACE_SCHOOL]) say(p, _("Gets a place at %s."), facility(l, now->value[KJ_TRACE_SCHOOL]));
    if (l->household && now->value[KJ_TRACE_SEARCHING] && !was->value[KJ_TRACE_SEARCHING]) say(p, "%s", _("Begins to look for another home."));
}

static void say_first(const life *l, paragraph *p, const note *n)
{
    char who[KJ_PHRASE_MAX], what[KJ_PHRASE_MAX * 2];
    if (l->household) {
        kj_number_int(who, l->language, n->value[KJ_TRACE_INCOME] / 1000 * 1000);
        if (n->value[KJ_TRACE_SIZE] == 1) say(p, _("The household is one person, with %s SEK a year after tax."), who);
        else say(p, _("The household is %d people, %d of them children, with %s SEK a year after tax."), n->value[KJ_TRACE_SIZE], n->value[KJ_TRACE_CHILDREN], who);
    } else {
        say(p, _("Is %d years old."), age_at(l, n->value[KJ_TRACE_MONTH]));
        if (n->value[KJ_TRACE_SIZE] > 1) say(p, _("Lives in a household of %d."), n->value[KJ_TRACE_SIZE]);
        else if (n->value[KJ_TRACE_SIZE] == 1) say(p, "%s", _("Lives alone."));
    }
    if (n->value[KJ_TRACE_FATE] == KJ_FATE_OUTSIDE) say(p, "%s", _("Waits outside for a home here."));
    else if (n->value[KJ_TRACE_CARE]) say(p, _("Lives in a care home: %s."), facility(l, n->value[KJ_TRACE_CARE]));
    else if (n->value[KJ_TRACE_DWELLING]) say(p, _("The home is %s."), home(l, n, what));
    if (n->value[KJ_TRACE_LIVING] == KJ_LIVES_LODGING) say(p, "%s", _("Lodges there with others."));
    if (!l->household) say_activity(l, p, n);
}

static void tell_notes(const life *l)
{
    note was = {0};
    size_t n = json_array_size(l->rows);
    char month[KJ_PHRASE_MAX];
    for (size_t i = 0; i < n; i++) {
        note now = note_at(l, i);
        paragraph p = {""};
        if (i == 0) say_first(l, &p, &now);
        else say_changes(l, &p, &was, &now);
        if (p.text[0]) fprintf(l->out, "%s. %s\n", kj_say_month(month, now.value[KJ_TRACE_MONTH]), p.text);
        was = now;
    }
    if (n == 0) {
        fprintf(l->out, "%s\n", _("Was not there during the run."));
        return;
    }
    kj_say_month(month, kj_runread_info(l->run)->end);
    if (was.value[KJ_TRACE_FATE] < KJ_FATE_DIED) fprintf(l->out, _("%s. The run ends here.\n"), month);
}

static void tell(const life *l)
{
    char month[KJ_PHRASE_MAX];
    if (l->household) fprintf(l->out, _("Household %u\n\n"), l->id);
    else if (json_array_size(l->rows) == 0) fprintf(l->out, _("Person %u\n\n"), l->id);
    else {
        kj_say_month(month, l->birth_month);
        if (l->language != KJ_LANG_EN) month[0] = (char)tolower((unsigned char)month[0]); /* a month within a sentence: all twelve begin with a letter of ASCII */
        fprintf(l->out, l->sex == KJ_FEMALE ? _("Person %u, a woman born in %s\n\n") : _("Person %u, a man born in %s\n\n"), l->id, month);
    }
    tell_notes(l);
    fprintf(l->out, "\n%s\n", _("A simulated life: nobody here is real."));
}

/* ---- finding ---- */

static kj_status list_followed(kj_error *err, const json_t *subjects, bool household, FILE *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < json_array_size(subjects); i++) {
        const json_t *entry = json_array_get(subjects, i);
        if ((json_string_value(json_object_get(entry, "kind"))[0] == 'h') != household) continue;
        size_t notes = json_array_size(json_object_get(entry, "rows"));
        if (n++ < LISTED)
            fprintf(out, notes == 1 ? _("  %8lld  (%zu note)\n") : _("  %8lld  (%zu notes)\n"), (long long)json_integer_value(json_object_get(entry, "id")),
                    notes);
    }
    if (n > LISTED) fprintf(out, _("  … %u in all\n"), n);
    return n ? KJ_OK : kj_fail(err, KJ_E_INPUT, "the run followed no %s: ask for it with `kedja run … --trace %s:ID`", household ? "household" : "person",
                               household ? "household" : "person");
}

static const json_t *find(const json_t *subjects, bool household, kj_id id)
{
    for (size_t i = 0; i < json_array_size(subjects); i++) {
        const json_t *entry = json_array_get(subjects, i);
        const char *kind = json_string_value(json_object_get(entry, "kind"));
        if (kind && (kind[0] == 'h') == household && json_integer_value(json_object_get(entry, "id")) == id) return entry;
    }
    return NULL;
}

static kj_status read_names(kj_error *err, life *l)
{
    kj_status status = kj_area_words_read(err, l->run, &l->areas);
    l->facilities = kj_runread_table_named(l->run, "facility");
    if (!status && l->facilities && kj_run_table_column(l->facilities, "name"))
        status = kj_runread_texts(err, l->run, "facility", "name", &l->facility_name);
    return status;
}

kj_status kj_life_tell(kj_error *err, kj_runread *run, bool household, kj_id id, kj_language language, FILE *out)
{
    const char *text = kj_runread_info(run)->trace_json, *what = household ? "household" : "person";
    if (!text[0])
        return kj_fail(err, KJ_E_INPUT, "%s: the run followed nobody: ask for it with `kedja run … --trace %s:ID` (or sample:N)", kj_runread_path(run), what);
    json_error_t where;
    json_t *root = json_loads(text, 0, &where);
    const json_t *subjects = json_object_get(root, "subjects"), *entry = find(subjects, household, id);
    life l = {.run = run, .language = language, .out = out, .household = household, .id = id};
    kj_status status = KJ_OK;
    if (!root) status = kj_fail(err, KJ_E_INPUT, "%s: /provenance/trace: not JSON: %s", kj_runread_path(run), where.text);
    else if (id == 0) status = list_followed(err, subjects, household, out);
    else if (!entry) status = kj_fail(err, KJ_E_INPUT, "%s: the run did not follow %s %u: ask for it with `kedja run … --trace %s:%u`", kj_runread_path(run), what, id, what, id);
    else status = read_names(err, &l);
    if (!status && entry) {
        l.rows = json_object_get(entry, "rows");
        l.sex = (int32_t)json_integer_value(json_object_get(entry, "sex"));
        l.birth_month = (int32_t)json_integer_value(json_object_get(entry, "birth_month"));
        tell(&l);
    }
    kj_area_words_free(&l.areas);
    json_decref(root);
    return status;
}
