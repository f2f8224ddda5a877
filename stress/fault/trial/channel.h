/* channel.h - a queue to wait on and to close, and a thread stopped in it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * As queue.h; and others sleep from the beginning, or come to sleep beside the victim.
 * It is noted what wakes them: the victim still does (`at once`), or a later push, pop
 * or close by somebody else.  In the end another closes: what is in has to come,
 * and then nothing, for all.
 */
#ifndef FAULT_TRIAL_CHANNEL_H
#define FAULT_TRIAL_CHANNEL_H

#include <fault/trial/flow.h>

#ifndef SUBJECT_PRIVATE
#define SUBJECT_PRIVATE 0
#endif

/* --- those who sleep -------------------------------------------------------------- */

static void sleeper_pops(void)
{
    unsigned me = fault_current() - FAULT_SLEEPER;
    void *item;

    if (subject_pop_wait(&w->queue, &w->hand[DOZER + me], &item))
        fault_popped(&w->l, item);
    else if (!w->closed)
        w->l.wrong = "closed, and it was not";
}

static void sleeper_pushes(void)
{
    unsigned me = fault_current() - FAULT_SLEEPER;
    void *item = fault_make(&w->l);

    if (subject_push_wait(&w->queue, &w->hand[DOZER + me], item))
        fault_pushed(&w->l, item);
    else if (!w->closed)
        w->l.wrong = "closed, and it was not";
}

/* --- the victim, and others ------------------------------------------------------- */

static void victim_push_wait(void)
{
    (void)subject_push_wait(&w->queue, &w->hand[VICTIM], fault_make_own(&w->l));
}

static void victim_pop_wait(void)
{
    void *item;

    w->l.may_lose = 1;
    (void)subject_pop_wait(&w->queue, &w->hand[VICTIM], &item);
}

static void shut(void)
{
    w->closed = true;
    subject_shut(&w->queue);
}

#ifdef SUBJECT_TIMED
static void victim_pop_until(void)
{
    void *item;

    w->l.may_lose = 1;
    (void)subject_pop_until(&w->queue, &w->hand[VICTIM], &item, 1000);
}
#else
#define victim_pop_until NULL
#endif

#ifdef SUBJECT_PUSH_UNTIL
static void victim_push_until(void)
{
    void *item = fault_make_own(&w->l);

    (void)SUBJECT_PUSH_UNTIL(&w->queue, &w->hand[VICTIM], item, 1000);
}
#else
#define victim_push_until NULL
#endif

#ifdef SUBJECT_POP_N
static void victim_pop_least(void)
{
    void *items[BATCH];

    w->l.may_lose = BATCH;
    (void)subject_pop_least(&w->queue, &w->hand[VICTIM], items, 2, BATCH, 1000);
}
#else
#define victim_pop_least NULL
#endif

static bool pushes(const fault_path *p)
{
    return p->victim == victim_push || p->victim == victim_push_n
        || p->victim == victim_push_wait
        || (p->victim != NULL && p->victim == victim_push_until);
}

static bool pops(const fault_path *p)
{
    return p->victim == victim_pop || p->victim == victim_pop_n
        || p->victim == victim_pop_wait
        || (p->victim != NULL
            && (p->victim == victim_pop_until || p->victim == victim_pop_least));
}

/* --- before, and after ------------------------------------------------------------ */

/* The sleepers have taken the only seat of a side. */
static void leave_seats(const fault_path *p)
{
    w->pushes &= !ONE_PUSHES || p->sleeper != sleeper_pushes;
    w->pops &= !ONE_POPS || p->sleeper != sleeper_pops;
}

static void prepare(const fault_path *p, bool shared)
{
    (void)shared;
#ifdef SUBJECT_ROOMY
    SUBJECT_ROOMY;
#endif
    open_flow(p, p->victim == victim_join);
    leave_seats(p);
    if (p->shut && p->victim != victim_join)
        shut();
}

/* Closed?  It is empty, so that neither call waits.  (Not asked where the victim, or
 * one who sleeps, is the only one who may push, or pop.) */
