/* run_floors.c - what this machine's operations cost, whatever is built of them.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Measured before and after the runs: on a virtual machine the host moves the cores,
 * and a cache line that took 50 ns there and back may take 500 an hour later.
 */
#define _GNU_SOURCE
#include "run.h"

#include <pawl/park.h>
#include <trial/line.h>

const char *const floor_names[FLOORS] = {
    "RMW on a line that we have", "release store", "load hit", "pause",
    "line round trip, CPU to CPU", "futex wake, nobody sleeps",
    "futex wake of a sleeper, one way", "sched_yield, alone",
    "sched_yield, with a switch"
};

static int cpus[2];

static bool find_cpus(void)
{
    cpu_set_t ours;
    int found = 0;

    CPU_ZERO(&ours);
    sched_getaffinity(0, sizeof ours, &ours);
    for (int i = 0; i < CPU_SETSIZE && found < 2; i++)
        if (CPU_ISSET((size_t)i, &ours))
            cpus[found++] = i;
    return found == 2;
}

/* What is measured: two words with a line each, and how often. */
static struct {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint32_t) word;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint32_t) stop;
} shared;

typedef void body(uint32_t n);

static void add_one(uint32_t n)
{
    while (n-- > 0)                     /* relaxed: it costs the same in any order */
        atomic_fetch_add_explicit(&shared.word, 1, memory_order_relaxed);
}

static void store_one(uint32_t n)
{
    while (n-- > 0)                     /* release: that is what is measured */
        atomic_store_explicit(&shared.word, n, memory_order_release);
}

static void load_one(uint32_t n)
{
    while (n-- > 0)                     /* acquire: that is what is measured */
        (void)atomic_load_explicit(&shared.word, memory_order_acquire);
}

static void pause_once(uint32_t n)
{
    while (n-- > 0)
        pawl_relax();
}

static void wake_nobody(uint32_t n)
{
    while (n-- > 0)
        pawl_unpark(&shared.word, 1, PAWL_PRIVATE);
}

static void yield_once(uint32_t n)
{
    while (n-- > 0)
        pawl_yield();
}

static void sleep_until(uint32_t value)
{
    uint32_t seen;

    while ((seen = atomic_load_explicit(&shared.word, memory_order_acquire)) != value)
        pawl_park(&shared.word, seen, PAWL_FOREVER, PAWL_PRIVATE);
}

static void wake_with(uint32_t value)
{
    atomic_store_explicit(&shared.word, value, memory_order_release);
    pawl_unpark(&shared.word, 1, PAWL_PRIVATE);
}

static void wake(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        wake_with(2 * i + 1);
        sleep_until(2 * i + 2);
    }
}

static void wake_back(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        sleep_until(2 * i + 1);
        wake_with(2 * i + 2);
    }
}

static void yield_until_stopped(uint32_t n)
{
    (void)n;
    while (atomic_load_explicit(&shared.stop, memory_order_relaxed) == 0)
        pawl_yield();
}

typedef struct side {
    body *does;
    uint32_t n;
    int cpu;
    PAWL_ATOMIC(uint32_t) here;
} side;

static void *run_side(void *argument)
{
    side *s = (side *)argument;

    pin(s->cpu);
    /* release: the thread is where it belongs. */
    atomic_store_explicit(&s->here, 1, memory_order_release);
    s->does(s->n);
    return NULL;
}

/* Nanoseconds for each of n times: `one` on the first CPU, `other`, if any, on its own
 * or on the same. */
static double time_of(body *one, body *other, int other_cpu, uint32_t n)
{
    side there = { other, n, other_cpu, 0 };
    pthread_t thread;
    pawl_time start, end;

    /* relaxed: the thread's start hands it over. */
    atomic_store_explicit(&shared.word, 0, memory_order_relaxed);
    atomic_store_explicit(&shared.stop, 0, memory_order_relaxed);
    pin(cpus[0]);
    if (other != NULL) {
        if (pthread_create(&thread, NULL, run_side, &there) != 0)
            return 0;
        while (atomic_load_explicit(&there.here, memory_order_acquire) == 0)
            pawl_yield();
    }
    start = pawl_now();
    one(n);
    end = pawl_now();
    /* relaxed: only ends a loop. */
    atomic_store_explicit(&shared.stop, 1, memory_order_relaxed);
    if (other != NULL)
        pthread_join(thread, NULL);
    return (double)(end - start) / n;
}

/* The middle one of three. */
static double floor_of(body *one, body *other, int other_cpu, uint32_t n)
{
    double a = time_of(one, other, other_cpu, n), b = time_of(one, other, other_cpu, n);
    double c = time_of(one, other, other_cpu, n);
    double low = a < b ? a : b, high = a < b ? b : a;

    return c < low ? low : c > high ? high : c;
}

bool measure_floors(double floors[FLOORS])
{
    cpu_set_t before;

    if (!find_cpus())
        return false;
    sched_getaffinity(0, sizeof before, &before);
    floors[RMW] = floor_of(add_one, NULL, 0, 2000000);
    floors[RELEASE_STORE] = floor_of(store_one, NULL, 0, 10000000);
    floors[LOAD_HIT] = floor_of(load_one, NULL, 0, 10000000);
    floors[PAUSE] = floor_of(pause_once, NULL, 0, 200000);
    floors[LINE_TRIP] = line_trip(cpus[0], cpus[1]);
    floors[WAKE_NOBODY] = floor_of(wake_nobody, NULL, 0, 50000);
    floors[WAKE_SLEEPER] = floor_of(wake, wake_back, cpus[1], 2000) / 2;
    floors[YIELD_ALONE] = floor_of(yield_once, NULL, 0, 50000);
    floors[YIELD_SWITCH] = floor_of(yield_once, yield_until_stopped, cpus[0], 20000)
                         / 2;
    sched_setaffinity(0, sizeof before, &before);
    return true;
}
