/* worker_group.c - trial: tasks of many producers run exactly once, whoever exits.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Tasks are plain words that one thread writes and another runs: under ThreadSanitizer
 * a promise that is not kept is a data race.  What workers have counted is read when
 * drain_until has returned, before they are joined.
 */
#define _GNU_SOURCE 1
#include <pawl/worker_group.h>

#define SUBJECT "worker_group"

#include <trial/trial.h>

enum { BATCH_MAX = 8, WORKERS_MAX = 4, PRODUCERS_MAX = 3, BLOCK = 1 << 18,
       SMALL = 1 << 14 };

typedef struct task {
    uint64_t number, times;
} task;

/* A worker's own. */
typedef struct account {
    alignas(PAWL_LINE) uint64_t ran, lost, dice;
    size_t at;                          /* which task of the batch it is at */
    bool exits;                         /* it may */
} account;

static alignas(PAWL_LINE) char block[BLOCK], group_block[SMALL];
static pawl_channel *const channel = (pawl_channel *)(void *)block;
static pawl_worker_group *const group = (pawl_worker_group *)(void *)group_block;
static task *tasks;
static uint64_t each;                   /* tasks a producer */
static account accounts[WORKERS_MAX];
static uint64_t exits;                  /* workers, in all rounds of a phase */
static PAWL_ATOMIC(uint64_t) unwanted;  /* pushes that were refused */

/* --- workers ---------------------------------------------------------------------- */

static int take_account(void *unused, size_t number, void **context)
{
    account *a = &accounts[number];

    (void)unused;
    *context = a;
    return 0;
}

