/* bundles.c - small items travel together: 16 samples in a cell, one exchange for all.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUNDLES = 100000, MOST = 16 };
typedef struct bundle { uint64_t count, samples[MOST]; } bundle;
static pawl_mpmc_swap_port *in, *out;

static void *measure(void *unused)
{
    for (uint64_t i = 0; i < BUNDLES; i++) {
        bundle *b = (bundle *)pawl_mpmc_swap_cell(in, 0);     /* filled in place */
        for (b->count = 0; b->count <= i % MOST; ) b->samples[b->count++] = i;
        while (pawl_mpmc_swap_try_push(in) != 0) pawl_yield();
    }
    return unused;
}

int main(void)
{
    size_t bytes = pawl_mpmc_swap_bytes(256, 2, 1, sizeof(bundle)), sum = 0;
    pawl_mpmc_swap *q = (pawl_mpmc_swap *)aligned_alloc(PAWL_LINE, bytes);
    pthread_t thread;
    void *cell;

    if (q == NULL || pawl_mpmc_swap_init(q, bytes, 256, 2, 1, sizeof(bundle)) != 0
        || pawl_mpmc_swap_open(q, &in) != 0 || pawl_mpmc_swap_open(q, &out) != 0
        || pthread_create(&thread, NULL, measure, NULL) != 0) return 1;
    for (int i = 0; i < BUNDLES; i++) {
        while (pawl_mpmc_swap_try_pop(out, &cell) != 0) pawl_yield();
        for (uint64_t k = 0; k < ((bundle *)cell)->count; k++)  /* read in place */
            sum += (size_t)((bundle *)cell)->samples[k];
    }
    printf("the samples add up to %zu\n", sum);
    return pthread_join(thread, NULL);
}
