/* park.c - behind the library: sleeping on a word, as fibers do.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * This takes the place of park_linux.c.  Who sleeps on what is written down in memory
 * that processes share, so that a wake by one that is killed soon after comes about.
 */
#include <fault/engine.h>
#include <fault/world.h>
#include <pawl/park.h>

#include <errno.h>
#include <string.h>

static struct sleepers {
    struct { const void *word; unsigned fiber; bool woken; } all[FAULT_FIBERS];
    unsigned count;
} *asleep;

static bool processes, latest;
static uint64_t wakes;

uint64_t fault_wakes(void) { return wakes; }

void fault_forget_sleepers(bool shared, bool newest_first)
{
    if (asleep == NULL)
        asleep = (struct sleepers *)fault_memory(sizeof *asleep);
    asleep->count = 0;
    processes = shared;
    latest = newest_first;
}

static void check(pawl_scope scope)
{
    if (processes && scope != PAWL_SHARED)
        fault_die("sleeps or wakes within one process only");
}

static unsigned find(unsigned fiber)
{
    unsigned i = 0;

    while (i < asleep->count && asleep->all[i].fiber != fiber)
        i++;
    return i;
}

static void strike(unsigned i)
{
    asleep->count--;
    memmove(&asleep->all[i], &asleep->all[i + 1],
            (asleep->count - i) * sizeof asleep->all[0]);
}

void fault_bury_victim(void)
{
    unsigned i = find(FAULT_VICTIM);

    if (i < asleep->count)
        strike(i);
}

/* Written down; then asleep, until it is woken.  The victim gets help.  False: the
 * moment has come first. */
static bool sleep_on(const void *word, pawl_time until)
{
    unsigned i = asleep->count++, me = fault_current();
    bool woken;

    if (me == FAULT_NOBODY || i == FAULT_FIBERS)
        fault_die("nobody was to sleep here");
    asleep->all[i].word = word;
    asleep->all[i].fiber = me;
    asleep->all[i].woken = false;
    if (me == FAULT_VICTIM) {
        fault_point();                  /* asleep */
        fault_help();
    }
    while (until == PAWL_FOREVER && !asleep->all[find(me)].woken)
        fault_sleep();
    woken = asleep->all[find(me)].woken;
    strike(find(me));
    if (!woken)
        fault_time_passes(until);
    return woken;
}

static int park(const void *word, uint32_t is, uint32_t expected, pawl_time until,
                pawl_scope scope)
{
    check(scope);
    if (is != expected)
        return 0;
    if (until != PAWL_FOREVER && until <= fault_now())
        return ETIMEDOUT;
    return sleep_on(word, until) ? 0 : ETIMEDOUT;
}

/* Fibers of this process that were woken by whichever. */
static void unpark(const void *word, uint32_t n, pawl_scope scope)
{
    fault_point();
    check(scope);
    wakes++;
    for (unsigned k = 0; k < asleep->count && n > 0; k++) {
        unsigned i = latest ? asleep->count - 1 - k : k;

        if (asleep->all[i].word == word && !asleep->all[i].woken) {
            asleep->all[i].woken = true;
            n--;
        }
    }
    fault_wake_up();
}

void fault_wake_up(void)
{
    for (unsigned i = 0; i < asleep->count; i++)
        if (asleep->all[i].woken)
            fault_wake(asleep->all[i].fiber);
}

int pawl_park(PAWL_ATOMIC(uint32_t) *word, uint32_t expected, pawl_time until,
              pawl_scope scope)
{
    fault_point();
    return park(word, SEAM_DO_LOAD(word, memory_order_relaxed), expected, until, scope);
}

int pawl_park_half(PAWL_ATOMIC(uint64_t) *word, uint32_t expected, pawl_time until,
                   pawl_scope scope)
{
    fault_point();
    return park(word, (uint32_t)SEAM_DO_LOAD(word, memory_order_relaxed), expected,
                until, scope);
}

void pawl_unpark(PAWL_ATOMIC(uint32_t) *word, uint32_t n, pawl_scope scope)
{
    unpark(word, n, scope);
}

void pawl_unpark_half(PAWL_ATOMIC(uint64_t) *word, uint32_t n, pawl_scope scope)
{
    unpark(word, n, scope);
}
