/* eventfd.h - an event that a poll loop can wait for: it makes an fd readable.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       A listener (event.h) that rings a doorbell: an fd for epoll, libuv, libev,
 *            asyncio, gevent.  It is rung once for all that happens between two arms,
 *            and not at all while the loop is at work: a notifier then makes no system
 *            call.  Wakes for no reason happen: so does a ring late, after clear.
 * Source     eventfd(2); ours is when it is rung.
 * Layer 1    uses event.h.
 *
 * State      armed    what the loop last did: arm, or disarm and clear
 *            listener in the event's list from arm until it is disarmed or fires
 *            fd       readable from a ring until clear
 * Invariant  I1  armed, it is in the event's list, or has fired, or is just firing:
 *                then the fd is readable, or soon will be
 *            I2  not armed, nobody rings it but who began to before
 * Effect     arm and disarm as listen and unlisten of event.h; a ring at its write.
 * Progress   ring never waits.  arm, disarm, clear and close take the lock of the
 *            event's list for a few steps, as event.h says: stopped there, they hold
 *            up notify and whoever arms.  Only close waits for a ring that is under
 *            way: it must not run at a real-time priority above a notifier's on its
 *            CPU.  A notifier stopped between taking the listener and its write leaves
 *            this doorbell silent until the loop disarms or clears it, and arms it
 *            again.
 *
 * Roles      All calls are for one thread at a time, the loop's, and not from within a
 *            listener's call; no thread is cancelled in them, or in a ring.
 *
 * Memory     The caller's; while it is open it stays where it is.  Close it before the
 *            event goes.  One process only.  After fork, the child opens one of its
 *            own, and of this one does no more than close(2) the fd.
 *
 * A consumer that sleeps in poll(2), on an open port of the channel:
 *
 * Example
 *     #include <pawl/channel.h>
 *     #include <pawl/eventfd.h>
 *     #include <poll.h>
 *     static inline int consume(pawl_channel *c, pawl_channel_port *port)
 *     {
 *         pawl_eventfd f;
 *         int result = pawl_eventfd_open(&f, pawl_channel_items(c));
 *         if (result != 0)
 *             return result;
 *         pawl_eventfd_ring(&f);                  // look before the first sleep
 *         while (result != ECANCELED) {
 *             struct pollfd at = { pawl_eventfd_fd(&f), POLLIN, 0 };
 *             void *cell;
 *             poll(&at, 1, -1);
 *             pawl_eventfd_clear(&f);             // first of all, never after taking
 *             for (int i = 0; ; i++) {
 *                 if (i == 256) {                 // others in this loop want a turn
 *                     pawl_eventfd_ring(&f);
 *                     break;
 *                 }
 *                 result = pawl_channel_try_pop(port, &cell);
 *                 if (result == EAGAIN) {         // none: ring when there is, and
 *                     pawl_eventfd_arm(&f);       // look again
 *                     result = pawl_channel_try_pop(port, &cell);
 *                     if (result == EAGAIN)
 *                         break;
 *                     pawl_eventfd_disarm(&f);    // at work: no need to ring
 *                 }
 *                 if (result == ECANCELED)
 *                     break;
 *                 // here is an item, in *cell
 *             }
 *         }
 *         pawl_eventfd_close(&f);
 *         return 0;
 *     }
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

/* Disarm, and close the fd.  A ring that was neither cleared nor disarmed is passed on
 * to others who wait.  The event must still be there. */
void pawl_eventfd_close(pawl_eventfd *f);

/* Let the next notify that reaches listeners make the fd readable.  Look afterwards:
 * what came before does not ring.  No effect when armed already. */
void pawl_eventfd_arm(pawl_eventfd *f);

/* True: it was not armed, or will not ring.  False: it rang, or is just being rung, and
 * the fd is readable, or soon will be: go on to look, or pass it on by a notify. */
bool pawl_eventfd_disarm(pawl_eventfd *f);

/* Make the fd unreadable until the next ring, or the end of one that is under way.
 * Disarms, if it had not rung. */
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
