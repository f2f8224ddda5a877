/* lock.h - a lock in many interleavings.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/trial/lock.h says what a subject defines.
 */
#ifndef TRIAL_LOCK_H
#define TRIAL_LOCK_H

#include <trial/scripts.h>

static const char *const all[] = {
    "l|l", "ll|ll", "lll|lll", "l|l|l", "ll|ll|ll", "t|t", "tt|tt", "t|t|t", "l|t",
    "ll|tt", "lt|tl", "l|l|t", "l|t|t", "lt|tl|lt", "tl|tl|tl"
};
enum { ALL = sizeof all / sizeof *all };

static subject the_lock;
static char inside;                     /* plain, and written by whoever holds it */

static void set_up(void *unused)
{
    (void)unused;
    memset((void *)&the_lock, 0, sizeof the_lock);
    if (!subject_open(&the_lock))
        schedule_fail("cannot open");
}

static void leave(handle *h)
{
    history_op *op = schedule_call(HISTORY_UNLOCK, 0);

    subject_unlock(&the_lock, h);
    schedule_return(op, HISTORY_DONE, 0);
}

static void visit(bool wait)
{
    history_op *op = schedule_call(HISTORY_LOCK, 0);
    bool done = true;
    handle h;

    memset((void *)&h, 0, sizeof h);
    if (wait)
        subject_lock(&the_lock, &h);
    else
        done = subject_try_lock(&the_lock, &h);
    schedule_return(op, done ? HISTORY_DONE : HISTORY_NOT_NOW, 0);
    if (done) {
        schedule_writes(&inside);
        leave(&h);
    }
}

static void play(void *unused, unsigned who)
{
    (void)unused;
    for (const char *s = scripts[who]; goes_on(s); s++)
        visit(*s == 'l');
}

/* It is free again. */
static void check(void *unused)
{
    history_op *op = schedule_call(HISTORY_LOCK, 0);
    handle h;

    (void)unused;
    memset((void *)&h, 0, sizeof h);
    if (!subject_try_lock(&the_lock, &h))
        schedule_fail("nobody is inside, and it is not free");
    schedule_return(op, HISTORY_DONE, 0);
    leave(&h);
    subject_close(&the_lock);
}

static const schedule_test *scenario(unsigned k, bool strict)
{
    static const history_spec spec = { HISTORY_MUTEX, 0, 0, false, false };
    static schedule_test test;

    (void)strict;
    test = (schedule_test){ all[k], take_scripts(all[k]), set_up, play, check, &spec,
                            NULL };
    return &test;
}

int main(int argc, char **argv)
{
    const schedule_trial trial = {
        SUBJECT, ALL, scenario,
        "l lock and unlock, t try_lock, and unlock; | begins the next thread\n", 0
    };

    return schedule_program(argc, argv, &trial);
}

#endif
