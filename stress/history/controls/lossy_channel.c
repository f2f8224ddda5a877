/* lossy_channel.c - control: a channel whose close may lose an item.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A pop that finds it empty looks only then whether it is closed: what was pushed in
 * between, before the close, is never delivered to who believes it.
 */
#define _GNU_SOURCE 1
#define SUBJECT "lossy_channel"
#include "mutex_queue.h"

static bool subject_shut(subject *q)
{
    bool first;

    pthread_mutex_lock(&q->lock);
    first = atomic_load_explicit(&q->shut, memory_order_relaxed) == 0;
    atomic_store_explicit(&q->shut, 1, memory_order_release);
    pthread_mutex_unlock(&q->lock);
    return first;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    bool found;

    (void)h;
    pthread_mutex_lock(&q->lock);
    found = take_first(q, item);
    pthread_mutex_unlock(&q->lock);
    return found;
}

static bool subject_push_wait(subject *q, handle *h, void *item)
{
    while (!subject_push(q, h, item)) {
        if (is_shut(q))
            return false;
        pawl_yield();
    }
    return true;
}

/* The bug is here. */
static bool subject_pop_wait(subject *q, handle *h, void **item)
{
    while (!subject_pop(q, h, item)) {
        if (is_shut(q))
            return false;
        pawl_yield();
    }
    return true;
}

#include <trial/channel.h>
