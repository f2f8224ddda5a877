/* record.h - what threads do in rounds, noted down; each round's history is judged.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A phase is a number of rounds by one crew.  The first of the crew opens a structure,
 * all do as they like, each noting in an array of its own what it called, when, and how
 * it went; when all are done, the first one empties and closes it, and the history is
 * judged: a short one by the exact search, all by the fast checkers.  The kind of trial
 * says how to open, what to do, and how to close.
 */
#ifndef HISTORY_RECORD_H
#define HISTORY_RECORD_H

#include <trial/trial.h>

#include <history/history.h>
#include <history/stamp.h>

#include <errno.h>

#ifndef SUBJECT_REFUSAL
#define SUBJECT_REFUSAL 0
#endif

/* Operations, a thread: noted at most; wanted in a long round, and in a short one. */
enum { LOG_MAX = 1 << 16, LONG = 1 << 14, SHORT = 5 };
/* An exact search: of so many operations, for so many steps, a second or two.  Where
 * all overlap, for the machine is busy, that may be too few. */
enum { SEARCH_MAX = 64, SEARCH_STEPS = 1000000 };
enum { WHY = 1000 };
#define PHASE (150 * PAWL_MILLISECOND)

typedef struct log {
    alignas(PAWL_LINE) uint64_t called, returned;       /* of the call at hand */
    uint64_t value;                     /* the last that was used */
    size_t n, quota;                    /* operations: noted, and wanted */
    history_op *ops;
} log;

/* What a kind of trial does in a round. */
typedef struct deed {
    void (*open)(worker *leader);       /* and sets record.spec */
    void (*work)(worker *w);
    void (*close)(worker *leader);      /* notes what it finds */
    bool (*shown)(void);                /* has a phase shown what it is for? */
    const char *hardly;                 /* if not, in words */
    const char *phases[2];              /* their names: of long rounds, of brief ones */
    void (*tell)(const char *phase);    /* says `passed` of it */
} deed;

static struct {
    const deed *deed;
    history_spec spec;
    unsigned threads, firsts;           /* firsts: of another role; 0: no roles */
    uint64_t wanted, until;             /* operations in this phase; its end at last */
    size_t quota;                       /* operations, a thread and round, about */
    bool brief, last;                   /* short rounds; no more rounds */
    log logs[THREADS_MAX + 1];
    history_op *all;
    uint64_t rounds, operations;        /* in this phase; what follows are such as */
    uint64_t refused[2], closed, closes, met;           /* met: that overlapped */
    uint64_t given_up;                  /* rounds whose exact search had no end */
    uint64_t total;                     /* operations of all phases */
    const char *save;                   /* where a wrong history goes */
    PAWL_ATOMIC(uint64_t) begun, here, done;
} record;

/* --- one call ------------------------------------------------------------------- */

static inline void begin_call(worker *w)
{
    record.logs[w->id].called = history_call_stamp();
}

static inline void end_call(worker *w)
{
    record.logs[w->id].returned = history_return_stamp();
}

/* A call that says it came too late has waited for `ns`, by the clock.  Of a subject
 * that does not say why it refuses, nothing is known. */
static inline void judge_lateness(worker *w, bool refused, int64_t ns)
{
    const log *l = &record.logs[w->id];

    if (refused && SUBJECT_REFUSAL == ETIMEDOUT
        && l->returned - l->called < (uint64_t)ns)
        die("late, %" PRIu64 " ns too early", (uint64_t)ns - l->returned + l->called);
}

/* One operation that the call was; for several, several times. */
static inline void note(worker *w, history_what what, uint64_t value, history_how how)
{
    log *l = &record.logs[w->id];
    history_op *op = &l->ops[l->n];

    if (l->n == LOG_MAX)
        die("a log is full");
    l->n++;
    op->called = l->called;
    op->returned = l->returned;
    op->value = value;
    op->who = w->id;
    op->what = what;
    op->how = how;
    advance(w, 1);
}

/* Has this thread done what it wanted, or is the time up? */
static inline bool enough_noted(worker *w)
{
    const log *l = &record.logs[w->id];

    return l->n >= l->quota || l->returned >= record.until;
}

/* A value that nobody else uses in this round. */
static inline uint64_t new_value(worker *w)
{
    return record.logs[w->id].value += record.threads;
}

/* --- the judge ------------------------------------------------------------------ */

/* All that was noted in this round; the first call was at 0. */
static inline size_t gather(void)
{
    uint64_t first = UINT64_MAX;
    size_t n = 0;

    for (unsigned i = 0; i < record.threads; i++) {
        const log *l = &record.logs[i];

        memcpy(record.all + n, l->ops, l->n * sizeof *record.all);
        n += l->n;
        if (l->n > 0 && l->ops[0].called < first)
            first = l->ops[0].called;
    }
    for (size_t i = 0; i < n; i++) {
        record.all[i].called -= first;
        record.all[i].returned -= first;
    }
    return n;
}

