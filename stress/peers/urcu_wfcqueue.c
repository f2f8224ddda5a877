/* urcu_wfcqueue.c - subject: liburcu's queue (Debian liburcu-dev: urcu/wfcqueue.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* Unbounded in itself: what bounds it are the nodes, `capacity` for each thread.  Those
 * of one thread come back in the order in which it pushed them, so a count is enough to
 * say which are free. */
#define _GNU_SOURCE 1
#include "urcu_wfcqueue_ends.h"

#include <pawl/atomic.h>

#define SUBJECT "urcu_wfcqueue"
#define SUBJECT_ROLES "mpsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_FLOOR 1
#define SUBJECT_INEXACT 1

typedef struct owner {                  /* of nodes: one that pushes */
    char line[128];
    uint64_t pushed, known;
    char other_line[128];
    PAWL_ATOMIC(uint64_t) popped;       /* written by the consumer */
} owner;

typedef struct node {
    struct cds_wfcq_node link;          /* first: what is popped is a node */
    owner *from;
    void *item;
} node;

typedef struct subject {
    ends ends;
    uint64_t capacity;
    PAWL_ATOMIC(uint64_t) joined;
    owner *owners;
    node *nodes;
} subject;

typedef struct handle {
    owner *us;
    node *nodes;
} handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    cds_wfcq_init(&q->ends.head, &q->ends.tail);
    q->capacity = capacity;
    atomic_store_explicit(&q->joined, 0, memory_order_relaxed);
    q->owners = (owner *)calloc(threads, sizeof *q->owners);
    q->nodes = (node *)calloc(threads * capacity, sizeof *q->nodes);
    return q->owners != NULL && q->nodes != NULL;
}

static void subject_close(subject *q)
{
    cds_wfcq_destroy(&q->ends.head, &q->ends.tail);
    free(q->owners);
    free(q->nodes);
}

static bool subject_join(subject *q, handle *h)
{
    uint64_t i = atomic_fetch_add_explicit(&q->joined, 1, memory_order_relaxed);

    h->us = &q->owners[i];
    h->nodes = &q->nodes[i * q->capacity];
    return true;
}

static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    owner *us = h->us;
    node *n = &h->nodes[us->pushed % q->capacity];

    if (us->pushed - us->known == q->capacity) {
        /* acquire: pairs with the release in pop, which has read those nodes. */
        us->known = atomic_load_explicit(&us->popped, memory_order_acquire);
        if (us->pushed - us->known == q->capacity)
            return false;
    }
    us->pushed++;
    n->from = us;
    n->item = item;
    push_link(&q->ends, &n->link);
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    node *n = (node *)pop_link(&q->ends);
    PAWL_ATOMIC(uint64_t) *popped;

    (void)h;
    if (n == NULL)
        return false;
    *item = n->item;
    popped = &n->from->popped;
    /* release: pairs with the acquire in push.  relaxed load: the consumer's own. */
    atomic_store_explicit(popped,
        atomic_load_explicit(popped, memory_order_relaxed) + 1, memory_order_release);
    return true;
}

#include <trial/queue.h>
