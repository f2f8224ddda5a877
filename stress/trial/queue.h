/* queue.h - the trial of a queue: subject/queue.h says what one is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_QUEUE_H
#define TRIAL_QUEUE_H

#include <trial/flow.h>

int main(int argc, char **argv)
{
    return run_trial(argc, argv, flow_phases);
}

#endif
