/* open_lock.c - control: a lock that may let two in.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/atomic.h>

#define SUBJECT "open_lock"
typedef struct subject {
    PAWL_ATOMIC(uint32_t) held;
} subject;
typedef char handle;

static bool subject_open(subject *s)
{
    atomic_store_explicit(&s->held, 0, memory_order_relaxed);
    return true;
}

static void subject_close(subject *s) { (void)s; }

static bool subject_try_lock(subject *s, handle *h)
{
    (void)h;
    if (atomic_load_explicit(&s->held, memory_order_acquire) != 0)
        return false;
    /* The bug: another may have come between the look and the step. */
    atomic_store_explicit(&s->held, 1, memory_order_relaxed);
    return true;
}

static void subject_lock(subject *s, handle *h)
{
    while (!subject_try_lock(s, h))
        pawl_yield();
}

static void subject_unlock(subject *s, handle *h)
{
    (void)h;
    atomic_store_explicit(&s->held, 0, memory_order_release);
}

#include <trial/lock.h>
