/* crash.c - a thread that touches memory it must not touch ends its schedule, no more.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <schedule/machine.h>

#include <signal.h>
#include <string.h>

enum { STACK = 64 * 1024 };

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
enum { FATAL = sizeof fatal / sizeof *fatal };

static struct sigaction before[FATAL];
static stack_t stack_before;
static alignas(64) char stack[STACK];   /* the thread's own may be used up */

/* It is left by a jump, which does not bring the signal mask back: so nothing may be
 * masked (SA_NODEFER).  In setup and check the signal is what it always was. */
static void crashed(int which)
{
    if (schedule_machine.current == OUTSIDE) {
        schedule_stop_catching();
        return;                         /* and it happens again */
    }
    snprintf(schedule_machine.why, sizeof schedule_machine.why, "%s",
             strsignal(which));
    schedule_give_up(SCHEDULE_CRASH);
}

void schedule_catch_crashes(void)
{
    stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = crashed;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    sigaltstack(&own, &stack_before);
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal[i], &action, &before[i]);
}

void schedule_stop_catching(void)
{
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal[i], &before[i], NULL);
    sigaltstack(&stack_before, NULL);
}
