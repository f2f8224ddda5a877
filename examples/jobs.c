/* jobs.c - a few threads hand jobs, by their addresses, to a few others.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>
#include <pthread.h>
#include <stdio.h>
enum { PAIRS = 2, EACH = 100000, ROOM = 1024, BYTES = 1 << 14 };
typedef struct { long number, square; } job;
alignas(PAWL_LINE) static char memory[BYTES];
static pawl_mpmc_ring *const ring = (pawl_mpmc_ring *)(void *)memory;
static job jobs[PAIRS][EACH];

static void *give(void *mine)
{
    for (job *j = (job *)mine; j < (job *)mine + EACH; j++) {
        j->number = j - (job *)mine;        /* seen by who pops it */
        while (!pawl_mpmc_ring_try_push(ring, j)) pawl_yield();
    }
    return NULL;
}

static void *work(void *j)
{
    for (int left = EACH; left > 0; left--) {
        while (!pawl_mpmc_ring_try_pop(ring, &j)) pawl_yield();
        ((job *)j)->square = ((job *)j)->number * ((job *)j)->number;
    }
    return NULL;
}

int main(void)
{
    pthread_t t[2 * PAIRS];

    if (pawl_mpmc_ring_init(ring, BYTES, ROOM) != 0) return 1;
    for (int i = 0; i < 2 * PAIRS; i++)
        if (pthread_create(&t[i], NULL, i % 2 ? work : give, jobs[i / 2])) return 1;
    for (int i = 0; i < 2 * PAIRS; i++) pthread_join(t[i], NULL);
    printf("the last square is %ld\n", jobs[PAIRS - 1][EACH - 1].square);
}
