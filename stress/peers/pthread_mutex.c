/* pthread_mutex.c - subject: the C library's mutex, which sleeps. */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdbool.h>

#define SUBJECT "pthread_mutex"
typedef pthread_mutex_t subject;
typedef char handle;

static bool subject_open(subject *s) { return pthread_mutex_init(s, NULL) == 0; }
static void subject_close(subject *s) { pthread_mutex_destroy(s); }

static void subject_lock(subject *s, handle *h)
{
    (void)h;
    pthread_mutex_lock(s);
}

static bool subject_try_lock(subject *s, handle *h)
{
    (void)h;
    return pthread_mutex_trylock(s) == 0;
}

static void subject_unlock(subject *s, handle *h)
{
    (void)h;
    pthread_mutex_unlock(s);
}

#include <trial/lock.h>
