/* say.c - what came of a point, in words.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fault/engine.h>

#include <stdarg.h>
#include <string.h>

static void say(fault_outcome *o, const char *what, va_list args)
{
    size_t length = strlen(o->text);

    length += (size_t)snprintf(o->text + length, sizeof o->text - length, "%s",
                               length > 0 ? ", " : "");
    vsnprintf(o->text + length, sizeof o->text - length, what, args);
}

void fault_say(fault_outcome *o, const char *what, ...)
{
    va_list args;

    va_start(args, what);
    say(o, what, args);
    va_end(args);
}

void fault_say_blocked(fault_outcome *o, const char *why)
{
    if (!o->blocked)
        snprintf(o->why, sizeof o->why, "%s", why);
    o->blocked = true;
    fault_say(o, "%s", why);
}

void fault_broken(fault_outcome *o, const char *what, ...)
{
    va_list args;

    if (!o->broken)
        fault_say(o, "BROKEN");
    o->broken = true;
    va_start(args, what);
    say(o, what, args);
    va_end(args);
}

void fault_say_woken(fault_outcome *o, const fault_path *p, const char *const *by)
{
    const char *what[FAULT_SLEEPERS];

    for (unsigned i = 0; i < p->sleepers; i++) {
        what[i] = by[i] != NULL ? by[i] : "by nothing";
        o->blocked |= by[i] == NULL;
        if (strcmp(what[i], "at once") != 0)
            o->late = what[i];
    }
    if (p->sleepers == 1)
        fault_say(o, "sleeper woken %s", what[0]);
    else if (p->sleepers == 2 && strcmp(what[0], what[1]) == 0)
        fault_say(o, "both woken %s", what[0]);
    else if (p->sleepers == 2)
        fault_say(o, "one woken %s, one %s", what[0], what[1]);
}
