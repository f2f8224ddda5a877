/* channel_watch.c - subject: our channel, watched; who calls half-full writes it down.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/channel_watch.h>

static pawl_channel_watch watch;
static PAWL_ATOMIC(uint64_t) calls;

static void note_call(void *argument)
{
    atomic_fetch_add_explicit((PAWL_ATOMIC(uint64_t) *)argument, 1,
                              memory_order_relaxed);
}

static bool begin_watch(pawl_channel *c)
{
    size_t capacity = (size_t)pawl_channel_queue_(c)->mask + 1;

    return pawl_channel_watch_init(&watch, c, (capacity + 1) / 2, note_call, &calls)
        == 0;
}

#define SUBJECT_NAME "channel_watch"
#define SUBJECT_BEGIN(q) begin_watch(q)
#include "channel.c"

#include <trial/channel.h>              /* has been: so that it is seen which it is */
