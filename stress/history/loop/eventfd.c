/* eventfd.c - recorded: a channel emptied by poll loops that sleep without a timeout.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Producers push as in the channel's own trial.  Each loop follows the protocol in
 * eventfd.h with a doorbell of its own, behind epoll or poll, and takes what comes
 * until it is closed and empty; some leave before, and others have to get what they
 * were rung for.  In most rounds nobody closes before all is taken, and who finds it
 * full waits: so nothing else makes up for a ring that is lost, and the watchdog says
 * so.
 *
 * A control may say what comes of the look once armed:
 *
 *     #define SUBJECT_LOOK(w) EAGAIN
 */
#define _GNU_SOURCE 1
#include <pawl/eventfd.h>

#define SUBJECT_NAME "eventfd"
#define SUBJECT_PHASES loop_phases
static void loop_phases(void);

#include <channel.c>

#include <history/sleeps.h>

#include <poll.h>
#include <sys/epoll.h>

enum { TURN = 40, QUIET = 60000 };

static struct {
    bool patient;                       /* nobody closes before all is taken */
    PAWL_ATOMIC(uint32_t) pushing;      /* producers that are not done yet */
} hall;

/* What a loop has seen.  Not counted as waits: those after a ring of its own. */
typedef struct sights {
    uint64_t turns, own;                /* of its work; ended by a ring of its own */
    uint64_t waits, slept;              /* for a ring; of these, in the kernel */
    uint64_t disarmed, rung;            /* disarmed in time; too late for that */
    uint64_t left, owed;                /* left before all was taken; owing a ring */
} sights;

static struct { alignas(PAWL_LINE) sights s; } seen[THREADS_MAX];
static sights sum;                      /* of all, in all tries of a phase */

/* --- a doorbell, and how to wait for it ------------------------------------------- */

typedef struct bell {
    pawl_eventfd f;
    int epoll;                          /* -1: by poll */
} bell;

static void open_bell(worker *w, bell *b)
{
    struct epoll_event readable;

    memset((void *)b, 0, sizeof *b);
    memset(&readable, 0, sizeof readable);
    readable.events = EPOLLIN;
    if (pawl_eventfd_open(&b->f, pawl_channel_items(flow.queue)) != 0)
        die("no doorbell");
    b->epoll = roll(w, 2) == 0 ? -1 : epoll_create1(EPOLL_CLOEXEC);
    if (b->epoll >= 0
        && epoll_ctl(b->epoll, EPOLL_CTL_ADD, pawl_eventfd_fd(&b->f), &readable) != 0)
        die("no epoll");
}

static void close_bell(bell *b)
{
    if (b->epoll >= 0)
        close(b->epoll);
    pawl_eventfd_close(&b->f);
    memset((void *)b, 0xff, sizeof *b); /* it is gone */
}

/* Without a timeout.  A signal is no ring. */
static void await_ring(worker *w, bell *b)
{
    struct pollfd at = { pawl_eventfd_fd(&b->f), POLLIN, 0 };
    struct epoll_event event;
    int ready;

    doing(w, b->epoll < 0 ? "poll" : "epoll_wait");
    do
        ready = b->epoll < 0 ? poll(&at, 1, -1) : epoll_wait(b->epoll, &event, 1, -1);
    while (ready < 0 && errno == EINTR);
    if (ready != 1)
        die("poll failed");
}

static void sleep_well(worker *w, bell *b)
{
    sights *s = &seen[w->id].s;
    long before = sleeps();

    await_ring(w, b);
    s->waits++;
    s->slept += sleeps() > before;
}

/* --- a loop ----------------------------------------------------------------------- */

static int take_one(worker *w)
{
    void *cell = NULL, *item = NULL;
    int result;

    doing(w, "pop");
    begin_call(w);
    result = pawl_channel_try_pop(ports[w->id], &cell);
    end_call(w);
    if (taken(result, NOT_NOW | CLOSED, &cell, &item))
        note(w, HISTORY_POP, value_of(item), HISTORY_DONE);
    else
        note(w, HISTORY_POP, 0,
             result == ECANCELED ? HISTORY_CLOSED : HISTORY_NOT_NOW);
    return result;
}

#ifndef SUBJECT_LOOK
#define SUBJECT_LOOK(w) take_one(w)
#endif

/* One turn, as eventfd.h says.  What came last: ECANCELED: closed, and all is taken;
 * EAGAIN: nothing, and it is armed; 0: there may be more, and it has rung. */
static int turn(worker *w, bell *b)
{
    sights *s = &seen[w->id].s;
    unsigned most = 1 + roll(w, TURN);
    int result = 0;

    s->turns++;
    pawl_eventfd_clear(&b->f);
    for (unsigned i = 0; i < most && result == 0; i++) {
        result = take_one(w);
        if (result != EAGAIN)
            continue;
        pawl_eventfd_arm(&b->f);
        result = SUBJECT_LOOK(w);
        if (result == EAGAIN)
            break;
        if (pawl_eventfd_disarm(&b->f))
            s->disarmed++;
        else
            s->rung++;
        stir(w);
    }
    if (result == 0) {
        s->own++;
        pawl_eventfd_ring(&b->f);
    }
    return result;
}

/* Armed, and gone without another look: at once, or when it has rung.  What it was rung
 * for is another's: close passes that on, or, disarmed, we do. */
static void leave_armed(worker *w, bell *b)
{
    seen[w->id].s.left++;
    if (roll(w, 2) == 0)
        sleep_well(w, b);
    if (roll(w, 2) == 0 && !pawl_eventfd_disarm(&b->f)) {
        seen[w->id].s.owed++;
        pawl_event_notify(pawl_channel_items(flow.queue), 1);
    }
}

