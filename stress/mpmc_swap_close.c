/* mpmc_swap_close.c - subject: our lock-free queue, waited for by spinning; and closed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_swap_close"

#include <pawl/backoff.h>
#include <subject/swap.h>
#include <subject/refusal.h>

static bool subject_shut(subject *q) { return pawl_mpmc_swap_close(*q); }

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

#include <trial/channel.h>
