/* SIGTERM and SIGINT ask a run to stop after the present month, with a checkpoint. */
#ifndef KEDJA_CLI_STOP_H
#define KEDJA_CLI_STOP_H

#include <signal.h>

/* Installs the handlers; the flag becomes 1 when a signal came. A second signal ends the program at once. */
const volatile sig_atomic_t *kj_stop_on_signals(void);

#endif
