/* rte_ring_spsc.c - subject: DPDK's ring, one to one
 * (Debian libdpdk-dev: rte_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#define RING_FLAGS (RING_F_SP_ENQ | RING_F_SC_DEQ)
#define RING_PUSH rte_ring_sp_enqueue_burst
#define RING_POP rte_ring_sc_dequeue_burst
#include "rte_ring_modes.h"

#define SUBJECT "rte_ring_spsc"
#define SUBJECT_ROLES "spsc"

#include <trial/queue.h>
