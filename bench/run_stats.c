/* run_stats.c - quantiles, ratios, and whether a target is met.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "run.h"

#include <stdlib.h>
#include <string.h>

const char *const class_names[] = { "near", "far", "mixed" };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double quantile(const cell *c, double q)
{
    double each[MOST_REPETITIONS], place, part;
    size_t n = 0, below;

    for (unsigned i = 0; i < c->samples; i++)
        if (c->sample[i].outcome <= COLLAPSED)
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

double median(const cell *c)
{
    return quantile(c, 0.5);
}

static unsigned count(const cell *c, outcome o)
{
    unsigned n = 0;

    for (unsigned i = 0; i < c->samples; i++)
        n += c->sample[i].outcome == o;
    return n;
}

bool collapses(const cell *c)
{
    return count(c, COLLAPSED) > count(c, MEASURED);
}

unsigned failures(const cell *c)
{
    return count(c, FAILED);
}

const cell *find_cell(const report *r, const char *subject, const char *workload)
{
    for (size_t i = 0; i < r->cells; i++)
        if (strcmp(r->cell[i].subject->name, subject) == 0
            && strcmp(r->cell[i].workload->name, workload) == 0)
            return median(&r->cell[i]) > 0 ? &r->cell[i] : NULL;
    return NULL;
}

/* Is it met at quantile q of ours and 1 - q of theirs?  0.5: at the medians.  What did
 * not end counts as slower than any bound asks. */
static bool meets(const cell *ours, const cell *theirs, double bound, double q)
{
    if (collapses(ours))
        return false;
    if (theirs == NULL)
        return quantile(ours, q) <= bound;
    return collapses(theirs) || quantile(theirs, 1 - q) / quantile(ours, q) >= bound;
}

verdict judge(const report *r, const target *t, double *value, double *bound)
{
    const cell *ours = find_cell(r, t->ours, t->workload), *theirs = NULL;

    *value = 0;
    *bound = r->class == NEAR ? t->near : t->far;
    if (t->theirs != NULL)
        theirs = find_cell(r, t->theirs,
                           t->their_workload != NULL ? t->their_workload : t->workload);
    if (ours == NULL || (t->theirs != NULL && theirs == NULL))
        return NOT_MEASURED;
    *value = theirs != NULL ? median(theirs) / median(ours) : median(ours);
    if (r->class == MIXED && ours->workload->floor == LINE_TRIP)
        return NOT_JUDGED;
    if (*bound == 0)
        return NO_FIGURE;
    return meets(ours, theirs, *bound, 0.5) ? MET
         : meets(ours, theirs, *bound, 0.25) ? CLOSE : MISSED;
}
