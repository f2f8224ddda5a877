/* mpmc_word_test.c - what mpmc_word.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "capacity.h"
#include "word.h"

static_assert(sizeof(pawl_mpmc_word) == 3 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_mpmc_word, tail) == PAWL_LINE, "layout");
static_assert(offsetof(pawl_mpmc_word, head) == 2 * PAWL_LINE, "layout");

/* The i-th item of a test: now and then the lowest or the highest. */
static uint32_t item(uint64_t i)
{
    return i % 5 == 0 ? 0 : i % 5 == 1 ? UINT32_MAX : (uint32_t)i * 2654435761u;
}

/* --- a queue that is watched ---------------------------------------------- */

typedef struct watched {
    pawl_mpmc_word *queue;
    size_t capacity;
    uint64_t start, pushed, popped;
} watched;

static watched watch(size_t capacity, uint64_t start)
{
    watched w = { make(capacity), capacity, start, 0, 0 };

    if (start != 0)
        pawl_mpmc_word_init_at_(w.queue, start);
    return w;
}

/* Goes in if there is room, and is counted. */
static void push(watched *w)
{
    bool room = w->pushed - w->popped < w->capacity;

    assert_int_equal(pawl_mpmc_word_try_push(w->queue, item(w->pushed)), room);
    w->pushed += room;
    assert_int_equal(pawl_mpmc_word_count_hint(w->queue), w->pushed - w->popped);
    assert_true(hints_are(w->queue, w->start + w->pushed, w->start + w->popped));
}

/* Comes out if there is one, the oldest; else nothing is written. */
static void pop(watched *w)
{
    bool some = w->popped < w->pushed;
    uint32_t got = 1234567;

    assert_int_equal(pawl_mpmc_word_try_pop(w->queue, &got), some);
    assert_int_equal(got, some ? item(w->popped) : 1234567);
    w->popped += some;
    assert_int_equal(pawl_mpmc_word_count_hint(w->queue), w->pushed - w->popped);
    assert_true(hints_are(w->queue, w->start + w->pushed, w->start + w->popped));
}

/* Full, empty, and all between. */
static void exercise(watched *w, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        for (size_t n = i % (w->capacity + 2); n > 0; n--)
            push(w);
        for (size_t n = i / 3 % (w->capacity + 2); n > 0; n--)
            pop(w);
    }
    while (w->popped < w->pushed)
        pop(w);
    pop(w);
    free(w->queue);
}

static void it_is_first_in_first_out_and_exact(void **state)
{
    (void)state;
    for (size_t c = 0; c < CAPACITIES; c++) {
        watched w = watch(capacities[c], 0);

        exercise(&w, 300);
    }
}

static void laps_and_positions_may_wrap(void **state)
{
    (void)state;
    for (size_t c = 0; c < CAPACITIES; c++)
        for (uint64_t before = 0; before <= 3 * capacities[c]; before++) {
            const uint64_t wraps[] = { 0, (UINT64_C(1) << 31) * capacities[c],
                                       (UINT64_C(1) << 30) * capacities[c],
                                       UINT64_C(1) << 63, UINT64_C(1) << 32 };

            for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
                watched w = watch(capacities[c], wraps[i] - before);

                exercise(&w, 40);
            }
        }
}

/* --- bad input ------------------------------------------------------------ */

static int init(void *memory, size_t bytes, size_t capacity)
{
    return pawl_mpmc_word_init(memory, bytes, capacity);
}

static const sized words = { pawl_mpmc_word_bytes, init, PAWL_MPMC_WORD_MAX, 8 };

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    (void)state;
    refuses_bad_input_and_leaves_memory_alone(&words);
}

static void bytes_are_0_where_init_would_refuse(void **state)
{
    (void)state;
    says_0_bytes_where_init_would_refuse(&words);
}

/* --- several at once ------------------------------------------------------ */

static void two_mappings_of_one_block_are_one_queue(void **state)
{
    size_t bytes = pawl_mpmc_word_bytes(4);
    int fd = memfd_create("queue", 0);
    pawl_mpmc_word *here, *there;
    uint32_t got = 0;
    (void)state;

    assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
    here = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    there = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(here != MAP_FAILED && there != MAP_FAILED && here != there);
    assert_int_equal(pawl_mpmc_word_init(here, bytes, 4), 0);
    for (uint32_t i = 0; i < 20; i++) {
        assert_true(pawl_mpmc_word_try_push(i % 2 == 0 ? here : there, i));
        assert_int_equal(pawl_mpmc_word_count_hint(there), 1);
        assert_true(pawl_mpmc_word_try_pop(i % 2 == 0 ? there : here, &got));
        assert_int_equal(got, i);
    }
    munmap(here, bytes);
    munmap(there, bytes);
    close(fd);
}

