/* eventfd.h - an event that a poll loop can wait for: it makes an fd readable.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Layer 1; uses event.h.
 *
 * A listener (event.h) that rings a doorbell: an fd for epoll, libuv, libev, asyncio,
 * gevent.  It is rung once for all that happens between two arms, and not at all
 * while the loop is at work: a notifier then pays one load, not a system call.
 *
 *     for (;;) {
 *         epoll_wait(...);                       until f's fd is readable
 *         pawl_eventfd_clear(&f);                first of all, never after taking
 *         for (unsigned i = 0; ; i++) {
 *             if (i == 256) {                    others in this loop want a turn
 *                 pawl_eventfd_ring(&f);
 *                 break;
 *             }
 *             if (take one item and use it)
 *                 continue;
 *             pawl_eventfd_arm(&f);              nothing there: ring, when there is,
 *             if (there is nothing now either)   and look again
 *                 break;
 *             pawl_eventfd_disarm(&f);           something came: no need to ring
 *         }
 *     }
 *
 * All calls are for one thread at a time, the loop's.  Wakes for no reason happen.
 * After fork, the child opens one of its own.
 */
#ifndef PAWL_EVENTFD_H
#define PAWL_EVENTFD_H

#include <pawl/event.h>

typedef struct pawl_eventfd {
    pawl_listener listener;             /* first: fire finds us by its address */
    pawl_event *event;
    int fd;
    bool armed;                         /* as far as the loop's thread knows */
} pawl_eventfd;

PAWL_BEGIN

/* Make `f` a doorbell on `e`, not armed, not readable.  0; EINVAL for an event between
 * processes; or what eventfd(2) says: EMFILE, ENFILE, ENODEV, ENOMEM. */
int pawl_eventfd_open(pawl_eventfd *f, pawl_event *e);

/* Disarm, and close the fd.  `e` must still be there. */
void pawl_eventfd_close(pawl_eventfd *f);

/* Let the next notify that reaches listeners make the fd readable.  Look afterwards:
 * what came before does not ring.  No effect when armed already. */
void pawl_eventfd_arm(pawl_eventfd *f);

/* True: nothing rang, and nothing will.  False: it had rung, and the fd is readable. */
bool pawl_eventfd_disarm(pawl_eventfd *f);

/* Make the fd unreadable until the next ring.  Disarms, if it had not rung. */
void pawl_eventfd_clear(pawl_eventfd *f);

/* Make the fd readable yourself, to come back here after the loop's other work. */
void pawl_eventfd_ring(pawl_eventfd *f);

PAWL_END

/* The fd to poll for reading.  Never read, write or close it yourself. */
static inline int pawl_eventfd_fd(const pawl_eventfd *f)
{
    return f->fd;
}

#endif
