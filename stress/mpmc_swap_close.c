/* mpmc_swap_close.c - subject: our lock-free queue, waited for by spinning; and closed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/backoff.h>
#include <pawl/mpmc_swap.h>

#include <stdlib.h>

#define SUBJECT "mpmc_swap_close"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_BATCH 1
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
static bool subject_shut(subject *q) { return pawl_mpmc_swap_close(*q); }

static bool subject_join(subject *q, handle *h)
{
    return pawl_mpmc_swap_open(*q, h) == 0;
}

static void subject_leave(subject *q, handle *h)
{
    (void)q;
    pawl_mpmc_swap_leave(*h);
}

/* One push, again as long as it is full, if `wait`. */
static int put(handle h, void *item, bool wait)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    int result;

    *(void **)pawl_mpmc_swap_cell(h, 0) = item;
    while ((result = pawl_mpmc_swap_try_push(h)) == EAGAIN && wait)
        if (!pawl_backoff_wait(&b))
            pawl_yield();
    return result;
}

/* One pop, again as long as it is empty, if `wait`. */
static int take(handle h, void **item, bool wait)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    void *cell = NULL;
    int result;

    while ((result = pawl_mpmc_swap_try_pop(h, &cell)) == EAGAIN && wait)
        if (!pawl_backoff_wait(&b))
            pawl_yield();
    if (result == 0)
        *item = *(void **)cell;
    return result;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return went(put(*h, item, false), NOT_NOW | CLOSED);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return went(take(*h, item, false), NOT_NOW | CLOSED);
}

static bool subject_push_wait(subject *q, handle *h, void *item)
{
    (void)q;
    return went(put(*h, item, true), CLOSED);
}

static bool subject_pop_wait(subject *q, handle *h, void **item)
{
    (void)q;
    return went(take(*h, item, true), CLOSED);
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

#include <trial/channel.h>
