/* worker_group_exit_test.c - worker_group.h, of workers that end early.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "workers.h"

#include <pawl/mpmc_swap.h>

enum { LAST_WORD = 13 };                /* the item at which a worker exits */

static void exit_at_last_word(void *context, void **cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at(cells[i]) == LAST_WORD)
            pthread_exit(NULL);
    count_one(context, cells, n);
}

static void await_exits(team *t, int n)
{
    while (get(&t->exits) < n)
        nap(1);
}

/* Ports are given back a moment after plan.exited has returned. */
static void await_ports(team *t, int n)
{
    while (ports_free(t->channel) < n)
        nap(1);
}

static void one_that_exits_is_reported(void **state)
{
    team t = team_of(8, 2, 1, 3);
    pawl_worker_group_plan plan = { 2, 3, NULL, &t, exit_at_last_word, NULL,
                                    note_exit };
    (void)state;

    team_start(&t, plan, 0);
    assert_int_equal(ports_free(t.channel), 0);
    assert_int_equal(push(t.in, LAST_WORD), 0);
    await_exits(&t, 1);
    assert_true(t.number < 2);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.held[0], LAST_WORD);
    assert_false(pthread_equal(t.ended, pthread_self()));
    await_ports(&t, 1);                                 /* its port is back */
    for (uint64_t i = 0; i < 8; i++)                    /* the other goes on */
        while (push(t.in, i) != 0)
            nap(1);
    pawl_worker_group_close(t.group);
    assert_int_equal(pawl_worker_group_drain_until(t.group, PAWL_FOREVER), EOWNERDEAD);
    assert_int_equal(pawl_worker_group_exits(t.group), 1);
    assert_int_equal(pawl_worker_group_lost(t.group), 1);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    for (uint64_t i = 0; i < 8; i++)
        assert_int_equal(t.times[i], 1);
    assert_int_equal(get(&t.exits), 1);
    team_free(&t);
}

/* The whole batch is named, and what is left can be popped; nobody waits for ever. */
static void the_last_that_exits_closes_the_channel(void **state)
{
    team t = team_of(4, 1, 1, 2);
    pawl_worker_group_plan plan = { 1, 2, NULL, &t, exit_at_last_word, NULL,
                                    note_exit };
    void *cell;
    (void)state;

    assert_int_equal(push(t.in, 1), 0);
    assert_int_equal(push(t.in, LAST_WORD), 0);
    assert_int_equal(push(t.in, 2), 0);
    assert_int_equal(push(t.in, 3), 0);
    team_start(&t, plan, 0);
    *(uint64_t *)pawl_channel_cell(t.in, 0) = 4;
    while (pawl_channel_push(t.in) == 0)                /* until it is closed */
        continue;
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.held[0], 1);
    assert_int_equal(t.held[1], LAST_WORD);
    assert_int_equal(pawl_worker_group_lost(t.group), 2);
    assert_int_equal(pawl_channel_try_pop(t.in, &cell), 0);
    assert_int_equal(at(cell), 2);
    assert_int_equal(pawl_channel_try_pop(t.in, &cell), 0);
    assert_int_equal(at(cell), 3);
    assert_int_equal(ports_free(t.channel), 1);
    team_free(&t);
}

/* plan.exited can hand its items to the others. */
static void push_again(void *argument, size_t number, void **cells, size_t n)
{
    team *t = argument;
    pawl_channel_port *port;

    if (n != 1 || pawl_channel_open(t->channel, &port) != 0
        || push(port, at(cells[0]) - 1) != 0)
        abort();
    pawl_channel_leave(port);
    note_exit(argument, number, cells, n);
}

static void nothing_need_be_lost(void **state)
{
    team t = team_of(4, 2, 2, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, exit_at_last_word, NULL,
                                    push_again };
    (void)state;

    team_start(&t, plan, 0);
    assert_int_equal(push(t.in, LAST_WORD), 0);
    await_exits(&t, 1);
    pawl_worker_group_close(t.group);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(t.times[LAST_WORD - 1], 1);
    team_free(&t);
}

/* plan.exited, which waits for room: for as long as there is a worker to make some. */
static void push_and_wait(void *argument, size_t number, void **cells, size_t n)
{
    team *t = argument;
    pawl_channel_port *port;

    if (n != 1 || pawl_channel_open(t->channel, &port) != 0)
        abort();
    *(uint64_t *)pawl_channel_cell(port, 0) = at(cells[0]);
    set(&t->times[number], pawl_channel_push_until(port, pawl_after(WATCHDOG / 4
                                                                    * PAWL_SECOND)));
    pawl_channel_leave(port);
}

