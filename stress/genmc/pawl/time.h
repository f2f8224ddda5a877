/* time.h - a stand-in for <pawl/time.h>, where no time goes by.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_GENMC_TIME_H
#define PAWL_GENMC_TIME_H

#pragma GCC system_header               /* #include_next */
#include_next <pawl/time.h>

pawl_time pawl_now(void)
{
    return 0;
}

#endif
