/* sem.h - a semaphore, and a thread stopped or a process killed in it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/sem.h.  The others post and wait in turn, and no
 * permit may be missing, or be too many, but the victim's own.  Some sleep from the
 * beginning, or come to sleep beside the victim: it is noted what wakes them.
 */
#ifndef FAULT_TRIAL_SEM_H
#define FAULT_TRIAL_SEM_H

#include <fault/fault.h>

#include <string.h>

#ifdef SUBJECT_SEVERAL
enum { SEVERAL = 2 };
#else
enum { SEVERAL = 1 };
#endif

static struct world {
    subject sem;
    unsigned there;                     /* permits that must be there */
    unsigned may_add, may_take;         /* by the victim */
    unsigned added;                     /* by the victim, as was found out */
    bool closed, found_closed;
    bool counted;                       /* who sleeps no more is still taken to */
    const char *woken[FAULT_SLEEPERS];
    const char *wrong;
} *w;

static void give(unsigned n)
{
    if (subject_post(&w->sem, n))
        w->there += n;
    else if (!w->closed)
        w->wrong = "post failed";
}

/* What a wait for `n` that went well has taken. */
static void took(unsigned n)
{
    unsigned more = n > w->there ? n - w->there : 0;

    if (more > w->may_add)
        w->wrong = "more permits than posted";
    w->may_add -= more <= w->may_add ? more : w->may_add;
    w->added += more;
    w->there -= n - more;
}

static void shut(void)
{
    w->closed = true;
    subject_shut(&w->sem);
}

/* --- the victim, a rival, help ---------------------------------------------------- */

static void post_own(unsigned n)
{
    w->may_add = n;
    (void)subject_post(&w->sem, n);
}

static void victim_posts(void) { post_own(1); }
static void victim_posts_too_many(void)
{
    if (subject_post(&w->sem, UINT32_MAX))
        w->wrong = "more permits than there can be";
}

static void victim_posts_several(void) { post_own(SEVERAL); }

static void victim_tries(void)
{
    w->may_take = 1;
    (void)subject_try_wait(&w->sem, 1);
}

static void wait_own(unsigned n)
{
    w->may_take = n;
    (void)subject_wait(&w->sem, n);
}

static void victim_waits(void) { wait_own(1); }
static void victim_waits_several(void) { wait_own(SEVERAL); }

static void victim_waits_until(void)
{
    w->may_take = 1;
    (void)subject_wait_until(&w->sem, 1, 1000);
}

#ifdef SUBJECT_HINT
static void victim_counts(void) { (void)SUBJECT_HINT(&w->sem); }
#endif

static void rival_posts(void) { give(1); }
static void help_several(void) { give(SEVERAL); }

static void rival_tries(void)
{
    if (subject_try_wait(&w->sem, 1))
        took(1);
}

static void sleep_for(unsigned n)
{
    if (subject_wait(&w->sem, n))
        took(n);
    else if (!w->closed)
        w->wrong = "wait failed";
}

static void sleeper_waits(void) { sleep_for(1); }
static void sleeper_waits_several(void) { sleep_for(SEVERAL); }

/* --- before ----------------------------------------------------------------------- */

static void prepare(const fault_path *p, bool shared)
{
    if (w == NULL)
        w = (struct world *)fault_memory(sizeof *w);
    memset((void *)w, 0, sizeof *w);
#ifdef SUBJECT_SCOPE
    SUBJECT_SCOPE = shared ? PAWL_SHARED : PAWL_PRIVATE;
#else
    (void)shared;
#endif
    if (!subject_open(&w->sem, p->in))
        fault_die("cannot open");
    (void)subject_close;
    w->there = p->in;
    if (p->shut)
        shut();
}

/* --- after: by others, in a row --------------------------------------------------- */

static void let_sleepers_on(const fault_path *p, const char *how)
{
    for (unsigned i = 0; i < p->sleepers; i++)
        if (w->woken[i] == NULL && fault_finish(FAULT_SLEEPER + i))
            w->woken[i] = how;
}

static void post_once(void)
{
    if (!subject_post(&w->sem, SEVERAL))
        w->found_closed = true;
    else
        w->there += SEVERAL;
}

