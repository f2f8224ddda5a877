/* machine.h - the scheduler's insides: fibers, who of them can run, what was decided.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     machine.c    fibers, and the seam: where they are scheduled
 *     memory.c     what memory does; stress/model has another
 *     park.c       sleeping, and the clock
 *     strategy.c   random, pct, replay                dfs.c        depth first
 *     record.c     operations, and histories that are known to be right
 *     crash.c      signals                            stand_in.c   what need not be
 *     run.c        schedule_run                                    explored
 *     show.c       schedule_show                      program.c    main() of the trials
 */
#ifndef SCHEDULE_MACHINE_H
#define SCHEDULE_MACHINE_H

#include <schedule/schedule.h>

#include <pawl/time.h>

#include <setjmp.h>

enum {
    OUTSIDE = SCHEDULE_THREADS,         /* no thread: setup and check */
    SCHEDULE_DECISIONS = 4 * SCHEDULE_STEPS
};

typedef struct fiber {
    jmp_buf at;                         /* where it goes on */
    history_op *calling;                /* called, and no step done since */
    history_op *op;                     /* under way */
    uint64_t seen;                      /* changes that there were at its last step */
    const volatile void *bed;           /* parked on this word, */
    pawl_time until;
    uint64_t turn;                      /* since then; */
    uint32_t expected;
    bool woken;                         /* by an unpark */
    unsigned yields;                    /* in this schedule */
} fiber;

/* Sets of fibers are bits. */
typedef struct machine {
    unsigned current;                   /* or OUTSIDE */
    unsigned threads;
    unsigned runnable, spinning, parked;
    unsigned late;                      /* runnable, but still where they slept */
    unsigned fresh;                     /* have not done a step yet */
    unsigned steps;
    unsigned yields;                    /* of the fiber that has most */
    uint64_t changes;                   /* of words, so far */
    uint64_t before;                    /* the word at hand, before the step */
    uint64_t turns;                     /* parks, so far */
    pawl_time now;
    const schedule_test *test;
    bool stale;                         /* fibers have to be made anew */
    bool tracing;
    schedule_verdict verdict;
    char why[SCHEDULE_WHY];
    unsigned decisions;
    unsigned char decided[SCHEDULE_DECISIONS];
    fiber fibers[SCHEDULE_THREADS + 1]; /* the last one is OUTSIDE */
} machine;

extern machine schedule_machine;

/* A decision: thread 0 to 7 goes on, its deadline passes, a weak exchange fails; or an
 * access takes the newest of the stores there are, or the one before, and so on. */
enum {
    GOES_ON = 0, DEADLINE = SCHEDULE_THREADS, FAILS = 2 * SCHEDULE_THREADS, NEWEST,
    SCHEDULE_PATIENCE = 8,              /* yields */
    SCHEDULE_STORES = 16                /* to choose among, at most */
};

/* --- machine.c --- */

/* Run all threads under the strategy chosen; false: schedule_machine.verdict says why
 * not. */
bool schedule_once(void);
/* A scheduling point of the current fiber, which may be one that cannot run now.
 * `free`: to switch here is no preemption. */
void schedule_point(bool free);
/* Who of several is woken: as a rule `usual`. */
unsigned schedule_choose(unsigned usual, unsigned others);
unsigned schedule_fair_(unsigned runnable);
/* Which of n stores: 0 is the newest. */
unsigned schedule_pick(unsigned n);
/* A scheduling point, and then a step: park, unpark. */
void schedule_step(unsigned what, const volatile void *word, size_t bytes);
void schedule_give_up(schedule_verdict verdict) __attribute__((noreturn));

/* --- park.c --- */
void schedule_time_passes(unsigned who);
unsigned schedule_with_deadline(void);  /* the parked that have one */
unsigned schedule_earliest(unsigned set);
void schedule_describe_sleepers(char *text, size_t bytes);

/* --- strategy.c, dfs.c --- */
typedef struct strategy {
    void (*begin)(const schedule_options *options);
    bool (*next)(void);                 /* prepare a schedule; false: there is none */
    /* One of the decisions: a `runnable` goes on; an `idle` one, which sleeps or spins,
     * goes on for no reason; one of the `deadlines` passes,
     * and another decision follows. */
    unsigned (*decide)(unsigned runnable, unsigned idle, unsigned deadlines, bool free);
    /* Who is woken: the usual one, or one of the others. */
    unsigned (*choose)(unsigned usual, unsigned others);
    bool (*fails)(void);                /* the weak exchange at hand */
    unsigned (*pick)(unsigned n);       /* of n stores; as a rule 0, the newest */
} strategy;

extern const strategy schedule_random, schedule_pct, schedule_dfs, schedule_replay;
extern const strategy *schedule_by;     /* the one in use */
enum { SCHEDULE_NO_BOUND = 1 << 30 };
extern unsigned schedule_dfs_bound;     /* on preemptions and what costs as much */
bool schedule_dfs_exhausted(void);
bool schedule_dfs_counts(void);         /* the schedule just run is a new one */
void schedule_replay_text(const char *text);
bool schedule_replay_fits(void);        /* all of it was used, and could be */

/* --- crash.c --- */
void schedule_catch_crashes(void);
void schedule_stop_catching(void);

/* --- record.c --- */
void schedule_forget_history(void);
void schedule_forget_known(void);
void schedule_stamp_call(fiber *f);
bool schedule_history_right(char *why, size_t bytes);
const history_op *schedule_history(size_t *n);

/* --- memory.c: one value a word; in stress/model, what C11 allows --- */
extern const char *const schedule_rung; /* in the lines of figures */
void schedule_memory_begin(void);       /* of a schedule, before setup */
/* The event'th call or return of the history is now, in the current thread. */
void schedule_memory_moment(uint64_t event);
/* A number for what the exact search is asked, and its answer. */
uint64_t schedule_memory_hash(uint64_t hash);
bool schedule_memory_explains(char *why, size_t bytes);
/* What park finds in its word; and the current thread has just unparked it. */
uint32_t schedule_memory_parks(const uint32_t *word);
void schedule_memory_unparked(const uint32_t *word);

/* --- show.c --- */
typedef enum trace_what {               /* beyond pawl_seam_op */
    TRACE_PARK = SEAM_OR + 1, TRACE_UNPARK, TRACE_WOKEN, TRACE_SPURIOUS, TRACE_LATE,
    TRACE_YIELD, TRACE_READS, TRACE_WRITES, TRACE_CALL, TRACE_RETURN
} trace_what;

void schedule_trace_begin(void);
void schedule_trace(unsigned what, const volatile void *word, size_t bytes,
                    const char *file, int line);
void schedule_trace_result(uint64_t before, uint64_t after);
void schedule_trace_note(const char *note);     /* which stays there */
void schedule_trace_op(unsigned what, const history_op *op);

/* Of these, all but those that have yielded much more often than another one. */
static inline unsigned schedule_fair(unsigned runnable)
{
    return schedule_machine.yields <= SCHEDULE_PATIENCE ? runnable
                                                        : schedule_fair_(runnable);
}

static inline uint64_t schedule_value(const volatile void *word, size_t bytes)
{
    return bytes == 4 ? *(const volatile uint32_t *)word
                      : *(const volatile uint64_t *)word;
}

#endif
