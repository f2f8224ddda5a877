/* processes.c - trial: queues and a semaphore between processes.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each process maps the same memory at an address of its own.  Every message has to
 * come once, whole, and in the order of its producer; the semaphore never lets more in
 * than it has permits.  The parent watches, and ends it all when nothing moves.
 */
#define _GNU_SOURCE 1
#include <pawl/mpmc_ring.h>
#include <pawl/mpmc_ring64.h>
#include <pawl/mpmc_swap.h>
#include <pawl/mpmc_word.h>
#include <pawl/sem.h>
#include <pawl/spsc_ring.h>

#define SUBJECT "processes"

#include <trial/trial.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { PROCESSES = 4, CAPACITY = 8, PERMITS = 2, BLOCK = 1 << 16 };

typedef struct message {
    uint64_t from, number, body;
} message;

/* What all processes share: these counters, and the structure on trial. */
typedef struct hall {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) here;      /* processes that are ready */
    PAWL_ATOMIC(uint64_t) sum;          /* of what was popped */
    PAWL_ATOMIC(uint64_t) inside, met;  /* semaphore: holders; when there were others */
    PAWL_ATOMIC(uint64_t) progress[PROCESSES];
    alignas(PAWL_LINE) char block[BLOCK];
} hall;

typedef struct kind {
    const char *name;
    unsigned producers, consumers;
    int (*open)(hall *at);
    void (*job)(const struct kind *k, hall *at, worker *w);
    void *(*join)(hall *at);
    bool (*push)(hall *at, void *port, const message *m);
    bool (*pop)(hall *at, void *port, message *m);
} kind;

static uint64_t each;                   /* messages a producer; visits a process */

/* --- the structures --------------------------------------------------------------- */

static void *join_nothing(hall *at) { return at; }

static pawl_spsc_ring *spsc(hall *at) { return (pawl_spsc_ring *)(void *)at->block; }

static int open_spsc(hall *at)
{
    return pawl_spsc_ring_init(spsc(at), BLOCK, CAPACITY, sizeof(message));
}

static bool push_spsc(hall *at, void *port, const message *m)
{
    (void)port;
    return pawl_spsc_ring_try_push(spsc(at), m, sizeof *m);
}

static bool pop_spsc(hall *at, void *port, message *m)
{
    (void)port;
    return pawl_spsc_ring_try_pop(spsc(at), m, sizeof *m);
}

static pawl_mpmc_ring *ring(hall *at) { return (pawl_mpmc_ring *)(void *)at->block; }

static int open_ring(hall *at)
{
    return pawl_mpmc_ring_init(ring(at), BLOCK, CAPACITY);
}

/* A pointer means nothing in another process: its bits carry the message. */
static uint64_t bits_of(const message *m) { return m->number * PROCESSES + m->from; }

static void read_bits(message *m, uint64_t bits)
{
    m->from = bits % PROCESSES;
    m->number = bits / PROCESSES;
    m->body = mix(m->number ^ m->from << 32);
}

static bool push_ring(hall *at, void *port, const message *m)
{
    (void)port;
    return pawl_mpmc_ring_try_push(ring(at), (void *)(uintptr_t)(bits_of(m) * 4));
}

static bool pop_ring(hall *at, void *port, message *m)
{
    void *item = NULL;
    bool popped = pawl_mpmc_ring_try_pop(ring(at), &item);

    (void)port;
    read_bits(m, (uintptr_t)item / 4);
    return popped;
}

static pawl_mpmc_ring64 *ring64(hall *at)
{
    return (pawl_mpmc_ring64 *)(void *)at->block;
}

static int open_ring64(hall *at)
{
    return pawl_mpmc_ring64_init(ring64(at), BLOCK, CAPACITY);
}

static bool push_ring64(hall *at, void *port, const message *m)
{
    (void)port;
    return pawl_mpmc_ring64_try_push(ring64(at), ~bits_of(m));
}

static bool pop_ring64(hall *at, void *port, message *m)
{
    uint64_t bits = 0;
    bool popped = pawl_mpmc_ring64_try_pop(ring64(at), &bits);

    (void)port;
    read_bits(m, ~bits);
    return popped;
}

static pawl_mpmc_word *word(hall *at) { return (pawl_mpmc_word *)(void *)at->block; }

