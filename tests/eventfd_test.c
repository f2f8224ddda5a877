/* eventfd_test.c - what eventfd.h promises: a doorbell for poll loops.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>

#include <pawl/eventfd.h>

static bool readable(pawl_eventfd *f, int milliseconds)
{
    struct pollfd p = { pawl_eventfd_fd(f), POLLIN, 0 };

    return poll(&p, 1, milliseconds) == 1 && (p.revents & POLLIN);
}

static void it_opens_silent_and_not_armed(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    int fd;
    (void)state;

    errno = 77;
    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    fd = pawl_eventfd_fd(&f);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_false(pawl_event_waited(&e));
    assert_false(readable(&f, 0));
    pawl_event_notify(&e, PAWL_ALL);
    assert_false(readable(&f, 0));
    assert_true(pawl_eventfd_disarm(&f));
    pawl_eventfd_clear(&f);
    assert_false(readable(&f, 0));
    assert_int_equal(errno, 77);
    pawl_eventfd_close(&f);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void it_rings_once_when_armed(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    for (unsigned i = 0; i < 3; i++) {
        pawl_eventfd_arm(&f);
        pawl_eventfd_arm(&f);               /* no effect when armed already */
        assert_true(pawl_event_waited(&e));
        assert_false(readable(&f, 0));
        pawl_event_notify(&e, 1);
        assert_true(readable(&f, 0));
        assert_false(pawl_event_waited(&e));    /* not armed: costs a load */
        pawl_event_notify(&e, 1);
        assert_true(readable(&f, 0));
        pawl_eventfd_clear(&f);
        assert_false(readable(&f, 0));
        pawl_event_notify(&e, 1);
        assert_false(readable(&f, 0));
    }
    pawl_eventfd_close(&f);
}

static void disarm_says_whether_it_rang(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    pawl_eventfd_arm(&f);
    assert_true(pawl_eventfd_disarm(&f));
    pawl_event_notify(&e, PAWL_ALL);
    assert_false(readable(&f, 0));
    pawl_eventfd_arm(&f);
    pawl_event_notify(&e, PAWL_ALL);
    assert_false(pawl_eventfd_disarm(&f));
    assert_true(readable(&f, 0));
    pawl_eventfd_close(&f);
}

static void clear_disarms(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    pawl_eventfd_arm(&f);
    pawl_eventfd_clear(&f);
    assert_false(pawl_event_waited(&e));
    pawl_event_notify(&e, PAWL_ALL);
    assert_false(readable(&f, 0));
    pawl_eventfd_close(&f);
}

static void the_loop_can_ring_itself(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    errno = 77;
    pawl_eventfd_ring(&f);
    pawl_eventfd_ring(&f);
    assert_true(readable(&f, 0));
    assert_true(readable(&f, 0));
    pawl_eventfd_clear(&f);
    assert_false(readable(&f, 0));
    assert_int_equal(errno, 77);
    pawl_eventfd_close(&f);
}

/* The kernel's count can be full: then it rings anyway, and nobody blocks. */
static void a_full_count_rings_all_the_same(void **state)
{
    const uint64_t most = UINT64_MAX - 1;
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    assert_int_equal(write(pawl_eventfd_fd(&f), &most, sizeof most), sizeof most);
    errno = 77;
    pawl_eventfd_ring(&f);
    assert_int_equal(errno, 77);
    assert_true(readable(&f, 0));
    pawl_eventfd_clear(&f);
    assert_false(readable(&f, 0));
    pawl_eventfd_close(&f);
}

static void close_disarms(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    pawl_eventfd_arm(&f);
    pawl_eventfd_close(&f);
    assert_false(pawl_event_waited(&e));
    pawl_event_notify(&e, PAWL_ALL);
}

static void close_passes_on_what_rang(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd one = { 0 }, other = { 0 };
    (void)state;

    assert_int_equal(pawl_eventfd_open(&one, &e), 0);
    assert_int_equal(pawl_eventfd_open(&other, &e), 0);
    pawl_eventfd_arm(&one);
    pawl_eventfd_arm(&other);
    pawl_event_notify(&e, 1);
    assert_true(readable(&one, 0));
    assert_false(readable(&other, 0));
    pawl_eventfd_close(&one);
    assert_true(readable(&other, 0));
    pawl_eventfd_clear(&other);
    pawl_eventfd_arm(&other);
    assert_int_equal(pawl_eventfd_open(&one, &e), 0);
    pawl_eventfd_arm(&one);
    pawl_eventfd_close(&one);                   /* nothing had rung it */
    assert_false(readable(&other, 0));
    pawl_eventfd_close(&other);
}

static void a_shared_event_has_no_doorbell(void **state)
{
    pawl_eventfd *f = block(sizeof *f);
    pawl_event e;
    (void)state;

    assert_int_equal(pawl_event_init(&e, PAWL_SHARED), 0);
    assert_int_equal(pawl_eventfd_open(f, &e), EINVAL);
    assert_true(untouched(f, sizeof *f));
    free(f);
}

