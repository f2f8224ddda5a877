/* run_child.c - one run of one subject's program.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One subject, one process: a crash or a hang is that subject's failure alone.
 */
#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

volatile int interrupted;

/* Start dir/NAME with its standard output on *out. */
static pid_t start(const char *dir, char *const argv[], int *out)
{
    char path[512];
    int ends[2];
    pid_t child;

    snprintf(path, sizeof path, "%s/%s", dir, argv[0]);
    if (pipe(ends) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        signal(SIGINT, SIG_DFL);
        execv(path, argv);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    return child;
}

/* Read all it says, for so many milliseconds at most; false: it had to be killed, or we
 * were interrupted. */
static bool listen_to(pid_t child, int out, char *text, size_t size, int patience)
{
    struct pollfd p = { out, POLLIN, 0 };
    size_t length = 0;
    bool ended = false;

    while (!ended && !interrupted) {
        int ready = poll(&p, 1, patience);
        ssize_t n;

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        n = read(out, text + length, size - 1 - length);
        ended = n <= 0;
        length += n > 0 ? (size_t)n : 0;
    }
    text[length] = '\0';
    close(out);
    if (!ended)
        kill(child, SIGKILL);
    return ended;
}

/* Its exit status, or -1. */
static int end_of(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

sample run_child(const char *dir, const cell *c, int milliseconds, int limit)
{
    sample s = { FAILED, 1, 0, 0, 0 };
    char text[256], for_so_long[16], at_most[16], name[64], how[16];
    char *argv[] = { (char *)c->subject->name, "--workload", (char *)c->workload->name,
                     "--milliseconds", for_so_long, "--limit", at_most, NULL };
    unsigned long long items;
    long long nanoseconds;
    bool ended;
    int out;
    pid_t child;

    snprintf(for_so_long, sizeof for_so_long, "%d", milliseconds);
    snprintf(at_most, sizeof at_most, "%d", limit);
    child = start(dir, argv, &out);
    if (child < 0)
        return s;
    ended = listen_to(child, out, text, sizeof text, 4 * limit + 5000);
    if (end_of(child) == 0 && ended
        && sscanf(text, "%63s %15s %llu %lld %lf %lf", name, how, &items, &nanoseconds,
                  &s.line_before, &s.line_after) == 6
        && strcmp(name, c->workload->name) == 0 && items > 0) {
        s.items = items;
        s.nanoseconds = nanoseconds;
        s.outcome = strcmp(how, "ok") == 0 ? MEASURED : COLLAPSED;
    } else if (interrupted)
        s.outcome = INTERRUPTED;
    return s;
}

bool list_child(const char *dir, const subject *s, void (*add)(void *, const char *),
                void *context)
{
    char text[1024], *rest = text, *name;
    char *argv[] = { (char *)s->name, "--list", NULL };
    int out;
    pid_t child = start(dir, argv, &out);
    bool ended;

    if (child < 0)
        return false;
    ended = listen_to(child, out, text, sizeof text, 5000);
    if (end_of(child) != 0 || !ended)
        return false;
    while ((name = strsep(&rest, "\n")) != NULL)
        if (*name != '\0')
            add(context, name);
    return true;
}
