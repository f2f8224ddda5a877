/* mpsc_queue_test.c - what mpsc_queue.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "counted.h"

#include <pawl/mpsc_queue.h>

static_assert(PAWL_MPSC_QUEUE_SEGMENT == PAWL_LINE + 1024 * 8, "a segment");

enum { SLOTS = 1024, SEGMENT = PAWL_MPSC_QUEUE_SEGMENT, PLENTY = 1 << 20 };

typedef pawl_mpsc_queue queue;

static void *item(uint64_t i) { return (void *)(uintptr_t)(i + 1); }

static void push(queue *q, uint64_t from, uint64_t n)
{
    for (uint64_t i = from; i < from + n; i++)
        assert_int_equal(pawl_mpsc_queue_try_push(q, item(i)), 0);
}

static void pop(queue *q, uint64_t from, uint64_t n)
{
    for (uint64_t i = from; i < from + n; i++) {
        void *got = NULL;

        assert_true(pawl_mpsc_queue_try_pop(q, &got));
        assert_ptr_equal(got, item(i));
    }
}

static void is_empty(queue *q)
{
    void *got = q;

    assert_false(pawl_mpsc_queue_try_pop(q, &got));
    assert_ptr_equal(got, q);
    assert_int_equal(pawl_mpsc_queue_count_hint(q), 0);
}

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
    counted_begin(&c, 0);
    assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), ENOMEM);
    assert_true(untouched(&q, sizeof q));
}

static void a_new_queue_is_empty_and_has_one_segment(void **state)
{
    counted c;
    queue q;
    (void)state;

    counted_begin(&c, PLENTY);
    assert_int_equal(pawl_mpsc_queue_init(&q, 2 * SEGMENT, &c.mem), 0);
    assert_int_equal(c.bytes, SEGMENT);
    is_empty(&q);
    pawl_mpsc_queue_destroy(&q);
    assert_int_equal(c.bytes, 0);
}

static void destroy_gives_all_back_full_or_not(void **state)
{
    (void)state;

    for (uint64_t in = 0; in < 5 * SLOTS; in += SLOTS / 2 + 1)
        for (uint64_t out = 0; out <= in; out += SLOTS / 2 + 1) {
            counted c;
            queue q;

            counted_begin(&c, PLENTY);
            assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), 0);
            push(&q, 0, in);
            pop(&q, 0, out);
            pawl_mpsc_queue_destroy(&q);
            assert_int_equal(c.bytes, 0);
        }
}

/* --- push, pop -------------------------------------------------------------------- */

static void null_is_no_item(void **state)
{
    queue q;
    (void)state;

    assert_int_equal(pawl_mpsc_queue_init(&q, 0, NULL), 0);
    assert_int_equal(pawl_mpsc_queue_try_push(&q, NULL), EINVAL);
    is_empty(&q);
    pawl_mpsc_queue_destroy(&q);
}

static void items_come_in_order_at_every_fill(void **state)
{
    uint64_t in = 0, out = 0;
    queue q;
    (void)state;

    assert_int_equal(pawl_mpsc_queue_init(&q, 0, NULL), 0);
    for (uint64_t n = 1; n < 4 * SLOTS; n += n / 3 + 1) {
        push(&q, in, n);
        in += n;
        assert_int_equal(pawl_mpsc_queue_count_hint(&q), in - out);
        pop(&q, out, n / 2);
        out += n / 2;
    }
    pop(&q, out, in - out);
    is_empty(&q);
    pawl_mpsc_queue_destroy(&q);
}

static void a_batch_takes_what_is_there(void **state)
{
    void *items[3 * SLOTS];
    queue q;
    (void)state;

    assert_int_equal(pawl_mpsc_queue_init(&q, 0, NULL), 0);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items, 5), 0);
    push(&q, 0, 2 * SLOTS + 7);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items, 0), 0);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items, 3), 3);
    assert_int_equal(pawl_mpsc_queue_try_pop_n(&q, items + 3, 3 * SLOTS - 3),
                     2 * SLOTS + 4);
    for (uint64_t i = 0; i < 2 * SLOTS + 7; i++)
        assert_ptr_equal(items[i], item(i));
    is_empty(&q);
    pawl_mpsc_queue_destroy(&q);
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

    counted_begin(&c, PLENTY);
    assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), 0);
    push(&q, 0, 1000000);
    assert_true(c.bytes <= 8200000);
    pop(&q, 0, 1000000);
    assert_int_equal(c.bytes, 2 * SEGMENT);         /* <= 32 KB */
    is_empty(&q);
    assert_int_equal(c.bytes, 2 * SEGMENT);
    pawl_mpsc_queue_destroy(&q);
    assert_int_equal(c.bytes, 0);
}

static void a_short_queue_asks_for_memory_once(void **state)
{
    counted c;
    queue q;
    (void)state;

    counted_begin(&c, PLENTY);
    assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), 0);
    for (uint64_t i = 0; i < 100 * SLOTS; i++) {
        push(&q, i, 1);
        pop(&q, i, 1);
    }
    assert_true(c.taken <= 3);
    assert_true(c.most <= 3 * SEGMENT);
    pawl_mpsc_queue_destroy(&q);
}

/* Fails after so many grants: all that was accepted is there, and no more; and when
 * there is memory again, the consumer's next look at a segment's end gets it. */
