/* tbb_bounded_queue.cc - subject: TBB's queue with a capacity
 * (Debian libtbb-dev: tbb/concurrent_queue.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <tbb/concurrent_queue.h>

#define SUBJECT "tbb_bounded_queue"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1

struct queue : tbb::concurrent_bounded_queue<void *> {
    explicit queue(size_t capacity) { set_capacity((size_type)capacity); }
};

#include "new_queue.h"

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return (*h)->try_push(item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return (*h)->try_pop(*item);
}

#include <trial/queue.h>
