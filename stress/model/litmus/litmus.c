/* litmus.c - small programs, with each combination of orders: what is allowed is found,
 * and nothing else.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A program is a text: Wx1 stores 1 to x, Rx loads it, Ux1 adds 1 to it, Cx is a
 * compare-exchange that fails; | begins the next thread.  What it comes to are the
 * values that were read, as they stand in the text, and what is left in x and y, where
 * that is asked.  Each step is tried with each order that it can have.
 *
 * Expected are all results of interleavings, which a few lines here go through by
 * themselves; and those that are listed, if the orders allow it.  All runs of the model
 * are gone through, and the two sets have to be the same.
 *
 * Sources: the names are those of L. Maranget, S. Sarkar and P. Sewell, "A Tutorial
 * Introduction to the ARM and POWER Relaxed Memory Models", 2012; what is allowed
 * follows from C11's 5.1.2.4 and 7.17.3 as read by [B] M. Batty et al., "Mathematizing
 * C++ Concurrency", POPL 2011, and [R] O. Lahav et al., "Repairing Sequential
 * Consistency in C/C++11" (RC11), PLDI 2017; release sequences: [C] C++20's
 * [intro.races].
 */
#include <model/model.h>

#include <stdlib.h>
#include <string.h>

enum { STEPS = 8, ORDERS = 5, RESULTS = 100000, WORDS = 2 };

typedef struct step {
    char what, word;                    /* W R U C; x y */
    uint32_t value;
    unsigned thread;
    memory_order order;
} step;

typedef struct program {
    step steps[STEPS];
    unsigned n, threads;
} program;

static program at_hand;
static bool asks_end;                   /* x and y are asked for, too */
static PAWL_ATOMIC(uint32_t) words[WORDS];
static uint32_t got[STEPS];             /* by each step */
static bool found[RESULTS];

/* --- what orders allow ------------------------------------------------------------ */

static bool releases(unsigned i)
{
    memory_order o = at_hand.steps[i].order;

    return o == memory_order_release || o == memory_order_acq_rel
        || o == memory_order_seq_cst;
}

static bool acquires(unsigned i)
{
    memory_order o = at_hand.steps[i].order;

    return o == memory_order_acquire || o == memory_order_acq_rel
        || o == memory_order_seq_cst;
}

static bool synchronizes(unsigned from, unsigned to)
{
    return releases(from) && acquires(to);
}

/* All of these steps are seq_cst, which are the bits of the set. */
static bool all_seq_cst(unsigned set)
{
    for (unsigned i = 0; i < at_hand.n; i++)
        if (set >> i & 1 && at_hand.steps[i].order != memory_order_seq_cst)
            return false;
    return true;
}

static bool never(void) { return false; }
static bool but_all_seq_cst(void) { return !all_seq_cst((1U << at_hand.n) - 1); }
static bool but_1_2(void) { return !synchronizes(1, 2); }
static bool but_1_3(void) { return !synchronizes(1, 3); }
static bool but_1_4(void) { return !synchronizes(1, 4); }
static bool but_2_3(void) { return !synchronizes(2, 3); }
static bool but_1_2_and_3_4(void)
{
    return !(synchronizes(1, 2) && synchronizes(3, 4)) && !all_seq_cst(0x3b);
}

