/* storm_swap.h - a storm's queue: mpmc_swap.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Items are wide and written in place.  Each process has a port of its own.
 */
#ifndef FAULT_TRIAL_STORM_SWAP_H
#define FAULT_TRIAL_STORM_SWAP_H

#include <fault/storm.h>

typedef struct storm_item {
    uint64_t number, words[7];
} storm_item;

enum { STORM_CAPACITY = 8 };

static bool storm_open(void *memory, size_t bytes, unsigned ports)
{
    return pawl_mpmc_swap_init((pawl_mpmc_swap *)memory, bytes, STORM_CAPACITY, ports,
                               1, sizeof(storm_item)) == 0;
}

static size_t storm_bytes(unsigned ports)
{
    return pawl_mpmc_swap_bytes(STORM_CAPACITY, ports, 1, sizeof(storm_item));
}

static void *storm_join(void *memory)
{
    pawl_mpmc_swap_port *port = NULL;

    return pawl_mpmc_swap_open((pawl_mpmc_swap *)memory, &port) == 0 ? port : NULL;
}

static bool storm_push(void *port, uint64_t number)
{
    storm_item *item =
        (storm_item *)pawl_mpmc_swap_cell((pawl_mpmc_swap_port *)port, 0);

    item->number = number;
    for (unsigned i = 0; i < 7; i++)
        item->words[i] = fault_mix(number + i);
    return pawl_mpmc_swap_try_push((pawl_mpmc_swap_port *)port) == 0;
}

/* The number of the item that was popped; 0: none, UINT64_MAX: it was not whole. */
static uint64_t storm_pop(void *port)
{
    void *cell = NULL;
    const storm_item *item;

    if (pawl_mpmc_swap_try_pop((pawl_mpmc_swap_port *)port, &cell) != 0)
        return 0;
    item = (const storm_item *)cell;
    for (unsigned i = 0; i < 7; i++)
        if (item->words[i] != fault_mix(item->number + i))
            return UINT64_MAX;
    return item->number;
}

#endif
