/* spsc_channel_wait_test.c - what spsc_channel.h promises to threads that wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ear.h"

#include <pawl/eventfd.h>
#include <pawl/spsc_channel.h>

#include <poll.h>

typedef pawl_spsc_channel channel;

enum { SIZE = sizeof(uint64_t) };

static channel *make(size_t capacity)
{
    size_t bytes = pawl_spsc_channel_bytes(capacity, SIZE);
    channel *c = block(bytes);

    assert_int_equal(pawl_spsc_channel_init(c, bytes, capacity, SIZE, PAWL_PRIVATE), 0);
    return c;
}

static uint64_t sleepers(pawl_event *e)
{
    return pawl_event_waiters_(atomic_load_explicit(&e->state, memory_order_acquire));
}

/* --- one call that waits, in a thread ------------------------------------- */

typedef struct guest {
    channel *channel;
    pthread_t thread;
    int result;
    size_t got;
    uint64_t values[4];
    flag back;
} guest;

static void *push_one(void *argument)
{
    guest *g = argument;

    g->result = pawl_spsc_channel_push(g->channel, g->values, SIZE);
    set(&g->back, 1);
    return NULL;
}

static void *pop_one(void *argument)
{
    guest *g = argument;

    g->result = pawl_spsc_channel_pop(g->channel, g->values, SIZE);
    set(&g->back, 1);
    return NULL;
}

static void *pop_three(void *argument)
{
    guest *g = argument;

    g->got = pawl_spsc_channel_pop_n(g->channel, g->values, 3, 4, SIZE, PAWL_FOREVER);
    set(&g->back, 1);
    return NULL;
}

/* Start it, and see it asleep. */
static void seat(guest *g, channel *c, void *(*run)(void *))
{
    pawl_event *e = run == push_one ? pawl_spsc_channel_space(c)
                                    : pawl_spsc_channel_items(c);

    g->channel = c;
    set(&g->back, 0);
    g->thread = start(run, g);
    while (sleepers(e) == 0)
        nap(1);
    nap(10);
    assert_int_equal(get(&g->back), 0);
}

static void pop_waits_for_an_element(void **state)
{
    channel *c = make(2);
    guest g = { 0 };
    uint64_t seven = 7;
    (void)state;

    seat(&g, c, pop_one);
    assert_int_equal(pawl_spsc_channel_push(c, &seven, SIZE), 0);
    finish(g.thread);
    assert_int_equal(g.result, 0);
    assert_true(g.values[0] == 7);
    seat(&g, c, pop_one);
    assert_int_equal(pawl_spsc_channel_try_push_n(c, &seven, 1, SIZE), 1);
    finish(g.thread);
    assert_int_equal(g.result, 0);
    free(c);
}

/* Room comes by the block: whoever pops goes on until it is there. */
static void push_waits_for_room(void **state)
{
    channel *c = make(1);
    uint64_t value = 0, n = 0;
    guest g = { 0 };
    (void)state;

    while (pawl_spsc_channel_try_push(c, &n, SIZE) == 0)
        n++;
    g.values[0] = n;
    seat(&g, c, push_one);
    for (uint64_t i = 0; i <= n; i++) {
        assert_int_equal(pawl_spsc_channel_pop(c, &value, SIZE), 0);
        assert_true(value == i);
    }
    finish(g.thread);
    assert_int_equal(g.result, 0);
    free(c);
}

static void pop_n_waits_for_the_least(void **state)
{
    channel *c = make(8);
    guest g = { 0 };
    (void)state;

    seat(&g, c, pop_three);
    for (uint64_t i = 1; i <= 3; i++) {
        nap(10);
        assert_int_equal(get(&g.back), 0);
        assert_int_equal(pawl_spsc_channel_push(c, &i, SIZE), 0);
    }
    finish(g.thread);
    assert_int_equal(g.got, 3);
    for (uint64_t i = 0; i < 3; i++)
        assert_true(g.values[i] == i + 1);
    free(c);
}

static void close_gives_pop_n_what_there_was(void **state)
{
    channel *c = make(8);
    uint64_t one = 1;
    guest g = { 0 };
    (void)state;

    seat(&g, c, pop_three);
    assert_int_equal(pawl_spsc_channel_push(c, &one, SIZE), 0);
    nap(10);
    assert_int_equal(get(&g.back), 0);
    assert_true(pawl_spsc_channel_close(c));
    finish(g.thread);
    assert_int_equal(g.got, 1);
    assert_true(g.values[0] == 1);
    free(c);
}

static void close_wakes_who_waits(void **state)
{
    channel *full = make(1), *empty = make(1);
    guest pusher = { 0 }, popper = { 0 };
    uint64_t n = 0, popped = 0, value;
    (void)state;

    while (pawl_spsc_channel_try_push(full, &n, SIZE) == 0)
        n++;
    pusher.values[0] = 99;
    seat(&pusher, full, push_one);
    seat(&popper, empty, pop_one);
    assert_true(pawl_spsc_channel_close(full));
    assert_true(pawl_spsc_channel_close(empty));
    finish(pusher.thread);
    finish(popper.thread);
    assert_int_equal(pusher.result, ECANCELED);
    assert_int_equal(popper.result, ECANCELED);
    while (pawl_spsc_channel_pop(full, &value, SIZE) == 0)
        assert_true(value == popped++);
    assert_true(popped == n);
    free(full);
    free(empty);
}

