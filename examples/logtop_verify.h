/* logtop_verify.h - the same count by simpler means, to compare with.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_VERIFY_H
#define LOGTOP_VERIFY_H

#include "logtop_count.h"
#include "logtop_options.h"

/* Count again, and compare with `counted`.  Says how they differ, or that they do not.
 * An interrupt ends it, and then it is not verified. */
bool verified(const options *o, const tally *counted);

#endif
