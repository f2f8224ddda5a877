/* worker_group.c - starting threads, draining, ending.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include <pawl/worker_group.h>
#include <pawl/sem.h>

#include "block.h"
#include "thread.h"

#include <pthread.h>
#include <signal.h>

typedef enum { BEGINS, WAITS, WORKS, DONE } stage;

typedef struct worker {
    alignas(PAWL_LINE) pawl_worker_group *group;
    pawl_channel_port *port;
    pthread_t thread;
    size_t number;
    void *context;
    int refused;                        /* why it did not begin; 0: it did */
    stage stage;
    size_t held;                        /* items in its hands, in its cells */
    /* plan.batch pointers to cells follow. */
} worker;

struct pawl_worker_group {
    pawl_worker_group_plan plan;
    pawl_channel *channel;
    size_t stride;                      /* bytes from a worker to the next */
    size_t threads;                     /* to be joined: those of workers 0, 1, ... */
    bool go;                            /* plain: handed over by may_go */
    pawl_sem begun;                     /* a permit: the newest worker has, or not */
    pawl_sem may_go;                    /* a permit for each */
    pawl_sem ended;                     /* closed: all workers have */
    PAWL_ATOMIC(uint32_t) left;
    PAWL_ATOMIC(uint32_t) exits;
    PAWL_ATOMIC(uint64_t) lost;
};

static worker *worker_at(pawl_worker_group *g, size_t number)
{
    size_t first = 0;

    (void)add_bytes(&first, 1, sizeof *g);
    return (worker *)(void *)((char *)g + first + number * g->stride);
}

static void **cells_of(worker *w)
{
    return (void **)(void *)(w + 1);
}

static size_t stride_of(size_t batch)
{
    size_t bytes = sizeof(worker);

    return add_bytes(&bytes, batch, sizeof(void *)) ? bytes : 0;
}

size_t pawl_worker_group_bytes(size_t workers, size_t batch)
{
    size_t bytes = 0, stride = stride_of(batch);

    return workers > 0 && batch > 0 && stride > 0
        && add_bytes(&bytes, 1, sizeof(pawl_worker_group))
        && add_bytes(&bytes, workers, stride) ? bytes : 0;
}

/* --- in a worker ------------------------------------------------------------------ */

/* True: to work.  Nothing is popped before all have begun. */
static bool begin(worker *w)
{
    pawl_worker_group *g = w->group;
    const pawl_worker_group_plan *plan = &g->plan;

    if (plan->name != NULL)
        pawl_name_thread_(plan->name, (unsigned)w->number);
    w->refused = plan->begin == NULL ? 0
               : plan->begin(plan->argument, w->number, &w->context);
    w->stage = WAITS;
    (void)pawl_sem_post(&g->begun, 1);
    (void)pawl_sem_wait(&g->may_go, 1);
    return g->go;
}

/* Only here may it be cancelled: the port is in order, and `held` says what is lost. */
static void run_batch(worker *w)
{
    int before;

    /* The hook or the last run may have left another type: with that it could be
     * cancelled here, before it has run. */
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &before);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
    w->group->plan.run(w->context, cells_of(w), w->held);
    w->held = 0;
    pthread_testcancel();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
}

/* False: not because the channel is closed and drained. */
static bool drain(worker *w)
{
    size_t batch = w->group->plan.batch;
    void *cell;

    while ((w->held = pawl_channel_pop_n(w->port, cells_of(w), 1, batch,
                                         PAWL_FOREVER)) > 0)
        run_batch(w);
    return pawl_channel_try_pop(w->port, &cell) == ECANCELED;
}

static void ends_early(worker *w)
{
    pawl_worker_group *g = w->group;

    /* relaxed, here and below: counted, and handed over by [A].  The last closes before
     * it calls: who waits for room, in another worker's call too, is let go. */
    if (atomic_fetch_add_explicit(&g->exits, 1, memory_order_relaxed) + 1
            == g->plan.workers)
        pawl_channel_close(g->channel);
    if (g->plan.exited != NULL)
        g->plan.exited(g->plan.argument, w->number, cells_of(w), w->held);
    atomic_fetch_add_explicit(&g->lost, w->held, memory_order_relaxed);
}

/* The last that a worker does, whichever way it leaves. */
static void end(void *argument)
{
    worker *w = (worker *)argument;
    pawl_worker_group *g = w->group;

    if (w->stage == BEGINS)
        (void)pawl_sem_post(&g->begun, 1);
    if (w->stage == WORKS)
        ends_early(w);
    pawl_channel_leave(w->port);
    /* [A] release: hands over what we did to the last one; acquire: which takes it, and
     * whose close hands all of it to who waits. */
    if (atomic_fetch_sub_explicit(&g->left, 1, memory_order_acq_rel) == 1)
        pawl_sem_close(&g->ended);
}

