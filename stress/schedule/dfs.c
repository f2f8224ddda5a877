/* dfs.c - all schedules within a bound on preemptions, depth first.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A schedule is a path in the tree of decisions.  The path of the last one is kept,
 * with what else could have been decided at each node; the next schedule takes the
 * deepest node where something is left, and from there on what costs nothing.
 */
#include <schedule/machine.h>

enum { CHOICES = 3 * SCHEDULE_THREADS, NODES = SCHEDULE_DECISIONS };

unsigned schedule_dfs_bound = 2;

#define m schedule_machine

typedef struct node {
    unsigned char choice[CHOICES];      /* what costs nothing comes first */
    unsigned char n, cheap, taken;
} node;

static struct {
    node path[NODES];
    unsigned length, depth;             /* of the path; where we are on it */
    unsigned bound, used;               /* preemptions: allowed now, and so far */
    bool begun, exhausted;
} tree;

static void begin(const schedule_options *options)
{
    (void)options;
    tree.length = 0;
    tree.bound = schedule_dfs_bound == SCHEDULE_NO_BOUND ? SCHEDULE_NO_BOUND : 0;
    tree.begun = tree.exhausted = false;
}

/* Go on to the next path of this bound; false: there is none. */
static bool advance(void)
{
    while (tree.length > 0) {
        node *last = &tree.path[tree.length - 1];

        if (++last->taken < last->n)
            return true;
        tree.length--;
    }
    return false;
}

static bool next(void)
{
    if (tree.begun && !advance()) {
        if (tree.bound == schedule_dfs_bound) {
            tree.exhausted = true;
            return false;
        }
        tree.bound++;
    }
    tree.begun = true;
    tree.depth = tree.used = 0;
    return true;
}

bool schedule_dfs_exhausted(void)
{
    return tree.exhausted;
}

bool schedule_dfs_counts(void)
{
    return tree.bound == SCHEDULE_NO_BOUND
        || tree.used == tree.bound;     /* with fewer, an earlier bound had it */
}

static void add(node *n, unsigned set, unsigned first)
{
    for (; set != 0; set &= set - 1)
        n->choice[n->n++] = (unsigned char)(first + (unsigned)__builtin_ctz(set));
}

/* The choice at this node, which is new on the path or not. */
static unsigned take(node *n)
{
    tree.depth++;
    tree.used += n->taken >= n->cheap;
    return n->choice[n->taken];
}

static node *new_node(void)
{
    node *n = &tree.path[tree.length++];

    n->n = n->cheap = n->taken = 0;
    return n;
}

static unsigned decide(unsigned runnable, unsigned idle, unsigned deadlines,
                       bool free)
{
    unsigned current = runnable & 1U << m.current;
    node *n;

    free = free || current == 0;
    if (free)
        runnable = schedule_fair(runnable);
    if (tree.used == tree.bound && (!free || (runnable & (runnable - 1)) == 0))
        return (unsigned)__builtin_ctz(free ? runnable : current);
    if (tree.depth < tree.length)
        return take(&tree.path[tree.depth]);
    n = new_node();
    add(n, free ? runnable : current, GOES_ON);
    n->cheap = n->n;
    if (tree.used < tree.bound) {
        add(n, free ? 0 : runnable & ~current, GOES_ON);
        add(n, idle, GOES_ON);
        add(n, deadlines, DEADLINE);
    }
    return take(n);
}

static unsigned choose(unsigned usual, unsigned others)
{
    return decide(usual, others, 0, true);
}

static bool fails(void)
{
    node *n;

    if (tree.used == tree.bound)
        return false;
    if (tree.depth < tree.length)
        return take(&tree.path[tree.depth]) == FAILS;
    n = new_node();
    n->choice[n->n++] = GOES_ON;
    n->cheap = 1;
    n->choice[n->n++] = FAILS;
    return take(n) == FAILS;
}

static unsigned pick(unsigned among)
{
    node *n;

    if (tree.used == tree.bound)
        return 0;
    if (tree.depth < tree.length)
        return take(&tree.path[tree.depth]);
    n = new_node();
    while (n->n < among) {
        n->choice[n->n] = n->n;
        n->n++;
    }
    n->cheap = 1;
    return take(n);
}

const strategy schedule_dfs = { begin, next, decide, choose, fails, pick };
