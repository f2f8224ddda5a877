/* urcu_lfqueue.c - subject: liburcu's lock-free queue
 * (Debian liburcu-dev: urcu/rculfqueue.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* A push allocates its node; whoever pops it has it freed after a grace period, as the
 * queue asks, by the thread that RCU keeps for that. */
#define _GNU_SOURCE 1
#define _LGPL_SOURCE                    /* its calls inline */
#include <urcu/urcu-memb.h>

#include <urcu/rculfqueue.h>

#include <stdbool.h>
#include <stdlib.h>

#define SUBJECT "urcu_lfqueue"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 0

typedef struct node {
    struct cds_lfq_node_rcu link;       /* first: what is popped is a node */
    struct rcu_head old;
    void *item;
} node;

typedef struct cds_lfq_queue_rcu subject;
typedef char handle;

static _Thread_local unsigned joined;   /* RCU wants to know a thread once */

static void free_node(struct rcu_head *old)
{
    free(caa_container_of(old, node, old));
}

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)capacity, (void)threads;
    cds_lfq_init_rcu(q, urcu_memb_call_rcu);
    return true;
}

static void subject_close(subject *q)
{
    cds_lfq_destroy_rcu(q);
    urcu_memb_barrier();                /* until all that was popped is freed */
}

static bool subject_join(subject *q, handle *h)
{
    (void)q, (void)h;
    if (joined++ == 0)
        urcu_memb_register_thread();
    return true;
}

static void subject_leave(subject *q, handle *h)
{
    (void)q, (void)h;
    if (--joined == 0)
        urcu_memb_unregister_thread();
}

static bool subject_push(subject *q, handle *h, void *item)
{
    node *n = (node *)malloc(sizeof *n);

    (void)h;
    if (n == NULL)
        return false;
    cds_lfq_node_init_rcu(&n->link);
    n->item = item;
    urcu_memb_read_lock();
    cds_lfq_enqueue_rcu(q, &n->link);
    urcu_memb_read_unlock();
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    node *n;

    (void)h;
    urcu_memb_read_lock();
    n = (node *)(void *)cds_lfq_dequeue_rcu(q);
    urcu_memb_read_unlock();
    if (n == NULL)
        return false;
    *item = n->item;
    urcu_memb_call_rcu(&n->old, free_node);
    return true;
}

#include <trial/queue.h>
