/* logtop_options.h - what the user asks for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_OPTIONS_H
#define LOGTOP_OPTIONS_H

#include "logtop_queue.h"
#include "logtop_report.h"

typedef struct options {
    size_t readers, workers;
    size_t top;                         /* 0: all */
    uint64_t field;                     /* 0: words */
    const queue_kind *kind;
    bool verify;
    progress_when progress;
    char **paths;
    size_t path_count;
} options;

/* What to do next: count, or exit with a status: 0 for --help, 2 for misuse. */
typedef enum { OPTIONS_COUNT = -1, OPTIONS_DONE = 0, OPTIONS_WRONG = 2 } options_next;

options_next options_parse(options *o, int argc, char **argv);

#endif
