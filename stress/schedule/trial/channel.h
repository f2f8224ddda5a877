/* channel.h - a queue that can be waited on, and closed, in many interleavings.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * subject/channel.h says what a subject defines.  Each scenario ends for all its
 * threads, however they are scheduled: who sleeps for ever was forgotten.
 */
#ifndef TRIAL_CHANNEL_H
#define TRIAL_CHANNEL_H

#include <subject/channel.h>
#include <trial/moves.h>

static const struct { const char *text; beginning begin; } waits[] = {
    { "ss|rr", { 1, 0, 0 } }, { "ss|rr", { 1, FULL, 3 } }, { "ss|r|r", { 1, 0, 0 } },
    { "s|s|rr", { 1, 0, 9 } }, { "s|s|rr", { 1, FULL, 0 } }, { "r|r|ss", { 1, 0, 9 } },
    { "r|r|pp", { 2, 0, 0 } }, { "r|r|P", { 2, 0, 3 } }, { "s|s|cc", { 2, FULL, 0 } },
    { "s|s|C", { 2, FULL, 3 } }, { "sc|sc", { 1, 0, 0 } }, { "sr|sc", { 1, 0, 0 } },
    { "sr|sr|sr", { 1, 0, 0 } }, { "rs|rs", { 1, FULL, 0 } },
    { "z|r|r", { 1, 0, 0 } }, { "z|s|s", { 1, FULL, 0 } }, { "s|r|z", { 1, 0, 0 } },
    { "sz|rr", { 1, 0, 0 } }, { "ss|rz", { 1, 0, 0 } }, { "pz|r|r", { 1, 0, 9 } },
    { "sz|sz|r", { 1, 0, 0 } }, { "z|z|r", { 2, 0, 0 } }, { "pp|z|cc", { 1, 0, 0 } },
    { "pp|z|cc", { 2, 1, 3 } }, { "P|z|C", { 2, 0, 9 } }, { "pp|cz|cp", { 1, 0, 0 } },
    { "zp|cc", { 1, FULL, 0 } }, { "z|cp|rr", { 2, FULL, 0 } },
    { "t|p", { 1, 0, 0 } }, { "t|t|p", { 1, 0, 0 } }, { "tt|ss", { 2, 0, 0 } },
    { "t|r|ss", { 1, 0, 3 } }, { "t|z|p", { 1, 0, 0 } }, { "ts|ct", { 1, FULL, 0 } },
    { "l|pp", { 2, 0, 0 } }, { "l|t|ss", { 2, 0, 0 } }, { "l|p|z", { 2, 0, 0 } },
    { "l|l|P", { 2, 0, 9 } },
    { "y|r|s", { 1, 0, 0 } }, { "y|r|p", { 2, 0, 3 } }, { "y|y|sr", { 1, 0, 0 } },
    { "pc|z|pc", { 1, 0, 14 } }, { "pp|zc|zc", { 2, 0, 14 } },
    { "pz|pz|c", { 1, 0, 9 } }, { "r|r|p|z", { 2, 0, 0 } }, { "r|z|z", { 1, 0, 0 } },
    { "z|z|r|r", { 1, 0, 0 } }, { "z|z|s|s", { 1, FULL, 3 } },
    { "X|s|c", { 1, FULL, 0 } }, { "x|s|rr", { 1, FULL, 9 } },
    { "X|X|sc", { 1, 0, 0 } }, { "X|X|cs", { 1, FULL, 3 } },
    { "x|z|s", { 1, FULL, 0 } }, { "x|z|s", { 1, 0, 0 } },
    { "L|ss", { 1, 0, 0 } }, { "L|r|ss|s", { 1, 0, 0 } }, { "L|L|ss|ss", { 2, 0, 0 } },
    { "L|L|s|z", { 2, 0, 0 } }, { "L|L|s|z", { 1, 0, 3 } },
    { "z|pcpcpcpc", { 1, 0, 0 } }, { "c|pcpcpcpc", { 1, FULL, 0 } },
    { "p|pcpcpcpc", { 1, 0, 0 } },
    { "xx|cc", { 1, FULL, 0 } }, { "xs|z|cc", { 1, FULL, 9 } },
    { "sp|L|z", { 2, 0, 0 } },
    { "ss|z|rr", { 1, 0, 14 } }, { "P|rr|z", { 2, 0, 14 } }, { "pp|t|z", { 1, 0, 0 } }
};
enum { WAITS = sizeof waits / sizeof *waits };

static const beginning beginnings[] = { { 1, 0, 0 }, { 2, FULL, 9 } };
enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings };

static unsigned usable[WAITS], usables; /* what this subject is able to play */

/* --- what it can do beyond a queue ------------------------------------------------ */

/* Who closes has written why, and who is told of it reads that. */
static inline bool told(bool done)
{
    if (!done && SUBJECT_REFUSAL == ECANCELED && flow.one_closes)
        schedule_reads(&flow.reason);
    return done;
}

