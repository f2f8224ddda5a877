/* spsc_ring_place_test.c - elements of spsc_ring.h written and read in place; its hint.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spsc.h"

/* What is in, with what was popped of the consumer's block. */
static void hint_is_right(void)
{
    uint64_t taken = w.popped % w.ring->pop_per;

    assert_int_equal(pawl_spsc_ring_count_hint(w.ring), w.pushed - w.popped + taken);
}

static void lies_well(const unsigned char *at, uint64_t element, size_t per)
{
    size_t before = 8 + element % per * w.size;

    assert_int_equal((uintptr_t)(at - before) % PAWL_LINE, 0);
    assert_true(at - before > (unsigned char *)w.ring);
    assert_int_equal((uintptr_t)at % ((w.size | 8) & (0 - (w.size | 8))), 0);
}

/* Room for up to n, not written yet; NULL: full.  A run ends where the block does. */
static unsigned char *reserve(size_t n, size_t *run)
{
    size_t per = w.ring->push_per, left = per - w.pushed % per;
    size_t again = n + 1;
    unsigned char *to;

    *run = n;
    to = pawl_spsc_ring_reserve(w.ring, run, w.size);
    hint_is_right();
    if (to == NULL) {
        assert_int_equal(*run, n);
        assert_true(w.pushed - w.popped >= w.capacity);
        return NULL;
    }
    assert_int_equal(*run, n < left ? n : left);
    lies_well(to, w.pushed, per);
    assert_ptr_equal(pawl_spsc_ring_reserve(w.ring, &again, w.size), to);
    assert_int_equal(again, n + 1 < left ? n + 1 : left);
    memset(to, PATTERN, *run * w.size);
    return to;
}

/* Write up to n in place, all of the run, and commit the first `some` of it. */
static size_t place(size_t n, size_t some)
{
    size_t run;
    unsigned char *to = reserve(n, &run);

    if (to == NULL)
        return 0;
    some = some < run ? some : run;
    for (size_t e = 0; e < some; e++)
        for (size_t i = 0; i < w.size; i++)
            to[e * w.size + i] = byte_of(w.pushed + e, i);
    pawl_spsc_ring_commit(w.ring, some);
    w.pushed += some;
    hint_is_right();
    return some;
}

/* Where up to n are, whole and in order, which may be changed; NULL: empty. */
static unsigned char *peek(size_t n, size_t *run)
{
    size_t per = w.ring->pop_per, left = per - w.popped % per;
    size_t inside = w.pushed - w.popped;
    unsigned char *from;

    *run = n;
    from = pawl_spsc_ring_peek(w.ring, run, w.size);
    if (from == NULL) {
        assert_int_equal(*run, n);
        assert_int_equal(inside, 0);
        return NULL;
    }
    left = left < inside ? left : inside;
    assert_int_equal(*run, n < left ? n : left);
    lies_well(from, w.popped, per);
    for (size_t e = 0; e < *run; e++)
        for (size_t i = 0; i < w.size; i++)
            assert_int_equal(from[e * w.size + i], byte_of(w.popped + e, i));
    return from;
}

/* Look at up to n, and release the first `some` of the run; change them before. */
static size_t view(size_t n, size_t some)
{
    size_t run;
    unsigned char *from = peek(n, &run);

    if (from == NULL)
        return 0;
    assert_ptr_equal(peek(n, &run), from);
    some = some < run ? some : run;
    memset(from, PATTERN, some * w.size);
    pawl_spsc_ring_release(w.ring, some);
    w.popped += some;
    hint_is_right();
    return some;
}

static void runs_of(size_t n, size_t capacity, size_t size)
{
    watch(capacity, size);
    for (size_t phase = 0; phase < (size_t)w.ring->push_per * 2 + 3; phase++) {
        size_t run;

        assert_null(peek(n, &run));
        while (place(n, n) > 0)
            continue;
        assert_true(w.pushed - w.popped >= capacity);
        assert_int_equal(pop(1), 1);
        assert_int_equal(push(1), w.popped % w.ring->pop_per == 0);
        while (view(n, n) > 0)
            continue;
        assert_int_equal(place(1, 1), 1);       /* on to the next phase */
        assert_int_equal(view(1, 1), 1);
    }
    free(w.ring);
}

static void runs_are_written_and_read_in_place(void **state)
{
    (void)state;
    for (size_t size = 1; size < 130; size++)
        runs_of(size % 5 + 1, 8, size);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            runs_of(1, capacities[c], sizes[s]);
            runs_of(SIZE_MAX - 1, capacities[c], sizes[s]);
        }
}

