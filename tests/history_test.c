/* history_test.c - stress/history: the exact search, the fast checkers, the text.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Judges are held against each other on random small histories: the search against one
 * that tries every order; the fast checkers against the search, both ways.
 *
 * usage: history_test [SAMPLES [SEED]]        so many of each sort
 */
#include "history_test.h"

#include <history/stamp.h>

#include <inttypes.h>

enum { BRUTE_OPS = 6, SEARCH_OPS = 12 };    /* OPS_MAX where all is right */

static unsigned samples = 20000;        /* of each sort */

#define QUEUE(c)  { HISTORY_QUEUE, c, 0, false, false }
#define LANES(c)  { HISTORY_LANES, c, 0, false, false }
#define SEM(n)    { HISTORY_SEM, 0, n, false, false }
#define MUTEX     { HISTORY_MUTEX, 0, 0, false, false }

/* name, spec, closes, batches, pending, refuses, may_miss */
static const sort sorts[] = {
    { "queue", QUEUE(0), false, false, false, true, 0 },
    { "queue of 1", QUEUE(1), false, false, false, true, 3 },
    { "queue of 2", QUEUE(2), false, false, false, true, 2 },
    { "queue in batches", QUEUE(2), false, true, false, true, 8 },
    { "queue, closed", QUEUE(2), true, false, false, true, 2 },
    { "queue, killed", QUEUE(2), true, false, true, true, 3 },
    { "queue, floor", { HISTORY_QUEUE, 2, 0, false, true }, false, false, false, true,
      1 },
    { "queue, inexact", { HISTORY_QUEUE, 2, 0, true, false }, true, false, false, true,
      3 },
    { "lanes", LANES(0), false, false, false, true, 0 },
    { "lanes of 2", LANES(2), true, false, false, true, 3 },
    { "lanes, killed", LANES(2), true, true, true, true, 10 },
    { "sem, granting", SEM(2), false, false, false, false, 0 },
    { "sem", SEM(2), false, false, false, true, 2 },
    { "sem, closed", SEM(1), true, false, false, true, 3 },
    { "sem, killed", SEM(1), true, false, true, true, 4 },
    { "lock, taken", MUTEX, false, false, false, false, 0 },
    { "lock", MUTEX, false, false, false, true, 1 },
    { "lock, killed", MUTEX, false, false, true, true, 4 },
};
enum { SORTS = sizeof sorts / sizeof *sorts };

static char why[2 * WORD];

static bool exact(const sort *s, const sample *h)
{
    return history_search(&s->spec, h->ops, h->n, why, sizeof why);
}

static bool fast(const sort *s, const sample *h)
{
    return history_check(&s->spec, h->ops, h->n, why, sizeof why);
}

static void show(const sort *s, const sample *h, const char *what)
{
    fprintf(stderr, "%s: %s\n%s\n", s->name, what, why);
    history_write(stderr, &s->spec, h->ops, h->n);
}

/* --- judges against each other ---------------------------------------------------- */

/* The search against every order. */
static void test_search_against_brute(void **state)
{
    (void)state;
    for (unsigned k = 0; k < SORTS; k++) {
        unsigned accepted = 0, tries = samples / 5;

        for (unsigned i = 0; i < tries; i++) {
            sample h;
            bool right;

            make_right(&sorts[k], &h, BRUTE_OPS);
            if (i % 4 != 0)
                spoil(&sorts[k], &h);
            right = brute(&sorts[k], &h);
            if (right != exact(&sorts[k], &h))
                show(&sorts[k], &h, right ? "rejected, and is right" : "accepted");
            assert_true(right == exact(&sorts[k], &h));
            accepted += right;
        }
        printf("%-18s %u histories, %u of them right\n", sorts[k].name, tries,
               accepted);
        assert_true(accepted > tries / 4 && accepted < tries);
    }
}

/* What is right is accepted by both, however long. */
static void test_right_ones_are_accepted(void **state)
{
    (void)state;
    for (unsigned k = 0; k < SORTS; k++)
        for (unsigned i = 0; i < samples / 10; i++) {
            sample h;

            make_right(&sorts[k], &h, OPS_MAX);
            if (!exact(&sorts[k], &h) || !fast(&sorts[k], &h))
                show(&sorts[k], &h, "rejected, and is right");
            assert_true(exact(&sorts[k], &h));
            assert_true(fast(&sorts[k], &h));
        }
}

/* The fast checkers against the search, both ways. */
static void test_check_against_search(void **state)
{
    (void)state;
    for (unsigned k = 0; k < SORTS; k++) {
        unsigned wrong = 0, missed = 0;

        for (unsigned i = 0; i < samples; i++) {
            sample h;
            bool right, passed;

            make_right(&sorts[k], &h, 4 + i % (SEARCH_OPS - 3));
            spoil(&sorts[k], &h);
            right = exact(&sorts[k], &h);
            passed = fast(&sorts[k], &h);
            if (right && !passed)
                show(&sorts[k], &h, "rejected by the fast checker, and is right");
            assert_true(passed || !right);
            wrong += !right;
            missed += passed && !right;
            if (passed && !right && sorts[k].may_miss == 0)
                show(&sorts[k], &h, "missed");
        }
        printf("%-18s %u histories, %u wrong, %u (%.2f %%) missed\n", sorts[k].name,
               samples, wrong, missed, 100.0 * missed / wrong);
        assert_true(wrong > samples / 30);
        assert_true(missed <= sorts[k].may_miss / 100 * wrong);
    }
}

