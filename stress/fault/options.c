/* options.c - the command line of fault injection, and the line that repeats a run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fault/engine.h>

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

fault_options fault_run;

enum { FAST, OPERATIONS, KILLS, SEED, EXPECTED, TABLE, SUMMARY, HELP, OPTIONS };

static const struct { const char *name, *argument, *help; } options[OPTIONS] = {
    [FAST]       = { "fast", NULL, "few operations a point, and few kills" },
    [OPERATIONS] = { "operations", "N", "of the others, after each point" },
    [KILLS]      = { "kills", "N", "of the storm" },
    [SEED]       = { "seed", "0xN", "where the storm's dice begin" },
    [EXPECTED]   = { "expected", "FILE", "the table to compare with" },
    [TABLE]      = { "table", NULL, "print the table, and compare with nothing" },
    [SUMMARY]    = { "summary", NULL, "print a summary, in Markdown" },
    [HELP]       = { "help", NULL, "this text" },
};

static void print_help(FILE *to, const char *structure)
{
    fprintf(to, "usage: %s [OPTION]...\nStop a thread, or kill a process, at each"
            " point of each operation of %s.\n", fault_run.program, structure);
    for (int i = 0; i < OPTIONS; i++) {
        const char *argument = options[i].argument;
        char left[32];

        snprintf(left, sizeof left, "--%s%s%s", options[i].name,
                 argument != NULL ? "=" : "", argument != NULL ? argument : "");
        fprintf(to, "  %-18s %s\n", left, options[i].help);
    }
    fprintf(to, "Status: 0 ok, 1 failed, 2 misuse.\n");
}

__attribute__((noreturn)) static void misuse(const char *structure)
{
    print_help(stderr, structure);
    exit(2);
}

static uint64_t number(const char *text, const char *structure)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 0);

    if (end == text || *end != '\0' || *text == '-') {
        fprintf(stderr, "%s: no number\n", text);
        misuse(structure);
    }
    return n;
}

static void take(int option, const char *structure)
{
    switch (option) {
    case FAST: fault_run.fast = true; break;
    case OPERATIONS: fault_run.operations = number(optarg, structure); break;
    case KILLS: fault_run.kills = number(optarg, structure); break;
    case SEED: fault_run.seed = number(optarg, structure); break;
    case EXPECTED: fault_run.expected = optarg; break;
    case TABLE: fault_run.table = true; break;
    case SUMMARY: fault_run.summary = true; break;
    default: print_help(stdout, structure); exit(0);
    }
}

void fault_parse(int argc, char **argv, const char *structure)
{
    struct option known[OPTIONS + 1];
    struct timespec now;
    int which, code;

    memset(known, 0, sizeof known);
    for (int i = 0; i < OPTIONS; i++) {
        known[i].name = options[i].name;
        known[i].has_arg = options[i].argument != NULL;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    fault_run.program = argv[0];
    fault_run.seed = (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15);
    while ((code = getopt_long(argc, argv, "", known, &which)) != -1) {
        if (code != 0)
            misuse(structure);
        take(which, structure);
    }
    if (optind != argc)
        misuse(structure);
    if (fault_run.operations == 0)
        fault_run.operations = fault_run.fast ? 1000 : 100000;
    if (fault_run.kills == 0)
        fault_run.kills = fault_run.fast ? 300 : 10000;
}

void fault_die(const char *why, ...)
{
    va_list args;

    fflush(stdout);
    va_start(args, why);
    vfprintf(stderr, why, args);
    va_end(args);
    fprintf(stderr, "\n%-18s FAILED\n", "fault");
    _exit(1);
}
