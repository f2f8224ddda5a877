/* boost_queue.cc - subject: boost's queue, many to many
 * (Debian libboost-dev: boost/lockfree/queue.hpp). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* Fixed in size: its nodes are an array, and a push finds none free or is done. */
#include <boost/lockfree/queue.hpp>

#define SUBJECT "boost_queue"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
typedef boost::lockfree::queue<void *, boost::lockfree::fixed_sized<true>> queue;

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

#include <trial/queue.h>
