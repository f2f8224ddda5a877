/* mpmc_ring_test.c - what mpmc_ring.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/mpmc_ring.h>

/* The i-th item of a test: a multiple of 4, now and then NULL or the highest. */
static void *item(uint64_t i)
{
    switch (i % 5) {
    case 0:  return NULL;
    case 1:  return (void *)(UINTPTR_MAX & ~(uintptr_t)3);
    default: return (void *)((uintptr_t)(i * 4));
    }
}

typedef pawl_mpmc_ring ring;
typedef void *element;
enum { SLOT = 8, SPILLS = true };
#define CALL(name) pawl_mpmc_ring_##name
#define MAX        PAWL_MPMC_RING_MAX
#define element_of item
#include "ring.h"

/* A thread stopped between claim and store: later items wait behind its slot. */
static void a_claimed_slot_holds_up_those_behind_it(void **state)
{
    pawl_mpmc_ring *r = make(2);
    void *got = &got;
    (void)state;

    atomic_store_explicit(&r->tail, 1, memory_order_relaxed);       /* claims 0 */
    assert_true(pawl_mpmc_ring_try_push(r, item(3)));
    assert_false(pawl_mpmc_ring_try_pop(r, &got));
    assert_false(pawl_mpmc_ring_try_push(r, item(4)));
    assert_ptr_equal(got, &got);
    atomic_store_explicit(pawl_mpmc_ring_slot_(r, 0),               /* and stores */
                          pawl_mpmc_ring_full_(r, 0, item(2)), memory_order_release);
    assert_true(pawl_mpmc_ring_try_pop(r, &got));
    assert_ptr_equal(got, item(2));
    assert_true(pawl_mpmc_ring_try_pop(r, &got));
    assert_ptr_equal(got, item(3));
    free(r);
}

/* --- threads -------------------------------------------------------------- */

enum { ITEMS = 20000 };

static uint64_t slots[2 * ITEMS];       /* plain memory that the items point to */

typedef struct side {
    pawl_mpmc_ring *ring;
    uint64_t first, sum;
} side;

static void *produce(void *argument)
{
    side *s = argument;

    for (uint64_t i = s->first; i < s->first + ITEMS; ) {
        void *pair[2] = { &slots[i], &slots[i + 1] };
        size_t n;

        slots[i] = i;
        slots[i + 1] = i + 1;
        n = pawl_mpmc_ring_try_push_n(s->ring, pair, 2);
        i += n;
        if (n == 0)
            sched_yield();
        else if (n == 1)                /* so that pairs stay inside our half */
            while (!pawl_mpmc_ring_try_push(s->ring, &slots[i]))
                sched_yield();
        i += n == 1;
    }
    return NULL;
}

static void *consume(void *argument)
{
    side *s = argument;

    for (unsigned n = 0; n < ITEMS; ) {
        void *got;

        if (pawl_mpmc_ring_try_pop(s->ring, &got)) {
            s->sum += *(uint64_t *)got;
            n++;
        } else {
            sched_yield();
        }
    }
    return NULL;
}

static void two_to_two(void **state)
{
    pawl_mpmc_ring *r = make(8);
    side sides[4] = { { r, 0, 0 }, { r, ITEMS, 0 }, { r, 0, 0 }, { r, 0, 0 } };
    pthread_t threads[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? produce : consume, &sides[i]);
    for (unsigned i = 0; i < 4; i++)
        finish(threads[i]);
    assert_true(sides[2].sum + sides[3].sum
                == (uint64_t)ITEMS * (2 * ITEMS - 1));
    free(r);
}

/* Where no slot is in use, no push fails, however stale its position; nor does a pop
 * where all slots are full. */
enum { ROOM = 1 << 15 };

/* A pair, now and then; else one. */
static size_t push_some(pawl_mpmc_ring *r, unsigned i)
{
    void *items[2] = { &slots[i % ITEMS], &slots[i % ITEMS] };

    return i % 4 == 0 ? pawl_mpmc_ring_try_push_n(r, items, 2)
                      : pawl_mpmc_ring_try_push(r, items[0]);
}

static size_t pop_some(pawl_mpmc_ring *r, unsigned i)
{
    void *items[2];

    return i % 4 == 0 ? pawl_mpmc_ring_try_pop_n(r, items, 2)
                      : pawl_mpmc_ring_try_pop(r, items);
}

static void *push_half(void *argument)
{
    side *s = argument;

    for (size_t i = 0, n; i < ROOM / 2; i += n)
        if ((n = push_some(s->ring, (unsigned)i)) == 0)
            return s;
    return NULL;
}

