/* model.h - what C11's memory model lets a thread read: one run after another.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The scheduler of stress/schedule decides which thread goes on; here it is decided
 * besides what an atomic load reads.  Each atomic word keeps all that was stored to it,
 * in modification order, and a load may read any store that C11 does not forbid it: one
 * that its thread does not know to be overwritten.  What a thread knows is its view: of
 * each word the oldest store that it may still read, and how far it has come to know
 * each other thread (a vector clock).  A release store takes its thread's view along,
 * and an acquire load that reads it adds this to its own.
 *
 *     relaxed    knows of the word itself what was read or written, no more
 *     release    hands on the view
 *     update     (read-modify-write) stands right behind the store that it read;
 *                nothing comes between them any more.  It may read an old store, if it
 *                can stand there.  It hands on that store's view too, whatever its
 *                order: the release sequence.
 *     seq_cst    is release or acquire; and all such accesses are in one order, which
 *                agrees with the modification orders, with a load's coming before the
 *                stores that it does not see, and with happens-before as far as RC11
 *                wants it (order.c).  It is kept as a graph: what would make a cycle of
 *                it is not offered.
 *     failing    compare-exchange: a load, with its own order, which may be stale, be
 *                it strong or weak; a weak one may fail for no reason.
 *     store      goes behind all others to the word; or between older ones, where no
 *                thread that it knows of has seen the newer
 *     park       finds what a relaxed load might, but nothing older than what those who
 *                have unparked that word knew.  It orders no memory.
 *
 * Which of them it is, is one more decision, of the same strategies: random and pct
 * take another than the newest once in 3 times; to dfs it costs as much as a
 * preemption.  Who has twice in a row not got a word's newest value gets it now: spins
 * end.  A failure's interleaving says what was old, and its replay has it.
 *
 * Against C11 it is
 *     stronger   A load reads no store that comes later in the run: no load buffering
 *                (LB), nothing out of thin air (RC11 forbids both).  A choice is of the
 *                16 newest stores.  After 192 seq_cst accesses in a run, a further one
 *                takes the newest store.
 *     weaker     A relaxed store by the thread of the release store does not continue
 *                its release sequence; C11 has it so, C++20 took it away (P0982).
 *                The order of seq_cst need not agree with all of happens-before, as in
 *                C11, for POWER does not; C++20 took that away, too (P0668).
 * There are no fences, as nowhere in Pawl, and no consume.  litmus/litmus.c compares.
 * (RC11: O. Lahav et al., "Repairing Sequential Consistency in C/C++11", PLDI 2017.)
 *
 * A history has to be explained by an order that agrees with happens-before: between
 * operations that do not know of each other there is no "earlier" that they could tell.
 *
 * Plain memory is what it is in the run.  Those who tell of it by schedule_reads and
 * schedule_writes are checked for data races: two accesses, one of them a write, and
 * neither happens before the other.  What nobody tells of is ThreadSanitizer's to see.
 *
 * How to use it on code of your own: as schedule.h says, with SEAM=model, and
 * stress/model before stress/seam on the include path:
 *
 *     make SEAM=model build/model/libpawl.a
 *     cc -std=c11 -Istress/model -Istress/seam -Istress -Iinclude YOURS.c
 *        stress/model/?*.c $(ls stress/schedule/?*.c | grep -v /memory)
 *        stress/history/?*.c build/model/libpawl.a -pthread
 *
 * (each ?*.c is all the C files there).  An example with orders that are too weak:
 * model/demo/publish.c.
 *
 *     stores.c   words, stores and views           access.c   loads, stores, updates
 *     order.c    the one order of seq_cst          races.c    plain memory
 *     memory.c   what the scheduler asks for       litmus/    what is allowed
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <schedule/machine.h>

enum {
    MODEL_WORDS = 64,                   /* atomic ones, in a run */
    MODEL_STORES = MODEL_WORDS + SCHEDULE_STEPS + 1,
    MODEL_ORDERED = 192,                /* seq_cst accesses that are kept apart */
    MODEL_PATIENCE = 2                  /* times in a row that what is read is old */
};

typedef struct model_view {
    uint32_t least[MODEL_WORDS];        /* the place of the oldest store to be read */
    uint16_t known[SCHEDULE_THREADS];   /* steps of each thread */
} model_view;

/* Places are numbers that rise along the modification order. */
typedef struct model_value {
    struct model_value *older, *newer;
    uint64_t value;
    uint32_t place;
    bool update;                        /* nothing may come between it and `older` */
    model_view view;                    /* for who acquires it */
} model_value;

typedef struct model_word {
    const volatile void *word;
    size_t bytes;
    unsigned index;
    uint32_t unparked;                  /* what those who unparked it knew */
    model_value *newest;
    unsigned stale[SCHEDULE_THREADS];   /* how often in a row what was read was old */
} model_word;

/* --- stores.c --- */
void model_forget(void);
model_word *model_find(const volatile void *word, size_t bytes);
model_word *model_known(const volatile void *word);     /* or NULL */
/* The stores to `w` that the current thread may read, newest first; how many. */
unsigned model_readable(const model_word *w, uint32_t least, model_value **stores);
/* A new store behind `after`, which is the current thread's. */
model_value *model_add(model_word *w, model_value *after, uint64_t value);
bool model_room(const model_value *after);      /* may one come behind it? */
void model_join(model_view *into, const model_view *from);
void model_see(model_view *view, const model_word *w, uint32_t place);
model_view *model_mine(void);                   /* the current thread's */
void model_tick(void);                          /* one more step of it */

/* --- access.c --- */
/* What a relaxed load may read of `w`, not older than `least`: nothing is learnt. */
uint64_t model_glance(model_word *w, uint32_t least);

/* --- order.c --- */
typedef struct model_ordered {
    bool reads, writes;
    uint32_t read, written;             /* places */
    const model_view *learns;           /* what it acquires, or NULL */
} model_ordered;

void model_forget_order(void);
void model_was_at(const volatile void *word);   /* the current thread, just now */
/* May the current thread's next access to `w` be this one, as seq_cst?  (At the newest
 * store it always may.) */
bool model_in_order(const model_word *w, model_ordered o);
void model_put_in_order(const model_word *w, model_ordered o);

/* --- races.c --- */
void model_forget_plain(void);

#endif
