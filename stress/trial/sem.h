/* sem.h - the trial of a semaphore.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     #define SUBJECT "sem"                       the file's name
 *     #define SUBJECT_SEVERAL 1                   n > 1 is possible; 0: one permit a call
 *     typedef ... subject;                        zeroed memory before open
 *     static bool subject_open(subject *s, unsigned permits);
 *     static void subject_close(subject *s);
 *     static bool subject_post(subject *s, unsigned n);
 *     static bool subject_wait(subject *s, unsigned n);
 *     static bool subject_try_wait(subject *s, unsigned n);
 *     static bool subject_wait_until(subject *s, unsigned n, int64_t ns_from_now);
 *
 *     #define SUBJECT_SHUT 1                      it can be closed; wait: false, post: false
 *     static void subject_shut(subject *s);
 */
#ifndef TRIAL_SEM_H
#define TRIAL_SEM_H

#include <trial/trial.h>

#include <sys/mman.h>

#ifndef SUBJECT_SHUT
#define SUBJECT_SHUT 0
static void subject_shut(subject *s) { (void)s; }
#endif

enum { SLOTS = 8, MANY = 8 };

static struct {
    subject first, second;
    unsigned permits;
    uint64_t quota, posted, taken;
    PAWL_ATOMIC(uint64_t) inside, last; /* how many permits are out, and who came last */
    uint64_t left, right;               /* plain: guarded where there is one permit */
    uint64_t slots[SLOTS];              /* plain: handed over by permits */
} gate;

static inline void open_sem(subject *s, unsigned permits)
{
    memset((void *)s, 0, sizeof *s);
    if (!subject_open(s, permits))
        die("cannot open");
}

static inline void open_gate(unsigned permits)
{
    memset((void *)&gate, 0, sizeof gate);
    gate.permits = permits;
    open_sem(&gate.first, permits);
}

/* --- bound: never more inside than permits ------------------------------------------------ */

/* Take n permits by whichever call the dice say. */
static inline void enter(worker *w, unsigned n)
{
    unsigned how = roll(w, 4);

    doing(w, "wait");
    if (how == 0 && subject_try_wait(&gate.first, n))
        return;
    while (how == 1)
        if (subject_wait_until(&gate.first, n, 1 + roll(w, 20000)))
            return;
        else
            how = roll(w, 2);
    if (!subject_wait(&gate.first, n))
        die("wait failed, and nobody had closed it");
}

static inline void come_and_go(worker *w)
{
    for (uint64_t i = 0; i < gate.quota; i++) {
        unsigned n = SUBJECT_SEVERAL ? 1 + roll(w, gate.permits) : 1;

        enter(w, n);
        /* relaxed: the count alone is looked at. */
        if (atomic_fetch_add_explicit(&gate.inside, n, memory_order_relaxed) + n
            > gate.permits)
            die("more inside than permits");
        w->handovers += atomic_exchange_explicit(&gate.last, w->id, memory_order_relaxed)
                        != w->id;
        if (gate.permits == 1 && gate.left++ != gate.right)
            die("two threads had the one permit");
        if (roll(w, 64) == 0)
            sched_yield();
        if (gate.permits == 1)
            gate.right++;
        atomic_fetch_sub_explicit(&gate.inside, n, memory_order_relaxed);
        if (!subject_post(&gate.first, n))
            die("post failed");
        advance(w, 1);
        if (roll(w, 8) == 0)
            sched_yield();
        stir(w);
    }
}

static inline void close_gate(unsigned permits)
{
    for (unsigned i = 0; i < permits; i++)
        if (!subject_try_wait(&gate.first, 1))
            die("of %u permits, %u are left", permits, i);
    if (subject_try_wait(&gate.first, 1))
        die("a permit is left that nobody posted");
    subject_close(&gate.first);
}

static inline void phase_bound(unsigned threads, unsigned permits, uint64_t items)
{
    uint64_t handovers = 0;
    unsigned tries = 0;

    begin_phase("bound");
    do {
        open_gate(permits);
        gate.quota = items / threads;
        crew_run(threads, threads, come_and_go, come_and_go);
        for (unsigned i = 0; i < threads; i++)
            handovers += crew[i].handovers;
        close_gate(permits);
    } while (!proved(handovers >= items / 200, tries++, "hardly any hand-over"));
    passed("bound", items, "%u, %u permits", threads, permits);
}

/* --- buffer: two semaphores make a queue of plain slots -------------------------------------- */

