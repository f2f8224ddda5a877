/* flow.h - how the others go on with a queue, when one thread does not.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/queue.h.  The others fill and drain the queue in
 * turn, by two handles, one by one and in batches.  They progress if items still move;
 * if not, those calls block that fail although there is room, or an item.
 */
#ifndef FAULT_TRIAL_FLOW_H
#define FAULT_TRIAL_FLOW_H

#include <subject/queue.h>
#include <fault/ledger.h>
#include <fault/trial/paths.h>

#include <string.h>

enum { CAPACITY = 4, BATCH = 3, FULL = FAULT_ITEMS, IDLE = 50, SLEEP_ROUNDS = 4 };
enum { VICTIM, RIVAL, FIRST, SECOND, DOZER, PORTS = DOZER + FAULT_SLEEPERS + 1 };

static struct world {
    subject queue;
    handle hand[PORTS + 1];
    unsigned joined;                    /* handles that were given out */
    fault_ledger l;
    bool closed;                        /* or perhaps: a close was begun */
    bool found_open;                    /* in the end, until another closed it */
    bool pushes, pops;                  /* the others may */
    bool full_wrong, empty_wrong;       /* said so, and it was not */
    unsigned sleepers;
    const char *woken[FAULT_SLEEPERS];  /* by what, if they were */
    unsigned idle;                      /* rounds in which nothing moved */
} *w;

static bool pushes(const fault_path *p);
static bool pops(const fault_path *p);
static bool usable(const fault_path *p);

/* --- one call --------------------------------------------------------------------- */

static inline size_t push_some(handle *h, size_t n)
{
    void *items[BATCH];
    size_t pushed;

    if (!SUBJECT_BOUNDED && w->l.count > 2 * CAPACITY)
        return 0;
    for (size_t i = 0; i < n; i++)
        items[i] = fault_make(&w->l);
    pushed = n > 1 ? subject_push_n(&w->queue, h, items, n)
                   : subject_push(&w->queue, h, items[0]);
    for (size_t i = 0; i < pushed; i++)
        fault_pushed(&w->l, items[i]);
    return pushed;
}

static inline size_t pop_some(handle *h, size_t n)
{
    void *items[BATCH];
    size_t popped = n > 1 ? subject_pop_n(&w->queue, h, items, n)
                          : subject_pop(&w->queue, h, &items[0]);

    for (size_t i = 0; i < popped; i++)
        fault_popped(&w->l, items[i]);
    return popped;
}

static inline void said_full(void)
{
    w->full_wrong |= fault_at_most(&w->l) < CAPACITY && !w->closed;
}

static inline void said_empty(void)
{
    if (fault_at_least(&w->l) > 0)
        w->empty_wrong = true;
    else
        fault_was_empty(&w->l);
}

/* --- all the others --------------------------------------------------------------- */

/* By n, until fewer go; an unbounded queue is not filled far beyond CAPACITY. */
static inline unsigned move_all(size_t (*move)(handle *, size_t), handle *h, size_t n)
{
    unsigned moved = 0;
    size_t some;

    do {
        some = move(h, n);
        moved += (unsigned)some;
        fault_did();
        if (fault_at_least(&w->l) > CAPACITY && SUBJECT_BOUNDED && !SUBJECT_FLOOR)
            w->l.wrong = "holds more than it can";
    } while (some == n);
    return moved;
}

static inline unsigned fill(handle *h, size_t n)
{
    unsigned pushed = move_all(push_some, h, n);

    said_full();
    return pushed;
}

static inline unsigned drain(handle *h, size_t n)
{
    unsigned popped = move_all(pop_some, h, n);

    said_empty();
    return popped;
}

enum { MOST = SUBJECT_BATCH ? BATCH : 1 };

/* Those who slept from the beginning, now or in an early round; `how` is what will have
 * woken them.  Returns how many are through. */
static inline unsigned let_sleepers_on(unsigned round, const char *how)
{
    unsigned through = 0;

    for (unsigned i = 0; i < w->sleepers && round < SLEEP_ROUNDS; i++)
        if (w->woken[i] == NULL && fault_finish(FAULT_SLEEPER + i)) {
            w->woken[i] = how;
            through++;
        }
    return through;
}

