/* stores.c - atomic words, all that was stored to them, and who may still read what.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <model/model.h>

#include <string.h>

enum { PLACES = 1024, SLOTS = 4 * MODEL_WORDS };

#define m schedule_machine

static struct {
    model_word words[MODEL_WORDS];
    model_value stores[MODEL_STORES];
    unsigned used, stored;
    unsigned char slot[SLOTS];          /* of a word: its number + 1; 0: none */
    model_view views[SCHEDULE_THREADS];
} memory;

/* --- views ------------------------------------------------------------------------ */

model_view *model_mine(void)
{
    return &memory.views[m.current];
}

void model_tick(void)
{
    memory.views[m.current].known[m.current]++;
}

void model_see(model_view *view, const model_word *w, uint32_t place)
{
    if (view->least[w->index] < place)
        view->least[w->index] = place;
}

void model_join(model_view *into, const model_view *from)
{
    for (unsigned i = 0; i < memory.used; i++)
        if (into->least[i] < from->least[i])
            into->least[i] = from->least[i];
    for (unsigned i = 0; i < SCHEDULE_THREADS; i++)
        if (into->known[i] < from->known[i])
            into->known[i] = from->known[i];
}

/* --- words ------------------------------------------------------------------------ */

void model_forget(void)
{
    memory.used = memory.stored = 0;
    memset(memory.slot, 0, sizeof memory.slot);
    memset(memory.views, 0, sizeof memory.views);
}

static unsigned char *slot_of(const volatile void *word)
{
    size_t at = (uintptr_t)word / 4 * 0x9e3779b1u % SLOTS;

    while (memory.slot[at] != 0 && memory.words[memory.slot[at] - 1].word != word)
        at = (at + 1) % SLOTS;
    return &memory.slot[at];
}

static model_value *new_store(model_value *older, uint64_t value)
{
    model_value *s = &memory.stores[memory.stored++];

    memset(s, 0, sizeof *s);
    s->value = value;
    s->older = older;
    s->place = older != NULL ? older->place + PLACES : PLACES;
    return s;
}

model_word *model_known(const volatile void *word)
{
    unsigned char n = *slot_of(word);

    return n != 0 ? &memory.words[n - 1] : NULL;
}

/* A word that was not met before has what setup left in it. */
static model_word *new_word(const volatile void *word, size_t bytes)
{
    model_word *w;

    if (memory.used == MODEL_WORDS)
        schedule_fail("more than %d atomic words", MODEL_WORDS);
    w = &memory.words[memory.used];
    memset(w, 0, sizeof *w);
    w->index = memory.used++;
    w->word = word;
    w->bytes = bytes;
    w->newest = new_store(NULL, schedule_value(word, bytes));
    return w;
}

model_word *model_find(const volatile void *word, size_t bytes)
{
    unsigned char *slot = slot_of(word);
    model_word *w;

    if (*slot == 0)
        *slot = (unsigned char)(new_word(word, bytes)->index + 1);
    w = &memory.words[*slot - 1];
    if (w->bytes != bytes)
        schedule_fail("an atomic word is %zu bytes, and %zu", w->bytes, bytes);
    if (schedule_value(word, bytes) != w->newest->value)
        schedule_fail("an atomic word was written plainly");
    return w;
}

/* --- stores ----------------------------------------------------------------------- */

unsigned model_readable(const model_word *w, uint32_t least, model_value **stores)
{
    unsigned n = 0;

    for (model_value *s = w->newest; s != NULL && s->place >= least; s = s->older) {
        stores[n++] = s;
        if (n == SCHEDULE_STORES)
            break;
    }
    return n;
}

bool model_room(const model_value *after)
{
    return after->newer == NULL
        || (!after->newer->update && after->newer->place - after->place > 1);
}

static void write_back(model_word *w)
{
    volatile void *word = (volatile void *)w->word;

    if (w->bytes == 4)
        *(volatile uint32_t *)word = (uint32_t)w->newest->value;
    else
        *(volatile uint64_t *)word = w->newest->value;
}

model_value *model_add(model_word *w, model_value *after, uint64_t value)
{
    model_value *s = new_store(after, value), *newer = after->newer;

    after->newer = s;
    if (newer != NULL) {
        s->newer = newer;
        newer->older = s;
        s->place = after->place + (newer->place - after->place) / 2;
    } else {
        w->newest = s;
        write_back(w);
    }
    model_see(model_mine(), w, s->place);
    return s;
}