/* A test, and results that no interleaving has. */
static const struct {
    const char *name, *text;
    bool end;
    struct { const char *result; bool (*allowed)(void); } weak[3];
    const char *when;
} tests[] = {
    { "SB", "Wx1 Ry|Wy1 Rx", false, { { "00", but_all_seq_cst } },
      "unless all are seq_cst [B] [R]" },
    { "SB by updates", "Ux1 Ry|Uy1 Rx", false, { { "0000", but_all_seq_cst } },
      "unless all are seq_cst [R]" },
    { "SB, exchange fails", "Wx1 Cy|Wy1 Rx", false, { { "00", but_all_seq_cst } },
      "unless all are seq_cst [R]" },
    { "MP", "Wx1 Wy1|Ry Rx", false, { { "10", but_1_2 } },
      "unless Wy releases and Ry acquires [B]" },
    { "MP by an update", "Wx1 Uy1|Ry Rx", false, { { "010", but_1_2 } },
      "unless Uy releases and Ry acquires [B]" },
    { "LB", "Rx Wy1|Ry Wx1", false, { { "11", never } },
      "in C11 with relaxed steps; not here, nor in RC11 [R]" },
    { "S", "Wx2 Wy1|Ry Wx1", true, { { "121", but_1_2 } },
      "unless Wy releases and Ry acquires [B]" },
    { "R", "Wx1 Wy1|Wy2 Rx", true, { { "012", but_all_seq_cst } },
      "unless all are seq_cst [R]" },
    { "2+2W", "Wx1 Wy2|Wy1 Wx2", true, { { "11", but_all_seq_cst } },
      "unless all are seq_cst [R]" },
    { "WRC", "Wx1|Rx Wy1|Ry Rx", false, { { "110", but_2_3 } },
      "unless Wy releases and Ry acquires [B]" },
    { "IRIW", "Wx1|Wy1|Rx Ry|Ry Rx", false, { { "1010", but_all_seq_cst } },
      "unless all are seq_cst [R]" },
    { "CoRR", "Wx1 Wx2|Rx Rx", false, { { "21", never } }, "never: coherence [B]" },
    { "CoRR of two", "Wx1|Wx2|Rx Rx|Rx Rx", false, { { "1221", never } },
      "never: coherence [B]" },
    { "CoWR", "Wx1 Rx|Wx2 Rx", true, { { "2120", never } }, "never: coherence [B]" },
    { "CoRW", "Rx Wx1|Wx2", true, { { "120", never } }, "never: coherence [B]" },
    { "updates", "Ux1|Ux1|Ux1", true, { { "00110", never } }, "never: atomicity [B]" },
    { "updates hand over", "Wx1 Uy1|Uy2 Rx", false, { { "010", but_1_2 } },
      "unless the one releases and the other acquires [B]" },
    { "release sequence", "Wx1 Wy1|Uy2|Ry Rx", false,
      { { "130", but_1_3 }, { "110", but_1_3 }, { "010", but_1_3 } },
      "unless Wy releases and Ry acquires; Uy as it likes [B] [C]" },
    { "no sequence: a store", "Wx1 Wy1|Ry Wy2|Ry Rx", false,
      { { "120", but_1_2_and_3_4 }, { "110", but_1_4 }, { "010", but_1_4 } },
      "unless handed on twice, or all but the first Ry are seq_cst [R] [C]" },
    { "no sequence: own store", "Wx1 Wy1 Wy2|Ry Rx", false,
      { { "20", but_2_3 }, { "10", but_1_3 } },
      "unless the second Wy releases, and Ry acquires; the first does not count [C]" }
};
enum { TESTS = sizeof tests / sizeof *tests, WEAK = 3 };

/* --- programs --------------------------------------------------------------------- */

static void parse(const char *text)
{
    step *s;

    memset(&at_hand, 0, sizeof at_hand);
    for (; *text != '\0'; text++) {
        if (*text == '|')
            at_hand.threads++;
        if (strchr("WRUC", *text) == NULL)
            continue;
        s = &at_hand.steps[at_hand.n++];
        s->what = *text++;
        s->word = *text;
        s->thread = at_hand.threads;
        if (s->what == 'W' || s->what == 'U')
            s->value = (uint32_t)(*++text - '0');
    }
    at_hand.threads++;
}

/* The orders that a step can have. */
static unsigned orders_of(char what, memory_order *orders)
{
    unsigned n = 0;

    orders[n++] = memory_order_relaxed;
    if (what != 'W')
        orders[n++] = memory_order_acquire;
    if (what == 'W' || what == 'U')
        orders[n++] = memory_order_release;
    if (what == 'U')
        orders[n++] = memory_order_acq_rel;
    orders[n++] = memory_order_seq_cst;
    return n;
}

/* The number-th combination of orders; false: there is none. */
static bool set_orders(unsigned number)
{
    memory_order orders[ORDERS];

    for (unsigned i = 0; i < at_hand.n; i++) {
        unsigned n = orders_of(at_hand.steps[i].what, orders);

        at_hand.steps[i].order = orders[number % n];
        number /= n;
    }
    return number == 0;
}

/* What was read, and is left, as a decimal number. */
static unsigned result_of(const uint32_t *values, uint32_t x, uint32_t y)
{
    unsigned result = 0;

    for (unsigned i = 0; i < at_hand.n; i++)
        if (at_hand.steps[i].what != 'W')
            result = result * 10 + values[i];
    if (asks_end)
        result = (result * 10 + x) * 10 + y;
    return result < RESULTS ? result : RESULTS - 1;
}

/* --- by interleaving -------------------------------------------------------------- */

static void interleave(unsigned done, uint32_t *values, uint32_t x, uint32_t y,
                       bool *results)
{
    unsigned begun = 0;                 /* threads whose next step was tried */

    if (done == (1U << at_hand.n) - 1)
        results[result_of(values, x, y)] = true;
    for (unsigned i = 0; i < at_hand.n; i++) {
        const step *s = &at_hand.steps[i];
        uint32_t now[WORDS] = { x, y }, *word = &now[s->word - 'x'];

        if (done >> i & 1 || begun >> s->thread & 1)
            continue;
        begun |= 1U << s->thread;
        values[i] = *word;
        *word = s->what == 'W' ? s->value : s->what == 'U' ? *word + s->value : *word;
        interleave(done | 1U << i, values, now[0], now[1], results);
    }
}

