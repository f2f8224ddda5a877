/* program.c - main() of the trials: options, a line per scenario and strategy, figures.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <schedule/machine.h>
#include <schedule/program.h>
#include <trial/arguments.h>

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

enum {
    SCHEDULES = 250000,                 /* a second or less, where nothing is said */
    DFS_SHARE = 2,                      /* of the schedules: twice as many as others */
    GLANCE = 8                          /* schedules: what is easy to find comes soon */
};

static struct {
    const schedule_trial *trial;
    uint64_t schedules, seed;
    int strategy;                       /* -1: all */
    int64_t scenario;                   /* -1: all */
    const char *replay;
    bool strict, list;
    uint64_t bound;                     /* of dfs */
    uint64_t done;
} run = { .strategy = -1, .scenario = -1, .bound = 2 };

static int strategy_named(const char *name)
{
    if (strcmp(name, "all") == 0)
        return -1;
    for (int i = 0; i < SCHEDULE_STRATEGIES; i++)
        if (strcmp(name, schedule_strategy_name((schedule_strategy)i)) == 0)
            return i;
    misuse(name, "no such strategy");
}

static void take_option(int which, const char *text)
{
    switch (which) {
    case 0:
        run.schedules = number(text);
        if (run.schedules == 0)
            misuse(text, "no schedules");
        break;
    case 1: run.seed = number(text); break;
    case 2: run.strategy = strategy_named(text); break;
    case 3:
        run.scenario = (int64_t)number(text);
        if (run.scenario < 0 || run.scenario >= run.trial->scenarios)
            misuse(text, "no such scenario");
        break;
    case 4: run.replay = text; break;
    case 5: run.strict = true; break;
    case 6: run.list = true; break;
    default: run.bound = number(text);
    }
}

static arguments known = { "Many interleavings of", NULL, take_option, {
    { "schedules", "N",    "about so many in all" },
    { "seed",      "0xN",  "of random and pct; default: another one each time" },
    { "strategy",  "WHAT", "random, pct, dfs or all" },
    { "scenario",  "K",    "this one only" },
    { "replay",    "TEXT", "this schedule only, of the scenario given" },
    { "strict",    NULL,   "hold it to more than it promises: full and empty exact" },
    { "list",      NULL,   "the scenarios" },
    { "bound",     "N",    "of dfs, on preemptions and the like; default: 2" },
} };

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t); /* the real one */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void parse(int argc, char **argv)
{
    known.subject = run.trial->subject;
    run.schedules = run.trial->schedules > 0 ? run.trial->schedules : SCHEDULES;
    run.seed = (uint64_t)(seconds() * 1e9) * UINT64_C(0x9e3779b97f4a7c15)
               ^ (uint64_t)getpid() << 40;
    take_arguments(argc, argv, &known);
    schedule_dfs_bound = (unsigned)(run.bound < SCHEDULE_STEPS ? run.bound
                                                               : SCHEDULE_STEPS);
    if (run.replay != NULL && run.scenario < 0)
        misuse(run.replay, "a replay needs --scenario");
}

/* --- running ---------------------------------------------------------------------- */

static void print_repro(void)
{
    printf("repro: %s", command.program);
    if (run.scenario >= 0)
        printf(" --scenario %" PRId64, run.scenario);
    if (run.strict)
        printf(" --strict");
    if (run.bound != 2)
        printf(" --bound %" PRIu64, run.bound);
    if (run.replay != NULL) {
        printf(" --replay '%s'\n", run.replay);
        return;
    }
    if (run.strategy >= 0)
        printf(" --strategy %s",
               schedule_strategy_name((schedule_strategy)run.strategy));
    printf(" --schedules %" PRIu64 " --seed 0x%" PRIx64 "\n", run.schedules, run.seed);
}

static void print_line(const char *strategy, unsigned k, const schedule_test *test,
                       const schedule_result *result, const char *more)
{
    printf("%-16s %-6s %3u  %-28s %9" PRIu64 " schedules%s  %s\n", run.trial->subject,
           strategy, k, test->name, result->schedules, more,
           result->verdict == SCHEDULE_RIGHT ? "ok" : "FAILED");
    fflush(stdout);
}

