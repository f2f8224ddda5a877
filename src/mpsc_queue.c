/* mpsc_queue.c - segments: asked for, linked, found, given back.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Labels without a place here are in mpsc_queue.h.
 */
#include <pawl/mpsc_queue.h>

typedef pawl_mpsc_segment_ segment;

static segment *segment_of(uint64_t word)
{
    return (segment *)(uintptr_t)word;
}

static uint64_t word_of(const segment *m)
{
    return (uint64_t)(uintptr_t)m;
}

static segment *load_last(pawl_mpsc_queue *q)
{
    /* acquire: as [C]. */
    return segment_of(atomic_load_explicit(&q->last, memory_order_acquire));
}

/* --- memory ----------------------------------------------------------------------- */

static size_t bytes_of(uint64_t slots)
{
    size_t bytes = sizeof(segment) + (size_t)slots * sizeof(uint64_t);

    return (bytes + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE;
}

static void give(pawl_mpsc_queue *q, segment *m)
{
    size_t bytes = bytes_of(q->slots);

    pawl_mem_give_(q->mem, m, bytes);
    /* relaxed, as in reserve: a count, which hands over nothing. */
    atomic_fetch_sub_explicit(&q->held, bytes, memory_order_relaxed);
}

static void give_chain(pawl_mpsc_queue *q, segment *m)
{
    while (m != NULL) {
        segment *after = m->after;

        give(q, m);
        m = after;
    }
}

/* Keep it for reuse, if there is none. */
static void keep(pawl_mpsc_queue *q, segment *m)
{
    uint64_t none = 0;

    /* [G] release: hands the segment to the exchange in take.  relaxed: it is ours. */
    if (!atomic_compare_exchange_strong_explicit(&q->spare, &none, word_of(m),
            memory_order_release, memory_order_relaxed))
        give(q, m);
}

/* May there be one more? */
static bool reserve(pawl_mpsc_queue *q, size_t bytes)
{
    uint64_t held = atomic_load_explicit(&q->held, memory_order_relaxed);

    do {
        if (q->limit != 0 && held + bytes > q->limit)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&q->held, &held, held + bytes,
                 memory_order_relaxed, memory_order_relaxed));
    return true;
}

static segment *take_new(pawl_mpsc_queue *q)
{
    size_t bytes = bytes_of(q->slots);
    segment *m;

    if (!reserve(q, bytes))
        return NULL;
    m = (segment *)pawl_mem_take_(q->mem, bytes);
    if (m == NULL)
        atomic_fetch_sub_explicit(&q->held, bytes, memory_order_relaxed);
    return m;
}

static void clear(segment *m, uint64_t slots)
{
    /* relaxed: linking it publishes them. */
    for (uint64_t i = 0; i < slots; i++)
        atomic_store_explicit(pawl_mpsc_queue_slot_(m, i), 0, memory_order_relaxed);
}

/* The spare one or a new one, clear; NULL: refused. */
static segment *take(pawl_mpsc_queue *q)
{
    segment *m = NULL;

    /* relaxed: no need to write where there is none.  acquire: pairs with [G]. */
    if (atomic_load_explicit(&q->spare, memory_order_relaxed) != 0)
        m = segment_of(atomic_exchange_explicit(&q->spare, 0, memory_order_acquire));
    if (m == NULL)
        m = take_new(q);
    if (m != NULL)
        clear(m, q->slots);
    return m;
}

/* --- linking a segment ------------------------------------------------------------ */

/* newest := name, unless it is that or newer. */
static void tell(pawl_mpsc_queue *q, uint64_t name)
{
    uint64_t now = atomic_load_explicit(&q->newest, memory_order_relaxed);

    /* [B] release: pairs with [A]: last is as new.  relaxed: we go by the value. */
    while ((int64_t)(name - now) > 0
           && !atomic_compare_exchange_weak_explicit(&q->newest, &now, name,
                  memory_order_release, memory_order_relaxed))
        continue;
}

/* Is the newest segment full, and no other told?  `*name`: which one it is. */
static bool is_full(pawl_mpsc_queue *q, uint64_t *name)
{
    /* [R] acq_rel: a read-modify-write that changes nothing, for I5.  release: pairs
     * with [T] of those who come after us: they see the memory that we gave back.
     * acquire: pairs with [O]: newest is at least the segment that tail is in. */
    uint64_t tail = atomic_fetch_add_explicit(&q->tail, 0, memory_order_acq_rel);
    /* relaxed: a newer one that is seen late, link_after finds in last. */
    uint64_t newest = atomic_load_explicit(&q->newest, memory_order_relaxed);

    *name = newest;
    return tail - newest >= q->slots && tail - newest < PAWL_MPSC_QUEUE_NEXT_;
}

/* Link a segment behind m, if memory is not refused.  False: somebody else has, and the
 * one that we had got for it is given back. */
