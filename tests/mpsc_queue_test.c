/* mpsc_queue_test.c - what mpsc_queue.h promises, one thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "mpsc.h"

static_assert(PAWL_MPSC_QUEUE_SEGMENT == PAWL_LINE + 1024 * 8, "a segment");

/* --- init, destroy ---------------------------------------------------------------- */

static void bad_limits_are_refused(void **state)
{
    counted c;
    queue q;
    (void)state;

    counted_begin(&c, PLENTY);
    memset((void *)&q, PATTERN, sizeof q);
    assert_int_equal(pawl_mpsc_queue_init(&q, 1, &c.mem), EINVAL);
    assert_int_equal(pawl_mpsc_queue_init(&q, 2 * SEGMENT - 1, &c.mem), EINVAL);
    assert_int_equal(c.taken, 0);
    for (size_t granted = 0; granted < 2; granted++) {
        counted_begin(&c, granted);
        assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), ENOMEM);
        assert_int_equal(c.bytes, 0);
    }
    assert_true(untouched(&q, sizeof q));
}

static void a_new_queue_is_empty_and_has_two_segments(void **state)
{
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 2 * SEGMENT);
    assert_int_equal(c.bytes, 2 * SEGMENT);
    is_empty(&q);
    end(&q, &c);
}

static void destroy_gives_all_back_full_or_not(void **state)
{
    (void)state;

    for (uint64_t in = 0; in < 5 * SLOTS; in += SLOTS / 2 + 1)
        for (uint64_t out = 0; out <= in; out += SLOTS / 2 + 1) {
            counted c;
            queue q;

            begin(&q, &c, PLENTY, 0);
            push(&q, 0, in);
            pop(&q, 0, out);
            end(&q, &c);
        }
}

/* --- push, pop -------------------------------------------------------------------- */

static void null_is_no_item(void **state)
{
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 0);
    assert_int_equal(pawl_mpsc_queue_try_push(&q, NULL), EINVAL);
    is_empty(&q);
    end(&q, &c);
}

static void items_come_in_order_at_every_fill(void **state)
{
    uint64_t in = 0, out = 0;
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 0);
    for (uint64_t n = 1; n < 4 * SLOTS; n += n / 3 + 1) {
        push(&q, in, n);
        in += n;
        assert_int_equal(pawl_mpsc_queue_count_hint(&q), in - out);
        pop(&q, out, n / 2);
        out += n / 2;
    }
    pop(&q, out, in - out);
    is_empty(&q);
    end(&q, &c);
}

static void positions_wrap(void **state)
{
    queue q;
    (void)state;

    for (uint64_t before = 0; before < 40; before++)
        for (uint64_t slots = 2; slots <= 16; slots *= 2) {
            assert_int_equal(pawl_mpsc_queue_init_at_(&q, 0, NULL, -before, slots), 0);
            is_empty(&q);
            push(&q, 0, 20);
            pop(&q, 0, 15);
            push(&q, 20, 40);
            pop(&q, 15, 45);
            is_empty(&q);
            pawl_mpsc_queue_destroy(&q);
        }
}

/* --- memory ----------------------------------------------------------------------- */

static void an_item_takes_little_more_than_a_word(void **state)
{
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 0);
    push(&q, 0, 1000000);
    assert_true(c.bytes <= 8200000);
    pop(&q, 0, 1000000);
    assert_int_equal(c.bytes, 2 * SEGMENT);         /* <= 32 KB */
    is_empty(&q);
    assert_int_equal(c.bytes, 2 * SEGMENT);
    end(&q, &c);
}

static void a_short_queue_asks_for_memory_once(void **state)
{
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 0);
    for (uint64_t i = 0; i < 100 * SLOTS; i++) {
        push(&q, i, 1);
        pop(&q, i, 1);
    }
    assert_true(c.taken <= 3);
    assert_true(c.most <= 3 * SEGMENT);
    end(&q, &c);
}

/* --- batches ---------------------------------------------------------------------- */

static void a_batch_takes_what_is_there(void **state)
{
    void *items[3 * SLOTS];
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 0);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items, 5), 0);
    push(&q, 0, 2 * SLOTS + 7);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items, 0), 0);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items, 3), 3);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items + 3, 3 * SLOTS - 3),
                     2 * SLOTS + 4);
    for (uint64_t i = 0; i < 2 * SLOTS + 7; i++)
        assert_ptr_equal(items[i], item(i));
    is_empty(&q);
    end(&q, &c);
}

static void a_batch_goes_in_whole_over_segments(void **state)
{
    void *items[3 * SLOTS];
    (void)state;

    for (uint64_t i = 0; i < 3 * SLOTS; i++)
        items[i] = item(i);
    for (size_t n = 0; n <= 3 * SLOTS; n += n < 130 ? 1 : 97)
        for (uint64_t slots = 2; slots <= SLOTS; slots *= 8) {
            queue q;

            assert_int_equal(pawl_mpsc_queue_init_at_(&q, 0, NULL, -(uint64_t)1, slots),
                             0);
            assert_int_equal(pawl_mpsc_queue_try_push_n(&q, items, n), n);
            assert_int_equal(pawl_mpsc_queue_count_hint(&q), n);
            push(&q, n, 1);
            pop(&q, 0, n + 1);
            is_empty(&q);
            pawl_mpsc_queue_destroy(&q);
        }
}

static void a_batch_ends_before_null(void **state)
{
    void *items[200];
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, PLENTY, 0);
    for (size_t end = 0; end < 200; end++) {
        for (uint64_t i = 0; i < 200; i++)
            items[i] = i == end ? NULL : item(i);
        assert_int_equal(pawl_mpsc_queue_try_push_n(&q, items, 200), end);
        pop(&q, 0, end);
        is_empty(&q);
    }
    end(&q, &c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_limits_are_refused),
        cmocka_unit_test(a_new_queue_is_empty_and_has_two_segments),
        cmocka_unit_test(destroy_gives_all_back_full_or_not),
        cmocka_unit_test(null_is_no_item),
        cmocka_unit_test(items_come_in_order_at_every_fill),
        cmocka_unit_test(positions_wrap),
        cmocka_unit_test(an_item_takes_little_more_than_a_word),
        cmocka_unit_test(a_short_queue_asks_for_memory_once),
        cmocka_unit_test(a_batch_takes_what_is_there),
        cmocka_unit_test(a_batch_goes_in_whole_over_segments),
        cmocka_unit_test(a_batch_ends_before_null),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
