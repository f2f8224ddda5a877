/* atomic.h - a stand-in for <pawl/atomic.h> whose loads ask the model what they read.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For trials, in C.  Found earlier on the include path than stress/seam's, on which it
 * stands; the algorithms are compiled unchanged.  See model/model.h.
 */
#ifndef PAWL_MODEL_ATOMIC_H
#define PAWL_MODEL_ATOMIC_H

#pragma GCC system_header               /* #include_next, and blocks as expressions */
#include_next <pawl/atomic.h>

/* An access to the `bytes` at `word`, 4 or 8, by line `line` of `file`. */
typedef struct model_access {
    volatile void *word;
    size_t bytes;
    const char *file;
    int line;
} model_access;

uint64_t model_load(model_access a, int order);
void model_store(model_access a, uint64_t value, int order);
uint64_t model_update(model_access a, pawl_seam_op op, uint64_t operand, int order);
/* False: *expected is what was found instead. */
bool model_exchange(model_access a, uint64_t *expected, uint64_t value, int good,
                    int bad, bool weak);

#include <pawl/undefine.h>

#define MODEL_AT(p) \
    ((model_access){ (volatile void *)(p), sizeof *(p), __FILE__, __LINE__ })
/* The type of *p's value: nothing is done. */
#define MODEL_TYPE(p) __typeof__(SEAM_DO_LOAD(p, __ATOMIC_RELAXED) + 0u)

#define atomic_load_explicit(p, order) \
    ((MODEL_TYPE(p))model_load(MODEL_AT(p), order))
#define atomic_store_explicit(p, v, order) \
    model_store(MODEL_AT(p), (MODEL_TYPE(p))(v), order)
#define MODEL_UPDATE(op, p, v, order) \
    ((MODEL_TYPE(p))model_update(MODEL_AT(p), op, (MODEL_TYPE(p))(v), order))
#define atomic_exchange_explicit(p, v, o) MODEL_UPDATE(SEAM_EXCHANGE, p, v, o)
#define atomic_fetch_add_explicit(p, v, o) MODEL_UPDATE(SEAM_ADD, p, v, o)
#define atomic_fetch_sub_explicit(p, v, o) MODEL_UPDATE(SEAM_SUB, p, v, o)
#define atomic_fetch_and_explicit(p, v, o) MODEL_UPDATE(SEAM_AND, p, v, o)
#define atomic_fetch_or_explicit(p, v, o) MODEL_UPDATE(SEAM_OR, p, v, o)

#define MODEL_CAS(p, expected, v, good, bad, weak) __extension__ ({ \
    __typeof__(expected) model_expected_ = (expected); \
    uint64_t model_found_ = *model_expected_; \
    bool model_done_ = model_exchange(MODEL_AT(p), &model_found_, \
                                      (MODEL_TYPE(p))(v), good, bad, weak); \
    *model_expected_ = (MODEL_TYPE(p))model_found_; \
    model_done_; \
})
#define atomic_compare_exchange_strong_explicit(p, expected, v, good, bad) \
    MODEL_CAS(p, expected, v, good, bad, false)
#define atomic_compare_exchange_weak_explicit(p, expected, v, good, bad) \
    MODEL_CAS(p, expected, v, good, bad, true)

#endif