static bool child_goes_on(void *argument)
{
    pawl_mpmc_word *q = argument;
    uint32_t got;

    return pawl_mpmc_word_try_pop(q, &got) && got == 3
        && !pawl_mpmc_word_try_pop(q, &got) && pawl_mpmc_word_try_push(q, 4);
}

static void a_forked_child_goes_on_with_its_copy_or_shares(void **state)
{
    pawl_mpmc_word *q = make(4), *shared;
    size_t bytes = pawl_mpmc_word_bytes(4);
    uint32_t got = 0;
    (void)state;

    assert_true(pawl_mpmc_word_try_push(q, 3));
    in_a_fork(child_goes_on, q);
    assert_true(pawl_mpmc_word_try_pop(q, &got) && got == 3);
    free(q);
    shared = shared_block(bytes);
    assert_int_equal(pawl_mpmc_word_init(shared, bytes, 4), 0);
    assert_true(pawl_mpmc_word_try_push(shared, 3));
    in_a_fork(child_goes_on, shared);
    assert_true(pawl_mpmc_word_try_pop(shared, &got) && got == 4);
    munmap(shared, bytes);
}

enum { ITEMS = 20000, CAPACITY = 8 };

static uint32_t cells[2 * ITEMS];       /* plain memory: the items are indices */

typedef struct side {
    pawl_mpmc_word *queue;
    uint32_t first;
    uint64_t sum;
} side;

static void *produce(void *argument)
{
    side *s = argument;

    for (uint32_t i = s->first; i < s->first + ITEMS; i++) {
        cells[i] = i;
        while (!pawl_mpmc_word_try_push(s->queue, i))
            sched_yield();
    }
    return NULL;
}

static void *consume(void *argument)
{
    side *s = argument;
    uint32_t got;

    for (unsigned n = 0; n < ITEMS; n++) {
        while (!pawl_mpmc_word_try_pop(s->queue, &got))
            sched_yield();
        s->sum += cells[got];
    }
    return NULL;
}

static void two_to_two(void **state)
{
    pawl_mpmc_word *q = make(CAPACITY);
    side sides[4] = { { q, 0, 0 }, { q, ITEMS, 0 }, { q, 0, 0 }, { q, 0, 0 } };
    pthread_t threads[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? produce : consume, &sides[i]);
    for (unsigned i = 0; i < 4; i++)
        finish(threads[i]);
    assert_true(sides[2].sum + sides[3].sum == (uint64_t)ITEMS * (2 * ITEMS - 1));
    free(q);
}

/* What was done before the pop that made room is visible to who has pushed into it. */
static unsigned seen[ITEMS];            /* plain: the room hands it over */

static void *note_and_pop(void *argument)
{
    uint32_t got;

    for (unsigned i = 0; i < ITEMS / 8; i++) {
        seen[i] = i + 1;
        while (!pawl_mpmc_word_try_pop(argument, &got))
            sched_yield();
    }
    return NULL;
}

static void room_hands_over_what_was_before_the_pop(void **state)
{
    pawl_mpmc_word *q = make(1);
    pthread_t consumer = start(note_and_pop, q);
    unsigned unseen = 0;
    (void)state;

    for (unsigned i = 0; i < ITEMS / 8; i++) {
        while (!pawl_mpmc_word_try_push(q, 1))
            sched_yield();
        if (i > 0)                      /* the pop before made room for this one */
            unseen += seen[i - 1] != i;
    }
    finish(consumer);
    assert_int_equal(unseen, 0);
    free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_first_in_first_out_and_exact),
        cmocka_unit_test(laps_and_positions_may_wrap),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
        cmocka_unit_test(bytes_are_0_where_init_would_refuse),
        cmocka_unit_test(two_mappings_of_one_block_are_one_queue),
        cmocka_unit_test(a_forked_child_goes_on_with_its_copy_or_shares),
        cmocka_unit_test(two_to_two),
        cmocka_unit_test(room_hands_over_what_was_before_the_pop),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_word", tests, NULL, NULL);
}
