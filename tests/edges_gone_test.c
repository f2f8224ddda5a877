/* edges_gone_test.c - a semaphore and an event that are gone as soon as they may be.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * They lie on the waiter's stack, or in a page that it unmaps.  A semaphore may go when
 * the last permit is taken, though its post has not returned; an event, when all calls
 * on it have returned, notify's too.
 */
#include "unit.h"

#include <pawl/event.h>
#include <pawl/sem.h>

enum { ROUNDS = 3000, POSTERS = 2 };

/* --- where they lie: each is handed to `use`, and gone when that has returned --- */

typedef void used(void *memory, void *argument);

static void on_the_stack(used *use, void *argument)
{
    _Alignas(16) unsigned char here[64];

    memset(here, 0, sizeof here);
    use(here, argument);
    memset(here, PATTERN, sizeof here);     /* who comes late finds no semaphore */
}

static void in_a_page(used *use, void *argument)
{
    void *page = shared_block(sizeof(pawl_event));

    use(page, argument);
    munmap(page, sizeof(pawl_event));
}

/* --- semaphores ----------------------------------------------------------- */

/* One waiter, two posters.  Each finds in its box the semaphore to post to. */
typedef struct meeting {
    _Atomic(pawl_sem *) boxes[POSTERS];
    uint32_t wanted;                    /* at once: 1 or POSTERS */
    int failed;
    flag over;
} meeting;

typedef struct poster {
    meeting *meeting;
    unsigned id;
    int failed;
} poster;

static void *post_each(void *argument)
{
    poster *p = argument;
    _Atomic(pawl_sem *) *box = &p->meeting->boxes[p->id];

    for (unsigned i = 0; i < ROUNDS; i++) {
        pawl_sem *s;

        while ((s = atomic_exchange_explicit(box, NULL, memory_order_acquire)) == NULL)
            sched_yield();
        if (i % 100 == p->id)
            nap(1);                     /* the waiter falls asleep */
        p->failed += pawl_sem_post(s, 1) != 0;
    }
    return NULL;
}

static void wait_for_all(void *memory, void *argument)
{
    meeting *m = argument;
    pawl_sem *s = memory;

    for (unsigned i = 0; i < POSTERS; i++)
        atomic_store_explicit(&m->boxes[i], s, memory_order_release);
    for (uint32_t n = 0; n < POSTERS; n += m->wanted)
        m->failed += pawl_sem_wait(s, m->wanted) != 0;
}

static void meet(uint32_t wanted, bool stack)
{
    meeting m = { .wanted = wanted };
    poster posters[POSTERS];
    pthread_t threads[POSTERS];

    for (unsigned i = 0; i < POSTERS; i++) {
        posters[i] = (poster){ &m, i, 0 };
        threads[i] = start(post_each, &posters[i]);
    }
    for (unsigned i = 0; i < ROUNDS; i++)
        (stack ? on_the_stack : in_a_page)(wait_for_all, &m);
    for (unsigned i = 0; i < POSTERS; i++) {
        finish(threads[i]);
        assert_int_equal(posters[i].failed, 0);
    }
    assert_int_equal(m.failed, 0);
}

static void a_sem_on_the_stack_may_go_with_the_last_permit(void **state)
{
    (void)state;
    meet(1, true);
    meet(POSTERS, true);
}

static void a_sem_in_a_page_may_go_with_the_last_permit(void **state)
{
    (void)state;
    meet(1, false);
    meet(POSTERS, false);
}

/* Close is the last call of all: who is told of it may let the semaphore go. */
static void *close_each(void *argument)
{
    meeting *m = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        pawl_sem *s;

        while ((s = atomic_exchange_explicit(&m->boxes[0], NULL, memory_order_acquire))
               == NULL)
            sched_yield();
        if (i % 100 == 0)
            nap(1);
        m->failed += !pawl_sem_close(s);
    }
    return NULL;
}

