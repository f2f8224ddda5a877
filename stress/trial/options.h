/* options.h - a trial's command line, and the line that repeats a run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_OPTIONS_H
#define TRIAL_OPTIONS_H

#include <pawl/atomic.h>
#include <pawl/time.h>
#include <trial/arguments.h>

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

static struct {
    uint64_t items, rounds, seed;       /* items, rounds: 0 is the default */
    double seconds;
    uint64_t patience;                  /* seconds without progress: the watchdog's */
    unsigned producers, consumers;      /* 0: several shapes, one after the other */
    uint64_t crowd;                     /* 1; more where processors are taken */
    uint64_t pass, done;                /* passes begun; items that went through */
    pawl_time began, phase_began;
} run;

static inline void print_repro(FILE *to)
{
    fprintf(to, "repro: %s", command.program);
    if (run.producers > 0 && run.consumers > 0)
        fprintf(to, " --threads %u:%u", run.producers, run.consumers);
    else if (run.producers > 0)
        fprintf(to, " --threads %u", run.producers);
    if (run.items > 0)
        fprintf(to, " --items %" PRIu64, run.items);
    if (run.rounds > 0)
        fprintf(to, " --rounds %" PRIu64, run.rounds);
    fprintf(to, " --seed 0x%" PRIx64 "\n", run.seed);
}

/* A good mix of the bits of x: dice begin with it, and messages carry it. */
static inline uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static inline void take_threads(const char *text)
{
    char rest;
    int n;

    run.consumers = 0;
    n = sscanf(text, "%2u:%2u%c", &run.producers, &run.consumers, &rest);
    if (n == 1)
        n = sscanf(text, "%2u%c", &run.producers, &rest) == 1 ? 1 : 0;
    if (n < 1 || n > 2 || run.producers < 1 || (n == 2 && run.consumers < 1)
        || run.producers > THREADS_MAX / 2 || run.consumers > THREADS_MAX / 2)
        misuse(text, "neither P:C nor P, of 1 to 32 each");
}

static inline void take_option(int which, const char *text)
{
    switch (which) {
    case 0: run.items = number(text); break;
    case 1: take_threads(text); break;
    case 2: run.rounds = number(text); break;
    case 3: run.seed = number(text); break;
    case 4: run.seconds = (double)number(text); break;
    default:
        run.patience = number(text);
        if (run.patience == 0)
            misuse(text, "not 1 or more");
    }
}

/* Trials in another way may add what they take besides, from OPTIONS on. */
enum { OPTIONS = 6 };
static arguments trial_options = { "A trial of", SUBJECT, take_option, {
    { "items",   "N",     "items, visits or permits a phase" },
    { "threads", "P:C",   "P producers, C consumers; default: several shapes" },
    { "rounds",  "N",     "rounds of close against push" },
    { "seed",    "0xN",   "where the dice begin; default: somewhere else each time" },
    { "seconds", "S",     "go on, with other dice, for so long" },
    { "patience", "S",    "seconds without progress that are a hang; default: 10" },
} };

static inline void parse(int argc, char **argv)
{
    run.patience = 10;
    run.seed = mix((uint64_t)pawl_now() ^ (uint64_t)getpid() << 40);
    take_arguments(argc, argv, &trial_options);
}

#endif
