/* check_sem.c - long histories of semaphores: permits, refusals, close.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <history/inside.h>

#include <inttypes.h>

typedef struct levels {
    level most;                         /* permits: posted as soon, taken as late as
                                         * can be; below 0 there were too few */
    level least;                        /* posted as late, taken as soon as can be */
} levels;

static bool may_happen(history_how how)
{
    return how == HISTORY_DONE || how == HISTORY_PENDING;
}

static void note_change(const history *h, levels *l, size_t i)
{
    const history_op *op = &h->ops[i];
    span when = h->when[i];
    int64_t n = (int64_t)op->value;

    if (!may_happen(op->how))
        return;
    if (op->what == HISTORY_POST) {
        level_change(&l->most, when.call, h->last, n);
        if (op->how == HISTORY_DONE)
            level_change(&l->least, when.end + 1, h->last, n);
    } else if (op->what == HISTORY_WAIT) {
        level_change(&l->least, when.call, h->last, -n);
        if (op->how == HISTORY_DONE)
            level_change(&l->most, when.end + 1, h->last, -n);
    }
}

static bool check_post(history *h, const closing *c, size_t i)
{
    history_how how = h->ops[i].how;

    if (may_happen(how) || (h->spec->inexact && history_refused(how)))
        return true;
    return (c->any && h->when[i].end >= c->first)
        || history_wrong(h, "refused, and not closed", &h->ops[i], NULL);
}

/* A wait that failed: were there too few permits at any moment, as far as we know? */
static bool check_wait(history *h, const levels *l, const closing *c, size_t i)
{
    const history_op *op = &h->ops[i];
    span when = h->when[i];

    if (may_happen(op->how) || (h->spec->inexact && history_refused(op->how)))
        return true;
    if (op->how == HISTORY_CLOSED && when.call < c->first)
        when.call = c->first;
    return level_least(&l->least, when.call, when.end) < (int64_t)op->value
        || history_wrong(h, "it failed, and there were always enough permits", op,
                         NULL);
}

/* Where were too few posted for what was taken?  Names who took the last ones. */
static bool check_grants(history *h, const levels *l)
{
    const history_op *last = NULL;

    if (level_least(&l->most, 0, h->last) >= 0)
        return true;
    for (size_t i = 0; i < h->n; i++)
        if (h->ops[i].what == HISTORY_WAIT && h->ops[i].how == HISTORY_DONE
            && h->when[i].end < h->last
            && level_least(&l->most, 0, h->when[i].end + 1) < 0
            && (last == NULL || h->ops[i].returned < last->returned))
            last = &h->ops[i];
    return history_wrong(h, "more permits were taken than there were, when this had "
                         "returned", last, NULL);
}

bool history_check_sem(history *h)
{
    closing closed;
    levels l;
    bool right;

    if (!history_closing(h, &closed))
        return false;
    level_open(&l.most, h, (int64_t)h->spec->permits);
    level_open(&l.least, h, (int64_t)h->spec->permits);
    for (size_t i = 0; i < h->n; i++)
        note_change(h, &l, i);
    level_settle(&l.most);
    level_settle(&l.least);
    right = check_grants(h, &l);
    for (size_t i = 0; i < h->n && right; i++)
        right = h->ops[i].what == HISTORY_POST ? check_post(h, &closed, i)
              : h->ops[i].what == HISTORY_WAIT ? check_wait(h, &l, &closed, i) : true;
    level_close(&l.most);
    level_close(&l.least);
    return right;
}
