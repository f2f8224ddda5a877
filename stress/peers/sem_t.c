/* sem_t.c - subject: the C library's semaphore, one permit a call. */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <pawl/time.h>

#include <errno.h>
#include <semaphore.h>
#include <time.h>

#define SUBJECT "sem_t"
#define SUBJECT_SEVERAL 0
typedef sem_t subject;

static bool subject_open(subject *s, unsigned permits)
{
    return sem_init(s, 0, permits) == 0;
}

static void subject_close(subject *s) { sem_destroy(s); }

static bool subject_post(subject *s, unsigned n)
{
    while (n > 0 && sem_post(s) == 0)
        n--;
    return n == 0;
}

static bool subject_wait(subject *s, unsigned n)
{
    while (n > 0)
        if (sem_wait(s) == 0)
            n--;
    return true;
}

static bool subject_try_wait(subject *s, unsigned n)
{
    return n == 1 && sem_trywait(s) == 0;
}

static bool subject_wait_until(subject *s, unsigned n, int64_t ns_from_now)
{
    struct timespec t;
    int result;

    if (n != 1)
        return false;
    clock_gettime(CLOCK_REALTIME, &t);
    ns_from_now += t.tv_nsec;
    t.tv_sec += (time_t)(ns_from_now / PAWL_SECOND);
    t.tv_nsec = (long)(ns_from_now % PAWL_SECOND);
    while ((result = sem_timedwait(s, &t)) != 0 && errno == EINTR)
        continue;
    return result == 0;
}

#include <trial/sem.h>
