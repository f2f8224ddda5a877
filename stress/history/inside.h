/* inside.h - what the parts of the checkers share: words, and moments.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef HISTORY_INSIDE_H
#define HISTORY_INSIDE_H

#include <history/history.h>

/* --- words (text.c) ------------------------------------------------------------- */

/* Appends to a text of `bytes` bytes, of which `used` are used; what does not fit is
 * cut off.  Returns how many are used then. */
__attribute__((format(printf, 4, 5)))
size_t history_say(char *why, size_t bytes, size_t used, const char *format, ...);
size_t history_say_op(char *why, size_t bytes, size_t used, const history_op *op);

/* --- moments (moments.c) -------------------------------------------------------- */

/* A moment's number: 2 * k for the k-th of all that occur in the history, and 2 * k + 1
 * for what lies between it and the next.  So an operation may take effect at any number
 * in [call, end]; one that never returned, up to the last. */
typedef struct span {
    int64_t call, end;
} span;

/* A history as the checkers look at it. */
typedef struct history {
    const history_spec *spec;
    const history_op *ops;
    size_t n;
    span *when;                         /* for each operation */
    size_t *by_thread;                  /* all operations, those of a thread together */
    int64_t last;                       /* the last moment's number */
    char *why;                          /* of `bytes` bytes, of which some are used */
    size_t bytes, used;
} history;

/* Memory for n things of `each` bytes, zeroed; without any the program ends. */
void *history_room(size_t n, size_t each);

void history_open(history *h);          /* fills in when, by_thread and last */
void history_close(history *h);

/* What is so many, at each moment: first tell of the changes, then settle, then ask. */
typedef struct level {
    int64_t *at;                        /* a tree of minima; leaves begin at `leaves` */
    int64_t leaves;
} level;

void level_open(level *l, const history *h, int64_t begin);
void level_change(level *l, int64_t from, int64_t to, int64_t by);  /* both included */
void level_settle(level *l);
int64_t level_least(const level *l, int64_t from, int64_t to);
void level_close(level *l);

/* When was it closed, if at all: between `first`, before which it cannot have been, and
 * `last`, from which on it was.  False, having said why: there is no such moment. */
typedef struct closing {
    bool any;
    int64_t first, last;
} closing;

bool history_closing(history *h, closing *c);

/* --- checkers: true, or false having said why ----------------------------------- */

bool history_check_queue(history *h);   /* HISTORY_LANES too */
bool history_check_sem(history *h);
bool history_check_mutex(history *h);

/* False, having said (or gone on saying) what is wrong, and with which operations: two
 * at most, NULL for none. */
bool history_wrong(history *h, const char *what, const history_op *a,
                   const history_op *b);

static inline bool history_refused(history_how how)
{
    return how == HISTORY_NOT_NOW || how == HISTORY_LATE;
}

#endif
