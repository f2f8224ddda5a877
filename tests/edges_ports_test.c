/* edges_ports_test.c - threads that exit, change roles, and destroy in any order.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "swap.h"

#include <poll.h>

#include <pawl/channel.h>
#include <pawl/eventfd.h>
#include <pawl/mpmc_ring.h>
#include <pawl/spsc_ring.h>

/* --- threads that exit with ports open ------------------------------------ */

typedef struct visitor {
    pawl_mpmc_swap *queue;
    pawl_channel *channel;
    pawl_mpmc_swap_port *port;
    void *cell;                         /* what it has popped and not used */
    int result;
} visitor;

/* Push two, pop one, and go, without a word. */
static void *visit_queue(void *argument)
{
    visitor *v = argument;

    v->result = pawl_mpmc_swap_open(v->queue, &v->port);
    for (uint64_t i = 0; i < 2 && v->result == 0; i++) {
        *(uint64_t *)pawl_mpmc_swap_cell(v->port, 0) = i;
        v->result = pawl_mpmc_swap_try_push(v->port);
    }
    if (v->result == 0)
        v->result = pawl_mpmc_swap_try_pop(v->port, &v->cell);
    return NULL;
}

static void *visit_channel(void *argument)
{
    visitor *v = argument;

    v->result = pawl_channel_open(v->channel, &v->port);
    for (uint64_t i = 0; i < 2 && v->result == 0; i++) {
        *(uint64_t *)pawl_channel_cell(v->port, 0) = i;
        v->result = pawl_channel_push(v->port);
    }
    if (v->result == 0)
        v->result = pawl_channel_pop(v->port, &v->cell);
    return NULL;
}

static void a_thread_that_exits_leaves_its_port_open(void **state)
{
    enum { VISITORS = 3 };
    pawl_mpmc_swap *q = make(4, VISITORS, 2, sizeof(uint64_t));
    pawl_mpmc_swap_port *port = NULL;
    visitor v[VISITORS];
    void *cell = NULL;
    (void)state;

    for (unsigned i = 0; i < VISITORS; i++) {
        v[i] = (visitor){ .queue = q };
        finish(start(visit_queue, &v[i]));
        assert_int_equal(v[i].result, 0);
        /* 0, 1 and 0: the oldest of 0 1, of 1 0 1, and of 0 1 0 1. */
        assert_true(*(uint64_t *)v[i].cell == i % 2);
    }
    assert_int_equal(pawl_mpmc_swap_open(q, &port), EBUSY);
    /* What one had popped is still where it was, until another leaves for it. */
    assert_true(*(uint64_t *)v[1].cell == 1);
    pawl_mpmc_swap_leave(v[1].port);
    assert_int_equal(pawl_mpmc_swap_open(q, &port), 0);
    assert_ptr_equal(port, v[1].port);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), 0);
        assert_true(*(uint64_t *)cell == (i + 1) % 2);
    }
    assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), EAGAIN);
    assert_true(conserved(q));
    free(q);                            /* with ports open */
}

/* A port passes from thread to thread, if what the last one did happens before. */
static void another_thread_may_go_on_with_a_port(void **state)
{
    size_t bytes = pawl_channel_bytes(4, 1, 2, sizeof(uint64_t));
    pawl_channel *c = block(bytes);
    visitor v = { .channel = c };
    pawl_channel_port *none;
    void *cell = NULL;
    (void)state;

    assert_int_equal(pawl_channel_init(c, bytes, 4, 1, 2, 8, PAWL_PRIVATE), 0);
    finish(start(visit_channel, &v));
    assert_int_equal(v.result, 0);
    assert_int_equal(pawl_channel_open(c, &none), EBUSY);
    assert_true(*(uint64_t *)v.cell == 0);
    assert_int_equal(pawl_channel_pop(v.port, &cell), 0);
    assert_true(*(uint64_t *)cell == 1);
    pawl_channel_leave(v.port);
    finish(start(visit_channel, &v));
    assert_int_equal(v.result, 0);
    free(c);
}

/* --- destroyed in any order ----------------------------------------------- */

typedef struct household {
    pawl_channel *channel;
    pawl_channel_port *in, *out;
    pawl_eventfd bell;
} household;

static void end_part(household *h, unsigned part)
{
    switch (part) {
    case 0:  pawl_channel_leave(h->in);                     break;
    case 1:  pawl_channel_leave(h->out);                    break;
    case 2:  assert_true(pawl_channel_close(h->channel));   break;
    default: pawl_eventfd_close(&h->bell);                  break;
    }
}

