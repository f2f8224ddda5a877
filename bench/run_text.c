/* run_text.c - the tables, for people and as Markdown.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

#include <string.h>

/* A figure of nanoseconds, with three digits that count. */
static const char *figure(char *text, size_t size, double ns)
{
    snprintf(text, size, "%.*f", ns < 10 ? 2 : ns < 100 ? 1 : 0, ns);
    return text;
}

static const char *ratio(char *text, size_t size, double x, bool at_least)
{
    snprintf(text, size, "%s%.*fx", at_least ? ">" : "",
             x < 10 ? 2 : x < 100 ? 1 : 0, x);
    return text;
}

static size_t kind_length(const workload *w)
{
    return strcspn(w->name, "/");
}

static bool measured(const cell *c)
{
    return median(c) > 0;
}

static void print_facts(FILE *out, const report *r)
{
    const system_facts *f = &r->facts;

    fprintf(out, "commit    %s\ncompiler  %s\nflags     %s\ncpu       %s, %d CPUs\n"
            "kernel    %s\nseed      %llu\n", f->commit, f->compiler, f->flags, f->cpu,
            f->cpus, f->kernel, (unsigned long long)r->seed);
    fprintf(out, "class     %s: line round trip %.0f ns before, %.0f after\n",
            class_names[r->class], r->before[LINE_TRIP], r->after[LINE_TRIP]);
    fprintf(out, "runs      %u repetitions%s%s\n", r->repetitions,
            r->quick ? "; quick: good to see that it works, not to compare" : "",
            r->complete ? "" : "; NOT COMPLETE: stopped early");
}

static void print_floors(FILE *out, const report *r)
{
    char before[32], after[32];

    fprintf(out, "\n%-36s %9s %9s\n", "floors, ns", "before", "after");
    for (int i = 0; i < FLOORS; i++)
        fprintf(out, "%-36s %9s %9s\n", floor_names[i],
                figure(before, sizeof before, r->before[i]),
                figure(after, sizeof after, r->after[i]));
}

/* How the row's subject compares with each of ours: times slower than it. */
static void print_ratios(FILE *out, const report *r, const cell *row)
{
    char text[32];

    for (size_t i = 0; i < r->cells; i++) {
        const cell *c = &r->cell[i];

        if (c->workload != row->workload || !c->subject->ours || !measured(c))
            continue;
        ratio(text, sizeof text, median(row) / median(c), collapses(row));
        fprintf(out, " %10s", c == row ? "" : collapses(c) ? "-" : text);
    }
    fputc('\n', out);
}

static void print_cell(FILE *out, const report *r, const cell *c)
{
    double floor = (r->before[c->workload->floor] + r->after[c->workload->floor]) / 2;
    char middle[32], least[32], most[32];

    fprintf(out, "  %-19s", c->subject->name);
    if (failures(c) > 0) {
        fprintf(out, " FAILED in %u of %u runs\n", failures(c), c->samples);
        return;
    }
    if (collapses(c))
        fprintf(out, " %9s %9s %9s %8s", "collapses", "", "", "");
    else
        fprintf(out, " %9s %9s %9s %8.*f", figure(middle, sizeof middle, median(c)),
                figure(least, sizeof least, quantile(c, 0)),
                figure(most, sizeof most, quantile(c, 1)),
                median(c) < 10 * floor ? 2 : 0, median(c) / floor);
    print_ratios(out, r, c);
}

static void print_block(FILE *out, const report *r, const workload *w)
{
    bool any = false;

    for (size_t i = 0; i < r->cells; i++)
        any = any || (r->cell[i].workload == w && r->cell[i].samples > 0);
    if (!any)
        return;
    fprintf(out, "\n%s: %s, ns\n  %-19s %9s %9s %9s %8s", w->name, w->title, "",
            "median", "min", "max", "floors");
    for (size_t i = 0; i < r->cells; i++) {
        const cell *c = &r->cell[i];

        if (c->workload == w && c->subject->ours && measured(c))
            fprintf(out, " %10s", c->subject->name);
    }
    fputc('\n', out);
    for (size_t i = 0; i < r->cells; i++)
        if (r->cell[i].workload == w && r->cell[i].samples > 0)
            print_cell(out, r, &r->cell[i]);
}

static const char *const verdicts[] = {
    "met", "missed, within the spread", "MISSED", "no figure for this class",
    "not measured", "mixed: not judged"
};

