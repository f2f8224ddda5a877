/* reports.c - threads report what they did, and never wait; one adds it all up.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, EACH = 100000 };
static pawl_mpsc_queue reports;             /* of numbers; others would be pointers */

static void *work(void *unused)
{
    for (intptr_t i = 1; i <= EACH; i++)
        while (pawl_mpsc_queue_try_push(&reports, (void *)i) != 0)
            pawl_yield();                   /* ENOMEM: as many as there may be */
    return unused;
}

int main(void)
{
    pthread_t thread[THREADS];
    intptr_t sum = 0;
    void *report;

    if (pawl_mpsc_queue_init(&reports, 1 << 20, NULL) != 0)     /* a megabyte at most */
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, work, NULL) != 0)
            return 1;
    for (int left = THREADS * EACH; left > 0;)
        if (pawl_mpsc_queue_try_pop(&reports, &report))
            sum += (intptr_t)report, left--;
        else
            pawl_yield();
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    pawl_mpsc_queue_destroy(&reports);
    printf("all reports add up to %ld\n", (long)sum);
}
