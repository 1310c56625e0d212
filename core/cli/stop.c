#include "stop.h"

#include <string.h>

/* A signal handler can reach nothing but a global; this is the program's only one. */
static volatile sig_atomic_t stop_requested;

static void on_signal(int number)
{
    if (stop_requested) { /* the month does not end, or the person does not want to wait for it */
        signal(number, SIG_DFL);
        raise(number);
    }
    stop_requested = 1;
}

const volatile sig_atomic_t *kj_stop_on_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    return &stop_requested;
}
