/* sem.c - waiting for permits, and waking who waits.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/sem.h>
#include <pawl/backoff.h>

int pawl_sem_init(pawl_sem *s, uint32_t permits, pawl_scope scope)
{
    if (permits > PAWL_SEM_MAX || (scope != PAWL_PRIVATE && scope != PAWL_SHARED))
        return EINVAL;
    /* relaxed: not published yet. */
    atomic_store_explicit(&s->word, permits, memory_order_relaxed);
    s->scope = (uint32_t)scope;
    s->unused_ = 0;
    return 0;
}

/* `word` with one sleeper less.  The last one takes `several` along. */
static uint64_t without_sleeper(uint64_t word)
{
    word -= PAWL_SEM_SLEEPER_;
    return (word & ~PAWL_SEM_SEVERAL_) < PAWL_SEM_SLEEPER_ ? word & ~PAWL_SEM_SEVERAL_
                                                           : word;
}

/* We are counted among the sleepers: sleep until we can leave with `n` permits, or
 * have to leave without. */
static int sleep_for(pawl_sem *s, uint32_t n, pawl_time until)
{
    int result, parked = 0;

    for (;;) {
        /* relaxed: the exchange checks it, and brings what is handed over. */
        uint64_t word = atomic_load_explicit(&s->word, memory_order_relaxed), next;

        if ((word & PAWL_SEM_PERMITS_) >= n) {
            next = word - n;
            result = 0;
        } else if (word & PAWL_SEM_CLOSED_) {
            next = word;
            result = ECANCELED;
        } else if (parked == ETIMEDOUT) {
            next = word;
            result = ETIMEDOUT;
        } else {
            parked = pawl_park_half(&s->word, (uint32_t)word, until,
                                    (pawl_scope)s->scope);
            continue;
        }
        /* acquire and release: as [B] in sem.h. */
        if (atomic_compare_exchange_weak_explicit(&s->word, &word,
                without_sleeper(next), memory_order_acq_rel, memory_order_relaxed))
            return result;
    }
}

int pawl_sem_wait_slow_(pawl_sem *s, uint32_t n, pawl_time until)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    uint64_t word;
    int result;

    if (until != PAWL_FOREVER && until <= pawl_now())
        return ETIMEDOUT;
    /* A yield can take longer than there is time. */
    while (pawl_backoff_wait(&b) && (until == PAWL_FOREVER || pawl_now() < until))
        if ((result = pawl_sem_try_wait(s, n)) != EAGAIN)
            return result;
    /* relaxed: the exchange checks it. */
    word = atomic_load_explicit(&s->word, memory_order_relaxed);
    /* relaxed: announces a sleeper, hands over nothing.  What a post did before it
     * added permits comes at [B], which reads that post's word or a later one. */
    while (!atomic_compare_exchange_weak_explicit(&s->word, &word,
               (word + PAWL_SEM_SLEEPER_) | (n > 1 ? PAWL_SEM_SEVERAL_ : 0),
               memory_order_relaxed, memory_order_relaxed))
        continue;
    /* A wake on its way to one who wants one could now reach us, who want several and
     * are not asleep yet: whoever sleeps looks for itself (I2). */
    if (n > 1 && word >= PAWL_SEM_SLEEPER_ && (word & PAWL_SEM_PERMITS_) != 0)
        pawl_unpark_half(&s->word, PAWL_ALL, (pawl_scope)s->scope);
    return sleep_for(s, n, until);
}

void pawl_sem_wake_(PAWL_ATOMIC(uint64_t) *where, uint32_t n, uint32_t scope,
                    uint64_t word)
{
    /* I2; and no touch of *where, which may be gone: only its address goes down. */
    pawl_unpark_half(where, word & PAWL_SEM_SEVERAL_ ? PAWL_ALL : n, (pawl_scope)scope);
}

bool pawl_sem_close(pawl_sem *s)
{
    pawl_scope scope = (pawl_scope)s->scope;    /* now: after [C] `s` may be gone */
    /* [C] acq_rel: release pairs with [D], for those who see the close; acquire: the
     * closer sees what was posted before. */
    uint64_t word = atomic_fetch_or_explicit(&s->word, PAWL_SEM_CLOSED_,
                                             memory_order_acq_rel);

    /* Closed before or now: whoever had closed it may have been stopped before this. */
    if (word >= PAWL_SEM_SLEEPER_)
        pawl_unpark_half(&s->word, PAWL_ALL, scope);
    return !(word & PAWL_SEM_CLOSED_);
}
