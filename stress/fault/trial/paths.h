/* paths.h - the paths that a thread is stopped on, of any queue; flow.h says the words.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FAULT_TRIAL_PATHS_H
#define FAULT_TRIAL_PATHS_H

/* The paths that any queue has.  Positions: a hint is told every 8, a block ends every
 * 15, and all begins anew some time. */
#define PUSH_PATHS \
    { "push", "room", .victim = victim_push }, \
    { "push", "room, 7 on", .victim = victim_push, .turn = 7 }, \
    { "push", "room, 14 on", .victim = victim_push, .turn = 14 }, \
    { "push", "room, 30 on", .victim = victim_push, .turn = 30 }, \
    { "push", "full", .victim = victim_push, .in = FULL }, \
    { "push", "hint 5 behind", .victim = victim_push, .stale = 5 }, \
    { "push", "hint 13 behind", .victim = victim_push, .stale = 13 }, \
    { "push", "hint 13 behind, full", .victim = victim_push, .stale = 13, \
      .in = FULL }, \
    { "push", "rival pushes", .victim = victim_push, .rival = rival_push }, \
    { "push", "full, rival pops", .victim = victim_push, .rival = rival_pop, \
      .in = FULL }, \
    { "push", "hint 13 behind, rival pushes", .victim = victim_push, \
      .rival = rival_push, .stale = 13 }, \
    { "push", "rival laps", .victim = victim_push, .rival = rival_laps }, \
    { "push", "full, rival laps", .victim = victim_push, .rival = rival_laps, \
      .in = FULL }, \
    { "push", "7 on, rival laps", .victim = victim_push, .rival = rival_laps, \
      .turn = 7 }

#define POP_PATHS \
    { "pop", "items", .victim = victim_pop, .in = 2 }, \
    { "pop", "items, 7 on", .victim = victim_pop, .in = 2, .turn = 7 }, \
    { "pop", "items, 14 on", .victim = victim_pop, .in = 2, .turn = 14 }, \
    { "pop", "items, 30 on", .victim = victim_pop, .in = 2, .turn = 30 }, \
    { "pop", "full", .victim = victim_pop, .in = FULL }, \
    { "pop", "empty", .victim = victim_pop }, \
    { "pop", "hint 5 behind", .victim = victim_pop, .in = 2, .stale = 5 }, \
    { "pop", "hint 13 behind", .victim = victim_pop, .in = 2, .stale = 13 }, \
    { "pop", "hint 13 behind, empty", .victim = victim_pop, .stale = 13 }, \
    { "pop", "rival pops", .victim = victim_pop, .rival = rival_pop, .in = 2 }, \
    { "pop", "last item, rival pops", .victim = victim_pop, .rival = rival_pop, \
      .in = 1 }, \
    { "pop", "empty, rival pushes", .victim = victim_pop, .rival = rival_push }, \
    { "pop", "hint 13 behind, rival pops", .victim = victim_pop, \
      .rival = rival_pop, .in = 2, .stale = 13 }, \
    { "pop", "rival laps", .victim = victim_pop, .rival = rival_laps, .in = 2 }, \
    { "pop", "empty, rival laps", .victim = victim_pop, .rival = rival_laps }, \
    { "pop", "7 on, rival laps", .victim = victim_pop, .rival = rival_laps, \
      .in = 2, .turn = 7 }

#define PUSH_N_PATHS \
    { "push_n", "room", .victim = victim_push_n }, \
    { "push_n", "room, 6 on", .victim = victim_push_n, .turn = 6 }, \
    { "push_n", "room, 14 on", .victim = victim_push_n, .turn = 14 }, \
    { "push_n", "room for one", .victim = victim_push_n, .in = CAPACITY - 1 }, \
    { "push_n", "full", .victim = victim_push_n, .in = FULL }, \
    { "push_n", "hint 13 behind", .victim = victim_push_n, .stale = 13 }, \
    { "push_n", "rival pushes", .victim = victim_push_n, .rival = rival_push }, \
    { "push_n", "room for one, rival pops", .victim = victim_push_n, \
      .rival = rival_pop, .in = CAPACITY - 1 }, \
    { "push_n", "rival laps", .victim = victim_push_n, .rival = rival_laps }, \
    { "push_n", "full, rival laps", .victim = victim_push_n, .rival = rival_laps, \
      .in = FULL }

#define POP_N_PATHS \
    { "pop_n", "items", .victim = victim_pop_n, .in = CAPACITY }, \
    { "pop_n", "items, 6 on", .victim = victim_pop_n, .in = CAPACITY, .turn = 6 }, \
    { "pop_n", "items, 14 on", .victim = victim_pop_n, .in = CAPACITY, .turn = 14 }, \
    { "pop_n", "one item", .victim = victim_pop_n, .in = 1 }, \
    { "pop_n", "empty", .victim = victim_pop_n }, \
    { "pop_n", "hint 13 behind", .victim = victim_pop_n, .in = CAPACITY, \
      .stale = 13 }, \
    { "pop_n", "rival pops", .victim = victim_pop_n, .rival = rival_pop, \
      .in = CAPACITY }, \
    { "pop_n", "one item, rival pushes", .victim = victim_pop_n, \
      .rival = rival_push, .in = 1 }, \
    { "pop_n", "rival laps", .victim = victim_pop_n, .rival = rival_laps, \
      .in = CAPACITY }, \
    { "pop_n", "empty, rival laps", .victim = victim_pop_n, .rival = rival_laps }

#define PORT_PATHS \
    { "count_hint", "items", .victim = victim_counts, .in = 2 }, \
    { "count_hint", "hint 13 behind", .victim = victim_counts, .stale = 13 }, \
    { "count_hint", "rival pushes", .victim = victim_counts, .rival = rival_push }, \
    { "count_hint", "rival pops", .victim = victim_counts, .in = 2, \
      .rival = rival_pop }, \
    { "count_hint", "rival laps", .victim = victim_counts, .in = 2, \
      .rival = rival_laps }, \
    { "open", "free", .victim = victim_join }, \
    { "open", "none free", .victim = victim_join, .shut = true }, \
    { "open", "rival opens", .victim = victim_join, .rival = rival_join }, \
    { "leave", "open", .victim = victim_leave }

#endif
