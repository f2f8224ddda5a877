/* worker_group_signals_test.c - worker_group.h, of signals.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "workers.h"

static int note_mask(void *argument, size_t number, void **context)
{
    (void)number, (void)context;
    pthread_sigmask(SIG_SETMASK, NULL, argument);
    return 0;
}

/* What a worker blocks. */
static sigset_t mask_of_a_worker(void)
{
    sigset_t mask;
    team t = team_of(4, 1, 0, 1);
    pawl_worker_group_plan plan = { 1, 1, NULL, &mask, count_one, note_mask, NULL };

    team_start(&t, plan, 0);
    pawl_worker_group_close(t.group);
    assert_int_equal(pawl_worker_group_join(t.group), 0);
    team_free(&t);
    return mask;
}

static void workers_take_no_signals(void **state)
{
    static const int blocked[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGCHLD, SIGALRM,
                                   SIGPIPE };
    static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
                               SIGABRT, SIGPROF };
    sigset_t mask = mask_of_a_worker(), mine;
    (void)state;

    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++)
        assert_int_equal(sigismember(&mask, blocked[i]), 1);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_int_equal(sigismember(&mask, own[i]), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &mine);
    assert_int_equal(sigismember(&mine, SIGINT), 0);    /* who starts them does */
}

static void what_the_starter_blocks_stays_blocked(void **state)
{
    sigset_t prof, before, mask, mine;
    (void)state;

    set(&storm_hits, 0);
    sigemptyset(&prof);
    sigaddset(&prof, SIGPROF);
    pthread_sigmask(SIG_BLOCK, &prof, &before);
    signal(SIGPROF, on_signal);
    pthread_kill(pthread_self(), SIGPROF);              /* waits */
    mask = mask_of_a_worker();
    assert_int_equal(get(&storm_hits), 0);
    assert_int_equal(sigismember(&mask, SIGPROF), 1);
    assert_int_equal(sigismember(&mask, SIGINT), 1);
    pthread_sigmask(SIG_SETMASK, &before, &mine);       /* comes now */
    assert_int_equal(get(&storm_hits), 1);
    assert_int_equal(sigismember(&mine, SIGPROF), 1);
    assert_int_equal(sigismember(&mine, SIGINT), 0);
    signal(SIGPROF, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_take_no_signals),
        cmocka_unit_test(what_the_starter_blocks_stays_blocked),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("worker_group_signals", tests, NULL, NULL);
}