static void signals_are_not_shown(void **state)
{
    channel *c = make(1);
    uint64_t five = 5;
    guest g = { 0 };
    storm s;
    (void)state;

    seat(&g, c, pop_one);
    storm_begin(&s, g.thread);
    nap(20);
    assert_int_equal(get(&g.back), 0);
    assert_int_equal(pawl_spsc_channel_push(c, &five, SIZE), 0);
    await(&g.back, 1);
    storm_end(&s);
    finish(g.thread);
    assert_int_equal(g.result, 0);
    storm_begin(&s, pthread_self());
    assert_int_equal(pawl_spsc_channel_pop_until(c, &five, SIZE,
                                                 pawl_after(20 * PAWL_MILLISECOND)),
                     ETIMEDOUT);
    storm_end(&s);
    free(c);
}

/* --- a poll loop ----------------------------------------------------------- */

static bool readable(pawl_eventfd *f)
{
    struct pollfd p = { pawl_eventfd_fd(f), POLLIN, 0 };

    return poll(&p, 1, 0) == 1;
}

static void an_fd_can_be_polled_for_items(void **state)
{
    channel *c = make(2);
    pawl_eventfd f = { 0 };
    uint64_t value = 2;
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, pawl_spsc_channel_items(c)), 0);
    pawl_eventfd_arm(&f);
    assert_int_equal(pawl_spsc_channel_try_pop(c, &value, SIZE), EAGAIN);
    assert_false(readable(&f));
    assert_int_equal(pawl_spsc_channel_try_push(c, &value, SIZE), 0);
    assert_true(readable(&f));
    pawl_eventfd_clear(&f);
    pawl_eventfd_arm(&f);
    assert_true(pawl_spsc_channel_close(c));
    assert_true(readable(&f));
    pawl_eventfd_close(&f);
    free(c);
}

/* One that listens for something else, and listened first, is no loss for who waits. */
static void all_who_listen_are_called(void **state)
{
    channel *c = make(1);
    uint64_t n = 0;
    ear items[2], space[2];
    (void)state;

    listen_all(items, 2, pawl_spsc_channel_items(c));
    listen_all(space, 2, pawl_spsc_channel_space(c));
    assert_int_equal(pawl_spsc_channel_try_push(c, &n, SIZE), 0);
    assert_true(items[0].calls == 1 && items[1].calls == 1);
    while (pawl_spsc_channel_try_push(c, &n, SIZE) == 0)
        continue;
    while (space[0].calls == 0)
        assert_int_equal(pawl_spsc_channel_try_pop(c, &n, SIZE), 0);
    assert_true(space[0].calls == 1 && space[1].calls == 1);
    free(c);
}

/* --- one to one, until a third closes it ---------------------------------- */

enum { ITEMS = 20000 };

typedef struct side {
    channel *channel;
    uint64_t count, sum;
} side;

static void *produce(void *argument)
{
    side *s = argument;

    for (uint64_t i = 1; i <= ITEMS; i++)
        if (pawl_spsc_channel_push(s->channel, &i, SIZE) == 0) {
            s->count++;
            s->sum += i;
        }
    return NULL;
}

static void *consume(void *argument)
{
    side *s = argument;
    uint64_t values[4];
    size_t n;

    while ((n = pawl_spsc_channel_pop_n(s->channel, values, 1, 4, SIZE,
                                        PAWL_FOREVER)) > 0)
        for (size_t i = 0; i < n; i++) {
            s->count++;
            s->sum += values[i];
        }
    return NULL;
}

/* `early`: closed while pushes are under way; else when all is pushed. */
static void one_to_one(bool early)
{
    channel *c = make(4);
    side in = { c, 0, 0 }, out = { c, 0, 0 };
    pthread_t producer = start(produce, &in), consumer = start(consume, &out);

    if (early) {
        nap(1);
        assert_true(pawl_spsc_channel_close(c));
    }
    finish(producer);
    assert_true(pawl_spsc_channel_close(c) == !early);
    finish(consumer);
    assert_true(early || in.count == ITEMS);
    assert_true(in.count == out.count && in.sum == out.sum);
    assert_true(at_rest(pawl_spsc_channel_items(c)));
    assert_true(at_rest(pawl_spsc_channel_space(c)));
    free(c);
}

static void what_was_pushed_is_popped(void **state)
{
    (void)state;
    one_to_one(false);
    for (unsigned i = 0; i < 20; i++)
        one_to_one(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pop_waits_for_an_element),
        cmocka_unit_test(push_waits_for_room),
        cmocka_unit_test(pop_n_waits_for_the_least),
        cmocka_unit_test(close_gives_pop_n_what_there_was),
        cmocka_unit_test(close_wakes_who_waits),
        cmocka_unit_test(signals_are_not_shown),
        cmocka_unit_test(an_fd_can_be_polled_for_items),
        cmocka_unit_test(all_who_listen_are_called),
        cmocka_unit_test(what_was_pushed_is_popped),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("spsc_channel_wait", tests, NULL, NULL);
}
