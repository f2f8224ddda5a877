/* search.c - whether some order explains a short history: all orders are tried.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A depth-first search over the orders: next comes any operation of which all that must
 * come before have come, and whose answer is what the model gives now (J. Wing and
 * C. Gong, JPDC 1993).  They are tried in the order of their return, which is mostly
 * right at once.  A set of operations that are done, with a state of the model, from
 * which no way leads on is not tried twice (G. Lowe, CCPE 2017): the memory of these is
 * of fixed size, and forgets; it compares keys in full, so that the answer is exact.
 */
#include <history/inside.h>

#include <string.h>

enum { MOST = 64, MEMORY = 1024, HASTY = 256 };

typedef uint64_t set;                   /* of operations: bit i is the one that was the
                                         * i-th to return */

/* What one thread would have before it.  A queue's items are order[head, tail). */
typedef struct model {
    uint64_t has;                       /* permits; or (lanes) the set of the pushes
                                         * whose items are inside */
    uint8_t head, tail;
    bool closed, held;
    uint32_t holder;
} model;

typedef struct hopeless {
    set done;
    uint64_t has;
    uint8_t inside, item[MOST];
} hopeless;

typedef struct memory {
    uint64_t used[MEMORY / 64];
    hopeless at[MEMORY];
} memory;

typedef struct search {
    const history_spec *spec;
    size_t n;
    const history_op *op[MOST];
    set before[MOST];                   /* what must come before */
    set needed;                         /* all that returned */
    set best;                           /* the most that were ever explained */
    uint64_t steps, patience;
    memory *memory;
    uint8_t order[MOST];                /* pushes, in the order in which they happen */
} search;

#define BIT(i) ((set)1 << (i))

static inline unsigned first(set s)
{
    unsigned i = 0;

    for (; (s & 0xff) == 0; s >>= 8)
        i += 8;
    for (; (s & 1) == 0; s >>= 1)
        i++;
    return i;
}

static inline unsigned count(set s)
{
    unsigned n = 0;

    for (; s != 0; s &= s - 1)
        n++;
    return n;
}

/* --- the models: whether this operation could go so now; and what is then ------- */

static inline bool not_now(history_how how)
{
    return how == HISTORY_NOT_NOW || how == HISTORY_LATE;
}

/* A push's answer, if so many are inside. */
static inline bool push_may(const history_spec *spec, const model *m, history_how how,
                            uint64_t inside)
{
    bool full = spec->capacity != 0 && inside >= spec->capacity;

    if (not_now(how))
        return full || m->closed || spec->inexact;
    if (how == HISTORY_CLOSED)
        return m->closed;
    return !m->closed && (!full || spec->floor);
}

static inline bool pop_may(const history_spec *spec, const model *m, history_how how,
                           uint64_t inside)
{
    if (not_now(how))
        return inside == 0 || spec->inexact;
    if (how == HISTORY_CLOSED)
        return inside == 0 && m->closed;
    return inside > 0;
}

static inline bool happens(history_how how)
{
    return how == HISTORY_DONE || how == HISTORY_PENDING;
}

static inline bool step_queue(search *s, model *m, unsigned i)
{
    const history_op *op = s->op[i];
    unsigned inside = (unsigned)(m->tail - m->head);

    switch (op->what) {
    case HISTORY_PUSH:
        if (!push_may(s->spec, m, op->how, inside))
            return false;
        if (happens(op->how))
            s->order[m->tail++] = (uint8_t)i;
        return true;
    case HISTORY_POP:
        if (!pop_may(s->spec, m, op->how, inside))
            return false;
        if (!happens(op->how))
            return true;
        return s->op[s->order[m->head++]]->value == op->value
            || op->how == HISTORY_PENDING;
    case HISTORY_CLOSE:
        return m->closed = true;
    default:
        return false;
    }
}

/* The pushes inside whose item is its producer's first, and may be this pop's. */
static inline set lane_heads(const search *s, const model *m, const history_op *pop)
{
    set heads = 0;

    for (set left = m->has; left != 0; left &= left - 1) {
        unsigned i = first(left);
        bool leads = true;

        for (set others = m->has & s->before[i]; others != 0; others &= others - 1)
            leads = leads && s->op[first(others)]->who != s->op[i]->who;
        if (leads && (pop->how == HISTORY_PENDING || s->op[i]->value == pop->value))
            heads |= BIT(i);
    }
    return heads;
}

