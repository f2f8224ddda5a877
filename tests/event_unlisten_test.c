/* event_unlisten_test.c - event.h's unlisten, against calls by other threads.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ear.h"

static void fire_slowly(pawl_listener *l)
{
    ear *me = (ear *)(void *)l;

    set(&me->inside, 1);
    await(&me->go, 1);
    nap(5);
    set(&me->over, 1);
}

static void *notify_one(void *argument)
{
    pawl_event_notify(((ear *)argument)->event, 1);
    return NULL;
}

/* result: 1 unlisten was late, as it should be, and came back after the call. */
static void *unlisten_late(void *argument)
{
    ear *a = argument;
    bool won = pawl_event_unlisten(a->event, &a->listener);

    a->result = !won && get(&a->over);
    set(&a->inside, 2);
    return NULL;
}

static void unlisten_waits_for_a_call_under_way(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pthread_t notifiers[2], waiter;
    ear ears[3];
    (void)state;

    prick(ears, 3, &e);
    ears[0].listener.fire = ears[2].listener.fire = fire_slowly;
    for (unsigned i = 0; i < 3; i += 2) {
        assert_int_equal(pawl_event_listen(&e, &ears[i].listener), 0);
        notifiers[i / 2] = start(notify_one, &ears[i]);
        await(&ears[i].inside, 1);
    }
    /* Another listener's unlisten does not wait for these calls. */
    assert_int_equal(pawl_event_listen(&e, &ears[1].listener), 0);
    assert_true(pawl_event_unlisten(&e, &ears[1].listener));
    waiter = start(unlisten_late, &ears[0]);
    nap(20);
    assert_int_equal(get(&ears[0].inside), 1);
    set(&ears[0].go, 1);
    finish(waiter);
    finish(notifiers[0]);
    assert_int_equal(ears[0].result, 1);
    set(&ears[2].go, 1);
    finish(notifiers[1]);
    assert_true(at_rest(&e));
}

static void fire_again_and_slowly(pawl_listener *l)
{
    ear *me = (ear *)(void *)l;

    me->calls++;
    me->result = pawl_event_listen(me->event, l);
    fire_slowly(l);
}

/* result: 1 what the call itself asked for is taken out, and the call is over. */
static void *unlisten_in_time(void *argument)
{
    ear *a = argument;
    bool won = pawl_event_unlisten(a->event, &a->listener);

    a->result = won && get(&a->over);
    set(&a->inside, 2);
    return NULL;
}

static void unlisten_ends_one_that_always_listens_again(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pthread_t notifier, waiter;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    a.listener.fire = fire_again_and_slowly;
    assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
    notifier = start(notify_one, &a);
    await(&a.inside, 1);
    waiter = start(unlisten_in_time, &a);
    nap(20);
    assert_int_equal(get(&a.inside), 1);
    set(&a.go, 1);
    finish(waiter);
    finish(notifier);
    assert_int_equal(a.result, 1);
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(a.calls, 1);
    assert_true(at_rest(&e));
}

static void *notify_on(void *argument)
{
    ear *a = argument;

    while (!get(&a->over))
        pawl_event_notify(a->event, 1);
    return NULL;
}

static void called_or_unlistened_but_not_both(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pthread_t notifier;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    notifier = start(notify_on, &a);
    for (unsigned i = 0; i < 5000; i++) {
        unsigned before = a.calls;
        bool won;

        assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
        if (i % 16 == 0)
            sched_yield();
        won = pawl_event_unlisten(&e, &a.listener);
        assert_int_equal(a.calls, won ? before : before + 1);
    }
    set(&a.over, 1);
    finish(notifier);
    assert_true(at_rest(&e));
}

/* A thread stopped at the list holds up listen, and not those who sleep. */
static void *listen_and_tell(void *argument)
{
    ear *a = argument;

    set(&a->inside, 1);
    a->result = pawl_event_listen(a->event, &a->listener);
    set(&a->over, 1);
    return NULL;
}

static void one_stopped_at_the_list_holds_up_listeners_alone(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pthread_t listener;
    uint32_t key;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    atomic_fetch_or_explicit(&e.state, PAWL_EVENT_LOCKED_, memory_order_acquire);
    listener = start(listen_and_tell, &a);
    await(&a.inside, 1);
    nap(30);
    assert_int_equal(get(&a.over), 0);
    pawl_event_prepare(&e);
    pawl_event_cancel(&e);
    key = pawl_event_prepare(&e);
    pawl_event_notify(&e, 1);
    assert_int_equal(pawl_event_wait(&e, key, PAWL_FOREVER), 0);
    assert_int_equal(get(&a.over), 0);
    atomic_fetch_and_explicit(&e.state, ~PAWL_EVENT_LOCKED_, memory_order_release);
    finish(listener);
    assert_int_equal(a.result, 0);
    assert_true(pawl_event_unlisten(&e, &a.listener));
    assert_true(at_rest(&e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unlisten_waits_for_a_call_under_way),
        cmocka_unit_test(unlisten_ends_one_that_always_listens_again),
        cmocka_unit_test(called_or_unlistened_but_not_both),
        cmocka_unit_test(one_stopped_at_the_list_holds_up_listeners_alone),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("event_unlisten", tests, NULL, NULL);
}
