/* mpsc.h - a queue for one thread's tests of mpsc_queue.h: pushed to, popped from.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_MPSC_H
#define PAWL_TESTS_MPSC_H

#include "counted.h"

#include <pawl/mpsc_queue.h>

enum { SLOTS = 1024, SEGMENT = PAWL_MPSC_QUEUE_SEGMENT, PLENTY = 1 << 20 };

typedef pawl_mpsc_queue queue;

static inline void *item(uint64_t i) { return (void *)(uintptr_t)(i + 1); }

static inline void push(queue *q, uint64_t from, uint64_t n)
{
    for (uint64_t i = from; i < from + n; i++)
        assert_int_equal(pawl_mpsc_queue_try_push(q, item(i)), 0);
}

/* As many as it takes, until memory is refused; the number of the one that it is. */
static inline uint64_t push_what_fits(queue *q, uint64_t from)
{
    int refused;

    while ((refused = pawl_mpsc_queue_try_push(q, item(from))) == 0)
        from++;
    assert_int_equal(refused, ENOMEM);
    return from;
}

static inline void pop(queue *q, uint64_t from, uint64_t n)
{
    for (uint64_t i = from; i < from + n; i++) {
        void *got = NULL;

        assert_true(pawl_mpsc_queue_try_pop(q, &got));
        assert_ptr_equal(got, item(i));
    }
}

/* A queue that may have `grants` segments; what it takes is counted in c. */
static inline void begin(queue *q, counted *c, size_t grants, size_t limit)
{
    counted_begin(c, grants);
    assert_int_equal(pawl_mpsc_queue_init(q, limit, &c->mem), 0);
}

static inline void end(queue *q, const counted *c)
{
    pawl_mpsc_queue_destroy(q);
    assert_int_equal(c->bytes, 0);
}

static inline void is_empty(queue *q)
{
    void *got = q;

    assert_false(pawl_mpsc_queue_try_pop(q, &got));
    assert_ptr_equal(got, q);
    assert_int_equal(pawl_mpsc_queue_count_hint(q), 0);
}

#endif
