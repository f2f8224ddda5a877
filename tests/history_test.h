/* history_test.h - random small histories, right and wrong ones, and a third judge.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_HISTORY_TEST_H
#define PAWL_TESTS_HISTORY_TEST_H

#include "unit.h"

#include <history/history.h>

enum { OPS_MAX = 30, THREADS = 4, WORD = 400 };

/* What sort of histories: `batches` share an interval, `pending` never return. */
typedef struct sort {
    const char *name;
    history_spec spec;
    bool closes, batches, pending, refuses;
    double may_miss;                    /* of 100 wrong ones, the fast checker */
} sort;

typedef struct sample {
    history_op ops[OPS_MAX];
    size_t n;
} sample;

static uint64_t dice = 1;

static inline unsigned roll(unsigned below)
{
    dice ^= dice >> 12;
    dice ^= dice << 25;
    dice ^= dice >> 27;
    return (unsigned)((dice * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below);
}

/* --- one thread alone: what it would be told ------------------------------------ */

typedef struct alone {
    uint64_t item[OPS_MAX];
    uint32_t from[OPS_MAX];
    size_t count;
    uint64_t permits;
    bool closed, held;
    uint32_t holder;
} alone;

static inline void take_out(alone *a, size_t i)
{
    a->count--;
    for (; i < a->count; i++) {
        a->item[i] = a->item[i + 1];
        a->from[i] = a->from[i + 1];
    }
}

static inline history_how push_alone(const sort *s, alone *a, const history_op *op)
{
    if (a->closed)
        return HISTORY_CLOSED;
    if (s->spec.capacity > 0 && a->count >= s->spec.capacity && !s->spec.floor)
        return HISTORY_NOT_NOW;
    a->item[a->count] = op->value;
    a->from[a->count++] = op->who;
    return HISTORY_DONE;
}

/* In lanes, the item may be any producer's first; which, the operation says. */
static inline history_how pop_alone(const sort *s, alone *a, const history_op *op)
{
    if (a->count == 0)
        return a->closed ? HISTORY_CLOSED : HISTORY_NOT_NOW;
    for (size_t i = 0; i < a->count; i++) {
        bool leads = true;

        for (size_t k = 0; k < i; k++)
            leads = leads && a->from[k] != a->from[i];
        if (leads && a->item[i] == op->value) {
            take_out(a, i);
            return HISTORY_DONE;
        }
        if (s->spec.kind == HISTORY_QUEUE)
            break;
    }
    return HISTORY_PENDING;             /* something else comes, not that value */
}

/* The answer; DONE has had its effect. */
static inline history_how do_alone(const sort *s, alone *a, const history_op *op)
{
    switch (op->what) {
    case HISTORY_PUSH: return push_alone(s, a, op);
    case HISTORY_POP:  return pop_alone(s, a, op);
    case HISTORY_POST:
        if (a->closed)
            return HISTORY_CLOSED;
        a->permits += op->value;
        return HISTORY_DONE;
    case HISTORY_WAIT:
        if (a->permits < op->value)
            return a->closed ? HISTORY_CLOSED : HISTORY_NOT_NOW;
        a->permits -= op->value;
        return HISTORY_DONE;
    case HISTORY_LOCK:
        if (a->held)
            return HISTORY_NOT_NOW;
        a->held = true;
        a->holder = op->who;
        return HISTORY_DONE;
    case HISTORY_UNLOCK:
        if (!a->held || a->holder != op->who)
            return HISTORY_PENDING;     /* not allowed */
        a->held = false;
        return HISTORY_DONE;
    default:
        a->closed = true;
        return HISTORY_DONE;
    }
}

/* --- the third judge: each order, from beginning to end ------------------------- */

static inline bool comes_before(const history_op *a, const history_op *b)
{
    return a->returned < b->called || (a->who == b->who && a < b);
}

/* May it have been told so?  Then it has had its effect. */
static inline bool told_so(const sort *s, alone *a, const history_op *op)
{
    history_how how;

    if (op->how != HISTORY_NOT_NOW && op->how != HISTORY_LATE) {
        how = do_alone(s, a, op);
        return how == (op->how == HISTORY_PENDING ? HISTORY_DONE : op->how);
    }
    if (s->spec.inexact)
        return true;
    if (op->what == HISTORY_PUSH && s->spec.floor)
        return a->closed || a->count >= s->spec.capacity;
    how = do_alone(s, a, op);
    return how == HISTORY_NOT_NOW || how == HISTORY_CLOSED;     /* it cannot tell */
}

static inline bool replay(const sort *s, alone a, const sample *h, const int *order,
                          size_t left)
{
    history_op op;

    if (left == 0)
        return true;
    op = h->ops[order[0]];
    if (op.how != HISTORY_PENDING || op.what != HISTORY_POP)
        return told_so(s, &a, &op) && replay(s, a, h, order + 1, left - 1);
    for (size_t i = 0; i < a.count; i++) {      /* whatever it would have popped */
        alone b = a;

        op.value = a.item[i];
        if (told_so(s, &b, &op) && replay(s, b, h, order + 1, left - 1))
            return true;
    }
    return false;
}

static inline bool try_orders(const sort *s, const sample *h, int *order, size_t placed,
                              unsigned used)
{
    alone start = { .permits = s->spec.permits };
    bool all = true;

    for (size_t i = 0; i < h->n; i++)
        all = all && (h->ops[i].how == HISTORY_PENDING || (used >> i & 1) != 0);
    if (all && replay(s, start, h, order, placed))
        return true;
    for (size_t i = 0; i < h->n; i++) {
        bool next = (used >> i & 1) == 0;

        for (size_t k = 0; k < h->n; k++)
            next = next && ((used >> k & 1) != 0 || k == i
                            || !comes_before(&h->ops[k], &h->ops[i]));
        order[placed] = (int)i;
        if (next && try_orders(s, h, order, placed + 1, used | 1u << i))
            return true;
    }
    return false;
}

static inline bool brute(const sort *s, const sample *h)
{
    int order[OPS_MAX];

    return try_orders(s, h, order, 0, 0);
}

/* --- right histories: a run of one thing after the other, then stretched -------- */

static inline history_what pick_what(const sort *s, const alone *a, uint32_t who)
{
    if (s->closes && roll(10) == 0)
        return HISTORY_CLOSE;
    switch (s->spec.kind) {
    case HISTORY_SEM:   return roll(2) == 0 ? HISTORY_POST : HISTORY_WAIT;
    case HISTORY_MUTEX: return a->held && a->holder == who ? HISTORY_UNLOCK
                             : HISTORY_LOCK;
    default:            return roll(2) == 0 ? HISTORY_PUSH : HISTORY_POP;
    }
}

static inline uint64_t pick_value(const alone *a, const history_op *op, size_t turn)
{
    switch (op->what) {
    case HISTORY_PUSH:  return turn + 1;
    case HISTORY_POP:   return a->count > 0 ? a->item[roll((unsigned)a->count)] : 0;
    case HISTORY_POST:
    case HISTORY_WAIT:  return 1 + roll(3);
    default:            return 0;
    }
}

/* One more operation, with the answer that is right now. */
static inline bool add_right(const sort *s, alone *a, sample *h, uint32_t who)
{
    history_op op = { .who = who, .what = pick_what(s, a, who) };
    size_t tries = 0;

    do {                                /* until the value of a pop is one that comes */
        op.value = pick_value(a, &op, h->n);
        op.how = do_alone(s, a, &op);
    } while (op.how == HISTORY_PENDING && tries++ < 50);
    if (op.how == HISTORY_PENDING || (op.how == HISTORY_NOT_NOW && !s->refuses))
        return false;
    if (op.how != HISTORY_DONE) {
        op.value = op.what == HISTORY_POP ? 0 : op.value;
        op.how = op.how == HISTORY_CLOSED && roll(3) != 0 ? HISTORY_CLOSED
               : roll(2) == 0 ? HISTORY_NOT_NOW : HISTORY_LATE;
        if (s->spec.kind == HISTORY_MUTEX)
            op.how = HISTORY_NOT_NOW;
    }
    op.called = op.returned = 4 * (h->n + 1) + roll(4);
    h->ops[h->n++] = op;
    return true;
}

/* Earlier calls and later returns, up to the neighbours in the same thread; a batch has
 * one interval. */
static inline void stretch(const sort *s, sample *h)
{
    unsigned reach = 1 + roll(40);

    for (size_t i = 0; i < h->n; i++) {
        history_op *op = &h->ops[i];
        uint64_t call = op->called - roll(reach < op->called ? reach : 4);
        uint64_t end = op->returned + roll(reach);
        bool batch = s->batches && roll(2) == 0;

        for (size_t k = 0; k < h->n; k++) {
            if (h->ops[k].who != op->who || k == i)
                continue;
            if (k < i && batch && h->ops[k].what == op->what) {
                op->called = h->ops[k].called;
                h->ops[k].returned = op->returned;
                call = op->called;
            }
            if (k < i && h->ops[k].returned >= call && !batch)
                call = h->ops[k].returned + 1;
            if (k > i && h->ops[k].called <= end)
                end = h->ops[k].called - 1;
        }
        op->called = call;
        op->returned = end;
    }
}

/* In a batch all have the interval from the first call to the last return. */
static inline void even_out(sample *h)
{
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = 0; k < i; k++) {
            history_op *a = &h->ops[k], *b = &h->ops[i];

            if (a->who != b->who || a->returned <= b->called)
                continue;
            b->called = a->called;
            a->returned = b->returned;
        }
}

