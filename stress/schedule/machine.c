/* machine.c - fibers on one kernel thread, and the seam that switches between them.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * swapcontext makes a system call for the signal mask, so makecontext only brings a
 * fiber onto its stack; _setjmp and _longjmp then do each switch, without any.  A fiber
 * that has done its part waits at the end of its loop for the next schedule; only where
 * one was abandoned, half done, are they made anew.
 */
#undef _FORTIFY_SOURCE                  /* which takes a switch for a mistake */
#define _GNU_SOURCE 1
#include <schedule/machine.h>

#include <stdarg.h>
#include <ucontext.h>

enum { STACK = 128 * 1024 };

machine schedule_machine = { .current = OUTSIDE, .stale = true, .now = 1 };
static alignas(64) char stacks[SCHEDULE_THREADS][STACK];

#define m schedule_machine

/* --- fibers ----------------------------------------------------------------------- */

static void switch_to(unsigned next)
{
    fiber *from = &m.fibers[m.current];

    m.current = next;
    if (_setjmp(from->at) == 0)
        _longjmp(m.fibers[next].at, 1);
}

void schedule_give_up(schedule_verdict verdict)
{
    m.verdict = verdict;
    m.stale = true;
    m.current = OUTSIDE;
    _longjmp(m.fibers[OUTSIDE].at, 1);
}

/* A fiber's life: its part, once a schedule. */
static void live(void)
{
    unsigned me = m.current;

    switch_to(OUTSIDE);                 /* made */
    for (;;) {
        m.test->thread(m.test->context, me);
        m.runnable &= ~(1U << me);
        m.fresh &= ~(1U << me);
        if ((m.runnable | m.spinning | m.parked) == 0)
            switch_to(OUTSIDE);
        else
            schedule_point(true);
    }
}

/* Not inlined: a loop's counter is not to live in a function that is jumped back to. */
__attribute__((noinline)) static void make_fiber(unsigned i)
{
    ucontext_t at;

    getcontext(&at);
    at.uc_stack.ss_sp = stacks[i];
    at.uc_stack.ss_size = STACK;
    at.uc_link = NULL;
    makecontext(&at, live, 0);
    m.current = i;
    if (_setjmp(m.fibers[OUTSIDE].at) == 0)
        setcontext(&at);
}

static void make_fibers(void)
{
    m.threads = m.test->threads;
    for (unsigned i = 0; i < m.threads; i++)
        make_fiber(i);
    m.current = OUTSIDE;
    m.stale = false;
}

bool schedule_once(void)
{
    if (m.stale || m.threads != m.test->threads)
        make_fibers();
    for (unsigned i = 0; i < m.threads; i++) {
        m.fibers[i].calling = m.fibers[i].op = NULL;
        m.fibers[i].seen = 0;
        m.fibers[i].yields = 0;
    }
    m.runnable = m.fresh = (1U << m.threads) - 1;
    m.spinning = m.parked = m.late = 0;
    m.steps = m.decisions = m.yields = 0;
    m.changes = m.turns = 0;
    schedule_point(true);               /* and back here, when all is done */
    return m.verdict == SCHEDULE_RIGHT;
}

/* --- who goes on ------------------------------------------------------------------ */

/* Nobody can run: let one that spins look again, let time pass, or give up. */
static unsigned somebody(void)
{
    unsigned deadlines = schedule_with_deadline(), next;

    if (deadlines != 0) {
        next = schedule_earliest(deadlines);
        schedule_time_passes(next);
    } else if (m.spinning != 0) {
        next = (m.current + 1) % SCHEDULE_THREADS;      /* in turn */
        while (!(m.spinning >> next & 1))
            next = (next + 1) % SCHEDULE_THREADS;
        m.runnable |= 1U << next;
        m.spinning &= ~(1U << next);
        m.now += PAWL_MICROSECOND;
    } else {
        schedule_describe_sleepers(m.why, sizeof m.why);
        schedule_give_up(SCHEDULE_DEADLOCK);
    }
    return next;
}

/* One that sleeps wakes, or one that spins looks again, though nothing has changed. */
static void go_on_for_no_reason(unsigned who)
{
    m.parked &= ~(1U << who);
    m.spinning &= ~(1U << who);
    m.runnable |= 1U << who;
}

static unsigned decided(unsigned choice)
{
    m.decided[m.decisions++] = (unsigned char)choice;
    return choice;
}

