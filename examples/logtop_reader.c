/* logtop_reader.c - a reader: fills the queue's blocks with the text of files.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One block takes as many files as fit.  Each ends with a newline, which is added where
 * the file has none.
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_reader.h"
#include "logtop_interrupt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool is_binary(const unsigned char *text, size_t length)
{
    return memchr(text, '\0', length < PROBE_BYTES ? length : PROBE_BYTES) != NULL;
}

/* Hand on the block; what is cut from it begins the next one. */
static void hand_on(reader *r)
{
    block *next = r->kind->blank(&r->end);

    block_cut(r->wanted, r->now, next);
    r->kind->push(&r->end, r->now);
    r->now = next;
}

/* read(), which an interrupt ends like the end of the file.  Only standard input can
 * keep us waiting. */
static ssize_t read_some(int fd, void *to, size_t most)
{
    struct pollfd wait[2] = { { fd, POLLIN, 0 }, { interrupt_fd(), POLLIN, 0 } };
    ssize_t got;

    do {
        if (fd == STDIN_FILENO)
            (void)poll(wait, 2, -1);
        if (interrupted())
            return 0;
        got = read(fd, to, most);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    return got;
}

static void note_bytes(reader *r, int64_t more)
{
    /* relaxed: only we write it, and it is only shown. */
    uint64_t bytes = atomic_load_explicit(&r->bytes, memory_order_relaxed);

    atomic_store_explicit(&r->bytes, bytes + (uint64_t)more, memory_order_relaxed);
}

/* Read on into the block, or into the next one.  As read(). */
static ssize_t read_on(reader *r, const char *path, int fd)
{
    unsigned char *to;
    ssize_t got;

    if (r->now->length >= BLOCK_BYTES)
        hand_on(r);
    to = r->now->text + r->now->length;
    got = read_some(fd, to, BLOCK_BYTES - r->now->length);
    if (got < 0)
        walk_complain(r->walk, path, errno);
    if (got > 0) {
        r->now->length += (uint32_t)got;
        r->last = to[got - 1];
        note_bytes(r, got);
    }
    return got;
}

static void read_file(reader *r, const char *path, int fd)
{
    uint32_t start;
    ssize_t got;

    if (r->now->length > BLOCK_BYTES - PROBE_BYTES)
        hand_on(r);                     /* what tells a binary is to be in one block */
    start = r->now->length;
    r->last = '\n';
    do
        got = read_on(r, path, fd);
    while (got > 0 && r->now->length - start < PROBE_BYTES);
    if (is_binary(r->now->text + start, r->now->length - start)) {
        note_bytes(r, (int64_t)start - r->now->length);
        r->now->length = start;
        r->binaries++;
        return;
    }
    while (got > 0)
        got = read_on(r, path, fd);
    r->files += got == 0;
    if (r->last != '\n')
        r->now->text[r->now->length++] = '\n';
}

void reader_run(reader *r)
{
    char *path;

    r->now = r->kind->blank(&r->end);
    r->now->fields = r->now->within = r->now->length = 0;
    while (!interrupted() && (path = walk_next(r->walk)) != NULL) {
        int fd = walk_open_file(r->walk, path);

        if (fd >= 0)
            read_file(r, path, fd);
        if (fd > STDIN_FILENO)
            close(fd);
        free(path);
    }
    if (r->now->length > 0)
        hand_on(r);
}