static inline unsigned some_of(worker *w, uint64_t left)
{
    uint64_t n = SUBJECT_SEVERAL ? 1 + roll(w, SLOTS / 2) : 1;

    return (unsigned)(n < left ? n : left);
}

static inline void fill_slots(worker *w)
{
    for (uint64_t i = 0, n; i < gate.quota; i += n) {
        n = some_of(w, gate.quota - i);
        doing(w, "wait for slots");
        if (!subject_wait(&gate.second, (unsigned)n))
            die("wait failed");
        for (uint64_t k = i; k < i + n; k++)
            gate.slots[k % SLOTS] = mix(k);
        doing(w, "post items");
        if (!subject_post(&gate.first, (unsigned)n))
            die("post failed");
        advance(w, n);
        stir(w);
    }
}

static inline void empty_slots(worker *w)
{
    for (uint64_t i = 0, n; i < gate.quota; i += n) {
        n = some_of(w, gate.quota - i);
        doing(w, "wait for items");
        if (!subject_wait(&gate.first, (unsigned)n))
            die("wait failed");
        for (uint64_t k = i; k < i + n; k++)
            if (gate.slots[k % SLOTS] != mix(k))
                die("a permit came before its item %" PRIu64, k);
        doing(w, "post slots");
        if (!subject_post(&gate.second, (unsigned)n))
            die("post failed");
        advance(w, n);
        stir(w);
    }
}

static inline void phase_buffer(uint64_t items)
{
    begin_phase("buffer");
    open_gate(0);
    open_sem(&gate.second, SLOTS);
    gate.quota = items;
    crew_run(2, 1, fill_slots, empty_slots);
    close_gate(0);
    subject_close(&gate.second);
    passed("buffer", items, "%d slots", SLOTS);
}

/* --- wake: posts of one, waits without a deadline; a lost wake hangs ------------------------- */

static inline void post_ones(worker *w)
{
    doing(w, "post");
    for (uint64_t i = 0; i < gate.quota; i++) {
        unsigned r = roll(w, 64);

        if (!subject_post(&gate.first, 1))
            die("post failed");
        advance(w, 1);
        if (r == 0)
            nap(20000 + roll(w, 80000));        /* they all fall asleep */
        else if (r < 16)
            sched_yield();
    }
}

/* Each waiter wants 3, 2 or, where several cannot be had at once, 1. */
static inline void wait_for_several(worker *w)
{
    unsigned n = !SUBJECT_SEVERAL || gate.permits == 0 ? 1 : 2 + w->id % 2;

    doing(w, "wait");
    for (uint64_t i = 0; i < gate.taken / n; i++) {
        if (!subject_wait(&gate.first, n))
            die("wait failed");
        advance(w, 1);
    }
}

static inline void phase_wake(unsigned posters, unsigned waiters, bool several,
                              uint64_t items)
{
    begin_phase("wake");
    open_gate(0);
    gate.taken = items / (6 * posters * waiters) * 6 * posters;    /* a waiter */
    gate.quota = gate.taken * waiters / posters;
    gate.permits = several;
    crew_run(posters + waiters, posters, post_ones, wait_for_several);
    close_gate(0);
    passed("wake", gate.taken * waiters, "%u:%u%s", posters, waiters,
           several ? ", 2 or 3 each" : "");
}

/* --- timed: waits that time out, and then get what they waited for ---------------------------- */

static inline void post_late(worker *w)
{
    doing(w, "post");
    for (uint64_t i = 0; i < gate.quota; i++) {
        nap(1 + roll(w, 100000));
        if (!subject_post(&gate.first, 1))
            die("post failed");
        advance(w, 1);
    }
}

static inline void wait_with_deadline(worker *w)
{
    doing(w, "wait_until");
    while (w->count < gate.quota) {
        int64_t ns = 1 + roll(w, 150000);
        pawl_time before = pawl_now();

        if (subject_wait_until(&gate.first, 1, ns)) {
            w->count++;
        } else if (pawl_now() - before < ns / 2) {
            die("timed out early");
        } else {
            w->empty++;
        }
        advance(w, 1);
    }
}

static inline void phase_timed(uint64_t items)
{
    unsigned tries = 0;

    begin_phase("timed");
    do {
        open_gate(0);
        gate.quota = items;
        crew_run(4, 2, post_late, wait_with_deadline);
        close_gate(0);
    } while (!proved(crew[2].empty + crew[3].empty > 0, tries++, "no wait timed out"));
    passed("timed", 2 * items, "2:2, %" PRIu64 " late", crew[2].empty + crew[3].empty);
}

/* --- gone: a semaphore in a page that is unmapped as soon as wait returns --------------------- */

