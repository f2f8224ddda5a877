/* schedule.h - runs threads in every order that matters, and shows the one that breaks.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A deterministic scheduler.  The threads of a test are fibers on one kernel thread;
 * before each atomic operation, park and unpark it is decided which of them goes on.
 * One row of such decisions is a schedule, and a test is run under many of them.
 * Nothing else decides anything: time is virtual, and so a schedule can be replayed.
 *
 * What it explores is the interleavings of sequentially consistent memory.  It does not
 * see that an order is too weak; with the model of model/model.h behind the seam it
 * does.  Between two scheduling points plain memory may be touched at will: nobody
 * comes between.
 *
 * Strategies
 *     random   any thread that can run, with the same probability
 *     pct      each thread has a priority, which changes at 2 random steps: finds each
 *              bug of depth 3 with a probability of at least 1 in threads * steps^2
 *              (S. Burckhardt et al., "A Randomized Scheduler with Probabilistic
 *              Guarantees of Finding Bugs", ASPLOS 2010)
 *     dfs      all schedules with no preemption, then with 1, then with 2 (M. Musuvathi
 *              and S. Qadeer, "Iterative Context Bounding", PLDI 2007).  To go on with
 *              another thread when this one sleeps, spins or is done costs nothing; a
 *              weak exchange that fails for no reason, a thread that sleeps or spins
 *              and goes on for no reason, one that is woken before another who came
 *              first, and a deadline that passes while others run cost as much as a
 *              preemption.
 *     pct and dfs are fair: one that has yielded 8 times more often than another that
 *     can run is not chosen before it (by dfs: where to switch costs nothing).
 *
 * What it finds
 *     deadlock    all threads that are not done sleep, and nobody has a deadline: a
 *                 lost wake-up, among other things
 *     livelock    a schedule does not end within SCHEDULE_STEPS steps
 *     history     no order of the operations explains their results (history.h)
 *     assertion   schedule_fail was called, by a thread or by check, or an assert of
 *                 Pawl's failed (PAWL_DEBUG)
 *     crash       a thread touched memory that it must not touch, and the like
 *
 * How to use it on code of your own: use <pawl/atomic.h> for its atomic operations, and
 * <pawl/park.h> or what is built on it (event.h, sem.h) to sleep; where it spins, let
 * it call pawl_relax or pawl_yield.  Hand it to schedule_run, as below, and compile it
 * against the seam; what takes the place of parts of Pawl comes before the library:
 *
 *     make SEAM=schedule build/schedule/libpawl.a
 *     cc -std=c11 -Istress/seam -Istress -Iinclude YOURS.c stress/schedule/?*.c
 *        stress/history/?*.c build/schedule/libpawl.a -pthread
 *
 * (each ?*.c is all the C files there).  A longer example: schedule/demo/lost_wakeup.c.
 *
 * Example
 *     #include <schedule/schedule.h>
 *     static PAWL_ATOMIC(uint32_t) counter;
 *     static void setup(void *context)
 *     {
 *         (void)context;
 *         atomic_store_explicit(&counter, 0, memory_order_relaxed);
 *     }
 *     static void increment(void *context, unsigned who)
 *     {
 *         uint32_t was = atomic_load_explicit(&counter, memory_order_relaxed);
 *         (void)context, (void)who;
 *         atomic_store_explicit(&counter, was + 1, memory_order_relaxed);
 *     }
 *     static void check(void *context)
 *     {
 *         (void)context;
 *         if (atomic_load_explicit(&counter, memory_order_relaxed) != 2)
 *             schedule_fail("an increment was lost");
 *     }
 *     int main(void)
 *     {
 *         schedule_test test = { "counter", 2, setup, increment, check, NULL, NULL };
 *         schedule_options options = { SCHEDULE_DFS, 1000, 1, NULL };
 *         schedule_result result;
 *         if (schedule_run(&test, &options, &result) != SCHEDULE_RIGHT)
 *             schedule_show(stdout, &test, &result);      // it is not
 *         return 0;
 *     }
 */