static inline void send(handle *h, uint64_t number)
{
    history_op *op = call_push(number);
    bool done = told(subject_push_wait(&flow.queue, h, item_of(number)));

    end_push(op, done, HISTORY_CLOSED);
}

static inline void receive(handle *h)
{
    void *item = NULL;
    history_op *op = schedule_call(HISTORY_POP, 0);
    bool done = told(subject_pop_wait(&flow.queue, h, &item));

    end_pop(op, done, HISTORY_CLOSED, item);
}

/* Closed comes before late. */
static inline bool in_time(bool done, pawl_time until)
{
    if (!done && flow.closes == 0)
        gave_up(until);
    return done;
}

static inline bool receive_soon(handle *h)
{
    void *item = NULL;
    pawl_time until = pawl_after(SOON);
    history_op *op = schedule_call(HISTORY_POP, 0);
    bool done = told(subject_pop_until(&flow.queue, h, &item, SOON));

    end_pop(op, done, HISTORY_LATE, item);
    return in_time(done, until);
}

static inline bool send_soon(handle *h, uint64_t number)
{
    pawl_time until = pawl_after(SOON);
    history_op *op = call_push(number);
    bool done = told(subject_push_until(&flow.queue, h, item_of(number), SOON));

    end_push(op, done, HISTORY_LATE);
    return in_time(done, until);
}

static inline void receive_two(handle *h, int64_t ns)
{
    void *items[BATCH];
    pawl_time until = pawl_after(ns);
    history_op *op = schedule_call(HISTORY_POP, 0);
    size_t n = subject_pop_least(&flow.queue, h, items, BATCH, BATCH, ns);

    end_batch(op, n, BATCH, items, ns == PAWL_FOREVER ? HISTORY_CLOSED : HISTORY_LATE);
    in_time(n == BATCH, until);
}

static inline void shut(void)
{
    history_op *op = schedule_call(HISTORY_CLOSE, 0);

    if (flow.closes++ == 0 && flow.one_closes)
        schedule_writes(&flow.reason);
    flow.first += subject_shut(&flow.queue);
    schedule_return(op, HISTORY_DONE, 0);
}

static void play(void *unused, unsigned who)
{
    handle *h = &flow.handles[who];
    uint64_t number = EACH * who + 1;

    (void)unused;
    for (const char *s = scripts[who]; goes_on(s); s++)
        switch (*s) {
        case 's': send(h, number++); break;
        case 'r': receive(h); break;
        case 't': receive_soon(h); break;
        case 'y':
            if (receive_soon(h))
                send(h, number++);
            break;
        case 'x': send_soon(h, number++); break;
        case 'X':
            if (send_soon(h, number++))
                told(pop(h));
            break;
        case 'p': told(push(h, number++)); break;
        case 'c': told(pop(h)); break;
        case 'l': receive_two(h, SOON); break;
        case 'L': receive_two(h, PAWL_FOREVER); break;
        case 'z': shut(); break;
        default: move(*s, h, &number);
        }
}

/* --- scenarios -------------------------------------------------------------------- */

static const schedule_test *scenario(unsigned k, bool strict)
{
    const char *text;

    if (k < usables) {
        text = waits[usable[k]].text;
        flow.begin = waits[usable[k]].begin;
    } else {
        text = queue_script((k - usables) / BEGINNINGS);
        flow.begin = beginnings[(k - usables) % BEGINNINGS];
    }
    flow.one_closes = threads_that(text, "z") == 1;
    return flow_test(text, play, strict);
}

static bool able(const char *s, const beginning *b)
{
    return (!ONE_PUSHES || threads_that(s, "spPxXy") <= 1)
        && (!ONE_POPS || threads_that(s, "rcCtylLX") <= 1)
        && (SUBJECT_BOUNDED || b->inside != FULL)
        && (SUBJECT_TIMED || strpbrk(s, "tyxX") == NULL)
        && (SUBJECT_POP_N || strpbrk(s, "lL") == NULL)
        && (SUBJECT_BATCH || strpbrk(s, "PC") == NULL);
}

int main(int argc, char **argv)
{
    schedule_trial trial = {
        SUBJECT, 0, scenario,
        "p push, c pop, P and C two at once, n count, j leaves and joins again;\n"
        "s push and r pop wait, t until a deadline, y likewise, and pushes what it\n"
        "got; l for two, L for two without a deadline; x push until a deadline, X\n"
        "likewise, and pops if it went in; z close; | begins the next thread; `of`\n"
        "is the capacity; `stale`: so many went through before\n", 0
    };

#ifdef SUBJECT_SPARES
    SUBJECT_SPARES = BATCH;
#endif
#ifdef SUBJECT_SEGMENT
    SUBJECT_SEGMENT = 3;
#endif
#ifdef SUBJECT_ROOMY
    SUBJECT_ROOMY;
#endif
    for (unsigned i = 0; i < WAITS; i++)
        if (able(waits[i].text, &waits[i].begin))
            usable[usables++] = i;
    trial.scenarios = usables + usable_scripts() * BEGINNINGS;
    return schedule_program(argc, argv, &trial);
}

#endif
