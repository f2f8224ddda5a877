/* atomic.h - a stand-in for <pawl/atomic.h> that tells of every atomic operation.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For trials, in C.  Found earlier on the include path than the real one, which it
 * includes; the algorithms are compiled unchanged.  Each atomic operation calls
 * pawl_seam_before and pawl_seam_after, and it is the link line that says what these
 * do: perturb/ waits now and then, schedule/ lets another thread go on, fault/ counts
 * and stops.  The operations themselves stay what they were, with their orders, so
 * that ThreadSanitizer sees through to them.
 */
#ifndef PAWL_SEAM_ATOMIC_H
#define PAWL_SEAM_ATOMIC_H

#pragma GCC system_header               /* #include_next, and blocks as expressions */
#include_next <pawl/atomic.h>

typedef enum pawl_seam_op {
    SEAM_LOAD, SEAM_STORE, SEAM_EXCHANGE, SEAM_CAS,
    SEAM_ADD, SEAM_SUB, SEAM_AND, SEAM_OR
} pawl_seam_op;

/* The operation `op` on the `bytes` at `word` is about to be done, or has just been
 * done, by line `line` of `file`. */
void pawl_seam_before(pawl_seam_op op, const volatile void *word, size_t bytes,
                      const char *file, int line);
void pawl_seam_after(pawl_seam_op op, const volatile void *word, size_t bytes,
                     const char *file, int line);

/* Shall this compare_exchange_weak fail for no reason? */
bool pawl_seam_fails(void);

/* Instead of pawl_relax, and of any number of them. */
void pawl_seam_relax(void);
#define pawl_relax() pawl_seam_relax()
#define pawl_relax_n(n) ((void)(n), pawl_seam_relax())

#include <pawl/undefine.h>

/* What gcc and clang call the operations. */
#ifdef __clang__
#define SEAM_DO_LOAD(p, o)         __c11_atomic_load(p, o)
#define SEAM_DO_STORE(p, v, o)     __c11_atomic_store(p, v, o)
#define SEAM_DO_EXCHANGE(p, v, o)  __c11_atomic_exchange(p, v, o)
#define SEAM_DO_CAS(p, e, v, s, f) __c11_atomic_compare_exchange_strong(p, e, v, s, f)
#define SEAM_DO_FETCH(what, p, v, o) __c11_atomic_fetch_##what(p, v, o)
#else
#define SEAM_DO_LOAD(p, o)         __atomic_load_n(p, o)
#define SEAM_DO_STORE(p, v, o)     __atomic_store_n(p, v, o)
#define SEAM_DO_EXCHANGE(p, v, o)  __atomic_exchange_n(p, v, o)
#define SEAM_DO_CAS(p, e, v, s, f) __atomic_compare_exchange_n(p, e, v, 0, s, f)
#define SEAM_DO_FETCH(what, p, v, o) __atomic_fetch_##what(p, v, o)
#endif

/* The value of `operation` on *p, told of before and after. */
#define SEAM(op, p, operation) __extension__ ({ \
    pawl_seam_before(op, p, sizeof *(p), __FILE__, __LINE__); \
    __auto_type seam_result_ = (operation); \
    pawl_seam_after(op, p, sizeof *(p), __FILE__, __LINE__); \
    seam_result_; \
})

#define atomic_load_explicit(p, order) SEAM(SEAM_LOAD, p, SEAM_DO_LOAD(p, order))

#define atomic_store_explicit(p, v, order) __extension__ ({ \
    pawl_seam_before(SEAM_STORE, p, sizeof *(p), __FILE__, __LINE__); \
    SEAM_DO_STORE(p, v, order); \
    pawl_seam_after(SEAM_STORE, p, sizeof *(p), __FILE__, __LINE__); \
})

#define atomic_exchange_explicit(p, v, order) \
    SEAM(SEAM_EXCHANGE, p, SEAM_DO_EXCHANGE(p, v, order))
#define atomic_fetch_add_explicit(p, v, order) \
    SEAM(SEAM_ADD, p, SEAM_DO_FETCH(add, p, v, order))
#define atomic_fetch_sub_explicit(p, v, order) \
    SEAM(SEAM_SUB, p, SEAM_DO_FETCH(sub, p, v, order))
#define atomic_fetch_and_explicit(p, v, order) \
    SEAM(SEAM_AND, p, SEAM_DO_FETCH(and, p, v, order))
#define atomic_fetch_or_explicit(p, v, order) \
    SEAM(SEAM_OR, p, SEAM_DO_FETCH(or, p, v, order))

#define atomic_compare_exchange_strong_explicit(p, expected, v, good, bad) \
    SEAM(SEAM_CAS, p, SEAM_DO_CAS(p, expected, v, good, bad))

#define atomic_compare_exchange_weak_explicit(p, expected, v, good, bad) \
    SEAM(SEAM_CAS, p, pawl_seam_fails() \
        ? (*(expected) = SEAM_DO_LOAD(p, bad), (_Bool)0) \
        : (_Bool)SEAM_DO_CAS(p, expected, v, good, bad))

#endif
