/* meanwhile.h - mpmc_swap.c, in which others are at work each time it looks at a slot.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A test says who: others.port, and how often they pop one item and push one.
 */
#ifndef PAWL_TESTS_MEANWHILE_H
#define PAWL_TESTS_MEANWHILE_H

#include "unit.h"

#include <pawl/mpmc_swap.h>

static struct {
    pawl_mpmc_swap_port *port;          /* NULL: nobody */
    unsigned times;
    uint64_t looks;                     /* since it was set to 0 */
} others;

static inline void meanwhile(void)
{
    pawl_mpmc_swap_port *port = others.port;
    void *cell;

    others.port = NULL;                 /* their own calls look too */
    for (unsigned i = 0; port != NULL && i < others.times; i++)
        if (pawl_mpmc_swap_try_pop(port, &cell) != 0
            || pawl_mpmc_swap_try_push(port) != 0)
            abort();
    others.port = port;
    others.looks += port != NULL;
}

#define pawl_mpmc_swap_slots_(q) (meanwhile(), pawl_mpmc_swap_slots_(q))
#include "../src/mpmc_swap.c"

#endif
