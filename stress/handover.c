/* handover.c - trial: what is handed over besides items, permits and locks.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Plain words are written on one side and read on the other, and nothing lies between
 * but what the headers promise: under ThreadSanitizer a promise that is not kept is a
 * data race.  What else the threads tell each other is relaxed, and orders nothing.
 */
#define _GNU_SOURCE 1
#include <pawl/event.h>
#include <pawl/mpmc_ring.h>
#include <pawl/mpmc_swap.h>
#include <pawl/sem.h>

#define SUBJECT "handover"

#include <trial/trial.h>

enum { CAPACITY = 2, MARKS = 4 * CAPACITY, SOME = 2, LEARNERS = 8, BLOCK = 1 << 14 };

static alignas(PAWL_LINE) char block[BLOCK];
static uint64_t quota, marks[MARKS], word, other;       /* plain */
static PAWL_ATOMIC(uint64_t) stage;
static uint64_t met;                    /* times that something was handed over */

static uint64_t at_stage(void)
{
    return atomic_load_explicit(&stage, memory_order_relaxed);
}

static void next_stage(uint64_t n)
{
    atomic_store_explicit(&stage, n, memory_order_relaxed);
}

static void await(worker *w, uint64_t n)
{
    while (at_stage() < n)
        lull(w);
}

static void read_word(void)
{
    if (word != 1)
        die("what was written before is not there");
}

/* --- mpmc_ring: what came before a pop, to the push that gets the item's place ---- */

static pawl_mpmc_ring *ring(void) { return (pawl_mpmc_ring *)(void *)block; }

static void push_into_places(worker *w)
{
    void *items[SOME] = { NULL, NULL };

    for (uint64_t i = 0, n; i < quota; i += n) {
        n = i / 64 % 3 == 0 ? pawl_mpmc_ring_try_push_n(ring(), items, SOME)
          : i / 64 % 3 == 1 ? pawl_mpmc_ring_try_push(ring(), items[0])
                            : pawl_mpmc_ring_try_push_sp(ring(), items[0]);
        for (uint64_t k = i; k < i + n; k++)
            if (k >= CAPACITY && marks[(k - CAPACITY) % MARKS] != k - CAPACITY)
                die("push %" PRIu64 " came before its place was free", k);
        if (n == 0)
            lull(w);
        advance(w, n);
        stir(w);
    }
}

static void pop_and_mark(worker *w)
{
    void *items[SOME];

    for (uint64_t i = 0, n; i < quota + SOME; i += n) {
        for (uint64_t k = i; k < i + SOME; k++)
            marks[k % MARKS] = k;
        n = i / 64 % 3 == 0 ? pawl_mpmc_ring_try_pop_n(ring(), items, SOME)
          : i / 64 % 3 == 1 ? pawl_mpmc_ring_try_pop(ring(), items)
                            : pawl_mpmc_ring_try_pop_sc(ring(), items);
        if (n == 0) {
            if (at_stage() > 0 && pawl_mpmc_ring_count_hint(ring()) == 0)
                return;
            lull(w);
        }
        advance(w, n);
        stir(w);
    }
}

static void push_and_end(worker *w)
{
    push_into_places(w);
    next_stage(1);
}

static void phase_ring(uint64_t items)
{
    begin_phase("places");
    quota = items;
    next_stage(0);
    if (pawl_mpmc_ring_init(ring(), BLOCK, CAPACITY) != 0)
        die("cannot open");
    crew_run(2, 1, push_and_end, pop_and_mark);
    passed("places", items, "mpmc_ring");
}

/* --- sem: what came before close, to those who learn of it; and before a post, to ---
 *     who closes ------------------------------------------------------------------- */

static pawl_sem sem;

static void learn_by_post(worker *w)
{
    doing(w, "post");
    while (pawl_sem_post(&sem, 1) != ECANCELED)
        lull(w);
    read_word();
}

static void learn_by_taking(worker *w)
{
    int result;

    while ((result = pawl_sem_try_wait(&sem, 1)) != ECANCELED)
        if (result != 0)
            lull(w);
    read_word();
}

static void learn_by_posting_too_many(worker *w)
{
    while (pawl_sem_post(&sem, PAWL_SEM_MAX + 1) != ECANCELED)
        lull(w);
    read_word();
}

static void learn_by_looking(worker *w)
{
    while (pawl_sem_try_wait(&sem, PAWL_SEM_MAX) != ECANCELED)
        lull(w);
    read_word();
}

static void learn_asleep(worker *w)
{
    doing(w, "wait");
    if (pawl_sem_wait(&sem, PAWL_SEM_MAX) == ECANCELED)
        read_word();
}

static void close_sem(worker *w)
{
    if (roll(w, 2) == 0)
        nap(1 + roll(w, 100000));
    word = 1;
    pawl_sem_close(&sem);
}

/* The last ones take each other's permits away. */
static void close_or_learn(worker *w)
{
    static void (*const parts[LEARNERS])(worker *) = {
        close_sem, learn_by_posting_too_many, learn_by_looking, learn_asleep,
        learn_by_post, learn_by_taking, learn_by_taking, learn_by_taking };

    parts[w->id](w);
}

static void post_word(worker *w)
{
    other = 1;
    if (roll(w, 2) == 0)
        sched_yield();
    (void)pawl_sem_post(&sem, 1);       /* or it was closed already */
}

