/* logtop_count.c - what a worker makes of a block: words counted, lines counted.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Behind the text stands a newline, which ends a word and a line: inner loops need not
 * look for the end of the block.
 */
#include "logtop_count.h"

#include <string.h>

void tally_open(tally *t)
{
    table_open(&t->words);
    t->lines = t->long_words = 0;
}

void tally_close(tally *t)
{
    table_close(&t->words);
}

void tally_merge(tally *t, const tally *from)
{
    table_merge(&t->words, &from->words);
    t->lines += from->lines;
    t->long_words += from->long_words;
}

void tally_word(tally *t, const unsigned char *text, size_t length)
{
    if (length <= WORD_MOST)
        table_add(&t->words, text, length);
    else
        t->long_words++;
}

static const unsigned char *word_end(const wanted *w, const unsigned char *p)
{
    while (w->in_word[*p])
        p++;
    return p;
}

static void count_words(tally *t, const wanted *w, const unsigned char *p,
                        const unsigned char *end)
{
    while (p < end) {
        const unsigned char *start = p;

        if (w->in_word[*p]) {
            p = word_end(w, p);
            tally_word(t, start, (size_t)(p - start));
        } else
            t->lines += *p++ == '\n';
    }
}

/* `begun` fields of the line came before. */
static void count_fields(tally *t, const wanted *w, const unsigned char *p,
                         const unsigned char *end, uint64_t begun)
{
    while (p < end) {
        const unsigned char *start = p;

        if (*p == '\n') {
            t->lines++;
            begun = 0;
            p++;
        } else if (begun >= w->field) {
            p = (const unsigned char *)memchr(p, '\n', (size_t)(end - p) + 1);
        } else if (w->in_word[*p]) {
            p = word_end(w, p);
            if (++begun == w->field)
                tally_word(t, start, (size_t)(p - start));
        } else
            p++;
    }
}

void tally_block(tally *t, const wanted *w, const block *b)
{
    const unsigned char *p = b->within ? word_end(w, b->text) : b->text;

    if (w->field == 0)
        count_words(t, w, p, b->text + b->length);
    else
        count_fields(t, w, p, b->text + b->length, b->fields);
    table_flush(&t->words);
}