/* The last operations of some threads never return. */
static inline void leave_pending(sample *h)
{
    for (uint32_t who = 0; who < THREADS; who++)
        for (size_t i = h->n; i-- > 0 && roll(3) == 0;)
            if (h->ops[i].who == who) {
                if (h->ops[i].what == HISTORY_POP)
                    h->ops[i].value = 0;
                h->ops[i].how = HISTORY_PENDING;
                h->ops[i].returned = UINT64_MAX;
                break;
            }
}

static inline void sort_threads(sample *h)
{
    for (size_t i = 1; i < h->n; i++)
        for (size_t k = i; k > 0 && h->ops[k - 1].who > h->ops[k].who; k--) {
            history_op swap = h->ops[k];

            h->ops[k] = h->ops[k - 1];
            h->ops[k - 1] = swap;
        }
}

static inline void make_right(const sort *s, sample *h, size_t most)
{
    alone a = { .permits = s->spec.permits };
    size_t n = 2 + roll((unsigned)most - 1);

    h->n = 0;
    for (unsigned tries = 0; h->n < n && tries < 100; tries++)
        add_right(s, &a, h, roll(THREADS));
    stretch(s, h);
    if (s->batches)
        even_out(h);
    if (s->pending)
        leave_pending(h);
    if (roll(2) == 0)
        sort_threads(h);
}

