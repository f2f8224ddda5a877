/* run_text.c - the tables for people.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

#include <string.h>

const char *figure(char *text, size_t size, double ns)
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

static void print_facts(FILE *out, const report *r)
{
    const system_facts *f = &r->facts;

    fprintf(out, "commit    %s\ncompiler  %s\nflags     %s\ncpu       %s, %d CPUs\n"
            "kernel    %s\nseed      %llu\n", f->commit, f->compiler, f->flags, f->cpu,
            f->cpus, f->kernel, (unsigned long long)r->seed);
    fprintf(out, "runs      %u repetitions%s%s\n", r->repetitions,
            r->quick ? "; quick: good to see that it works, not to compare" : "",
            r->complete ? "" : "; NOT COMPLETE: stopped early");
    fprintf(out, "class     %u runs near, %u far, %u neither or changing\n",
            runs_of(r, NEAR), runs_of(r, FAR), runs_of(r, MIXED));
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

static bool is_column(const cell *c, const workload *w, class of)
{
    return c->workload == w && c->subject->ours && runs(c, of) > 0;
}

/* How the row's subject compares with each of ours: times slower than it. */
static void print_ratios(FILE *out, const report *r, const cell *row, class of)
{
    char text[32];

    for (size_t i = 0; i < r->cells; i++) {
        const cell *c = &r->cell[i];

        if (!is_column(c, row->workload, of))
            continue;
        ratio(text, sizeof text, median(row, of) / median(c, of), collapses(row, of));
        fprintf(out, " %10s", c == row ? "" : collapses(c, of) ? "-" : text);
    }
}

static void print_cell(FILE *out, const report *r, const cell *c, class of)
{
    double multiple = median(c, of) / floor_of_cell(r, c, of);
    char middle[32], least[32], most[32];

    fprintf(out, "  %-20s", c->subject->name);
    if (failures(c) > 0) {
        fprintf(out, " FAILED in %u of %u runs\n", failures(c), c->samples);
        return;
    }
    if (collapses(c, of))
        fprintf(out, " %9s %9s %9s %4u %7s", "collapses", "", "", runs(c, of), "");
    else
        fprintf(out, " %9s %9s %9s %4u %7.*f",
                figure(middle, sizeof middle, median(c, of)),
                figure(least, sizeof least, quantile(c, of, 0)),
                figure(most, sizeof most, quantile(c, of, 1)), runs(c, of),
                multiple < 10 ? 2 : 0, multiple);
    print_ratios(out, r, c, of);
    fputc('\n', out);
}

static void print_block(FILE *out, const report *r, const workload *w, class of)
{
    bool any = false;

    for (size_t i = 0; i < r->cells; i++)
        any = any || (r->cell[i].workload == w && r->cell[i].samples > 0);
    if (!any)
        return;
    fprintf(out, "\n%s: %s, ns%s%s\n  %-20s %9s %9s %9s %4s %7s", w->name, w->title,
            moves_lines(w) ? ", " : "", moves_lines(w) ? class_names[of] : "", "",
            "median", "min", "max", "runs", "floors");
    for (size_t i = 0; i < r->cells; i++)
        if (is_column(&r->cell[i], w, of))
            fprintf(out, " %10s", r->cell[i].subject->name);
    fputc('\n', out);
    for (size_t i = 0; i < r->cells; i++)
        if (r->cell[i].workload == w
            && (runs(&r->cell[i], of) > 0 || failures(&r->cell[i]) > 0))
            print_cell(out, r, &r->cell[i], of);
}

static const char *const verdicts[] = {        /* of those that are printed */
    "met", "missed, within the spread", "MISSED", "too few runs"
};

/* What was reached, as a ratio or in nanoseconds. */
static const char *amount(char *text, size_t size, const report *r, const target *t,
                          class of, double x)
{
    const char *place = t->their_workload != NULL ? t->their_workload : t->workload;
    const cell *ours = find_cell(r, of, t->ours, t->workload);

    if (ours != NULL && collapses(ours, of))
        return "collapses";
    if (t->theirs != NULL)
        return ratio(text, size, x, collapses(find_cell(r, of, t->theirs, place), of));
    snprintf(text, size, "%.*f ns", x < 100 ? 1 : 0, x);
    return text;
}

static const char *class_for(const report *r, const target *t, class of)
{
    const cell *ours = find_cell(r, of, t->ours, t->workload);

    return moves_lines(ours->workload) ? class_names[of] : "any";
}

static void print_targets_of(FILE *out, const report *r, class of, const char *format)
{
    for (size_t i = 0; i < target_count; i++) {
        const target *t = &targets[i];
        double value, bound;
        verdict v = judge(r, t, of, &value, &bound);
        char reached[32], asked[32], against[64];

        if (v == NOT_MEASURED || v == NOT_ASKED
            || (of == FAR && strcmp(class_for(r, t, of), "any") == 0))
            continue;
        snprintf(asked, sizeof asked, t->theirs != NULL ? "%.2fx" : "%.0f ns", bound);
        snprintf(against, sizeof against, "%s%s%s", t->theirs ? t->theirs : "-",
                 t->their_workload ? " " : "",
                 t->their_workload ? t->their_workload : "");
        fprintf(out, format, t->ours, t->workload, class_for(r, t, of), against,
                amount(reached, sizeof reached, r, t, of, value), asked, verdicts[v]);
    }
}

void print_targets(FILE *out, const report *r, const char *format)
{
    print_targets_of(out, r, NEAR, format);
    print_targets_of(out, r, FAR, format);
}

void print_human(FILE *out, const report *r)
{
    print_facts(out, r);
    print_floors(out, r);
    fprintf(out, "\nmedian, min and max over the runs; floors: the median as a multiple"
            " of the RMW\n(solo), of the switching yield (1 CPU), of the line round"
            " trip (all else); then\nhow many times the time of each of ours it"
            " takes.\n");
    for (size_t w = 0; w < workload_count; w++) {
        bool twice = moves_lines(&workloads[w]);

        if (!twice || runs_of(r, NEAR) > 0)
            print_block(out, r, &workloads[w], NEAR);
        if (twice && runs_of(r, FAR) > 0)
            print_block(out, r, &workloads[w], FAR);
    }
    fprintf(out, "\n%-11s %-18s %-5s %-28s %9s %9s\n", "targets", "workload", "class",
            "against", "reached", "asked");
    print_targets(out, r, "%-11s %-18s %-5s %-28s %9s %9s  %s\n");
}
