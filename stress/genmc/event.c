/* event.c - a client for GenMC: event, where threads wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/event.c"

static alignas(PAWL_LINE) pawl_event event;
static PAWL_ATOMIC(uint32_t) items;     /* the condition: there are some */
static uint32_t written[2];             /* plain: before an item is put in */

static void begin(void)
{
    assert(pawl_event_init(&event, PAWL_PRIVATE) == 0);
    atomic_store_explicit(&items, 0, memory_order_relaxed);
    written[0] = written[1] = 0;
}

/* relaxed: it is the notify that hands the condition over. */
static void *puts_one(void *a)
{
    written[(uintptr_t)a] = 1;
    atomic_fetch_add_explicit(&items, 1, memory_order_relaxed);
    pawl_event_notify(&event, 1);
    return NULL;
}

static bool take(void)
{
    uint32_t now = atomic_load_explicit(&items, memory_order_relaxed);

    while (now > 0)
        if (atomic_compare_exchange_strong_explicit(&items, &now, now - 1,
                memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

static void *takes_one(void *a)
{
    while (!take()) {
        uint32_t key = pawl_event_prepare(&event);

        if (take()) {
            pawl_event_cancel(&event);
            break;
        }
        assert(pawl_event_wait(&event, key, PAWL_FOREVER) == 0);
    }
    return a;
}

/* One is enough for who waits: it does not sleep on. */
int safety(void)
{
    begin();
    run_threads(puts_one, puts_one, takes_one, NULL);
    assert(atomic_load_explicit(&items, memory_order_relaxed) == 1);
    return 0;
}

/* Two notify and two wait, for whom there is one item already. */
int two_by_two(void)
{
    begin();
    atomic_store_explicit(&items, 1, memory_order_relaxed);
    run_threads(puts_one, puts_one, takes_one, takes_one);
    assert(atomic_load_explicit(&items, memory_order_relaxed) == 1);
    return 0;
}

/* The same by seq_cst operations: where nobody waits, the notify is left out. */
static void *tells_if_waited(void *a)
{
    atomic_store_explicit(&items, 1, memory_order_seq_cst);
    if (pawl_event_waited(&event))
        pawl_event_notify(&event, PAWL_ALL);
    return a;
}

static void *tells_all(void *a)
{
    atomic_store_explicit(&items, 1, memory_order_relaxed);
    pawl_event_notify(&event, PAWL_ALL);
    return a;
}

static void *waits(void *a)
{
    while (atomic_load_explicit(&items, memory_order_seq_cst) == 0) {
        uint32_t key = pawl_event_prepare(&event);

        if (atomic_load_explicit(&items, memory_order_seq_cst) != 0)
            pawl_event_cancel(&event);
        else
            assert(pawl_event_wait(&event, key, PAWL_FOREVER) == 0);
    }
    return a;
}

/* One notify for all who wait. */
int all(void)
{
    begin();
    run_threads(tells_all, waits, waits, NULL);
    return 0;
}

int waited(void)
{
    begin();
    run_threads(tells_if_waited, waits, NULL, NULL);
    return 0;
}

/* Who was woken sees what was done before the notify. */
static void *looks_after_a_wake(void *a)
{
    uint32_t key = pawl_event_prepare(&event);

    if (atomic_load_explicit(&items, memory_order_relaxed) != 0) {
        pawl_event_cancel(&event);
    } else {
        assert(pawl_event_wait(&event, key, PAWL_FOREVER) == 0);
        assert(written[0] == 1);
    }
    return a;
}

int handed(void)
{
    begin();
    run_threads(puts_one, looks_after_a_wake, NULL, NULL);
    return 0;
}

int main(void)
{
    return safety() || two_by_two() || all() || waited() || handed();
}
