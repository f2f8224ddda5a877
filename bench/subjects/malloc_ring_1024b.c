/* malloc_ring_1024b.c - subject: a ring of pointers to malloc'ed blocks of 1024 bytes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "malloc_ring_1024b"
#define PAYLOAD 1024
#include "malloced.h"
