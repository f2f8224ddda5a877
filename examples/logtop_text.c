/* logtop_text.c - where a block of text may be cut.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_text.h"

#include <string.h>

void wanted_init(wanted *w, uint64_t field)
{
    w->field = field;
    for (int c = 0; c < 256; c++)
        w->in_word[c] = field > 0
            ? c != ' ' && c != '\t' && c != '\r' && c != '\n'
            : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                  || c == '_' || c >= 0x80;
}

/* How many words begin in the first `length` bytes. */
static uint64_t words_begun(const wanted *w, const block *b, size_t length)
{
    unsigned before = b->within;
    uint64_t begun = 0;

    for (size_t i = 0; i < length; i++) {
        begun += w->in_word[b->text[i]] > before;
        before = w->in_word[b->text[i]];
    }
    return begun;
}

/* Behind the last newline, 0 if there is none. */
static size_t last_line_end(const block *b)
{
    size_t end = b->length;

    while (end > 0 && b->text[end - 1] != '\n')
        end--;
    return end;
}

/* A block without a newline ends before its last word, or, if that is too long to
 * be counted, within it. */
static size_t cut_line(const wanted *w, const block *b, block *next)
{
    size_t end = b->length;

    while (end > 0 && w->in_word[b->text[end - 1]])
        end--;
    if (b->length - end > WORD_MOST) {
        end = b->length;
        next->within = 1;
    }
    next->fields = b->fields + (w->field > 0 ? words_begun(w, b, end) : 0);
    return end;
}

void block_cut(const wanted *w, block *b, block *next)
{
    size_t end = last_line_end(b);

    next->fields = next->within = 0;
    if (end == 0)
        end = cut_line(w, b, next);
    next->length = b->length - (uint32_t)end;
    memcpy(next->text, b->text + end, next->length);
    b->length = (uint32_t)end;
    b->text[end] = '\n';
}
