/* storm.c - see storm.h.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A storm is a row of squalls, each with a queue of its own, for each kill leaves a
 * port open.  An item is `pushed` once its push has returned, and counted each time
 * that it is popped.  Each process has a life of its own, where it says that it pops:
 * the kills that ended it there are those that may have lost an item.
 */
#define _GNU_SOURCE 1
#include <fault/engine.h>
#include <fault/storm.h>

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PROCESSES = 4, SQUALL = 100,        /* kills */
    LIVES = PROCESSES + SQUALL,
    ITEMS = 1 << 22,                    /* a squall, at most */
    PATIENCE = 10000, FAST_PATIENCE = 3000,     /* looks, a millisecond apart */
    MOMENT = 400000                     /* nanoseconds between kills, at most */
};

static struct hall {
    PAWL_ATOMIC(uint64_t) made;         /* items; numbers from 1 on */
    PAWL_ATOMIC(uint64_t) moved, twice, torn;
    PAWL_ATOMIC(uint32_t) over;
    struct { alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) calls; } process[PROCESSES];
    /* 1 from before a pop until its item is counted; for good, if killed there. */
    struct { alignas(PAWL_LINE) PAWL_ATOMIC(uint32_t) pops; } life[LIVES];
    PAWL_ATOMIC(uint32_t) pushed[ITEMS + 1], popped[ITEMS + 1];
} *hall;

typedef struct child {
    pid_t pid;
    unsigned life;
} child;

static child children[PROCESSES];
static unsigned lives;                  /* begun in this squall */
static uint64_t dice;
static uint64_t born_at[PROCESSES];     /* its calls before this process began */

static uint64_t roll(uint64_t below)
{
    return fault_mix(dice += UINT64_C(0x9e3779b97f4a7c15)) % below;
}