static bool link_behind(pawl_mpsc_queue *q, segment *m)
{
    uint64_t last = word_of(m);
    segment *n = take(q);

    if (n == NULL)
        return true;
    n->name = m->name + PAWL_MPSC_QUEUE_NEXT_;
    n->before = m;
    n->after = NULL;
    /* [D] release: pairs with [C].  relaxed: then somebody else has linked one. */
    if (atomic_compare_exchange_strong_explicit(&q->last, &last, word_of(n),
            memory_order_release, memory_order_relaxed))
        return true;
    keep(q, n);
    return false;
}

/* See to it that a segment comes after the one named, and that it is told; last is that
 * one or newer, and alive: I2.  Where memory is refused, nothing changes. */
static void link_after(pawl_mpsc_queue *q, uint64_t name)
{
    bool late;

    do {
        segment *m = load_last(q);

        late = false;
        if (m->name == name) {
            late = !link_behind(q, m);
            m = load_last(q);
        }
        tell(q, m->name);
    } while (late && is_full(q, &name));        /* others may have lacked ours: I5 */
}

/* --- pushes that have more to do -------------------------------------------------- */

int pawl_mpsc_queue_push_late_(pawl_mpsc_queue *q, uint64_t t, uint64_t item)
{
    link_after(q, t - pawl_mpsc_queue_index_(t));
    pawl_mpsc_queue_store_(load_last(q), t, item);
    return 0;
}

/* Draw a ticket after t, which is none; its segment's next one is linked.  False: t is
 * another one that is none. */
static bool draw(pawl_mpsc_queue *q, uint64_t *t)
{
    uint64_t name = *t - pawl_mpsc_queue_index_(*t);
    uint64_t next = name + PAWL_MPSC_QUEUE_NEXT_;
    uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

    while (tail - name >= q->slots && tail - name < PAWL_MPSC_QUEUE_NEXT_)
        /* [O] release: pairs with [T], for I1.  relaxed: we go by the value. */
        if (atomic_compare_exchange_weak_explicit(&q->tail, &tail, next + 1,
                memory_order_release, memory_order_relaxed)) {
            *t = next;
            return true;
        }
    *t = atomic_fetch_add_explicit(&q->tail, 1, memory_order_acquire);    /* [T] */
    return pawl_mpsc_queue_index_(*t) < q->slots;
}

/* No item came of t.  So many in a row must not make the index an overflow. */
static void undo(pawl_mpsc_queue *q, uint64_t t)
{
    uint64_t name = t - pawl_mpsc_queue_index_(t);
    uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

    /* relaxed: nothing is handed over; the segment is as full as before. */
    while (tail - name > q->slots && tail - name < PAWL_MPSC_QUEUE_NEXT_
           && !atomic_compare_exchange_weak_explicit(&q->tail, &tail, name + q->slots,
                  memory_order_relaxed, memory_order_relaxed))
        continue;
}

/* No item came of t, and the consumer is to know. */
static int refuse(pawl_mpsc_queue *q, uint64_t t)
{
    undo(q, t);
    /* relaxed: our [T] comes before it, and before [R] that of who clears it: I5. */
    atomic_store_explicit(&q->refused, 1, memory_order_relaxed);
    return ENOMEM;
}

int pawl_mpsc_queue_push_full_(pawl_mpsc_queue *q, uint64_t t, uint64_t item)
{
    do {
        uint64_t name = t - pawl_mpsc_queue_index_(t);

        /* [A] acquire: pairs with [B].  It may be an old value.  The fetch_add reads
         * the latest, and then the load does not see an older one again.  release: no
         * more than that is meant; but else compilers make a plain load of it. */
        while (atomic_load_explicit(&q->newest, memory_order_acquire) == name)
            if (atomic_fetch_add_explicit(&q->newest, 0, memory_order_release) == name)
                return refuse(q, t);
    } while (!draw(q, &t));
    if (pawl_mpsc_queue_index_(t) >= q->half)
        return pawl_mpsc_queue_push_late_(q, t, item);
    pawl_mpsc_queue_store_(load_last(q), t, item);
    return 0;
}

/* Push the first items, 1 to n of them: as many as one draw gets.  0: ENOMEM. */
static size_t push_some(pawl_mpsc_queue *q, void *const *items, size_t n)
{
    /* [T] acquire: as in try_push, and so is all below. */
    uint64_t t = atomic_fetch_add_explicit(&q->tail, n, memory_order_acquire);
    uint64_t i = pawl_mpsc_queue_index_(t);
    segment *m;

    if (i >= q->slots)
        return pawl_mpsc_queue_push_full_(q, t, (uint64_t)(uintptr_t)items[0]) == 0;
    if (n > q->slots - i)
        n = (size_t)(q->slots - i);
    if (i + n > q->half
        && atomic_load_explicit(&q->newest, memory_order_relaxed) == t - i)
        link_after(q, t - i);
    m = load_last(q);
    for (size_t k = 0; k < n; k++)      /* m is alive while a store is left: I2 */
        pawl_mpsc_queue_store_(m, t + k, (uint64_t)(uintptr_t)items[k]);
    return n;
}

