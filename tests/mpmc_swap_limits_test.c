/* mpmc_swap_limits_test.c - mpmc_swap.h at its limits: wraps, stale hints, misuse.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "swap.h"

#define CLOSED (UINT64_MAX - ECANCELED)

/* The hints for all, and with `each` those of every port. */
static void set_hints(pawl_mpmc_swap *q, uint64_t to_push, uint64_t to_pop, bool each)
{
    atomic_store_explicit(&q->tail, to_push, memory_order_relaxed);
    atomic_store_explicit(&q->head, to_pop, memory_order_relaxed);
    for (uint32_t i = 0; each && i < q->ports; i++) {
        aim(&port_of(q, i)->push, to_push);
        aim(&port_of(q, i)->pop, to_pop);
    }
}

static const size_t capacities[] = { 1, 2, 4, 8, 64 };

/* Fill and drain for some laps; full and empty are exact, in each position. */
static void some_laps(pawl_mpmc_swap_port *in, pawl_mpmc_swap_port *out,
                      size_t capacity, unsigned laps)
{
    for (uint64_t item = 0; item < laps * capacity; item++) {
        assert_true(pop(out) == EMPTY);
        for (size_t i = 0; i < capacity; i++)
            assert_int_equal(push(in, item + i), 0);
        assert_int_equal(push(in, 0), EAGAIN);
        for (size_t i = 0; i < capacity; i++)
            assert_true(pop(out) == item + i);
        assert_true(pop(out) == EMPTY);
        assert_int_equal(push(in, item), 0);    /* on to the next position */
        assert_true(pop(out) == item);
    }
}

static void laps_may_wrap_in_a_word(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        pawl_mpmc_swap *q = make(capacities[c], 2, 1, 8);
        pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
        uint64_t laps = UINT64_C(1) << (64 - q->lap_shift);
        /* The last is where positions wrap too. */
        uint64_t starts[] = { laps - 3, laps / 2 - 3, 2 * laps - 3, laps - 1,
                              (UINT64_MAX >> q->shift) - 2 };

        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            pawl_mpmc_swap_init_at_(q, starts[i] << q->shift);
            some_laps(in, out, capacities[c], 6);
            assert_true((out->pop.at >> q->shift) - starts[i] > 6
                        || out->pop.at >> q->shift < starts[i]);
            pawl_mpmc_swap_init_at_(q, starts[i] % laps << q->shift);
            for (unsigned k = 0; k < 6 * capacities[c]; k++)
                assert_int_equal(push(in, k), k < capacities[c] ? 0 : EAGAIN);
            for (unsigned k = 0; k < capacities[c]; k++)
                assert_true(pop(out) == k);
        }
        free(q);
    }
}

static void close_works_where_laps_wrap(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        size_t capacity = capacities[c];

        for (size_t inside = 0; inside <= capacity; inside++)
            for (size_t k = 0; k < 3 * capacity; k++) {
                pawl_mpmc_swap *q = make(capacity, 2, 1, 8);
                pawl_mpmc_swap_port *in = enter(q), *out = enter(q);

                pawl_mpmc_swap_init_at_(q, ((UINT64_C(1) << (64 - q->lap_shift)) - 2)
                                           << q->shift);
                for (size_t i = 0; i < k; i++) {
                    assert_int_equal(push(in, i), 0);
                    assert_true(pop(out) == i);
                }
                for (size_t i = 0; i < inside; i++)
                    assert_int_equal(push(in, i), 0);
                assert_true(pawl_mpmc_swap_close(q));
                assert_int_equal(push(in, 0), ECANCELED);
                for (size_t i = 0; i < inside; i++) {
                    assert_true(pop(out) == i);
                    assert_int_equal(push(in, 0), ECANCELED);
                }
                assert_true(pop(out) == CLOSED);
                assert_false(pawl_mpmc_swap_close(q));
                free(q);
            }
    }
}

/* --- hints: a thread that was stopped may store one late ------------------ */

/* What is stale: the hints for all, those of the ports, or, in turn, both. */
typedef struct stale {
    uint64_t to_push, to_pop;
    unsigned how;
} stale;

static void spoil(pawl_mpmc_swap *q, stale *h)
{
    uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
    uint64_t head = atomic_load_explicit(&q->head, memory_order_relaxed);

    set_hints(q, h->to_push, h->to_pop, h->how > 0);
    if (h->how == 1)                    /* the ports' alone */
        set_hints(q, tail, head, false);
}

