/* client.h - what the clients for GenMC share: threads, and what each got.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A client is one file, which is also a plain program.  Each of its functions
 * `int NAME(void)` but main is an entry of its own: GenMC explores all executions of
 * it.  By hand:
 *
 *     MODELS=rc11 tests/genmc.sh genmc mpmc_ring/laps
 *
 * What stands beside it, in pawl/ and sys/ too, is found before what it is named after,
 * and says what it leaves out.  No client has a deadline.
 */
#ifndef PAWL_GENMC_CLIENT_H
#define PAWL_GENMC_CLIENT_H

#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <pawl/backoff.h>

enum { CLIENT_THREADS = 4 };

/* Run these with 0, 1, ... as argument, at the same time; the rest are NULL.  What they
 * use by its address is static: GenMC can take a local of a function that is called
 * again for the one that is gone. */
static inline void run_threads(void *(*a)(void *), void *(*b)(void *),
                               void *(*c)(void *), void *(*d)(void *))
{
    pthread_t threads[CLIENT_THREADS];

    if (a != NULL)
        pthread_create(&threads[0], NULL, a, (void *)(uintptr_t)0);
    if (b != NULL)
        pthread_create(&threads[1], NULL, b, (void *)(uintptr_t)1);
    if (c != NULL)
        pthread_create(&threads[2], NULL, c, (void *)(uintptr_t)2);
    if (d != NULL)
        pthread_create(&threads[3], NULL, d, (void *)(uintptr_t)3);
    if (a != NULL)
        pthread_join(threads[0], NULL);
    if (b != NULL)
        pthread_join(threads[1], NULL);
    if (c != NULL)
        pthread_join(threads[2], NULL);
    if (d != NULL)
        pthread_join(threads[3], NULL);
}

#endif
