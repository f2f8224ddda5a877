/* pawl_test.c - what pawl.h promises: everything, and which version it is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/pawl.h>

static void the_library_is_of_this_headers_version(void **state)
{
    char version[64];
    (void)state;

    snprintf(version, sizeof version, "%d.%d.%d", PAWL_VERSION_MAJOR,
             PAWL_VERSION_MINOR, PAWL_VERSION_PATCH);
    assert_string_equal(pawl_version(), version);
    assert_ptr_equal(pawl_version(), pawl_version());
}

/* A name of each header: this would not compile if pawl.h left one out. */
static void it_brings_every_header(void **state)
{
    static const size_t sizes[] = {
        PAWL_LINE, sizeof(pawl_time), sizeof(pawl_backoff), sizeof(pawl_scope),
        sizeof(pawl_event), sizeof(pawl_eventfd), sizeof(pawl_spinlock),
        sizeof(pawl_ticketlock), sizeof(pawl_sem), sizeof(pawl_spsc_ring),
        sizeof(pawl_mpmc_ring), sizeof(pawl_mpmc_ring64), sizeof(pawl_mpmc_swap),
        sizeof(pawl_mpmc_word), sizeof(pawl_channel), sizeof(pawl_spsc_channel),
        sizeof(pawl_mpsc_channel),
    };
    (void)state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_true(sizes[i] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_is_of_this_headers_version),
        cmocka_unit_test(it_brings_every_header),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("pawl", tests, NULL, NULL);
}
