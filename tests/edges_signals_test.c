/* edges_signals_test.c - every call that waits, in a storm of signals.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The main thread waits, and is hit by SIGUSR1, whose handler was installed without
 * SA_RESTART, all the time.  A partner gives it what it waits for.  No call shows the
 * signal, touches errno, comes back before its moment, or misses its wake: the watchdog
 * ends one that does.
 */
#include "unit.h"

#include <poll.h>

#include <pawl/pawl.h>

enum {
    STORM = 100,                        /* milliseconds, at least */
    HITS = 100,                         /* signals, at least */
    ERRNO = 77
};

static struct {
    PAWL_ATOMIC(uint32_t) word;
    PAWL_ATOMIC(uint64_t) wide;
    pawl_sem sem;
    pawl_event event;
    pawl_channel *channel;
    pawl_channel_port *ours, *theirs;
    pawl_spinlock spinlock;
    pawl_ticketlock ticketlock;
    unsigned visits;                    /* plain: guarded by the locks */
    pawl_eventfd bell;
    flag asked, given, over;            /* rounds; given: by the partner */
    unsigned rounds;                    /* that are over */
    int failed;                         /* the partner's calls that did */
} the;

/* One round of the main thread, and what the partner does in it. */
typedef struct scene {
    void (*round)(void);
    void (*give)(void);
} scene;

static const scene *now;

static void *be_partner(void *unused)
{
    struct timespec late = { 0, 0 };
    int round = 0;
    (void)unused;

    while (!get(&the.over)) {
        if (get(&the.asked) == round) {
            sched_yield();
            continue;
        }
        round++;
        late.tv_nsec = round % 4 * 60000;       /* it sleeps; or it does not yet */
        nanosleep(&late, NULL);
        now->give();
        set(&the.given, round);
    }
    return NULL;
}

/* The partner will give once, some time soon; finish_round() waits until it has. */
static void ask(void)
{
    set(&the.asked, get(&the.asked) + 1);
}

static void finish_round(void)
{
    await(&the.given, get(&the.asked));
    the.rounds++;
}

static pawl_time soon(void)
{
    return pawl_after(300 * PAWL_MICROSECOND);
}

static pawl_time far_away(void)
{
    return pawl_after(50 * PAWL_SECOND);
}

/* A result of a call that was to time out. */
static void timed_out(int result, pawl_time until)
{
    assert_int_equal(result, ETIMEDOUT);
    assert_true(pawl_now() >= until);
}

static void weather(const scene *s)
{
    pawl_time until;
    pthread_t partner;
    storm weather;

    memset((void *)&the, 0, sizeof the);
    now = s;
    partner = start(be_partner, NULL);
    storm_begin(&weather, pthread_self());
    errno = ERRNO;
    until = pawl_after(STORM * PAWL_MILLISECOND);
    do {
        s->round();
        assert_int_equal(errno, ERRNO);
    } while (pawl_now() < until || get(&storm_hits) < HITS);
    storm_end(&weather);
    set(&the.over, 1);
    finish(partner);
    assert_int_equal(the.failed, 0);
    assert_true(the.rounds > 0);
}

/* --- park ----------------------------------------------------------------- */

static void give_word(void)
{
    atomic_fetch_add_explicit(&the.word, 1, memory_order_release);
    pawl_unpark(&the.word, 1, PAWL_PRIVATE);
}

static void round_of_park(void)
{
    uint32_t before = atomic_load_explicit(&the.word, memory_order_acquire);
    pawl_time until = soon();
    int result;

    do
        result = pawl_park(&the.word, before, until, PAWL_PRIVATE);
    while (result == 0);
    timed_out(result, until);
    ask();
    while (atomic_load_explicit(&the.word, memory_order_acquire) == before)
        assert_int_equal(pawl_park(&the.word, before, PAWL_FOREVER, PAWL_PRIVATE), 0);
    finish_round();
}

static void park_is_not_interrupted(void **state)
{
    (void)state;
    weather(&(scene){ round_of_park, give_word });
}

