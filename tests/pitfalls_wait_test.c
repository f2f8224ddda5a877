/* pitfalls_wait_test.c - what respected libraries got wrong: wakes and permits.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A lost wake hangs, and the watchdog ends it.  pitfalls.txt lists all faults.
 */
#include "swap.h"

#include <pawl/channel.h>
#include <pawl/sem.h>

enum { ROUNDS = 3000, WAITERS = 3 };

/* folly: a permit was granted before the slot that it stands for was filled.  With two
 * producers, the item that a permit stands for need not be the one just pushed. */
typedef struct shop {
    pawl_mpmc_swap *queue;
    pawl_sem permits;
} shop;

static void *push_and_post(void *argument)
{
    shop *s = argument;
    pawl_mpmc_swap_port *port = NULL;

    if (pawl_mpmc_swap_open(s->queue, &port) != 0)
        return s;
    for (unsigned i = 0; i < ROUNDS; i++) {
        while (pawl_mpmc_swap_try_push(port) != 0)
            sched_yield();
        if (pawl_sem_post(&s->permits, 1) != 0)
            return s;
    }
    return NULL;
}

static void *wait_and_pop(void *argument)
{
    shop *s = argument;
    pawl_mpmc_swap_port *port = NULL;
    void *cell = NULL;

    if (pawl_mpmc_swap_open(s->queue, &port) != 0)
        return s;
    for (unsigned i = 0; i < ROUNDS; i++)
        if (pawl_sem_wait(&s->permits, 1) != 0
            || pawl_mpmc_swap_try_pop(port, &cell) != 0)
            return s;
    return NULL;
}

static void pitfall_08_permit_before_its_item(void **state)
{
    shop s = { .queue = make(4, 4, 1, 8) };
    pthread_t threads[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? push_and_post : wait_and_pop, &s);
    for (unsigned i = 0; i < 4; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_true(conserved(s.queue));
    free(s.queue);
}

/* glibc, musl, abseil: post touched the semaphore after its token was visible. */
static void *post_twice(void *argument)
{
    _Atomic(pawl_sem *) *box = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        pawl_sem *s;

        while ((s = atomic_exchange_explicit(box, NULL, memory_order_acquire)) == NULL)
            sched_yield();
        if (i % 200 == 0)
            nap(1);
        (void)pawl_sem_post(s, 1);
    }
    return NULL;
}

static void pitfall_14_post_after_its_token(void **state)
{
    _Atomic(pawl_sem *) box = NULL;
    pthread_t poster = start(post_twice, (void *)&box);
    (void)state;

    for (unsigned i = 0; i < ROUNDS; i++) {
        pawl_sem *s = shared_block(sizeof *s);

        atomic_store_explicit(&box, s, memory_order_release);
        assert_int_equal(pawl_sem_wait(s, 1), 0);
        munmap(s, sizeof *s);
    }
    finish(poster);
}

/* musl 2022, libstdc++ 2026, libc++: a wake lost by a stale count of waiters.  Several
 * posters of one, several waiters without a deadline. */
static void *wait_often(void *s)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        if (pawl_sem_wait(s, 1) != 0)
            return s;
    return NULL;
}

static void *post_often(void *s)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (pawl_sem_post(s, 1) != 0)
            return s;
        if (i % 4 == 0)
            sched_yield();
        if (i % 512 == 0)
            nap(1);                     /* all waiters are asleep */
    }
    return NULL;
}

