/* options.c - the command line of fault injection, and the line that repeats a run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fault/engine.h>
#include <trial/arguments.h>

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

fault_options fault_run;

static void take(int which, const char *text)
{
    switch (which) {
    case 0: fault_run.fast = true; break;
    case 1: fault_run.operations = number(text); break;
    case 2: fault_run.kills = number(text); break;
    case 3: fault_run.seed = number(text); break;
    case 4: fault_run.expected = text; break;
    case 5: fault_run.table = true; break;
    case 6: fault_run.sites = true; break;
    default: fault_run.summary = true;
    }
}

static arguments known = {
    "Stop a thread, or kill a process, at each point of each operation of",
    NULL, take, {
    { "fast",       NULL,   "few operations a point, and few kills" },
    { "operations", "N",    "of the others, after each point" },
    { "kills",      "N",    "of the storm" },
    { "seed",       "0xN",  "where the storm's dice begin" },
    { "expected",   "FILE", "the table to compare with" },
    { "table",      NULL,   "print the table, and compare with nothing" },
    { "sites",      NULL,   "print the lines where it stopped somebody, likewise" },
    { "summary",    NULL,   "print a summary, in Markdown" },
} };

void fault_parse(int argc, char **argv, const char *structure)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    fault_run.program = argv[0];
    fault_run.seed = (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15);
    known.subject = structure;
    take_arguments(argc, argv, &known);
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
