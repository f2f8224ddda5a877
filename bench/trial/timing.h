/* timing.h - what every timed trial shares: threads, clock, checks, and main().
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A subject ends with #include <trial/KIND.h>; where that is bench's, the program
 * times one workload once and prints one line:
 *
 *     queue/1p1c ok 16777216 241003114 52 53      items, nanoseconds, line round trip
 *                                                 before and after (line.h)
 *     queue/8p8c collapses 65536 2000000000 0 0   not done in this time: stopped
 *
 * A run whose items do not add up prints no figure and exits with 1.  bench/run
 * calls these programs in turn, so that no subject has a lucky minute to itself.
 *
 * How long: the number of items grows, round by round, until a round takes about
 * --milliseconds; only that round counts.  Each round has new threads and a new
 * structure.  Threads are pinned, to the first two CPUs that we may use in turn or
 * to the first alone, and one more thread is alive all the time: C libraries leave
 * out locked instructions in a process of one.
 *
 * The kind's header includes this one, defines what is declared here without a
 * body, and knows nothing of clocks.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <trial/line.h>

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { CAPACITY = 4096, BATCH = 16, MOST_WORKERS = 32, ABSENT = 77 };

/* What went by: these three of all that was put in equal those of all that came out. */
typedef struct tally {
    uint64_t count, sum, mix;
} tally;

#define NOTHING { 0, 0, 0 }

typedef struct worker worker;

typedef struct workload {
    const char *name;
    void (*first)(worker *w);           /* the producers, the lockers, ... */
    void (*second)(worker *w);          /* the other side, if there is one */
    unsigned firsts, seconds;           /* how many threads of each */
    unsigned cpus;                      /* 1 or 2 */
    uint64_t least;                     /* items a round, at least */
} workload;

struct worker {
    alignas(PAWL_LINE) const workload *work;
    unsigned number;                    /* among all threads, `firsts` first */
    uint64_t items;                     /* our share */
    pawl_time start, end;
    tally in, out;
    const char *wrong;                  /* what it found wrong, if anything */
    pthread_t thread;
};

/* The i-th workload of this subject; NULL behind the last. */
static const workload *workload_at(size_t i);

/* Make, check and take down what a round works on.  False, or not NULL: why not. */
static bool round_open(const workload *work);
static const char *round_check(const workload *work, const worker *workers,
                               uint64_t items);
static void round_close(void);

static pthread_barrier_t start_line;
static bool check_order;

static inline void note(tally *t, const void *item)
{
    uint64_t value = (uint64_t)(uintptr_t)item;

    t->count++;
    t->sum += value;
    t->mix ^= value;
}

static inline bool same(const tally *a, const tally *b)
{
    return a->count == b->count && a->sum == b->sum && a->mix == b->mix;
}

static inline void add(tally *t, const tally *more)
{
    t->count += more->count;
    t->sum += more->sum;
    t->mix ^= more->mix;
}

/* Where the thread's number begins in an item's: for some these are below 2^32. */
#ifdef SUBJECT_FIRST
enum { THREAD_SHIFT = 27 };
#else
enum { THREAD_SHIFT = 40 };
#endif

/* The k-th item of a thread: a multiple of 8, never NULL, the only one of its kind. */
static inline void *item_of(unsigned thread, uint64_t k)
{
    return (void *)(uintptr_t)(((uint64_t)thread << THREAD_SHIFT | (k + 1)) << 3);
}

static inline unsigned thread_of(const void *item)
{
    return (unsigned)((uint64_t)(uintptr_t)item >> THREAD_SHIFT >> 3);
}

/* How to wait after an attempt that failed: `pauses`, and from the attempt `yield_from`
 * on sched_yield.  One policy for all in streams, one for all in round trips. */
typedef struct manner {
    unsigned pauses, yield_from;
} manner;

static const manner STREAM = { 8, 32 }, TRIP = { 1, 4096 };

/* A loop that is timed: what it calls is part of it, whatever a compiler thinks of its
 * size.  (What is in a library is not.) */
#define TIMED __attribute__((flatten)) static void

static inline void wait_a_little(manner how, unsigned *attempts)
{
    if (++*attempts >= how.yield_from)
        pawl_yield();
    else
        for (unsigned i = 0; i < how.pauses; i++)
            pawl_relax();
}

/* A thread is set up and about to begin; a thread is done. */
static void ready(worker *w)
{
    pthread_barrier_wait(&start_line);
    w->start = pawl_now();
}

/* What went in and out there; NULL where nothing did. */
static void finished(worker *w, const tally *in, const tally *out)
{
    w->end = pawl_now();
    if (in != NULL)
        w->in = *in;
    if (out != NULL)
        w->out = *out;
}

/* --- one round -------------------------------------------------------------------- */

static int cpus[2], cpus_found;

static void find_cpus(void)
{
    cpu_set_t ours;

    CPU_ZERO(&ours);
    sched_getaffinity(0, sizeof ours, &ours);
    for (int i = 0; i < CPU_SETSIZE && cpus_found < 2; i++)
        if (CPU_ISSET((size_t)i, &ours))
            cpus[cpus_found++] = i;
}

/* Producers begin at the first CPU, consumers at the second. */
static int cpu_for(const worker *w)
{
    const workload *work = w->work;
    unsigned i = w->number < work->firsts ? w->number : w->number - work->firsts + 1;

    return cpus[i % work->cpus];
}

static void *work(void *argument)
{
    worker *w = (worker *)argument;

    pin(cpu_for(w));
    (w->number < w->work->firsts ? w->work->first : w->work->second)(w);
    return NULL;
}

static char verdict[128];               /* what to say if the time limit strikes */

