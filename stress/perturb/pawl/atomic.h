/* atomic.h - a stand-in for <pawl/atomic.h> that disturbs every atomic operation.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For trials, in C.  Found earlier on the include path than the real one, which it
 * includes; the algorithms are compiled unchanged.  Before and after each atomic
 * operation the thread now and then yields, spins or sleeps a moment, as its dice say,
 * and compare_exchange_weak sometimes fails for no reason: what may happen once in a
 * million operations happens in every run.  The operations themselves stay what they
 * were, with their orders, so that ThreadSanitizer sees through to them.
 */
#ifndef PAWL_PERTURB_ATOMIC_H
#define PAWL_PERTURB_ATOMIC_H

#pragma GCC system_header               /* #include_next, and blocks as expressions */
#include_next <pawl/atomic.h>

/* Perhaps wait a moment.  */
void pawl_perturb(void);

/* Shall this compare_exchange_weak fail for no reason? */
bool pawl_perturb_fails(void);

/* What the dice of threads that start from now on begin with. */
void pawl_perturb_seed(uint64_t seed);

#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_exchange_explicit
#undef atomic_compare_exchange_weak_explicit
#undef atomic_compare_exchange_strong_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_and_explicit
#undef atomic_fetch_or_explicit

/* What gcc and clang call the operations. */
#ifdef __clang__
#define PERTURB_LOAD(p, o)         __c11_atomic_load(p, o)
#define PERTURB_STORE(p, v, o)     __c11_atomic_store(p, v, o)
#define PERTURB_EXCHANGE(p, v, o)  __c11_atomic_exchange(p, v, o)
#define PERTURB_CAS(p, e, v, s, f) __c11_atomic_compare_exchange_strong(p, e, v, s, f)
#define PERTURB_FETCH(what, p, v, o) __c11_atomic_fetch_##what(p, v, o)
#else
#define PERTURB_LOAD(p, o)         __atomic_load_n(p, o)
#define PERTURB_STORE(p, v, o)     __atomic_store_n(p, v, o)
#define PERTURB_EXCHANGE(p, v, o)  __atomic_exchange_n(p, v, o)
#define PERTURB_CAS(p, e, v, s, f) __atomic_compare_exchange_n(p, e, v, 0, s, f)
#define PERTURB_FETCH(what, p, v, o) __atomic_fetch_##what(p, v, o)
#endif

/* The value of `operation`, with a chance to be late before it and after it. */
#define PERTURB(operation) __extension__ ({ \
    pawl_perturb(); \
    __auto_type perturb_result_ = (operation); \
    pawl_perturb(); \
    perturb_result_; \
})

#define atomic_load_explicit(p, order)         PERTURB(PERTURB_LOAD(p, order))
#define atomic_exchange_explicit(p, v, order)  PERTURB(PERTURB_EXCHANGE(p, v, order))
#define atomic_fetch_add_explicit(p, v, order) PERTURB(PERTURB_FETCH(add, p, v, order))
#define atomic_fetch_sub_explicit(p, v, order) PERTURB(PERTURB_FETCH(sub, p, v, order))
#define atomic_fetch_and_explicit(p, v, order) PERTURB(PERTURB_FETCH(and, p, v, order))
#define atomic_fetch_or_explicit(p, v, order)  PERTURB(PERTURB_FETCH(or, p, v, order))

#define atomic_store_explicit(p, v, order) __extension__ ({ \
    pawl_perturb(); \
    PERTURB_STORE(p, v, order); \
    pawl_perturb(); \
})

#define atomic_compare_exchange_strong_explicit(p, expected, v, good, bad) \
    PERTURB(PERTURB_CAS(p, expected, v, good, bad))

#define atomic_compare_exchange_weak_explicit(p, expected, v, good, bad) \
    PERTURB(pawl_perturb_fails() \
        ? (*(expected) = PERTURB_LOAD(p, bad), (_Bool)0) \
        : (_Bool)PERTURB_CAS(p, expected, v, good, bad))

#endif
