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
#include <pawl/backoff.h>

/* Operations, a thread: noted at most; wanted in a long round, and in a short one. */
enum { LOG_MAX = 1 << 16, LONG = 1 << 14, SHORT = 5 };
enum { SEARCH_MAX = 64, WHY = 1000 };
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
} deed;

static struct {
    const deed *deed;
    history_spec spec;
    unsigned threads, firsts;           /* firsts: of another role; 0: no roles */
    uint64_t wanted, until;             /* operations in this phase; its end at last */
    size_t quota;                       /* operations, a thread and round, about */
    bool last;                          /* no more rounds */
    log logs[THREADS_MAX + 1];
    history_op *all;
    uint64_t operations, refused[2], closed, met;       /* met: that overlapped */
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

static inline void count_answers(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        history_how how = record.all[i].how;

        record.closed += how == HISTORY_CLOSED;
        record.refused[takes(record.all[i].what)] += how == HISTORY_NOT_NOW
                                                  || how == HISTORY_LATE;
    }
    for (unsigned i = 0; i < record.threads; i++)
        for (unsigned k = 0; k < i; k++)
            record.met += overlaps(&record.logs[i], &record.logs[k]);
    record.operations += n;
    record.total += n;
}

static inline void judge(void)
{
    char why[WHY] = "";
    size_t n = gather();

    if (!history_check(&record.spec, record.all, n, why, sizeof why))
        reject("the fast checker", why, n);
    if (n <= SEARCH_MAX
        && !history_search(&record.spec, record.all, n, why, sizeof why))
        reject("the exact search", why, n);
    count_answers(n);
}

/* --- rounds --------------------------------------------------------------------- */

/* All begin at once, where there are processors for it: this spins before it yields. */
static inline void await(worker *w, PAWL_ATOMIC(uint64_t) *what, uint64_t number)
{
    unsigned spins = pawl_usable_cpus() > 1 ? 2000 : 0;

    doing(w, "waiting for the others");
    /* acquire: pairs with the release of who begins, or ends, a round. */
    while (atomic_load_explicit(what, memory_order_acquire) < number)
        if (spins > 0) {
            spins--;
            pawl_relax();
        } else {
            sched_yield();
        }
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
    record.deed->close(w);
    judge();
}

static inline void play_rounds(worker *w)
{
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

/* Rounds of `quota` operations a thread, until there are `wanted`; or for a while only,
 * unless a number was asked for: who spins is slow where processors are taken. */
static inline void play(const deed *d, unsigned threads, unsigned firsts, size_t quota,
                        uint64_t wanted)
{
    record.deed = d;
    record.threads = threads;
    record.firsts = firsts;
    record.quota = quota;
    record.wanted = wanted;
    record.until = (uint64_t)(run.items > 0 ? PAWL_FOREVER : pawl_after(PHASE));
    record.operations = record.closed = record.met = 0;
    record.refused[0] = record.refused[1] = 0;
    atomic_store_explicit(&record.begun, 0, memory_order_relaxed);
    atomic_store_explicit(&record.here, 0, memory_order_relaxed);
    atomic_store_explicit(&record.done, 0, memory_order_relaxed);
    crew_run(threads, threads, play_rounds, play_rounds);
}

/* Did any operations overlap?  Where nothing makes threads wait inside of them, that is
 * for the machine to say, which may run one at a time. */
static inline bool threads_met(void)
{
    return record.met > 0 || pawl_perturb_seed == NULL;
}

static inline void play_short(const deed *d, unsigned threads, unsigned firsts,
                              uint64_t wanted)
{
    play(d, threads, firsts, SHORT, wanted);
}

static inline void play_long(const deed *d, unsigned threads, unsigned firsts,
                             uint64_t wanted)
{
    uint64_t each = wanted / threads;

    play(d, threads, firsts, each < LONG ? each : LONG, wanted);
}

/* --- main ----------------------------------------------------------------------- */

/* Takes --save FILE, which other trials do not have, out of the command line. */
static inline int take_save(int argc, char **argv)
{
    int kept = 0;

    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--save") == 0 && i + 1 < argc)
            record.save = argv[++i];
        else if (strncmp(argv[i], "--save=", 7) == 0)
            record.save = argv[i] + 7;
        else
            argv[kept++] = argv[i];
    argv[kept] = NULL;
    if (kept > 1 && strcmp(argv[1], "--help") == 0)
        printf("Besides, --save=FILE: where a wrong history is written to.\n");
    return kept;
}

/* Can a history be written there?  Leaves nothing behind. */
static inline void try_save(void)
{
    FILE *to = record.save != NULL ? fopen(record.save, "w") : NULL;

    if (record.save == NULL)
        return;
    if (to == NULL) {
        fprintf(stderr, "%s: cannot write %s: %s\n", SUBJECT, record.save,
                strerror(errno));
        exit(2);
    }
    fclose(to);
    remove(record.save);
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
    int status;

    make_logs();
    argc = take_save(argc, argv);
    try_save();
    status = run_trial(argc, argv, pass);
    printf("figure histories %s %" PRIu64 " operations\n", SUBJECT, record.total);
    return status;
}

#endif
