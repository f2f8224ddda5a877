/* spsc_channel_test.c - what spsc_channel.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ear.h"

#include <pawl/spsc_channel.h>

static_assert(sizeof(pawl_spsc_channel) == 4 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_spsc_channel, space) == PAWL_LINE, "layout");
static_assert(offsetof(pawl_spsc_channel, gate) == 2 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_spsc_channel, popped) == 3 * PAWL_LINE, "layout");

typedef pawl_spsc_channel channel;

/* Of which one fills a block, so that each pop makes room. */
typedef struct big {
    uint64_t value;
    char rest[112];
} big;

static channel *make(size_t capacity, size_t size)
{
    size_t bytes = pawl_spsc_channel_bytes(capacity, size);
    channel *c = block(bytes);

    assert_true(bytes > 0);
    assert_int_equal(pawl_spsc_channel_init(c, bytes, capacity, size, PAWL_PRIVATE), 0);
    return c;
}

static int push(channel *c, uint64_t value)
{
    return pawl_spsc_channel_try_push(c, &value, sizeof value);
}

static int pop(channel *c, uint64_t *value)
{
    return pawl_spsc_channel_try_pop(c, value, sizeof *value);
}

/* Push until it is full; how many. */
static uint64_t fill(channel *c, uint64_t from)
{
    uint64_t i = from;
    int why;

    while ((why = push(c, i)) == 0)
        i++;
    assert_int_equal(why, EAGAIN);
    return i - from;
}

/* --- without waiting ------------------------------------------------------ */

static void it_is_a_bounded_queue(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 64; capacity *= 2) {
        channel *c = make(capacity, sizeof(uint64_t));
        uint64_t value = 99, next = 0;

        for (unsigned round = 0; round < 10; round++) {
            uint64_t n = fill(c, next);

            assert_true(n >= capacity);
            for (uint64_t i = 0; i < n; i++) {
                assert_int_equal(pop(c, &value), 0);
                assert_true(value == next + i);
            }
            value = 99;
            assert_int_equal(pop(c, &value), EAGAIN);
            assert_true(value == 99);
            next += n;
        }
        free(c);
    }
}

static void batches_move_what_fits(void **state)
{
    channel *c = make(4, sizeof(big));
    big in[8] = { { 0, "" } }, out[8];
    (void)state;

    for (uint64_t i = 0; i < 8; i++)
        in[i].value = i;
    assert_int_equal(pawl_spsc_channel_try_push_n(c, in, 0, sizeof *in), 0);
    assert_int_equal(pawl_spsc_channel_try_push_n(c, in, 3, sizeof *in), 3);
    assert_int_equal(pawl_spsc_channel_try_push_n(c, in + 3, 5, sizeof *in), 2);
    assert_int_equal(pawl_spsc_channel_try_push_n(c, in, 1, sizeof *in), 0);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 2, 2, sizeof *out, PAWL_FOREVER),
                     2);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out + 2, 1, 8, sizeof *out,
                                             PAWL_FOREVER), 3);
    for (uint64_t i = 0; i < 5; i++)
        assert_true(out[i].value == i);
    free(c);
}

static void pop_n_takes_between_least_and_most(void **state)
{
    channel *c = make(8, sizeof(uint64_t));
    uint64_t out[4], size = sizeof *out;
    (void)state;

    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 0, 0, size, PAWL_FOREVER), 0);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 0, 4, size, PAWL_FOREVER), 0);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 1, 4, size, 0), 0);
    for (uint64_t i = 0; i < 6; i++)
        assert_int_equal(push(c, i), 0);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 0, 1, size, PAWL_FOREVER), 1);
    assert_true(out[0] == 0);
    /* More has come since it last looked. */
    assert_int_equal(push(c, 6), 0);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 4, 4, size, -1), 4);
    for (uint64_t i = 0; i < 4; i++)
        assert_true(out[i] == 1 + i);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 3, 4, size, INT64_MIN), 2);
    assert_true(out[0] == 5 && out[1] == 6);
    assert_int_equal(pawl_spsc_channel_pop_n(c, out, 3, 4, size, pawl_after(1000000)),
                     0);
    free(c);
}