static unsigned roll_for(account *a, unsigned below)
{
    a->dice ^= a->dice >> 12;
    a->dice ^= a->dice << 25;
    a->dice ^= a->dice >> 27;
    return (unsigned)((a->dice * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below);
}

static void run_tasks(void *context, void **cells, size_t n)
{
    account *a = (account *)context;

    if (n == 0 || n > BATCH_MAX)
        die("a batch of %zu", n);
    for (a->at = 0; a->at < n; a->at++) {
        task *t = *(task **)cells[a->at];

        if (a->exits && roll_for(a, 200) == 0)
            pthread_exit(NULL);
        if (t->number != (uint64_t)(t - tasks) || t->times++ != 0)
            die("task %" PRIu64 " came twice, or is not whole", (uint64_t)(t - tasks));
        a->ran++;
        if (roll_for(a, 256) == 0)
            sched_yield();
    }
}

/* Those that had not been run are counted as lost, and marked. */
static void note_exit(void *unused, size_t number, void **cells, size_t n)
{
    account *a = &accounts[number];

    (void)unused;
    for (size_t i = a->at; i < n; i++) {
        task *t = *(task **)cells[i];

        if (t->times++ != 0)
            die("task %" PRIu64 " was run, and not run", t->number);
        a->lost++;
    }
}

/* --- producers -------------------------------------------------------------------- */

static uint64_t push_batch(worker *w, pawl_channel_port *port, uint64_t first,
                           uint64_t most)
{
    size_t n = 1 + roll(w, BATCH_MAX), pushed;

    n = n < most ? n : (size_t)most;
    for (size_t i = 0; i < n; i++) {
        task *t = &tasks[first + i];

        t->number = first + i;
        *(task **)pawl_channel_cell(port, i) = t;
    }
    pushed = pawl_channel_try_push_n(port, n);
    if (pushed > 0)
        return pushed;
    return pawl_channel_push(port) == 0 ? 1 : 0;
}

static void produce(worker *w)
{
    pawl_channel_port *port;

    if (pawl_channel_open(channel, &port) != 0)
        die("no port for a producer");
    for (uint64_t i = 0, n; i < each; i += n) {
        doing(w, "push");
        n = push_batch(w, port, w->id * each + i, each - i);
        if (n == 0) {                   /* closed: all workers have exited */
            atomic_fetch_add_explicit(&unwanted, each - i, memory_order_relaxed);
            break;
        }
        advance(w, n);
        stir(w);
    }
    pawl_channel_leave(port);
}

/* --- a round ---------------------------------------------------------------------- */

static void open_all(worker *w, unsigned workers, unsigned producers, bool exiting)
{
    size_t capacity = (size_t)1 << roll(w, 7), batch = 1 + roll(w, BATCH_MAX);
    pawl_worker_group_plan plan = { workers, batch, "worker", NULL, run_tasks,
                                    take_account, exiting ? note_exit : NULL };

    memset(tasks, 0, producers * each * sizeof *tasks);
    memset((void *)accounts, 0, sizeof accounts);
    for (unsigned i = 0; i < WORKERS_MAX; i++) {
        accounts[i].dice = mix(run.seed ^ mix(run.done ^ mix(i + 100))) | 1;
        accounts[i].exits = exiting && (roll(w, 2) == 0 || roll(w, 4) == 0);
    }
    atomic_store_explicit(&unwanted, 0, memory_order_relaxed);
    if (pawl_channel_init(channel, BLOCK, capacity, workers + producers + 1, BATCH_MAX,
                          sizeof(task *), PAWL_PRIVATE) != 0
        || pawl_worker_group_start(group, SMALL, channel, &plan) != 0)
        die("cannot start");
}

/* What nobody popped, where all workers have exited: marked. */
static uint64_t pop_the_rest(void)
{
    pawl_channel_port *port;
    void *cell;
    uint64_t n = 0;

    if (pawl_channel_open(channel, &port) != 0)
        die("no port for the rest");
    for (; pawl_channel_try_pop(port, &cell) == 0; n++)
        if ((*(task **)cell)->times++ != 0)
            die("what was run lies in the channel");
    pawl_channel_leave(port);
    return n;
}

static void drain_all(worker *w)
{
    int result;

    doing(w, "drain");
    while ((result = pawl_worker_group_drain_until(group, pawl_after(roll(w, 1000000))))
           == ETIMEDOUT)
        continue;
    if (result != (pawl_worker_group_exits(group) > 0 ? EOWNERDEAD : 0))
        die("drain_until says %d", result);
}

static void settle(unsigned workers, uint64_t total)
{
    uint64_t ran = 0, lost = 0, rest, refused;

    for (unsigned i = 0; i < workers; i++) {            /* not joined yet */
        ran += accounts[i].ran;
        lost += accounts[i].lost;
    }
    rest = pop_the_rest();
    refused = atomic_load_explicit(&unwanted, memory_order_relaxed);
    if (ran + lost + rest + refused != total)
        die("%" PRIu64 " tasks: %" PRIu64 " ran, %" PRIu64 " lost, %" PRIu64 " left, %"
            PRIu64 " refused", total, ran, lost, rest, refused);
    if (pawl_worker_group_lost(group) < lost)
        die("more was lost than is said");
    if (rest + refused > 0 && pawl_worker_group_exits(group) < workers)
        die("tasks were left, and a worker too");
    for (uint64_t i = 0, missing = 0; i < total; i++)
        if (tasks[i].times == 0 && ++missing > refused)
            die("task %" PRIu64 " is nowhere", i);
}

static void round_of(worker *w, bool exiting)
{
    unsigned workers = 1 + roll(w, WORKERS_MAX), producers = 1 + roll(w, PRODUCERS_MAX);

    open_all(w, workers, producers, exiting);
    crew_run(producers, producers, produce, produce);
    (void)pawl_worker_group_close(group);
    drain_all(w);
    settle(workers, producers * each);
    exits += pawl_worker_group_exits(group);
    if (pawl_worker_group_join(group) != (pawl_worker_group_exits(group) > 0
                                              ? EOWNERDEAD : 0))
        die("join and exits do not agree");
    run.done += producers * each;
    advance(w, 1);
}

static uint64_t rounds_of(const char *phase, uint64_t rounds, uint64_t items,
                          bool exiting)
{
    begin_phase(phase);
    each = items;
    exits = 0;
    tasks = (task *)calloc(PRODUCERS_MAX * each, sizeof *tasks);
    if (tasks == NULL)
        die("no memory");
    for (uint64_t i = 0; i < rounds; i++)
        round_of(main_worker(), exiting);
    free(tasks);
    return exits;
}

static void pass(void)
{
    uint64_t rounds = run.rounds > 0 ? run.rounds : 40, items = enough(20000, 500);
    unsigned tries = 0;

    rounds_of("once", 4, items, false);
    passed("once", 4 * items, "P producers");
    rounds_of("short", rounds, 20, false);
    passed("short", rounds * 20, "%" PRIu64 " rounds", rounds);
    while (!proved(rounds_of("exits", rounds, 100, true) > 0, tries++, "nobody exited"))
        continue;
    passed("exits", rounds * 100, "%" PRIu64 " workers", exits);
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, pass);
}
