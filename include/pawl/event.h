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
 * State      state    signals | waiters | listening | locked, in one word
 *                     waiters    threads between prepare and the end of wait or cancel
 *                     signals    how many of these are sure to come out by themselves
 *                     listening  the list below is not empty
 *                     locked     somebody is at the list
 *            epoch    what sleepers sleep on; epoch: k -> k + 1 at each notify that
 *                     finds a waiter without a signal
 *            first, last   the listeners, oldest first;  firing   calls of fire
 *                     under way.  These three are touched under the lock only.
 *
 * Invariant  I1  signals <= the waiters that are awake, or that a wake on its way
 *                will reach, <= waiters.  Each notify that adds a signal then moves
 *                the epoch, so that who is not asleep yet will not be, and wakes
 *                one who is; and each waiter takes a signal along when it leaves,
 *                its own or another's, if there is one.
 *                So: legal to count too few (one wake too many); illegal to count too
 *                many.  signals == waiters means that each of them will look again.
 *            I2  a listener is in the list from listen until unlisten or its call
 *            I3  fire(l) is the last touch of l: nobody holds its address after
 * Effect     prepare and listen at their step on state [A] [L], notify at its [N].
 *            All steps on state are read-modify-writes, which stand in one order.  A
 *            notifier's [N] comes first: then [A] synchronizes with it and the waiter,
 *            looking, sees what the notifier had made true.  Or [A] comes first: then
 *            [N] sees the waiter and moves the epoch that the waiter compares.  So
 *            none is lost, whatever orders the condition itself is read with.
 *            pawl_event_waited() spares the notifier that step.  It is for those who
 *            make the condition true and look at it by seq_cst operations only: then
 *            all four are in the one seq_cst order, which forbids that the notifier
 *            misses the waiter AND the waiter misses the condition.
 * Progress   notify is wait-free where nobody listens, but for one system call where
 *            somebody sleeps.  prepare and cancel are lock-free.  listen, unlisten, and
 *            notify where somebody listens take the lock bit for a few steps: a
 *            thread stopped there holds up those three, on that event.  wait blocks.
 *            Whom notify(n) serves: sleeping threads that have no signal yet, in the
 *            kernel's order; then, for what is left of n, listeners, oldest first.
 *
 * Memory     Zeroed memory is an event for the threads of one process.  Between
 *            processes it can only be slept on, and needs pawl_event_init.  Free it
 *            when all calls on it have returned and no listener is in: nothing
 *            is allocated.  A forked child has a copy that counts waiters it does not
 *            have: init it again.
 * Limit      2^31 - 1 waiters at a time.  A waiter that is stopped between prepare
 *            and wait while exactly 2^32 notifies pass may sleep through them.
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
     * unlisten itself; it may listen again, notify, or free `l`. */
    void (*fire)(pawl_listener *l);
    pawl_listener *next_, *previous_;
    uint32_t listed_;
};

#define PAWL_LISTENER_INIT(fire) { fire, NULL, NULL, 0 }

typedef struct pawl_event {
    PAWL_ATOMIC(uint64_t) state;
    PAWL_ATOMIC(uint32_t) epoch;
    uint32_t scope;                     /* pawl_scope, fixed by init */
    pawl_listener *first, *last;
    pawl_event_call_ *firing;
} pawl_event;

#define PAWL_EVENT_INIT { 0, 0, PAWL_PRIVATE, NULL, NULL, NULL }

#define PAWL_EVENT_LOCKED_    UINT64_C(1)
#define PAWL_EVENT_LISTENING_ UINT64_C(2)
#define PAWL_EVENT_WAITER_    (UINT64_C(1) << 2)
#define PAWL_EVENT_SIGNAL_    (UINT64_C(1) << 33)

PAWL_BEGIN

/* Make `e` an event on which nobody waits.  Not thread-safe.  EINVAL, with `e`
 * untouched, if `scope` is neither PAWL_PRIVATE nor PAWL_SHARED. */
int pawl_event_init(pawl_event *e, pawl_scope scope);

/* Announce that this thread is about to wait.  Every prepare is followed by looking
 * at the condition and then by exactly one cancel or wait.  Any thread. */
uint32_t pawl_event_prepare(pawl_event *e);

/* Take the announcement back: the condition was true. */
void pawl_event_cancel(pawl_event *e);

/* Sleep until a notify that came after the prepare which returned `key`, or until
 * the moment `until`.  Returns 0: look again (it may be for no reason); or ETIMEDOUT.
 * Look again even then. */
int pawl_event_wait(pawl_event *e, uint32_t key, pawl_time until);

/* Have l->fire(l) called once, on behalf of one notify that comes after.  Look at
 * the condition afterwards: what was true before calls nobody.  Any thread.
 * EINVAL for an event between processes, EBUSY if `l` is listening already. */
int pawl_event_listen(pawl_event *e, pawl_listener *l);

/* Do not call l->fire any more.  True: it was not called.  False: it was, or `l` was
 * not listening, and no call of it is under way any more; the notify that it served
 * is then the caller's to use or to pass on.  `l` may be freed in both cases.
 * Not from within l->fire, and not while another thread may listen with `l`. */
bool pawl_event_unlisten(pawl_event *e, pawl_listener *l);

void pawl_event_notify_slow_(pawl_event *e, uint32_t n, uint64_t state);

PAWL_END

/* Somebody waits who was not woken yet. */
static inline bool pawl_event_wanted_(uint64_t state)
{
    return (state & PAWL_EVENT_LISTENING_) != 0
        || (state >> 33) != (state >> 2 & (PAWL_EVENT_SIGNAL_ / PAWL_EVENT_WAITER_ - 1));
}

/* Wake `n` of those who wait; PAWL_ALL for all.  Call it after the condition has
 * become true.  What the caller did before is visible to those it wakes.  Any thread. */
static inline void pawl_event_notify(pawl_event *e, uint32_t n)
{
    /* [N] seq_cst: its release half hands the condition to the [A] or [L] after it;
     * acquire: takes a listener's node from [L].  It stands in the one order of
     * seq_cst with the other notifiers' pawl_event_waited(). */
    uint64_t state = atomic_fetch_add_explicit(&e->state, 0, memory_order_seq_cst);

    if (PAWL_UNLIKELY(pawl_event_wanted_(state)))
        pawl_event_notify_slow_(e, n, state);
}

/* Does anybody wait?  If not, notify may be left out, but only by callers who made
 * the condition true by a seq_cst operation, where waiters too look at it by seq_cst
 * operations.  Costs a load where notify costs a read-modify-write. */
static inline bool pawl_event_waited(const pawl_event *e)
{
    /* [W] seq_cst: forbids, with the publication before it, [A] and the look after
     * [A], that both see the other absent. */
    return pawl_event_wanted_(atomic_load_explicit(&e->state, memory_order_seq_cst));
}

#endif
