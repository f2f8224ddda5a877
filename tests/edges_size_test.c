/* edges_size_test.c - sizes at the end of what memory can hold.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each size that bytes() gives holds what was asked for, and init agrees with it.  The
 * memory itself is not there: init looks at it last.
 */
#include "unit.h"

#include <pawl/channel.h>
#include <pawl/mpmc_ring.h>
#include <pawl/spsc_ring.h>

enum { NEAR = 40 };

/* What a size says: 0, or enough for so many cells and not more than there can be. */
static void holds(size_t bytes, size_t cells, size_t cell_bytes)
{
    assert_true(bytes <= PTRDIFF_MAX);
    if (bytes != 0)
        assert_true(bytes / cells >= cell_bytes && bytes % PAWL_LINE == 0);
}

/* Cells of about so many bytes: 1 in the slot, and one spare in each port. */
static void cells_around(size_t ports, size_t cell_bytes)
{
    _Alignas(UNIT_LINE) static unsigned char memory[UNIT_LINE];
    size_t last = 1;

    for (size_t i = 0; i < 2 * NEAR; i++) {
        size_t size = cell_bytes / 64 * 64 + (i - NEAR) * 64;
        size_t queue = pawl_mpmc_swap_bytes(1, ports, 1, size);
        size_t channel = pawl_channel_bytes(1, ports, 1, size);

        holds(queue, 1 + ports, size);
        holds(channel, 1 + ports, size);
        assert_true(channel == 0 || channel == queue + sizeof(pawl_channel));
        assert_true(channel != 0 || queue == 0
                    || queue > PTRDIFF_MAX - sizeof(pawl_channel));
        assert_true(last != 0 || queue == 0);       /* what is refused stays refused */
        assert_int_equal(pawl_mpmc_swap_init((void *)memory, 1, 1, ports, 1, size),
                         queue == 0 ? EOVERFLOW : ENOMEM);
        last = queue;
    }
}

/* Where bytes reach the most, and where a size_t no longer holds them. */
static void cells_of_nearly_all_memory(void **state)
{
    (void)state;
    for (size_t ports = 1; ports < 30; ports++) {
        cells_around(ports, PTRDIFF_MAX / (1 + ports));
        cells_around(ports, SIZE_MAX / (1 + ports));
        cells_around(ports, PTRDIFF_MAX / 2);
    }
    assert_int_equal(pawl_mpmc_swap_bytes(1, 4, 1, PTRDIFF_MAX / 5 + 64), 0);
    assert_true(pawl_mpmc_swap_bytes(1, 4, 1, PTRDIFF_MAX / 5 - 1024) > 0);
}

static void as_many_cells_as_there_can_be(void **state)
{
    const size_t half = PAWL_MPMC_SWAP_MAX / 2;
    (void)state;

    assert_true(pawl_mpmc_swap_bytes(half, 1, half, 1) > 0 || sizeof(size_t) < 8);
    assert_int_equal(pawl_mpmc_swap_bytes(half, 1, half + 1, 1), 0);
    assert_int_equal(pawl_mpmc_swap_bytes(half, half + 1, 1, 1), 0);
    assert_int_equal(pawl_mpmc_swap_bytes(2 * half, 1, 1, 1), 0);
}

/* What is not the number of a cell, and not closed or full, is the lap's. */
static void a_cells_number_takes_no_more_bits_than_it_needs(void **state)
{
    static const struct { size_t ports; uint32_t bits; } of_one_slot[] = {
        { 1, 1 }, { 2, 2 }, { 3, 2 }, { 4, 3 }, { 7, 3 }, { 8, 4 }, { 15, 4 },
        { 16, 5 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof of_one_slot / sizeof *of_one_slot; i++) {
        size_t bytes = pawl_mpmc_swap_bytes(1, of_one_slot[i].ports, 1, 8);
        pawl_mpmc_swap *q = block(bytes);

        assert_int_equal(pawl_mpmc_swap_init(q, bytes, 1, of_one_slot[i].ports, 1, 8),
                         0);
        assert_int_equal(q->lap_shift, 2 + of_one_slot[i].bits);
        free(q);
    }
}

static void elements_of_nearly_all_memory(void **state)
{
    const unsigned bits = sizeof(size_t) * 8;
    (void)state;

    for (unsigned shift = 1; shift < bits; shift++) {
        size_t capacity = (size_t)1 << shift, ring = pawl_mpmc_ring_bytes(capacity);

        assert_true(ring <= PTRDIFF_MAX && (ring == 0 || ring / 8 >= capacity));
        assert_true((ring != 0) == (shift <= 40 && shift + 4 < bits));
        for (unsigned s = 0; s < bits; s++) {
            size_t size = (size_t)1 << s, bytes = pawl_spsc_ring_bytes(capacity, size);

            assert_true(bytes <= PTRDIFF_MAX);
            assert_true(bytes == 0 || bytes / size >= capacity);
            /* A block of 128 bytes holds one element at least; fewer than 2^32. */
            if (s < 32 && shift < 32 && shift + (s < 7 ? 7 : s) < bits - 3)
                assert_true(bytes != 0);
            if (s > 6 && shift >= 32)
                assert_true(bytes == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_nearly_all_memory),
        cmocka_unit_test(as_many_cells_as_there_can_be),
        cmocka_unit_test(a_cells_number_takes_no_more_bits_than_it_needs),
        cmocka_unit_test(elements_of_nearly_all_memory),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_size", tests, NULL, NULL);
}
