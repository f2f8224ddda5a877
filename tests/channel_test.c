/* channel_test.c - what channel.h promises to one thread; channel_wait_test.c: to more.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/channel.h>
#include <pawl/eventfd.h>

#include <poll.h>

static_assert(sizeof(pawl_channel) == 2 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_channel, items) == 0, "layout");
static_assert(offsetof(pawl_channel, space) == PAWL_LINE, "layout");

static pawl_channel *make(size_t capacity, size_t ports, size_t spares)
{
    size_t bytes = pawl_channel_bytes(capacity, ports, spares, sizeof(uint64_t));
    pawl_channel *c = block(bytes);

    assert_true(bytes > 0);
    assert_int_equal(pawl_channel_init(c, bytes, capacity, ports, spares,
                                       sizeof(uint64_t), PAWL_PRIVATE), 0);
    return c;
}

static pawl_channel_port *enter(pawl_channel *c)
{
    pawl_channel_port *port = NULL;

    assert_int_equal(pawl_channel_open(c, &port), 0);
    return port;
}

static void set_cell(pawl_channel_port *port, size_t i, uint64_t value)
{
    *(uint64_t *)pawl_channel_cell(port, i) = value;
}

static int push(pawl_channel_port *port, uint64_t value)
{
    set_cell(port, 0, value);
    return pawl_channel_try_push(port);
}

static uint64_t at(void *cell)
{
    return *(uint64_t *)cell;
}

/* --- without waiting ------------------------------------------------------ */

static void it_is_a_bounded_queue(void **state)
{
    pawl_channel *c = make(4, 2, 2);
    pawl_channel_port *in = enter(c), *out = enter(c);
    void *cell = &cell;
    (void)state;

    for (uint64_t item = 0; item < 40; item += 4) {
        assert_int_equal(pawl_channel_try_pop(out, &cell), EAGAIN);
        for (uint64_t i = 0; i < 4; i++)
            assert_int_equal(push(in, item + i), 0);
        assert_true(pawl_channel_count_hint(c) <= 4);
        assert_int_equal(push(in, 99), EAGAIN);
        assert_true(at(pawl_channel_cell(in, 0)) == 99);
        for (uint64_t i = 0; i < 4; i++) {
            assert_int_equal(pawl_channel_try_pop(out, &cell), 0);
            assert_true(at(cell) == item + i);
        }
    }
    assert_true(at(cell) == 39);
    free(c);
}

static void it_counts_what_is_in(void **state)
{
    pawl_channel *c = make(64, 2, 1);
    pawl_channel_port *in = enter(c), *out = enter(c);
    void *cell;
    (void)state;

    assert_int_equal(pawl_channel_count_hint(c), 0);
    for (uint64_t i = 0; i < 64; i++)
        assert_int_equal(push(in, i), 0);
    assert_int_equal(pawl_channel_count_hint(c), 64);
    for (uint64_t i = 0; i < 64; i++)
        assert_int_equal(pawl_channel_try_pop(out, &cell), 0);
    assert_int_equal(pawl_channel_count_hint(c), 0);
    free(c);
}

static void push_n_moves_what_fits(void **state)
{
    pawl_channel *c = make(4, 2, 3);
    pawl_channel_port *in = enter(c), *out = enter(c);
    void *cells[3];
    (void)state;

    for (size_t i = 0; i < 3; i++)
        set_cell(in, i, i);
    assert_int_equal(pawl_channel_try_push_n(in, 0), 0);
    assert_int_equal(pawl_channel_try_push_n(in, 3), 3);
    for (size_t i = 0; i < 3; i++)
        set_cell(in, i, 3 + i);
    assert_int_equal(pawl_channel_try_push_n(in, 3), 1);
    assert_true(at(pawl_channel_cell(in, 0)) == 4 && at(pawl_channel_cell(in, 1)) == 5);
    assert_int_equal(pawl_channel_try_push_n(in, 2), 0);
    assert_int_equal(pawl_channel_pop_n(out, cells, 2, 2, PAWL_FOREVER), 2);
    assert_true(at(cells[0]) == 0 && at(cells[1]) == 1);
    assert_int_equal(pawl_channel_pop_n(out, cells, 1, 3, PAWL_FOREVER), 2);
    assert_true(at(cells[0]) == 2 && at(cells[1]) == 3);
    free(c);
}

