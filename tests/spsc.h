/* spsc.h - what the tests of spsc_ring.h share: a ring that is watched.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_SPSC_H
#define PAWL_TESTS_SPSC_H

#include "unit.h"

#include <pawl/spsc_ring.h>

enum { BIGGEST = 1000, MOST = 300 };

static const size_t sizes[] = { 1, 2, 3, 4, 7, 8, 12, 16, 56, 120, 121, BIGGEST };
static const size_t capacities[] = { 1, 2, 4, 8, 64 };

static inline pawl_spsc_ring *make(size_t capacity, size_t size)
{
    size_t bytes = pawl_spsc_ring_bytes(capacity, size);
    pawl_spsc_ring *r = block(bytes);

    assert_true(bytes > 0);
    assert_int_equal(pawl_spsc_ring_init(r, bytes, capacity, size), 0);
    return r;
}

/* --- a ring that is watched: what goes in comes out, whole and in order */

typedef struct watched {
    pawl_spsc_ring *ring;
    size_t capacity, size;
    uint64_t pushed, popped;
    unsigned char elements[MOST * BIGGEST];
} watched;

static watched w;                       /* too big for a stack */

static inline void watch(size_t capacity, size_t size)
{
    w.ring = make(capacity, size);
    w.capacity = capacity;
    w.size = size;
    w.pushed = w.popped = 0;
}

static inline unsigned char byte_of(uint64_t element, size_t i)
{
    return (unsigned char)((element + 1) * 167 + i * 13 + (element >> 8));
}

/* Push n; returns how many went in.  Room for `capacity` is sure. */
static inline size_t push(size_t n)
{
    size_t inside = w.pushed - w.popped, pushed;
    size_t sure = inside < w.capacity ? w.capacity - inside : 0;

    for (size_t e = 0; e < n; e++)
        for (size_t i = 0; i < w.size; i++)
            w.elements[e * w.size + i] = byte_of(w.pushed + e, i);
    pushed = n == 1 ? pawl_spsc_ring_try_push(w.ring, w.elements, w.size)
                    : pawl_spsc_ring_try_push_n(w.ring, w.elements, n, w.size);
    assert_true(pushed <= n);
    assert_true(pushed >= (n < sure ? n : sure));
    w.pushed += pushed;
    return pushed;
}

/* Pop n; exactly as many come out as there are, and nothing else is written. */
static inline size_t pop(size_t n)
{
    size_t inside = w.pushed - w.popped, popped;

    memset(w.elements, PATTERN, (n + 1) * w.size);
    popped = n == 1 ? pawl_spsc_ring_try_pop(w.ring, w.elements, w.size)
                    : pawl_spsc_ring_try_pop_n(w.ring, w.elements, n, w.size);
    assert_int_equal(popped, n < inside ? n : inside);
    for (size_t e = 0; e < popped; e++)
        for (size_t i = 0; i < w.size; i++)
            assert_int_equal(w.elements[e * w.size + i], byte_of(w.popped + e, i));
    assert_true(untouched(w.elements + popped * w.size, (n + 1 - popped) * w.size));
    w.popped += popped;
    return popped;
}

/* --- from a process to its child: one feeds, the other consumes 64-bit numbers */

static inline void from_process_to_child(void *(*feed)(void *), int (*in_child)(void *))
{
    size_t bytes = pawl_spsc_ring_bytes(64, sizeof(uint64_t));
    pawl_spsc_ring *r = shared_block(bytes);
    pid_t pid;

    assert_int_equal(pawl_spsc_ring_init(r, bytes, 64, sizeof(uint64_t)), 0);
    pid = child(in_child, r);
    feed(r);
    assert_int_equal(status_of(pid), 0);
    munmap(r, bytes);
}

#endif
