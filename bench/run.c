/* run.c - the benchmark: ours and peers', in turn, in one table.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs the programs of bench/ (one subject each), repetition by repetition, each
 * repetition beginning with another subject, between two looks at the machine's
 * floors.  Standard output is the result alone; progress goes to standard error.
 */
#define _GNU_SOURCE
#include "run.h"

#include <pawl/time.h>

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct settings {
    const char *dir, *only, *workloads, *output;
    void (*print)(FILE *out, const report *r);
    int repetitions, milliseconds, limit, minutes;
    bool quick, progress;
    uint64_t seed;
} settings;

static report results;

/* Is `word` one of the blank-separated words of `list`, which NULL is all of? */
static bool listed(const char *list, const char *word, size_t length)
{
    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, " ,");

        if (n == length && strncmp(list, word, n) == 0)
            return true;
        list += n + strspn(list + n, " ,");
    }
    return list == NULL;
}

/* A workload is meant by `queue/solo`, by `solo`, and by `queue`. */
static bool wanted(const settings *s, const char *name)
{
    const char *slash = strchr(name, '/');

    return listed(s->workloads, name, strlen(name))
        || listed(s->workloads, slash + 1, strlen(slash + 1))
        || listed(s->workloads, name, (size_t)(slash - name));
}

/* --- the plan --------------------------------------------------------------------- */

typedef struct planning {
    const settings *settings;
    const subject *subject;
} planning;

static void add_cell(void *context, const char *name)
{
    planning *p = (planning *)context;

    for (size_t i = 0; i < workload_count; i++)
        if (strcmp(workloads[i].name, name) == 0 && wanted(p->settings, name)
            && results.cells < MOST_CELLS) {
            cell *c = &results.cell[results.cells++];

            c->subject = p->subject;
            c->workload = &workloads[i];
        }
}

static int by_workload(const void *a, const void *b)
{
    const cell *x = (const cell *)a, *y = (const cell *)b;

    if (x->workload != y->workload)
        return x->workload < y->workload ? -1 : 1;
    return x->subject < y->subject ? -1 : x->subject > y->subject;
}

/* Does each word of `list` name a subject? */
static bool all_known(const char *list)
{
    bool known = true;

    while (known && list != NULL && *list != '\0') {
        size_t n = strcspn(list, " ,");

        known = n == 0;
        for (size_t i = 0; i < subject_count; i++)
            known = known || (strlen(subjects[i].name) == n
                              && strncmp(subjects[i].name, list, n) == 0);
        list += n + strspn(list + n, " ,");
    }
    return known;
}

static bool make_plan(const settings *s)
{
    if (!all_known(s->only))
        return false;
    for (size_t i = 0; i < subject_count; i++) {
        planning p = { s, &subjects[i] };

        if (listed(s->only, subjects[i].name, strlen(subjects[i].name))
            && !list_child(s->dir, &subjects[i], add_cell, &p))
            fprintf(stderr, "SKIPPED %s: no such program in %s\n", subjects[i].name,
                    s->dir);
    }
    qsort(results.cell, results.cells, sizeof *results.cell, by_workload);
    return results.cells > 0;
}

/* --- the runs --------------------------------------------------------------------- */

static void show_progress(const settings *s, int repetition, const cell *c)
{
    if (s->progress)
        fprintf(stderr, "\r%d/%d %-20s %-20s\033[K", repetition + 1, s->repetitions,
                c->workload->name, c->subject->name);
}

/* One run; what collapsed twice, and what failed, is not run again. */
static bool run_cell(const settings *s, int repetition, cell *c)
{
    unsigned collapsed = 0;

    for (unsigned i = 0; i < c->samples; i++) {
        if (c->sample[i].outcome == FAILED)
            return true;
        collapsed += c->sample[i].outcome == COLLAPSED;
    }
    if (collapsed >= 2 && collapsed == c->samples)
        return true;
    show_progress(s, repetition, c);
    c->sample[c->samples] = run_child(s->dir, c, s->milliseconds, s->limit);
    if (c->sample[c->samples].outcome == INTERRUPTED)
        return false;
    if (c->sample[c->samples].outcome == FAILED) {
        fprintf(stderr, "FAILED %s %s\n", c->subject->name, c->workload->name);
        results.failed++;
    }
    c->samples++;
    return true;
}

/* All cells once, workload by workload, each beginning with another subject. */
static bool run_repetition(const settings *s, int repetition, pawl_time deadline)
{
    for (size_t first = 0, n; first < results.cells; first += n) {
        for (n = 1; first + n < results.cells; n++)
            if (results.cell[first + n].workload != results.cell[first].workload)
                break;
        for (size_t i = 0; i < n; i++)
            if (interrupted || pawl_now() > deadline
                || !run_cell(s, repetition, &results.cell[first
                       + (i + (size_t)repetition + s->seed) % n]))
                return false;
    }
    return true;
}

static void run_all(const settings *s)
{
    pawl_time deadline = pawl_after(s->minutes * 60 * PAWL_SECOND);
    int i;

    for (i = 0; i < s->repetitions; i++)
        if (!run_repetition(s, i, deadline))
            break;
    results.complete = i == s->repetitions;
    results.repetitions = (unsigned)i;
    if (s->progress)
        fprintf(stderr, "\r\033[K");
    if (!results.complete)
        fprintf(stderr, "stopped in repetition %d of %d: %s\n", i + 1, s->repetitions,
                interrupted ? "interrupted" : "the time is up");
}