static int fails(unsigned k, const schedule_test *test, const schedule_result *result)
{
    if (result->verdict == SCHEDULE_MISFIT) {
        fprintf(stderr, "%s: no replay of scenario %u: %s\n", command.program, k,
                run.replay);
        return 2;
    }
    schedule_show(stdout, test, result);
    printf("found at schedule %" PRIu64 " of this run\n", run.done);
    printf("replay: %s --scenario %u%s --replay '%s'\n", command.program, k,
           run.strict ? " --strict" : "", result->replay);
    return 1;
}

/* Scenario k under one strategy, in a line if it is not only a glance.  The exit
 * status: 0 if all is right. */
static int run_line(schedule_strategy by, unsigned k, uint64_t most, bool glance)
{
    static schedule_result result;
    schedule_options options = {
        by, most, run.seed ^ (uint64_t)(2 * k + glance) << 32, run.replay
    };
    const schedule_test *test = run.trial->scenario(k, run.strict);
    const char *name = run.replay != NULL ? "replay" : schedule_strategy_name(by);

    schedule_run(test, &options, &result);
    run.done += result.schedules;
    if (result.verdict != SCHEDULE_MISFIT
        && (!glance || result.verdict != SCHEDULE_RIGHT))
        print_line(name, k, test, &result,
                   by != SCHEDULE_DFS || run.replay != NULL ? ""
                   : result.exhausted ? " explored, exhausted"
                                      : " explored, not exhausted");
    return result.verdict == SCHEDULE_RIGHT ? 0 : fails(k, test, &result);
}

/* A few random schedules of each scenario. */
static int glance(void)
{
    int status = 0;

    for (unsigned k = 0; k < run.trial->scenarios && status == 0; k++) {
        status = run_line(SCHEDULE_PCT, k, GLANCE, true);
        if (status == 0)
            status = run_line(SCHEDULE_RANDOM, k, GLANCE, true);
    }
    return status;
}

/* Scenario k under each strategy wanted.  Who needs fewer schedules than its share, of
 * the `shares` that are left, leaves the rest to those that follow. */
static int run_scenario(unsigned k, uint64_t *shares)
{
    static const schedule_strategy order[] = {
        SCHEDULE_DFS, SCHEDULE_RANDOM, SCHEDULE_PCT
    };
    int status = 0;

    for (int i = 0; i < SCHEDULE_STRATEGIES && status == 0; i++) {
        uint64_t share = order[i] == SCHEDULE_DFS ? DFS_SHARE : 1, left;

        if (run.strategy >= 0 && (int)order[i] != run.strategy)
            continue;
        left = run.schedules > run.done ? run.schedules - run.done : 0;
        left = left > *shares ? left : *shares;         /* one at least */
        status = run_line(order[i], k, (left * share + *shares - 1) / *shares, false);
        *shares -= share;
    }
    return status;
}

static int run_all(void)
{
    unsigned first = run.scenario < 0 ? 0 : (unsigned)run.scenario;
    unsigned end = run.scenario < 0 ? run.trial->scenarios : first + 1;
    uint64_t each = run.strategy < 0 ? DFS_SHARE + 2
                                     : run.strategy == SCHEDULE_DFS ? DFS_SHARE : 1;
    uint64_t shares = each * (end - first);
    int status = run.scenario < 0 && run.strategy < 0 ? glance() : 0;

    for (unsigned k = first; k < end && status == 0; k++)
        status = run_scenario(k, &shares);
    return status;
}

static void list(void)
{
    for (unsigned k = 0; k < run.trial->scenarios; k++)
        printf("%3u  %s\n", k, run.trial->scenario(k, false)->name);
    printf("%s", run.trial->legend);
}

int schedule_program(int argc, char **argv, const schedule_trial *trial)
{
    double began = seconds(), took;
    int status;

    run.trial = trial;
    parse(argc, argv);
    if (run.list) {
        list();
        return 0;
    }
    print_repro();
    fflush(stdout);
    if (run.replay != NULL)
        return run_line(SCHEDULE_RANDOM, (unsigned)run.scenario, 1, false);
    status = run_all();
    took = seconds() - began;
    if (status == 0) {
        printf("figure %s %s %" PRIu64 " schedules\n", schedule_rung, trial->subject,
               run.done);
        printf("figure %s-rate %s %.0f schedules/s\n", schedule_rung, trial->subject,
               (double)run.done / took);
    }
    return status;
}
