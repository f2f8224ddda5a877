/* mpsc_queue_threads_test.c - what mpsc_queue.h promises, many threads.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "counted.h"

#include <pawl/mpsc_queue.h>

typedef pawl_mpsc_queue queue;

static void *item(uint64_t i) { return (void *)(uintptr_t)(i + 1); }

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
    assert_int_equal(pawl_mpsc_queue_count_hint(&q), 0);
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

    all_arrive_in_each_ones_order(1024, 2 * PAWL_MPSC_QUEUE_SEGMENT);
    all_arrive_in_each_ones_order(16, 8 * 3 * PAWL_LINE);
}

/* --- the consumer's side, from thread to thread ----------------------------------- */

typedef struct round_table {
    queue q;
    pthread_mutex_t consumer;           /* who holds it is the consumer */
    uint64_t next[PRODUCERS], popped;   /* the consumer's */
} round_table;

typedef struct seat {
    round_table *table;
    uint64_t who;
    bool odd;                           /* something was wrong */
} seat;

static void take_a_few(round_table *t, seat *s)
{
    void *got;

    for (int i = 0; i < 7 && pawl_mpsc_queue_try_pop(&t->q, &got); i++) {
        uint64_t which = ((uintptr_t)got - 1) / EACH;

        s->odd |= got != item(which * EACH + t->next[which]++);
        t->popped++;
    }
}

/* Push one, and now and then be the consumer. */
static void *sit(void *argument)
{
    seat *s = argument;
    round_table *t = s->table;

    for (uint64_t i = 0; i < EACH; i++) {
        void *items[] = { item(s->who * EACH + i), item(s->who * EACH + i + 1) };

        if (i % 4 < 2)
            s->odd |= pawl_mpsc_queue_try_push(&t->q, items[0]) != 0;
        else
            s->odd |= pawl_mpsc_queue_try_push_n(&t->q, items, 2) != 2, i++;
        if (i % 5 == 0 && pthread_mutex_trylock(&t->consumer) == 0) {
            take_a_few(t, s);
            pthread_mutex_unlock(&t->consumer);
        }
    }
    return NULL;
}

static void the_consumers_side_may_go_round(void **state)
{
    round_table t = { .consumer = PTHREAD_MUTEX_INITIALIZER };
    pthread_t threads[PRODUCERS];
    seat seats[PRODUCERS];
    (void)state;

    assert_int_equal(pawl_mpsc_queue_init_at_(&t.q, 0, NULL, 0, 16), 0);
    for (uint64_t i = 0; i < PRODUCERS; i++) {
        seats[i] = (seat){ &t, i, false };
        threads[i] = start(sit, &seats[i]);
    }
    for (unsigned i = 0; i < PRODUCERS; i++) {
        finish(threads[i]);
        assert_false(seats[i].odd);
    }
    assert_true(t.popped > 0);
    while (t.popped < PRODUCERS * EACH)
        take_a_few(&t, seats);
    assert_false(seats->odd);
    assert_int_equal(pawl_mpsc_queue_count_hint(&t.q), 0);
    pawl_mpsc_queue_destroy(&t.q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_producers_one_consumer),
        cmocka_unit_test(small_segments_are_opened_all_the_time),
        cmocka_unit_test(a_limit_holds_producers_back),
        cmocka_unit_test(the_consumers_side_may_go_round),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
