/* malloced.h - subject: what the content costs in a ring of pointers: malloc and free.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef BENCH_PAYLOAD_MALLOCED_H
#define BENCH_PAYLOAD_MALLOCED_H

#include <pawl/mpmc_ring.h>

#include "payload.h"

#include <stdlib.h>
#include <string.h>

#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
typedef pawl_mpmc_ring *subject;
typedef struct handle {
    void *block;                        /* of the push that found it full */
} handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_ring_bytes(capacity);

    (void)threads;
    *q = (pawl_mpmc_ring *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_mpmc_ring_init(*q, bytes, capacity) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q; free(h->block); }

static bool subject_push(subject *q, handle *h, void *item)
{
    if (h->block == NULL) {
        if ((h->block = malloc(PAYLOAD)) == NULL)
            return false;
        write_payload(h->block, item);
    }
    if (!pawl_mpmc_ring_try_push(*q, h->block))
        return false;
    h->block = NULL;
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    void *block;

    (void)h;
    if (!pawl_mpmc_ring_try_pop(*q, &block))
        return false;
    *item = read_payload(block);
    free(block);
    return true;
}

#include <trial/queue.h>

#endif