/* --- text ----------------------------------------------------------------------- */

/* What is written is what is read. */
static void test_text(void **state)
{
    (void)state;
    for (unsigned k = 0; k < SORTS; k++)
        for (unsigned i = 0; i < 100; i++) {
            FILE *file = tmpfile();
            history_op *ops;
            history_spec spec;
            sample h;
            size_t n;

            make_right(&sorts[k], &h, OPS_MAX);
            assert_non_null(file);
            history_write(file, &sorts[k].spec, h.ops, h.n);
            rewind(file);
            assert_int_equal(history_read(file, &spec, &ops, &n), 0);
            assert_int_equal(n, h.n);
            assert_true(spec.kind == sorts[k].spec.kind
                        && spec.capacity == sorts[k].spec.capacity
                        && spec.permits == sorts[k].spec.permits
                        && spec.inexact == sorts[k].spec.inexact
                        && spec.floor == sorts[k].spec.floor);
            for (size_t j = 0; j < n; j++)
                assert_true(ops[j].called == h.ops[j].called
                            && ops[j].returned == h.ops[j].returned
                            && ops[j].value == h.ops[j].value
                            && ops[j].who == h.ops[j].who
                            && ops[j].what == h.ops[j].what
                            && ops[j].how == h.ops[j].how);
            free(ops);
            fclose(file);
        }
}

/* What does not fit into `why` is cut off; what is too long is not searched. */
static void test_limits(void **state)
{
    const history_spec spec = MUTEX;
    history_op ops[65];
    char little[10] = "untouched";

    (void)state;
    for (unsigned i = 0; i < 65; i++)
        ops[i] = (history_op){ i, i, 0, 0, HISTORY_LOCK, HISTORY_NOT_NOW };
    assert_false(history_search(&spec, ops, 65, why, sizeof why));
    assert_non_null(strstr(why, "too many"));
    assert_false(history_search(&spec, ops, 64, little, sizeof little));
    assert_string_equal(little, "no order ");
    assert_false(history_check(&spec, ops, 65, little, sizeof little));
    assert_string_equal(little, "refused, ");
    assert_false(history_check(&spec, ops, 1, NULL, 0));
    assert_true(history_check(&spec, ops, 0, NULL, 0));
    assert_true(history_search(&spec, ops, 0, NULL, 0));
}

/* Six pushes at once, and a pop of what nobody pushed: all orders of them are tried. */
static void test_patience(void **state)
{
    const history_spec spec = { .kind = HISTORY_QUEUE };
    history_op ops[7];
    uint64_t few = 1000, many = 1000000;

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        ops[i] = (history_op){ 0, 9, i + 1, i, HISTORY_PUSH, HISTORY_DONE };
    ops[6] = (history_op){ 0, 9, 7, 6, HISTORY_POP, HISTORY_DONE };
    assert_true(history_search_within(&spec, ops, 7, &few, why, sizeof why));
    assert_int_equal(few, 0);
    assert_false(history_search_within(&spec, ops, 7, &many, why, sizeof why));
    assert_true(many > 0 && many < 1000000 - 1000);
    ops[6].value = 3;
    assert_true(history_search_within(&spec, ops, 7, &many, why, sizeof why));
    assert_true(many > 0);
}

/* --- stamps ---------------------------------------------------------------------- */

enum { TURNS = 20000 };
static _Atomic unsigned turn;
static uint64_t stamps[2 * TURNS];

static void *take_turns(void *arg)
{
    unsigned us = *(unsigned *)arg;

    for (unsigned i = us; i < 2 * TURNS; i += 2) {
        while (atomic_load_explicit(&turn, memory_order_acquire) != i)
            sched_yield();
        stamps[i] = i % 4 < 2 ? history_call_stamp() : history_return_stamp();
        atomic_store_explicit(&turn, i + 1, memory_order_release);
    }
    return NULL;
}

/* Who comes later has the later stamp, on whatever processor. */
static void test_stamps(void **state)
{
    pthread_t threads[2];
    unsigned ids[2] = { 0, 1 };

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, &ids[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 1; i < 2 * TURNS; i++)
        assert_true(stamps[i] >= stamps[i - 1]);
    assert_true(stamps[2 * TURNS - 1] > stamps[0]);
}

/* From 1 on. */
static bool read_number(const char *text, uint64_t *n)
{
    char *end;

    *n = strtoull(text, &end, 0);
    return *n > 0 && *n < UINT32_MAX && *end == '\0' && *text != '-';
}

int main(int argc, char **argv)
{
    uint64_t given = samples;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_against_brute),
        cmocka_unit_test(test_right_ones_are_accepted),
        cmocka_unit_test(test_check_against_search),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_stamps),
    };

    if (argc > 3 || (argc > 1 && !read_number(argv[1], &given))
        || (argc > 2 && !read_number(argv[2], &dice))) {
        fprintf(stderr, "usage: %s [SAMPLES [SEED]]\n", argv[0]);
        return 2;
    }
    samples = (unsigned)given;
    printf("%u samples of each sort, seed %" PRIu64 "\n", samples, dice);
    alarm(WATCHDOG * (1 + samples / 10000));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