/* Two in turn, until they have done enough or are held up. */
static inline void go_on(void)
{
    for (unsigned i = 0; !fault_did_all(); i++) {
        size_t n = i / 2 % 2 == 0 ? 1 : MOST;
        unsigned moved = w->pushes ? fill(&w->hand[FIRST + i % 2], n) : 0;

        moved += let_sleepers_on(i, "by a later push");
        moved += w->pops ? drain(&w->hand[SECOND - i % 2], n) : 0;
        moved += let_sleepers_on(i, "by a later pop");
        w->idle = moved > 0 ? 0 : w->idle + 1;
        if (w->idle > IDLE && (w->full_wrong || w->empty_wrong))
            return;
    }
}

/* --- before, and after ------------------------------------------------------------ */

static inline void join(unsigned who)
{
    memset((void *)&w->hand[who], 0, sizeof w->hand[who]);
    if (!subject_join(&w->queue, &w->hand[who]))
        fault_die("no handle");
    w->joined++;
}

/* Handles that can still be had. */
static inline unsigned free_handles(void)
{
    unsigned n = 0;
    handle h;

    memset((void *)&h, 0, sizeof h);
    while (n <= PORTS && subject_join(&w->queue, &h))
        n++;
    return n;
}

static inline void open_flow(const fault_path *p, bool joins)
{
    if (w == NULL)
        w = (struct world *)fault_memory(sizeof *w);
    memset((void *)w, 0, sizeof *w);
#ifdef SUBJECT_SPARES
    SUBJECT_SPARES = BATCH;
#endif
#ifdef SUBJECT_SEGMENT
    SUBJECT_SEGMENT = 5;
#endif
    if (!subject_open(&w->queue, CAPACITY, PORTS))
        fault_die("cannot open");
    w->sleepers = p->sleepers;
    (void)subject_close;                /* its memory is not given back */
    for (unsigned i = joins ? RIVAL : VICTIM; i < PORTS - 1; i++)
        join(i);
    for (unsigned i = 0; i < p->turn; i++)
        if (push_some(&w->hand[VICTIM], 1) + pop_some(&w->hand[VICTIM], 1) != 2)
            fault_die("cannot turn it");
    for (unsigned i = 0; i < p->stale; i++)
        if (push_some(&w->hand[RIVAL], 1) + pop_some(&w->hand[RIVAL], 1) != 2)
            fault_die("cannot turn it");
    for (unsigned i = 0; i < p->in && push_some(&w->hand[FIRST], 1) == 1; i++)
        continue;
    if (w->l.count < (p->in < CAPACITY ? p->in : CAPACITY))
        fault_die("refused, with room for more and nobody else at work");
    if (joins && p->shut)
        w->joined += free_handles();
    w->pushes = SUBJECT_ROLES[0] == 'm' || !pushes(p);
    w->pops = SUBJECT_ROLES[2] == 'm' || !pops(p);
}

static inline void tell_block(fault_outcome *o)
{
    if (w->full_wrong || w->empty_wrong) {
        fault_say_blocked(o, !w->full_wrong ? "pop fails"
                             : w->empty_wrong ? "push and pop fail" : "push fails");
        fault_say(o, "%u in", w->l.count);
    } else {
        fault_say_blocked(o, "a call never returns");
    }
}

static inline void tell_wrong(fault_outcome *o)
{
    if (SUBJECT_EXACT && (w->full_wrong || w->empty_wrong))
        fault_broken(o, "full or empty, and it was not");
    else if (fault_returned() && (w->full_wrong || w->empty_wrong))
        fault_broken(o, "refused, and nobody else is at work");
    if (w->l.wrong != NULL)
        fault_broken(o, "%s", w->l.wrong);
}

