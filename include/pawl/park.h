/* park.h - sleep until a word changes: the one door to the kernel's scheduler.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       park(word, expected) sleeps only if the word still holds `expected`, which
 *            is checked, and the thread put to sleep, as one step against unpark:
 *            whoever changes the word first and then unparks cannot be missed.  It may
 *            return for no reason at all, after a signal (EINTR is not shown), or
 *            because the word had changed: look again, in a loop.
 * Source     H. Franke, R. Russell and M. Kirkwood, "Fuss, Futexes and Furwocks", 2002;
 *            futex(2).
 * Layer 1    uses atomic.h, time.h.
 *
 * State      the caller's word, and the kernel's list of who sleeps on its address
 * Invariant  I1  nobody falls asleep on a word that holds another value than expected
 *            I2  unpark takes an address only, and does not read the word: the waker
 *                may pass the address of a word that its waiter, already satisfied, has
 *                unmapped.  The worst it can cause is a wake for no reason elsewhere.
 * Effect     both in the kernel, under its lock of that list.  They order no memory;
 *            the caller's own atomics do that.
 * Progress   park blocks, until unparked or its moment.  unpark never does.  Whoever is
 *            stopped or killed in either holds up nobody; but a wake that it took from
 *            others, or was to give, is lost with it.
 *
 * Memory     The word lies in memory of one process (PAWL_PRIVATE), or in memory shared
 *            between processes (PAWL_SHARED); both sides must say the same.  There is
 *            nothing to make or to free.  A forked child sleeps and wakes on its own
 *            copy of a private word.
 */
#ifndef PAWL_PARK_H
#define PAWL_PARK_H

#include <pawl/time.h>

typedef enum pawl_scope {
    PAWL_PRIVATE = 0,                   /* the threads of one process */
    PAWL_SHARED = 1                     /* whoever maps the memory */
} pawl_scope;

#define PAWL_ALL UINT32_MAX             /* unpark, notify: as many as there are */

PAWL_BEGIN

/* Sleep while `*word` is `expected`, until unparked or `until`, a moment on
 * pawl_now()'s clock.  Returns 0: look again; ETIMEDOUT: the moment has come.  A
 * moment in the past never sleeps. */
int pawl_park(PAWL_ATOMIC(uint32_t) *word, uint32_t expected, pawl_time until,
              pawl_scope scope);

/* The same on the low 32 bits of a 64-bit word. */
int pawl_park_half(PAWL_ATOMIC(uint64_t) *word, uint32_t expected, pawl_time until,
                   pawl_scope scope);

/* Wake up to `n` of those who sleep on `word`; one system call. */
void pawl_unpark(PAWL_ATOMIC(uint32_t) *word, uint32_t n, pawl_scope scope);
void pawl_unpark_half(PAWL_ATOMIC(uint64_t) *word, uint32_t n, pawl_scope scope);

PAWL_END

#endif
