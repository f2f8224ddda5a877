/* moments.c - a history's moments in order, and what is so many at each of them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <history/inside.h>

#include <stdlib.h>
#include <string.h>

void *history_room(size_t n, size_t each)
{
    void *memory = calloc(n > 0 ? n : 1, each);

    if (memory == NULL) {
        fprintf(stderr, "no memory to check a history\n");
        exit(1);
    }
    return memory;
}

/* --- moments -------------------------------------------------------------------- */

typedef struct stamp {
    uint64_t at;
    int64_t *number;                    /* where its number goes */
} stamp;

static int earlier(const void *a, const void *b)
{
    uint64_t left = ((const stamp *)a)->at, right = ((const stamp *)b)->at;

    return (left > right) - (left < right);
}

static void number_moments(history *h)
{
    stamp *stamps = (stamp *)history_room(2 * h->n + 1, sizeof *stamps);
    int64_t number = 0;

    for (size_t i = 0; i < h->n; i++) {
        stamps[2 * i] = (stamp){ h->ops[i].called, &h->when[i].call };
        stamps[2 * i + 1] = (stamp){ h->ops[i].returned, &h->when[i].end };
    }
    stamps[2 * h->n] = (stamp){ UINT64_MAX, &h->last };
    qsort(stamps, 2 * h->n + 1, sizeof *stamps, earlier);
    for (size_t i = 0; i <= 2 * h->n; i++) {
        number += i > 0 && stamps[i].at != stamps[i - 1].at ? 2 : 0;
        *stamps[i].number = number;
    }
    free(stamps);
}

/* --- threads -------------------------------------------------------------------- */

typedef struct place {
    uint32_t who;
    size_t index;
} place;

static int by_who(const void *a, const void *b)
{
    const place *left = (const place *)a, *right = (const place *)b;

    if (left->who != right->who)
        return left->who < right->who ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

static void group_by_thread(history *h)
{
    place *places = (place *)history_room(h->n, sizeof *places);

    for (size_t i = 0; i < h->n; i++)
        places[i] = (place){ h->ops[i].who, i };
    qsort(places, h->n, sizeof *places, by_who);
    for (size_t i = 0; i < h->n; i++)
        h->by_thread[i] = places[i].index;
    free(places);
}

void history_open(history *h)
{
    h->when = (span *)history_room(h->n, sizeof *h->when);
    h->by_thread = (size_t *)history_room(h->n, sizeof *h->by_thread);
    number_moments(h);
    group_by_thread(h);
}

void history_close(history *h)
{
    free(h->when);
    free(h->by_thread);
}

/* --- levels --------------------------------------------------------------------- */

void level_open(level *l, const history *h, int64_t begin)
{
    for (l->leaves = 1; l->leaves < h->last + 4;)
        l->leaves *= 2;
    l->at = (int64_t *)history_room((size_t)(2 * l->leaves), sizeof *l->at);
    l->at[l->leaves] = begin;
}

/* Until it is settled, a leaf holds by how much it differs from the one before. */
void level_change(level *l, int64_t from, int64_t to, int64_t by)
{
    if (from > to)
        return;
    l->at[l->leaves + from] += by;
    if (to + 1 < l->leaves)
        l->at[l->leaves + to + 1] -= by;
}

static int64_t least_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void level_settle(level *l)
{
    for (int64_t i = l->leaves + 1; i < 2 * l->leaves; i++)
        l->at[i] += l->at[i - 1];
    for (int64_t i = l->leaves - 1; i > 0; i--)
        l->at[i] = least_of(l->at[2 * i], l->at[2 * i + 1]);
}

int64_t level_least(const level *l, int64_t from, int64_t to)
{
    int64_t least = INT64_MAX;

    from += l->leaves;
    to += l->leaves + 1;
    for (; from < to; from /= 2, to /= 2) {
        if (from % 2 == 1)
            least = least_of(least, l->at[from++]);
        if (to % 2 == 1)
            least = least_of(least, l->at[--to]);
    }
    return least;
}

void level_close(level *l)
{
    free(l->at);
}
