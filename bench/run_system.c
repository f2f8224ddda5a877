/* run_system.c - what it ran on, and how it was built.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE
#include "run.h"

#include <sched.h>
#include <string.h>
#include <sys/utsname.h>

static void first_line(FILE *f, char *line, size_t size)
{
    if (f == NULL || fgets(line, (int)size, f) == NULL)
        snprintf(line, size, "unknown");
    line[strcspn(line, "\n")] = '\0';
}

static void find_commit(system_facts *f)
{
    FILE *p = popen("git describe --always --dirty --abbrev=40 2>/dev/null", "r");

    first_line(p, f->commit, sizeof f->commit);
    if (p != NULL)
        pclose(p);
}

/* The Makefile leaves the commands that it built with beside the programs. */
static void find_flags(system_facts *f, const char *dir)
{
    char path[512];
    FILE *in;

    snprintf(path, sizeof path, "%s/../flags", dir);
    in = fopen(path, "r");
    first_line(in, f->flags, sizeof f->flags);
    if (in != NULL)
        fclose(in);
}

static void find_cpu(system_facts *f)
{
    char line[256];
    FILE *in = fopen("/proc/cpuinfo", "r");
    cpu_set_t ours;

    snprintf(f->cpu, sizeof f->cpu, "unknown");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(f->cpu, sizeof f->cpu, "%.*s", (int)sizeof f->cpu - 1,
                     strchr(line, ':') + 2);
            break;
        }
    if (in != NULL)
        fclose(in);
    CPU_ZERO(&ours);
    sched_getaffinity(0, sizeof ours, &ours);
    f->cpus = CPU_COUNT(&ours);
}

void gather_facts(system_facts *f, const char *dir)
{
    struct utsname u;

    uname(&u);
    snprintf(f->kernel, sizeof f->kernel, "%.60s %.60s %.60s", u.sysname, u.release,
             u.machine);
    snprintf(f->compiler, sizeof f->compiler, "%s", __VERSION__);
    find_commit(f);
    find_flags(f, dir);
    find_cpu(f);
}
