/* points.c - behind the seam: counts the victim's points, and ends it at one of them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fault/engine.h>

#include <string.h>

enum {
    VICTIM_MAX = 100000,                /* points and yields: it would never end */
    STEPS_MAX = 20000                   /* the others' steps until they yield */
};

static struct {
    const fault_path *path;
    unsigned points, rival_at, stop_at;
    void (*stop)(void);
    const char *file;                   /* of the victim's operation, if it is one */
    int line;
    pawl_seam_op op;
    unsigned yields;
    bool helped, returned;
    unsigned steps;                     /* of whoever runs, since he did something */
    uint64_t done, worked;              /* operations of the others, and all steps */
} at;

static void too_long(void)
{
    fault_die("%s, %s: never ends", at.path->operation, at.path->path);
}

/* A rival that has to wait for the victim is let on at each later point. */
static void let_rival_on(void)
{
    if (at.points == at.rival_at)
        fault_start(FAULT_RIVAL, at.path->rival);
    else
        fault_finish(FAULT_RIVAL);
}

void fault_point(void)
{
    if (fault_current() != FAULT_VICTIM)
        return;
    if (++at.points > VICTIM_MAX)
        too_long();
    if (at.rival_at != 0 && at.points >= at.rival_at)
        let_rival_on();
    if (at.points == at.stop_at) {
        if (at.file != NULL)
            fault_note_site(at.file, at.line, at.op);
        at.stop();
    }
}

static void point_at(pawl_seam_op op, const char *file, int line)
{
    at.file = file;
    at.line = line;
    at.op = op;
    fault_point();
    at.file = NULL;
}

void fault_help(void)
{
    if (++at.yields > VICTIM_MAX)
        too_long();
    if (at.helped || at.path->help == NULL)
        return;
    at.helped = true;
    fault_start(FAULT_HELPER, at.path->help);
    if (!fault_finish(FAULT_HELPER))
        fault_die("%s, %s: the help is held up", at.path->operation, at.path->path);
}

static void whole_call(void)
{
    at.path->victim();
    fault_point();                      /* it is about to return */
    at.returned = true;
}

void fault_begin(const fault_path *p)
{
    memset(&at, 0, sizeof at);
    at.path = p;
}

unsigned fault_run_victim(unsigned rival_at, unsigned stop_at, void (*stop)(void))
{
    const fault_path *p = at.path;

    at.rival_at = rival_at;
    at.stop_at = stop_at;
    at.stop = stop;
    fault_start(FAULT_VICTIM, whole_call);
    if (fault_asleep(FAULT_VICTIM))
        fault_die("%s, %s: sleeps for ever", p->operation, p->path);
    return at.points;
}

uint64_t fault_survived(void) { return at.done; }
uint64_t fault_worked(void) { return at.worked; }
bool fault_returned(void) { return at.returned; }

bool fault_did(void)
{
    at.steps = 0;
    return ++at.done < fault_run.operations;
}

bool fault_did_all(void)
{
    return at.done >= fault_run.operations;
}

/* --- the seam --------------------------------------------------------------------- */

void pawl_seam_before(pawl_seam_op op, const volatile void *word, size_t bytes,
                      const char *file, int line)
{
    (void)word, (void)bytes;
    if (fault_current() == FAULT_VICTIM) {
        point_at(op, file, line);
    } else if (fault_current() != FAULT_NOBODY) {
        at.worked++;
        if (++at.steps > STEPS_MAX) {
            at.steps = 0;
            fault_yield();
        }
    }
}

void pawl_seam_after(pawl_seam_op op, const volatile void *word, size_t bytes,
                     const char *file, int line)
{
    (void)op, (void)word, (void)bytes, (void)file, (void)line;
}

bool pawl_seam_fails(void) { return false; }
void pawl_seam_relax(void) { }
