/* telemetry.c - a sensor's thread hands records over; who writes them down sleeps.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>

enum { BYTES = 1 << 14, ROOM = 256, RECORDS = 100000, BATCH = 32 };
typedef struct record { unsigned long when; long x, y; } record;
alignas(PAWL_LINE) static char memory[BYTES];

static void *sense(void *to)
{
    pawl_spsc_channel *c = (pawl_spsc_channel *)to;

    for (unsigned long i = 0; i < RECORDS; i++) {
        record r = { i, (long)i % 7, -(long)i };

        if (pawl_spsc_channel_push(c, &r, sizeof r) != 0)   /* waits for room */
            break;
    }
    pawl_spsc_channel_close(c);             /* what is in it is still delivered */
    return NULL;
}

int main(void)
{
    pawl_spsc_channel *c = (pawl_spsc_channel *)(void *)memory;
    unsigned long x = 0, n;
    pthread_t sensor;
    record r[BATCH];

    if (pawl_spsc_channel_init(c, BYTES, ROOM, sizeof *r, PAWL_PRIVATE) != 0
        || pthread_create(&sensor, NULL, sense, c) != 0) return 1;
    while ((n = pawl_spsc_channel_pop_n(c, r, 1, BATCH, sizeof *r, PAWL_FOREVER)) > 0)
        while (n-- > 0) x += (unsigned long)r[n].x;
    printf("all x add up to %lu\n", x);
    return pthread_join(sensor, NULL);
}
