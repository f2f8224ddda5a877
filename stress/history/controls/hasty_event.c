/* hasty_event.c - control: our event, by threads that announce themselves too late.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * They count as waiting only from when they go to sleep: a notify that comes between
 * their look at the condition and that finds nobody, and is lost.
 */
#define _GNU_SOURCE 1
#include <pawl/event.h>

static inline uint32_t hasty_prepare(pawl_event *e)
{
    return atomic_load_explicit(&e->epoch, memory_order_seq_cst);
}

static inline void hasty_cancel(pawl_event *e) { (void)e; }

/* The bug: whoever prepares here does not look again. */
static inline int hasty_wait(pawl_event *e, uint32_t key, pawl_time until)
{
    (void)pawl_event_prepare(e);
    return pawl_event_wait(e, key, until);
}

#define pawl_event_prepare hasty_prepare
#define pawl_event_cancel hasty_cancel
#define pawl_event_wait hasty_wait

#include <event.c>
