/* swap.h - subject: our lock-free queue, its cells filled and read in place.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef BENCH_PAYLOAD_SWAP_H
#define BENCH_PAYLOAD_SWAP_H

#include "payload.h"

enum { spares = 1 };
#define CELL PAYLOAD
#include <subject/ports.h>

#include <string.h>

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
