/* park_test.c - what park.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/park.h>

static const pawl_time moments_past[] = { INT64_MIN, -1, 0, 1, PAWL_SECOND };

static void it_does_not_sleep_when_the_word_differs(void **state)
{
    PAWL_ATOMIC(uint32_t) word = 5;
    PAWL_ATOMIC(uint64_t) wide = UINT64_C(5) << 32 | 7;
    (void)state;

    errno = 77;
    assert_int_equal(pawl_park(&word, 6, PAWL_FOREVER, PAWL_PRIVATE), 0);
    assert_int_equal(pawl_park(&word, 6, PAWL_FOREVER, PAWL_SHARED), 0);
    assert_int_equal(pawl_park(&word, 6, PAWL_FOREVER - 1, PAWL_PRIVATE), 0);
    assert_int_equal(pawl_park_half(&wide, 5, PAWL_FOREVER, PAWL_PRIVATE), 0);
    assert_int_equal(pawl_park_half(&wide, 5, PAWL_FOREVER, PAWL_SHARED), 0);
    assert_int_equal(errno, 77);
}

static void a_moment_in_the_past_never_sleeps(void **state)
{
    PAWL_ATOMIC(uint32_t) word = 5;
    PAWL_ATOMIC(uint64_t) wide = UINT64_C(5) << 32 | 7;
    (void)state;

    errno = 77;
    for (size_t i = 0; i < sizeof moments_past / sizeof *moments_past; i++)
        for (pawl_scope scope = PAWL_PRIVATE; scope <= PAWL_SHARED; scope++) {
            assert_int_equal(pawl_park(&word, 5, moments_past[i], scope), ETIMEDOUT);
            assert_int_equal(pawl_park_half(&wide, 7, moments_past[i], scope),
                             ETIMEDOUT);
        }
    assert_int_equal(pawl_park(&word, 5, pawl_now(), PAWL_PRIVATE), ETIMEDOUT);
    /* Nor does another value in the word hide that the moment has come. */
    assert_int_equal(pawl_park(&word, 6, pawl_now(), PAWL_PRIVATE), ETIMEDOUT);
    assert_int_equal(errno, 77);
}

static void a_deadline_is_absolute_and_not_early(void **state)
{
    PAWL_ATOMIC(uint32_t) word = 0;
    (void)state;

    for (unsigned i = 0; i < 5; i++) {
        pawl_time until = pawl_after(2 * PAWL_MILLISECOND);

        while (pawl_park(&word, 0, until, PAWL_PRIVATE) == 0)
            continue;
        assert_true(pawl_now() >= until);
    }
}

static void signals_are_not_shown(void **state)
{
    PAWL_ATOMIC(uint32_t) word = 0;
    pawl_time until;
    storm s;
    int result;
    (void)state;

    errno = 77;
    storm_begin(&s, pthread_self());
    until = pawl_after(50 * PAWL_MILLISECOND);
    do {
        result = pawl_park(&word, 0, until, PAWL_PRIVATE);
        assert_true(result == 0 || result == ETIMEDOUT);
    } while (result == 0);
    storm_end(&s);
    assert_true(pawl_now() >= until);
    assert_int_equal(errno, 77);
}

/* --- sleepers, and who wakes them ----------------------------------------- */

typedef struct bed {
    PAWL_ATOMIC(uint32_t) word;
    PAWL_ATOMIC(uint64_t) wide;
    pawl_time until;
    pawl_scope scope;
    flag woken;                         /* how many came back */
} bed;

static void *sleep_once(void *argument)
{
    bed *b = argument;

    (void)pawl_park(&b->word, 0, b->until, b->scope);
    atomic_fetch_add_explicit(&b->woken, 1, memory_order_release);
    return NULL;
}

static void unpark_wakes_n_and_all(void **state)
{
    bed b = { 0, 0, PAWL_FOREVER, PAWL_PRIVATE, 0 };
    pthread_t sleepers[3];
    int calls = 0;
    (void)state;

    for (unsigned i = 0; i < 3; i++)
        sleepers[i] = start(sleep_once, &b);
    for (unsigned i = 0; i < 10; i++) {
        nap(2);
        pawl_unpark(&b.word, 0, PAWL_PRIVATE);
    }
    assert_int_equal(get(&b.woken), 0);
    for (; get(&b.woken) == 0; calls++) {
        pawl_unpark(&b.word, 1, PAWL_PRIVATE);
        nap(1);
    }
    assert_true(get(&b.woken) <= calls);
    while (get(&b.woken) < 3) {
        pawl_unpark(&b.word, PAWL_ALL, PAWL_PRIVATE);
        nap(1);
    }
    for (unsigned i = 0; i < 3; i++)
        finish(sleepers[i]);
}

