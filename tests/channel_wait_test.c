/* channel_wait_test.c - what channel.h promises to threads that wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/channel.h>
#include <pawl/eventfd.h>

#include <poll.h>

enum { SPARES = 4 };

static pawl_channel *make(size_t capacity, size_t ports)
{
    size_t bytes = pawl_channel_bytes(capacity, ports, SPARES, sizeof(uint64_t));
    pawl_channel *c = block(bytes);

    assert_int_equal(pawl_channel_init(c, bytes, capacity, ports, SPARES,
                                       sizeof(uint64_t), PAWL_PRIVATE), 0);
    return c;
}

static pawl_channel_port *enter(pawl_channel *c)
{
    pawl_channel_port *port = NULL;

    if (pawl_channel_open(c, &port) != 0)
        abort();
    return port;
}

static int push(pawl_channel_port *port, uint64_t value)
{
    *(uint64_t *)pawl_channel_cell(port, 0) = value;
    return pawl_channel_push(port);
}

static uint64_t sleepers(pawl_event *e)
{
    return pawl_event_waiters_(atomic_load_explicit(&e->state, memory_order_acquire));
}

/* --- one call that waits, in a thread ------------------------------------- */

typedef struct guest {
    pawl_channel *channel;
    pthread_t thread;
    void *(*run)(void *);
    size_t least, most;
    int result;
    size_t got;
    uint64_t values[SPARES];
    flag back;
} guest;

static void *push_one(void *argument)
{
    guest *g = argument;

    g->result = push(enter(g->channel), g->values[0]);
    set(&g->back, 1);
    return NULL;
}

static void *pop_one(void *argument)
{
    guest *g = argument;
    void *cell;

    g->result = pawl_channel_pop(enter(g->channel), &cell);
    if (g->result == 0)
        g->values[0] = *(uint64_t *)cell;
    set(&g->back, 1);
    return NULL;
}

static void *pop_some(void *argument)
{
    guest *g = argument;
    pawl_channel_port *port = enter(g->channel);
    void *cells[SPARES];

    g->got = pawl_channel_pop_n(port, cells, g->least, g->most, PAWL_FOREVER);
    g->result = 0;
    for (size_t i = 0; i < g->got; i++) {
        g->values[i] = *(uint64_t *)cells[i];
        /* Each is ours, and no other is: the port's last `most` cells. */
        g->result += cells[i] != pawl_channel_cell(port, SPARES - g->most + i);
    }
    set(&g->back, 1);
    return NULL;
}

/* Start it, and see it asleep. */
static void seat(guest *g, pawl_channel *c, void *(*run)(void *))
{
    pawl_event *e = run == push_one ? pawl_channel_space(c) : pawl_channel_items(c);
    uint64_t before = sleepers(e);

    g->channel = c;
    set(&g->back, 0);
    g->thread = start(run, g);
    while (sleepers(e) == before)
        nap(1);
    nap(10);
    assert_int_equal(get(&g->back), 0);
}

static void pop_waits_for_an_item(void **state)
{
    pawl_channel *c = make(2, 3);
    guest guests[2] = { { 0 }, { 0 } };
    (void)state;

    seat(&guests[0], c, pop_one);
    seat(&guests[1], c, pop_one);
    assert_int_equal(push(enter(c), 7), 0);
    while (get(&guests[0].back) + get(&guests[1].back) < 1)
        nap(1);
    pawl_channel_close(c);
    finish(guests[0].thread);
    finish(guests[1].thread);
    assert_int_equal(guests[0].result + guests[1].result, ECANCELED);
    assert_true(guests[0].values[0] + guests[1].values[0] == 7);
    free(c);
}

static void push_n_wakes_as_many_as_it_pushes(void **state)
{
    pawl_channel *c = make(4, 4);
    pawl_channel_port *in = enter(c);
    guest guests[3] = { { 0 }, { 0 }, { 0 } };
    uint64_t sum = 0;
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        seat(&guests[i], c, pop_one);
        *(uint64_t *)pawl_channel_cell(in, i) = i + 1;
    }
    assert_int_equal(pawl_channel_try_push_n(in, 3), 3);
    for (unsigned i = 0; i < 3; i++) {
        finish(guests[i].thread);
        assert_int_equal(guests[i].result, 0);
        sum += guests[i].values[0];
    }
    assert_true(sum == 1 + 2 + 3);
    free(c);
}

