/* event.c - subject: our event count.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/event.h>

#define SUBJECT "event"
typedef pawl_event subject;
typedef pawl_listener listener;

#include <subject/refusal.h>

static pawl_scope scope = PAWL_PRIVATE; /* a trial with processes says PAWL_SHARED */
#define SUBJECT_SCOPE scope

static bool subject_open(subject *e) { return pawl_event_init(e, scope) == 0; }
static void subject_close(subject *e) { (void)e; }
static uint32_t subject_prepare(subject *e) { return pawl_event_prepare(e); }
static void subject_cancel(subject *e) { pawl_event_cancel(e); }
static void subject_notify(subject *e, uint32_t n) { pawl_event_notify(e, n); }
static bool subject_waited(const subject *e) { return pawl_event_waited(e); }

static void subject_wait(subject *e, uint32_t key)
{
    (void)went(pawl_event_wait(e, key, PAWL_FOREVER), 0);
}

static bool subject_wait_until(subject *e, uint32_t key, int64_t ns_from_now)
{
    return went(pawl_event_wait(e, key, pawl_after(ns_from_now)), LATE);
}

static bool subject_listen(subject *e, listener *l, void (*fire)(listener *l))
{
    *l = (pawl_listener)PAWL_LISTENER_INIT(fire);
    return pawl_event_listen(e, l) == 0;
}

static bool subject_unlisten(subject *e, listener *l)
{
    return pawl_event_unlisten(e, l);
}

#include <trial/event.h>
