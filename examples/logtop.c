/* logtop.c - the most frequent words of files: a high-performance queue consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     logtop_walk       which files
 *     logtop_reader     fills blocks of text in place, cut at line ends
 *     logtop_queue      hands them to the workers: mpmc_swap, channel, ...
 *     logtop_workers    threads that pop them: a worker_group, where it is a channel
 *     logtop_count      a worker counts what is in a block
 *     logtop_table      in a table of its own; in the end they are merged
 *     logtop_run        all of these together
 *     logtop_verify     the same by simpler means
 *
 * Standard output is COUNT<TAB>WORD and nothing else.
 */
#include "logtop_interrupt.h"
#include "logtop_run.h"
#include "logtop_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* False, and said, if it cannot be written; a closed pipe is no error. */
static bool print_top(const table *words, size_t most)
{
    const entry **top = table_top(words, &most);
    int reason = 0;

    for (size_t i = 0; i < most && reason == 0; i++)
        if (printf("%llu\t", (unsigned long long)top[i]->count) < 0
            || fwrite(top[i]->text, 1, top[i]->length, stdout) < top[i]->length
            || putchar('\n') == EOF)
            reason = errno;
    if (reason == 0 && fflush(stdout) != 0)
        reason = errno;
    free(top);
    if (reason == 0 || reason == EPIPE)
        return true;
    say("standard output: %s", strerror(reason));
    return false;
}

int main(int argc, char **argv)
{
    options o;
    options_next next = options_parse(&o, argc, argv);
    wanted w;
    outcome all;
    bool good;

    if (next != OPTIONS_COUNT)
        return next;
    report_open(o.progress);
    interrupt_open();
    wanted_init(&w, o.field);
    outcome_count(&all, &o, &w);
    good = print_top(&all.tallies[0].words, o.top) && all.unreadable == 0;
    outcome_say(&all, &o);
    if (o.verify && !interrupted() && !verified(&o, &all.tallies[0]))
        good = false;
    outcome_close(&all, &o);
    return interrupted() ? 130 : good ? 0 : 1;
}
