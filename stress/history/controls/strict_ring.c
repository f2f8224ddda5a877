/* strict_ring.c - control: mpmc_ring, held to full and empty that are exact.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Its header says that they are not: a thread stopped between its claim of a position
 * and the store that fills it makes others find it full, or empty, when it is not.
 */
#define SUBJECT_EXACT 1

#include <mpmc_ring.c>
