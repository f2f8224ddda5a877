/* races.c - plain memory, as far as one tells of it: whether two accesses are a race.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <model/model.h>

#include <string.h>

enum { PLAIN = 256 };

#define m schedule_machine

typedef struct plain {
    const volatile void *word;
    bool written;
    unsigned writer;
    uint16_t wrote;                     /* the writer's step */
    uint16_t has_read[SCHEDULE_THREADS];        /* each thread's last; 0: none */
} plain;

static plain words[PLAIN];
static unsigned used;

void model_forget_plain(void)
{
    used = 0;
}

static plain *find(const volatile void *word)
{
    unsigned i = 0;

    while (i < used && words[i].word != word)
        i++;
    if (i == used) {
        if (used == PLAIN)
            schedule_fail("more than %d plain words", PLAIN);
        memset(&words[used++], 0, sizeof *words);
        words[i].word = word;
    }
    return &words[i];
}

static void race(unsigned other, const char *did)
{
    schedule_fail("a data race: plain memory that %c has %s", (char)('a' + other), did);
}

static plain *touch(const volatile void *word, trace_what what)
{
    plain *p = find(word);

    if (m.tracing)
        schedule_trace(what, word, 0, NULL, 0);
    model_tick();
    model_was_at(word);
    if (p->written && p->wrote > model_mine()->known[p->writer])
        race(p->writer, "written");
    return p;
}

void schedule_reads(const volatile void *word)
{
    if (m.current != OUTSIDE)
        touch(word, TRACE_READS)->has_read[m.current] = model_mine()->known[m.current];
}

void schedule_writes(const volatile void *word)
{
    plain *p;

    if (m.current == OUTSIDE)
        return;
    p = touch(word, TRACE_WRITES);
    for (unsigned i = 0; i < SCHEDULE_THREADS; i++)
        if (p->has_read[i] > model_mine()->known[i])
            race(i, "read");
    p->written = true;
    p->writer = m.current;
    p->wrote = model_mine()->known[m.current];
}
