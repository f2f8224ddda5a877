/* arguments.h - a command line of long options: a table, help, numbers, misuse.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A program lists its options and takes them one by one; --help is known without being
 * listed.  Misuse says what is wrong, prints the help, and ends with status 2.  C11 and
 * C++17 alike.
 */
#ifndef TRIAL_ARGUMENTS_H
#define TRIAL_ARGUMENTS_H

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS_MAX = 16 };

typedef struct option_row {
    const char *name, *argument, *help; /* argument: NULL where it has none */
} option_row;

typedef struct arguments {
    const char *does, *subject;         /* what the program does, and to what */
    void (*take)(int which, const char *text);          /* an option, by its row */
    option_row rows[ARGUMENTS_MAX + 1]; /* up to one without a name */
} arguments;

static struct {
    const char *program, *option;       /* option: that is being taken, or NULL */
    const arguments *known;
} command;

static inline void print_row(FILE *to, const option_row *row)
{
    char left[32];

    snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument != NULL ? "=" : "",
             row->argument != NULL ? row->argument : "");
    fprintf(to, "  %-16s %s\n", left, row->help);
}

static inline void print_help(FILE *to)
{
    static const option_row help = { "help", NULL, "this text" };

    fprintf(to, "usage: %s [OPTION]...\n%s %s.\n", command.program, command.known->does,
            command.known->subject);
    for (const option_row *row = command.known->rows; row->name != NULL; row++)
        print_row(to, row);
    print_row(to, &help);
    fprintf(to, "Status: 0 ok, 1 failed, 2 misuse, 3 nothing proved, 77 skipped.\n");
}

__attribute__((noreturn)) static inline void misuse(const char *text, const char *why)
{
    fprintf(stderr, "%s: ", command.program);
    if (command.option != NULL)
        fprintf(stderr, "--%s=", command.option);
    fprintf(stderr, "%s: %s\n", text, why);
    print_help(stderr);
    exit(2);
}

/* All of the text is a number, decimal or 0x and so on, of 64 bits. */
static inline uint64_t number(const char *text)
{
    char *end;
    unsigned long long n;

    errno = 0;
    n = strtoull(text, &end, 0);
    if (*text < '0' || *text > '9' || *end != '\0')
        misuse(text, "no number");
    if (errno != 0)
        misuse(text, "too large a number");
    return n;
}

static inline void take_arguments(int argc, char **argv, const arguments *known)
{
    struct option options[ARGUMENTS_MAX + 2];
    int rows = 0, which, code;

    memset(options, 0, sizeof options);
    for (; known->rows[rows].name != NULL; rows++) {
        options[rows].name = known->rows[rows].name;
        options[rows].has_arg = known->rows[rows].argument != NULL;
    }
    options[rows].name = "help";
    command.program = argv[0];
    command.known = known;
    while ((code = getopt_long(argc, argv, "", options, &which)) != -1) {
        if (code != 0) {                /* getopt_long has said why */
            print_help(stderr);
            exit(2);
        }
        if (which == rows) {
            print_help(stdout);
            exit(0);
        }
        command.option = known->rows[which].name;
        known->take(which, optarg);
        command.option = NULL;
    }
    if (optind != argc)
        misuse(argv[optind], "no option");
}

#endif
