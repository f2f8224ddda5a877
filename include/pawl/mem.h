/* mem.h - where a structure that grows gets its memory.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       Most of Pawl never allocates.  What has no bound must; it takes a
 *            `const pawl_mem *` when it is made, NULL for malloc, and says in its
 *            header when it asks.  A pool, an arena, a count or an allocator that
 *            refuses is a pawl_mem at the head of a struct of the caller's.
 * Source     Ours: two functions, and no state but that struct.
 * Layer 0    uses atomic.h.
 *
 * State      none of ours; what the caller's functions keep beside the pawl_mem
 * Invariant  I1  what take gives is a structure's alone until it gives that back, once,
 *                with the same `bytes`
 * Effect     the caller's.  What was done to memory before give must happen before what
 *            is done to it after the take that hands it out again: malloc and free see
 *            to that; others do by a lock, or a release and an acquire.
 * Progress   the caller's.  A structure asks in the middle of its calls: so take and
 *            give must not wait for another of these, nor make one.
 *
 * Memory     The pawl_mem lives as long as the structures that were given it.  After
 *            fork a child's copy of them uses the child's copy of it.
 *
 * Example
 *     typedef struct counted { pawl_mem mem; size_t calls; } counted;
 *
 *     static void *counted_take(const pawl_mem *mem, size_t bytes)
 *     {
 *         ((counted *)(uintptr_t)mem)->calls++;   // one thread at a time, here
 *         return aligned_alloc(PAWL_LINE, bytes);
 *     }
 */
#ifndef PAWL_MEM_H
#define PAWL_MEM_H

#include <pawl/atomic.h>

typedef struct pawl_mem pawl_mem;
struct pawl_mem {
    /* `bytes`, a multiple of PAWL_LINE, beginning at a multiple of it; content does not
     * matter.  NULL: refused.  Called by any thread that may call what grows, by
     * several at the same time. */
    void *(*take)(const pawl_mem *mem, size_t bytes);
    /* Back comes what take gave, with the same `bytes`.  From any such thread. */
    void (*give)(const pawl_mem *mem, void *memory, size_t bytes);
};

PAWL_BEGIN

/* Memory of `mem`, or of malloc where mem is NULL.  NULL: refused. */
void *pawl_mem_take_(const pawl_mem *mem, size_t bytes);

/* Back to where it came from. */
void pawl_mem_give_(const pawl_mem *mem, void *memory, size_t bytes);

PAWL_END

#endif
