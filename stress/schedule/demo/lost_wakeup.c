/* lost_wakeup.c - how to look for a lost wake-up in code of your own; here is one.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A door: some wait until it is open, one opens it.  To save a system call, who opens
 * it looks whether anybody waits.  One way to open looks first; who comes in between is
 * not seen, finds the door closed, and sleeps for ever.  The other way opens first.
 * Status: 0 if the one was found wrong within 1,000 schedules by each strategy, and the
 * other right.
 */
#include <pawl/park.h>
#include <schedule/schedule.h>

enum { SCHEDULES = 1000 };

static struct {
    PAWL_ATOMIC(uint32_t) open, waiters;
} door;

/* --- the code to be looked at ----------------------------------------------------- */

static void wait_until_open(void)
{
    while (atomic_load_explicit(&door.open, memory_order_seq_cst) == 0) {
        atomic_fetch_add_explicit(&door.waiters, 1, memory_order_seq_cst);
        pawl_park(&door.open, 0, PAWL_FOREVER, PAWL_PRIVATE);
        atomic_fetch_sub_explicit(&door.waiters, 1, memory_order_seq_cst);
    }
}

static void open_wrongly(void)
{
    uint32_t waiters = atomic_load_explicit(&door.waiters, memory_order_seq_cst);

    atomic_store_explicit(&door.open, 1, memory_order_seq_cst);
    if (waiters > 0)
        pawl_unpark(&door.open, PAWL_ALL, PAWL_PRIVATE);
}

static void open_rightly(void)
{
    atomic_store_explicit(&door.open, 1, memory_order_seq_cst);
    if (atomic_load_explicit(&door.waiters, memory_order_seq_cst) > 0)
        pawl_unpark(&door.open, PAWL_ALL, PAWL_PRIVATE);
}

/* --- the tests -------------------------------------------------------------------- */

/* Before each schedule, everything as it is in the beginning. */
static void close_door(void *context)
{
    (void)context;
    atomic_store_explicit(&door.open, 0, memory_order_relaxed);
    atomic_store_explicit(&door.waiters, 0, memory_order_relaxed);
    schedule_name(&door.open, sizeof door.open, "open");
    schedule_name(&door.waiters, sizeof door.waiters, "waiters");
}

/* The last thread opens, the others wait.  The context says how. */
static void come_to_the_door(void *context, unsigned who)
{
    if (who < 2)
        wait_until_open();
    else
        (*(void (**)(void))context)();
}

/* After each schedule that ended. */
static void check_door(void *context)
{
    (void)context;
    if (atomic_load_explicit(&door.waiters, memory_order_relaxed) != 0)
        schedule_fail("somebody has gone in, and is still counted");
}

static schedule_verdict look_at(const char *name, void (*open)(void),
                                schedule_strategy strategy, schedule_result *result)
{
    schedule_test test = {
        name, 3, close_door, come_to_the_door, check_door, NULL, &open
    };
    schedule_options options = { strategy, SCHEDULES, 1, NULL };

    schedule_run(&test, &options, result);
    printf("%-12s %-7s %6u schedules: %s%s\n", name, schedule_strategy_name(strategy),
           (unsigned)result->schedules, schedule_verdict_name(result->verdict),
           result->exhausted ? ", and there are no more within the bound" : "");
    if (result->verdict != SCHEDULE_RIGHT && strategy == SCHEDULE_DFS)
        schedule_show(stdout, &test, result);
    return result->verdict;
}

int main(void)
{
    static schedule_result result;
    int wrong = 0;

    for (int s = 0; s < SCHEDULE_STRATEGIES; s++) {
        bool found = look_at("looks first", open_wrongly, (schedule_strategy)s, &result)
                         == SCHEDULE_DEADLOCK;

        printf("the lost wake-up is found  %s\n", found ? "ok" : "FAILED");
        wrong += !found;
    }
    for (int s = 0; s < SCHEDULE_STRATEGIES; s++) {
        bool right = look_at("opens first", open_rightly, (schedule_strategy)s, &result)
                         == SCHEDULE_RIGHT;

        printf("its repaired twin is right  %s\n", right ? "ok" : "FAILED");
        wrong += !right;
    }
    return wrong > 0;
}
