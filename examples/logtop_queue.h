/* logtop_queue.h - how blocks get from readers to workers: one small interface.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each kind of queue is one file with one queue_kind in it.  All calls wait as long as
 * they have to, asleep.  Blocks stay where they are: a reader fills one in place, a
 * worker reads it there.
 */
#ifndef LOGTOP_QUEUE_H
#define LOGTOP_QUEUE_H

#include "logtop_text.h"

#include <pawl/channel.h>
#include <pawl/sem.h>

enum { QUEUE_BLOCKS = 32 };             /* how many full ones it holds */

/* A thread's end of the queue. */
typedef struct queue_end {
    void *queue;
    pawl_mpmc_swap_port *port;          /* where the queue has ports */
    size_t lent;                        /* and the cells of it that are being filled */
    int64_t blocked;                    /* nanoseconds that this thread has waited */
} queue_end;

typedef struct queue_kind {
    const char *name;
    const char *needs;                  /* what it takes to build it; NULL: nothing */
    void *(*open)(size_t readers, size_t workers);      /* NULL: not built */
    void (*close)(void *queue);

    /* e->queue is set. */
    void (*join)(queue_end *e);

    /* Readers: an empty block, of two at most at a time; hand over the older one. */
    block *(*blank)(queue_end *e);
    void (*push)(queue_end *e, block *b);

    /* Workers: the oldest full block, NULL when all are done; and give it back.  Not of
     * a channel, which a worker_group drains. */
    block *(*pop)(queue_end *e);
    void (*done)(queue_end *e, block *b);

    /* No reader will push any more. */
    void (*finish)(void *queue);

    bool is_channel;                    /* the queue is a pawl_channel */
} queue_kind;

/* All kinds, built or not; the last one is NULL. */
extern const queue_kind *const queue_kinds[];

extern const queue_kind over_mpmc_swap, over_mpmc_ring, over_channel, over_ck_ring,
    over_wfcqueue, over_mutex;

/* Memory at a multiple of PAWL_LINE; for free(). */
void *lines_of_memory(size_t bytes);

/* Take a permit of `s`.  False: it is closed, and there is none left. */
bool take_permit(queue_end *e, pawl_sem *s);

/* Add a permit to `s`. */
void give_permit(pawl_sem *s);

#endif
