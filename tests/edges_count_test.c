/* edges_count_test.c - the counts of events, semaphores and locks, at their limits.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/event.h>
#include <pawl/sem.h>
#include <pawl/ticketlock.h>

typedef struct post {
    pawl_event event;
    pawl_sem sem;
    pawl_ticketlock lock;
    flag back;
    int result;
} post;

static void *wait_on_event(void *argument)
{
    post *p = argument;
    uint32_t key = pawl_event_prepare(&p->event);

    p->result = pawl_event_wait(&p->event, key, PAWL_FOREVER);
    set(&p->back, 1);
    return NULL;
}

/* The epoch goes from its last value to 0 under one who sleeps on it. */
static void a_sleeper_is_woken_over_the_wrap_of_the_epoch(void **state)
{
    post p = { .result = 99 };
    pthread_t sleeper;
    (void)state;

    atomic_store_explicit(&p.event.epoch, UINT32_MAX, memory_order_relaxed);
    sleeper = start(wait_on_event, &p);
    while (!pawl_event_waited(&p.event))
        nap(1);
    nap(10);
    assert_int_equal(get(&p.back), 0);
    pawl_event_notify(&p.event, 1);
    finish(sleeper);
    assert_int_equal(p.result, 0);
    assert_int_equal(atomic_load_explicit(&p.event.epoch, memory_order_relaxed), 0);
}

/* As many waiters, signals and notifiers as there can be: no count spills over. */
static void an_event_at_its_limit_counts_right(void **state)
{
    const uint64_t most = PAWL_EVENT_COUNT_;
    const uint64_t others = (most - 1) * (PAWL_EVENT_WAITER_ + PAWL_EVENT_SIGNAL_
                                          + PAWL_EVENT_WAKING_);
    pawl_event e = { others, 0, PAWL_PRIVATE, NULL, NULL, NULL, 0 };
    uint32_t key = pawl_event_prepare(&e);
    uint64_t now;
    (void)state;

    pawl_event_notify(&e, PAWL_ALL);
    now = atomic_load_explicit(&e.state, memory_order_relaxed);
    assert_true(pawl_event_waiters_(now) == most && pawl_event_signals_(now) == most);
    assert_true(now / PAWL_EVENT_WAKING_ == most - 1);
    assert_true((now & (PAWL_EVENT_WAITER_ - 1)) == 0);
    assert_int_equal(pawl_event_wait(&e, key, PAWL_FOREVER), 0);
    assert_true(atomic_load_explicit(&e.state, memory_order_relaxed) == others);
}

static void *wait_on_sem(void *argument)
{
    post *p = argument;

    p->result = pawl_sem_wait(&p->sem, 2);
    set(&p->back, 1);
    return NULL;
}

/* As many sleepers and permits as there can be. */
static void a_sem_at_its_limit_counts_right(void **state)
{
    const uint64_t others = ((UINT64_C(1) << 31) - 2) * PAWL_SEM_SLEEPER_;
    post p = { .result = 99 };
    pthread_t sleeper;
    (void)state;

    atomic_store_explicit(&p.sem.word, others, memory_order_relaxed);
    sleeper = start(wait_on_sem, &p);
    while (atomic_load_explicit(&p.sem.word, memory_order_relaxed) == others)
        nap(1);
    nap(10);
    assert_true(atomic_load_explicit(&p.sem.word, memory_order_relaxed)
                == ((others + PAWL_SEM_SLEEPER_) | PAWL_SEM_SEVERAL_));
    assert_int_equal(get(&p.back), 0);
    assert_int_equal(pawl_sem_post(&p.sem, PAWL_SEM_MAX), 0);
    finish(sleeper);
    assert_int_equal(p.result, 0);
    assert_int_equal(pawl_sem_post(&p.sem, 3), EOVERFLOW);
    assert_int_equal(pawl_sem_post(&p.sem, 2), 0);
    assert_true(pawl_sem_close(&p.sem));
    assert_true(atomic_load_explicit(&p.sem.word, memory_order_relaxed)
                == (others | PAWL_SEM_SEVERAL_ | PAWL_SEM_CLOSED_ | PAWL_SEM_MAX));
}

static unsigned calls;

static void count_call(pawl_listener *l)
{
    (void)l;
    calls++;
}

/* The number of the last listen that 64 bits can count; there is none after it. */
static void listens_are_counted_up_to_2_to_the_64(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_listener ears[3];
    (void)state;

    e.turns = UINT64_MAX - 3;
    for (unsigned i = 0; i < 3; i++) {
        ears[i] = (pawl_listener)PAWL_LISTENER_INIT(count_call);
        assert_int_equal(pawl_event_listen(&e, &ears[i]), 0);
        assert_int_equal(pawl_event_listen(&e, &ears[i]), EBUSY);
    }
    assert_true(e.turns == UINT64_MAX);
    pawl_event_notify(&e, 1);
    assert_int_equal(calls, 1);
    assert_true(pawl_event_unlisten(&e, &ears[2]));
    pawl_event_notify(&e, PAWL_ALL);
    assert_int_equal(calls, 2);
    assert_false(pawl_event_waited(&e));
}

enum { VISITS = 2000 };

static void *visit_often(void *argument)
{
    post *p = argument;

    for (unsigned i = 0; i < VISITS; i++) {
        pawl_ticketlock_lock(&p->lock);
        p->result++;                    /* plain: the lock guards it */
        pawl_ticketlock_unlock(&p->lock);
    }
    return NULL;
}

static void tickets_wrap_under_two_threads(void **state)
{
    post p = { .lock = { UINT32_MAX - VISITS, UINT32_MAX - VISITS } };
    pthread_t other = start(visit_often, &p);
    (void)state;

    visit_often(&p);
    finish(other);
    assert_int_equal(p.result, 2 * VISITS);
    assert_int_equal(atomic_load_explicit(&p.lock.owner, memory_order_relaxed),
                     VISITS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sleeper_is_woken_over_the_wrap_of_the_epoch),
        cmocka_unit_test(an_event_at_its_limit_counts_right),
        cmocka_unit_test(a_sem_at_its_limit_counts_right),
        cmocka_unit_test(listens_are_counted_up_to_2_to_the_64),
        cmocka_unit_test(tickets_wrap_under_two_threads),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_count", tests, NULL, NULL);
}
