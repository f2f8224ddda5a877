/* spsc_ring_place.c - subject: our ring for one and one, written and read in place.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "spsc_ring_place"

#include <subject/spsc.h>

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    size_t pushed = 0;

    (void)q;
    while (pushed < n) {
        size_t some = n - pushed;
        void *to = pawl_spsc_ring_reserve(*h, &some, sizeof *items);

        if (to == NULL)
            break;
        memcpy(to, items + pushed, some * sizeof *items);
        pawl_spsc_ring_commit(*h, some);
        pushed += some;
    }
    return pushed;
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    size_t popped = 0;

    (void)q;
    while (popped < n) {
        size_t some = n - popped;
        void *from = pawl_spsc_ring_peek(*h, &some, sizeof *items);

        if (from == NULL)
            break;
        memcpy(items + popped, from, some * sizeof *items);
        pawl_spsc_ring_release(*h, some);
        popped += some;
    }
    return popped;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    return subject_push_n(q, h, &item, 1) == 1;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    return subject_pop_n(q, h, item, 1) == 1;
}

#include <trial/queue.h>
