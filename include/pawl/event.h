/* event.h - an event count: wait for a condition that lives elsewhere.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       Lets any lock-free structure be waited for.  Threads sleep on it;
 *            listeners are called once, which is how an fd, an event loop or a
 *            coroutine waits.  Costs a notifier one load while nobody waits.
 *
 *            The waiter prepares, looks at the condition, and then cancels or waits,
 *            and looks again; the notifier makes the condition true, then notifies.
 *            A listener does the same with listen, look, and unlisten.
 * Source     D. Vyukov, "Eventcounts", 1024cores.net, 2009; the count of signals
 *            on their way as in his event count of Eigen's thread pool, 2016.
 * Layer 1    uses atomic.h, time.h, park.h; backoff.h in src/event.c.
 *
 * State      state    in one word:
 *                     waiters    threads between prepare and the end of wait or cancel
 *                     signals    how many of these are sure to come out by themselves
 *                     waking     notifiers that have chosen whom to wake, not yet done
 *                     listening  the list below is not empty
 *                     locked     somebody is at the list
 *                     watched    means nothing here: see channel.h
 *            epoch    what sleepers sleep on; epoch: k -> k + 1 by each notify that
 *                     wakes, before it does
 *            first, last   the listeners, oldest first;  firing   calls of fire under
 *                     way;  turns   listens so far.  Touched under the lock only.
 *
 * Invariant  I1  signals <= the waiters that are awake or will be woken by a notifier
 *                counted in waking, <= waiters.  A notify that adds signals then moves
 *                the epoch, so that no waiter it has counted falls asleep any more, and
 *                wakes as many as it has added signals, or all, if no waiter is left
 *                without one or another is in waking; a waiter sleeps at most once
 *                between prepare and the end of wait, whoever's wake it was that woke
 *                it; and it takes a signal along when it leaves, its own or another's,
 *                if there is one.  So: legal to count too few (one wake too many);
 *                illegal to count too many.  signals == waiters means that each of them
 *                will look again, or leaves with what it found.
 *            I2  a listener is in the list from listen until unlisten or its call
 *            I3  fire(l) is the last touch of l: nobody holds its address after
 * Effect     prepare and listen at their step on state [A] [L], notify at its [N].
 *            Read-modify-writes of one word stand in one order, and nothing else ever
 *            changes it: each that acquires synchronizes with all before it that
 *            released.  A notifier's [N] comes first: then the waiter, looking after
 *            [A], sees what the notifier had made true.  Or [A] comes first: then [N]
 *            sees the waiter and moves the epoch past the one that it had read before
 *            [A], or finds that others have.  Or it finds a signal for each waiter:
 *            then it comes before their [D], and they see it when they look again.  So
 *            none is lost, whatever orders the condition itself is read with.
 *            pawl_event_waited() spares the notifier that step.  It is for those who
 *            make the condition true and look at it by seq_cst operations only: then
 *            all four are in the one seq_cst order, which forbids that the notifier
 *            misses the waiter AND the waiter misses the condition.  (If it found a
 *            signal for each, they look once more, and who misses it even then comes
 *            back by [A] or gives up.)
 * Progress   notify is lock-free where nobody listens, and makes one system call where
 *            somebody sleeps.  prepare and cancel are lock-free.  listen, unlisten, and
 *            notify where somebody listens take the lock bit for a few steps: a
 *            thread stopped there holds up those three, on that event; one that
 *            yields cannot get past it: so keep threads of several real-time
 *            priorities from listening on one event.  wait blocks.
 *            A thread stopped inside notify, before it has chosen whom to wake [S], has
 *            as good as not notified.  After that it holds up those whom it was about
 *            to wake until the next notify, which finds it in waking and wakes all; and
 *            the listener that it was about to call, or has just called, with its
 *            unlisten, until it goes on.
 *            A waiter stopped after it was woken takes that wake along: the next notify
 *            wakes another.  Killed in a process that shares the event, they stay
 *            counted: some notifies then make a system call for nobody, and each that
 *            finds a waiter, if a notifier was killed in waking.
 *            Whom notify(n) serves: n threads that have no signal yet, in the kernel's
 *            order, and n listeners, oldest first: both, for neither side can know that
 *            the other will use what there is.  If no more than n wait, it wakes these
 *            and whoever comes to sleep during the call; if more do, one who comes then
 *            may be woken in place of one who was there.  So where threads wait for
 *            different things, notify all.
 *
 * Memory     Zeroed memory is an event for the threads of one process.  Between
 *            processes it can only be slept on, and needs pawl_event_init.  Free it
 *            when all calls on it have returned, notify's too, and no listener is in:
 *            nothing is allocated.  A forked child has a copy that counts waiters it
 *            does not have: init it again.
 * Limit      2^20 - 1 waiters, and as many notifiers, at a time.  A waiter that is
 *            stopped between prepare and wait while exactly 2^32 notifies pass may
 *            sleep through them.  2^64 - 1 listens.
 *
 * Example
 *     #include <pawl/event.h>
 *     static pawl_event changed = PAWL_EVENT_INIT;
 *     static PAWL_ATOMIC(uint32_t) ready;
 *     static inline void wait_until_ready(void)
 *     {
 *         while (atomic_load_explicit(&ready, memory_order_acquire) == 0) {
 *             uint32_t key = pawl_event_prepare(&changed);
 *             if (atomic_load_explicit(&ready, memory_order_acquire) != 0)
 *                 pawl_event_cancel(&changed);
 *             else
 *                 pawl_event_wait(&changed, key, PAWL_FOREVER);
 *         }
 *     }
 *     static inline void make_ready(void)
 *     {
 *         atomic_store_explicit(&ready, 1, memory_order_release);
 *         pawl_event_notify(&changed, PAWL_ALL);
 *     }
 */
