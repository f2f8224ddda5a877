/* logtop_interrupt.h - SIGINT asks for what has been counted so far.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The first one is only noted, the second one kills.  A closed pipe kills nobody: it
 * shows as an error of the write.
 */
#ifndef LOGTOP_INTERRUPT_H
#define LOGTOP_INTERRUPT_H

#include <stdbool.h>

/* Once, before there are threads. */
void interrupt_open(void);

bool interrupted(void);

/* Readable from the interrupt on: for poll(). */
int interrupt_fd(void);

#endif
