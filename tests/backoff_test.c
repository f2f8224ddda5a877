/* backoff_test.c - what backoff.h promises: quotas, affinity, and when to sleep.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The count of usable CPUs is the process's, and every thread joins it once: so all
 * that looks at it runs in a child of its own.
 */
#include "backoff.h"

static_assert(sizeof(pawl_backoff) == 4, "a count of rounds");

/* --- quotas, in a file tree of our own ------------------------------------ */

static void nothing_readable_is_no_quota(void **state)
{
    (void)state;
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
    put(CGROUP, "");
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
    put(CGROUP, "0::/\n");
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
    put(CGROUP, "0::/a/b\n");
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
}

static void a_quota_is_rounded_down_to_one_or_more(void **state)
{
    static const struct { const char *text; uint32_t cpus; } cases[] = {
        { "max 100000\n", UINT32_MAX },
        { "150000 100000\n", 1 },
        { "400000 100000\n", 4 },
        { "50000 100000\n", 1 },
        { "199999 100000\n", 1 },
        { "200000 100000\n", 2 },
        { "200000 100000", 2 },
        { "30000 10000", 3 },
        { "18446744073709551615 1\n", UINT32_MAX },
        { "100000 0\n", UINT32_MAX },
        { "100000\n", UINT32_MAX },
        { "100000 \n", UINT32_MAX },
        { "words\n", UINT32_MAX },
        { "", UINT32_MAX },
    };
    (void)state;

    put(CGROUP, "0::/\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(TOP "cpu.max", cases[i].text);
        assert_int_equal(pawl_quota_cpus_(root), cases[i].cpus);
    }
}

static void the_smallest_on_the_way_up_counts(void **state)
{
    (void)state;
    put(CGROUP, "0::/a/b/c\n");
    put(TOP "cpu.max", "max 100000\n");
    put(TOP "a/cpu.max", "300000 100000\n");
    put(TOP "a/b/cpu.max", "max 100000\n");
    assert_int_equal(pawl_quota_cpus_(root), 3);
    put(TOP "a/b/c/cpu.max", "500000 100000\n");
    assert_int_equal(pawl_quota_cpus_(root), 3);
    put(TOP "a/b/c/cpu.max", "200000 100000\n");
    assert_int_equal(pawl_quota_cpus_(root), 2);
    put(TOP "cpu.max", "100000 100000\n");
    assert_int_equal(pawl_quota_cpus_(root), 1);
    put(TOP "cpu.max", "max 100000\n");
    put(TOP "other/cpu.max", "100000 100000\n");
    assert_int_equal(pawl_quota_cpus_(root), 2);
}

static void the_group_is_found_without_a_newline_at_the_end(void **state)
{
    (void)state;
    put(TOP "a/cpu.max", "600000 100000");
    put(CGROUP, "0::/a");
    assert_int_equal(pawl_quota_cpus_(root), 6);
}

static void only_the_line_of_version_2_counts(void **state)
{
    (void)state;
    put(TOP "cpu.max", "700000 100000\n");
    put(TOP "a/cpu.max", "300000 100000\n");
    put(CGROUP, "12:cpu,cpuacct:/a\n1:name=systemd:/a\n");
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
    put(CGROUP, "12:cpu,cpuacct:/\n1:name=systemd:/\n0::/a\n");
    assert_int_equal(pawl_quota_cpus_(root), 3);
    put(CGROUP, "0::\n");               /* no path at all */
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
}

static void the_line_may_stand_anywhere_in_the_file(void **state)
{
    char text[600];
    (void)state;

    put(TOP "a/cpu.max", "300000 100000\n");
    for (int before = 0; before < 520; before++) {
        snprintf(text, sizeof text, "3:%0*d:/0::\n0::/a\n5:x:/b\n", before + 1, 0);
        put(CGROUP, text);
        assert_int_equal(pawl_quota_cpus_(root), 3);
    }
}

static void a_path_that_is_too_long_is_not_readable(void **state)
{
    static char name[8192];
    (void)state;

    memset(name, 'n', 5000);
    assert_int_equal(pawl_quota_cpus_(name), UINT32_MAX);
    put(TOP "cpu.max", "600000 100000\n");
    put(TOP "a/cpu.max", "300000 100000\n");
    snprintf(name, sizeof name, "0::/a/%01000d\n", 0);
    put(CGROUP, name);
    assert_int_equal(pawl_quota_cpus_(root), 3);        /* that of what is above */
    snprintf(name, sizeof name, "0::/a/%01015d\n", 0);
    put(CGROUP, name);
    assert_int_equal(pawl_quota_cpus_(root), 3);
    snprintf(name, sizeof name, "0::/a/%05000d\n", 0);
    put(CGROUP, name);
    assert_int_equal(pawl_quota_cpus_(root), UINT32_MAX);
}

