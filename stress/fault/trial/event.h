/* event.h - an event count, and a thread stopped or a process killed in it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in stress/trial/event.h.  What is waited for are tokens: a notifier
 * adds some before it notifies, a waiter takes one.  Of those who sleep or listen from
 * the beginning it is noted what wakes or calls them: the victim still does (`at
 * once`), or the next notify, or later ones.  Between processes nobody listens.
 */
#ifndef FAULT_TRIAL_EVENT_H
#define FAULT_TRIAL_EVENT_H

#include <fault/fault.h>
#include <pawl/event.h>

#include <string.h>

enum { NOTIFIES = 4, MEETER = FAULT_SLEEPERS - 1 };
enum { FIRST, OWN, RIVALS, OTHERS, LISTENERS };

static struct world {
    subject e;
    uint32_t key;                       /* of a victim that has prepared */
    unsigned tokens;
    struct { listener l; PAWL_ATOMIC(uint32_t) calls; } bell[LISTENERS];
    bool shared;
    bool notify_waits, listen_waits;    /* for the victim, for ever */
    bool missed;                        /* one who waited was not woken */
    const char *woken[FAULT_SLEEPERS];
    const char *called;                 /* the first listener, by what */
} *w;

static bool take_token(void)
{
    if (w->tokens == 0)
        return false;
    w->tokens--;
    return true;
}

static void tell(unsigned n)
{
    w->tokens += n;
    subject_notify(&w->e, n);
}

static unsigned calls_of(unsigned who)
{
    return atomic_load_explicit(&w->bell[who].calls, memory_order_relaxed);
}

/* Atomic, so that it is a point: the victim may be stopped in the call. */
static void called(listener *l)
{
    for (unsigned i = 0; i < LISTENERS; i++)
        if (l == &w->bell[i].l)
            atomic_fetch_add_explicit(&w->bell[i].calls, 1, memory_order_relaxed);
}

static void begin_to_listen(unsigned who)
{
    if (!subject_listen(&w->e, &w->bell[who].l, called))
        fault_die("cannot listen");
}

/* --- the victim ------------------------------------------------------------------- */

static void victim_prepares(void) { (void)subject_prepare(&w->e); }
static void victim_cancels(void) { subject_cancel(&w->e); }
static void victim_waits(void) { subject_wait(&w->e, w->key); }
static void victim_waits_until(void) { (void)subject_wait_until(&w->e, w->key, 1000); }
static void victim_looks(void) { (void)subject_waited(&w->e); }
static void victim_tells(void) { tell(1); }
static void victim_tells_two(void) { tell(2); }

/* As many tokens as can be wanted. */
static void victim_tells_all(void)
{
    w->tokens += FAULT_SLEEPERS;
    subject_notify(&w->e, PAWL_ALL);
}

static void victim_listens(void) { begin_to_listen(OWN); }
static void victim_unlistens(void) { (void)subject_unlisten(&w->e, &w->bell[FIRST].l); }

/* --- others ----------------------------------------------------------------------- */

static void tell_one(void) { tell(1); }

static void prepare_and_cancel(void)
{
    (void)subject_prepare(&w->e);
    subject_cancel(&w->e);
}

static void rival_listens(void)
{
    begin_to_listen(RIVALS);
    (void)subject_unlisten(&w->e, &w->bell[RIVALS].l);
}

static void others_listen(void)
{
    begin_to_listen(OTHERS);
    (void)subject_unlisten(&w->e, &w->bell[OTHERS].l);
}

static void unlisten_first(void) { (void)subject_unlisten(&w->e, &w->bell[FIRST].l); }

static void wait_for_token(void)
{
    for (;;) {
        uint32_t key = subject_prepare(&w->e);

        if (take_token()) {
            subject_cancel(&w->e);
            return;
        }
        subject_wait(&w->e, key);
        if (take_token())
            return;
    }
}

/* One waits, another tells it: the one in a thousand that takes two stacks. */
static void meet(void)
{
    fault_start(FAULT_SLEEPER + MEETER, wait_for_token);
    tell(1);
    w->missed |= !fault_finish(FAULT_SLEEPER + MEETER);
}

