/* mem.c - memory of the caller's, or of malloc.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/mem.h>

#include <stdlib.h>

void *pawl_mem_take_(const pawl_mem *mem, size_t bytes)
{
    return mem != NULL ? mem->take(mem, bytes) : aligned_alloc(PAWL_LINE, bytes);
}

void pawl_mem_give_(const pawl_mem *mem, void *memory, size_t bytes)
{
    if (mem != NULL)
        mem->give(mem, memory, bytes);
    else
        free(memory);
}
