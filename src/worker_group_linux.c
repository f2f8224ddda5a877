/* worker_group_linux.c - threads get their names by prctl.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "thread.h"

#include <stdio.h>
#include <sys/prctl.h>

enum { NAME_BYTES = 15, NUMBER_BYTES = 11 };   /* at most; and a NUL */

void pawl_name_thread_(const char *name, unsigned number)
{
    char text[NAME_BYTES + NUMBER_BYTES + 1];
    int tail = snprintf(NULL, 0, "-%u", number);

    snprintf(text, sizeof text, "%.*s-%u", NAME_BYTES - tail, name, number);
    prctl(PR_SET_NAME, text);
}