static void *sleep_until_changed(void *argument)
{
    bed *b = argument;

    while (atomic_load_explicit(&b->word, memory_order_acquire) == 0)
        (void)pawl_park(&b->word, 0, b->until, b->scope);
    while ((uint32_t)atomic_load_explicit(&b->wide, memory_order_acquire) == 0)
        (void)pawl_park_half(&b->wide, 0, b->until, b->scope);
    set(&b->woken, 1);
    return NULL;
}

/* Whoever changes the word first and then unparks cannot be missed. */
static void rouse(bed *as_sleeper_sees_it, bed *b)
{
    nap(10);
    assert_int_equal(get(&as_sleeper_sees_it->woken), 0);
    atomic_store_explicit(&b->word, 1, memory_order_release);
    pawl_unpark(&b->word, 1, b->scope);
    nap(10);
    /* The upper half is not looked at. */
    atomic_store_explicit(&b->wide, UINT64_C(1) << 32, memory_order_release);
    pawl_unpark_half(&b->wide, PAWL_ALL, b->scope);
    nap(10);
    assert_int_equal(get(&as_sleeper_sees_it->woken), 0);
    atomic_store_explicit(&b->wide, 1, memory_order_release);
    pawl_unpark_half(&b->wide, 1, b->scope);
}

static void who_changes_the_word_and_unparks_is_not_missed(void **state)
{
    static const pawl_time untils[] = { PAWL_FOREVER, PAWL_FOREVER - 1 };
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        bed b = { 0, 0, untils[i], PAWL_PRIVATE, 0 };
        pthread_t sleeper = start(sleep_until_changed, &b);

        rouse(&b, &b);
        finish(sleeper);
        assert_int_equal(get(&b.woken), 1);
    }
}

static int sleeping_child(void *argument)
{
    sleep_until_changed(argument);
    return 0;
}

static void shared_words_wake_other_processes(void **state)
{
    bed *b = shared_block(sizeof *b);
    pid_t pid;
    (void)state;

    b->until = PAWL_FOREVER;
    b->scope = PAWL_SHARED;
    pid = child(sleeping_child, b);
    rouse(b, b);
    assert_int_equal(status_of(pid), 0);
    assert_int_equal(get(&b->woken), 1);
    munmap(b, sizeof *b);
}

static void shared_words_wake_through_another_address(void **state)
{
    int fd = memfd_create("bed", 0);
    bed *one, *other;
    pthread_t sleeper;
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 4096), 0);
    one = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(one, MAP_FAILED);
    assert_ptr_not_equal(other, MAP_FAILED);
    one->until = PAWL_FOREVER;
    one->scope = PAWL_SHARED;
    sleeper = start(sleep_until_changed, one);
    rouse(one, other);
    finish(sleeper);
    assert_int_equal(get(&other->woken), 1);
    munmap(one, 4096);
    munmap(other, 4096);
    close(fd);
}

static void unpark_takes_an_address_only(void **state)
{
    char *gone = shared_block(4096);
    (void)state;

    munmap(gone, 4096);
    errno = 77;
    pawl_unpark((void *)gone, PAWL_ALL, PAWL_PRIVATE);
    pawl_unpark((void *)gone, 1, PAWL_SHARED);
    pawl_unpark_half((void *)gone, 1, PAWL_PRIVATE);
    pawl_unpark_half((void *)gone, PAWL_ALL, PAWL_SHARED);
    assert_int_equal(errno, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_not_sleep_when_the_word_differs),
        cmocka_unit_test(a_moment_in_the_past_never_sleeps),
        cmocka_unit_test(a_deadline_is_absolute_and_not_early),
        cmocka_unit_test(signals_are_not_shown),
        cmocka_unit_test(unpark_wakes_n_and_all),
        cmocka_unit_test(who_changes_the_word_and_unparks_is_not_missed),
        cmocka_unit_test(shared_words_wake_other_processes),
        cmocka_unit_test(shared_words_wake_through_another_address),
        cmocka_unit_test(unpark_takes_an_address_only),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("park", tests, NULL, NULL);
}
