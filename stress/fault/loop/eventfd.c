/* eventfd.c - the doorbell of a poll loop, and a thread stopped in a call on it.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Two loops have a doorbell each on one event.  The victim is one loop, in a call of
 * eventfd.h on `mine`, or it is a notifier, in the midst of ringing that.  The fds are
 * the kernel's; each system call on them is a point, as is each atomic operation.  It
 * is noted what rings a bell: the victim still does (`at once`), or the next notify, or
 * later ones.  Then the others go on; where it was a notifier who stopped, so does the
 * loop that it was about to ring.
 *
 * A thread is stopped, no process is killed: an eventfd is private to a process.
 */
#define _GNU_SOURCE 1
#include <fault/engine.h>
#include <pawl/eventfd.h>

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOTIFIES = 4, MEETER = FAULT_SLEEPERS - 1, SELDOM = 16 };
enum { MINE, OTHER, THEIRS, BELLS };    /* the last one: of those who go on */

struct bell {
    pawl_eventfd f;
    uint64_t due, rings;                /* at the most; and how many there were */
    const char *rung;                   /* first, by what; NULL: it was not */
    bool turns;                         /* its loop goes on */
};

static struct {
    pawl_event e;
    struct bell bells[BELLS];
    unsigned tokens;                    /* what threads on the event wait for */
    const char *woken[FAULT_SLEEPERS];
    bool busy;                          /* somebody is at the list of listeners */
    bool slow;                          /* a notifier has not come to ring yet */
    bool notify_waits, arm_waits;       /* for the victim, for ever */
    const char *wrong;                  /* what cannot be, or NULL */
} w;

static pawl_eventfd *const mine = &w.bells[MINE].f;

/* --- system calls: these take the place of the C library's ------------------------ */

ssize_t write(int fd, const void *from, size_t bytes)
{
    fault_point();
    while (w.slow && fault_current() == FAULT_SLEEPER)
        pawl_yield();
    return (ssize_t)syscall(SYS_write, fd, from, bytes);
}

ssize_t read(int fd, void *to, size_t bytes)
{
    fault_point();
    return (ssize_t)syscall(SYS_read, fd, to, bytes);
}

int close(int fd)
{
    fault_point();
    return (int)syscall(SYS_close, fd);
}

/* --- calls ------------------------------------------------------------------------ */

static void ring(void)
{
    w.bells[MINE].due++;
    pawl_eventfd_ring(mine);
}

static void arm(void)
{
    w.bells[MINE].due++;
    pawl_eventfd_arm(mine);
}

static void disarm(void) { (void)pawl_eventfd_disarm(mine); }
static void clear(void) { pawl_eventfd_clear(mine); }

/* What it was rung for is still there, and is another's to have. */
static void shut(void)
{
    w.tokens++;
    pawl_eventfd_close(mine);
}

static void clear_and_arm(void)
{
    clear();
    arm();
}

static void notify(void)
{
    w.tokens++;
    pawl_event_notify(&w.e, 1);
}

static void notify_all(void)
{
    w.tokens++;
    pawl_event_notify(&w.e, PAWL_ALL);
}

static bool take_token(void)
{
    if (w.tokens == 0)
        return false;
    w.tokens--;
    return true;
}

static void wait_for_token(void)
{
    for (;;) {
        uint32_t key = pawl_event_prepare(&w.e);

        if (take_token()) {
            pawl_event_cancel(&w.e);
            return;
        }
        (void)pawl_event_wait(&w.e, key, PAWL_FOREVER);
        if (take_token())
            return;
    }
}

static void leave_list(void)
{
    if (w.busy)
        atomic_fetch_and_explicit(&w.e.state, ~PAWL_EVENT_LOCKED_,
                                  memory_order_release);
    w.busy = false;
}

static void let_notifier_on(void)
{
    w.slow = false;
    (void)fault_finish(FAULT_SLEEPER);
}

/* --- those who go on -------------------------------------------------------------- */

static bool others(void (*what)(void))
{
    fault_start(FAULT_SURVIVOR, what);
    return fault_finish(FAULT_SURVIVOR);
}

static void arm_theirs(void)
{
    pawl_eventfd_arm(&w.bells[THEIRS].f);
    if (!pawl_eventfd_disarm(&w.bells[THEIRS].f))
        w.wrong = "rung by nobody";
}

static void count_rings(struct bell *b)
{
    uint64_t n;

    if (b->f.fd >= 0 && syscall(SYS_read, b->f.fd, &n, sizeof n) == (long)sizeof n)
        b->rings += n;
}

/* Its loop sleeps, until it is rung: once, by two notifies. */
static void turn(struct bell *b)
{
    pawl_eventfd_clear(&b->f);
    pawl_eventfd_arm(&b->f);
    pawl_event_notify(&w.e, 1);
    pawl_event_notify(&w.e, 1);
    b->rings = 0;
    count_rings(b);
    if (pawl_eventfd_disarm(&b->f) || b->rings != 1)
        w.wrong = "armed, and not rung once";
}

