/* stamp.h - moments of call and return that can be compared between threads.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A stamp is the time on CLOCK_MONOTONIC, which is one clock for all processors, in
 * nanoseconds.  Reading it touches no memory that threads share, so that it does not
 * order what they do, in the eyes of ThreadSanitizer or of the processor.  But nothing
 * that the call does may happen before the first stamp is read, or after the second:
 * its stores have to be there for all.  So each stamp is read before, or after, an
 * exchange of a word of the thread's own: of the stamp itself before the call, which
 * cannot be exchanged before it is known.  This costs two clock readings and two
 * exchanges an operation, all outside the call.
 *
 * Two stamps may be equal; then nothing is known of their order.
 */
#ifndef HISTORY_STAMP_H
#define HISTORY_STAMP_H

#include <stdint.h>

uint64_t history_call_stamp(void);
uint64_t history_return_stamp(void);

#endif
