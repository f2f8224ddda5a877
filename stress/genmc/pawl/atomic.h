/* atomic.h - a stand-in for <pawl/atomic.h> that GenMC's interpreter can take.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Found earlier on the include path than the real one, which it includes: atomic
 * operations and their orders stay as they are.  It leaves out the processor's pause,
 * sizes that overflow, and memcpy by bytes: what is copied here are whole 64-bit words.
 */
#ifndef PAWL_GENMC_ATOMIC_H
#define PAWL_GENMC_ATOMIC_H

#pragma GCC system_header               /* #include_next */
#include_next <pawl/atomic.h>

#include <errno.h>
#include <string.h>

#define ECANCELED 125                   /* which GenMC's own <errno.h> lacks */
#define EOWNERDEAD 130

#define pawl_relax() ((void)0)
#define pawl_relax_n(n) ((void)(n))

#define __builtin_mul_overflow(a, b, product) (*(product) = (a) * (b), 0)
#define __builtin_add_overflow(a, b, sum) (*(sum) = (a) + (b), 0)
#define __builtin_ctzll(word) genmc_zeros(word)

static inline int genmc_zeros(uint64_t word)
{
    int zeros = 0;

    for (; !(word & 1); word >>= 1)
        zeros++;
    return zeros;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    uint64_t *t = (uint64_t *)to;
    const uint64_t *f = (const uint64_t *)from;

    for (size_t i = 0; i < bytes / sizeof *t; i++)
        t[i] = f[i];
    return to;
}

#endif
