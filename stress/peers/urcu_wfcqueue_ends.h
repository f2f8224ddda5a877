/* urcu_wfcqueue_ends.h - liburcu's queue, wherever its nodes come from.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * With one consumer neither side takes the queue's lock.
 */
#ifndef PEERS_URCU_WFCQUEUE_ENDS_H
#define PEERS_URCU_WFCQUEUE_ENDS_H

#define _LGPL_SOURCE                    /* its calls inline */
#include <urcu/wfcqueue.h>

#include <stdbool.h>
#include <stdlib.h>

typedef struct ends {
    struct cds_wfcq_head head;
    char line[128];
    struct cds_wfcq_tail tail;
} ends;

static inline void push_link(ends *q, struct cds_wfcq_node *link)
{
    cds_wfcq_node_init(link);
    cds_wfcq_enqueue(&q->head, &q->tail, link);
}

/* NULL: nothing there, or not yet whole. */
static inline void *pop_link(ends *q)
{
    struct cds_wfcq_node *link = __cds_wfcq_dequeue_nonblocking(&q->head, &q->tail);

    return link == CDS_WFCQ_WOULDBLOCK ? NULL : (void *)link;
}

#endif
