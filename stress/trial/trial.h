/* trial.h - what all trials share: options, dice, threads, the watchdog, the verdict.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A subject is a small file that names a structure (SUBJECT) and says how to use it; it
 * ends with #include <trial/KIND.h>, which brings the checks and main().  Subject and
 * trial compile together, so calls are inlined.  C11 and C++17 alike.
 *
 * A trial is a row of phases.  Each runs a crew of threads and prints a line that ends
 * in `ok`; the first failure ends the program, with status 1.  A phase that has proved
 * nothing (never full, hardly any hand-over) runs again, and fails when that goes on.
 */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include <trial/options.h>

#include <pawl/backoff.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>

enum {
    TRIES_MAX = 30,                     /* runs of a phase until it proves something */
    SPINS = 2000,                       /* before one who waits yields */
    UNPROVED = 3,                       /* exit status */
    TICK = 20,                          /* milliseconds */
    TICKS = 1000 / TICK                 /* a second */
};

/* --- threads ---------------------------------------------------------------------- */

typedef struct worker {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) progress;  /* what the watchdog looks at */
    PAWL_ATOMIC(const char *) doing;
    void (*job)(struct worker *w);
    unsigned id, tries;
    uint64_t dice;
    uint64_t full, empty, handovers, count;     /* what it saw; count: the job's own */
    uint64_t next[THREADS_MAX];         /* per producer: the lowest number to come */
    pthread_t thread;
} worker;

static worker crew[THREADS_MAX + 1];    /* the last one is the main thread */
static unsigned crew_size;
static pthread_barrier_t crew_start;

static inline worker *main_worker(void) { return &crew[THREADS_MAX]; }

__attribute__((noreturn)) static inline void failed(void);

static pthread_mutex_t the_end = PTHREAD_MUTEX_INITIALIZER;

/* The end: say why, and how to see it again. */
__attribute__((format(printf, 1, 2), noreturn))
static inline void die(const char *why, ...)
{
    va_list args;

    pthread_mutex_lock(&the_end);       /* for ever: who comes second, waits */
    fflush(stdout);
    fprintf(stderr, "%s: ", SUBJECT);
    va_start(args, why);
    vfprintf(stderr, why, args);
    va_end(args);
    fprintf(stderr, "\n");
    failed();
}

__attribute__((noreturn)) static inline void end_by(int status)
{
    print_repro(stderr);
    fprintf(stderr, "%-18s FAILED\n", SUBJECT);
    _exit(status);
}

__attribute__((noreturn)) static inline void failed(void)
{
    end_by(1);
}

/* A number from 0 to `below` - 1: xorshift64*, one seeded generator a thread. */
static inline unsigned roll(worker *w, unsigned below)
{
    w->dice ^= w->dice >> 12;
    w->dice ^= w->dice << 25;
    w->dice ^= w->dice >> 27;
    return (unsigned)((w->dice * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below);
}

/* Tell the watchdog: what comes next, and how far we are. */
static inline void doing(worker *w, const char *what)
{
    atomic_store_explicit(&w->doing, what, memory_order_relaxed);
}

static inline void advance(worker *w, uint64_t by)
{
    /* relaxed: our own counter, and nothing is handed over by it. */
    atomic_store_explicit(&w->progress,
        atomic_load_explicit(&w->progress, memory_order_relaxed) + by,
        memory_order_relaxed);
}

static inline uint64_t progress_of(worker *w)
{
    return atomic_load_explicit(&w->progress, memory_order_relaxed);
}

static inline void nap(int64_t nanoseconds)
{
    struct timespec t = { (time_t)(nanoseconds / PAWL_SECOND),
                          (long)(nanoseconds % PAWL_SECOND) };
    nanosleep(&t, NULL);
}

/* After an attempt that failed: the other side may need our processor. */
static inline void lull(worker *w)
{
    if (++w->tries % 64 == 0 || roll(w, 64) == 0)
        sched_yield();
    else
        pawl_relax();
}

/* Between operations: let others in, at random. */
static inline void stir(worker *w)
{
    unsigned r = roll(w, 4096);

    if (r == 0)
        nap(1 + roll(w, 50000));
    else if (r < 64)
        sched_yield();
    else if (r < 128)
        for (unsigned i = roll(w, 100); i > 0; i--)
            pawl_relax();
}

/* What is waited for takes a microsecond while all threads run, and far longer where
 * one of them has just yielded: so this spins for a while. */
static inline void await_number(worker *w, const char *why,
                                PAWL_ATOMIC(uint64_t) *what, uint64_t number)
{
    unsigned spins = pawl_usable_cpus() > 1 ? SPINS : 0;

    doing(w, why);
    /* acquire: pairs with the release of who begins, or ends, a round. */
    while (atomic_load_explicit(what, memory_order_acquire) < number)
        if (spins > 0) {
            spins--;
            pawl_relax();
        } else {
            sched_yield();
        }
}

static inline void reset(worker *w, unsigned id)
{
    w->id = id;
    w->tries = 0;
    atomic_store_explicit(&w->progress, 0, memory_order_relaxed);
    w->dice = mix(run.seed ^ mix(run.done ^ mix(id + 1))) | 1;
    w->full = w->empty = w->handovers = w->count = 0;
    memset(w->next, 0, sizeof w->next);
    doing(w, "starting");
}

/* SIGUSR1 goes to one of those that do not block it: to the crew. */
static inline void mask_signal(int how)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(how, &signals, NULL);
}

