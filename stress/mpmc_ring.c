/* mpmc_ring.c - subject: our ring of pointers for many to many.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_ring"
#define SUBJECT_ROLES "mpmc"

#include <subject/ring.h>

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return pawl_mpmc_ring_try_push(*h, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return pawl_mpmc_ring_try_pop(*h, item);
}

#include <trial/queue.h>
