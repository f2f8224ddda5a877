/* planted.c - bugs of every kind that the scheduler is to find, and one that is none.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each scenario is to fail, but for the last.
 */
#include <pawl/park.h>
#include <schedule/program.h>

enum { THREADS = 2 };

static struct {
    PAWL_ATOMIC(uint32_t) a, b;
} words;

static uint32_t get(PAWL_ATOMIC(uint32_t) *word)
{
    return atomic_load_explicit(word, memory_order_seq_cst);
}

static void set(PAWL_ATOMIC(uint32_t) *word, uint32_t value)
{
    atomic_store_explicit(word, value, memory_order_seq_cst);
}

/* --- a lock to take two of -------------------------------------------------------- */

static void lock(PAWL_ATOMIC(uint32_t) *word)
{
    while (atomic_exchange_explicit(word, 1, memory_order_seq_cst) != 0)
        pawl_park(word, 1, PAWL_FOREVER, PAWL_PRIVATE);
}

static void unlock(PAWL_ATOMIC(uint32_t) *word)
{
    set(word, 0);
    pawl_unpark(word, 1, PAWL_PRIVATE);
}

/* --- the bugs --------------------------------------------------------------------- */

/* Two look which item is the next, and both take it. */
static void torn(void *unused, unsigned who)
{
    history_op *op = schedule_call(HISTORY_POP, 0);
    uint32_t next = get(&words.a);

    (void)unused, (void)who;
    set(&words.a, next + 1);
    schedule_return(op, HISTORY_DONE, next + 1);
}

/* Who sleeps looks at one word, and sleeps on another that nobody changes. */
static void lost_wake(void *unused, unsigned who)
{
    (void)unused;
    if (who == 0) {
        if (get(&words.a) == 0)
            pawl_park(&words.b, 0, PAWL_FOREVER, PAWL_PRIVATE);
    } else {
        set(&words.a, 1);
        pawl_unpark(&words.b, PAWL_ALL, PAWL_PRIVATE);
    }
}

/* Each has one lock, and wants the other's. */
static void deadlock(void *unused, unsigned who)
{
    PAWL_ATOMIC(uint32_t) *first = who == 0 ? &words.a : &words.b;
    PAWL_ATOMIC(uint32_t) *second = who == 0 ? &words.b : &words.a;

    (void)unused;
    lock(first);
    lock(second);
    unlock(second);
    unlock(first);
}

/* Each waits for what the other says only afterwards. */
static void livelock(void *unused, unsigned who)
{
    PAWL_ATOMIC(uint32_t) *mine = who == 0 ? &words.a : &words.b;
    PAWL_ATOMIC(uint32_t) *other = who == 0 ? &words.b : &words.a;

    (void)unused;
    while (get(other) == 0)
        pawl_relax();
    set(mine, 1);
}

/* After a wake, it is not looked whether there was a reason. */
static void no_reason(void *unused, unsigned who)
{
    (void)unused;
    if (who == 1) {
        set(&words.a, 1);
        pawl_unpark(&words.a, 1, PAWL_PRIVATE);
        return;
    }
    if (get(&words.a) == 0)
        pawl_park(&words.a, 0, PAWL_FOREVER, PAWL_PRIVATE);
    if (get(&words.a) == 0)
        schedule_fail("woken, and it has not happened");
}

/* A weak exchange that failed is taken for one that another thread was first with. */
static void weak(void *unused, unsigned who)
{
    uint32_t none = 0;

    (void)unused;
    if (who == 0 && !atomic_compare_exchange_weak_explicit(&words.a, &none, 1,
                         memory_order_seq_cst, memory_order_seq_cst)
        && get(&words.a) == 0)
        schedule_fail("another was first, and nobody was");
}

/* Who is late is taken to be too late. */
static void too_late(void *unused, unsigned who)
{
    (void)unused;
    if (who == 1) {
        set(&words.a, 1);
        pawl_unpark(&words.a, 1, PAWL_PRIVATE);
        return;
    }
    while (get(&words.a) == 0)
        if (pawl_park(&words.a, 0, pawl_after(PAWL_SECOND), PAWL_PRIVATE) != 0)
            break;
    if (get(&words.a) == 0)
        schedule_fail("late, and it has not happened");
}

/* It looks whether the thing is there, and uses it when it may have been taken away. */
static void crash(void *unused, unsigned who)
{
    static uint32_t thing;
    uint32_t *where[] = { &thing, NULL };

    (void)unused;
    if (who == 1)
        set(&words.a, 1);
    else if (get(&words.a) == 0)
        *(volatile uint32_t *)where[get(&words.a)] = 1;
}

/* Nothing is wrong with it. */
static void right(void *unused, unsigned who)
{
    (void)unused, (void)who;
    lock(&words.a);
    set(&words.b, get(&words.b) + 1);
    unlock(&words.a);
}

/* --- scenarios -------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*thread)(void *unused, unsigned who);
    bool history;
} planted[] = {
    { "torn claim", torn, true }, { "lost wake-up", lost_wake, false },
    { "deadlock", deadlock, false }, { "livelock", livelock, false },
    { "wake for no reason", no_reason, false }, { "weak exchange", weak, false },
    { "deadline", too_late, false },
    { "crash", crash, false }, { "right", right, false }
};

static void set_up(void *unused)
{
    (void)unused;
    set(&words.a, 0);
    set(&words.b, 0);
    schedule_name(&words, sizeof words, "words");
}

/* What the torn pops take out. */
static void set_up_items(void *unused)
{
    set_up(unused);
    for (uint64_t i = 1; i <= THREADS; i++)
        schedule_return(schedule_call(HISTORY_PUSH, i), HISTORY_DONE, i);
}

static const schedule_test *scenario(unsigned k, bool strict)
{
    static const history_spec queue = { HISTORY_QUEUE, 0, 0, false, false };
    static schedule_test test;

    (void)strict;
    test = (schedule_test){
        planted[k].name, THREADS, planted[k].history ? set_up_items : set_up,
        planted[k].thread, NULL, planted[k].history ? &queue : NULL, NULL
    };
    return &test;
}

int main(int argc, char **argv)
{
    const schedule_trial trial = {
        "planted", sizeof planted / sizeof *planted, scenario,
        "each fails, but for the last\n", 0
    };

    return schedule_program(argc, argv, &trial);
}
