/* reports.c - threads report what they did, and never wait; one adds it all up.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, EACH = 100000 };

static pawl_mpsc_queue reports;
static long numbers[THREADS][EACH];

static void *work(void *of_mine)
{
    long *mine = (long *)of_mine;

    for (long i = 0; i < EACH; i++) {
        mine[i] = i;
        while (pawl_mpsc_queue_try_push(&reports, &mine[i]) != 0)
            pawl_yield();                   /* ENOMEM: as many as there may be */
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    long left = THREADS * (long)EACH, sum = 0;
    void *report;

    if (pawl_mpsc_queue_init(&reports, 1 << 20, NULL) != 0)     /* a megabyte at most */
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, work, numbers[i]) != 0)
            return 1;
    while (left > 0)
        if (pawl_mpsc_queue_try_pop(&reports, &report))
            sum += *(long *)report, left--;
        else
            pawl_yield();
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    pawl_mpsc_queue_destroy(&reports);
    printf("%ld\n", sum);
    return 0;
}
