/* lock.h - a client's lock: what is inside is one thread's alone, and all get in.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The client has said: lock(), try_lock(), unlock().
 */
#ifndef PAWL_GENMC_LOCK_H
#define PAWL_GENMC_LOCK_H

static uint32_t visits;                 /* plain: it is guarded */

static void *visits_once(void *a)
{
    lock();
    visits++;
    unlock();
    return a;
}

static void *visits_twice(void *a)
{
    return visits_once(visits_once(a));
}

static bool got_in;

static void *tries_to_visit(void *a)
{
    got_in = try_lock();
    if (got_in) {
        visits++;
        unlock();
    }
    return a;
}

/* It has changed hands before some of them, and they have to wait. */
int safety(void)
{
    visits = 0;
    run_threads(visits_once, visits_once, visits_once, NULL);
    assert(visits == 3);
    return 0;
}

int again(void)
{
    visits = 0;
    run_threads(visits_twice, visits_once, NULL, NULL);
    assert(visits == 3);
    return 0;
}

int tries(void)
{
    visits = 0;
    run_threads(visits_once, visits_once, tries_to_visit, NULL);
    assert(visits == (got_in ? 3 : 2));
    assert(try_lock());                 /* all have left */
    unlock();
    return 0;
}

int main(void)
{
    return safety() || again() || tries();
}

#endif