/* Take what is there, and know from then on how much there is. */
static void empty(void)
{
    while (subject_try_wait(&w->sem, 1))
        took(1);
    if (w->there > w->may_take)
        w->wrong = "permits are lost";
    w->may_take = w->there;             /* by the victim: so many it did take */
    w->there = 0;
    w->may_add = 0;
}

static void go_on(void)
{
    do {
        unsigned n = w->found_closed ? 0 : SEVERAL;

        if (w->found_closed == subject_post(&w->sem, SEVERAL)
            || (n > 0 && (!subject_wait(&w->sem, 1) || !subject_wait(&w->sem, n - 1)))
            || subject_try_wait(&w->sem, 1))
            w->wrong = "permits are lost, or too many";
    } while (fault_did());
}

static void close_at_last(void)
{
    uint64_t before = fault_wakes();

    (void)subject_post(&w->sem, 1);
    w->counted = fault_wakes() != before;
    shut();
    if (subject_post(&w->sem, 1))
        w->wrong = "open, and it was closed";
}

static bool others(void (*what)(void), fault_outcome *o)
{
    fault_start(FAULT_SURVIVOR, what);
    if (!fault_finish(FAULT_SURVIVOR))
        fault_say_blocked(o, "a call waits");
    return !o->blocked;
}

/* What became of the victim's permits, those that it added or those that it took. */
static void tell(const fault_path *p, unsigned owns, fault_outcome *o)
{
    if (owns > 0)
        fault_say(o, "%u of %u posted", w->added, owns);
    else if (p->victim == shut)
        fault_say(o, w->found_closed ? "closed" : "open");
    else
        fault_say(o, w->may_take == 0 ? "none lost" : "%u lost", w->may_take);
    o->lost = w->may_take;
    fault_say_woken(o, p, w->woken);
    if (w->counted)
        fault_say(o, "counted as asleep");
    if (w->found_closed && !w->closed)
        w->wrong = "closed, by nobody";
    if (w->wrong != NULL)
        fault_broken(o, "%s", w->wrong);
}

static void survive(const fault_path *p, fault_outcome *o)
{
    unsigned owns = w->may_add;

    let_sleepers_on(p, "at once");
    if (others(post_once, o))
        let_sleepers_on(p, "by a later post");
    if (others(empty, o) && others(go_on, o) && others(close_at_last, o))
        let_sleepers_on(p, "by a later close");
    tell(p, owns, o);
}

/* --- paths ------------------------------------------------------------------------ */

#define ASLEEP(who, n) .sleeper = who, .sleepers = n
#define BESIDE(who) .sleeper = who, .sleepers = 1, .newest_first = true