static void wait_for_close(void *memory, void *argument)
{
    meeting *m = argument;

    atomic_store_explicit(&m->boxes[0], memory, memory_order_release);
    m->wanted += pawl_sem_wait(memory, 1) == ECANCELED;
}

static void a_sem_may_go_when_it_is_closed(void **state)
{
    (void)state;
    for (unsigned stack = 0; stack < 2; stack++) {
        meeting m = { .wanted = 0 };
        pthread_t closer = start(close_each, &m);

        for (unsigned i = 0; i < ROUNDS; i++)
            (stack ? on_the_stack : in_a_page)(wait_for_close, &m);
        finish(closer);
        assert_int_equal(m.failed, 0);
        assert_int_equal(m.wanted, ROUNDS);
    }
}

/* --- events --------------------------------------------------------------- */

typedef struct call {
    _Atomic(pawl_event *) box;
    flag ready, returned;               /* the condition; notify has returned */
} call;

static void *notify_each(void *argument)
{
    call *c = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        pawl_event *e;

        while ((e = atomic_exchange_explicit(&c->box, NULL, memory_order_acquire))
               == NULL)
            sched_yield();
        if (i % 100 == 0)
            nap(1);
        set(&c->ready, 1);
        pawl_event_notify(e, 1 + i % 2 * (PAWL_ALL - 1));
        set(&c->returned, 1);           /* and no touch of e after it */
    }
    return NULL;
}

static void wait_till_returned(void *memory, void *argument)
{
    call *c = argument;
    pawl_event *e = memory;

    set(&c->ready, 0);
    set(&c->returned, 0);
    atomic_store_explicit(&c->box, e, memory_order_release);
    while (!get(&c->ready)) {
        uint32_t key = pawl_event_prepare(e);

        if (get(&c->ready))
            pawl_event_cancel(e);
        else
            (void)pawl_event_wait(e, key, PAWL_FOREVER);
    }
    await(&c->returned, 1);
}

static void an_event_may_go_when_notify_has_returned(void **state)
{
    (void)state;
    for (unsigned stack = 0; stack < 2; stack++) {
        call c = { NULL, 0, 0 };
        pthread_t notifier = start(notify_each, &c);

        for (unsigned i = 0; i < ROUNDS; i++)
            (stack ? on_the_stack : in_a_page)(wait_till_returned, &c);
        finish(notifier);
    }
}

/* --- the control: whoever does touch the page afterwards is seen to ------- */

static void *touch_late(void *argument)
{
    meeting *m = argument;
    pawl_sem *s = atomic_load_explicit(&m->boxes[0], memory_order_acquire);

    (void)pawl_sem_post(s, 1);
    await(&m->over, 1);
    return pawl_sem_count_hint(s) == 0 ? NULL : s;      /* a touch */
}

static void let_it_go(void *memory, void *argument)
{
    meeting *m = argument;
    pthread_t late;

    atomic_store_explicit(&m->boxes[0], memory, memory_order_release);
    late = start(touch_late, m);
    m->failed += pawl_sem_wait(memory, 1) != 0;
    pthread_detach(late);
}

static int touch_what_is_gone(void *argument)
{
    meeting m = { .wanted = 1 };
    (void)argument;

    signal(SIGSEGV, SIG_DFL);           /* no report by a sanitizer */
    in_a_page(let_it_go, &m);
    set(&m.over, 1);
    nap(5000);                          /* it ends us first */
    return 0;
}

static void a_late_touch_would_be_seen(void **state)
{
    (void)state;
    assert_int_equal(in_child(touch_what_is_gone, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sem_on_the_stack_may_go_with_the_last_permit),
        cmocka_unit_test(a_sem_in_a_page_may_go_with_the_last_permit),
        cmocka_unit_test(a_sem_may_go_when_it_is_closed),
        cmocka_unit_test(an_event_may_go_when_notify_has_returned),
        cmocka_unit_test(a_late_touch_would_be_seen),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_gone", tests, NULL, NULL);
}
