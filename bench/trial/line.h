/* line.h - how far apart the two CPUs are just now.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A virtual machine's cores are moved by its host, from one second to the next: two
 * that shared a cache may share none.  So each run looks before and after, and figures
 * of near and far runs are never mixed.
 */
#ifndef BENCH_LINE_H
#define BENCH_LINE_H

#include <pawl/atomic.h>
#include <pawl/time.h>

#include <pthread.h>
#include <sched.h>

enum { LINE_PARTS = 5, LINE_TRIPS = 200 };

typedef struct line {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint32_t) word;
    alignas(PAWL_LINE) int there;       /* the other CPU */
} line;

static void pin(int cpu)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((size_t)cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

/* Makes the word even, each time that line_trip makes it odd. */
static void *answer_line(void *argument)
{
    line *l = (line *)argument;

    pin(l->there);
    for (uint32_t i = 0; i < (LINE_PARTS + 1) * LINE_TRIPS; i++) {
        /* acquire, release: as those who hand something over do. */
        while (atomic_load_explicit(&l->word, memory_order_acquire) != 2 * i + 1)
            continue;
        atomic_store_explicit(&l->word, 2 * i + 2, memory_order_release);
    }
    return NULL;
}

static double line_part(line *l, uint32_t part)
{
    pawl_time start = pawl_now();

    for (uint32_t i = part * LINE_TRIPS; i < (part + 1) * LINE_TRIPS; i++) {
        atomic_store_explicit(&l->word, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&l->word, memory_order_acquire) != 2 * i + 2)
            continue;
    }
    return (double)(pawl_now() - start) / LINE_TRIPS;
}

/* Nanoseconds that a cache line takes from one CPU to the other and back: the middle of
 * five parts.  0: cannot tell. */
static double line_trip(int here, int there)
{
    static line shared;
    double parts[LINE_PARTS];
    cpu_set_t before;
    pthread_t thread;

    /* relaxed: the thread's start hands it over. */
    atomic_store_explicit(&shared.word, 0, memory_order_relaxed);
    shared.there = there;
    sched_getaffinity(0, sizeof before, &before);
    pin(here);
    if (pthread_create(&thread, NULL, answer_line, &shared) != 0)
        return 0;
    line_part(&shared, 0);              /* until the thread is there */
    for (uint32_t i = 0; i < LINE_PARTS; i++) {
        double t = line_part(&shared, i + 1);
        uint32_t k = i;

        for (; k > 0 && parts[k - 1] > t; k--)
            parts[k] = parts[k - 1];
        parts[k] = t;
    }
    pthread_join(thread, NULL);
    sched_setaffinity(0, sizeof before, &before);
    return parts[LINE_PARTS / 2];
}

#endif
