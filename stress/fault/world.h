/* world.h - the clock of world.c.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FAULT_WORLD_H
#define FAULT_WORLD_H

#include <pawl/time.h>

/* This moment, without being a point. */
pawl_time fault_now(void);

/* Nothing happens until that moment. */
void fault_time_passes(pawl_time until);

#endif
