/* thread.h - what a system has its own way of, with the thread that calls.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_SRC_THREAD_H
#define PAWL_SRC_THREAD_H

/* Call this thread NAME-NUMBER.  Too long: NAME gives way. */
void pawl_name_thread_(const char *name, unsigned number);

#endif
