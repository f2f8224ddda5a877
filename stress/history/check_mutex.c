/* check_mutex.c - long histories of locks: one holder at a time, refusals.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <history/inside.h>

#include <stdlib.h>

typedef struct visit {                  /* from a lock to its unlock */
    const history_op *lock, *unlock;    /* NULL: never */
    int64_t from, in, out, gone;        /* lock: call, end; unlock: call, end */
} visit;

typedef struct mutex {
    history *h;
    visit *visits;
    size_t count;
} mutex;

static bool holds(history_how how)
{
    return how == HISTORY_DONE || how == HISTORY_PENDING;
}

/* A thread's locks and unlocks take turns, in the order in which they stand. */
static bool collect_visits(mutex *m)
{
    const history *h = m->h;
    visit *open = NULL;

    for (size_t k = 0; k < h->n; k++) {
        size_t i = h->by_thread[k];
        const history_op *op = &h->ops[i];

        if (k > 0 && op->who != h->ops[h->by_thread[k - 1]].who)
            open = NULL;
        if (op->what == HISTORY_LOCK && holds(op->how)) {
            if (open != NULL && op->how == HISTORY_PENDING)
                continue;               /* it never happens; below likewise */
            if (open != NULL)
                return history_wrong(m->h, "locked twice by one thread", open->lock,
                                     op);
            open = &m->visits[m->count++];
            *open = (visit){ op, NULL, h->when[i].call, h->when[i].end, h->last,
                             h->last };
        } else if (op->what == HISTORY_UNLOCK) {
            if (open == NULL && op->how == HISTORY_PENDING)
                continue;
            if (open == NULL || !holds(op->how))
                return history_wrong(m->h, "unlocked, and not held", op, NULL);
            open->unlock = op;
            open->out = h->when[i].call;
            open->gone = h->when[i].end;
            open = NULL;
        }
    }
    return true;
}

static int by_in(const void *a, const void *b)
{
    const visit *left = (const visit *)a, *right = (const visit *)b;

    if (left->in != right->in)
        return left->in < right->in ? -1 : 1;
    return (left->out > right->out) - (left->out < right->out);
}

/* Held at least from in to out: no two of these may overlap.  (A lock that never
 * returned was perhaps never taken.) */
static bool check_exclusion(mutex *m)
{
    qsort(m->visits, m->count, sizeof *m->visits, by_in);
    for (size_t k = 1; k < m->count; k++) {
        const visit *a = &m->visits[k - 1], *b = &m->visits[k];

        if (b->lock->how == HISTORY_DONE && b->in < a->out)
            return history_wrong(m->h, "two hold it at once", a->lock, a->unlock)
                || history_wrong(m->h, "; and", b->lock, b->unlock);
    }
    return true;
}

static bool check_refusals(mutex *m)
{
    level held;                         /* by so many at most; negative */
    bool right = true;

    level_open(&held, m->h, 0);
    for (size_t k = 0; k < m->count; k++)
        level_change(&held, m->visits[k].from, m->visits[k].gone, -1);
    level_settle(&held);
    for (size_t i = 0; i < m->h->n && right; i++) {
        const history_op *op = &m->h->ops[i];
        span when = m->h->when[i];

        if (op->what != HISTORY_LOCK || holds(op->how))
            continue;
        right = (history_refused(op->how)
                 && (m->h->spec->inexact
                     || level_least(&held, when.call, when.end) < 0))
            || history_wrong(m->h, "refused, and nobody held it", op, NULL);
    }
    level_close(&held);
    return right;
}

bool history_check_mutex(history *h)
{
    mutex m = { h, (visit *)history_room(h->n, sizeof(visit)), 0 };
    bool right = collect_visits(&m) && check_exclusion(&m) && check_refusals(&m);

    free(m.visits);
    return right;
}