/* What became of the victim's items, and of those it was to get. */
static inline void tell_items(const fault_path *p, unsigned owns, fault_outcome *o)
{
    if (pushes(p) && owns == 1)
        fault_say(o, "item %s", w->l.seen > 0 ? "in" : "out");
    else if (pushes(p))
        fault_say(o, "%u of %u items in", w->l.seen, owns);
    else if (pops(p) && w->pops)
        fault_say(o, w->l.lost == 0 ? "none lost" : "%u lost", w->l.lost);
    o->lost = w->l.lost;
}

static inline void survive_flow(const fault_path *p, fault_outcome *o)
{
    unsigned owns = w->l.owns;

    fault_start(FAULT_SURVIVOR, go_on);
    if (!fault_finish(FAULT_SURVIVOR) || !fault_did_all())
        tell_block(o);
    tell_wrong(o);
    tell_items(p, owns, o);
}

/* --- operations of the victim, and of a rival ------------------------------------- */

static inline void victim_push(void)
{
    (void)subject_push(&w->queue, &w->hand[VICTIM], fault_make_own(&w->l));
}

static inline void victim_push_n(void)
{
    void *items[BATCH];

    for (unsigned i = 0; i < BATCH; i++)
        items[i] = fault_make_own(&w->l);
    (void)subject_push_n(&w->queue, &w->hand[VICTIM], items, BATCH);
}

static inline void victim_pop(void)
{
    void *item;

    w->l.may_lose = 1;
    (void)subject_pop(&w->queue, &w->hand[VICTIM], &item);
}

static inline void victim_pop_n(void)
{
    void *items[BATCH];

    w->l.may_lose = BATCH;
    (void)subject_pop_n(&w->queue, &w->hand[VICTIM], items, BATCH);
}

static inline void victim_join(void)
{
    (void)subject_join(&w->queue, &w->hand[VICTIM]);
}

static inline void victim_leave(void)
{
    subject_leave(&w->queue, &w->hand[VICTIM]);
}

/* What a rival is told is held against what must be, and may be, inside. */
static inline void rival_push(void)
{
    if (push_some(&w->hand[RIVAL], 1) == 0 && SUBJECT_EXACT)
        said_full();
}

static inline void rival_pop(void)
{
    if (pop_some(&w->hand[RIVAL], 1) == 0 && SUBJECT_EXACT)
        w->empty_wrong |= fault_at_least(&w->l) > 0;
}

/* Past full and past empty, twice; then as many are in as were: all looks the same,
 * two laps later. */
static inline void rival_laps(void)
{
    unsigned was = w->l.count;

    for (unsigned lap = 0; lap < 2; lap++) {
        for (unsigned i = 0; i <= CAPACITY; i++)
            rival_push();
        for (unsigned i = 0; i <= CAPACITY; i++)
            rival_pop();
    }
    for (unsigned i = 0; i < was; i++)
        rival_push();
}

static inline bool rivals_push(const fault_path *p)
{
    return p->rival == rival_push || p->rival == rival_laps;
}

static inline bool rivals_pop(const fault_path *p)
{
    return p->rival == rival_pop || p->rival == rival_laps;
}

static inline void rival_join(void) { join(PORTS - 1); }

/* Of a victim that joins, or leaves. */
static inline void tell_handle(const fault_path *p, fault_outcome *o)
{
    unsigned was = PORTS - w->joined;

    if (p->victim == victim_join)
        fault_say(o, free_handles() < was ? "port kept" : "port free");
    if (p->victim == victim_leave)
        fault_say(o, free_handles() > was ? "port free" : "port kept");
}

#ifdef SUBJECT_HINT
static inline void victim_counts(void) { (void)SUBJECT_HINT(&w->queue); }
#else
#define victim_counts NULL
#endif

/* The structure has what the victim calls. */
static inline bool possible(const fault_path *p)
{
    return p->victim != NULL
        && (SUBJECT_BATCH || (p->victim != victim_push_n && p->victim != victim_pop_n));
}

/* Leaves out what is not usable; returns how many are left. */
static inline size_t keep_usable(fault_path *paths, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (usable(&paths[i]))
            paths[kept++] = paths[i];
    return kept;
}

#endif
