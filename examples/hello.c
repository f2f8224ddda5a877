/* hello.c - questions through a channel, answers through a queue, and a semaphore.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pawl_channel *questions;             /* push waits for room, pop for an item */
static pawl_mpmc_swap *answers;             /* never waits */
static pawl_sem answered = PAWL_SEM_INIT;   /* a permit for each answer */

static void *answer(void *unused)
{
    pawl_channel_port *in;                  /* each thread has ports of its own */
    pawl_mpmc_swap_port *out;
    void *question;

    if (pawl_channel_open(questions, &in) || pawl_mpmc_swap_open(answers, &out))
        abort();
    while (pawl_channel_pop(in, &question) == 0) {      /* until closed and drained */
        long n = *(long *)question;

        *(long *)pawl_mpmc_swap_cell(out, 0) = n * n;   /* written in place */
        if (pawl_mpmc_swap_try_push(out) || pawl_sem_post(&answered, 1))
            abort();                                    /* never: it has room for all */
    }
    return unused;
}

int main(void)
{
    /* Room for 16 questions, 1024 answers; ports for 3 threads, with a cell each. */
    size_t q_bytes = pawl_channel_bytes(16, 3, 1, sizeof(long));
    size_t a_bytes = pawl_mpmc_swap_bytes(1024, 3, 1, sizeof(long));
    pawl_channel_port *ask;
    pawl_mpmc_swap_port *hear;
    pthread_t thread[2];
    void *cell;
    long sum = 0;

    questions = (pawl_channel *)aligned_alloc(PAWL_LINE, q_bytes);
    answers = (pawl_mpmc_swap *)aligned_alloc(PAWL_LINE, a_bytes);
    if (pawl_channel_init(questions, q_bytes, 16, 3, 1, sizeof(long), PAWL_PRIVATE)
        || pawl_mpmc_swap_init(answers, a_bytes, 1024, 3, 1, sizeof(long))
        || pawl_channel_open(questions, &ask) || pawl_mpmc_swap_open(answers, &hear)
        || pthread_create(&thread[0], NULL, answer, NULL)
        || pthread_create(&thread[1], NULL, answer, NULL))
        return 1;
    for (long n = 1; n <= 1000; n++) {
        *(long *)pawl_channel_cell(ask, 0) = n;
        if (pawl_channel_push(ask))
            return 1;
    }
    pawl_channel_close(questions);          /* what is in it is still delivered */
    if (pawl_sem_wait(&answered, 1000))
        return 1;
    while (pawl_mpmc_swap_try_pop(hear, &cell) == 0)
        sum += *(long *)cell;
    printf("the squares of 1 to 1000 add up to %ld\n", sum);
    return pthread_join(thread[0], NULL) || pthread_join(thread[1], NULL)
        || sum != 333833500;
}
