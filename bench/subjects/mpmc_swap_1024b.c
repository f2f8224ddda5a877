/* mpmc_swap_1024b.c - subject: our lock-free queue with cells of 1024 bytes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "mpmc_swap_1024b"
#define PAYLOAD 1024
#include "swap.h"
