/* word.h - what the tests of mpmc_word share: a queue, its hints and slots.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_WORD_H
#define PAWL_TESTS_WORD_H

#include "unit.h"

#include <pawl/mpmc_word.h>

static const size_t capacities[] = { 1, 2, 4, 64 };
enum { CAPACITIES = sizeof capacities / sizeof *capacities };

static inline pawl_mpmc_word *make(size_t capacity)
{
    size_t bytes = pawl_mpmc_word_bytes(capacity);
    pawl_mpmc_word *q = block(bytes);

    assert_int_equal(bytes, sizeof *q + (capacity * 8 + PAWL_LINE - 1)
                                            / PAWL_LINE * PAWL_LINE);
    assert_int_equal(pawl_mpmc_word_init(q, bytes, capacity), 0);
    assert_true(untouched((char *)(q + 1) + capacity * 8, bytes - sizeof *q
                                                              - capacity * 8));
    return q;
}

static inline void set_hints(pawl_mpmc_word *q, uint64_t tail, uint64_t head)
{
    atomic_store_explicit(&q->tail, tail, memory_order_relaxed);
    atomic_store_explicit(&q->head, head, memory_order_relaxed);
}

static inline bool hints_are(pawl_mpmc_word *q, uint64_t tail, uint64_t head)
{
    return atomic_load_explicit(&q->tail, memory_order_relaxed) == tail
        && atomic_load_explicit(&q->head, memory_order_relaxed) == head;
}

static inline void set_slot(pawl_mpmc_word *q, uint64_t position, uint64_t word)
{
    atomic_store_explicit(pawl_mpmc_word_slot_(q, position), word,
                          memory_order_relaxed);
}

#endif
