/* sem_wait_test.c - what sem.h promises to threads and processes that wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/sem.h>

/* Permits as they say, nobody counted as asleep, not closed. */
static bool at_rest(pawl_sem *s, uint32_t permits)
{
    return atomic_load_explicit(&s->word, memory_order_acquire) == permits;
}

static uint64_t sleepers(pawl_sem *s)
{
    return (atomic_load_explicit(&s->word, memory_order_acquire) & ~PAWL_SEM_SEVERAL_)
         / PAWL_SEM_SLEEPER_;
}

/* --- sleepers ------------------------------------------------------------- */

typedef struct guest {
    pawl_sem *sem;
    pthread_t thread;
    uint32_t n;
    int result;
    flag back;
} guest;

static void *wait_for_n(void *argument)
{
    guest *g = argument;

    g->result = pawl_sem_wait(g->sem, g->n);
    set(&g->back, 1);
    return NULL;
}

/* Start a thread that waits for n permits, and see it asleep. */
static void seat(guest *g, pawl_sem *s, uint32_t n)
{
    uint64_t before = sleepers(s);

    g->sem = s;
    g->n = n;
    set(&g->back, 0);
    g->thread = start(wait_for_n, g);
    while (sleepers(s) == before)
        nap(1);
    nap(10);
    assert_int_equal(get(&g->back), 0);
}

static int leave(guest *g)
{
    finish(g->thread);
    return g->result;
}

