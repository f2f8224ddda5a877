/* ck_fifo_mpmc.c - subject: ck's FIFO (Debian libck-dev: ck_fifo.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* Its nodes may be used again only when no thread can still look at them, which it
 * leaves to the caller.  Here none is used again before close: each thread cuts its
 * nodes from blocks of its own. */
#define _GNU_SOURCE 1
#include <ck_fifo.h>
#include <ck_stack.h>

#include <stdbool.h>
#include <stdlib.h>

#define SUBJECT "ck_fifo_mpmc"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 0

enum { NODES = 1000 };

typedef struct block {
    ck_stack_entry_t all;               /* first: the stack's entries are blocks */
    ck_fifo_mpmc_entry_t nodes[NODES];
} block;

typedef struct subject {
    ck_fifo_mpmc_t fifo;
    ck_stack_t blocks;
    ck_fifo_mpmc_entry_t sentinel;
} subject;

typedef struct handle {
    block *from;
    unsigned used;
} handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)capacity, (void)threads;
    ck_fifo_mpmc_init(&q->fifo, &q->sentinel);
    ck_stack_init(&q->blocks);
    return true;
}

static void subject_close(subject *q)
{
    ck_stack_entry_t *b;

    while ((b = ck_stack_pop_npsc(&q->blocks)) != NULL)
        free(b);
}

static bool subject_join(subject *q, handle *h)
{
    (void)q;
    h->from = NULL;
    h->used = NODES;
    return true;
}

static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    if (h->used == NODES) {
        h->from = (block *)aligned_alloc(16, sizeof(block));
        if (h->from == NULL)
            return false;
        ck_stack_push_upmc(&q->blocks, &h->from->all);
        h->used = 0;
    }
    ck_fifo_mpmc_enqueue(&q->fifo, &h->from->nodes[h->used++], item);
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    ck_fifo_mpmc_entry_t *garbage;

    (void)h;
    return ck_fifo_mpmc_dequeue(&q->fifo, item, &garbage);
}

#include <trial/queue.h>
