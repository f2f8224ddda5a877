/* spsc_ring_test.c - what spsc_ring.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spsc.h"

static_assert(sizeof(pawl_spsc_ring) == 2 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_spsc_ring, push_block) == 0, "layout");
static_assert(offsetof(pawl_spsc_ring, pop_block) == PAWL_LINE, "layout");

static void each_size_at_each_phase(size_t capacity, size_t size)
{
    size_t slots;

    watch(capacity, size);
    slots = (size_t)w.ring->push_per * 2 + 3;
    for (size_t phase = 0; phase < slots; phase++) {
        assert_int_equal(pop(1), 0);
        while (push(1) == 1)
            continue;
        assert_true(w.pushed - w.popped >= capacity);
        assert_int_equal(push(1), 0);
        assert_int_equal(push(3), 0);
        while (pop(1) == 1)
            continue;
        assert_int_equal(push(1), 1);           /* on to the next phase */
        assert_int_equal(pop(1), 1);
    }
    free(w.ring);
}

static void one_at_a_time(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++)
            each_size_at_each_phase(capacities[c], sizes[s]);
}

static void in_batches(void **state)
{
    static const size_t batches[] = { 0, 1, 3, 7, 64, MOST - 1 };
    const size_t n = sizeof batches / sizeof *batches;
    (void)state;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            watch(capacities[c], sizes[s]);
            for (size_t i = 0; i < n * n * 3; i++) {
                push(batches[i % n]);
                pop(batches[i / n % n]);
                push(capacities[c]);
                pop(capacities[c] * (i % 2));
            }
            while (pop(3) > 0)
                continue;
            assert_true(w.pushed == w.popped);
            free(w.ring);
        }
}

/* A block's number wraps at 2^32 in its header, at 2^64 besides; how many blocks there
 * are need not divide either. */
static void numbers_may_wrap(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (unsigned before = 0; before < 12; before++) {
            uint64_t wraps[] = { 0, UINT64_C(1) << 63, UINT64_C(1) << 32, 1000 };

            for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
                watch(8, sizes[s]);
                pawl_spsc_ring_init_at_(w.ring, wraps[i] - before);
                for (unsigned round = 0; round < 60; round++) {
                    while (push(3) == 3)
                        continue;
                    while (pop(5) == 5)
                        continue;
                    assert_int_equal(push(1), 1);
                    assert_int_equal(pop(2), 1);
                }
                assert_true(w.ring->push_number - wraps[i] < 1000);
                free(w.ring);
            }
        }
}

/* --- bad input ------------------------------------------------------------ */

static void refuses(int result, pawl_spsc_ring *r, size_t bytes, size_t capacity,
                    size_t size)
{
    assert_int_equal(pawl_spsc_ring_init(r, bytes, capacity, size), result);
}

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    size_t bytes = pawl_spsc_ring_bytes(8, 16), most = SIZE_MAX / 2 + 1;
    char *memory = block(bytes + PAWL_LINE);
    pawl_spsc_ring *r = (void *)memory;
    (void)state;

    refuses(EINVAL, r, bytes, 0, 16);
    refuses(EINVAL, r, bytes, 3, 16);
    refuses(EINVAL, r, bytes, 6, 16);
    refuses(EINVAL, r, bytes, SIZE_MAX, 16);
    refuses(EINVAL, r, bytes, 8, 0);
    refuses(EINVAL, (void *)(memory + 8), bytes, 8, 16);
    refuses(EINVAL, (void *)(memory + PAWL_LINE / 2), bytes, 8, 16);
    refuses(EINVAL, NULL, bytes, 8, 16);
    refuses(EOVERFLOW, r, SIZE_MAX, most, 1);
    refuses(EOVERFLOW, r, SIZE_MAX, most, 1000);
    refuses(EOVERFLOW, r, SIZE_MAX, 8, SIZE_MAX);
    /* a block each: 2^32, or all that 32 bits can count */
    refuses(EOVERFLOW, r, SIZE_MAX, most >> (sizeof most < 8 ? 0 : 31), 100);
    refuses(EOVERFLOW, r, SIZE_MAX, 1, SIZE_MAX / 2);
    refuses(ENOMEM, r, bytes - 1, 8, 16);
    refuses(ENOMEM, r, 0, 8, 16);
    assert_true(untouched(memory, bytes + PAWL_LINE));
    refuses(0, r, bytes, 8, 16);
    assert_true(untouched(memory + bytes, PAWL_LINE));
    free(memory);
}