static uint64_t add(PAWL_ATOMIC(uint64_t) *to, uint64_t n)
{
    return atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static uint64_t get(PAWL_ATOMIC(uint64_t) *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

/* All numbers are given out: nobody pushes any more. */
static bool used_up(void)
{
    return get(&hall->made) >= ITEMS - PROCESSES;
}

/* --- a process -------------------------------------------------------------------- */

static void note_pop(uint64_t number)
{
    add(&hall->moved, 1);
    if (number > ITEMS)
        add(&hall->torn, 1);
    else if (atomic_fetch_add_explicit(&hall->popped[number], 1, memory_order_relaxed))
        add(&hall->twice, 1);
}

static void pop(const fault_storm *s, void *port, PAWL_ATOMIC(uint32_t) *pops)
{
    uint64_t popped;

    /* acquire: the pop comes after; release, below: its note comes before. */
    (void)atomic_exchange_explicit(pops, 1, memory_order_acquire);
    popped = s->pop(port);
    if (popped != 0)
        note_pop(popped);
    atomic_store_explicit(pops, 0, memory_order_release);
}

/* Push one, as often as there is room; else pop one. */
static void work(const fault_storm *s, void *port, unsigned id, unsigned life)
{
    uint64_t number = 0;

    while (!atomic_load_explicit(&hall->over, memory_order_relaxed)) {
        if (number == 0 && !used_up())
            number = add(&hall->made, 1) + 1;
        if (number != 0 && roll(2) == 0 && s->push(port, number)) {
            atomic_store_explicit(&hall->pushed[number], 1, memory_order_relaxed);
            number = 0;
        } else {
            pop(s, port, &hall->life[life].pops);
        }
        add(&hall->process[id].calls, 1);
    }
}

static void begin(const fault_storm *s, void *queue, unsigned id)
{
    uint64_t mine = roll(UINT64_MAX);
    child c = { 0, lives++ };
    void *port;

    born_at[id] = get(&hall->process[id].calls);
    c.pid = fork();
    if (c.pid < 0)
        fault_die("no more processes");
    children[id] = c;
    if (c.pid > 0)
        return;
    dice = mine;
    port = s->join(queue);
    if (port == NULL)
        fault_die("storm: no port");
    work(s, port, id, c.life);
    _exit(0);
}

/* --- a squall --------------------------------------------------------------------- */

static void nap(long nanoseconds)
{
    struct timespec t = { 0, nanoseconds };

    nanosleep(&t, NULL);
}

static void end_all(void)
{
    for (unsigned i = 0; i < PROCESSES; i++) {
        kill(children[i].pid, SIGKILL);
        waitpid(children[i].pid, NULL, 0);
    }
}

/* Each process makes its calls, and items move, within seconds. */
static bool all_go_on(void)
{
    unsigned most = fault_run.fast ? FAST_PATIENCE : PATIENCE;
    uint64_t moved = get(&hall->moved), calls[PROCESSES];

    for (unsigned i = 0; i < PROCESSES; i++)
        calls[i] = get(&hall->process[i].calls);
    for (unsigned looks = 0; looks < most; looks++) {
        unsigned idle = !used_up() && get(&hall->moved) == moved;

        for (unsigned i = 0; i < PROCESSES; i++)
            idle += get(&hall->process[i].calls) == calls[i];
        if (idle == 0)
            return true;
        nap(looks < 10 ? 20000 : 1000000);
    }
    return false;
}

/* One of those that have done something already. */
static unsigned choose(void)
{
    for (unsigned looks = 0; looks < PATIENCE; looks++) {
        unsigned id = (unsigned)roll(PROCESSES);

        if (get(&hall->process[id].calls) != born_at[id])
            return id;
        nap(looks % PROCESSES == 0 ? 50000 : 0);
    }
    return PROCESSES;
}

/* A killed process has to have its turn on a processor to be gone; that is waited for
 * in the end.  *popping: how many of them were. */
static bool bury(const child *killed, unsigned n, unsigned *popping)
{
    bool good = true;

    *popping = 0;
    for (unsigned i = 0; i < n; i++) {
        int status;

        good &= waitpid(killed[i].pid, &status, 0) == killed[i].pid
             && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        *popping += atomic_load_explicit(&hall->life[killed[i].life].pops,
                                         memory_order_relaxed);
    }
    return good;
}

/* Up to so many kills, fewer if the numbers are used up: *kills, of which so many in a
 * pop.  NULL, or what is wrong. */
static const char *blow(const fault_storm *s, void *queue, unsigned *kills,
                        unsigned *popping)
{
    child killed[SQUALL];
    unsigned most = *kills;
    bool going = true;

    for (*kills = 0; *kills < most && going && !used_up(); ++*kills) {
        unsigned id;

        if (roll(2) == 0)
            nap((long)roll(MOMENT));
        id = choose();
        if (id == PROCESSES)
            break;
        kill(children[id].pid, SIGKILL);
        killed[*kills] = children[id];
        begin(s, queue, id);
        going = *kills % 32 != 31 || all_go_on();
    }
    if (!bury(killed, *kills, popping))
        return "a process ended by itself";
    return going && all_go_on() ? NULL : "a process hangs";
}

/* All leave; what is in the queue comes out. */
static bool calm(const fault_storm *s, void *queue)
{
    void *port = s->join(queue);
    bool good = port != NULL;
    uint64_t number;

    atomic_store_explicit(&hall->over, 1, memory_order_relaxed);
    for (unsigned i = 0; i < PROCESSES; i++) {
        int status;

        good &= waitpid(children[i].pid, &status, 0) == children[i].pid && status == 0;
    }
    while (good && (number = s->pop(port)) != 0)
        note_pop(number);
    return good;
}

typedef struct toll {
    uint64_t kills, popping, items, lost;
} toll;

static uint64_t missing(void)
{
    uint64_t lost = 0, made = get(&hall->made);

    for (uint64_t i = 1; i <= made; i++)
        lost += atomic_load_explicit(&hall->pushed[i], memory_order_relaxed)
            && !atomic_load_explicit(&hall->popped[i], memory_order_relaxed);
    return lost;
}

/* NULL, or what is wrong. */
static const char *squall(const fault_storm *s, unsigned kills, toll *t)
{
    unsigned ports = kills + PROCESSES + 1, popping = 0;
    size_t bytes = s->bytes(ports);
    void *queue = fault_memory(bytes);
    const char *wrong;
    uint64_t lost;

    memset((void *)hall, 0, offsetof(struct hall, pushed));
    if (madvise(hall, sizeof *hall, MADV_REMOVE) != 0 || !s->open(queue, bytes, ports))
        return "cannot open";
    lives = 0;
    for (unsigned i = 0; i < PROCESSES; i++)
        begin(s, queue, i);
    wrong = blow(s, queue, &kills, &popping);
    if (wrong != NULL) {
        end_all();
        return wrong;
    }
    if (!calm(s, queue))
        return "a process fails at the end";
    lost = missing();
    t->kills += kills;
    t->popping += popping;
    t->items += get(&hall->made);
    t->lost += lost;
    munmap(queue, bytes);
    return get(&hall->twice) > 0 ? "an item came twice"
         : get(&hall->torn) > 0 ? "an item came torn"
         : lost > popping ? "more items are lost than processes killed in a pop" : NULL;
}

bool fault_rage(const fault_storm *s)
{
    toll t = { 0, 0, 0, 0 };
    const char *wrong = NULL;

    hall = (struct hall *)fault_memory(sizeof *hall);
    dice = fault_run.seed;
    while (t.kills < fault_run.kills && wrong == NULL) {
        uint64_t left = fault_run.kills - t.kills;

        wrong = squall(s, left < SQUALL ? (unsigned)left : SQUALL, &t);
    }
    if (wrong != NULL)
        printf("%-16s storm: %s, after %" PRIu64 " kills  FAILED\n", s->structure,
               wrong, t.kills);
    else
        printf("%-16s storm: %" PRIu64 " kills, %" PRIu64 " of them in a pop, %" PRIu64
               " items, none twice, none torn, %" PRIu64 " lost  ok\n", s->structure,
               t.kills, t.popping, t.items, t.lost);
    printf("figure storm %s %" PRIu64 " kills\n", s->structure, t.kills);
    return wrong == NULL;
}