#ifndef SCHEDULE_SCHEDULE_H
#define SCHEDULE_SCHEDULE_H

#include <pawl/atomic.h>

#include <history/history.h>

enum {
    SCHEDULE_THREADS = 8,               /* at most */
    SCHEDULE_STEPS = 4000,              /* of one schedule: more is a livelock */
    SCHEDULE_OPS = 64,                  /* of one history */
    SCHEDULE_WHY = 256,                 /* bytes */
    SCHEDULE_REPLAY = 8 * SCHEDULE_STEPS
};

typedef struct schedule_test {
    const char *name;
    unsigned threads;
    void (*setup)(void *context);       /* before each schedule: everything anew */
    void (*thread)(void *context, unsigned who);    /* thread `who`, from 0 on */
    void (*check)(void *context);       /* after each, when all have returned */
    const history_spec *spec;           /* NULL: histories are not looked at */
    void *context;
} schedule_test;

typedef enum schedule_strategy {
    SCHEDULE_RANDOM, SCHEDULE_PCT, SCHEDULE_DFS, SCHEDULE_STRATEGIES
} schedule_strategy;

typedef struct schedule_options {
    schedule_strategy strategy;
    uint64_t schedules;                 /* at most */
    uint64_t seed;                      /* of random and pct */
    const char *replay;                 /* if not NULL: this schedule alone */
} schedule_options;

typedef enum schedule_verdict {
    SCHEDULE_RIGHT, SCHEDULE_DEADLOCK, SCHEDULE_LIVELOCK, SCHEDULE_HISTORY,
    SCHEDULE_ASSERTION, SCHEDULE_CRASH,
    SCHEDULE_MISFIT                     /* the replay belongs to another test */
} schedule_verdict;

typedef struct schedule_result {
    schedule_verdict verdict;
    uint64_t schedules;                 /* run; dfs: no two are the same */
    bool exhausted;                     /* dfs: these are all within the bound */
    char why[SCHEDULE_WHY];
    char replay[SCHEDULE_REPLAY];       /* the decisions of the one that failed:
                                         * b thread 1 goes on, b3 thrice, B its deadline
                                         * passes, ! the weak exchange fails, . the
                                         * newest store is read, i the one before */
} schedule_result;

/* Run `test` under schedules until one fails, or enough were run.  A failed schedule is
 * run once more, to record the interleaving that schedule_show prints. */
schedule_verdict schedule_run(const schedule_test *test,
                              const schedule_options *options,
                              schedule_result *result);

/* Print what went wrong in the last schedule_run: the threads, step by step.  (Where a
 * value is an address, it is another in the next run; `setarch -R` stops that.) */
void schedule_show(FILE *to, const schedule_test *test, const schedule_result *result);

const char *schedule_verdict_name(schedule_verdict verdict);
const char *schedule_strategy_name(schedule_strategy strategy);

/* --- for setup, threads and check ------------------------------------------------- */

/* Something is wrong: end this schedule.  Does not return in a thread. */
__attribute__((format(printf, 1, 2))) void schedule_fail(const char *why, ...);

/* What schedule_show calls the `bytes` at `word`.  `name` has to stay there. */
void schedule_name(const volatile void *word, size_t bytes, const char *name);

/* This thread is about to do so.  The operation is taken to begin with its first atomic
 * step, and to end with its last: what lies before and after is nobody else's matter.
 * In setup and check it is an operation of one more thread, which comes before or after
 * all the others.  A pop's value is given by schedule_return. */
history_op *schedule_call(history_what what, uint64_t value);
void schedule_return(history_op *op, history_how how, uint64_t value);

/* The call of `op`, which has returned, did this too: for batches. */
void schedule_also(const history_op *op, history_how how, uint64_t value);

/* This thread reads, or writes, the plain word here.  Nothing comes of it but under the
 * model of weak memory (model/model.h), which fails what is a data race. */
void schedule_reads(const volatile void *word);
void schedule_writes(const volatile void *word);

#endif
