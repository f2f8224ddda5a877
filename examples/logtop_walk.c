/* logtop_walk.c - the files that are to be read, one after the other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _XOPEN_SOURCE 700
#include "logtop_walk.h"
#include "logtop_report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `folder`/`name`, or a copy of `name` where there is no folder. */
static void append(walk *w, const char *folder, const char *name)
{
    size_t before = folder != NULL ? strlen(folder) : 0, length = strlen(name);
    char *path = (char *)malloc(before + length + 2);

    if (w->count == w->room) {
        w->room = w->room * 2 + 64;
        w->pending = (char **)realloc(w->pending, w->room * sizeof *w->pending);
    }
    if (path == NULL || w->pending == NULL)
        die("out of memory");
    if (before > 0) {
        memcpy(path, folder, before);
        if (folder[before - 1] != '/')
            path[before++] = '/';
    }
    memcpy(path + before, name, length + 1);
    w->pending[w->count++] = path;
}

void walk_open(walk *w, char *const *paths, size_t n, bool quiet)
{
    pthread_mutex_init(&w->mutex, NULL);
    w->pending = NULL;
    w->count = w->room = 0;
    w->given = n;
    w->quiet = quiet;
    w->not_followed = w->unreadable = 0;
    while (n > 0)
        append(w, NULL, paths[--n]);
}

void walk_close(walk *w)
{
    while (w->count > 0)
        free(w->pending[--w->count]);
    free(w->pending);
    pthread_mutex_destroy(&w->mutex);
}

const char *walk_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static void complain(walk *w, const char *path, const char *reason)
{
    w->unreadable++;
    if (!w->quiet)
        say("%s: %s", walk_name(path), reason);
}

/* Append what lies in the folder. */
static void expand(walk *w, const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *each;

    if (folder == NULL) {
        complain(w, path, strerror(errno));
        return;
    }
    while (errno = 0, (each = readdir(folder)) != NULL)
        if (strcmp(each->d_name, ".") != 0 && strcmp(each->d_name, "..") != 0)
            append(w, path, each->d_name);
    if (errno != 0)
        complain(w, path, strerror(errno));
    closedir(folder);
}

/* Is it a file to be read?  A folder is expanded; what is not followed is named only
 * if the user has named it. */
static bool look_at(walk *w, const char *path, bool given)
{
    struct stat s;

    if (given && strcmp(path, "-") == 0)
        return true;
    if (lstat(path, &s) != 0)
        complain(w, path, strerror(errno));
    else if (S_ISREG(s.st_mode))
        return true;
    else if (S_ISDIR(s.st_mode))
        expand(w, path);
    else if (given)
        complain(w, path, S_ISLNK(s.st_mode) ? "a symbolic link, not followed"
                                             : "a special file, not read");
    else
        w->not_followed++;
    return false;
}

char *walk_next(walk *w)
{
    char *path = NULL;

    pthread_mutex_lock(&w->mutex);
    while (path == NULL && w->count > 0) {
        bool given = w->count <= w->given;

        path = w->pending[--w->count];
        if (given)
            w->given = w->count;
        if (!look_at(w, path, given)) {
            free(path);
            path = NULL;
        }
    }
    pthread_mutex_unlock(&w->mutex);
    return path;
}

void walk_complain(walk *w, const char *path, int reason)
{
    pthread_mutex_lock(&w->mutex);
    complain(w, path, strerror(reason));
    pthread_mutex_unlock(&w->mutex);
}

int walk_open_file(walk *w, const char *path)
{
    int fd;

    if (strcmp(path, "-") == 0)
        return STDIN_FILENO;
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        walk_complain(w, path, errno);
    return fd;
}
