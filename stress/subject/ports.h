/* ports.h - what the subjects of mpmc_swap share: a queue, and a port of it a thread.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The subject defines before: CELL, bytes a cell, and spares, how many a port has.
 */
#ifndef SUBJECT_PORTS_H
#define SUBJECT_PORTS_H

#include <pawl/mpmc_swap.h>

#include <stdlib.h>

#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
typedef pawl_mpmc_swap *subject;
typedef pawl_mpmc_swap_port *handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_swap_bytes(capacity, threads, spares, CELL);

    *q = (pawl_mpmc_swap *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL
        && pawl_mpmc_swap_init(*q, bytes, capacity, threads, spares, CELL) == 0;
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

#endif
