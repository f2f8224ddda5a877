/* edges_wrap_test.c - the queues over the edges at which they wrap, by two threads.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One thread over the same edges: the queues' own tests.  Other counts than those of
 * queues: edges_count_test.c.
 */
#include "swap.h"

#include <pawl/channel.h>
#include <pawl/mpmc_ring.h>
#include <pawl/spsc_ring.h>

enum { BEFORE = 300, ITEMS = 1000, BATCH = 5, SWAP_WRAPS = 3 };

/* --- the hooks: a ring that was moved is one that was used ---------------- */

static void a_moved_mpmc_ring_is_as_one_that_was_used(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(8);
    pawl_mpmc_ring *used = block(bytes), *moved = block(bytes);
    void *item;
    (void)state;

    assert_int_equal(pawl_mpmc_ring_init(used, bytes, 8), 0);
    assert_int_equal(pawl_mpmc_ring_init(moved, bytes, 8), 0);
    for (uint64_t n = 0; n < 30; n++) {
        pawl_mpmc_ring_init_at_(moved, n);
        assert_memory_equal(used, moved, bytes);
        assert_true(pawl_mpmc_ring_try_push(used, NULL));
        assert_true(pawl_mpmc_ring_try_pop(used, &item));
    }
    free(used);
    free(moved);
}

static void a_moved_spsc_ring_is_as_one_that_was_used(void **state)
{
    size_t bytes = pawl_spsc_ring_bytes(4, 100);
    pawl_spsc_ring *used = block(bytes), *moved = block(bytes);
    char element[100] = "";
    (void)state;

    assert_int_equal(pawl_spsc_ring_init(used, bytes, 4, 100), 0);
    assert_int_equal(pawl_spsc_ring_init(moved, bytes, 4, 100), 0);
    assert_int_equal(used->push_per, 1);
    for (uint64_t n = 0; n < 30; n++) {
        assert_true(pawl_spsc_ring_try_push(used, element, 100));
        if (n > 5) {                    /* all blocks have been filled */
            pawl_spsc_ring_init_at_(moved, n);
            assert_true(pawl_spsc_ring_try_push(moved, element, 100));
            assert_true(moved->push_block == used->push_block);
            assert_true(moved->push_number == used->push_number);
            assert_true(moved->pop_block == used->pop_block);
            assert_true(moved->done == used->done);
            for (uint64_t b = sizeof *used; b < used->push_end; b += used->push_stride)
                assert_true(*pawl_spsc_ring_header_(moved, b)
                            == *pawl_spsc_ring_header_(used, b));
        }
        assert_true(pawl_spsc_ring_try_pop(used, element, 100));
    }
    free(used);
    free(moved);
}

static void a_moved_mpmc_swap_is_as_one_that_was_used(void **state)
{
    pawl_mpmc_swap *used = make(4, 1, 1, 8), *moved = make(4, 1, 1, 8);
    pawl_mpmc_swap_port *port = enter(used), *other = enter(moved);
    void *cell = NULL;
    (void)state;

    for (uint64_t n = 0; n < 30; n++) {
        pawl_mpmc_swap_init_at_(moved, n);
        assert_true(port->push.at == other->push.at && port->pop.at == other->pop.at);
        for (uint64_t i = 0; i < 4; i++) {
            assert_true(slot(used, i) >> used->lap_shift
                        == slot(moved, i) >> moved->lap_shift);
            assert_true((slot(used, i) & 3) == 0 && (slot(moved, i) & 3) == 0);
        }
        assert_true(conserved(moved));
        assert_true(untouched((char *)moved + moved->cells_at, 5 * 8));
        assert_int_equal(pawl_mpmc_swap_try_push(port), 0);
        assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), 0);
    }
    free(used);
    free(moved);
}

/* --- queues: one thread to another, in ones and batches, in order --------- */

typedef struct line {
    void *queue;
    size_t (*push)(struct line *l, uint64_t first, size_t n);
    size_t (*pop)(struct line *l, uint64_t *items, size_t n);
    void *in, *out;                     /* ports */
} line;

