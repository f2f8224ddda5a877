/* ck_spinlock_mcs.c - ck's MCS lock (Debian libck-dev: ck_spinlock.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <ck_spinlock.h>

#include <stdbool.h>

#define SUBJECT "ck_spinlock_mcs"
typedef ck_spinlock_mcs_t subject;              /* the tail of the queue */
typedef ck_spinlock_mcs_context_t handle;       /* our place in it */

static bool subject_open(subject *s) { ck_spinlock_mcs_init(s); return true; }
static void subject_close(subject *s) { (void)s; }
static void subject_lock(subject *s, handle *h) { ck_spinlock_mcs_lock(s, h); }
static void subject_unlock(subject *s, handle *h) { ck_spinlock_mcs_unlock(s, h); }

static bool subject_try_lock(subject *s, handle *h)
{
    return ck_spinlock_mcs_trylock(s, h);
}

#include <trial/lock.h>
