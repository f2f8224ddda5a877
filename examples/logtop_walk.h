/* logtop_walk.h - the files that are to be read, one after the other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_WALK_H
#define LOGTOP_WALK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct walk {
    pthread_mutex_t mutex;              /* for all that follows */
    char **pending;                     /* paths to be looked at, the next one last */
    size_t count, room;
    size_t given;                       /* how many of them are the user's own words */
    bool quiet;                         /* names nothing */
    uint64_t not_followed;              /* symbolic links and special files */
    uint64_t unreadable;
} walk;

/* A walk through `paths` and all that lies in those that are folders. */
void walk_open(walk *w, char *const *paths, size_t n, bool quiet);
void walk_close(walk *w);

/* The next regular file, or "-"; NULL: that was all.  For the caller to free.  Any
 * thread. */
char *walk_next(walk *w);

/* Name a file that cannot be read, with the reason, an errno value.  Any thread. */
void walk_complain(walk *w, const char *path, int reason);

/* Open what walk_next gave: -1 and named, if that fails. */
int walk_open_file(walk *w, const char *path);

/* A name for the user to read. */
const char *walk_name(const char *path);

#endif
