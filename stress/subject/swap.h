/* swap.h - subjects of mpmc_swap whose cells hold one pointer each: batches of them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SUBJECT_SWAP_H
#define SUBJECT_SWAP_H

#include <stddef.h>

enum { SPARES_MAX = 16 };
static size_t spares = SPARES_MAX;      /* a trial without batches may say 1 */
#define SUBJECT_SPARES spares
#define CELL sizeof(void *)
#include <subject/ports.h>

#define SUBJECT_EXACT 1
#define SUBJECT_BATCH 1

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    for (size_t i = 0; i < n; i++)
        *(void **)pawl_mpmc_swap_cell(*h, i) = items[i];
    return pawl_mpmc_swap_try_push_n(*h, n);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    void *cells[SPARES_MAX];
    size_t popped = pawl_mpmc_swap_try_pop_n(*h, cells, n);

    (void)q;
    for (size_t i = 0; i < popped; i++)
        items[i] = *(void **)cells[i];
    return popped;
}

#endif
