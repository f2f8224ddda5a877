/* logtop_verify.c - the same count by simpler means, to compare with.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One thread, one byte after the other, no blocks: only the table is the same.
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_verify.h"
#include "logtop_interrupt.h"
#include "logtop_reader.h"
#include "logtop_report.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct recount {
    tally tally;
    uint64_t wanted;                    /* field, or 0 */
    uint64_t field;                     /* begun on this line */
    size_t length;                      /* of this word so far, even if too long */
    unsigned char word[WORD_MOST + BLOCK_SLACK];
} recount;

static bool ends_word(const recount *r, int byte)
{
    if (r->wanted > 0)
        return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    return byte < 0x80 && !isalnum(byte) && byte != '_';
}

static void take(recount *r, int byte)
{
    if (!ends_word(r, byte)) {
        r->field += r->length == 0;
        if (r->length < WORD_MOST)
            r->word[r->length] = (unsigned char)byte;
        r->length++;
        return;
    }
    if (r->length > 0 && (r->wanted == 0 || r->field == r->wanted)) {
        tally_word(&r->tally, r->word, r->length);
        table_flush(&r->tally.words);
    }
    r->length = 0;
    if (byte == '\n') {
        r->field = 0;
        r->tally.lines++;
    }
}

static void recount_file(recount *r, FILE *file)
{
    static unsigned char text[1 << 16];
    int last = '\n';
    size_t got = fread(text, 1, sizeof text, file);

    if (is_binary(text, got))
        return;
    while (got > 0 && !interrupted()) {
        for (size_t i = 0; i < got; i++)
            take(r, text[i]);
        last = text[got - 1];
        got = fread(text, 1, sizeof text, file);
    }
    if (last != '\n')
        take(r, '\n');
}

static void recount_all(recount *r, const options *o)
{
    walk w;
    char *path;

    walk_open(&w, o->paths, o->path_count, true);
    while (!interrupted() && (path = walk_next(&w)) != NULL) {
        int fd = walk_open_file(&w, path);
        FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;

        if (file != NULL) {
            recount_file(r, file);
            fclose(file);
        } else if (fd >= 0)
            close(fd);
        free(path);
    }
    walk_close(&w);
}

/* The first difference, if there is any. */
static bool same(const tally *counted, const tally *again)
{
    for (size_t i = 0; i <= again->words.mask; i++) {
        const entry *word = &again->words.slots[i];
        const entry *found = word->count > 0 ? table_find(&counted->words, word) : word;

        if (found == NULL || found->count != word->count) {
            say("verify: FAILED: %s times, not %s: %.*s", grouped(word->count),
                grouped(found != NULL ? found->count : 0), (int)word->length,
                (const char *)word->text);
            return false;
        }
    }
    if (counted->words.used != again->words.used || counted->lines != again->lines
        || counted->long_words != again->long_words) {
        say("verify: FAILED: %s words, %s lines, %s too long; not %s, %s, %s",
            grouped(again->words.used), grouped(again->lines),
            grouped(again->long_words), grouped(counted->words.used),
            grouped(counted->lines), grouped(counted->long_words));
        return false;
    }
    return true;
}

bool verified(const options *o, const tally *counted)
{
    recount r = { .wanted = o->field };
    bool good = false;

    tally_open(&r.tally);
    recount_all(&r, o);
    if (interrupted())
        say("verify: interrupted");
    else if (same(counted, &r.tally)) {
        good = true;
        say("verify: one thread counts the same: %s words, %s lines",
            grouped(r.tally.words.used), grouped(r.tally.lines));
    } else
        say("verify: do files change meanwhile?");
    tally_close(&r.tally);
    return good;
}
