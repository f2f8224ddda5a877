/* show.c - what the threads of a failed schedule did, step by step.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <schedule/machine.h>

#include <inttypes.h>
#include <string.h>

enum {
    LINES = 4 * SCHEDULE_STEPS, NAMES = 64, SHOWN = 60, NEAR = 1 << 16
};

#define m schedule_machine

typedef struct line {
    unsigned step, who, what;
    const volatile void *word;
    size_t bytes;
    const char *file;
    int number;
    uint64_t before, after;
    unsigned times;                     /* yields in a row */
    const char *note;                   /* on the value */
    history_op op;                      /* under way, or called, or returned */
    bool has_op;
} line;

static line lines[LINES];
static unsigned written;
static struct { const volatile char *at; size_t bytes; const char *name; } names[NAMES];
static unsigned named;

void schedule_name(const volatile void *word, size_t bytes, const char *name)
{
    unsigned i = 0;

    if (!m.tracing)
        return;
    while (i < named && names[i].at != word)
        i++;
    if (i == NAMES)
        return;
    named += i == named;
    names[i].at = word;
    names[i].bytes = bytes;
    names[i].name = name;
}

/* --- recording -------------------------------------------------------------------- */

void schedule_trace_begin(void)
{
    written = named = 0;
}

static line *new_line(unsigned what)
{
    line *l = &lines[written < LINES - 1 ? written++ : written];
    const history_op *op = m.fibers[m.current].op;

    memset(l, 0, sizeof *l);
    l->step = m.steps;
    l->who = m.current;
    l->what = what;
    l->times = 1;
    l->note = NULL;
    l->has_op = op != NULL;
    if (op != NULL)
        l->op = *op;
    return l;
}

void schedule_trace(unsigned what, const volatile void *word, size_t bytes,
                    const char *file, int number)
{
    line *l;

    if (what == TRACE_YIELD && written > 0 && lines[written - 1].what == what
        && lines[written - 1].who == m.current) {
        lines[written - 1].times++;
        return;
    }
    l = new_line(what);
    l->word = word;
    l->bytes = bytes;
    l->file = file;
    l->number = number;
    if (bytes > 0 && word != NULL)
        l->before = l->after = schedule_value(word, bytes);
}

void schedule_trace_result(uint64_t before, uint64_t after)
{
    line *l = &lines[written - 1];

    l->before = before;
    l->after = after;
}

void schedule_trace_note(const char *note)
{
    lines[written - 1].note = note;
}

void schedule_trace_op(unsigned what, const history_op *op)
{
    line *l = new_line(what);

    l->op = *op;
    l->has_op = true;
}

/* --- words ------------------------------------------------------------------------ */

/* Words that were given no name are called by where they lie in a heap of words that
 * lie near each other: A, A+0x80.  The heaps are named as they come up. */
static const volatile char *lowest(const volatile char *word)
{
    const volatile char *low = word;

    for (bool again = true; again;) {
        again = false;
        for (unsigned i = 0; i < written; i++) {
            const volatile char *other = lines[i].word;

            if (other != NULL && other < low && low - other < NEAR) {
                low = other;
                again = true;
            }
        }
    }
    return low;
}

static char heap_of(const volatile char *low)
{
    const volatile char *heaps[26];
    unsigned n = 0;

    for (unsigned i = 0; i < written; i++) {
        unsigned k = 0;

        if (lines[i].word == NULL)
            continue;
        heaps[n] = lowest(lines[i].word);
        while (heaps[k] != heaps[n])
            k++;
        if (heaps[k] == low)
            return (char)('A' + k);
        n += k == n && n < 25;
    }
    return '?';
}

static void name_word(char *text, size_t bytes, const volatile void *word)
{
    const volatile char *at = word, *low;
    ptrdiff_t offset = 0;

    text[0] = '\0';
    if (word == NULL)
        return;
    for (unsigned i = 0; i < named; i++)
        if (at >= names[i].at && at < names[i].at + names[i].bytes) {
            offset = at - names[i].at;
            snprintf(text, bytes, offset != 0 ? "%s+0x%tx" : "%s", names[i].name,
                     offset);
            return;
        }
    low = lowest(at);
    offset = at - low;
    snprintf(text, bytes, offset != 0 ? "%c+0x%tx" : "%c", heap_of(low), offset);
}

/* --- printing --------------------------------------------------------------------- */

