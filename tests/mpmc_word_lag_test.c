/* mpmc_word_lag_test.c - mpmc_word.h, where words and hints do not fit together.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "word.h"

/* Where both hints say `start`, and `through` have passed since, with `inside` left. */
static void lag(size_t capacity, uint64_t start, uint64_t through, size_t inside)
{
    pawl_mpmc_word *q = make(capacity);
    uint64_t tail = start + through + inside, head = start + through;
    uint32_t got;

    pawl_mpmc_word_init_at_(q, start);
    for (uint64_t i = 0; i < through; i++)
        assert_true(pawl_mpmc_word_try_push(q, 1) && pawl_mpmc_word_try_pop(q, &got));
    for (size_t i = 0; i < inside; i++)
        assert_true(pawl_mpmc_word_try_push(q, (uint32_t)i));
    set_hints(q, start, start);
    if (inside == capacity) {           /* who finds it full tells what it has found */
        assert_false(pawl_mpmc_word_try_push(q, 7));
        assert_true(hints_are(q, tail, start));
        set_hints(q, start, start);
    }
    if (inside > 0) {                   /* and so does who succeeds */
        assert_true(pawl_mpmc_word_try_pop(q, &got));
        assert_int_equal(got, 0);
        assert_true(hints_are(q, start, head + 1));
        assert_true(pawl_mpmc_word_try_push(q, 7));
        assert_true(hints_are(q, tail + 1, head + 1));
    } else {
        assert_false(pawl_mpmc_word_try_pop(q, &got));
        assert_true(hints_are(q, start, head));
        assert_true(pawl_mpmc_word_try_push(q, 7));
        assert_true(hints_are(q, tail + 1, head));
    }
    for (size_t i = inside > 0 ? 1 : 0; i < inside; i++)
        assert_true(pawl_mpmc_word_try_pop(q, &got) && got == i);
    assert_true(pawl_mpmc_word_try_pop(q, &got) && got == 7);
    assert_false(pawl_mpmc_word_try_pop(q, &got));
    free(q);
}

static void a_hint_may_lag_by_any_number_of_laps(void **state)
{
    static const uint64_t starts[] = { 0, 3, UINT64_MAX - 5 };
    (void)state;

    for (size_t c = 0; c < CAPACITIES - 1; c++)
        for (size_t s = 0; s < sizeof starts / sizeof *starts; s++)
            for (uint64_t through = 0; through < 4 * capacities[c] + 3; through++)
                for (size_t inside = 0; inside <= capacities[c]; inside++)
                    lag(capacities[c], starts[s], through, inside);
}

/* As many laps as a word can tell (I4), and in one step. */
static void a_hint_may_lag_by_almost_all_laps(void **state)
{
    const uint64_t laps = (UINT64_C(1) << 31) - 2;
    (void)state;

    for (size_t c = 0; c < CAPACITIES; c++)
        for (uint64_t start = 0; start < 2 * capacities[c]; start++) {
            uint64_t now = start + laps * capacities[c] - 1;
            pawl_mpmc_word *q = make(capacities[c]);
            uint32_t got = 0;

            pawl_mpmc_word_init_at_(q, now);
            set_hints(q, start, start);
            assert_false(pawl_mpmc_word_try_pop(q, &got));
            assert_true(hints_are(q, start, now));
            assert_true(pawl_mpmc_word_try_push(q, 5));
            assert_true(hints_are(q, now + 1, now));
            set_hints(q, start, start);
            assert_int_equal(pawl_mpmc_word_try_push(q, 6), capacities[c] > 1);
            assert_true(pawl_mpmc_word_try_pop(q, &got));
            assert_int_equal(got, 5);
            free(q);
        }
}

/* --- the search ----------------------------------------------------------- */

/* A queue as after `start` pushes and pops and `lag` pushes more, and pops if `popped`,
 * that no hint knows of; but `hidden`'s slot says that there was none. */