static unsigned decide(bool free)
{
    for (;;) {
        unsigned idle = m.parked | m.spinning, next;
        unsigned deadlines = m.parked != 0 ? schedule_with_deadline() : 0;

        if (idle == 0 && (m.runnable & (m.runnable - 1)) == 0)
            return (unsigned)__builtin_ctz(m.runnable); /* the only one */
        next = decided(schedule_by->decide(m.runnable, idle, deadlines, free));
        if (next < DEADLINE) {
            if (idle >> next & 1)
                go_on_for_no_reason(next);
            return next;
        }
        schedule_time_passes(next - DEADLINE);
    }
}

/* Two that spin, and change a word each time they look, would go on for ever. */
unsigned schedule_fair_(unsigned runnable)
{
    unsigned least = UINT32_MAX - SCHEDULE_PATIENCE, fair = 0;

    for (unsigned set = runnable; set != 0; set &= set - 1) {
        unsigned yields = m.fibers[__builtin_ctz(set)].yields;

        least = yields < least ? yields : least;
    }
    for (unsigned set = runnable; set != 0; set &= set - 1)
        if (m.fibers[__builtin_ctz(set)].yields <= least + SCHEDULE_PATIENCE)
            fair |= set & -set;
    return fair;
}

unsigned schedule_choose(unsigned usual, unsigned others)
{
    return decided(schedule_by->choose(usual, others));
}

unsigned schedule_pick(unsigned n)
{
    return decided(NEWEST + schedule_by->pick(n)) - NEWEST;
}

void schedule_point(bool free)
{
    unsigned next = m.runnable == 0 ? somebody() : decide(free);

    if (next != m.current)
        switch_to(next);
}

/* --- the seam --------------------------------------------------------------------- */

static void count_step(void)
{
    if (++m.steps > SCHEDULE_STEPS) {
        snprintf(m.why, sizeof m.why, "no end after %d steps", SCHEDULE_STEPS);
        schedule_give_up(SCHEDULE_LIVELOCK);
    }
}

/* The current fiber's next step: its turn comes when it returns. */
static void step(void)
{
    unsigned me = m.current;

    if (m.fresh >> me & 1)              /* has just been chosen */
        m.fresh &= ~(1U << me);
    else
        schedule_point(false);
    count_step();
    if (m.fibers[me].calling != NULL)
        schedule_stamp_call(&m.fibers[me]);
}

void schedule_step(unsigned what, const volatile void *word, size_t bytes)
{
    step();
    if (m.tracing)
        schedule_trace(what, word, bytes, NULL, 0);
}

void pawl_seam_before(pawl_seam_op op, const volatile void *word, size_t bytes,
                      const char *file, int line)
{
    if (m.current == OUTSIDE)
        return;
    step();
    m.before = schedule_value(word, bytes);
    if (m.tracing)
        schedule_trace(op, word, bytes, file, line);
}

void pawl_seam_after(pawl_seam_op op, const volatile void *word, size_t bytes,
                     const char *file, int line)
{
    uint64_t after;

    (void)op, (void)file, (void)line;
    if (m.current == OUTSIDE)
        return;
    after = schedule_value(word, bytes);
    if (after != m.before) {            /* who spins may find what it waits for */
        m.changes++;
        m.runnable |= m.spinning;
        m.spinning = 0;
    }
    m.fibers[m.current].seen = m.changes;
    if (m.tracing)
        schedule_trace_result(m.before, after);
}

bool pawl_seam_fails(void)
{
    bool fails = m.current != OUTSIDE && schedule_by->fails();

    if (fails)
        decided(FAILS);
    return fails;
}

/* "I spin": nothing will come of looking again until somebody changes a word. */
void pawl_yield(void)
{
    unsigned me = m.current;

    if (me == OUTSIDE)
        return;
    count_step();
    if (++m.fibers[me].yields > m.yields)
        m.yields = m.fibers[me].yields;
    if (m.tracing)
        schedule_trace(TRACE_YIELD, NULL, 0, NULL, 0);
    if (m.fibers[me].seen == m.changes) {
        m.runnable &= ~(1U << me);
        m.spinning |= 1U << me;
    }
    m.fibers[me].seen = m.changes;
    m.fresh |= 1U << me;                /* the next step needs no second choice */
    schedule_point(true);
}

void pawl_seam_relax(void)
{
    pawl_yield();
}

/* --- failing ---------------------------------------------------------------------- */

void schedule_fail(const char *why, ...)
{
    va_list args;

    va_start(args, why);
    vsnprintf(m.why, sizeof m.why, why, args);
    va_end(args);
    m.verdict = SCHEDULE_ASSERTION;
    if (m.current != OUTSIDE)
        schedule_give_up(SCHEDULE_ASSERTION);
}

void pawl_assert_failed_(const char *why, const char *file, int line)
{
    schedule_fail("%s:%d: pawl: %s", file, line, why);
}
