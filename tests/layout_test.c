/* layout_test.c - how what processes may share lies in memory: alike on all machines.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The figures are those of little-endian machines of 64 bits, which may share a file.
 * The others have the same, but for structures with pointers inside.
 */
#include "unit.h"

#include <pawl/pawl.h>

typedef struct row { const char *what; size_t is, must_be; } row;

#define SIZE(type, bytes)        { "sizeof " #type, sizeof(type), bytes }
#define AT(type, member, offset) { #type "." #member, offsetof(type, member), offset }

/* Words to meet at. */
static const row locks[] = {
    SIZE(pawl_spinlock, 4), AT(pawl_spinlock, held, 0),
    SIZE(pawl_ticketlock, 8), AT(pawl_ticketlock, next, 0),
    AT(pawl_ticketlock, owner, 4),
    SIZE(pawl_sem, 16), AT(pawl_sem, word, 0), AT(pawl_sem, scope, 8),
};

/* Rings: their blocks and slots follow. */
static const row rings[] = {
    SIZE(pawl_spsc_ring, 256), AT(pawl_spsc_ring, push_block, 0),
    AT(pawl_spsc_ring, push_header, 8), AT(pawl_spsc_ring, push_number, 16),
    AT(pawl_spsc_ring, push_limit, 24), AT(pawl_spsc_ring, push_end, 32),
    AT(pawl_spsc_ring, push_stride, 40), AT(pawl_spsc_ring, push_per, 48),
    AT(pawl_spsc_ring, push_size, 52), AT(pawl_spsc_ring, push_keeps, 56),
    AT(pawl_spsc_ring, pop_block, 128), AT(pawl_spsc_ring, pop_end, 136),
    AT(pawl_spsc_ring, pop_stride, 144), AT(pawl_spsc_ring, pop_per, 152),
    AT(pawl_spsc_ring, pop_size, 156), AT(pawl_spsc_ring, pop_taken, 160),
    AT(pawl_spsc_ring, pop_known, 164), AT(pawl_spsc_ring, done, 168),
    SIZE(pawl_mpmc_ring, 384), AT(pawl_mpmc_ring, mask, 0),
    AT(pawl_mpmc_ring, tail, 128), AT(pawl_mpmc_ring, head, 256),
    SIZE(pawl_mpmc_ring64, 384), AT(pawl_mpmc_ring64, mask, 0),
    AT(pawl_mpmc_ring64, tail, 128), AT(pawl_mpmc_ring64, head, 256),
    SIZE(pawl_mpmc_word, 384), AT(pawl_mpmc_word, mask, 0),
    AT(pawl_mpmc_word, shift, 8), AT(pawl_mpmc_word, tail, 128),
    AT(pawl_mpmc_word, head, 256),
};

/* A queue of lent cells, and its ports. */
static const row swap[] = {
    SIZE(pawl_mpmc_swap, 384), AT(pawl_mpmc_swap, mask, 0),
    AT(pawl_mpmc_swap, shift, 8), AT(pawl_mpmc_swap, lap_shift, 12),
    AT(pawl_mpmc_swap, ports_at, 16), AT(pawl_mpmc_swap, port_stride, 24),
    AT(pawl_mpmc_swap, cells_at, 32), AT(pawl_mpmc_swap, cell_stride, 40),
    AT(pawl_mpmc_swap, cell_bytes, 48), AT(pawl_mpmc_swap, ports, 56),
    AT(pawl_mpmc_swap, spares, 60), AT(pawl_mpmc_swap, tail, 128),
    AT(pawl_mpmc_swap, head, 256),
    SIZE(pawl_mpmc_swap_side_, 32), AT(pawl_mpmc_swap_side_, at, 0),
    AT(pawl_mpmc_swap_side_, end, 8), AT(pawl_mpmc_swap_side_, base, 16),
    AT(pawl_mpmc_swap_side_, cell, 24), AT(pawl_mpmc_swap_side_, step, 28),
    SIZE(pawl_mpmc_swap_port, 256), AT(pawl_mpmc_swap_port, owner, 0),
    AT(pawl_mpmc_swap_port, spares, 4), AT(pawl_mpmc_swap_port, first, 8),
    AT(pawl_mpmc_swap_port, last, 12), AT(pawl_mpmc_swap_port, behind, 16),
    AT(pawl_mpmc_swap_port, often, 20), AT(pawl_mpmc_swap_port, home, 24),
    AT(pawl_mpmc_swap_port, mask, 32), AT(pawl_mpmc_swap_port, cells_at, 40),
    AT(pawl_mpmc_swap_port, cell_stride, 48), AT(pawl_mpmc_swap_port, lap, 56),
    AT(pawl_mpmc_swap_port, push, 64), AT(pawl_mpmc_swap_port, pop, 96),
    AT(pawl_mpmc_swap_port, turned_away, 128), AT(pawl_mpmc_swap_port, pushed, 132),
    AT(pawl_mpmc_swap_port, spare, 136),
};

/* With pointers, which are NULL between processes. */
static const row events[] = {
    SIZE(pawl_event, 48), AT(pawl_event, state, 0), AT(pawl_event, epoch, 8),
    AT(pawl_event, scope, 12), AT(pawl_event, first, 16), AT(pawl_event, last, 24),
    AT(pawl_event, firing, 32), AT(pawl_event, turns, 40),
    SIZE(pawl_channel, 256), AT(pawl_channel, items, 0), AT(pawl_channel, space, 128),
};

static bool alike(const row *rows, size_t n)
{
    bool all = true;

    for (size_t i = 0; i < n; i++)
        if (rows[i].is != rows[i].must_be) {
            print_error("%s: %zu, not %zu\n", rows[i].what, rows[i].is,
                        rows[i].must_be);
            all = false;
        }
    return all;
}

#define ALIKE(rows) assert_true(alike(rows, sizeof(rows) / sizeof *(rows)))

static void what_holds_no_pointer_lies_alike_on_every_machine(void **state)
{
    (void)state;

    ALIKE(locks);
    ALIKE(rings);
    ALIKE(swap);
}

static void what_holds_pointers_lies_alike_where_they_have_64_bits(void **state)
{
    (void)state;

    if (sizeof(void *) != 8)
        skip();
    ALIKE(events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_holds_no_pointer_lies_alike_on_every_machine),
        cmocka_unit_test(what_holds_pointers_lies_alike_where_they_have_64_bits),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