/* --- wrong ones, perhaps: something is changed ---------------------------------- */

static inline void swap_values(sample *h, history_what what)
{
    history_op *a = &h->ops[roll((unsigned)h->n)], *b = &h->ops[roll((unsigned)h->n)];

    if (a->what == what && b->what == what && a->how == HISTORY_DONE
        && b->how == HISTORY_DONE) {
        uint64_t value = a->value;

        a->value = b->value;
        b->value = value;
    }
}

static inline void spoil_answer(const sort *s, history_op *op)
{
    if (op->how == HISTORY_PENDING || op->what == HISTORY_CLOSE
        || op->what == HISTORY_UNLOCK)
        return;
    if (op->how == HISTORY_DONE)
        op->how = s->closes && roll(2) == 0 ? HISTORY_CLOSED
                : s->refuses ? HISTORY_NOT_NOW : HISTORY_DONE;
    else if (op->what != HISTORY_POP)
        op->how = HISTORY_DONE;
    if (op->what == HISTORY_POP && op->how != HISTORY_DONE)
        op->value = 0;
}

static inline void drop(sample *h, size_t at)
{
    h->n--;
    for (size_t i = at; i < h->n; i++)
        h->ops[i] = h->ops[i + 1];
}

/* A narrower interval, anywhere in the old one. */
static inline void narrow(const sort *s, history_op *op)
{
    uint64_t length;

    if (op->returned == UINT64_MAX || s->batches || op->returned == op->called)
        return;
    length = op->returned - op->called;
    op->called += roll((unsigned)length + 1);
    op->returned -= roll((unsigned)(op->returned - op->called) + 1);
}

static inline void spoil(const sort *s, sample *h)
{
    for (unsigned times = 1 + roll(3); times > 0 && h->n > 2; times--) {
        size_t at = roll((unsigned)h->n);

        switch (roll(6)) {
        case 0: swap_values(h, HISTORY_POP); break;
        case 1: spoil_answer(s, &h->ops[at]); break;
        case 2: drop(h, at); break;
        case 3:
            if (s->spec.kind == HISTORY_SEM)
                h->ops[at].value += h->ops[at].what != HISTORY_CLOSE;
            else
                swap_values(h, HISTORY_PUSH);
            break;
        case 4:
            if (h->ops[at].what == HISTORY_POP && h->ops[at].how == HISTORY_DONE)
                h->ops[at].value = 1 + roll(OPS_MAX);
            break;
        default: narrow(s, &h->ops[at]);
        }
    }
}

#endif
