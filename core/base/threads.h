/* How threads wait between the short parallel loops of a month. */
#ifndef KEDJA_BASE_THREADS_H
#define KEDJA_BASE_THREADS_H

/* Threads that spin while they wait slow a busy machine down many times over. The wait policy can only be set in the
   environment before the OpenMP runtime starts, so the program starts itself once more with it. A person's own setting
   (OMP_WAIT_POLICY, GOMP_SPINCOUNT, KMP_BLOCKTIME) stands. First call of main(). */
void kj_threads_wait_passively(char **argv);

#endif