size_t pawl_mpsc_queue_try_push_n(pawl_mpsc_queue *q, void *const *items, size_t n)
{
    size_t pushed = 0, end = 0, some;

    do {
        while (end < n && end - pushed < PAWL_MPSC_QUEUE_DRAW_ && items[end] != NULL)
            end++;
        some = end > pushed ? push_some(q, items + pushed, end - pushed) : 0;
        pushed += some;
    } while (some > 0);
    return pushed;
}

/* --- the consumer ----------------------------------------------------------------- */

/* The segment after the consumer's; NULL: none yet.  On the way from the newest, each
 * is told which one follows, so that we come by it once. */
static segment *following(pawl_mpsc_queue *q)
{
    if (q->at->after == NULL)
        for (segment *m = load_last(q); m != q->at; m = m->before)
            m->before->after = m;
    return q->at->after;
}

/* For us, the newest segment is always alive. */
bool pawl_mpsc_queue_relieve_(pawl_mpsc_queue *q)
{
    uint64_t name;

    /* relaxed: [R] comes after it. */
    atomic_store_explicit(&q->refused, 0, memory_order_relaxed);
    if (is_full(q, &name))
        link_after(q, name);
    return false;
}

bool pawl_mpsc_queue_pop_next_(pawl_mpsc_queue *q, void **item)
{
    segment *drained = q->at, *next = following(q);

    q->at = next;                       /* not NULL: I6 */
    atomic_store_explicit(&q->head, next->name, memory_order_relaxed);
    /* relaxed: is the queue all but empty?  Either will do. */
    if (atomic_load_explicit(&q->last, memory_order_relaxed) == word_of(next))
        keep(q, drained);
    else
        give(q, drained);
    (void)pawl_mpsc_queue_relieve_(q);
    return pawl_mpsc_queue_try_pop(q, item);
}

/* --- making and breaking ---------------------------------------------------------- */

int pawl_mpsc_queue_init_at_(pawl_mpsc_queue *q, size_t limit, const pawl_mem *mem,
                             uint64_t number, uint64_t slots)
{
    uint64_t name = number * PAWL_MPSC_QUEUE_NEXT_;
    size_t bytes = bytes_of(slots);
    segment *m, *spare;

    if (limit != 0 && limit / 2 < bytes)
        return EINVAL;
    m = (segment *)pawl_mem_take_(mem, bytes);
    if (m == NULL)
        return ENOMEM;
    spare = (segment *)pawl_mem_take_(mem, bytes);
    if (spare == NULL) {
        pawl_mem_give_(mem, m, bytes);
        return ENOMEM;
    }
    clear(m, slots);
    m->name = name;
    m->before = m->after = NULL;
    q->slots = q->end = slots;
    q->half = slots / 2;
    q->limit = limit;
    q->mem = mem;
    q->at = m;
    /* relaxed: not published yet. */
    atomic_store_explicit(&q->last, word_of(m), memory_order_relaxed);
    atomic_store_explicit(&q->newest, name, memory_order_relaxed);
    atomic_store_explicit(&q->spare, word_of(spare), memory_order_relaxed);
    atomic_store_explicit(&q->held, 2 * bytes, memory_order_relaxed);
    atomic_store_explicit(&q->refused, 0, memory_order_relaxed);
    atomic_store_explicit(&q->tail, name, memory_order_relaxed);
    atomic_store_explicit(&q->head, name, memory_order_relaxed);
    return 0;
}

int pawl_mpsc_queue_init(pawl_mpsc_queue *q, size_t limit, const pawl_mem *mem)
{
    return pawl_mpsc_queue_init_at_(q, limit, mem, 0, PAWL_MPSC_QUEUE_SLOTS_);
}

void pawl_mpsc_queue_destroy(pawl_mpsc_queue *q)
{
    segment *m = q->at;

    while (following(q) != NULL)        /* tells each which one follows */
        q->at = q->at->after;
    give_chain(q, m);
    m = segment_of(atomic_load_explicit(&q->spare, memory_order_relaxed));
    if (m != NULL)
        give(q, m);
}

size_t pawl_mpsc_queue_count_hint(const pawl_mpsc_queue *q)
{
    uint64_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
    uint64_t in = pawl_mpsc_queue_index_(tail), out = pawl_mpsc_queue_index_(head);
    uint64_t segments = (tail - in - (head - out)) / PAWL_MPSC_QUEUE_NEXT_;

    /* The consumer may have moved on to a segment that is not opened yet. */
    in = segments * q->slots + (in < q->slots ? in : q->slots);
    return (int64_t)(tail - head) > 0 && in > out ? (size_t)(in - out) : 0;
}