static pawl_mpmc_word *behind(size_t capacity, uint64_t start, size_t lag, bool popped,
                              size_t hidden)
{
    pawl_mpmc_word *q = make(capacity);
    uint32_t got;

    pawl_mpmc_word_init_at_(q, start);
    for (size_t i = 0; i < lag; i++)
        assert_true(pawl_mpmc_word_try_push(q, 1));
    for (size_t i = 0; popped && i < lag; i++)
        assert_true(pawl_mpmc_word_try_pop(q, &got));
    set_hints(q, start, start);
    if (hidden < lag)
        set_slot(q, start + hidden, pawl_mpmc_word_empty_(q, start + hidden)
                                        | (popped ? PAWL_MPMC_WORD_FULL_ : 0));
    return q;
}

/* Does a push (pop) come out at its place, whatever the hidden one says? */
static bool finds(size_t capacity, uint64_t start, size_t lag, bool popped,
                  size_t hidden)
{
    pawl_mpmc_word *q = behind(capacity, start, lag, popped, hidden);
    uint32_t got;
    bool found;

    if (popped)
        found = !pawl_mpmc_word_try_pop(q, &got) && hints_are(q, start, start + lag);
    else
        found = pawl_mpmc_word_try_push(q, 5) && hints_are(q, start + lag + 1, start);
    free(q);
    return found;
}

/* So what changes the outcome was looked at: the first try, and a search after it. */
static void a_lagging_hint_costs_few_looks(void **state)
{
    static const uint64_t starts[] = { 0, 200, UINT64_MAX - 100 };
    enum { LOG = 8, MANY = 1 << LOG };
    (void)state;

    for (unsigned k = 0; k < 2 * sizeof starts / sizeof *starts; k++)
        for (size_t lag = 1; lag < MANY; lag = lag < MANY / 2 ? lag * 2 : lag + 31) {
            size_t looks = 0;

            assert_true(finds(MANY, starts[k / 2], lag, k % 2, lag));
            for (size_t hidden = 0; hidden < lag; hidden++)
                looks += !finds(MANY, starts[k / 2], lag, k % 2, hidden);
            assert_true(looks <= 1 + 2 * LOG + 2);
        }
}

/* Where hints say `start`, and there our first try was told of `told` laps more: by
 * now, `passed` have gone through. */
static void meanwhile(size_t capacity, uint64_t start, uint64_t told, uint64_t passed)
{
    pawl_mpmc_word *q = make(capacity);
    uint64_t now = start + passed;
    uint32_t got = 0;

    pawl_mpmc_word_init_at_(q, now);
    set_hints(q, start, start);
    assert_true(pawl_mpmc_word_put_(q, 5, start, told * PAWL_MPMC_WORD_LAP_));
    assert_true(hints_are(q, now + 1, start));
    assert_true(pawl_mpmc_word_take_(q, &got, start, told * PAWL_MPMC_WORD_LAP_));
    assert_true(hints_are(q, now + 1, now + 1));
    assert_int_equal(got, 5);
    free(q);
}

static void others_may_go_on_before_the_search(void **state)
{
    const uint64_t laps = (UINT64_C(1) << 31) - 3;
    (void)state;

    for (size_t c = 0; c < CAPACITIES; c++) {
        for (uint64_t passed = 1; passed <= 6 * capacities[c]; passed++)
            meanwhile(capacities[c], UINT64_MAX - 150, 0, passed);
        meanwhile(capacities[c], 3, laps / 2, laps * capacities[c]);
    }
}

/* The other hint is not known to be wrong: a count is what they say, and no more. */
static void the_count_is_0_to_capacity(void **state)
{
    pawl_mpmc_word *q = make(4);
    (void)state;

    set_hints(q, 0, 5);
    assert_int_equal(pawl_mpmc_word_count_hint(q), 0);
    set_hints(q, 8, 5);
    assert_int_equal(pawl_mpmc_word_count_hint(q), 3);
    set_hints(q, 100, 5);
    assert_int_equal(pawl_mpmc_word_count_hint(q), 4);
    set_hints(q, 2, UINT64_MAX);
    assert_int_equal(pawl_mpmc_word_count_hint(q), 3);
    free(q);
}

