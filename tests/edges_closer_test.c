/* edges_closer_test.c - a closer: what it hands over, and one stopped before it tells.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The same for the three channels.  Where it is to be seen that a call is told of the
 * close by the channel, nothing else may tell it: see `aside`.
 */
#include "ear.h"

#include <pawl/channel.h>
#include <pawl/mpsc_channel.h>
#include <pawl/spsc_channel.h>

enum { SIZE = sizeof(uint64_t) };

static pawl_spsc_channel *spsc;
static pawl_mpsc_channel mpsc;
static pawl_channel *channel;
static pawl_channel_port *ports[3];     /* to push, to pop, and one more to push */
static uint64_t word = 7;

/* --- three channels, alike ------------------------------------------------ */

static void spsc_open(void)
{
    size_t bytes = pawl_spsc_channel_bytes(1, SIZE);

    spsc = block(bytes);
    assert_int_equal(pawl_spsc_channel_init(spsc, bytes, 1, SIZE, PAWL_PRIVATE), 0);
}

static void spsc_free(void) { free(spsc); }
static bool spsc_close(void) { return pawl_spsc_channel_close(spsc); }
static int spsc_push(void) { return pawl_spsc_channel_try_push(spsc, &word, SIZE); }
static size_t spsc_push_n(void)
{
    return pawl_spsc_channel_try_push_n(spsc, &word, 1, SIZE);
}

static int spsc_pop(pawl_time until)
{
    uint64_t out;

    return until == 0 ? pawl_spsc_channel_try_pop(spsc, &out, SIZE)
                      : pawl_spsc_channel_pop_until(spsc, &out, SIZE, until);
}

static void spsc_step(void)
{
    atomic_fetch_or_explicit(&spsc->gate, PAWL_SPSC_CHANNEL_CLOSED_,
                             memory_order_release);
}

static void mpsc_open(void)
{
    assert_int_equal(pawl_mpsc_channel_init(&mpsc, 0, NULL, PAWL_PRIVATE), 0);
}

static void mpsc_free(void) { pawl_mpsc_channel_destroy(&mpsc); }
static bool mpsc_close(void) { return pawl_mpsc_channel_close(&mpsc); }
static int mpsc_push(void) { return pawl_mpsc_channel_try_push(&mpsc, &word); }

static size_t mpsc_push_n(void)
{
    void *item = &word;

    return pawl_mpsc_channel_try_push_n(&mpsc, &item, 1);
}

static int mpsc_pop(pawl_time until)
{
    void *item;

    return until == 0 ? pawl_mpsc_channel_try_pop(&mpsc, &item)
                      : pawl_mpsc_channel_pop_until(&mpsc, &item, until);
}

static void mpsc_step(void)
{
    atomic_fetch_or_explicit(&mpsc.gate, PAWL_MPSC_CHANNEL_CLOSED_,
                             memory_order_release);
}

static void channel_open(void)
{
    size_t bytes = pawl_channel_bytes(1, 3, 1, SIZE);

    channel = block(bytes);
    assert_int_equal(pawl_channel_init(channel, bytes, 1, 3, 1, SIZE, PAWL_PRIVATE), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pawl_channel_open(channel, &ports[i]), 0);
}

static void channel_free(void) { free(channel); }
static bool channel_close(void) { return pawl_channel_close(channel); }
static int channel_push(void) { return pawl_channel_try_push(ports[0]); }
static size_t channel_push_n(void) { return pawl_channel_try_push_n(ports[0], 1); }

static int channel_pop(pawl_time until)
{
    void *cell;

    return until == 0 ? pawl_channel_try_pop(ports[1], &cell)
                      : pawl_channel_pop_until(ports[1], &cell, until);
}

static void channel_step(void)
{
    assert_true(pawl_mpmc_swap_close(pawl_channel_queue_(channel)));
}

typedef struct kind {
    void (*open)(void), (*free)(void);
    bool (*close)(void);
    void (*step)(void);                 /* a closer's, which is stopped after it */
    int (*push)(void), (*pop)(pawl_time until);
    size_t (*push_n)(void);
    pawl_event *(*items)(void);
} kind;

static pawl_event *spsc_items(void) { return pawl_spsc_channel_items(spsc); }
static pawl_event *mpsc_items(void) { return pawl_mpsc_channel_items(&mpsc); }
static pawl_event *channel_items(void) { return pawl_channel_items(channel); }

