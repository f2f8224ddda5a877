/* logtop_report.h - everything that is said on standard error.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_REPORT_H
#define LOGTOP_REPORT_H

#include <pawl/time.h>

#include <stddef.h>
#include <stdint.h>

typedef enum progress_when { PROGRESS_AUTO, PROGRESS_NEVER, PROGRESS_ALWAYS }
    progress_when;

/* Once, before there are threads: when to show progress. */
void report_open(progress_when when);

/* A line, "logtop: ..." */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* say, and exit with status 1: for what cannot be gone on from. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* When progress is to be shown next, counted from now; never: PAWL_FOREVER. */
pawl_time progress_due(void);
void progress_show(uint64_t bytes, pawl_time elapsed);
void progress_clear(void);

/* 1234567 as 1,234,567, in one of a few static buffers: for the main thread. */
const char *grouped(uint64_t n);

#endif