static void probe(void)
{
    bool asks = w->pushes && w->pops;
    void *item = asks ? fault_make(&w->l) : NULL;

    w->found_open = asks ? subject_push_wait(&w->queue, &w->hand[FIRST], item)
                         : !w->closed;
    if (asks && w->found_open)
        fault_pushed(&w->l, item);
}

static void end(void)
{
    void *item = NULL;

    if (w->found_open && w->pushes)
        (void)fill(&w->hand[FIRST], 1);
    shut();
    let_sleepers_on(0, "by a later close");
    if (w->pops)
        (void)drain(&w->hand[SECOND], MOST);
    if ((w->pushes
         && subject_push_wait(&w->queue, &w->hand[FIRST], fault_make(&w->l)))
        || (w->pops && subject_pop_wait(&w->queue, &w->hand[SECOND], &item)))
        w->l.wrong = "open, and it was closed";
}

static void tell_close(const fault_path *p, fault_outcome *o)
{
    if (p->victim == shut) {
        if (w->pushes && w->pops)
            fault_say(o, w->found_open ? "open" : "closed");
    } else if (!w->found_open && !w->closed) {
        fault_broken(o, "closed, by nobody");
    }
}

static void survive(const fault_path *p, fault_outcome *o)
{
    let_sleepers_on(0, "at once");
    if (w->pushes || w->pops)
        survive_flow(p, o);
    fault_start(FAULT_SURVIVOR, probe);
    if (!fault_finish(FAULT_SURVIVOR))
        fault_say_blocked(o, "push waits");
    tell_close(p, o);
    fault_start(FAULT_SURVIVOR, end);
    if (!fault_finish(FAULT_SURVIVOR))
        fault_say_blocked(o, "the last pop waits");
    if (w->l.wrong != NULL && !o->broken)
        fault_broken(o, "%s", w->l.wrong);
    fault_say_woken(o, p, w->woken);
    tell_handle(p, o);
}

/* --- paths ------------------------------------------------------------------------ */

#define ASLEEP(who, n) .sleeper = who, .sleepers = n
#define BESIDE(who) .sleeper = who, .sleepers = 1, .newest_first = true

