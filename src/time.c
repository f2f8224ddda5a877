/* time.c - the monotonic clock.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include <pawl/time.h>

#include <time.h>

pawl_time pawl_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (pawl_time)t.tv_sec * PAWL_SECOND + t.tv_nsec;
}

pawl_time pawl_after(int64_t nanoseconds)
{
    pawl_time now = pawl_now();

    return nanoseconds > PAWL_FOREVER - now ? PAWL_FOREVER : now + nanoseconds;
}