static uint64_t dice = 1;

static size_t roll(size_t n)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(dice >> 33) % n;
}

/* One call, or two, of either kind; more often of the side whose turn it is. */
static void any_call(bool fills)
{
    bool pushes = (roll(8) > 0) == fills;
    size_t n = roll(20) + 1, run;

    switch (roll(4)) {
    case 0: pushes ? push(n) : pop(n); break;
    case 1: pushes ? push(1) : pop(1); break;
    case 2: pushes ? place(n, n) : view(n, n); break;
    default: pushes ? place(n + 3, roll(n + 1)) : view(n + 3, roll(n + 1)); break;
    }
    if (roll(3) == 0 && reserve(roll(9) + 1, &run) != NULL && roll(2) == 0)
        assert_int_equal(push(1), 1);           /* into that place */
    if (roll(3) == 0 && peek(roll(9) + 1, &run) != NULL && roll(2) == 0)
        assert_int_equal(pop(1), 1);
}

static void mix(size_t capacity, size_t size, uint64_t number)
{
    bool kept[2] = { false, false };

    watch(capacity, size);
    pawl_spsc_ring_init_at_(w.ring, number);
    for (unsigned turn = 0; turn < 150; turn++) {
        for (size_t calls = roll(20); calls > 0; calls--) {
            any_call(turn % 2 == 0);
            kept[w.ring->push_keeps] = true;
        }
        hint_is_right();
        while (turn % 8 == 7 && pop(1) == 1)
            continue;
    }
    assert_true(capacity < 64 || (kept[false] && kept[true]));
    while (view(3, 2) > 0)
        continue;
    assert_int_equal(w.pushed, w.popped);
    free(w.ring);
}

static void in_place_and_copied_go_together(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            mix(capacities[c], sizes[s], 0);
            mix(capacities[c], sizes[s], (UINT64_C(1) << 32) - 2);
            mix(capacities[c], sizes[s], (UINT64_C(1) << 63) - 2);
        }
}

static void what_is_not_committed_is_not_in(void **state)
{
    size_t run;
    (void)state;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        watch(8, sizes[s]);
        for (unsigned i = 0; i < 40; i++) {
            assert_non_null(reserve(4, &run));
            assert_int_equal(pop(1), 0);
            assert_null(peek(4, &run));
            pawl_spsc_ring_commit(w.ring, 0);
            assert_int_equal(pop(2), 0);
            assert_int_equal(place(1, 1), 1);
            assert_non_null(peek(4, &run));
            pawl_spsc_ring_release(w.ring, 0);
            assert_int_equal(pop(1), 1);
        }
        free(w.ring);
    }
}

static void peek_counts_what_has_come_since(void **state)
{
    uint64_t *from;
    size_t n = 4;
    (void)state;

    watch(8, sizeof *from);
    assert_int_equal(push(1), 1);
    from = pawl_spsc_ring_peek(w.ring, &n, sizeof *from);
    assert_int_equal(n, 1);
    *from = 7;                                  /* ours, as long as it is in */
    assert_int_equal(place(2, 2), 2);
    n = 4;
    assert_ptr_equal(pawl_spsc_ring_peek(w.ring, &n, sizeof *from), from);
    assert_int_equal(n, 3);
    assert_int_equal(*from, 7);
    pawl_spsc_ring_release(w.ring, 1);
    w.popped++;
    assert_int_equal(view(4, 4), 2);
    free(w.ring);
}

/* --- threads and processes ------------------------------------------------ */

enum { ITEMS = 100000 };

static void *produce(void *argument)
{
    pawl_spsc_ring *r = argument;

    for (uint64_t i = 0; i < ITEMS;) {
        size_t n = i % 23 + 1 < ITEMS - i ? i % 23 + 1 : ITEMS - i;
        uint64_t *to = pawl_spsc_ring_reserve(r, &n, sizeof *to);

        if (to == NULL) {
            sched_yield();
            continue;
        }
        for (size_t k = 0; k < n; k++)
            to[k] = i + k;
        pawl_spsc_ring_commit(r, n);
        i += n;
        if (i < ITEMS)
            i += pawl_spsc_ring_try_push(r, &(uint64_t){ i }, sizeof *to);
    }
    return NULL;
}