static void wait_and_post(pawl_sem *s)
{
    pthread_t threads[2 * WAITERS];

    for (unsigned i = 0; i < 2 * WAITERS; i++)
        threads[i] = start(i % 2 ? wait_often : post_often, s);
    for (unsigned i = 0; i < 2 * WAITERS; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_true(atomic_load_explicit(&s->word, memory_order_relaxed) == 0);
}

static void pitfall_15_wake_lost_by_a_stale_count(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    wait_and_post(&s);
}

/* A poster is interrupted between taking note of the waiters and waking them, by a
 * handler that posts, too. */
static pawl_sem interrupted;
static _Atomic(unsigned) from_handler;

static void post_in_handler(int number)
{
    (void)number;
    if (pawl_sem_post(&interrupted, 1) == 0)
        atomic_fetch_add_explicit(&from_handler, 1, memory_order_relaxed);
}

static void *signal_often(void *target)
{
    for (unsigned i = 0; i < 500; i++) {
        pthread_kill(*(pthread_t *)target, SIGUSR2);
        sched_yield();
    }
    return NULL;
}

static void pitfall_16_interrupted_poster(void **state)
{
    pthread_t self = pthread_self(), waiters[WAITERS], sender;
    unsigned handled;
    (void)state;

    signal(SIGUSR2, post_in_handler);
    for (unsigned i = 0; i < WAITERS; i++)
        waiters[i] = start(wait_often, &interrupted);
    sender = start(signal_often, &self);
    for (unsigned i = 0; i < WAITERS * ROUNDS; i++) {
        assert_int_equal(pawl_sem_post(&interrupted, 1), 0);
        if (i % 64 == 0)
            sched_yield();
    }
    for (unsigned i = 0; i < WAITERS; i++)
        finish(waiters[i]);
    finish(sender);
    signal(SIGUSR2, SIG_IGN);
    handled = atomic_load_explicit(&from_handler, memory_order_relaxed);
    assert_true(handled > 0);
    assert_int_equal(pawl_sem_count_hint(&interrupted), handled);
}

/* A wait that times out destroys state that the next wait needs. */
static void pitfall_17_wait_again_after_a_timeout(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    pawl_event e = PAWL_EVENT_INIT;
    (void)state;

    for (unsigned i = 0; i < 5; i++) {
        uint32_t key;

        assert_int_equal(pawl_sem_wait_until(&s, 2, pawl_after(100000)), ETIMEDOUT);
        assert_int_equal(pawl_sem_post(&s, 2), 0);
        assert_int_equal(pawl_sem_wait(&s, 2), 0);
        key = pawl_event_prepare(&e);
        assert_int_equal(pawl_event_wait(&e, key, pawl_after(100000)), ETIMEDOUT);
        key = pawl_event_prepare(&e);
        pawl_event_notify(&e, 1);
        assert_int_equal(pawl_event_wait(&e, key, PAWL_FOREVER), 0);
    }
    assert_true(atomic_load_explicit(&s.word, memory_order_relaxed) == 0);
    assert_true(atomic_load_explicit(&e.state, memory_order_relaxed) == 0);
    wait_and_post(&s);
}

/* The mark of a shutdown, overwritten by a plain store of somebody who is at work. */
static void *work_till_told(void *argument)
{
    pawl_channel *c = argument;
    pawl_channel_port *port;
    void *cell = NULL, *late = NULL;
    int result = pawl_channel_open(c, &port);

    while (result == 0)
        if ((result = pawl_channel_push(port)) == 0)
            result = pawl_channel_pop(port, &cell);
    for (unsigned i = 0; i < 20; i++)   /* and so it stays */
        if (pawl_channel_try_push(port) != ECANCELED)
            late = c;
    return late;
}

static void pitfall_18_shutdown_overwritten(void **state)
{
    size_t bytes = pawl_channel_bytes(1, WAITERS, 1, 8);
    (void)state;

    for (unsigned round = 0; round < 50; round++) {
        pawl_channel *c = block(bytes);
        pthread_t threads[WAITERS];

        assert_int_equal(pawl_channel_init(c, bytes, 1, WAITERS, 1, 8, PAWL_PRIVATE),
                         0);
        for (unsigned i = 0; i < WAITERS; i++)
            threads[i] = start(work_till_told, c);
        for (unsigned i = 0; i < round; i++)
            sched_yield();
        assert_true(pawl_channel_close(c));
        for (unsigned i = 0; i < WAITERS; i++) {
            void *late;

            pthread_join(threads[i], &late);
            assert_null(late);
        }
        assert_false(pawl_channel_close(c));
        free(c);
    }
}

/* folly, nsync: "publish, then is anyone waiting?" against "announce, then look". */
typedef struct table {
    pawl_event event;
    PAWL_ATOMIC(uint32_t) ball;
} table;

static void hit(table *t, uint32_t mine)
{
    for (uint32_t i = mine; i < 2 * ROUNDS; i += 2) {
        while (atomic_load_explicit(&t->ball, memory_order_seq_cst) != i) {
            uint32_t key = pawl_event_prepare(&t->event);

            if (atomic_load_explicit(&t->ball, memory_order_seq_cst) == i)
                pawl_event_cancel(&t->event);
            else
                (void)pawl_event_wait(&t->event, key, PAWL_FOREVER);
        }
        atomic_store_explicit(&t->ball, i + 1, memory_order_seq_cst);
        if (pawl_event_waited(&t->event))
            pawl_event_notify(&t->event, 1);
    }
}

static void *hit_odd(void *t)
{
    hit(t, 1);
    return NULL;
}

static void pitfall_19_publish_then_anyone_waiting(void **state)
{
    table t = { PAWL_EVENT_INIT, 0 };
    pthread_t other = start(hit_odd, &t);
    (void)state;

    hit(&t, 0);
    finish(other);
    assert_int_equal(atomic_load_explicit(&t.ball, memory_order_relaxed), 2 * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pitfall_08_permit_before_its_item),
        cmocka_unit_test(pitfall_14_post_after_its_token),
        cmocka_unit_test(pitfall_15_wake_lost_by_a_stale_count),
        cmocka_unit_test(pitfall_16_interrupted_poster),
        cmocka_unit_test(pitfall_17_wait_again_after_a_timeout),
        cmocka_unit_test(pitfall_18_shutdown_overwritten),
        cmocka_unit_test(pitfall_19_publish_then_anyone_waiting),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("pitfalls_wait", tests, NULL, NULL);
}
