/* buffers.c - a pool of buffers: free or filled, they go round by their numbers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUFFERS = 64, ROUNDS = 100000 };
static struct { unsigned long value; char more[1000]; } buffer[BUFFERS];
static pawl_mpmc_word *queue[2];            /* of free ones, of filled ones */
static unsigned long sum;

static void *work(void *from)               /* fill free ones, or empty filled ones */
{
    int filled = from == (void *)queue[1];

    for (uint32_t b, i = 0; i < ROUNDS; i++) {
        while (!pawl_mpmc_word_try_pop(queue[filled], &b))
            pawl_yield();
        if (filled)
            sum += buffer[b].value;         /* it is ours, until we push it again */
        else
            buffer[b].value = i;
        if (!pawl_mpmc_word_try_push(queue[!filled], b))
            abort();                        /* never: it has room for all of them */
    }
    return NULL;
}

int main(void)
{
    size_t bytes = pawl_mpmc_word_bytes(BUFFERS);
    pthread_t thread;

    for (int i = 0; i < 2; i++)
        if ((queue[i] = (pawl_mpmc_word *)aligned_alloc(PAWL_LINE, bytes)) == NULL
            || pawl_mpmc_word_init(queue[i], bytes, BUFFERS) != 0)
            return 1;
    for (uint32_t b = 0; b < BUFFERS; b++)
        if (!pawl_mpmc_word_try_push(queue[0], b))
            return 1;
    if (pthread_create(&thread, NULL, work, queue[0]) != 0)
        return 1;
    work(queue[1]);
    pthread_join(thread, NULL);
    printf("the values add up to %lu\n", sum);
}
