/* ticketlock.c - subject: our ticket lock.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/ticketlock.h>

#define SUBJECT "ticketlock"
typedef pawl_ticketlock subject;
typedef char handle;

static bool subject_open(subject *s) { (void)s; return true; }  /* zeroed is free */
static void subject_close(subject *s) { (void)s; }

static void subject_lock(subject *s, handle *h)
{
    (void)h;
    pawl_ticketlock_lock(s);
}

static bool subject_try_lock(subject *s, handle *h)
{
    (void)h;
    return pawl_ticketlock_try_lock(s);
}

static void subject_unlock(subject *s, handle *h)
{
    (void)h;
    pawl_ticketlock_unlock(s);
}

#include <trial/lock.h>
