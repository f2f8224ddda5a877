/* new_queue.h - what the subjects in C++ share: a class `queue`, made of a capacity.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PEERS_NEW_QUEUE_H
#define PEERS_NEW_QUEUE_H

#include <new>

typedef queue *subject;
typedef queue *handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)threads;
    *q = new (std::nothrow) queue(capacity);
    return *q != nullptr;
}

static void subject_close(subject *q) { delete *q; }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

#endif
