/* run_lists.c - subjects, workloads and targets: what is compared with what.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

/* Ours first; tables keep this order. */
const subject subjects[] = {
    { "spsc_ring", true }, { "spsc_ring_place", true }, { "mpmc_ring", true },
    { "mpmc_ring_sp", true }, { "mpmc_ring_sc", true }, { "mpmc_ring64", true },
    { "mpmc_swap", true }, { "mpmc_swap_bundle", true }, { "mpmc_swap_64b", true },
    { "mpmc_swap_1024b", true }, { "mpsc_queue", true }, { "channel", true },
    { "spinlock", true }, { "ticketlock", true }, { "sem", true },
    { "ck_ring_spsc", false }, { "ck_ring_mpmc", false }, { "ck_fifo_mpmc", false },
    { "malloc_ring_64b", false }, { "malloc_ring_1024b", false },
    { "urcu_wfcqueue", false }, { "mutex_cond_queue", false },
    { "ck_spinlock_fas", false }, { "ck_spinlock_ticket", false },
    { "ck_spinlock_mcs", false }, { "pthread_spin", false }, { "pthread_mutex", false },
    { "sem_t", false },
};
const size_t subject_count = sizeof subjects / sizeof *subjects;

const workload workloads[] = {
    { "queue/solo", "one thread: an item in, an item out", RMW },
    { "queue/1p1c", "1 producer, 1 consumer", LINE_TRIP },
    { "queue/3p1c", "3 producers, 1 consumer on 2 CPUs", LINE_TRIP },
    { "queue/2p2c", "2 producers, 2 consumers on 2 CPUs", LINE_TRIP },
    { "queue/8p8c", "8 producers, 8 consumers on 2 CPUs", LINE_TRIP },
    { "queue/batch-1p1c", "1 producer, 1 consumer, 16 items a call", LINE_TRIP },
    { "queue/batch-2p2c", "2 producers, 2 consumers, 16 items a call", LINE_TRIP },
    { "queue/trip", "round trip through two queues, 2 CPUs", LINE_TRIP },
    { "queue/trip-1cpu", "round trip through two queues, 1 CPU", YIELD_SWITCH },
    { "blocking/solo", "one thread: an item in, an item out", RMW },
    { "blocking/1p1c", "1 producer, 1 consumer; both may sleep", LINE_TRIP },
    { "blocking/2p2c", "2 producers, 2 consumers; all may sleep", LINE_TRIP },
    { "blocking/8p8c", "8 producers, 8 consumers; all may sleep", LINE_TRIP },
    { "blocking/trip", "round trip through two queues, 2 CPUs", LINE_TRIP },
    { "blocking/trip-1cpu", "round trip through two queues, 1 CPU", YIELD_SWITCH },
    { "lock/solo", "one thread locks and unlocks", RMW },
    { "lock/2threads", "2 threads on 2 CPUs", LINE_TRIP },
    { "lock/16threads", "16 threads on 2 CPUs", LINE_TRIP },
    { "sem/solo", "one thread posts and waits", RMW },
    { "sem/1p1c", "one thread posts, one waits", LINE_TRIP },
    { "sem/trip", "round trip through two semaphores, 2 CPUs", LINE_TRIP },
    { "sem/trip-1cpu", "round trip through two semaphores, 1 CPU", YIELD_SWITCH },
};
const size_t workload_count = sizeof workloads / sizeof *workloads;

/* A workload that moves no cache line has one figure for both classes. */
const target targets[] = {
    { "spsc_ring", "queue/1p1c", "ck_ring_spsc", NULL, 2, 2 },
    { "spsc_ring", "queue/trip", "ck_ring_spsc", NULL, 1.25, 1.35 },
    { "mpmc_ring", "queue/solo", "ck_ring_mpmc", NULL, 1, 1 },
    { "mpmc_ring", "queue/1p1c", "ck_ring_mpmc", NULL, 5, 8 },
    { "mpmc_ring", "queue/2p2c", "ck_ring_mpmc", NULL, 2.5, 8 },
    { "mpmc_ring", "queue/8p8c", "ck_ring_mpmc", NULL, 1000, 1000 },
    { "mpmc_swap", "queue/solo", "ck_ring_mpmc", NULL, 0.85, 0.85 },
    { "mpmc_swap", "queue/1p1c", "ck_ring_mpmc", NULL, 5, 3 },
    { "mpmc_swap", "queue/2p2c", "ck_ring_mpmc", NULL, 3.5, 3.5 },
    { "mpmc_swap_bundle", "queue/batch-1p1c", NULL, NULL, 3, 0 },
    { "mpmc_swap_bundle", "queue/batch-2p2c", NULL, NULL, 3, 0 },
    { "mpsc_queue", "queue/solo", "urcu_wfcqueue", NULL, 1.9, 1.9 },
    { "mpsc_queue", "queue/1p1c", "urcu_wfcqueue", NULL, 1, 0.6 },
    { "mpsc_queue", "queue/3p1c", "urcu_wfcqueue", NULL, 1.5, 1.5 },
    { "channel", "blocking/trip-1cpu", NULL, NULL, 4500, 4500 },
    { "channel", "blocking/trip-1cpu", "ck_ring_mpmc", "queue/trip-1cpu", 1000, 1000 },
    { "spinlock", "lock/solo", "ck_spinlock_ticket", NULL, 1.9, 1.9 },
    { "spinlock", "lock/solo", "ck_spinlock_fas", NULL, 1, 1 },
    { "spinlock", "lock/16threads", "ck_spinlock_fas", NULL, 2, 2 },
    { "spinlock", "lock/16threads", "pthread_mutex", NULL, 1, 1 },
    { "sem", "sem/solo", "sem_t", NULL, 1, 1 },
    { "sem", "sem/trip", NULL, NULL, 150, 0 },
    { "sem", "sem/trip", "sem_t", NULL, 1, 1 },
    { "sem", "sem/trip-1cpu", NULL, NULL, 4500, 4500 },
    { "sem", "sem/trip-1cpu", "sem_t", NULL, 1, 1 },
};
const size_t target_count = sizeof targets / sizeof *targets;
