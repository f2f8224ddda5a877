/* refusal.h - why a call of ours was refused: one of the answers that its header lists.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * To a trial a call went well, or did not: that is all that some peers can say.  Ours
 * return why, and a subject lets that through here.  An answer that this call may not
 * give ends the program.
 */
#ifndef SUBJECT_REFUSAL_H
#define SUBJECT_REFUSAL_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a call may be refused with, each a bit. */
enum { NOT_NOW = 1, CLOSED = 2, LATE = 4, TOO_MANY = 8, NO_MEMORY = 16 };

/* The last refusal of this thread, for trials: EAGAIN, ECANCELED, ETIMEDOUT
 * or EOVERFLOW. */
static _Thread_local int refusal;
#define SUBJECT_REFUSAL refusal

/* Known by its symbol: under the scheduler, which shows how it came to that. */
__attribute__((weak, format(printf, 1, 2))) void schedule_fail(const char *why, ...);

__attribute__((noreturn, cold, noinline)) static void wrong_refusal(int result)
{
    const char *what = strerror(result);

    if (schedule_fail != NULL)
        schedule_fail("refused with %d, %s, which this call may not say", result, what);
    fflush(stdout);
    fprintf(stderr, "%s: refused with %d, %s, which this call may not say\n"
            "%-18s FAILED\n", SUBJECT, result, what, SUBJECT);
    _Exit(1);
}

/* True: it went well; false: it was refused as it `may` be. */
static inline bool went(int result, unsigned may)
{
    unsigned why = result == EAGAIN ? NOT_NOW : result == ECANCELED ? CLOSED
                 : result == ETIMEDOUT ? LATE
                 : result == EOVERFLOW ? TOO_MANY : result == ENOMEM ? NO_MEMORY : 0;

    if (result == 0)
        return true;
    if ((why & may) == 0)
        wrong_refusal(result);
    refusal = result;
    return false;
}

#endif
