/* channel_watch_test.c - what channel_watch.h promises to one thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "watch.h"

static_assert(sizeof(pawl_channel) == 2 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_channel, space) == PAWL_LINE, "layout");

/* --- how full -------------------------------------------------------------------- */

static void it_begins_with_nothing(void **state)
{
    pawl_channel *c = make(4);
    pawl_channel_watch *w = block(sizeof *w);
    pawl_channel_stats s;
    (void)state;

    assert_null(c->watch);
    assert_int_equal(pawl_channel_watch_init(w, c, 0, NULL, NULL), 0);
    s = read_watch(w);
    assert_true(s.deepest == 0 && s.full == 0 && s.empty == 0);
    assert_true(sum(s.push_waits) == 0 && sum(s.pop_waits) == 0);
    free(w);
    free(c);
}

/* A push at a position divisible by `every` looks, and no other does. */
static void looks_at(size_t capacity, size_t every)
{
    pawl_channel *c = make(capacity);
    static pawl_channel_watch w;
    pawl_channel_port *port;
    size_t seen = 0;

    assert_int_equal(pawl_channel_watch_init(&w, c, 0, NULL, NULL), 0);
    port = enter(c);
    for (size_t n = 1; n <= capacity; n++) {
        push(port, 1);
        seen = n % every == 0 ? n : seen;
        assert_int_equal(read_watch(&w).deepest, seen);
    }
    pop(port, capacity);
    push(port, capacity >= 8 ? 8 : 1);  /* one looks, at fewer */
    assert_int_equal(read_watch(&w).deepest, capacity);
    assert_int_equal(read_watch(&w).full, 0);
    free(c);
}

static void each_8th_push_looks(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 256; capacity *= 2)
        looks_at(capacity, capacity < 8 ? 1 : capacity < 64 ? capacity / 8 : 8);
}

static void a_push_of_several_looks(void **state)
{
    pawl_channel *c = make(64);
    static pawl_channel_watch w;
    pawl_channel_port *port;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 0, NULL, NULL), 0);
    port = enter(c);
    assert_int_equal(pawl_channel_try_push_n(port, 1), 1);
    assert_int_equal(read_watch(&w).deepest, 0);
    assert_int_equal(pawl_channel_try_push_n(port, 2), 2);
    assert_int_equal(read_watch(&w).deepest, 3);
    free(c);
}

/* A mark of `soft`: from a look to the next, an 8th of that. */
static unsigned spread(size_t soft)
{
    return soft < 16 ? 1 : soft < 32 ? 2 : soft < 64 ? 4 : 8;
}

/* By as many pushes as do not look.  These need not come; who then finds it full, does
 * look. */
static void a_rise_is_seen_a_few_pushes_late(void **state)
{
    (void)state;
    for (size_t skew = 0; skew < 8; skew++)
        for (size_t soft = 1; soft <= 64; soft++) {
            pawl_channel *c = make(64);
            static pawl_channel_watch w;
            called me = { .channel = c };
            pawl_channel_port *port;
            size_t n = 0;

            assert_int_equal(pawl_channel_watch_init(&w, c, soft, high, &me), 0);
            port = enter(c);
            for (size_t i = 0; i < skew; i++) {
                push(port, 1);
                pop(port, 1);
            }
            assert_int_equal(me.times, soft == 1 ? skew : 0);
            for (unsigned before = me.times; n < 64 && me.times == before; n++)
                push(port, 1);
            assert_true(n == 64 || (n >= soft && n < soft + spread(soft)));
            push(port, 64 - n);
            assert_int_equal(pawl_channel_try_push(port), EAGAIN);
            assert_int_equal(me.times, 1 + (soft == 1 ? skew : 0));
            assert_int_equal(read_watch(&w).deepest, 64);
            free(c);
        }
}

static void full_is_seen_and_counted(void **state)
{
    pawl_channel *c = make(64);
    static pawl_channel_watch w;
    called me = { .channel = c };
    pawl_channel_port *port;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 64, high, &me), 0);
    port = enter(c);
    push(port, 4);
    pop(port, 4);                       /* so that 64 items end between two looks */
    push(port, 64);
    assert_int_equal(read_watch(&w).deepest, 60);
    assert_int_equal(me.times, 0);
    assert_int_equal(pawl_channel_try_push(port), EAGAIN);
    assert_int_equal(read_watch(&w).deepest, 64);
    assert_int_equal(read_watch(&w).full, 1);
    assert_int_equal(me.times, 1);
    assert_int_equal(pawl_channel_try_push_n(port, 3), 0);
    pop(port, 2);
    assert_int_equal(pawl_channel_try_push_n(port, 3), 2);
    assert_int_equal(pawl_channel_push_until(port, 0), ETIMEDOUT);
    assert_int_equal(read_watch(&w).full, 4);
    assert_int_equal(me.times, 1);
    assert_true(pawl_channel_close(c));
    assert_int_equal(pawl_channel_try_push(port), ECANCELED);
    assert_int_equal(pawl_channel_try_push_n(port, 2), 0);
    assert_int_equal(read_watch(&w).full, 4);
    free(c);
}

