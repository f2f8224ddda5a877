/* program.h - main() of the trials: a row of scenarios, each under every strategy.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SCHEDULE_PROGRAM_H
#define SCHEDULE_PROGRAM_H

#include <schedule/schedule.h>

typedef struct schedule_trial {
    const char *subject;
    unsigned scenarios;
    /* Scenario `k`, from 0 on, which is the one at hand until the next call.  `strict`:
     * hold it to more than it promises. */
    const schedule_test *(*scenario)(unsigned k, bool strict);
    const char *legend;                 /* of the scenarios' names */
    uint64_t schedules;                 /* without --schedules; 0: 250000 */
} schedule_trial;

int schedule_program(int argc, char **argv, const schedule_trial *trial);

#endif
