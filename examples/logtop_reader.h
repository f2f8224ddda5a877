/* logtop_reader.h - a reader: fills the queue's blocks with the text of files.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_READER_H
#define LOGTOP_READER_H

#include "logtop_queue.h"
#include "logtop_walk.h"

typedef struct reader {
    const wanted *wanted;
    const queue_kind *kind;
    walk *walk;
    queue_end end;
    block *now;                         /* the block that is being filled */
    unsigned char last;                 /* byte of this file; if none, a newline */
    uint64_t files, binaries;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) bytes;     /* so far, for the progress */
} reader;

/* Read all that the walk finds, until it ends or the user interrupts. */
void reader_run(reader *r);

/* Of `length` bytes at the beginning of a file: is it binary? */
bool is_binary(const unsigned char *text, size_t length);

#endif