static void *pop_half(void *argument)
{
    side *s = argument;

    for (size_t i = 0, n; i < ROOM / 2; i += n)
        if ((n = pop_some(s->ring, (unsigned)i)) == 0)
            return s;
    return NULL;
}

static void among_their_like_pushes_and_pops_do_not_fail(void **state)
{
    pawl_mpmc_ring *r = make(ROOM);
    (void)state;

    for (unsigned round = 0; round < 10; round++) {
        void *(*const run)(void *) = round % 2 == 0 ? push_half : pop_half;
        side one = { r, 0, 0 };
        pthread_t other = start(run, &one);
        void *failed;

        assert_null(run(&one));
        pthread_join(other, &failed);
        assert_null(failed);
        assert_int_equal(pawl_mpmc_ring_count_hint(r), round % 2 == 0 ? ROOM : 0);
    }
    free(r);
}

/* What was done before the pop that made room is visible to who has pushed into it. */
enum { TRIPS = 3000, PAIR = 2 };

typedef struct tour {
    pawl_mpmc_ring *ring;
    size_t n;                           /* at a time */
    unsigned seen[PAIR * TRIPS];        /* plain: the room hands it over */
} tour;

static void *note_and_pop(void *argument)
{
    tour *t = argument;

    for (unsigned i = 0; i < TRIPS; i++) {
        void *items[PAIR];

        t->seen[i] = i + 1;
        while ((t->n == 1 ? pawl_mpmc_ring_try_pop(t->ring, items)
                          : pawl_mpmc_ring_try_pop_n(t->ring, items, 1)) == 0)
            sched_yield();
    }
    return NULL;
}

static void room_hands_over_what_was_before_the_pop(void **state)
{
    static tour t;
    (void)state;

    for (t.n = 1; t.n <= PAIR; t.n++) {
        void *items[PAIR] = { NULL, NULL };
        pthread_t consumer;
        unsigned unseen = 0;

        t.ring = make(1);
        memset(t.seen, 0, sizeof t.seen);
        consumer = start(note_and_pop, &t);
        for (unsigned i = 0; i < TRIPS; i++) {
            while ((t.n == 1 ? pawl_mpmc_ring_try_push(t.ring, items[0])
                             : pawl_mpmc_ring_try_push_n(t.ring, items, PAIR)) == 0)
                sched_yield();
            if (i > 0)                  /* the pop before made room for this one */
                unseen += t.seen[i - 1] != i;
        }
        finish(consumer);
        assert_int_equal(unseen, 0);
        free(t.ring);
    }
}

#ifdef PAWL_DEBUG
static void push_odd(void *r)
{
    (void)!pawl_mpmc_ring_try_push(r, (void *)(uintptr_t)6);
}

static void push_odd_among_others(void *r)
{
    char text[8];
    void *items[2] = { NULL, text + 1 + (uintptr_t)text % 2 };

    (void)!pawl_mpmc_ring_try_push_n(r, items, 2);
}

/* Whoever dies so has claimed nothing: it holds up nobody. */
static void an_item_that_is_no_multiple_of_4_dies(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(8);
    pawl_mpmc_ring *r = shared_block(bytes);
    void *got;
    (void)state;

    assert_int_equal(pawl_mpmc_ring_init(r, bytes, 8), 0);
    assert_true(dies(push_odd, r, "item is no multiple of 4"));
    assert_true(dies(push_odd_among_others, r, "item is no multiple of 4"));
    assert_int_equal(pawl_mpmc_ring_count_hint(r), 0);
    assert_true(pawl_mpmc_ring_try_push(r, item(2)));
    assert_true(pawl_mpmc_ring_try_pop(r, &got));
    assert_ptr_equal(got, item(2));
    munmap(r, bytes);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_first_in_first_out),
        cmocka_unit_test(positions_may_wrap),
        cmocka_unit_test(the_hint_is_0_to_capacity),
        cmocka_unit_test(a_batch_of_none_touches_nothing),
        cmocka_unit_test(a_claimed_slot_holds_up_those_behind_it),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
        cmocka_unit_test(bytes_are_0_where_init_would_refuse),
        cmocka_unit_test(two_to_two),
        cmocka_unit_test(among_their_like_pushes_and_pops_do_not_fail),
        cmocka_unit_test(room_hands_over_what_was_before_the_pop),
#ifdef PAWL_DEBUG
        cmocka_unit_test(an_item_that_is_no_multiple_of_4_dies),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_ring", tests, NULL, NULL);
}
