/* worker_group_test.c - what worker_group.h promises; _exit_test.c: of those that exit.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "workers.h"

#include <sys/resource.h>

/* --- memory and arguments --------------------------------------------------------- */

static void bad_input_leaves_memory_untouched(void **state)
{
    team t = team_of(2, 2, 2, 2);
    pawl_worker_group_plan good = { 2, 2, NULL, NULL, count_one, NULL, NULL }, p = good;
    size_t bytes = pawl_worker_group_bytes(2, 2);
    pawl_worker_group *g = block(bytes);
    (void)state;

    assert_int_equal(pawl_worker_group_start(g, bytes, NULL, &p), EINVAL);
    p.workers = 0;
    assert_int_equal(pawl_worker_group_start(g, bytes, t.channel, &p), EINVAL);
    p = good, p.batch = 0;
    assert_int_equal(pawl_worker_group_start(g, bytes, t.channel, &p), EINVAL);
    p.batch = 3;                        /* spares: 2 */
    assert_int_equal(pawl_worker_group_start(g, bytes, t.channel, &p), EINVAL);
    p = good, p.run = NULL;
    assert_int_equal(pawl_worker_group_start(g, bytes, t.channel, &p), EINVAL);
    assert_int_equal(pawl_worker_group_start(NULL, bytes, t.channel, &good), EINVAL);
    assert_int_equal(pawl_worker_group_start((pawl_worker_group *)(void *)((char *)g
                         + PAWL_LINE / 2), bytes, t.channel, &good), EINVAL);
    assert_int_equal(pawl_worker_group_start(g, bytes - 1, t.channel, &good), ENOMEM);
    p = good, p.workers = SIZE_MAX;
    assert_int_equal(pawl_worker_group_start(g, bytes, t.channel, &p), EOVERFLOW);
    assert_true(untouched(g, bytes));
    assert_int_equal(ports_free(t.channel), 3);         /* one is t.in's */
    free(g);
    team_free(&t);
}

static void bytes_are_enough_and_none_for_nothing(void **state)
{
    (void)state;
    assert_int_equal(pawl_worker_group_bytes(0, 1), 0);
    assert_int_equal(pawl_worker_group_bytes(1, 0), 0);
    assert_int_equal(pawl_worker_group_bytes(SIZE_MAX, 1), 0);
    assert_int_equal(pawl_worker_group_bytes(1, SIZE_MAX), 0);
    assert_int_equal(pawl_worker_group_bytes(SIZE_MAX / 64, SIZE_MAX / 64), 0);
    for (size_t workers = 1; workers < 5; workers++)
        for (size_t batch = 1; batch < 20; batch++) {
            size_t bytes = pawl_worker_group_bytes(workers, batch);

            assert_true(bytes > workers * batch * sizeof(void *));
            assert_int_equal(bytes % PAWL_LINE, 0);
            assert_true(pawl_worker_group_bytes(workers + 1, batch) > bytes);
        }
}

static void the_smallest_plan(void **state)
{
    pawl_worker_group_plan plan = PAWL_WORKER_GROUP_PLAN;
    team t = team_of(4, 1, 1, 1);
    (void)state;

    assert_int_equal(plan.workers, 1);
    assert_int_equal(plan.batch, 1);
    plan.run = count_one;
    plan.argument = &t;                 /* and so its context */
    team_start(&t, plan, 0);
    assert_int_equal(push(t.in, 7), 0);
    assert_true(pawl_worker_group_close(t.group));
    assert_false(pawl_worker_group_close(t.group));
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    assert_int_equal(t.times[7], 1);
    assert_int_equal(pawl_worker_group_exits(t.group), 0);
    assert_int_equal(pawl_worker_group_lost(t.group), 0);
    team_free(&t);
}

/* --- exactly once ----------------------------------------------------------------- */

enum { PRODUCERS = 3, WORKERS = 4, EACH = 3000, BATCH = 5 };

typedef struct many {
    team team;
    uint64_t run_by[WORKERS];           /* plain: each worker's own */
    flag next;
} many;

static int own_count(void *argument, size_t number, void **context)
{
    many *m = argument;

    *context = &m->run_by[number];
    return 0;
}

static unsigned char times[PRODUCERS * EACH];       /* plain: each item's own */

static void run_some(void *context, void **cells, size_t n)
{
    if (n == 0 || n > BATCH)
        abort();
    for (size_t i = 0; i < n; i++)
        times[at(cells[i])]++;
    *(uint64_t *)context += n;
}

static void *produce(void *argument)
{
    many *m = argument;
    uint64_t first = EACH
        * (uint64_t)atomic_fetch_add_explicit(&m->next, 1, memory_order_relaxed);
    pawl_channel_port *port;

    if (pawl_channel_open(m->team.channel, &port) != 0)
        abort();
    for (uint64_t i = 0; i < EACH; i++) {
        *(uint64_t *)pawl_channel_cell(port, 0) = first + i;
        if (pawl_channel_push(port) != 0)
            abort();
    }
    pawl_channel_leave(port);
    return NULL;
}

