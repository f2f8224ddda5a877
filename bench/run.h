/* run.h - what the parts of bench/run share.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * run.c           options, and the order of things
 * run_lists.c     subjects, workloads, targets: what is compared with what
 * run_floors.c    what this machine's operations cost, whoever asks for them
 * run_child.c     one run of one subject's program
 * run_stats.c     quantiles and ratios
 * run_text.c      the tables, for people
 * run_markdown.c  the same as Markdown
 * run_data.c      the same as JSON and CSV
 * run_system.c    what it ran on
 */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MOST_CELLS = 512, MOST_REPETITIONS = 100, SCHEMA = 2 };

/* --- what there is (run_lists.c) -------------------------------------------------- */

typedef struct subject {
    const char *name;
    bool ours;
} subject;

typedef enum floor_id {
    RMW, RELEASE_STORE, LOAD_HIT, PAUSE, LINE_TRIP, WAKE_NOBODY, WAKE_SLEEPER,
    YIELD_ALONE, YIELD_SWITCH, FLOORS
} floor_id;

typedef struct workload {
    const char *name, *title;
    floor_id floor;                     /* what its figures are multiples of */
} workload;

/* `ours` in a workload is to be so many times as fast as `theirs`, in the same one or
 * in `their_workload`; where `theirs` is NULL, to take that many ns at most.  0: no
 * figure for that class. */
typedef struct target {
    const char *ours, *workload, *theirs, *their_workload;
    double near, far;
} target;

extern const subject subjects[];
extern const workload workloads[];
extern const target targets[];
extern const size_t subject_count, workload_count, target_count;

/* --- what was measured ------------------------------------------------------------ */

typedef enum outcome { MEASURED, COLLAPSED, FAILED, INTERRUPTED } outcome;

/* How far the CPUs are apart: a line round trip takes under 120 ns, 250 to 1,500, or
 * something else, or it changed meanwhile. */
typedef enum class { NEAR, FAR, MIXED, CLASSES } class;

typedef struct sample {
    outcome outcome;
    uint64_t items;
    int64_t nanoseconds;
    double line_before, line_after;     /* nanoseconds a round trip */
} sample;

typedef struct cell {
    const subject *subject;
    const workload *workload;
    unsigned samples;
    sample sample[MOST_REPETITIONS];
} cell;

typedef struct system_facts {
    char commit[64], compiler[128], flags[512], cpu[128], kernel[192];
    int cpus;
} system_facts;

typedef struct report {
    system_facts facts;
    double before[FLOORS], after[FLOORS];       /* nanoseconds */
    bool complete, quick;               /* all that was planned; runs too short */
    unsigned repetitions;
    uint64_t seed;
    size_t cells, failed;
    cell cell[MOST_CELLS];
} report;

/* --- the parts -------------------------------------------------------------------- */

extern const char *const floor_names[FLOORS], *const class_names[];

bool measure_floors(double floors[FLOORS]);     /* false: there are no two CPUs */

/* Ctrl-C: set by a signal, looked at between and during runs. */
extern volatile int interrupted;

/* One run of dir/SUBJECT; and the workloads that it lists, one call of `add` each.
 * False: it cannot be run. */
sample run_child(const char *dir, const cell *c, int milliseconds, int limit);
bool list_child(const char *dir, const subject *s, void (*add)(void *, const char *),
                void *context);

class classify(double before, double after);
bool moves_lines(const workload *w);    /* or is it the same in every class? */

/* Of the runs of one class (of all, where no lines move), without failures.  What did
 * not end is of every class, and counts as the time it was given, a lower bound. */
unsigned runs(const cell *c, class of);
double quantile(const cell *c, class of, double q);     /* ns an item; 0: no runs */
double median(const cell *c, class of);
bool collapses(const cell *c, class of);        /* did the median run not end? */
unsigned failures(const cell *c);

/* NULL: not measured in that class. */
const cell *find_cell(const report *r, class of, const char *subject,
                      const char *workload);
unsigned runs_of(const report *r, class of);    /* of workloads that move lines */

/* What the machine asks for in such a workload, in the same runs where lines move. */
double floor_of_cell(const report *r, const cell *c, class of);

/* CLOSE: missed by less than the runs differ among themselves, by the quartiles. */
typedef enum verdict { MET, CLOSE, MISSED, FEW_RUNS, NOT_MEASURED, NOT_ASKED } verdict;

/* Was it met?  *value: the ratio, or the nanoseconds; *bound: what is asked for. */
verdict judge(const report *r, const target *t, class of, double *value, double *bound);

void gather_facts(system_facts *f, const char *dir);

/* Nanoseconds, with the digits that count. */
const char *figure(char *text, size_t size, double ns);
void print_targets(FILE *out, const report *r, const char *format);
void print_human(FILE *out, const report *r);
void print_markdown(FILE *out, const report *r);
void print_json(FILE *out, const report *r);
void print_csv(FILE *out, const report *r);

#endif