static inline void save_history(size_t n)
{
    FILE *to = fopen(record.save, "w");

    if (to == NULL)
        die("cannot write %s: %s", record.save, strerror(errno));
    history_write(to, &record.spec, record.all, n);
    fclose(to);
    fprintf(stderr, "%s: the history is in %s\n", SUBJECT, record.save);
}

__attribute__((noreturn))
static inline void reject(const char *judge, const char *why, size_t n)
{
    fflush(stdout);
    if (record.save != NULL)
        save_history(n);
    if (n <= SEARCH_MAX)
        history_write(stderr, &record.spec, record.all, n);
    die("%s, of a history of %zu operations: %s", judge, n, why);
}

/* How many operations of one thread overlapped with some of the other. */
static inline uint64_t overlaps(const log *a, const log *b)
{
    uint64_t count = 0;

    for (size_t i = 0, k = 0; i < a->n; i++) {
        while (k < b->n && b->ops[k].returned < a->ops[i].called)
            k++;
        count += k < b->n && b->ops[k].called <= a->ops[i].returned;
    }
    return count;
}

/* Which of two sides was refused: those who bring, or those who take. */
static inline bool takes(history_what what)
{
    return what == HISTORY_POP || what == HISTORY_WAIT || what == HISTORY_LOCK;
}

/* Of what the crew did.  What the first one finds when all are done is not counted: it
 * is always refused in the end. */
static inline void count_answers(void)
{
    size_t n = gather();

    for (size_t i = 0; i < n; i++) {
        history_how how = record.all[i].how;

        record.closed += how == HISTORY_CLOSED;
        record.closes += record.all[i].what == HISTORY_CLOSE;
        record.refused[takes(record.all[i].what)] += how == HISTORY_NOT_NOW
                                                  || how == HISTORY_LATE;
    }
    for (unsigned i = 0; i < record.threads; i++)
        for (unsigned k = 0; k < i; k++)
            record.met += overlaps(&record.logs[i], &record.logs[k]);
    record.operations += n;
    record.rounds++;
}

static inline void judge(void)
{
    char why[WHY] = "";
    uint64_t steps = SEARCH_STEPS;
    size_t n = gather();

    if (!history_check(&record.spec, record.all, n, why, sizeof why))
        reject("the fast checker", why, n);
    if (n <= SEARCH_MAX && !history_search_within(&record.spec, record.all, n, &steps,
                                                  why, sizeof why))
        reject("the exact search", why, n);
    record.given_up += steps == 0;
    record.total += n;
}

/* --- rounds --------------------------------------------------------------------- */

/* The k-th of the processors that we may use. */
static inline int processor(const cpu_set_t *usable, unsigned k)
{
    int cpu = 0;

    while (!CPU_ISSET(cpu, usable) || k-- > 0)
        cpu++;
    return cpu;
}

/* To a processor of its own, as far as there are: in rounds that are over at once, two
 * that share one hardly meet.  Where that is not allowed, it stays where it is. */
static inline void spread(const worker *w)
{
    cpu_set_t usable, one;
    unsigned n;

    if (!record.brief || sched_getaffinity(0, sizeof usable, &usable) != 0)
        return;
    n = (unsigned)CPU_COUNT(&usable);
    CPU_ZERO(&one);
    CPU_SET(processor(&usable, w->id % n), &one);
    (void)!sched_setaffinity(0, sizeof one, &one);
}

static inline void await(worker *w, PAWL_ATOMIC(uint64_t) *what, uint64_t number)
{
    await_number(w, "waiting for the others", what, number);
}

static inline void clear_logs(void)
{
    for (unsigned i = 0; i < record.threads; i++) {
        record.logs[i].n = 0;
        record.logs[i].returned = 0;
        record.logs[i].value = i + 1;
        record.logs[i].quota = record.quota;
    }
}

static inline void lead_round(worker *w, uint64_t round)
{
    record.last = round > 1 && (record.operations >= record.wanted
                                || (uint64_t)pawl_now() >= record.until);
    if (!record.last) {
        clear_logs();
        record.deed->open(w);
    }
    atomic_store_explicit(&record.begun, round, memory_order_release);
}

static inline void end_round(worker *w, uint64_t round)
{
    await(w, &record.done, round * record.threads);
    count_answers();
    record.deed->close(w);
    judge();
}

static inline void play_rounds(worker *w)
{
    spread(w);
    for (uint64_t round = 1;; round++) {
        if (w->id == 0)
            lead_round(w, round);
        await(w, &record.begun, round);
        if (record.last)
            return;
        /* relaxed: all that it tells is that we run. */
        atomic_fetch_add_explicit(&record.here, 1, memory_order_relaxed);
        await(w, &record.here, round * record.threads);
        record.deed->work(w);
        /* acq_rel: what was noted is the leader's to read. */
        atomic_fetch_add_explicit(&record.done, 1, memory_order_acq_rel);
        if (w->id == 0)
            end_round(w, round);
    }
}

