/* check.c - the fast checkers: what is held to what, and what they may miss.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each looks for patterns that no order explains.  What was certainly so during a whole
 * operation is held against its answer.  They never reject what history_search accepts.
 * Values are distinct; a thread's operations stand in the order of their calls.
 *
 * Queue      V1  what is popped was pushed, and not only afterwards
 *            V2  it is popped once
 *            V3  no item is pushed before another, and popped after it, or never;
 *                before is by the clock, or, in the calls of one thread, as they stand;
 *                in HISTORY_LANES this goes for the items of one thread only
 *            V4  a pop finds it empty only if there is a moment, from call to return,
 *                at which no item is certainly inside
 *            V5  a push finds it full only if there is a moment at which as many items
 *                as its capacity are possibly inside; it succeeds only if there is one
 *                at which fewer are certainly inside; and when it has returned, no more
 *                than the capacity are
 *            V6  there is a moment of close that is after the call of every push that
 *                succeeded, and before the return of every call that found it closed;
 *                a pop finds it closed only if it may have been empty after that moment
 * Semaphore  at no moment more permits were taken, by waits that had returned, than
 *            were posted, by posts that had been called; a wait fails only if there is
 *            a moment at which there may have been too few; V6 likewise
 * Lock       the times from a lock's return to its unlock's call do not overlap; a lock
 *            is refused only if there is a moment at which it may have been held
 *
 * Nothing is missed by V1 to V4 in a queue that has no capacity and is not closed, by
 * the first rule of semaphores where no wait fails, and by the first of locks where
 * none is refused; if all operations returned, and a thread's do not share moments, as
 * those of a batch do.  Else each answer is held against what is certain, one by one,
 * and what only several of them contradict together may be missed: two waits that
 * failed, each right alone; full and empty in turn, with too few items at hand for
 * both; a batch that found it empty where its own pushes say that it was not.  In
 * random small histories that is one wrong one in a hundred, and one in twenty of those
 * full of batches.
 */
#include <history/inside.h>

static void narrow(closing *c, const history_op *op, span when)
{
    bool adds = op->what == HISTORY_PUSH || op->what == HISTORY_POST;

    if (adds && op->how == HISTORY_DONE && when.call > c->first)
        c->first = when.call;
    if ((op->what == HISTORY_CLOSE || op->how == HISTORY_CLOSED) && when.end < c->last)
        c->last = when.end;
}

/* The push that made it so late, and the answer that made it so soon. */
static bool contradicted(history *h, const closing *c)
{
    const history_op *early = NULL, *late = NULL;

    for (size_t i = 0; i < h->n; i++) {
        bool tells = h->ops[i].what == HISTORY_CLOSE || h->ops[i].how == HISTORY_CLOSED;

        if (tells && h->when[i].end == c->last)
            early = &h->ops[i];
        else if (!tells && h->when[i].call == c->first)
            late = &h->ops[i];
    }
    return history_wrong(h, "after the close it was open again, or closed before it",
                         early, late);
}

bool history_closing(history *h, closing *c)
{
    int64_t called = INT64_MAX;

    *c = (closing){ false, 0, INT64_MAX };
    for (size_t i = 0; i < h->n; i++)
        if (h->ops[i].what == HISTORY_CLOSE) {
            called = h->when[i].call < called ? h->when[i].call : called;
            c->any = true;
        }
    for (size_t i = 0; i < h->n; i++) {
        narrow(c, &h->ops[i], h->when[i]);
        if (!c->any && h->ops[i].how == HISTORY_CLOSED)
            return history_wrong(h, "found closed, and nobody closed it", &h->ops[i],
                                 NULL);
    }
    if (c->any && called > c->first)
        c->first = called;
    return !c->any || c->first <= c->last || contradicted(h, c);
}

bool history_wrong(history *h, const char *what, const history_op *a,
                   const history_op *b)
{
    h->used = history_say(h->why, h->bytes, h->used, "%s", what);
    if (a != NULL) {
        h->used = history_say(h->why, h->bytes, h->used, "\n    ");
        h->used = history_say_op(h->why, h->bytes, h->used, a);
    }
    if (b != NULL) {
        h->used = history_say(h->why, h->bytes, h->used, "\n    ");
        h->used = history_say_op(h->why, h->bytes, h->used, b);
    }
    return false;
}

bool history_check(const history_spec *spec, const history_op *ops, size_t n,
                   char *why, size_t bytes)
{
    history h = { .spec = spec, .ops = ops, .n = n, .why = why, .bytes = bytes };
    bool right;

    history_open(&h);
    right = spec->kind == HISTORY_SEM ? history_check_sem(&h)
          : spec->kind == HISTORY_MUTEX ? history_check_mutex(&h)
          : history_check_queue(&h);
    history_close(&h);
    return right;
}
