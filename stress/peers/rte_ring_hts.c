/* rte_ring_hts.c - subject: DPDK's ring, one at a time at each end (HTS)
 * (Debian libdpdk-dev: rte_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#define RING_FLAGS (RING_F_MP_HTS_ENQ | RING_F_MC_HTS_DEQ)
#define RING_PUSH rte_ring_mp_hts_enqueue_burst
#define RING_POP rte_ring_mc_hts_dequeue_burst
#include "rte_ring_modes.h"

#define SUBJECT "rte_ring_hts"
#define SUBJECT_ROLES "mpmc"

#include <trial/queue.h>
