/* pitfalls_lock_test.c - what respected libraries got wrong: signals, clocks, locks.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pitfalls.txt lists all faults.
 */
#include "unit.h"

#include <pawl/sem.h>
#include <pawl/spinlock.h>
#include <pawl/ticketlock.h>

/* libvsync ends the process when a futex call comes back for no reason. */
static void *wake_for_nothing(void *argument)
{
    pawl_sem *s = argument;

    while (!(atomic_load_explicit(&s->word, memory_order_relaxed) & PAWL_SEM_CLOSED_)) {
        pawl_unpark_half(&s->word, PAWL_ALL, PAWL_PRIVATE);
        sched_yield();
    }
    return NULL;
}

static void pitfall_20_wakes_for_no_reason_and_EINTR(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    pthread_t waker = start(wake_for_nothing, &s);
    pawl_time until = pawl_after(30 * PAWL_MILLISECOND);
    storm weather;
    (void)state;

    storm_begin(&weather, pthread_self());
    errno = 77;
    assert_int_equal(pawl_sem_wait_until(&s, 1, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    assert_int_equal(errno, 77);
    assert_true(pawl_sem_close(&s));
    finish(waker);
    storm_end(&weather);
}

static pawl_time moment_of(const struct timespec *t)
{
    return (pawl_time)t->tv_sec * PAWL_SECOND + t->tv_nsec;
}

/* A deadline is a moment on the clock that nobody sets. */
static void pitfall_21_clock_jumps(void **state)
{
    struct timespec monotonic, wall;
    pawl_sem s = PAWL_SEM_INIT;
    pawl_time moment;
    (void)state;

    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    moment = moment_of(&monotonic) + 20 * PAWL_MILLISECOND;
    assert_true(wall.tv_sec != monotonic.tv_sec);       /* else nothing is shown */
    assert_int_equal(pawl_sem_wait_until(&s, 1, moment), ETIMEDOUT);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    assert_true(moment_of(&monotonic) >= moment);
    assert_true(moment + 20 * PAWL_SECOND > pawl_now());
}

/* ck: trylock inverted; is-it-locked inverted; 65,536 waiters, a ticket of 16 bits. */
static void pitfall_22_trylock_and_65536_waiters(void **state)
{
    static const uint32_t crowds[] = { 1, 255, 256, 65535, 65536, 65537, UINT32_MAX - 1,
                                       UINT32_MAX };
    pawl_spinlock s = PAWL_SPINLOCK_INIT;
    (void)state;

    assert_true(pawl_spinlock_try_lock(&s));
    assert_false(pawl_spinlock_try_lock(&s));
    pawl_spinlock_unlock(&s);
    assert_true(pawl_spinlock_try_lock(&s));
    for (size_t i = 0; i < sizeof crowds / sizeof *crowds; i++) {
        pawl_ticketlock l = { crowds[i], 0 };

        assert_false(pawl_ticketlock_try_lock(&l));
        pawl_ticketlock_unlock(&l);
        assert_int_equal(atomic_load_explicit(&l.owner, memory_order_relaxed), 1);
        assert_true(pawl_ticketlock_try_lock(&l) == (crowds[i] == 1));
    }
}

/* The owner is preempted, and who wants the lock has the only CPU. */
enum { VISITORS = 3, VISITS = 200 };

typedef struct cell {
    pawl_spinlock spinlock;
    pawl_ticketlock ticketlock;
    pawl_sem sem;
    unsigned visits;                    /* plain: each of the three guards it */
} cell;

static void *visit_often(void *argument)
{
    cell *c = argument;

    for (unsigned i = 0; i < VISITS; i++) {
        bool preempted = i % 8 == 0;

        pawl_spinlock_lock(&c->spinlock);
        pawl_ticketlock_lock(&c->ticketlock);
        (void)pawl_sem_wait(&c->sem, 1);
        c->visits++;
        if (preempted)
            sched_yield();
        (void)pawl_sem_post(&c->sem, 1);
        pawl_ticketlock_unlock(&c->ticketlock);
        if (preempted)
            sched_yield();
        pawl_spinlock_unlock(&c->spinlock);
    }
    return NULL;
}

/* 0: as it should be; else what failed. */
static int visit_on_one_cpu(void *realtime)
{
    struct sched_param first = { .sched_priority = sched_get_priority_min(SCHED_FIFO) };
    cell c = { .sem = { 1, PAWL_PRIVATE, 0 } };
    pthread_t threads[VISITORS];
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((unsigned)sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        return 1;
    if (realtime != NULL && sched_setscheduler(0, SCHED_FIFO, &first) != 0)
        return 2;
    for (unsigned i = 0; i < VISITORS; i++)
        threads[i] = start(visit_often, &c);
    for (unsigned i = 0; i < VISITORS; i++)
        finish(threads[i]);
    return c.visits == VISITORS * VISITS ? 0 : 3;
}

static void pitfall_23_preempted_owner_on_one_cpu(void **state)
{
    int result = in_child(visit_on_one_cpu, &result);
    (void)state;

    assert_int_equal(in_child(visit_on_one_cpu, NULL), 0);
    if (result == 2) {
        print_message("no leave for SCHED_FIFO: only without it\n");
        skip();
    }
    assert_int_equal(result, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pitfall_20_wakes_for_no_reason_and_EINTR),
        cmocka_unit_test(pitfall_21_clock_jumps),
        cmocka_unit_test(pitfall_22_trylock_and_65536_waiters),
        cmocka_unit_test(pitfall_23_preempted_owner_on_one_cpu),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("pitfalls_lock", tests, NULL, NULL);
}
