/* unit.h - what the unit tests share: cmocka, memory, threads, children.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Asserts belong to the main thread: cmocka leaves a failed test by longjmp.  Other
 * threads and child processes note what they found, and the main thread asserts.
 */
#ifndef PAWL_TESTS_UNIT_H
#define PAWL_TESTS_UNIT_H

#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The programs end themselves if they hang: main() begins with alarm(WATCHDOG). */
enum { WATCHDOG = 60, PATTERN = 0xa5, UNIT_LINE = 128 };

/* --- memory: exactly `bytes`, so that AddressSanitizer sees the first byte too many */

static inline void *block(size_t bytes)
{
    void *memory = NULL;

    assert_int_equal(posix_memalign(&memory, UNIT_LINE, bytes), 0);
    memset(memory, PATTERN, bytes);
    return memory;
}

static inline bool untouched(const void *memory, size_t bytes)
{
    const unsigned char *byte = memory;

    for (size_t i = 0; i < bytes; i++)
        if (byte[i] != PATTERN)
            return false;
    return true;
}

/* Memory that child processes share with us. */
static inline void *shared_block(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(memory, MAP_FAILED);
    return memory;
}

/* --- threads and flags ---------------------------------------------------- */

typedef _Atomic(int) flag;

static inline void set(flag *f, int value)
{
    atomic_store_explicit(f, value, memory_order_release);
}

static inline int get(flag *f)
{
    return atomic_load_explicit(f, memory_order_acquire);
}

static inline void nap(long milliseconds)
{
    struct timespec t = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

    while (nanosleep(&t, &t) != 0)
        continue;
}

static inline void await(flag *f, int value)
{
    while (get(f) != value)
        sched_yield();
}

static inline pthread_t start(void *(*run)(void *), void *argument)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, argument) != 0)
        abort();
    return thread;
}

static inline void finish(pthread_t thread)
{
    pthread_join(thread, NULL);
}

/* --- signals: a storm of SIGUSR1, without SA_RESTART, on one thread ------- */

typedef struct storm {
    pthread_t target, thread;
    flag over;
} storm;

static flag storm_hits;                 /* signals handled, since it began */

static inline void on_signal(int number)
{
    (void)number;
    atomic_fetch_add_explicit(&storm_hits, 1, memory_order_relaxed);
}

/* A signal every 20 to 50 microseconds. */
static inline void *storm_run(void *argument)
{
    static const struct timespec pause = { 0, 20000 };
    storm *s = argument;

    prctl(PR_SET_TIMERSLACK, 1);
    while (!get(&s->over)) {
        pthread_kill(s->target, SIGUSR1);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

static inline void storm_begin(storm *s, pthread_t target)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGUSR1, &action, NULL);
    s->target = target;
    set(&s->over, 0);
    set(&storm_hits, 0);
    s->thread = start(storm_run, s);
}

static inline void storm_end(storm *s)
{
    set(&s->over, 1);
    finish(s->thread);
}

/* --- children ------------------------------------------------------------- */

static inline pid_t child(int (*run)(void *), void *argument)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        alarm(WATCHDOG / 2);
        exit(run(argument));
    }
    return pid;
}

/* The child's exit status; -1 if a signal ended it. */
static inline int status_of(pid_t pid)
{
    int status = -1;

    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int in_child(int (*run)(void *), void *argument)
{
    return status_of(child(run, argument));
}

/* Fork, and have `found` look around in the child, whose other threads are gone: it
 * leaves by _exit, with status 0 if it found what it was to find. */
static inline void in_a_fork(bool (*found)(void *), void *argument)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        alarm(WATCHDOG / 2);
        _exit(!found(argument));
    }
    assert_int_equal(status_of(pid), 0);
}

/* There if the tests are built to count what they run (coverage.mk): a process that
 * aborts has to write its counts itself. */
extern void __gcov_dump(void) __attribute__((weak));

static inline void on_abort(int number)
{
    (void)number;
    if (__gcov_dump != NULL)
        __gcov_dump();
}

/* Does run(argument) abort, and say `why` on standard error? */
static inline bool dies(void (*run)(void *), void *argument, const char *why)
{
    char said[4096] = "";
    size_t length = 0;
    ssize_t some;
    int ends[2], status = 0;
    pid_t pid;

    fflush(NULL);
    if (pipe(ends) != 0 || (pid = fork()) < 0)
        return false;
    if (pid == 0) {
        alarm(WATCHDOG / 2);
        signal(SIGABRT, on_abort);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        run(argument);
        _exit(0);
    }
    close(ends[1]);
    while ((some = read(ends[0], said + length, sizeof said - 1 - length)) > 0)
        length += (size_t)some;
    close(ends[0]);
    return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status)
        && WTERMSIG(status) == SIGABRT && strstr(said, why) != NULL;
}

#endif