/* True: it left, and the channel is not closed.  The first of the loops stays. */
static bool tend(worker *w, bell *b)
{
    unsigned leave_one_in = record.brief ? 4 : 64;

    pawl_eventfd_ring(&b->f);           /* look before the first sleep */
    await_ring(w, b);
    for (int result; (result = turn(w, b)) != ECANCELED;) {
        if (result == 0) {
            await_ring(w, b);
        } else if (w->id > record.firsts && roll(w, leave_one_in) == 0) {
            leave_armed(w, b);
            return true;
        } else {
            sleep_well(w, b);
        }
        stir(w);
    }
    return false;
}

/* Who has left a brief round does not come back. */
static void run_loop(worker *w)
{
    bool left;

    take_port(w);
    do {
        bell b;

        open_bell(w, &b);
        left = tend(w, &b);
        close_bell(&b);
        nap(1 + roll(w, DEADLINE));
    } while (left && !record.brief);
    leave_port(w);
}

/* --- producers -------------------------------------------------------------------- */

/* Who is last closes. */
static void leave_producers(worker *w)
{
    leave_port(w);
    /* acq_rel: who is last knows that all pushes are done. */
    if (atomic_fetch_sub_explicit(&hall.pushing, 1, memory_order_acq_rel) > 1)
        return;
    while (hall.patient && pawl_channel_count_hint(flow.queue) > 0) {
        doing(w, "wait until all is taken");
        lull(w);
    }
    shut_noted(w);
}

/* No more than the loops can note: each item may cost three pops. */
static void push_items(worker *w)
{
    unsigned close_one_in = record.brief ? 12 : 20000;
    size_t most = LOG_MAX / 4 / record.firsts;
    log *l = &record.logs[w->id];

    l->quota = l->quota < most ? l->quota : most;
    take_port(w);
    while (!enough_noted(w) && !found_closed(w)) {
        rest(w, do_either(w, true));
        if (roll(w, record.brief ? 8 : 32) == 0)
            nap(1 + roll(w, QUIET));    /* the loops fall asleep */
        if (!hall.patient && roll(w, close_one_in) == 0)
            shut_noted(w);
    }
    leave_producers(w);
}

/* --- phases ----------------------------------------------------------------------- */

static void open_hall(worker *w)
{
    open_items(w);
    hall.patient = roll(w, 4) != 0;
    atomic_store_explicit(&hall.pushing, record.firsts, memory_order_relaxed);
}

static void work_in_hall(worker *w)
{
    if (w->id < record.firsts)
        push_items(w);
    else
        run_loop(w);
}

static void add_sights(void)
{
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        const sights *s = &seen[i].s;

        sum.turns += s->turns;
        sum.own += s->own;
        sum.waits += s->waits;
        sum.slept += s->slept;
        sum.disarmed += s->disarmed;
        sum.rung += s->rung;
        sum.left += s->left;
        sum.owed += s->owed;
    }
    memset((void *)seen, 0, sizeof seen);
}

/* At least about one in so many. */
static bool share(uint64_t part, uint64_t of, unsigned one_in)
{
    return part * one_in > of;
}

/* In this try, and those before it: a small part of what comes where all is well.  With
 * one loop nobody leaves. */
static bool hall_shown(void)
{
    bool alone = record.threads == record.firsts + 1;

    add_sights();
    return share(sum.waits, sum.turns, 4) && share(sum.slept, sum.waits, 4)
        && share(sum.own, sum.turns, 500) && share(sum.disarmed, sum.turns, 500)
        && share(sum.rung, sum.turns, 2000)
        && (alone || share(sum.left, sum.turns, 1000))
        && (alone || share(sum.owed, sum.left, 50))
        && share(record.refused[0], record.operations, 2000)
        && share(record.refused[1], record.operations, 100);
}

static double percent(uint64_t part, uint64_t of)
{
    return of > 0 ? 100 * (double)part / (double)of : 0;
}

/* Of turns, and, behind the semicolon, of operations. */
static void tell_hall(const char *phase)
{
    passed(phase, record.operations,
           "%u:%u: slept %.1f %%, own rings %.1f %%, disarmed %.2f + %.2f %%, "
           "left %.2f %%; full %.2f %%, empty %.1f %%, met %" PRIu64,
           record.firsts, record.threads - record.firsts,
           percent(sum.slept, sum.turns), percent(sum.own, sum.turns),
           percent(sum.disarmed, sum.turns), percent(sum.rung, sum.turns),
           percent(sum.left, sum.turns), percent(record.refused[0], record.operations),
           percent(record.refused[1], record.operations), record.met);
    memset(&sum, 0, sizeof sum);
}

static const deed hall_deed = {
    open_hall, work_in_hall, close_channel, hall_shown,
    "hardly any sleep, ring, disarm, full or empty, or no two threads met",
    { "long", "short" }, tell_hall
};

static void loop_shape(unsigned producers, unsigned loops, uint64_t all)
{
    play_phase(&hall_deed, false, producers + loops, producers, all * 3 / 4);
    play_phase(&hall_deed, true, producers + loops, producers, all / 4);
}

static void loop_phases(void)
{
    uint64_t all = enough(400000, 20000);

    if (run.producers > 0) {
        loop_shape(run.producers, run.consumers > 0 ? run.consumers : 1, all);
        return;
    }
    loop_shape(1, 1, all / 4);
    loop_shape(2, 1, all / 4);
    loop_shape(2, 2, all / 2);
}
