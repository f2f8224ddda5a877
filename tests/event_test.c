/* event_test.c - what event.h promises to sleepers; event_listen_test.c: to listeners.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/event.h>

static_assert(sizeof(pawl_event) <= PAWL_LINE, "layout");
static_assert(offsetof(pawl_event, epoch) == 8, "layout");
static_assert(offsetof(pawl_event, scope) == 12, "layout");

static uint64_t state_of(pawl_event *e)
{
    return atomic_load_explicit(&e->state, memory_order_acquire);
}

static uint64_t waiters(pawl_event *e)
{
    return pawl_event_waiters_(state_of(e));
}

static uint64_t signals(pawl_event *e)
{
    return pawl_event_signals_(state_of(e));
}

static void zeroed_memory_is_an_event(void **state)
{
    static pawl_event zeroed;
    pawl_event e = PAWL_EVENT_INIT;
    (void)state;

    assert_false(pawl_event_waited(&zeroed));
    pawl_event_notify(&zeroed, PAWL_ALL);
    assert_true(state_of(&zeroed) == 0 && state_of(&e) == 0);
    assert_int_equal(zeroed.scope, PAWL_PRIVATE);
    assert_int_equal(e.scope, PAWL_PRIVATE);
}

static void init_refuses_other_scopes(void **state)
{
    pawl_event *e = block(sizeof *e);
    (void)state;

    assert_int_equal(pawl_event_init(e, (pawl_scope)2), EINVAL);
    assert_int_equal(pawl_event_init(e, (pawl_scope)-1), EINVAL);
    assert_true(untouched(e, sizeof *e));
    assert_int_equal(pawl_event_init(e, PAWL_PRIVATE), 0);
    assert_true(state_of(e) == 0 && e->scope == PAWL_PRIVATE && e->turns == 0);
    assert_int_equal(atomic_load_explicit(&e->epoch, memory_order_relaxed), 0);
    assert_true(e->first == NULL && e->last == NULL && e->firing == NULL);
    assert_int_equal(pawl_event_init(e, PAWL_SHARED), 0);
    assert_int_equal(e->scope, PAWL_SHARED);
    assert_true(state_of(e) == 0);
    free(e);
}

static void prepare_announces_and_cancel_takes_it_back(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    (void)state;

    pawl_event_prepare(&e);
    assert_true(pawl_event_waited(&e));
    assert_int_equal(waiters(&e), 1);
    pawl_event_prepare(&e);
    assert_int_equal(waiters(&e), 2);
    pawl_event_cancel(&e);
    assert_true(pawl_event_waited(&e));
    pawl_event_cancel(&e);
    assert_false(pawl_event_waited(&e));
    assert_true(state_of(&e) == 0);
}

static void a_notify_after_prepare_is_not_slept_through(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    uint32_t key = pawl_event_prepare(&e);
    (void)state;

    pawl_event_notify(&e, 1);
    assert_int_equal(pawl_event_wait(&e, key, PAWL_FOREVER), 0);
    key = pawl_event_prepare(&e);
    pawl_event_notify(&e, 1);
    /* Nor does a notify hide that the moment has come. */
    assert_int_equal(pawl_event_wait(&e, key, pawl_now() - 1), ETIMEDOUT);
    assert_true(state_of(&e) == 0);
}

static void a_notify_before_prepare_is_for_others(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    uint32_t key;
    (void)state;

    pawl_event_notify(&e, PAWL_ALL);
    key = pawl_event_prepare(&e);
    assert_int_equal(pawl_event_wait(&e, key, pawl_now()), ETIMEDOUT);
    assert_true(state_of(&e) == 0);
}

