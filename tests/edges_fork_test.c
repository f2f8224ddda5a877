/* edges_fork_test.c - fork in every state of locks and of what is waited on.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * As the headers' fork sentences say; edges_fork_queues_test.c: those of queues.  The
 * child has one thread, and copies of private memory.  What it does there the parent
 * does not notice.
 */
#include "unit.h"

#include <poll.h>

#include <pawl/pawl.h>

/* Another thread, which goes into some state, says so, and stays until told. */
typedef struct other {
    void (*enter)(void *), (*leave)(void *);
    void *argument;
    pthread_t thread;
    flag in, out;
} other;

static void *be_other(void *argument)
{
    other *o = argument;

    o->enter(o->argument);
    set(&o->in, 1);
    await(&o->out, 1);
    o->leave(o->argument);
    return NULL;
}

static void let_in(other *o, void (*enter)(void *), void (*leave)(void *), void *it)
{
    *o = (other){ .enter = enter, .leave = leave, .argument = it };
    o->thread = start(be_other, o);
    await(&o->in, 1);
}

static void let_out(other *o)
{
    set(&o->out, 1);
    finish(o->thread);
}

/* --- spinlock: a copy, held for ever if another thread of the parent held it --- */

static void lock_spinlock(void *l) { pawl_spinlock_lock(l); }
static void unlock_spinlock(void *l) { pawl_spinlock_unlock(l); }

static bool free_spinlock(void *l)
{
    bool was_free = pawl_spinlock_try_lock(l);

    pawl_spinlock_unlock(l);
    return was_free && pawl_spinlock_try_lock(l);
}

static bool held_spinlock(void *l) { return !pawl_spinlock_try_lock(l); }

static bool own_spinlock(void *l)
{
    pawl_spinlock_unlock(l);
    return pawl_spinlock_try_lock(l);
}

static void spinlock_free_held_and_held_by_another(void **state)
{
    pawl_spinlock l = PAWL_SPINLOCK_INIT;
    other o;
    (void)state;

    in_a_fork(free_spinlock, &l);
    assert_true(pawl_spinlock_try_lock(&l));
    in_a_fork(own_spinlock, &l);
    assert_false(pawl_spinlock_try_lock(&l));
    pawl_spinlock_unlock(&l);
    let_in(&o, lock_spinlock, unlock_spinlock, &l);
    in_a_fork(held_spinlock, &l);
    let_out(&o);
    assert_true(pawl_spinlock_try_lock(&l));
}

/* --- ticketlock: the same, and for ever if another thread waited for it --- */

static void lock_ticketlock(void *l) { pawl_ticketlock_lock(l); }
static void unlock_ticketlock(void *l) { pawl_ticketlock_unlock(l); }

static bool free_ticketlock(void *l)
{
    bool was_free = pawl_ticketlock_try_lock(l);

    pawl_ticketlock_unlock(l);
    return was_free && pawl_ticketlock_try_lock(l);
}

static bool held_ticketlock(void *l) { return !pawl_ticketlock_try_lock(l); }

/* It is the turn of one who is not there. */
static bool passed_on_ticketlock(void *l)
{
    pawl_ticketlock_unlock(l);
    return !pawl_ticketlock_try_lock(l);
}

static bool own_ticketlock(void *l) { return !passed_on_ticketlock(l); }

static void *wait_for_ticket(void *l)
{
    pawl_ticketlock_lock(l);
    pawl_ticketlock_unlock(l);
    return NULL;
}

static void ticketlock_free_held_and_waited_for(void **state)
{
    pawl_ticketlock l = PAWL_TICKETLOCK_INIT;
    pthread_t waiter;
    other o;
    (void)state;

    in_a_fork(free_ticketlock, &l);
    pawl_ticketlock_lock(&l);
    in_a_fork(own_ticketlock, &l);
    waiter = start(wait_for_ticket, &l);
    while (atomic_load_explicit(&l.next, memory_order_relaxed) < 2)
        sched_yield();
    in_a_fork(passed_on_ticketlock, &l);
    pawl_ticketlock_unlock(&l);
    finish(waiter);
    let_in(&o, lock_ticketlock, unlock_ticketlock, &l);
    in_a_fork(held_ticketlock, &l);
    let_out(&o);
    assert_true(pawl_ticketlock_try_lock(&l));
}

/* --- sem: in a private one, the permits as they were; a shared one is shared --- */

typedef struct stock {
    pawl_sem *sem;
    uint32_t permits;
    bool closed;
} stock;

static bool permits_as_they_were(void *argument)
{
    stock *s = argument;
    int none = s->closed ? ECANCELED : EAGAIN;

    return pawl_sem_count_hint(s->sem) == s->permits
        && pawl_sem_wait(s->sem, s->permits) == 0
        && pawl_sem_try_wait(s->sem, 1) == none
        && pawl_sem_wait_until(s->sem, 1, pawl_after(PAWL_MILLISECOND))
               == (s->closed ? ECANCELED : ETIMEDOUT)
        && pawl_sem_post(s->sem, 1) == (s->closed ? ECANCELED : 0)
        && pawl_sem_close(s->sem) == !s->closed;
}

static void *wait_for_9(void *s)
{
    return pawl_sem_wait(s, 9) == 0 ? s : NULL;
}

