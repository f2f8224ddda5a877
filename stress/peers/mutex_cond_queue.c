/* mutex_cond_queue.c - subject: a ring under a mutex, with two condition variables. */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <pawl/time.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define SUBJECT "mutex_cond_queue"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_TIMED 1
#define SUBJECT_PUSH_UNTIL(q, h, item, ns) put(q, item, pawl_after(ns))
typedef struct subject {
    pthread_mutex_t lock;
    pthread_cond_t items, space;
    size_t capacity, pushed, popped;
    bool shut;
    void **ring;
} subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    pthread_condattr_t monotonic;

    (void)threads;
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&q->items, &monotonic);
    pthread_cond_init(&q->space, &monotonic);
    pthread_condattr_destroy(&monotonic);
    q->capacity = capacity;
    q->pushed = q->popped = 0;
    q->shut = false;
    q->ring = (void **)calloc(capacity, sizeof *q->ring);
    return q->ring != NULL;
}

static void subject_close(subject *q)
{
    pthread_cond_destroy(&q->items);
    pthread_cond_destroy(&q->space);
    pthread_mutex_destroy(&q->lock);
    free(q->ring);
}

static bool subject_shut(subject *q)
{
    bool first;

    pthread_mutex_lock(&q->lock);
    first = !q->shut;
    q->shut = true;
    pthread_cond_broadcast(&q->items);
    pthread_cond_broadcast(&q->space);
    pthread_mutex_unlock(&q->lock);
    return first;
}

static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

/* Sleep until `what` is signalled, or the moment `until`; not 0: it has come. */
static int sleep_on(subject *q, pthread_cond_t *what, pawl_time until)
{
    struct timespec t = { (time_t)(until / PAWL_SECOND), (long)(until % PAWL_SECOND) };

    return until == PAWL_FOREVER ? pthread_cond_wait(what, &q->lock)
                                 : pthread_cond_timedwait(what, &q->lock, &t);
}

/* One push under the lock, waiting for room until the moment `until`. */
static bool put(subject *q, void *item, pawl_time until)
{
    bool room;
    int late = until == 0;

    pthread_mutex_lock(&q->lock);
    while (late == 0 && !q->shut && q->pushed - q->popped == q->capacity)
        late = sleep_on(q, &q->space, until);
    room = !q->shut && q->pushed - q->popped < q->capacity;
    if (room) {
        q->ring[q->pushed++ % q->capacity] = item;
        pthread_cond_signal(&q->items);
    }
    pthread_mutex_unlock(&q->lock);
    return room;
}

/* One pop under the lock, waiting for an item until the moment `until`. */
static bool take(subject *q, void **item, pawl_time until)
{
    bool found;
    int late = until == 0;

    pthread_mutex_lock(&q->lock);
    while (late == 0 && !q->shut && q->pushed == q->popped)
        late = sleep_on(q, &q->items, until);
    found = q->pushed != q->popped;
    if (found) {
        *item = q->ring[q->popped++ % q->capacity];
        pthread_cond_signal(&q->space);
    }
    pthread_mutex_unlock(&q->lock);
    return found;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)h;
    return put(q, item, 0);
}

static bool subject_push_wait(subject *q, handle *h, void *item)
{
    (void)h;
    return put(q, item, PAWL_FOREVER);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)h;
    return take(q, item, 0);
}

static bool subject_pop_wait(subject *q, handle *h, void **item)
{
    (void)h;
    return take(q, item, PAWL_FOREVER);
}

static bool subject_pop_until(subject *q, handle *h, void **item, int64_t ns_from_now)
{
    (void)h;
    return take(q, item, pawl_after(ns_from_now));
}

#include <trial/channel.h>