static void give_up(int signal)
{
    (void)signal;
    if (write(STDOUT_FILENO, verdict, strlen(verdict)) < 0)
        _exit(1);
    _exit(0);
}

static void set_limit(int milliseconds)
{
    struct itimerval t;

    memset(&t, 0, sizeof t);
    t.it_value.tv_sec = milliseconds / 1000;
    t.it_value.tv_usec = milliseconds % 1000 * 1000;
    setitimer(ITIMER_REAL, &t, NULL);
}

static void fail(const workload *w, const char *why)
{
    fprintf(stderr, "%s %s: %s\n", SUBJECT, w->name, why);
    exit(1);
}

static void run_threads(const workload *w, worker *workers, uint64_t items, int limit)
{
    unsigned threads = w->firsts + w->seconds;

    snprintf(verdict, sizeof verdict, "%s collapses %llu %lld 0 0\n", w->name,
             (unsigned long long)items, limit * 1000000LL);
    pthread_barrier_init(&start_line, NULL, threads);
    set_limit(limit);
    for (unsigned i = 0; i < threads; i++) {
        workers[i].work = w;
        workers[i].number = i;
        workers[i].items = items / (i < w->firsts ? w->firsts : w->seconds);
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            fail(w, "cannot start a thread");
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(workers[i].thread, NULL);
    set_limit(0);
    pthread_barrier_destroy(&start_line);
}

/* Nanoseconds from the first start to the last end; how far the CPUs were apart. */
static pawl_time run_round(const workload *w, uint64_t items, int limit, double line[2])
{
    static worker workers[MOST_WORKERS];
    pawl_time start = PAWL_FOREVER, end = 0;
    const char *wrong;

    memset((void *)workers, 0, sizeof workers);
    if (!round_open(w))
        exit(ABSENT);
    line[0] = line_trip(cpus[0], cpus[1]);
    run_threads(w, workers, items, limit);
    line[1] = line_trip(cpus[0], cpus[1]);
    wrong = round_check(w, workers, items);
    for (unsigned i = 0; i < w->firsts + w->seconds; i++) {
        wrong = wrong == NULL ? workers[i].wrong : wrong;
        start = workers[i].start < start ? workers[i].start : start;
        end = workers[i].end > end ? workers[i].end : end;
    }
    if (wrong != NULL)
        fail(w, wrong);
    round_close();
    return end > start ? end - start : 1;
}

/* --- the program ------------------------------------------------------------------ */

static void *stay_alive(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

/* So many, or a multiple, can be shared out whole: to 3, or to 8 in batches of 16. */
enum { WHOLE = 384 };

/* Rounds of more and more items, until one takes long enough. */
static void measure(const workload *w, uint64_t items, int milliseconds, int limit)
{
    bool exactly = items != 0;
    uint64_t most = UINT64_C(1) << 33;
    pawl_time goal = milliseconds * (PAWL_SECOND / 1000), took;
    double line[2];

    for (items = exactly ? items : w->least;; ) {
        double factor;

        items -= items % WHOLE;
        took = run_round(w, items, limit, line);
        if (exactly || took >= goal / 2 || items >= most)
            break;
        factor = (double)goal / (double)took;
        factor = factor < 16 ? factor : 16;
        items = (uint64_t)((double)items * factor);
        items = items < w->least ? w->least : items;
    }
    printf("%s ok %llu %lld %.0f %.0f\n", w->name, (unsigned long long)items,
           (long long)took, line[0], line[1]);
}

static const workload *find_workload(const char *name)
{
    const workload *w;

    for (size_t i = 0; (w = workload_at(i)) != NULL; i++)
        if (strcmp(w->name, name) == 0)
            break;
    return w;
}

static int usage(FILE *out)
{
    fprintf(out,
        "usage: %s --list | --workload NAME [options]\n"
        "  -l, --list             the workloads of this subject\n"
        "  -w, --workload NAME    time this one, once\n"
        "  -n, --items N          exactly N items, a multiple of 384, in one round\n"
        "  -m, --milliseconds N   about this long (200)\n"
        "      --limit N          stop it after N milliseconds (2000)\n"
        "      --order            check each producer's order too (slower)\n"
        "  -h, --help\n", SUBJECT);
    return out == stdout ? 0 : 2;
}

static int list_workloads(void)
{
    for (size_t i = 0; workload_at(i) != NULL; i++)
        puts(workload_at(i)->name);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "list", no_argument, NULL, 'l' },
        { "workload", required_argument, NULL, 'w' },
        { "items", required_argument, NULL, 'n' },
        { "milliseconds", required_argument, NULL, 'm' },
        { "limit", required_argument, NULL, 'L' }, { "order", no_argument, NULL, 'o' },
        { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
    };
    const workload *w = NULL;
    uint64_t items = 0;
    int option, milliseconds = 200, limit = 2000;
    pthread_t bystander;

    while ((option = getopt_long(argc, argv, "lw:n:m:h", options, NULL)) != -1)
        switch (option) {
        case 'l': return list_workloads();
        case 'w': w = find_workload(optarg); break;
        case 'n': items = strtoull(optarg, NULL, 10); break;
        case 'm': milliseconds = atoi(optarg); break;
        case 'L': limit = atoi(optarg); break;
        case 'o': check_order = true; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    if (w == NULL || optind < argc || milliseconds < 1 || limit < 1
        || items % WHOLE != 0)
        return usage(stderr);
    find_cpus();
    if (cpus_found < 2)
        fail(w, "needs two CPUs");
    signal(SIGALRM, give_up);
    if (pthread_create(&bystander, NULL, stay_alive, NULL) != 0)
        fail(w, "cannot start a thread");
    measure(w, items, milliseconds, limit);
    return 0;
}

#endif
