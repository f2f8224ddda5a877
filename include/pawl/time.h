/* time.h - moments on the clock that is never set back.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Layer 1; uses atomic.h.
 *
 * Every deadline in Pawl is a moment, not a length: int64 nanoseconds on
 * CLOCK_MONOTONIC.  It needs no arithmetic when a wait is interrupted and begun
 * again, and setting the wall clock does not move it.
 *
 * Example
 *     pawl_sem s = PAWL_SEM_INIT;
 *     int result = pawl_sem_wait_until(&s, 1, pawl_after(5 * PAWL_MILLISECOND));
 */
#ifndef PAWL_TIME_H
#define PAWL_TIME_H

#include <pawl/atomic.h>

typedef int64_t pawl_time;

#define PAWL_FOREVER     INT64_MAX              /* a moment that never comes */
#define PAWL_MICROSECOND INT64_C(1000)
#define PAWL_MILLISECOND INT64_C(1000000)
#define PAWL_SECOND      INT64_C(1000000000)

PAWL_BEGIN

/* This moment.  Any thread, any time; async-signal-safe. */
pawl_time pawl_now(void);

/* The moment `nanoseconds` from now.  One that would lie beyond PAWL_FOREVER is
 * PAWL_FOREVER; a negative length gives a moment in the past. */
pawl_time pawl_after(int64_t nanoseconds);

PAWL_END

#endif