/* One waits, another tells it: the one in a thousand that takes two stacks. */
static void meet(void)
{
    fault_start(FAULT_SLEEPER + MEETER, wait_for_token);
    notify();
    if (!fault_finish(FAULT_SLEEPER + MEETER))
        w.wrong = "a wake was lost";
}

static void go_on(void)
{
    w.tokens = 0;
    for (unsigned i = 0;; i++) {
        (void)pawl_event_prepare(&w.e);
        pawl_event_cancel(&w.e);
        if (!fault_did())
            return;
        if (!w.notify_waits && i % 1000 == 0)
            meet();
        if (!w.notify_waits)
            pawl_event_notify(&w.e, 1);
        if (!w.arm_waits)
            arm_theirs();
        if (!w.notify_waits && !w.arm_waits && i % SELDOM < BELLS
            && w.bells[i % SELDOM].turns)
            turn(&w.bells[i % SELDOM]);
    }
}

/* --- before, and after ------------------------------------------------------------ */

/* `in`: mine is armed; `turn`: notifies after that; `stale`: the other is armed after
 * them; `shut`: somebody is at the list. */
static void prepare(const fault_path *p, bool shared)
{
    (void)shared;
    for (unsigned i = 0; i < BELLS; i++)
        if (w.bells[i].f.event != NULL && w.bells[i].f.fd >= 0)
            close(w.bells[i].f.fd);
    memset((void *)&w, 0, sizeof w);
    (void)pawl_event_init(&w.e, PAWL_PRIVATE);
    for (unsigned i = 0; i < BELLS; i++)
        if (pawl_eventfd_open(&w.bells[i].f, &w.e) != 0)
            fault_die("no eventfd");
    if (p->in > 0)
        arm();
    for (unsigned i = 0; i < p->turn; i++)
        pawl_event_notify(&w.e, 1);
    w.bells[THEIRS].turns = true;
    w.bells[OTHER].turns = p->stale > 0;
    w.bells[OTHER].due = p->stale;
    if (p->stale > 0)
        pawl_eventfd_arm(&w.bells[OTHER].f);
    w.slow = p->sleeper == notify;
    w.busy = p->shut;
    if (w.busy)
        atomic_fetch_or_explicit(&w.e.state, PAWL_EVENT_LOCKED_, memory_order_acquire);
}

static void look(const fault_path *p, const char *how)
{
    for (unsigned i = 0; i < p->sleepers; i++)
        if (w.woken[i] == NULL && fault_finish(FAULT_SLEEPER + i))
            w.woken[i] = how;
    for (unsigned i = 0; i < THEIRS; i++) {
        count_rings(&w.bells[i]);
        if (w.bells[i].rung == NULL && w.bells[i].rings > 0)
            w.bells[i].rung = how;
        if (w.bells[i].rings > w.bells[i].due)
            w.wrong = "rung twice";
    }
}

/* A loop that goes on, but for a ring that does not come, is held up: until it wakes by
 * itself, and arms again, as it then did. */
static void tell_bell(fault_outcome *o, const struct bell *b, const char *whose)
{
    bool sleeps = b->turns && b->f.armed;
    char text[48];

    snprintf(text, sizeof text, "%snot rung%s", whose,
             sleeps && !w.arm_waits ? " until it arms again" : "");
    if (b->rung == NULL && sleeps)
        fault_say_blocked(o, text);
    else if (b->rung == NULL)
        fault_say(o, "%s", text);
    else
        fault_say(o, "%srung %s", whose, b->rung);
    if (b->rung != NULL && sleeps && strcmp(b->rung, "at once") != 0)
        o->late = b->rung;
}

/* What the loop of `mine` can still do: rings, clears, and closes in the end. */
static void tell_own(fault_outcome *o)
{
    bool clears, closes;

    if (!w.arm_waits && !others(clear_and_arm))
        fault_broken(o, "its arm waits");
    if (!others(ring))
        fault_broken(o, "its ring waits");
    clears = others(clear);
    closes = others(shut);
    if (!clears || !closes)
        fault_say_blocked(o, closes ? "its clear waits" : clears ? "its close waits"
                             : "its clear and close wait");
}

/* Who waits, or sleeps, since the victim stopped. */
static void tell_others(const fault_path *p, fault_outcome *o, bool rival_ended)
{
    if (w.notify_waits || w.arm_waits)
        fault_say_blocked(o, !w.notify_waits ? "arm waits" : !w.arm_waits
                             ? "notify waits" : "notify and arm wait");
    tell_bell(o, &w.bells[MINE], "");
    if (p->stale > 0)
        tell_bell(o, &w.bells[OTHER], "other ");
    if (p->rival == shut && !rival_ended)
        fault_say_blocked(o, "its close waits");
    if (p->sleeper == wait_for_token)
        fault_say_woken(o, p, w.woken);
    else if (p->sleepers > 0 && w.woken[0] == NULL)
        fault_say_blocked(o, "its notifier waits");
}

