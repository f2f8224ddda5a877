/* event_listen.c - a client for GenMC: event, where a listener is called.
 * SPDX-License-Identifier: BSD-2-Clause
 * Flags: --unroll=4
 *
 * Who waits for the lock of the event's list writes each time it looks; so only waits
 * of a few rounds are explored.
 */
#include "client.h"
#include "../../src/event.c"

static alignas(PAWL_LINE) pawl_event event;
static PAWL_ATOMIC(uint32_t) ready;     /* the condition */
static uint32_t written;                /* plain: before the notify */
static uint32_t fired;                  /* plain: how often we were called */

static void fire(pawl_listener *l)
{
    (void)l;
    assert(written == 1);
    fired++;
}

static pawl_listener listener;

static void begin(void)
{
    assert(pawl_event_init(&event, PAWL_PRIVATE) == 0);
    listener = (pawl_listener)PAWL_LISTENER_INIT(fire);
    atomic_store_explicit(&ready, 0, memory_order_relaxed);
    written = fired = 0;
}

/* relaxed: it is the notify that hands the condition over. */
static void *tells(void *a)
{
    written = 1;
    atomic_store_explicit(&ready, 1, memory_order_relaxed);
    pawl_event_notify(&event, 1);
    return a;
}

static bool found_ready;

static void *listens(void *a)
{
    assert(pawl_event_listen(&event, &listener) == 0);
    found_ready = atomic_load_explicit(&ready, memory_order_relaxed) != 0;
    return a;
}

/* Who finds the condition false is called; nobody is called twice. */
int safety(void)
{
    begin();
    run_threads(tells, listens, NULL, NULL);
    assert(fired == 1 || (fired == 0 && found_ready));
    assert(pawl_event_unlisten(&event, &listener) == (fired == 0));
    return 0;
}

static void *tells_if_waited(void *a)
{
    written = 1;
    atomic_store_explicit(&ready, 1, memory_order_seq_cst);
    if (pawl_event_waited(&event))
        pawl_event_notify(&event, 1);
    return a;
}

static void *listens_and_looks(void *a)
{
    assert(pawl_event_listen(&event, &listener) == 0);
    found_ready = atomic_load_explicit(&ready, memory_order_seq_cst) != 0;
    return a;
}

/* The same by seq_cst operations: where nobody waits, the notify is left out. */
int waited(void)
{
    begin();
    run_threads(tells_if_waited, listens_and_looks, NULL, NULL);
    assert(fired == 1 || (fired == 0 && found_ready));
    return 0;
}

static void *gives_up(void *a)
{
    bool taken_out = pawl_event_unlisten(&event, &listener);

    assert(fired == !taken_out);        /* and no call is under way any more */
    fired = 7;
    return a;
}

/* One gives up while another tells: it was called before that, or never. */
int gone(void)
{
    begin();
    assert(pawl_event_listen(&event, &listener) == 0);
    run_threads(tells, gives_up, NULL, NULL);
    assert(fired == 7);
    return 0;
}

int main(void)
{
    return safety() || waited() || gone();
}