static void sem_with_permits_sleepers_and_closed(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    pthread_t sleeper;
    void *taken;
    (void)state;

    in_a_fork(permits_as_they_were, &(stock){ &s, 0, false });
    assert_int_equal(pawl_sem_post(&s, 3), 0);
    in_a_fork(permits_as_they_were, &(stock){ &s, 3, false });
    sleeper = start(wait_for_9, &s);
    while (atomic_load_explicit(&s.word, memory_order_relaxed) < PAWL_SEM_SLEEPER_)
        nap(1);
    in_a_fork(permits_as_they_were, &(stock){ &s, 3, false });
    assert_int_equal(pawl_sem_count_hint(&s), 3);
    assert_int_equal(pawl_sem_post(&s, 8), 0);
    pthread_join(sleeper, &taken);
    assert_ptr_equal(taken, &s);
    assert_true(pawl_sem_close(&s));
    in_a_fork(permits_as_they_were, &(stock){ &s, 2, true });
    assert_int_equal(pawl_sem_count_hint(&s), 2);
}

static bool pass_permits_on(void *s)
{
    return pawl_sem_wait(s, 2) == 0 && pawl_sem_post(s, 7) == 0;
}

static void a_shared_sem_is_one_for_both(void **state)
{
    pawl_sem *s = shared_block(sizeof *s);
    pthread_t sleeper;
    void *taken;
    (void)state;

    assert_int_equal(pawl_sem_init(s, 4, PAWL_SHARED), 0);
    sleeper = start(wait_for_9, s);
    while (atomic_load_explicit(&s->word, memory_order_relaxed) < PAWL_SEM_SLEEPER_)
        nap(1);
    in_a_fork(pass_permits_on, s);      /* and so wakes our thread */
    pthread_join(sleeper, &taken);
    assert_ptr_equal(taken, s);
    assert_int_equal(pawl_sem_count_hint(s), 0);
    munmap(s, sizeof *s);
}

/* --- event: a copy that counts waiters it does not have: init it again ---- */

static unsigned calls;

static void count_call(pawl_listener *l)
{
    (void)l;
    calls++;
}

/* What can be done with a new event, without another thread. */
static bool works_anew(void *argument)
{
    pawl_event *e = argument;
    pawl_listener l = PAWL_LISTENER_INIT(count_call);
    uint32_t key;

    calls = 0;
    if (pawl_event_init(e, PAWL_PRIVATE) != 0 || pawl_event_waited(e))
        return false;
    pawl_event_notify(e, PAWL_ALL);     /* to nobody that the parent has */
    key = pawl_event_prepare(e);
    pawl_event_notify(e, 1);
    if (calls != 0 || pawl_event_wait(e, key, PAWL_FOREVER) != 0
        || pawl_event_wait(e, pawl_event_prepare(e), pawl_after(1)) != ETIMEDOUT)
        return false;
    if (pawl_event_listen(e, &l) != 0)
        return false;
    pawl_event_notify(e, 1);
    return calls == 1 && !pawl_event_waited(e);
}

static bool counts_others_and_works_anew(void *e)
{
    return pawl_event_waited(e) && works_anew(e);
}

static void *wait_on_event(void *e)
{
    (void)pawl_event_wait(e, pawl_event_prepare(e), PAWL_FOREVER);
    return NULL;
}

static pawl_event *called_by;

static void fork_in_call(pawl_listener *l)
{
    count_call(l);
    in_a_fork(works_anew, called_by);
}

static void event_with_waiters_listeners_and_calls(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_listener l = PAWL_LISTENER_INIT(fork_in_call);
    pthread_t sleeper;
    (void)state;

    calls = 0;
    called_by = &e;
    in_a_fork(works_anew, &e);
    sleeper = start(wait_on_event, &e);
    while (!pawl_event_waited(&e))
        nap(1);
    in_a_fork(counts_others_and_works_anew, &e);
    assert_int_equal(pawl_event_listen(&e, &l), 0);
    in_a_fork(counts_others_and_works_anew, &e);
    assert_true(pawl_event_unlisten(&e, &l));
    pawl_event_notify(&e, 1);
    finish(sleeper);
    assert_int_equal(pawl_event_listen(&e, &l), 0);
    assert_int_equal(calls, 0);
    pawl_event_notify(&e, 1);           /* and in the call, it forks */
    assert_int_equal(calls, 1);
    assert_false(pawl_event_waited(&e));
}

static bool opens_its_own(void *argument)
{
    pawl_event *e = argument;
    struct pollfd at = { -1, POLLIN, 0 };
    pawl_eventfd f = { .fd = -1 };

    if (pawl_event_init(e, PAWL_PRIVATE) != 0 || pawl_eventfd_open(&f, e) != 0)
        return false;
    at.fd = pawl_eventfd_fd(&f);
    pawl_eventfd_arm(&f);
    pawl_event_notify(e, 1);
    if (poll(&at, 1, 0) != 1)
        return false;
    pawl_eventfd_clear(&f);
    if (poll(&at, 1, 0) != 0)
        return false;
    pawl_eventfd_close(&f);
    return true;
}

static void eventfd_armed_and_rung(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { .fd = -1 };
    struct pollfd at = { -1, POLLIN, 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    at.fd = pawl_eventfd_fd(&f);
    in_a_fork(opens_its_own, &e);
    pawl_eventfd_arm(&f);
    in_a_fork(opens_its_own, &e);
    assert_int_equal(poll(&at, 1, 0), 0);
    pawl_event_notify(&e, 1);
    in_a_fork(opens_its_own, &e);
    assert_int_equal(poll(&at, 1, 0), 1);
    assert_false(pawl_eventfd_disarm(&f));
    pawl_eventfd_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spinlock_free_held_and_held_by_another),
        cmocka_unit_test(ticketlock_free_held_and_waited_for),
        cmocka_unit_test(sem_with_permits_sleepers_and_closed),
        cmocka_unit_test(a_shared_sem_is_one_for_both),
        cmocka_unit_test(event_with_waiters_listeners_and_calls),
        cmocka_unit_test(eventfd_armed_and_rung),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_fork", tests, NULL, NULL);
}