static void give_wide(void)
{
    atomic_fetch_add_explicit(&the.wide, 1, memory_order_release);
    pawl_unpark_half(&the.wide, 1, PAWL_SHARED);
}

static void round_of_park_half(void)
{
    uint64_t before = atomic_load_explicit(&the.wide, memory_order_acquire);
    pawl_time until = soon();
    int result;

    do
        result = pawl_park_half(&the.wide, (uint32_t)before, until, PAWL_SHARED);
    while (result == 0);
    timed_out(result, until);
    ask();
    while (atomic_load_explicit(&the.wide, memory_order_acquire) == before)
        assert_int_equal(pawl_park_half(&the.wide, (uint32_t)before, PAWL_FOREVER,
                                        PAWL_SHARED), 0);
    finish_round();
}

static void park_half_is_not_interrupted(void **state)
{
    (void)state;
    weather(&(scene){ round_of_park_half, give_wide });
}

/* --- sem and event -------------------------------------------------------- */

static void give_permits(void)
{
    for (unsigned i = 0; i < 3; i++)
        the.failed += pawl_sem_post(&the.sem, 1) != 0;
}

static void round_of_sem(void)
{
    pawl_time until = soon();

    timed_out(pawl_sem_wait_until(&the.sem, 1, until), until);
    ask();
    assert_int_equal(pawl_sem_wait(&the.sem, 1), 0);
    assert_int_equal(pawl_sem_wait_until(&the.sem, 2, far_away()), 0);
    finish_round();
}

static void sem_wait_is_not_interrupted(void **state)
{
    (void)state;
    weather(&(scene){ round_of_sem, give_permits });
}

static void give_notify(void)
{
    atomic_fetch_add_explicit(&the.word, 1, memory_order_release);
    pawl_event_notify(&the.event, 1);
}

static void round_of_event(void)
{
    uint32_t before = atomic_load_explicit(&the.word, memory_order_acquire), key;
    pawl_time until = soon();
    int result;

    do
        result = pawl_event_wait(&the.event, pawl_event_prepare(&the.event), until);
    while (result == 0);
    timed_out(result, until);
    ask();
    for (;;) {
        key = pawl_event_prepare(&the.event);
        if (atomic_load_explicit(&the.word, memory_order_acquire) != before)
            break;
        assert_int_equal(pawl_event_wait(&the.event, key, PAWL_FOREVER), 0);
    }
    pawl_event_cancel(&the.event);
    finish_round();
}

static void event_wait_is_not_interrupted(void **state)
{
    (void)state;
    weather(&(scene){ round_of_event, give_notify });
}

/* --- channel -------------------------------------------------------------- */

/* A channel for 1 item, made in the first round: weather() clears what there was. */
static void have_channel(void)
{
    size_t bytes = pawl_channel_bytes(1, 2, 4, 8);

    if (the.channel != NULL)
        return;
    the.channel = block(bytes);
    assert_int_equal(pawl_channel_init(the.channel, bytes, 1, 2, 4, 8, PAWL_PRIVATE),
                     0);
    assert_int_equal(pawl_channel_open(the.channel, &the.ours), 0);
    assert_int_equal(pawl_channel_open(the.channel, &the.theirs), 0);
}

static void weather_on_channel(const scene *s)
{
    weather(s);
    free(the.channel);
}

static void give_items(void)
{
    for (unsigned i = 0; i < 5; i++)
        the.failed += pawl_channel_push(the.theirs) != 0;
}

static void round_of_pop(void)
{
    pawl_time until = soon();
    void *cells[4];

    have_channel();
    timed_out(pawl_channel_pop_until(the.ours, cells, until), until);
    until = soon();
    assert_int_equal(pawl_channel_pop_n(the.ours, cells, 1, 4, until), 0);
    assert_true(pawl_now() >= until);
    ask();
    assert_int_equal(pawl_channel_pop(the.ours, cells), 0);
    assert_int_equal(pawl_channel_pop_n(the.ours, cells, 3, 3, PAWL_FOREVER), 3);
    assert_int_equal(pawl_channel_pop_until(the.ours, cells, far_away()), 0);
    finish_round();
}