/* --- by the model ----------------------------------------------------------------- */

static uint32_t do_step(const step *s)
{
    PAWL_ATOMIC(uint32_t) *word = &words[s->word - 'x'];
    uint32_t found_there = 9;           /* which is never there */

    switch (s->what) {
    case 'W':
        atomic_store_explicit(word, s->value, s->order);
        return 0;
    case 'R':
        return atomic_load_explicit(word, s->order);
    case 'U':
        return atomic_fetch_add_explicit(word, s->value, s->order);
    default:
        atomic_compare_exchange_strong_explicit(word, &found_there, 0,
                                                memory_order_seq_cst, s->order);
        return found_there;
    }
}

static void set_up(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < WORDS; i++)
        atomic_store_explicit(&words[i], 0, memory_order_relaxed);
}

static void play(void *unused, unsigned who)
{
    (void)unused;
    for (unsigned i = 0; i < at_hand.n; i++)
        if (at_hand.steps[i].thread == who)
            got[i] = do_step(&at_hand.steps[i]);
}

static void check(void *unused)
{
    (void)unused;
    found[result_of(got, atomic_load_explicit(&words[0], memory_order_relaxed),
                    atomic_load_explicit(&words[1], memory_order_relaxed))] = true;
}

/* --- the comparison --------------------------------------------------------------- */

static void print_orders(void)
{
    static const char *const names[] = {
        "relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"
    };

    for (unsigned i = 0; i < at_hand.n; i++)
        printf(" %s", names[at_hand.steps[i].order]);
}

/* Are the results those expected, with the orders at hand? */
static bool same(const char *name, const bool *expected)
{
    bool right = true;

    for (unsigned i = 0; i < RESULTS; i++) {
        if (found[i] == expected[i])
            continue;
        printf("%s: %0*u is %s, with", name, 4, i,
               found[i] ? "found, and not allowed" : "allowed, and not found");
        print_orders();
        printf("\n");
        right = false;
    }
    return right;
}

/* All runs with the orders at hand. */
static uint64_t run_all(const char *name)
{
    static schedule_result result;
    schedule_test test = { name, at_hand.threads, set_up, play, check, NULL, NULL };
    schedule_options options = { SCHEDULE_DFS, UINT64_MAX, 1, NULL };

    memset(found, 0, sizeof found);
    if (schedule_run(&test, &options, &result) != SCHEDULE_RIGHT) {
        schedule_show(stdout, &test, &result);
        exit(1);
    }
    return result.schedules;
}

/* Adds the weak results that the orders at hand allow; `wrongly`: the others.  Is the
 * first among them? */
static bool expect(unsigned k, bool *expected, bool wrongly)
{
    for (unsigned i = 0; i < WEAK && tests[k].weak[i].result != NULL; i++) {
        bool *it = &expected[atoi(tests[k].weak[i].result)];

        if (*it) {
            fprintf(stderr, "%s: an interleaving has it\n", tests[k].name);
            exit(2);
        }
        *it = tests[k].weak[i].allowed() != wrongly;
    }
    return tests[k].weak[0].allowed();
}

/* One test, with each combination of orders. */
static bool look_at(unsigned k, bool wrongly, uint64_t *runs)
{
    unsigned combinations = 0, allowed = 0;
    uint32_t values[STEPS];
    bool right = true;

    parse(tests[k].text);
    asks_end = tests[k].end;
    for (*runs = 0; set_orders(combinations); combinations++) {
        bool expected[RESULTS] = { false };

        interleave(0, values, 0, 0, expected);
        allowed += expect(k, expected, wrongly);
        *runs += run_all(tests[k].name);
        right = same(tests[k].name, expected) && right;
    }
    printf("%-22s %-21s %4s in %3u of %3u: %s  %s\n", tests[k].name, tests[k].text,
           tests[k].weak[0].result, allowed, combinations, tests[k].when,
           right ? "ok" : "FAILED");
    fflush(stdout);
    return right;
}

/* --wrong: the table is taken to say the opposite of each, so that all have to fail. */
int main(int argc, char **argv)
{
    bool wrongly = argc == 2 && strcmp(argv[1], "--wrong") == 0, right = true;
    uint64_t all = 0, runs;

    if (argc > 1 && !wrongly) {
        fprintf(stderr, "usage: %s [--wrong]\n", argv[0]);
        return 2;
    }
    schedule_dfs_bound = SCHEDULE_NO_BOUND;
    for (unsigned k = 0; k < TESTS; k++) {
        right = look_at(k, wrongly, &runs) && right;
        all += runs;
    }
    printf("figure model litmus %llu runs\n", (unsigned long long)all);
    return right ? 0 : 1;
}
