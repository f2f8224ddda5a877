/* hasty_loop.c - control: poll loops that arm after their last look, not before it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is pushed in between finds nobody to ring, and the loop sleeps.
 */
#define SUBJECT_LOOK(w) EAGAIN

#include <history/loop/eventfd.c>
