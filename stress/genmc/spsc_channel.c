/* spsc_channel.c - a client for GenMC: spsc_channel.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/event.c"
#include "../../src/spsc_ring.c"
#include "../../src/spsc_channel.c"

/* One lies in a block, and there are two blocks. */
typedef struct element { uint64_t words[8]; } element;
enum { CAPACITY = 1, WORD = 7 };

static struct {
    pawl_spsc_channel channel;
    pawl_spsc_ring ring;
    alignas(PAWL_LINE) uint64_t blocks[2 * PAWL_SPSC_BLOCK / sizeof(uint64_t)];
} c;
static uint64_t pushed, popped;         /* how many, each written by its side */
static element in, out;                 /* not on the stack: see run_threads */

static void begin(void)
{
    assert(pawl_spsc_channel_init(&c.channel, sizeof c, CAPACITY, sizeof(element),
                                  PAWL_PRIVATE) == 0);
    pushed = popped = 0;
}

static int push_next(void)
{
    int result;

    in.words[0] = in.words[WORD] = pushed + 1;
    result = pawl_spsc_channel_push(&c.channel, &in, sizeof in);
    if (result == 0)
        pushed++;
    return result;
}

static int pop_next(void)
{
    int result = pawl_spsc_channel_pop(&c.channel, &out, sizeof out);

    if (result == 0) {
        popped++;
        assert(out.words[0] == popped && out.words[WORD] == popped);
    }
    return result;
}

static void *pushes_one(void *a)
{
    int result = push_next();

    assert(result == 0 || result == ECANCELED);
    return a;
}

static void *pops_one(void *a)
{
    int result = pop_next();

    assert(result == 0 || result == ECANCELED);
    return a;
}

/* The consumer sleeps, and is woken. */
int safety(void)
{
    begin();
    run_threads(pushes_one, pops_one, NULL, NULL);
    assert(pushed == 1 && popped == 1);
    return 0;
}

/* The producer sleeps, as two blocks are full, and is woken. */
int full(void)
{
    begin();
    assert(push_next() == 0 && push_next() == 0);
    run_threads(pushes_one, pops_one, NULL, NULL);
    assert(pushed == 3 && popped == 1);
    return 0;
}

static void *closes(void *a)
{
    assert(pawl_spsc_channel_close(&c.channel));
    return a;
}

/* Who sleeps is woken by the close; who comes later does not sleep. */
int closed(void)
{
    begin();
    run_threads(closes, pops_one, NULL, NULL);
    assert(popped == 0);
    return 0;
}

/* A push is before the close, and delivered, or after it. */
int late(void)
{
    begin();
    run_threads(pushes_one, closes, NULL, NULL);
    assert((pop_next() == 0) == (pushed == 1));
    return 0;
}

int main(void)
{
    return safety() || full() || closed() || late();
}