static void hold_then_exit(void *context, void **cells, size_t n)
{
    team *t = context;

    (void)cells, (void)n;
    atomic_fetch_add_explicit(&t->inside, 1, memory_order_relaxed);
    await(&t->go_on, 1);
    pthread_exit(NULL);
}

static void no_push_waits_for_nobody(void **state)
{
    team t = team_of(2, 2, 3, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, hold_then_exit, NULL,
                                    push_and_wait };
    (void)state;

    team_start(&t, plan, 0);
    for (uint64_t i = 0; i < 2; i++)
        assert_int_equal(push(t.in, i), 0);
    await(&t.inside, 2);
    for (uint64_t i = 2; i < 4; i++)
        assert_int_equal(push(t.in, i), 0);
    assert_int_equal(push(t.in, 4), EAGAIN);            /* full; and both exit */
    set(&t.go_on, 1);
    assert_int_equal(pawl_channel_push_until(t.in, pawl_after(WATCHDOG / 4
                                                              * PAWL_SECOND)),
                     ECANCELED);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(get(&t.times[0]), ECANCELED);
    assert_int_equal(get(&t.times[1]), ECANCELED);
    assert_int_equal(pawl_worker_group_exits(t.group), 2);
    assert_int_equal(pawl_worker_group_lost(t.group), 2);
    assert_int_equal(pawl_channel_count_hint(t.channel), 2);
    team_free(&t);
}

static void no_hook_no_call(void **state)
{
    team t = team_of(4, 2, 1, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, exit_at_last_word, NULL, NULL };
    (void)state;

    assert_int_equal(push(t.in, LAST_WORD), 0);
    assert_int_equal(push(t.in, LAST_WORD), 0);
    assert_int_equal(push(t.in, 1), 0);
    team_start(&t, plan, 0);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(pawl_worker_group_exits(t.group), 2);
    assert_int_equal(pawl_worker_group_lost(t.group), 2);
    assert_int_equal(push(t.in, 1), ECANCELED);
    team_free(&t);
}

/* --- cancelled -------------------------------------------------------------------- */

static void wait_at_a_cancellation_point(void *context, void **cells, size_t n)
{
    team *t = context;

    t->thread = pthread_self();
    set(&t->inside, 1);
    while (!get(&t->go_on))
        pause();
    count_one(context, cells, n);
}

static void wait_at_none(void *context, void **cells, size_t n)
{
    team *t = context;

    t->thread = pthread_self();
    set(&t->inside, 1);
    while (!get(&t->go_on))
        sched_yield();
    count_one(context, cells, n);
}

/* Cancelled inside plan.run: what is then in its hands. */
static void cancelled_in(void (*run)(void *, void **, size_t), size_t lost)
{
    team t = team_of(4, 1, 1, 1);
    pawl_worker_group_plan plan = { 1, 1, NULL, &t, run, NULL, note_exit };

    team_start(&t, plan, 0);
    assert_int_equal(push(t.in, 3), 0);
    await(&t.inside, 1);
    pthread_cancel(t.thread);
    set(&t.go_on, lost == 0);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(get(&t.exits), 1);
    assert_int_equal(t.n, lost);
    assert_int_equal(pawl_worker_group_lost(t.group), lost);
    assert_int_equal(t.times[3], 1 - lost);
    assert_int_equal(push(t.in, 1), ECANCELED);
    team_free(&t);
}

static void cancelled_at_a_cancellation_point(void **state)
{
    (void)state;
    cancelled_in(wait_at_a_cancellation_point, 1);
}

static void cancelled_when_run_returns(void **state)
{
    (void)state;
    cancelled_in(wait_at_none, 0);
}

static void keep_thread(void *context, void **cells, size_t n)
{
    team *t = context;

    t->thread = pthread_self();
    count_one(context, cells, n);
    atomic_fetch_add_explicit(&t->inside, 1, memory_order_release);
}

/* While it sleeps in the channel, or is at its gate, it has nothing, and stays. */
static void never_cancelled_in_the_library(void **state)
{
    team t = team_of(4, 1, 1, 1);
    pawl_worker_group_plan plan = { 1, 1, NULL, &t, keep_thread, NULL, note_exit };
    (void)state;

    team_start(&t, plan, 0);
    assert_int_equal(push(t.in, 3), 0);
    await(&t.inside, 1);
    nap(20);                                            /* it sleeps */
    pthread_cancel(t.thread);
    nap(20);
    assert_int_equal(ports_free(t.channel), 0);
    assert_int_equal(pawl_worker_group_exits(t.group), 0);
    assert_int_equal(push(t.in, 4), 0);                 /* is run, and then it ends */
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(t.times[4], 1);
    assert_int_equal(pawl_worker_group_lost(t.group), 0);
    team_free(&t);
}