static PAWL_ATOMIC(subject *) mailbox;

static inline void *map_page(void)
{
    void *page = mmap(NULL, sizeof(subject), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        die("no memory");
    return page;
}

static inline void wait_and_unmap(worker *w)
{
    for (uint64_t i = 0; i < gate.quota; i++) {
        subject here, *s = i % 2 == 0 ? &here : (subject *)map_page();

        open_sem(s, 0);
        doing(w, "wait");
        atomic_store_explicit(&mailbox, s, memory_order_release);
        if (roll(w, 16) == 0)
            sched_yield();
        if (!subject_wait(s, 1))
            die("wait failed");
        if (s == &here)
            memset((void *)s, 0xff, sizeof *s);
        else
            munmap((void *)s, sizeof *s);
        advance(w, 1);
    }
}

static inline void post_into_mailbox(worker *w)
{
    for (uint64_t i = 0; i < gate.quota; i++) {
        subject *s;

        doing(w, "looking into the mailbox");
        while ((s = atomic_load_explicit(&mailbox, memory_order_acquire)) == NULL)
            lull(w);
        atomic_store_explicit(&mailbox, NULL, memory_order_relaxed);
        if (roll(w, 32) == 0)
            nap(60000);                 /* it falls asleep */
        doing(w, "post");
        if (!subject_post(s, 1))
            die("post failed");
        advance(w, 1);
    }
}

static inline void phase_gone(uint64_t items)
{
    begin_phase("gone");
    open_gate(0);
    gate.quota = items;
    atomic_store_explicit(&mailbox, NULL, memory_order_relaxed);
    crew_run(2, 1, post_into_mailbox, wait_and_unmap);
    subject_close(&gate.first);
    passed("gone", items, "1:1");
}

/* --- shut: close against posts and waits; none is lost and everybody comes back ---------------- */

static inline void post_until_closed(worker *w)
{
    doing(w, "post until closed");
    while (subject_post(&gate.first, 1)) {
        w->count++;
        advance(w, 1);
        if (roll(w, 4) == 0)
            sched_yield();
    }
    if (subject_post(&gate.first, 1))
        die("a post after one that was refused was accepted");
}

static inline void wait_until_closed(worker *w)
{
    unsigned n = 1 + (SUBJECT_SEVERAL ? w->id % 2 : 0);

    doing(w, "wait until closed");
    while (subject_wait(&gate.first, n)) {
        w->count += n;
        advance(w, 1);
    }
}

static inline void shut_after_a_while(worker *w)
{
    if (roll(w, 2) == 0)
        nap(1 + roll(w, 100000));
    else
        for (unsigned i = roll(w, 200); i > 0; i--)
            lull(w);
    doing(w, "close");
    subject_shut(&gate.first);
    advance(w, 1);
}

static inline void close_or_wait(worker *w)
{
    (w->id == 2 ? shut_after_a_while : wait_until_closed)(w);
}

static inline void phase_shut(uint64_t rounds)
{
    uint64_t all = 0;

    begin_phase("shut");
    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t accepted, taken = 0;

        open_gate(0);
        run.done++;
        crew_run(3 + MANY, 2, post_until_closed, close_or_wait);
        accepted = crew[0].count + crew[1].count;
        for (unsigned k = 3; k < 3 + MANY; k++)
            taken += crew[k].count;
        while (subject_try_wait(&gate.first, 1))
            taken++;                    /* one that was too little for two */
        if (accepted != taken)
            die("%" PRIu64 " permits were accepted, %" PRIu64 " taken", accepted, taken);
        all += taken;
        subject_close(&gate.first);
        advance(main_worker(), 1);
    }
    passed("shut", all, "2:%d, %" PRIu64 " rounds", MANY, rounds);
}

/* --- all of them --------------------------------------------------------------------------------- */

static inline void sem_phases(void)
{
    uint64_t items = enough(40000, 4096);
    unsigned p = run.producers > 0 ? run.producers : 4;
    unsigned c = run.consumers > 0 ? run.consumers : p;

    phase_bound(2, 1, items);
    phase_bound(p + c, 1, items / 4);
    phase_bound(p + c, 3, items / 4);
    phase_buffer(items);
    phase_wake(p, c, false, items / 2);
    if (SUBJECT_SEVERAL)
        phase_wake(p, c, true, items / 2);
    phase_timed(items / 100);
    phase_gone(items / 8);
    if (SUBJECT_SHUT)
        phase_shut(10 + 90 / slowness());
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, sem_phases);
}

#endif
