/* Persons and households that were followed through a run: the JSON text of the dataset `/provenance/trace`, written by
   core/run and read by core/chains.
     {"columns": [names], "subjects": [{"kind": "person"|"household", "id": n, "sex": 0|1, "birth_month": m, "rows": [[values] …]}]}
   A row is noted when something other than month and income has changed. Codes are those of kedja/model.h. */
#ifndef KEDJA_IO_TRACEFORMAT_H
#define KEDJA_IO_TRACEFORMAT_H

typedef enum kj_trace_field {
    KJ_TRACE_MONTH = 0,
    KJ_TRACE_INCOME,    /* SEK/year: of the person, or of the household after tax */
    KJ_TRACE_FATE,      /* kj_fate */
    KJ_TRACE_HOUSEHOLD, /* id */
    KJ_TRACE_LIVING,    /* kj_living */
    KJ_TRACE_DWELLING,  /* id of the home lived in, the host's for lodgers; 0 none */
    KJ_TRACE_TENURE,
    KJ_TRACE_DWELLING_KIND,
    KJ_TRACE_ROOMS,
    KJ_TRACE_CELL, /* of the home or care home; -1 none */
    KJ_TRACE_AREA, /* row; -1 none */
    KJ_TRACE_SIZE, /* of the household */
    KJ_TRACE_CHILDREN,
    KJ_TRACE_KIND,
    KJ_TRACE_ORIGIN,
    KJ_TRACE_SEARCHING, /* households: 1 while they look for a home */
    KJ_TRACE_PARTNER,   /* persons, from here on: id */
    KJ_TRACE_ACTIVITY,
    KJ_TRACE_EDUCATION,
    KJ_TRACE_SCHOOL, /* facility id */
    KJ_TRACE_CARE,   /* facility id */
    KJ_TRACE_FIELDS
} kj_trace_field;
#define KJ_TRACE_LABELS \
    "month income fate household living dwelling tenure dwelling_kind rooms cell area size children kind origin searching partner activity education school care"

typedef enum kj_fate {
    KJ_FATE_OUTSIDE = 0, /* waits outside for a home */
    KJ_FATE_HERE = 1,
    KJ_FATE_DIED = 2,
    KJ_FATE_LEFT = 3,  /* moved out of the map */
    KJ_FATE_ENDED = 4, /* household without members, merged or split up */
    KJ_FATE_GAVE_UP = 5 /* waited outside and found no home */
} kj_fate;

#endif
