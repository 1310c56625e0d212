#include "threads.h"

#include <stdlib.h>
#include <unistd.h>

void kj_threads_wait_passively(char **argv)
{
    static const char *const settings[] = {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (getenv(settings[i])) return;
    if (setenv(settings[0], "passive", 1) == 0) execv("/proc/self/exe", argv);
}
