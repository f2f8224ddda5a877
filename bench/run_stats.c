/* run_stats.c - quantiles, ratios, and whether a target is met.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

#include <stdlib.h>
#include <string.h>

const char *const class_names[] = { "near", "far", "mixed" };

enum { FEWEST = 3 };                    /* runs that a judgement takes */

class classify(double before, double after)
{
    if (before < 120 && after < 120)
        return NEAR;
    return before >= 250 && before <= 1500 && after >= 250 && after <= 1500
         ? FAR : MIXED;
}

bool moves_lines(const workload *w)
{
    return w->floor == LINE_TRIP;
}

static bool belongs(const cell *c, const sample *s, class of)
{
    return s->outcome == COLLAPSED
        || (s->outcome == MEASURED
            && (!moves_lines(c->workload)
                || classify(s->line_before, s->line_after) == of));
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double quantile(const cell *c, class of, double q)
{
    double each[MOST_REPETITIONS], place, part;
    size_t n = 0, below;

    for (unsigned i = 0; i < c->samples; i++)
        if (belongs(c, &c->sample[i], of))
            each[n++] = (double)c->sample[i].nanoseconds / (double)c->sample[i].items;
    if (n == 0)
        return 0;
    qsort(each, n, sizeof *each, by_size);
    place = q * (double)(n - 1);
    below = (size_t)place;
    part = place - (double)below;
    return below + 1 == n ? each[below]
         : each[below] * (1 - part) + each[below + 1] * part;
}

double median(const cell *c, class of)
{
    return quantile(c, of, 0.5);
}

unsigned runs(const cell *c, class of)
{
    unsigned n = 0;

    for (unsigned i = 0; i < c->samples; i++)
        n += belongs(c, &c->sample[i], of);
    return n;
}

bool collapses(const cell *c, class of)
{
    unsigned n = 0;

    for (unsigned i = 0; i < c->samples; i++)
        n += c->sample[i].outcome == COLLAPSED;
    return 2 * n > runs(c, of);
}

unsigned failures(const cell *c)
{
    unsigned n = 0;

    for (unsigned i = 0; i < c->samples; i++)
        n += c->sample[i].outcome == FAILED;
    return n;
}

const cell *find_cell(const report *r, class of, const char *subject,
                      const char *workload)
{
    for (size_t i = 0; i < r->cells; i++)
        if (strcmp(r->cell[i].subject->name, subject) == 0
            && strcmp(r->cell[i].workload->name, workload) == 0)
            return runs(&r->cell[i], of) > 0 ? &r->cell[i] : NULL;
    return NULL;
}

unsigned runs_of(const report *r, class of)
{
    unsigned n = 0;

    for (size_t i = 0; i < r->cells; i++) {
        const cell *c = &r->cell[i];

        for (unsigned k = 0; moves_lines(c->workload) && k < c->samples; k++)
            n += c->sample[k].outcome == MEASURED
              && classify(c->sample[k].line_before, c->sample[k].line_after) == of;
    }
    return n;
}

double floor_of_cell(const report *r, const cell *c, class of)
{
    floor_id id = c->workload->floor;
    double sum = 0, n = 0;

    for (unsigned i = 0; i < c->samples; i++)
        if (c->sample[i].outcome == MEASURED && belongs(c, &c->sample[i], of)) {
            sum += (c->sample[i].line_before + c->sample[i].line_after) / 2;
            n++;
        }
    return moves_lines(c->workload) && n > 0 ? sum / n
         : (r->before[id] + r->after[id]) / 2;
}

/* Is it met at quantile q of ours and 1 - q of theirs?  0.5: at the medians.  What did
 * not end counts as slower than any bound asks. */
static bool meets(const cell *ours, const cell *theirs, class of, double bound,
                  double q)
{
    if (collapses(ours, of))
        return false;
    if (theirs == NULL)
        return quantile(ours, of, q) <= bound;
    return collapses(theirs, of)
        || quantile(theirs, of, 1 - q) / quantile(ours, of, q) >= bound;
}

verdict judge(const report *r, const target *t, class of, double *value, double *bound)
{
    const char *place = t->their_workload != NULL ? t->their_workload : t->workload;
    const cell *ours = find_cell(r, of, t->ours, t->workload);
    const cell *theirs = t->theirs != NULL ? find_cell(r, of, t->theirs, place) : NULL;

    *value = 0;
    *bound = of == NEAR ? t->near : t->far;
    if (ours == NULL || (t->theirs != NULL && theirs == NULL))
        return NOT_MEASURED;
    *value = median(ours, of);
    if (theirs != NULL)
        *value = median(theirs, of) / *value;
    if (*bound == 0)
        return NOT_ASKED;
    if (runs(ours, of) < FEWEST
        || (theirs != NULL && !collapses(theirs, of) && runs(theirs, of) < FEWEST))
        return FEW_RUNS;
    return meets(ours, theirs, of, *bound, 0.5) ? MET
         : meets(ours, theirs, of, *bound, 0.25) ? CLOSE : MISSED;
}
