/* record.c - the history of a schedule, and the histories that are known to be right.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A million schedules have a few hundred different histories.  So each is given a hash
 * of its calls and returns, in order, and those that the exact search has found right
 * are kept by their hashes, as many as there is room for; only others are searched.  (A
 * wrong history passes if its 64 bits are those of one that is right.)
 */
#include <schedule/machine.h>

#include <string.h>

enum { KNOWN = 1 << 16 };

#define m schedule_machine

static struct {
    history_op ops[SCHEDULE_OPS];
    size_t n;
    uint64_t events;                    /* calls and returns so far: the stamps */
    uint64_t hash;
} history;

static uint64_t known[KNOWN];           /* each where its low bits say; 0: none */

void schedule_forget_history(void)
{
    history.n = 0;
    history.events = 0;
    history.hash = 1;
}

void schedule_forget_known(void)
{
    memset(known, 0, sizeof known);
}

const history_op *schedule_history(size_t *n)
{
    *n = history.n;
    return history.ops;
}

static void absorb(uint64_t event, const history_op *op, uint64_t value)
{
    uint64_t x = history.hash ^ (event << 56 | (uint64_t)op->who << 48 | value);

    x *= UINT64_C(0x9e3779b97f4a7c15);
    history.hash = x ^ x >> 29;
}

static uint32_t who(void)
{
    return m.current != OUTSIDE ? m.current : m.test->threads;
}

static history_op *new_op(history_what what, uint64_t value)
{
    history_op *op = &history.ops[history.n < SCHEDULE_OPS - 1 ? history.n++
                                                               : history.n];

    if (op == &history.ops[SCHEDULE_OPS - 1])
        schedule_fail("more than %d operations", SCHEDULE_OPS - 1);
    *op = (history_op){ 0, UINT64_MAX, value, who(), what, HISTORY_PENDING };
    return op;
}

static void stamp(history_op *op)
{
    op->called = ++history.events;
    schedule_memory_moment(op->called);
    absorb(1 + op->what, op, op->value);
}

void schedule_stamp_call(fiber *f)
{
    stamp(f->calling);
    f->calling = NULL;
}

history_op *schedule_call(history_what what, uint64_t value)
{
    history_op *op = new_op(what, value);

    m.fibers[m.current].op = op;
    if (m.current == OUTSIDE)
        stamp(op);
    else
        m.fibers[m.current].calling = op;
    if (m.tracing)
        schedule_trace_op(TRACE_CALL, op);
    return op;
}

void schedule_return(history_op *op, history_how how, uint64_t value)
{
    fiber *f = &m.fibers[m.current];

    if (f->calling != NULL)             /* it took no step at all */
        schedule_stamp_call(f);
    op->returned = ++history.events;
    schedule_memory_moment(op->returned);
    op->how = how;
    op->value = value;
    f->op = NULL;
    absorb(16 + how, op, value);
    if (m.tracing)
        schedule_trace_op(TRACE_RETURN, op);
}

void schedule_also(const history_op *op, history_how how, uint64_t value)
{
    history_op *also = new_op(op->what, value);

    also->called = op->called;
    also->returned = op->returned;
    also->how = how;
    absorb(32 + how, also, value);
    if (m.tracing)
        schedule_trace_op(TRACE_RETURN, also);
}

bool schedule_history_right(char *why, size_t bytes)
{
    uint64_t hash = schedule_memory_hash(history.hash);
    uint64_t *place = &known[hash % KNOWN];

    if (*place == hash)
        return true;
    if (!schedule_memory_explains(why, bytes))
        return false;
    *place = hash;
    return true;
}
