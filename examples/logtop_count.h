/* logtop_count.h - what a worker makes of a block: words counted, lines counted.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_COUNT_H
#define LOGTOP_COUNT_H

#include "logtop_table.h"
#include "logtop_text.h"

typedef struct tally {
    table words;
    uint64_t lines;
    uint64_t long_words;                /* of more than WORD_MOST bytes: not counted */
} tally;

void tally_open(tally *t);
void tally_close(tally *t);

/* As table_add: the word stays where it is until the table is flushed. */
void tally_word(tally *t, const unsigned char *text, size_t length);

void tally_block(tally *t, const wanted *w, const block *b);

/* Add `from`, which is not to be closed before `t`. */
void tally_merge(tally *t, const tally *from);

#endif
