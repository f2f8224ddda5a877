/* moves.h - what the threads of a scenario do with a queue, letter by letter.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * subject/queue.h says what a subject defines.  Items are numbers from 1 on,
 * times 8: no queue looks behind its pointers, and a trace is the same in every run.
 */
#ifndef TRIAL_MOVES_H
#define TRIAL_MOVES_H

#include <subject/queue.h>
#include <trial/scripts.h>

#include <inttypes.h>

enum { BATCH = 2, EACH = 4, FULL = 100, LETTERS = 128, JOINS = 4 };

/* How it begins: empty or not, and after `stale` messages went through, which the
 * threads' handles know nothing of.  FULL: as many as go in. */
typedef struct beginning {
    unsigned capacity, inside, stale;
} beginning;

static struct {
    subject queue;
    handle handles[THREADS + 1];        /* the last one is setup's and check's */
    beginning begin;
    unsigned threads;
    uint64_t pushed, popped, number;    /* number: setup's next item */
    unsigned closes, first;             /* of these, so many said: closed by this one */
    bool one_closes;                    /* one thread, that is */
    char reason;                        /* it has, if so: plain */
    char letters[LETTERS];              /* what is in item n: plain */
} flow;

/* --- one operation ---------------------------------------------------------------- */

/* Whoever pushes an item has written it, and whoever pops it reads it. */
static inline void write_letter(uint64_t number)
{
    if (number < LETTERS)
        schedule_writes(&flow.letters[number]);
}

static inline void read_letter(uint64_t number)
{
    if (number < LETTERS)
        schedule_reads(&flow.letters[number]);
}

static inline void *item_of(uint64_t number)
{
    return (void *)(uintptr_t)(number * 8);
}

static inline uint64_t number_of(const void *item)
{
    uintptr_t bits = (uintptr_t)item;

    return bits % 8 == 0 ? bits / 8 : UINT64_C(1) << 40;        /* what is this? */
}

static inline history_op *call_push(uint64_t number)
{
    write_letter(number);
    return schedule_call(HISTORY_PUSH, number);
}

static inline void end_push(history_op *op, bool done, history_how how)
{
    schedule_return(op, done ? HISTORY_DONE : how, op->value);
    flow.pushed += done;
}

static inline void end_pop(history_op *op, bool done, history_how how, void *item)
{
    schedule_return(op, done ? HISTORY_DONE : how, done ? number_of(item) : 0);
    flow.popped += done;
    if (done)
        read_letter(op->value);
}

static inline bool push(handle *h, uint64_t number)
{
    history_op *op = call_push(number);
    bool done = subject_push(&flow.queue, h, item_of(number));

    end_push(op, done, HISTORY_NOT_NOW);
    return done;
}

static inline bool pop(handle *h)
{
    void *item = NULL;
    history_op *op = schedule_call(HISTORY_POP, 0);
    bool done = subject_pop(&flow.queue, h, &item);

    end_pop(op, done, HISTORY_NOT_NOW, item);
    return done;
}

/* A batch is as many operations, done by one call; then one for what ended it.  (What
 * stands in for batches ends after one for no reason.) */
static inline void push_batch(handle *h, uint64_t number)
{
    void *items[BATCH] = { item_of(number), item_of(number + 1) };
    history_op *op = call_push(number);
    size_t n;

    write_letter(number + 1);
    n = subject_push_n(&flow.queue, h, items, BATCH);

    if (n > BATCH)
        schedule_fail("pushed %zu of %d", n, BATCH);
    end_push(op, n > 0, HISTORY_NOT_NOW);
    for (size_t i = 1; i < n; i++)
        schedule_also(op, HISTORY_DONE, number + i);
    if (SUBJECT_BATCH && n > 0 && n < BATCH)
        schedule_also(op, HISTORY_NOT_NOW, number + n);
    flow.pushed += n > 0 ? n - 1 : 0;
}

static inline void also_popped(const history_op *op, uint64_t number)
{
    schedule_also(op, HISTORY_DONE, number);
    read_letter(number);
}

/* A pop of up to `most` has returned n of them. */
static inline void end_batch(history_op *op, size_t n, size_t most, void **items,
                             history_how how)
{
    if (n > most)
        schedule_fail("popped %zu of %zu", n, most);
    end_pop(op, n > 0, how, items[0]);
    for (size_t i = 1; i < n; i++)
        also_popped(op, number_of(items[i]));
    if (SUBJECT_BATCH && n > 0 && n < most)
        schedule_also(op, how, 0);
    flow.popped += n > 0 ? n - 1 : 0;
}

static inline void pop_batch(handle *h)
{
    void *items[BATCH];
    history_op *op = schedule_call(HISTORY_POP, 0);

    end_batch(op, subject_pop_n(&flow.queue, h, items, BATCH), BATCH, items,
              HISTORY_NOT_NOW);
}

/* Where memory is weak, a handle that another gave back may not be seen at once. */
static inline void join(handle *h)
{
    unsigned tries = 0;

    memset((void *)h, 0, sizeof *h);
    while (!subject_join(&flow.queue, h)) {
        if (++tries == JOINS)
            schedule_fail("no handle for one more thread");
        pawl_yield();
    }
}

static inline void rejoin(handle *h)
{
    subject_leave(&flow.queue, h);
    join(h);
}

/* Where never more than one is in, besides those at the beginning. */
static inline void count(void)
{
#ifdef SUBJECT_HINT
    size_t n = SUBJECT_HINT(&flow.queue), most = flow.begin.inside + 1;

    if (n > most)
        schedule_fail("counted %zu, where there never were more than %zu", n, most);
#endif
}

