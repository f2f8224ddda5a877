/* sleeps.h - has a call slept?
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef HISTORY_SLEEPS_H
#define HISTORY_SLEEPS_H

#include <sys/resource.h>

/* How often the kernel has taken the processor from us because we slept. */
static inline long sleeps(void)
{
    struct rusage use;

    getrusage(RUSAGE_THREAD, &use);
    return use.ru_nvcsw;
}

#endif
