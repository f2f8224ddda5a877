/* backoff_join_test.c - a thread's first wait: its CPUs, the quota, cancellation.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each test runs in a child of its own, which has not waited yet.
 */
#include "backoff.h"

#include <fcntl.h>

/* --- cancellation --------------------------------------------------------- */

static void *waits_while_cancelled(void *argument)
{
    flag *came_back = argument;

    pthread_cancel(pthread_self());     /* deferred, to where it may be cancelled */
    pawl_usable_cpus();
    set(came_back, 1);
    pthread_testcancel();
    return NULL;
}

static int cancelled(void *unused)
{
    flag came_back = 0;
    void *result;
    (void)unused;

    pthread_join(start(waits_while_cancelled, &came_back), &result);
    return !get(&came_back) || result != PTHREAD_CANCELED;
}

static void the_first_wait_is_no_place_to_be_cancelled(void **state)
{
    (void)state;
    assert_int_equal(in_child(cancelled, NULL), 0);
}

/* --- the quota, in a file tree that the child takes for all there is ------- */

enum { NO_RIGHT = 77 };

/* Run in a child whose "/" is `root`; false if it may not.  It leaves by _exit: what
 * tools do at an exit needs more files than `root` has. */
static bool in_root(int (*run)(void))
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        alarm(WATCHDOG / 2);
        if (chroot(root) != 0
            && (unshare(CLONE_NEWUSER) != 0 || chroot(root) != 0))
            _exit(NO_RIGHT);
        _exit(chdir("/") != 0 ? 1 : run());
    }
    status = status_of(pid);
    if (status == NO_RIGHT)
        return false;
    assert_int_equal(status, 0);
    return true;
}

static int one_of_two(void) { return !pin(0, 2) || pawl_usable_cpus() != 1; }
static int two_of_two(void) { return !pin(0, 2) || pawl_usable_cpus() != 2; }

static void the_quota_lowers_the_count(void **state)
{
    bool may;
    (void)state;

    if (ncpus < 2)
        skip();
    put(CGROUP, "0::/\n");
    put(TOP "cpu.max", "100000 100000\n");
    may = in_root(one_of_two);
    put(TOP "cpu.max", "max 100000\n");
    if (!may || !in_root(two_of_two))
        skip();
}

/* --- two first waits at once ------------------------------------------------ */

static void *count_on(void *cpu)
{
    static uint32_t counts[2];
    uint32_t *count = &counts[*(int *)cpu];

    if (pin(*(int *)cpu, 1))
        *count = pawl_usable_cpus();
    return count;
}

static uint32_t count_of(pthread_t thread)
{
    void *count;

    pthread_join(thread, &count);
    return *(uint32_t *)count;
}

/* The first thread, whose CPU is counted already, hangs where it reads its group, from
 * a pipe; the second one finds a file there. */
static int one_overtakes(void)
{
    static int cpu[] = { 0, 1 };
    pthread_t first;
    int pipe;

    if (unlink("/" CGROUP) != 0 || mkfifo("/" CGROUP, 0600) != 0)
        return 1;
    first = start(count_on, &cpu[0]);
    while ((pipe = open("/" CGROUP, O_WRONLY | O_NONBLOCK)) < 0)
        if (errno != ENXIO)             /* nobody reads it yet */
            return 2;
        else
            sched_yield();
    if (rename("/new", "/" CGROUP) != 0)
        return 3;
    if (count_of(start(count_on, &cpu[1])) != 2)
        return 4;
    close(pipe);
    return count_of(first) != 2 || pawl_usable_cpus() != 2;
}

static void who_is_overtaken_does_not_lower_the_count(void **state)
{
    (void)state;
    if (ncpus < 2)
        skip();
    put("new", "0::/\n");
    put(CGROUP, "0::/\n");
    if (!in_root(one_overtakes))
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_wait_is_no_place_to_be_cancelled),
        cmocka_unit_test_setup_teardown(the_quota_lowers_the_count,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(who_is_overtaken_does_not_lower_the_count,
                                        make_root, remove_root),
    };
    alarm(WATCHDOG);
    find_cpus();
    return cmocka_run_group_tests_name("backoff_join", tests, NULL, NULL);
}
