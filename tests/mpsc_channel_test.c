/* mpsc_channel_test.c - what mpsc_channel.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "counted.h"
#include "ear.h"

#include <pawl/eventfd.h>
#include <pawl/mpsc_channel.h>

#include <poll.h>

static_assert(offsetof(pawl_mpsc_channel, gate) == PAWL_LINE, "layout");
static_assert(offsetof(pawl_mpsc_channel, queue) == 2 * PAWL_LINE, "layout");

typedef pawl_mpsc_channel channel;

static void *item(uint64_t i) { return (void *)(uintptr_t)(i + 1); }

static void begin(channel *c)
{
    assert_int_equal(pawl_mpsc_channel_init(c, 0, NULL, PAWL_PRIVATE), 0);
}

static void push(channel *c, uint64_t from, uint64_t n)
{
    for (uint64_t i = from; i < from + n; i++)
        assert_int_equal(pawl_mpsc_channel_try_push(c, item(i)), 0);
}

static void pop(channel *c, uint64_t from, uint64_t n)
{
    void *got = NULL;

    for (uint64_t i = from; i < from + n; i++) {
        assert_int_equal(pawl_mpsc_channel_try_pop(c, &got), 0);
        assert_ptr_equal(got, item(i));
    }
}

/* --- without waiting ------------------------------------------------------ */

static void it_is_an_unbounded_queue(void **state)
{
    channel c;
    void *got = &c;
    (void)state;

    begin(&c);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), EAGAIN);
    push(&c, 0, 5000);
    assert_int_equal(pawl_mpsc_channel_count_hint(&c), 5000);
    pop(&c, 0, 5000);
    assert_int_equal(pawl_mpsc_channel_count_hint(&c), 0);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), EAGAIN);
    assert_ptr_equal(got, &c);
    pawl_mpsc_channel_destroy(&c);
}

static void null_is_refused(void **state)
{
    void *items[3] = { item(0), NULL, item(2) };
    channel c;
    (void)state;

    begin(&c);
    assert_int_equal(pawl_mpsc_channel_try_push(&c, NULL), EINVAL);
    assert_int_equal(pawl_mpsc_channel_try_push_n(&c, items, 3), 1);
    pop(&c, 0, 1);
    assert_true(pawl_mpsc_channel_close(&c));
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, items), ECANCELED);
    pawl_mpsc_channel_destroy(&c);
}

static void it_keeps_to_its_limit(void **state)
{
    counted memory;
    uint64_t n = 0;
    void *items[2] = { item(0), item(1) }, *got;
    channel c;
    int refused;
    (void)state;

    counted_begin(&memory, 100);
    assert_int_equal(pawl_mpsc_channel_init(&c, 2 * PAWL_MPSC_QUEUE_SEGMENT,
                                            &memory.mem, PAWL_PRIVATE), 0);
    while ((refused = pawl_mpsc_channel_try_push(&c, item(n))) == 0)
        n++;
    assert_int_equal(refused, ENOMEM);
    assert_true(n >= 1024);
    assert_int_equal(pawl_mpsc_channel_try_push_n(&c, items, 2), 0);
    pop(&c, 0, n);
    push(&c, n, 1);
    assert_true(pawl_mpsc_channel_close(&c));
    pop(&c, n, 1);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), ECANCELED);
    pawl_mpsc_channel_destroy(&c);
    assert_int_equal(memory.bytes, 0);
}

static void pop_n_takes_between_least_and_most(void **state)
{
    void *in[7], *out[4];
    channel c;
    (void)state;

    for (uint64_t i = 0; i < 7; i++)
        in[i] = item(i);
    begin(&c);
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 0, 0, PAWL_FOREVER), 0);
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 0, 4, PAWL_FOREVER), 0);
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 1, 4, 0), 0);
    assert_int_equal(pawl_mpsc_channel_try_push_n(&c, in, 7), 7);
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 0, 1, PAWL_FOREVER), 1);
    assert_ptr_equal(out[0], item(0));
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 4, 4, -1), 4);
    for (uint64_t i = 0; i < 4; i++)
        assert_ptr_equal(out[i], item(1 + i));
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 3, 4, INT64_MIN), 2);
    assert_ptr_equal(out[1], item(6));
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, out, 3, 4, pawl_after(1000000)), 0);
    pawl_mpsc_channel_destroy(&c);
}

