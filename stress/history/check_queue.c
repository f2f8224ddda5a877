/* check_queue.c - long histories of queues: order, full, empty, closed.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each value is an item, which is certainly inside from the end of its push to the call
 * of its pop, and possibly inside from the call of its push to the end of its pop.
 * check.c says what is held to what, and what may be missed.
 */
#include <history/inside.h>

#include <stdlib.h>

#define NONE SIZE_MAX

typedef struct item {
    uint64_t value;
    size_t push, pop;                   /* operations; NONE */
    int64_t from, in, out, gone;        /* push: call, end; pop: call, end; beyond the
                                         * last moment: never */
} item;

typedef struct queue {
    history *h;
    item *items;                        /* by value */
    size_t count;
    size_t *item_of;                    /* for each operation; NONE */
    int64_t unknown;                    /* from here on, pops that never returned may
                                         * have taken anything */
    closing closed;
} queue;

static bool wrong(const queue *q, const char *what, size_t a, size_t b)
{
    const history_op *ops = q->h->ops;

    return history_wrong(q->h, what, a == NONE ? NULL : &ops[a],
                         b == NONE ? NULL : &ops[b]);
}

/* --- items ---------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const item *left = (const item *)a, *right = (const item *)b;

    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    return (left->push > right->push) - (left->push < right->push);
}

static item *find_item(queue *q, uint64_t value)
{
    size_t low = 0, high = q->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (q->items[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < q->count && q->items[low].value == value ? &q->items[low] : NULL;
}

static bool collect_pushes(queue *q)
{
    for (size_t i = 0; i < q->h->n; i++) {
        const history_op *op = &q->h->ops[i];

        q->item_of[i] = NONE;
        if (op->what == HISTORY_POP && op->how == HISTORY_PENDING
            && q->h->when[i].call < q->unknown)
            q->unknown = q->h->when[i].call;
        if (op->what != HISTORY_PUSH
            || (op->how != HISTORY_DONE && op->how != HISTORY_PENDING))
            continue;
        q->items[q->count].value = op->value;
        q->items[q->count].push = i;
        q->items[q->count++].pop = NONE;
    }
    qsort(q->items, q->count, sizeof *q->items, by_value);
    for (size_t k = 0; k < q->count; k++) {
        if (k > 0 && q->items[k].value == q->items[k - 1].value)
            return wrong(q, "one value pushed twice", q->items[k - 1].push,
                         q->items[k].push);
        q->item_of[q->items[k].push] = k;
    }
    return true;
}

static bool collect_pops(queue *q)
{
    for (size_t i = 0; i < q->h->n; i++) {
        const history_op *op = &q->h->ops[i];
        item *it;

        if (op->what != HISTORY_POP || op->how != HISTORY_DONE)
            continue;
        it = find_item(q, op->value);
        if (it == NULL)
            return wrong(q, "popped, and never pushed", i, NONE);
        if (it->pop != NONE)
            return wrong(q, "popped twice", it->pop, i);
        if (q->h->when[i].end < q->h->when[it->push].call)
            return wrong(q, "popped before it was pushed", i, it->push);
        it->pop = i;
        q->item_of[i] = (size_t)(it - q->items);
    }
    return true;
}

/* An item is pushed before it is popped, and a thread does one thing after the other:
 * what that says of when, beyond calls and returns.  To and fro along each thread. */
static bool tighten(queue *q)
{
    span *when = q->h->when;
    const size_t *row = q->h->by_thread;

    for (size_t k = 0; k < q->count; k++) {
        span *push = &when[q->items[k].push], *pop;

        if (q->items[k].pop == NONE)
            continue;
        pop = &when[q->items[k].pop];
        pop->call = pop->call > push->call ? pop->call : push->call;
        push->end = push->end < pop->end ? push->end : pop->end;
    }
    for (size_t i = 1; i < q->h->n; i++)
        if (q->h->ops[row[i]].who == q->h->ops[row[i - 1]].who
            && when[row[i]].call < when[row[i - 1]].call)
            when[row[i]].call = when[row[i - 1]].call;
    for (size_t i = q->h->n; i-- > 1;)
        if (q->h->ops[row[i]].who == q->h->ops[row[i - 1]].who
            && when[row[i - 1]].end > when[row[i]].end)
            when[row[i - 1]].end = when[row[i]].end;
    for (size_t i = 0; i < q->h->n; i++)
        if (when[i].call > when[i].end)
            return wrong(q, "it cannot have been at any moment, given the others of "
                         "its thread", i, NONE);
    return true;
}

