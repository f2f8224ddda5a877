/* probe.h - where a tracer can look in: bpftrace, perf, SystemTap, gdb.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A probe pawl:NAME is an instruction that does nothing, and a note in the library that
 * says where it is and where its arguments are.  Where <sys/sdt.h> is not here, none
 * is.
 */
#ifndef PAWL_SRC_PROBE_H
#define PAWL_SRC_PROBE_H

#include <pawl/channel.h>

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define PROBE2(name, a, b) DTRACE_PROBE2(pawl, name, a, b)
#define PROBE3(name, a, b, c) DTRACE_PROBE3(pawl, name, a, b, c)
#else
#define PROBE2(name, a, b) ((void)(a), (void)(b))
#define PROBE3(name, a, b, c) ((void)(a), (void)(b), (void)(c))
#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"     /* clang, of what is in <sys/sdt.h> */

/* A call waits for items (1) or space (0), and has waited. */
static inline void probe_channel_wait_begin(const pawl_channel *c, int items)
{
    PROBE2(channel_wait_begin, c, items);
}

static inline void probe_channel_wait_end(const pawl_channel *c, int items, int result)
{
    PROBE3(channel_wait_end, c, items, result);
}

/* Closed by this call (1), or it was before (0). */
static inline void probe_channel_close(const pawl_channel *c, int closed)
{
    PROBE2(channel_close, c, closed);
}

/* There are `depth` items: its watch calls. */
static inline void probe_channel_high_water(const pawl_channel *c, uint64_t depth)
{
    PROBE2(channel_high_water, c, depth);
}

#pragma GCC diagnostic pop

#endif
