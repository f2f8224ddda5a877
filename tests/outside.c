/* outside.c - a program as a user would write it: channel, sem and spinlock together.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Valid C11 and C++17.  Built outside the tree, against the library as installed; under
 * ThreadSanitizer it has nothing to report, for all that the threads share is plain
 * memory which these three hand over.
 */
#include <pawl/channel.h>
#include <pawl/sem.h>
#include <pawl/spinlock.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRODUCERS = 2, CONSUMERS = 2, EACH = 20000, AT_WORK = 8 };

typedef struct job {
    int producer, number;
    int payload[4];
} job;

static pawl_channel *channel;
static pawl_sem allowed = PAWL_SEM_INIT;        /* so many jobs may be under way */
static pawl_spinlock lock = PAWL_SPINLOCK_INIT;
static long jobs_done, total;                   /* under the lock */

static void *produce(void *argument)
{
    int *me = (int *)argument;
    pawl_channel_port *port;

    if (pawl_channel_open(channel, &port) != 0)
        return NULL;
    for (int i = 0; i < EACH; i++) {
        job *j = (job *)pawl_channel_cell(port, 0);

        j->producer = *me;
        j->number = i;
        for (int k = 0; k < 4; k++)
            j->payload[k] = i + k;
        if (pawl_sem_wait(&allowed, 1) != 0 || pawl_channel_push(port) != 0)
            break;
    }
    pawl_channel_leave(port);
    return NULL;
}

static void *consume(void *argument)
{
    int *in_order = (int *)argument;            /* false: a producer's jobs were not */
    int last[PRODUCERS] = { -1, -1 };
    pawl_channel_port *port;
    void *cell;

    if (pawl_channel_open(channel, &port) != 0)
        return NULL;
    while (pawl_channel_pop(port, &cell) == 0) {
        const job *j = (const job *)cell;

        *in_order &= j->number > last[j->producer];
        last[j->producer] = j->number;
        pawl_spinlock_lock(&lock);
        jobs_done++;
        total += j->payload[0] + j->payload[3];
        pawl_spinlock_unlock(&lock);
        (void)pawl_sem_post(&allowed, 1);
    }
    pawl_channel_leave(port);
    return NULL;
}

int main(void)
{
    const size_t threads = PRODUCERS + CONSUMERS;
    size_t bytes = pawl_channel_bytes(16, threads, 2, sizeof(job));
    int numbers[PRODUCERS] = { 0, 1 }, in_order[CONSUMERS] = { 1, 1 };
    long right = PRODUCERS * ((long)EACH * (EACH - 1) + 3L * EACH);
    pthread_t thread[PRODUCERS + CONSUMERS];
    int good;

    channel = (pawl_channel *)aligned_alloc(PAWL_LINE, bytes);
    if (channel == NULL
        || pawl_channel_init(channel, bytes, 16, threads, 2, sizeof(job), PAWL_PRIVATE))
        return 1;
    if (pawl_sem_post(&allowed, AT_WORK) != 0)
        return 1;
    for (int i = 0; i < CONSUMERS; i++)
        pthread_create(&thread[PRODUCERS + i], NULL, consume, &in_order[i]);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_create(&thread[i], NULL, produce, &numbers[i]);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(thread[i], NULL);
    pawl_channel_close(channel);
    for (int i = 0; i < CONSUMERS; i++)
        pthread_join(thread[PRODUCERS + i], NULL);
    good = jobs_done == (long)PRODUCERS * EACH && total == right
        && in_order[0] && in_order[1];
    printf("outside: %ld jobs, each whole and in order: %s\n", jobs_done,
           good ? "yes" : "NO");
    free(channel);
    return good ? 0 : 1;
}