static fault_path paths[] = {
    PUSH_PATHS,
    { "push", "closed", .victim = victim_push, .shut = true },
    { "push", "full, closed", .victim = victim_push, .in = FULL, .shut = true },
    { "push", "rival closes", .victim = victim_push, .rival = shut },
    { "push", "full, rival closes", .victim = victim_push, .in = FULL, .rival = shut },
    { "push", "one sleeps", .victim = victim_push, ASLEEP(sleeper_pops, 1) },
    { "push", "two sleep", .victim = victim_push, ASLEEP(sleeper_pops, 2) },
    { "push", "one sleeps, rival closes", .victim = victim_push, .rival = shut,
      ASLEEP(sleeper_pops, 1) },
    POP_PATHS,
    { "pop", "closed, one item", .victim = victim_pop, .in = 1, .shut = true },
    { "pop", "closed", .victim = victim_pop, .shut = true },
    { "pop", "rival closes", .victim = victim_pop, .in = 2, .rival = shut },
    { "pop", "empty, rival closes", .victim = victim_pop, .rival = shut },
    { "pop", "one sleeps", .victim = victim_pop, .in = FULL,
      ASLEEP(sleeper_pushes, 1) },
    { "pop", "two sleep", .victim = victim_pop, .in = FULL, ASLEEP(sleeper_pushes, 2) },
    { "pop", "one sleeps, rival closes", .victim = victim_pop, .in = FULL,
      .rival = shut, ASLEEP(sleeper_pushes, 1) },
    PUSH_N_PATHS,
    { "push_n", "closed", .victim = victim_push_n, .shut = true },
    { "push_n", "rival closes", .victim = victim_push_n, .rival = shut },
    { "push_n", "full, rival closes", .victim = victim_push_n, .in = FULL,
      .rival = shut },
    { "push_n", "one sleeps", .victim = victim_push_n, ASLEEP(sleeper_pops, 1) },
    { "push_n", "two sleep", .victim = victim_push_n, ASLEEP(sleeper_pops, 2) },
    { "push_n", "one sleeps, rival closes", .victim = victim_push_n, .rival = shut,
      ASLEEP(sleeper_pops, 1) },
    POP_N_PATHS,
    { "pop_n", "closed, two items", .victim = victim_pop_n, .in = 2, .shut = true },
    { "pop_n", "closed", .victim = victim_pop_n, .shut = true },
    { "pop_n", "rival closes", .victim = victim_pop_n, .in = 2, .rival = shut },
    { "pop_n", "empty, rival closes", .victim = victim_pop_n, .rival = shut },
    { "pop_n", "one sleeps", .victim = victim_pop_n, .in = FULL,
      ASLEEP(sleeper_pushes, 1) },
    { "pop_n", "two sleep", .victim = victim_pop_n, .in = FULL,
      ASLEEP(sleeper_pushes, 2) },
    { "pop_n", "one sleeps, rival closes", .victim = victim_pop_n, .in = FULL,
      .rival = shut, ASLEEP(sleeper_pushes, 1) },
    { "push wait", "room", .victim = victim_push_wait },
    { "push wait", "full, then room", .victim = victim_push_wait, .in = FULL,
      .help = rival_pop },
    { "push wait", "full, then closed", .victim = victim_push_wait, .in = FULL,
      .help = shut },
    { "push wait", "closed", .victim = victim_push_wait, .shut = true },
    { "push wait", "full, rival pops", .victim = victim_push_wait, .in = FULL,
      .help = rival_pop, .rival = rival_pop },
    { "push wait", "full, rival closes", .victim = victim_push_wait, .in = FULL,
      .help = rival_pop, .rival = shut },
    { "push wait", "full, then room; one sleeps", .victim = victim_push_wait,
      .in = FULL, .help = rival_pop, BESIDE(sleeper_pushes) },
    { "push until", "room", .victim = victim_push_until },
    { "push until", "late", .victim = victim_push_until, .in = FULL },
    { "push until", "full, then room", .victim = victim_push_until, .in = FULL,
      .help = rival_pop },
    { "push until", "full, rival pops", .victim = victim_push_until, .in = FULL,
      .rival = rival_pop },
    { "push until", "late, one sleeps", .victim = victim_push_until, .in = FULL,
      BESIDE(sleeper_pushes) },
    { "push until", "closed", .victim = victim_push_until, .shut = true },
    { "push until", "full, then closed", .victim = victim_push_until, .in = FULL,
      .help = shut },
    { "push until", "full, rival closes", .victim = victim_push_until, .in = FULL,
      .rival = shut },
    { "pop wait", "items", .victim = victim_pop_wait, .in = 2 },
    { "pop wait", "empty, then an item", .victim = victim_pop_wait,
      .help = rival_push },
    { "pop wait", "empty, then closed", .victim = victim_pop_wait, .help = shut },
    { "pop wait", "closed", .victim = victim_pop_wait, .shut = true },
    { "pop wait", "empty, rival pushes", .victim = victim_pop_wait, .help = rival_push,
      .rival = rival_push },
    { "pop wait", "last item, rival pops", .victim = victim_pop_wait, .in = 1,
      .help = rival_push, .rival = rival_pop },
    { "pop wait", "empty, rival closes", .victim = victim_pop_wait, .help = rival_push,
      .rival = shut },
    { "pop wait", "empty, then an item; one sleeps", .victim = victim_pop_wait,
      .help = rival_push, BESIDE(sleeper_pops) },
    { "pop until", "items", .victim = victim_pop_until, .in = 2 },
    { "pop until", "late", .victim = victim_pop_until },
    { "pop until", "late, one sleeps", .victim = victim_pop_until,
      BESIDE(sleeper_pops) },
    { "pop until", "empty, then an item", .victim = victim_pop_until,
      .help = rival_push },
    { "pop until", "empty, rival pushes", .victim = victim_pop_until,
      .rival = rival_push },
    { "pop until", "closed, one item", .victim = victim_pop_until, .in = 1,
      .shut = true },
    { "pop until", "closed", .victim = victim_pop_until, .shut = true },
    { "pop until", "empty, then closed", .victim = victim_pop_until, .help = shut },
    { "pop until", "empty, rival closes", .victim = victim_pop_until, .rival = shut },
    { "pop least", "two items", .victim = victim_pop_least, .in = 2 },
    { "pop least", "one item, late", .victim = victim_pop_least, .in = 1 },
    { "pop least", "one item, then another", .victim = victim_pop_least, .in = 1,
      .help = rival_push },
    { "pop least", "one item, then closed", .victim = victim_pop_least, .in = 1,
      .help = shut },
    { "pop least", "one item, rival pushes", .victim = victim_pop_least, .in = 1,
      .rival = rival_push },
    { "pop least", "one item, rival pops", .victim = victim_pop_least, .in = 1,
      .rival = rival_pop },
    { "pop least", "late, one sleeps", .victim = victim_pop_least,
      BESIDE(sleeper_pops) },
    { "pop least", "closed, one item", .victim = victim_pop_least, .in = 1,
      .shut = true },
    { "pop least", "closed", .victim = victim_pop_least, .shut = true },
    { "pop least", "one item, rival closes", .victim = victim_pop_least, .in = 1,
      .rival = shut },
    { "close", "empty", .victim = shut },
    { "close", "items", .victim = shut, .in = 2 },
    { "close", "closed", .victim = shut, .shut = true },
    { "close", "hint 13 behind", .victim = shut, .stale = 13 },
    { "close", "one sleeps, empty", .victim = shut, ASLEEP(sleeper_pops, 1) },
    { "close", "one sleeps, full", .victim = shut, .in = FULL,
      ASLEEP(sleeper_pushes, 1) },
    { "close", "two sleep, empty", .victim = shut, ASLEEP(sleeper_pops, 2) },
    { "close", "two sleep, full", .victim = shut, .in = FULL,
      ASLEEP(sleeper_pushes, 2) },
    { "close", "rival pushes", .victim = shut, .rival = rival_push },
    { "close", "rival pops", .victim = shut, .in = 1, .rival = rival_pop },
    { "close", "rival laps", .victim = shut, .in = 2, .rival = rival_laps },
    { "close", "full, rival laps", .victim = shut, .in = FULL, .rival = rival_laps },
    { "close", "rival closes", .victim = shut, .rival = shut },
    { "close", "rival closes, two sleep", .victim = shut, .rival = shut,
      ASLEEP(sleeper_pops, 2) },
    PORT_PATHS,
};

