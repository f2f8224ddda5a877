/* logtop_run.c - readers, a queue and workers: one count from start to end.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_run.h"
#include "logtop_reader.h"
#include "logtop_report.h"
#include "logtop_workers.h"

#include <stdlib.h>

typedef struct run {
    const options *options;
    const wanted *wanted;
    void *queue;
    walk walk;
    reader *readers;
    pthread_t *threads;                 /* the readers' */
    pawl_sem readers_ended;             /* a permit for each */
    workers workers;
    pawl_time start, due, finished;     /* due: for the progress */
} run;

typedef struct role {
    run *run;
    reader *reader;
} role;

static void *thread_run(void *arg)
{
    role me = *(role *)arg;

    free(arg);
    reader_run(me.reader);
    give_permit(&me.run->readers_ended);
    return NULL;
}

static void start(run *r, size_t number)
{
    role *one = (role *)malloc(sizeof *one);

    if (one == NULL)
        die("out of memory");
    one->run = r;
    one->reader = &r->readers[number];
    if (pthread_create(&r->threads[number], NULL, thread_run, one) != 0)
        die("cannot start reader %zu", number + 1);
}

static void start_readers(run *r)
{
    const options *o = r->options;

    r->readers = (reader *)lines_of_memory(o->readers * sizeof *r->readers);
    for (size_t i = 0; i < o->readers; i++) {
        reader *one = &r->readers[i];

        one->wanted = r->wanted;
        one->kind = o->kind;
        one->walk = &r->walk;
        one->end = (queue_end){ r->queue, NULL, 0, 0 };
        one->files = one->binaries = 0;
        /* relaxed: the thread's start hands it over. */
        atomic_store_explicit(&one->bytes, 0, memory_order_relaxed);
        o->kind->join(&one->end);
        start(r, i);
    }
}

static uint64_t bytes_read(const run *r)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < r->options->readers; i++)
        bytes += atomic_load_explicit(&r->readers[i].bytes, memory_order_relaxed);
    return bytes;
}

static void show_progress(run *r)
{
    progress_show(bytes_read(r), pawl_now() - r->start);
    r->due = progress_due();
}

static void gather(const run *r, outcome *all)
{
    const options *o = r->options;

    all->bytes = bytes_read(r);
    for (size_t i = 0; i < o->readers; i++) {
        all->files += r->readers[i].files;
        all->binaries += r->readers[i].binaries;
        all->readers_blocked += r->readers[i].end.blocked;
    }
    for (size_t i = 1; i < o->workers; i++)
        tally_merge(&all->tallies[0], &all->tallies[i]);
    all->not_followed = r->walk.not_followed;
    all->unreadable = r->walk.unreadable;
}

/* Until the readers have read all, and the workers have counted all. */
static void run_all(run *r, outcome *all)
{
    const options *o = r->options;

    start_readers(r);
    workers_start(&r->workers, o->kind, r->queue, r->wanted, all->tallies, o->workers);
    while (pawl_sem_wait_until(&r->readers_ended, (uint32_t)o->readers, r->due) != 0)
        show_progress(r);
    r->finished = pawl_now();
    o->kind->finish(r->queue);
    while (!workers_drain(&r->workers, r->due))
        show_progress(r);
    for (size_t i = 0; i < o->readers; i++)
        pthread_join(r->threads[i], NULL);
    all->workers_blocked = workers_join(&r->workers, r->finished);
}

void outcome_count(outcome *all, const options *o, const wanted *w)
{
    run r = { .options = o, .wanted = w, .readers_ended = PAWL_SEM_INIT };

    *all = (outcome){ 0 };
    all->tallies = (tally *)lines_of_memory(o->workers * sizeof *all->tallies);
    r.threads = (pthread_t *)lines_of_memory(o->readers * sizeof *r.threads);
    walk_open(&r.walk, o->paths, o->path_count, false);
    r.queue = o->kind->open(o->readers, o->workers);
    r.start = pawl_now();
    r.due = progress_due();
    run_all(&r, all);
    gather(&r, all);
    all->elapsed = pawl_now() - r.start;
    progress_clear();
    o->kind->close(r.queue);
    walk_close(&r.walk);
    free(r.readers);
    free(r.threads);
}

void outcome_say(const outcome *all, const options *o)
{
    double seconds = (double)all->elapsed / 1e9;
    double lines = (double)all->tallies[0].lines;

    say("%s: %.1f MB/s, %s lines/s: %.1f MB, %s lines in %.3f s", o->kind->name,
        (double)all->bytes / 1e6 / seconds, grouped((uint64_t)(lines / seconds)),
        (double)all->bytes / 1e6, grouped(all->tallies[0].lines), seconds);
    say("blocked: %zu reader%s %.3f s, %zu worker%s %.3f s",
        o->readers, o->readers == 1 ? "" : "s", (double)all->readers_blocked / 1e9,
        o->workers, o->workers == 1 ? "" : "s", (double)all->workers_blocked / 1e9);
    say("read: %s files; left out: %s binary, %s links and special files, "
        "%s unreadable, %s words of more than %d bytes",
        grouped(all->files), grouped(all->binaries), grouped(all->not_followed),
        grouped(all->unreadable), grouped(all->tallies[0].long_words), (int)WORD_MOST);
}

void outcome_close(outcome *all, const options *o)
{
    for (size_t i = 0; i < o->workers; i++)
        tally_close(&all->tallies[i]);
    free(all->tallies);
}
