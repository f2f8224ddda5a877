/* pthread.h - a stand-in for GenMC's <pthread.h>, which knows no cancellation.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Nobody is cancelled: what would run then runs where the thread comes to pop it.
 */
#ifndef PAWL_GENMC_PTHREAD_H
#define PAWL_GENMC_PTHREAD_H

#pragma GCC system_header               /* #include_next */
#include_next <pthread.h>

#define PTHREAD_CANCEL_ENABLE 0
#define PTHREAD_CANCEL_DISABLE 1
#define PTHREAD_CANCEL_DEFERRED 0
#define pthread_setcancelstate(state, before) ((void)(state), (void)(before))
#define pthread_setcanceltype(type, before) ((void)(type), (void)(before))
#define pthread_testcancel() ((void)0)
#define pthread_cleanup_push(f, a) { void (*cleanup)(void *) = (f); void *what = (a);
#define pthread_cleanup_pop(run) if (run) cleanup(what); }

#endif
