/* channel_watch_look_test.c - channel_watch.h: looks while others are at work.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "meanwhile.h"

#include "watch.h"

/* A push that is over now looks: there are two items, but for a moment. */
static void look_while(pawl_channel_port *port, pawl_channel_port *other)
{
    others.port = other;
    pawl_channel_saw_push_(port, 1, 0);
    others.port = NULL;
}

static void no_more_is_found_than_there_was(void **state)
{
    (void)state;
    for (unsigned times = 0; times < 130; times++) {
        pawl_channel *c = make(64);
        static pawl_channel_watch w;
        called me = { .channel = c };
        pawl_channel_port *port, *other;

        assert_int_equal(pawl_channel_watch_init(&w, c, 3, high, &me), 0);
        port = enter(c);
        other = enter(c);
        others.times = times;
        push(port, 1);
        for (unsigned i = 0; i < 8; i++) {
            push(port, 1);
            look_while(port, other);
            pop(port, 1);
        }
        assert_int_equal(read_watch(&w).deepest, 2);
        assert_int_equal(me.times, 0);
        push(port, 2);
        assert_int_equal(read_watch(&w).deepest, 3);
        assert_int_equal(me.times, 1);
        free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_is_found_than_there_was),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("channel_watch_look", tests, NULL, NULL);
}
