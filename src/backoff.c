/* backoff.c - spin, then yield, then say that it is time to sleep.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE
#include <pawl/backoff.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

enum {
    SPIN_ROUNDS = 8,                    /* 1 + 2 + 4 + 8 + 4 * 16 = 79 pauses */
    YIELD_ROUNDS = 16,
    CPU_WORDS = 16,                     /* of the process's set: 1,024 CPUs */
    PATH_BYTES = 1024                   /* a longer path has no quota for us */
};

static PAWL_ATOMIC(uint64_t) seen[CPU_WORDS];   /* CPUs of the threads so far */
static PAWL_ATOMIC(uint32_t) usable;            /* how many of them, or the quota */
static PAWL_ATOMIC(uint32_t) quota;             /* 0: not read yet */
static _Thread_local bool joined;               /* this thread's CPUs are in `seen` */

/* A file read byte by byte, in little memory: a lock's first waiter comes this way, on
 * whatever stack it has, and perhaps from under malloc. */
typedef struct text {
    int fd;
    ssize_t length, next;
    char bytes[256];
} text;

/* root + a + b, opened; false if there is no such file. */
static bool open_text(text *t, const char *root, const char *a, const char *b)
{
    char path[PATH_BYTES];

    if (strlen(root) + strlen(a) + strlen(b) >= sizeof path)
        return false;
    strcat(strcat(strcpy(path, root), a), b);
    t->length = t->next = 0;
    t->fd = open(path, O_RDONLY | O_CLOEXEC);
    return t->fd >= 0;
}

/* The next byte, or -1 at the end. */
static int next_byte(text *t)
{
    if (t->next == t->length) {
        t->length = read(t->fd, t->bytes, sizeof t->bytes);
        t->next = 0;
        if (t->length <= 0)
            return t->length = 0, -1;
    }
    return (unsigned char)t->bytes[t->next++];
}

/* The number that comes next, and the byte after it in *after; false: none. */
static bool next_number(text *t, uint64_t *number, int *after)
{
    bool any = false;

    *number = 0;
    while ((*after = next_byte(t)) >= '0' && *after <= '9') {
        *number = *number * 10 + (uint64_t)(*after - '0');
        any = true;
    }
    return any;
}

/* The whole CPUs that one cpu.max allows: "max 100000" or "150000 100000". */
static uint32_t read_quota(const char *root, char *group)
{
    text t;
    uint64_t allowed, period, whole;
    uint32_t cpus = UINT32_MAX;
    size_t length = strlen(group);

    if (length + sizeof "/cpu.max" > PATH_BYTES)
        return cpus;
    strcat(group, "/cpu.max");
    if (open_text(&t, root, "/sys/fs/cgroup", group)) {
        int after;

        if (next_number(&t, &allowed, &after) && after == ' '
            && next_number(&t, &period, &after) && period > 0) {
            whole = allowed / period;
            cpus = whole < 1 ? 1 : whole < UINT32_MAX ? (uint32_t)whole : UINT32_MAX;
        }
        close(t.fd);
    }
    group[length] = '\0';
    return cpus;
}

/* Our cgroup's path, from the line "0::/path" that only version 2 writes; "" at the
 * top. False: there is none, or it is too long. */
static bool read_group(const char *root, char path[PATH_BYTES])
{
    const char *mark = "0::";
    size_t matched = 0, length = 0;
    text t;
    int c;

    if (!open_text(&t, root, "/proc/self/cgroup", ""))
        return false;
    while ((c = next_byte(&t)) >= 0 && !(matched == 3 && c == '\n'))
        if (matched == 3) {
            if (length + 1 < PATH_BYTES)
                path[length] = (char)c;
            length++;
        } else if (c == '\n') {
            matched = 0;
        } else {                        /* past a wrong start, nothing matches */
            matched = matched < 3 && c == mark[matched] ? matched + 1 : 4;
        }
    close(t.fd);
    if (matched != 3 || length == 0 || length >= PATH_BYTES)
        return false;
    path[path[length - 1] == '/' ? length - 1 : length] = '\0';
    return true;
}

uint32_t pawl_quota_cpus_(const char *root)
{
    char group[PATH_BYTES];
    uint32_t least = UINT32_MAX;

    if (!read_group(root, group))
        return UINT32_MAX;
    for (;;) {                          /* /a/b, then /a, then the top */
        uint32_t cpus = read_quota(root, group);
        char *slash = strrchr(group, '/');

        least = cpus < least ? cpus : least;
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

/* Add this thread's CPUs to the process's set; returns how many the set has. */
static uint32_t add_cpus(void)
{
    cpu_set_t mine;
    uint32_t count = 0;

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
    return count > 0 ? count : 1;
}

/* This thread's first wait.  Whoever waits for a lock does not expect to be cancelled
 * there, nor to find errno changed. */
static void join(void)
{
    int saved = errno, cancel;
    uint32_t count, limit, known;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    joined = true;
    count = add_cpus();
    limit = atomic_load_explicit(&quota, memory_order_relaxed);
    if (limit == 0) {
        limit = pawl_quota_cpus_("");
        atomic_store_explicit(&quota, limit, memory_order_relaxed);
    }
    count = count < limit ? count : limit;
    known = atomic_load_explicit(&usable, memory_order_relaxed);
    while (known < count           /* the set only grows: so does its count */
           && !atomic_compare_exchange_weak_explicit(&usable, &known, count,
                  memory_order_relaxed, memory_order_relaxed))
        continue;
    pthread_setcancelstate(cancel, NULL);
    errno = saved;
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
        pawl_relax_n(UINT32_C(1) << (b->round < 4 ? b->round : 4));
    else
        pawl_yield();
    b->round++;
    return true;
}
