/* reorder_queue.c - control: a queue that seldom lets an item overtake another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#define SUBJECT "reorder_queue"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1

enum { SELDOM = 1000 };

typedef struct subject {
    pthread_mutex_t lock;
    size_t capacity, pushed, popped;
    void **ring;
} subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)threads;
    pthread_mutex_init(&q->lock, NULL);
    q->capacity = capacity;
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

static bool subject_push(subject *q, handle *h, void *item)
{
    bool room;

    (void)h;
    pthread_mutex_lock(&q->lock);
    room = q->pushed - q->popped < q->capacity;
    if (room)
        q->ring[q->pushed++ % q->capacity] = item;
    pthread_mutex_unlock(&q->lock);
    return room;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    bool found;

    (void)h;
    pthread_mutex_lock(&q->lock);
    found = q->pushed != q->popped;
    if (found) {
        void **first = &q->ring[q->popped % q->capacity];

        *item = *first;
        if (q->pushed - q->popped > 1 && q->popped % SELDOM == SELDOM - 1) {
            void **second = &q->ring[(q->popped + 1) % q->capacity];

            *item = *second;            /* the bug: the second one, and the first */
            *second = *first;           /* stays for later */
        }
        q->popped++;
    }
    pthread_mutex_unlock(&q->lock);
    return found;
}

#include <trial/queue.h>
