/* logtop_wfcqueue.c - a pool whose blocks go through liburcu's wfcqueue.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A wfcqueue has no bound of its own: the pool bounds it.
 */
#define _GNU_SOURCE
#include "logtop_pool.h"

#if __has_include(<urcu/wfcqueue.h>)

#define _LGPL_SOURCE                    /* its calls are inlined: no library to link */
#include <urcu/wfcqueue.h>

#include <stdlib.h>

typedef struct wfc {
    alignas(PAWL_LINE) struct cds_wfcq_head head;       /* consumers */
    alignas(PAWL_LINE) struct cds_wfcq_tail tail;       /* producers */
} wfc;

_Static_assert(sizeof(struct cds_wfcq_node) <= sizeof ((block *)0)->link,
               "a node fits into a block's link");

static void *wfc_open(size_t capacity)
{
    wfc *q = (wfc *)lines_of_memory(sizeof *q);

    (void)capacity;
    cds_wfcq_init(&q->head, &q->tail);
    return q;
}

static void wfc_close(void *queue)
{
    wfc *q = (wfc *)queue;

    cds_wfcq_destroy(&q->head, &q->tail);
    free(q);
}

static bool wfc_push(void *queue, block *b)
{
    wfc *q = (wfc *)queue;
    struct cds_wfcq_node *node = (struct cds_wfcq_node *)(void *)b->link;

    cds_wfcq_node_init(node);
    cds_wfcq_enqueue(&q->head, &q->tail, node);
    return true;
}

static bool wfc_pop(void *queue, block **b)
{
    wfc *q = (wfc *)queue;
    struct cds_wfcq_node *node = cds_wfcq_dequeue_blocking(&q->head, &q->tail);

    if (node == NULL)
        return false;
    *b = (block *)(void *)((char *)node - offsetof(block, link));
    return true;
}

static void *open_over_wfc(size_t readers, size_t workers)
{
    static const pointers wfcq = { wfc_open, wfc_close, wfc_push, wfc_pop };

    return pool_open(&wfcq, readers, workers);
}

const queue_kind over_wfcqueue = { "wfcqueue", NULL, open_over_wfc, POOL_CALLS };

#else

const queue_kind over_wfcqueue = {
    "wfcqueue", "urcu/wfcqueue.h (Debian: liburcu-dev)", NULL, POOL_CALLS
};

#endif
