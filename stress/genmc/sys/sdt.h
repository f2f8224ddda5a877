/* sdt.h - a stand-in for <sys/sdt.h>: no probes, for they are assembly.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_GENMC_SDT_H
#define PAWL_GENMC_SDT_H

#define DTRACE_PROBE2(from, name, a, b) ((void)(a), (void)(b))
#define DTRACE_PROBE3(from, name, a, b, c) ((void)(a), (void)(b), (void)(c))

#endif