/* A hint that is newer than what the slots tell saves the walk. */
static void a_newer_hint_is_taken(void **state)
{
    pawl_mpmc_word *q = make(64);
    uint32_t got = 0;
    (void)state;

    for (uint32_t i = 0; i < 10; i++)
        assert_true(pawl_mpmc_word_try_push(q, i));
    /* as if it had been loaded before: */
    assert_true(pawl_mpmc_word_put_(q, 10, 2, UINT64_C(0)));
    assert_true(hints_are(q, 11, 0));
    for (uint32_t i = 0; i < 5; i++)
        assert_true(pawl_mpmc_word_try_pop(q, &got));
    assert_true(pawl_mpmc_word_take_(q, &got, 1, UINT64_C(0)));
    assert_int_equal(got, 5);
    assert_true(hints_are(q, 11, 6));
    /* FULL when it was looked at, and then taken by another: */
    assert_true(pawl_mpmc_word_take_(q, &got, 6, UINT64_MAX));
    assert_int_equal(got, 6);
    assert_true(pawl_mpmc_word_take_(q, &got, 3, UINT64_MAX));
    assert_int_equal(got, 7);
    free(q);
}

/* Where they begin and go on: seen where hints are as they may never be. */
static void pushes_go_by_the_tail_and_pops_by_the_head(void **state)
{
    pawl_mpmc_word *q = make(64);
    uint32_t got = 0;
    (void)state;

    set_hints(q, 10, 7);
    assert_true(pawl_mpmc_word_try_push(q, 3));
    assert_true(hints_are(q, 11, 7));
    set_hints(q, 20, 10);
    assert_true(pawl_mpmc_word_try_pop(q, &got));
    assert_int_equal(got, 3);
    assert_true(hints_are(q, 20, 11));
    assert_true(pawl_mpmc_word_put_(q, 4, 0, UINT64_C(0)));
    assert_true(hints_are(q, 21, 11));
    set_hints(q, 21, 20);
    assert_true(pawl_mpmc_word_take_(q, &got, 0, UINT64_C(0)));
    assert_int_equal(got, 4);
    assert_true(hints_are(q, 21, 21));
    free(q);
}

/* --- memory that was overwritten ------------------------------------------ */

/* Whatever lies in the slots and hints, no call goes on for ever. */
static void overwritten_memory_ends_each_call(void **state)
{
    uint64_t random = 1;
    (void)state;

    for (size_t c = 0; c < CAPACITIES - 1; c++) {
        pawl_mpmc_word *q = make(capacities[c]);
        uint32_t got;

        for (unsigned i = 0; i < 3000; i++) {
            for (size_t s = 0; s < capacities[c]; s++) {
                random = random * UINT64_C(6364136223846793005) + 1;
                set_slot(q, s, random << random % 3 * 15);
            }
            if (i % 4 == 0)
                set_hints(q, random * 3, random * 5);
            for (unsigned k = 0; k < 3; k++) {
                (void)!pawl_mpmc_word_try_push(q, 1);
                (void)!pawl_mpmc_word_try_pop(q, &got);
            }
        }
        free(q);
    }
}

/* Laps that seem later and later, round and round. */
static void words_that_go_in_a_circle_end_each_call(void **state)
{
    pawl_mpmc_word *q = make(4);
    uint32_t got = 9;
    (void)state;

    for (uint64_t s = 0; s < 4; s++)
        set_slot(q, s, (s + 1) << 62);
    assert_false(pawl_mpmc_word_try_pop(q, &got));
    set_hints(q, 0, 0);
    assert_false(pawl_mpmc_word_try_push(q, 1));
    assert_int_equal(got, 9);
    pawl_mpmc_word_init_at_(q, 0);
    set_slot(q, 0, 5);                  /* no word: empty, and yet an item */
    assert_false(pawl_mpmc_word_try_push(q, 1));
    assert_false(pawl_mpmc_word_try_pop(q, &got));
    free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hint_may_lag_by_any_number_of_laps),
        cmocka_unit_test(a_hint_may_lag_by_almost_all_laps),
        cmocka_unit_test(a_lagging_hint_costs_few_looks),
        cmocka_unit_test(others_may_go_on_before_the_search),
        cmocka_unit_test(the_count_is_0_to_capacity),
        cmocka_unit_test(a_newer_hint_is_taken),
        cmocka_unit_test(pushes_go_by_the_tail_and_pops_by_the_head),
        cmocka_unit_test(overwritten_memory_ends_each_call),
        cmocka_unit_test(words_that_go_in_a_circle_end_each_call),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_word_lag", tests, NULL, NULL);
}
