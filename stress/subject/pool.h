/* pool.h - memory for what grows, where all threads of a trial are fibers of one.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What was given back is the first to be handed out again, and its head overwritten:
 * who still uses it loses an item, sees nonsense, or takes the new one for the old one.
 */
#ifndef SUBJECT_POOL_H
#define SUBJECT_POOL_H

#include <pawl/mem.h>

#include <string.h>

enum { POOL_PIECES = 32, POOL_BYTES = 256, POOL_HEAD = 24 };     /* no atomics there */

static struct {
    pawl_mem mem;                       /* first */
    PAWL_ATOMIC(uint32_t) calls;        /* orders them, as those of malloc are */
    unsigned left;                      /* to be had at the same time */
    bool taken[POOL_PIECES];
    unsigned next;
    alignas(PAWL_LINE) unsigned char pieces[POOL_PIECES][POOL_BYTES];
} pool;

/* acq_rel: what was given back is the taker's, with all that was done to it. */
static void pool_call(void)
{
    atomic_fetch_add_explicit(&pool.calls, 1, memory_order_acq_rel);
}

static void *pool_take(const pawl_mem *mem, size_t bytes)
{
    (void)mem;
    pool_call();
    if (pool.left == 0 || bytes > POOL_BYTES)
        return NULL;
    while (pool.taken[pool.next % POOL_PIECES])
        pool.next++;
    pool.left--;
    pool.taken[pool.next % POOL_PIECES] = true;
    return pool.pieces[pool.next++ % POOL_PIECES];
}

static void pool_give(const pawl_mem *mem, void *memory, size_t bytes)
{
    (void)mem, (void)bytes;
    memset(memory, 0x5d, POOL_HEAD);
    pool_call();
    pool.next = (unsigned)(((unsigned char *)memory - pool.pieces[0]) / POOL_BYTES);
    pool.taken[pool.next] = false;
    pool.left++;
}

/* `pieces` may be had, below POOL_PIECES, and nothing is taken: a trial that was cut
 * short has not given it back. */
static const pawl_mem *pool_begin(size_t pieces)
{
    memset((void *)&pool, 0, sizeof pool);
    pool.left = (unsigned)pieces;
    pool.mem.take = pool_take;
    pool.mem.give = pool_give;
    return &pool.mem;
}

#endif
