/* park_linux.c - parking by futex.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * FUTEX_WAIT_BITSET takes an absolute moment on CLOCK_MONOTONIC, so a wait that a
 * signal ends is simply begun again by the caller's loop.  The constants are
 * the kernel's, spelled out because not every C library ships <linux/futex.h>.
 */
#define _GNU_SOURCE
#include <pawl/park.h>

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAKE = 1, WAIT_BITSET = 9, PRIVATE_FLAG = 128 };

/* What SYS_futex reads: two longs, on 32-bit systems too, whatever time_t is (all that
 * have this call but x32).  Seconds since the machine was started fit either. */
struct moment { long seconds, nanoseconds; };

static int operation(int op, pawl_scope scope)
{
    return scope == PAWL_PRIVATE ? op | PRIVATE_FLAG : op;
}

static int wait(uint32_t *word, uint32_t expected, pawl_time until, pawl_scope scope)
{
    int saved = errno, result = 0;
    pawl_time when = until > 0 ? until : 0;
    pawl_time seconds = when / PAWL_SECOND;
    struct moment m = { seconds < LONG_MAX ? (long)seconds : LONG_MAX,
                        (long)(when % PAWL_SECOND) };

    /* Another value in the word, or a signal, comes first even when the moment has
     * come: who waits among many changes would never hear of it. */
    if (syscall(SYS_futex, word, operation(WAIT_BITSET, scope), expected,
                until == PAWL_FOREVER ? NULL : &m, NULL, UINT32_MAX) != 0
        && (errno == ETIMEDOUT || (until != PAWL_FOREVER && until <= pawl_now())))
        result = ETIMEDOUT;
    errno = saved;
    return result;
}

static void wake(uint32_t *word, uint32_t n, pawl_scope scope)
{
    int saved = errno;

    if (n == 0)                         /* which Linux takes for 1 */
        return;
    syscall(SYS_futex, word, operation(WAKE, scope), n < INT_MAX ? (int)n : INT_MAX,
            NULL, NULL, 0);
    errno = saved;
}

int pawl_park(PAWL_ATOMIC(uint32_t) *word, uint32_t expected, pawl_time until,
              pawl_scope scope)
{
    return wait((uint32_t *)(void *)word, expected, until, scope);
}

int pawl_park_half(PAWL_ATOMIC(uint64_t) *word, uint32_t expected, pawl_time until,
                   pawl_scope scope)
{
    return wait(pawl_low_half_(word), expected, until, scope);
}

void pawl_unpark(PAWL_ATOMIC(uint32_t) *word, uint32_t n, pawl_scope scope)
{
    wake((uint32_t *)(void *)word, n, scope);
}

void pawl_unpark_half(PAWL_ATOMIC(uint64_t) *word, uint32_t n, pawl_scope scope)
{
    wake(pawl_low_half_(word), n, scope);
}