static void *push_all(void *argument)
{
    line *l = argument;

    for (uint64_t i = 0; i < ITEMS; ) {
        size_t n = 1 + i % BATCH, some;

        some = l->push(l, i, n < ITEMS - i ? n : (size_t)(ITEMS - i));
        i += some;
        if (some == 0)
            sched_yield();
    }
    return NULL;
}

static void carry(line *l)
{
    pthread_t producer = start(push_all, l);
    uint64_t next = 0, items[BATCH];
    bool good = true;

    while (next < ITEMS) {
        size_t n = l->pop(l, items, 1 + next % BATCH);

        for (size_t i = 0; i < n; i++)
            good = items[i] == next++ && good;
        if (n == 0)
            sched_yield();
    }
    finish(producer);
    assert_true(good);
    assert_int_equal(l->pop(l, items, 1), 0);
}

static size_t push_spsc(line *l, uint64_t first, size_t n)
{
    uint64_t items[BATCH];

    for (size_t i = 0; i < n; i++)
        items[i] = first + i;
    return n == 1 ? pawl_spsc_ring_try_push(l->queue, items, sizeof *items)
                  : pawl_spsc_ring_try_push_n(l->queue, items, n, sizeof *items);
}

static size_t pop_spsc(line *l, uint64_t *items, size_t n)
{
    return n == 1 ? pawl_spsc_ring_try_pop(l->queue, items, sizeof *items)
                  : pawl_spsc_ring_try_pop_n(l->queue, items, n, sizeof *items);
}

static void spsc_ring_wraps_under_two_threads(void **state)
{
    size_t bytes = pawl_spsc_ring_bytes(16, sizeof(uint64_t));
    pawl_spsc_ring *r = block(bytes);
    line l = { r, push_spsc, pop_spsc, NULL, NULL };
    (void)state;

    for (unsigned i = 0; i < 2; i++) {
        uint64_t blocks;

        assert_int_equal(pawl_spsc_ring_init(r, bytes, 16, sizeof(uint64_t)), 0);
        blocks = (r->push_end - sizeof *r) / r->push_stride;
        pawl_spsc_ring_init_at_(r, (i ? blocks << 32 : 0) - 20);
        carry(&l);
        assert_true(r->push_number - (i ? blocks << 32 : 0) < ITEMS);
    }
    free(r);
}

static size_t push_ring(line *l, uint64_t first, size_t n)
{
    void *items[BATCH];

    for (size_t i = 0; i < n; i++)
        items[i] = (void *)(uintptr_t)((first + i) * 4);
    return n == 1 ? pawl_mpmc_ring_try_push(l->queue, items[0])
                  : pawl_mpmc_ring_try_push_n(l->queue, items, n);
}

static size_t pop_ring(line *l, uint64_t *items, size_t n)
{
    void *got[BATCH] = { NULL };
    size_t popped = n == 1 ? pawl_mpmc_ring_try_pop(l->queue, got)
                           : pawl_mpmc_ring_try_pop_n(l->queue, got, n);

    for (size_t i = 0; i < popped; i++)
        items[i] = (uintptr_t)got[i] / 4;
    return popped;
}

static void mpmc_ring_wraps_under_two_threads(void **state)
{
    static const uint64_t wraps[] = { 0, UINT64_C(1) << 62, UINT64_C(1) << 32 };
    (void)state;

    for (size_t capacity = 1; capacity <= 8; capacity *= 2)
        for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
            size_t bytes = pawl_mpmc_ring_bytes(capacity);
            pawl_mpmc_ring *r = block(bytes);
            line l = { r, push_ring, pop_ring, NULL, NULL };

            assert_int_equal(pawl_mpmc_ring_init(r, bytes, capacity), 0);
            pawl_mpmc_ring_init_at_(r, wraps[i] - BEFORE);
            carry(&l);
            assert_true(atomic_load_explicit(&r->head, memory_order_relaxed)
                        == wraps[i] + ITEMS - BEFORE);
            free(r);
        }
}

static size_t push_swap(line *l, uint64_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *(uint64_t *)pawl_mpmc_swap_cell(l->in, i) = first + i;
    return n == 1 ? pawl_mpmc_swap_try_push(l->in) == 0
                  : pawl_mpmc_swap_try_push_n(l->in, n);
}