static void go_on(void)
{
    w->tokens = 0;
    for (unsigned i = 0;; i++) {
        prepare_and_cancel();
        if (!fault_did())
            return;
        if (!w->notify_waits && i % 1000 == 0)
            meet();
        if (!w->notify_waits)
            subject_notify(&w->e, 1);
        if (!w->listen_waits && !w->shared)
            others_listen();
    }
}

/* --- before, and after ------------------------------------------------------------ */

static void prepare(const fault_path *p, bool shared)
{
    if (w == NULL)
        w = (struct world *)fault_memory(sizeof *w);
    memset((void *)w, 0, sizeof *w);
    w->shared = shared;
#ifdef SUBJECT_SCOPE
    SUBJECT_SCOPE = shared ? PAWL_SHARED : PAWL_PRIVATE;
#endif
    if (!subject_open(&w->e))
        fault_die("cannot open");
    (void)subject_close;
    if (p->victim == victim_cancels || p->victim == victim_waits
        || p->victim == victim_waits_until)
        w->key = subject_prepare(&w->e);
    if (p->in > 0)
        begin_to_listen(FIRST);
    for (unsigned i = 0; i < p->turn; i++)
        subject_notify(&w->e, 1);
}

static bool others(void (*what)(void))
{
    fault_start(FAULT_SURVIVOR, what);
    return fault_finish(FAULT_SURVIVOR);
}

static void look(const fault_path *p, const char *how)
{
    for (unsigned i = 0; i < p->sleepers; i++)
        if (w->woken[i] == NULL && fault_finish(FAULT_SLEEPER + i))
            w->woken[i] = how;
    if (w->called == NULL && calls_of(FIRST) > 0)
        w->called = how;
}

static void tell_listeners(const fault_path *p, fault_outcome *o)
{
    if (p->in > 0 && p->victim != victim_unlistens) {
        bool out = others(unlisten_first);

        fault_say(o, "listener called %s",
                  w->called != NULL ? w->called : "by nothing");
        if (!out)
            fault_say_blocked(o, "its unlisten waits");
    }
    if (calls_of(FIRST) > 1)
        fault_broken(o, "a listener was called twice");
}

static void survive(const fault_path *p, fault_outcome *o)
{
    look(p, "at once");
    w->notify_waits = !others(tell_one);
    look(p, "by the next notify");
    for (unsigned i = 0; i < NOTIFIES && !w->notify_waits; i++)
        w->notify_waits = !others(tell_one);
    look(p, "by a later notify");
    w->listen_waits = !w->shared && !others(others_listen);
    if (w->notify_waits || w->listen_waits)
        fault_say_blocked(o, !w->notify_waits ? "listen waits"
                             : !w->listen_waits ? "notify waits"
                             : "notify, listen wait");
    if (!others(go_on))
        fault_say_blocked(o, "prepare waits");
    tell_listeners(p, o);
    fault_say_woken(o, p, w->woken);
    if (w->missed)
        fault_broken(o, "a wake was lost");
    if (!o->blocked && subject_waited(&w->e))
        fault_say(o, "seems waited for");
}

/* --- paths ------------------------------------------------------------------------
 * `in`: one listens; `turn`: notifies before the call. */

#define ASLEEP(n) .sleeper = wait_for_token, .sleepers = n
#define BESIDE ASLEEP(1), .newest_first = true
#define LISTENING .in = 1, .private = true