static const fault_path paths[] = {
    { "post", "nobody waits", .victim = victim_posts },
    { "post", "some are there", .victim = victim_posts, .in = 1 },
    { "post", "one sleeps", .victim = victim_posts, ASLEEP(sleeper_waits, 1) },
    { "post", "two sleep", .victim = victim_posts, ASLEEP(sleeper_waits, 2) },
    { "post", "rival posts", .victim = victim_posts, .rival = rival_posts },
    { "post", "rival takes", .victim = victim_posts, .in = 1, .rival = rival_tries },
    { "post", "two sleep, rival posts", .victim = victim_posts, .rival = rival_posts,
      ASLEEP(sleeper_waits, 2) },
#ifdef SUBJECT_SHUT
    { "post", "closed", .victim = victim_posts, .shut = true },
    { "post", "rival closes", .victim = victim_posts, .rival = shut },
#endif
    { "post n", "nobody waits", .victim = victim_posts_several },
    { "post n", "two sleep", .victim = victim_posts_several, ASLEEP(sleeper_waits, 2) },
    { "post n", "one wants as many", .victim = victim_posts_several,
      ASLEEP(sleeper_waits_several, 1) },
    { "post n", "rival takes", .victim = victim_posts_several, .in = 1,
      .rival = rival_tries },
    { "post n", "too many", .victim = victim_posts_too_many, .in = 1 },
    { "try_wait", "some are there", .victim = victim_tries, .in = 2 },
    { "try_wait", "none", .victim = victim_tries },
    { "try_wait", "last one, rival takes", .victim = victim_tries, .in = 1,
      .rival = rival_tries },
    { "try_wait", "rival takes", .victim = victim_tries, .in = 2,
      .rival = rival_tries },
    { "try_wait", "none, rival posts", .victim = victim_tries, .rival = rival_posts },
#ifdef SUBJECT_SHUT
    { "try_wait", "closed, one is there", .victim = victim_tries, .in = 1,
      .shut = true },
    { "try_wait", "closed", .victim = victim_tries, .shut = true },
    { "try_wait", "none, rival closes", .victim = victim_tries, .rival = shut },
#endif
    { "wait", "some are there", .victim = victim_waits, .in = 2 },
    { "wait", "none, then one", .victim = victim_waits, .help = rival_posts },
    { "wait", "none, then one; one sleeps", .victim = victim_waits, .help = rival_posts,
      BESIDE(sleeper_waits) },
    { "wait", "none, then one; one wants n", .victim = victim_waits,
      .help = rival_posts, BESIDE(sleeper_waits_several) },
    { "wait", "none, rival posts", .victim = victim_waits, .help = rival_posts,
      .rival = rival_posts },
    { "wait", "last one, rival takes", .victim = victim_waits, .in = 1,
      .help = rival_posts, .rival = rival_tries },
#ifdef SUBJECT_SHUT
    { "wait", "closed, one is there", .victim = victim_waits, .in = 1, .shut = true },
    { "wait", "none, then closed", .victim = victim_waits, .help = shut },
    { "wait", "none, rival closes", .victim = victim_waits, .help = shut,
      .rival = shut },
#endif
    { "wait n", "some are there", .victim = victim_waits_several, .in = SEVERAL },
    { "wait n", "too few, then more", .victim = victim_waits_several, .in = SEVERAL - 1,
      .help = help_several },
    { "wait n", "too few, one sleeps", .victim = victim_waits_several,
      .help = help_several, BESIDE(sleeper_waits) },
    { "wait n", "one sleeps, rival posts", .victim = victim_waits_several,
      .help = help_several, .rival = rival_posts, BESIDE(sleeper_waits) },
#ifdef SUBJECT_SHUT
    { "wait n", "closed, some are there", .victim = victim_waits_several,
      .in = SEVERAL, .shut = true },
    { "wait n", "closed, too few", .victim = victim_waits_several, .in = SEVERAL - 1,
      .shut = true },
    { "wait n", "too few, then closed", .victim = victim_waits_several,
      .in = SEVERAL - 1, .help = shut },
    { "wait n", "too few, rival closes", .victim = victim_waits_several,
      .in = SEVERAL - 1, .help = shut, .rival = shut },
#endif
    { "wait until", "some are there", .victim = victim_waits_until, .in = 2 },
    { "wait until", "late", .victim = victim_waits_until },
    { "wait until", "late, one sleeps", .victim = victim_waits_until,
      BESIDE(sleeper_waits) },
    { "wait until", "none, then one", .victim = victim_waits_until,
      .help = rival_posts },
    { "wait until", "none, rival posts", .victim = victim_waits_until,
      .rival = rival_posts },
#ifdef SUBJECT_SHUT
    { "wait until", "closed, one is there", .victim = victim_waits_until, .in = 1,
      .shut = true },
    { "wait until", "closed", .victim = victim_waits_until, .shut = true },
    { "wait until", "none, then closed", .victim = victim_waits_until, .help = shut },
    { "wait until", "none, rival closes", .victim = victim_waits_until,
      .rival = shut },
    { "close", "nobody waits", .victim = shut, .in = 1 },
    { "close", "closed", .victim = shut, .shut = true },
    { "close", "two sleep", .victim = shut, ASLEEP(sleeper_waits, 2) },
    { "close", "rival posts", .victim = shut, .rival = rival_posts },
    { "close", "rival closes, two sleep", .victim = shut, .rival = shut,
      ASLEEP(sleeper_waits, 2) },
#endif
#ifdef SUBJECT_HINT
    { "count_hint", "some are there", .victim = victim_counts, .in = 2 },
#endif
};

int main(int argc, char **argv)
{
    fault_kind kind = { SUBJECT, true, paths, sizeof paths / sizeof *paths, prepare,
                        survive, NULL };

    return fault_main(argc, argv, &kind);
}

#endif
