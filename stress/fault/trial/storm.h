/* storm.h - processes that use a mpmc_swap, and are killed at random moments.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Four processes push and pop as fast as they can.  Again and again one of them, chosen
 * by dice, is killed by SIGKILL, and another takes its place, with a port of its own.
 * Items are wide and written in place.  None may come twice, or torn; all that are left
 * must go on after each kill; and in the end an item that is missing, though its push
 * had returned, is accounted for by a kill in a pop: one each, at most.
 */
#ifndef FAULT_TRIAL_STORM_H
#define FAULT_TRIAL_STORM_H

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

static bool storm(void)
{
    static const fault_storm subject = {
        SUBJECT, storm_bytes, storm_open, storm_join, storm_push, storm_pop
    };

    return fault_rage(&subject);
}

#endif
