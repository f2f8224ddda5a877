/* pawl.h - all of Pawl, bottom up: the table of contents and the law.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A header may include only headers that stand above it here; `make check`
 * holds us to it.  Read the files in this order and nothing is used before it
 * is explained.
 */
#ifndef PAWL_H
#define PAWL_H

/* 0  ground */
#include <pawl/atomic.h>
#include <pawl/mem.h>

/* 1  waiting: the clock, spinning, sleeping, being called */
#include <pawl/time.h>
#include <pawl/backoff.h>
#include <pawl/park.h>
#include <pawl/event.h>
#include <pawl/eventfd.h>

/* 2  locks and semaphores: who may go on */
#include <pawl/spinlock.h>
#include <pawl/ticketlock.h>
#include <pawl/sem.h>

/* 3  bounded queues, in one block of the caller's memory */
#include <pawl/spsc_ring.h>
#include <pawl/mpmc_ring.h>
#include <pawl/mpmc_ring64.h>
#include <pawl/mpmc_swap.h>
#include <pawl/mpmc_word.h>

/* 5  unbounded queues, and queues to wait on */
#include <pawl/mpsc_queue.h>
#include <pawl/channel.h>
#include <pawl/channel_watch.h>
#include <pawl/spsc_channel.h>
#include <pawl/mpsc_channel.h>

/* 6  what works on them */
#include <pawl/worker_group.h>

#define PAWL_VERSION_MAJOR 0
#define PAWL_VERSION_MINOR 1
#define PAWL_VERSION_PATCH 0

PAWL_BEGIN

/* The version of the library that is linked, "0.1.0": static memory. */
const char *pawl_version(void);

PAWL_END

#endif
