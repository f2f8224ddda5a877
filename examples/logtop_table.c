/* logtop_table.c - words and how often they came: one thread's table.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_table.h"
#include "logtop_report.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 1 << 14, CHUNK_BYTES = 1 << 20 };

typedef struct chunk {
    struct chunk *next;
    unsigned char text[CHUNK_BYTES];
} chunk;

void table_open(table *t)
{
    t->slots = (entry *)calloc(SLOTS_FIRST, sizeof *t->slots);
    if (t->slots == NULL)
        die("out of memory");
    t->mask = SLOTS_FIRST - 1;
    t->used = 0;
    t->chunks = NULL;
    t->room = t->turn = 0;
    memset(t->waiting, 0, sizeof t->waiting);
}

void table_close(table *t)
{
    while (t->chunks != NULL) {
        chunk *gone = t->chunks;

        t->chunks = gone->next;
        free(gone);
    }
    free(t->slots);
}

/* --- a word's first bytes and its hash ----------------------------------------- */

/* Up to 8 bytes as a number; bytes behind them are read, but do not count. */
static uint64_t some_bytes(const unsigned char *text, size_t n)
{
    static const unsigned char masks[16] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
    };
    uint64_t bytes, mask;

    memcpy(&bytes, text, 8);
    if (n >= 8)
        return bytes;
    memcpy(&mask, masks + 8 - n, 8);
    return bytes & mask;
}

static uint64_t mix(uint64_t hash, uint64_t bytes)
{
    hash = (hash ^ bytes) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static entry look_at(const unsigned char *text, size_t length)
{
    entry word = { 1, some_bytes(text, length), text, (uint32_t)length, 0 };
    uint64_t hash = mix(length, word.head);

    for (size_t i = 8; i < length; i += 8)
        hash = mix(hash, some_bytes(text + i, length - i));
    word.hash = (uint32_t)hash;
    return word;
}

static int same(const entry *a, const entry *b)
{
    return a->head == b->head && a->hash == b->hash && a->length == b->length
        && (a->length <= 8 || memcmp(a->text + 8, b->text + 8, a->length - 8) == 0);
}

/* --- slots --------------------------------------------------------------------- */

/* The word's slot, or the free one where it belongs. */
static entry *slot_of(const table *t, const entry *word)
{
    size_t i = word->hash & t->mask;

    while (t->slots[i].count != 0 && !same(&t->slots[i], word))
        i = (i + 1) & t->mask;
    return &t->slots[i];
}

static void grow(table *t)
{
    entry *old = t->slots;
    size_t slots = t->mask + 1;

    t->slots = (entry *)calloc(slots * 2, sizeof *old);
    if (t->slots == NULL)
        die("out of memory");
    t->mask = slots * 2 - 1;
    for (size_t i = 0; i < slots; i++) {
        size_t at = old[i].hash & t->mask;

        if (old[i].count == 0)
            continue;
        while (t->slots[at].count != 0)
            at = (at + 1) & t->mask;
        t->slots[at] = old[i];
    }
    free(old);
}

/* The word's text is copied, so that it outlives the block that it was seen in. */
static const unsigned char *keep(table *t, const entry *word)
{
    unsigned char *copy;

    if (t->room < word->length) {
        chunk *more = (chunk *)malloc(sizeof *more);

        if (more == NULL)
            die("out of memory");
        more->next = t->chunks;
        t->chunks = more;
        t->room = CHUNK_BYTES;
    }
    copy = t->chunks->text + CHUNK_BYTES - t->room;
    t->room -= word->length;
    memcpy(copy, word->text, word->length);
    return copy;
}

static void fill(table *t, entry *slot, const entry *word)
{
    *slot = *word;
    if (++t->used > t->mask / 2)
        grow(t);
}

static void count(table *t, entry *word)
{
    entry *slot = slot_of(t, word);

    if (slot->count != 0) {
        slot->count++;
        return;
    }
    word->text = keep(t, word);
    fill(t, slot, word);
}

void table_add(table *t, const unsigned char *text, size_t length)
{
    entry *place = &t->waiting[t->turn++ % TABLE_WAITING];

    if (place->count != 0)
        count(t, place);
    *place = look_at(text, length);
    __builtin_prefetch(&t->slots[place->hash & t->mask]);
}

void table_flush(table *t)
{
    for (size_t i = 0; i < TABLE_WAITING; i++) {
        if (t->waiting[i].count != 0)
            count(t, &t->waiting[i]);
        t->waiting[i].count = 0;
    }
}

void table_merge(table *t, const table *from)
{
    for (size_t i = 0; i <= from->mask; i++) {
        const entry *word = &from->slots[i];
        entry *slot;

        if (word->count == 0)
            continue;
        slot = slot_of(t, word);
        if (slot->count != 0)
            slot->count += word->count;
        else
            fill(t, slot, word);
    }
}

const entry *table_find(const table *t, const entry *word)
{
    const entry *slot = slot_of(t, word);

    return slot->count != 0 ? slot : NULL;
}

/* --- the most frequent ----------------------------------------------------------- */

/* Below 0: `a` comes before `b`: more frequent, or first in byte order. */
static int before(const entry *a, const entry *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    int differ;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    differ = memcmp(a->text, b->text, shorter);
    return differ != 0 ? differ : a->length < b->length ? -1 : a->length > b->length;
}

static int before_by_reference(const void *a, const void *b)
{
    return before(*(const entry *const *)a, *(const entry *const *)b);
}

/* In the heap of the best, each comes after its children: the last one is on top.  Let
 * the one at `i` sink to where it belongs. */
static void sink(const entry **heap, size_t n, size_t i)
{
    const entry *one = heap[i];

    for (;;) {
        size_t child = 2 * i + 1;

        if (child + 1 < n && before(heap[child + 1], heap[child]) > 0)
            child++;
        if (child >= n || before(heap[child], one) <= 0)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = one;
}

const entry **table_top(const table *t, size_t *most)
{
    size_t n = *most == 0 || *most > t->used ? t->used : *most, got = 0;
    const entry **best = (const entry **)malloc((n + 1) * sizeof *best);

    if (best == NULL)
        die("out of memory");
    for (size_t i = 0; i <= t->mask && n > 0; i++) {
        if (t->slots[i].count == 0)
            continue;
        if (got < n) {
            best[got++] = &t->slots[i];
            if (got == n)
                for (size_t top = n / 2; top-- > 0;)
                    sink(best, n, top);
        } else if (before(&t->slots[i], best[0]) < 0) {
            best[0] = &t->slots[i];
            sink(best, n, 0);
        }
    }
    qsort(best, n, sizeof *best, before_by_reference);
    *most = n;
    return best;
}
