/* event.c - event.h's slow paths: sleeping, waking, and calling listeners.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each read-modify-write of `state` releases, whatever else it is for.  By the letter
 * of C11 (7.17.3, 6) a seq_cst load such as [W] may read a change that is not seq_cst
 * and does not happen before the last one that is, [A] say, although it is older.
 * No machine does that, and C++20 forbids it.
 *
 * Of one that adds 0, [N] say, a compiler may make a fence and a load, as clang does
 * for x86.  There it stands in the order too, after the change that it reads: what came
 * before the fence is seen by whoever makes the next one.
 */
#include <pawl/event.h>
#include <pawl/backoff.h>

#include <errno.h>

/* A call of fire under way, on its caller's stack: so that unlisten can wait for it
 * without a further touch of the listener. */
struct pawl_event_call_ {
    pawl_listener *whom;
    pawl_event_call_ *next;
};

int pawl_event_init(pawl_event *e, pawl_scope scope)
{
    if (scope != PAWL_PRIVATE && scope != PAWL_SHARED)
        return EINVAL;
    /* relaxed: not published yet. */
    atomic_store_explicit(&e->state, 0, memory_order_relaxed);
    atomic_store_explicit(&e->epoch, 0, memory_order_relaxed);
    e->scope = (uint32_t)scope;
    e->first = e->last = NULL;
    e->firing = NULL;
    e->turns = 0;
    return 0;
}

uint32_t pawl_event_prepare(pawl_event *e)
{
    /* [B] acquire: pairs with [E].  Whoever finds us counted by [A] moves the epoch
     * after that, and had [B] read what it moved it to, [A] would come after itself.
     * Only C11 on paper needs this: [B] would have to read from the future, which no
     * machine does, for [A] keeps it before and the choice keeps [E] after. */
    uint32_t key = atomic_load_explicit(&e->epoch, memory_order_acquire);

    /* [A] seq_cst: acquire takes the condition from the [N] before it; in the one
     * seq_cst order it stands between a notifier's [W] that misses it and our look. */
    atomic_fetch_add_explicit(&e->state, PAWL_EVENT_WAITER_, memory_order_seq_cst);
    return key;
}

/* One waiter less, and one signal less if there is any (I1). */
static void leave(pawl_event *e)
{
    /* relaxed: the exchange checks it. */
    uint64_t state = atomic_load_explicit(&e->state, memory_order_relaxed);

    /* [D] acquire: a notifier that saw signals == waiters at [N] left us alone because
     * we were to look again; what it made true is visible from here, and so is what
     * those did who woke us.  Release: see above. */
    while (!atomic_compare_exchange_weak_explicit(&e->state, &state,
               state - PAWL_EVENT_WAITER_
                   - (pawl_event_signals_(state) > 0 ? PAWL_EVENT_SIGNAL_ : 0),
               memory_order_acq_rel, memory_order_relaxed))
        continue;
}

void pawl_event_cancel(pawl_event *e)
{
    leave(e);
}

int pawl_event_wait(pawl_event *e, uint32_t key, pawl_time until)
{
    int result = 0;

    /* acquire: as [B], so that [D] comes after whatever has moved the epoch.  Once, not
     * in a loop: whatever woke us may have been meant for another, and the one who
     * sent it counts on somebody looking (I1). */
    if (atomic_load_explicit(&e->epoch, memory_order_acquire) == key)
        result = pawl_park(&e->epoch, key, until, (pawl_scope)e->scope);
    else if (until != PAWL_FOREVER && until <= pawl_now())
        result = ETIMEDOUT;
    leave(e);
    return result;
}

static void lock(pawl_event *e)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;

    /* [K] acquire: pairs with [U], handing over the list.  Release: see above. */
    while (atomic_fetch_or_explicit(&e->state, PAWL_EVENT_LOCKED_, memory_order_acq_rel)
           & PAWL_EVENT_LOCKED_)
        if (!pawl_backoff_wait(&b))
            pawl_yield();
}

static void unlock(pawl_event *e)
{
    uint64_t gone = PAWL_EVENT_LOCKED_;

    if (e->first == NULL)
        gone |= PAWL_EVENT_LISTENING_;
    /* [U] release: pairs with [K]. */
    atomic_fetch_and_explicit(&e->state, ~gone, memory_order_release);
}

static void unlink(pawl_event *e, pawl_listener *l)
{
    *(l->previous_ != NULL ? &l->previous_->next_ : &e->first) = l->next_;
    *(l->next_ != NULL ? &l->next_->previous_ : &e->last) = l->previous_;
    l->turn_ = 0;
}