/* --- the program ------------------------------------------------------------------ */

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static int usage(FILE *out)
{
    fputs("usage: run [options]\n"
        "  -d, --dir DIR          where the subjects' programs are (build/bench)\n"
        "      --only \"NAME ...\"  these subjects alone\n"
        "  -w, --workloads \"...\"  these alone: queue/solo, or solo, or queue\n"
        "  -r, --reps N           repetitions, 1 to 100 (8)\n"
        "  -m, --milliseconds N   how long a run takes, about (120)\n"
        "      --limit N          a run's limit in ms; then it `collapses` (2000)\n"
        "      --minutes N        stop after so many, with what there is (11)\n"
        "  -q, --quick            2 short repetitions: does it work?\n"
        "      --seed N           which subject begins (1)\n"
        "  -f, --format FORMAT    human, markdown, json or csv (human)\n"
        "  -o, --output FILE      the result as JSON in FILE too\n"
        "      --progress=WHEN    auto, never or always, on standard error (auto)\n"
        "  -h, --help\n"
        "exit status: 0 all runs were right; 1 one was wrong, or crashed, or we were\n"
        "stopped early; 2 usage.  A missed target is no failure.\n", out);
    return out == stdout ? 0 : 2;
}

static bool choose_format(settings *s, const char *name)
{
    s->print = strcmp(name, "human") == 0 ? print_human
             : strcmp(name, "markdown") == 0 ? print_markdown
             : strcmp(name, "json") == 0 ? print_json
             : strcmp(name, "csv") == 0 ? print_csv : NULL;
    return s->print != NULL;
}

static bool choose_progress(settings *s, const char *when)
{
    s->progress = strcmp(when, "always") == 0
               || (strcmp(when, "auto") == 0 && isatty(STDERR_FILENO));
    return s->progress || strcmp(when, "auto") == 0 || strcmp(when, "never") == 0;
}

static void be_quick(settings *s)
{
    s->quick = true;
    s->repetitions = 2;
    s->milliseconds = 20;
    s->limit = 500;
}

static bool number(const char *text, int least, int most, int *value)
{
    char *end;
    long n = strtol(text, &end, 10);

    *value = (int)n;
    return end != text && *end == '\0' && n >= least && n <= most;
}

/* -1: go on; else the exit status. */
static int read_options(settings *s, int argc, char **argv)
{
    static const struct option options[] = {
        { "dir", required_argument, NULL, 'd' },
        { "only", required_argument, NULL, 'O' },
        { "workloads", required_argument, NULL, 'w' },
        { "reps", required_argument, NULL, 'r' },
        { "milliseconds", required_argument, NULL, 'm' },
        { "limit", required_argument, NULL, 'l' },
        { "minutes", required_argument, NULL, 't' },
        { "quick", no_argument, NULL, 'q' },
        { "seed", required_argument, NULL, 's' },
        { "format", required_argument, NULL, 'f' },
        { "output", required_argument, NULL, 'o' },
        { "progress", required_argument, NULL, 'p' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };
    int option;
    bool good = true;

    while (good
           && (option = getopt_long(argc, argv, "d:w:r:m:qf:o:h", options, NULL)) != -1)
        switch (option) {
        case 'd': s->dir = optarg; break;
        case 'O': s->only = optarg; break;
        case 'w': s->workloads = optarg; break;
        case 'o': s->output = optarg; break;
        case 's': s->seed = strtoull(optarg, NULL, 0) % 1000000; break;
        case 'r': good = number(optarg, 1, MOST_REPETITIONS, &s->repetitions); break;
        case 'm': good = number(optarg, 1, 60000, &s->milliseconds); break;
        case 'l': good = number(optarg, 1, 60000, &s->limit); break;
        case 't': good = number(optarg, 1, 6000, &s->minutes); break;
        case 'f': good = choose_format(s, optarg); break;
        case 'p': good = choose_progress(s, optarg); break;
        case 'q': be_quick(s); break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    return good && optind == argc ? -1 : usage(stderr);
}

static bool write_results(const settings *s)
{
    FILE *file = s->output != NULL ? fopen(s->output, "w") : NULL;

    s->print(stdout, &results);
    if (s->output == NULL)
        return fflush(stdout) == 0;
    if (file == NULL) {
        perror(s->output);
        return false;
    }
    print_json(file, &results);
    return fclose(file) == 0 && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    settings s = { "build/bench", NULL, NULL, NULL, print_human, 8, 120, 2000, 11,
                   false, isatty(STDERR_FILENO), 1 };
    struct sigaction action;
    int status = read_options(&s, argc, argv);

    if (status >= 0)
        return status;
    results.quick = s.quick;
    results.seed = s.seed;
    memset(&action, 0, sizeof action);
    action.sa_handler = interrupt;
    sigaction(SIGINT, &action, NULL);
    gather_facts(&results.facts, s.dir);
    if (!make_plan(&s)) {
        fprintf(stderr, "nothing to run: no such subject, or no such workload\n");
        return 2;
    }
    if (!measure_floors(results.before)) {
        fprintf(stderr, "two CPUs are needed, and this process may use one\n");
        return 1;
    }
    run_all(&s);
    measure_floors(results.after);
    return write_results(&s) && results.complete && results.failed == 0 ? 0 : 1;
}
