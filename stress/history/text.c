/* text.c - histories as text, and back.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The first line is the spec, and then comes one operation a line:
 *
 *     history queue capacity 4 permits 0 inexact
 *     thread 3 push 17 done 1200 1450
 *     thread 1 pop 0 pending 1300 -
 *
 * The kinds are queue, lanes, sem and mutex; after the numbers may come inexact and
 * floor.  An operation's last two words are when it was called, and when it returned.
 * Empty lines and those that begin with # are passed over.
 */
#include <history/inside.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const what_words[] = { "push", "pop", "post", "wait",
                                          "lock", "unlock", "close" };
static const char *const how_words[] = { "done", "not-now", "late", "closed",
                                         "pending" };
static const char *const kind_words[] = { "queue", "lanes", "sem", "mutex" };

size_t history_say(char *why, size_t bytes, size_t used, const char *format, ...)
{
    va_list args;
    int length;

    if (used >= bytes)
        return used;
    va_start(args, format);
    length = vsnprintf(why + used, bytes - used, format, args);
    va_end(args);
    return length < 0 ? used : used + (size_t)length;
}

size_t history_say_op(char *why, size_t bytes, size_t used, const history_op *op)
{
    used = history_say(why, bytes, used, "thread %" PRIu32 ": %s %" PRIu64 ": %s, in ",
                       op->who, what_words[op->what], op->value, how_words[op->how]);
    used = history_say(why, bytes, used, "[%" PRIu64 ", ", op->called);
    return op->returned == UINT64_MAX
        ? history_say(why, bytes, used, "...)")
        : history_say(why, bytes, used, "%" PRIu64 "]", op->returned);
}

/* --- writing -------------------------------------------------------------------- */

void history_write(FILE *to, const history_spec *spec, const history_op *ops, size_t n)
{
    fprintf(to, "history %s capacity %" PRIu64 " permits %" PRIu64 "%s%s\n",
            kind_words[spec->kind], spec->capacity, spec->permits,
            spec->inexact ? " inexact" : "", spec->floor ? " floor" : "");
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "thread %" PRIu32 " %s %" PRIu64 " %s %" PRIu64 " ", ops[i].who,
                what_words[ops[i].what], ops[i].value, how_words[ops[i].how],
                ops[i].called);
        if (ops[i].returned == UINT64_MAX)
            fprintf(to, "-\n");
        else
            fprintf(to, "%" PRIu64 "\n", ops[i].returned);
    }
}

/* --- reading -------------------------------------------------------------------- */

enum { LINE = 256 };

/* The next word of a line, which moves on; "" at the end. */
static const char *word_of(char **line)
{
    char *word = *line + strspn(*line, " \t\r\n");
    char *end = word + strcspn(word, " \t\r\n");

    *line = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static bool is_word(char **line, const char *wanted)
{
    return strcmp(word_of(line), wanted) == 0;
}

static bool read_number(char **line, uint64_t *n)
{
    const char *word = word_of(line);
    size_t digits = strspn(word, "0123456789");

    *n = 0;
    if (digits == 0 || word[digits] != '\0')
        return false;
    for (; *word != '\0'; word++) {
        uint64_t digit = (uint64_t)(*word - '0');

        if (*n > (UINT64_MAX - digit) / 10)
            return false;
        *n = *n * 10 + digit;
    }
    return true;
}

static bool read_choice(char **line, const char *const *words, size_t count,
                        size_t *which)
{
    const char *word = word_of(line);

    for (*which = 0; *which < count; (*which)++)
        if (strcmp(word, words[*which]) == 0)
            return true;
    return false;
}

#define COUNT(words) (sizeof(words) / sizeof(words)[0])

static bool read_spec(char *line, history_spec *spec)
{
    size_t kind;
    const char *flag;

    *spec = (history_spec){ HISTORY_QUEUE, 0, 0, false, false };
    if (!is_word(&line, "history")
        || !read_choice(&line, kind_words, COUNT(kind_words), &kind)
        || !is_word(&line, "capacity") || !read_number(&line, &spec->capacity)
        || !is_word(&line, "permits") || !read_number(&line, &spec->permits))
        return false;
    spec->kind = (history_kind)kind;
    while (*(flag = word_of(&line)) != '\0') {
        if (strcmp(flag, "inexact") == 0)
            spec->inexact = true;
        else if (strcmp(flag, "floor") == 0)
            spec->floor = true;
        else
            return false;
    }
    return true;
}

/* A moment, or - for never. */
static bool read_end(char **line, uint64_t *returned)
{
    *line += strspn(*line, " ");
    if (**line != '-')
        return read_number(line, returned) && *returned != UINT64_MAX;
    *returned = UINT64_MAX;
    return is_word(line, "-");
}

/* Whether the kind has such an operation. */
static bool belongs(history_kind kind, history_what what)
{
    switch (kind) {
    case HISTORY_SEM:
        return what == HISTORY_POST || what == HISTORY_WAIT || what == HISTORY_CLOSE;
    case HISTORY_MUTEX:
        return what == HISTORY_LOCK || what == HISTORY_UNLOCK;
    default:
        return what == HISTORY_PUSH || what == HISTORY_POP || what == HISTORY_CLOSE;
    }
}

static bool read_op(char *line, const history_spec *spec, history_op *op)
{
    uint64_t who;
    size_t what, how;

    if (!is_word(&line, "thread") || !read_number(&line, &who) || who > UINT32_MAX
        || !read_choice(&line, what_words, COUNT(what_words), &what)
        || !read_number(&line, &op->value)
        || !read_choice(&line, how_words, COUNT(how_words), &how)
        || !read_number(&line, &op->called) || !read_end(&line, &op->returned)
        || *word_of(&line) != '\0')
        return false;
    op->who = (uint32_t)who;
    op->what = (history_what)what;
    op->how = (history_how)how;
    return belongs(spec->kind, op->what) && op->called <= op->returned
        && (op->how == HISTORY_PENDING) == (op->returned == UINT64_MAX);
}

/* A whole line, of which something is to be read. */
static bool is_whole(const char *line)
{
    return strchr(line, '\n') != NULL || strlen(line) < LINE - 1;
}

static bool is_blank(const char *line)
{
    return line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0';
}

/* Room for one more; abort() if there is no memory. */
static history_op *make_room(history_op **ops, size_t n, size_t *room)
{
    if (n == *room) {
        *room = n == 0 ? 64 : 2 * n;
        *ops = (history_op *)realloc(*ops, *room * sizeof **ops);
        if (*ops == NULL)
            abort();
    }
    return &(*ops)[n];
}

size_t history_read(FILE *from, history_spec *spec, history_op **ops, size_t *n)
{
    char line[LINE];
    size_t room = 0, number = 0;
    bool begun = false;

    *ops = NULL;
    *n = 0;
    while (fgets(line, sizeof line, from) != NULL) {
        number++;
        if (is_whole(line) && is_blank(line))
            continue;
        if (!is_whole(line)
            || !(begun ? read_op(line, spec, make_room(ops, *n, &room))
                       : read_spec(line, spec))) {
            free(*ops);
            *ops = NULL;
            return number;
        }
        *n += begun;
        begun = true;
    }
    return begun ? 0 : number + 1;
}
