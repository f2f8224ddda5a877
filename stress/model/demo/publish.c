/* publish.c - how to look for an order that is too weak in code of your own; two are.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A note that one thread writes and another reads once its flag is up: a plain word,
 * handed over by the flag.  And a bell: who has work for another looks whether that one
 * sleeps, and who goes to sleep looks whether there is work.
 * Status: 0 if each weak one was found wrong by each strategy, and its twin right.
 */
#include <pawl/park.h>
#include <schedule/schedule.h>

enum { SCHEDULES = 20000 };

static struct {
    PAWL_ATOMIC(uint32_t) flag;         /* the note is there */
    PAWL_ATOMIC(uint32_t) work, asleep;
    uint32_t note;                      /* plain */
} board;

typedef struct orders {
    memory_order publish, look, bell;
} orders;

/* --- the code to be looked at ----------------------------------------------------- */

static void write_note(const orders *o)
{
    schedule_writes(&board.note);
    board.note = 42;
    atomic_store_explicit(&board.flag, 1, o->publish);
}

static void read_note(const orders *o)
{
    if (atomic_load_explicit(&board.flag, o->look) != 0) {
        schedule_reads(&board.note);
        if (board.note != 42)
            schedule_fail("the note is not there");
    }
}

static void give_work(const orders *o)
{
    atomic_store_explicit(&board.work, 1, o->bell);
    if (atomic_load_explicit(&board.asleep, o->bell) != 0) {
        atomic_store_explicit(&board.asleep, 0, o->bell);
        pawl_unpark(&board.asleep, 1, PAWL_PRIVATE);
    }
}

static void await_work(const orders *o)
{
    atomic_store_explicit(&board.asleep, 1, o->bell);
    while (atomic_load_explicit(&board.work, o->bell) == 0)
        pawl_park(&board.asleep, 1, PAWL_FOREVER, PAWL_PRIVATE);
}

/* --- the tests -------------------------------------------------------------------- */

static void set_up(void *context)
{
    (void)context;
    atomic_store_explicit(&board.flag, 0, memory_order_relaxed);
    atomic_store_explicit(&board.work, 0, memory_order_relaxed);
    atomic_store_explicit(&board.asleep, 0, memory_order_relaxed);
    board.note = 0;
    schedule_name(&board.flag, sizeof board.flag, "flag");
    schedule_name(&board.work, sizeof board.work, "work");
    schedule_name(&board.asleep, sizeof board.asleep, "asleep");
}

static void note(void *context, unsigned who)
{
    (who == 0 ? write_note : read_note)((const orders *)context);
}

static void bell(void *context, unsigned who)
{
    (who == 0 ? give_work : await_work)((const orders *)context);
}

static schedule_verdict look_at(schedule_test *test, schedule_strategy strategy)
{
    static schedule_result result;
    schedule_options options = { strategy, SCHEDULES, 1, NULL };

    test->threads = 2;
    test->setup = set_up;
    schedule_run(test, &options, &result);
    printf("%-22s %-7s %6u schedules: %s%s\n", test->name,
           schedule_strategy_name(strategy), (unsigned)result.schedules,
           schedule_verdict_name(result.verdict),
           result.exhausted ? ", and there are no more within the bound" : "");
    if (result.verdict != SCHEDULE_RIGHT && strategy == SCHEDULE_DFS)
        schedule_show(stdout, test, &result);
    return result.verdict;
}

int main(void)
{
    static orders weak = {
        memory_order_relaxed, memory_order_acquire, memory_order_relaxed
    };
    static orders strong = {
        memory_order_release, memory_order_acquire, memory_order_seq_cst
    };
    static const struct {
        const char *name;
        void (*thread)(void *, unsigned);
        orders *orders;
        schedule_verdict verdict;
    } all[] = {
        { "note, relaxed", note, &weak, SCHEDULE_ASSERTION },
        { "note, release", note, &strong, SCHEDULE_RIGHT },
        { "bell, relaxed", bell, &weak, SCHEDULE_DEADLOCK },
        { "bell, seq_cst", bell, &strong, SCHEDULE_RIGHT }
    };
    int wrong = 0;

    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        for (int s = 0; s < SCHEDULE_STRATEGIES; s++) {
            schedule_test test = { all[i].name, 2, set_up, all[i].thread, NULL, NULL,
                                   all[i].orders };
            bool right = look_at(&test, (schedule_strategy)s) == all[i].verdict;

            printf("%s is %s  %s\n", all[i].name,
                   all[i].verdict == SCHEDULE_RIGHT ? "right" : "found wrong",
                   right ? "ok" : "FAILED");
            wrong += !right;
        }
    return wrong > 0;
}
