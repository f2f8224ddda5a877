/* sem.h - what the subject of a semaphore defines, and stand-ins for what it lacks.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     #define SUBJECT "sem"                       the file's name
 *     #define SUBJECT_SEVERAL 1                   n > 1 is possible; 0: one a call
 *     typedef ... subject;                        zeroed memory before open
 *     static bool subject_open(subject *s, unsigned permits);
 *     static void subject_close(subject *s);
 *     static bool subject_post(subject *s, unsigned n);
 *     static bool subject_wait(subject *s, unsigned n);
 *     static bool subject_try_wait(subject *s, unsigned n);
 *     static bool subject_wait_until(subject *s, unsigned n, int64_t ns_from_now);
 *
 *     #define SUBJECT_SHUT 1                      it can be closed; then wait and post
 *                                                 are false
 *     static bool subject_shut(subject *s);       false: it was closed already
 */
#ifndef SUBJECT_SEM_H
#define SUBJECT_SEM_H

#ifndef SUBJECT_SHUT
#define SUBJECT_SHUT 0
static inline bool subject_shut(subject *s) { (void)s; return false; }
#endif

#endif
