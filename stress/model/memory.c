/* memory.c - what the scheduler asks memory for, where memory is as weak as C11 allows.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Takes the place of stress/schedule/memory.c.
 */
#include <model/model.h>

enum { MOMENTS = 2 * SCHEDULE_OPS + 1 };

#define m schedule_machine

const char *const schedule_rung = "model";

/* What the thread knew then; moments are calls and returns. */
static uint16_t known[MOMENTS][SCHEDULE_THREADS];

void schedule_memory_begin(void)
{
    model_forget();
    model_forget_order();
    model_forget_plain();
}

void schedule_memory_moment(uint64_t event)
{
    for (unsigned i = 0; i < SCHEDULE_THREADS; i++)
        known[event][i] = m.current == OUTSIDE ? 0 : model_mine()->known[i];
}

/* --- what comes before what ------------------------------------------------------- */

static bool comes_before(const history_op *a, const history_op *b)
{
    bool outside = a->who == m.test->threads || b->who == m.test->threads;

    if (a->who == b->who)
        return a < b;
    if (outside)                        /* setup and check */
        return a->returned < b->called;
    return a->how != HISTORY_PENDING
        && known[a->returned][a->who] <= known[b->called][a->who];
}

/* For each of them the set of those that come before it. */
static void find_before(const history_op *ops, size_t n, uint64_t *before)
{
    for (size_t i = 0; i < n; i++) {
        before[i] = 0;
        for (size_t k = 0; k < n; k++)
            if (k != i && comes_before(&ops[k], &ops[i]))
                before[i] |= UINT64_C(1) << k;
    }
}

uint64_t schedule_memory_hash(uint64_t hash)
{
    uint64_t before[SCHEDULE_OPS];
    size_t n;
    const history_op *ops = schedule_history(&n);

    (void)hash;
    hash = 1;
    find_before(ops, n, before);
    for (size_t i = 0; i < n; i++) {
        uint64_t op = ops[i].value << 16 | (uint64_t)ops[i].who << 8
                    | (uint64_t)ops[i].what << 4 | (uint64_t)ops[i].how;

        hash = (hash ^ op) * UINT64_C(0x9e3779b97f4a7c15);
        hash = (hash ^ hash >> 29 ^ before[i]) * UINT64_C(0xbf58476d1ce4e5b9);
        hash ^= hash >> 32;
    }
    return hash;
}

/* Are those of them explained that did not find it full (empty)? */
static bool explains_without(history_what what, char *why, size_t bytes)
{
    history_op some[SCHEDULE_OPS];
    uint64_t all[SCHEDULE_OPS], before[SCHEDULE_OPS];
    size_t n, kept = 0, from[SCHEDULE_OPS];
    const history_op *ops = schedule_history(&n);

    find_before(ops, n, all);
    for (size_t i = 0; i < n; i++) {
        if (ops[i].what == what && ops[i].how == HISTORY_NOT_NOW)
            continue;
        from[kept] = i;
        before[kept] = 0;
        for (size_t k = 0; k < kept; k++) {
            before[kept] |= (all[i] >> from[k] & 1) << k;
            before[k] |= (all[from[k]] >> i & 1) << kept;
        }
        some[kept++] = ops[i];
    }
    return history_search_by(m.test->spec, some, kept, before, why, bytes);
}

/* Where a queue's capacity is a floor (spsc_ring), full and empty are each exact, and
 * not both together. */
bool schedule_memory_explains(char *why, size_t bytes)
{
    history_what never = HISTORY_CLOSE;

    return m.test->spec->floor ? explains_without(HISTORY_PUSH, why, bytes)
                                 && explains_without(HISTORY_POP, why, bytes)
                               : explains_without(never, why, bytes);
}

/* --- parking ---------------------------------------------------------------------- */

/* Of 64 bits, the low half is slept on. */
static model_word *bed(const uint32_t *half)
{
    model_word *w = model_known(half);

    return w != NULL ? w : model_known(half - 1);
}

uint32_t schedule_memory_parks(const uint32_t *word)
{
    model_word *w = bed(word);

    return w != NULL ? (uint32_t)model_glance(w, w->unparked) : *word;
}

void schedule_memory_unparked(const uint32_t *word)
{
    model_word *w = bed(word);
    uint32_t known_of_it = w != NULL ? model_mine()->least[w->index] : 0;

    if (w != NULL && w->unparked < known_of_it)
        w->unparked = known_of_it;
}
