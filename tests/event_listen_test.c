/* event_listen_test.c - what event.h promises to listeners, to one thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ear.h"

static void a_listener_is_called_once(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
    assert_true(pawl_event_waited(&e));
    pawl_event_notify(&e, 0);
    assert_int_equal(a.calls, 0);
    pawl_event_notify(&e, 1);
    assert_int_equal(a.calls, 1);
    assert_false(pawl_event_waited(&e));
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(a.calls, 1);
    assert_true(at_rest(&e));
}

static void what_was_before_calls_nobody(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
    assert_int_equal(a.calls, 0);
    assert_true(pawl_event_unlisten(&e, &a.listener));
    assert_true(at_rest(&e));
}

static void nobody_listens_twice(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
    assert_int_equal(pawl_event_listen(&e, &a.listener), EBUSY);
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(a.calls, 1);
    assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
    assert_true(pawl_event_unlisten(&e, &a.listener));
    assert_true(at_rest(&e));
}

static void a_shared_event_has_no_listeners(void **state)
{
    pawl_event e;
    ear a;
    (void)state;

    assert_int_equal(pawl_event_init(&e, PAWL_SHARED), 0);
    prick(&a, 1, &e);
    assert_int_equal(pawl_event_listen(&e, &a.listener), EINVAL);
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(a.calls, 0);
    assert_true(at_rest(&e));
}

static void the_oldest_is_called_first(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear ears[4];
    (void)state;

    listen_all(ears, 4, &e);
    pawl_event_notify(&e, 1);
    assert_int_equal(calls_of_all, 1);
    assert_int_equal(ears[0].place, 1);
    pawl_event_notify(&e, 2);
    assert_int_equal(calls_of_all, 3);
    assert_int_equal(ears[1].place, 2);
    assert_int_equal(ears[2].place, 3);
    assert_true(pawl_event_waited(&e));
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(ears[3].place, 4);
    assert_true(at_rest(&e));
}

static void unlisten_says_whether_it_was_in_time(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear ears[3];
    (void)state;

    prick(ears, 3, &e);
    assert_false(pawl_event_unlisten(&e, &ears[0].listener));   /* was not listening */
    /* From the middle, from the front, from the end. */
    static const unsigned orders[3][3] = { { 1, 0, 2 }, { 0, 1, 2 }, { 2, 1, 0 } };
    for (unsigned o = 0; o < 3; o++) {
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(pawl_event_listen(&e, &ears[i].listener), 0);
        for (unsigned i = 0; i < 3; i++) {
            assert_true(pawl_event_waited(&e));
            assert_true(pawl_event_unlisten(&e, &ears[orders[o][i]].listener));
            assert_false(pawl_event_unlisten(&e, &ears[orders[o][i]].listener));
        }
        assert_true(at_rest(&e));
    }
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(calls_of_all, 0);
    assert_int_equal(pawl_event_listen(&e, &ears[0].listener), 0);
    pawl_event_notify(&e, 1);
    assert_false(pawl_event_unlisten(&e, &ears[0].listener));   /* was called */
}

static void the_others_stay_in_order(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear ears[3];
    (void)state;

    listen_all(ears, 3, &e);
    assert_true(pawl_event_unlisten(&e, &ears[1].listener));
    assert_int_equal(pawl_event_listen(&e, &ears[1].listener), 0);
    pawl_event_notify(&e, 3);
    assert_int_equal(ears[0].place, 1);
    assert_int_equal(ears[2].place, 2);
    assert_int_equal(ears[1].place, 3);
}

static void fire_may_listen_again(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear a;
    (void)state;

    prick(&a, 1, &e);
    a.again = 2;
    assert_int_equal(pawl_event_listen(&e, &a.listener), 0);
    for (unsigned calls = 1; calls <= 3; calls++) {
        pawl_event_notify(&e, 1);
        assert_int_equal(a.calls, calls);
        assert_int_equal(a.result, 0);
    }
    assert_true(at_rest(&e));
}

/* A notify calls those who listened before it: not one that listens anew, again. */
static void listening_again_is_for_the_next_notify(void **state)
{
    static const uint32_t counts[] = { 2, 3, PAWL_ALL };
    (void)state;

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        pawl_event e = PAWL_EVENT_INIT;
        ear ears[2];

        prick(ears, 2, &e);
        ears[0].again = ears[1].again = 1;
        assert_int_equal(pawl_event_listen(&e, &ears[0].listener), 0);
        assert_int_equal(pawl_event_listen(&e, &ears[1].listener), 0);
        pawl_event_notify(&e, counts[i]);
        assert_true(ears[0].calls == 1 && ears[1].calls == 1);
        pawl_event_notify(&e, counts[i]);
        assert_true(ears[0].calls == 2 && ears[1].calls == 2);
        assert_true(at_rest(&e));
    }
}