static void *work(void *argument)
{
    worker *w = (worker *)argument;
    int before;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    pthread_cleanup_push(end, argument);
    if (begin(w)) {
        w->stage = WORKS;
        if (drain(w))
            w->stage = DONE;
    }
    pthread_cleanup_pop(1);
    return NULL;
}

/* --- in the thread that starts them ----------------------------------------------- */

static void signals_for_workers(sigset_t *blocked)
{
    static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
                               SIGABRT, SIGPROF };

    sigfillset(blocked);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(blocked, own[i]);
}

static int start_worker(worker *w)
{
    pawl_worker_group *g = w->group;
    sigset_t blocked, before;
    int refused;

    signals_for_workers(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    refused = pthread_create(&w->thread, NULL, work, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (refused)
        return refused;
    g->threads++;
    (void)pawl_sem_wait(&g->begun, 1);
    return w->refused;
}

/* Those of workers `first` to `end` - 1. */
static void leave_ports(pawl_worker_group *g, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        pawl_channel_leave(worker_at(g, i)->port);
}

static int open_ports(pawl_worker_group *g)
{
    for (size_t i = 0; i < g->plan.workers; i++) {
        worker *w = worker_at(g, i);
        int refused = pawl_channel_open(g->channel, &w->port);

        if (refused) {
            leave_ports(g, 0, i);
            return refused;
        }
        w->group = g;
        w->number = i;
        w->context = g->plan.argument;
        w->refused = ECANCELED;
        w->stage = BEGINS;
        w->held = 0;
    }
    return 0;
}

static int start_all(pawl_worker_group *g)
{
    int refused = 0;

    for (size_t i = 0; i < g->plan.workers && refused == 0; i++)
        refused = start_worker(worker_at(g, i));
    g->go = refused == 0;
    (void)pawl_sem_post(&g->may_go, (uint32_t)g->threads);
    if (refused) {
        leave_ports(g, g->threads, g->plan.workers);
        (void)pawl_worker_group_join(g);
    }
    return refused;
}

int pawl_worker_group_start(pawl_worker_group *g, size_t bytes, pawl_channel *c,
                            const pawl_worker_group_plan *plan)
{
    int refused;

    if (c == NULL || plan->run == NULL || plan->workers == 0 || plan->batch == 0
        || plan->batch > pawl_channel_queue_(c)->spares)
        return EINVAL;
    refused = check_block(g, bytes, pawl_worker_group_bytes(plan->workers,
                                                            plan->batch));
    if (refused)
        return refused;
    g->plan = *plan;
    g->channel = c;
    g->stride = stride_of(plan->batch);
    g->threads = 0;
    (void)pawl_sem_init(&g->begun, 0, PAWL_PRIVATE);
    (void)pawl_sem_init(&g->may_go, 0, PAWL_PRIVATE);
    (void)pawl_sem_init(&g->ended, 0, PAWL_PRIVATE);
    /* relaxed: the threads' start hands them over. */
    atomic_store_explicit(&g->left, (uint32_t)plan->workers, memory_order_relaxed);
    atomic_store_explicit(&g->exits, 0, memory_order_relaxed);
    atomic_store_explicit(&g->lost, 0, memory_order_relaxed);
    refused = open_ports(g);
    return refused ? refused : start_all(g);
}

/* --- in any other ---------------------------------------------------------------- */

bool pawl_worker_group_close(pawl_worker_group *g)
{
    return pawl_channel_close(g->channel);
}

size_t pawl_worker_group_exits(const pawl_worker_group *g)
{
    /* relaxed, here and below: a count; [A] or the join has handed over the last. */
    return atomic_load_explicit(&g->exits, memory_order_relaxed);
}

uint64_t pawl_worker_group_lost(const pawl_worker_group *g)
{
    return atomic_load_explicit(&g->lost, memory_order_relaxed);
}

static int how_it_went(const pawl_worker_group *g)
{
    return pawl_worker_group_exits(g) > 0 ? EOWNERDEAD : 0;
}

int pawl_worker_group_drain_until(pawl_worker_group *g, pawl_time until)
{
    int result = pawl_sem_wait_until(&g->ended, 1, until);

    return result == ECANCELED ? how_it_went(g) : result;
}

int pawl_worker_group_join(pawl_worker_group *g)
{
    int before;

    /* Cancelled half way, nobody would know which are joined. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    for (; g->threads > 0; g->threads--)
        pthread_join(worker_at(g, g->threads - 1)->thread, NULL);
    pthread_setcancelstate(before, &before);
    return how_it_went(g);
}
