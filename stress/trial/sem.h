/* sem.h - the trial of a semaphore; subject/sem.h says what one is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_SEM_H
#define TRIAL_SEM_H

#include <trial/permits.h>

#include <sys/mman.h>
#include <sys/resource.h>

/* How often the kernel has taken the processor from us because we slept. */
static inline uint64_t sleeps(void)
{
    struct rusage use;

    getrusage(RUSAGE_THREAD, &use);
    return (uint64_t)use.ru_nvcsw;
}

/* Of those of the crew from `first` on, who note in `full` how often they slept. */
static inline uint64_t slept(unsigned first)
{
    uint64_t n = 0;

    for (unsigned i = first; i < crew_size; i++)
        n += crew[i].full;
    return n;
}

/* --- wake: posts of one, waits without a deadline; a lost wake hangs -------------- */

static inline void post_ones(worker *w)
{
    doing(w, "post");
    for (uint64_t i = 0; i < gate.quota; i++) {
        unsigned r = roll(w, 16);

        if (!subject_post(&gate.first, 1))
            die("post failed");
        advance(w, 1);
        if (r == 0)
            nap(20000 + roll(w, 80000));        /* they all fall asleep */
        else if (r < 4)
            sched_yield();
    }
}

/* Each waiter wants 3, 2 or, where several cannot be had at once, 1. */
static inline void wait_for_several(worker *w)
{
    unsigned n = !SUBJECT_SEVERAL || gate.permits == 0 ? 1 : 2 + w->id % 2;
    uint64_t before = sleeps();

    doing(w, "wait");
    for (uint64_t i = 0; i < gate.taken / n; i++) {
        if (!subject_wait(&gate.first, n))
            die("wait failed");
        advance(w, 1);
    }
    w->full = sleeps() - before;
}

/* They sleep where all posters nap at once: one wait in a hundred does, but hardly one
 * in a thousand where other programs run, so that no share can be asked for. */
static inline void phase_wake(unsigned posters, unsigned waiters, bool several,
                              uint64_t items)
{
    unsigned tries = 0;

    begin_phase("wake");
    do {
        open_gate(0);
        gate.taken = items / (6 * posters * waiters) * 6 * posters;    /* a waiter */
        gate.quota = gate.taken * waiters / posters;
        gate.permits = several;
        crew_run(posters + waiters, posters, post_ones, wait_for_several);
        close_gate(0);
    } while (!proved(slept(posters) > 0, tries++,
                     "nobody slept"));
    passed("wake", gate.taken * waiters, "%u:%u%s, slept %" PRIu64, posters, waiters,
           several ? ", 2 or 3" : "", slept(posters));
}

/* --- timed: waits that time out, and then get what they waited for ---------------- */

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
        } else if (pawl_now() - before < ns) {
            die("timed out before its deadline");
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
    } while (!proved(crew[2].empty + crew[3].empty > items / 200, tries++,
                     "hardly a wait timed out"));
    passed("timed", 2 * items, "2:2, %" PRIu64 " late", crew[2].empty + crew[3].empty);
}

/* --- gone: a semaphore in a page that is unmapped as soon as wait returns ------------
 * Two threads post one permit each; the second may let the waiter go, and the first,
 * which may be anywhere inside post, must not touch the page any more. */

static PAWL_ATOMIC(subject *) mailbox[2];