/* The channel's memory goes last of all; before that, there is no order to keep. */
static void a_channel_is_taken_apart_in_any_order(void **state)
{
    size_t bytes = pawl_channel_bytes(2, 2, 1, sizeof(uint64_t));
    (void)state;

    for (unsigned order = 0; order < 4 * 4 * 4 * 4; order++) {
        unsigned parts[4] = { order % 4, order / 4 % 4, order / 16 % 4, order / 64 };
        household h = { .channel = block(bytes) };
        unsigned seen = 0;

        for (unsigned i = 0; i < 4; i++)
            seen |= 1U << parts[i];
        if (seen != 15) {               /* not each part once */
            free(h.channel);
            continue;
        }
        assert_int_equal(pawl_channel_init(h.channel, bytes, 2, 2, 1, 8, PAWL_PRIVATE),
                         0);
        assert_int_equal(pawl_channel_open(h.channel, &h.in), 0);
        assert_int_equal(pawl_channel_open(h.channel, &h.out), 0);
        assert_int_equal(pawl_eventfd_open(&h.bell, pawl_channel_items(h.channel)), 0);
        assert_int_equal(pawl_channel_push(h.in), 0);
        pawl_eventfd_arm(&h.bell);
        for (unsigned i = 0; i < 4; i++)
            end_part(&h, parts[i]);
        assert_false(pawl_event_waited(pawl_channel_items(h.channel)));
        assert_false(pawl_channel_close(h.channel));
        free(h.channel);                /* with an item inside */
    }
}

static void doorbells_of_one_event_close_in_any_order(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 3; first++)
        for (unsigned rung = 0; rung < 2; rung++) {
            pawl_event *e = block(sizeof *e);
            pawl_eventfd bells[3];

            assert_int_equal(pawl_event_init(e, PAWL_PRIVATE), 0);
            for (unsigned i = 0; i < 3; i++) {
                assert_int_equal(pawl_eventfd_open(&bells[i], e), 0);
                pawl_eventfd_arm(&bells[i]);
            }
            if (rung)
                pawl_event_notify(e, 1);
            for (unsigned i = 0; i < 3; i++)
                pawl_eventfd_close(&bells[(first + i) % 3]);
            assert_false(pawl_event_waited(e));
            free(e);
        }
}

static void rings_may_go_with_items_inside(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(4), more = pawl_spsc_ring_bytes(4, 8);
    pawl_mpmc_ring *ring = block(bytes);
    pawl_spsc_ring *other = block(more);
    void *item = malloc(16);
    (void)state;

    assert_int_equal(pawl_mpmc_ring_init(ring, bytes, 4), 0);
    assert_int_equal(pawl_spsc_ring_init(other, more, 4, sizeof item), 0);
    assert_true(pawl_mpmc_ring_try_push(ring, item));
    assert_true(pawl_spsc_ring_try_push(other, &item, sizeof item));
    free(other);
    free(ring);
    free(item);                         /* items still inside are the caller's */
}

/* --- role-switching threads ----------------------------------------------- */

enum { ROUNDS = 4000, THREADS = 3, CAPACITY = 4 };

typedef struct player {
    pawl_mpmc_swap *queue;
    pawl_mpmc_ring *ring;
    uint64_t pushed, popped, balance;   /* balance: sums, in less out */
    bool odd;                           /* something was wrong */
} player;

/* Some of `i` rounds as a producer, and then some as a consumer. */
static bool produces(uint64_t i) { return i / 7 % 2 == 0; }

static void *play_on_queue(void *argument)
{
    player *p = argument;
    pawl_mpmc_swap_port *port;
    void *cell = NULL;

    if (pawl_mpmc_swap_open(p->queue, &port) != 0)
        p->odd = true;
    for (uint64_t i = 0; i < ROUNDS && !p->odd; i++) {
        int result;

        if (produces(i)) {
            *(uint64_t *)pawl_mpmc_swap_cell(port, 0) = i;
            result = pawl_mpmc_swap_try_push(port);
            p->pushed += result == 0;
            p->balance += result == 0 ? i : 0;
        } else {
            result = pawl_mpmc_swap_try_pop(port, &cell);
            p->popped += result == 0;
            p->balance -= result == 0 ? *(uint64_t *)cell : 0;
        }
        p->odd = (result != 0 && result != EAGAIN)
            || pawl_mpmc_swap_count_hint(p->queue) > CAPACITY;
        if (i % 16 == 0)
            sched_yield();
    }
    return NULL;
}