static void refused_memory_loses_nothing(void **state)
{
    (void)state;

    for (size_t granted = 1; granted < 6; granted++) {
        uint64_t in = 0;
        counted c;
        queue q;

        counted_begin(&c, granted);
        assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), 0);
        while (pawl_mpsc_queue_try_push(&q, item(in)) == 0)
            in++;
        assert_int_equal(in, granted * SLOTS);
        c.left = PLENTY;
        assert_int_equal(pawl_mpsc_queue_try_push(&q, item(in)), ENOMEM);
        assert_int_equal(pawl_mpsc_queue_count_hint(&q), in);
        pop(&q, 0, in);
        c.left = 0;
        is_empty(&q);
        if (granted == 1) {
            assert_int_equal(pawl_mpsc_queue_try_push(&q, item(in)), ENOMEM);
            c.left = 1;
            is_empty(&q);
        }
        push(&q, in, SLOTS);
        pop(&q, in, SLOTS);
        is_empty(&q);
        pawl_mpsc_queue_destroy(&q);
        assert_int_equal(c.bytes, 0);
    }
}

/* The index of tail has 24 bits: more refusals than that change nothing. */
static void refusals_without_end_lose_nothing(void **state)
{
    counted c;
    queue q;
    (void)state;

    counted_begin(&c, 1);
    assert_int_equal(pawl_mpsc_queue_init(&q, 0, &c.mem), 0);
    push(&q, 0, SLOTS);
    for (uint64_t i = 0; i < PAWL_MPSC_QUEUE_NEXT_ + 10; i++)
        if (pawl_mpsc_queue_try_push(&q, &q) != ENOMEM)
            fail();
    assert_int_equal(pawl_mpsc_queue_count_hint(&q), SLOTS);
    pop(&q, 0, SLOTS);
    is_empty(&q);
    c.left = 1;
    is_empty(&q);
    push(&q, SLOTS, 1);
    pop(&q, SLOTS, 1);
    is_empty(&q);
    pawl_mpsc_queue_destroy(&q);
}

static void a_limit_is_kept(void **state)
{
    (void)state;

    for (size_t segments = 2; segments < 6; segments++) {
        uint64_t in = 0, out = 0;
        counted c;
        queue q;

        counted_begin(&c, PLENTY);
        assert_int_equal(pawl_mpsc_queue_init(&q, segments * SEGMENT, &c.mem), 0);
        for (int round = 0; round < 5; round++) {
            while (pawl_mpsc_queue_try_push(&q, item(in)) == 0)
                in++;
            assert_true(in - out >= (segments - 1) * SLOTS);
            assert_true(c.most <= segments * SEGMENT);
            pop(&q, out, in - out);
            out = in;
        }
        pawl_mpsc_queue_destroy(&q);
    }
}

/* --- many producers --------------------------------------------------------------- */

enum { PRODUCERS = 4, EACH = 50000 };

typedef struct producer {
    queue *q;
    uint64_t from, refused;
    flag done;
} producer;

static void *produce(void *argument)
{
    producer *p = argument;

    for (uint64_t i = 0; i < EACH; i++)
        while (pawl_mpsc_queue_try_push(p->q, item(p->from + i)) != 0) {
            p->refused++;
            sched_yield();
        }
    return NULL;
}

static void all_arrive_in_each_ones_order(uint64_t slots, size_t limit)
{
    uint64_t next[PRODUCERS] = { 0 }, popped = 0;
    producer producers[PRODUCERS];
    pthread_t threads[PRODUCERS];
    counted c;
    queue q;

    counted_begin(&c, SIZE_MAX);
    assert_int_equal(pawl_mpsc_queue_init_at_(&q, limit, &c.mem, -(uint64_t)7, slots),
                     0);
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i] = (producer){ &q, (uint64_t)i * EACH, 0, 0 };
        threads[i] = start(produce, &producers[i]);
    }
    while (popped < PRODUCERS * EACH) {
        uint64_t who;
        void *got;

        if (!pawl_mpsc_queue_try_pop(&q, &got)) {
            sched_yield();
            continue;
        }
        who = ((uintptr_t)got - 1) / EACH;
        assert_ptr_equal(got, item(who * EACH + next[who]++));
        popped++;
    }
    for (int i = 0; i < PRODUCERS; i++)
        finish(threads[i]);
    is_empty(&q);
    assert_true(limit == 0 || c.most <= limit);
    pawl_mpsc_queue_destroy(&q);
    assert_int_equal(c.bytes, 0);
}

static void many_producers_one_consumer(void **state)
{
    (void)state;

    all_arrive_in_each_ones_order(1024, 0);
    all_arrive_in_each_ones_order(16, 0);
}

static void small_segments_are_opened_all_the_time(void **state)
{
    (void)state;

    all_arrive_in_each_ones_order(2, 0);
    all_arrive_in_each_ones_order(4, 0);
}

static void a_limit_holds_producers_back(void **state)
{
    (void)state;

    all_arrive_in_each_ones_order(1024, 2 * SEGMENT);
    all_arrive_in_each_ones_order(16, 8 * 3 * PAWL_LINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_limits_are_refused),
        cmocka_unit_test(a_new_queue_is_empty_and_has_one_segment),
        cmocka_unit_test(destroy_gives_all_back_full_or_not),
        cmocka_unit_test(null_is_no_item),
        cmocka_unit_test(items_come_in_order_at_every_fill),
        cmocka_unit_test(a_batch_takes_what_is_there),
        cmocka_unit_test(positions_wrap),
        cmocka_unit_test(an_item_takes_little_more_than_a_word),
        cmocka_unit_test(a_short_queue_asks_for_memory_once),
        cmocka_unit_test(refused_memory_loses_nothing),
        cmocka_unit_test(refusals_without_end_lose_nothing),
        cmocka_unit_test(a_limit_is_kept),
        cmocka_unit_test(many_producers_one_consumer),
        cmocka_unit_test(small_segments_are_opened_all_the_time),
        cmocka_unit_test(a_limit_holds_producers_back),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
