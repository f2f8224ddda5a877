/* logtop_report.c - everything that is said on standard error.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int on_terminal, shows;          /* set once, then read only */
static int64_t every;

void report_open(progress_when when)
{
    on_terminal = isatty(STDERR_FILENO);
    shows = when != PROGRESS_NEVER;
    every = on_terminal || when == PROGRESS_ALWAYS ? PAWL_SECOND / 2 : 30 * PAWL_SECOND;
}

static void say_list(const char *format, va_list list)
{
    flockfile(stderr);
    progress_clear();
    fputs("logtop: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    funlockfile(stderr);
}

void say(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say_list(format, list);
    va_end(list);
}

void die(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say_list(format, list);
    va_end(list);
    _Exit(1);                           /* other threads may be at work */
}

pawl_time progress_due(void)
{
    return shows ? pawl_after(every) : PAWL_FOREVER;
}

void progress_clear(void)
{
    if (on_terminal && shows)
        fputs("\r\033[K", stderr);
}

void progress_show(uint64_t bytes, pawl_time elapsed)
{
    double seconds = (double)elapsed / 1e9, megabytes = (double)bytes / 1e6;

    progress_clear();
    fprintf(stderr, "logtop: %.1f s, %.1f MB, %.1f MB/s%s", seconds, megabytes,
            megabytes / seconds, on_terminal ? "" : "\n");
    fflush(stderr);
}

const char *grouped(uint64_t n)
{
    static char buffers[8][32];
    static unsigned turn;
    char *at = buffers[turn++ % 8] + 31;
    int digits = 0;

    *at = '\0';
    do {
        if (digits > 0 && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + n % 10);
        digits++;
    } while ((n /= 10) > 0);
    return at;
}
