/* generous_sem.c - control: a semaphore that may grant one permit to two.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/atomic.h>
#include <pawl/time.h>

#define SUBJECT "generous_sem"
#define SUBJECT_SEVERAL 1
typedef struct subject {
    PAWL_ATOMIC(int32_t) permits;     /* below 0: granted too early */
} subject;

static bool subject_open(subject *s, unsigned permits)
{
    atomic_store_explicit(&s->permits, (int32_t)permits, memory_order_relaxed);
    return true;
}

static void subject_close(subject *s) { (void)s; }

static bool subject_post(subject *s, unsigned n)
{
    atomic_fetch_add_explicit(&s->permits, (int32_t)n, memory_order_release);
    return true;
}

static bool subject_try_wait(subject *s, unsigned n)
{
    if (atomic_load_explicit(&s->permits, memory_order_acquire) < (int32_t)n)
        return false;
    /* The bug: whether there are still enough is not looked at again. */
    atomic_fetch_sub_explicit(&s->permits, (int32_t)n, memory_order_acquire);
    return true;
}

static bool subject_wait(subject *s, unsigned n)
{
    while (!subject_try_wait(s, n))
        pawl_yield();
    return true;
}

static bool subject_wait_until(subject *s, unsigned n, int64_t ns_from_now)
{
    pawl_time until = pawl_after(ns_from_now);

    while (!subject_try_wait(s, n)) {
        if (pawl_now() >= until)
            return false;
        pawl_yield();
    }
    return true;
}

#include <trial/sem.h>