static int open_word(hall *at)
{
    return pawl_mpmc_word_init(word(at), BLOCK, CAPACITY);
}

static bool push_word(hall *at, void *port, const message *m)
{
    (void)port;
    return pawl_mpmc_word_try_push(word(at), (uint32_t)bits_of(m));
}

static bool pop_word(hall *at, void *port, message *m)
{
    uint32_t item = 0;
    bool popped = pawl_mpmc_word_try_pop(word(at), &item);

    (void)port;
    read_bits(m, item);
    return popped;
}

static pawl_mpmc_swap *swap(hall *at) { return (pawl_mpmc_swap *)(void *)at->block; }

static int open_swap(hall *at)
{
    return pawl_mpmc_swap_init(swap(at), BLOCK, CAPACITY, PROCESSES + 1, 1,
                               sizeof(message));
}

static void *join_swap(hall *at)
{
    pawl_mpmc_swap_port *port = NULL;

    if (pawl_mpmc_swap_open(swap(at), &port) != 0)
        die("no port");
    return port;
}

static bool push_swap(hall *at, void *port, const message *m)
{
    (void)at;
    memcpy(pawl_mpmc_swap_cell((pawl_mpmc_swap_port *)port, 0), m, sizeof *m);
    return pawl_mpmc_swap_try_push((pawl_mpmc_swap_port *)port) == 0;
}

static bool pop_swap(hall *at, void *port, message *m)
{
    void *cell;

    (void)at;
    if (pawl_mpmc_swap_try_pop((pawl_mpmc_swap_port *)port, &cell) != 0)
        return false;
    memcpy(m, cell, sizeof *m);
    return true;
}

static pawl_sem *sem(hall *at) { return (pawl_sem *)(void *)at->block; }
static int open_sem(hall *at) { return pawl_sem_init(sem(at), PERMITS, PAWL_SHARED); }

/* --- what a process does ---------------------------------------------------------- */

static void step(hall *at, worker *w)
{
    atomic_fetch_add_explicit(&at->progress[w->id], 1, memory_order_relaxed);
    stir(w);
}

static void produce(const kind *k, hall *at, worker *w, void *port)
{
    for (uint64_t i = 0; i < each; i++) {
        message m = { w->id, i, mix(i ^ (uint64_t)w->id << 32) };

        while (!k->push(at, port, &m))
            lull(w);
        step(at, w);
    }
}

static void consume(const kind *k, hall *at, worker *w, void *port)
{
    for (uint64_t i = 0; i < each * k->producers / k->consumers; i++) {
        message m = { 0, 0, 0 };

        while (!k->pop(at, port, &m))
            lull(w);
        if (m.from >= k->producers || m.body != mix(m.number ^ m.from << 32))
            die("%s: a message is not whole", k->name);
        if (m.number < w->next[m.from])
            die("%s: a message overtook an older one", k->name);
        w->next[m.from] = m.number + 1;
        atomic_fetch_add_explicit(&at->sum, m.body, memory_order_relaxed);
        step(at, w);
    }
}

static void take_part(const kind *k, hall *at, worker *w)
{
    (w->id < k->producers ? produce : consume)(k, at, w, k->join(at));
}

static void come_and_go(const kind *k, hall *at, worker *w)
{
    for (uint64_t i = 0; i < each; i++) {
        uint32_t n = 1 + roll(w, PERMITS);
        uint64_t others;

        if (pawl_sem_wait(sem(at), n) != 0)
            die("%s: wait failed", k->name);
        others = atomic_fetch_add_explicit(&at->inside, n, memory_order_relaxed);
        if (others + n > PERMITS)
            die("%s: more inside than permits", k->name);
        if (roll(w, 32) == 0)
            nap(1 + roll(w, 50000));    /* the others fall asleep */
        atomic_fetch_add_explicit(&at->met, others > 0, memory_order_relaxed);
        atomic_fetch_sub_explicit(&at->inside, n, memory_order_relaxed);
        if (pawl_sem_post(sem(at), n) != 0)
            die("%s: post failed", k->name);
        step(at, w);
    }
}

/* --- the parent ------------------------------------------------------------------- */

static pid_t children[PROCESSES];

static hall *map_hall(int memory)
{
    void *at = mmap(NULL, sizeof(hall), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);

    if (at == MAP_FAILED)
        die("no memory");
    return (hall *)at;
}

