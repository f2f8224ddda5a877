/* rte_ring_mpmc.c - subject: DPDK's ring, many to many
 * (Debian libdpdk-dev: rte_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#define RING_FLAGS 0
#define RING_PUSH rte_ring_mp_enqueue_burst
#define RING_POP rte_ring_mc_dequeue_burst
#include "rte_ring_modes.h"

#define SUBJECT "rte_ring_mpmc"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_CONVOYS 1

#include <trial/queue.h>
