/* spinlock.c - a client for GenMC: spinlock.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/spinlock.c"

static pawl_spinlock it = PAWL_SPINLOCK_INIT;

static void lock(void)
{
    pawl_spinlock_lock(&it);
}

static bool try_lock(void)
{
    return pawl_spinlock_try_lock(&it);
}

static void unlock(void)
{
    pawl_spinlock_unlock(&it);
}

#include "lock.h"