/* A pop that never returned may have taken of any lane: the choice-th. */
static inline bool step_lanes(search *s, model *m, unsigned i, unsigned choice)
{
    const history_op *op = s->op[i];
    set heads;

    switch (op->what) {
    case HISTORY_PUSH:
        if (!push_may(s->spec, m, op->how, count(m->has)))
            return false;
        m->has |= happens(op->how) ? BIT(i) : 0;
        return true;
    case HISTORY_POP:
        if (!pop_may(s->spec, m, op->how, count(m->has)))
            return false;
        if (!happens(op->how))
            return true;
        heads = lane_heads(s, m, op);
        while (choice-- > 0 && heads != 0)
            heads &= heads - 1;
        m->has &= ~(heads & (0 - heads));
        return heads != 0;
    case HISTORY_CLOSE:
        return m->closed = true;
    default:
        return false;
    }
}

static inline bool step_sem(const search *s, model *m, const history_op *op)
{
    bool few = m->has < op->value;

    switch (op->what) {
    case HISTORY_POST:
        if (!happens(op->how))
            return m->closed || (s->spec->inexact && not_now(op->how));
        m->has += op->value;
        return !m->closed;
    case HISTORY_WAIT:
        if (not_now(op->how))
            return few || s->spec->inexact;
        if (op->how == HISTORY_CLOSED)
            return few && m->closed;
        m->has -= op->value;
        return !few;
    case HISTORY_CLOSE:
        return m->closed = true;
    default:
        return false;
    }
}

static inline bool step_mutex(const search *s, model *m, const history_op *op)
{
    switch (op->what) {
    case HISTORY_LOCK:
        if (!happens(op->how))
            return not_now(op->how) && (m->held || s->spec->inexact);
        if (m->held)
            return false;
        m->holder = op->who;
        return m->held = true;
    case HISTORY_UNLOCK:
        if (!happens(op->how) || !m->held || m->holder != op->who)
            return false;
        m->held = false;
        return true;
    default:
        return false;
    }
}

/* False: not now; or not in so many ways. */
static inline bool step(search *s, model *m, unsigned i, unsigned choice)
{
    if (choice > 0 && (s->spec->kind != HISTORY_LANES || s->op[i]->what != HISTORY_POP
                       || s->op[i]->how != HISTORY_PENDING))
        return false;
    switch (s->spec->kind) {
    case HISTORY_QUEUE:
        return step_queue(s, m, i);
    case HISTORY_LANES:
        return step_lanes(s, m, i, choice);
    case HISTORY_SEM:
        return step_sem(s, m, s->op[i]);
    default:
        return step_mutex(s, m, s->op[i]);
    }
}

/* --- what leads nowhere --------------------------------------------------------- */

static inline hopeless key_of(const search *s, const model *m, set done)
{
    hopeless key = { done, m->has, (uint8_t)(m->tail - m->head), { 0 } };

    memcpy(key.item, s->order + m->head, key.inside);
    return key;
}

static inline size_t place_of(const hopeless *key)
{
    uint64_t h = key->done * 0x9e3779b97f4a7c15u ^ key->has;

    for (unsigned i = 0; i < key->inside; i++)
        h = (h ^ key->item[i]) * 0x100000001b3u;
    h ^= h >> 29;
    return (h * 0xbf58476d1ce4e5b9u >> 32) % MEMORY;
}

static inline bool is_known(const memory *m, const hopeless *key, size_t at)
{
    const hopeless *known = &m->at[at];

    return (m->used[at / 64] & BIT(at % 64)) != 0 && known->done == key->done
        && known->has == key->has && known->inside == key->inside
        && memcmp(known->item, key->item, key->inside) == 0;
}

/* --- the search ----------------------------------------------------------------- */

static bool explore(search *s, const model *m, set done);

/* Goes on with one of those that may be next. */
static bool explore_next(search *s, const model *m, set done)
{
    for (unsigned i = 0; i < s->n; i++) {
        if ((done & BIT(i)) != 0 || (s->before[i] & ~done) != 0)
            continue;
        for (unsigned choice = 0;; choice++) {
            model next = *m;

            if (!step(s, &next, i, choice))
                break;
            if (explore(s, &next, done | BIT(i)))
                return true;
            if (s->steps > s->patience)
                return false;
        }
    }
    return false;
}