#ifndef PAWL_EVENT_H
#define PAWL_EVENT_H

#include <pawl/park.h>

typedef struct pawl_listener pawl_listener;
typedef struct pawl_event_call_ pawl_event_call_;

/* What to call, once.  Set `fire`; the rest is the event's.  Embed it in a struct
 * of yours to find that struct again. */
struct pawl_listener {
    /* Runs on the notifier's stack, under no lock of ours.  It must not block, nor
     * unlisten, nor use what is for one thread at a time and in a call (the notifier's
     * own port, say, or its side of an spsc_channel); and it must return: no longjmp,
     * no exception, no end or cancellation of the thread.  It may listen again, notify,
     * or free `l`. */
    void (*fire)(pawl_listener *l);
    pawl_listener *next_, *previous_;
    uint64_t turn_;                     /* 0: not in the list */
};

#define PAWL_LISTENER_INIT(fire) { fire, NULL, NULL, 0 }

typedef struct pawl_event {
    PAWL_ATOMIC(uint64_t) state;
    PAWL_ATOMIC(uint32_t) epoch;
    uint32_t scope;                     /* pawl_scope, fixed by init */
    pawl_listener *first, *last;
    pawl_event_call_ *firing;
    uint64_t turns;
} pawl_event;

#define PAWL_EVENT_INIT { 0, 0, PAWL_PRIVATE, NULL, NULL, NULL, 0 }

#define PAWL_EVENT_LOCKED_    UINT64_C(1)
#define PAWL_EVENT_LISTENING_ UINT64_C(2)
#define PAWL_EVENT_WATCHED_   UINT64_C(4)
#define PAWL_EVENT_WAITER_    (UINT64_C(1) << 3)        /* 20 bits each */
#define PAWL_EVENT_SIGNAL_    (UINT64_C(1) << 23)
#define PAWL_EVENT_WAKING_    (UINT64_C(1) << 43)
#define PAWL_EVENT_COUNT_     ((UINT64_C(1) << 20) - 1)

