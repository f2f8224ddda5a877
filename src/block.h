/* block.h - what the inits of one-block structures have to refuse.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_SRC_BLOCK_H
#define PAWL_SRC_BLOCK_H

#include <pawl/atomic.h>

#include <errno.h>

static inline bool power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/* *sum + n * size, rounded up to whole lines, into *sum.  False: memory cannot hold
 * it. */
static inline bool add_bytes(size_t *sum, size_t n, size_t size)
{
    size_t more;

    if (__builtin_mul_overflow(n, size, &more)
        || __builtin_add_overflow(*sum, more, sum)
        || __builtin_add_overflow(*sum, (size_t)PAWL_LINE - 1, &more)
        || more > PTRDIFF_MAX)
        return false;
    *sum = more / PAWL_LINE * PAWL_LINE;
    return true;
}

/* Bytes of a ring: `head`, and `capacity` slots of `size`.  0: capacity is no power of
 * two, or above `most`, or memory cannot hold it. */
static inline size_t
ring_bytes(size_t head, size_t capacity, uint64_t most, size_t size)
{
    return power_of_two(capacity) && capacity <= most
        && add_bytes(&head, capacity, size) ? head : 0;
}

/* 0 if `memory`, `bytes` long, can hold `need` bytes; EINVAL: it is misaligned; ENOMEM:
 * it is too short; EOVERFLOW: need is 0, for what no memory can hold. */
static inline int check_block(const void *memory, size_t bytes, size_t need)
{
    if (memory == NULL || (uintptr_t)memory % PAWL_LINE != 0)
        return EINVAL;
    if (need == 0)
        return EOVERFLOW;
    return bytes < need ? ENOMEM : 0;
}

/* The same; EINVAL also: no ring has that capacity. */
static inline int
check_ring(const void *memory, size_t bytes, size_t capacity, size_t need)
{
    return power_of_two(capacity) ? check_block(memory, bytes, need) : EINVAL;
}

#endif
