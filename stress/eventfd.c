/* eventfd.c - trial: a channel emptied by a poll loop that sleeps without a timeout.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Producers push as they like; the loop follows the protocol in eventfd.h, and waits
 * for the doorbell alone.  A lost ring hangs, and the watchdog says so.  Rings are
 * counted: one for each item would mean that the loop is rung while it is at work.
 */
#define _GNU_SOURCE 1
#include <pawl/channel.h>
#include <pawl/eventfd.h>

#define SUBJECT "eventfd"

#include <trial/trial.h>

#include <sys/epoll.h>

enum { CAPACITY = 1024, TURN = 256, LAZY = 64, RARE = 16 };

static struct {
    pawl_channel *channel;
    pawl_eventfd bell;
    int poll;
    unsigned producers;
    uint64_t each, total, popped, rings, own_rings;
    PAWL_ATOMIC(uint32_t) pushing;      /* producers that are not done yet */
} loop;

/* --- producers -------------------------------------------------------------------- */

static void produce(worker *w)
{
    pawl_channel_port *port;

    if (pawl_channel_open(loop.channel, &port) != 0)
        die("no port");
    doing(w, "push");
    for (uint64_t i = 0; i < loop.each; i++) {
        uint64_t *cell = (uint64_t *)pawl_channel_cell(port, 0);

        cell[0] = w->id;
        cell[1] = i;
        if (pawl_channel_push(port) != 0)
            die("push failed");
        advance(w, 1);
        stir(w);
    }
    /* relaxed: only tells the loop that no more will gather. */
    atomic_fetch_sub_explicit(&loop.pushing, 1, memory_order_relaxed);
    doing(w, "left");
    pawl_channel_leave(port);
}

/* --- the loop --------------------------------------------------------------------- */

static void take(worker *w, void *item)
{
    const uint64_t *cell = (const uint64_t *)item;

    if (cell[0] >= loop.producers || cell[1] != w->next[cell[0]]++)
        die("message %" PRIu64 " of thread %" PRIu64 " is out of order", cell[1],
            cell[0]);
    loop.popped++;
    advance(w, 1);
}

/* Something else to do first, three times in four: until some items have gathered.  So
 * the loop has to sleep less often than once an item, however threads are scheduled. */
static void other_work(worker *w)
{
    doing(w, "other work");
    if (roll(w, 4) != 0)
        while (pawl_channel_count_hint(loop.channel) < LAZY
               && atomic_load_explicit(&loop.pushing, memory_order_relaxed) > 0)
            sched_yield();
}

/* One turn, as eventfd.h says.  False: closed, and all is taken. */
static bool turn(worker *w, pawl_channel_port *port)
{
    void *item = NULL;
    int result;

    pawl_eventfd_clear(&loop.bell);
    for (unsigned i = 0;; i++) {
        if (i == TURN) {
            loop.own_rings++;
            pawl_eventfd_ring(&loop.bell);
            return true;
        }
        result = pawl_channel_try_pop(port, &item);
        if (result == EAGAIN) {
            pawl_eventfd_arm(&loop.bell);
            result = pawl_channel_try_pop(port, &item);
            if (result == EAGAIN)
                return true;
            pawl_eventfd_disarm(&loop.bell);
        }
        if (result == ECANCELED)
            return false;
        if (result != 0)
            die("pop failed");
        take(w, item);
    }
}

/* Who sees that all producers have left closes; one more ring comes of that. */
static void consume(worker *w)
{
    pawl_channel_port *port;
    struct epoll_event event;

    if (pawl_channel_open(loop.channel, &port) != 0)
        die("no port");
    while (turn(w, port)) {
        doing(w, "epoll_wait");
        if (loop.popped == loop.total)
            pawl_channel_close(loop.channel);
        if (epoll_wait(loop.poll, &event, 1, -1) == 1)
            loop.rings++;
        other_work(w);
    }
    pawl_channel_leave(port);
}

/* --- the trial -------------------------------------------------------------------- */

static void open_loop(unsigned producers, uint64_t items)
{
    size_t bytes = pawl_channel_bytes(CAPACITY, producers + 1, 1, 2 * sizeof(uint64_t));
    struct epoll_event readable;

    memset((void *)&loop, 0, sizeof loop);
    memset(&readable, 0, sizeof readable);
    readable.events = EPOLLIN;
    loop.producers = producers;
    loop.each = items / producers;
    loop.total = loop.each * producers;
    atomic_store_explicit(&loop.pushing, producers, memory_order_relaxed);
    loop.channel = (pawl_channel *)aligned_alloc(PAWL_LINE, bytes);
    loop.poll = epoll_create1(EPOLL_CLOEXEC);
    if (loop.channel == NULL || loop.poll < 0
        || pawl_channel_init(loop.channel, bytes, CAPACITY, producers + 1, 1,
                             2 * sizeof(uint64_t), PAWL_PRIVATE) != 0
        || pawl_eventfd_open(&loop.bell, pawl_channel_items(loop.channel)) != 0
        || epoll_ctl(loop.poll, EPOLL_CTL_ADD, pawl_eventfd_fd(&loop.bell), &readable))
        die("cannot open");
}

static void close_loop(void)
{
    if (loop.popped != loop.total)
        die("%" PRIu64 " pushed, %" PRIu64 " popped", loop.total, loop.popped);
    pawl_eventfd_close(&loop.bell);
    close(loop.poll);
    free(loop.channel);
}

static void pass(void)
{
    unsigned producers = run.producers > 0 ? run.producers : 2, tries = 0;
    uint64_t foreign;

    begin_phase("epoll");
    do {
        open_loop(producers, enough(10000000, 4096));
        crew_run(producers + 1, producers, produce, consume);
        close_loop();
        foreign = loop.rings - loop.own_rings;
        if (foreign > loop.total / RARE + RARE)
            die("%" PRIu64 " rings for %" PRIu64 " items", foreign, loop.total);
    } while (!proved(foreign > 1, tries++, "the loop never slept"));
    passed("epoll", loop.total, "%u:1, %" PRIu64 " rings", producers, foreign);
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, pass);
}
