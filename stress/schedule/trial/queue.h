/* queue.h - a queue in many interleavings; subject/queue.h says what one is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_QUEUE_H
#define TRIAL_QUEUE_H

#include <trial/moves.h>

/* An spsc_ring gets its room back by blocks of 15: stale 14 is at the end of one. */
static const beginning beginnings[] = {
    { 1, 0, 0 }, { 1, FULL, 14 }, { 2, 1, 3 }, { 2, FULL, 9 }, { 2, 0, 14 }
};
enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings };

static void play(void *unused, unsigned who)
{
    uint64_t number = EACH * who + 1;

    (void)unused;
    for (const char *s = scripts[who]; goes_on(s); s++)
        move(*s, &flow.handles[who], &number);
}

static const schedule_test *scenario(unsigned k, bool strict)
{
    flow.begin = beginnings[k % BEGINNINGS];
    return flow_test(queue_script(k / BEGINNINGS), play, strict);
}

int main(int argc, char **argv)
{
    const schedule_trial trial = {
        SUBJECT, usable_scripts() * BEGINNINGS, scenario,
        "p push, c pop, P and C two at once, n count, j leaves and joins again;\n"
        "| begins the next thread; `of` is the capacity; `stale`: so many went\n"
        "through before\n", 0
    };

#ifdef SUBJECT_SPARES
    SUBJECT_SPARES = BATCH;
#endif
#ifdef SUBJECT_SEGMENT
    SUBJECT_SEGMENT = 3;
#endif
    return schedule_program(argc, argv, &trial);
}

#endif
