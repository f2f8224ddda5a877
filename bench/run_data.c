/* run_data.c - the results as JSON and as CSV, with every single sample.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

#include <string.h>

static const char *const outcomes[] = { "ok", "collapses", "failed", "interrupted" };

/* --- a JSON writer: it knows only when a comma is due ----------------------------- */

typedef struct json {
    FILE *out;
    bool comma;
    int depth;
} json;

static void text(json *j, const char *s)
{
    fputc('"', j->out);
    for (; *s != '\0'; s++)
        if (*s == '"' || *s == '\\')
            fprintf(j->out, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            fprintf(j->out, "\\u%04x", (unsigned)*s);
        else
            fputc(*s, j->out);
    fputc('"', j->out);
}

/* The next member, named unless we are in an array. */
static void member(json *j, const char *name)
{
    fprintf(j->out, "%s%*s", j->comma ? ",\n" : "\n", 2 * j->depth, "");
    if (name != NULL) {
        text(j, name);
        fputs(": ", j->out);
    }
    j->comma = true;
}

static void open_with(json *j, const char *name, char bracket)
{
    if (j->depth > 0)
        member(j, name);
    fputc(bracket, j->out);
    j->depth++;
    j->comma = false;
}

static void close_with(json *j, char bracket)
{
    j->depth--;
    fprintf(j->out, "\n%*s%c", 2 * j->depth, "", bracket);
    j->comma = true;
}

static void add_text(json *j, const char *name, const char *value)
{
    member(j, name);
    text(j, value);
}

static void add_number(json *j, const char *name, double value)
{
    member(j, name);
    fprintf(j->out, "%.10g", value);
}

static void add_flag(json *j, const char *name, bool value)
{
    member(j, name);
    fputs(value ? "true" : "false", j->out);
}

/* --- what there is to say --------------------------------------------------------- */

static void add_facts(json *j, const report *r)
{
    const system_facts *f = &r->facts;

    add_number(j, "schema", SCHEMA);
    add_text(j, "commit", f->commit);
    add_text(j, "compiler", f->compiler);
    add_text(j, "flags", f->flags);
    add_text(j, "cpu", f->cpu);
    add_number(j, "cpus", f->cpus);
    add_text(j, "kernel", f->kernel);
    add_number(j, "seed", (double)r->seed);
    add_number(j, "repetitions", r->repetitions);
    add_flag(j, "quick", r->quick);
    add_flag(j, "complete", r->complete);
    add_number(j, "runs_near", runs_of(r, NEAR));
    add_number(j, "runs_far", runs_of(r, FAR));
    add_number(j, "runs_mixed", runs_of(r, MIXED));
}

static void add_floors(json *j, const report *r)
{
    open_with(j, "floors", '[');
    for (int i = 0; i < FLOORS; i++) {
        open_with(j, NULL, '{');
        add_text(j, "name", floor_names[i]);
        add_number(j, "ns_before", r->before[i]);
        add_number(j, "ns_after", r->after[i]);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void add_samples(json *j, const cell *c)
{
    open_with(j, "samples", '[');
    for (unsigned i = 0; i < c->samples; i++) {
        open_with(j, NULL, '{');
        add_text(j, "outcome", outcomes[c->sample[i].outcome]);
        add_number(j, "items", (double)c->sample[i].items);
        add_number(j, "ns", (double)c->sample[i].nanoseconds);
        add_number(j, "line_ns_before", c->sample[i].line_before);
        add_number(j, "line_ns_after", c->sample[i].line_after);
        close_with(j, '}');
    }
    close_with(j, ']');
}

/* One class's quantiles; nothing where it was not met with. */
static void add_quantiles(json *j, const cell *c, const char *name, class of)
{
    static const char *const names[] = { "min", "q1", "median", "q3", "max" };

    if (runs(c, of) == 0)
        return;
    open_with(j, name, '{');
    add_number(j, "runs", runs(c, of));
    add_flag(j, "collapses", collapses(c, of));
    for (int i = 0; i < 5; i++)
        add_number(j, names[i], quantile(c, of, i / 4.0));
    close_with(j, '}');
}

static void add_cell(json *j, const cell *c)
{
    open_with(j, NULL, '{');
    add_text(j, "subject", c->subject->name);
    add_flag(j, "ours", c->subject->ours);
    add_text(j, "workload", c->workload->name);
    add_number(j, "failed_runs", failures(c));
    if (moves_lines(c->workload)) {
        add_quantiles(j, c, "ns_an_item_near", NEAR);
        add_quantiles(j, c, "ns_an_item_far", FAR);
    } else
        add_quantiles(j, c, "ns_an_item", NEAR);
    add_samples(j, c);
    close_with(j, '}');
}

static void add_target(json *j, const report *r, const target *t, class of)
{
    static const char *const words[] = {
        "met", "missed within the spread", "missed", "too few runs", "not measured",
        "not asked"
    };
    double value, bound;
    verdict v = judge(r, t, of, &value, &bound);

    open_with(j, NULL, '{');
    add_text(j, "ours", t->ours);
    add_text(j, "workload", t->workload);
    if (t->theirs != NULL) {
        add_text(j, "theirs", t->theirs);
        add_text(j, "their_workload",
                 t->their_workload != NULL ? t->their_workload : t->workload);
    }
    add_text(j, "class", class_names[of]);
    add_text(j, "unit", t->theirs != NULL ? "times as fast, at least" : "ns, at most");
    add_number(j, "reached", value);
    add_number(j, "asked", bound);
    add_text(j, "verdict", words[v]);
    close_with(j, '}');
}

void print_json(FILE *out, const report *r)
{
    json j = { out, false, 0 };

    open_with(&j, NULL, '{');
    add_facts(&j, r);
    add_floors(&j, r);
    open_with(&j, "results", '[');
    for (size_t i = 0; i < r->cells; i++)
        add_cell(&j, &r->cell[i]);
    close_with(&j, ']');
    open_with(&j, "targets", '[');
    for (size_t i = 0; i < 2 * target_count; i++)
        add_target(&j, r, &targets[i / 2], i % 2 == 0 ? NEAR : FAR);
    close_with(&j, ']');
    close_with(&j, '}');
    fputc('\n', out);
}

void print_csv(FILE *out, const report *r)
{
    fprintf(out, "subject,workload,repetition,outcome,items,ns,ns_an_item,"
            "line_ns_before,line_ns_after\n");
    for (size_t i = 0; i < r->cells; i++)
        for (unsigned k = 0; k < r->cell[i].samples; k++) {
            const cell *c = &r->cell[i];
            const sample *s = &c->sample[k];

            fprintf(out, "%s,%s,%u,%s,%llu,%lld,%.4g,%.0f,%.0f\n", c->subject->name,
                    c->workload->name, k + 1, outcomes[s->outcome],
                    (unsigned long long)s->items, (long long)s->nanoseconds,
                    (double)s->nanoseconds / (double)s->items, s->line_before,
                    s->line_after);
        }
}
