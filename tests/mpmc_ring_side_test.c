/* mpmc_ring_side_test.c - mpmc_ring.h where a side is one thread's, and batches.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/mpmc_ring.h>

static pawl_mpmc_ring *make(size_t capacity)
{
    size_t bytes = pawl_mpmc_ring_bytes(capacity);
    pawl_mpmc_ring *r = block(bytes);

    assert_int_equal(pawl_mpmc_ring_init(r, bytes, capacity), 0);
    return r;
}

/* The i-th item of a test; now and then NULL. */
static void *item(uint64_t i)
{
    return (void *)(uintptr_t)(i % 5 * 4096 + i % 512 * 4);
}

enum { MOST = 64 };
static const size_t capacities[] = { 1, 2, 4, 16 };
enum { CAPACITIES = sizeof capacities / sizeof *capacities };

/* --- by one thread -------------------------------------------------------- */

/* In each of the three ways that there are. */
static size_t push(pawl_mpmc_ring *r, unsigned way, uint64_t from, size_t n)
{
    void *items[MOST];

    for (size_t i = 0; i < n; i++)
        items[i] = item(from + i);
    return way == 0 ? pawl_mpmc_ring_try_push_sp(r, items[0])
         : way == 1 ? pawl_mpmc_ring_try_push(r, items[0])
                    : pawl_mpmc_ring_try_push_n(r, items, n);
}

static size_t pop(pawl_mpmc_ring *r, unsigned way, void **items, size_t n)
{
    return way == 0 ? pawl_mpmc_ring_try_pop_sc(r, items)
         : way == 1 ? pawl_mpmc_ring_try_pop(r, items)
                    : pawl_mpmc_ring_try_pop_n(r, items, n);
}

/* All ways mixed: what fits goes in, what is in comes out, in order. */
static void mix(pawl_mpmc_ring *r, size_t capacity, bool hint)
{
    uint64_t pushed = 0, popped = 0;

    for (unsigned i = 0; i < 600; i++) {
        unsigned way = i * 7 / 5 % 3, n = way == 2 ? i % 19 + 1 : 1;
        void *items[MOST] = { r };
        size_t in = (size_t)(pushed - popped), done;

        done = push(r, way, pushed, n);
        assert_int_equal(done, n < capacity - in ? n : capacity - in);
        pushed += done;
        in += done;
        if (hint)
            assert_int_equal(pawl_mpmc_ring_count_hint(r), in);
        way = i * 3 / 2 % 3, n = way == 2 ? i % 23 + 1 : 1;
        done = pop(r, way, items, n);
        assert_int_equal(done, n < in ? n : in);
        for (size_t k = 0; k < done; k++)
            assert_ptr_equal(items[k], item(popped + k));
        if (done == 0)
            assert_ptr_equal(items[0], r);
        popped += done;
    }
}

static void one_thread_may_use_all_calls(void **state)
{
    static const uint64_t begins[] = { 0, (UINT64_C(1) << 62) - 99, UINT64_MAX - 200 };
    (void)state;

    for (size_t c = 0; c < CAPACITIES; c++)
        for (size_t b = 0; b < 3; b++) {
            pawl_mpmc_ring *r = make(capacities[c]);

            pawl_mpmc_ring_init_at_(r, begins[b]);
            mix(r, capacities[c], b < 2);
            free(r);
        }
}

/* A refusal changes nothing, in the ring and behind the caller's pointer. */
static void a_refusal_changes_nothing(void **state)
{
    (void)state;
    for (size_t c = 0; c < CAPACITIES; c++) {
        pawl_mpmc_ring *r = make(capacities[c]);
        size_t bytes = pawl_mpmc_ring_bytes(capacities[c]);
        void *before = block(bytes), *got = r;

        memcpy(before, (void *)r, bytes);
        assert_false(pawl_mpmc_ring_try_pop_sc(r, &got));
        assert_memory_equal(before, r, bytes);
        for (size_t i = 0; i < capacities[c]; i++)
            assert_true(pawl_mpmc_ring_try_push_sp(r, item(i)));
        memcpy(before, (void *)r, bytes);
        assert_false(pawl_mpmc_ring_try_push_sp(r, item(0)));
        assert_memory_equal(before, r, bytes);
        assert_ptr_equal(got, r);
        free(before);
        free(r);
    }
}

/* From each place in the ring, with any number inside: a batch is at most what there is
 * room for, and what there is. */
static void batches_are_of_up_to_a_ring(void **state)
{
    (void)state;
    for (size_t c = 0; c < CAPACITIES; c++) {
        size_t capacity = capacities[c], more[] = { capacity, capacity + 1, MOST };
        pawl_mpmc_ring *r = make(capacity);
        uint64_t n = 0;
        void *items[MOST];

        for (size_t round = 0; round < 6 * capacity + 6; round++) {
            size_t in = round % (capacity + 1), ask = more[round % 3];

            assert_int_equal(push(r, 2, n, in), in);
            assert_int_equal(push(r, 2, n + in, ask), capacity - in);
            assert_int_equal(push(r, 2, n, ask), 0);
            assert_int_equal(pop(r, 2, items, more[round / 3 % 3]), capacity);
            for (size_t i = 0; i < capacity; i++)
                assert_ptr_equal(items[i], item(n + i));
            assert_int_equal(pop(r, 2, items, ask), 0);
            n += capacity;
            assert_true(push(r, 0, n, 1) && pop(r, 0, items, 1));   /* a place on */
            n++;
        }
        free(r);
    }
}