static size_t pop_swap(line *l, uint64_t *items, size_t n)
{
    void *cells[BATCH];
    size_t popped = n == 1 ? pawl_mpmc_swap_try_pop(l->out, cells) == 0
                           : pawl_mpmc_swap_try_pop_n(l->out, cells, n);

    for (size_t i = 0; i < popped; i++)
        items[i] = *(uint64_t *)cells[i];
    return popped;
}

/* Where the lap wraps in a word, at half of that, and where positions wrap too. */
static uint64_t wrap_of_swap(const pawl_mpmc_swap *q, unsigned which)
{
    uint64_t laps = UINT64_C(1) << (64 - q->lap_shift) << q->shift;

    return which == 0 ? laps : which == 1 ? laps / 2 : 0;
}

static void mpmc_swap_wraps_under_two_threads(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 8; capacity *= 2)
        for (unsigned which = 0; which < SWAP_WRAPS; which++) {
            pawl_mpmc_swap *q = make(capacity, 2, BATCH, sizeof(uint64_t));
            line l = { q, push_swap, pop_swap, enter(q), enter(q) };

            pawl_mpmc_swap_init_at_(q, wrap_of_swap(q, which) - BEFORE);
            carry(&l);
            assert_true(((pawl_mpmc_swap_port *)l.out)->pop.at
                        == wrap_of_swap(q, which) + ITEMS - BEFORE);
            assert_true(conserved(q));
            assert_true(pawl_mpmc_swap_close(q));
            assert_int_equal(pawl_mpmc_swap_try_push(l.in), ECANCELED);
            free(q);
        }
}

static void *push_waiting(void *port)
{
    for (uint64_t i = 0; i < ITEMS; i++) {
        *(uint64_t *)pawl_channel_cell(port, 0) = i;
        if (pawl_channel_push(port) != 0)
            return port;
    }
    return NULL;
}

/* The events' epochs wrap on the way, too: each wait notified brings them one on. */
static void channel_wraps_under_two_threads(void **state)
{
    size_t bytes = pawl_channel_bytes(1, 2, BATCH, sizeof(uint64_t));
    (void)state;

    for (unsigned which = 0; which < SWAP_WRAPS; which++) {
        pawl_channel *c = block(bytes);
        pawl_mpmc_swap *q = pawl_channel_queue_(c);
        pawl_channel_port *in = NULL, *out = NULL;
        void *cell = NULL, *failed;
        pthread_t producer;

        assert_int_equal(pawl_channel_init(c, bytes, 1, 2, BATCH, sizeof(uint64_t),
                                           PAWL_PRIVATE), 0);
        assert_int_equal(pawl_channel_open(c, &in), 0);
        assert_int_equal(pawl_channel_open(c, &out), 0);
        pawl_mpmc_swap_init_at_(q, wrap_of_swap(q, which) - BEFORE);
        atomic_store_explicit(&c->items.epoch, UINT32_MAX, memory_order_relaxed);
        atomic_store_explicit(&c->space.epoch, UINT32_MAX, memory_order_relaxed);
        producer = start(push_waiting, in);
        for (uint64_t i = 0; i < ITEMS; i++) {
            assert_int_equal(pawl_channel_pop(out, &cell), 0);
            assert_true(*(uint64_t *)cell == i);
            while (i % 250 == 0 && !pawl_event_waited(&c->space))
                nap(1);                 /* until the producer waits for room */
        }
        pthread_join(producer, &failed);
        assert_null(failed);
        assert_in_range(atomic_load_explicit(&c->space.epoch, memory_order_relaxed),
                        0, ITEMS);
        assert_true(pawl_channel_close(c));
        assert_int_equal(pawl_channel_pop(out, &cell), ECANCELED);
        free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moved_mpmc_ring_is_as_one_that_was_used),
        cmocka_unit_test(a_moved_spsc_ring_is_as_one_that_was_used),
        cmocka_unit_test(a_moved_mpmc_swap_is_as_one_that_was_used),
        cmocka_unit_test(spsc_ring_wraps_under_two_threads),
        cmocka_unit_test(mpmc_ring_wraps_under_two_threads),
        cmocka_unit_test(mpmc_swap_wraps_under_two_threads),
        cmocka_unit_test(channel_wraps_under_two_threads),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_wrap", tests, NULL, NULL);
}
