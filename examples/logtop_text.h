/* logtop_text.h - what a word is, and the blocks of text that are handed on.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A word is a longest run of [A-Za-z0-9_] and bytes from 0x80 on.  A field is a longest
 * run of bytes other than blank, tab, carriage return and newline.  Both are called
 * words from here on.  One of more than WORD_MOST bytes is not counted, but noted.
 *
 * A reader cuts its text into blocks at line ends, and only where a line is longer than
 * a block, between two words.  A block says what one has to know of the text before it,
 * so that any worker can take any block.
 */
#ifndef LOGTOP_TEXT_H
#define LOGTOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOCK_BYTES = 65536,
    WORD_MOST = 1024,
    PROBE_BYTES = 4096,     /* a file with a NUL among its first ones is binary */
    BLOCK_SLACK = 16        /* a newline, a sentinel, and bytes only looked at */
};

typedef struct block {
    uint64_t fields;        /* fields of its first line that began before it */
    uint32_t length;        /* bytes; text[length] is a newline too, a sentinel */
    uint32_t within;        /* 1: begins within a word that is too long, and noted */
    void *link[2];          /* for the queue that it lies in */
    unsigned char text[BLOCK_BYTES + BLOCK_SLACK];
} block;

/* What is to be counted. */
typedef struct wanted {
    uint64_t field;                     /* 0: words; N: the N-th field of each line */
    unsigned char in_word[256];         /* 1 for the bytes that words consist of */
} wanted;

void wanted_init(wanted *w, uint64_t field);

/* Cut `b` where a block may end, and move the rest to `next`. */
void block_cut(const wanted *w, block *b, block *next);

#endif
