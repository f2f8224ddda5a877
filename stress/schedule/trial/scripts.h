/* scripts.h - a scenario's text: what each thread does, a letter an operation.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_SCRIPTS_H
#define TRIAL_SCRIPTS_H

#include <schedule/program.h>

#include <pawl/time.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4 };                   /* at most */
enum { SOON = 1000 };                   /* nanoseconds: beyond any number of looks */

static const char *scripts[THREADS];    /* of the scenario at hand */

/* "pp|cc": thread 0 does pp, thread 1 cc.  Returns how many threads there are. */
static inline unsigned take_scripts(const char *text)
{
    unsigned n = 0;

    for (const char *s = text; s != NULL; n++) {
        if (n == THREADS) {
            fprintf(stderr, "%s: more than %d threads\n", text, THREADS);
            abort();
        }
        scripts[n] = s;
        s = strchr(s, '|');
        s = s != NULL ? s + 1 : NULL;
    }
    return n;
}

/* A call that was to wait until this moment, or longer, has given up. */
static inline void gave_up(pawl_time until)
{
    if (pawl_now() < until)
        schedule_fail("it gave up before its deadline");
}

static inline bool goes_on(const char *script)
{
    return *script != '\0' && *script != '|';
}

#endif
