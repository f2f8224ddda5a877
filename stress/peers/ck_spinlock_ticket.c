/* ck_spinlock_ticket.c - ck's ticket lock (Debian libck-dev: ck_spinlock.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <ck_spinlock.h>

#include <stdbool.h>

#define SUBJECT "ck_spinlock_ticket"
typedef ck_spinlock_ticket_t subject;
typedef char handle;

static bool subject_open(subject *s) { ck_spinlock_ticket_init(s); return true; }
static void subject_close(subject *s) { (void)s; }

static void subject_lock(subject *s, handle *h)
{
    (void)h;
    ck_spinlock_ticket_lock(s);
}

static bool subject_try_lock(subject *s, handle *h)
{
    (void)h;
    return ck_spinlock_ticket_trylock(s);
}

static void subject_unlock(subject *s, handle *h)
{
    (void)h;
    ck_spinlock_ticket_unlock(s);
}

#include <trial/lock.h>