static void push_waits_for_room(void **state)
{
    pawl_channel *c = make(1, 2);
    pawl_channel_port *port = enter(c);
    guest g = { 0 };
    void *cell = NULL;
    (void)state;

    assert_int_equal(push(port, 1), 0);
    g.values[0] = 2;
    seat(&g, c, push_one);
    assert_int_equal(pawl_channel_pop(port, &cell), 0);
    assert_true(*(uint64_t *)cell == 1);
    assert_int_equal(pawl_channel_pop(port, &cell), 0);
    assert_true(*(uint64_t *)cell == 2);
    finish(g.thread);
    assert_int_equal(g.result, 0);
    free(c);
}

static void pop_n_waits_for_the_least(void **state)
{
    pawl_channel *c = make(8, 2);
    pawl_channel_port *in = enter(c);
    guest g = { 0 };
    (void)state;

    g.least = 3;
    g.most = 4;
    seat(&g, c, pop_some);
    for (uint64_t i = 1; i <= 3; i++) {
        nap(10);
        assert_int_equal(get(&g.back), 0);
        assert_int_equal(push(in, i), 0);
    }
    finish(g.thread);
    assert_int_equal(g.got, 3);
    assert_int_equal(g.result, 0);
    for (uint64_t i = 0; i < 3; i++)
        assert_true(g.values[i] == i + 1);
    free(c);
}

static void close_gives_pop_n_what_there_was(void **state)
{
    pawl_channel *c = make(8, 2);
    pawl_channel_port *in = enter(c);
    guest g = { 0 };
    (void)state;

    g.least = g.most = 4;
    seat(&g, c, pop_some);
    assert_int_equal(push(in, 1), 0);
    assert_int_equal(push(in, 2), 0);
    nap(10);
    assert_int_equal(get(&g.back), 0);
    assert_true(pawl_channel_close(c));
    finish(g.thread);
    assert_int_equal(g.got, 2);
    assert_int_equal(g.result, 0);
    assert_true(g.values[0] == 1 && g.values[1] == 2);
    free(c);
}

static void close_wakes_all_who_wait(void **state)
{
    pawl_channel *full = make(1, 3), *empty = make(1, 4);
    guest guests[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
    pawl_channel_port *port = enter(full);
    void *cell = NULL;
    (void)state;

    assert_int_equal(push(port, 1), 0);
    seat(&guests[0], full, push_one);
    seat(&guests[1], full, push_one);
    seat(&guests[2], empty, pop_one);
    seat(&guests[3], empty, pop_one);
    assert_true(pawl_channel_close(full));
    assert_true(pawl_channel_close(empty));
    for (unsigned i = 0; i < 4; i++) {
        finish(guests[i].thread);
        assert_int_equal(guests[i].result, ECANCELED);
    }
    assert_int_equal(pawl_channel_pop(port, &cell), 0);
    assert_true(*(uint64_t *)cell == 1);
    assert_int_equal(pawl_channel_pop(port, &cell), ECANCELED);
    free(full);
    free(empty);
}

/* --- a thread, a poll loop and a callback, all at once ---------------------------- */

typedef struct ear {
    pawl_listener listener;             /* first: found by its address */
    unsigned calls;
} ear;

static void fire(pawl_listener *l)
{
    ((ear *)(void *)l)->calls++;
}

static bool rung(pawl_eventfd *f)
{
    struct pollfd p = { pawl_eventfd_fd(f), POLLIN, 0 };
    bool yes = poll(&p, 1, 0) == 1;

    pawl_eventfd_clear(f);
    return yes;
}

/* What is done to a channel on which all three wait for items. */
static void push_2(pawl_channel_port *port)
{
    assert_int_equal(pawl_channel_try_push_n(port, 2), 2);
}

static void push_twice(pawl_channel_port *port)
{
    assert_int_equal(push(port, 1), 0);
    assert_int_equal(push(port, 2), 0);
}

static void close_it(pawl_channel_port *port)
{
    assert_true(pawl_channel_close(pawl_channel_of_(port)));
}

static void all_three_wait_at_once(void **state)
{
    void (*const events[])(pawl_channel_port *) = { push_2, push_twice, close_it };
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        pawl_channel *c = make(4, 2);
        pawl_channel_port *port = enter(c);
        ear callback = { PAWL_LISTENER_INIT(fire), 0 };
        pawl_eventfd f = { 0 };
        guest g = { 0 };

        assert_int_equal(pawl_eventfd_open(&f, pawl_channel_items(c)), 0);
        pawl_eventfd_arm(&f);
        assert_int_equal(pawl_event_listen(pawl_channel_items(c), &callback.listener),
                         0);
        seat(&g, c, pop_one);
        assert_false(rung(&f));
        pawl_eventfd_arm(&f);
        events[i](port);
        finish(g.thread);
        assert_int_equal(g.result, i < 2 ? 0 : ECANCELED);
        assert_true(rung(&f));
        assert_int_equal(callback.calls, 1);
        pawl_eventfd_close(&f);
        free(c);
    }
}