static void empty_is_counted(void **state)
{
    pawl_channel *c = make(8);
    static pawl_channel_watch w;
    pawl_channel_port *port;
    void *cells[SPARES];
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 0, NULL, NULL), 0);
    port = enter(c);
    assert_int_equal(pawl_channel_try_pop(port, cells), EAGAIN);
    assert_int_equal(pawl_channel_pop_until(port, cells, 0), ETIMEDOUT);
    assert_int_equal(read_watch(&w).empty, 2);
    assert_int_equal(pawl_channel_pop_n(port, cells, 0, 0, 0), 0);
    assert_int_equal(read_watch(&w).empty, 2);
    assert_int_equal(pawl_channel_pop_n(port, cells, 0, 4, 0), 0);
    assert_int_equal(read_watch(&w).empty, 3);
    push(port, 4);
    assert_int_equal(pawl_channel_pop_n(port, cells, 1, 2, 0), 2);
    assert_int_equal(pawl_channel_pop_n(port, cells, 1, 4, 0), 2);
    assert_int_equal(read_watch(&w).empty, 3);
    push(port, 2);
    assert_int_equal(pawl_channel_pop_n(port, cells, 3, 4, 0), 2);
    assert_int_equal(read_watch(&w).empty, 4);
    assert_true(pawl_channel_close(c));
    assert_int_equal(pawl_channel_try_pop(port, cells), ECANCELED);
    assert_int_equal(pawl_channel_pop_n(port, cells, 0, 4, 0), 0);
    assert_int_equal(read_watch(&w).empty, 4);
    free(c);
}

/* --- the soft capacity ----------------------------------------------------------- */

static void one_call_for_a_rise(void **state)
{
    (void)state;
    for (size_t soft = 1; soft <= 8; soft++) {
        pawl_channel *c = make(8);
        static pawl_channel_watch w;
        called me = { .channel = c };
        pawl_channel_port *port;

        assert_int_equal(pawl_channel_watch_init(&w, c, soft, high, &me), 0);
        port = enter(c);
        push(port, soft - 1);
        assert_int_equal(me.times, 0);
        push(port, 1);
        assert_int_equal(me.times, 1);
        assert_int_equal(me.items, soft);
        push(port, 8 - soft);
        for (size_t left = 8; left-- > soft / 2 + 1;) {     /* not down to the half */
            pop(port, 1);
            push(port, 1);
            pop(port, 1);
        }
        assert_int_equal(pawl_channel_count_hint(c), soft / 2 + 1);
        push(port, 8 - soft / 2 - 1);
        assert_int_equal(me.times, 1);
        pop(port, 8 - soft / 2);                            /* down to it */
        push(port, soft - soft / 2);
        assert_int_equal(me.times, 2);
        push(port, 8 - soft);
        assert_int_equal(me.times, 2);
        free(c);
    }
}

/* Up to `top` and down to `low`, again and again: that is a call each time, or none
 * but the first. */
static void calls_each_time(size_t capacity, size_t soft, size_t top, size_t low,
                            bool each)
{
    for (size_t skew = 0; skew < 8; skew++) {
        pawl_channel *c = make(capacity);
        static pawl_channel_watch w;
        called me = { .channel = c };
        pawl_channel_port *port;

        assert_int_equal(pawl_channel_watch_init(&w, c, soft, high, &me), 0);
        port = enter(c);
        push(port, skew);
        pop(port, skew);
        push(port, low);
        me.times = 0;
        for (unsigned i = 1; i <= 20; i++) {
            push(port, top - low);
            assert_int_equal(me.times, each ? i : 1);
            pop(port, top - low);
        }
        free(c);
    }
}

static void one_call_for_each_rise(void **state)
{
    (void)state;
    calls_each_time(64, 4, 8, 0, true);
    calls_each_time(64, 4, 64, 0, true);
    calls_each_time(64, 4, 64, 2, true);
    calls_each_time(64, 24, 25, 12, true);
    calls_each_time(64, 24, 64, 14, false);
    calls_each_time(1024, 8, 16, 0, true);
    calls_each_time(1024, 12, 16, 0, true);
    calls_each_time(1024, 512, 519, 0, true);
    calls_each_time(1024, 512, 768, 256, true);
    calls_each_time(1024, 512, 768, 256 + 8, false);
    calls_each_time(1024, 1024 - 7, 1024, 508, true);
}

