/* table.c - what came of each point, as text: a line a path.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     STRUCTURE MODE OPERATION, PATH: 1-3 OUTCOME; 4 OUTCOME
 *
 * Points are numbered from 1.  Where a rival comes in at each point in turn, there are
 * many runs: then it is said how many points have each outcome.
 */
#define _GNU_SOURCE 1
#include <fault/engine.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OUTCOMES = 64, LINES = 400, WIDTH = 1500, ROWS = 64 };

static const char *const modes[FAULT_MODES] = { "stall", "kill" };

/* The line under way. */
static struct {
    const fault_path *path;
    char head[160];
    struct { char text[140]; unsigned first, last, count; } out[OUTCOMES];
    unsigned outs;
} line;

static char lines[LINES][WIDTH];
static unsigned filled;

/* The summary: one row an operation. */
static struct row {
    const char *structure, *operation;
    unsigned points[FAULT_MODES], progress[FAULT_MODES];
    unsigned lost;
    char why[160], late[80];            /* all there are, once each */
} rows[ROWS];
static unsigned row_count;

static struct row *row_of(const fault_kind *k, const char *operation)
{
    unsigned i = 0;

    while (i < row_count && strcmp(rows[i].operation, operation) != 0)
        i++;
    if (i == ROWS)
        fault_die("too many operations");
    if (i == row_count) {
        rows[i].structure = k->structure;
        rows[i].operation = operation;
        row_count++;
    }
    return &rows[i];
}

static void add_to(char *list, size_t bytes, const char *one)
{
    size_t length = strlen(list);

    if (strstr(list, one) == NULL)
        snprintf(list + length, bytes - length, "%s%s", length > 0 ? "; " : "", one);
}

static void sum_up(struct row *r, unsigned mode, const fault_outcome *o)
{
    r->points[mode]++;
    r->progress[mode] += !o->blocked;
    if (r->lost < o->lost)
        r->lost = o->lost;
    if (o->blocked)
        add_to(r->why, sizeof r->why, o->why);
    if (o->late != NULL)
        add_to(r->late, sizeof r->late, o->late);
}

/* --- lines ------------------------------------------------------------------------ */

static void begin_line(const fault_kind *k, const fault_path *p, unsigned mode)
{
    if (line.path == p)
        return;
    line.path = p;
    line.outs = 0;
    snprintf(line.head, sizeof line.head, "%s %s %s, %s:", k->structure, modes[mode],
             p->operation, p->path);
}

/* Which outcome to add this point to: the last one, if it is the same; where a rival
 * comes in, whichever is the same. */
static unsigned same_outcome(const char *text)
{
    unsigned i = line.path->rival == NULL && line.outs > 0 ? line.outs - 1 : 0;

    while (i < line.outs && strcmp(line.out[i].text, text) != 0)
        i++;
    return i;
}

void fault_note(const fault_kind *k, const fault_path *p, unsigned mode, unsigned point,
                const fault_outcome *o)
{
    char text[140];
    unsigned i;

    snprintf(text, sizeof text, "%s%s%s", o->blocked ? "blocked" : "progress",
             o->text[0] != '\0' ? ", " : "", o->text);
    sum_up(row_of(k, p->operation), mode, o);
    begin_line(k, p, mode);
    i = same_outcome(text);
    if (i == OUTCOMES)
        fault_die("%s: too many outcomes", line.head);
    if (i == line.outs) {
        strcpy(line.out[i].text, text);
        line.out[i].first = point;
        line.out[i].count = 0;
        line.outs++;
    }
    line.out[i].last = point;
    line.out[i].count++;
}

static char *next_line(void)
{
    if (filled == LINES)
        fault_die("the table has too many lines");
    return lines[filled++];
}

void fault_end_line(void)
{
    char *to, *end;

    if (line.path == NULL)
        return;
    to = next_line();
    end = to + WIDTH;
    to += snprintf(to, WIDTH, "%s", line.head);
    for (unsigned i = 0; i < line.outs && to < end; i++) {
        unsigned first = line.out[i].first, last = line.out[i].last;

        to += snprintf(to, (size_t)(end - to), i > 0 ? "; " : " ");
        if (line.path->rival != NULL)
            to += snprintf(to, (size_t)(end - to), "%ux", line.out[i].count);
        else if (first == last)
            to += snprintf(to, (size_t)(end - to), "%u", first);
        else
            to += snprintf(to, (size_t)(end - to), "%u-%u", first, last);
        to += snprintf(to, (size_t)(end - to), " %s", line.out[i].text);
    }
    if (to >= end)
        fault_die("%s: the line is too long", line.head);
    line.path = NULL;
}

void fault_no_points(const fault_kind *k, const fault_path *p, unsigned mode)
{
    snprintf(next_line(), WIDTH, "%s %s %s, %s: no atomic operation", k->structure,
             modes[mode], p->operation, p->path);
}

/* --- printing --------------------------------------------------------------------- */

void fault_print_table(void)
{
    for (unsigned i = 0; i < filled; i++)
        puts(lines[i]);
}

static void print_cell(const struct row *r, unsigned mode)
{
    if (r->points[mode] == 0)
        printf(" - |");
    else if (r->points[mode] == r->progress[mode])
        printf(" all %u |", r->points[mode]);
    else
        printf(" %u of %u |", r->progress[mode], r->points[mode]);
}

void fault_print_summary(void)
{
    printf("| structure | operation | stopped: others go on | killed: others go on"
           " | where not | lost | sleepers are woken |\n"
           "|---|---|---|---|---|---|---|\n");
    for (unsigned i = 0; i < row_count; i++) {
        const struct row *r = &rows[i];

        printf("| %s | %s |", r->structure, r->operation);
        print_cell(r, FAULT_STALL);
        print_cell(r, FAULT_KILL);
        printf(" %s | %u | %s |\n", r->why, r->lost, r->late);
    }
}

/* --- comparing -------------------------------------------------------------------- */

static bool found_here(const char *text)
{
    for (unsigned i = 0; i < filled; i++)
        if (strcmp(lines[i], text) == 0)
            return true;
    return false;
}

bool fault_compare(const char *file)
{
    static bool expected[LINES];
    char text[WIDTH];
    bool same = true;
    FILE *from = fopen(file, "r");

    if (from == NULL) {
        fprintf(stderr, "%s: %s\n", file, strerror(errno));
        exit(2);
    }
    while (fgets(text, sizeof text, from) != NULL) {
        text[strcspn(text, "\n")] = '\0';
        if (!found_here(text)) {
            printf("expected: %s\n", text);
            same = false;
        }
        for (unsigned i = 0; i < filled; i++)
            expected[i] |= strcmp(lines[i], text) == 0;
    }
    fclose(from);
    for (unsigned i = 0; i < filled; i++)
        if (!expected[i]) {
            printf("found:    %s\n", lines[i]);
            same = false;
        }
    return same && filled > 0;
}