static void signals_are_not_shown(void **state)
{
    pawl_channel *c = make(1, 2);
    pawl_channel_port *port = enter(c);
    guest g = { 0 };
    storm s;
    void *cell;
    (void)state;

    seat(&g, c, pop_one);
    storm_begin(&s, g.thread);
    nap(20);
    assert_int_equal(get(&g.back), 0);
    assert_int_equal(push(port, 5), 0);
    await(&g.back, 1);
    storm_end(&s);
    finish(g.thread);
    assert_int_equal(g.result, 0);
    storm_begin(&s, pthread_self());
    assert_int_equal(pawl_channel_pop_until(port, &cell,
                                            pawl_after(20 * PAWL_MILLISECOND)),
                     ETIMEDOUT);
    storm_end(&s);
    free(c);
}

/* --- many to many, until it is closed ------------------------------------- */

enum { ITEMS = 5000 };

typedef struct side {
    pawl_channel *channel;
    uint64_t count, sum;
} side;

static void *produce(void *argument)
{
    side *s = argument;
    pawl_channel_port *port = enter(s->channel);

    for (uint64_t i = 1; i <= ITEMS; i++)
        if (push(port, i) == 0) {
            s->count++;
            s->sum += i;
        }
    return NULL;
}

static void *consume(void *argument)
{
    side *s = argument;
    pawl_channel_port *port = enter(s->channel);
    void *cells[SPARES];
    size_t n;

    while ((n = pawl_channel_pop_n(port, cells, 1, SPARES, PAWL_FOREVER)) > 0)
        for (size_t i = 0; i < n; i++) {
            s->count++;
            s->sum += *(uint64_t *)cells[i];
        }
    return NULL;
}

/* `early`: closed while pushes are under way; else when all is pushed. */
static void many_to_many(bool early)
{
    pawl_channel *c = make(4, 4);
    side sides[4] = { { c, 0, 0 }, { c, 0, 0 }, { c, 0, 0 }, { c, 0, 0 } };
    pthread_t threads[4];

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? produce : consume, &sides[i]);
    if (early) {
        nap(1);
        assert_true(pawl_channel_close(c));
    }
    finish(threads[0]);
    finish(threads[1]);
    assert_true(pawl_channel_close(c) == !early);
    finish(threads[2]);
    finish(threads[3]);
    assert_true(early || sides[0].count + sides[1].count == 2 * ITEMS);
    assert_true(sides[0].count + sides[1].count == sides[2].count + sides[3].count);
    assert_true(sides[0].sum + sides[1].sum == sides[2].sum + sides[3].sum);
    assert_false(pawl_event_waited(pawl_channel_items(c)));
    assert_false(pawl_event_waited(pawl_channel_space(c)));
    free(c);
}

static void what_was_pushed_is_popped(void **state)
{
    (void)state;
    many_to_many(false);
    for (unsigned i = 0; i < 20; i++)
        many_to_many(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pop_waits_for_an_item),
        cmocka_unit_test(push_n_wakes_as_many_as_it_pushes),
        cmocka_unit_test(push_waits_for_room),
        cmocka_unit_test(pop_n_waits_for_the_least),
        cmocka_unit_test(close_gives_pop_n_what_there_was),
        cmocka_unit_test(close_wakes_all_who_wait),
        cmocka_unit_test(all_three_wait_at_once),
        cmocka_unit_test(signals_are_not_shown),
        cmocka_unit_test(what_was_pushed_is_popped),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("channel_wait", tests, NULL, NULL);
}
