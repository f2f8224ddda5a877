/* logtop_channel.c - blocks are the cells of a channel, which waits by itself.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is here is the readers' side: workers are a worker_group, which needs no more.
 */
#include "logtop_queue.h"
#include "logtop_report.h"

#include <stdlib.h>

static void *channel_open(size_t readers, size_t workers)
{
    size_t ports = readers + workers;
    size_t bytes = pawl_channel_bytes(QUEUE_BLOCKS, ports, 2, sizeof(block));
    pawl_channel *c = (pawl_channel *)lines_of_memory(bytes);

    if (pawl_channel_init(c, bytes, QUEUE_BLOCKS, ports, 2, sizeof(block),
                          PAWL_PRIVATE) != 0)
        die("cannot make a channel for %zu threads", ports);
    return c;
}

static void channel_join(queue_end *e)
{
    if (pawl_channel_open((pawl_channel *)e->queue, &e->port) != 0)
        die("the channel has no port left");
}

static block *channel_blank(queue_end *e)
{
    return (block *)pawl_channel_cell(e->port, e->lent++);
}

static void channel_push(queue_end *e, block *b)
{
    int result = pawl_channel_try_push(e->port);

    (void)b;                            /* it is cell 0 */
    if (result == EAGAIN) {
        pawl_time start = pawl_now();

        result = pawl_channel_push(e->port);
        e->blocked += pawl_now() - start;
    }
    if (result != 0)
        die("the channel is closed too early");
    e->lent--;
}

static void channel_finish(void *queue)
{
    pawl_channel_close((pawl_channel *)queue);
}

const queue_kind over_channel = {
    "channel", NULL, channel_open, free, channel_join, channel_blank, channel_push,
    NULL, NULL, channel_finish, true
};
