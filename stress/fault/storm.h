/* storm.h - processes that share a queue, and are killed at random moments.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FAULT_STORM_H
#define FAULT_STORM_H

#include <fault/fault.h>

/* A queue of numbered items, from 1 on, in shared memory; one port a process. */
typedef struct fault_storm {
    const char *structure;
    size_t (*bytes)(unsigned ports);
    bool (*open)(void *memory, size_t bytes, unsigned ports);
    void *(*join)(void *memory);
    bool (*push)(void *port, uint64_t number);
    uint64_t (*pop)(void *port);        /* 0: nothing, UINT64_MAX: torn */
} fault_storm;

/* As many kills as the options say.  Prints a line, and a figure. */
bool fault_rage(const fault_storm *s);

/* A good mix of the bits of x. */
static inline uint64_t fault_mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

#endif
