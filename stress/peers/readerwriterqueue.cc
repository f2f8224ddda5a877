/* readerwriterqueue.cc - subject: moodycamel's queue, one to one
 * (Debian libreaderwriterqueue-dev: readerwriterqueue/readerwriterqueue.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
/* Never grown: a push that finds no room says so. */
#include <readerwriterqueue/readerwriterqueue.h>

#define SUBJECT "readerwriterqueue"
#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
typedef moodycamel::ReaderWriterQueue<void *> queue;

#include "new_queue.h"

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return (*h)->try_enqueue(item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return (*h)->try_dequeue(*item);
}

#include <trial/queue.h>
