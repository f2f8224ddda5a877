/* pawl.c - which version this is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const char *pawl_version(void)
{
    return TEXT(PAWL_VERSION_MAJOR) "." TEXT(PAWL_VERSION_MINOR) "."
           TEXT(PAWL_VERSION_PATCH);
}
