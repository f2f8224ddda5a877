/* mpsc_queue_memory_test.c - what mpsc_queue.h promises where memory is short.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "mpsc.h"

/* Fails after so many grants: all that was accepted is there, and no more; and when
 * there is memory again, the consumer's next look at a segment's end gets it. */
static void refused_memory_loses_nothing(void **state)
{
    (void)state;

    for (size_t granted = 2; granted < 6; granted++) {
        uint64_t in;
        counted c;
        queue q;

        begin(&q, &c, granted, 0);
        in = push_what_fits(&q, 0);
        assert_int_equal(in, granted * SLOTS);
        c.left = PLENTY;
        assert_int_equal(pawl_mpsc_queue_try_push(&q, item(in)), ENOMEM);
        assert_int_equal(pawl_mpsc_queue_count_hint(&q), in);
        pop(&q, 0, SLOTS + 1);
        push(&q, in, 3 * SLOTS);
        pop(&q, SLOTS + 1, in + 2 * SLOTS - 1);
        is_empty(&q);
        end(&q, &c);
    }
}

/* Popped to the last item, but not once more, and no memory ever again. */
static void a_drained_queue_has_room_whatever_memory_does(void **state)
{
    (void)state;

    for (size_t granted = 2; granted < 6; granted++) {
        uint64_t in = 0, out = 0;
        counted c;
        queue q;

        begin(&q, &c, granted, 0);
        for (uint64_t round = 0; round < 2 * SLOTS; round += 111) {
            in = push_what_fits(&q, in);
            assert_true(in - out >= SLOTS);
            pop(&q, out, in - out);
            out = in;
            push(&q, in, round % SLOTS);
            pop(&q, out, round % SLOTS);
            in = out += round % SLOTS;
        }
        end(&q, &c);
    }
}

/* Memory is refused for a while, again and again. */
static void memory_that_comes_and_goes_makes_no_hole(void **state)
{
    (void)state;

    for (uint64_t k = 1; k < 8; k++)
        for (uint64_t slow = 1; slow < 4; slow++) {
            uint64_t in = 0, out = 0, refused = 0;
            counted c;
            queue q;

            begin(&q, &c, 2, 0);
            for (uint64_t i = 0; i < 40 * SLOTS; i++) {
                c.left = i / 700 % 8 < k ? 0 : PLENTY;
                if (pawl_mpsc_queue_try_push(&q, item(in)) == 0)
                    in++;
                else
                    refused++;
                if (i % slow == 0 && out < in)
                    pop(&q, out++, 1);
            }
            assert_true(slow == 1 || refused > 0);
            pop(&q, out, in - out);
            is_empty(&q);
            end(&q, &c);
        }
}

/* The index of tail has 24 bits: more refusals than that change nothing. */
static void refusals_without_end_lose_nothing(void **state)
{
    counted c;
    queue q;
    (void)state;

    begin(&q, &c, 2, 0);
    push(&q, 0, 2 * SLOTS);
    for (uint64_t i = 0; i < PAWL_MPSC_QUEUE_NEXT_ + 10; i++)
        if (pawl_mpsc_queue_try_push(&q, &q) != ENOMEM)
            fail();
    assert_int_equal(pawl_mpsc_queue_count_hint(&q), 2 * SLOTS);
    pop(&q, 0, 2 * SLOTS);
    is_empty(&q);
    push(&q, 2 * SLOTS, 1);
    pop(&q, 2 * SLOTS, 1);
    is_empty(&q);
    end(&q, &c);
}

static void a_limit_is_kept(void **state)
{
    (void)state;

    for (size_t segments = 2; segments < 6; segments++) {
        uint64_t in = 0, out = 0;
        counted c;
        queue q;

        begin(&q, &c, PLENTY, segments * SEGMENT);
        for (int round = 0; round < 5; round++) {
            in = push_what_fits(&q, in);
            assert_true(in - out >= (segments - 1) * SLOTS);
            assert_true(c.most <= segments * SEGMENT);
            pop(&q, out, in - out);
            out = in;
        }
        end(&q, &c);
    }
}

/* What fits is in, and no more. */
static void a_batch_ends_where_memory_is_refused(void **state)
{
    void *items[4 * SLOTS];
    (void)state;

    for (uint64_t i = 0; i < 4 * SLOTS; i++)
        items[i] = item(i);
    for (size_t granted = 2; granted < 4; granted++)
        for (uint64_t first = 0; first < SLOTS; first += 93) {
            size_t fits = granted * SLOTS;
            counted c;
            queue q;

            begin(&q, &c, granted, 0);
            push(&q, 0, first);
            assert_int_equal(
                pawl_mpsc_queue_try_push_n(&q, items + first, 4 * SLOTS - first),
                fits - first);
            assert_int_equal(pawl_mpsc_queue_try_push_n(&q, items, 9), 0);
            pop(&q, 0, fits);
            c.left = PLENTY;
            is_empty(&q);
            assert_int_equal(pawl_mpsc_queue_try_push_n(&q, items, SLOTS + 9),
                             SLOTS + 9);
            pop(&q, 0, SLOTS + 9);
            is_empty(&q);
            end(&q, &c);
        }
}

