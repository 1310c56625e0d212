/* Status codes that cross the plugin border. Zero is success. */
#ifndef KEDJA_STATUS_H
#define KEDJA_STATUS_H

#include <stdint.h>

typedef int32_t kj_status;

enum {
    KJ_OK = 0,
    KJ_E_FAILED = 1,     /* the work itself failed */
    KJ_E_INPUT = 2,      /* a file, option or script of the user is wrong */
    KJ_E_MEMORY = 3,
    KJ_E_VERSION = 4,    /* plugin and host speak different ABI versions */
    KJ_E_MISSING = 5,    /* a required column, table, parameter or interface is not there */
    KJ_E_DUPLICATE = 6,
    KJ_E_HAZARD = 7,     /* two systems touch the same data without an order */
    KJ_E_UNDECLARED = 8, /* a system asked for, or changed, what it did not declare */
    KJ_E_RANGE = 9,      /* a value or row outside its declared range */
    KJ_E_IO = 10,
    KJ_E_INVARIANT = 11, /* an audit found the state broken */
    KJ_E_STOPPED = 12    /* stopped on request, a checkpoint is kept */
};

#endif
