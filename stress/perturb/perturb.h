/* perturb.h - what a trial may tell the dice behind the seam.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PERTURB_PERTURB_H
#define PERTURB_PERTURB_H

#include <pawl/atomic.h>

/* What the dice of threads that start from now on begin with. */
void pawl_perturb_seed(uint64_t seed);

#endif
