/* spsc_ring.c - laying out a ring of blocks.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/spsc_ring.h>

#include "block.h"

typedef struct layout {
    size_t per, stride, blocks, bytes;
} layout;

/* False: no memory can hold it, or a count or a number would not fit a header. */
static bool lay_out(layout *l, size_t capacity, size_t size)
{
    size_t room = PAWL_SPSC_BLOCK - sizeof(uint64_t);

    l->stride = 0;
    if (size > UINT32_MAX || size > PTRDIFF_MAX / 2
        || !add_bytes(&l->stride, 1, sizeof(uint64_t) + size))
        return false;
    l->per = 1;
    if (size <= room) {
        l->per = room / size;
        l->stride = PAWL_SPSC_BLOCK;
    }
    l->blocks = capacity / l->per + (capacity % l->per != 0) + 1;      /* I3 */
    if (l->blocks > UINT32_MAX)
        return false;
    l->bytes = sizeof(pawl_spsc_ring);
    return add_bytes(&l->bytes, l->blocks, l->stride);
}

size_t pawl_spsc_ring_bytes(size_t capacity, size_t size)
{
    layout l;

    return power_of_two(capacity) && size != 0 && lay_out(&l, capacity, size) ? l.bytes
                                                                              : 0;
}

int pawl_spsc_ring_init(pawl_spsc_ring *r, size_t bytes, size_t capacity, size_t size)
{
    layout l;
    int refused;

    if (!power_of_two(capacity) || size == 0)
        return EINVAL;
    refused = check_block(r, bytes, lay_out(&l, capacity, size) ? l.bytes : 0);
    if (refused)
        return refused;
    r->push_end = r->pop_end = sizeof *r + l.blocks * l.stride;
    r->push_stride = r->pop_stride = l.stride;
    r->push_per = r->pop_per = (uint32_t)l.per;
    r->push_size = r->pop_size = (uint32_t)size;
    pawl_spsc_ring_init_at_(r, 0);
    return 0;
}

void pawl_spsc_ring_init_at_(pawl_spsc_ring *r, uint64_t number)
{
    uint64_t blocks = (r->push_end - sizeof *r) / r->push_stride;

    r->push_block = r->pop_block = sizeof *r + number % blocks * r->push_stride;
    r->push_number = number;
    r->push_header = number << PAWL_SPSC_NUMBER_;
    r->push_keeps = true;
    r->push_limit = number + blocks;
    r->pop_taken = r->pop_known = 0;
    /* relaxed: not published yet. */
    atomic_store_explicit(&r->done, number, memory_order_relaxed);
    for (uint64_t b = 0; b < blocks; b++) {
        uint64_t place = sizeof *r + (number % blocks + b) % blocks * r->push_stride;

        atomic_store_explicit(pawl_spsc_ring_header_(r, place),
            b == 0 ? number << PAWL_SPSC_NUMBER_
                   : (number + b - blocks) << PAWL_SPSC_NUMBER_ | r->push_per,
            memory_order_relaxed);
    }
}

/* The count in the header of block `number`, which is 0 unless that is begun. */
static uint64_t count_of(pawl_spsc_ring *r, uint64_t blocks, uint64_t number)
{
    uint64_t place = sizeof *r + number % blocks * r->pop_stride;
    /* relaxed: a hint. */
    uint64_t header = atomic_load_explicit(pawl_spsc_ring_header_(r, place),
                                           memory_order_relaxed);

    return header >> PAWL_SPSC_NUMBER_ == (uint32_t)number ? (uint32_t)header : 0;
}

size_t pawl_spsc_ring_count_hint(pawl_spsc_ring *r)
{
    uint64_t blocks = (r->pop_end - sizeof *r) / r->pop_stride;
    /* relaxed: a hint. */
    uint64_t done = atomic_load_explicit(&r->done, memory_order_relaxed);
    uint64_t in = 0, out = blocks - 1;

    /* How many blocks are full: `in` at least, `out` at most, but for the last. */
    while (in < out) {
        uint64_t middle = in + (out - in) / 2;

        if (count_of(r, blocks, done + middle) == r->pop_per)
            in = middle + 1;
        else
            out = middle;
    }
    return (size_t)(in * r->pop_per + count_of(r, blocks, done + in));
}
