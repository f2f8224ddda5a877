/* signal.h - a stand-in for <signal.h>: nobody sends any.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_GENMC_SIGNAL_H
#define PAWL_GENMC_SIGNAL_H

typedef int sigset_t;

enum { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF };

#define sigfillset(set) ((void)(set))
#define sigdelset(set, signal) ((void)(set), (void)(signal))
#define SIG_SETMASK 0
#define pthread_sigmask(how, set, before) ((void)(set), (void)(before))

#endif