/* Setup and check are no thread. */
static char letter_of(unsigned who)
{
    return (char)(who < m.test->threads ? 'a' + who : '*');
}

static const char *what_name(const line *l)
{
    static const char *const all[] = {
        "load", "store", "exchange", "cas", "add", "sub", "and", "or",
        "park", "unpark", "woken", "wakes", "is late", "yields", "reads", "writes",
        "calls", "returns"
    };

    if (l->what == SEAM_CAS && l->before == l->after)
        return "cas fails";
    return all[l->what];
}

static void print_op(char *text, size_t bytes, const history_op *op)
{
    static const char *const whats[] = {
        "push", "pop", "post", "wait", "lock", "unlock", "close"
    };
    bool valued = op->what == HISTORY_PUSH || op->what == HISTORY_POST
               || op->what == HISTORY_WAIT;

    snprintf(text, bytes, valued ? "%s %" PRIu64 : "%s", whats[op->what], op->value);
}

static const char *how_name(const history_op *op)
{
    static const char *const hows[] = {
        "done", "not now", "late", "closed", "pending"
    };

    return hows[op->how];
}

static void print_step(FILE *to, const line *l)
{
    const char *file = l->file != NULL ? strrchr(l->file, '/') : NULL;
    char op[48] = "", place[64] = "", word[64], value[64] = "";

    if (l->has_op)
        print_op(op, sizeof op, &l->op);
    if (l->file != NULL)
        snprintf(place, sizeof place, "%s:%d", file != NULL ? file + 1 : l->file,
                 l->number);
    name_word(word, sizeof word, l->word);
    if (l->word != NULL && l->before == l->after && l->bytes > 0)
        snprintf(value, sizeof value, "%#" PRIx64, l->after);
    else if (l->times > 1)
        snprintf(value, sizeof value, "%u times", l->times);
    else if (l->word != NULL && l->bytes > 0)
        snprintf(value, sizeof value, "%#" PRIx64 " -> %#" PRIx64, l->before, l->after);
    fprintf(to, "%6u  %c  %-9s %-22s %-9s %-8s %s%s\n", l->step, letter_of(l->who), op,
            place, what_name(l), word, value, l->note != NULL ? l->note : "");
}

static void print_line(FILE *to, const line *l)
{
    char op[48];

    if (l->what == TRACE_CALL)
        return;
    if (l->what != TRACE_RETURN) {
        print_step(to, l);
        return;
    }
    print_op(op, sizeof op, &l->op);
    fprintf(to, "        %c  %-9s = %s", letter_of(l->who), op, how_name(&l->op));
    if (l->op.what == HISTORY_POP && l->op.how == HISTORY_DONE)
        fprintf(to, " %" PRIu64, l->op.value);
    fprintf(to, "\n");
}

/* One operation a line, by the moments of its first and its last step. */
static void print_history(FILE *to, const schedule_test *test)
{
    size_t n;
    const history_op *ops = schedule_history(&n);

    if (test->spec == NULL)
        return;
    fprintf(to, "its history: thread, operation, result, first and last moment\n");
    for (size_t i = 0; i < n; i++) {
        char op[48];

        print_op(op, sizeof op, &ops[i]);
        fprintf(to, "        %c  %-9s %-8s", letter_of(ops[i].who), op,
                how_name(&ops[i]));
        if (ops[i].what == HISTORY_POP && ops[i].how == HISTORY_DONE)
            fprintf(to, " %3" PRIu64, ops[i].value);
        else
            fprintf(to, "    ");
        if (ops[i].how == HISTORY_PENDING)
            fprintf(to, "  %3" PRIu64 " -\n", ops[i].called);
        else
            fprintf(to, "  %3" PRIu64 " %3" PRIu64 "\n", ops[i].called,
                    ops[i].returned);
    }
}

void schedule_show(FILE *to, const schedule_test *test, const schedule_result *result)
{
    fprintf(to, "%s: %s: %s\n", test->name, schedule_verdict_name(result->verdict),
            result->why);
    fprintf(to, "  step  thread, operation, where, what, word, value\n");
    for (unsigned i = 0; i < written; i++) {
        if (i == SHOWN && written > 2 * SHOWN) {
            fprintf(to, "        ... %u lines ...\n", written - 2 * SHOWN);
            i = written - SHOWN;
        }
        print_line(to, &lines[i]);
    }
    print_history(to, test);
}
