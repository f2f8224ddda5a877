/* ear.h - what the tests of event.h's listeners share: one that notes its calls.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_EAR_H
#define PAWL_TESTS_EAR_H

#include "unit.h"

#include <pawl/event.h>

/* A listener that notes when it was called, and may do more. */
typedef struct ear {
    pawl_listener listener;             /* first: found by its address */
    pawl_event *event;
    unsigned calls, place;              /* how often; the how manieth of all, last */
    unsigned again;                     /* how often to listen again */
    struct ear *notifies;               /* a listener on another event, to pass it on */
    int result;
    flag inside, go, over;
} ear;

static unsigned calls_of_all;

static inline void fire(pawl_listener *l)
{
    ear *me = (ear *)(void *)l;

    me->calls++;
    me->place = ++calls_of_all;
    if (me->again > 0) {
        me->again--;
        me->result = pawl_event_listen(me->event, l);
    }
    if (me->notifies != NULL)
        pawl_event_notify(me->notifies->event, 1);
}

static inline void prick(ear *ears, unsigned n, pawl_event *e)
{
    calls_of_all = 0;
    memset(ears, 0, n * sizeof *ears);
    for (unsigned i = 0; i < n; i++) {
        ears[i].listener = (pawl_listener)PAWL_LISTENER_INIT(fire);
        ears[i].event = e;
    }
}

/* And all of them listen, the first one first. */
static inline void listen_all(ear *ears, unsigned n, pawl_event *e)
{
    prick(ears, n, e);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(pawl_event_listen(e, &ears[i].listener), 0);
}

static inline bool at_rest(pawl_event *e)
{
    return atomic_load_explicit(&e->state, memory_order_relaxed) == 0
        && e->first == NULL && e->last == NULL && e->firing == NULL;
}

#endif