/* A queue that has seen `popped` items, and holds `inside` more, under stale hints. */
static void with_stale_hints(size_t capacity, uint64_t popped, size_t inside, stale h)
{
    pawl_mpmc_swap *q = make(capacity, 2, 1, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
    uint64_t pushed = popped + inside;

    for (uint64_t i = 0; i < pushed; i++) {
        if (i >= capacity && i - capacity < popped)
            assert_true(pop(out) == i - capacity);
        assert_int_equal(push(in, i), 0);
    }
    for (uint64_t i = pushed > capacity ? pushed - capacity : 0; i < popped; i++)
        assert_true(pop(out) == i);
    spoil(q, &h);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), inside);
    if (inside == capacity) {
        assert_int_equal(push(in, 0), EAGAIN);
        assert_true(in->push.at == pushed);         /* after a failure too */
    } else {
        assert_int_equal(push(in, pushed), 0);
        assert_true(in->push.at == ++pushed);
    }
    spoil(q, &h);
    for (uint64_t i = popped; i < pushed; i++) {
        assert_true(pop(out) == i);
        assert_true(out->pop.at == i + 1);
    }
    spoil(q, &h);
    assert_true(pop(out) == EMPTY);
    assert_true(out->pop.at == pushed);
    spoil(q, &h);
    assert_true(pawl_mpmc_swap_close(q));
    spoil(q, &h);
    assert_false(pawl_mpmc_swap_close(q));
    assert_int_equal(push(in, 0), ECANCELED);
    assert_true(pop(out) == CLOSED);
    assert_true(conserved(q));
    free(q);
}

static void stale_hints_cost_time_only(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 4; capacity *= 2)
        for (uint64_t popped = 0; popped <= 3 * capacity; popped++)
            for (size_t inside = 0; inside <= capacity; inside++)
                for (uint64_t t = 0; t <= popped + inside; t++)
                    for (uint64_t h = 0; h <= popped; h++)
                        for (unsigned how = 0; how < 3; how++)
                            with_stale_hints(capacity, popped, inside,
                                             (stale){ t, h, how });
}

static void hints_may_be_thousands_of_laps_old(void **state)
{
    (void)state;
    for (size_t inside = 0; inside <= 4; inside++)
        for (unsigned how = 0; how < 3; how++) {
            with_stale_hints(4, 10000, inside, (stale){ 3, 5, how });
            with_stale_hints(4, 10003, inside, (stale){ 0, 0, how });
            with_stale_hints(4, 10001, inside, (stale){ 10001 + inside, 17, how });
        }
}

/* A port that was idle while others worked finds its way by what they told. */
static void an_idle_port_catches_up(void **state)
{
    pawl_mpmc_swap *q = make(4, 3, 1, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q), *idle = enter(q);
    (void)state;

    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(push(in, i), 0);
        assert_true(pop(out) == i);
    }
    assert_true(pop(idle) == EMPTY);
    assert_int_equal(push(idle, 7), 0);
    assert_true(idle->push.at == 1001 && idle->pop.at == 1000);
    assert_true(pop(out) == 7);
    assert_true(conserved(q));
    free(q);
}

/* Hints are told whenever a multiple of PAWL_MPMC_SWAP_HINT_ is passed or reached. */
static void hints_are_told_every_so_often(void **state)
{
    enum { EVERY = PAWL_MPMC_SWAP_HINT_, MOST = 3 * EVERY };
    (void)state;

    for (size_t n = 1; n <= MOST; n++) {
        pawl_mpmc_swap *q = make(64, 2, MOST, 8);
        pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
        void *cells[MOST];

        for (uint64_t at = n; at <= 200; at += n) {
            uint64_t told = at < EVERY ? 0 : at / EVERY * EVERY;

            assert_int_equal(pawl_mpmc_swap_try_push_n(in, n), n);
            assert_int_equal(pawl_mpmc_swap_try_pop_n(out, cells, n), n);
            assert_in_range(atomic_load_explicit(&q->tail, memory_order_relaxed),
                            told, at);
            assert_in_range(atomic_load_explicit(&q->head, memory_order_relaxed),
                            told, at);
        }
        free(q);
    }
}

/* One that was idle for half of all laps or more: its hint looks ahead of the words,
 * and the hints for all set it right. */
static void a_port_idle_for_half_of_all_laps_catches_up(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++)
        for (uint64_t eighths = 1; eighths < 8; eighths++) {
            pawl_mpmc_swap *q = make(capacities[c], 3, 1, 8);
            pawl_mpmc_swap_port *in = enter(q), *out = enter(q), *idle = enter(q);
            uint64_t laps = UINT64_C(1) << (64 - q->lap_shift);
            uint64_t at = (laps / 8 * eighths + 1) << q->shift;

            pawl_mpmc_swap_init_at_(q, at);
            aim(&idle->push, 1);
            aim(&idle->pop, 1);
            assert_true(pop(idle) == EMPTY);
            assert_int_equal(push(in, 5), 0);
            assert_true(pop(idle) == 5);
            assert_int_equal(push(idle, 7), 0);
            assert_true(pop(out) == 7);
            assert_true(idle->push.at == at + 2 && idle->pop.at == at + 1);
            assert_true(conserved(q));
            free(q);
        }
}

