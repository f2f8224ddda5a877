/* sem.c - a client for GenMC: sem.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/sem.c"

#include <stdlib.h>

static alignas(PAWL_LINE) pawl_sem sem;
static uint32_t written[2];             /* plain: by each poster, before it posts */
static uint32_t visits;

static void begin(uint32_t permits)
{
    assert(pawl_sem_init(&sem, permits, PAWL_PRIVATE) == 0);
    written[0] = written[1] = visits = 0;
}

static void *posts(void *a)
{
    written[(uintptr_t)a] = 1;
    assert(pawl_sem_post(&sem, 1) == 0);
    return NULL;
}

static void *waits(void *a)
{
    assert(pawl_sem_wait(&sem, 1) == 0);
    return a;
}

static void *waits_for_two(void *a)
{
    assert(pawl_sem_wait(&sem, 2) == 0);
    assert(written[0] == 1 && written[1] == 1);
    return a;
}

/* Two permits, of different posters, at once. */
int several(void)
{
    begin(0);
    run_threads(posts, posts, waits_for_two, NULL);
    assert(pawl_sem_try_wait(&sem, 1) == EAGAIN);
    return 0;
}

static void *posts_two(void *a)
{
    assert(pawl_sem_post(&sem, 2) == 0);
    return a;
}

/* Each who waits is woken, by one post or by two. */
int safety(void)
{
    begin(0);
    run_threads(posts_two, waits, waits, NULL);
    assert(pawl_sem_try_wait(&sem, 1) == EAGAIN);
    return 0;
}

int posters(void)
{
    begin(0);
    run_threads(posts, posts, waits, NULL);
    assert(pawl_sem_try_wait(&sem, 1) == 0);
    return 0;
}

/* Two post and two wait, of whom one finds a permit, or sleeps as the other. */
int two_by_two(void)
{
    begin(1);
    run_threads(posts, posts, waits, waits);
    assert(pawl_sem_try_wait(&sem, 1) == 0);
    assert(pawl_sem_try_wait(&sem, 1) == EAGAIN);
    return 0;
}

static void *waits_for_both(void *a)
{
    assert(pawl_sem_wait(&sem, 2) == 0);
    return a;
}

/* A wake for one who wants one is not lost to one who wants two. */
int mixed(void)
{
    begin(1);
    run_threads(posts_two, waits_for_both, waits, NULL);
    assert(pawl_sem_try_wait(&sem, 1) == EAGAIN);
    return 0;
}

static void *visits_once(void *a)
{
    assert(pawl_sem_wait(&sem, 1) == 0);
    visits++;
    assert(pawl_sem_post(&sem, 1) == 0);
    return a;
}

/* One permit: a lock. */
int lock(void)
{
    begin(1);
    run_threads(visits_once, visits_once, NULL, NULL);
    assert(visits == 2);
    return 0;
}

static void *closes(void *a)
{
    written[0] = 1;
    assert(pawl_sem_close(&sem));
    return a;
}

static void *posts_perhaps(void *a)
{
    int result = pawl_sem_post(&sem, 1);

    written[1] = result == 0;
    assert(result == 0 || (result == ECANCELED && written[0] == 1));
    return a;
}

static void *waits_for_the_close(void *a)
{
    while (pawl_sem_wait(&sem, 1) == 0)
        visits++;
    assert(written[0] == 1);
    return a;
}

/* A post is before the close, and its permit can be had, or after it. */
int closed(void)
{
    begin(0);
    run_threads(closes, posts_perhaps, waits_for_the_close, NULL);
    assert(visits + pawl_sem_count_hint(&sem) == written[1]);
    return 0;
}

static pawl_sem *short_lived;

static void *posts_the_last(void *a)
{
    assert(pawl_sem_post(short_lived, 1) == 0);
    return a;
}

static void *waits_and_frees(void *a)
{
    assert(pawl_sem_wait(short_lived, 1) == 0);
    free(short_lived);
    return a;
}

/* Who has taken the last permit may free it. */
int freed(void)
{
    short_lived = aligned_alloc(PAWL_LINE, PAWL_LINE);
    assert(short_lived != NULL && pawl_sem_init(short_lived, 0, PAWL_PRIVATE) == 0);
    run_threads(posts_the_last, waits_and_frees, NULL, NULL);
    return 0;
}

int main(void)
{
    return safety() || posters() || two_by_two() || several() || mixed() || lock()
        || closed() || freed();
}