static void post_wakes_who_can_have_permits(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    guest guests[3];
    (void)state;

    for (unsigned i = 0; i < 3; i++)
        seat(&guests[i], &s, 1);
    assert_int_equal(pawl_sem_post(&s, 1), 0);
    while (get(&guests[0].back) + get(&guests[1].back) + get(&guests[2].back) < 1)
        nap(1);
    assert_int_equal(pawl_sem_post(&s, 2), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(leave(&guests[i]), 0);
    assert_true(at_rest(&s, 0));
}

/* A wake for one who wants three is not lost to those who want one. */
static void who_wants_several_does_not_swallow_a_wake(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    guest three, one;
    (void)state;

    seat(&three, &s, 3);
    for (unsigned i = 0; i < 3; i++) {          /* nor does it later, asleep again */
        seat(&one, &s, 1);
        assert_int_equal(pawl_sem_post(&s, 1), 0);
        assert_int_equal(leave(&one), 0);
        assert_int_equal(get(&three.back), 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(get(&three.back), 0);
        assert_int_equal(pawl_sem_post(&s, 1), 0);
    }
    assert_int_equal(leave(&three), 0);
    assert_true(at_rest(&s, 0));
}

static void close_wakes_all_who_wait(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    guest guests[3];
    (void)state;

    assert_int_equal(pawl_sem_post(&s, 1), 0);
    for (unsigned i = 0; i < 3; i++)
        seat(&guests[i], &s, i + 2);
    assert_true(pawl_sem_close(&s));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(leave(&guests[i]), ECANCELED);
    assert_true(at_rest(&s, (uint32_t)PAWL_SEM_CLOSED_ + 1));
}

static void signals_are_not_shown(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    pawl_time until;
    storm weather;
    guest g;
    (void)state;

    seat(&g, &s, 1);
    storm_begin(&weather, g.thread);
    nap(20);
    assert_int_equal(get(&g.back), 0);
    assert_int_equal(pawl_sem_post(&s, 1), 0);
    await(&g.back, 1);
    storm_end(&weather);
    assert_int_equal(leave(&g), 0);
    storm_begin(&weather, pthread_self());
    until = pawl_after(20 * PAWL_MILLISECOND);
    assert_int_equal(pawl_sem_wait_until(&s, 1, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    storm_end(&weather);
    assert_true(at_rest(&s, 0));
}

static pawl_sem rung = PAWL_SEM_INIT;

static void post_in_handler(int number)
{
    (void)number;
    (void)pawl_sem_post(&rung, 1);
}

static void signal_handlers_may_post(void **state)
{
    guest g;
    (void)state;

    signal(SIGUSR2, post_in_handler);
    raise(SIGUSR2);
    assert_int_equal(pawl_sem_wait(&rung, 1), 0);
    seat(&g, &rung, 1);
    pthread_kill(g.thread, SIGUSR2);    /* wakes the very thread that it interrupts */
    assert_int_equal(leave(&g), 0);
    assert_true(at_rest(&rung, 0));
}

/* --- the last permit, and then no semaphore any more ---------------------- */

enum { MEETINGS = 2000 };

typedef struct meetings {
    _Atomic(pawl_sem *) where;
} meetings;

static void *post_once_each(void *argument)
{
    meetings *m = argument;

    for (unsigned i = 0; i < MEETINGS; i++) {
        pawl_sem *s;

        while ((s = atomic_exchange_explicit(&m->where, NULL, memory_order_acquire))
               == NULL)
            sched_yield();
        if (i % 50 == 0)
            nap(1);                     /* they are asleep */
        (void)pawl_sem_post(s, 1);
    }
    return NULL;
}

static void who_has_the_last_permit_may_unmap_it(void **state)
{
    meetings m = { NULL };
    pthread_t poster = start(post_once_each, &m);
    unsigned taken = 0;
    (void)state;

    for (unsigned i = 0; i < MEETINGS; i++) {
        pawl_sem *s = shared_block(sizeof *s);

        atomic_store_explicit(&m.where, s, memory_order_release);
        taken += pawl_sem_wait(s, 1) == 0;
        munmap(s, sizeof *s);
    }
    finish(poster);
    assert_int_equal(taken, MEETINGS);
}

/* --- processes ------------------------------------------------------------ */

typedef struct table {
    pawl_sem ping, pong;
} table;

static int answer(void *argument)
{
    table *t = argument;

    for (unsigned i = 0; i < 500; i++)
        if (pawl_sem_wait(&t->ping, 2) != 0 || pawl_sem_post(&t->pong, 1) != 0)
            return 1;
    return pawl_sem_wait(&t->ping, 1) != ECANCELED;
}

static void processes_share_one_made_by_init(void **state)
{
    table *t = shared_block(sizeof *t);
    pid_t pid;
    (void)state;

    assert_int_equal(pawl_sem_init(&t->ping, 0, PAWL_SHARED), 0);
    assert_int_equal(pawl_sem_init(&t->pong, 0, PAWL_SHARED), 0);
    pid = child(answer, t);
    for (unsigned i = 0; i < 500; i++) {
        if (i % 100 == 0)
            nap(2);                     /* the child is asleep */
        assert_int_equal(pawl_sem_post(&t->ping, 1), 0);
        assert_int_equal(pawl_sem_post(&t->ping, 1), 0);
        assert_int_equal(pawl_sem_wait(&t->pong, 1), 0);
    }
    assert_true(pawl_sem_close(&t->ping));
    assert_int_equal(status_of(pid), 0);
    assert_true(at_rest(&t->pong, 0));
    munmap(t, sizeof *t);
}

/* Two take a permit each; who is sure that its own was the last, frees it, with the
 * other's touches behind it.  ThreadSanitizer says if not. */
static void *take_the_first(void *argument)
{
    pawl_sem *s = argument;

    return pawl_sem_wait(s, 1) == 0 ? s : NULL;
}

static void *take_the_last_and_free(void *argument)
{
    pawl_sem *s = argument;
    int result;

    while (pawl_sem_count_hint(s) != 1)
        pawl_yield();
    result = pawl_sem_wait(s, 1);
    free(s);
    return result == 0 ? argument : NULL;
}

static void who_takes_the_last_permit_may_free_it(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        pawl_sem *s = malloc(sizeof *s);
        pthread_t first, last;
        void *good[2];

        assert_non_null(s);
        assert_int_equal(pawl_sem_init(s, 2, PAWL_PRIVATE), 0);
        assert_int_equal(pthread_create(&last, NULL, take_the_last_and_free, s), 0);
        assert_int_equal(pthread_create(&first, NULL, take_the_first, s), 0);
        pthread_join(first, &good[0]);
        pthread_join(last, &good[1]);
        assert_true(good[0] != NULL && good[1] != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(post_wakes_who_can_have_permits),
        cmocka_unit_test(who_wants_several_does_not_swallow_a_wake),
        cmocka_unit_test(close_wakes_all_who_wait),
        cmocka_unit_test(signals_are_not_shown),
        cmocka_unit_test(signal_handlers_may_post),
        cmocka_unit_test(who_has_the_last_permit_may_unmap_it),
        cmocka_unit_test(who_takes_the_last_permit_may_free_it),
        cmocka_unit_test(processes_share_one_made_by_init),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("sem_wait", tests, NULL, NULL);
}