static void all_tasks_run_exactly_once(void **state)
{
    many m = { .team = team_of(16, WORKERS, PRODUCERS, BATCH) };
    pawl_worker_group_plan plan = { WORKERS, BATCH, "many", &m, run_some, own_count,
                                    NULL };
    pthread_t thread[PRODUCERS];
    uint64_t all = 0;
    (void)state;

    pawl_channel_leave(m.team.in);
    team_start(&m.team, plan, 0);
    for (int i = 0; i < PRODUCERS; i++)
        thread[i] = start(produce, &m);
    for (int i = 0; i < PRODUCERS; i++)
        finish(thread[i]);
    pawl_worker_group_close(m.team.group);
    assert_int_equal(pawl_worker_group_drain_until(m.team.group, PAWL_FOREVER), 0);
    for (int i = 0; i < WORKERS; i++)   /* not joined yet: drain has handed it over */
        all += m.run_by[i];
    assert_int_equal(all, PRODUCERS * EACH);
    for (int i = 0; i < PRODUCERS * EACH; i++)
        assert_int_equal(times[i], 1);
    assert_int_equal(pawl_worker_group_join(m.team.group), 0);
    assert_int_equal(ports_free(m.team.channel), WORKERS + PRODUCERS);
    team_free(&m.team);
}

/* The oldest first, and as many as there are: up to a batch. */
static void a_batch_is_in_order(void **state)
{
    team t = team_of(8, 1, 1, 3);
    pawl_worker_group_plan plan = { 1, 3, NULL, &t, note_batch, NULL, NULL };
    (void)state;

    for (uint64_t i = 0; i < 8; i++)
        assert_int_equal(push(t.in, i), 0);
    pawl_channel_close(t.channel);
    team_start(&t, plan, 0);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    assert_int_equal(t.batches, 3);
    for (uint64_t i = 0; i < 8; i++)
        assert_int_equal(t.noted[i], i);
    team_free(&t);
}

/* --- names, hooks ----------------------------------------------------------------- */

typedef struct seen {
    char names[12][32];
    pthread_t threads[12];
    size_t order[12], begun;            /* plain: one after the other */
    size_t refuse;                      /* number of the worker that is refused */
    int with;
} seen;

static int look(void *argument, size_t number, void **context)
{
    seen *s = argument;

    pthread_getname_np(pthread_self(), s->names[number], sizeof s->names[number]);
    s->threads[number] = pthread_self();
    if (*context != argument)
        abort();
    s->order[s->begun++] = number;
    if (number != s->refuse)
        return 0;
    if (s->with == 0)
        pthread_exit(NULL);
    return s->with;
}

static seen look_at(size_t workers, const char *name)
{
    seen s = { .refuse = SIZE_MAX };
    team t = team_of(4, workers, 0, 1);
    pawl_worker_group_plan plan = { workers, 1, name, &s, count_one, look, NULL };

    team_start(&t, plan, 0);
    assert_int_equal(s.begun, workers); /* before start has returned */
    pawl_worker_group_close(t.group);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    team_free(&t);
    return s;
}

static void threads_have_names(void **state)
{
    char mine[32], now[32];
    seen s = look_at(12, "pump");
    (void)state;

    assert_string_equal(s.names[0], "pump-0");
    assert_string_equal(s.names[11], "pump-11");
    s = look_at(12, "thirteen-char");
    assert_string_equal(s.names[9], "thirteen-char-9");
    assert_string_equal(s.names[10], "thirteen-cha-10");
    s = look_at(1, "");
    assert_string_equal(s.names[0], "-0");
    pthread_getname_np(pthread_self(), mine, sizeof mine);
    s = look_at(1, NULL);
    assert_string_equal(s.names[0], mine);
    pthread_getname_np(pthread_self(), now, sizeof now);
    assert_string_equal(now, mine);
}

static void the_hook_is_in_each_thread_in_turn(void **state)
{
    seen s = look_at(5, NULL);
    (void)state;

    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(s.order[i], i);
        assert_false(pthread_equal(s.threads[i], pthread_self()));
    }
}

/* --- start fails ------------------------------------------------------------------ */

static void too_few_ports_start_nothing(void **state)
{
    seen s = { .refuse = SIZE_MAX };
    team t = team_of(4, 2, 1, 1);
    pawl_worker_group_plan plan = { 3, 1, NULL, &s, count_one, look, NULL };
    (void)state;

    team_start(&t, plan, EBUSY);
    assert_int_equal(s.begun, 0);
    assert_int_equal(ports_free(t.channel), 2);         /* one is t.in's */
    team_free(&t);
}

static void refused(size_t which, int with, int why)
{
    seen s = { .refuse = which, .with = with };
    team t = team_of(4, 4, 1, 1);
    pawl_worker_group_plan plan = { 4, 1, NULL, &s, count_one, look, NULL };
    void *cell;

    assert_int_equal(push(t.in, 5), 0);
    team_start(&t, plan, why);
    assert_int_equal(s.begun, which + 1);
    assert_int_equal(ports_free(t.channel), 4);
    assert_int_equal(pawl_channel_try_pop(t.in, &cell), 0);     /* nobody took it */
    assert_int_equal(at(cell), 5);
    assert_int_equal(push(t.in, 6), 0);                         /* nor closed it */
    team_free(&t);
}

