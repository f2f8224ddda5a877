/* logtop_pool.c - blocks of a pool, passed on through queues of pointers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_pool.h"
#include "logtop_report.h"

#include <pawl/backoff.h>

#include <stdlib.h>

typedef struct pool {
    pawl_sem fulls, blanks;
    const pointers *kind;
    void *full, *blank;                 /* queues */
    block *blocks;
} pool;

/* Its permit says that there is room, or a block: a queue that says no is just being
 * changed by somebody. */
static void put(const pointers *kind, void *queue, block *b)
{
    pawl_backoff backoff = PAWL_BACKOFF_INIT;

    while (!kind->push(queue, b))
        if (!pawl_backoff_wait(&backoff))
            pawl_yield();
}

static block *get(const pointers *kind, void *queue)
{
    pawl_backoff backoff = PAWL_BACKOFF_INIT;
    block *b;

    while (!kind->pop(queue, &b))
        if (!pawl_backoff_wait(&backoff))
            pawl_yield();
    return b;
}

void *pool_open(const pointers *kind, size_t readers, size_t workers)
{
    size_t blocks = QUEUE_BLOCKS + 2 * (readers + workers), capacity = 1;
    pool *p = (pool *)lines_of_memory(sizeof *p);

    while (capacity < blocks)
        capacity *= 2;
    p->kind = kind;
    p->full = kind->open(capacity);
    p->blank = kind->open(capacity);
    p->blocks = (block *)lines_of_memory(blocks * sizeof *p->blocks);
    for (size_t i = 0; i < blocks; i++)
        put(kind, p->blank, &p->blocks[i]);
    if (pawl_sem_init(&p->fulls, 0, PAWL_PRIVATE) != 0
        || pawl_sem_init(&p->blanks, (uint32_t)blocks, PAWL_PRIVATE) != 0)
        die("cannot make a pool of %zu blocks", blocks);
    return p;
}

void pool_close(void *queue)
{
    pool *p = (pool *)queue;

    p->kind->close(p->full);
    p->kind->close(p->blank);
    free(p->blocks);
    free(p);
}

void pool_join(queue_end *e)
{
    (void)e;                            /* all ends are alike */
}

block *pool_blank(queue_end *e)
{
    pool *p = (pool *)e->queue;

    take_permit(e, &p->blanks);
    return get(p->kind, p->blank);
}

void pool_push(queue_end *e, block *b)
{
    pool *p = (pool *)e->queue;

    put(p->kind, p->full, b);
    give_permit(&p->fulls);
}

block *pool_pop(queue_end *e)
{
    pool *p = (pool *)e->queue;

    return take_permit(e, &p->fulls) ? get(p->kind, p->full) : NULL;
}

void pool_done(queue_end *e, block *b)
{
    pool *p = (pool *)e->queue;

    put(p->kind, p->blank, b);
    give_permit(&p->blanks);
}

void pool_finish(void *queue)
{
    pawl_sem_close(&((pool *)queue)->fulls);
}