static const kind kinds[] = {
    { spsc_open, spsc_free, spsc_close, spsc_step, spsc_push, spsc_pop, spsc_push_n,
      spsc_items },
    { mpsc_open, mpsc_free, mpsc_close, mpsc_step, mpsc_push, mpsc_pop, mpsc_push_n,
      mpsc_items },
    { channel_open, channel_free, channel_close, channel_step, channel_push,
      channel_pop, channel_push_n, channel_items },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* --- what the closer did before is visible to who is told ------------------ */

static const kind *now;
static unsigned reason;                 /* plain: ThreadSanitizer sees who reads it */
static flag aside;                      /* relaxed: tells that it is closed, no more */

static void *close_for_a_reason(void *unused)
{
    (void)unused;
    reason = 42;
    if (!now->close())
        abort();
    atomic_store_explicit(&aside, 1, memory_order_relaxed);
    return NULL;
}

/* `fill`: push until it is full, or a hundred times. */
static void close_hands_over(const kind *k, bool pushes, bool fill)
{
    pthread_t closer;

    now = k;
    reason = 0;
    set(&aside, 0);
    k->open();
    for (unsigned i = 0; fill && i < 100 && k->push() == 0; i++)
        continue;
    closer = start(close_for_a_reason, NULL);
    while (atomic_load_explicit(&aside, memory_order_relaxed) == 0)
        sched_yield();
    if (pushes)
        assert_int_equal(k->push(), ECANCELED);
    else
        assert_int_equal(k->pop(0), ECANCELED);
    assert_int_equal(reason, 42);
    finish(closer);
    k->free();
}

static void what_the_closer_did_is_seen(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KINDS; i++) {
        close_hands_over(&kinds[i], false, false);
        close_hands_over(&kinds[i], true, false);
        close_hands_over(&kinds[i], true, true);
    }
}

/* --- a closer that is stopped before it tells: others do ------------------- */

/* When they would come back by themselves, and see that it is closed. */
static pawl_time late;

static void wait_no_longer(void) { late = pawl_after(5 * PAWL_SECOND); }

static uint64_t sleepers(pawl_event *e)
{
    return pawl_event_waiters_(atomic_load_explicit(&e->state, memory_order_acquire));
}

static void *pop_one(void *result)
{
    *(int *)result = now->pop(late);
    return NULL;
}

static void a_refused_push_tells_who_waits_for_items(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * KINDS; i++) {
        int result = 0;
        pthread_t popper;

        wait_no_longer();
        now = &kinds[i / 2];
        now->open();
        popper = start(pop_one, &result);
        while (sleepers(now->items()) == 0)
            nap(1);
        nap(10);
        now->step();
        if (i % 2 == 0)
            assert_int_equal(now->push(), ECANCELED);
        else
            assert_int_equal(now->push_n(), 0);
        finish(popper);
        assert_int_equal(result, ECANCELED);
        assert_true(pawl_now() < late);
        now->free();
    }
}

/* What a push that waits is told, it passes on too. */
static void a_push_refused_when_it_is_full_tells(void **state)
{
    ear items[2];
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        kinds[i].open();
        for (unsigned n = 0; n < 100 && kinds[i].push() == 0; n++)
            continue;
        listen_all(items, 2, kinds[i].items());
        kinds[i].step();
        assert_int_equal(kinds[i].push(), ECANCELED);
        assert_true(items[0].calls == 1 && items[1].calls == 1);
        kinds[i].free();
    }
    channel_open();
    listen_all(items, 2, pawl_channel_items(channel));
    channel_step();
    assert_int_equal(pawl_channel_push_slow_(ports[0], PAWL_FOREVER), ECANCELED);
    assert_true(items[0].calls == 1 && items[1].calls == 1);
    channel_free();
}

static void a_pop_at_the_end_tells_who_listens_for_room(void **state)
{
    void *cells[1];
    ear space[2];
    (void)state;

    spsc_open();
    listen_all(space, 2, pawl_spsc_channel_space(spsc));
    spsc_step();
    assert_int_equal(spsc_pop(0), ECANCELED);
    assert_true(space[0].calls == 1 && space[1].calls == 1);
    spsc_free();
    for (unsigned batch = 0; batch < 2; batch++) {
        channel_open();
        listen_all(space, 2, pawl_channel_space(channel));
        channel_step();
        if (batch)
            assert_int_equal(pawl_channel_pop_n(ports[1], cells, 1, 1, 0), 0);
        else
            assert_int_equal(channel_pop(0), ECANCELED);
        assert_true(space[0].calls == 1 && space[1].calls == 1);
        channel_free();
    }
}

static void *push_one(void *argument)
{
    pawl_channel_port **port = argument;

    if (pawl_channel_push_until(*port, late) != ECANCELED)
        *port = NULL;
    return NULL;
}

/* The first pop wakes one of two; the one that comes to the end, the other. */
static void a_pop_at_the_end_tells_who_waits_for_room(void **state)
{
    pthread_t pushers[2];
    (void)state;

    wait_no_longer();
    channel_open();
    assert_int_equal(channel_push(), 0);
    pushers[0] = start(push_one, &ports[0]);
    pushers[1] = start(push_one, &ports[2]);
    while (sleepers(pawl_channel_space(channel)) < 2)
        nap(1);
    nap(10);
    channel_step();
    assert_int_equal(channel_pop(0), 0);
    assert_int_equal(channel_pop(0), ECANCELED);
    finish(pushers[0]);
    finish(pushers[1]);
    assert_true(ports[0] != NULL && ports[2] != NULL);
    assert_true(pawl_now() < late);
    channel_free();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_closer_did_is_seen),
        cmocka_unit_test(a_refused_push_tells_who_waits_for_items),
        cmocka_unit_test(a_push_refused_when_it_is_full_tells),
        cmocka_unit_test(a_pop_at_the_end_tells_who_listens_for_room),
        cmocka_unit_test(a_pop_at_the_end_tells_who_waits_for_room),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_closer", tests, NULL, NULL);
}
