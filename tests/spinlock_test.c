/* spinlock_test.c - what spinlock.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/spinlock.h>

#define NAME "spinlock"
#define CALL(name) pawl_spinlock_##name
#define UNLOCKED PAWL_SPINLOCK_INIT
#define BUSY PAWL_SPINLOCK_INIT
enum { ROUNDS = 20000 };
typedef pawl_spinlock lock;
#include "lock.h"

static_assert(sizeof(pawl_spinlock) == 4, "4 bytes");

typedef struct door {
    pawl_spinlock lock;
    flag came, inside;
} door;

static void *visit(void *argument)
{
    door *d = argument;

    set(&d->came, 1);
    pawl_spinlock_lock(&d->lock);
    set(&d->inside, 1);
    pawl_spinlock_unlock(&d->lock);
    return NULL;
}

static void lock_waits_for_the_holder(void **state)
{
    door d = { PAWL_SPINLOCK_INIT, 0, 0 };
    pthread_t visitor;
    (void)state;

    pawl_spinlock_lock(&d.lock);
    visitor = start(visit, &d);
    await(&d.came, 1);
    nap(20);
    assert_int_equal(get(&d.inside), 0);
    pawl_spinlock_unlock(&d.lock);
    finish(visitor);
    assert_int_equal(get(&d.inside), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOCK_TESTS
        cmocka_unit_test(lock_waits_for_the_holder),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("spinlock", tests, NULL, NULL);
}
