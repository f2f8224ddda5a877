/* ck_fifo_spsc.c - subject: ck's FIFO, as spsc (Debian libck-dev: ck_fifo.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* Unbounded in itself: what bounds it are its nodes, `capacity` and the one that it
 * always keeps.  The producer takes those that the consumer is done with. */
#define _GNU_SOURCE 1
#include <ck_fifo.h>

#include <stdbool.h>
#include <stdlib.h>

#define SUBJECT "ck_fifo_spsc"
#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1

typedef struct subject {
    ck_fifo_spsc_t fifo;
    ck_fifo_spsc_entry_t *nodes;
    size_t used, all;                   /* the producer's: taken from there so far */
} subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)threads;
    q->all = capacity + 1;
    q->nodes = (ck_fifo_spsc_entry_t *)calloc(q->all, sizeof *q->nodes);
    q->used = 1;
    if (q->nodes != NULL)
        ck_fifo_spsc_init(&q->fifo, q->nodes);
    return q->nodes != NULL;
}

static void subject_close(subject *q) { free(q->nodes); }
static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    ck_fifo_spsc_entry_t *node = q->used < q->all ? &q->nodes[q->used++]
                                                  : ck_fifo_spsc_recycle(&q->fifo);

    (void)h;
    if (node != NULL)
        ck_fifo_spsc_enqueue(&q->fifo, node, item);
    return node != NULL;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)h;
    return ck_fifo_spsc_dequeue(&q->fifo, item);
}

#include <trial/queue.h>
