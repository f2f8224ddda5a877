/* storm_word.h - a storm's queue: mpmc_word.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A handle has all of its 32 bits in use: few of them are an item's.
 */
#ifndef FAULT_TRIAL_STORM_WORD_H
#define FAULT_TRIAL_STORM_WORD_H

#include <fault/storm.h>

/* Their product is 1, modulo 2^32. */
#define STORM_SPREAD   UINT32_C(2654435761)
#define STORM_UNSPREAD UINT32_C(244002641)

enum { STORM_CAPACITY = 8 };

static bool storm_open(void *memory, size_t bytes, unsigned ports)
{
    (void)ports;
    return pawl_mpmc_word_init((pawl_mpmc_word *)memory, bytes, STORM_CAPACITY) == 0;
}

static size_t storm_bytes(unsigned ports)
{
    (void)ports;
    return pawl_mpmc_word_bytes(STORM_CAPACITY);
}

static void *storm_join(void *memory) { return memory; }

static bool storm_push(void *queue, uint64_t number)
{
    return pawl_mpmc_word_try_push((pawl_mpmc_word *)queue,
                                   (uint32_t)number * STORM_SPREAD);
}

/* The number of the item that was popped; 0: none; one that nobody has made: it was not
 * whole. */
static uint64_t storm_pop(void *queue)
{
    uint32_t handle;

    return pawl_mpmc_word_try_pop((pawl_mpmc_word *)queue, &handle)
         ? handle * STORM_UNSPREAD : 0;
}

#endif
