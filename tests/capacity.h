/* capacity.h - bad input, where a structure takes a capacity and a block of memory.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_CAPACITY_H
#define PAWL_TESTS_CAPACITY_H

#include "unit.h"

#include <pawl/atomic.h>

#include <errno.h>

typedef struct sized {
    size_t (*bytes)(size_t capacity);
    int (*init)(void *memory, size_t bytes, size_t capacity);
    size_t max, slot;                   /* the largest capacity; bytes a slot */
} sized;

static inline void refuses_bad_input_and_leaves_memory_alone(const sized *s)
{
    size_t bytes = s->bytes(8);
    char *memory = block(bytes + PAWL_LINE);

    assert_int_equal(s->init(memory, bytes, 0), EINVAL);
    assert_int_equal(s->init(memory, bytes, 3), EINVAL);
    assert_int_equal(s->init(memory, bytes, 6), EINVAL);
    assert_int_equal(s->init(memory, SIZE_MAX, SIZE_MAX), EINVAL);
    assert_int_equal(s->init(memory + 8, bytes, 8), EINVAL);
    assert_int_equal(s->init(memory + PAWL_LINE / 2, bytes, 8), EINVAL);
    assert_int_equal(s->init(NULL, bytes, 8), EINVAL);
    assert_int_equal(s->init(memory, SIZE_MAX, SIZE_MAX / 2 + 1), EOVERFLOW);
    assert_int_equal(s->init(memory, SIZE_MAX, s->max * 2), EOVERFLOW);
    assert_int_equal(s->init(memory, bytes - 1, 8), ENOMEM);
    assert_int_equal(s->init(memory, 0, 8), ENOMEM);
    assert_true(untouched(memory, bytes + PAWL_LINE));
    assert_int_equal(s->init(memory, bytes, 8), 0);
    assert_true(untouched(memory + bytes, PAWL_LINE));
    free(memory);
}

static inline void says_0_bytes_where_init_would_refuse(const sized *s)
{
    assert_int_equal(s->bytes(0), 0);
    assert_int_equal(s->bytes(3), 0);
    assert_int_equal(s->bytes(s->max * 2), 0);
    assert_int_equal(s->bytes(SIZE_MAX / 2 + 1), 0);
    assert_true(s->bytes(s->max) > s->max * s->slot);
}

#endif
