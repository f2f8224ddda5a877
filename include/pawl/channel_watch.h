/* channel_watch.h - counts what happens in a channel, and calls when it fills up.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       How full a channel has been, how often a push found it full or a pop found
 *            it empty, how long calls waited; and a soft capacity: a mark at which a
 *            push calls somebody, before the channel is full and pushes are refused.
 *            A channel has the same layout watched or not.  Not watched, a push or
 *            pop that succeeds at its first try pays nothing: that it is watched is a
 *            bit in a word that a push reads anyway.
 * Source     Ours.
 * Layer 5    uses channel.h.
 *
 * State      watched, in the state of the event `items`: 1 from init on
 *            deepest     most items that a look has found: grows
 *            above       0 -> 1 by the look that calls, 1 -> 0 by a later one
 *            full, empty, push_waits, pop_waits      counters: grow
 * Invariant  I1  deepest <= capacity, and there have been as many; it is capacity once
 *                a push has found it full
 *            I2  who calls has moved above from 0 to 1: one call for each such move
 * Effect     A push looks at how many items there are, when its own are in and those
 *            who wait for them are told: of all pushes one in 8, or in soft / 8 where
 *            that is fewer (in 4, in 2, each; without soft, in capacity / 8); each push
 *            of several at once; and each that finds the channel full.
 *            A look counts as pawl_channel_count_hint does: never more than there were
 *            at some moment of the look; fewer by what others pop meanwhile.  So a rise
 *            is seen at most 7 pushes late, or by a push that finds the channel full;
 *            later where who is to look is stopped; not at all, if these pushes do not
 *            come, or if it is over by then.
 *            A look that finds `soft` items or more calls high(arg), if above is 0.  A
 *            look sets above to 0, and then calls if there are `soft` now, if it finds
 *            that before its push there were soft / 2 or fewer, or more by no more than
 *            can be pushed between two looks.  So there is one call for a rise, one for
 *            the next after a fall to soft / 2, and none before a fall to soft / 2 + 7.
 *            A look is no single moment: where others push meanwhile, it can take no
 *            note of a short fall; and one that was stopped within can make a call for
 *            what is over, or have the next look make one for what has been called for.
 *            All counters are relaxed: nothing follows from them about items.
 * Progress   As in channel.h, up to high.  A thread stopped in a look holds up nobody
 *            in the channel; stopped before it has called high, it takes that call
 *            along: the next comes after a fall.  high holds up the push that calls it,
 *            and nothing else: that has pushed, and woken whom it was to wake (a push
 *            that waits, which found it full: it is not waiting yet, and tries once
 *            more before it does, its moment passed or not).
 *
 * Memory     The watch is the caller's memory, and stays until the channel is freed.
 *            Zeroed memory is no watch: it needs init.  A forked child: as channel.h.
 *            It counts in lines that all ports share: a loop of try_ calls that fail
 *            takes them from CPU to CPU.
 *
 * Example
 *     #include <pawl/channel_watch.h>
 *     #include <stdio.h>
 *     static PAWL_ATOMIC(uint32_t) slower;
 *     static pawl_channel_watch watch;
 *     static void ease(void *unused)
 *     {
 *         (void)unused;
 *         atomic_store_explicit(&slower, 1, memory_order_relaxed);
 *     }
 *     static inline int begin(pawl_channel *c)     // before other threads know c
 *     {
 *         return pawl_channel_watch_init(&watch, c, 768, ease, NULL);
 *     }
 *     static inline void report(void)
 *     {
 *         pawl_channel_stats s;
 *         pawl_channel_watch_read(&watch, &s);
 *         printf("at most %u items, full %u times, %u pushes waited 1 to 2 us\n",
 *                (unsigned)s.deepest, (unsigned)s.full, (unsigned)s.push_waits[10]);
 *     }
 */
#ifndef PAWL_CHANNEL_WATCH_H
#define PAWL_CHANNEL_WATCH_H

#include <pawl/channel.h>

#define PAWL_CHANNEL_WAITS 64

/* What a watch has counted. */
typedef struct pawl_channel_stats {
    size_t deepest;                     /* the most items that a look has found */
    uint64_t full;                      /* pushes that found it full, */
    uint64_t empty;                     /* pops that found it empty: each call once */
    /* Calls that then waited, or came too late to: until they returned, however, they
     * took from 2^i to 2^(i + 1) - 1 nanoseconds; [0]: also none. */
    uint64_t push_waits[PAWL_CHANNEL_WAITS], pop_waits[PAWL_CHANNEL_WAITS];
} pawl_channel_stats;

struct pawl_channel_watch {
    /* Set by init, then read only. */
    alignas(PAWL_LINE) void (*high)(void *arg);
    void *arg;
    uint64_t soft;                      /* 0: no call */
    uint64_t between;                   /* pushes that do not look, 2^i - 1 */
    PAWL_ATOMIC(uint64_t) deepest;
    PAWL_ATOMIC(uint32_t) above;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) full;
    PAWL_ATOMIC(uint64_t) push_waits[PAWL_CHANNEL_WAITS];
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) empty;
    PAWL_ATOMIC(uint64_t) pop_waits[PAWL_CHANNEL_WAITS];
};

PAWL_BEGIN

/* Count in `w` what happens in `c`, and call high(arg) when there are `soft`
 * items (1 to capacity); 0 and NULL: call nobody.  After pawl_channel_init, before any
 * other call on `c`; one watch, one channel.  0; or EINVAL, with both untouched: `w` is
 * NULL or misaligned, soft > capacity, or there is one of soft and high, not the other.
 *
 * high runs on the stack of a push, under no lock of ours.  It may do all but use the
 * port that is in the push, and free the channel; it must return.  Pushes that it does
 * by another port can call it again; so can other threads, while it runs. */
int pawl_channel_watch_init(pawl_channel_watch *w, pawl_channel *c, size_t soft,
                            void (*high)(void *arg), void *arg);

/* What has been counted so far; the numbers are not all of the same moment.  Any
 * thread. */
void pawl_channel_watch_read(const pawl_channel_watch *w, pawl_channel_stats *stats);

PAWL_END

#endif