/* The longest of our own group that is read, with its end, has 1,024 bytes. */
static void a_group_that_is_too_long_has_no_quota(void **state)
{
    char text[2048];
    (void)state;

    put(TOP "a/cpu.max", "100000 100000\n");
    for (int length = 1000; length < 1200; length++) {
        snprintf(text, sizeof text, "0::/a/%0*d\n", length - 3, 0);
        put(CGROUP, text);
        assert_int_equal(pawl_quota_cpus_(root), length < 1024 ? 1 : UINT32_MAX);
    }
}

/* --- affinity ------------------------------------------------------------- */

static uint32_t at_most_the_quota(uint32_t n)
{
    uint32_t quota = pawl_quota_cpus_("");

    return n < quota ? n : quota;
}

static unsigned rounds(void)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    unsigned n = 0;

    while (pawl_backoff_wait(&b))
        n++;
    return pawl_backoff_wait(&b) ? 0 : n;   /* false stays false */
}

static int with_errno(void *unused)
{
    (void)unused;
    errno = 77;
    rounds();
    return errno != 77;
}

static void errno_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(in_child(with_errno, NULL), 0);
}

static int one_cpu(void *unused)
{
    (void)unused;
    if (!pin(0, 1) || rounds() != 16)
        return 1;
    return pawl_usable_cpus() != 1;
}

static void with_one_cpu_it_yields_at_once(void **state)
{
    (void)state;
    assert_int_equal(in_child(one_cpu, NULL), 0);
}

static int two_cpus(void *unused)
{
    uint32_t expected = at_most_the_quota(2);
    (void)unused;

    if (!pin(0, 2) || pawl_usable_cpus() != expected)
        return 1;
    return rounds() != (expected == 1 ? 16 : 24);
}

static void with_two_cpus_it_spins_first(void **state)
{
    (void)state;
    if (ncpus < 2)
        skip();
    assert_int_equal(in_child(two_cpus, NULL), 0);
}

static void *count_on_second_cpu(void *result)
{
    if (pin(1, 1))
        *(uint32_t *)result = pawl_usable_cpus();
    return NULL;
}

static int pinned_apart(void *unused)
{
    uint32_t expected = at_most_the_quota(2), seen_there = 0;
    (void)unused;

    if (!pin(0, 1) || pawl_usable_cpus() != 1)
        return 1;
    finish(start(count_on_second_cpu, &seen_there));
    return seen_there != expected || pawl_usable_cpus() != expected;
}

static void threads_on_different_cpus_count_as_many(void **state)
{
    (void)state;
    if (ncpus < 2)
        skip();
    assert_int_equal(in_child(pinned_apart, NULL), 0);
}

static int still_one(void *unused)
{
    (void)unused;
    return pawl_usable_cpus() != 1 || !pin(0, ncpus) || pawl_usable_cpus() != 1;
}

static int changes_its_mask(void *unused)
{
    (void)unused;
    if (!pin(0, 1) || pawl_usable_cpus() != 1 || still_one(NULL))
        return 1;
    return in_child(still_one, NULL);
}

static void a_later_change_is_not_seen_and_a_child_inherits(void **state)
{
    (void)state;
    assert_int_equal(in_child(changes_its_mask, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_readable_is_no_quota,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_quota_is_rounded_down_to_one_or_more,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(the_smallest_on_the_way_up_counts,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(the_group_is_found_without_a_newline_at_the_end,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(only_the_line_of_version_2_counts,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(the_line_may_stand_anywhere_in_the_file,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_path_that_is_too_long_is_not_readable,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_group_that_is_too_long_has_no_quota,
                                        make_root, remove_root),
        cmocka_unit_test(errno_is_left_alone),
        cmocka_unit_test(with_one_cpu_it_yields_at_once),
        cmocka_unit_test(with_two_cpus_it_spins_first),
        cmocka_unit_test(threads_on_different_cpus_count_as_many),
        cmocka_unit_test(a_later_change_is_not_seen_and_a_child_inherits),
    };
    alarm(WATCHDOG);
    find_cpus();
    return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
