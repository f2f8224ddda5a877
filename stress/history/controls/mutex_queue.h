/* mutex_queue.h - a queue behind a mutex, which controls break.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/atomic.h>

#include <pthread.h>
#include <stdlib.h>

#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
typedef struct subject {
    pthread_mutex_t lock;
    PAWL_ATOMIC(uint32_t) shut;
    size_t capacity, pushed, popped;
    void **ring;
} subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)threads;
    pthread_mutex_init(&q->lock, NULL);
    atomic_store_explicit(&q->shut, 0, memory_order_relaxed);
    q->capacity = capacity;
    q->pushed = q->popped = 0;
    q->ring = (void **)calloc(capacity, sizeof *q->ring);
    return q->ring != NULL;
}

static void subject_close(subject *q)
{
    pthread_mutex_destroy(&q->lock);
    free(q->ring);
}

static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool is_shut(subject *q)
{
    return atomic_load_explicit(&q->shut, memory_order_acquire) != 0;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    bool room;

    (void)h;
    pthread_mutex_lock(&q->lock);
    room = !is_shut(q) && q->pushed - q->popped < q->capacity;
    if (room)
        q->ring[q->pushed++ % q->capacity] = item;
    pthread_mutex_unlock(&q->lock);
    return room;
}

/* For who holds the lock. */
static bool take_first(subject *q, void **item)
{
    bool found = q->pushed != q->popped;

    if (found)
        *item = q->ring[q->popped++ % q->capacity];
    return found;
}
