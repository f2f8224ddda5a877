/* mpmc_swap.c - subject: our lock-free queue; its cells hold one pointer each.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_swap"

#include <subject/swap.h>
#include <subject/refusal.h>

#define SUBJECT_HINT(q) pawl_mpmc_swap_count_hint(*(q))
#define SUBJECT_HINT_SURE 1             /* never more than there were */
#define SUBJECT_STORM <fault/trial/storm_swap.h>

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return went(pawl_mpmc_swap_try_push_pointer(*h, item), NOT_NOW);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return went(pawl_mpmc_swap_try_pop_pointer(*h, item), NOT_NOW);
}

#include <trial/queue.h>
