/* judge.c - reads a history from a file, and says whether it is right.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * usage: judge [--exact] FILE
 * The form of the file is told in text.c; a trial writes one with --save FILE.  The
 * fast checker judges it, and, where it is short enough, the exact search; with --exact
 * the search alone.  Status: 0 right, 1 wrong, 2 no history, or too long to search.
 */
#include <history/history.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCH_MAX = 64, WHY = 4000 };

__attribute__((noreturn)) static void misuse(void)
{
    fprintf(stderr, "usage: judge [--exact] FILE\n"
                    "Status: 0 right, 1 wrong, 2 misuse or no history.\n");
    exit(2);
}

static void read_file(const char *name, history_spec *spec, history_op **ops, size_t *n)
{
    FILE *from = fopen(name, "r");
    size_t line;

    if (from == NULL) {
        fprintf(stderr, "judge: %s: %s\n", name, strerror(errno));
        exit(2);
    }
    line = history_read(from, spec, ops, n);
    fclose(from);
    if (line != 0) {
        fprintf(stderr, "judge: %s:%zu: not a line of a history\n", name, line);
        exit(2);
    }
}

static bool decide(const char *by, bool right, const char *why)
{
    if (right)
        printf("right, says %s\n", by);
    else
        printf("wrong, says %s: %s\n", by, why);
    return right;
}

int main(int argc, char **argv)
{
    bool exact = argc == 3 && strcmp(argv[1], "--exact") == 0, right = true;
    char why[WHY] = "";
    history_spec spec;
    history_op *ops;
    size_t n;

    if (argc != 2 + exact || (!exact && argv[1][0] == '-'))
        misuse();
    read_file(argv[argc - 1], &spec, &ops, &n);
    if (exact && n > SEARCH_MAX) {
        fprintf(stderr, "judge: %s: %zu operations are too many to search: at most "
                        "%d\n", argv[2], n, SEARCH_MAX);
        return 2;
    }
    if (!exact)
        right = decide("the fast checker",
                       history_check(&spec, ops, n, why, sizeof why), why);
    if (n <= SEARCH_MAX)
        right = decide("the exact search",
                       history_search(&spec, ops, n, why, sizeof why), why) && right;
    free(ops);
    return right ? 0 : 1;
}
