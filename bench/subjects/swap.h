/* swap.h - subject: our lock-free queue, its cells filled and read in place.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef BENCH_PAYLOAD_SWAP_H
#define BENCH_PAYLOAD_SWAP_H

#include <pawl/mpmc_swap.h>

#include "payload.h"

#include <stdlib.h>
#include <string.h>

#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
typedef pawl_mpmc_swap *subject;
typedef pawl_mpmc_swap_port *handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_swap_bytes(capacity, threads, 1, PAYLOAD);

    *q = (pawl_mpmc_swap *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL
        && pawl_mpmc_swap_init(*q, bytes, capacity, threads, 1, PAYLOAD) == 0;
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
    write_payload(pawl_mpmc_swap_cell(*h, 0), item);
    return pawl_mpmc_swap_try_push(*h) == 0;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    void *cell;

    (void)q;
    if (pawl_mpmc_swap_try_pop(*h, &cell) != 0)
        return false;
    *item = read_payload(cell);
    return true;
}

#include <trial/queue.h>

#endif