/* --- a push that does not go on --------------------------------------------------- */

enum { FEW = 4 };                       /* slots a segment */

/* Two segments and no more memory; somebody has drawn the ticket after `before` items,
 * and stopped.  Others go on until they are refused. */
static uint64_t begin_stopped(queue *q, counted *c, uint64_t before, uint64_t *in)
{
    uint64_t t;

    counted_begin(c, 2);
    assert_int_equal(pawl_mpsc_queue_init_at_(q, 0, &c->mem, 0, FEW), 0);
    push(q, 0, before);
    t = atomic_fetch_add_explicit(&q->tail, 1, memory_order_acquire);
    for (*in = before + 1; pawl_mpsc_queue_try_push(q, item(*in)) == 0;)
        ++*in;
    return t;
}

/* It goes on; then all is there. */
static void end_stopped(queue *q, const counted *c, uint64_t t, uint64_t before,
                        uint64_t in)
{
    pawl_mpsc_segment_ *m = (pawl_mpsc_segment_ *)(uintptr_t)
        atomic_load_explicit(&q->last, memory_order_acquire);

    pawl_mpsc_queue_store_(m, t, (uint64_t)(uintptr_t)item(before));
    pop(q, before, in - before);
    is_empty(q);
    end(q, c);
}

static bool pops(queue *q)
{
    void *got;

    return pawl_mpsc_queue_try_pop(q, &got);
}

static void a_stopped_push_does_not_keep_memory_away(void **state)
{
    (void)state;

    for (uint64_t before = 0; before < FEW; before++) {
        uint64_t in, t;
        counted c;
        queue q;

        t = begin_stopped(&q, &c, before, &in);
        assert_int_equal(in, 2 * FEW);
        pop(&q, 0, before);
        c.left = PLENTY;
        assert_int_equal(pawl_mpsc_queue_try_push(&q, item(in)), ENOMEM);
        assert_false(pops(&q));
        push(&q, in, 3 * FEW);
        end_stopped(&q, &c, t, before, in + 3 * FEW);
    }
}

/* Pops ask again once after each refusal. */
static void a_missing_item_asks_for_memory_once(void **state)
{
    uint64_t in, t;
    counted c;
    queue q;
    (void)state;

    t = begin_stopped(&q, &c, 0, &in);
    assert_false(pops(&q));
    c.left = PLENTY;
    assert_false(pops(&q));
    assert_int_equal(c.taken, 2);
    assert_int_equal(pawl_mpsc_queue_try_push(&q, item(in)), ENOMEM);
    assert_false(pops(&q));
    assert_int_equal(c.taken, 3);
    push(&q, in, 1);
    end_stopped(&q, &c, t, 0, in + 1);
}

/* It has linked a segment, and not told of it. */
static void a_link_that_was_not_told_is_found(void **state)
{
    uint64_t name, t;
    counted c;
    queue q;
    (void)state;

    counted_begin(&c, 2);
    assert_int_equal(pawl_mpsc_queue_init_at_(&q, 0, &c.mem, 0, FEW), 0);
    name = atomic_load_explicit(&q.newest, memory_order_relaxed);
    push(&q, 0, FEW - 1);
    t = atomic_fetch_add_explicit(&q.tail, 1, memory_order_acquire);
    atomic_store_explicit(&q.newest, name, memory_order_relaxed);
    assert_int_equal(pawl_mpsc_queue_try_push(&q, item(FEW)), ENOMEM);
    pop(&q, 0, FEW - 1);
    assert_false(pops(&q));
    push(&q, FEW, 1);
    end_stopped(&q, &c, t, FEW - 1, FEW + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_memory_loses_nothing),
        cmocka_unit_test(a_drained_queue_has_room_whatever_memory_does),
        cmocka_unit_test(memory_that_comes_and_goes_makes_no_hole),
        cmocka_unit_test(refusals_without_end_lose_nothing),
        cmocka_unit_test(a_limit_is_kept),
        cmocka_unit_test(a_batch_ends_where_memory_is_refused),
        cmocka_unit_test(a_stopped_push_does_not_keep_memory_away),
        cmocka_unit_test(a_missing_item_asks_for_memory_once),
        cmocka_unit_test(a_link_that_was_not_told_is_found),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