static void a_deadline_is_not_early(void **state)
{
    pawl_time until = pawl_after(2 * PAWL_MILLISECOND);
    void *got = &until;
    channel c;
    (void)state;

    begin(&c);
    errno = 77;
    assert_int_equal(pawl_mpsc_channel_pop_until(&c, &got, INT64_MIN), ETIMEDOUT);
    assert_int_equal(pawl_mpsc_channel_pop_until(&c, &got, 0), ETIMEDOUT);
    until = pawl_after(2 * PAWL_MILLISECOND);
    assert_int_equal(pawl_mpsc_channel_pop_until(&c, &got, until), ETIMEDOUT);
    assert_true(pawl_now() >= until);
    assert_ptr_equal(got, &until);
    until = pawl_after(2 * PAWL_MILLISECOND);
    push(&c, 0, 1);
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, &got, 1, 1, until), 1);
    assert_int_equal(pawl_mpsc_channel_pop_n(&c, &got, 1, 1, until), 0);
    assert_true(pawl_now() >= until);
    assert_int_equal(errno, 77);
    push(&c, 1, 1);
    assert_int_equal(pawl_mpsc_channel_pop_until(&c, &got, 0), 0);
    assert_true(at_rest(pawl_mpsc_channel_items(&c)));
    pawl_mpsc_channel_destroy(&c);
}

/* Segments end, and their numbers wrap. */
static void it_wraps(void **state)
{
    channel c;
    void *got;
    (void)state;

    assert_int_equal(pawl_mpsc_channel_init_at_(&c, 0, NULL, 0 - UINT64_C(3), 2), 0);
    for (uint64_t i = 0; i < 40; i++) {
        push(&c, i, 1);
        pop(&c, i, 1);
    }
    push(&c, 0, 40);
    assert_true(pawl_mpsc_channel_close(&c));
    pop(&c, 0, 40);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), ECANCELED);
    pawl_mpsc_channel_destroy(&c);
}

/* --- close ---------------------------------------------------------------- */

static void close_refuses_pushes_and_delivers_the_rest(void **state)
{
    (void)state;
    for (uint64_t inside = 0; inside <= 3; inside++) {
        void *items[2] = { item(7), item(8) };
        channel c;

        begin(&c);
        push(&c, 0, inside);
        assert_true(pawl_mpsc_channel_close(&c));
        assert_false(pawl_mpsc_channel_close(&c));
        assert_int_equal(pawl_mpsc_channel_try_push(&c, item(7)), ECANCELED);
        assert_int_equal(pawl_mpsc_channel_try_push_n(&c, items, 2), 0);
        for (uint64_t i = 0; i + 1 < inside; i++) {
            assert_int_equal(pawl_mpsc_channel_pop(&c, items), 0);
            assert_ptr_equal(items[0], item(i));
        }
        assert_int_equal(pawl_mpsc_channel_pop_n(&c, items, 2, 2, PAWL_FOREVER),
                         inside > 0);
        items[0] = &c;
        assert_int_equal(pawl_mpsc_channel_try_pop(&c, items), ECANCELED);
        assert_int_equal(pawl_mpsc_channel_pop(&c, items), ECANCELED);
        assert_int_equal(pawl_mpsc_channel_pop_until(&c, items, 0), ECANCELED);
        assert_int_equal(pawl_mpsc_channel_pop_n(&c, items, 1, 2, PAWL_FOREVER), 0);
        assert_ptr_equal(items[0], &c);
        pawl_mpsc_channel_destroy(&c);
    }
}

/* Who has entered before the close is waited for; who enters after it is refused, and
 * nobody waits for that one. */
static void a_push_under_way_is_waited_for(void **state)
{
    channel c;
    void *got;
    (void)state;

    begin(&c);
    assert_true(pawl_mpsc_channel_enter_(&c));
    assert_true(pawl_mpsc_channel_close(&c));
    assert_false(pawl_mpsc_channel_enter_(&c));
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), EAGAIN);
    assert_int_equal(pawl_mpsc_channel_pop_until(&c, &got, pawl_after(1000)),
                     ETIMEDOUT);
    assert_int_equal(pawl_mpsc_queue_try_push(&c.queue, item(3)), 0);
    pop(&c, 3, 1);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), EAGAIN);
    pawl_mpsc_channel_leave_(&c);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, &got), ECANCELED);
    pawl_mpsc_channel_destroy(&c);
}

/* --- listeners ------------------------------------------------------------ */

