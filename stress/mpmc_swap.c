/* mpmc_swap.c - subject: our lock-free queue; its cells hold one pointer each.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_swap"

#include <subject/swap.h>
#include <subject/refusal.h>

#define SUBJECT_HINT(q) pawl_mpmc_swap_count_hint(*(q))

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    *(void **)pawl_mpmc_swap_cell(*h, 0) = item;
    return went(pawl_mpmc_swap_try_push(*h), NOT_NOW);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    void *cell = NULL;

    (void)q;
    if (!went(pawl_mpmc_swap_try_pop(*h, &cell), NOT_NOW))
        return false;
    *item = *(void **)cell;
    return true;
}

#include <trial/queue.h>