static bool collect_items(queue *q)
{
    if (!collect_pushes(q) || !collect_pops(q) || !tighten(q) || !tighten(q))
        return false;
    for (size_t k = 0; k < q->count; k++) {
        item *it = &q->items[k];
        int64_t never = q->h->last + 2;

        it->from = q->h->when[it->push].call;
        it->in = q->h->when[it->push].end;
        it->out = it->pop != NONE ? q->h->when[it->pop].call
                : q->unknown > it->from ? q->unknown : it->from;
        it->gone = it->pop != NONE ? q->h->when[it->pop].end : never;
        if (it->pop == NONE && q->h->ops[it->push].how == HISTORY_PENDING)
            it->in = never;
    }
    return true;
}

/* --- order ---------------------------------------------------------------------- */

static int by_from(const void *a, const void *b)
{
    int64_t left = (*(item *const *)a)->from, right = (*(item *const *)b)->from;

    return (left > right) - (left < right);
}

static int by_in(const void *a, const void *b)
{
    int64_t left = (*(item *const *)a)->in, right = (*(item *const *)b)->in;

    return (left > right) - (left < right);
}

static bool overtaken(const queue *q, const item *first, const item *second)
{
    return wrong(q, first->pop == NONE
                 ? "of two items the first is still in, the second was popped"
                 : "of two items the second was popped first",
                 first->push, second->push)
        || wrong(q, "; popped", first->pop, second->pop);
}

/* V3 by the clock: pushed one after the other, and popped the other way round. */
static bool check_order(const queue *q)
{
    item **from = (item **)history_room(q->count, sizeof *from);
    item **in = (item **)history_room(q->count, sizeof *in);
    const item *longest = NULL, *bad = NULL;

    for (size_t k = 0; k < q->count; k++)
        from[k] = in[k] = &q->items[k];
    qsort(from, q->count, sizeof *from, by_from);
    qsort(in, q->count, sizeof *in, by_in);
    for (size_t k = 0, before = 0; k < q->count && bad == NULL; k++) {
        for (; in[before]->in < from[k]->from; before++)
            if (longest == NULL || in[before]->out > longest->out)
                longest = in[before];
        if (longest != NULL && from[k]->gone < longest->out)
            bad = from[k];
    }
    free(from);
    free(in);
    return bad == NULL || overtaken(q, longest, bad);
}

/* V3 where a thread's own order says which was first, and not the clock: its pushes
 * against pops by the clock; its pops against pushes by the clock. */
static bool check_lanes(const queue *q)
{
    const size_t *row = q->h->by_thread;
    const item *longest = NULL, *latest = NULL;

    for (size_t i = 0; i < q->h->n; i++) {
        const history_op *op = &q->h->ops[row[i]];
        const item *it = q->item_of[row[i]] == NONE ? NULL
                                                   : &q->items[q->item_of[row[i]]];

        if (i > 0 && op->who != q->h->ops[row[i - 1]].who)
            longest = latest = NULL;
        if (it == NULL)
            continue;
        if (op->what == HISTORY_PUSH) {
            if (longest != NULL && it->gone < longest->out)
                return overtaken(q, longest, it);
            if (longest == NULL || it->out > longest->out)
                longest = it;
        } else if (q->h->spec->kind == HISTORY_QUEUE) {
            if (latest != NULL && it->in < latest->from)
                return overtaken(q, it, latest);
            if (latest == NULL || it->from > latest->from)
                latest = it;
        }
    }
    return true;
}

/* V3 where both orders are a thread's own. */
typedef struct hop {
    uint32_t from, to;
    size_t pushed, popped;              /* their places in by_thread */
    const item *it;
} hop;

static int by_hop(const void *a, const void *b)
{
    const hop *left = (const hop *)a, *right = (const hop *)b;

    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    if (left->to != right->to)
        return left->to < right->to ? -1 : 1;
    return (left->pushed > right->pushed) - (left->pushed < right->pushed);
}

