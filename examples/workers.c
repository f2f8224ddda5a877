/* workers.c - four threads add up what comes through a channel, in batches.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>
#include <stdio.h>
enum { WORKERS = 4, BATCH = 16, PORTS = 5, C_BYTES = 1 << 17, G_BYTES = 1 << 12 };
alignas(PAWL_LINE) static char for_c[C_BYTES], for_g[G_BYTES];

static int begin(void *sums, size_t number, void **context)
{
    *context = (long *)sums + number;       /* in the new thread: pin it here, too */
    return 0;
}

static void add(void *context, void **cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *(long *)context += *(long *)cells[i];
}

int main(void)
{
    long sums[WORKERS] = { 0, 0, 0, 0 }, n;
    pawl_channel *c = (pawl_channel *)(void *)for_c;
    pawl_worker_group *g = (pawl_worker_group *)(void *)for_g;
    pawl_worker_group_plan plan = { WORKERS, BATCH, "add", sums, add, begin, NULL };
    pawl_channel_port *port;

    if (pawl_channel_init(c, C_BYTES, 1024, PORTS, BATCH, sizeof(long), PAWL_PRIVATE)
        || pawl_channel_open(c, &port) || pawl_worker_group_start(g, G_BYTES, c, &plan))
        return 1;
    for (n = 1; n <= 100000; n++) {
        *(long *)pawl_channel_cell(port, 0) = n;
        if (pawl_channel_push(port))
            return 1;                       /* closed: no worker is left */
    }
    pawl_worker_group_close(g);             /* what is in it is still run */
    return pawl_worker_group_join(g)
        || printf("all add up to %ld\n", sums[0] + sums[1] + sums[2] + sums[3]) < 0;
}
