/* sem.c - subject: our semaphore.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/sem.h>

#define SUBJECT "sem"
#define SUBJECT_SEVERAL 1
#define SUBJECT_SHUT 1
#define SUBJECT_HINT(s) pawl_sem_count_hint(s)
typedef pawl_sem subject;

#include <subject/refusal.h>

static pawl_scope scope = PAWL_PRIVATE; /* a trial with processes says PAWL_SHARED */
#define SUBJECT_SCOPE scope

static bool subject_open(subject *s, unsigned permits)
{
    return pawl_sem_init(s, permits, scope) == 0;
}

static void subject_close(subject *s) { (void)s; }
static bool subject_shut(subject *s) { return pawl_sem_close(s); }

static bool subject_post(subject *s, unsigned n)
{
    return went(pawl_sem_post(s, n), CLOSED | TOO_MANY);
}

static bool subject_wait(subject *s, unsigned n)
{
    return went(pawl_sem_wait(s, n), CLOSED);
}

static bool subject_try_wait(subject *s, unsigned n)
{
    return went(pawl_sem_try_wait(s, n), NOT_NOW | CLOSED);
}

static bool subject_wait_until(subject *s, unsigned n, int64_t ns_from_now)
{
    return went(pawl_sem_wait_until(s, n, pawl_after(ns_from_now)), LATE | CLOSED);
}

#include <trial/sem.h>