static void close_and_count(worker *w)
{
    (void)w;
    pawl_sem_close(&sem);
    if (pawl_sem_count_hint(&sem) > 0) {
        if (other != 1)
            die("a permit is there, and not what came before it");
        met++;
    }
}

/* Who takes the last permit may free it: another's post and wait, asleep or not, have
 * touched it before. */
static void post_late(worker *w)
{
    if (roll(w, 2) == 0)
        nap(1 + roll(w, 200000));
    if (pawl_sem_post(&sem, 1) != 0)
        die("post failed");
}

static void take_the_first(worker *w)
{
    doing(w, "wait");
    if (pawl_sem_wait(&sem, 1) != 0)
        die("wait failed");
    next_stage(1);
}

static void take_the_last(worker *w)
{
    volatile uint64_t *freed = (uint64_t *)(void *)&sem.word;

    await(w, 1);
    if (pawl_sem_post(&sem, 1) != 0 || pawl_sem_try_wait(&sem, 1) != 0)
        die("a permit is missing");
    *freed = UINT64_MAX;
    sem.scope = UINT32_MAX;
}

static void take_or_free(worker *w)
{
    static void (*const parts[])(worker *) = {
        post_late, take_the_first, take_the_last };

    parts[w->id](w);
}

static void phase_free(uint64_t rounds)
{
    begin_phase("free");
    for (uint64_t i = 0; i < rounds; i++) {
        next_stage(0);
        pawl_sem_init(&sem, 0, PAWL_PRIVATE);
        run.done++;
        crew_run(3, 3, take_or_free, take_or_free);
        advance(main_worker(), 1);
    }
    passed("free", rounds, "sem");
}

static void phase_sem(uint64_t rounds)
{
    unsigned tries = 0;

    begin_phase("close");
    met = 0;
    do {
        for (uint64_t i = 0; i < rounds; i++) {
            word = other = 0;
            pawl_sem_init(&sem, 0, PAWL_PRIVATE);
            run.done++;
            crew_run(LEARNERS, LEARNERS, close_or_learn, close_or_learn);
            pawl_sem_init(&sem, 0, PAWL_PRIVATE);
            crew_run(2, 1, post_word, close_and_count);
            advance(main_worker(), 1);
        }
    } while (!proved(met > 0, tries++, "no post came before a close"));
    passed("close", rounds, "sem, %" PRIu64 " posts before", met);
}

/* --- mpmc_swap: what came before close, to those who meet the mark ---------------- */

static pawl_mpmc_swap *swap(void) { return (pawl_mpmc_swap *)(void *)block; }

static void meet_the_mark(worker *w)
{
    pawl_mpmc_swap_port *port;
    void *cell;

    if (w->id == 0) {
        if (roll(w, 2) == 0)
            sched_yield();
        word = 1;
        pawl_mpmc_swap_close(swap());
        return;
    }
    if (pawl_mpmc_swap_open(swap(), &port) != 0)
        die("no port");
    while ((w->id == 1 ? pawl_mpmc_swap_try_pop(port, &cell)
                       : pawl_mpmc_swap_try_push(port)) != ECANCELED)
        lull(w);
    read_word();
}

static void phase_swap(uint64_t rounds)
{
    begin_phase("close");
    for (uint64_t i = 0; i < rounds; i++) {
        word = 0;
        if (pawl_mpmc_swap_init(swap(), BLOCK, CAPACITY, 2, 1, 8) != 0)
            die("cannot open");
        run.done++;
        crew_run(3, 3, meet_the_mark, meet_the_mark);
        advance(main_worker(), 1);
    }
    passed("close", rounds, "mpmc_swap");
}

/* --- event: what came before notify ----------------------------------------------- */

static pawl_event event;

/* To who prepares after it; and to who leaves after it, woken by another. */
static void notify_twice(worker *w)
{
    word = 1;
    pawl_event_notify(&event, 1);       /* for nobody */
    next_stage(1);
    await(w, 2);
    pawl_event_notify(&event, 1);       /* for the one that has prepared */
    next_stage(3);
}

static void notify_the_woken(worker *w)
{
    await(w, 3);
    other = 1;
    pawl_event_notify(&event, 1);       /* it will look again: left alone */
    next_stage(4);
}

static void prepare_and_cancel(worker *w)
{
    await(w, 1);
    pawl_event_prepare(&event);
    read_word();
    next_stage(2);
    await(w, 4);
    pawl_event_cancel(&event);
    if (other != 1)
        die("what was written before is not there");
}

static void take_part(worker *w)
{
    static void (*const parts[])(worker *) = {
        notify_twice, notify_the_woken, prepare_and_cancel };

    parts[w->id](w);
}

static void phase_event(uint64_t rounds)
{
    begin_phase("notify");
    for (uint64_t i = 0; i < rounds; i++) {
        word = other = 0;
        next_stage(0);
        pawl_event_init(&event, PAWL_PRIVATE);
        crew_run(3, 3, take_part, take_part);
        advance(main_worker(), 1);
    }
    passed("notify", rounds, "event");
}

static void pass(void)
{
    uint64_t rounds = run.rounds > 0 ? run.rounds : 100;

    phase_ring(enough(20000, 4096));
    phase_free(40);
    phase_sem(rounds);
    phase_swap(rounds);
    phase_event(20);
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, pass);
}
