/* park.c - sleeping and the clock, modelled.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Takes the place of src/park_linux.c and src/time.c.  To look at the word and to fall
 * asleep is one step, as in the kernel.  Beyond that the model does no more than park.h
 * promises: sleepers are woken in any order; one whose deadline has passed can still
 * use up a wake, as long as it has not gone on, and says all the same that it is late.
 * The clock stands still but for a nanosecond a look, until everybody sleeps or the
 * strategy decides that a deadline passes: then it jumps there.
 */
#include <schedule/machine.h>

#include <pawl/park.h>

#include <errno.h>

#define m schedule_machine

unsigned schedule_with_deadline(void)
{
    unsigned set = 0;

    for (unsigned i = 0; i < m.threads; i++)
        if (m.parked >> i & 1 && m.fibers[i].until != PAWL_FOREVER)
            set |= 1U << i;
    return set;
}

unsigned schedule_earliest(unsigned set)
{
    unsigned first = (unsigned)__builtin_ctz(set);

    for (unsigned i = first + 1; i < m.threads; i++)
        if (set >> i & 1 && m.fibers[i].until < m.fibers[first].until)
            first = i;
    return first;
}

/* It is `who`'s deadline: whoever's has come by then can go on. */
void schedule_time_passes(unsigned who)
{
    if (m.now < m.fibers[who].until)
        m.now = m.fibers[who].until;
    for (unsigned i = 0; i < m.threads; i++)
        if (m.parked >> i & 1 && m.fibers[i].until <= m.now) {
            m.parked &= ~(1U << i);
            m.late |= 1U << i;
            m.runnable |= 1U << i;
        }
}

/* How much of `text` is used, after one more part. */
static size_t add(char *text, size_t bytes, size_t used, const char *part)
{
    int n = snprintf(text + used, bytes - used, "%s", part);

    return used + (size_t)n < bytes ? used + (size_t)n : bytes - 1;
}

void schedule_describe_sleepers(char *text, size_t bytes)
{
    size_t used = add(text, bytes, 0, "nobody can go on: ");
    unsigned n = 0;

    for (unsigned i = 0; i < m.threads; i++) {
        const fiber *f = &m.fibers[i];
        char part[80];

        if (!(m.parked >> i & 1))
            continue;
        snprintf(part, sizeof part, "%s%c sleeps%s", n++ > 0 ? ", " : "",
                 (char)('a' + i), schedule_value(f->bed, 4) != f->expected
                     ? " though its word has changed" : "");
        used = add(text, bytes, used, part);
    }
}

/* --- park.h ----------------------------------------------------------------------- */

static int late(pawl_time until)
{
    return until != PAWL_FOREVER && until <= m.now ? ETIMEDOUT : 0;
}

static int park(uint32_t *word, uint32_t expected, pawl_time until)
{
    unsigned me = m.current;
    fiber *f = &m.fibers[me];

    if (me == OUTSIDE) {
        schedule_fail("setup or check would sleep");
        return ETIMEDOUT;
    }
    schedule_step(TRACE_PARK, word, sizeof *word);
    f->seen = m.changes;
    if (schedule_memory_parks(word) != expected || late(until))
        return late(until);
    f->bed = word;
    f->expected = expected;
    f->until = until;
    f->turn = m.turns++;
    f->woken = false;
    m.runnable &= ~(1U << me);
    m.parked |= 1U << me;
    schedule_point(true);
    m.late &= ~(1U << me);
    m.fresh |= 1U << me;                /* to come back was a choice */
    if (m.tracing)
        schedule_trace(late(until) ? TRACE_LATE : f->woken ? TRACE_WOKEN
                                                           : TRACE_SPURIOUS,
                       word, sizeof *word, NULL, 0);
    return late(until);
}

/* One of those on this word, as a rule who came first; OUTSIDE if nobody is there. */
static unsigned one_on(const volatile void *word)
{
    unsigned set = 0, first = OUTSIDE;

    for (unsigned i = 0; i < m.threads; i++)
        if ((m.parked | m.late) >> i & 1 && m.fibers[i].bed == word) {
            set |= 1U << i;
            if (first == OUTSIDE || m.fibers[i].turn < m.fibers[first].turn)
                first = i;
        }
    return (set & (set - 1)) == 0 ? first
                                  : schedule_choose(1U << first, set & ~(1U << first));
}

static void unpark(uint32_t *word, uint32_t n)
{
    unsigned who;

    if (m.current == OUTSIDE)
        return;
    schedule_step(TRACE_UNPARK, word, 0);
    schedule_memory_unparked(word);
    while (n-- > 0 && (who = one_on(word)) != OUTSIDE) {
        m.fibers[who].woken = true;
        m.parked &= ~(1U << who);
        m.late &= ~(1U << who);
        m.runnable |= 1U << who;
    }
}

int pawl_park(PAWL_ATOMIC(uint32_t) *word, uint32_t expected, pawl_time until,
              pawl_scope scope)
{
    (void)scope;
    return park((uint32_t *)(void *)word, expected, until);
}

int pawl_park_half(PAWL_ATOMIC(uint64_t) *word, uint32_t expected, pawl_time until,
                   pawl_scope scope)
{
    (void)scope;
    return park(pawl_low_half_(word), expected, until);
}

void pawl_unpark(PAWL_ATOMIC(uint32_t) *word, uint32_t n, pawl_scope scope)
{
    (void)scope;
    unpark((uint32_t *)(void *)word, n);
}

void pawl_unpark_half(PAWL_ATOMIC(uint64_t) *word, uint32_t n, pawl_scope scope)
{
    (void)scope;
    unpark(pawl_low_half_(word), n);
}

/* --- time.h ----------------------------------------------------------------------- */

pawl_time pawl_now(void)
{
    return ++m.now;
}

pawl_time pawl_after(int64_t nanoseconds)
{
    pawl_time now = pawl_now();

    return nanoseconds > PAWL_FOREVER - now ? PAWL_FOREVER : now + nanoseconds;
}