static void bytes_are_0_where_init_would_refuse(void **state)
{
    (void)state;
    assert_int_equal(pawl_spsc_ring_bytes(0, 8), 0);
    assert_int_equal(pawl_spsc_ring_bytes(3, 8), 0);
    assert_int_equal(pawl_spsc_ring_bytes(8, 0), 0);
    assert_int_equal(pawl_spsc_ring_bytes(SIZE_MAX / 2 + 1, 8), 0);
    assert_int_equal(pawl_spsc_ring_bytes(8, SIZE_MAX), 0);
    assert_int_equal(pawl_spsc_ring_bytes(8, SIZE_MAX / 2), 0);
    assert_true(pawl_spsc_ring_bytes(8, 8) > 0);
}

static void capacities_in_the_thousands(void **state)
{
    (void)state;
    watch(4096, 8);
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned n = 0; n < 4096; n += 256)
            assert_int_equal(push(256), 256);
        while (pop(255) == 255)
            continue;
    }
    free(w.ring);
}

/* --- threads and processes ------------------------------------------------ */

enum { ITEMS = 100000 };

static void *produce(void *argument)
{
    pawl_spsc_ring *r = argument;

    for (uint64_t i = 0; i < ITEMS; ) {
        uint64_t some[5] = { i, i + 1, i + 2, i + 3, i + 4 };
        size_t n = pawl_spsc_ring_try_push_n(r, some, i % 6 < ITEMS - i ? i % 6 : 1,
                                             sizeof *some);

        n += pawl_spsc_ring_try_push(r, &(uint64_t){ i + n }, sizeof *some);
        i += n;
        if (n == 0)
            sched_yield();
    }
    return NULL;
}

static bool consume(pawl_spsc_ring *r)
{
    uint64_t some[7], next = 0;

    while (next < ITEMS) {
        size_t n = pawl_spsc_ring_try_pop_n(r, some, 7, sizeof *some);

        for (size_t i = 0; i < n; i++)
            if (some[i] != next++)
                return false;
        if (n == 0)
            sched_yield();
    }
    return true;
}

static void one_thread_to_another(void **state)
{
    pawl_spsc_ring *r = make(64, sizeof(uint64_t));
    pthread_t producer = start(produce, r);
    bool good = consume(r);
    (void)state;

    finish(producer);
    assert_true(good);
    free(r);
}

static int consume_in_child(void *r)
{
    return !consume(r);
}

static void one_process_to_another(void **state)
{
    (void)state;
    from_process_to_child(produce, consume_in_child);
}

#ifdef PAWL_DEBUG
static bool did;

static void push_other(void *r)
{
    did = pawl_spsc_ring_try_push(r, "1234", 4);
}

static void push_others(void *r)
{
    did = pawl_spsc_ring_try_push_n(r, "1234", 1, 4) != 0;
}

static void pop_other(void *r)
{
    char element[16];

    did = pawl_spsc_ring_try_pop(r, element, 16);
}

static void pop_others(void *r)
{
    char element[16];

    did = pawl_spsc_ring_try_pop_n(r, element, 1, 16) != 0;
}

static void another_element_size_dies(void **state)
{
    static void (*const wrong[])(void *) = {
        push_other, push_others, pop_other, pop_others
    };
    pawl_spsc_ring *r = make(8, 8);
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(dies(wrong[i], r, "element size differs from init's"));
    assert_false(did);
    free(r);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(in_batches),
        cmocka_unit_test(numbers_may_wrap),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
        cmocka_unit_test(bytes_are_0_where_init_would_refuse),
        cmocka_unit_test(capacities_in_the_thousands),
        cmocka_unit_test(one_thread_to_another),
        cmocka_unit_test(one_process_to_another),
#ifdef PAWL_DEBUG
        cmocka_unit_test(another_element_size_dies),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("spsc_ring", tests, NULL, NULL);
}
