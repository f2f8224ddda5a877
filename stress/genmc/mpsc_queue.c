/* mpsc_queue.c - a client for GenMC: mpsc_queue.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Segments of two slots, so that some come and go: GenMC sees each touch of memory
 * that was freed.  A push may be refused while another is about to link a segment.
 */
#include "client.h"
#include "../../src/mem.c"
#include "../../src/mpsc_queue.c"

enum { PRODUCERS = 2, VALUES = 4 };

static pawl_mpsc_queue queue;
static uint32_t payload[VALUES];        /* plain: written before push, read after pop */
static bool pushed[VALUES];
static uint32_t seen[PRODUCERS];        /* of each producer's, by the consumer */

static void begin(size_t limit, uint64_t slots)
{
    for (uint32_t i = 0; i < VALUES; i++) {
        payload[i] = 0;
        pushed[i] = false;
    }
    seen[0] = seen[1] = 0;
    assert(pawl_mpsc_queue_init_at_(&queue, limit, NULL, 0, slots) == 0);
}

static bool push_one(uint32_t value)
{
    int result;

    payload[value] = value + 1;
    result = pawl_mpsc_queue_try_push(&queue, &payload[value]);
    assert(result == 0 || result == ENOMEM);
    pushed[value] = result == 0;
    return pushed[value];
}

/* The next of some producer's, whole and in order; one that was refused is left out. */
static void note(const void *item)
{
    uint32_t value = *(const uint32_t *)item - 1;

    assert(value < VALUES && value / PRODUCERS + 1 > seen[value % PRODUCERS]);
    seen[value % PRODUCERS] = value / PRODUCERS + 1;
}

static bool pop_one(void)
{
    static void *item;  /* not on the stack: GenMC loses it where pop calls itself */

    if (!pawl_mpsc_queue_try_pop(&queue, &item))
        return false;
    note(item);
    return true;
}

static uint32_t count_pushed(void)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < VALUES; i++)
        count += pushed[i];
    return count;
}

static uint32_t taken;

static void end(uint32_t least)
{
    uint32_t in = count_pushed();

    assert(in >= least && in >= taken);
    for (; taken < in; taken++)
        assert(pop_one());
    assert(!pop_one());
    pawl_mpsc_queue_destroy(&queue);
    taken = 0;
}

static void *pushes_one(void *a)
{
    (void)push_one((uint32_t)(uintptr_t)a);
    return NULL;
}

static void *pushes_two(void *a)
{
    uint32_t thread = (uint32_t)(uintptr_t)a;

    (void)push_one(thread);
    (void)push_one(thread + PRODUCERS);
    return NULL;
}

static void *tries_to_pop(void *a)
{
    for (int i = 0; i < 3; i++)
        if (pop_one())
            taken++;
    return a;
}

/* One pushes two, and links a segment, while another pushes and the third pops. */
int safety(void)
{
    begin(0, 2);
    run_threads(pushes_two, pushes_one, tries_to_pop, NULL);
    end(2);
    return 0;
}

/* Two producers for the last slot and the next segment. */
int links(void)
{
    begin(0, 2);
    run_threads(pushes_two, pushes_two, NULL, NULL);
    end(2);
    return 0;
}

/* Memory is refused: what was pushed comes, and no more. */
int refused(void)
{
    begin(2 * ((sizeof(pawl_mpsc_segment_) + 2 * PAWL_LINE - 1) / PAWL_LINE
               * PAWL_LINE), 2);
    run_threads(pushes_two, NULL, tries_to_pop, NULL);
    end(2);
    return 0;
}

static void *pushes_a_batch(void *a)
{
    uint32_t first = (uint32_t)(uintptr_t)a, second = first + PRODUCERS;
    static void *items[2];
    size_t some;

    payload[first] = first + 1;
    payload[second] = second + 1;
    items[0] = &payload[first];
    items[1] = &payload[second];
    some = pawl_mpsc_queue_try_push_n(&queue, items, 2);
    pushed[first] = some > 0;
    pushed[second] = some > 1;
    return NULL;
}

static void *pops_a_batch(void *a)
{
    static void *items[2];
    size_t some = pawl_mpsc_queue_try_pop_n(&queue, items, 2);

    for (size_t i = 0; i < some; i++)
        note(items[i]);
    taken += (uint32_t)some;
    return a;
}

/* Two at once, perhaps of two segments, beside another's one. */
int batches(void)
{
    begin(0, 2);
    run_threads(pushes_a_batch, pushes_one, pops_a_batch, NULL);
    end(2);
    return 0;
}

static void *pops_all(void *a)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;

    while (taken < 3)
        if (pop_one())
            taken++;
        else if (!pawl_backoff_wait(&b))
            pawl_yield();
    return a;
}

/* Tried again, each pop is through. */
int liveness(void)
{
    begin(0, 4);
    run_threads(pushes_two, pushes_one, pops_all, NULL);
    end(3);
    return 0;
}

int main(void)
{
    return safety() || links() || refused() || batches() || liveness();
}
