/* mpmc_word.c - subject: our lock-free queue of 32-bit handles.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A handle is the item's number, in steps of 8 bytes from the first of them.
 */
#define _GNU_SOURCE 1
#include <pawl/mpmc_word.h>

#include <stdlib.h>

#define SUBJECT "mpmc_word"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_HINT(q) pawl_mpmc_word_count_hint(*(q))
#define SUBJECT_STORM <fault/trial/storm_word.h>
typedef pawl_mpmc_word *subject;
typedef pawl_mpmc_word *handle;

static uintptr_t first;                 /* a trial may say where items begin */
#define SUBJECT_FIRST first

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_word_bytes(capacity);

    (void)threads;
    *q = (pawl_mpmc_word *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_mpmc_word_init(*q, bytes, capacity) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    uint64_t number = ((uintptr_t)item - first) / 8;

    (void)q;
    if (PAWL_UNLIKELY(number > UINT32_MAX))
        abort();                        /* two items would be one */
    return pawl_mpmc_word_try_push(*h, (uint32_t)number);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    uint32_t number;

    (void)q;
    if (!pawl_mpmc_word_try_pop(*h, &number))
        return false;
    *item = (void *)(first + (uintptr_t)number * 8);
    return true;
}

#include <trial/queue.h>