static int open_without_fds(void *unused)
{
    struct rlimit some, none;
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    int result, saved;
    (void)unused;

    getrlimit(RLIMIT_NOFILE, &some);
    none = some;
    none.rlim_cur = 0;
    if (setrlimit(RLIMIT_NOFILE, &none) != 0)
        return 1;
    errno = 77;
    result = pawl_eventfd_open(&f, &e);
    saved = errno;
    setrlimit(RLIMIT_NOFILE, &some);            /* for a sanitizer's sake */
    return result != EMFILE || saved != 77;
}

static void without_fds_it_says_so(void **state)
{
    (void)state;
    assert_int_equal(in_child(open_without_fds, NULL), 0);
}

/* --- the loop of eventfd.h ------------------------------------------------ */

enum { ITEMS = 20000, TURN = 256 };

typedef struct post {
    pawl_event event;
    pawl_eventfd bell;
    PAWL_ATOMIC(uint64_t) items;        /* put so far, less those taken */
} post;

static void *put_items(void *argument)
{
    post *p = argument;

    for (unsigned i = 0; i < ITEMS; i++) {
        atomic_fetch_add_explicit(&p->items, 1, memory_order_seq_cst);
        if (pawl_event_waited(&p->event))
            pawl_event_notify(&p->event, 1);
        if (i % 1000 == 0)
            nap(1);
    }
    return NULL;
}

static bool take(post *p)
{
    if (atomic_load_explicit(&p->items, memory_order_seq_cst) == 0)
        return false;
    atomic_fetch_sub_explicit(&p->items, 1, memory_order_seq_cst);
    return true;
}

/* One round of the loop; returns how many items it took. */
static unsigned serve(post *p)
{
    unsigned taken = 0;

    pawl_eventfd_clear(&p->bell);
    for (unsigned i = 0; ; i++) {
        if (i == TURN) {
            pawl_eventfd_ring(&p->bell);
            break;
        }
        if (take(p)) {
            taken++;
            continue;
        }
        pawl_eventfd_arm(&p->bell);
        if (atomic_load_explicit(&p->items, memory_order_seq_cst) == 0)
            break;
        pawl_eventfd_disarm(&p->bell);
    }
    return taken;
}

static void a_poll_loop_misses_nothing(void **state)
{
    post p = { PAWL_EVENT_INIT, { { 0 }, NULL, 0, false }, 0 };
    unsigned taken = 0;
    pthread_t putter;
    (void)state;

    assert_int_equal(pawl_eventfd_open(&p.bell, &p.event), 0);
    pawl_eventfd_arm(&p.bell);
    putter = start(put_items, &p);
    while (taken < ITEMS) {
        assert_true(readable(&p.bell, 20000));
        taken += serve(&p);
    }
    finish(putter);
    pawl_eventfd_close(&p.bell);
    assert_int_equal(taken, ITEMS);
    assert_false(pawl_event_waited(&p.event));
}

/* Not in the middle of a ring, which would leave the loop asleep. */
static void *notify_when_cancelled(void *event)
{
    pthread_cancel(pthread_self());
    pawl_event_notify((pawl_event *)event, 1);
    pthread_testcancel();
    return NULL;
}

static void a_notifier_is_cancelled_after_the_ring(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    void *ended = NULL;
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    pawl_eventfd_arm(&f);
    pthread_join(start(notify_when_cancelled, &e), &ended);
    assert_ptr_equal(ended, PTHREAD_CANCELED);
    assert_true(readable(&f, 0));
    pawl_eventfd_clear(&f);
    assert_false(readable(&f, 0));
    pawl_eventfd_close(&f);
}

/* Nor the loop in the middle of clear or close. */
static void *clear_when_cancelled(void *bell)
{
    pthread_cancel(pthread_self());
    pawl_eventfd_clear((pawl_eventfd *)bell);
    pawl_eventfd_close((pawl_eventfd *)bell);
    pthread_testcancel();
    return NULL;
}

static void a_loop_is_cancelled_after_close(void **state)
{
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f = { 0 };
    void *ended = NULL;
    int fd;
    (void)state;

    assert_int_equal(pawl_eventfd_open(&f, &e), 0);
    fd = pawl_eventfd_fd(&f);
    pawl_eventfd_ring(&f);
    pthread_join(start(clear_when_cancelled, &f), &ended);
    assert_ptr_equal(ended, PTHREAD_CANCELED);
    assert_int_equal(pawl_eventfd_fd(&f), -1);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_silent_and_not_armed),
        cmocka_unit_test(it_rings_once_when_armed),
        cmocka_unit_test(disarm_says_whether_it_rang),
        cmocka_unit_test(clear_disarms),
        cmocka_unit_test(the_loop_can_ring_itself),
        cmocka_unit_test(a_full_count_rings_all_the_same),
        cmocka_unit_test(close_disarms),
        cmocka_unit_test(close_passes_on_what_rang),
        cmocka_unit_test(a_shared_event_has_no_doorbell),
        cmocka_unit_test(without_fds_it_says_so),
        cmocka_unit_test(a_poll_loop_misses_nothing),
        cmocka_unit_test(a_notifier_is_cancelled_after_the_ring),
        cmocka_unit_test(a_loop_is_cancelled_after_close),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("eventfd", tests, NULL, NULL);
}
