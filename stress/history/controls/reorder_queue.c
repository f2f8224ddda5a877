/* reorder_queue.c - control: a queue that seldom lets an item overtake another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "reorder_queue"
#include "mutex_queue.h"

enum { SELDOM = 1000 };

static bool subject_pop(subject *q, handle *h, void **item)
{
    bool found;

    (void)h;
    pthread_mutex_lock(&q->lock);
    if (q->pushed - q->popped > 1 && q->popped % SELDOM == SELDOM - 1) {
        void **first = &q->ring[q->popped % q->capacity];
        void **second = &q->ring[(q->popped + 1) % q->capacity];
        void *overtaken = *first;

        *first = *second;               /* the bug: they change places */
        *second = overtaken;
    }
    found = take_first(q, item);
    pthread_mutex_unlock(&q->lock);
    return found;
}

#include <trial/queue.h>
