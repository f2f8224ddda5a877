/* queue.h - a client's queue, which wraps: two producers and two consumers.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The client has said, before it includes this:
 *     queue_init(capacity)             an empty one, 1 or 2
 *     queue_push(thread, value)        false: full
 *     queue_pop(thread, &value)        false: empty
 * Producers are threads 0 and 1, consumers 2 and 3; 3 is also who looks afterwards.
 * Whatever another thread may have done between a push and its try to pop is explored:
 * so there is a full queue and an empty one among it, and each lost exchange.
 */
#ifndef PAWL_GENMC_QUEUE_H
#define PAWL_GENMC_QUEUE_H

enum { PRODUCERS = 2, VALUES = 6 };

static uint32_t tries[CLIENT_THREADS];  /* how often each pushes, or pops */
static uint32_t payload[VALUES];        /* plain: written before push, read after pop */
static bool pushed[VALUES], popped[VALUES];

/* The i-th that producer `thread` pushes. */
static uint32_t value_of(uintptr_t thread, uint32_t i)
{
    return (uint32_t)thread + PRODUCERS * i;
}

/* Pops one, and notes it: it is whole, new, and in its producer's order. */
static bool pop_one(uintptr_t thread, uint32_t seen[PRODUCERS])
{
    uint32_t value;

    if (!queue_pop(thread, &value))
        return false;
    assert(value < VALUES && payload[value] == value + 1);
    assert(!popped[value]);
    popped[value] = true;
    assert(value / PRODUCERS + 1 > seen[value % PRODUCERS]);
    seen[value % PRODUCERS] = value / PRODUCERS + 1;
    return true;
}

static void begin(size_t capacity, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    tries[0] = a, tries[1] = b, tries[2] = c, tries[3] = d;
    for (uint32_t i = 0; i < VALUES; i++) {
        payload[i] = 0;
        pushed[i] = popped[i] = false;
    }
    queue_init(capacity);
}

/* What is in comes out, and what was pushed, `least` or more, has been popped. */
static void end(uint32_t least)
{
    uint32_t seen[PRODUCERS] = { 0, 0 }, in = 0, out = 0;

    for (uint32_t i = 0; i < VALUES; i++) {
        in += pushed[i];
        out += popped[i];
    }
    assert(in >= least);
    for (; out < in; out++)
        assert(pop_one(3, seen));
    assert(!pop_one(3, seen));
    for (uint32_t i = 0; i < VALUES; i++)
        assert(pushed[i] == popped[i]);
}

static void *tries_to_push(void *a)
{
    uintptr_t thread = (uintptr_t)a;

    for (uint32_t i = 0; i < tries[thread]; i++) {
        uint32_t value = value_of(thread, i);

        payload[value] = value + 1;
        pushed[value] = queue_push(thread, value);
    }
    return NULL;
}

static void *tries_to_pop(void *a)
{
    uintptr_t thread = (uintptr_t)a;
    uint32_t seen[PRODUCERS] = { 0, 0 };

    for (uint32_t i = 0; i < tries[thread]; i++)
        (void)pop_one(thread, seen);
    return NULL;
}

/* All of them, one try each. */
int safety(void)
{
    begin(1, 1, 1, 1, 1);
    run_threads(tries_to_push, tries_to_push, tries_to_pop, tries_to_pop);
    end(1);
    return 0;
}

/* Two laps, and a consumer that may be late for them. */
int laps(void)
{
    begin(1, 2, 0, 2, 1);
    run_threads(tries_to_push, NULL, tries_to_pop, tries_to_pop);
    end(1);
    return 0;
}

static uint32_t before_pop;             /* plain: the consumer's, until its pop */

static void *says_and_pops(void *a)
{
    before_pop = 1;
    return tries_to_pop(a);
}

static void *pushes_and_looks(void *a)
{
    (void)tries_to_push(a);
    if (pushed[value_of(0, 1)])         /* there was room: by that pop */
        assert(before_pop == 1);
    return NULL;
}

/* What was done before a pop is visible to who found room by it. */
int room(void)
{
    before_pop = 0;
    begin(1, 2, 0, 1, 0);
    run_threads(pushes_and_looks, NULL, says_and_pops, NULL);
    end(1);
    return 0;
}

#endif
