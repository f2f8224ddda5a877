/* park.h - a stand-in for <pawl/park.h>: who sleeps has drawn a ticket.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A list is one word: changes | served | drawn.  Whoever finds its word as expected
 * draws a ticket if the list has not changed since before that look, which makes both
 * one step against unpark; then it sleeps until its ticket is served.  Tickets are
 * served in the order in which they were drawn.  As in the kernel, to sleep and to wake
 * orders no more memory than the list itself needs.
 *
 * It leaves out deadlines, and wakes for no reason.  The list is that of the word's
 * line, modulo LISTS: a client sleeps on one word of each of as many lines.
 */
#ifndef PAWL_GENMC_PARK_H
#define PAWL_GENMC_PARK_H

#pragma GCC system_header               /* #include_next */
#include_next <pawl/park.h>

#include <genmc.h>

#define GENMC_SERVED (UINT64_C(1) << 16)        /* 16 bits each */
#define GENMC_CHANGE (UINT64_C(1) << 32)

enum { GENMC_LISTS = 2 };
static PAWL_ATOMIC(uint64_t) genmc_lists[GENMC_LISTS];

static inline PAWL_ATOMIC(uint64_t) *genmc_list_of(const volatile void *word)
{
    return &genmc_lists[(uintptr_t)word / PAWL_LINE % GENMC_LISTS];
}

static inline uint16_t genmc_drawn(uint64_t list)
{
    return (uint16_t)list;
}

static inline uint16_t genmc_served(uint64_t list)
{
    return (uint16_t)(list / GENMC_SERVED);
}

/* The list grew to `now` by our ticket: sleep until that is served. */
static inline void genmc_sleep(PAWL_ATOMIC(uint64_t) *list, uint64_t now)
{
    bool served;

    __VERIFIER_loop_begin();
    __VERIFIER_spin_start();
    served = genmc_served(atomic_load_explicit(list, memory_order_relaxed))
             >= genmc_drawn(now);
    __VERIFIER_spin_end(served);
}

#define GENMC_PARK(word, expected) do { \
    PAWL_ATOMIC(uint64_t) *list = genmc_list_of(word); \
    uint64_t now = atomic_load_explicit(list, memory_order_acquire); \
    do { \
        if ((uint32_t)atomic_load_explicit(word, memory_order_relaxed) != (expected)) \
            return 0; \
    } while (!atomic_compare_exchange_strong_explicit(list, &now, \
                 now + GENMC_CHANGE + 1, memory_order_acq_rel, memory_order_acquire)); \
    genmc_sleep(list, now + 1); \
} while (0)

int pawl_park(PAWL_ATOMIC(uint32_t) *word, uint32_t expected, pawl_time until,
              pawl_scope scope)
{
    (void)until, (void)scope;
    GENMC_PARK(word, expected);
    return 0;
}

int pawl_park_half(PAWL_ATOMIC(uint64_t) *word, uint32_t expected, pawl_time until,
                   pawl_scope scope)
{
    (void)until, (void)scope;
    GENMC_PARK(word, expected);
    return 0;
}

static inline void genmc_unpark(const volatile void *word, uint32_t n)
{
    PAWL_ATOMIC(uint64_t) *list = genmc_list_of(word);
    uint64_t now = atomic_load_explicit(list, memory_order_relaxed), next;

    do {
        uint32_t asleep = (uint32_t)(genmc_drawn(now) - genmc_served(now));

        next = now + GENMC_CHANGE + (n < asleep ? n : asleep) * GENMC_SERVED;
    } while (!atomic_compare_exchange_strong_explicit(list, &now, next,
                 memory_order_acq_rel, memory_order_relaxed));
}

void pawl_unpark(PAWL_ATOMIC(uint32_t) *word, uint32_t n, pawl_scope scope)
{
    (void)scope;
    genmc_unpark(word, n);
}

void pawl_unpark_half(PAWL_ATOMIC(uint64_t) *word, uint32_t n, pawl_scope scope)
{
    (void)scope;
    genmc_unpark(word, n);
}

#endif
