/* logtop_mpmc_swap.c - blocks are the cells of an mpmc_swap: nothing is copied.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The queue never waits, so two semaphores do: one counts its items, one the room in
 * it.  As it is linearizable, a permit means that push or pop succeeds at once.
 */
#include "logtop_queue.h"
#include "logtop_report.h"

#include <stdlib.h>

typedef struct swap {
    pawl_sem items, room;
    pawl_mpmc_swap *queue;
} swap;

static void *swap_open(size_t readers, size_t workers)
{
    size_t ports = readers + workers;
    size_t bytes = pawl_mpmc_swap_bytes(QUEUE_BLOCKS, ports, 2, sizeof(block));
    swap *s = (swap *)lines_of_memory(sizeof *s);

    s->queue = (pawl_mpmc_swap *)lines_of_memory(bytes);
    if (pawl_mpmc_swap_init(s->queue, bytes, QUEUE_BLOCKS, ports, 2, sizeof(block)) != 0
        || pawl_sem_init(&s->items, 0, PAWL_PRIVATE) != 0
        || pawl_sem_init(&s->room, QUEUE_BLOCKS, PAWL_PRIVATE) != 0)
        die("cannot make an mpmc_swap for %zu threads", ports);
    return s;
}

static void swap_close(void *queue)
{
    free(((swap *)queue)->queue);
    free(queue);
}

static void swap_join(queue_end *e)
{
    if (pawl_mpmc_swap_open(((swap *)e->queue)->queue, &e->port) != 0)
        die("mpmc_swap has no port left");
}

static block *swap_blank(queue_end *e)
{
    return (block *)pawl_mpmc_swap_cell(e->port, e->lent++);
}

static void swap_push(queue_end *e, block *b)
{
    swap *s = (swap *)e->queue;

    (void)b;                            /* it is cell 0 */
    take_permit(e, &s->room);
    if (pawl_mpmc_swap_try_push(e->port) != 0)
        die("mpmc_swap is full, with room in it");
    e->lent--;
    give_permit(&s->items);
}

static block *swap_pop(queue_end *e)
{
    swap *s = (swap *)e->queue;
    void *cell;

    if (!take_permit(e, &s->items))
        return NULL;
    if (pawl_mpmc_swap_try_pop(e->port, &cell) != 0)
        die("mpmc_swap is empty, with items in it");
    give_permit(&s->room);
    return (block *)cell;
}

static void swap_done(queue_end *e, block *b)
{
    (void)e, (void)b;                   /* the next pop puts it back */
}

static void swap_finish(void *queue)
{
    pawl_sem_close(&((swap *)queue)->items);
}

const queue_kind over_mpmc_swap = {
    "mpmc_swap", NULL, swap_open, swap_close, swap_join, swap_blank, swap_push,
    swap_pop, swap_done, swap_finish, false
};
