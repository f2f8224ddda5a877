/* backoff.h - what the tests of backoff.h share: a file tree with quotas, and CPUs.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_BACKOFF_H
#define PAWL_TESTS_BACKOFF_H

#include "unit.h"

#include <ftw.h>
#include <pawl/backoff.h>
#include <sys/stat.h>

/* --- a file tree of our own ----------------------------------------------- */

static char root[256];

static inline int remove_one(const char *path, const struct stat *s, int type,
                             struct FTW *at)
{
    (void)s, (void)type, (void)at;
    return remove(path);
}

static inline int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "%s/pawl-backoff-XXXXXX", P_tmpdir);
    return mkdtemp(root) == NULL;
}

static inline int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Write `text` to `root`/`name`, making the folders on the way. */
static inline void put(const char *name, const char *text)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

#define CGROUP "proc/self/cgroup"
#define TOP    "sys/fs/cgroup/"

/* --- CPUs ----------------------------------------------------------------- */

static int cpus[CPU_SETSIZE], ncpus;        /* those that we may use at all */

static inline void find_cpus(void)
{
    cpu_set_t all;

    CPU_ZERO(&all);
    sched_getaffinity(0, sizeof all, &all);
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &all))
            cpus[ncpus++] = i;
}

/* Run this thread on the n usable CPUs from cpus[first] on. */
static inline bool pin(int first, int n)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    for (int i = first; i < first + n; i++)
        CPU_SET(cpus[i], &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

#endif
