/* swap.h - what the tests of mpmc_swap.h share: a queue, and an account of its cells.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_SWAP_H
#define PAWL_TESTS_SWAP_H

#include "unit.h"

#include <pawl/mpmc_swap.h>

/* A queue; what lies between its slots and ports, and in its cells, is left alone. */
static inline pawl_mpmc_swap *make(size_t capacity, size_t ports, size_t spares,
                                   size_t cell_bytes)
{
    size_t bytes = pawl_mpmc_swap_bytes(capacity, ports, spares, cell_bytes);
    pawl_mpmc_swap *q = block(bytes);

    assert_true(bytes > 0);
    assert_int_equal(pawl_mpmc_swap_init(q, bytes, capacity, ports, spares, cell_bytes),
                     0);
    assert_int_equal(q->cell_bytes, cell_bytes);
    assert_true(untouched((char *)(q + 1) + capacity * sizeof(uint64_t),
                          q->ports_at - sizeof *q - capacity * sizeof(uint64_t)));
    assert_true(untouched((char *)q + q->cells_at, bytes - q->cells_at));
    return q;
}

static inline pawl_mpmc_swap_port *enter(pawl_mpmc_swap *q)
{
    pawl_mpmc_swap_port *port = NULL;

    assert_int_equal(pawl_mpmc_swap_open(q, &port), 0);
    return port;
}

static inline int push(pawl_mpmc_swap_port *port, uint64_t item)
{
    *(uint64_t *)pawl_mpmc_swap_cell(port, 0) = item;
    return pawl_mpmc_swap_try_push(port);
}

/* The item popped, or UINT64_MAX - the error. */
static inline uint64_t pop(pawl_mpmc_swap_port *port)
{
    void *cell = NULL;
    int result = pawl_mpmc_swap_try_pop(port, &cell);

    return result == 0 ? *(uint64_t *)cell : UINT64_MAX - (uint64_t)result;
}

#define EMPTY (UINT64_MAX - EAGAIN)

static inline uint64_t slot(pawl_mpmc_swap *q, uint64_t i)
{
    return atomic_load_explicit(&pawl_mpmc_swap_slots_(q)[i & q->mask],
                                memory_order_relaxed);
}

static inline void set_slot(pawl_mpmc_swap *q, uint64_t i, uint64_t word)
{
    atomic_store_explicit(&pawl_mpmc_swap_slots_(q)[i & q->mask], word,
                          memory_order_relaxed);
}

static inline pawl_mpmc_swap_port *port_of(pawl_mpmc_swap *q, uint32_t i)
{
    void *port = (char *)q + q->ports_at + i * q->port_stride;

    return port;
}

/* The port looks there next, and guesses nothing. */
static inline void aim(pawl_mpmc_swap_side_ *side, uint64_t at)
{
    side->at = side->end = at;
}

/* Is each cell in exactly one slot, or with exactly one port?  At rest. */
static inline bool conserved(pawl_mpmc_swap *q)
{
    uint64_t cells = q->mask + 1 + (uint64_t)q->ports * q->spares;
    uint64_t number = (UINT64_C(1) << (q->lap_shift - 2)) - 1;
    unsigned char *found = calloc(cells, 1);
    bool good = found != NULL;

    for (uint64_t i = 0; good && i <= q->mask; i++) {
        uint64_t cell = slot(q, i) >> 2 & number;

        good = cell < cells && !found[cell]++;
    }
    for (uint32_t p = 0; p < q->ports; p++)
        for (uint32_t i = 0; good && i < q->spares; i++) {
            uint32_t cell = *pawl_mpmc_swap_spare_(port_of(q, p), i);

            good = cell < cells && !found[cell]++;
        }
    free(found);
    return good;
}

#endif
