/* options.h - a trial's command line, and the line that repeats a run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_OPTIONS_H
#define TRIAL_OPTIONS_H

#include <pawl/atomic.h>
#include <pawl/time.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

static struct {
    const char *program;
    uint64_t items, rounds, seed;       /* items, rounds: 0 is the default */
    double seconds;
    unsigned producers, consumers;      /* 0: several shapes, one after the other */
    uint64_t crowd;                     /* 1; more where processors are taken */
    uint64_t pass, done;                /* passes begun; items that went through */
    pawl_time began, phase_began;
} run;

static inline void print_repro(FILE *to)
{
    fprintf(to, "repro: %s", run.program);
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

static const struct { const char *name, *argument, *help; } option_table[] = {
    { "items",   "N",     "items, visits or permits a phase" },
    { "threads", "P:C",   "P producers, C consumers; default: several shapes" },
    { "rounds",  "N",     "rounds of close against push" },
    { "seed",    "0xN",   "where the dice begin; default: somewhere else each time" },
    { "seconds", "S",     "go on, with other dice, for so long" },
    { "help",    NULL,    "this text" },
};
enum { OPTIONS = sizeof option_table / sizeof *option_table };

static inline void print_help(FILE *to)
{
    fprintf(to, "usage: %s [OPTION]...\nA trial of %s.\n", run.program, SUBJECT);
    for (int i = 0; i < OPTIONS; i++) {
        const char *argument = option_table[i].argument;
        char left[32];

        snprintf(left, sizeof left, "--%s%s%s", option_table[i].name,
                 argument != NULL ? "=" : "", argument != NULL ? argument : "");
        fprintf(to, "  %-16s %s\n", left, option_table[i].help);
    }
    fprintf(to, "Status: 0 ok, 1 failed, 2 misuse, 77 skipped.\n");
}

__attribute__((noreturn)) static inline void misuse(void)
{
    print_help(stderr);
    exit(2);
}

static inline uint64_t number(const char *text)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 0);

    if (end == text || *end != '\0' || *text == '-')
        misuse();
    return n;
}

static inline void parse_threads(const char *text)
{
    char rest;
    int n = sscanf(text, "%u:%u%c", &run.producers, &run.consumers, &rest);

    if (n == 1)
        n = sscanf(text, "%u%c", &run.producers, &rest) == 1 ? 1 : 0;
    if (n < 1 || n > 2 || run.producers < 1 || (n == 2 && run.consumers < 1)
        || run.producers > THREADS_MAX / 2 || run.consumers > THREADS_MAX / 2)
        misuse();
}

static inline void parse(int argc, char **argv)
{
    struct option options[OPTIONS + 1];
    int which, code;

    memset(options, 0, sizeof options);
    for (int i = 0; i < OPTIONS; i++) {
        options[i].name = option_table[i].name;
        options[i].has_arg = option_table[i].argument != NULL;
    }
    run.program = argv[0];
    run.seed = mix((uint64_t)pawl_now() ^ (uint64_t)getpid() << 40);
    while ((code = getopt_long(argc, argv, "", options, &which)) != -1) {
        if (code != 0)
            misuse();
        switch (which) {
        case 0: run.items = number(optarg); break;
        case 1: parse_threads(optarg); break;
        case 2: run.rounds = number(optarg); break;
        case 3: run.seed = number(optarg); break;
        case 4: run.seconds = (double)number(optarg); break;
        default: print_help(stdout); exit(0);
        }
    }
    if (optind != argc)
        misuse();
}

#endif
