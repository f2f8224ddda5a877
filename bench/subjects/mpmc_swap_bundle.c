/* mpmc_swap_bundle.c - subject: our lock-free queue, 16 small items in a cell.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * As examples/bundles.c: a batch is filled in place and pushed by one exchange, and
 * popped by one.  Only timed: a bundle goes to one consumer as a whole, so that this is
 * a queue of bundles, tried as mpmc_swap, and none of items.
 */
#define _GNU_SOURCE 1
#include <string.h>
#include <stddef.h>

#define SUBJECT "mpmc_swap_bundle"
#define SUBJECT_BATCH 1

/* Two lines, as long as a count needs none of its own: fewer items end with NULL. */
enum { spares = 1, MOST = 16 };
typedef struct bundle {
    void *items[MOST];
} bundle;
#define CELL sizeof(bundle)
#include <subject/ports.h>

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    bundle *b = (bundle *)pawl_mpmc_swap_cell(*h, 0);

    (void)q;
    if (n == MOST) {
        memcpy(b->items, items, sizeof b->items);
    } else {
        memcpy(b->items, items, n * sizeof *items);
        b->items[n] = NULL;
    }
    return pawl_mpmc_swap_try_push(*h) == 0 ? n : 0;
}

/* All of a bundle: every producer's are as large as any consumer asks for. */
static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    void *cell;
    const bundle *b;

    (void)q, (void)n;
    if (pawl_mpmc_swap_try_pop(*h, &cell) != 0)
        return 0;
    b = (const bundle *)cell;
    if (b->items[MOST - 1] != NULL) {
        memcpy(items, b->items, sizeof b->items);
        return MOST;
    }
    for (n = 0; b->items[n] != NULL; n++)
        items[n] = b->items[n];
    return n;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    return subject_push_n(q, h, &item, 1) == 1;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    void *items[MOST];

    if (subject_pop_n(q, h, items, 1) == 0)
        return false;
    *item = items[0];
    return true;
}

#include <trial/queue.h>