static inline void *crew_member(void *arg)
{
    worker *w = (worker *)arg;

    mask_signal(SIG_UNBLOCK);
    pthread_barrier_wait(&crew_start);
    w->job(w);
    doing(w, "finished");
    return NULL;
}

/* Run n threads, started together: the first `firsts` do `job`, the others `other`. */
static inline void crew_run(unsigned n, unsigned firsts, void (*job)(worker *),
                            void (*other)(worker *))
{
    crew_size = n;
    pthread_barrier_init(&crew_start, NULL, n);
    for (unsigned i = 0; i < n; i++)
        reset(&crew[i], i);
    for (unsigned i = 0; i < n; i++) {
        crew[i].job = i < firsts ? job : other;
        if (pthread_create(&crew[i].thread, NULL, crew_member, &crew[i]) != 0)
            die("no more threads");
    }
    for (unsigned i = 0; i < n; i++)
        pthread_join(crew[i].thread, NULL);
    pthread_barrier_destroy(&crew_start);
}

/* --- the watchdog ----------------------------------------------------------------- */

static inline void dump(void)
{
    for (unsigned i = 0; i <= THREADS_MAX; i++) {
        const char *what = atomic_load_explicit(&crew[i].doing, memory_order_relaxed);

        if (what != NULL)
            fprintf(stderr, "  %s %2u: %12" PRIu64 " steps, now: %s\n",
                    i < THREADS_MAX ? "thread" : "main  ", i % THREADS_MAX,
                    progress_of(&crew[i]), what);
    }
}

static PAWL_ATOMIC(uint32_t) over;              /* the trial is: no need to watch */

/* Counts ticks, not time: a machine that was asleep is no hang.  Whatever changes is
 * progress, a crew that starts anew too. */
static inline void *watchdog(void *unused)
{
    uint64_t before = 0;

    (void)unused;
    for (unsigned ticks = 0; ticks < run.patience * TICKS; ticks++) {
        uint64_t now = 0;

        nap(TICK * PAWL_MILLISECOND);
        if (atomic_load_explicit(&over, memory_order_relaxed))
            return NULL;
        for (unsigned i = 0; i <= THREADS_MAX; i++)
            now += progress_of(&crew[i]);
        if (now != before)
            ticks = 0;
        before = now;
    }
    pthread_mutex_lock(&the_end);
    fflush(stdout);
    fprintf(stderr, "%s: no progress for %" PRIu64 " seconds; each thread's state:\n",
            SUBJECT, run.patience);
    dump();
    failed();
}

/* --- how much is enough ----------------------------------------------------------- */

/* Known by their symbols: is this program perturbed, or run by a sanitizer? */
PAWL_BEGIN
void pawl_perturb_seed(uint64_t seed) __attribute__((weak));
void __tsan_init(void) __attribute__((weak));
void __asan_init(void) __attribute__((weak));
void __ubsan_handle_builtin_unreachable(void *data) __attribute__((weak));
PAWL_END

