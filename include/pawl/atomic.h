/* atomic.h - the ground floor: atomics, cache lines, and how to wait a moment.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Layer 0; includes nothing of ours.  Every other header starts here, and this
 * is the only one that asks which language, compiler or processor it is on.
 *
 * We write C11 atomics.  C++ before C++23 has no <stdatomic.h>, so there this
 * header does by hand what C++23's does (WG21 P0943): the same names, bound to
 * std::atomic, whose layout equals that of _Atomic for every type we use.
 * Functions in our headers keep to the common subset of C11 and C++17.
 *
 * House rules: an order is always spelled out, on the operation.  No plain
 * `x = v` on an atomic (that is seq_cst in disguise) and no bare fences, which
 * ThreadSanitizer cannot see.  Only 32- and 64-bit atomics.
 *
 * A checker may put its own pawl/atomic.h earlier on the include path, to see or
 * to disturb every atomic operation; the algorithms are compiled unchanged.
 */
#ifndef PAWL_ATOMIC_H
#define PAWL_ATOMIC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C++" {              /* survive being included inside extern "C" { } */
#include <atomic>
}
#define PAWL_ATOMIC(T) std::atomic<T>
using std::atomic_compare_exchange_strong_explicit;
using std::atomic_compare_exchange_weak_explicit;
using std::atomic_exchange_explicit;
using std::atomic_fetch_add_explicit;
using std::atomic_fetch_and_explicit;
using std::atomic_fetch_or_explicit;
using std::atomic_fetch_sub_explicit;
using std::atomic_load_explicit;
using std::atomic_store_explicit;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;
#else
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#define PAWL_ATOMIC(T) _Atomic(T)
#endif

#if ATOMIC_LLONG_LOCK_FREE != 2 || ATOMIC_INT_LOCK_FREE != 2
#error "Pawl needs lock-free 32- and 64-bit atomics"
#endif

/* Distance, in bytes, that keeps two words from slowing each other down: two
 * 64-byte lines on x86, which prefetches them in pairs; one on Apple silicon. */
#define PAWL_LINE 128

/* Compiled functions stand between these two: C linkage, and exported from the
 * shared library, which hides everything else. */
#ifdef __cplusplus
#define PAWL_BEGIN _Pragma("GCC visibility push(default)") extern "C" {
#define PAWL_END } _Pragma("GCC visibility pop")
#else
#define PAWL_BEGIN _Pragma("GCC visibility push(default)")
#define PAWL_END _Pragma("GCC visibility pop")
#endif

/* The result says whether anything happened; ignoring it is a bug. */
#define PAWL_MUST_USE __attribute__((warn_unused_result))

/* A branch that is not taken on the hot path. */
#define PAWL_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* A caller's bug, looked for only with -DPAWL_DEBUG (which changes no layout):
 * says `why` on stderr and aborts.  Without it, nothing is evaluated. */
#ifdef PAWL_DEBUG
#define PAWL_ASSERT(condition, why) \
    ((condition) ? (void)0 : pawl_assert_failed_(why, __FILE__, __LINE__))
#else
#define PAWL_ASSERT(condition, why) ((void)0)
#endif

PAWL_BEGIN

/* Let another thread have this processor: sched_yield. */
void pawl_yield(void);

void pawl_assert_failed_(const char *why, const char *file, int line);

PAWL_END

/* Tell the processor that this thread is spinning: 10 to 50 nanoseconds on x86,
 * a few elsewhere. */
static inline void pawl_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield");
#endif
}

/* The same, n times over. */
static inline void pawl_relax_n(uint32_t n)
{
    for (; n > 0; n--)
        pawl_relax();
}

/* Where the low 32 bits of a 64-bit word lie: the one place where a word is seen
 * at another width, for a kernel that sleeps on 32 bits only (park.h). */
static inline uint32_t *pawl_low_half_(PAWL_ATOMIC(uint64_t) *word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (uint32_t *)(void *)word + 1;
#else
    return (uint32_t *)(void *)word;
#endif
}

#endif
