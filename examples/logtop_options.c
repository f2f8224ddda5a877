/* logtop_options.c - what the user asks for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_options.h"

#include <pawl/backoff.h>
#include <pawl/pawl.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MOST = 1024 };

/* Options without a letter are numbered from here on. */
enum { QUEUE = 256, VERIFY, PROGRESS, VERSION };

#define LETTERS "r:w:k:f:h"

/* The one table: what getopt_long is told and what --help says. */
static const struct {
    struct option option;
    const char *argument, *help;
} table[] = {
    { { "readers", required_argument, NULL, 'r' }, "N", "threads that read files" },
    { { "workers", required_argument, NULL, 'w' }, "N", "threads that count" },
    { { "top", required_argument, NULL, 'k' }, "N", "how many to print (10); 0: all" },
    { { "field", required_argument, NULL, 'f' }, "N",
      "count the N-th field of each line, not words" },
    { { "queue", required_argument, NULL, QUEUE }, "NAME",
      "how text gets from readers to workers; list: names" },
    { { "verify", no_argument, NULL, VERIFY }, "",
      "count again in one thread, and compare" },
    { { "progress", required_argument, NULL, PROGRESS }, "WHEN",
      "auto (often, on a terminal), never or always" },
    { { "help", no_argument, NULL, 'h' }, "", "this text" },
    { { "version", no_argument, NULL, VERSION }, "", "the version of Pawl" },
};
enum { ROWS = sizeof table / sizeof *table };

static options_next help(void)
{
    puts("usage: logtop [options] PATH...|-\n\n"
         "Counts the most frequent words, or fields, in text files, in all that lie\n"
         "in folders, or in standard input (-), and prints COUNT<TAB>WORD.  A word\n"
         "is of A-Z a-z 0-9 _ and bytes from 0x80 on, a field of anything but blanks,\n"
         "tabs and line ends; neither is longer than 1024 bytes.  Binary files,\n"
         "symbolic links and special files are left out.\n");
    for (size_t i = 0; i < ROWS; i++) {
        char letter[8] = "", name[32];
        int value = table[i].option.val;

        if (value < QUEUE)
            snprintf(letter, sizeof letter, "-%c,", value);
        snprintf(name, sizeof name, "--%s %s", table[i].option.name, table[i].argument);
        printf("  %3s %-16s %s\n", letter, name, table[i].help);
    }
    puts("\nExit status: 0 all is counted; 1 something could not be read or written,\n"
         "or --verify finds a difference; 2 misuse; 130 interrupted: what is printed\n"
         "was counted before.");
    return OPTIONS_DONE;
}

static options_next list_queues(void)
{
    for (size_t i = 0; queue_kinds[i] != NULL; i++)
        if (queue_kinds[i]->open != NULL)
            puts(queue_kinds[i]->name);
    return OPTIONS_DONE;
}

static options_next wrong(const char *what, const char *argument)
{
    say("%s%s (logtop --help)", what, argument);
    return OPTIONS_WRONG;
}

static bool number(const char *text, uint64_t least, uint64_t most, uint64_t *n)
{
    char *end;

    errno = 0;
    *n = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *n >= least
        && *n <= most;
}

static options_next choose_queue(options *o, const char *name)
{
    for (size_t i = 0; queue_kinds[i] != NULL; i++) {
        if (strcmp(queue_kinds[i]->name, name) != 0)
            continue;
        o->kind = queue_kinds[i];
        if (o->kind->open == NULL)
            return wrong("this logtop was built without ", o->kind->needs);
        return OPTIONS_COUNT;
    }
    return strcmp(name, "list") == 0 ? list_queues() : wrong("no such queue: ", name);
}

static options_next choose_progress(options *o, const char *when)
{
    static const char *const names[] = { "auto", "never", "always" };

    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], when) == 0) {
            o->progress = (progress_when)i;
            return OPTIONS_COUNT;
        }
    return wrong("--progress is auto, never or always, not ", when);
}

static options_next take(options *o, int letter, const char *argument)
{
    uint64_t n = 0;

    switch (letter) {
    case 'r': case 'w':
        if (!number(argument, 1, THREADS_MOST, &n))
            return wrong("the number of threads is 1 to 1024, not ", argument);
        *(letter == 'r' ? &o->readers : &o->workers) = (size_t)n;
        return OPTIONS_COUNT;
    case 'k':
        if (!number(argument, 0, SIZE_MAX, &n))
            return wrong("-k wants a number of words, not ", argument);
        o->top = (size_t)n;
        return OPTIONS_COUNT;
    case 'f':
        if (!number(argument, 1, UINT64_MAX, &o->field))
            return wrong("fields are numbered from 1 on, not ", argument);
        return OPTIONS_COUNT;
    case QUEUE: return choose_queue(o, argument);
    case PROGRESS: return choose_progress(o, argument);
    case VERIFY: o->verify = true; return OPTIONS_COUNT;
    case VERSION: printf("logtop %s\n", pawl_version()); return OPTIONS_DONE;
    case 'h': return help();
    default: return OPTIONS_WRONG;     /* getopt_long has said why */
    }
}

/* What the options mean together. */
static options_next settle(options *o, int argc, char **argv)
{
    o->paths = argv + optind;
    o->path_count = (size_t)(argc - optind);
    if (o->path_count == 0)
        return wrong("what is to be read?", "");
    for (size_t i = 0; o->verify && i < o->path_count; i++)
        if (strcmp(o->paths[i], "-") == 0)
            return wrong("--verify reads twice, standard input can be read once", "");
    return OPTIONS_COUNT;
}

options_next options_parse(options *o, int argc, char **argv)
{
    size_t cpus = pawl_usable_cpus();
    struct option list[ROWS + 1] = { { NULL, 0, NULL, 0 } };
    int letter;

    *o = (options){ .readers = cpus > 4 ? cpus / 4 : 1, .workers = cpus, .top = 10,
                    .kind = &over_mpmc_swap, .progress = PROGRESS_AUTO };
    for (size_t i = 0; i < ROWS; i++)
        list[i] = table[i].option;
    while ((letter = getopt_long(argc, argv, LETTERS, list, NULL)) != -1) {
        options_next next = take(o, letter, optarg);

        if (next != OPTIONS_COUNT)
            return next;
    }
    return settle(o, argc, argv);
}