static void pushes_and_close_call_listeners(void **state)
{
    void *items[2] = { item(1), item(2) };
    ear ears[2];
    channel c;
    (void)state;

    begin(&c);
    prick(ears, 2, pawl_mpsc_channel_items(&c));
    assert_int_equal(pawl_event_listen(ears[0].event, &ears[0].listener), 0);
    assert_int_equal(pawl_mpsc_channel_try_pop(&c, items), EAGAIN);
    push(&c, 0, 1);
    assert_int_equal(ears[0].calls, 1);
    assert_int_equal(pawl_event_listen(ears[0].event, &ears[0].listener), 0);
    assert_int_equal(pawl_mpsc_channel_try_push_n(&c, items, 2), 2);
    assert_int_equal(ears[0].calls, 2);
    assert_int_equal(pawl_event_listen(ears[0].event, &ears[0].listener), 0);
    assert_int_equal(pawl_event_listen(ears[1].event, &ears[1].listener), 0);
    assert_true(pawl_mpsc_channel_close(&c));
    assert_true(ears[0].calls == 3 && ears[1].calls == 1);
    pawl_mpsc_channel_destroy(&c);
}

/* One that listens for something else, and listened first, is no loss for who waits. */
static void all_who_listen_are_called(void **state)
{
    ear ears[2];
    channel c;
    (void)state;

    begin(&c);
    listen_all(ears, 2, pawl_mpsc_channel_items(&c));
    push(&c, 0, 1);
    assert_true(ears[0].calls == 1 && ears[1].calls == 1);
    pawl_mpsc_channel_destroy(&c);
}

static void an_fd_can_be_polled_for_items(void **state)
{
    pawl_eventfd f = { 0 };
    struct pollfd p = { 0, POLLIN, 0 };
    channel c;
    (void)state;

    begin(&c);
    assert_int_equal(pawl_eventfd_open(&f, pawl_mpsc_channel_items(&c)), 0);
    p.fd = pawl_eventfd_fd(&f);
    pawl_eventfd_arm(&f);
    assert_int_equal(poll(&p, 1, 0), 0);
    push(&c, 0, 1);
    assert_int_equal(poll(&p, 1, 0), 1);
    pawl_eventfd_close(&f);
    pawl_mpsc_channel_destroy(&c);
}

/* --- bad input ------------------------------------------------------------ */

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    channel *c = block(sizeof *c);
    counted memory;
    (void)state;

    counted_begin(&memory, 0);
    assert_int_equal(pawl_mpsc_channel_init(c, 0, NULL, PAWL_SHARED), EINVAL);
    assert_int_equal(pawl_mpsc_channel_init(c, 0, NULL, (pawl_scope)2), EINVAL);
    assert_int_equal(pawl_mpsc_channel_init(c, 2 * PAWL_MPSC_QUEUE_SEGMENT - 1, NULL,
                                            PAWL_PRIVATE), EINVAL);
    assert_int_equal(pawl_mpsc_channel_init(c, 0, &memory.mem, PAWL_PRIVATE), ENOMEM);
    assert_true(untouched(c, sizeof *c));
    begin(c);
    assert_true(at_rest(pawl_mpsc_channel_items(c)));
    pawl_mpsc_channel_destroy(c);
    free(c);
}

#ifdef PAWL_DEBUG
static void pop_least_over_most(void *c)
{
    void *out[2];

    (void)!pawl_mpsc_channel_pop_n(c, out, 2, 1, 0);
}

static void callers_bugs_die(void **state)
{
    channel c;
    (void)state;

    begin(&c);
    assert_true(dies(pop_least_over_most, &c, "at least more than at most"));
    pawl_mpsc_channel_destroy(&c);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_an_unbounded_queue),
        cmocka_unit_test(null_is_refused),
        cmocka_unit_test(it_keeps_to_its_limit),
        cmocka_unit_test(pop_n_takes_between_least_and_most),
        cmocka_unit_test(a_deadline_is_not_early),
        cmocka_unit_test(it_wraps),
        cmocka_unit_test(close_refuses_pushes_and_delivers_the_rest),
        cmocka_unit_test(a_push_under_way_is_waited_for),
        cmocka_unit_test(pushes_and_close_call_listeners),
        cmocka_unit_test(all_who_listen_are_called),
        cmocka_unit_test(an_fd_can_be_polled_for_items),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
#ifdef PAWL_DEBUG
        cmocka_unit_test(callers_bugs_die),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpsc_channel", tests, NULL, NULL);
}
