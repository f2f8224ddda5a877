/* samples.c - one thread writes samples into a ring in place, one reads them there.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 1000000 };
static pawl_spsc_ring *ring;                /* of numbers; structs would do as well */

static void *measure(void *unused)
{
    for (size_t left = SAMPLES, n = left; left > 0; n = left) {
        int *to = (int *)pawl_spsc_ring_reserve(ring, &n, sizeof *to);
        if (to == NULL) { pawl_yield(); continue; }         /* full */
        for (size_t i = 0; i < n; i++) to[i] = (int)left-- % 100;
        pawl_spsc_ring_commit(ring, n);                     /* all n at once */
    }
    return unused;
}

int main(void)
{
    size_t bytes = pawl_spsc_ring_bytes(4096, sizeof(int));
    pthread_t thread;
    long sum = 0;

    ring = (pawl_spsc_ring *)aligned_alloc(PAWL_LINE, bytes);
    if (pawl_spsc_ring_init(ring, bytes, 4096, sizeof(int))
        || pthread_create(&thread, NULL, measure, NULL)) return 1;
    for (size_t left = SAMPLES, n = left; left > 0; n = left) {
        int *from = (int *)pawl_spsc_ring_peek(ring, &n, sizeof *from);
        if (from == NULL) { pawl_yield(); continue; }       /* empty */
        for (size_t i = 0; i < n; i++, left--) sum += from[i];
        pawl_spsc_ring_release(ring, n);
    }
    printf("the samples add up to %ld\n", sum);
    return pthread_join(thread, NULL);
}