static const fault_path paths[] = {
    { "prepare", "alone", .victim = victim_prepares },
    { "prepare", "rival notifies", .victim = victim_prepares, .rival = tell_one },
    { "prepare", "rival prepares", .victim = victim_prepares,
      .rival = prepare_and_cancel },
    { "cancel", "alone", .victim = victim_cancels },
    { "cancel", "notified", .victim = victim_cancels, .turn = 1 },
    { "cancel", "one sleeps", .victim = victim_cancels, ASLEEP(1) },
    { "cancel", "rival notifies", .victim = victim_cancels, .rival = tell_one },
    { "cancel", "one sleeps, rival notifies", .victim = victim_cancels,
      .rival = tell_one, ASLEEP(1) },
    { "cancel", "rival prepares", .victim = victim_cancels,
      .rival = prepare_and_cancel },
    { "wait", "notified", .victim = victim_waits, .turn = 1 },
    { "wait", "asleep, then notified", .victim = victim_waits, .help = tell_one },
    { "wait", "then notified, one sleeps", .victim = victim_waits, .help = tell_one,
      BESIDE },
    { "wait", "rival notifies", .victim = victim_waits, .help = tell_one,
      .rival = tell_one },
    { "wait", "rival notifies, one sleeps", .victim = victim_waits, .help = tell_one,
      .rival = tell_one, BESIDE },
    { "wait until", "late", .victim = victim_waits_until },
    { "wait until", "notified", .victim = victim_waits_until, .turn = 1 },
    { "wait until", "asleep, then notified", .victim = victim_waits_until,
      .help = tell_one },
    { "wait until", "late, rival notifies", .victim = victim_waits_until,
      .rival = tell_one },
    { "wait until", "late, rival notifies, one sleeps", .victim = victim_waits_until,
      .rival = tell_one, BESIDE },
    { "notify", "nobody waits", .victim = victim_tells },
    { "notify", "one sleeps", .victim = victim_tells, ASLEEP(1) },
    { "notify", "two sleep", .victim = victim_tells, ASLEEP(2) },
    { "notify", "one sleeps, rival prepares", .victim = victim_tells,
      .rival = prepare_and_cancel, ASLEEP(1) },
    { "notify", "two sleep, rival notifies", .victim = victim_tells, .rival = tell_one,
      ASLEEP(2) },
    { "notify", "one listens", .victim = victim_tells, LISTENING },
    { "notify", "one sleeps, one listens", .victim = victim_tells, LISTENING,
      ASLEEP(1) },
    { "notify", "one listens, rival notifies", .victim = victim_tells,
      .rival = tell_one, LISTENING },
    { "notify", "one listens, rival listens", .victim = victim_tells,
      .rival = rival_listens, LISTENING },
    { "notify 2", "one sleeps", .victim = victim_tells_two, ASLEEP(1) },
    { "notify 2", "two sleep", .victim = victim_tells_two, ASLEEP(2) },
    { "notify all", "nobody waits", .victim = victim_tells_all },
    { "notify all", "two sleep", .victim = victim_tells_all, ASLEEP(2) },
    { "notify all", "two sleep, rival notifies", .victim = victim_tells_all,
      .rival = tell_one, ASLEEP(2) },
    { "notify all", "two sleep, rival prepares", .victim = victim_tells_all,
      .rival = prepare_and_cancel, ASLEEP(2) },
    { "notify all", "one sleeps, one listens", .victim = victim_tells_all, LISTENING,
      ASLEEP(1) },
    { "notify all", "one listens, rival listens", .victim = victim_tells_all,
      .rival = rival_listens, LISTENING },
    { "waited", "one sleeps", .victim = victim_looks, ASLEEP(1) },
    { "listen", "alone", .victim = victim_listens, .private = true },
    { "listen", "one listens", .victim = victim_listens, LISTENING },
    { "listen", "one sleeps", .victim = victim_listens, .private = true, ASLEEP(1) },
    { "listen", "rival notifies", .victim = victim_listens, .private = true,
      .rival = tell_one },
    { "listen", "one listens, rival notifies", .victim = victim_listens,
      .rival = tell_one, LISTENING },
    { "listen", "rival listens", .victim = victim_listens, .private = true,
      .rival = rival_listens },
    { "unlisten", "listening", .victim = victim_unlistens, LISTENING },
    { "unlisten", "called already", .victim = victim_unlistens, LISTENING, .turn = 1 },
    { "unlisten", "rival notifies", .victim = victim_unlistens, LISTENING,
      .rival = tell_one },
    { "unlisten", "rival listens", .victim = victim_unlistens, LISTENING,
      .rival = rival_listens },
};

int main(int argc, char **argv)
{
    fault_kind kind = { SUBJECT, true, paths, sizeof paths / sizeof *paths, prepare,
                        survive, NULL };

    return fault_main(argc, argv, &kind);
}

#endif
