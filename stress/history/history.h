/* history.h - what threads did to a structure, and whether any order explains it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A history is an array of operations: who called what, when it was called, when it
 * returned, and how it went.  It is right if the operations can be put in one order, in
 * which each that had returned before another was called comes first, and those of one
 * thread come as they stand in the array, such that one thread doing them in that order
 * would have got the same answers (linearizability: M. Herlihy and J. Wing, TOPLAS
 * 1990).  What those answers are is the spec's to say.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum history_what {
    HISTORY_PUSH, HISTORY_POP,          /* value: the item, a number from 1 on */
    HISTORY_POST, HISTORY_WAIT,         /* value: how many permits */
    HISTORY_LOCK, HISTORY_UNLOCK,       /* value: 0 */
    HISTORY_CLOSE                       /* value: 0 */
} history_what;

typedef enum history_how {
    HISTORY_DONE,                       /* it happened */
    HISTORY_NOT_NOW,                    /* full, empty, too few permits, held; or, where
                                         * the caller cannot tell, closed */
    HISTORY_LATE,                       /* likewise, at its deadline */
    HISTORY_CLOSED,                     /* refused, or nothing is left: closed */
    HISTORY_PENDING                     /* never returned: it may have happened, or not.
                                         * A pop's value is not known then. */
} history_how;

typedef struct history_op {
    uint64_t called, returned;          /* moments or steps: only their order counts;
                                         * UINT64_MAX: never returned */
    uint64_t value;
    uint32_t who;
    history_what what;
    history_how how;
} history_op;

typedef enum history_kind {
    HISTORY_QUEUE,                      /* FIFO; may be closed */
    HISTORY_LANES,                      /* FIFO only as to each producer's items */
    HISTORY_SEM,                        /* may be closed */
    HISTORY_MUTEX
} history_kind;

typedef struct history_spec {
    history_kind kind;
    uint64_t capacity;                  /* of a queue; 0: none */
    uint64_t permits;                   /* of a semaphore, to begin with */
    bool inexact;                       /* NOT_NOW says nothing: full, empty and so on
                                         * may be wrong.  Not so CLOSED. */
    bool floor;                         /* pushes may succeed beyond capacity; NOT_NOW
                                         * is wrong below it */
} history_spec;

/* The exact answer: a search over all orders, for short histories (n <= 64).  True:
 * some order explains it.  False: none, and `why`, of `bytes` bytes, says so.  Takes
 * 100 KB of stack where the first orders that come to mind do not explain it. */
bool history_search(const history_spec *spec, const history_op *ops, size_t n,
                    char *why, size_t bytes);

/* The same where the moments do not say what comes before what: bit k of before[i] is
 * set if ops[k] comes before ops[i].  Closed under this, and the threads' own order. */
bool history_search_by(const history_spec *spec, const history_op *ops, size_t n,
                       const uint64_t *before, char *why, size_t bytes);

/* history_search with an end: within *steps steps (1000 or more), of which it leaves
 * what is over.  True with 0 left is no answer: it gave up. */
bool history_search_within(const history_spec *spec, const history_op *ops, size_t n,
                           uint64_t *steps, char *why, size_t bytes);

/* The fast answer, for long histories: n log n.  False is certain; what true may miss
 * is said in check.c.  Sorts nothing of the caller's. */
bool history_check(const history_spec *spec, const history_op *ops, size_t n,
                   char *why, size_t bytes);

/* One operation a line, as text; and back.  history_read returns 0, or the number of
 * the line that is not a history's. */
void history_write(FILE *to, const history_spec *spec, const history_op *ops, size_t n);
size_t history_read(FILE *from, history_spec *spec, history_op **ops, size_t *n);

#endif
