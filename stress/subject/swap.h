/* swap.h - what the subjects of mpmc_swap share: its ports, and pointers in its cells.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SUBJECT_SWAP_H
#define SUBJECT_SWAP_H

#include <pawl/mpmc_swap.h>

#include <stdlib.h>

#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_BATCH 1
typedef pawl_mpmc_swap *subject;
typedef pawl_mpmc_swap_port *handle;

enum { SPARES_MAX = 16 };
static size_t spares = SPARES_MAX;      /* a trial without batches may say 1 */
#define SUBJECT_SPARES spares

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_swap_bytes(capacity, threads, spares, sizeof(void *));

    *q = (pawl_mpmc_swap *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL
        && pawl_mpmc_swap_init(*q, bytes, capacity, threads, spares,
                               sizeof(void *)) == 0;
}

static void subject_close(subject *q) { free(*q); }

static bool subject_join(subject *q, handle *h)
{
    pawl_mpmc_swap_port *port;          /* *h may stay in a register */

    if (pawl_mpmc_swap_open(*q, &port) != 0)
        return false;
    *h = port;
    return true;
}

static void subject_leave(subject *q, handle *h)
{
    (void)q;
    pawl_mpmc_swap_leave(*h);
}

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
