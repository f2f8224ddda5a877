/* queue.h - the trial of a queue: messages.h says what a subject defines.
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
