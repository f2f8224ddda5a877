/* backoff.h - a stand-in for <pawl/backoff.h>: GenMC is told of each round of a wait.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who can sleep does so at once.  Who only spins goes round once: a round that changes
 * nothing could as well have come later.  With --check-liveness GenMC says when all
 * others have ended, and it would still go round.
 */
#ifndef PAWL_GENMC_BACKOFF_H
#define PAWL_GENMC_BACKOFF_H

#pragma GCC system_header               /* #include_next */
#include_next <pawl/backoff.h>
#undef PAWL_BACKOFF_INIT

#include <genmc.h>

#define PAWL_BACKOFF_INIT { (__VERIFIER_loop_begin(), 0) }

bool pawl_backoff_wait(pawl_backoff *b)
{
    (void)b;
    __VERIFIER_spin_start();
    return false;
}

uint32_t pawl_usable_cpus(void)
{
    return UINT32_MAX;
}

void pawl_yield(void)
{
}

#endif
