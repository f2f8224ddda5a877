/* backoff.c - spin, then yield, then say that it is time to sleep.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE
#include <pawl/backoff.h>

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPIN_ROUNDS = 8,                    /* 1 + 2 + 4 + 8 + 4 * 16 = 79 pauses */
    YIELD_ROUNDS = 16,
    CPU_WORDS = 16,                     /* of the process's set: 1,024 CPUs */
    LINE_BYTES = 4096
};

static PAWL_ATOMIC(uint64_t) seen[CPU_WORDS];   /* CPUs of the threads so far */
static PAWL_ATOMIC(uint32_t) usable;            /* how many of them, or the quota */
static PAWL_ATOMIC(uint32_t) quota;             /* 0: not read yet */
static _Thread_local bool joined;               /* this thread's CPUs are in `seen` */

/* The whole CPUs that one cpu.max allows: "max 100000" or "150000 100000". */
static uint32_t read_quota(const char *root, const char *group)
{
    char path[LINE_BYTES];
    unsigned long long allowed = 0, period = 0;
    uint32_t cpus = UINT32_MAX;
    int length = snprintf(path, sizeof path, "%s/sys/fs/cgroup%s/cpu.max", root, group);
    FILE *f = length < LINE_BYTES ? fopen(path, "re") : NULL;

    if (f == NULL)
        return UINT32_MAX;
    if (fscanf(f, "%llu %llu", &allowed, &period) == 2 && period > 0) {
        unsigned long long whole = allowed / period;
        cpus = whole < 1 ? 1 : whole < UINT32_MAX ? (uint32_t)whole : UINT32_MAX;
    }
    fclose(f);
    return cpus;
}

/* Our cgroup's name, from the line "0::/name" that only version 2 writes. */
static bool read_group(const char *root, char name[LINE_BYTES])
{
    char path[LINE_BYTES], line[LINE_BYTES];
    bool found = false;
    FILE *f = snprintf(path, sizeof path, "%s/proc/self/cgroup", root) < LINE_BYTES
            ? fopen(path, "re") : NULL;

    while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "0::/", 4) == 0) {
            line[strcspn(line, "\n")] = '\0';
            strcpy(name, line + 3);
            found = true;
        }
    if (f != NULL)
        fclose(f);
    return found;
}

uint32_t pawl_quota_cpus_(const char *root)
{
    char group[LINE_BYTES];
    uint32_t least = UINT32_MAX;

    if (!read_group(root, group))
        return UINT32_MAX;
    for (;;) {                          /* /a/b, then /a, then the top */
        uint32_t cpus = read_quota(root, strcmp(group, "/") == 0 ? "" : group);
        char *slash = strrchr(group, '/');

        least = cpus < least ? cpus : least;
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

/* Add this thread's CPUs to the process's set, and count the set anew. */
static void join(void)
{
    cpu_set_t mine;
    uint32_t count = 0, limit = atomic_load_explicit(&quota, memory_order_relaxed);

    joined = true;
    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof mine, &mine) != 0)
        memset(&mine, 0xff, sizeof mine);       /* more CPUs than a set holds */
    for (int word = 0; word < CPU_WORDS; word++) {
        uint64_t bits = 0;
        for (int bit = 0; bit < 64; bit++)
            if (CPU_ISSET((size_t)(word * 64 + bit), &mine))
                bits |= UINT64_C(1) << bit;
        /* relaxed, here and below: the counts are advice and guard nothing. */
        bits |= atomic_fetch_or_explicit(&seen[word], bits, memory_order_relaxed);
        count += (uint32_t)__builtin_popcountll(bits);
    }
    if (limit == 0) {
        limit = pawl_quota_cpus_("");
        atomic_store_explicit(&quota, limit, memory_order_relaxed);
    }
    count = count < limit ? count : limit;
    atomic_store_explicit(&usable, count > 0 ? count : 1, memory_order_relaxed);
}

uint32_t pawl_usable_cpus(void)
{
    if (!joined)
        join();
    return atomic_load_explicit(&usable, memory_order_relaxed);
}

bool pawl_backoff_wait(pawl_backoff *b)
{
    if (b->round < SPIN_ROUNDS && pawl_usable_cpus() == 1)
        b->round = SPIN_ROUNDS;
    if (b->round >= SPIN_ROUNDS + YIELD_ROUNDS)
        return false;
    if (b->round < SPIN_ROUNDS)
        for (uint32_t i = 0; i < UINT32_C(1) << (b->round < 4 ? b->round : 4); i++)
            pawl_relax();
    else
        pawl_yield();
    b->round++;
    return true;
}
