/* greedy_event.c - control: tokens behind our event, of which one may be taken twice.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/atomic.h>

#define SUBJECT_TAKE take_greedily

static bool take_greedily(PAWL_ATOMIC(uint64_t) *tokens)
{
    uint64_t n = atomic_load_explicit(tokens, memory_order_seq_cst);

    if (n == 0)
        return false;
    /* The bug: whether it was exchanged is not looked at. */
    (void)atomic_compare_exchange_strong_explicit(tokens, &n, n - 1,
              memory_order_seq_cst, memory_order_seq_cst);
    return true;
}

#include <event.c>
