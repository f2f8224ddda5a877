/* mpmc_swap_bundle.c - subject: our lock-free queue, 16 small items in a cell.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * As examples/bundles.c: a batch is filled in place and pushed by one exchange, and
 * popped by one.  Only timed: a bundle goes to one consumer as a whole, so that this is
 * a queue of bundles, tried as mpmc_swap, and none of items.
 */
#define _GNU_SOURCE 1
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

/* Batches are written and read where they lie. */
#define SUBJECT_IN_PLACE 1

static void **place_of(handle *h, void **own)
{
    (void)own;
    return ((bundle *)pawl_mpmc_swap_cell(*h, 0))->items;
}

static size_t subject_push_n(subject *q, handle *h, void **place, size_t n)
{
    (void)q;
    if (n < MOST)
        place[n] = NULL;
    return pawl_mpmc_swap_try_push(*h) == 0 ? n : 0;
}

/* All of a bundle: every producer's are as large as any consumer asks for. */
static size_t pop_batch(subject *q, handle *h, void **own, size_t n,
                        void *const **place)
{
    void *cell;

    (void)q, (void)own;
    if (pawl_mpmc_swap_try_pop(*h, &cell) != 0)
        return 0;
    *place = ((const bundle *)cell)->items;
    if ((*place)[MOST - 1] != NULL)
        return MOST;
    for (n = 0; (*place)[n] != NULL; n++)
        continue;
    return n;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    void **place = place_of(h, NULL);

    *place = item;
    return subject_push_n(q, h, place, 1) == 1;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    void *const *place;

    if (pop_batch(q, h, NULL, 1, &place) == 0)
        return false;
    *item = *place;
    return true;
}

#include <trial/queue.h>
