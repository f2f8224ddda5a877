/* logtop_table.h - words and how often they came: one thread's table.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Open addressing with linear probing.  An entry has the word's first bytes in it, so
 * that most looks touch one cache line.  Words lie in chunks that are never moved.  A
 * word waits until some more have come, while the memory brings its cache line.
 */
#ifndef LOGTOP_TABLE_H
#define LOGTOP_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct entry {
    uint64_t count;                     /* 0: the slot is free */
    uint64_t head;                      /* the first 8 bytes, 0 where there are fewer */
    const unsigned char *text;
    uint32_t length, hash;
} entry;

enum { TABLE_WAITING = 16 };            /* a power of two */

typedef struct table {
    entry *slots;                       /* mask + 1, a power of two */
    size_t mask, used;
    struct chunk *chunks;               /* the newest first */
    size_t room;                        /* bytes left in it */
    entry waiting[TABLE_WAITING];       /* a ring; count 0: nothing waits there */
    size_t turn;
} table;

void table_open(table *t);
void table_close(table *t);

/* Count a word, of `length` bytes, 1 or more.  8 bytes from its end on can be read, and
 * it stays where it is until table_flush. */
void table_add(table *t, const unsigned char *text, size_t length);

/* Count the words that wait. */
void table_flush(table *t);

/* Add all of `from`, which is not to be closed before `t`. */
void table_merge(table *t, const table *from);

/* The entry of a word, NULL if it never came. */
const entry *table_find(const table *t, const entry *word);

/* The `*most` most frequent entries (0: all), in order, in memory from malloc; *most
 * becomes how many. */
const entry **table_top(const table *t, size_t *most);

#endif