static size_t collect_hops(const queue *q, hop *hops)
{
    const size_t *row = q->h->by_thread;
    size_t count = 0;

    for (size_t i = 0; i < q->h->n; i++)        /* where each push stands */
        if (q->item_of[row[i]] != NONE && q->h->ops[row[i]].what == HISTORY_PUSH)
            hops[q->item_of[row[i]]].pushed = i;
    for (size_t i = 0; i < q->h->n; i++)
        if (q->item_of[row[i]] != NONE && q->h->ops[row[i]].what == HISTORY_POP)
            hops[q->item_of[row[i]]].popped = i;
    for (size_t k = 0; k < q->count; k++) {
        const item *it = &q->items[k];

        if (it->pop == NONE)
            continue;
        hops[count] = hops[k];
        hops[count].from = q->h->ops[it->push].who;
        hops[count].to = q->h->ops[it->pop].who;
        hops[count++].it = it;
    }
    return count;
}

static bool check_hops(const queue *q)
{
    hop *hops = (hop *)history_room(q->count, sizeof *hops);
    size_t count = collect_hops(q, hops);
    const item *first = NULL, *second = NULL;

    qsort(hops, count, sizeof *hops, by_hop);
    for (size_t k = 1; k < count && first == NULL; k++)
        if (hops[k].from == hops[k - 1].from && hops[k].to == hops[k - 1].to
            && hops[k].popped < hops[k - 1].popped) {
            first = hops[k - 1].it;
            second = hops[k].it;
        }
    free(hops);
    return first == NULL || overtaken(q, first, second);
}

/* --- full, empty and closed ----------------------------------------------------- */

typedef struct levels {
    level certain;                      /* how many are inside, at least */
    level possible;                     /* at most, negative */
} levels;

static bool check_push(const queue *q, const levels *l, size_t i)
{
    const history_op *op = &q->h->ops[i];
    span when = q->h->when[i];
    int64_t capacity = (int64_t)q->h->spec->capacity;

    if (op->how == HISTORY_DONE)
        return capacity == 0 || q->h->spec->floor
            || (level_least(&l->certain, when.call, when.end) < capacity
                && level_least(&l->certain, when.end + 1, when.end + 1) <= capacity)
            || wrong(q, "pushed, and there was no room", i, NONE);
    if (!history_refused(op->how) || q->h->spec->inexact
        || (q->closed.any && when.end >= q->closed.first))
        return true;
    return (capacity != 0
            && -level_least(&l->possible, when.call, when.end) >= capacity)
        || wrong(q, "refused, and it was never full", i, NONE);
}

static bool check_pop(const queue *q, const levels *l, size_t i)
{
    history_how how = q->h->ops[i].how;
    span when = q->h->when[i];

    if (history_refused(how) && !q->h->spec->inexact)
        return level_least(&l->certain, when.call, when.end) == 0
            || wrong(q, "found nothing, and it was never empty", i, NONE);
    if (how != HISTORY_CLOSED)
        return true;
    if (when.call < q->closed.first)
        when.call = q->closed.first;
    return level_least(&l->certain, when.call, when.end) == 0
        || wrong(q, "found it closed and empty, and something was always inside", i,
                 NONE);
}

static bool check_content(const queue *q)
{
    levels l;
    bool right = true;

    level_open(&l.certain, q->h, 0);
    level_open(&l.possible, q->h, 0);
    for (size_t k = 0; k < q->count; k++) {
        const item *it = &q->items[k];

        level_change(&l.certain, it->in + 1, it->out - 1, 1);
        level_change(&l.possible, it->from, it->gone, -1);
    }
    level_settle(&l.certain);
    level_settle(&l.possible);
    for (size_t i = 0; i < q->h->n && right; i++)
        right = q->h->ops[i].what == HISTORY_PUSH ? check_push(q, &l, i)
              : q->h->ops[i].what == HISTORY_POP ? check_pop(q, &l, i) : true;
    level_close(&l.certain);
    level_close(&l.possible);
    return right;
}

bool history_check_queue(history *h)
{
    queue q = { .h = h, .unknown = h->last + 2 };
    bool right;

    q.items = (item *)history_room(h->n, sizeof *q.items);
    q.item_of = (size_t *)history_room(h->n, sizeof *q.item_of);
    right = collect_items(&q) && history_closing(h, &q.closed) && check_lanes(&q)
         && check_hops(&q) && (h->spec->kind == HISTORY_LANES || check_order(&q))
         && check_content(&q);
    free(q.items);
    free(q.item_of);
    return right;
}