static bool consume(pawl_spsc_ring *r)
{
    uint64_t next = 0;

    while (next < ITEMS) {
        size_t n = next % 29 + 1;
        uint64_t *from = pawl_spsc_ring_peek(r, &n, sizeof *from), one;

        if (from == NULL) {
            sched_yield();
            continue;
        }
        for (size_t k = 0; k < n; k++)
            if (from[k] != next++)
                return false;
        pawl_spsc_ring_release(r, n);
        if (pawl_spsc_ring_try_pop(r, &one, sizeof one) && one != next++)
            return false;
    }
    return true;
}

static flag over;

/* Any thread may ask how many there are. */
static void *ask(void *argument)
{
    pawl_spsc_ring *r = argument;
    uint64_t most = (r->pop_end - sizeof *r) / r->pop_stride * r->pop_per;
    bool good = true;

    while (!get(&over))
        good &= pawl_spsc_ring_count_hint(r) <= most;
    return good ? r : NULL;
}

static void one_thread_to_another_and_a_third_counts(void **state)
{
    pawl_spsc_ring *r = make(64, sizeof(uint64_t));
    pthread_t producer = start(produce, r), asker = start(ask, r);
    bool good = consume(r);
    void *counted = NULL;
    (void)state;

    finish(producer);
    set(&over, 1);
    pthread_join(asker, &counted);
    assert_true(good);
    assert_ptr_equal(counted, r);
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

/* Between reserve and commit, and between peek and release: by another process, that
 * ends there by itself or by a signal. */
static int reserve_and_peek(void *r)
{
    size_t n = 4;
    uint64_t *to = pawl_spsc_ring_reserve(r, &n, sizeof *to);

    to[0] = 77;
    if (pawl_spsc_ring_peek(r, &n, sizeof *to) == NULL)
        return 1;
    kill(getpid(), SIGKILL);
    return 2;
}

static void another_takes_over_a_side(void **state)
{
    size_t bytes = pawl_spsc_ring_bytes(2, sizeof(uint64_t));
    pawl_spsc_ring *r = shared_block(bytes);
    uint64_t next = 0, in = 0, out = 0;
    (void)state;

    assert_int_equal(pawl_spsc_ring_init(r, bytes, 2, sizeof(uint64_t)), 0);
    while (next < 70) {
        assert_true(pawl_spsc_ring_try_push(r, &(uint64_t){ in++ }, sizeof out));
        assert_int_equal(in_child(reserve_and_peek, r), -1);
        assert_true(pawl_spsc_ring_try_push(r, &(uint64_t){ in++ }, sizeof out));
        for (; next < in; next++) {
            assert_true(pawl_spsc_ring_try_pop(r, &out, sizeof out));
            assert_int_equal(out, next);
        }
        assert_false(pawl_spsc_ring_try_pop(r, &out, sizeof out));
    }
    munmap(r, bytes);
}

#ifdef PAWL_DEBUG
static void *place_of;

static void reserve_other(void *r)
{
    place_of = pawl_spsc_ring_reserve(r, &(size_t){ 1 }, 4);
}

static void peek_other(void *r)
{
    place_of = pawl_spsc_ring_peek(r, &(size_t){ 1 }, 4);
}

static void commit_more(void *r)
{
    size_t n = 100;

    place_of = pawl_spsc_ring_reserve(r, &n, 8);
    pawl_spsc_ring_commit(r, n + 1);
}

static void release_more(void *r)
{
    size_t n = 100;

    place_of = pawl_spsc_ring_peek(r, &n, 8);
    pawl_spsc_ring_release(r, n + 1);
}

static void misuse_dies(void **state)
{
    pawl_spsc_ring *r = make(8, 8);
    (void)state;

    assert_true(pawl_spsc_ring_try_push(r, &r, sizeof r));
    assert_true(dies(reserve_other, r, "element size differs from init's"));
    assert_true(dies(peek_other, r, "element size differs from init's"));
    assert_true(dies(commit_more, r, "more than was reserved"));
    assert_true(dies(release_more, r, "more than was peeked at"));
    free(r);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_written_and_read_in_place),
        cmocka_unit_test(in_place_and_copied_go_together),
        cmocka_unit_test(what_is_not_committed_is_not_in),
        cmocka_unit_test(peek_counts_what_has_come_since),
        cmocka_unit_test(one_thread_to_another_and_a_third_counts),
        cmocka_unit_test(one_process_to_another),
        cmocka_unit_test(another_takes_over_a_side),
#ifdef PAWL_DEBUG
        cmocka_unit_test(misuse_dies),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("spsc_ring_place", tests, NULL, NULL);
}
