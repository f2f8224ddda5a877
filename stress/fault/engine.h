/* engine.h - what the parts of fault injection know of each other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FAULT_ENGINE_H
#define FAULT_ENGINE_H

#include <fault/fault.h>

/* --- options.c -------------------------------------------------------------------- */

typedef struct fault_options {
    const char *program, *expected;     /* expected: a file, or NULL */
    uint64_t operations, kills, seed;
    bool fast, table, sites, summary;
} fault_options;

extern fault_options fault_run;

void fault_parse(int argc, char **argv, const char *structure);

/* --- fiber.c ---------------------------------------------------------------------- */

enum { FAULT_NOBODY = FAULT_FIBERS };

bool fault_ended(unsigned fiber);

/* Called on a fiber: let whoever ran it go on.  Asleep: until it is woken. */
void fault_yield(void);
void fault_sleep(void);
void fault_stop(void);                  /* for good */

void fault_wake(unsigned fiber);        /* it may run on; nobody runs it yet */
void fault_forget_fibers(void);

/* --- points.c --------------------------------------------------------------------- */

/* Before anything else on that path: nobody has done anything. */
void fault_begin(const fault_path *p);

/* The victim's run, with the rival at its point `rival_at` (0: none), up to the point
 * `stop_at` (0: to its end); there `stop` is called.  Returns how many points it came
 * to. */
unsigned fault_run_victim(unsigned rival_at, unsigned stop_at, void (*stop)(void));

void fault_point(void);                 /* if it is the victim who runs */
void fault_help(void);                  /* the victim cannot go on by itself */
uint64_t fault_survived(void);          /* operations of the others since then */
uint64_t fault_worked(void);            /* atomic operations of the others */

/* --- sites.c ---------------------------------------------------------------------- */

void fault_forget_sites(void);          /* first of all */

/* Somebody is about to be stopped right before that operation, in that line. */
void fault_note_site(const char *file, int line, pawl_seam_op op);
void fault_print_sites(void);           /* FILE LINE KIND, each once */

/* --- park.c, memory.c ------------------------------------------------------------- */

/* Nobody sleeps.  Who sleeps on memory of one process is an error, if `shared`. */
void fault_forget_sleepers(bool shared, bool newest_first);
void fault_bury_victim(void);           /* a killed process sleeps no more */
void fault_wake_up(void);              /* fibers whose wake has come */

/* --- table.c ---------------------------------------------------------------------- */

enum { FAULT_STALL, FAULT_KILL, FAULT_MODES };

void fault_note(const fault_kind *k, const fault_path *p, unsigned mode,
                unsigned point, const fault_outcome *o);
void fault_end_line(void);              /* a path is done */
void fault_no_points(const fault_kind *k, const fault_path *p, unsigned mode);
void fault_print_table(void);
void fault_print_summary(void);
bool fault_compare(const char *file);   /* prints how they differ */

#endif
