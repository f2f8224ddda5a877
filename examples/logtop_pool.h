/* logtop_pool.h - blocks of a pool, passed on through queues of pointers.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A kind of queue that holds pointers says how to make one, to push and to pop; two of
 * them are used, one for full blocks and one for blank ones.  Each has room for all, so
 * only the want of a block makes anybody wait: semaphores count them.
 */
#ifndef LOGTOP_POOL_H
#define LOGTOP_POOL_H

#include "logtop_queue.h"

typedef struct pointers {
    void *(*open)(size_t capacity);     /* a power of two; never NULL */
    void (*close)(void *queue);
    bool (*push)(void *queue, block *b);        /* false: try again */
    bool (*pop)(void *queue, block **b);        /* false: try again */
} pointers;

void *pool_open(const pointers *kind, size_t readers, size_t workers);
void pool_close(void *queue);
void pool_join(queue_end *e);
block *pool_blank(queue_end *e);
void pool_push(queue_end *e, block *b);
block *pool_pop(queue_end *e);
void pool_done(queue_end *e, block *b);
void pool_finish(void *queue);

#define POOL_CALLS \
    pool_close, pool_join, pool_blank, pool_push, pool_pop, pool_done, pool_finish, \
    false

#endif
