/* mem.h - where a structure that grows gets its memory.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Most of Pawl never allocates.  What has no bound must; it takes a `const pawl_mem *`
 * when it is made, NULL for malloc, and says in its header when it asks.  A pool, an
 * arena, a count or a failing allocator is one of these at the head of a struct of the
 * caller's:
 *
 *     typedef struct counted { pawl_mem mem; size_t bytes; } counted;
 *
 *     static void *counted_take(const pawl_mem *mem, size_t bytes)
 *     {
 *         ((counted *)(uintptr_t)mem)->bytes += bytes;
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
