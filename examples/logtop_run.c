/* logtop_run.c - readers, a queue and workers: one count from start to end.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_run.h"
#include "logtop_reader.h"
#include "logtop_report.h"

#include <stdlib.h>

typedef struct worker {
    const wanted *wanted;
    const queue_kind *kind;
    queue_end end;
    tally *tally;
} worker;

typedef struct run {
    const options *options;
    const wanted *wanted;
    void *queue;
    walk walk;
    reader *readers;
    worker *workers;
    pthread_t *threads;                 /* the readers', then the workers' */
    pawl_sem readers_ended, workers_ended;      /* a permit for each */
    pawl_time start, due;               /* for the progress */
} run;

typedef struct role {
    run *run;
    reader *reader;                     /* one of the two */
    worker *worker;
} role;

static void worker_run(worker *w)
{
    block *b;

    while ((b = w->kind->pop(&w->end)) != NULL) {
        tally_block(w->tally, w->wanted, b);
        w->kind->done(&w->end, b);
    }
}

static void *thread_run(void *arg)
{
    role me = *(role *)arg;

    free(arg);
    if (me.reader != NULL)
        reader_run(me.reader);
    else
        worker_run(me.worker);
    give_permit(me.reader != NULL ? &me.run->readers_ended : &me.run->workers_ended);
    return NULL;
}

static void start(run *r, size_t number, reader *as_reader, worker *as_worker)
{
    role *one = (role *)malloc(sizeof *one);

    if (one == NULL)
        die("out of memory");
    one->run = r;
    one->reader = as_reader;
    one->worker = as_worker;
    if (pthread_create(&r->threads[number], NULL, thread_run, one) != 0)
        die("cannot start thread %zu", number + 1);
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
        start(r, i, one, NULL);
    }
}

static void start_workers(run *r, tally *tallies)
{
    const options *o = r->options;

    r->workers = (worker *)lines_of_memory(o->workers * sizeof *r->workers);
    for (size_t i = 0; i < o->workers; i++) {
        worker *one = &r->workers[i];

        one->wanted = r->wanted;
        one->kind = o->kind;
        one->end = (queue_end){ r->queue, NULL, 0, 0 };
        one->tally = &tallies[i];
        tally_open(one->tally);
        o->kind->join(&one->end);
        start(r, o->readers + i, NULL, one);
    }
}

static uint64_t bytes_read(const run *r)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < r->options->readers; i++)
        bytes += atomic_load_explicit(&r->readers[i].bytes, memory_order_relaxed);
    return bytes;
}

/* Wait until `n` threads have ended, and show the progress meanwhile. */
static void await(run *r, pawl_sem *ended, size_t n)
{
    while (pawl_sem_wait_until(ended, (uint32_t)n, r->due) != 0) {
        progress_show(bytes_read(r), pawl_now() - r->start);
        r->due = progress_due();
    }
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
    for (size_t i = 0; i < o->workers; i++) {
        all->workers_blocked += r->workers[i].end.blocked;
        if (i > 0)
            tally_merge(&all->tallies[0], &all->tallies[i]);
    }
    all->not_followed = r->walk.not_followed;
    all->unreadable = r->walk.unreadable;
}

void outcome_count(outcome *all, const options *o, const wanted *w)
{
    run r = { .options = o, .wanted = w, .readers_ended = PAWL_SEM_INIT,
              .workers_ended = PAWL_SEM_INIT };

    *all = (outcome){ 0 };
    all->tallies = (tally *)lines_of_memory(o->workers * sizeof *all->tallies);
    r.threads = (pthread_t *)lines_of_memory((o->readers + o->workers)
                                             * sizeof *r.threads);
    walk_open(&r.walk, o->paths, o->path_count, false);
    r.queue = o->kind->open(o->readers, o->workers);
    r.start = pawl_now();
    r.due = progress_due();
    start_readers(&r);
    start_workers(&r, all->tallies);
    await(&r, &r.readers_ended, o->readers);
    o->kind->finish(r.queue);
    await(&r, &r.workers_ended, o->workers);
    for (size_t i = 0; i < o->readers + o->workers; i++)
        pthread_join(r.threads[i], NULL);
    gather(&r, all);
    all->elapsed = pawl_now() - r.start;
    progress_clear();
    o->kind->close(r.queue);
    walk_close(&r.walk);
    free(r.readers);
    free(r.workers);
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