static void survive(const fault_path *p, fault_outcome *o)
{
    bool rival_ended;

    leave_list();
    w.slow = false;
    rival_ended = fault_finish(FAULT_RIVAL);
    w.bells[MINE].turns = (p->victim == notify || p->victim == notify_all)
                       && rival_ended && mine->fd >= 0;
    look(p, "at once");
    w.notify_waits = !others(notify);
    look(p, "by the next notify");
    for (unsigned i = 0; i < NOTIFIES && !w.notify_waits; i++)
        w.notify_waits = !others(notify);
    look(p, "by a later notify");
    w.arm_waits = !others(arm_theirs);
    tell_others(p, o, rival_ended);
    if (!others(go_on))
        fault_say_blocked(o, "others wait");
    if (w.bells[MINE].turns)
        tell_own(o);
    if (w.wrong != NULL)
        fault_broken(o, "%s", w.wrong);
}

/* --- paths ------------------------------------------------------------------------ */

#define ONE_SLEEPS .sleeper = wait_for_token, .sleepers = 1
#define ARMED .in = 1
#define RUNG .in = 1, .turn = 1
#define BEING_RUNG .in = 1, .sleeper = notify, .sleepers = 1, .help = let_notifier_on
#define LIST_BUSY .shut = true, .help = leave_list

static const fault_path paths[] = {
    { "ring", "disarmed", .victim = ring },
    { "ring", "armed", .victim = ring, ARMED },
    { "ring", "rung already", .victim = ring, RUNG },
    { "ring", "armed, rival notifies", .victim = ring, ARMED, .rival = notify },
    { "arm", "disarmed", .victim = arm },
    { "arm", "armed already", .victim = arm, ARMED },
    { "arm", "rung already", .victim = arm, RUNG },
    { "arm", "other armed", .victim = arm, .stale = 1 },
    { "arm", "one sleeps", .victim = arm, ONE_SLEEPS },
    { "arm", "list busy", .victim = arm, LIST_BUSY },
    { "arm", "rival notifies", .victim = arm, .rival = notify },
    { "arm", "rival arms another", .victim = arm, .rival = arm_theirs },
    { "disarm", "disarmed", .victim = disarm },
    { "disarm", "armed", .victim = disarm, ARMED },
    { "disarm", "rung already", .victim = disarm, RUNG },
    { "disarm", "being rung", .victim = disarm, BEING_RUNG },
    { "disarm", "other armed", .victim = disarm, ARMED, .stale = 1 },
    { "disarm", "list busy", .victim = disarm, ARMED, LIST_BUSY },
    { "disarm", "rival notifies", .victim = disarm, ARMED, .rival = notify },
    { "disarm", "rival arms another", .victim = disarm, ARMED, .rival = arm_theirs },
    { "clear", "disarmed", .victim = clear },
    { "clear", "armed", .victim = clear, ARMED },
    { "clear", "rung already", .victim = clear, RUNG },
    { "clear", "being rung", .victim = clear, BEING_RUNG },
    { "clear", "other armed", .victim = clear, ARMED, .stale = 1 },
    { "clear", "list busy", .victim = clear, ARMED, LIST_BUSY },
    { "clear", "rival notifies", .victim = clear, ARMED, .rival = notify },
    { "close", "disarmed", .victim = shut },
    { "close", "armed", .victim = shut, ARMED },
    { "close", "rung already", .victim = shut, RUNG },
    { "close", "rung already, one sleeps", .victim = shut, RUNG, ONE_SLEEPS },
    { "close", "rung already, other armed", .victim = shut, RUNG, .stale = 1 },
    { "close", "being rung", .victim = shut, BEING_RUNG },
    { "close", "list busy", .victim = shut, ARMED, LIST_BUSY },
    { "close", "rival notifies", .victim = shut, ARMED, .rival = notify },
    { "notify", "armed", .victim = notify, ARMED },
    { "notify", "rung already", .victim = notify, RUNG },
    { "notify", "other armed too", .victim = notify, ARMED, .stale = 1 },
    { "notify", "armed, one sleeps", .victim = notify, ARMED, ONE_SLEEPS },
    { "notify", "list busy", .victim = notify, ARMED, LIST_BUSY },
    { "notify", "armed, rival notifies", .victim = notify, ARMED, .rival = notify },
    { "notify", "rival arms", .victim = notify, .rival = arm },
    { "notify", "armed, rival disarms", .victim = notify, ARMED, .rival = disarm },
    { "notify", "armed, rival clears and arms", .victim = notify, ARMED,
      .rival = clear_and_arm },
    { "notify", "armed, rival closes", .victim = notify, ARMED, .rival = shut },
    { "notify all", "other armed too", .victim = notify_all, ARMED, .stale = 1 },
    { "notify all", "other armed too, rival notifies", .victim = notify_all, ARMED,
      .stale = 1, .rival = notify },
};

int main(int argc, char **argv)
{
    const fault_kind kind = { "eventfd", false, paths, sizeof paths / sizeof *paths,
                              prepare, survive, NULL };

    return fault_main(argc, argv, &kind);
}
