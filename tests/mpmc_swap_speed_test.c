/* mpmc_swap_speed_test.c - what mpmc_swap.h says under Speed, and that it is no more.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "swap.h"

static uint64_t guesses(const pawl_mpmc_swap_side_ *side)
{
    return side->end - side->at;
}

/* One pushes and one pops: all but the first of a lap is guessed. */
static void two_that_are_alone_guess(void **state)
{
    pawl_mpmc_swap *q = make(64, 3, 1, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q), *rival = enter(q);
    unsigned guessed = 0;
    (void)state;

    for (uint64_t i = 0; i < 1000; i++) {
        guessed += guesses(&in->push) > 0;
        assert_int_equal(push(in, i), 0);
        guessed += guesses(&out->pop) > 0;
        assert_true(pop(out) == i);
    }
    assert_in_range(guessed, 1800, 2000);
    /* A rival comes between: what was expected is not there, and no harm done. */
    assert_true(guesses(&in->push) > 0 && guesses(&out->pop) > 0);
    assert_int_equal(push(rival, 1), 0);
    assert_int_equal(push(in, 2), 0);
    assert_int_equal(guesses(&in->push), 0);
    assert_true(pop(rival) == 1);
    assert_true(pop(out) == 2);
    assert_int_equal(guesses(&out->pop), 0);
    assert_true(pop(out) == EMPTY);
    assert_true(conserved(q));
    free(q);
}

/* A guess is of this lap, and of a cell that there is: never two laps' end. */
static void no_guess_leaves_its_lap(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 16; capacity *= 2)
        for (size_t spares = 1; spares <= 3; spares++) {
            pawl_mpmc_swap *q = make(capacity, 2, spares, 8);
            pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
            uint64_t cells = capacity + 2 * spares;

            for (uint64_t i = 0; i < 20 * capacity; i++) {
                const pawl_mpmc_swap_side_ *sides[] = { &in->push, &out->pop };

                assert_int_equal(push(in, i), 0);
                assert_true(pop(out) == i);
                for (unsigned k = 0; k < 2; k++) {
                    const pawl_mpmc_swap_side_ *s = sides[k];

                    assert_true(s->end == s->at
                                || (s->end - 1) / capacity == s->at / capacity);
                    for (uint64_t p = s->at; p < s->end; p++)
                        assert_true(pawl_mpmc_swap_expected_(s, p) < cells);
                }
            }
            assert_true(conserved(q));
            free(q);
        }
}

/* --- keeping back --------------------------------------------------------- */

static void a_lead_is_an_eighth_of_the_capacity_up_to_512(void **state)
{
    static const struct { size_t capacity; uint32_t often; } all[] = {
        { 1, 0 }, { 64, 0 }, { 128, 8 }, { 1024, 64 }, { 4096, 256 }, { 8192, 256 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        pawl_mpmc_swap *q = make(all[i].capacity, 1, 1, 8);

        assert_int_equal(enter(q)->often, all[i].often);
        free(q);
    }
}

/* Every so often it is seen how it went since then.  Here nobody pushes meanwhile: a
 * pop does not wait for that. */
static void pops_keep_back_and_go_on(void **state)
{
    pawl_mpmc_swap *q = make(128, 2, 1, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
    (void)state;

    for (uint64_t i = 0; i < 1000; i++) {
        for (uint64_t k = 0; k < i % 3; k++)
            assert_true(pop(out) == EMPTY);
        assert_int_equal(push(in, i), 0);
        assert_true(pop(out) == i);
        if ((i + 1) % 8 == 0)
            assert_int_equal(out->turned_away, 0);
    }
    for (uint64_t i = 0; i < 1000; i++) {       /* one that pushes too: no lead */
        assert_int_equal(push(out, i), 0);
        assert_true(pop(out) == i);
        if ((i + 1) % 8 == 0)
            assert_true(out->pushed == (uint32_t)out->push.at);
    }
    free(q);
}

/* --- two threads ---------------------------------------------------------- */

enum { ITEMS = 100000 };

static void *push_all(void *port)
{
    for (uint64_t i = 0; i < ITEMS;)
        if (push(port, i) == 0)
            i++;
        else
            sched_yield();
    return NULL;
}

static void all_comes_in_order_at_any_lead(void **state)
{
    (void)state;
    for (size_t capacity = 64; capacity <= 8192; capacity *= 2) {
        pawl_mpmc_swap *q = make(capacity, 2, 1, 8);
        pawl_mpmc_swap_port *out = enter(q);
        pthread_t thread = start(push_all, enter(q));

        for (uint64_t i = 0; i < ITEMS;) {
            uint64_t item = pop(out);

            if (item == EMPTY)
                sched_yield();
            else
                assert_true(item == i++);
        }
        finish(thread);
        assert_true(conserved(q));
        free(q);
    }
}

/* --- batches: the circle of a port's cells -------------------------------- */

/* Wherever it begins, and however many are pushed and popped. */
static void a_batch_goes_round_the_cells(void **state)
{
    enum { MOST = 64 };
    (void)state;

    for (size_t k = 1; k <= MOST; k += k < 8 ? 1 : 8)
        for (size_t pushed = 0; pushed < 2 * k; pushed++)
            for (size_t n = 0; n <= k; n += n < 3 || n + 3 > k ? 1 : 7) {
                pawl_mpmc_swap *q = make(2 * MOST, 1, k, 8);
                pawl_mpmc_swap_port *port = enter(q);
                void *cells[MOST];
                size_t popped;

                for (uint64_t i = 0; i < pushed; i++)
                    assert_int_equal(push(port, i), 0);
                popped = pawl_mpmc_swap_try_pop_n(port, cells, n);
                assert_int_equal(popped, n < pushed ? n : pushed);
                for (size_t i = 0; i < popped; i++) {
                    assert_true(*(uint64_t *)cells[i] == i);
                    assert_ptr_equal(cells[i], pawl_mpmc_swap_cell(port, k - n + i));
                }
                assert_true(conserved(q));
                free(q);
            }
}

/* --- a batch that is passed on -------------------------------------------- */

static void a_batch_is_passed_on_in_its_order(void **state)
{
    enum { K = 5 };
    (void)state;

    for (size_t n = 0; n <= K; n++)
        for (size_t first = 0; first <= n; first++) {
            pawl_mpmc_swap *q = make(16, 3, K, 8);
            pawl_mpmc_swap_port *in = enter(q), *between = enter(q), *out = enter(q);
            void *cells[K];

            for (uint64_t i = 0; i < first; i++)
                assert_int_equal(push(in, i), 0);
            assert_int_equal(pawl_mpmc_swap_try_pop_n(between, cells, n), first);
            for (size_t i = 0; i < first; i++)
                assert_ptr_equal(cells[i], pawl_mpmc_swap_cell(between, K - n + i));
            if (n == K) {
                assert_int_equal(pawl_mpmc_swap_try_push_n(between, first), first);
                for (uint64_t i = 0; i < first; i++)
                    assert_true(pop(out) == i);
            }
            assert_true(pop(out) == EMPTY);
            free(q);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_that_are_alone_guess),
        cmocka_unit_test(no_guess_leaves_its_lap),
        cmocka_unit_test(a_lead_is_an_eighth_of_the_capacity_up_to_512),
        cmocka_unit_test(pops_keep_back_and_go_on),
        cmocka_unit_test(all_comes_in_order_at_any_lead),
        cmocka_unit_test(a_batch_goes_round_the_cells),
        cmocka_unit_test(a_batch_is_passed_on_in_its_order),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_swap_speed", tests, NULL, NULL);
}
