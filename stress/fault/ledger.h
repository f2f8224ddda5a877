/* ledger.h - what went into a queue and came out, while one call never returned.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All calls but the victim's come one after the other, so what they pushed has to come
 * out in that order.  Where the victim was pushing, its items may come too, once each,
 * in their order, anywhere; where it was popping, as many as it wanted may be missing.
 */
#ifndef FAULT_LEDGER_H
#define FAULT_LEDGER_H

#include <fault/fault.h>

enum { FAULT_ITEMS = 64, FAULT_OWN = 4 };

typedef struct fault_ledger {
    uint64_t made;                      /* items so far: numbers from 1 on */
    uint64_t in[FAULT_ITEMS];           /* pushed, and not popped */
    unsigned count;
    uint64_t own[FAULT_OWN];            /* the victim's, */
    unsigned owns, seen;                /* so many, of which popped */
    unsigned may_lose, lost;            /* by the victim */
    const char *wrong;                  /* what cannot be, or NULL */
} fault_ledger;

/* An item to push: a multiple of 8.  The victim's push says so beforehand. */
void *fault_make(fault_ledger *l);
void *fault_make_own(fault_ledger *l);

void fault_pushed(fault_ledger *l, void *item);
void fault_popped(fault_ledger *l, void *item);

/* How many must be, and may be, inside. */
unsigned fault_at_least(const fault_ledger *l);
unsigned fault_at_most(const fault_ledger *l);

/* A pop found it empty, and is right if anybody can be: what the victim may have taken,
 * it has; what it has not put in, never comes. */
void fault_was_empty(fault_ledger *l);

#endif