static bool explore(search *s, const model *m, set done)
{
    hopeless key;
    size_t at;

    if ((s->needed & ~done) == 0)
        return true;
    if (++s->steps > s->patience)
        return false;
    if (s->memory == NULL)
        return explore_next(s, m, done);

    if (count(done) > count(s->best))
        s->best = done;
    key = key_of(s, m, done);
    at = place_of(&key);
    if (is_known(s->memory, &key, at))
        return false;
    if (explore_next(s, m, done))
        return true;
    s->memory->used[at / 64] |= BIT(at % 64);
    s->memory->at[at] = key;
    return false;
}

/* By the moment of return; those of one moment as they stand. */
static inline void sort_by_return(search *s, const history_op *ops)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t at = i;

        for (; at > 0 && s->op[at - 1]->returned > ops[i].returned; at--)
            s->op[at] = s->op[at - 1];
        s->op[at] = &ops[i];
    }
}

/* Bit k of given[i]: ops[k] comes before ops[i].  NULL: the moments say so. */
static inline void find_before(search *s, const history_op *ops, const uint64_t *given)
{
    for (size_t i = 0; i < s->n; i++) {
        const history_op *op = s->op[i];

        s->before[i] = 0;
        for (size_t j = 0; j < s->n; j++) {
            const history_op *o = s->op[j];

            if (given != NULL ? (given[op - ops] & BIT(o - ops)) != 0
                : o->returned < op->called || (o->who == op->who && o < op))
                s->before[i] |= BIT(j);
        }
        s->needed |= op->how == HISTORY_PENDING ? 0 : BIT(i);
    }
}

/* Names those that returned, and that the best attempt could not explain. */
static void say_best(const search *s, char *why, size_t bytes)
{
    size_t used = history_say(why, bytes, 0, "no order explains it; %u of %zu can be "
                              "explained, and then not:", count(s->best), s->n);
    set left = s->needed & ~s->best;

    for (unsigned i = 0; i < s->n; i++) {
        if ((left & BIT(i)) == 0 || (s->before[i] & ~s->best) != 0)
            continue;
        used = history_say(why, bytes, used, "\n    ");
        used = history_say_op(why, bytes, used, s->op[i]);
    }
}

/* Again, with a memory, and more steps in all.  Not inlined: it needs 80 KB of stack,
 * which haste does not. */
static bool search_patiently(search *s, const model *start, uint64_t steps, char *why,
                             size_t bytes)
{
    memory known;

    memset(known.used, 0, sizeof known.used);
    s->memory = &known;
    s->patience = steps;
    if (explore(s, start, 0) || s->steps > s->patience)
        return true;
    say_best(s, why, bytes);
    return false;
}

/* Within *steps steps, of which it leaves what is over. */
static bool search_within(const history_spec *spec, const history_op *ops, size_t n,
                          const uint64_t *before, uint64_t *steps, char *why,
                          size_t bytes)
{
    model start = { .has = spec->kind == HISTORY_SEM ? spec->permits : 0 };
    search s;
    bool explained;

    if (n > MOST) {
        history_say(why, bytes, 0, "%zu operations are too many to search: at most %d",
                    n, MOST);
        return false;
    }
    s.spec = spec;
    s.n = n;
    s.needed = s.best = 0;
    s.steps = 0;
    s.patience = HASTY;
    s.memory = NULL;
    sort_by_return(&s, ops);
    find_before(&s, ops, before);
    explained = explore(&s, &start, 0)
             || search_patiently(&s, &start, *steps, why, bytes);
    *steps = s.steps < *steps ? *steps - s.steps : 0;
    return explained;
}

bool history_search(const history_spec *spec, const history_op *ops, size_t n,
                    char *why, size_t bytes)
{
    return history_search_by(spec, ops, n, NULL, why, bytes);
}

bool history_search_by(const history_spec *spec, const history_op *ops, size_t n,
                       const uint64_t *before, char *why, size_t bytes)
{
    uint64_t steps = UINT64_MAX;

    return search_within(spec, ops, n, before, &steps, why, bytes);
}

bool history_search_within(const history_spec *spec, const history_op *ops, size_t n,
                           uint64_t *steps, char *why, size_t bytes)
{
    return search_within(spec, ops, n, NULL, steps, why, bytes);
}
