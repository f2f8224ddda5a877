/* strategy.c - who goes on: random, by priorities, and as a replay says.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <schedule/machine.h>

#include <ctype.h>
#include <stdlib.h>

enum {
    DEPTH = 3,                          /* of the bugs that pct looks for */
    /* Rare choices, one in so many where there is one: */
    WEAK_FAILURE = 32, NO_REASON = 64, DEADLINE_PASSES = 16, NOT_NEWEST = 3
};

#define m schedule_machine

const strategy *schedule_by;

/* --- dice ------------------------------------------------------------------------- */

static struct {
    uint64_t seed, number, dice;
    unsigned length;                    /* of the longest schedule so far */
    unsigned priority[SCHEDULE_THREADS], change[DEPTH - 1], changed;
} by;

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static unsigned roll(unsigned below)
{
    by.dice ^= by.dice >> 12;
    by.dice ^= by.dice << 25;
    by.dice ^= by.dice >> 27;
    return (unsigned)((by.dice * UINT64_C(0x2545f4914f6cdd1d) >> 32) * below >> 32);
}

static void begin(const schedule_options *options)
{
    by.seed = options->seed;
    by.number = 0;
    by.length = 1;
}

static unsigned any_of(unsigned set)
{
    unsigned n = roll((unsigned)__builtin_popcount(set));

    while (n-- > 0)
        set &= set - 1;
    return (unsigned)__builtin_ctz(set);
}

/* A rare choice, or FAILS for none. */
static unsigned rare(unsigned idle, unsigned deadlines)
{
    if (deadlines != 0 && roll(DEADLINE_PASSES) == 0)
        return DEADLINE + any_of(deadlines);
    if (idle != 0 && roll(NO_REASON) == 0)
        return any_of(idle);
    return FAILS;
}

static unsigned choose(unsigned usual, unsigned others)
{
    return any_of(usual | others);
}

static bool fails(void)
{
    return roll(WEAK_FAILURE) == 0;
}

static unsigned pick(unsigned n)
{
    return roll(NOT_NEWEST) == 0 ? 1 + roll(n - 1) : 0;
}

/* --- random ----------------------------------------------------------------------- */

static bool next_random(void)
{
    by.dice = mix(by.seed ^ mix(++by.number)) | 1;
    return true;
}

static unsigned decide_random(unsigned runnable, unsigned idle, unsigned deadlines,
                              bool free)
{
    unsigned choice = rare(idle, deadlines);

    (void)free;
    return choice != FAILS ? choice : any_of(runnable);
}

const strategy schedule_random = {
    begin, next_random, decide_random, choose, fails, pick
};

/* --- pct -------------------------------------------------------------------------- */

/* Priorities above DEPTH in random order; those below are for who loses it. */
static bool next_pct(void)
{
    unsigned n = m.test->threads;

    next_random();
    by.length = m.steps > by.length ? m.steps : by.length;
    for (unsigned i = 0; i < n; i++) {
        unsigned k = roll(i + 1);

        by.priority[i] = by.priority[k];
        by.priority[k] = DEPTH + i;
    }
    for (unsigned i = 0; i < DEPTH - 1; i++)
        by.change[i] = 1 + roll(by.length);
    return true;
}

static unsigned decide_pct(unsigned runnable, unsigned idle, unsigned deadlines,
                           bool free)
{
    unsigned choice = rare(idle, deadlines), best;

    (void)free;
    if (choice != FAILS)
        return choice;
    for (unsigned i = 0; i < DEPTH - 1; i++)
        if (m.steps >= by.change[i] && m.current != OUTSIDE) {
            by.priority[m.current] = i;
            by.change[i] = UINT32_MAX;
        }
    runnable = schedule_fair(runnable);
    best = (unsigned)__builtin_ctz(runnable);
    for (unsigned i = best + 1; i < m.threads; i++)
        if (runnable >> i & 1 && by.priority[i] > by.priority[best])
            best = i;
    return best;
}

const strategy schedule_pct = {
    begin, next_pct, decide_pct, choose, fails, pick
};

/* --- replay ----------------------------------------------------------------------- */

static struct {
    const char *text;
    unsigned repeats;                   /* of the letter at *text, still to come */
    bool misfit;
} replay;

static void begin_replay(const schedule_options *options)
{
    schedule_replay_text(options->replay);
}

void schedule_replay_text(const char *text)
{
    replay.text = text;
    replay.repeats = 0;
    replay.misfit = false;
}

bool schedule_replay_fits(void)
{
    return !replay.misfit && *replay.text == '\0';
}

static bool next_replay(void)
{
    return true;
}

/* The letter that comes next; then one of it is used up. */
static char letter(void)
{
    char c = *replay.text;

    if (c == '\0')
        return c;
    if (replay.repeats == 0) {
        char *end;
        unsigned long n = strtoul(replay.text + 1, &end, 10);

        replay.repeats = isdigit((unsigned char)replay.text[1]) && n > 0 ? n : 1;
    }
    if (--replay.repeats == 0) {
        replay.text++;
        while (isdigit((unsigned char)*replay.text))
            replay.text++;
    }
    return c;
}

static unsigned decide_replay(unsigned runnable, unsigned idle, unsigned deadlines,
                              bool free)
{
    char c = letter();

    (void)free;
    if (c >= 'a' && c < 'a' + SCHEDULE_THREADS && (runnable | idle) >> (c - 'a') & 1)
        return (unsigned)(c - 'a');
    if (c >= 'A' && c < 'A' + SCHEDULE_THREADS && deadlines >> (c - 'A') & 1)
        return DEADLINE + (unsigned)(c - 'A');
    replay.misfit = true;
    return runnable != 0 ? (unsigned)__builtin_ctz(runnable)
                         : (unsigned)__builtin_ctz(idle);
}

static unsigned choose_replay(unsigned usual, unsigned others)
{
    return decide_replay(usual, others, 0, true);
}

static bool fails_replay(void)
{
    return *replay.text == '!' && letter() == '!';
}

static unsigned pick_replay(unsigned n)
{
    char c = letter();

    if (c == '.')
        return 0;
    if (c >= 'i' && c < 'i' + (int)n - 1)
        return (unsigned)(c - 'i') + 1;
    replay.misfit = true;
    return 0;
}

const strategy schedule_replay = {
    begin_replay, next_replay, decide_replay, choose_replay, fails_replay, pick_replay
};
