/* drive.c - every operation, every path, every point; and what came of it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <fault/engine.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Points of one operation, or of all: those that a run to the end counted, those that
 * were visited, and those after which all the others went on. */
typedef struct tally {
    uint64_t counted, visited, progress, broken;
    double slowest;                     /* milliseconds that the others took */
    uint64_t hardest;                   /* atomic operations that they took */
} tally;

/* An operation of the others, on average: more is no progress. */
enum { STEPS_EACH = 100 };

static const char *const modes[FAULT_MODES] = { "stall", "kill" };

static void add(tally *to, const tally *more)
{
    to->counted += more->counted;
    to->visited += more->visited;
    to->progress += more->progress;
    to->broken += more->broken;
    if (more->slowest > to->slowest)
        to->slowest = more->slowest;
    if (more->hardest > to->hardest)
        to->hardest = more->hardest;
}

/* Of this process's own time: others may keep the machine busy. */
static double milliseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- one point -------------------------------------------------------------------- */

static void prepare(const fault_kind *k, const fault_path *p, unsigned mode)
{
    fault_begin(p);
    fault_forget_fibers();
    fault_forget_sleepers(mode == FAULT_KILL, p->newest_first);
    k->prepare(p, mode == FAULT_KILL);
    for (unsigned i = 0; i < p->sleepers; i++) {
        fault_start(FAULT_SLEEPER + i, p->sleeper);
        if (fault_finish(FAULT_SLEEPER + i))
            fault_die("%s, %s: nobody sleeps", p->operation, p->path);
    }
}

static void killed(void)
{
    raise(SIGKILL);
}