int pawl_event_listen(pawl_event *e, pawl_listener *l)
{
    if (e->scope != PAWL_PRIVATE)
        return EINVAL;
    lock(e);
    if (l->turn_ != 0) {
        unlock(e);
        return EBUSY;
    }
    l->turn_ = ++e->turns;
    l->next_ = NULL;
    l->previous_ = e->last;
    *(e->last != NULL ? &e->last->next_ : &e->first) = l;
    e->last = l;
    /* [L] seq_cst: as [A], for the caller's look. */
    atomic_fetch_or_explicit(&e->state, PAWL_EVENT_LISTENING_, memory_order_seq_cst);
    unlock(e);
    return 0;
}

/* Under the lock.  True: it was listening. */
static bool take_out(pawl_event *e, pawl_listener *l)
{
    if (l->turn_ == 0)
        return false;
    unlink(e, l);
    return true;
}

bool pawl_event_take_out_(pawl_event *e, pawl_listener *l)
{
    bool taken_out;

    lock(e);
    taken_out = take_out(e, l);
    unlock(e);
    return taken_out;
}

bool pawl_event_unlisten(pawl_event *e, pawl_listener *l)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    bool taken_out = false;

    for (;;) {
        pawl_event_call_ *call;

        lock(e);
        if (take_out(e, l))
            taken_out = true;
        for (call = e->firing; call != NULL && call->whom != l; call = call->next)
            continue;
        unlock(e);
        if (call == NULL)
            return taken_out;
        if (!pawl_backoff_wait(&b))
            pawl_yield();
    }
}

/* Call the oldest listener, if its turn is not after `end`.  False: there is none. */
static bool call_one(pawl_event *e, uint64_t end)
{
    pawl_event_call_ call, **place;

    lock(e);
    call.whom = e->first;
    if (call.whom == NULL || call.whom->turn_ > end) {
        unlock(e);
        return false;
    }
    unlink(e, call.whom);
    call.next = e->firing;
    e->firing = &call;
    unlock(e);
    call.whom->fire(call.whom);         /* I3: and nothing after it touches *whom */
    lock(e);
    for (place = &e->firing; *place != &call; place = &(*place)->next)
        continue;
    *place = call.next;
    unlock(e);
    return true;
}

/* Call up to `n` listeners, but none that listened after we began: one that listens
 * again each time would keep us for ever. */
static void call_listeners(pawl_event *e, uint32_t n)
{
    uint64_t end;

    lock(e);
    end = e->turns;
    unlock(e);
    while (n > 0 && call_one(e, end))
        n--;
}

/* Choose up to `n` waiters that have no signal, and count ourselves in waking.  Returns
 * how many to wake: all that sleep, not only as many as were there, if all were chosen:
 * one who comes now, for something else, could get the wake of one who was.  All too,
 * if another notifier is at it, for that one may be stopped. */
static uint32_t choose(pawl_event *e, uint32_t n, uint64_t *state, uint64_t *waking)
{
    for (;;) {
        uint64_t waiters = pawl_event_waiters_(*state);
        uint64_t unserved = waiters - pawl_event_signals_(*state);
        uint32_t woken = n < unserved ? n : (uint32_t)unserved;

        *waking = woken > 0 ? PAWL_EVENT_WAKING_ : 0;
        /* [S] release: see above.  No more: [N] has handed over what there is, and [E]
         * orders the epoch. */
        if (woken == 0
            || atomic_compare_exchange_weak_explicit(&e->state, state,
                   *state + woken * PAWL_EVENT_SIGNAL_ + *waking,
                   memory_order_release, memory_order_relaxed))
            return (woken > 0 && woken == unserved)
                           || (*state >= PAWL_EVENT_WAKING_ && waiters > 0)
                       ? PAWL_ALL : woken;
    }
}

void pawl_event_notify_slow_(pawl_event *e, uint32_t n, uint64_t state)
{
    uint64_t waking;
    uint32_t woken = choose(e, n, &state, &waking);

    if (woken > 0) {
        /* [E] release: pairs with [B], which says who needs it. */
        atomic_fetch_add_explicit(&e->epoch, 1, memory_order_release);
        pawl_unpark(&e->epoch, woken, (pawl_scope)e->scope);
    }
    /* release: see above; it only takes back our count. */
    if (waking != 0)
        atomic_fetch_sub_explicit(&e->state, waking, memory_order_release);
    if (state & PAWL_EVENT_LISTENING_)
        call_listeners(e, n);
}