static void pop_n_takes_between_least_and_most(void **state)
{
    pawl_channel *c = make(8, 2, 4);
    pawl_channel_port *in = enter(c), *out = enter(c);
    void *cells[4] = { NULL };
    (void)state;

    assert_int_equal(pawl_channel_pop_n(out, cells, 0, 0, PAWL_FOREVER), 0);
    assert_int_equal(pawl_channel_pop_n(out, cells, 0, 4, PAWL_FOREVER), 0);
    assert_int_equal(pawl_channel_pop_n(out, cells, 1, 4, 0), 0);
    for (uint64_t i = 0; i < 6; i++)
        assert_int_equal(push(in, i), 0);
    assert_int_equal(pawl_channel_pop_n(out, cells, 0, 1, PAWL_FOREVER), 1);
    assert_true(at(cells[0]) == 0);
    assert_int_equal(pawl_channel_pop_n(out, cells, 4, 4, -1), 4);
    for (uint64_t i = 0; i < 4; i++)
        assert_true(at(cells[i]) == 1 + i);
    assert_int_equal(pawl_channel_pop_n(out, cells, 3, 4, INT64_MIN), 1);
    assert_true(at(cells[0]) == 5);
    assert_int_equal(pawl_channel_pop_n(out, cells, 3, 4, pawl_after(1000000)), 0);
    free(c);
}

static void a_moment_in_the_past_never_sleeps(void **state)
{
    static const pawl_time past[] = { INT64_MIN, -1, 0, 1 };
    pawl_channel *c = make(1, 2, 1);
    pawl_channel_port *in = enter(c), *out = enter(c);
    void *cell = &cell;
    (void)state;

    for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
        assert_int_equal(pawl_channel_pop_until(out, &cell, past[i]), ETIMEDOUT);
        set_cell(in, 0, i);
        assert_int_equal(pawl_channel_push_until(in, past[i]), 0);
        set_cell(in, 0, 99);
        assert_int_equal(pawl_channel_push_until(in, past[i]), ETIMEDOUT);
        assert_true(at(pawl_channel_cell(in, 0)) == 99);
        assert_int_equal(pawl_channel_pop_until(out, &cell, past[i]), 0);
        assert_true(at(cell) == i);
    }
    free(c);
}