/* The victim is a process.  True: it was killed. */
static bool kill_at(unsigned rival_at, unsigned point)
{
    int status;
    pid_t victim = fork();

    if (victim < 0)
        fault_die("no more processes");
    if (victim == 0) {
        fault_run_victim(rival_at, point, killed);
        _exit(1);
    }
    if (waitpid(victim, &status, 0) != victim)
        fault_die("waits for a process in vain");
    fault_bury_victim();
    fault_wake_up();
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static bool stall_at(unsigned rival_at, unsigned point)
{
    return fault_run_victim(rival_at, point, fault_stop) == point
        && !fault_ended(FAULT_VICTIM);
}

/* Who goes on has not waited for the victim in vain before each operation: the most
 * that one takes is 13 steps. */
static void judge_pace(fault_outcome *o, uint64_t steps, tally *t)
{
    if (steps > t->hardest)
        t->hardest = steps;
    if (!o->blocked && steps > STEPS_EACH * fault_run.operations)
        fault_broken(o, "%" PRIu64 " steps for %" PRIu64 " operations", steps,
                     fault_run.operations);
}

/* Nobody is stopped: the victim has returned, and what the others find is exact. */
static void settle(const fault_kind *k, const fault_path *p, tally *t)
{
    fault_outcome o;

    memset(&o, 0, sizeof o);
    if (!fault_returned() || !fault_finish(FAULT_RIVAL))
        return;
    k->survive(p, &o);
    t->broken += o.broken;
    if (o.broken)
        printf("found:    %s %s, %s: nobody stopped: %s\n", k->structure,
               p->operation, p->path, o.text);
}

static void visit(const fault_kind *k, const fault_path *p, unsigned mode,
                  unsigned rival_at, unsigned point, tally *t)
{
    fault_outcome o;
    uint64_t worked;
    double began, took;

    memset(&o, 0, sizeof o);
    prepare(k, p, mode);
    if (!(mode == FAULT_KILL ? kill_at : stall_at)(rival_at, point))
        return;
    began = milliseconds();
    worked = fault_worked();
    k->survive(p, &o);
    judge_pace(&o, fault_worked() - worked, t);
    took = milliseconds() - began;
    if (took > t->slowest)
        t->slowest = took;
    if (mode == FAULT_STALL && !fault_finish(FAULT_RIVAL))
        fault_say(&o, "the rival waits too");
    t->visited++;
    t->progress += !o.blocked;
    t->broken += o.broken;
    fault_note(k, p, mode, point, &o);
}

/* --- one path, with the rival at each point in turn ------------------------------- */

static unsigned count(const fault_kind *k, const fault_path *p, unsigned mode,
                      unsigned rival_at)
{
    prepare(k, p, mode);
    return fault_run_victim(rival_at, 0, fault_stop);
}

static void walk(const fault_kind *k, const fault_path *p, unsigned mode, tally *t)
{
    unsigned alone = count(k, p, mode, 0);

    if (alone == 1) {                   /* its end: there is nothing else */
        fault_no_points(k, p, mode);
        return;
    }
    for (unsigned j = p->rival != NULL; j <= (p->rival != NULL ? alone : 0); j++) {
        unsigned points = count(k, p, mode, j), from = j > 0 ? j : 1;

        if (mode == FAULT_STALL)
            settle(k, p, t);
        t->counted += points + 1 - from;
        for (unsigned point = from; point <= points; point++)
            visit(k, p, mode, j, point, t);
    }
    fault_end_line();
}

/* --- all of it -------------------------------------------------------------------- */

/* Only something is printed: nothing is compared, and there is no storm. */
static bool only_prints(void)
{
    return fault_run.table || fault_run.sites || fault_run.summary;
}

static bool judge(const fault_kind *k, const char *operation, unsigned mode,
                  const tally *t)
{
    bool good = t->visited == t->counted && t->broken == 0;

    if (t->counted == 0 || only_prints())
        return good;
    printf("%-16s %-5s %-10s %6" PRIu64 " of %" PRIu64 " points visited, %" PRIu64
           " with progress", k->structure, modes[mode], operation, t->visited,
           t->counted, t->progress);
    if (t->broken > 0)
        printf(", %" PRIu64 " broken", t->broken);
    printf("  %s\n", good ? "ok" : "FAILED");
    return good;
}

/* The paths of one operation stand together. */
static bool all_paths(const fault_kind *k, unsigned mode, tally *all)
{
    bool good = true;

    for (size_t i = 0; i < k->count;) {
        const char *operation = k->paths[i].operation;
        tally t = { 0, 0, 0, 0, 0, 0 };

        for (; i < k->count && strcmp(k->paths[i].operation, operation) == 0; i++)
            if (mode == FAULT_STALL || !k->paths[i].private)
                walk(k, &k->paths[i], mode, &t);
        good &= judge(k, operation, mode, &t);
        add(all, &t);
    }
    return good;
}

static void figures(const fault_kind *k, unsigned mode, const tally *t)
{
    if (t->counted == 0 || only_prints())
        return;
    printf("figure %s %s %" PRIu64 "/%" PRIu64 " points\n", modes[mode], k->structure,
           t->visited, t->counted);
    printf("figure %s-progress %s %.1f %%\n", modes[mode], k->structure,
           100.0 * (double)t->progress / (double)t->counted);
    if (!fault_run.fast)
        printf("figure %s-slowest %s %.1f ms for %" PRIu64 " operations\n", modes[mode],
               k->structure, t->slowest, fault_run.operations);
    printf("figure %s-steps %s %.1f steps each operation\n", modes[mode], k->structure,
           (double)t->hardest / (double)fault_run.operations);
}

static bool compare(const fault_kind *k)
{
    char usual[256];
    bool same;

    snprintf(usual, sizeof usual, "stress/fault/expected/%s.txt", k->structure);
    same = fault_compare(fault_run.expected != NULL ? fault_run.expected : usual);
    printf("%-16s the table is as expected  %s\n", k->structure,
           same ? "ok" : "FAILED");
    return same;
}

int fault_main(int argc, char **argv, const fault_kind *k)
{
    bool good = true;

    fault_parse(argc, argv, k->structure);
    fault_forget_sites();
    setvbuf(stdout, NULL, _IOLBF, 0);   /* or processes that we fork print it too */
    if (!only_prints())
        printf("repro: %s%s --operations %" PRIu64 " --kills %" PRIu64 " --seed 0x%"
               PRIx64 "\n", fault_run.program, fault_run.fast ? " --fast" : "",
               fault_run.operations, fault_run.kills, fault_run.seed);
    for (unsigned mode = 0; mode < (k->shared ? FAULT_MODES : FAULT_KILL); mode++) {
        tally all = { 0, 0, 0, 0, 0, 0 };

        good &= all_paths(k, mode, &all);
        figures(k, mode, &all);
    }
    if (fault_run.table)
        fault_print_table();
    else if (fault_run.sites)
        fault_print_sites();
    else if (fault_run.summary)
        fault_print_summary();
    else
        good &= compare(k);
    if (k->storm != NULL && !only_prints())
        good &= k->storm();
    return good ? 0 : 1;
}