PAWL_BEGIN

/* Make `e` an event on which nobody waits.  Not thread-safe.  EINVAL, with `e`
 * untouched, if `scope` is neither PAWL_PRIVATE nor PAWL_SHARED. */
int pawl_event_init(pawl_event *e, pawl_scope scope);

/* Announce that this thread is about to wait.  Every prepare is followed by looking
 * at the condition and then by exactly one cancel or wait.  Any thread. */
uint32_t pawl_event_prepare(pawl_event *e);

/* Take the announcement back: the condition was true, or the caller gives up. */
void pawl_event_cancel(pawl_event *e);

/* Sleep until a notify that came after the prepare which returned `key`, or until
 * the moment `until`.  Returns 0: look again (it may be for no reason); or ETIMEDOUT.
 * Look again even then. */
int pawl_event_wait(pawl_event *e, uint32_t key, pawl_time until);

/* Have l->fire(l) called once, on behalf of one notify that comes after.  Look at
 * the condition afterwards: what was true before calls nobody.  One that was called and
 * finds the condition false has to listen and look again.  Any thread.
 * EINVAL for an event between processes, EBUSY if `l` is listening already. */
int pawl_event_listen(pawl_event *e, pawl_listener *l);

/* Do not call l->fire any more, even if it listens again each time.  True: it was taken
 * out before a call.  False: it was not listening, or its call came first; the notify
 * that it served is then the caller's to use or to pass on.  In both cases no call is
 * under way any more, and `l` may be freed.  Waits for one that is: not from within a
 * fire.  No other thread may listen with `l` meanwhile. */
bool pawl_event_unlisten(pawl_event *e, pawl_listener *l);

/* For eventfd.h: as unlisten, but waits for no call that is under way. */
bool pawl_event_take_out_(pawl_event *e, pawl_listener *l);

void pawl_event_notify_slow_(pawl_event *e, uint32_t n, uint64_t state);

PAWL_END

static inline uint64_t pawl_event_waiters_(uint64_t state)
{
    return state / PAWL_EVENT_WAITER_ & PAWL_EVENT_COUNT_;
}

static inline uint64_t pawl_event_signals_(uint64_t state)
{
    return state / PAWL_EVENT_SIGNAL_ & PAWL_EVENT_COUNT_;
}

/* Somebody waits who may not have been woken yet. */
static inline bool pawl_event_wanted_(uint64_t state)
{
    return state != 0
        && ((state & PAWL_EVENT_LISTENING_) != 0
            || pawl_event_waiters_(state) != pawl_event_signals_(state)
            || (state >= PAWL_EVENT_WAKING_ && pawl_event_waiters_(state) != 0));
}

/* Wake `n` threads that wait, and call `n` listeners; PAWL_ALL for all that are there
 * now.  Call it after the condition has become true.  What the caller did before is
 * visible to those it wakes.  Any thread; a signal handler only where nobody
 * listens. */
static inline void pawl_event_notify(pawl_event *e, uint32_t n)
{
    /* [N] release: hands the condition to the [A], [D] or [L] after it. */
    uint64_t state = atomic_fetch_add_explicit(&e->state, 0, memory_order_release);

    if (PAWL_UNLIKELY(pawl_event_wanted_(state)))
        pawl_event_notify_slow_(e, n, state);
}

/* Does anybody wait?  If not, notify may be left out, but only by callers who made the
 * condition true by a seq_cst operation, or saw by one that it is, where waiters too
 * look at it by seq_cst operations.  Costs a load where notify costs a
 * read-modify-write. */
static inline bool pawl_event_waited(const pawl_event *e)
{
    /* [W] seq_cst: forbids, with the publication before it, [A] and the look after
     * [A], that both see the other absent. */
    return pawl_event_wanted_(atomic_load_explicit(&e->state, memory_order_seq_cst));
}

#endif
