/* fiber.c - several stacks, one of which runs at a time.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whoever runs a fiber, main or another fiber, goes on when that one sleeps, yields or
 * ends.  One that is stopped keeps its stack as it was.
 */
#define _GNU_SOURCE 1
#include <fault/engine.h>

#include <ucontext.h>

enum { STACK = 1 << 16, PATIENCE = 64 };

typedef enum state { ENDED, READY, ASLEEP, STOPPED } state;

static struct fiber {
    ucontext_t context, back;
    void (*body)(void);
    state state;
    alignas(16) char stack[STACK];
} fibers[FAULT_FIBERS];

static unsigned current = FAULT_NOBODY;

unsigned fault_current(void) { return current; }
bool fault_ended(unsigned fiber) { return fibers[fiber].state == ENDED; }
bool fault_asleep(unsigned fiber) { return fibers[fiber].state == ASLEEP; }

static void leave(state as)
{
    struct fiber *f = &fibers[current];

    f->state = as;
    swapcontext(&f->context, &f->back);
}

static void begin(void)
{
    fibers[current].body();
    leave(ENDED);
}

/* Until it leaves. */
static void run(unsigned fiber)
{
    unsigned before = current;

    current = fiber;
    swapcontext(&fibers[fiber].back, &fibers[fiber].context);
    current = before;
}

void fault_start(unsigned fiber, void (*body)(void))
{
    struct fiber *f = &fibers[fiber];

    f->body = body;
    f->state = READY;
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = sizeof f->stack;
    f->context.uc_link = NULL;
    makecontext(&f->context, begin, 0);
    run(fiber);
}

bool fault_finish(unsigned fiber)
{
    for (unsigned tries = 0; fibers[fiber].state == READY && tries < PATIENCE;) {
        uint64_t before = fault_survived();

        run(fiber);
        tries = fault_survived() != before ? 0 : tries + 1;
    }
    return fibers[fiber].state == ENDED;
}

void fault_yield(void) { leave(READY); }
void fault_sleep(void) { leave(ASLEEP); }

void fault_stop(void)
{
    for (;;)
        leave(STOPPED);
}

void fault_wake(unsigned fiber)
{
    if (fibers[fiber].state == ASLEEP)
        fibers[fiber].state = READY;
}

void fault_forget_fibers(void)
{
    for (unsigned i = 0; i < FAULT_FIBERS; i++)
        fibers[i].state = ENDED;
}
