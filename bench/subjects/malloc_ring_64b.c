/* malloc_ring_64b.c - subject: a ring of pointers to malloc'ed blocks of 64 bytes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "malloc_ring_64b"
#define PAYLOAD 64
#include "malloced.h"