/* What is asked for, or what was reached, as a ratio or in nanoseconds. */
static const char *amount(char *text, size_t size, const report *r, const target *t,
                          double x)
{
    const cell *ours = find_cell(r, t->ours, t->workload), *theirs = t->theirs == NULL
        ? NULL
        : find_cell(r, t->theirs, t->their_workload ? t->their_workload : t->workload);

    if (ours != NULL && collapses(ours))
        return "collapses";
    if (t->theirs != NULL)
        return ratio(text, size, x, theirs != NULL && collapses(theirs));
    snprintf(text, size, "%.*f ns", x < 100 ? 1 : 0, x);
    return text;
}

static void print_targets(FILE *out, const report *r, const char *format)
{
    for (size_t i = 0; i < target_count; i++) {
        const target *t = &targets[i];
        double value, bound;
        verdict v = judge(r, t, &value, &bound);
        char reached[32], asked[32], against[64];

        if (v == NOT_MEASURED)
            continue;
        snprintf(asked, sizeof asked, bound == 0 ? "-" : t->theirs != NULL ? "%.2fx"
                 : "%.0f ns", bound);
        snprintf(against, sizeof against, "%s %s", t->theirs ? t->theirs : "-",
                 t->their_workload ? t->their_workload : "");
        fprintf(out, format, t->ours, t->workload, against,
                amount(reached, sizeof reached, r, t, value), asked, verdicts[v]);
    }
}

void print_human(FILE *out, const report *r)
{
    print_facts(out, r);
    print_floors(out, r);
    fprintf(out, "\nmedian, min and max over the runs; floors: the median as a multiple"
            " of the RMW\n(solo), of the switching yield (1 CPU), of the line round"
            " trip (all else); then\nhow many times the time of each of ours it takes.\n");
    for (size_t w = 0; w < workload_count; w++)
        print_block(out, r, &workloads[w]);
    fprintf(out, "\ntargets (%s)\n%-11s %-18s %-30s %9s %9s\n", class_names[r->class],
            "ours", "workload", "against", "reached", "asked");
    print_targets(out, r, "%-11s %-18s %-30s %9s %9s  %s\n");
}

/* --- Markdown --------------------------------------------------------------------- */

static void print_matrix_row(FILE *out, const report *r, const subject *s,
                             const workload *kind)
{
    bool any = false;

    for (size_t w = 0; w < workload_count; w++)
        any = any || (kind_length(&workloads[w]) == kind_length(kind)
                      && strncmp(workloads[w].name, kind->name, kind_length(kind)) == 0
                      && find_cell(r, s->name, workloads[w].name) != NULL);
    if (!any)
        return;
    fprintf(out, s->ours ? "| **%s** |" : "| %s |", s->name);
    for (size_t w = 0; w < workload_count; w++) {
        const cell *c = find_cell(r, s->name, workloads[w].name);
        char text[32];

        if (strncmp(workloads[w].name, kind->name, kind_length(kind) + 1) == 0)
            fprintf(out, " %s |", c == NULL ? "" : collapses(c) ? "collapses"
                    : figure(text, sizeof text, median(c)));
    }
    fputc('\n', out);
}

static void print_matrix(FILE *out, const report *r, const workload *kind)
{
    size_t length = kind_length(kind), columns = 0;

    fprintf(out, "\n| %.*s, ns |", (int)length, kind->name);
    for (size_t w = 0; w < workload_count; w++)
        if (strncmp(workloads[w].name, kind->name, length + 1) == 0) {
            fprintf(out, " %s |", workloads[w].name + length + 1);
            columns++;
        }
    fprintf(out, "\n|---|");
    while (columns-- > 0)
        fprintf(out, "--:|");
    fputc('\n', out);
    for (size_t s = 0; s < subject_count; s++)
        print_matrix_row(out, r, &subjects[s], kind);
}

void print_markdown(FILE *out, const report *r)
{
    fprintf(out, "%s, %d CPUs, %s; compiler %s; medians of %u.  Class %s.\n\n",
            r->facts.cpu, r->facts.cpus, r->facts.kernel, r->facts.compiler,
            r->repetitions, class_names[r->class]);
    fprintf(out, "| floors, ns | before | after |\n|---|--:|--:|\n");
    for (int i = 0; i < FLOORS; i++) {
        char before[32], after[32];

        fprintf(out, "| %s | %s | %s |\n", floor_names[i],
                figure(before, sizeof before, r->before[i]),
                figure(after, sizeof after, r->after[i]));
    }
    for (size_t w = 0; w < workload_count; w++)
        if (w == 0 || kind_length(&workloads[w]) != kind_length(&workloads[w - 1])
            || strncmp(workloads[w].name, workloads[w - 1].name,
                       kind_length(&workloads[w])) != 0)
            print_matrix(out, r, &workloads[w]);
    fprintf(out, "\n| ours | workload | against | reached | asked | |\n"
            "|---|---|---|--:|--:|---|\n");
    print_targets(out, r, "| %s | %s | %s | %s | %s | %s |\n");
}