/* Rounds, brief ones or long, until there are `wanted` operations; or for a while only,
 * unless a number was asked for: who spins is slow where processors are taken. */
static inline void play(const deed *d, bool brief, unsigned threads, unsigned firsts,
                        uint64_t wanted)
{
    uint64_t each = wanted / threads;

    record.deed = d;
    record.threads = threads;
    record.firsts = firsts;
    record.brief = brief;
    record.quota = brief ? SHORT : each < LONG ? each : LONG;
    record.wanted = wanted;
    record.until = (uint64_t)(run.items > 0 ? PAWL_FOREVER : pawl_after(PHASE));
    record.rounds = record.operations = record.closed = record.closes = record.met = 0;
    record.given_up = 0;
    record.refused[0] = record.refused[1] = 0;
    atomic_store_explicit(&record.begun, 0, memory_order_relaxed);
    atomic_store_explicit(&record.here, 0, memory_order_relaxed);
    atomic_store_explicit(&record.done, 0, memory_order_relaxed);
    crew_run(threads, threads, play_rounds, play_rounds);
}

/* What a phase is for has to happen to one operation in 500: as a rule it does to ten
 * times as many, but where other programs run, two threads may come one at a time for
 * most of a phase. */
static inline bool often(uint64_t times)
{
    return record.operations > 0 && times > record.operations / 500;
}

/* A long round is closed once, at its end: then somebody has to notice, each time. */
static inline bool closed_often(void)
{
    return record.brief ? often(record.closed) : record.closed >= record.rounds;
}

/* Did operations overlap?  Where nothing makes threads wait inside of them, that is
 * for the machine to say, which may run one at a time. */
static inline bool threads_met(void)
{
    return often(record.met) || pawl_perturb_seed == NULL;
}

/* The exact search had an answer, nearly always. */
static inline bool searched(void) { return record.given_up <= record.rounds / 10; }

/* Again and again, until it has shown something. */
static inline void play_phase(const deed *d, bool brief, unsigned threads,
                              unsigned firsts, uint64_t wanted)
{
    unsigned tries = 0;

    begin_phase(d->phases[brief]);
    do
        play(d, brief, threads, firsts, wanted);
    while (!proved(d->shown() && threads_met() && searched(), tries++, d->hardly));
    d->tell(d->phases[brief]);
}

/* With roles: so many as were asked for, or 1:1 and 2:2; and with none.  Long rounds
 * first, then brief ones. */
static inline void play_shapes(const deed *d, uint64_t operations)
{
    unsigned others = run.consumers > 0 ? run.consumers : 1;
    unsigned shapes[][2] = { { 2, 1 }, { 4, 2 }, { 2, 0 }, { 4, 0 } }, n = 4;

    if (run.producers > 0) {
        shapes[0][0] = run.producers + others;
        shapes[0][1] = run.producers;
        n = 1;
    }
    for (unsigned i = 0; i < n; i++) {
        play_phase(d, false, shapes[i][0], shapes[i][1], operations / n * 7 / 8);
        play_phase(d, true, shapes[i][0], shapes[i][1], operations / n / 8);
    }
}

/* What is said of a phase in which threads wait, and may be closed. */
static inline void tell_waits(const char *phase)
{
    passed(phase, record.operations,
           "%u %s: refused %" PRIu64 ", closed %" PRIu64 ", met %" PRIu64,
           record.threads, record.firsts > 0 ? "apart" : "in turns",
           record.refused[0] + record.refused[1], record.closed, record.met);
}

/* --- main ----------------------------------------------------------------------- */

/* Of --save.  Can a history be written there?  Leaves nothing behind. */
static inline void take_save(const char *file)
{
    FILE *to = fopen(file, "w");

    if (to == NULL)
        misuse(file, strerror(errno));
    fclose(to);
    remove(file);
    record.save = file;
}

static inline void take_recorded(int which, const char *text)
{
    if (which == OPTIONS)
        take_save(text);
    else
        take_option(which, text);
}

static inline void make_logs(void)
{
    record.all = (history_op *)calloc(THREADS_MAX, LOG_MAX * sizeof *record.all);
    if (record.all == NULL)
        die("no memory");
    for (unsigned i = 0; i <= THREADS_MAX; i++) {
        record.logs[i].ops = (history_op *)calloc(LOG_MAX, sizeof(history_op));
        if (record.logs[i].ops == NULL)
            die("no memory");
    }
}

static inline int run_recorded(int argc, char **argv, void (*pass)(void))
{
    static const option_row save = {
        "save", "FILE", "where a wrong history is written to"
    };
    int status;

    make_logs();
    trial_options.rows[OPTIONS] = save;
    trial_options.take = take_recorded;
    status = run_trial(argc, argv, pass);
    printf("figure histories %s %" PRIu64 " operations\n", SUBJECT, record.total);
    return status;
}

#endif
