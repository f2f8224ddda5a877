/* sem.h - a semaphore in many interleavings.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * subject/sem.h says what a subject defines.  Each scenario ends for all its
 * threads, however they are scheduled: who sleeps for ever was forgotten.
 */
#ifndef TRIAL_SEM_H
#define TRIAL_SEM_H

#include <subject/sem.h>
#include <trial/scripts.h>

#include <ctype.h>

/* What each thread does, and how many permits there are to begin with. */
static const struct { const char *text; unsigned permits; } all[] = {
    { "v|w", 0 }, { "vv|w|w", 0 }, { "v|v|ww", 0 }, { "v|wv|wv", 0 }, { "wv|wv", 1 },
    { "wv|wv|wv", 1 }, { "wv|uv|wv", 1 }, { "u|u|u", 2 }, { "wvwv|wvwv", 1 },
    { "wv|wv|wv", 2 }, { "t|v", 0 }, { "t|t|v", 0 }, { "t|w|vv", 0 }, { "tt|vv", 0 },
    { "y|w|v", 0 }, { "y|y|vw", 0 },
    { "z|w|w", 0 }, { "w|vz", 0 }, { "v|z|w", 0 }, { "t|z|v", 0 }, { "z|z|w", 1 },
    { "vv|zu|w", 0 }, { "w|wz|v", 1 },
    { "V|w|w", 0 }, { "W|vv", 0 }, { "v|v|W", 0 }, { "vvv|W|u", 0 }, { "WV|wv", 2 },
    { "WV|wv|wv", 2 }, { "WV|WV|wv", 3 }, { "D|vv|v", 0 }, { "D|W|vv", 0 },
    { "D|W|V", 0 }, { "D|w|v", 0 }, { "T|w|v", 0 }, { "T|w|vv", 1 },
    { "T|w|Vv", 0 }, { "W|U|VV", 0 },
    { "W|vz", 0 }, { "V|z|W", 0 }, { "D|w|zv", 1 }, { "W|w|vvv", 0 },
    { "z|z|w|w", 0 }, { "k|W|v|v", 0 }, { "k|W|w|Vv", 0 }, { "W|W|V|V", 0 }
};
enum { ALL = sizeof all / sizeof *all };

static unsigned usable[ALL], usables;   /* what this subject is able to play */

static struct {
    subject sem;
    unsigned permits;
    bool is_lock, closed_once;          /* as used by the scenario at hand */
    unsigned closes, first;             /* of these, so many said: closed by this one */
    char inside, closing;               /* plain: written inside; before the close */
} gate;

static void set_up(void *unused)
{
    (void)unused;
    memset((void *)&gate.sem, 0, sizeof gate.sem);
    gate.closes = gate.first = 0;
    if (!subject_open(&gate.sem, gate.permits))
        schedule_fail("cannot open");
}

/* What a call came to, and what its caller may now touch. */
static void end(history_op *op, bool done, history_how how)
{
    schedule_return(op, done ? HISTORY_DONE : how, op->value);
    if (done && op->what == HISTORY_WAIT && gate.is_lock)
        schedule_writes(&gate.inside);
    if (!done && how == HISTORY_CLOSED && gate.closed_once)
        schedule_reads(&gate.closing);
}

static void post(unsigned n)
{
    history_op *op = schedule_call(HISTORY_POST, n);

    end(op, subject_post(&gate.sem, n), HISTORY_CLOSED);
}

static bool try_wait(unsigned n)
{
    history_op *op = schedule_call(HISTORY_WAIT, n);
    bool done = subject_try_wait(&gate.sem, n);

    end(op, done, HISTORY_NOT_NOW);
    return done;
}

static void wait_for(unsigned n)
{
    history_op *op = schedule_call(HISTORY_WAIT, n);

    end(op, subject_wait(&gate.sem, n), HISTORY_CLOSED);
}

static bool wait_soon(unsigned n)
{
    pawl_time until = pawl_after(SOON);
    history_op *op = schedule_call(HISTORY_WAIT, n);
    bool done = subject_wait_until(&gate.sem, n, SOON);

    end(op, done, HISTORY_LATE);
    if (!done && gate.closes == 0)
        gave_up(until);
    return done;
}

static void shut(void)
{
    history_op *op;

    if (gate.closed_once)
        schedule_writes(&gate.closing);
    op = schedule_call(HISTORY_CLOSE, 0);
    gate.closes++;
    gate.first += subject_shut(&gate.sem);
    schedule_return(op, HISTORY_DONE, 0);
}

static void play(void *unused, unsigned who)
{
    (void)unused;
    for (const char *s = scripts[who]; goes_on(s); s++)
        switch (*s) {
        case 'v': post(1); break;
        case 'V': post(2); break;
        case 'w': wait_for(1); break;
        case 'W': wait_for(2); break;
        case 'u': try_wait(1); break;
        case 'U': try_wait(2); break;
        case 't': wait_soon(1); break;
        case 'y':
            if (wait_soon(1))
                post(1);
            break;
        case 'T': wait_soon(2); break;
        case 'k':
            if (wait_soon(2))
                post(2);
            break;
        case 'D': wait_soon(3); break;
        case 'z': shut(); break;
        }
}

/* What is left can be taken; how much that is, the history says.  Of all closes exactly
 * one has closed it. */
static void check(void *unused)
{
    (void)unused;
    while (try_wait(1))
        continue;
    if (gate.closes > 0 && gate.first != 1)
        schedule_fail("of %u closes %u said that they had closed it", gate.closes,
                      gate.first);
    subject_close(&gate.sem);
}

static const schedule_test *scenario(unsigned k, bool strict)
{
    static history_spec spec;
    static schedule_test test;
    static char name[32];
    const char *text = all[usable[k]].text;

    (void)strict;
    gate.permits = all[usable[k]].permits;
    gate.is_lock = gate.permits == 1 && strspn(text, "wv|") == strlen(text);
    gate.closed_once = strchr(text, 'z') != NULL
                       && strchr(text, 'z') == strrchr(text, 'z');
    snprintf(name, sizeof name, "%s with %u", text, gate.permits);
    spec = (history_spec){ HISTORY_SEM, 0, gate.permits, false, false };
    test = (schedule_test){ name, take_scripts(text), set_up, play, check, &spec,
                            NULL };
    return &test;
}

/* One that wants several permits at once? */
static bool wants_several(const char *s)
{
    while (*s != '\0' && !isupper((unsigned char)*s) && *s != 'k')
        s++;
    return *s != '\0';
}

int main(int argc, char **argv)
{
    schedule_trial trial = {
        SUBJECT, 0, scenario,
        "v post, w wait, u try_wait, t wait until a deadline, y and then post; V W U\n"
        "T k two at once, as v w u t y; D three until a deadline; z close; | begins\n"
        "the next thread; `with` so many permits\n", 0
    };

    for (unsigned i = 0; i < ALL; i++)
        if ((SUBJECT_SEVERAL || !wants_several(all[i].text))
            && (SUBJECT_SHUT || strchr(all[i].text, 'z') == NULL))
            usable[usables++] = i;
    trial.scenarios = usables;
    return schedule_program(argc, argv, &trial);
}

#endif
