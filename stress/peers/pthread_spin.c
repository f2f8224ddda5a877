/* pthread_spin.c - subject: the C library's spinlock. */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdbool.h>

#define SUBJECT "pthread_spin"
typedef pthread_spinlock_t subject;
typedef char handle;

static bool subject_open(subject *s) { return pthread_spin_init(s, 0) == 0; }
static void subject_close(subject *s) { pthread_spin_destroy(s); }

static void subject_lock(subject *s, handle *h)
{
    (void)h;
    pthread_spin_lock(s);
}

static bool subject_try_lock(subject *s, handle *h)
{
    (void)h;
    return pthread_spin_trylock(s) == 0;
}

static void subject_unlock(subject *s, handle *h)
{
    (void)h;
    pthread_spin_unlock(s);
}

#include <trial/lock.h>
