/* memory.c - memory that all processes share, at one address.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * aligned_alloc, with which subjects get theirs, gives one and the same piece each
 * time: there is one structure at a time, and none is given back.
 */
#define _GNU_SOURCE 1
#include <fault/engine.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PIECE = 1 << 16 };

void *fault_memory(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                    0);

    if (at == MAP_FAILED)
        fault_die("no memory");
    return at;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    static void *piece;

    if (piece == NULL)
        piece = fault_memory(PIECE);
    if (bytes > PIECE || alignment > 4096)
        return NULL;
    memset(piece, 0xa5, bytes);         /* init is to leave nothing to chance */
    return piece;
}
