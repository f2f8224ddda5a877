/* run.c - schedule_run: one schedule after the other, until one fails.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <schedule/machine.h>

#include <string.h>

#define m schedule_machine

static const strategy *const strategies[SCHEDULE_STRATEGIES] = {
    [SCHEDULE_RANDOM] = &schedule_random,
    [SCHEDULE_PCT] = &schedule_pct,
    [SCHEDULE_DFS] = &schedule_dfs
};

const char *schedule_strategy_name(schedule_strategy which)
{
    static const char *const names[] = { "random", "pct", "dfs" };

    return names[which];
}

const char *schedule_verdict_name(schedule_verdict verdict)
{
    static const char *const names[] = {
        "right", "deadlock", "livelock", "wrong history", "assertion", "crash",
        "a replay that does not fit"
    };

    return names[verdict];
}

/* One schedule, from setup to check.  True: nothing is wrong with it. */
static bool run_one(void)
{
    m.verdict = SCHEDULE_RIGHT;
    m.why[0] = '\0';
    schedule_forget_history();
    schedule_memory_begin();
    m.test->setup(m.test->context);
    if (m.verdict != SCHEDULE_RIGHT || !schedule_once())
        return false;
    if (m.test->check != NULL)
        m.test->check(m.test->context);
    if (m.verdict == SCHEDULE_RIGHT && m.test->spec != NULL
        && !schedule_history_right(m.why, sizeof m.why))
        m.verdict = SCHEDULE_HISTORY;
    return m.verdict == SCHEDULE_RIGHT;
}

static char letter_of(unsigned decision)
{
    return (char)(decision > NEWEST ? 'i' + decision - NEWEST - 1
                  : decision == NEWEST ? '.'
                  : decision == FAILS ? '!'
                  : decision >= DEADLINE ? 'A' + decision - DEADLINE
                                         : 'a' + decision);
}

/* The decisions as text: letters, and how often each comes. */
static void write_replay(char *text, size_t bytes)
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0, n; i < m.decisions; i += n) {
        unsigned d = m.decided[i];
        char c = letter_of(d);

        for (n = 1; i + n < m.decisions && m.decided[i + n] == d; n++)
            continue;
        used += (size_t)(n == 1 ? snprintf(text + used, bytes - used, "%c", c)
                                : snprintf(text + used, bytes - used, "%c%u", c, n));
        if (used >= bytes)
            return;
    }
}

/* Once more, as result->replay says, and recorded: what goes wrong must be the same. */
static void record(schedule_result *result)
{
    static char first[SCHEDULE_WHY];
    schedule_verdict verdict = m.verdict;

    memcpy(first, m.why, sizeof first);
    schedule_by = &schedule_replay;
    schedule_replay_text(result->replay);
    schedule_trace_begin();
    m.tracing = true;
    run_one();
    m.tracing = false;
    if (m.verdict != verdict || strcmp(m.why, first) != 0)
        snprintf(result->why, sizeof result->why,
                 "%.150s (and it went another way when it was run again: "
                 "something besides the schedule decides)", first);
    else
        memcpy(result->why, m.why, sizeof result->why);
    result->verdict = verdict;
}

static void failed(schedule_result *result)
{
    write_replay(result->replay, sizeof result->replay);
    record(result);
}

/* Until one fails, or there are enough.  What this leaves in result->verdict says. */
static void run_many(const strategy *by, uint64_t most, schedule_result *result)
{
    while (result->schedules < most && by->next()) {
        bool right = run_one();

        result->schedules += by != &schedule_dfs || schedule_dfs_counts() || !right;
        if (by == &schedule_replay && !schedule_replay_fits()) {
            result->verdict = SCHEDULE_MISFIT;
            return;
        }
        if (!right) {
            failed(result);
            return;
        }
    }
    result->exhausted = by == &schedule_dfs && schedule_dfs_exhausted();
}

schedule_verdict schedule_run(const schedule_test *test,
                              const schedule_options *options,
                              schedule_result *result)
{
    bool replay = options->replay != NULL;
    const strategy *by = replay ? &schedule_replay : strategies[options->strategy];

    memset(result, 0, sizeof *result);
    m.test = test;
    m.steps = 0;
    m.now = 1;
    schedule_by = by;
    schedule_forget_known();
    by->begin(options);
    schedule_catch_crashes();
    run_many(by, replay ? 1 : options->schedules, result);
    schedule_stop_catching();
    return result->verdict;
}
