/* access.c - loads, stores and updates: which store is read, and what is learnt of it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <model/model.h>

#define m schedule_machine

typedef struct choice {
    model_value *of[SCHEDULE_STORES];
    unsigned n;
} choice;

static bool acquires(int order)
{
    return order == memory_order_acquire || order == memory_order_acq_rel
        || order == memory_order_seq_cst;
}

static bool releases(int order)
{
    return order == memory_order_release || order == memory_order_acq_rel
        || order == memory_order_seq_cst;
}

/* --- choosing --------------------------------------------------------------------- */

/* What an access of this kind would be in the order of seq_cst, at this store. */
static model_ordered as_ordered(const model_value *s, bool reads, bool writes)
{
    return (model_ordered){ reads, writes, s->place, s->place + 1,
                            reads ? &s->view : NULL };
}

/* The stores that such an access may read, or write behind. */
static choice choices(const model_word *w, int order, bool reads, bool writes)
{
    model_value *all[SCHEDULE_STORES];
    unsigned n = model_readable(w, model_mine()->least[w->index], all);
    choice c = { { NULL }, 0 };

    if (reads && w->stale[m.current] >= MODEL_PATIENCE)
        n = 1;
    for (unsigned i = 0; i < n; i++)
        if (i == 0
            || ((!writes || model_room(all[i]))
                && (order != memory_order_seq_cst
                    || model_in_order(w, as_ordered(all[i], reads, writes)))))
            c.of[c.n++] = all[i];
    return c;
}

static model_value *chosen(model_word *w, const choice *c, const char *note)
{
    unsigned k = c->n > 1 ? schedule_pick(c->n) : 0;

    w->stale[m.current] = c->of[k] != w->newest ? w->stale[m.current] + 1 : 0;
    if (m.tracing && c->of[k] != w->newest)
        schedule_trace_note(note);
    return c->of[k];
}

uint64_t model_glance(model_word *w, uint32_t least)
{
    const uint32_t mine = model_mine()->least[w->index];
    choice c;

    c.n = model_readable(w, mine > least ? mine : least, c.of);
    return chosen(w, &c, ", which is old")->value;
}

/* --- learning --------------------------------------------------------------------- */

static void put_in_order(model_word *w, int order, model_ordered o)
{
    if (order == memory_order_seq_cst)
        model_put_in_order(w, o);
}

static void learn(const model_word *w, const model_value *s, int order)
{
    model_see(model_mine(), w, s->place);
    if (acquires(order))
        model_join(model_mine(), &s->view);
}

static uint64_t read(model_word *w, const model_value *s, int order)
{
    put_in_order(w, order, as_ordered(s, true, false));
    learn(w, s, order);
    return s->value;
}

static void write(model_word *w, model_value *after, uint64_t value, int order)
{
    model_value *s = model_add(w, after, value);

    put_in_order(w, order, (model_ordered){ false, true, 0, s->place, NULL });
    model_see(&s->view, w, s->place);
    if (releases(order))
        s->view = *model_mine();
}

static void update(model_word *w, model_value *old, uint64_t value, int order)
{
    model_value *s;

    learn(w, old, order);
    s = model_add(w, old, value);
    s->update = true;
    put_in_order(w, order, (model_ordered){ true, true, old->place, s->place, NULL });
    s->view = old->view;                /* the release sequence goes on */
    model_see(&s->view, w, s->place);
    if (releases(order))
        model_join(&s->view, model_mine());
}

/* --- the stand-in's operations ---------------------------------------------------- */

/* The current thread's turn has come. */
static model_word *begin(model_access a, pawl_seam_op op)
{
    pawl_seam_before(op, a.word, a.bytes, a.file, a.line);
    model_tick();
    return model_find(a.word, a.bytes);
}

static void end(model_access a, pawl_seam_op op, uint64_t before, uint64_t after)
{
    model_was_at(a.word);
    pawl_seam_after(op, a.word, a.bytes, a.file, a.line);
    if (m.tracing)
        schedule_trace_result(before, after);
}

