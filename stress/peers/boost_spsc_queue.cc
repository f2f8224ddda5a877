/* boost_spsc_queue.cc - subject: boost's ring, one to one
 * (Debian libboost-dev: boost/lockfree/spsc_queue.hpp). */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <boost/lockfree/spsc_queue.hpp>

#define SUBJECT "boost_spsc_queue"
#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_BATCH 1
typedef boost::lockfree::spsc_queue<void *> queue;

#include "new_queue.h"

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return (*h)->push(item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return (*h)->pop(*item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return (*h)->push(items, n);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return (*h)->pop(items, n);
}

#include <trial/queue.h>
