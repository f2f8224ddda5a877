/* payload.h - items that bring their content along: written, moved and read whole.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * PAYLOAD is how many bytes; all of its words are the item.  Only timed: what holds the
 * content up is tried as the plain subject is.
 */
#ifndef BENCH_PAYLOAD_H
#define BENCH_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

enum { WORDS = PAYLOAD / sizeof(uint64_t) };

static inline void write_payload(void *place, const void *item)
{
    uint64_t *word = (uint64_t *)place;

    for (size_t i = 0; i < WORDS; i++)
        word[i] = (uintptr_t)item;
}

/* The item, or NULL if it is torn. */
static inline void *read_payload(const void *place)
{
    const uint64_t *word = (const uint64_t *)place;
    uint64_t torn = 0;

    for (size_t i = 1; i < WORDS; i++)
        torn |= word[i] ^ word[0];
    return torn == 0 ? (void *)(uintptr_t)word[0] : NULL;
}

#endif
