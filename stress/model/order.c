/* order.c - the one order of all seq_cst accesses, as a graph that has no cycle.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * An access comes after those of its thread before it; after those to its word that
 * happen before it; after stores to its word that are older than its own, and loads
 * that read an older one than it writes; and before the stores that are newer than what
 * it reads or writes.  Of accesses to another word it comes after those that happen
 * before it only if both threads have been elsewhere in between: that one, after its
 * access, in a step that happens before one of ours, which was not at our word.
 * (RC11's psc, without fences: scb is sb; sb, hb, sb over other words; hb at one word;
 * mo; rb.)
 *
 * All but one lead to an access from what was done before in the run.  That one leads
 * back, to a newer store: then it is looked whether that was before any of the former.
 */
#include <model/model.h>

#include <string.h>

enum { PARTS = MODEL_ORDERED / 64 };

#define m schedule_machine

typedef struct set {
    uint64_t part[PARTS];
} set;

typedef struct node {
    const model_word *word;
    model_ordered is;
    unsigned who;
    uint16_t step;                      /* of its thread */
    uint16_t elsewhere;                 /* its first step after it at another word */
    set before;                         /* all that come before it, however far */
} node;

/* Where a thread is, and what it knew when it was last elsewhere. */
typedef struct track {
    const volatile void *at;
    uint16_t elsewhere[SCHEDULE_THREADS], here[SCHEDULE_THREADS];
} track;

static struct {
    node nodes[MODEL_ORDERED];
    unsigned n;
    track tracks[SCHEDULE_THREADS];
} order;

void model_forget_order(void)
{
    order.n = 0;
    memset(order.tracks, 0, sizeof order.tracks);
}

void model_was_at(const volatile void *word)
{
    const model_view *mine = model_mine();
    track *t = &order.tracks[m.current];

    if (t->at != word) {
        memcpy(t->elsewhere, t->here, sizeof t->here);
        t->at = word;
        for (unsigned i = 0; i < order.n; i++) {
            node *n = &order.nodes[i];

            if (n->who == m.current && n->elsewhere == 0 && n->word->word != word)
                n->elsewhere = mine->known[m.current];
        }
    }
    memcpy(t->here, mine->known, sizeof t->here);
}

static void add(set *s, unsigned i)
{
    s->part[i / 64] |= UINT64_C(1) << i % 64;
}

static bool has(const set *s, unsigned i)
{
    return s->part[i / 64] >> i % 64 & 1;
}

static void join(set *into, const set *from)
{
    for (unsigned i = 0; i < PARTS; i++)
        into->part[i] |= from->part[i];
}

static bool meet(const set *a, const set *b)
{
    for (unsigned i = 0; i < PARTS; i++)
        if (a->part[i] & b->part[i])
            return true;
    return false;
}

/* Does a store at b.written come after an access `a` to the same word? */
static bool leads(model_ordered a, model_ordered b)
{
    return b.writes && ((a.writes && a.written < b.written)
                        || (a.reads && a.read < b.written));
}

/* Does `n` come before the current thread's access to `w`, as happens-before counts? */
static bool happens_before(const node *n, const model_word *w, const model_view *learns)
{
    const track *t = &order.tracks[m.current];
    const uint16_t *elsewhere = t->at == w->word ? t->elsewhere : t->here;

    if (n->who == m.current)
        return true;
    if (n->word == w
        && (n->step <= model_mine()->known[n->who]
            || (learns != NULL && n->step <= learns->known[n->who])))
        return true;
    return n->elsewhere != 0 && n->elsewhere <= elsewhere[n->who];
}

/* All that come before the access at hand, and those it has to come before. */
static void neighbours(const model_word *w, model_ordered o, set *before, set *after)
{
    memset(before, 0, sizeof *before);
    memset(after, 0, sizeof *after);
    for (unsigned i = 0; i < order.n; i++) {
        const node *n = &order.nodes[i];

        if (happens_before(n, w, o.learns) || (n->word == w && leads(n->is, o))) {
            add(before, i);
            join(before, &n->before);
        }
        if (n->word == w && leads(o, n->is))
            add(after, i);
    }
}

bool model_in_order(const model_word *w, model_ordered o)
{
    set before, after;

    if (order.n == MODEL_ORDERED)
        return false;
    neighbours(w, o, &before, &after);
    return !meet(&before, &after);
}

void model_put_in_order(const model_word *w, model_ordered o)
{
    set before, after;
    node *mine = &order.nodes[order.n];

    if (order.n == MODEL_ORDERED)
        return;
    neighbours(w, o, &before, &after);
    *mine = (node){ w, o, m.current, model_mine()->known[m.current], 0, before };
    for (unsigned i = 0; i < order.n; i++)
        if (has(&after, i) || meet(&after, &order.nodes[i].before)) {
            join(&order.nodes[i].before, &before);
            add(&order.nodes[i].before, order.n);
        }
    order.n++;
}
