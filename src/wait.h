/* wait.h - a call that waits on an event: tried until it comes to something.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For the channels: channel.h says what I1 and I3 are.
 */
#ifndef PAWL_SRC_WAIT_H
#define PAWL_SRC_WAIT_H

#include <pawl/event.h>
#include <pawl/backoff.h>

#include <errno.h>

/* Try `attempt` until it returns something but EAGAIN, and return that; or, until the
 * moment `until`, sleep on `e` meanwhile: ETIMEDOUT.  A moment in the past: no try. */
static inline int wait_for(int (*attempt)(void *call), void *call, pawl_event *e,
                           pawl_time until)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    int result;

    if (until != PAWL_FOREVER && until <= pawl_now())
        return ETIMEDOUT;
    /* A yield can take longer than there is time. */
    while (pawl_backoff_wait(&b) && (until == PAWL_FOREVER || pawl_now() < until))
        if ((result = attempt(call)) != EAGAIN)
            return result;
    for (;;) {
        uint32_t key = pawl_event_prepare(e);           /* I1 */
        int late;

        if ((result = attempt(call)) != EAGAIN) {
            pawl_event_cancel(e);
            return result;
        }
        late = pawl_event_wait(e, key, until);
        if ((result = attempt(call)) != EAGAIN)         /* I3 */
            return result;
        if (late != 0)
            return late;
    }
}

#endif