static int cancel_me(void *argument, size_t number, void **context)
{
    (void)argument, (void)number, (void)context;
    pthread_cancel(pthread_self());
    nap(1);                             /* a cancellation point, were it on */
    return 0;
}

static void never_cancelled_in_the_hook(void **state)
{
    team t = team_of(4, 1, 1, 1);
    pawl_worker_group_plan plan = { 1, 1, NULL, &t, count_one, cancel_me, note_exit };
    (void)state;

    team_start(&t, plan, 0);
    assert_int_equal(push(t.in, 3), 0);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(t.times[3], 1);
    team_free(&t);
}

/* Whatever type the hook or a run leaves: what is popped is run. */
static void cancel_me_later(void)
{
    int before;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
    pthread_cancel(pthread_self());
}

static int leave_the_type(void *argument, size_t number, void **context)
{
    (void)argument, (void)number, (void)context;
    cancel_me_later();
    return 0;
}

static void leave_the_type_then_count(void *context, void **cells, size_t n)
{
    team *t = context;

    count_one(context, cells, n);
    if (t->batches++ == 0)
        cancel_me_later();
}

static void never_cancelled_before_the_run(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        team t = team_of(4, 1, 1, 1);
        pawl_worker_group_plan plan = { 1, 1, NULL, &t,
                                        i ? leave_the_type_then_count : count_one,
                                        i ? NULL : leave_the_type, note_exit };

        assert_int_equal(push(t.in, 3), 0);
        assert_int_equal(push(t.in, 4), 0);
        team_start(&t, plan, 0);
        assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
        assert_int_equal(get(&t.exits), 1);
        assert_int_equal(t.n, 0);
        assert_int_equal(pawl_worker_group_lost(t.group), 0);
        assert_int_equal(t.times[3], 1);
        assert_int_equal(t.times[4], i);
        team_free(&t);
    }
}

/* --- who waits is cancelled ------------------------------------------------------- */

static void *join_it(void *argument)
{
    team *t = argument;

    set(&t->inside, 1);
    pawl_worker_group_join(t->group);
    set(&t->drained, 1);
    return NULL;
}

static void join_is_no_cancellation_point(void **state)
{
    team t = team_of(4, 2, 1, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, count_one, NULL, NULL };
    pthread_t thread;
    (void)state;

    team_start(&t, plan, 0);
    thread = start(join_it, &t);
    await(&t.inside, 1);
    nap(20);
    pthread_cancel(thread);
    nap(20);
    pawl_worker_group_close(t.group);
    finish(thread);
    assert_int_equal(get(&t.drained), 1);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    team_free(&t);
}

/* --- overwritten ------------------------------------------------------------------ */

static void overwrite(void *context, void **cells, size_t n)
{
    team *t = context;
    pawl_mpmc_swap *q = pawl_channel_queue_(t->channel);

    (void)cells, (void)n;
    for (uint64_t i = 0; i < 4; i++)    /* of lap 0, long gone */
        atomic_store_explicit(&pawl_mpmc_swap_slots_(q)[i], 0, memory_order_seq_cst);
}

static void overwritten_memory_ends_a_worker(void **state)
{
    team t = team_of(4, 1, 1, 1);
    pawl_worker_group_plan plan = { 1, 1, NULL, &t, overwrite, NULL, note_exit };
    void *cell;
    (void)state;

    for (uint64_t i = 0; i < 9; i++) {
        assert_int_equal(push(t.in, i), 0);
        assert_int_equal(pawl_channel_try_pop(t.in, &cell), 0);
    }
    assert_int_equal(push(t.in, 0), 0);
    team_start(&t, plan, 0);
    assert_int_equal(pawl_worker_group_drain_until(t.group, PAWL_FOREVER), EOWNERDEAD);
    assert_int_equal(pawl_worker_group_join(t.group), EOWNERDEAD);
    assert_int_equal(get(&t.exits), 1);
    assert_int_equal(t.n, 0);
    assert_int_equal(pawl_worker_group_lost(t.group), 0);
    team_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_exits_is_reported),
        cmocka_unit_test(the_last_that_exits_closes_the_channel),
        cmocka_unit_test(nothing_need_be_lost),
        cmocka_unit_test(no_push_waits_for_nobody),
        cmocka_unit_test(no_hook_no_call),
        cmocka_unit_test(cancelled_at_a_cancellation_point),
        cmocka_unit_test(cancelled_when_run_returns),
        cmocka_unit_test(never_cancelled_in_the_library),
        cmocka_unit_test(never_cancelled_in_the_hook),
        cmocka_unit_test(never_cancelled_before_the_run),
        cmocka_unit_test(join_is_no_cancellation_point),
        cmocka_unit_test(overwritten_memory_ends_a_worker),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