static bool helps_push(const fault_path *p)
{
    return rivals_push(p) || p->help == rival_push || p->sleeper == sleeper_pushes;
}

static bool helps_pop(const fault_path *p)
{
    return rivals_pop(p) || p->help == rival_pop || p->sleeper == sleeper_pops;
}

/* Where one side is for one thread only, nobody else is on the victim's, one sleeps
 * there, and no hint is behind. */
static bool usable(const fault_path *p)
{
    return possible(p)
        && !(ONE_PUSHES && pushes(p) && (helps_push(p) || p->stale > 0))
        && !(ONE_POPS && pops(p) && (helps_pop(p) || p->stale > 0))
        && !(ONE_PUSHES && p->sleeper == sleeper_pushes
             && (p->sleepers > 1 || rivals_push(p)))
        && !(ONE_POPS && p->sleeper == sleeper_pops
             && (p->sleepers > 1 || rivals_pop(p)))
        && (SUBJECT_BOUNDED || (p->in != FULL && p->victim != victim_push_wait));
}

int main(int argc, char **argv)
{
    size_t count = keep_usable(paths, sizeof paths / sizeof *paths);
    fault_kind kind = { SUBJECT, !SUBJECT_PRIVATE, paths, count, prepare, survive,
                        NULL };

    return fault_main(argc, argv, &kind);
}

#endif
