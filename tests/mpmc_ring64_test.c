/* mpmc_ring64_test.c - what mpmc_ring64.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/mpmc_ring64.h>

static_assert(sizeof(pawl_mpmc_ring64_slot) == 16, "layout");
static_assert(offsetof(pawl_mpmc_ring64_slot, value) == 8, "layout");

/* The i-th value of a test: of all kinds, 0 and all bits among them. */
static uint64_t value(uint64_t i)
{
    switch (i % 5) {
    case 0:  return 0;
    case 1:  return UINT64_MAX;
    case 2:  return i << 1 | 1;         /* as a turn may look */
    default: return i * UINT64_C(0x9e3779b97f4a7c15);
    }
}

typedef pawl_mpmc_ring64 ring;
typedef uint64_t element;
enum { SLOT = 16, SPILLS = false };
#define CALL(name) pawl_mpmc_ring64_##name
#define MAX        PAWL_MPMC_RING64_MAX
#define element_of value
#include "ring.h"

/* A thread stopped between claim and store: later values wait behind its slot. */
static void a_claimed_slot_holds_up_those_behind_it(void **state)
{
    pawl_mpmc_ring64 *r = make(2);
    uint64_t got = 99;
    (void)state;

    atomic_store_explicit(&r->tail, 1, memory_order_relaxed);       /* claims 0 */
    assert_true(pawl_mpmc_ring64_try_push(r, 3));
    assert_false(pawl_mpmc_ring64_try_pop(r, &got));
    assert_false(pawl_mpmc_ring64_try_push(r, 4));
    assert_true(got == 99);
    pawl_mpmc_ring64_slot_(r, 0)->value = 2;                        /* and stores */
    atomic_store_explicit(&pawl_mpmc_ring64_slot_(r, 0)->turn,
                          pawl_mpmc_ring64_full_(0), memory_order_release);
    assert_true(pawl_mpmc_ring64_try_pop(r, &got) && got == 2);
    assert_true(pawl_mpmc_ring64_try_pop(r, &got) && got == 3);
    free(r);
}

/* --- threads -------------------------------------------------------------- */

enum { ITEMS = 20000 };

typedef struct side {
    pawl_mpmc_ring64 *ring;
    uint64_t first, sum, disorder;
} side;

/* Pairs, and what is left of them. */
static void *produce(void *argument)
{
    side *s = argument;

    for (uint64_t i = s->first, n; i < s->first + ITEMS; i += n) {
        uint64_t left = s->first + ITEMS - i, pair[2] = { i, i + 1 };

        n = pawl_mpmc_ring64_try_push_n(s->ring, pair, left > 1 ? 2 : 1);
        if (n == 0)
            sched_yield();
    }
    return NULL;
}

static void *consume(void *argument)
{
    uint64_t next[2] = { 0, ITEMS }, got;
    side *s = argument;

    for (unsigned n = 0; n < ITEMS; )
        if (pawl_mpmc_ring64_try_pop(s->ring, &got)) {
            s->disorder += got < next[got >= ITEMS];
            next[got >= ITEMS] = got + 1;
            s->sum += got;
            n++;
        } else {
            sched_yield();
        }
    return NULL;
}

static void two_to_two(void **state)
{
    pawl_mpmc_ring64 *r = make(8);
    side sides[4] = { { r, 0, 0, 0 }, { r, ITEMS, 0, 0 }, { r, 0, 0, 0 },
                      { r, 0, 0, 0 } };
    pthread_t threads[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? produce : consume, &sides[i]);
    for (unsigned i = 0; i < 4; i++)
        finish(threads[i]);
    assert_true(sides[2].sum + sides[3].sum == (uint64_t)ITEMS * (2 * ITEMS - 1));
    assert_true(sides[2].disorder + sides[3].disorder == 0);
    free(r);
}

/* Where no slot is in use, no push fails, however stale its position; nor does a pop
 * where all slots are full. */
enum { ROOM = 1 << 15 };

static void *push_half(void *argument)
{
    side *s = argument;

    for (uint64_t i = 0, n; i < ROOM / 2; i += n) {
        uint64_t values[2] = { i, i };

        n = i % 4 == 0 ? pawl_mpmc_ring64_try_push_n(s->ring, values, 2)
                       : pawl_mpmc_ring64_try_push(s->ring, i);
        if (n == 0)
            return s;
    }
    return NULL;
}

static void *pop_half(void *argument)
{
    side *s = argument;

    for (uint64_t i = 0, n; i < ROOM / 2; i += n) {
        uint64_t values[2];

        n = i % 4 == 0 ? pawl_mpmc_ring64_try_pop_n(s->ring, values, 2)
                       : pawl_mpmc_ring64_try_pop(s->ring, values);
        if (n == 0)
            return s;
    }
    return NULL;
}

static void among_their_like_pushes_and_pops_do_not_fail(void **state)
{
    pawl_mpmc_ring64 *r = make(ROOM);
    (void)state;

    for (unsigned round = 0; round < 10; round++) {
        void *(*const run)(void *) = round % 2 == 0 ? push_half : pop_half;
        side one = { r, 0, 0, 0 };
        pthread_t other = start(run, &one);
        void *failed;

        assert_null(run(&one));
        pthread_join(other, &failed);
        assert_null(failed);
        assert_int_equal(pawl_mpmc_ring64_count_hint(r), round % 2 == 0 ? ROOM : 0);
    }
    free(r);
}

/* A push makes visible what was before it, to the pop; and the pop what was before it,
 * to the push that gets its place.  (The words are plain.) */
enum { TRIPS = 3000 };

static struct {
    pawl_mpmc_ring64 *ring;
    uint64_t sent[TRIPS], noted[TRIPS], wrong;
} tour;

static void *note_and_pop(void *unused)
{
    for (uint64_t i = 0, got; i < TRIPS; i++) {
        tour.noted[i] = i + 1;
        while (!pawl_mpmc_ring64_try_pop(tour.ring, &got))
            sched_yield();
        tour.wrong += tour.sent[got] != i + 1;
    }
    return unused;
}

static void both_sides_hand_over_what_was_before(void **state)
{
    pthread_t consumer;
    uint64_t unseen = 0;
    (void)state;

    tour.ring = make(1);
    consumer = start(note_and_pop, NULL);
    for (uint64_t i = 0; i < TRIPS; i++) {
        tour.sent[i] = i + 1;
        while (!pawl_mpmc_ring64_try_push(tour.ring, i))
            sched_yield();
        if (i > 0)                      /* the pop before made room for this one */
            unseen += tour.noted[i - 1] != i;
    }
    finish(consumer);
    assert_true(unseen + tour.wrong == 0);
    free(tour.ring);
}

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
        cmocka_unit_test(both_sides_hand_over_what_was_before),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_ring64", tests, NULL, NULL);
}