static inline subject *map_page(void)
{
    void *page = mmap(NULL, sizeof(subject), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        die("no memory");
    return (subject *)page;
}

static inline void wait_and_unmap(worker *w)
{
    uint64_t before = sleeps();

    for (uint64_t i = 0; i < gate.quota; i++) {
        subject here, *s = i % 2 == 0 ? &here : map_page();

        open_sem(s, 0);
        doing(w, "wait");
        for (int k = 0; k < 2; k++)
            atomic_store_explicit(&mailbox[k], s, memory_order_release);
        if (!SUBJECT_SEVERAL && !subject_wait(s, 1))
            die("wait failed");
        if (!subject_wait(s, SUBJECT_SEVERAL ? 2 : 1))
            die("wait failed");
        if (s == &here)
            memset((void *)s, 0xff, sizeof *s);
        else
            munmap((void *)s, sizeof *s);
        advance(w, 1);
    }
    w->full = sleeps() - before;
}

static inline void post_into_mailbox(worker *w)
{
    for (uint64_t i = 0; i < gate.quota; i++) {
        PAWL_ATOMIC(subject *) *box = &mailbox[w->id];
        subject *s;

        doing(w, "looking into the mailbox");
        while ((s = atomic_load_explicit(box, memory_order_acquire)) == NULL)
            lull(w);
        atomic_store_explicit(box, NULL, memory_order_relaxed);
        if (roll(w, 32) == 0)
            nap(60000);                 /* it falls asleep */
        else
            for (unsigned k = roll(w, 200); k > 0; k--)
                pawl_relax();
        doing(w, "post");
        if (!subject_post(s, 1))
            die("post failed");
        advance(w, 1);
    }
}

static inline void phase_gone(uint64_t items)
{
    unsigned tries = 0;

    begin_phase("gone");
    do {
        open_gate(0);
        gate.quota = items;
        for (int k = 0; k < 2; k++)
            atomic_store_explicit(&mailbox[k], NULL, memory_order_relaxed);
        crew_run(3, 2, post_into_mailbox, wait_and_unmap);
        subject_close(&gate.first);
    } while (!proved(slept(2) > 0, tries++, "it never slept"));
    passed("gone", items, "2:1, slept %" PRIu64, slept(2));
}

/* --- enough: two wait for 3, and one for 2; two posts of 1 are for that one ------- */

static inline void want_some(worker *w)
{
    unsigned n = w->id == 1 ? 2 : 3;
    uint64_t before = sleeps();

    for (uint64_t round = 1; round <= gate.quota; round++) {
        doing(w, "waiting for the round to begin");
        while (atomic_load_explicit(&gate.round, memory_order_acquire) < round)
            lull(w);
        doing(w, n == 2 ? "wait for 2" : "wait for 3");
        if (!subject_wait(&gate.first, n))
            die("wait failed");
        advance(w, 1);
    }
    w->full = sleeps() - before;
}

static inline void await_progress(unsigned id, uint64_t round)
{
    while (progress_of(&crew[id]) < round)
        sched_yield();
}

static inline void post_enough(worker *w)
{
    for (uint64_t round = 1; round <= gate.quota; round++) {
        atomic_store_explicit(&gate.round, round, memory_order_release);
        nap(1 + roll(w, 300000));       /* they fall asleep, as a rule */
        doing(w, "posting 2, for the one who wants no more");
        for (int i = 0; i < 2; i++)
            if (!subject_post(&gate.first, 1))
                die("post failed");
        await_progress(1, round);
        doing(w, "posting 6, for the two others");
        for (int i = 0; i < 6; i++)
            if (!subject_post(&gate.first, 1))
                die("post failed");
        await_progress(2, round);
        await_progress(3, round);
        advance(w, 1);
    }
}

static inline void phase_enough(uint64_t rounds)
{
    unsigned tries = 0;

    begin_phase("enough");
    do {
        open_gate(0);
        gate.quota = rounds;
        crew_run(4, 1, post_enough, want_some);
        close_gate(0);
    } while (!proved(slept(1) > 0, tries++, "nobody slept"));
    passed("enough", 8 * rounds, "1:3, slept %" PRIu64, slept(1));
}

/* --- shut: close against posts and waits; none is lost and everybody comes back --- */

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

/* And note whether this close was the first. */
static inline void shut_after_a_while(worker *w)
{
    if (roll(w, 2) == 0)
        nap(1 + roll(w, 100000));
    else
        for (unsigned i = roll(w, 200); i > 0; i--)
            lull(w);
    doing(w, "close");
    w->count = subject_shut(&gate.first);
    advance(w, 1);
}

static inline void close_or_wait(worker *w)
{
    (w->id < 2 + gate.quota ? shut_after_a_while : wait_until_closed)(w);
}

/* One closes, or two do. */
static inline void phase_shut(uint64_t rounds)
{
    uint64_t all = 0;

    begin_phase("shut");
    for (uint64_t i = 0; i < rounds; i++) {
        unsigned closers = 1 + (unsigned)(i % 2), n = 2 + closers + MANY;
        uint64_t accepted, first = 0, taken = 0;

        open_gate(0);
        gate.quota = closers;
        run.done++;
        crew_run(n, 2, post_until_closed, close_or_wait);
        accepted = crew[0].count + crew[1].count;
        for (unsigned k = 2; k < n; k++)
            *(k < 2 + closers ? &first : &taken) += crew[k].count;
        while (subject_try_wait(&gate.first, 1))
            taken++;                    /* one that was too little for two */
        if (accepted != taken)
            die("%" PRIu64 " permits were accepted, %" PRIu64 " taken", accepted,
                taken);
        if (first != 1)
            die("of %u closes %" PRIu64 " were the first", closers, first);
        all += taken;
        subject_close(&gate.first);
        advance(main_worker(), 1);
    }
    passed("shut", all, "2:%d, %" PRIu64 " rounds", MANY, rounds);
}

/* --- all of them ------------------------------------------------------------------ */

static inline void sem_phases(void)
{
    uint64_t items = enough(24000, 4096);
    unsigned p = run.producers > 0 ? run.producers : 4;
    unsigned c = run.consumers > 0 ? run.consumers : p;

    phase_bound(2, 1, items);
    phase_bound(p + c, 1, items / 4);
    phase_bound(p + c, 3, items / 4);
    phase_buffer(items / 2);
    phase_wake(p, c, false, items / 2);
    if (SUBJECT_SEVERAL)
        phase_wake(p, c, true, items / 2);
    if (SUBJECT_SEVERAL)
        phase_enough(items / 200);
    phase_timed(items / 100);
    phase_gone(items / 2);
    if (SUBJECT_SHUT)
        phase_shut(10 + 90 / slowness());
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, sem_phases);
}

#endif