static void a_deadline_is_not_early(void **state)
{
    pawl_channel *c = make(1, 2, 1);
    pawl_channel_port *in = enter(c), *out = enter(c);
    void *cell = &cell;
    pawl_time until = pawl_after(2 * PAWL_MILLISECOND);
    (void)state;

    errno = 77;
    assert_int_equal(pawl_channel_pop_until(out, &cell, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    assert_ptr_equal(cell, &cell);
    assert_int_equal(push(in, 1), 0);
    until = pawl_after(2 * PAWL_MILLISECOND);
    set_cell(in, 0, 2);
    assert_int_equal(pawl_channel_push_until(in, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    assert_true(at(pawl_channel_cell(in, 0)) == 2);
    until = pawl_after(2 * PAWL_MILLISECOND);
    assert_int_equal(pawl_channel_pop_n(out, &cell, 1, 1, until), 1);
    assert_int_equal(pawl_channel_pop_n(out, &cell, 1, 1, until), 0);
    assert_true(pawl_now() >= until);
    assert_int_equal(errno, 77);
    assert_false(pawl_event_waited(pawl_channel_items(c)));
    assert_false(pawl_event_waited(pawl_channel_space(c)));
    free(c);
}

/* --- close ---------------------------------------------------------------- */

static void close_refuses_pushes_and_delivers_the_rest(void **state)
{
    (void)state;
    for (size_t inside = 0; inside <= 4; inside++) {
        pawl_channel *c = make(4, 2, 2);
        pawl_channel_port *in = enter(c), *out = enter(c);
        void *cells[2] = { &c, &c };

        for (size_t i = 0; i < inside; i++)
            assert_int_equal(push(in, i), 0);
        assert_true(pawl_channel_close(c));
        assert_false(pawl_channel_close(c));
        set_cell(in, 0, 99);
        assert_int_equal(pawl_channel_try_push(in), ECANCELED);
        assert_int_equal(pawl_channel_push(in), ECANCELED);
        assert_int_equal(pawl_channel_push_until(in, 0), ECANCELED);
        assert_int_equal(pawl_channel_try_push_n(in, 2), 0);
        assert_true(at(pawl_channel_cell(in, 0)) == 99);
        for (size_t i = 0; i + 1 < inside; i++) {
            assert_int_equal(pawl_channel_pop(out, cells), 0);
            assert_true(at(cells[0]) == i);
        }
        assert_int_equal(pawl_channel_pop_n(out, cells, 2, 2, PAWL_FOREVER),
                         inside > 0);
        cells[0] = &c;
        assert_int_equal(pawl_channel_try_pop(out, cells), ECANCELED);
        assert_int_equal(pawl_channel_pop(out, cells), ECANCELED);
        assert_int_equal(pawl_channel_pop_until(out, cells, 0), ECANCELED);
        assert_int_equal(pawl_channel_pop_n(out, cells, 1, 2, PAWL_FOREVER), 0);
        assert_ptr_equal(cells[0], &c);
        free(c);
    }
}

/* --- listeners ------------------------------------------------------------ */

typedef struct ear {
    pawl_listener listener;
    unsigned calls;
} ear;

static void fire(pawl_listener *l)
{
    ((ear *)(void *)l)->calls++;
}

static void pushes_and_pops_call_listeners(void **state)
{
    pawl_channel *c = make(2, 2, 2);
    pawl_channel_port *in = enter(c), *out = enter(c);
    ear items[2] = { { PAWL_LISTENER_INIT(fire), 0 }, { PAWL_LISTENER_INIT(fire), 0 } };
    ear space = { PAWL_LISTENER_INIT(fire), 0 };
    void *cells[2];
    (void)state;

    assert_int_equal(pawl_event_listen(pawl_channel_items(c), &items[0].listener), 0);
    assert_int_equal(pawl_event_listen(pawl_channel_items(c), &items[1].listener), 0);
    assert_int_equal(pawl_event_listen(pawl_channel_space(c), &space.listener), 0);
    assert_int_equal(pawl_channel_try_pop(out, cells), EAGAIN);
    assert_int_equal(push(in, 1), 0);
    assert_true(items[0].calls == 1 && items[1].calls == 0 && space.calls == 0);
    assert_int_equal(push(in, 2), 0);
    assert_true(items[0].calls == 1 && items[1].calls == 1 && space.calls == 0);
    assert_int_equal(push(in, 3), EAGAIN);
    assert_int_equal(pawl_channel_try_pop(out, cells), 0);
    assert_int_equal(pawl_channel_try_pop(out, cells), 0);
    assert_true(items[1].calls == 1 && space.calls == 1);
    assert_int_equal(pawl_event_listen(pawl_channel_items(c), &items[0].listener), 0);
    assert_int_equal(pawl_event_listen(pawl_channel_items(c), &items[1].listener), 0);
    assert_int_equal(pawl_channel_try_push_n(in, 2), 2);
    assert_true(items[0].calls == 2 && items[1].calls == 2);
    assert_int_equal(pawl_event_listen(pawl_channel_space(c), &space.listener), 0);
    assert_int_equal(pawl_channel_pop_n(out, cells, 2, 2, PAWL_FOREVER), 2);
    assert_int_equal(space.calls, 2);
    free(c);
}

static void close_calls_all_listeners(void **state)
{
    pawl_channel *c = make(2, 2, 1);
    ear ears[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        ears[i] = (ear){ PAWL_LISTENER_INIT(fire), 0 };
        assert_int_equal(pawl_event_listen(i % 2 ? pawl_channel_items(c)
                                                 : pawl_channel_space(c),
                                           &ears[i].listener), 0);
    }
    assert_true(pawl_channel_close(c));
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(ears[i].calls, 1);
    free(c);
}

static bool readable(pawl_eventfd *f)
{
    struct pollfd p = { pawl_eventfd_fd(f), POLLIN, 0 };

    return poll(&p, 1, 0) == 1;
}

static void an_fd_can_be_polled_for_items(void **state)
{
    pawl_channel *c = make(2, 2, 1);
    pawl_channel_port *in = enter(c), *out = enter(c);
    pawl_eventfd f = { 0 };
    void *cell;
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, pawl_channel_items(c)), 0);
    assert_int_equal(push(in, 1), 0);
    assert_false(readable(&f));
    pawl_eventfd_arm(&f);
    assert_int_equal(pawl_channel_try_pop(out, &cell), 0);
    assert_int_equal(pawl_channel_try_pop(out, &cell), EAGAIN);
    assert_false(readable(&f));
    assert_int_equal(push(in, 2), 0);
    assert_true(readable(&f));
    pawl_eventfd_clear(&f);
    pawl_eventfd_arm(&f);
    assert_true(pawl_channel_close(c));
    assert_true(readable(&f));
    pawl_eventfd_close(&f);
    free(c);
}

/* --- ports and bad input -------------------------------------------------- */

static void ports_are_those_of_mpmc_swap(void **state)
{
    pawl_channel *c = make(2, 2, 1);
    pawl_channel_port *one = enter(c), *other = enter(c), *none = (void *)&none;
    (void)state;

    assert_ptr_not_equal(one, other);
    assert_int_equal(pawl_channel_open(c, &none), EBUSY);
    assert_ptr_equal(none, &none);
    pawl_channel_leave(one);
    assert_ptr_equal(enter(c), one);
    free(c);
}

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    size_t bytes = pawl_channel_bytes(4, 2, 3, 20);
    char *memory = block(bytes + PAWL_LINE);
    pawl_channel *c = (void *)memory, *off = (void *)(memory + PAWL_LINE / 2);
    pawl_scope p = PAWL_PRIVATE;
    (void)state;

    assert_int_equal(pawl_channel_init(c, bytes, 0, 2, 3, 20, p), EINVAL);
    assert_int_equal(pawl_channel_init(c, bytes, 6, 2, 3, 20, p), EINVAL);
    assert_int_equal(pawl_channel_init(c, bytes, 4, 0, 3, 20, p), EINVAL);
    assert_int_equal(pawl_channel_init(c, bytes, 4, 2, 0, 20, p), EINVAL);
    assert_int_equal(pawl_channel_init(c, bytes, 4, 2, 3, 0, p), EINVAL);
    assert_int_equal(pawl_channel_init(off, bytes, 4, 2, 3, 20, p), EINVAL);
    assert_int_equal(pawl_channel_init(NULL, bytes, 4, 2, 3, 20, p), EINVAL);
    assert_int_equal(pawl_channel_init(c, bytes, 4, 2, 3, 20, PAWL_SHARED), EINVAL);
    assert_int_equal(pawl_channel_init(c, bytes, 4, 2, 3, 20, (pawl_scope)2), EINVAL);
    assert_int_equal(pawl_channel_init(c, SIZE_MAX, PAWL_MPMC_SWAP_MAX, 2, 3, 20, p),
                     EOVERFLOW);
    assert_int_equal(pawl_channel_init(c, SIZE_MAX, 4, 2, 3, SIZE_MAX / 2, p),
                     EOVERFLOW);
    assert_int_equal(pawl_channel_init(c, bytes - 1, 4, 2, 3, 20, p), ENOMEM);
    assert_int_equal(pawl_channel_init(c, sizeof *c, 4, 2, 3, 20, p), ENOMEM);
    assert_int_equal(pawl_channel_init(c, 0, 4, 2, 3, 20, p), ENOMEM);
    assert_true(untouched(memory, bytes + PAWL_LINE));
    assert_int_equal(pawl_channel_init(c, bytes, 4, 2, 3, 20, p), 0);
    assert_true(untouched(memory + bytes, PAWL_LINE));
    free(memory);
}

static void bytes_are_0_where_init_would_refuse(void **state)
{
    (void)state;
    assert_int_equal(pawl_channel_bytes(0, 2, 3, 20), 0);
    assert_int_equal(pawl_channel_bytes(4, 0, 3, 20), 0);
    assert_int_equal(pawl_channel_bytes(4, 2, 0, 20), 0);
    assert_int_equal(pawl_channel_bytes(4, 2, 3, 0), 0);
    assert_int_equal(pawl_channel_bytes(PAWL_MPMC_SWAP_MAX, 2, 3, 20), 0);
    assert_int_equal(pawl_channel_bytes(4, 2, 3, 20),
                     sizeof(pawl_channel) + pawl_mpmc_swap_bytes(4, 2, 3, 20));
}

#ifdef PAWL_DEBUG
static void pop_3_of_2(void *port)
{
    void *cells[3];

    (void)!pawl_channel_pop_n(port, cells, 0, 3, 0);
}

static void pop_least_over_most(void *port)
{
    void *cells[2];

    (void)!pawl_channel_pop_n(port, cells, 2, 1, 0);
}

static void callers_bugs_die(void **state)
{
    pawl_channel *c = make(4, 1, 2);
    pawl_channel_port *port = enter(c);
    (void)state;

    assert_true(dies(pop_3_of_2, port, "more cells than the port has"));
    assert_true(dies(pop_least_over_most, port, "more cells than the port has"));
    free(c);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_bounded_queue),
        cmocka_unit_test(it_counts_what_is_in),
        cmocka_unit_test(push_n_moves_what_fits),
        cmocka_unit_test(pop_n_takes_between_least_and_most),
        cmocka_unit_test(a_moment_in_the_past_never_sleeps),
        cmocka_unit_test(a_deadline_is_not_early),
        cmocka_unit_test(close_refuses_pushes_and_delivers_the_rest),
        cmocka_unit_test(pushes_and_pops_call_listeners),
        cmocka_unit_test(close_calls_all_listeners),
        cmocka_unit_test(an_fd_can_be_polled_for_items),
        cmocka_unit_test(ports_are_those_of_mpmc_swap),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
        cmocka_unit_test(bytes_are_0_where_init_would_refuse),
#ifdef PAWL_DEBUG
        cmocka_unit_test(callers_bugs_die),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
