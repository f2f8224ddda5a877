/* ticketlock.c - a client for GenMC: ticketlock.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/ticketlock.c"

static pawl_ticketlock it = PAWL_TICKETLOCK_INIT;

static void lock(void)
{
    pawl_ticketlock_lock(&it);
}

static bool try_lock(void)
{
    return pawl_ticketlock_try_lock(&it);
}

static void unlock(void)
{
    pawl_ticketlock_unlock(&it);
}

#include "lock.h"
