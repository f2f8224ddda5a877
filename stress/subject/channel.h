/* channel.h - what the subject of a queue to wait on defines, and stand-ins.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What queue.h says, and
 *     static bool subject_push_wait(subject *q, handle *h, void *item);
 *                                                 false: closed
 *     static bool subject_pop_wait(subject *q, handle *h, void **item);
 *                                                 false: closed, and all has come
 *     static bool subject_shut(subject *q);       no more pushes; wakes all who wait;
 *                                                 false: it was closed already
 *
 *     #define SUBJECT_TIMED 1                     there are deadlines; false: too late
 *     static bool subject_pop_until(subject *q, handle *h, void **item, int64_t ns);
 *     #define SUBJECT_PUSH_UNTIL(q, h, item, ns)  likewise: a macro, since not all
 *                                                 trials do this; they call
 *     static bool subject_push_until(subject *q, handle *h, void *item, int64_t ns);
 *     #define SUBJECT_POP_N 1                     at least so many; or late, or closed
 *     static size_t subject_pop_least(subject *q, handle *h, void **items,
 *                                     size_t least, size_t most, int64_t ns);
 *     #define SUBJECT_ROOMY expression            for a trial to evaluate before it
 *                                                 opens one in which each pop is to
 *                                                 make room
 */
#ifndef SUBJECT_CHANNEL_H
#define SUBJECT_CHANNEL_H

#include <subject/queue.h>

#ifndef SUBJECT_TIMED
#define SUBJECT_TIMED 0
static inline bool subject_pop_until(subject *q, handle *h, void **item, int64_t ns)
{
    (void)ns;
    return subject_pop_wait(q, h, item);
}
#endif

#ifdef SUBJECT_PUSH_UNTIL
static inline bool subject_push_until(subject *q, handle *h, void *item, int64_t ns)
{
    (void)q, (void)h;
    return SUBJECT_PUSH_UNTIL(q, h, item, ns);
}
#else
static inline bool subject_push_until(subject *q, handle *h, void *item, int64_t ns)
{
    (void)ns;
    return subject_push_wait(q, h, item);
}
#endif

#ifndef SUBJECT_POP_N
#define SUBJECT_POP_N 0
static inline size_t subject_pop_least(subject *q, handle *h, void **items,
                                       size_t least, size_t most, int64_t ns)
{
    (void)least, (void)most, (void)ns;
    return subject_pop_wait(q, h, items) ? 1 : 0;
}
#endif

#endif