static void a_moment_in_the_past_never_sleeps(void **state)
{
    static const pawl_time past[] = { INT64_MIN, -1, 0, 1 };
    channel *c = make(1, sizeof(big));
    big e = { 0, "" };
    (void)state;

    assert_int_equal(pawl_spsc_channel_push(c, &e, sizeof e), 0);
    for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
        e.value = i;
        assert_int_equal(pawl_spsc_channel_push_until(c, &e, sizeof e, past[i]), 0);
        assert_int_equal(pawl_spsc_channel_push_until(c, &e, sizeof e, past[i]),
                         ETIMEDOUT);
        assert_int_equal(pawl_spsc_channel_pop_until(c, &e, sizeof e, past[i]), 0);
    }
    assert_int_equal(pawl_spsc_channel_pop(c, &e, sizeof e), 0);
    assert_true(e.value == 3);
    assert_int_equal(pawl_spsc_channel_pop_until(c, &e, sizeof e, 0), ETIMEDOUT);
    free(c);
}

static void a_deadline_is_not_early(void **state)
{
    channel *c = make(1, sizeof(uint64_t));
    uint64_t value = 99, size = sizeof value;
    pawl_time until = pawl_after(2 * PAWL_MILLISECOND);
    (void)state;

    errno = 77;
    assert_int_equal(pawl_spsc_channel_pop_until(c, &value, size, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    assert_true(value == 99);
    fill(c, 0);
    until = pawl_after(2 * PAWL_MILLISECOND);
    assert_int_equal(pawl_spsc_channel_push_until(c, &value, size, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    while (pop(c, &value) == 0)
        continue;
    until = pawl_after(2 * PAWL_MILLISECOND);
    assert_int_equal(pawl_spsc_channel_pop_n(c, &value, 1, 1, size, until), 0);
    assert_true(pawl_now() >= until);
    assert_int_equal(errno, 77);
    assert_true(at_rest(pawl_spsc_channel_items(c)));
    assert_true(at_rest(pawl_spsc_channel_space(c)));
    free(c);
}

/* --- close ---------------------------------------------------------------- */

static void close_refuses_pushes_and_delivers_the_rest(void **state)
{
    uint64_t size = sizeof(uint64_t);
    (void)state;

    for (uint64_t inside = 0; inside <= 20; inside++) {
        channel *c = make(16, sizeof(uint64_t));
        uint64_t out[2] = { 99, 99 }, in[2] = { 7, 7 };

        for (uint64_t i = 0; i < inside; i++)
            assert_int_equal(push(c, i), 0);
        assert_true(pawl_spsc_channel_close(c));
        assert_false(pawl_spsc_channel_close(c));
        assert_int_equal(push(c, 7), ECANCELED);
        assert_int_equal(pawl_spsc_channel_push(c, in, size), ECANCELED);
        assert_int_equal(pawl_spsc_channel_push_until(c, in, size, 0), ECANCELED);
        assert_int_equal(pawl_spsc_channel_try_push_n(c, in, 2, size), 0);
        for (uint64_t i = 0; i + 1 < inside; i++) {
            assert_int_equal(pawl_spsc_channel_pop(c, out, size), 0);
            assert_true(out[0] == i);
        }
        assert_int_equal(pawl_spsc_channel_pop_n(c, out, 2, 2, size, PAWL_FOREVER),
                         inside > 0);
        out[0] = 99;
        assert_int_equal(pop(c, out), ECANCELED);
        assert_int_equal(pawl_spsc_channel_pop(c, out, size), ECANCELED);
        assert_int_equal(pawl_spsc_channel_pop_until(c, out, size, 0), ECANCELED);
        assert_int_equal(pawl_spsc_channel_pop_n(c, out, 1, 2, size, PAWL_FOREVER), 0);
        assert_true(out[0] == 99);
        free(c);
    }
}

/* What is refused may fill the ring: that is no matter. */
static void closed_is_closed_even_when_full(void **state)
{
    channel *c = make(1, sizeof(uint64_t));
    uint64_t value = 99;
    (void)state;

    assert_int_equal(push(c, 1), 0);
    assert_true(pawl_spsc_channel_close(c));
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(push(c, 7), ECANCELED);
    assert_int_equal(pop(c, &value), 0);
    assert_true(value == 1);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(pop(c, &value), ECANCELED);
    assert_true(value == 1);
    free(c);
}

/* A push that is half done is before the close, or after it, by its step on gate. */
static void a_push_under_way_comes_too_late(void **state)
{
    channel *c = make(1, sizeof(uint64_t));
    uint64_t value = 5;
    (void)state;

    assert_true(pawl_spsc_ring_try_push(pawl_spsc_channel_ring_(c), &value,
                                        sizeof value));
    assert_int_equal(pop(c, &value), EAGAIN);
    assert_true(pawl_spsc_channel_close(c));
    assert_int_equal(pawl_spsc_channel_count_(c, 1), ECANCELED);
    assert_int_equal(pop(c, &value), ECANCELED);
    free(c);
}

static void the_counts_may_wrap(void **state)
{
    (void)state;
    for (uint64_t before = 0; before < 40; before += 2) {
        channel *c = make(2, sizeof(uint64_t));
        uint64_t value = 99;

        c->pushed = c->popped = c->seen = 0 - before;
        atomic_store_explicit(&c->gate, 0 - before, memory_order_relaxed);
        pawl_spsc_ring_init_at_(pawl_spsc_channel_ring_(c), UINT32_MAX);
        for (uint64_t i = 0; i < 40; i++) {
            assert_int_equal(push(c, 2 * i), 0);
            assert_int_equal(push(c, 2 * i + 1), 0);
            for (uint64_t k = 0; k < 2; k++) {
                assert_int_equal(pop(c, &value), 0);
                assert_true(value == 2 * i + k);
            }
            assert_int_equal(pop(c, &value), EAGAIN);
        }
        assert_true(pawl_spsc_channel_close(c));
        assert_int_equal(pop(c, &value), ECANCELED);
        free(c);
    }
}

/* --- listeners ------------------------------------------------------------ */

static void pushes_and_pops_call_listeners(void **state)
{
    channel *c = make(1, sizeof(big));
    big e[2] = { { 0, "" }, { 0, "" } };
    ear items, space;
    (void)state;

    prick(&items, 1, pawl_spsc_channel_items(c));
    prick(&space, 1, pawl_spsc_channel_space(c));
    assert_int_equal(pawl_event_listen(items.event, &items.listener), 0);
    assert_int_equal(pawl_event_listen(space.event, &space.listener), 0);
    assert_int_equal(pawl_spsc_channel_try_pop(c, e, sizeof *e), EAGAIN);
    assert_int_equal(pawl_spsc_channel_try_push(c, e, sizeof *e), 0);
    assert_true(items.calls == 1 && space.calls == 0);
    assert_int_equal(pawl_event_listen(items.event, &items.listener), 0);
    assert_int_equal(pawl_spsc_channel_try_push_n(c, e, 2, sizeof *e), 1);
    assert_true(items.calls == 2 && space.calls == 0);
    assert_int_equal(pawl_spsc_channel_try_pop(c, e, sizeof *e), 0);
    assert_true(items.calls == 2 && space.calls == 1);
    assert_int_equal(pawl_event_listen(space.event, &space.listener), 0);
    assert_int_equal(pawl_spsc_channel_pop_n(c, e, 1, 2, sizeof *e, PAWL_FOREVER), 1);
    assert_int_equal(space.calls, 2);
    free(c);
}

/* Room comes by the block, and so do its calls. */
static void space_is_told_when_a_block_is_done(void **state)
{
    channel *c = make(16, sizeof(uint64_t));
    uint64_t n = fill(c, 0), value, told = 0;
    ear space;
    (void)state;

    prick(&space, 1, pawl_spsc_channel_space(c));
    for (uint64_t i = 0; i < n; i++) {
        if (told == space.calls)
            (void)pawl_event_listen(space.event, &space.listener);
        assert_int_equal(pop(c, &value), 0);
        if (space.calls > told) {
            assert_int_equal(push(c, 0), 0);
            told = space.calls;
        } else {
            assert_int_equal(push(c, 0), told > 0 ? 0 : EAGAIN);
        }
    }
    assert_true(told > 1);
    free(c);
}

static void close_calls_all_listeners(void **state)
{
    channel *c = make(2, sizeof(uint64_t));
    ear items[2], space[2];
    (void)state;

    listen_all(items, 2, pawl_spsc_channel_items(c));
    listen_all(space, 2, pawl_spsc_channel_space(c));
    assert_true(pawl_spsc_channel_close(c));
    for (unsigned i = 0; i < 2; i++)
        assert_true(items[i].calls == 1 && space[i].calls == 1);
    free(c);
}

/* --- bad input ------------------------------------------------------------ */

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    size_t bytes = pawl_spsc_channel_bytes(4, 20);
    char *memory = block(bytes + PAWL_LINE);
    channel *c = (void *)memory, *off = (void *)(memory + PAWL_LINE / 2);
    pawl_scope p = PAWL_PRIVATE;
    (void)state;

    assert_int_equal(pawl_spsc_channel_init(c, bytes, 0, 20, p), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(c, bytes, 6, 20, p), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(c, bytes, 4, 0, p), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(off, bytes, 4, 20, p), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(NULL, bytes, 4, 20, p), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(c, bytes, 4, 20, PAWL_SHARED), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(c, bytes, 4, 20, (pawl_scope)2), EINVAL);
    assert_int_equal(pawl_spsc_channel_init(c, SIZE_MAX, 4, SIZE_MAX / 2, p),
                     EOVERFLOW);
    assert_int_equal(pawl_spsc_channel_init(c, bytes - 1, 4, 20, p), ENOMEM);
    assert_int_equal(pawl_spsc_channel_init(c, sizeof *c, 4, 20, p), ENOMEM);
    assert_int_equal(pawl_spsc_channel_init(c, 0, 4, 20, p), ENOMEM);
    assert_true(untouched(memory, bytes + PAWL_LINE));
    assert_int_equal(pawl_spsc_channel_init(c, bytes, 4, 20, p), 0);
    assert_true(untouched(memory + bytes, PAWL_LINE));
    free(memory);
}

static void bytes_are_0_where_init_would_refuse(void **state)
{
    (void)state;
    assert_int_equal(pawl_spsc_channel_bytes(0, 20), 0);
    assert_int_equal(pawl_spsc_channel_bytes(3, 20), 0);
    assert_int_equal(pawl_spsc_channel_bytes(4, 0), 0);
    assert_int_equal(pawl_spsc_channel_bytes(4, SIZE_MAX), 0);
    assert_int_equal(pawl_spsc_channel_bytes(4, 20),
                     sizeof(channel) + pawl_spsc_ring_bytes(4, 20));
}

#ifdef PAWL_DEBUG
static void pop_least_over_most(void *c)
{
    uint64_t out[2];

    (void)!pawl_spsc_channel_pop_n(c, out, 2, 1, sizeof *out, 0);
}

static void push_another_size(void *c)
{
    (void)!pawl_spsc_channel_try_push(c, "", 1);
}

static void callers_bugs_die(void **state)
{
    channel *c = make(4, sizeof(uint64_t));
    (void)state;

    assert_true(dies(pop_least_over_most, c, "at least more than at most"));
    assert_true(dies(push_another_size, c, "element size differs from init's"));
    free(c);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_bounded_queue),
        cmocka_unit_test(batches_move_what_fits),
        cmocka_unit_test(pop_n_takes_between_least_and_most),
        cmocka_unit_test(a_moment_in_the_past_never_sleeps),
        cmocka_unit_test(a_deadline_is_not_early),
        cmocka_unit_test(close_refuses_pushes_and_delivers_the_rest),
        cmocka_unit_test(closed_is_closed_even_when_full),
        cmocka_unit_test(a_push_under_way_comes_too_late),
        cmocka_unit_test(the_counts_may_wrap),
        cmocka_unit_test(pushes_and_pops_call_listeners),
        cmocka_unit_test(space_is_told_when_a_block_is_done),
        cmocka_unit_test(close_calls_all_listeners),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
        cmocka_unit_test(bytes_are_0_where_init_would_refuse),
#ifdef PAWL_DEBUG
        cmocka_unit_test(callers_bugs_die),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("spsc_channel", tests, NULL, NULL);
}
