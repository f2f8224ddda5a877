/* mpmc_swap.c - subject: our lock-free queue; its cells hold one pointer each.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/mpmc_swap.h>

#include <stdlib.h>

#define SUBJECT "mpmc_swap"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_BATCH 1
#define SUBJECT_HINT(q) pawl_mpmc_swap_count_hint(*(q))
typedef pawl_mpmc_swap *subject;
typedef pawl_mpmc_swap_port *handle;

#include <subject/refusal.h>

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

#include <trial/queue.h>
