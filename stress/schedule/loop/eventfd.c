/* eventfd.c - a channel emptied by a poll loop, in many interleavings.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Thread a is the loop; it follows the protocol in eventfd.h, with an fd of the
 * kernel's.  As poll(2) would stop all threads, the loop asks it without waiting, and
 * spins: a ring that is lost is a livelock here.
 */
#define _GNU_SOURCE 1
#include <pawl/channel.h>
#include <pawl/eventfd.h>

#include <trial/scripts.h>

#include <poll.h>
#include <stdlib.h>

enum { EACH = 4, MANY = 256 };

/* What the threads after the loop do, the capacity, and how many items the loop takes
 * before it lets others have a turn. */
static const struct { const char *text; unsigned capacity, turn; } all[] = {
    { "-|z", 1, MANY }, { "-|sz", 1, MANY }, { "-|sz", 1, 1 }, { "-|ssz", 2, MANY },
    { "-|ssz", 2, 1 }, { "-|ssz", 1, MANY }, { "-|s|z", 1, MANY }, { "-|ss|z", 2, 1 },
    { "-|sz|r", 1, MANY }, { "-|sz|r", 1, 1 }, { "-|ssz|r", 2, MANY },
    { "-|ss|zr", 2, MANY }, { "-|sz|rr", 2, 1 }, { "-|s|sz", 2, MANY }
};
enum { ALL = sizeof all / sizeof *all };

static struct {
    pawl_channel *channel;
    pawl_channel_port *ports[THREADS];
    pawl_eventfd bell;
    unsigned capacity, turn;
} hall;

/* --- operations ------------------------------------------------------------------- */

static void end_pop(history_op *op, int result, void *cell)
{
    schedule_return(op, result == 0 ? HISTORY_DONE
                        : result == ECANCELED ? HISTORY_CLOSED : HISTORY_NOT_NOW,
                    result == 0 ? *(uint64_t *)cell : 0);
}

static int try_pop(pawl_channel_port *port)
{
    history_op *op = schedule_call(HISTORY_POP, 0);
    void *cell = NULL;
    int result = pawl_channel_try_pop(port, &cell);

    end_pop(op, result, cell);
    return result;
}

static void pop(pawl_channel_port *port)
{
    history_op *op = schedule_call(HISTORY_POP, 0);
    void *cell = NULL;
    int result = pawl_channel_pop(port, &cell);

    end_pop(op, result, cell);
}

static void push(pawl_channel_port *port, uint64_t number)
{
    history_op *op = schedule_call(HISTORY_PUSH, number);

    *(uint64_t *)pawl_channel_cell(port, 0) = number;
    schedule_return(op, pawl_channel_push(port) == 0 ? HISTORY_DONE : HISTORY_CLOSED,
                    number);
}

static void shut(void)
{
    history_op *op = schedule_call(HISTORY_CLOSE, 0);

    pawl_channel_close(hall.channel);
    schedule_return(op, HISTORY_DONE, 0);
}

/* --- the loop --------------------------------------------------------------------- */

static void await_ring(void)
{
    struct pollfd at = { pawl_eventfd_fd(&hall.bell), POLLIN, 0 };

    while (poll(&at, 1, 0) == 0)
        pawl_yield();
}

/* As eventfd.h says.  False: closed, and all is taken. */
static bool turn(pawl_channel_port *port)
{
    pawl_eventfd_clear(&hall.bell);
    for (unsigned i = 0;; i++) {
        int result;

        if (i == hall.turn) {
            pawl_eventfd_ring(&hall.bell);
            return true;
        }
        result = try_pop(port);
        if (result == EAGAIN) {
            pawl_eventfd_arm(&hall.bell);
            result = try_pop(port);
            if (result == EAGAIN)
                return true;
            pawl_eventfd_disarm(&hall.bell);
        }
        if (result == ECANCELED)
            return false;
    }
}

static void play(void *unused, unsigned who)
{
    pawl_channel_port *port = hall.ports[who];
    uint64_t number = EACH * who;

    (void)unused;
    for (const char *s = scripts[who]; goes_on(s); s++)
        switch (*s) {
        case '-':
            while (turn(port))
                await_ring();
            break;
        case 's': push(port, ++number); break;
        case 'r': pop(port); break;
        case 'z': shut(); break;
        }
}

/* --- scenarios -------------------------------------------------------------------- */

static void set_up(void *unused)
{
    size_t bytes = pawl_channel_bytes(hall.capacity, THREADS, 1, sizeof(uint64_t));

    (void)unused;
    hall.channel = (pawl_channel *)aligned_alloc(PAWL_LINE, bytes);
    if (hall.channel == NULL
        || pawl_channel_init(hall.channel, bytes, hall.capacity, THREADS, 1,
                             sizeof(uint64_t), PAWL_PRIVATE) != 0
        || pawl_eventfd_open(&hall.bell, pawl_channel_items(hall.channel)) != 0) {
        schedule_fail("cannot open");
        return;
    }
    for (unsigned i = 0; i < THREADS; i++)
        if (pawl_channel_open(hall.channel, &hall.ports[i]) != 0)
            schedule_fail("no port");
}

/* What the loop left, after others had a turn and ended first, is none. */
static void check(void *unused)
{
    (void)unused;
    if (try_pop(hall.ports[0]) != ECANCELED)
        schedule_fail("something is left");
    pawl_eventfd_close(&hall.bell);
    free(hall.channel);
}

static const schedule_test *scenario(unsigned k, bool strict)
{
    static history_spec spec;
    static schedule_test test;
    static char name[32];

    (void)strict;
    hall.capacity = all[k].capacity;
    hall.turn = all[k].turn;
    snprintf(name, sizeof name, "%s of %u, turns of %u", all[k].text, hall.capacity,
             hall.turn);
    spec = (history_spec){ HISTORY_QUEUE, hall.capacity, 0, false, false };
    test = (schedule_test){ name, take_scripts(all[k].text), set_up, play, check,
                            &spec, NULL };
    return &test;
}

int main(int argc, char **argv)
{
    const schedule_trial trial = {
        "eventfd", ALL, scenario,
        "- the loop, until closed and empty; s push, r pop, waiting; z close; |\n"
        "begins the next thread; `of` is the capacity; turns: so many pops in a row\n",
        50000                           /* each has system calls */
    };

    return schedule_program(argc, argv, &trial);
}