static void *play_on_ring(void *argument)
{
    player *p = argument;

    for (uint64_t i = 0; i < ROUNDS && !p->odd; i++) {
        void *item = (void *)(uintptr_t)(i * 4);

        if (produces(i) && pawl_mpmc_ring_try_push(p->ring, item)) {
            p->pushed++;
            p->balance += i * 4;
        } else if (!produces(i) && pawl_mpmc_ring_try_pop(p->ring, &item)) {
            p->popped++;
            p->balance -= (uintptr_t)item;
        }
        p->odd = pawl_mpmc_ring_count_hint(p->ring) > CAPACITY;
        if (i % 16 == 0)
            sched_yield();
    }
    return NULL;
}

/* All players, and then what they left inside; it all adds up. */
static void play(void *(*run)(void *), player *all)
{
    pthread_t threads[THREADS];
    player sum = { 0 };

    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = start(run, &all[i]);
    for (unsigned i = 0; i < THREADS; i++) {
        finish(threads[i]);
        assert_false(all[i].odd);
        sum.pushed += all[i].pushed;
        sum.popped += all[i].popped;
        sum.balance += all[i].balance;
    }
    assert_true(sum.pushed > 0 && sum.popped > 0);
    assert_true(sum.pushed >= sum.popped && sum.pushed - sum.popped <= CAPACITY);
    all[0] = sum;
}

static void threads_switch_roles_on_mpmc_swap(void **state)
{
    pawl_mpmc_swap *q = make(CAPACITY, THREADS + 1, 1, sizeof(uint64_t));
    pawl_mpmc_swap_port *port = enter(q);
    player all[THREADS];
    void *cell = NULL;
    (void)state;

    for (unsigned i = 0; i < THREADS; i++)
        all[i] = (player){ .queue = q };
    play(play_on_queue, all);
    for (; all->popped < all->pushed; all->popped++) {
        assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), 0);
        all->balance -= *(uint64_t *)cell;
    }
    assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), EAGAIN);
    assert_true(all->balance == 0);
    assert_true(conserved(q));
    free(q);
}

static void threads_switch_roles_on_mpmc_ring(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(CAPACITY);
    pawl_mpmc_ring *r = block(bytes);
    player all[THREADS];
    void *item = NULL;
    (void)state;

    assert_int_equal(pawl_mpmc_ring_init(r, bytes, CAPACITY), 0);
    for (unsigned i = 0; i < THREADS; i++)
        all[i] = (player){ .ring = r };
    play(play_on_ring, all);
    for (; all->popped < all->pushed; all->popped++) {
        assert_true(pawl_mpmc_ring_try_pop(r, &item));
        all->balance -= (uintptr_t)item;
    }
    assert_false(pawl_mpmc_ring_try_pop(r, &item));
    assert_true(all->balance == 0);
    free(r);
}

/* Each of two threads in turn takes over a side of the ring that the other had. */
typedef struct relay {
    pawl_spsc_ring *ring;
    flag turn;
    uint64_t pushed, popped;            /* plain: the turn hands them over */
    bool odd;
} relay;

static void take_turns(relay *r, int mine)
{
    for (int turn = mine; turn < 500; turn += 2) {
        uint64_t item;

        await(&r->turn, turn);
        if (turn / 2 % 2 == 0) {
            for (int i = 0; i < 1 + turn % 40; i++)
                r->pushed += pawl_spsc_ring_try_push(r->ring, &r->pushed, sizeof item);
        } else {
            while (pawl_spsc_ring_try_pop(r->ring, &item, sizeof item))
                r->odd |= item != r->popped++;
            r->odd |= r->popped != r->pushed;
        }
        set(&r->turn, turn + 1);
    }
}

static void *take_odd_turns(void *argument)
{
    take_turns(argument, 1);
    return NULL;
}

static void threads_switch_roles_on_spsc_ring(void **state)
{
    size_t bytes = pawl_spsc_ring_bytes(32, sizeof(uint64_t));
    relay r = { .ring = block(bytes) };
    pthread_t other;
    (void)state;

    assert_int_equal(pawl_spsc_ring_init(r.ring, bytes, 32, sizeof(uint64_t)), 0);
    other = start(take_odd_turns, &r);
    take_turns(&r, 0);
    finish(other);
    assert_false(r.odd);
    assert_true(r.popped > 1000);
    free(r.ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_that_exits_leaves_its_port_open),
        cmocka_unit_test(another_thread_may_go_on_with_a_port),
        cmocka_unit_test(a_channel_is_taken_apart_in_any_order),
        cmocka_unit_test(doorbells_of_one_event_close_in_any_order),
        cmocka_unit_test(rings_may_go_with_items_inside),
        cmocka_unit_test(threads_switch_roles_on_mpmc_swap),
        cmocka_unit_test(threads_switch_roles_on_mpmc_ring),
        cmocka_unit_test(threads_switch_roles_on_spsc_ring),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_ports", tests, NULL, NULL);
}