static void a_deadline_ends_the_wait(void **state)
{
    static const pawl_time past[] = { INT64_MIN, -1, 0 };
    pawl_event e = PAWL_EVENT_INIT;
    pawl_time until = pawl_after(2 * PAWL_MILLISECOND);
    (void)state;

    for (size_t i = 0; i < sizeof past / sizeof *past; i++)
        assert_int_equal(pawl_event_wait(&e, pawl_event_prepare(&e), past[i]),
                         ETIMEDOUT);
    assert_int_equal(pawl_event_wait(&e, pawl_event_prepare(&e), until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    assert_true(state_of(&e) == 0);
}

static void a_waiter_with_a_signal_is_not_counted_again(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    uint32_t one = pawl_event_prepare(&e), other = pawl_event_prepare(&e);
    (void)state;

    pawl_event_notify(&e, 0);
    assert_int_equal(signals(&e), 0);
    pawl_event_notify(&e, 1);
    assert_int_equal(signals(&e), 1);
    assert_true(pawl_event_waited(&e));         /* one of two */
    pawl_event_notify(&e, 1);
    assert_int_equal(signals(&e), 2);
    assert_false(pawl_event_waited(&e));        /* both of two */
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(signals(&e), 2);
    assert_int_equal(pawl_event_wait(&e, one, PAWL_FOREVER), 0);
    assert_int_equal(signals(&e), 1);
    assert_int_equal(pawl_event_wait(&e, other, PAWL_FOREVER), 0);
    assert_true(state_of(&e) == 0);
}

static void who_leaves_takes_a_signal_along(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    uint32_t key;
    (void)state;

    pawl_event_prepare(&e);
    key = pawl_event_prepare(&e);
    pawl_event_notify(&e, 1);
    pawl_event_cancel(&e);
    assert_int_equal(waiters(&e), 1);
    assert_int_equal(signals(&e), 0);
    assert_true(pawl_event_waited(&e));
    assert_int_equal(pawl_event_wait(&e, key, PAWL_FOREVER), 0);
    assert_true(state_of(&e) == 0);
}

static void the_epoch_may_wrap(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    (void)state;

    atomic_store_explicit(&e.epoch, UINT32_MAX - 1, memory_order_relaxed);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t key = pawl_event_prepare(&e);

        assert_int_equal(key, UINT32_MAX - 1 + i);
        pawl_event_notify(&e, 1);
        assert_int_equal(pawl_event_wait(&e, key, PAWL_FOREVER), 0);
    }
    assert_true(state_of(&e) == 0);
}

/* --- threads -------------------------------------------------------------- */

typedef struct ward {
    pawl_event event;
    flag open;                          /* the condition */
    flag awake;                         /* how many came out */
} ward;

static void *wait_once(void *argument)
{
    ward *w = argument;
    uint32_t key = pawl_event_prepare(&w->event);

    if (pawl_event_wait(&w->event, key, PAWL_FOREVER) == 0)
        atomic_fetch_add_explicit(&w->awake, 1, memory_order_release);
    return NULL;
}

static void await_waiters(pawl_event *e, uint64_t n)
{
    while (waiters(e) != n)
        nap(1);
    nap(10);                            /* on from prepare, to sleep */
}

static void notify_wakes_as_many_as_it_says(void **state)
{
    ward w = { PAWL_EVENT_INIT, 0, 0 };
    pthread_t threads[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(wait_once, &w);
    await_waiters(&w.event, 4);
    assert_int_equal(get(&w.awake), 0);
    pawl_event_notify(&w.event, 1);
    while (get(&w.awake) < 1)
        nap(1);
    pawl_event_notify(&w.event, 2);
    while (get(&w.awake) < 3)
        nap(1);
    pawl_event_notify(&w.event, PAWL_ALL);
    for (unsigned i = 0; i < 4; i++)
        finish(threads[i]);
    assert_int_equal(get(&w.awake), 4);
    assert_true(state_of(&w.event) == 0);
}

/* A notifier that has chosen a sleeper and was stopped before it woke it. */
static void the_next_notify_wakes_for_one_that_is_stopped(void **state)
{
    ward w = { PAWL_EVENT_INIT, 0, 0 };
    pthread_t thread = start(wait_once, &w);
    (void)state;

    await_waiters(&w.event, 1);
    atomic_fetch_add_explicit(&w.event.state, PAWL_EVENT_SIGNAL_ + PAWL_EVENT_WAKING_,
                              memory_order_relaxed);
    assert_true(pawl_event_waited(&w.event));
    pawl_event_notify(&w.event, 1);
    finish(thread);
    assert_int_equal(get(&w.awake), 1);
    assert_true(state_of(&w.event) == PAWL_EVENT_WAKING_);
    assert_false(pawl_event_waited(&w.event));
}

static void wait_till_open(ward *w)
{
    for (;;) {
        uint32_t key = pawl_event_prepare(&w->event);

        if (get(&w->open)) {
            pawl_event_cancel(&w->event);
            break;
        }
        (void)pawl_event_wait(&w->event, key, PAWL_FOREVER);
    }
    set(&w->awake, 1);
}

static void *wait_in_thread(void *argument)
{
    wait_till_open(argument);
    return NULL;
}

static void signals_do_not_end_it(void **state)
{
    ward w = { PAWL_EVENT_INIT, 0, 0 };
    pthread_t thread = start(wait_in_thread, &w);
    storm s;
    (void)state;

    storm_begin(&s, thread);
    await_waiters(&w.event, 1);
    assert_int_equal(get(&w.awake), 0);
    set(&w.open, 1);
    pawl_event_notify(&w.event, 1);
    await(&w.awake, 1);
    storm_end(&s);
    finish(thread);
    assert_true(state_of(&w.event) == 0);
}

static pawl_event interrupted = PAWL_EVENT_INIT;
static PAWL_ATOMIC(uint32_t) handled;

static void notify_in_handler(int number)
{
    (void)number;
    atomic_store_explicit(&handled, 1, memory_order_release);
    pawl_event_notify(&interrupted, 1);
}

/* It wakes the very thread that it interrupts, between prepare and the end of wait. */
static void signal_handlers_may_notify(void **state)
{
    uint32_t key;
    (void)state;

    signal(SIGUSR2, notify_in_handler);
    key = pawl_event_prepare(&interrupted);
    raise(SIGUSR2);
    assert_int_equal(pawl_event_wait(&interrupted, key, PAWL_FOREVER), 0);
    assert_int_equal(atomic_load_explicit(&handled, memory_order_acquire), 1);
    assert_true(state_of(&interrupted) == 0);
}

static int wait_in_child(void *argument)
{
    wait_till_open(argument);
    return 0;
}

static void processes_can_sleep_on_a_shared_event(void **state)
{
    ward *w = shared_block(sizeof *w);
    pid_t pid;
    (void)state;

    assert_int_equal(pawl_event_init(&w->event, PAWL_SHARED), 0);
    pid = child(wait_in_child, w);
    await_waiters(&w->event, 1);
    assert_int_equal(get(&w->awake), 0);
    set(&w->open, 1);
    pawl_event_notify(&w->event, 1);
    assert_int_equal(status_of(pid), 0);
    assert_int_equal(get(&w->awake), 1);
    assert_true(state_of(&w->event) == 0);
    munmap(w, sizeof *w);
}

static void *come_and_go(void *argument)
{
    ward *w = argument;

    for (unsigned i = 0; i < 5000; i++) {
        uint32_t key = pawl_event_prepare(&w->event);

        if (i % 3 == 0)
            pawl_event_cancel(&w->event);
        else
            (void)pawl_event_wait(&w->event, key, pawl_after(i % 3 * PAWL_MICROSECOND));
    }
    atomic_fetch_add_explicit(&w->awake, 1, memory_order_release);
    return NULL;
}

static void after_a_storm_nobody_is_counted(void **state)
{
    ward w = { PAWL_EVENT_INIT, 0, 0 };
    pthread_t threads[3];
    (void)state;

    for (unsigned i = 0; i < 3; i++)
        threads[i] = start(come_and_go, &w);
    for (uint32_t n = 0; get(&w.awake) < 3; n++)
        pawl_event_notify(&w.event, n % 8 == 7 ? PAWL_ALL : n % 8);
    for (unsigned i = 0; i < 3; i++)
        finish(threads[i]);
    assert_true(state_of(&w.event) == 0);
    assert_false(pawl_event_waited(&w.event));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_an_event),
        cmocka_unit_test(init_refuses_other_scopes),
        cmocka_unit_test(prepare_announces_and_cancel_takes_it_back),
        cmocka_unit_test(a_notify_after_prepare_is_not_slept_through),
        cmocka_unit_test(a_notify_before_prepare_is_for_others),
        cmocka_unit_test(a_deadline_ends_the_wait),
        cmocka_unit_test(a_waiter_with_a_signal_is_not_counted_again),
        cmocka_unit_test(who_leaves_takes_a_signal_along),
        cmocka_unit_test(the_epoch_may_wrap),
        cmocka_unit_test(notify_wakes_as_many_as_it_says),
        cmocka_unit_test(the_next_notify_wakes_for_one_that_is_stopped),
        cmocka_unit_test(signals_do_not_end_it),
        cmocka_unit_test(signal_handlers_may_notify),
        cmocka_unit_test(processes_can_sleep_on_a_shared_event),
        cmocka_unit_test(after_a_storm_nobody_is_counted),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
