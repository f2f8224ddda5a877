/* logtop_interrupt.c - SIGINT asks for what has been counted so far.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_interrupt.h"
#include "logtop_report.h"

#include <pawl/atomic.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static PAWL_ATOMIC(uint32_t) came;
static int ends[2];                     /* of a pipe, open until the process ends */

static void note(int signal)
{
    int before = errno;

    (void)signal;
    /* relaxed, here and below: nothing but the flag is handed over. */
    atomic_store_explicit(&came, 1, memory_order_relaxed);
    if (write(ends[1], "", 1) != 1)
        _exit(130);
    errno = before;
}

/* A standard stream that is closed would be the next file that we open.  In its place
 * comes one that every use of it fails on. */
static void fill_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0
            && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(1);
}

void interrupt_open(void)
{
    struct sigaction action;

    fill_streams();
    if (pipe(ends) != 0)
        die("cannot make a pipe: %s", strerror(errno));
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = note;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
}

bool interrupted(void)
{
    return atomic_load_explicit(&came, memory_order_relaxed) != 0;
}

int interrupt_fd(void)
{
    return ends[0];
}
