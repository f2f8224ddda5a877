/* pressure.c - a channel says when it fills up, and what it has been through.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <stdio.h>

enum { ROOM = 256, SOFT = 192, BYTES = 1 << 16 };
alignas(PAWL_LINE) static char memory[BYTES];
static pawl_channel_watch watch;
static int calls;

static void high(void *much)                /* in the push that reached SOFT items */
{
    calls++;
    *(bool *)much = true;
}

int main(void)
{
    pawl_channel *c = (pawl_channel *)(void *)memory;
    pawl_channel_port *port;
    pawl_channel_stats s;
    bool much = false;
    void *item;

    if (pawl_channel_init(c, BYTES, ROOM, 1, 1, sizeof(long), PAWL_PRIVATE) != 0
        || pawl_channel_watch_init(&watch, c, SOFT, high, &much) != 0
        || pawl_channel_open(c, &port) != 0) return 1;
    for (long sent = 0; sent < 100000; sent++) {
        *(long *)pawl_channel_cell(port, 0) = sent;
        if (pawl_channel_push(port) != 0) return 1;
        while (much)                        /* a server would read no more requests */
            much = pawl_channel_try_pop(port, &item) == 0;
    }
    pawl_channel_watch_read(&watch, &s);
    printf("%d calls; full %u times, at most %u items\n", calls, (unsigned)s.full,
           (unsigned)s.deepest);
}
