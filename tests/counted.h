/* counted.h - a pawl_mem that counts, remembers, and refuses when it is told to.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_COUNTED_H
#define PAWL_TESTS_COUNTED_H

#include "unit.h"

#include <pawl/mem.h>

typedef struct counted {
    pawl_mem mem;                       /* first */
    pthread_mutex_t lock;
    size_t bytes, most;                 /* out now, and at most at one time */
    size_t taken;                       /* how often */
    size_t left;                        /* refuse once so many more were granted */
} counted;

static inline void *counted_take(const pawl_mem *mem, size_t bytes)
{
    counted *c = (counted *)(uintptr_t)mem;
    void *memory = NULL;

    pthread_mutex_lock(&c->lock);
    if (c->left > 0) {
        c->left--;
        c->taken++;
        c->bytes += bytes;
        c->most = c->bytes > c->most ? c->bytes : c->most;
        memory = block(bytes);
    }
    pthread_mutex_unlock(&c->lock);
    return memory;
}

static inline void counted_give(const pawl_mem *mem, void *memory, size_t bytes)
{
    counted *c = (counted *)(uintptr_t)mem;

    memset(memory, PATTERN, bytes);     /* whoever still looks, sees nonsense */
    pthread_mutex_lock(&c->lock);
    c->bytes -= bytes;
    pthread_mutex_unlock(&c->lock);
    free(memory);
}

static inline void counted_begin(counted *c, size_t granted)
{
    *c = (counted){ { counted_take, counted_give }, PTHREAD_MUTEX_INITIALIZER,
                    0, 0, 0, granted };
}

#endif
