/* mpmc_ring_sc.c - subject: our ring of pointers, whose consumer is one thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_ring_sc"
#define SUBJECT_ROLES "mpsc"

#include <subject/ring.h>

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return pawl_mpmc_ring_try_push(*h, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return pawl_mpmc_ring_try_pop_sc(*h, item);
}

#include <trial/queue.h>
