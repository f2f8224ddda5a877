/* channel.h - a queue timed that blocks: who finds it full or empty waits in the call.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The subject defines what stress/trial/channel.h says.  Workloads, nanoseconds an
 * item: as in queue.h, by calls that wait.
 */
#ifndef BENCH_CHANNEL_H
#define BENCH_CHANNEL_H

#include <trial/loops.h>

static inline bool send_item(subject *q, handle *h, void *item, manner how)
{
    (void)how;
    return subject_push_wait(q, h, item);
}

static inline bool receive_item(subject *q, handle *h, void **item, manner how)
{
    (void)how;
    return subject_pop_wait(q, h, item);
}

/* These only the checked trial calls. */
static inline void not_timed(void)
{
    (void)subject_push;
    (void)subject_pop;
    (void)subject_shut;
#ifdef SUBJECT_BATCH
    (void)subject_push_n;
    (void)subject_pop_n;
#endif
#ifdef SUBJECT_TIMED
    (void)subject_pop_until;
#endif
#ifdef SUBJECT_POP_N
    (void)subject_pop_least;
#endif
}

static const workload *workload_at(size_t i)
{
    static const workload all[] = {
        { "blocking/solo", pairs, NULL, 1, 0, 2, 65536 },
        { "blocking/1p1c", produce, consume, 1, 1, 2, 65536 },
        { "blocking/2p2c", produce, consume, 2, 2, 2, 65536 },
        { "blocking/8p8c", produce, consume, 8, 8, 2, 65536 },
        { "blocking/trip", serve, answer, 1, 1, 2, 384 },
        { "blocking/trip-1cpu", serve, answer, 1, 1, 1, 384 },
    };

    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (allowed(&all[k]) && i-- == 0)
            return &all[k];
    return NULL;
}

#endif
