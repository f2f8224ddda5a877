/* sem.h - a counting semaphore: permits that threads wait for.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       post adds permits, wait takes them; several at once, all or nothing; with
 *            deadlines; close ends it without losing a permit.  Spins a little, then
 *            sleeps; a post to those who spin costs no system call.
 * Source     The futex semaphore of U. Drepper, "Futexes Are Tricky", 2004, with count
 *            and sleepers in one word as glibc's since 2.21 (T. Riegel).
 * Layer 2    uses atomic.h, time.h, park.h; backoff.h in src/sem.c.
 *
 * State      one word:  permits (31 bits) | closed (1) | sleepers (31) | several (1)
 *            sleepers   threads that are about to sleep, sleep, or were just woken
 *            several    one of them wants more than one permit; set until none sleeps
 *            Sleepers sleep on the low half: permits and closed.
 * Invariant  I1  permits <= PAWL_SEM_MAX
 *            I2  who adds permits, or closes, while sleepers > 0 wakes afterwards: as
 *                many as it added permits, or all if `several`: a wake for one who
 *                wants three, when there are two, would be lost to one who wants two.
 *                For posts that did not see it, who sets `several` wakes all itself.
 *            I3  a sleeper compares the low half with one in which it found too few
 *                permits and closed not set; both changes that concern it change that
 *            I4  closed is never taken back; no permits are added after it
 * Effect     post and a wait that succeeds at their exchange [A] [B]; close at [C]; a
 *            wait that fails at the load that shows too few permits
 * Progress   try_wait, post and close are lock-free, and make at most one system call,
 *            where somebody sleeps.  wait and wait_until block until there are enough
 *            permits.  Unfair: who comes first need not get a permit first, and one
 *            who wants several can starve among many who want one.  A thread stopped or
 *            killed in wait holds no permit before [B], and holds up nobody, but one
 *            wake may go to it in vain; one that is in post or close, after [A] or [C],
 *            may not send its wake.  Where threads or processes can be stopped or
 *            killed, wait with deadlines.  Once one who wants several sleeps, and until
 *            nobody does, each post wakes all who sleep.  One killed there stays
 *            counted as a sleeper: from then on each post makes its system call.
 *
 * Memory     Zeroed memory is a semaphore without permits for the threads of one
 *            process; between processes too, by pawl_sem_init.  The last touch of the
 *            memory by post or close is its exchange, and so is that of a wait that
 *            succeeds or sleeps; post and close then pass no more than the address to
 *            the kernel.  So who has taken the last permit that will ever be posted may
 *            free it, if nobody else still tries to get one.  A forked child may use a
 *            PAWL_SHARED one; in a private one it finds the permits as they were, and
 *            sleepers that it does not have.
 *
 * Example
 *     pawl_sem connections = PAWL_SEM_INIT;
 *     int result = pawl_sem_post(&connections, 8);
 *     if (pawl_sem_wait_until(&connections, 2, pawl_after(PAWL_SECOND)) == 0)
 *         result = pawl_sem_post(&connections, 2);
 */
#ifndef PAWL_SEM_H
#define PAWL_SEM_H

#include <pawl/park.h>

#include <errno.h>

#define PAWL_SEM_MAX (UINT32_C(1) << 30)        /* permits, at most */

typedef struct pawl_sem {
    PAWL_ATOMIC(uint64_t) word;
    uint32_t scope;                     /* pawl_scope, fixed by init */
    uint32_t unused_;
} pawl_sem;

#define PAWL_SEM_INIT { 0, PAWL_PRIVATE, 0 }

#define PAWL_SEM_CLOSED_  (UINT64_C(1) << 31)
#define PAWL_SEM_SLEEPER_ (UINT64_C(1) << 32)
#define PAWL_SEM_SEVERAL_ (UINT64_C(1) << 63)

#define PAWL_SEM_PERMITS_ (PAWL_SEM_CLOSED_ - 1)

PAWL_BEGIN

/* Make `s` a semaphore of `permits`.  Not thread-safe.  EINVAL, with `s` untouched, for
 * more than PAWL_SEM_MAX permits or an unknown scope. */
