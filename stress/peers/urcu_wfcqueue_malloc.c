/* urcu_wfcqueue_malloc.c - subject: liburcu's queue, its nodes by malloc
 * (Debian liburcu-dev: urcu/wfcqueue.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* As most use it: a push allocates the item's node, and its pop frees it. */
#define _GNU_SOURCE 1
#include "urcu_wfcqueue_ends.h"

#define SUBJECT "urcu_wfcqueue_malloc"
#define SUBJECT_ROLES "mpsc"
#define SUBJECT_BOUNDED 0

typedef struct node {
    struct cds_wfcq_node link;          /* first: what is popped is a node */
    void *item;
} node;

typedef ends subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)capacity, (void)threads;
    cds_wfcq_init(&q->head, &q->tail);
    return true;
}

static void subject_close(subject *q) { cds_wfcq_destroy(&q->head, &q->tail); }
static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    node *n = (node *)malloc(sizeof *n);

    (void)h;
    if (n == NULL)
        return false;
    n->item = item;
    push_link(q, &n->link);
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    node *n = (node *)pop_link(q);

    (void)h;
    if (n == NULL)
        return false;
    *item = n->item;
    free(n);
    return true;
}

#include <trial/queue.h>