static void channel_pop_is_not_interrupted(void **state)
{
    (void)state;
    weather_on_channel(&(scene){ round_of_pop, give_items });
}

static void give_room(void)
{
    void *cell = NULL;

    for (unsigned i = 0; i < 3; i++)
        the.failed += pawl_channel_pop(the.theirs, &cell) != 0;
}

static void round_of_push(void)
{
    pawl_time until;

    have_channel();
    assert_int_equal(pawl_channel_push(the.ours), 0);
    until = soon();
    timed_out(pawl_channel_push_until(the.ours, until), until);
    ask();
    assert_int_equal(pawl_channel_push(the.ours), 0);
    assert_int_equal(pawl_channel_push_until(the.ours, far_away()), 0);
    finish_round();
}

static void channel_push_is_not_interrupted(void **state)
{
    (void)state;
    weather_on_channel(&(scene){ round_of_push, give_room });
}

/* --- doorbell ------------------------------------------------------------- */

static bool readable(void)
{
    struct pollfd p = { pawl_eventfd_fd(&the.bell), POLLIN, 0 };
    int result;

    do
        result = poll(&p, 1, 0);        /* the caller's own call may be interrupted */
    while (result < 0 && errno == EINTR);
    errno = ERRNO;
    return result == 1;
}

static void round_of_eventfd(void)
{
    if (the.bell.event == NULL)
        assert_int_equal(pawl_eventfd_open(&the.bell, &the.event), 0);
    pawl_eventfd_arm(&the.bell);
    assert_false(readable());
    ask();
    while (!readable())
        continue;
    finish_round();
    pawl_eventfd_clear(&the.bell);
    assert_false(readable());
    pawl_eventfd_ring(&the.bell);
    assert_true(readable());
    assert_true(pawl_eventfd_disarm(&the.bell));
    pawl_eventfd_clear(&the.bell);
    assert_false(readable());
}

static void a_doorbell_is_not_interrupted(void **state)
{
    (void)state;
    weather(&(scene){ round_of_eventfd, give_notify });
    pawl_eventfd_close(&the.bell);
}

/* --- locks ---------------------------------------------------------------- */

enum { VISITS = 20 };

static void visit_spinlock(void)
{
    for (unsigned i = 0; i < VISITS; i++) {
        pawl_spinlock_lock(&the.spinlock);
        the.visits++;
        if (i % 4 == 0)
            sched_yield();              /* the other one has to wait */
        pawl_spinlock_unlock(&the.spinlock);
    }
}

static void visit_ticketlock(void)
{
    for (unsigned i = 0; i < VISITS; i++) {
        pawl_ticketlock_lock(&the.ticketlock);
        the.visits++;
        if (i % 4 == 0)
            sched_yield();
        pawl_ticketlock_unlock(&the.ticketlock);
    }
}

static void round_of_locks(void)
{
    ask();
    now->give();
    finish_round();
    assert_int_equal(the.visits, the.rounds * 2 * VISITS);
}

static void locks_are_not_interrupted(void **state)
{
    (void)state;
    weather(&(scene){ round_of_locks, visit_spinlock });
    weather(&(scene){ round_of_locks, visit_ticketlock });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(park_is_not_interrupted),
        cmocka_unit_test(park_half_is_not_interrupted),
        cmocka_unit_test(sem_wait_is_not_interrupted),
        cmocka_unit_test(event_wait_is_not_interrupted),
        cmocka_unit_test(channel_pop_is_not_interrupted),
        cmocka_unit_test(channel_push_is_not_interrupted),
        cmocka_unit_test(a_doorbell_is_not_interrupted),
        cmocka_unit_test(locks_are_not_interrupted),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_signals", tests, NULL, NULL);
}
