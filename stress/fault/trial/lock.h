/* lock.h - a lock, and a thread stopped or a process killed in it, or holding it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in stress/trial/lock.h.  The others try, lock and unlock in turn.  A
 * rival that holds the lock lets go of it when the victim has waited for some time, or,
 * if the victim gets no further, before the others begin.
 */
#ifndef FAULT_TRIAL_LOCK_H
#define FAULT_TRIAL_LOCK_H

#include <fault/fault.h>

#include <string.h>

enum { VICTIM, RIVAL, OTHER, WAITER, HANDLES = WAITER + FAULT_SLEEPERS };

static struct world {
    subject lock;
    handle hand[HANDLES];
    bool rival_holds;
    unsigned inside;                    /* of those who are not stopped */
    uint64_t tries;                     /* that took it */
    unsigned through;                   /* waiters, before the others began */
    bool together;                      /* two were inside */
} *w;

static void enter(void)
{
    w->together |= w->inside++ > 0;
}

static void take(unsigned who)
{
    subject_lock(&w->lock, &w->hand[who]);
    enter();
}

static void let_go(unsigned who)
{
    w->inside--;
    subject_unlock(&w->lock, &w->hand[who]);
}

/* --- the victim, and others ------------------------------------------------------- */

static void victim_locks(void) { subject_lock(&w->lock, &w->hand[VICTIM]); }
static void victim_tries(void) { (void)!subject_try_lock(&w->lock, &w->hand[VICTIM]); }
static void victim_unlocks(void) { subject_unlock(&w->lock, &w->hand[VICTIM]); }

/* Whoever holds it, the rival does not wait. */
static void rival_takes(void)
{
    if (subject_try_lock(&w->lock, &w->hand[RIVAL])) {
        enter();
        w->rival_holds = true;
    }
}

static void rival_lets_go(void)
{
    if (w->rival_holds)
        let_go(RIVAL);
    w->rival_holds = false;
}

static void rival_visits(void)
{
    rival_takes();
    rival_lets_go();
}

static void waiter_visits(void)
{
    unsigned me = WAITER + fault_current() - FAULT_SLEEPER;

    take(me);
    let_go(me);
}

/* In turn: a try, and a visit. */
static void go_on(void)
{
    do {
        if (subject_try_lock(&w->lock, &w->hand[OTHER])) {
            enter();
            w->tries++;
            let_go(OTHER);
        }
        take(OTHER);
        let_go(OTHER);
    } while (fault_did());
}

/* --- before, and after ------------------------------------------------------------ */

static void prepare(const fault_path *p, bool shared)
{
    (void)shared;
    if (w == NULL)
        w = (struct world *)fault_memory(sizeof *w);
    memset((void *)w, 0, sizeof *w);
    if (!subject_open(&w->lock))
        fault_die("cannot open");
    (void)subject_close;
    if (p->victim == victim_unlocks)
        victim_locks();
    if (p->in > 0)
        rival_takes();
}

static void survive(const fault_path *p, fault_outcome *o)
{
    rival_lets_go();
    for (unsigned i = 0; i < p->sleepers; i++)
        w->through += fault_finish(FAULT_SLEEPER + i);
    fault_start(FAULT_SURVIVOR, go_on);
    if (!fault_finish(FAULT_SURVIVOR))
        fault_say_blocked(o, w->tries == 0 ? "lock waits, try_lock fails"
                                           : "lock waits");
    else if (w->tries == 0)
        fault_broken(o, "try_lock fails");
    if (p->sleepers > 0)
        fault_say(o, "%u of %u who wait get in", w->through, p->sleepers);
    if (w->together)
        fault_broken(o, "two are inside");
}

static const fault_path paths[] = {
    { "lock", "free", .victim = victim_locks },
    { "lock", "held", .victim = victim_locks, .in = 1, .help = rival_lets_go },
    { "lock", "rival takes", .victim = victim_locks, .rival = rival_takes,
      .help = rival_lets_go },
    { "lock", "rival visits", .victim = victim_locks, .rival = rival_visits },
    { "lock", "held, rival lets go", .victim = victim_locks, .in = 1,
      .rival = rival_lets_go, .help = rival_lets_go },
    { "try_lock", "free", .victim = victim_tries },
    { "try_lock", "held", .victim = victim_tries, .in = 1 },
    { "try_lock", "rival takes", .victim = victim_tries, .rival = rival_takes },
    { "try_lock", "rival visits", .victim = victim_tries, .rival = rival_visits },
    { "try_lock", "held, rival lets go", .victim = victim_tries, .in = 1,
      .rival = rival_lets_go },
    { "unlock", "nobody waits", .victim = victim_unlocks },
    { "unlock", "two wait", .victim = victim_unlocks, .sleeper = waiter_visits,
      .sleepers = 2 },
    { "unlock", "rival tries", .victim = victim_unlocks, .rival = rival_visits },
};

int main(int argc, char **argv)
{
    fault_kind kind = { SUBJECT, true, paths, sizeof paths / sizeof *paths, prepare,
                        survive, NULL };

    return fault_main(argc, argv, &kind);
}

#endif
