/* mpmc_swap_64b.c - subject: our lock-free queue with cells of 64 bytes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_swap_64b"
#define PAYLOAD 64
#include "swap.h"