static void a_hook_that_refuses_ends_all(void **state)
{
    (void)state;
    refused(0, EPERM, EPERM);
    refused(2, ENOTSUP, ENOTSUP);
    refused(3, 12345, 12345);
    refused(0, 0, ECANCELED);           /* by pthread_exit */
    refused(2, 0, ECANCELED);
}

/* No more threads than there are, for this user. */
static bool without_threads(void *argument)
{
    struct rlimit none = { 0, 0 };
    team *t = argument;
    pawl_worker_group_plan plan = { 2, 1, NULL, t, count_one, NULL, NULL };
    sigset_t mask;

    if ((geteuid() == 0 && setuid(65534) != 0) || setrlimit(RLIMIT_NPROC, &none) != 0)
        return true;                    /* cannot be tried here */
    t->bytes = pawl_worker_group_bytes(2, 1);
    t->group = malloc_lines(t->bytes);
    if (pawl_worker_group_start(t->group, t->bytes, t->channel, &plan) != EAGAIN)
        return false;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    return ports_free(t->channel) == 2 && sigismember(&mask, SIGINT) == 0;
}

static void no_more_threads(void **state)
{
    team t = team_of(4, 2, 1, 1);
    (void)state;

    in_a_fork(without_threads, &t);
    team_free(&t);
}

/* --- close, drain, join ----------------------------------------------------------- */

static void *stay(void *argument)
{
    await(argument, 1);
    return NULL;
}

/* The threads that come next may well have the identities of those that are gone. */
static void join_again_joins_nobody(void **state)
{
    team t = team_of(4, 2, 1, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, count_one, NULL, NULL };
    pthread_t others[2];
    (void)state;

    team_start(&t, plan, 0);
    pawl_worker_group_close(t.group);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    for (int i = 0; i < 2; i++)
        others[i] = start(stay, &t.go_on);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    set(&t.go_on, 1);
    for (int i = 0; i < 2; i++)
        finish(others[i]);
    team_free(&t);
}

static void close_while_busy(void **state)
{
    team t = team_of(8, 2, 1, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, hold_then_count, NULL, NULL };
    pawl_time past = pawl_now() - 1;
    (void)state;

    team_start(&t, plan, 0);
    for (uint64_t i = 0; i < 6; i++)
        assert_int_equal(push(t.in, i), 0);
    while (get(&t.inside) < 2)
        nap(1);
    assert_int_equal(pawl_worker_group_drain_until(t.group, pawl_after(5000000)),
                     ETIMEDOUT);
    assert_true(pawl_worker_group_close(t.group));
    assert_int_equal(push(t.in, 7), ECANCELED);
    assert_int_equal(pawl_worker_group_drain_until(t.group, past), ETIMEDOUT);
    set(&t.go_on, 1);
    assert_int_equal(pawl_worker_group_drain_until(t.group, PAWL_FOREVER), 0);
    assert_int_equal(pawl_worker_group_drain_until(t.group, past), 0);
    for (uint64_t i = 0; i < 6; i++)
        assert_int_equal(t.times[i], 1);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    assert_int_equal(pawl_worker_group_drain_until(t.group, past), 0);
    team_free(&t);
}

static void *drain_forever(void *argument)
{
    team *t = argument;

    set(&t->drained, 1 + pawl_worker_group_drain_until(t->group, PAWL_FOREVER));
    return NULL;
}

static void many_may_wait(void **state)
{
    team t = team_of(8, 2, 1, 1);
    pawl_worker_group_plan plan = { 2, 1, NULL, &t, count_one, NULL, NULL };
    pthread_t thread[3];
    (void)state;

    team_start(&t, plan, 0);
    for (int i = 0; i < 3; i++)
        thread[i] = start(drain_forever, &t);
    nap(20);
    assert_int_equal(get(&t.drained), 0);               /* they sleep */
    pawl_channel_close(t.channel);                      /* whoever closes it */
    for (int i = 0; i < 3; i++)
        finish(thread[i]);
    assert_int_equal(get(&t.drained), 1);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    team_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_leaves_memory_untouched),
        cmocka_unit_test(bytes_are_enough_and_none_for_nothing),
        cmocka_unit_test(the_smallest_plan),
        cmocka_unit_test(all_tasks_run_exactly_once),
        cmocka_unit_test(a_batch_is_in_order),
        cmocka_unit_test(threads_have_names),
        cmocka_unit_test(the_hook_is_in_each_thread_in_turn),
        cmocka_unit_test(too_few_ports_start_nothing),
        cmocka_unit_test(a_hook_that_refuses_ends_all),
        cmocka_unit_test(no_more_threads),
        cmocka_unit_test(close_while_busy),
        cmocka_unit_test(join_again_joins_nobody),
        cmocka_unit_test(many_may_wait),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
