/* mpmc_word.c - laying out a queue; what a push or pop does whose first try fails.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/mpmc_word.h>

#include "block.h"

/* See mpmc_word.h: Speed, and I4. */
enum { LOST = 64, LAPS = INT32_MAX };

size_t pawl_mpmc_word_bytes(size_t capacity)
{
    size_t bytes = sizeof(pawl_mpmc_word);

    if (!power_of_two(capacity) || capacity > PAWL_MPMC_WORD_MAX
        || !add_bytes(&bytes, capacity, sizeof(uint64_t)))
        return 0;
    return bytes;
}

int pawl_mpmc_word_init(pawl_mpmc_word *q, size_t bytes, size_t capacity)
{
    int refused;

    if (!power_of_two(capacity))
        return EINVAL;
    refused = check_block(q, bytes, pawl_mpmc_word_bytes(capacity));
    if (refused)
        return refused;
    q->mask = capacity - 1;
    q->shift = (uint64_t)__builtin_ctzll(capacity);
    pawl_mpmc_word_init_at_(q, 0);
    return 0;
}

void pawl_mpmc_word_init_at_(pawl_mpmc_word *q, uint64_t position)
{
    /* relaxed: not published yet. */
    atomic_store_explicit(&q->tail, position, memory_order_relaxed);
    atomic_store_explicit(&q->head, position, memory_order_relaxed);
    for (uint64_t p = position; p != position + q->mask + 1; p++)
        atomic_store_explicit(pawl_mpmc_word_slot_(q, p), pawl_mpmc_word_empty_(q, p),
                              memory_order_relaxed);
}

/* Has this call come so far that there is no such queue: is its memory overwritten? */
static bool astray(const pawl_mpmc_word *q, uint64_t from, uint64_t p)
{
    return (p - from) >> q->shift >= LAPS;
}

/* Position p was pushed (popped), by a word that is `beyond` what this makes of it: the
 * position after the newest that the word proves pushed (popped). */
static uint64_t past(const pawl_mpmc_word *q, uint64_t p, uint64_t beyond)
{
    return p + (beyond / PAWL_MPMC_WORD_LAP_ << q->shift) + 1;
}

/* Does its slot say that position p is pushed (popped)?  That makes `made` of it: FULL
 * of its lap (EMPTY of the next).  That p - capacity is, we know (I4). */
static bool done(pawl_mpmc_word *q, uint64_t p, uint64_t made)
{
    /* [G] seq_cst: see Effect; acquire: as [D] in mpmc_word.h. */
    uint64_t word = atomic_load_explicit(pawl_mpmc_word_slot_(q, p),
                                         memory_order_seq_cst);

    return word - (pawl_mpmc_word_empty_(q, p) + made) < 0 - PAWL_MPMC_WORD_LAP_;
}

/* The first position from p on of which no slot says that it is pushed (popped); p - 1
 * is.  All before one that is are too (I2): so steps that double, up to the capacity
 * (I4), and then halve, find it. */
static uint64_t seek(pawl_mpmc_word *q, uint64_t p, uint64_t made)
{
    uint64_t step = 1;

    for (; step <= q->mask + 1 && done(q, p + step - 1, made); step *= 2)
        p += step;
    while ((step /= 2) > 0)
        if (done(q, p + step - 1, made))
            p += step;
    return p;
}

static uint64_t later(uint64_t p, uint64_t hint)
{
    return (int64_t)(hint - p) > 0 ? hint : p;
}

bool pawl_mpmc_word_put_(pawl_mpmc_word *q, uint32_t item, uint64_t t, uint64_t beyond)
{
    uint64_t from = t, hint = t;

    /* Up to a lap before what we would have made of it: the lap before's FULL. */
    for (uint32_t pauses = LOST;
         beyond + PAWL_MPMC_WORD_LAP_ >= PAWL_MPMC_WORD_LAP_ && !astray(q, from, t);
         pauses = 0) {
        pawl_relax_n(pauses);
        hint = pawl_mpmc_word_ask_(&q->tail);
        t = seek(q, later(past(q, t, beyond), hint), PAWL_MPMC_WORD_FULL_);
        if (pawl_mpmc_word_put_at_(q, t, item, &beyond))
            return true;
    }
    if (t != hint)
        pawl_mpmc_word_tell_(&q->tail, t);
    return false;
}

bool pawl_mpmc_word_take_(pawl_mpmc_word *q, uint32_t *item, uint64_t h,
                          uint64_t beyond)
{
    uint64_t from = h, hint = h;

    /* A lap before what we would have made of it: EMPTY. */
    for (uint32_t pauses = LOST;
         beyond + PAWL_MPMC_WORD_LAP_ >= PAWL_MPMC_WORD_FULL_ && !astray(q, from, h);
         pauses = 0) {
        pawl_relax_n(pauses);
        hint = pawl_mpmc_word_ask_(&q->head);
        /* From FULL on: it was there, and taken before us; we look again. */
        h = later(beyond < 0 - PAWL_MPMC_WORD_FULL_ ? past(q, h, beyond) : h, hint);
        h = seek(q, h, PAWL_MPMC_WORD_LAP_);
        if (pawl_mpmc_word_take_at_(q, h, item, &beyond))
            return true;
    }
    if (h != hint)
        pawl_mpmc_word_tell_(&q->head, h);
    return false;
}