/* How many times as long an operation takes here as in a plain build, about. */
static inline uint64_t slowness(void)
{
    return (__tsan_init != NULL ? 6
            : __asan_init != NULL || __ubsan_handle_builtin_unreachable != NULL ? 2 : 1)
         * (pawl_perturb_seed != NULL ? 5 : 1);
}

/* Where other programs keep the processors busy, each yield takes a time slice of them:
 * then less has to be enough.  Looks for 20 ms. */
static inline uint64_t crowd(void)
{
    pawl_time until = pawl_after(20 * PAWL_MILLISECOND);
    unsigned yields = 0;

    for (; pawl_now() < until; yields++)
        sched_yield();
    return yields < 100 ? 4 : 1;
}

/* So many, as --items says or as takes the usual moment.  At least `floor`. */
static inline uint64_t enough(uint64_t usual, uint64_t floor)
{
    uint64_t n = run.items > 0 ? run.items : usual / slowness() / run.crowd;

    return n > floor ? n : floor;
}

/* --- phases ----------------------------------------------------------------------- */

static inline void begin_phase(const char *name)
{
    doing(main_worker(), name);
    run.phase_began = pawl_now();
}

/* A phase went well.  Its line is printed in the first pass only. */
__attribute__((format(printf, 3, 4)))
static inline void passed(const char *phase, uint64_t items, const char *how, ...)
{
    char text[128];
    va_list args;

    va_start(args, how);
    vsnprintf(text, sizeof text, how, args);
    va_end(args);
    run.done += items + 1;
    advance(main_worker(), 1);
    if (run.pass == 1)
        printf("%-18s %-9s %-20s %9" PRIu64 " items %8.1f ms  ok\n", SUBJECT, phase,
               text, items, (double)(pawl_now() - run.phase_began) / 1e6);
    fflush(stdout);
}

/* Did the phase prove something?  If not, it is to be run again; up to a point. */
static inline bool proved(bool something, unsigned tries, const char *what)
{
    if (!something && tries + 1 == TRIES_MAX) {
        fflush(stdout);
        fprintf(stderr, "%s: %s, in %d runs: nothing proved\n", SUBJECT, what,
                TRIES_MAX);
        end_by(UNPROVED);
    }
    run.done++;                         /* other dice next time */
    return something;
}

/* --- main ------------------------------------------------------------------------- */

/* What a trial's main() does: `pass` goes through all its phases. */
static inline void run_passes(void (*pass)(void))
{
    run.began = pawl_now();
    do {
        if (run.pass++ > 0) {
            pthread_mutex_lock(&the_end); /* the watchdog may print it */
            run.seed = mix(run.seed);
            pthread_mutex_unlock(&the_end);
        }
        run.done = 0;
        if (pawl_perturb_seed != NULL)
            pawl_perturb_seed(run.seed);
        pass();
    } while ((double)(pawl_now() - run.began) < run.seconds * 1e9);
    if (run.pass > 1)
        printf("%-18s %" PRIu64 " passes in %.1f s  ok\n", SUBJECT, run.pass,
               (double)(pawl_now() - run.began) / 1e9);
}

static inline void interrupted(int signal) { (void)signal; }

/* Whoever sends us SIGUSR1 interrupts the call that one of the crew is in, no more. */
static inline void bear_signals(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);  /* no SA_RESTART */
    action.sa_handler = interrupted;
    sigaction(SIGUSR1, &action, NULL);
    mask_signal(SIG_BLOCK);
}

static inline void begin_trial(int argc, char **argv)
{
    parse(argc, argv);
    bear_signals();
    print_repro(stdout);
    fflush(stdout);
    reset(main_worker(), THREADS_MAX);
    run.crowd = crowd();
}

static inline int run_trial(int argc, char **argv, void (*pass)(void))
{
    pthread_t dog;

    begin_trial(argc, argv);
    if (pthread_create(&dog, NULL, watchdog, NULL) != 0)
        die("no more threads");
    run_passes(pass);
    atomic_store_explicit(&over, 1, memory_order_relaxed);
    pthread_join(dog, NULL);
    return 0;
}

#endif
