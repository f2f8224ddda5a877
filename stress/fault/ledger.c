/* ledger.c - see ledger.h.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fault/ledger.h>

#include <string.h>

static void *item_of(uint64_t number)
{
    return (void *)(uintptr_t)(number * 8);
}

void *fault_make(fault_ledger *l)
{
    return item_of(++l->made);
}

void *fault_make_own(fault_ledger *l)
{
    if (l->owns == FAULT_OWN)
        fault_die("the victim pushes too much");
    l->own[l->owns] = ++l->made;
    return item_of(l->own[l->owns++]);
}

void fault_pushed(fault_ledger *l, void *item)
{
    if (l->count == FAULT_ITEMS)
        fault_die("more goes in than can be");
    l->in[l->count++] = (uintptr_t)item / 8;
}

/* The first `n` that are in are gone. */
static void remove_first(fault_ledger *l, unsigned n)
{
    l->count -= n;
    memmove(l->in, l->in + n, l->count * sizeof l->in[0]);
}

void fault_popped(fault_ledger *l, void *item)
{
    uint64_t number = (uintptr_t)item / 8;
    unsigned i = 0;

    if (l->seen < l->owns && l->own[l->seen] == number) {
        l->seen++;
        return;
    }
    while (i < l->count && l->in[i] != number)
        i++;
    if (i == l->count) {
        l->wrong = "popped twice, or never pushed";
        return;
    }
    l->lost += i;
    if (l->lost > l->may_lose)
        l->wrong = "popped out of order, or lost";
    remove_first(l, i + 1);
}

unsigned fault_at_least(const fault_ledger *l)
{
    unsigned taken = l->may_lose - l->lost;

    return l->lost > l->may_lose || l->count < taken ? 0 : l->count - taken;
}

unsigned fault_at_most(const fault_ledger *l)
{
    return l->count + (l->owns - l->seen);
}

void fault_was_empty(fault_ledger *l)
{
    l->lost += l->count;
    l->count = 0;
    l->may_lose = l->lost;
    l->owns = l->seen;
}