/* Setup and check are alone. */
static void put(model_access a, uint64_t value)
{
    if (a.bytes == 4)
        *(volatile uint32_t *)a.word = (uint32_t)value;
    else
        *(volatile uint64_t *)a.word = value;
}

uint64_t model_load(model_access a, int order)
{
    model_word *w;
    choice c;
    uint64_t value;

    if (m.current == OUTSIDE)
        return schedule_value(a.word, a.bytes);
    w = begin(a, SEAM_LOAD);
    c = choices(w, order, true, false);
    value = read(w, chosen(w, &c, ", which is old"), order);
    end(a, SEAM_LOAD, value, value);
    return value;
}

void model_store(model_access a, uint64_t value, int order)
{
    model_word *w;
    model_value *after;
    choice c;

    if (m.current == OUTSIDE) {
        put(a, value);
        return;
    }
    w = begin(a, SEAM_STORE);
    c = choices(w, order, false, true);
    after = chosen(w, &c, ", before newer ones");
    write(w, after, value, order);
    end(a, SEAM_STORE, after->value, value);
}

static uint64_t result(pawl_seam_op op, uint64_t value, uint64_t operand, size_t bytes)
{
    switch (op) {
    case SEAM_ADD: value += operand; break;
    case SEAM_SUB: value -= operand; break;
    case SEAM_AND: value &= operand; break;
    case SEAM_OR:  value |= operand; break;
    default:       value = operand;
    }
    return bytes == 4 ? (uint32_t)value : value;
}

uint64_t model_update(model_access a, pawl_seam_op op, uint64_t operand, int order)
{
    model_word *w;
    model_value *old;
    choice c;
    uint64_t next;

    if (m.current == OUTSIDE) {
        uint64_t was = schedule_value(a.word, a.bytes);

        put(a, result(op, was, operand, a.bytes));
        return was;
    }
    w = begin(a, op);
    c = choices(w, order, true, true);
    old = chosen(w, &c, ", before newer ones");
    next = result(op, old->value, operand, a.bytes);
    update(w, old, next, order);
    end(a, op, old->value, next);
    return old->value;
}

/* What a compare-exchange may find: a store with which it can succeed, or any other; or
 * any at all, if it fails for no reason. */
static choice finds(model_word *w, uint64_t expected, int good, int bad, bool weakly)
{
    choice reads = choices(w, bad, true, false);
    choice writes = choices(w, good, true, true), c = { { NULL }, 0 };

    for (unsigned i = 0, k = 0; i < reads.n || k < writes.n;) {
        model_value *r = i < reads.n ? reads.of[i] : NULL;
        model_value *s = k < writes.n ? writes.of[k] : NULL;
        model_value *next = r == NULL || (s != NULL && s->place > r->place) ? s : r;

        if (next->value == expected && !weakly ? next == s : next == r)
            c.of[c.n++] = next;
        i += next == r;
        k += next == s;
    }
    return c;
}

bool model_exchange(model_access a, uint64_t *expected, uint64_t value, int good,
                    int bad, bool weak)
{
    model_word *w;
    const char *note = ", which is old";
    model_value *old;
    bool weakly, done;
    choice c;

    if (m.current == OUTSIDE) {
        uint64_t was = schedule_value(a.word, a.bytes);

        done = was == *expected;
        if (done)
            put(a, value);
        *expected = was;
        return done;
    }
    w = begin(a, SEAM_CAS);
    weakly = weak && pawl_seam_fails();
    c = finds(w, *expected, good, bad, weakly);
    old = chosen(w, &c, note);
    done = old->value == *expected && !weakly;
    if (done)
        update(w, old, value, good);
    else
        *expected = read(w, old, bad);
    end(a, SEAM_CAS, old->value, done ? value : old->value);
    return done;
}
