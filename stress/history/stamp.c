/* stamp.c - moments of call and return that can be compared between threads.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Uses the compiler's own atomics, not pawl/atomic.h: these are not to be perturbed.
 */
#include <history/stamp.h>

#include <pawl/time.h>

#include <stdatomic.h>

static _Thread_local _Atomic uint64_t own;

/* seq_cst, twice: the strongest that there is, for what comes after, and before. */
uint64_t history_call_stamp(void)
{
    uint64_t now = (uint64_t)pawl_now();

    atomic_exchange_explicit(&own, now, memory_order_seq_cst);
    return now;
}

uint64_t history_return_stamp(void)
{
    atomic_exchange_explicit(&own, 0, memory_order_seq_cst);
    return (uint64_t)pawl_now();
}
