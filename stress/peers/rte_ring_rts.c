/* rte_ring_rts.c - subject: DPDK's ring, with relaxed tails (RTS)
 * (Debian libdpdk-dev: rte_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#define RING_FLAGS (RING_F_MP_RTS_ENQ | RING_F_MC_RTS_DEQ)
#define RING_PUSH rte_ring_mp_rts_enqueue_burst
#define RING_POP rte_ring_mc_rts_dequeue_burst
#include "rte_ring_modes.h"

#define SUBJECT "rte_ring_rts"
#define SUBJECT_ROLES "mpmc"

#include <trial/queue.h>
