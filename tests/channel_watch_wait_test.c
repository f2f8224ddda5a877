/* channel_watch_wait_test.c - what channel_watch.h promises of calls that wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "watch.h"

/* --- calls that wait -------------------------------------------------------------- */

static void *push_one(void *port)
{
    if (pawl_channel_push(port) != 0)
        abort();
    return NULL;
}

static void *pop_one(void *port)
{
    void *cell;

    if (pawl_channel_pop(port, &cell) != 0)
        abort();
    return NULL;
}

static void *pop_two(void *port)
{
    void *cells[2];

    if (pawl_channel_pop_n(port, cells, 2, 2, PAWL_FOREVER) != 2)
        abort();
    return NULL;
}

static void asleep(pawl_event *e)
{
    while (pawl_event_waiters_(atomic_load_explicit(&e->state, memory_order_acquire))
           == 0)
        nap(1);
}

enum { NAP = 20 };                      /* milliseconds: more than 2^24 ns */

/* Was there one wait, of a nap or longer? */
static bool once(const uint64_t *waits)
{
    uint64_t shorter = 0;

    for (unsigned i = 0; i < 24; i++)
        shorter += waits[i];
    return sum(waits) == 1 && shorter == 0;
}

static void who_waits_is_counted_once(void **state)
{
    void *(*const runs[])(void *) = { push_one, pop_one, pop_two };
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        pawl_channel *c = make(1 + (i == 2));
        static pawl_channel_watch w;
        pawl_channel_port *mine, *other;
        pawl_channel_stats s;
        pthread_t thread;

        assert_int_equal(pawl_channel_watch_init(&w, c, 0, NULL, NULL), 0);
        mine = enter(c);
        other = enter(c);
        push(mine, i == 0);
        thread = start(runs[i], other);
        asleep(i == 0 ? pawl_channel_space(c) : pawl_channel_items(c));
        nap(NAP);
        if (i == 0)
            pop(mine, 1);
        else
            push(mine, i);
        finish(thread);
        s = read_watch(&w);
        assert_true(i == 0 ? once(s.push_waits) : sum(s.push_waits) == 0);
        assert_true(i != 0 ? once(s.pop_waits) : sum(s.pop_waits) == 0);
        assert_true(s.full == (i == 0) && s.empty == (i != 0));
        free(c);
    }
}

static void a_push_that_waited_looks(void **state)
{
    pawl_channel *c = make(2);
    static pawl_channel_watch w;
    called me = { .channel = c };
    pawl_channel_port *mine, *other;
    pthread_t thread;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 2, high, &me), 0);
    mine = enter(c);
    other = enter(c);
    push(mine, 2);
    assert_int_equal(me.times, 1);
    thread = start(push_one, other);
    asleep(pawl_channel_space(c));
    assert_int_equal(me.times, 1);
    pop(mine, 1);                       /* down to the half, and up again */
    finish(thread);
    assert_int_equal(me.times, 2);
    assert_int_equal(me.items, 2);
    free(c);
}

static void a_wait_goes_where_its_time_says(void **state)
{
    pawl_channel *c = make(1);
    static pawl_channel_watch w;
    pawl_channel_port *port;
    pawl_channel_stats s;
    void *cell;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 0, NULL, NULL), 0);
    port = enter(c);
    for (unsigned i = 1; i < 62; i++) {
        pawl_time began = pawl_now() - ((pawl_time)1 << i);

        if (i < 30)                     /* by the time of the call, it may be more */
            continue;
        pawl_channel_saw_wait_(c, pawl_channel_items(c), began);
        assert_int_equal(read_watch(&w).pop_waits[i], 1);
        pawl_channel_saw_wait_(c, pawl_channel_space(c), began);
        assert_int_equal(read_watch(&w).push_waits[i], 1);
    }
    /* A deadline that has passed is a wait too, however short. */
    s = read_watch(&w);
    assert_int_equal(pawl_channel_pop_until(port, &cell, 0), ETIMEDOUT);
    assert_true(sum(read_watch(&w).pop_waits) == sum(s.pop_waits) + 1);
    push(port, 1);
    assert_int_equal(pawl_channel_push_until(port, 0), ETIMEDOUT);
    assert_true(sum(read_watch(&w).push_waits) == sum(s.push_waits) + 1);
    free(c);
}

/* --- many to many, until it is closed --------------------------------------------- */

enum { ITEMS = 5000 };

static void note(void *times)
{
    atomic_fetch_add_explicit((PAWL_ATOMIC(uint64_t) *)times, 1, memory_order_relaxed);
}

static void *produce(void *port)
{
    for (unsigned i = 0; i < ITEMS; i++)
        push_one(port);
    return NULL;
}

static void *consume(void *port)
{
    void *cells[2];

    while (pawl_channel_pop_n(port, cells, 1, 2, PAWL_FOREVER) > 0)
        continue;
    return NULL;
}

static void many_are_counted(void **state)
{
    pawl_channel *c = make(4);
    static pawl_channel_watch w;
    PAWL_ATOMIC(uint64_t) times = 0;
    pthread_t threads[4];
    pawl_channel_stats s;
    (void)state;

    assert_int_equal(pawl_channel_watch_init(&w, c, 4, note, &times), 0);
    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? produce : consume, enter(c));
    finish(threads[0]);
    finish(threads[1]);
    assert_true(pawl_channel_close(c));
    finish(threads[2]);
    finish(threads[3]);
    s = read_watch(&w);
    assert_true(s.deepest >= 1 && s.deepest <= 4);
    assert_true(s.full <= 2 * ITEMS && (s.full == 0 || s.deepest == 4));
    assert_true((s.deepest == 4) == (times > 0));
    assert_true(times <= 2 * ITEMS);
    assert_true(sum(s.push_waits) <= s.full && sum(s.pop_waits) == s.empty);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_is_counted_once),
        cmocka_unit_test(a_push_that_waited_looks),
        cmocka_unit_test(a_wait_goes_where_its_time_says),
        cmocka_unit_test(many_are_counted),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("channel_watch_wait", tests, NULL, NULL);
}
