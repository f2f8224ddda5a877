/* edges_refused_test.c - system calls that the kernel refuses.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each in a child of its own, in which a filter (seccomp) has one system call fail with
 * the error that is asked for.
 */
#include "unit.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <pawl/backoff.h>
#include <pawl/eventfd.h>

enum { NO_FILTER = 99 };

/* From here on, system call `number` fails with `error`, in this process. */
static bool refuse(unsigned number, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof code / sizeof *code, code };

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* The status of a child in which all went well; a test that cannot be done here says
 * so. */
static void went_well(int status)
{
    if (status == NO_FILTER)
        skip();
    assert_int_equal(status, 0);
}

static int open_refused(void *argument)
{
    int error = *(int *)argument, result;
    pawl_event e = PAWL_EVENT_INIT;
    pawl_eventfd f;

    memset((void *)&f, PATTERN, sizeof f);
    if (!refuse(SYS_eventfd2, (unsigned)error))
        return NO_FILTER;
    errno = 77;
    result = pawl_eventfd_open(&f, &e);
    return result != error || errno != 77 || !untouched(&f, sizeof f);
}

static void eventfd_open_says_what_the_kernel_says(void **state)
{
    static int errors[] = { EMFILE, ENFILE, ENODEV, ENOMEM };
    (void)state;

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        went_well(in_child(open_refused, &errors[i]));
}

/* More CPUs than a set holds, or nothing to be known about them: then there are many,
 * as far as the quota goes. */
static int affinity_refused(void *unused)
{
    uint32_t quota = pawl_quota_cpus_("");
    (void)unused;

    if (!refuse(SYS_sched_getaffinity, EINVAL))
        return NO_FILTER;
    errno = 77;
    return pawl_usable_cpus() != (quota < 1024 ? quota : 1024) || errno != 77;
}

static void cpus_that_cannot_be_counted_are_many(void **state)
{
    (void)state;
    went_well(in_child(affinity_refused, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eventfd_open_says_what_the_kernel_says),
        cmocka_unit_test(cpus_that_cannot_be_counted_are_many),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_refused", tests, NULL, NULL);
}
