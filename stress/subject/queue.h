/* queue.h - what the subject of a queue defines, and stand-ins for what it lacks.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     #define SUBJECT "mpmc_swap"                 the file's name
 *     #define SUBJECT_ROLES "mpmc"                or "mpsc", "spmc", "spsc": who may
 *                                                 call
 *     #define SUBJECT_BOUNDED 1                   0: push never says full
 *     typedef ... subject;                        zeroed memory before open
 *     typedef ... handle;                         one a thread, zeroed before join
 *     static bool subject_open(subject *q, size_t capacity, unsigned threads);
 *     static void subject_close(subject *q);
 *     static bool subject_join(subject *q, handle *h);
 *     static void subject_leave(subject *q, handle *h);
 *     static bool subject_push(subject *q, handle *h, void *item);    false: not now
 *     static bool subject_pop(subject *q, handle *h, void **item);    false: not now
 *
 *     #define SUBJECT_EXACT 1                     full and empty are exact
 *     #define SUBJECT_FLOOR 1                     its capacity is the least that finds
 *                                                 room, and they are exact as to that
 *     #define SUBJECT_INEXACT 1                   they are not, though there is a FLOOR
 *     #define SUBJECT_PRIVATE 1                   not between processes
 *     #define SUBJECT_SEGMENT n                   slots a segment, for a trial to say
 *                                                 whose threads are fibers of one
 *     #define SUBJECT_BLOCK n                     items a block; the next one is begun
 *                                                 another way, if items are left
 *     #define SUBJECT_CONVOYS 1                   a push spins until those before it
 *                                                 are done: up to a time slice each,
 *                                                 where threads outnumber CPUs
 *     #define SUBJECT_FIRST n                     a trial says where its items begin,
 *                                                 if not at 0: at most 2^32 of them, 8
 *                                                 bytes from one to the next
 *     #define SUBJECT_HINT(q) expression          how many items there are, about;
 *     #define SUBJECT_HINT_SURE 1                 never more than there were
 *     #define SUBJECT_BATCH 1                     there are batches, n <= 16:
 *     static size_t subject_push_n(subject *q, handle *h, void **items, size_t n);
 *     static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n);
 *
 * Items are pointers to 8-byte aligned memory.
 */
#ifndef SUBJECT_QUEUE_H
#define SUBJECT_QUEUE_H

#include <string.h>

/* One thread at a time may push, or pop. */
#define ONE_PUSHES (SUBJECT_ROLES[0] == 's')
#define ONE_POPS   (SUBJECT_ROLES[2] == 's')

#ifndef SUBJECT_EXACT
#define SUBJECT_EXACT 0
#endif
#ifndef SUBJECT_FLOOR
#define SUBJECT_FLOOR 0
#endif
#ifndef SUBJECT_INEXACT
#define SUBJECT_INEXACT (!SUBJECT_EXACT && !SUBJECT_FLOOR)
#endif

#ifndef SUBJECT_PRIVATE
#define SUBJECT_PRIVATE 0
#endif

#ifndef SUBJECT_CONVOYS
#define SUBJECT_CONVOYS 0
#endif

#ifndef SUBJECT_HINT_SURE
#define SUBJECT_HINT_SURE 0
#endif

#ifndef SUBJECT_BATCH
#define SUBJECT_BATCH 0
/* One at a time. */
static inline size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    return n > 0 && subject_push(q, h, items[0]) ? 1 : 0;
}

static inline size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    return n > 0 && subject_pop(q, h, items) ? 1 : 0;
}
#endif

/* The least capacity that such a queue, which is not open, can have: 1, or 2. */
static inline unsigned least_capacity(subject *q)
{
    bool one;

    memset((void *)q, 0, sizeof *q);
    one = subject_open(q, 1, 2);
    if (one)
        subject_close(q);
    return one ? 1 : 2;
}

#endif