static void fire_may_notify(void **state)
{
    pawl_event e = PAWL_EVENT_INIT, other = PAWL_EVENT_INIT;
    ear ears[4];
    (void)state;

    prick(ears, 4, &e);
    ears[0].notifies = &ears[1];        /* the same event, which it is called by */
    ears[1].notifies = &ears[2];
    ears[2].event = &other;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pawl_event_listen(ears[i].event, &ears[i].listener), 0);
    pawl_event_notify(&e, 1);
    assert_int_equal(ears[0].place, 1);
    assert_int_equal(ears[1].place, 2);
    assert_int_equal(ears[2].place, 3);
    assert_int_equal(ears[3].calls, 0);
    assert_true(pawl_event_unlisten(&e, &ears[3].listener));
    assert_true(at_rest(&e) && at_rest(&other));
}

static bool still_under_way;

static void notify_and_look(pawl_listener *l)
{
    pawl_event *e = ((ear *)(void *)l)->event;

    pawl_event_notify(e, 1);
    still_under_way = e->firing != NULL;
}

/* So an unlisten that comes now would wait for it. */
static void a_call_is_under_way_until_its_own_end(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear ears[2];
    (void)state;

    prick(ears, 2, &e);
    ears[0].listener.fire = notify_and_look;
    assert_int_equal(pawl_event_listen(&e, &ears[0].listener), 0);
    assert_int_equal(pawl_event_listen(&e, &ears[1].listener), 0);
    pawl_event_notify(&e, 1);
    assert_int_equal(ears[1].calls, 1);
    assert_true(still_under_way);
    assert_true(at_rest(&e));
}

static void free_itself(pawl_listener *l)
{
    calls_of_all++;
    free(l);
}

static void fire_may_free_the_listener(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    (void)state;

    calls_of_all = 0;
    for (unsigned i = 0; i < 3; i++) {
        pawl_listener *l = malloc(sizeof *l);

        assert_non_null(l);
        *l = (pawl_listener)PAWL_LISTENER_INIT(free_itself);
        assert_int_equal(pawl_event_listen(&e, l), 0);
    }
    pawl_event_notify(&e, 2);
    assert_int_equal(calls_of_all, 2);
    pawl_event_notify(&e, 1);
    assert_int_equal(calls_of_all, 3);
    assert_true(at_rest(&e));
}

static void sleepers_and_listeners_are_both_served(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    uint32_t one, other;
    ear ears[3];
    (void)state;

    listen_all(ears, 3, &e);
    one = pawl_event_prepare(&e);
    pawl_event_notify(&e, 1);           /* one of each */
    assert_true(ears[0].calls == 1 && calls_of_all == 1);
    assert_int_equal(pawl_event_wait(&e, one, PAWL_FOREVER), 0);
    one = pawl_event_prepare(&e);
    other = pawl_event_prepare(&e);
    pawl_event_notify(&e, 2);           /* two of each */
    assert_true(ears[1].calls == 1 && ears[2].calls == 1);
    assert_int_equal(pawl_event_wait(&e, one, PAWL_FOREVER), 0);
    assert_int_equal(pawl_event_wait(&e, other, PAWL_FOREVER), 0);
    assert_true(at_rest(&e));
}

/* The oldest listener stays the first, across every width that a count could have. */
static void a_long_time_of_listening_changes_nothing(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    ear ears[4];
    (void)state;

    prick(ears, 4, &e);
    for (unsigned round = 0; round < 12; round++) {
        e.turns = (UINT64_C(1) << (round % 2 ? 31 : 32)) - round / 2;
        calls_of_all = 0;
        for (unsigned i = 0; i < 4; i++) {
            ears[i].again = 1;
            assert_int_equal(pawl_event_listen(&e, &ears[i].listener), 0);
        }
        for (unsigned twice = 0; twice < 2; twice++) {
            pawl_event_notify(&e, PAWL_ALL);
            for (unsigned i = 0; i < 4; i++)
                assert_int_equal(ears[i].place, 4 * twice + i + 1);
        }
        assert_true(at_rest(&e));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_is_called_once),
        cmocka_unit_test(what_was_before_calls_nobody),
        cmocka_unit_test(nobody_listens_twice),
        cmocka_unit_test(a_shared_event_has_no_listeners),
        cmocka_unit_test(the_oldest_is_called_first),
        cmocka_unit_test(unlisten_says_whether_it_was_in_time),
        cmocka_unit_test(the_others_stay_in_order),
        cmocka_unit_test(fire_may_listen_again),
        cmocka_unit_test(listening_again_is_for_the_next_notify),
        cmocka_unit_test(fire_may_notify),
        cmocka_unit_test(a_call_is_under_way_until_its_own_end),
        cmocka_unit_test(fire_may_free_the_listener),
        cmocka_unit_test(sleepers_and_listeners_are_both_served),
        cmocka_unit_test(a_long_time_of_listening_changes_nothing),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("event_listen", tests, NULL, NULL);
}
