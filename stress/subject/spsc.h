/* spsc.h - what the subjects of our ring for one producer and one consumer share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SUBJECT_SPSC_H
#define SUBJECT_SPSC_H

#include <pawl/spsc_ring.h>

#include <stdlib.h>

#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_BATCH 1
#define SUBJECT_FLOOR 1
#define SUBJECT_BLOCK 15
typedef pawl_spsc_ring *subject;
typedef pawl_spsc_ring *handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_spsc_ring_bytes(capacity, sizeof(void *));

    (void)threads;
    *q = (pawl_spsc_ring *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_spsc_ring_init(*q, bytes, capacity, sizeof(void *)) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

#endif
