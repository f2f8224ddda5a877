/* queue.h - the recorded trial of a queue: subject/queue.h says what one is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef HISTORY_TRIAL_QUEUE_H
#define HISTORY_TRIAL_QUEUE_H

#include <history/items.h>

int main(int argc, char **argv)
{
    return run_recorded(argc, argv, item_phases);
}

#endif