/* --- before and after ------------------------------------------------------------- */

static inline void set_up_flow(void)
{
    const beginning *b = &flow.begin;
    handle *mine = &flow.handles[flow.threads];
    void *item = NULL;

    memset((void *)&flow.queue, 0, sizeof flow.queue);
    flow.pushed = flow.popped = 0;
    flow.closes = flow.first = 0;
    flow.number = EACH * THREADS + 1;
    if (!subject_open(&flow.queue, b->capacity, flow.threads + 1))
        schedule_fail("cannot open");
    for (unsigned i = 0; i <= flow.threads; i++)
        join(&flow.handles[i]);
    for (unsigned i = 0; i < b->stale; i++)
        if (!subject_push(&flow.queue, mine, item_of(1))
            || !subject_pop(&flow.queue, mine, &item) || item != item_of(1))
            schedule_fail("one message does not pass");
    for (unsigned i = 0; i < b->inside && (SUBJECT_BOUNDED || i < b->capacity)
                         && push(mine, flow.number); i++)
        flow.number++;
}

/* All that went in has come out: nobody is at work any more, so empty is exact.  And
 * of all closes exactly one has closed it. */
static inline void check_flow(void)
{
    handle *mine = &flow.handles[flow.threads];

    while (flow.popped <= flow.pushed && pop(mine))
        continue;
    if (flow.popped != flow.pushed)
        schedule_fail("%" PRIu64 " went in, %" PRIu64 " came out", flow.pushed,
                      flow.popped);
    if (flow.closes > 0 && flow.first != 1)
        schedule_fail("of %u closes %u said that they had closed it", flow.closes,
                      flow.first);
}

static inline void close_flow(void)
{
    for (unsigned i = 0; i <= flow.threads; i++)
        subject_leave(&flow.queue, &flow.handles[i]);
    subject_close(&flow.queue);
}

/* What every queue can do.  False: the letter is another trial's. */
static inline bool move(char letter, handle *h, uint64_t *number)
{
    switch (letter) {
    case 'p': push(h, (*number)++); return true;
    case 'c': pop(h); return true;
    case 'P': push_batch(h, *number); *number += BATCH; return true;
    case 'C': pop_batch(h); return true;
    case 'j': rejoin(h); return true;
    case 'n': count(); return true;
    default: return false;
    }
}

static void set_up(void *unused)
{
    (void)unused;
    set_up_flow();
}

static void check(void *unused)
{
    (void)unused;
    check_flow();
    close_flow();
}

/* --- scenarios -------------------------------------------------------------------- */

static const char *const queue_scripts[] = {
    "pp|cc", "ppp|ccc", "P|C", "Pp|cC",
    "pp|pp|cc", "P|P|cc", "pcpc|pp|pp", "pppp|pppp|ccc",
    "pc|pc", "pc|cp", "pp|cc|cc", "pc|cp|pc", "P|cc|C", "jpc|jpc", "PC|CP|PC",
    "PP|CC|CC", "n|pcpcpc", "n|pcpc|c", "c|pcpc|n"
};
enum { SCRIPTS = sizeof queue_scripts / sizeof *queue_scripts };

/* How many threads of a script do one of these? */
static inline unsigned threads_that(const char *script, const char *letters)
{
    unsigned n = 0;

    for (const char *s = script; s != NULL;) {
        n += strcspn(s, letters) < strcspn(s, "|");
        s = strchr(s, '|');
        s = s != NULL ? s + 1 : NULL;
    }
    return n;
}

/* The k-th of those that the roles allow; NULL: there are fewer. */
static inline const char *queue_script(unsigned k)
{
    for (unsigned i = 0; i < SCRIPTS; i++)
        if ((!ONE_PUSHES || threads_that(queue_scripts[i], "pP") == 1)
            && (!ONE_POPS || threads_that(queue_scripts[i], "cC") == 1)
            && (SUBJECT_HINT_SURE || threads_that(queue_scripts[i], "n") == 0)
            && k-- == 0)
            return queue_scripts[i];
    return NULL;
}

static inline unsigned usable_scripts(void)
{
    unsigned n = 0;

    while (queue_script(n) != NULL)
        n++;
    return n;
}

static inline history_spec flow_spec(bool strict)
{
    return (history_spec){ HISTORY_QUEUE, SUBJECT_BOUNDED ? flow.begin.capacity : 0, 0,
                           !strict && SUBJECT_INEXACT,
                           SUBJECT_FLOOR };
}

static inline const char *flow_name(const char *text)
{
    static char name[64];
    int n = snprintf(name, sizeof name, "%s of %u", text, flow.begin.capacity);

    if (flow.begin.inside == FULL)
        n += snprintf(name + n, sizeof name - (size_t)n, ", full");
    else if (flow.begin.inside > 0)
        n += snprintf(name + n, sizeof name - (size_t)n, ", %u in", flow.begin.inside);
    if (flow.begin.stale > 0)
        snprintf(name + n, sizeof name - (size_t)n, ", stale %u", flow.begin.stale);
    return name;
}

/* The test of these scripts, as flow.begin says. */
static inline const schedule_test *
flow_test(const char *text, void (*play)(void *, unsigned), bool strict)
{
    static history_spec spec;
    static schedule_test test;
    unsigned least = least_capacity(&flow.queue);

    if (flow.begin.capacity < least)
        flow.begin.capacity = least;
    flow.threads = take_scripts(text);
    spec = flow_spec(strict);
    test = (schedule_test){ flow_name(text), flow.threads, set_up, play, check,
                            &spec, NULL };
    return &test;
}

#endif
