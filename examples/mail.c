/* mail.c - threads send letters and go on; one reads, and sleeps while there are none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, EACH = 10000 };
typedef struct letter { long text; } letter;
static pawl_mpsc_channel box;

static void *write_letters(void *unused)
{
    for (long i = 1; i <= EACH; i++) {
        letter *l = (letter *)malloc(sizeof *l);

        if (l == NULL) abort();
        l->text = i;                        /* seen by who pops it */
        if (pawl_mpsc_channel_try_push(&box, l) != 0) abort();  /* ENOMEM, no waiting */
    }
    return unused;
}

int main(void)
{
    pthread_t thread[THREADS];
    long sum = 0;
    void *l;

    if (pawl_mpsc_channel_init(&box, 0, NULL, PAWL_PRIVATE) != 0) return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, write_letters, NULL) != 0) return 1;
    for (int left = THREADS * EACH; left > 0; left--, free(l))
        if (pawl_mpsc_channel_pop(&box, &l) == 0) sum += ((letter *)l)->text;
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    pawl_mpsc_channel_destroy(&box);
    printf("all letters add up to %ld\n", sum);
}