static void a_push_of_several_calls(void **state)
{
    pawl_channel *c = make(8);
    static pawl_channel_watch w;
    called me = { .channel = c };
    pawl_channel_port *port;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 6, high, &me), 0);
    port = enter(c);
    for (unsigned i = 1; i <= 4; i++) {     /* each from none to all */
        assert_int_equal(pawl_channel_try_push_n(port, 8), 8);
        assert_int_equal(me.times, i);
        pop(port, 8);
    }
    free(c);
}

static void it_is_called_when_the_push_is_done(void **state)
{
    pawl_channel *c = make(4);
    static pawl_channel_watch w;
    called me = { .channel = c, .ear = PAWL_LISTENER_INIT(hear) };
    pawl_channel_port *port;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 1, high, &me), 0);
    port = enter(c);
    assert_int_equal(pawl_event_listen(pawl_channel_items(c), &me.ear), 0);
    push(port, 1);
    assert_int_equal(me.times, 1);
    assert_int_equal(me.items, 1);
    assert_true(me.told_before);
    free(c);
}

/* Room that it makes is room in time, whatever time it takes. */
static void it_may_make_room_for_a_push_that_waits(void **state)
{
    pawl_channel *c = make(4);
    static pawl_channel_watch w;
    called me = { .channel = c };
    pawl_channel_port *port;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 1, high, &me), 0);
    port = enter(c);
    push(port, 4);
    atomic_store_explicit(&w.above, 0, memory_order_relaxed);
    me.other = enter(c);
    me.times = 0;
    assert_int_equal(pawl_channel_push_until(port, 0), 0);
    assert_int_equal(me.times, 1);
    assert_int_equal(pawl_channel_count_hint(c), 4);
    assert_int_equal(read_watch(&w).full, 1);
    assert_int_equal(sum(read_watch(&w).push_waits), 0);        /* nor has it waited */
    assert_int_equal(pawl_channel_push_until(port, 0), ETIMEDOUT);
    assert_int_equal(sum(read_watch(&w).push_waits), 1);
    free(c);
}

static void it_may_use_another_port(void **state)
{
    pawl_channel *c = make(4);
    static pawl_channel_watch w;
    called me = { .channel = c };
    pawl_channel_port *port;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 4, high, &me), 0);
    port = enter(c);
    me.other = enter(c);
    push(port, 5);
    assert_int_equal(me.times, 1);
    assert_int_equal(pawl_channel_count_hint(c), 4);
    free(c);
}

/* --- bad input -------------------------------------------------------------------- */

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    pawl_channel *c = make(4);
    char *memory = block(sizeof(pawl_channel_watch) + PAWL_LINE);
    pawl_channel_watch *w = (void *)memory, *off = (void *)(memory + PAWL_LINE / 2);
    (void)state;

    assert_int_equal(pawl_channel_watch_init(NULL, c, 0, NULL, NULL), EINVAL);
    assert_int_equal(pawl_channel_watch_init(off, c, 0, NULL, NULL), EINVAL);
    assert_int_equal(pawl_channel_watch_init(w, c, 5, high, NULL), EINVAL);
    assert_int_equal(pawl_channel_watch_init(w, c, 1, NULL, NULL), EINVAL);
    assert_int_equal(pawl_channel_watch_init(w, c, 0, high, NULL), EINVAL);
    assert_true(untouched(memory, sizeof *w + PAWL_LINE));
    assert_null(c->watch);
    assert_int_equal(pawl_channel_watch_init(w, c, 4, high, NULL), 0);
    assert_ptr_equal(c->watch, w);
    assert_true(untouched(memory + sizeof *w, PAWL_LINE));
    free(memory);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_nothing),
        cmocka_unit_test(each_8th_push_looks),
        cmocka_unit_test(a_push_of_several_looks),
        cmocka_unit_test(a_rise_is_seen_a_few_pushes_late),
        cmocka_unit_test(full_is_seen_and_counted),
        cmocka_unit_test(empty_is_counted),
        cmocka_unit_test(one_call_for_a_rise),
        cmocka_unit_test(one_call_for_each_rise),
        cmocka_unit_test(a_push_of_several_calls),
        cmocka_unit_test(it_is_called_when_the_push_is_done),
        cmocka_unit_test(it_may_make_room_for_a_push_that_waits),
        cmocka_unit_test(it_may_use_another_port),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("channel_watch", tests, NULL, NULL);
}
