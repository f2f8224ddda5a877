/* run_markdown.c - the tables as Markdown, short enough for a README.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

#include <string.h>

/* `queue` of `queue/solo`. */
static bool same_kind(const workload *a, const workload *b)
{
    size_t length = strcspn(a->name, "/") + 1;

    return strncmp(a->name, b->name, length) == 0;
}

static void print_floors(FILE *out, const report *r)
{
    fprintf(out, "| floors, ns | before | after |\n|---|--:|--:|\n");
    for (int i = 0; i < FLOORS; i++) {
        char before[32], after[32];

        fprintf(out, "| %s | %s | %s |\n", floor_names[i],
                figure(before, sizeof before, r->before[i]),
                figure(after, sizeof after, r->after[i]));
    }
}

static void print_row(FILE *out, const report *r, const subject *s,
                      const workload *kind, class of)
{
    bool any = false;

    for (size_t w = 0; w < workload_count; w++)
        any = any || (same_kind(kind, &workloads[w])
                      && find_cell(r, of, s->name, workloads[w].name) != NULL);
    if (!any)
        return;
    fprintf(out, s->ours ? "| **%s** |" : "| %s |", s->name);
    for (size_t w = 0; w < workload_count; w++) {
        const cell *c = find_cell(r, of, s->name, workloads[w].name);
        char text[32];

        if (same_kind(kind, &workloads[w]))
            fprintf(out, " %s |", c == NULL ? "" : collapses(c, of) ? "collapses"
                    : figure(text, sizeof text, median(c, of)));
    }
    fputc('\n', out);
}

/* A kind's subjects and workloads; nothing where none was measured. */
static void print_matrix(FILE *out, const report *r, const workload *kind, class of)
{
    size_t length = strcspn(kind->name, "/");
    bool any = false;

    for (size_t i = 0; i < r->cells; i++)
        any = any || (same_kind(kind, r->cell[i].workload)
                      && runs(&r->cell[i], of) > 0);
    if (!any)
        return;
    fprintf(out, "\n| %.*s, ns, %s |", (int)length, kind->name, class_names[of]);
    for (size_t w = 0; w < workload_count; w++)
        if (same_kind(kind, &workloads[w]))
            fprintf(out, " %s |", workloads[w].name + length + 1);
    fprintf(out, "\n|---|");
    for (size_t w = 0; w < workload_count; w++)
        if (same_kind(kind, &workloads[w]))
            fprintf(out, "--:|");
    fputc('\n', out);
    for (size_t s = 0; s < subject_count; s++)
        print_row(out, r, &subjects[s], kind, of);
}

void print_markdown(FILE *out, const report *r)
{
    fprintf(out, "%s, %d CPUs, %s; compiler %s; medians of up to %u runs; %u runs near,"
            " %u far, %u neither or changing (not counted).\n\n", r->facts.cpu,
            r->facts.cpus, r->facts.kernel, r->facts.compiler, r->repetitions,
            runs_of(r, NEAR), runs_of(r, FAR), runs_of(r, MIXED));
    print_floors(out, r);
    for (class of = NEAR; of <= FAR; of++)
        for (size_t w = 0; w < workload_count; w++)
            if ((runs_of(r, of) > 0 || (of == NEAR && runs_of(r, FAR) == 0))
                && (w == 0 || !same_kind(&workloads[w], &workloads[w - 1])))
                print_matrix(out, r, &workloads[w], of);
    fprintf(out, "\n| ours | workload | class | against | reached | asked | |\n"
            "|---|---|---|---|--:|--:|---|\n");
    print_targets(out, r, "| %s | %s | %s | %s | %s | %s | %s |\n");
}
