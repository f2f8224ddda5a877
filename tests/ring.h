/* ring.h - what mpmc_ring and mpmc_ring64 both promise, by one thread; and bad input.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The test defines before: ring and element, types; CALL(name), a function's whole
 * name; SLOT, bytes; MAX, the largest capacity; element_of(i), the i-th element of a
 * test; and SPILLS, that what is popped in part may overwrite all that was asked for.
 */
#ifndef PAWL_TESTS_RING_H
#define PAWL_TESTS_RING_H

#include "capacity.h"

static_assert(sizeof(ring) == 3 * PAWL_LINE, "layout");
static_assert(offsetof(ring, tail) == PAWL_LINE, "layout");
static_assert(offsetof(ring, head) == 2 * PAWL_LINE, "layout");

static ring *make(size_t capacity)
{
    size_t bytes = CALL(bytes)(capacity), used = sizeof(ring) + capacity * SLOT;
    ring *r = block(bytes);

    assert_int_equal(bytes, (used + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE);
    assert_int_equal(CALL(init)(r, bytes, capacity), 0);
    assert_true(untouched((char *)r + used, bytes - used));
    return r;
}

/* --- a ring that is watched ----------------------------------------------- */

enum { MOST = 100 };

typedef struct watched {
    ring *ring;
    size_t capacity;
    uint64_t pushed, popped;
} watched;

static watched watch(size_t capacity)
{
    return (watched){ make(capacity), capacity, 0, 0 };
}

/* As many as fit go in, by one thread. */
static void push(watched *w, size_t n)
{
    size_t room = w->capacity - (size_t)(w->pushed - w->popped), pushed;
    element elements[MOST];

    for (size_t i = 0; i < n; i++)
        elements[i] = element_of(w->pushed + i);
    pushed = n == 1 ? CALL(try_push)(w->ring, elements[0])
                    : CALL(try_push_n)(w->ring, elements, n);
    assert_int_equal(pushed, n < room ? n : room);
    w->pushed += pushed;
}

/* As many as there are come out, in order; what was not asked for is left alone, and a
 * single one on failure. */
static void pop(watched *w, size_t n)
{
    size_t inside = (size_t)(w->pushed - w->popped), popped, written;
    element elements[MOST];

    memset(elements, PATTERN, sizeof elements);
    popped = n == 1 ? CALL(try_pop)(w->ring, elements)
                    : CALL(try_pop_n)(w->ring, elements, n);
    assert_int_equal(popped, n < inside ? n : inside);
    for (size_t i = 0; i < popped; i++)
        assert_true(elements[i] == element_of(w->popped + i));
    written = SPILLS && n != 1 ? n : popped;
    assert_true(untouched(elements + written, (MOST - written) * sizeof *elements));
    w->popped += popped;
}

/* Full, empty, and all between, in steps of 1, of a ring, and of more. */
static void exercise(watched *w, unsigned rounds, bool hint)
{
    const size_t batches[] = { 1, 0, 3, w->capacity, 2, 64, w->capacity + 1, 7, MOST };

    for (unsigned i = 0; i < rounds; i++) {
        push(w, batches[i % 9]);
        if (hint)
            assert_int_equal(CALL(count_hint)(w->ring), w->pushed - w->popped);
        pop(w, batches[i / 9 % 9]);
        if (i % 11 == 0)
            push(w, MOST);
        if (i % 13 == 0)
            pop(w, MOST);
    }
    while (w->popped < w->pushed)
        pop(w, 1);
    pop(w, 1);
}

static const size_t capacities[] = { 1, 2, 4, 8, 64 };

static void it_is_first_in_first_out(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        watched w = watch(capacities[c]);

        exercise(&w, 1000, true);
        free(w.ring);
    }
}

/* Positions, and what of them is in a slot. */
static void positions_may_wrap(void **state)
{
    static const uint64_t wraps[] = { 0, UINT64_C(1) << 63, UINT64_C(1) << 62,
                                      UINT64_C(1) << 32 };
    (void)state;

    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++)
        for (uint64_t before = 0; before < 70; before += 3)
            for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
                watched w = watch(capacities[c]);

                CALL(init_at_)(w.ring, wraps[i] - before);
                exercise(&w, 100, wraps[i] != 0);
                assert_true(atomic_load_explicit(&w.ring->head, memory_order_relaxed)
                            - wraps[i] < 10000);
                free(w.ring);
            }
}

static void the_hint_is_0_to_capacity(void **state)
{
    ring *r = make(4);
    (void)state;

    atomic_store_explicit(&r->head, 5, memory_order_relaxed);
    assert_int_equal(CALL(count_hint)(r), 0);               /* head is read first */
    atomic_store_explicit(&r->tail, 100, memory_order_relaxed);
    assert_int_equal(CALL(count_hint)(r), 4);
    free(r);
}

/* Nor looked at: nobody may. */
static void a_batch_of_none_touches_nothing(void **state)
{
    size_t bytes = CALL(bytes)(64);
    void *r = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    element elements[1];
    (void)state;

    assert_ptr_not_equal(r, MAP_FAILED);
    memset(elements, PATTERN, sizeof elements);
    assert_int_equal(CALL(try_push_n)(r, elements, 0), 0);
    assert_int_equal(CALL(try_pop_n)(r, elements, 0), 0);
    assert_true(untouched(elements, sizeof elements));
    munmap(r, bytes);
}

/* --- bad input ------------------------------------------------------------ */

static int init(void *memory, size_t bytes, size_t capacity)
{
    return CALL(init)(memory, bytes, capacity);
}

static const sized rings = { CALL(bytes), init, MAX, SLOT };

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    (void)state;
    refuses_bad_input_and_leaves_memory_alone(&rings);
}

static void bytes_are_0_where_init_would_refuse(void **state)
{
    (void)state;
    says_0_bytes_where_init_would_refuse(&rings);
}

#endif
