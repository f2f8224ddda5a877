/* concurrentqueue.cc - subject: moodycamel's queue, many to many
 * (Debian libconcurrentqueue-dev: concurrentqueue/concurrentqueue.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* By tokens, as its author recommends; so it is a queue for each producer, in order. */
#include <concurrentqueue/concurrentqueue.h>

#include <new>

#define SUBJECT "concurrentqueue"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 0
#define SUBJECT_BATCH 1
typedef moodycamel::ConcurrentQueue<void *> queue;
typedef queue *subject;
typedef struct handle {
    queue *q;
    moodycamel::ProducerToken *in;
    moodycamel::ConsumerToken *out;
} handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    *q = new (std::nothrow) queue(capacity, threads, 0);
    return *q != nullptr;
}

static void subject_close(subject *q) { delete *q; }

static bool subject_join(subject *q, handle *h)
{
    h->q = *q;
    h->in = new (std::nothrow) moodycamel::ProducerToken(**q);
    h->out = new (std::nothrow) moodycamel::ConsumerToken(**q);
    return h->in != nullptr && h->in->valid() && h->out != nullptr;
}

static void subject_leave(subject *q, handle *h)
{
    (void)q;
    delete h->out;
    delete h->in;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return h->q->enqueue(*h->in, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return h->q->try_dequeue(*h->out, *item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return h->q->enqueue_bulk(*h->in, items, n) ? n : 0;
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return h->q->try_dequeue_bulk(*h->out, items, n);
}

#include <trial/queue.h>
