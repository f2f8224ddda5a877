/* perturb.c - behind the seam: dice that make atomic operations come late, or fail.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Before and after each atomic operation the thread now and then yields, spins or
 * sleeps a moment, and compare_exchange_weak sometimes fails for no reason: what may
 * happen once in a million operations happens in every run.
 */
#define _GNU_SOURCE 1
#include <perturb/perturb.h>

#include <sched.h>
#include <time.h>

enum {
    ONE_IN = 64,                        /* operations are perturbed */
    FAILS_ONE_IN = 16,                  /* weak exchanges fail */
    SPINS_MAX = 300,                    /* pauses */
    SLEEP_MAX = 50000                   /* nanoseconds */
};

static _Atomic(uint64_t) seed = 1;
static _Thread_local uint64_t dice;

void pawl_perturb_seed(uint64_t with)
{
    /* The compiler's own operation, here and below: these are not to be perturbed. */
    SEAM_DO_STORE(&seed, with | 1, memory_order_relaxed);
}

/* A number from 0 to `below` - 1.  Each thread has dice of its own, xorshift64*, which
 * begin with a number that the seed and its turn among the threads give it. */
static unsigned roll(unsigned below)
{
    if (dice == 0)
        dice = SEAM_DO_FETCH(add, &seed, UINT64_C(0x9e3779b97f4a7c14),
                             memory_order_relaxed) | 1;
    dice ^= dice >> 12;
    dice ^= dice << 25;
    dice ^= dice >> 27;
    return (unsigned)((dice * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below);
}

static void wait_a_moment(void)
{
    unsigned which = roll(8);
    struct timespec moment = { 0, 1 + (long)roll(SLEEP_MAX) };

    if (which == 0)
        nanosleep(&moment, NULL);
    else if (which < 4)
        sched_yield();
    else
        for (unsigned i = roll(SPINS_MAX); i > 0; i--)
            pawl_seam_relax();
}

static void perturb(void)
{
    if (roll(2 * ONE_IN) == 0)          /* twice an operation */
        wait_a_moment();
}

void pawl_seam_before(pawl_seam_op op, const volatile void *word, size_t bytes,
                      const char *file, int line)
{
    (void)op, (void)word, (void)bytes, (void)file, (void)line;
    perturb();
}

void pawl_seam_after(pawl_seam_op op, const volatile void *word, size_t bytes,
                     const char *file, int line)
{
    (void)op, (void)word, (void)bytes, (void)file, (void)line;
    perturb();
}

bool pawl_seam_fails(void)
{
    return roll(FAILS_ONE_IN) == 0;
}

void pawl_seam_relax(void)
{
    (pawl_relax)();                     /* the real one, not the macro */
}