__attribute__((noreturn))
static void child(const kind *k, int memory, unsigned id, unsigned n)
{
    worker *w = &crew[0];
    hall *at = map_hall(memory);

    reset(w, id);
    atomic_fetch_add_explicit(&at->here, 1, memory_order_relaxed);
    while (atomic_load_explicit(&at->here, memory_order_relaxed) < n)
        sched_yield();
    k->job(k, at, w);
    _exit(0);
}

static void end_all(const char *why, const char *which, const hall *at)
{
    for (unsigned i = 0; i < PROCESSES; i++)
        if (children[i] > 0) {
            fprintf(stderr, "  process %u: %" PRIu64 " steps\n", i,
                    atomic_load_explicit(&at->progress[i], memory_order_relaxed));
            kill(children[i], SIGKILL);
        }
    die("%s: %s", which, why);
}

/* Wait for all children, as long as they get on. */
static void supervise(const kind *k, const hall *at, unsigned n)
{
    uint64_t before = 0;

    for (unsigned left = n, ticks = 0; left > 0; ticks++) {
        uint64_t now = 0;

        for (unsigned i = 0; i < n; i++) {
            int status;

            now += atomic_load_explicit(&at->progress[i], memory_order_relaxed);
            if (children[i] == 0 || waitpid(children[i], &status, WNOHANG) == 0)
                continue;
            children[i] = 0;
            left--;
            if (status != 0)
                end_all("a process failed", k->name, at);
        }
        if (now != before)
            ticks = 0;
        else if (ticks == run.patience * TICKS)
            end_all("no progress", k->name, at);
        before = now;
        nap(TICK * PAWL_MILLISECOND);
    }
}

static uint64_t sum_of_all(unsigned producers)
{
    uint64_t sum = 0;

    for (uint64_t p = 0; p < producers; p++)
        for (uint64_t i = 0; i < each; i++)
            sum += mix(i ^ p << 32);
    return sum;
}

static hall *new_hall(int *memory)
{
    *memory = memfd_create("trial", MFD_CLOEXEC);
    if (*memory < 0 || ftruncate(*memory, sizeof(hall)) != 0)
        die("no memory");
    return map_hall(*memory);
}

static void phase(const kind *k)
{
    unsigned n = k->producers + k->consumers;
    message m;
    int memory;
    hall *at = new_hall(&memory);

    run.phase_began = pawl_now();
    if (k->open(at) != 0)
        die("%s: cannot open", k->name);
    fflush(NULL);                       /* or the children write it too */
    for (unsigned i = 0; i < n; i++) {
        children[i] = fork();
        if (children[i] < 0)
            end_all("no more processes", k->name, at);
        if (children[i] == 0)
            child(k, memory, i, n);
    }
    supervise(k, at, n);
    if (k->pop != NULL && k->pop(at, k->join(at), &m))
        die("%s: a message too many", k->name);
    if (k->pop != NULL && atomic_load_explicit(&at->sum, memory_order_relaxed)
                              != sum_of_all(k->producers))
        die("%s: messages were lost", k->name);
    if (k->pop == NULL && atomic_load_explicit(&at->met, memory_order_relaxed) == 0)
        die("%s: nobody ever met: nothing proved", k->name);
    passed(k->name, each * k->producers, "%u:%u processes", k->producers, k->consumers);
    munmap(at, sizeof(hall));
    close(memory);
}

static const kind kinds[] = {
    { "spsc_ring", 1, 1, open_spsc, take_part, join_nothing, push_spsc, pop_spsc },
    { "mpmc_ring", 2, 2, open_ring, take_part, join_nothing, push_ring, pop_ring },
    { "mpmc_ring64", 2, 2, open_ring64, take_part, join_nothing, push_ring64,
      pop_ring64 },
    { "mpmc_word", 2, 2, open_word, take_part, join_nothing, push_word, pop_word },
    { "mpmc_swap", 2, 2, open_swap, take_part, join_swap, push_swap, pop_swap },
    { "sem", 4, 0, open_sem, come_and_go, join_nothing, NULL, NULL },
};

static void pass(void)
{
    each = enough(20000, 1024);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        phase(&kinds[i]);
}

int main(int argc, char **argv)
{
    begin_trial(argc, argv);            /* no thread of ours: we fork */
    run_passes(pass);
    return 0;
}
