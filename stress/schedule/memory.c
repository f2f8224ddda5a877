/* memory.c - what memory does: here each word has one value, the same for all.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/model/memory.c takes its place where memory is as weak as C11 allows.
 */
#include <schedule/machine.h>

#define m schedule_machine

const char *const schedule_rung = "schedules";

void schedule_memory_begin(void)
{
}

void schedule_memory_moment(uint64_t event)
{
    (void)event;
}

uint64_t schedule_memory_hash(uint64_t hash)
{
    return hash;
}

bool schedule_memory_explains(char *why, size_t bytes)
{
    size_t n;
    const history_op *ops = schedule_history(&n);

    return history_search(m.test->spec, ops, n, why, bytes);
}

uint32_t schedule_memory_parks(const uint32_t *word)
{
    return *word;
}

void schedule_memory_unparked(const uint32_t *word)
{
    (void)word;
}

void schedule_reads(const volatile void *word)
{
    (void)word;
}

void schedule_writes(const volatile void *word)
{
    (void)word;
}