int pawl_sem_init(pawl_sem *s, uint32_t permits, pawl_scope scope);

/* No more posts: from here on they are refused.  All who wait are woken; permits that
 * are left can still be taken.  What was done before is visible to whoever gets
 * ECANCELED.  True: closed by this call; false: it was closed already. */
bool pawl_sem_close(pawl_sem *s);

int pawl_sem_wait_slow_(pawl_sem *s, uint32_t n, pawl_time until);
void pawl_sem_wake_(PAWL_ATOMIC(uint64_t) *where, uint32_t n, uint32_t scope,
                    uint64_t word);

PAWL_END

/* Take `n` permits if there are that many now; what was done before the posts that
 * brought them is visible.  0; EAGAIN: there are fewer; ECANCELED: fewer, and closed;
 * EINVAL: n is above PAWL_SEM_MAX.  n = 0 takes nothing and succeeds. */
static inline int pawl_sem_try_wait(pawl_sem *s, uint32_t n)
{
    /* [D] acquire: pairs with [C], for a caller that learns of the close. */
    uint64_t word = atomic_load_explicit(&s->word, memory_order_acquire);

    if (n > PAWL_SEM_MAX)
        return EINVAL;
    do {
        if ((word & PAWL_SEM_PERMITS_) < n)
            return word & PAWL_SEM_CLOSED_ ? ECANCELED : EAGAIN;
        /* [B] acquire: pairs with [A] of the posts before; the exchanges between, by
         * whomever, continue their release sequence.  release: pairs with [B] of who
         * comes after, and may free it. */
    } while (!atomic_compare_exchange_weak_explicit(&s->word, &word, word - n,
                 memory_order_acq_rel, memory_order_acquire));
    return 0;
}

/* Take `n` permits, waiting until there are that many or until the moment `until`.  As
 * try_wait, but instead of EAGAIN, ETIMEDOUT: the moment came first.  A moment in the
 * past never sleeps, and takes what is there. */
static inline int pawl_sem_wait_until(pawl_sem *s, uint32_t n, pawl_time until)
{
    int result = pawl_sem_try_wait(s, n);

    return result == EAGAIN ? pawl_sem_wait_slow_(s, n, until) : result;
}

/* Take `n` permits, waiting until there are that many.  0, ECANCELED or EINVAL. */
static inline int pawl_sem_wait(pawl_sem *s, uint32_t n)
{
    return pawl_sem_wait_until(s, n, PAWL_FOREVER);
}

/* Add `n` permits, and wake who can have them.  0; ECANCELED: closed; EOVERFLOW: there
 * would be more than PAWL_SEM_MAX; in both cases none is added.  n = 0 adds nothing and
 * succeeds.  Any thread, and signal handlers. */
static inline int pawl_sem_post(pawl_sem *s, uint32_t n)
{
    uint32_t scope = s->scope;          /* now: after [A] `s` may be gone */
    /* A guess.  If it is wrong, the exchange says what is right, and has brought the
     * line for writing, where a load would have brought it for reading only. */
    uint64_t word = 0;

    if (n == 0)
        return 0;
    if (n > PAWL_SEM_MAX)               /* no guess: is it closed?  acquire: as [D] */
        word = atomic_load_explicit(&s->word, memory_order_acquire);
    do {
        if (word & PAWL_SEM_CLOSED_)
            return ECANCELED;
        if ((word & PAWL_SEM_PERMITS_) + n > PAWL_SEM_MAX)
            return EOVERFLOW;
        /* [A] release: pairs with [B], handing over what was done before; acquire: as
         * [D], if it fails and we learn of the close. */
    } while (!atomic_compare_exchange_weak_explicit(&s->word, &word, word + n,
                 memory_order_acq_rel, memory_order_acquire));
    if (PAWL_UNLIKELY(word >= PAWL_SEM_SLEEPER_))
        pawl_sem_wake_(&s->word, n, scope, word);
    return 0;
}

/* How many permits there were a moment ago. */
static inline uint32_t pawl_sem_count_hint(const pawl_sem *s)
{
    return (uint32_t)(atomic_load_explicit(&s->word, memory_order_relaxed)
                      & PAWL_SEM_PERMITS_);
}

#endif
