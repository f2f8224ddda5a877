/* eventfd_linux.c - the doorbell by eventfd(2).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE
#include <pawl/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What follows calls what a thread can be cancelled in: on a notifier's stack, say. */
static int hold_cancel(void)
{
    int before;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    return before;
}

static void ring(int fd)
{
    uint64_t one = 1;
    int saved = errno, cancel = hold_cancel();

    /* Never blocks: EAGAIN means that it rings already, 2^64 - 2 times over. */
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    pthread_setcancelstate(cancel, NULL);
    errno = saved;
}

static void fire(pawl_listener *l)
{
    ring(((pawl_eventfd *)(void *)l)->fd);
}

int pawl_eventfd_open(pawl_eventfd *f, pawl_event *e)
{
    int saved = errno, fd, result;

    if (e->scope != PAWL_PRIVATE)
        return EINVAL;
    fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    result = errno;
    errno = saved;
    if (fd < 0)
        return result;
    f->listener = (pawl_listener)PAWL_LISTENER_INIT(fire);
    f->event = e;
    f->fd = fd;
    f->armed = false;
    return 0;
}

void pawl_eventfd_close(pawl_eventfd *f)
{
    int cancel = hold_cancel();

    if (!pawl_eventfd_disarm(f))
        pawl_event_notify(f->event, 1);         /* what rang us is another's to have */
    pawl_event_unlisten(f->event, &f->listener);        /* no call is under way then */
    close(f->fd);
    f->fd = -1;
    pthread_setcancelstate(cancel, NULL);
}

void pawl_eventfd_arm(pawl_eventfd *f)
{
    if (!f->armed)
        f->armed = pawl_event_listen(f->event, &f->listener) == 0;
}

bool pawl_eventfd_disarm(pawl_eventfd *f)
{
    bool was = f->armed;

    f->armed = false;
    return !was || pawl_event_take_out_(f->event, &f->listener);
}

void pawl_eventfd_clear(pawl_eventfd *f)
{
    uint64_t count;
    int saved = errno, cancel = hold_cancel();

    pawl_eventfd_disarm(f);
    while (read(f->fd, &count, sizeof count) < 0 && errno == EINTR)
        continue;
    pthread_setcancelstate(cancel, NULL);
    errno = saved;
}

void pawl_eventfd_ring(pawl_eventfd *f)
{
    ring(f->fd);
}