/* Killed between its two stores: the other side goes on with all that is there. */
static void who_stops_between_its_stores_holds_up_nobody(void **state)
{
    pawl_mpmc_ring *r = make(2);
    void *got = NULL;
    (void)state;

    atomic_store_explicit(pawl_mpmc_ring_slot_(r, 0),
                          pawl_mpmc_ring_full_(r, 0, item(2)), memory_order_release);
    assert_int_equal(pawl_mpmc_ring_count_hint(r), 0);
    assert_true(pawl_mpmc_ring_try_pop(r, &got));
    assert_ptr_equal(got, item(2));
    assert_int_equal(pawl_mpmc_ring_count_hint(r), 0);      /* head is ahead of tail */
    assert_false(pawl_mpmc_ring_try_pop(r, &got));
    assert_false(pawl_mpmc_ring_try_push(r, item(3)));      /* who takes over waits, */
    assert_false(pawl_mpmc_ring_try_push_sp(r, item(3)));   /* in either way */
    atomic_store_explicit(&r->tail, 1, memory_order_relaxed);
    assert_true(pawl_mpmc_ring_try_push(r, item(3)) && pawl_mpmc_ring_try_push(r, r));
    atomic_store_explicit(pawl_mpmc_ring_slot_(r, 1), pawl_mpmc_ring_empty_(3),
                          memory_order_release);            /* pops item 3, and stops */
    assert_true(pawl_mpmc_ring_try_push(r, item(4)));
    assert_int_equal(pawl_mpmc_ring_count_hint(r), 2);      /* not 3 */
    assert_false(pawl_mpmc_ring_try_pop_sc(r, &got));
    atomic_store_explicit(&r->head, 2, memory_order_relaxed);
    assert_true(pawl_mpmc_ring_try_pop_sc(r, &got));
    assert_ptr_equal(got, r);
    free(r);
}

/* --- threads -------------------------------------------------------------- */

enum { ITEMS = 6000, THREADS = 4 };

static struct {
    pawl_mpmc_ring *ring;
    bool one_pushes, one_pops;          /* at a time: whoever has the lock */
    pthread_mutex_t pushing, popping;
    uint64_t messages[2 * ITEMS];       /* plain: what the items point to */
    _Atomic(uint64_t) popped, sum;
} hall = {
    .pushing = PTHREAD_MUTEX_INITIALIZER,
    .popping = PTHREAD_MUTEX_INITIALIZER
};

static bool put(uint64_t *message)
{
    bool done;

    if (!hall.one_pushes)
        return pawl_mpmc_ring_try_push(hall.ring, message);
    pthread_mutex_lock(&hall.pushing);
    done = pawl_mpmc_ring_try_push_sp(hall.ring, message);
    pthread_mutex_unlock(&hall.pushing);
    return done;
}

static bool take(void **message)
{
    bool done;

    if (!hall.one_pops)
        return pawl_mpmc_ring_try_pop(hall.ring, message);
    pthread_mutex_lock(&hall.popping);
    done = pawl_mpmc_ring_try_pop_sc(hall.ring, message);
    pthread_mutex_unlock(&hall.popping);
    return done;
}

static void *produce(void *first)
{
    for (uint64_t *m = first; m < (uint64_t *)first + ITEMS; m++) {
        *m = (uint64_t)(m - hall.messages);
        while (!put(m))
            sched_yield();
    }
    return NULL;
}

static void *consume(void *unused)
{
    void *m;

    while (atomic_load_explicit(&hall.popped, memory_order_relaxed) < 2 * ITEMS)
        if (take(&m)) {
            atomic_fetch_add_explicit(&hall.sum, *(uint64_t *)m, memory_order_relaxed);
            atomic_fetch_add_explicit(&hall.popped, 1, memory_order_relaxed);
        } else {
            sched_yield();
        }
    return unused;
}

/* The ring goes from each of the four ways of use to the next, when all have come to an
 * end; and in those with one thread at a time, a side goes from thread to thread. */
static void a_side_may_change_hands(void **state)
{
    (void)state;
    hall.ring = make(2);
    for (unsigned way = 0; way < 8; way++) {
        pthread_t threads[THREADS];

        hall.one_pushes = way % 2 == 0;
        hall.one_pops = way / 2 % 2 == 0;
        atomic_store_explicit(&hall.popped, 0, memory_order_relaxed);
        atomic_store_explicit(&hall.sum, 0, memory_order_relaxed);
        for (unsigned i = 0; i < THREADS; i++)
            threads[i] = i < 2 ? start(produce, hall.messages + i * ITEMS)
                               : start(consume, NULL);
        for (unsigned i = 0; i < THREADS; i++)
            finish(threads[i]);
        assert_true(atomic_load_explicit(&hall.sum, memory_order_relaxed)
                    == (uint64_t)ITEMS * (2 * ITEMS - 1));
        assert_int_equal(pawl_mpmc_ring_count_hint(hall.ring), 0);
    }
    free(hall.ring);
}

#ifdef PAWL_DEBUG
static void push_odd(void *r)
{
    (void)!pawl_mpmc_ring_try_push_sp(r, (void *)(uintptr_t)6);
}

static void an_item_that_is_no_multiple_of_4_dies(void **state)
{
    pawl_mpmc_ring *r = make(8);
    (void)state;

    assert_true(dies(push_odd, r, "item is no multiple of 4"));
    free(r);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_may_use_all_calls),
        cmocka_unit_test(a_refusal_changes_nothing),
        cmocka_unit_test(batches_are_of_up_to_a_ring),
        cmocka_unit_test(who_stops_between_its_stores_holds_up_nobody),
        cmocka_unit_test(a_side_may_change_hands),
#ifdef PAWL_DEBUG
        cmocka_unit_test(an_item_that_is_no_multiple_of_4_dies),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_ring_side", tests, NULL, NULL);
}