/* --- a block that somebody has overwritten -------------------------------- */

static void overwritten_memory_is_no_hang(void **state)
{
    static const uint64_t words[] = { 0, 1, 2, 3 };
    (void)state;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        pawl_mpmc_swap *q = make(4, 2, 1, 8);
        pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
        void *cell = &cell;

        some_laps(in, out, 4, 2);
        for (uint64_t s = 0; s < 4; s++)
            set_slot(q, s, words[i]);           /* of lap 0, long gone */
        assert_int_equal(pawl_mpmc_swap_try_pop(out, &cell), EINVAL);
        assert_ptr_equal(cell, &cell);
        assert_int_equal(pawl_mpmc_swap_try_pop_n(out, &cell, 1), 0);
        assert_true(push(in, 0) != 0);
        pawl_mpmc_swap_close(q);
        free(q);
    }
}

/* --- more spares than a port's record has room for ------------------------- */

static void many_spares_lie_with_their_port(void **state)
{
    enum { SPARES = 100, ALL = 2 * SPARES };
    pawl_mpmc_swap *q = make(4, 2, SPARES, 8);
    pawl_mpmc_swap_port *ports[] = { enter(q), enter(q) };
    char *from = (char *)q + q->cells_at;
    (void)state;

    assert_true(conserved(q));
    for (uint64_t i = 0; i < ALL; i++) {
        char *cell = pawl_mpmc_swap_cell(ports[i / SPARES], i % SPARES);

        assert_in_range(cell - from, 0, (ALL + 4 - 1) * 8);
        *(uint64_t *)(void *)cell = i;
    }
    for (uint64_t i = 0; i < ALL; i++)          /* no two in one place */
        assert_true(*(uint64_t *)pawl_mpmc_swap_cell(ports[i / SPARES], i % SPARES)
                    == i);
    for (uint64_t i = 0; i < SPARES; i++) {
        assert_int_equal(pawl_mpmc_swap_try_push(ports[0]), 0);
        assert_true(pop(ports[1]) == i);
    }
    assert_true(conserved(q));
    free(q);
}

/* --- caller's bugs -------------------------------------------------------- */

#ifdef PAWL_DEBUG
static void use_cell_2_of_2(void *port)
{
    pawl_mpmc_swap_cell(port, 2);
}

static void push_3_of_2(void *port)
{
    (void)!pawl_mpmc_swap_try_push_n(port, 3);
}

static void pop_3_into_2(void *port)
{
    void *cells[3];

    (void)!pawl_mpmc_swap_try_pop_n(port, cells, 3);
}

static void leave_twice(void *port)
{
    pawl_mpmc_swap_leave(port);
    pawl_mpmc_swap_leave(port);
}

static void push_a_pointer_in_4_bytes(void *port)
{
    (void)!pawl_mpmc_swap_try_push_pointer(port, port);
}

static void callers_bugs_die(void **state)
{
    pawl_mpmc_swap *q = make(4, 1, 2, 4);
    pawl_mpmc_swap_port *port = enter(q);
    (void)state;

    assert_true(dies(use_cell_2_of_2, port, "the port has no such cell"));
    assert_true(dies(push_3_of_2, port, "more cells than the port has"));
    assert_true(dies(pop_3_into_2, port, "more cells than the port has"));
    assert_true(dies(push_a_pointer_in_4_bytes, port, "no pointer fits the cells"));
    assert_true(dies(leave_twice, port, "leave of a port that is not open"));
    free(q);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laps_may_wrap_in_a_word),
        cmocka_unit_test(close_works_where_laps_wrap),
        cmocka_unit_test(stale_hints_cost_time_only),
        cmocka_unit_test(hints_may_be_thousands_of_laps_old),
        cmocka_unit_test(an_idle_port_catches_up),
        cmocka_unit_test(hints_are_told_every_so_often),
        cmocka_unit_test(a_port_idle_for_half_of_all_laps_catches_up),
        cmocka_unit_test(overwritten_memory_is_no_hang),
        cmocka_unit_test(many_spares_lie_with_their_port),
#ifdef PAWL_DEBUG
        cmocka_unit_test(callers_bugs_die),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_swap_limits", tests, NULL, NULL);
}
