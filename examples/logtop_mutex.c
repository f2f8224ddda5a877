/* logtop_mutex.c - a pool behind one mutex, with two condition variables.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_queue.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct guarded {
    pthread_mutex_t mutex;
    pthread_cond_t has_full, has_blank;
    bool finished;
    size_t blocks;
    size_t head, fulls;                 /* full[head], ... wrapping: oldest first */
    size_t blanks;                      /* blank[0], ...: in no order */
    block **full, **blank, *memory;
} guarded;

static void *guarded_open(size_t readers, size_t workers)
{
    guarded *g = (guarded *)lines_of_memory(sizeof *g);
    size_t n = QUEUE_BLOCKS + 2 * (readers + workers);

    pthread_mutex_init(&g->mutex, NULL);
    pthread_cond_init(&g->has_full, NULL);
    pthread_cond_init(&g->has_blank, NULL);
    g->finished = false;
    g->blocks = g->blanks = n;
    g->head = g->fulls = 0;
    g->memory = (block *)lines_of_memory(n * sizeof *g->memory);
    g->full = (block **)lines_of_memory(n * sizeof *g->full);
    g->blank = (block **)lines_of_memory(n * sizeof *g->blank);
    for (size_t i = 0; i < n; i++)
        g->blank[i] = &g->memory[i];
    return g;
}

static void guarded_close(void *queue)
{
    guarded *g = (guarded *)queue;

    pthread_cond_destroy(&g->has_blank);
    pthread_cond_destroy(&g->has_full);
    pthread_mutex_destroy(&g->mutex);
    free(g->blank);
    free(g->full);
    free(g->memory);
    free(g);
}

static void guarded_join(queue_end *e)
{
    (void)e;                            /* all ends are alike */
}

/* Under the mutex: wait until *count is above 0, or all is finished. */
static void await(queue_end *e, pthread_cond_t *changed, const size_t *count)
{
    guarded *g = (guarded *)e->queue;
    pawl_time start;

    if (*count > 0 || g->finished)
        return;
    start = pawl_now();
    while (*count == 0 && !g->finished)
        pthread_cond_wait(changed, &g->mutex);
    e->blocked += pawl_now() - start;
}

static block *guarded_blank(queue_end *e)
{
    guarded *g = (guarded *)e->queue;
    block *b;

    pthread_mutex_lock(&g->mutex);
    await(e, &g->has_blank, &g->blanks);
    b = g->blank[--g->blanks];
    pthread_mutex_unlock(&g->mutex);
    return b;
}

static void guarded_push(queue_end *e, block *b)
{
    guarded *g = (guarded *)e->queue;

    pthread_mutex_lock(&g->mutex);
    g->full[(g->head + g->fulls++) % g->blocks] = b;
    pthread_mutex_unlock(&g->mutex);
    pthread_cond_signal(&g->has_full);
}

static block *guarded_pop(queue_end *e)
{
    guarded *g = (guarded *)e->queue;
    block *b = NULL;

    pthread_mutex_lock(&g->mutex);
    await(e, &g->has_full, &g->fulls);
    if (g->fulls > 0) {
        b = g->full[g->head];
        g->head = (g->head + 1) % g->blocks;
        g->fulls--;
    }
    pthread_mutex_unlock(&g->mutex);
    return b;
}

static void guarded_done(queue_end *e, block *b)
{
    guarded *g = (guarded *)e->queue;

    pthread_mutex_lock(&g->mutex);
    g->blank[g->blanks++] = b;
    pthread_mutex_unlock(&g->mutex);
    pthread_cond_signal(&g->has_blank);
}

static void guarded_finish(void *queue)
{
    guarded *g = (guarded *)queue;

    pthread_mutex_lock(&g->mutex);
    g->finished = true;
    pthread_mutex_unlock(&g->mutex);
    pthread_cond_broadcast(&g->has_full);
}

const queue_kind over_mutex = {
    "mutex", NULL, guarded_open, guarded_close, guarded_join, guarded_blank,
    guarded_push, guarded_pop, guarded_done, guarded_finish, false
};
