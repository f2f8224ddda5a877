/* buffers.c - a pool of buffers: free or filled, they go round by their numbers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUFFERS = 64, ROUNDS = 100000, FREE = 0, FILLED = 1 };
static struct { unsigned long value; char more[1000]; } buffer[BUFFERS];
static pawl_mpmc_word *queue[2];            /* of numbers: each has room for all */
static unsigned long sum;

static void *work(void *from)               /* fill free ones, or empty filled ones */
{
    for (uint32_t b, i = 0; i < ROUNDS; i++) {
        while (!pawl_mpmc_word_try_pop((pawl_mpmc_word *)from, &b)) pawl_yield();
        if (from == (void *)queue[FILLED]) sum += buffer[b].value;
        else buffer[b].value = i;           /* it is ours, until we push it again */
        if (!pawl_mpmc_word_try_push(queue[from == (void *)queue[FREE]], b))
            abort();                        /* never: there is room for all of them */
    }
    return NULL;
}

int main(void)
{
    size_t bytes = pawl_mpmc_word_bytes(BUFFERS);
    pthread_t thread;

    for (int i = FREE; i <= FILLED; i++)
        if ((queue[i] = (pawl_mpmc_word *)aligned_alloc(PAWL_LINE, bytes)) == NULL
            || pawl_mpmc_word_init(queue[i], bytes, BUFFERS) != 0) return 1;
    for (uint32_t b = 0; b < BUFFERS; b++)
        if (!pawl_mpmc_word_try_push(queue[FREE], b)) return 1;
    if (pthread_create(&thread, NULL, work, queue[FREE]) != 0) return 1;
    work(queue[FILLED]);
    printf("the values add up to %lu\n", sum);
    return pthread_join(thread, NULL);
}
